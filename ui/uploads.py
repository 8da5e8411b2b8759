"""Articles given through a browser come into the folder of the corpus.

The name is the browser's and may be hostile; it is refused, never repaired. What counts as
readable is decided by `index.articles` alone. Nothing is overwritten unasked, and nothing
is left behind half-written.
"""

from __future__ import annotations

import contextlib
import errno
import os
import secrets
import stat
import unicodedata
from collections.abc import Iterator
from pathlib import Path

from index.articles import MAX_BYTES, RawFile, articles_in, read_file
from index.errors import (
    ArticleDecodeError,
    ArticleError,
    CorpusError,
    EmptyArticleError,
    UploadError,
    UploadExistsError,
)
from index.files import sync_path
from index.paths import EXTRA_OF, display_id, is_article_name, reason_of

_MOST_NAME_BYTES = 255  # NAME_MAX of the usual file systems. Source: limits.h of Linux
_INVISIBLE = {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"}
_RENAME = "rename the file, then give it again"
_DISK_HINTS = {
    errno.ENOSPC: "free some space on the disk, then give the file again",
    errno.EDQUOT: "free some space on the disk, then give the file again",
    errno.EACCES: "give yourself permission to write into the folder of articles",
    errno.EROFS: "choose a folder of articles on a disk that can be written",
}


def save_upload(
    source: Path,
    name: str,
    corpus: Path,
    *,
    replace: bool = False,
    limit_bytes: int = MAX_BYTES,
) -> str:
    """Put a file that a browser sent into the corpus.

    A name that differs from an existing one only by case or by Unicode composition counts
    as that one. Replacing keeps the existing name. The file system must know hard links.

    Args:
        source: the temporary file of the web framework; it stays where it is.
        name: the name that the browser gave.
        corpus: folder of the articles.
        replace: whether an article of that name may be replaced.
        limit_bytes: most bytes of an article, and most memory used for reading it.

    Returns:
        The id of the article. If it was there with the same content, nothing is written.

    Raises:
        UploadExistsError: there is an article of that name, and `replace` is not set.
        UploadError: the name, the size or the kind of file is not allowed, or the disk
            cannot be written.
        ArticleError: the content is not that of an article.
        CorpusError: there is no such folder.
    """
    article_id = _checked_name(name)
    existing = _existing(corpus, article_id)
    data = _read(source, article_id, limit_bytes)
    if existing and _holds(corpus, existing, data):
        return existing
    _store(corpus, data, article_id, existing, replace)
    return existing or article_id


def _store(corpus: Path, data: bytes, article_id: str, existing: str, replace: bool) -> None:
    """Write the bytes under the name that exists, or under a new one; all of them or nothing."""
    try:
        _check_article(data, article_id)
        with _temporary(corpus, data) as temporary:
            if existing and not replace:
                raise _exists(article_id, existing)
            if existing:
                temporary.replace(corpus / existing)
            else:
                os.link(temporary, corpus / article_id)
            sync_path(corpus)
    except FileExistsError:  # of os.link: another upload was faster
        raise _exists(article_id, article_id) from None
    except OSError as error:
        hint = _DISK_HINTS.get(error.errno or 0, "see that the folder of articles can be written")
        raise _refused(article_id, f"cannot be stored: {reason_of(error)}", hint) from error


def _checked_name(given: str) -> str:
    """The name in Unicode's composed form (NFC), if it is that of an article."""
    name = unicodedata.normalize("NFC", given)
    why, remedy = _fault(name)
    if why:
        raise _refused(given, why, remedy)
    return name


def _fault(name: str) -> tuple[str, str]:
    """What is wrong with a name and what to do; both empty if nothing is."""
    if not name:
        return "the file has no name", "give the file a name, then give it again"
    if name in {".", ".."} or set("/\\\0") & set(name):
        return "the name of a file holds no /, \\ or NUL and is not '.' or '..'", _RENAME
    if name.startswith("."):
        return "a name with a leading dot is hidden and would not be read", _RENAME
    for char in name:
        if unicodedata.category(char) in _INVISIBLE:
            return f"the name holds the invisible character U+{ord(char):04X}", _RENAME
    if name != name.strip():
        return "the name begins or ends with a blank", _RENAME
    if not is_article_name(name):
        remedy = "save the article as plain text (UTF-8) under a name that ends in .txt"
        return f"the name must end in one of {', '.join(EXTRA_OF)}", remedy
    if (length := len(name.encode("utf-8"))) > _MOST_NAME_BYTES:
        return f"the name has {length} bytes, at most {_MOST_NAME_BYTES} are allowed", _RENAME
    return "", ""


def _existing(corpus: Path, article_id: str) -> str:
    """The name of the file that counts as this one; empty if there is none."""
    wanted = _key(article_id)
    try:
        with os.scandir(corpus) as entries:
            modes = {
                entry.name: entry.stat(follow_symlinks=False).st_mode
                for entry in entries
                if _key(entry.name) == wanted
            }
    except (OSError, ValueError) as error:
        raise CorpusError(
            corpus,
            f"{display_id(str(corpus))}: cannot list the folder: {reason_of(error)}",
            hint="name an existing, readable folder for the articles",
        ) from error
    if not modes:
        return ""
    if len(modes) > 1 and article_id not in modes:
        names = ", ".join(display_id(name) for name in sorted(modes))
        raise _refused(article_id, f"the name fits several files: {names}", _RENAME)
    found = article_id if article_id in modes else next(iter(modes))
    if not stat.S_ISREG(modes[found]):
        why = f"{display_id(found)} in the folder of articles is a link or a folder, not a file"
        raise _refused(article_id, why, "remove it there, or rename your file")
    return found


def _key(name: str) -> str:
    """Equal for names that file systems without case or with NFD take for the same.

    Lower case, not `casefold`: that would take ``Maße.txt`` for ``Masse.txt``.
    """
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", name).lower())


def _read(source: Path, article_id: str, limit_bytes: int) -> bytes:
    """The bytes of the temporary file; at most one more than the limit is read."""
    again = "give the file again"
    try:
        with open(source, "rb", opener=_open_file) as file:
            if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
                raise _refused(article_id, "what arrived is not a regular file", again)
            data = file.read(limit_bytes + 1)
    except OSError as error:
        linked = error.errno == errno.ELOOP
        why = "is a link, not a file" if linked else f"cannot be read: {reason_of(error)}"
        raise _refused(article_id, f"what arrived {why}", again) from error
    if len(data) > limit_bytes:
        why = f"larger than {limit_bytes} bytes, the most that an article may have"
        raise _refused(article_id, why, "split it into several articles")
    return data


def _open_file(path: str, flags: int) -> int:
    # O_NONBLOCK: opening a pipe returns at once
    return os.open(path, flags | os.O_NONBLOCK | os.O_NOFOLLOW)


def _holds(corpus: Path, existing: str, data: bytes) -> bool:
    """Whether the existing file is a readable article of exactly these bytes."""
    try:
        if (corpus / existing).lstat().st_size != len(data):
            return False
        same = read_file(corpus, existing).data == data
        return same and bool(articles_in(RawFile.of(existing, data))[0])
    except (OSError, ArticleError):
        return False


@contextlib.contextmanager
def _temporary(corpus: Path, data: bytes) -> Iterator[Path]:
    """A hidden file in the corpus that holds the bytes, flushed to the disk; removed at the end.

    Hidden names are not articles: should the process be killed, the file left is not read.
    """
    path = corpus / f".upload-{secrets.token_hex(8)}.tmp"
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC | os.O_NOFOLLOW
    try:
        with os.fdopen(os.open(path, flags, 0o644), "wb") as file:
            os.fchmod(file.fileno(), 0o644)  # whatever the umask
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        yield path
    finally:
        with contextlib.suppress(OSError):
            path.unlink(missing_ok=True)


def _check_article(data: bytes, article_id: str) -> None:
    """Read the bytes as an article.

    Raises:
        ArticleError: they are none.
    """
    try:
        articles_in(RawFile.of(article_id, data))
    except ArticleDecodeError as error:
        hint = "save it as plain text in UTF-8, then give it again"
        raise ArticleDecodeError(article_id, error.offset_bytes, error.reason, hint=hint) from error
    except EmptyArticleError as error:
        hint = "put text into the file, then give it again"
        raise EmptyArticleError(article_id, error.message, hint=hint) from error


def _refused(name: str, why: str, remedy: str) -> UploadError:
    shown = display_id(name)
    shown = shown if len(shown) <= 80 else f"{shown[:78]} …"
    return UploadError(name, f"{shown}: {why}" if shown else why, hint=remedy)


def _exists(name: str, existing: str) -> UploadExistsError:
    return UploadExistsError(name, existing, hint=f"replace it, or {_RENAME}")
