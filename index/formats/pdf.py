"""PDF through pypdf: the text as extracted, with the page of each line.

Words that a hyphen divides at the end of a line stay divided: whether the hyphen
belongs to the word is not known. Every loop of pypdf that a hostile file can drive
is bounded by its settings, and the work of all pages together is counted.
"""

from __future__ import annotations

import io
import re
from typing import Any

from index.errors import EmptyArticleError
from index.formats.common import (
    broken,
    finished,
    iso_date,
    library,
    one_line,
    parsing,
    unlogged,
    usable,
)
from index.formats.types import Articles
from index.paths import display_id

MAX_PAGES = 5_000
MAX_OPERATIONS = 5_000_000  # of all content streams; a page of text has about 1,000
MAX_CONTENT_BYTES = 100_000_000  # of all content streams, decompressed
MAX_TEXT_CHARS = 20_000_000
_DATE = re.compile(
    r"(?:D:)?(\d{4})(?:(\d\d)(?:(\d\d)(?:(\d\d)(\d\d)?(\d\d)?"
    r"(?:(Z)(?:00'?00'?)?|([+-]\d\d)'?(\d\d)?'?)?)?)?)?"
)
_LIMITS = {
    "page_tree_maximum_entries": 2 * MAX_PAGES,
    "maximum_declared_stream_length": 20_000_000,
    "array_based_stream_maximum_output_length": 20_000_000,
    "zlib_maximum_output_length": 20_000_000,
    "zlib_maximum_recovery_input_length": 1_000_000,
    "lzw_maximum_output_length": 20_000_000,
    "run_length_maximum_output_length": 20_000_000,
    "brotli_maximum_output_length": 20_000_000,
    "stream_decoding_work_maximum_length": 60_000_000,
    "stream_parsing_work_maximum_count": 1_000_000,
    "xform_maximum_invocations_per_extraction": 500,
    "jbig2dec_binary": None,  # starts no other program
    "disable_legacy_handling": True,
}


class _Work:
    """Counts what the pages cost, and stops when it is too much."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.operations = 0
        self.content_bytes = 0

    def operation(self, *_: Any) -> None:
        """One operator of a content stream, those of nested forms included."""
        self.operations += 1
        self.check()

    def check(self) -> None:
        """Refuse the file once a limit is passed.

        Raises:
            ArticleError: it is.
        """
        if self.operations > MAX_OPERATIONS:
            raise broken(self.name, f"more than {MAX_OPERATIONS} drawing operations")
        if self.content_bytes > MAX_CONTENT_BYTES:
            raise broken(self.name, f"pages of more than {MAX_CONTENT_BYTES / 1e6:.0f} MB")


def read(data: bytes, name: str) -> Articles:
    """The one article of a PDF.

    Raises:
        EmptyArticleError: no page has text (pictures of text have none).
        ArticleError: malformed, encrypted, over a limit, or pypdf is missing.
    """
    pypdf = library("pypdf", extra="pdf", name=name)
    with parsing(name, "PDF"), unlogged("pypdf"), pypdf.apply_configuration(**_LIMITS):
        reader = pypdf.PdfReader(io.BytesIO(data), strict=False)
        _unlock(reader, name)
        if (count := len(reader.pages)) > MAX_PAGES:
            raise broken(name, f"{count} pages, at most {MAX_PAGES} are read")
        facts = _facts(reader)
        lines, pages = _lines(reader, name)
    try:
        return (("", finished(name, "\n".join(lines), facts, pages=tuple(pages))),)
    except EmptyArticleError as error:
        raise EmptyArticleError(
            name,
            f"{display_id(name)}: no text on its {count} pages, they may be pictures",
            hint="recognise the text first, for example with ocrmypdf",
        ) from error


def _unlock(reader: Any, name: str) -> None:
    """Open a file that is encrypted without a password; viewers show it to everybody."""
    if not reader.is_encrypted:
        return
    hint = "save a copy of it without a password"
    try:
        opened = bool(reader.decrypt(""))
    except Exception as error:  # an unknown algorithm, or its package is missing
        raise broken(name, f"encrypted, cannot be opened: {error}", hint=hint) from error
    if not opened:
        raise broken(name, "encrypted, a password is needed", hint=hint)


def _lines(reader: Any, name: str) -> tuple[list[str], list[int]]:
    """The lines of all pages, and the page of each."""
    work = _Work(name)
    lines: list[str] = []
    pages: list[int] = []
    chars = 0
    for number, page in enumerate(reader.pages, start=1):
        contents = page.get_contents()
        work.content_bytes += 0 if contents is None else len(contents.get_data())
        work.check()
        text = usable(page.extract_text(visitor_operand_before=work.operation))
        work.check()  # pypdf goes on after an error inside a form
        chars += len(text)
        if chars > MAX_TEXT_CHARS:
            raise broken(name, f"more than {MAX_TEXT_CHARS} characters on the first {number} pages")
        if text.strip():
            on_page = text.split("\n")
            lines += on_page
            pages += [number] * len(on_page)
    return lines, pages


def _facts(reader: Any) -> dict[str, str]:
    """Title, author and date, as far as they can be read; the text does not depend on them."""
    title, author = _fact(reader, "title"), _fact(reader, "author")
    created = _fact(reader, "creation_date_raw")
    return {
        "title": one_line(title) if isinstance(title, str) else "",
        "author": one_line(author) if isinstance(author, str) else "",
        "date": _iso(created) if isinstance(created, str) else "",
    }


def _iso(written: str) -> str:
    """A date of PDF in ISO 8601, "" if a number in it is impossible; pypdf would guess one.

    Source: ISO 32000-1, 7.9.4.
    """
    match = _DATE.fullmatch(written.strip())
    if match is None:
        return ""
    year, month, day, hour, minute, second, zulu, zone, zone_minute = match.groups(default="")
    date = "-".join(filter(None, (year, month, day)))
    if not hour:
        return iso_date(date)
    offset = f"{zone}:{zone_minute or '00'}" if zone else "+00:00" if zulu else ""
    return iso_date(f"{date}T{hour}:{minute or '00'}:{second or '00'}{offset}")


def _fact(reader: Any, name: str) -> Any:
    try:
        return getattr(reader.metadata, name, None)
    except Exception:  # malformed facts raise nearly every error; the article goes on
        return None
