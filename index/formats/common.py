"""What all readers share: limits, decoding, one-line facts, dates and error messages.

Must not import a third-party package; the readers do so through `library`.
"""

from __future__ import annotations

import hashlib
import importlib
import logging
import re
import unicodedata
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import Any

from index.errors import ArticleDecodeError, ArticleError, EmptyArticleError
from index.formats.types import Extracted
from index.paths import display_id

MAX_FACT_CHARS = 500  # of a title, an author or a source; more is not meant for a line
_MAX_DATE_CHARS = 64
_PARTIAL_DATE = re.compile(r"\d{4}(-(0[1-9]|1[0-2]))?")
_GERMAN_DATE = re.compile(r"(\d{1,2})\.\s?(\d{1,2})\.\s?(\d{4})")
_UNUSABLE = re.compile("[\0\ud800-\udfff]")
_VISIBLE = re.compile(r"[^\s\ufeff]")
_ADDRESS = re.compile(r"https?://[^\s/<>\"'\\][^\s<>\"\\\x00-\x1f\x7f]*", re.IGNORECASE)


def broken(name: str, what: str, *, hint: str = "see that its program opens it") -> ArticleError:
    """What to raise for a file that cannot be used, with the reason and the bound."""
    return ArticleError(name, f"{display_id(name)}: {what}", hint=hint)


def library(module: str, *, extra: str, name: str) -> Any:
    """Import a module of an optional package.

    Raises:
        ArticleError: it is not installed; the hint names the extra.
    """
    try:
        return importlib.import_module(module)
    except ImportError as error:
        raise broken(
            name,
            f"the package {module.partition('.')[0]} is needed to read it, but cannot be imported",
            hint=f"pip install 'beleg[{extra}]'",
        ) from error


@contextmanager
def parsing(name: str, kind: str) -> Iterator[None]:
    """Turn whatever a parser raises over a malformed file into an `ArticleError`.

    Such parsers raise nearly every built-in error; the bytes are at fault.
    """
    try:
        yield
    except ArticleError:
        raise
    except Exception as error:
        reason = one_line(str(error))[:200] or type(error).__name__
        raise broken(name, f"cannot be read as {kind}: {reason}") from error


@contextmanager
def unlogged(package: str) -> Iterator[None]:
    """Keep the log of a package off stderr unless the program listens to it."""
    logger, handler = logging.getLogger(package), logging.NullHandler()
    logger.addHandler(handler)
    try:
        yield
    finally:
        logger.removeHandler(handler)


def decode_utf8(data: bytes, name: str, *, before_bytes: int = 0) -> str:
    """The text of strict UTF-8 without NUL; nothing is removed.

    Args:
        data: the bytes.
        name: the article, for the message.
        before_bytes: how many bytes of the file stand before `data`.

    Raises:
        ArticleDecodeError: it is something else.
    """
    hint = "save it as UTF-8"
    if (nul := data.find(b"\0")) != -1:
        reason = "NUL byte, looks like a binary file or UTF-16"
        raise ArticleDecodeError(name, before_bytes + nul, reason, hint=hint)
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise ArticleDecodeError(
            name, before_bytes + error.start, f"not UTF-8 ({error.reason})", hint=hint
        ) from error


def finished(
    name: str, text: str, facts: Mapping[str, str], *, pages: tuple[int, ...] = ()
) -> Extracted:
    """The article, if there is text in it.

    Args:
        name: the article, for the message.
        text: the extracted text.
        facts: title, date, author, source, as far as known.
        pages: page of each of its lines.

    Raises:
        EmptyArticleError: nothing but white space.
    """
    if _VISIBLE.search(text) is None:
        raise EmptyArticleError(
            name,
            f"{display_id(name)}: no text in it",
            hint="delete the file, or see that its text is text and not a picture",
        )
    return Extracted(text, pages, **facts)


def usable(text: str) -> str:
    r"""The text with ``\n`` as its only line break and U+FFFD for what UTF-8 cannot hold."""
    return _UNUSABLE.sub("\ufffd", text.replace("\r\n", "\n").replace("\r", "\n"))


def one_line(value: str) -> str:
    """A fact for one line: white space and control characters become single spaces."""
    head = usable(value[: 20 * MAX_FACT_CHARS])
    spaced = "".join(" " if unicodedata.category(char) == "Cc" else char for char in head)
    return " ".join(spaced.split())[:MAX_FACT_CHARS].rstrip()


def address(value: str) -> str:
    """The web address, or "" if it is none: no other scheme, no space, no quotation mark."""
    value = value.strip()
    whole = len(value) <= 2_000 and not _UNUSABLE.search(value)
    return value if whole and _ADDRESS.fullmatch(value) else ""


def iso_date(value: str) -> str:
    """An ISO 8601 date or date-time, or "" if it cannot be read as one.

    ISO dates stay as they are; e-mail dates (RSS) and German ones are rewritten.
    Source: RFC 822 section 5, as RSS 2.0 demands it.
    """
    value = value.strip()
    if not value or len(value) > _MAX_DATE_CHARS:
        return ""
    if _PARTIAL_DATE.fullmatch(value):
        return value
    try:
        if german := _GERMAN_DATE.fullmatch(value):
            day, month, year = (int(part) for part in german.groups())
            return datetime(year, month, day).date().isoformat()
        datetime.fromisoformat(value)
        return value
    except ValueError:
        pass
    try:
        return parsedate_to_datetime(value).isoformat()
    except (ValueError, TypeError, IndexError, OverflowError):
        return ""


def slug(identity: str, taken: dict[str, int]) -> str:
    """A sub-id for an entry: readable, safe in a path, and its own; it is added to `taken`."""
    plain = unicodedata.normalize("NFKD", identity[:2_000]).encode("ascii", "ignore").decode()
    plain = re.sub(r"^https?://(www\.)?", "", plain.lower())
    readable = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[-40:].strip("-")
    digest = hashlib.blake2b(identity.encode("utf-8", "replace"), digest_size=4).hexdigest()
    return unique(f"{readable}-{digest}" if readable else digest, taken)


def unique(wanted: str, taken: dict[str, int]) -> str:
    """`wanted`, or `wanted-2`, `wanted-3` ...; the result is added to `taken`."""
    found = wanted
    while found in taken:
        taken[wanted] += 1
        found = f"{wanted}-{taken[wanted]}"
    taken[found] = 1
    return found
