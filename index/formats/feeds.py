"""RSS 0.9x, 1.0 and 2.0 and Atom 1.0: each entry with text is an article.

Sources: rssboard.org/rss-specification, RFC 4287, web.resource.org/rss/1.0.
"""

from __future__ import annotations

from typing import Any

from index.errors import ArticleError
from index.formats.common import address, broken, finished, iso_date, one_line, slug, unique, usable
from index.formats.entries import MAX_ENTRIES, titled
from index.formats.markup import parse_html, parse_xml, text_of
from index.formats.types import Articles, Extracted

_SPACES = (
    "",
    "{http://www.w3.org/2005/Atom",
    "{http://purl.org/rss/1.0/",
    "{http://my.netscape.com/rdf/simple/0.9/",
    "{http://backend.userland.com/rss2",
)
_CONTENT = "{http://purl.org/rss/1.0/modules/content/}encoded"
_DC = "{http://purl.org/dc/elements/1.1/}"
_DATES = ("pubDate", f"{_DC}date", "published", "updated")
_ENTRIES = ("item", "entry")
_EXTRA = "feeds"


def read(data: bytes, name: str) -> tuple[Articles, tuple[ArticleError, ...]]:
    """The articles of a feed, and an error for each entry that is none.

    Args:
        data: the feed.
        name: the article, for the messages.

    Returns:
        The articles in the order of the feed; their sub-id comes from the entry's
        guid, id or link, else it is its number ("entry-3").

    Raises:
        ArticleError: malformed, not a feed, over a limit, or lxml is missing.
    """
    root = parse_xml(data, name, kind="a feed", extra=_EXTRA)
    entries = [node for node in root.iter() if _is_entry(node) and not _is_nested(node)]
    if _local(root) not in ("rss", "RDF", "feed"):
        raise broken(name, "neither RSS nor Atom", hint="only feeds of articles are read from XML")
    if len(entries) > MAX_ENTRIES:
        raise broken(name, f"{len(entries)} entries, at most {MAX_ENTRIES} are read")
    publisher = _publisher(root)
    found: list[tuple[str, Extracted]] = []
    problems: list[ArticleError] = []
    taken: dict[str, int] = {}
    for number, entry in enumerate(entries, start=1):
        try:
            article = _article(entry, f"{name}:entry {number}", publisher)
        except ArticleError as error:
            problems.append(error)
            continue
        identity = _first(entry, "guid", "id") or _link(entry)
        own = slug(identity, taken) if identity else unique(f"entry-{number}", taken)
        found.append((own, article))
    return tuple(found), tuple(problems)


def _is_entry(node: Any) -> bool:
    return _is_plain(node) and _local(node) in _ENTRIES


def _is_nested(node: Any) -> bool:
    """Whether an entry stands in another one; its text is then part of that one's."""
    return any(_is_entry(outer) for outer in node.iterancestors())


def _article(entry: Any, where: str, publisher: str) -> Extracted:
    """One entry: its full content, else its summary, below its title."""
    title = one_line(_title(entry, where))
    bodies = (_child(entry, names) for names in ((_CONTENT, "content"), ("description", "summary")))
    texts = (_body(body, where) for body in bodies if body is not None)
    text = next((text for text in texts if text), "")
    facts = {
        "title": title,
        "date": next(filter(None, (iso_date(_first(entry, key)) for key in _DATES)), ""),
        "author": one_line(_author(entry)),
        "source": address(_link(entry)) or publisher,
    }
    return finished(where, titled(title, usable(text)), facts)


def _body(node: Any, where: str) -> str:
    """The text of a content element: XHTML inside it, escaped HTML, or plain text."""
    kind = (node.get("type") or "html").lower()
    if len(node):
        return text_of(node)
    written = node.text or ""
    if kind in ("text", "text/plain") or not written.strip():
        return "\n".join(line for part in written.splitlines() if (line := part.strip()))
    if "<" not in written and "&" not in written:
        return text_of(node)
    return text_of(parse_html(f"<body><div>{written}</div></body>", where, extra=_EXTRA))


def _title(entry: Any, where: str) -> str:
    node = _child(entry, ("title",))
    if node is None:
        return ""
    is_html = (node.get("type") or "").lower() == "html"
    return _body(node, where) if is_html or len(node) else (node.text or "")


def _author(entry: Any) -> str:
    """The names of an entry's authors; an address before a name in brackets is left out."""
    names = []
    for node in entry:
        if node.tag == f"{_DC}creator" or (_is_plain(node) and _local(node) == "author"):
            inner = _first(node, "name") if len(node) else (node.text or "").strip()
            mail, bracket, rest = inner.partition(" (")
            names.append(rest.removesuffix(")") if bracket and "@" in mail else inner)
    return ", ".join(dict.fromkeys(filter(None, names[:20])))


def _link(entry: Any) -> str:
    """The address of the article itself, not that of its comments or its sound."""
    for node in entry:
        is_link = _is_plain(node) and _local(node) == "link"
        written = (node.get("href") or node.text or "").strip() if is_link else ""
        if written and node.get("rel", "alternate") == "alternate":
            return str(written)
    guid = _child(entry, ("guid",))
    if guid is not None and guid.get("isPermaLink", "true") == "true":
        return address(guid.text or "")
    return ""


def _publisher(root: Any) -> str:
    channel = next((node for node in root if _local(node) == "channel"), root)
    return one_line(_first(channel, "title"))


def _first(node: Any, *names: str) -> str:
    child = _child(node, names)
    return "" if child is None else "".join(child.itertext()).strip()


def _child(node: Any, names: tuple[str, ...]) -> Any:
    """The first child of the first name that has one; plain names mean RSS and Atom alike."""
    for name in names:
        for child in node:
            if child.tag == name or (_is_plain(child) and _local(child) == name):
                return child
    return None


def _is_plain(node: Any) -> bool:
    """Whether it is an element of RSS or Atom, not of another vocabulary inside the feed."""
    return isinstance(node.tag, str) and node.tag.rpartition("}")[0] in _SPACES


def _local(node: Any) -> str:
    return node.tag.rpartition("}")[2] if isinstance(node.tag, str) else ""
