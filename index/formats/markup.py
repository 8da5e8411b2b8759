"""HTML and XML without their dangers: bounded parsing, and the text of an element.

No entity of the document's own is expanded, nothing is fetched, and what a browser
would not show (scripts, styles, hidden elements) is no text.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any
from xml.parsers import expat

from index.formats.common import broken, library, parsing

MAX_HTML_TAGS = 300_000
MAX_XML_TAGS = 1_000_000
MAX_ATTRIBUTES = 10_000  # of one tag; libxml2's time grows with the square of their number
MAX_ATTRIBUTE_CHARS = 1_000  # longer ones are pictures and state, and slow the search in them
_CHUNK_BYTES = 65_536
_DOCTYPE = re.compile(rb"<!DOCTYPE[^>\[]{0,500}\[", re.IGNORECASE)
_HIDING = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")  # no XML, so no lxml text
_SPACES = re.compile(r"[ \t\n\r\f]+")
_UNSEEN = frozenset(
    "script style noscript template iframe object embed applet svg math canvas audio video "
    "select textarea input button datalist head title meta link".split()
)
_BLOCKS = frozenset(
    "address article aside blockquote body center dd details dialog div dl dt fieldset figcaption "
    "figure footer form h1 h2 h3 h4 h5 h6 header hgroup hr html li main nav ol p pre search "
    "section summary table tbody tfoot thead tr caption ul".split()
)


def parse_html(text: str, name: str, *, extra: str) -> Any:
    """The root element of a page, without what a browser would not show.

    Args:
        text: the decoded page.
        name: the article, for the message.
        extra: what to install if lxml is missing.

    Raises:
        ArticleError: too many tags, too deep, entities of its own, or no page at all.
    """
    html = library("lxml.html", extra=extra, name=name)
    if text.count("<") > MAX_HTML_TAGS:
        raise broken(name, f"{text.count('<')} tags, at most {MAX_HTML_TAGS} are read")
    parser = html.HTMLParser(
        encoding="utf-8",
        no_network=True,
        huge_tree=False,
        recover=True,
        remove_comments=True,
        remove_pis=True,
    )
    data = text.encode("utf-8", "replace")
    if _DOCTYPE.search(data[:_CHUNK_BYTES]):
        raise broken(name, "declares entities of its own, which are not read")
    _check_attributes(data, name, extra)
    with parsing(name, "HTML"):
        root = html.document_fromstring(data, parser=parser)
    fatal = [entry.message.strip() for entry in parser.error_log if entry.level_name == "FATAL"]
    if fatal:
        raise broken(name, f"cannot be read as HTML: {fatal[0]}")
    return root


class _Attributes:
    """Counts the attributes of the tags, and builds no tree."""

    def __init__(self) -> None:
        self.most = 0

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        """A tag begins."""
        self.most = max(self.most, len(attributes))

    def close(self) -> int:
        """The page ends; gives the number of the tag that has most."""
        return self.most


def _check_attributes(data: bytes, name: str, extra: str) -> None:
    """Refuse a page with a tag of too many attributes.

    Raises:
        ArticleError: there is one.
    """
    etree = library("lxml.etree", extra=extra, name=name)
    with parsing(name, "HTML"):
        parser = etree.HTMLParser(target=_Attributes(), encoding="utf-8", no_network=True)
        most = etree.fromstring(data, parser)
    if most > MAX_ATTRIBUTES:
        raise broken(name, f"a tag with {most} attributes, at most {MAX_ATTRIBUTES} are read")


def prune(root: Any, *, more: frozenset[str] = frozenset()) -> None:
    """Empty, in place, what a browser would not show, and drop attributes of extreme length.

    Args:
        root: element of an HTML tree.
        more: names of further elements to remove.
    """
    unseen = _UNSEEN | more
    for element in list(root.iter()):
        for key, value in list(element.attrib.items()):
            if len(value) > MAX_ATTRIBUTE_CHARS:
                del element.attrib[key]
        if element is not root and (element.tag in unseen or _is_hidden(element)):
            element.clear(keep_tail=True)  # not removed: joining the texts around it is slow
            element.tag = "span"
        if element.text and _CONTROLS.search(element.text):
            element.text = _CONTROLS.sub(" ", element.text)
        if element.tail and _CONTROLS.search(element.tail):
            element.tail = _CONTROLS.sub(" ", element.tail)


def _is_hidden(element: Any) -> bool:
    return "hidden" in element.attrib or bool(_HIDING.search(element.get("style", "")))


def text_of(element: Any) -> str:
    """The text that an element shows: a line for each block and row, " | " between cells."""
    parts: list[str] = []
    stack: list[tuple[Any, bool, bool]] = [(element, False, False)]  # node, leaving, kept spaces
    while stack:
        node, leaving, kept = stack.pop()
        tag = _local_name(node)
        if leaving:
            parts.append("\n" if tag in _BLOCKS else "")
            if node is not element:
                parts.append(_spaced(node.tail, kept))
            continue
        stack.append((node, True, kept))
        if node is not element and (tag in _UNSEEN or _is_hidden(node)):
            continue
        if node is not element and tag == "tr":
            parts.append(_row(node))
            continue
        parts.append("\n" if tag in _BLOCKS or tag == "br" else "")
        parts.append(_spaced(node.text, kept or tag == "pre"))
        stack.extend((child, False, kept or tag == "pre") for child in reversed(node))
    return "\n".join(line for part in "".join(parts).split("\n") if (line := part.strip()))


def _row(row: Any) -> str:
    cells = [text_of(cell).replace("\n", " ") for cell in row if _local_name(cell) in ("td", "th")]
    return f"\n{' | '.join(cells)}\n" if any(cells) else ""


def _spaced(text: str | None, kept: bool) -> str:
    return (text or "") if kept else _SPACES.sub(" ", text or "")


def _local_name(node: Any) -> str:
    """The name without its namespace; comments and entities, which show nothing, are scripts."""
    tag = node.tag
    return tag.rpartition("}")[2].lower() if isinstance(tag, str) else "script"


def parse_xml(data: bytes, name: str, *, kind: str, extra: str) -> Any:
    """The root element of an XML document that declares no entities.

    Args:
        data: the document with its encoding declaration.
        name: the article, for the message.
        kind: what it should be, for the message.
        extra: what to install if lxml is missing.

    Raises:
        ArticleError: entities, too many tags, too deep, or not well-formed.
    """
    etree = library("lxml.etree", extra=extra, name=name)
    check_xml(data, name, kind=kind)
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    with parsing(name, kind):
        return etree.fromstring(data, parser)


def check_xml(data: bytes, name: str, *, kind: str) -> None:
    """Refuse entities and masses of tags before a parser builds a tree.

    Raises:
        ArticleError: it has them, or is malformed before its first element.
    """
    if (tags := data.count(b"<")) > MAX_XML_TAGS:
        raise broken(name, f"{tags} tags, at most {MAX_XML_TAGS} are read")
    elements: list[str] = []

    def refuse(*_: object) -> None:
        raise broken(name, "declares entities of its own, which are not read")

    scanner = expat.ParserCreate()
    scanner.EntityDeclHandler = refuse
    scanner.StartElementHandler = lambda tag, _: elements.append(tag)
    with parsing(name, kind):
        for start in range(0, len(data), _CHUNK_BYTES):
            scanner.Parse(data[start : start + _CHUNK_BYTES], False)
            if elements:  # a document type stands before the first element or nowhere
                break
