"""From a file to an `Article`: bytes checked, decoded and hashed in one reading.

Owns the strict decoding and its error messages; the walk over the folder is in
`index.walk`. Text is never repaired: a BOM, carriage returns and odd characters
stay in it, so that offsets and quotes fit the file on disk.
"""

from __future__ import annotations

import errno
import hashlib
import os
import re
import shlex
import stat
from pathlib import Path, PurePosixPath

from index.errors import ArticleDecodeError, ArticleReadError, EmptyArticleError
from index.paths import display_id, is_unicode, reason_of, resolve
from index.types import Article
from index.walk import ArticleFile, Skipped, find_articles

__all__ = ["ArticleFile", "Skipped", "display_id", "find_articles", "load_article"]

_TEXT = re.compile(r"[^\s\ufeff]")
_BYTE_ORDER_MARKS = (  # the longer first: that of UTF-32-LE begins like that of UTF-16-LE
    (b"\xff\xfe\x00\x00", "UTF-32"),
    (b"\x00\x00\xfe\xff", "UTF-32"),
    (b"\xff\xfe", "UTF-16"),
    (b"\xfe\xff", "UTF-16"),
)
_READ_HINTS = {
    errno.EACCES: "give yourself permission to read it, for example with chmod u+r",
    errno.ENOENT: "it was moved or deleted since the folder was listed; list the folder again",
    errno.EISDIR: "name a file, not a folder",
    errno.ELOOP: "its symbolic links lead in a circle; remove one of them",
}


def load_article(root: Path, article_id: str) -> Article:
    """Read one article.

    Text, hash, size and time come from one reading of one open file, so they belong
    together. Memory: the bytes, and 1 to 4 bytes for each character of the text.

    Args:
        root: the folder of the corpus.
        article_id: POSIX path relative to it, as `find_articles` gives it.

    Raises:
        ArticleReadError: not below the root, not a regular file, not readable, or
            changed while it was read.
        ArticleDecodeError: the bytes are not UTF-8 text.
        EmptyArticleError: no byte, or white space only.
    """
    path = _checked_path(root, article_id)
    try:
        data, mtime_ns = _read(path, article_id)
    except OSError as error:
        raise _read_error(article_id, error) from error
    text = _decode(data, article_id, root / article_id)
    if _TEXT.search(text) is None:
        raise EmptyArticleError(
            article_id,
            f"{display_id(article_id)}: no text in it ({len(data)} bytes, white space only)"
            if data
            else f"{display_id(article_id)}: no text in it (0 bytes)",
            hint="delete the file, or put the text of the article into it",
        )
    return Article(article_id, hashlib.sha256(data).hexdigest(), text, len(data), mtime_ns)


def _checked_path(root: Path, article_id: str) -> Path:
    """The real path of the article, which is below the real root."""
    parts = PurePosixPath(article_id)
    canonical = str(parts) == article_id and is_unicode(article_id)
    if not canonical or parts.is_absolute() or ".." in parts.parts:
        raise ArticleReadError(
            article_id,
            f"{display_id(article_id)!r}: not the id of an article",
            hint="an id is a path relative to the folder of articles, without '..' and './'",
        )
    try:
        path, real_root = resolve(root / article_id), resolve(root)
    except (OSError, ValueError) as error:
        raise _read_error(article_id, error) from error
    if not path.is_relative_to(real_root):
        raise ArticleReadError(
            article_id,
            f"{display_id(article_id)}: a link that leads out of the folder of articles",
            hint="copy the file into the folder in place of the link",
        )
    return path


def _read(path: Path, article_id: str) -> tuple[bytes, int]:
    """The bytes of the file and its modification time in ns."""
    # O_NONBLOCK: opening a pipe returns at once; O_NOFOLLOW: the links are resolved already
    flags = os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK | os.O_NOFOLLOW
    with os.fdopen(os.open(path, flags), "rb") as file:
        before = os.fstat(file.fileno())
        if stat.S_ISDIR(before.st_mode):
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
        if not stat.S_ISREG(before.st_mode):
            raise OSError(errno.EINVAL, "not a regular file")
        data = file.read()
        after = os.fstat(file.fileno())
    if (before.st_size, before.st_mtime_ns) != (after.st_size, after.st_mtime_ns):
        raise ArticleReadError(
            article_id,
            f"{display_id(article_id)}: it changed while it was read",
            hint="wait until the other program has written it, then try again",
        )
    return data, before.st_mtime_ns


def _read_error(article_id: str, error: OSError | ValueError) -> ArticleReadError:
    number = error.errno if isinstance(error, OSError) else None
    return ArticleReadError(
        article_id,
        f"{display_id(article_id)}: cannot be read: {reason_of(error)}",
        hint=_READ_HINTS.get(number or 0, f"see that it is a regular file: {_quoted(article_id)}"),
    )


def _decode(data: bytes, article_id: str, path: Path) -> str:
    for mark, encoding in _BYTE_ORDER_MARKS:
        if data.startswith(mark):
            hint = f"convert it: {_conversion(path, encoding)}"
            raise ArticleDecodeError(article_id, 0, f"looks like {encoding}", hint=hint)
    if (nul := data.find(b"\0")) != -1:
        raise ArticleDecodeError(
            article_id,
            nul,
            "NUL byte, looks like a binary file or UTF-16 without BOM",
            hint=f"remove it, or convert it if it is text: {_conversion(path, 'UTF-16LE')}",
        )
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise ArticleDecodeError(
            article_id,
            error.start,
            f"not UTF-8 ({error.reason})",
            hint=f"if it is Windows text, convert it: {_conversion(path, 'WINDOWS-1252')}",
        ) from error


def _conversion(path: Path, encoding: str) -> str:
    """A shell command that turns the file into UTF-8 in its place."""
    old, new = _quoted(str(path)), _quoted(f"{path}.utf8")
    return f"iconv -f {encoding} -t UTF-8 {old} > {new} && mv {new} {old}"


def _quoted(path: str) -> str:
    return shlex.quote(display_id(path))
