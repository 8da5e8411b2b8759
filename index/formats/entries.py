"""Dumps of articles: JSON lines. Each line is an article of its own; a bad one is named."""

from __future__ import annotations

import json
import re
from typing import Any

from index.errors import ArticleError
from index.formats.common import (
    address,
    broken,
    decode_utf8,
    finished,
    iso_date,
    one_line,
    slug,
    unique,
    usable,
)
from index.formats.types import Articles, Extracted

MAX_ENTRIES = 100_000
_LONE_SURROGATE = re.compile("[\0\ud800-\udfff]")
_SYNONYMS = {
    "title": ("title", "headline", "titel"),
    "text": ("text", "content", "body", "article_body", "articlebody", "content_text",
             "maintext", "inhalt"),
    "date": ("date", "published", "published_at", "date_published", "datepublished",
             "publish_date", "pubdate", "created_at", "datum"),
    "author": ("author", "authors", "byline", "creator", "autor"),
    "url": ("url", "link", "source_url", "canonical_url", "uri"),
    "publisher": ("source", "publisher", "quelle", "site_name"),
    "id": ("id", "guid", "uuid", "_id"),
}  # fmt: skip


def read(data: bytes, name: str) -> tuple[Articles, tuple[ArticleError, ...]]:
    """The articles of a JSONL file, and an error for each line that is none.

    Args:
        data: the file.
        name: the article, for the messages.

    Returns:
        The articles in the order of the lines; their sub-id comes from the entry's id
        or address, else it is the number of its line ("line-3").

    Raises:
        ArticleError: more than `MAX_ENTRIES` lines.
    """
    lines = data.removeprefix(b"\xef\xbb\xbf").split(b"\n")
    if len(lines) > MAX_ENTRIES + 1:
        raise broken(name, f"{len(lines)} lines, at most {MAX_ENTRIES} are read")
    found: list[tuple[str, Extracted]] = []
    problems: list[ArticleError] = []
    taken: dict[str, int] = {}
    for number, line in enumerate(lines, start=1):
        if line.strip():
            where = f"{name}:{number}"
            try:
                entry = _entry(line, where)
                article = _article(entry, where)
            except ArticleError as error:
                problems.append(error)
                continue
            identity = _fact(entry, "id") or _fact(entry, "url")
            own = slug(identity, taken) if identity else unique(f"line-{number}", taken)
            found.append((own, article))
    return tuple(found), tuple(problems)


def _entry(line: bytes, where: str) -> dict[str, Any]:
    """The object on a line, its keys in lower case."""
    text = decode_utf8(line, where)
    try:
        loaded = json.loads(text)
    except (ValueError, RecursionError) as error:
        reason = "nested too deep" if isinstance(error, RecursionError) else str(error)
        raise broken(where, f"not JSON: {reason}", hint="correct this line") from error
    if not isinstance(loaded, dict):
        raise broken(where, "not a JSON object", hint='write {"title": ..., "text": ...}')
    return {key.lower().replace("-", "_"): value for key, value in loaded.items()}


def _article(entry: dict[str, Any], where: str) -> Extracted:
    text = next((t for key in _SYNONYMS["text"] if isinstance(t := entry.get(key), str) and t), "")
    if match := _LONE_SURROGATE.search(text):
        what = f"character U+{ord(match[0]):04X} in its text"
        raise broken(where, what, hint="remove it; it is no text")
    title = one_line(_fact(entry, "title"))
    publisher = _fact(entry, "publisher")
    facts = {
        "title": title,
        "date": iso_date(_fact(entry, "date")),
        "author": one_line(_fact(entry, "author")),
        "source": address(_fact(entry, "url")) or address(publisher) or one_line(publisher),
    }
    return finished(where, titled(title, usable(text)), facts)


def titled(title: str, text: str) -> str:
    """The text with its title as the first line, unless it begins with it."""
    begin = " ".join(text[: 2 * len(title) + 100].split())
    if not title or (begin.startswith(title) and not begin[len(title) :][:1].isalnum()):
        return text
    return f"{title}\n{text}" if text.strip() else title


def _fact(entry: dict[str, Any], kind: str) -> str:
    """The first synonym that holds a text, a number, a named object or a list of them."""
    return next((value for key in _SYNONYMS[kind] if (value := _named(entry.get(key)))), "")


def _named(value: Any) -> str:
    if isinstance(value, list):
        names = [_named(item) for item in value[:20] if not isinstance(item, list)]
        return ", ".join(filter(None, names))
    if isinstance(value, dict):
        value = value.get("name")
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) < 10**18:
        return str(value)
    return value.strip() if isinstance(value, str) else ""
