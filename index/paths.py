"""Names and paths of articles: how they are shown, checked and resolved.

Owns what is known of a path without opening the file.
"""

from __future__ import annotations

import errno
import os
import re
import unicodedata
from pathlib import Path

EXTRA_OF = {
    ".txt": "",
    ".md": "",
    ".html": "html",
    ".htm": "html",
    ".xhtml": "html",
    ".pdf": "pdf",
    ".docx": "docx",
    ".rss": "feeds",
    ".atom": "feeds",
    ".xml": "feeds",
    ".jsonl": "",
}
"""Files with these suffixes, in any case, are articles; the extra that each needs ("": none)."""

MAX_BYTES = 20_000_000
"""Larger files are not indexed unless asked for."""
HARD_MAX_BYTES = 200_000_000
"""Larger files are never read."""

DUMPS = (".rss", ".atom", ".xml", ".jsonl")
"""Of those, the files that hold several articles."""

_ENTRY = re.compile(rf"(.+(?:{'|'.join(map(re.escape, DUMPS))}))#([a-z0-9-]+)", re.I | re.DOTALL)

# Unicode general categories: control, format, surrogate, line and paragraph separator
_INVISIBLE = {"Cc", "Cf", "Cs", "Zl", "Zp"}
_JOINERS = "\u200c\u200d"  # category Cf, but part of ordinary words and emoji


def display_id(article_id: str) -> str:
    r"""The id as it can be shown on one line, with nothing hidden in it.

    A file name may hold line breaks, terminal commands and marks that turn the
    reading direction around. They become ``\x1b`` or ``\u202e``; a byte that is not
    UTF-8 becomes ``\xff``. The result is for eyes only: it does not open the file.
    """
    return "".join(
        _escape(char) if unicodedata.category(char) in _INVISIBLE and char not in _JOINERS else char
        for char in article_id
    )


def _escape(char: str) -> str:
    code = ord(char)
    if 0xDC80 <= code <= 0xDCFF:  # surrogateescape: the byte itself. Source: PEP 383
        code -= 0xDC00
    if code < 0x100:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def suffix_of(article_id: str) -> str:
    """The suffix of an article's file in lower case, "" if it has none."""
    return _suffix(file_of(article_id))


def _suffix(path: str) -> str:
    stem, dot, suffix = path.rpartition("/")[2].rpartition(".")
    return f"{dot}{suffix}".lower() if stem else ""


def is_article_name(name: str) -> bool:
    """Whether a file of this name is meant to be an article or a dump of articles."""
    return _suffix(name) in EXTRA_OF  # a file named like an entry of a dump is none


def file_of(article_id: str) -> str:
    """The file in which an article stands: its id without the entry (``news.jsonl#entry``)."""
    match = _ENTRY.fullmatch(article_id)
    return match[1] if match else article_id


def is_unicode(name: str) -> bool:
    """Whether the name was valid UTF-8 on disk (PEP 383 stands for other bytes by surrogates)."""
    try:
        name.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True


def resolve(path: Path) -> Path:
    """The real path behind all links.

    Raises:
        OSError: it does not exist, may not be looked at, or its links lead in a circle.
        ValueError: the path holds a NUL character.
    """
    try:
        return path.resolve(strict=True)
    except RuntimeError as error:  # Python before 3.13 reports circles so
        raise OSError(errno.ELOOP, os.strerror(errno.ELOOP), str(path)) from error


def reason_of(error: OSError | ValueError) -> str:
    """What the operating system says about a path, without the path."""
    return (error.strerror if isinstance(error, OSError) else None) or str(error)
