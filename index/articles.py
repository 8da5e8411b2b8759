"""From a file to its articles: bytes checked and hashed in one reading, then decoded.

Owns the strict decoding of text and its error messages; the walk over the folder is in
`index.walk`, other formats in `index.formats`. Text is never repaired: a BOM, carriage
returns and odd characters stay in it, so that offsets and quotes fit the file on disk.
"""

from __future__ import annotations

import errno
import hashlib
import os
import re
import shlex
import stat
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from index.errors import (
    ArticleDecodeError,
    ArticleError,
    ArticleReadError,
    EmptyArticleError,
)
from index.formats import Extracted, extract_all
from index.paths import (
    HARD_MAX_BYTES,
    MAX_BYTES,
    display_id,
    file_of,
    is_unicode,
    reason_of,
    suffix_of,
)
from index.types import Article, Facts
from index.walk import ArticleFile, Skipped, find_articles

__all__ = [
    "HARD_MAX_BYTES", "MAX_BYTES", "ArticleFile", "RawFile", "Skipped", "articles_in",
    "display_id", "find_articles", "load_article", "read_file",
]  # fmt: skip


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


@dataclass(frozen=True, slots=True)
class RawFile:
    """The bytes of one file, from one reading of one open file.

    Args:
        id: POSIX path relative to the corpus root.
        data: the bytes.
        sha256: their hex digest.
        mtime_ns: modification time of the file when it was read.
    """

    id: str
    data: bytes = field(repr=False)
    sha256: str
    mtime_ns: int

    @classmethod
    def of(cls, file_id: str, data: bytes, mtime_ns: int = 0) -> RawFile:
        """The file with these bytes."""
        return cls(file_id, data, hashlib.sha256(data).hexdigest(), mtime_ns)


def read_file(root: Path, file_id: str, *, max_bytes: int = HARD_MAX_BYTES) -> RawFile:
    """Read the bytes of one file of the corpus.

    Args:
        root: the folder of the corpus.
        file_id: POSIX path relative to it, as `find_articles` gives it.
        max_bytes: refuse a larger file, without reading it.

    Raises:
        ArticleReadError: not below the root, not a regular file, not readable, too
            large, or changed while it was read.
    """
    path = _checked_path(root, file_id)
    try:
        data, mtime_ns = _read(path, file_id, max_bytes)
    except OSError as error:
        raise _read_error(file_id, error) from error
    return RawFile.of(file_id, data, mtime_ns)


def articles_in(
    file: RawFile, path: Path | None = None
) -> tuple[tuple[Article, ...], tuple[ArticleError, ...]]:
    """The articles in a file: one, or for a dump its entries.

    The same bytes and name give the same articles, as long as the libraries that read
    the format stay the same.

    Args:
        file: its bytes.
        path: where it stands, for the commands that an error proposes.

    Returns:
        The articles, and an error for each entry of a dump that cannot be used.

    Raises:
        ArticleDecodeError: the bytes are not text.
        EmptyArticleError: no byte, or white space only.
        ArticleError: the file is malformed, or its format needs an extra.
    """
    if suffix_of(file.id) == ".txt":
        text = _decode(file.data, file.id, path or Path(file.id))
        _check_text(text, file)
        return (Article(file.id, file.sha256, text, len(file.data), file.mtime_ns),), ()
    found, problems = extract_all(file.data, file.id)
    named = ((f"{file.id}#{entry}" if entry else file.id, e) for entry, e in found)
    return tuple(_extracted(file, name, e) for name, e in named), problems


def load_article(
    root: Path,
    article_id: str,
    known: Callable[[str, str], Extracted | None] = lambda article_id, sha256: None,
) -> Article:
    """Read one article from the disk as it is now.

    Args:
        root: the folder of the corpus.
        article_id: its id.
        known: gives what was extracted from a file with this sha256, so that it need not
            be extracted again; as `Snapshot.extracted` does.

    Raises:
        ArticleReadError: the file cannot be read, or no longer holds this entry.
        ArticleDecodeError: the bytes are not text.
        EmptyArticleError: no byte, or white space only.
        ArticleError: the file is malformed, or its format needs an extra.
    """
    file = read_file(root, file_of(article_id))
    if extracted := known(article_id, file.sha256):
        return _extracted(file, article_id, extracted)
    for article in articles_in(file, root / file.id)[0]:
        if article.id == article_id:
            return article
    raise ArticleReadError(
        article_id,
        f"{display_id(article_id)}: this entry is no longer in the file",
        hint="bring the index up to date: beleg index",
    )


def _extracted(file: RawFile, article_id: str, extracted: Extracted) -> Article:
    own_lines = suffix_of(file.id) == ".md"
    digest = "" if own_lines else hashlib.sha256(extracted.text.encode("utf-8")).hexdigest()
    return Article(
        article_id,
        file.sha256,
        extracted.text,
        len(file.data),
        file.mtime_ns,
        digest,
        extracted.pages,
        Facts(extracted.title, extracted.date, extracted.author, extracted.source),
    )


def _check_text(text: str, file: RawFile) -> None:
    if _TEXT.search(text) is None:
        size = len(file.data)
        raise EmptyArticleError(
            file.id,
            f"{display_id(file.id)}: no text in it ({size} bytes, white space only)"
            if size
            else f"{display_id(file.id)}: no text in it (0 bytes)",
            hint="delete the file, or put the text of the article into it",
        )


def _checked_path(root: Path, article_id: str) -> str:
    """The real path of the article, which is below the real root."""
    if not is_unicode(article_id) or {"", ".", ".."}.intersection(article_id.split("/")):
        raise ArticleReadError(
            article_id,
            f"{display_id(article_id)!r}: not the id of an article",
            hint="an id is a path relative to the folder of articles, without '..' and './'",
        )
    try:
        inside = os.path.realpath(root, strict=True).rstrip(os.sep) + os.sep
        path = os.path.realpath(inside + article_id, strict=True)
    except (OSError, ValueError) as error:
        raise _read_error(article_id, error) from error
    if not path.startswith(inside):
        raise ArticleReadError(
            article_id,
            f"{display_id(article_id)}: a link that leads out of the folder of articles",
            hint="copy the file into the folder in place of the link",
        )
    return path


def _read(path: str, article_id: str, max_bytes: int) -> tuple[bytes, int]:
    """The bytes of the file and its modification time in ns."""
    # O_NONBLOCK: opening a pipe returns at once; O_NOFOLLOW: the links are resolved already
    flags = os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK | os.O_NOFOLLOW
    with os.fdopen(os.open(path, flags), "rb") as file:
        before = os.fstat(file.fileno())
        if stat.S_ISDIR(before.st_mode):
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
        if not stat.S_ISREG(before.st_mode):
            raise OSError(errno.EINVAL, "not a regular file")
        if before.st_size > max_bytes:
            raise _too_large(article_id, before.st_size, max_bytes)
        data = file.read(max_bytes + 1)  # it may grow meanwhile
        after = os.fstat(file.fileno())
    if (before.st_size, before.st_mtime_ns) != (after.st_size, after.st_mtime_ns):
        raise ArticleReadError(
            article_id,
            f"{display_id(article_id)}: it changed while it was read",
            hint="wait until the other program has written it, then try again",
        )
    return data, before.st_mtime_ns


def _too_large(article_id: str, size_bytes: int, max_bytes: int) -> ArticleReadError:
    limit = f"at most {max_bytes / 1e6:.0f} MB are read"
    return ArticleReadError(
        article_id,
        f"{display_id(article_id)}: {size_bytes / 1e6:.1f} MB, {limit}",
        hint="split the file into smaller ones, or raise the limit: beleg index --max-mb",
    )


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
