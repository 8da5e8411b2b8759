"""What a reader of a format gives: the text that is indexed, and where it comes from."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Extracted:
    r"""One article, taken out of its file.

    The same bytes give the same value, as long as the libraries stay the same.

    Args:
        text: what is indexed and quoted; lines joined by ``\n``, no NUL and no surrogate.
        pages: for PDF the 1-based page of each line of `text`, else empty.
        title: on one line, "" if the format names none.
        date: ISO 8601 date or date-time as the format gives it, "" if it names none.
        author: names joined by ", ", "" if the format names none.
        source: web address, else publisher, "" if the format names neither.
    """

    text: str = field(repr=False)
    pages: tuple[int, ...] = field(default=(), repr=False)
    title: str = ""
    date: str = ""
    author: str = ""
    source: str = ""


Articles = tuple[tuple[str, Extracted], ...]
"""Pairs of sub-id and article; the sub-id is "" where a file is one article."""
