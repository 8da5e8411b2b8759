"""Title, date, author and source of an HTML page, from what the page says of itself.

Reads JSON-LD, OpenGraph, Dublin Core and the usual elements; guesses nothing.
Sources: schema.org/Article, ogp.me, dublincore.org.
"""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Iterator
from typing import Any

from index.formats.common import address, iso_date, one_line
from index.formats.markup import text_of

_MAX_JSON_CHARS = 1_000_000
_MAX_NAMES = 20
_ARTICLE_TYPES = ("Article", "Posting", "Report", "WebPage")  # NewsArticle, BlogPosting ...
_TITLES = ("og:title", "dc.title", "dcterms.title", "twitter:title", "citation_title")
_DATES = (
    "article:published_time", "date", "dc.date", "dc.date.issued", "dcterms.date", "dcterms.issued",
    "dcterms.created", "datepublished", "pubdate", "publishdate", "citation_publication_date",
)  # fmt: skip
_AUTHORS = ("author", "dc.creator", "dcterms.creator", "article:author", "citation_author")
_PUBLISHERS = ("og:site_name", "dc.publisher", "dcterms.publisher", "publisher")


def facts_of(root: Any) -> dict[str, str]:
    """Title, date, author and source of a page, each "" if the page does not name it.

    Args:
        root: the tree as parsed, with its head and its scripts.
    """
    meta = _meta(root)
    node = _article_node(root)
    titles = [_named(node.get("headline")), *_each(meta, _TITLES), _text(root, "h1")]
    dates = [_named(node.get("datePublished")), *_each(meta, _DATES), *_times(root)]
    authors = [_named(node.get("author")), *_each(meta, _AUTHORS), _text(root, "*[@rel='author']")]
    sources = [*_links(root), meta.get("og:url", ""), _named(node.get("url"))]
    publishers = [_named(node.get("publisher")), *_each(meta, _PUBLISHERS)]
    return {
        "title": _first([*map(one_line, titles), one_line(_text(root, "head/title"))]),
        "date": _first(map(iso_date, dates)),
        "author": _first(one_line(name) for name in authors if not address(name)),
        "source": _first([*map(address, sources), *map(one_line, publishers)]),
    }


def _first(values: Any) -> str:
    return next((value for value in values if value), "")


def _each(meta: dict[str, str], names: tuple[str, ...]) -> list[str]:
    return [meta.get(name, "") for name in names]


def _meta(root: Any) -> dict[str, str]:
    """The first content of each ``<meta name=... / property=... / itemprop=...>``."""
    found: dict[str, str] = {}
    for element in root.iter("meta"):
        for key in ("property", "name", "itemprop"):
            if (name := element.get(key)) and (content := (element.get("content") or "").strip()):
                found.setdefault(name.strip().lower(), content)
    return found


def _text(root: Any, path: str) -> str:
    element = root.find(f".//{path}")
    return "" if element is None else text_of(element)


def _times(root: Any) -> list[str]:
    """``<time>`` elements, those that say that they are the date of publication first."""
    times = [element for element in root.iter("time") if element.get("datetime")]
    marked = [t for t in times if "pubdate" in t.attrib or t.get("itemprop") == "datePublished"]
    inside = [t for t in times if any(a.tag in ("article", "header") for a in t.iterancestors())]
    return [element.get("datetime") for element in [*marked, *inside][:_MAX_NAMES]]


def _links(root: Any) -> list[str]:
    return [
        element.get("href") or ""
        for element in root.iter("link")
        if "canonical" in (element.get("rel") or "").lower().split()
    ]


def _article_node(root: Any) -> dict[str, Any]:
    """The first JSON-LD object that describes an article."""
    for script in root.iter("script"):
        if (script.get("type") or "").strip().lower() != "application/ld+json":
            continue
        try:
            loaded = json.loads((script.text or "")[:_MAX_JSON_CHARS])
        except (ValueError, RecursionError):
            continue
        for node in _objects(loaded):
            kinds = node.get("@type")
            named = [kinds] if isinstance(kinds, str) else kinds if isinstance(kinds, list) else []
            if any(isinstance(kind, str) and kind.endswith(_ARTICLE_TYPES) for kind in named):
                return node
    return {}


def _objects(loaded: Any) -> Iterator[dict[str, Any]]:
    """The objects of a list or of a ``@graph``, in their order."""
    queue = deque([loaded])
    while queue:
        value = queue.popleft()
        if isinstance(value, dict):
            yield value
            queue.extendleft([value["@graph"]] if "@graph" in value else [])
        elif isinstance(value, list):
            queue.extendleft(reversed(value))


def _named(value: Any) -> str:
    """A text, the name of an object, or the names of a list joined by ", "."""
    if isinstance(value, list):
        names = [_named(item) for item in value[:_MAX_NAMES] if not isinstance(item, list)]
        return ", ".join(name for name in names if name)
    if isinstance(value, dict):
        value = value.get("name") or value.get("@id")
    return value if isinstance(value, str) else ""
