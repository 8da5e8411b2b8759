"""Markdown: the raw file is the text; the front matter and the first heading name it."""

from __future__ import annotations

import re

from index.formats.common import decode_utf8, finished, iso_date, one_line
from index.formats.types import Articles

_MAX_FRONT_LINES = 200
_FACT = re.compile(r"([A-Za-z_-]+)\s*:(?:\s+(.*))?")
_FENCE = re.compile(r" {0,3}(```+|~~~+)")
_HEADING = re.compile(r" {0,3}#{1,6}[ \t]+(.*)")
_CLOSING = re.compile(r"(^|[ \t])#+[ \t]*$")
_UNDERLINE = re.compile(r" {0,3}(=+|-+)[ \t]*")
_SYNONYMS = {
    "title": ("title", "titel"),
    "date": ("date", "datum", "published"),
    "author": ("author", "authors", "autor"),
    "source": ("source", "url", "link", "quelle", "canonical_url"),
}


def read(data: bytes, name: str) -> Articles:
    """The one article of a Markdown file.

    Raises:
        ArticleDecodeError: not UTF-8.
        EmptyArticleError: no text.
    """
    text = decode_utf8(data, name)
    lines = [line.rstrip("\r") for line in text.removeprefix("\ufeff").split("\n")]
    facts, body_at = _front_matter(lines)
    found = {
        key: next((facts[word] for word in words if facts.get(word)), "")
        for key, words in _SYNONYMS.items()
    }
    found["date"] = iso_date(found["date"])
    found["title"] = found["title"] or _first_heading(lines[body_at:])
    return (("", finished(name, text, found)),)


def _front_matter(lines: list[str]) -> tuple[dict[str, str], int]:
    """The ``key: value`` lines between the first two ``---``, and the line after them."""
    if lines[0].rstrip() != "---":
        return {}, 0
    facts: dict[str, str] = {}
    for number, line in enumerate(lines[1 : _MAX_FRONT_LINES + 1], start=1):
        if line.rstrip() in ("---", "..."):
            return facts, number + 1
        if match := _FACT.fullmatch(line):
            facts.setdefault(match[1].lower(), _value(match[2] or ""))
    return {}, 0  # never closed: it was a rule, not front matter


def _value(written: str) -> str:
    """A plain, quoted or ``[bracketed, list]`` value of YAML, on one line."""
    written = written.strip()
    if written.startswith("[") and written.endswith("]"):
        return one_line(", ".join(_scalar(part.strip()) for part in written[1:-1].split(",")))
    return _scalar(written)


def _scalar(written: str) -> str:
    if len(written) > 1 and written[0] == written[-1] and written[0] in "'\"":
        quote = written[0]
        return one_line(written[1:-1].replace("''" if quote == "'" else '\\"', quote))
    return "" if written[:1] in ("|", ">", "#") else one_line(written.partition(" #")[0])


def _first_heading(lines: list[str]) -> str:
    fence = ""
    above = ""
    for line in lines:
        if match := _FENCE.match(line):
            mark = match[1]
            fence = mark if not fence else ("" if mark.startswith(fence) else fence)
        elif not fence:
            if heading := _HEADING.fullmatch(line):
                return one_line(_CLOSING.sub("", heading[1]))
            if above and _UNDERLINE.fullmatch(line):
                return one_line(above)
        above = line.strip() if not fence and not line.startswith("    ") else ""
    return ""
