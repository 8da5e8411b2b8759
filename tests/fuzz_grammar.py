"""Whole files of each format, random but well-formed, to reach what lies behind the parsers."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from random import Random
from typing import Any
from xml.sax.saxutils import escape, quoteattr

import format_samples as samples
from fuzz_pieces import BREAKS, PROSE, SIGNS, put_together

_DATES = (
    "2024-03-05", "2024-03-05T09:30:00+01:00", "5.3.2024", "31.2.2024", "2024-W10-1", "0000-00-00",
    "Tue, 05 Mar 2024 09:30:00", "Tue, 99 Mar 2024 99:30:00 +9999", "٢٠٢٤-٠٣-٠٥", "٣.٣.2024",
    "Mon, 1 Jan 0 00:00:00 -0000", "D:20240305", "1.1.99999", "12:00", "20240305T0930", "2024-13",
    "9" * 30,
)  # fmt: skip
_ADDRESSES = (
    "https://blatt.example/a?b=c#d", "https://blatt.example/a", "http://x", "javascript:alert(1)",
    "https://", "HTTPS://Ä.example/ä", "urn:uuid:1", "//x", "https://[::1", "mailto:a@b", "guid",
)  # fmt: skip
_KEYS = (
    "title", "Headline", "text", "content", "body", "article-body", "date", "published", "datum",
    "author", "authors", "creator", "url", "link", "source", "publisher", "id", "guid", "_id", "x",
)  # fmt: skip
_HTML = (
    "p", "div", "span", "table", "tr", "td", "th", "ul", "li", "h1", "h2", "pre", "blockquote", "a",
    "article", "main", "section", "nav", "aside", "header", "footer", "b", "br", "img", "time",
    "script", "style", "form", "button", "select", "svg", "video", "details", "dl", "dt", "figure",
)  # fmt: skip
_META = (
    "og:title", "og:url", "og:site_name", "author", "date", "dc.creator", "article:published_time",
)  # fmt: skip
_ENTRY = (
    "title", "link", "guid", "description", "content:encoded", "pubDate", "dc:date", "dc:creator",
    "author", "content", "summary", "id", "published", "updated", "media:title", "item", "x",
)  # fmt: skip
_WORD = (
    "w:p", "w:r", "w:t", "w:tbl", "w:tr", "w:tc", "w:ins", "w:del", "w:sdt", "w:sdtContent",
    "w:hyperlink", "w:br", "w:tab", "w:pict", "w:txbxContent", "w:rPr", "w:vanish", "w:pPr",
    "w:instrText", "w:fldSimple", "w:ruby", "w:rubyPr", "w:noBreakHyphen", "w:cr", "w:moveFrom",
)  # fmt: skip
_SPACES = (
    ' xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:media="urn:m"'
    ' xmlns:dc="http://purl.org/dc/elements/1.1/"'
)
_OFFICE = "http://schemas.openxmlformats.org"
_PACKAGE = f"{_OFFICE}/package/2006"
_PARTS = "application/vnd.openxmlformats"
_CORE_SPACES = (
    f'xmlns:c="{_PACKAGE}/metadata/core-properties" xmlns:dc="http://purl.org/dc/elements/1.1/"'
    ' xmlns:dcterms="http://purl.org/dc/terms/"'
)


def text(rng: Random, most: int = 12) -> str:
    """A text that may hold anything but NUL and lone surrogates."""
    return put_together(rng, PROSE + BREAKS + SIGNS, most)


def value(rng: Random) -> str:
    """A fact: a date, an address, a few words."""
    return rng.choice((rng.choice(_DATES), rng.choice(_ADDRESSES), text(rng, 4)))


def tree(rng: Random, tags: Sequence[str], depth: int, attributes: Sequence[str]) -> str:
    """Well-formed elements inside each other, with text between them."""
    parts = [_xml_text(text(rng, 5))]
    for _ in range(rng.randrange(4)):
        tag = rng.choice(tags)
        chosen = f" {rng.choice(attributes)}" if rng.random() < 0.3 else ""
        inner = tree(rng, tags, depth - 1, attributes) if depth else _xml_text(value(rng))
        parts += [f"<{tag}{chosen}>{inner}</{tag}>", _xml_text(text(rng, 3))]
    return "".join(parts)


def _xml_text(plain: str) -> str:
    """The text escaped, without the characters that XML forbids."""
    usable = (c for c in plain if c in "\t\n\r" or (c >= " " and c not in "\ufffe\uffff"))
    return escape("".join(usable), {"\r": "&#13;"})


def _plain(rng: Random) -> bytes:
    return text(rng, 60).encode()


def _markdown(rng: Random) -> bytes:
    facts = "".join(f"{rng.choice(_KEYS)}: {value(rng)}\n" for _ in range(rng.randrange(6)))
    body = "".join(rng.choice(("# ", "- ", "```\n", "")) + text(rng) + "\n" for _ in range(4))
    return f"---\n{facts}---\n{body}".encode()


def _json(rng: Random) -> bytes:
    entries = [
        {rng.choice(_KEYS): _json_value(rng, 2) for _ in range(6)} | {"text": text(rng)}
        for _ in range(rng.randrange(6))
    ]
    return "\n".join(json.dumps(entry) for entry in entries).encode()


def _json_value(rng: Random, depth: int) -> Any:
    plain = (None, True, -1, 2024, 10**18, 1.5, "", "\ud800", "a\0b", value(rng), value(rng))
    if not depth or rng.random() < 0.6:
        return rng.choice(plain)
    inner = [_json_value(rng, depth - 1) for _ in range(rng.randrange(4))]
    return inner if rng.random() < 0.5 else {"name": inner[0] if inner else value(rng)}


def _page(rng: Random) -> bytes:
    metas = "".join(
        f"<meta property={quoteattr(rng.choice(_META))} content={quoteattr(_xml_text(value(rng)))}>"
        for _ in range(rng.randrange(4))
    )
    data = {"@type": rng.choice(("NewsArticle", ["x", "BlogPosting"], 1)), "headline": text(rng, 3)}
    data |= {key: _json_value(rng, 2) for key in ("author", "datePublished", "publisher", "url")}
    graph = rng.choice((data, [data], {"@graph": [1, [data]]}))
    script = f'<script type="application/ld+json">{json.dumps(graph)}</script>'
    style = ("hidden", 'style="display:none"', 'datetime="2024-03-05" pubdate', 'rel="author"')
    body = tree(rng, _HTML, rng.randrange(1, 6), style)
    return f"<html><head>{metas}{script}</head><body>{body}</body></html>".encode()


def _feed(rng: Random) -> bytes:
    name = rng.choice(("item", "entry"))
    kinds = ('type="html"', 'type="xhtml"', 'type="text"', 'isPermaLink="false"', 'rel="self"')
    inner = "".join(
        f"<{name}>{'<guid>1</guid>' * rng.randrange(2)}"
        f"{tree(rng, _ENTRY, rng.randrange(1, 3), kinds)}</{name}>"
        for _ in range(rng.randrange(5))
    )
    space = rng.choice((' xmlns="http://www.w3.org/2005/Atom"', ""))
    return f"<rss{_SPACES}{space}><channel><title>B</title>{inner}</channel></rss>".encode()


def _word(rng: Random) -> bytes:
    off = ('w:val="0"',)
    body = "".join(
        f"<w:p><w:r><w:t>{_xml_text(text(rng, 4))}</w:t>{tree(rng, _WORD, 3, off)}</w:r></w:p>"
        for _ in range(rng.randrange(4))
    )
    body += tree(rng, _WORD, rng.randrange(5), off)
    return samples.docx(body, more=_core(rng) if rng.random() < 0.4 else {})


def _core(rng: Random) -> dict[str, bytes]:
    """The parts of a document that name its title, author and date."""
    facts = "".join(
        f"<{tag}>{_xml_text(value(rng))}</{tag}>"
        for tag in ("dc:title", "dc:creator", "dcterms:created")
        if rng.random() < 0.8
    )
    document = "officeDocument/2006/relationships/officeDocument"
    core = f"{_PACKAGE}/relationships/metadata/core-properties"
    properties = f"<c:coreProperties {_CORE_SPACES}>{facts}</c:coreProperties>"
    return {
        "docProps/core.xml": properties.encode(),
        "_rels/.rels": (
            f'<Relationships xmlns="{_PACKAGE}/relationships">'
            f'<Relationship Id="a" Type="{_OFFICE}/{document}" Target="word/document.xml"/>'
            f'<Relationship Id="b" Type="{core}" Target="docProps/core.xml"/>'
            "</Relationships>"
        ).encode(),
        "[Content_Types].xml": (
            f'<Types xmlns="{_PACKAGE}/content-types"><Default Extension="rels" ContentType='
            '"application/vnd.openxmlformats-package.relationships+xml"/>'
            f'<Override PartName="/word/document.xml" ContentType="{_PARTS}-officedocument.'
            'wordprocessingml.document.main+xml"/><Override PartName="/docProps/core.xml"'
            f' ContentType="{_PARTS}-package.core-properties+xml"/></Types>'
        ).encode(),
    }


def _pdf(rng: Random) -> bytes:
    pages = [
        [line.encode("cp1252", "replace").decode("cp1252") for line in text(rng).splitlines()]
        for _ in range(rng.randrange(1, 4))
    ]
    facts = {key: value(rng).encode("utf-16").hex() for key in ("Title", "Author", "CreationDate")}
    info = " ".join(f"/{key} <{written}>" for key, written in facts.items())
    return samples.pdf(pages, info=f"<< {info} >>".encode())


MAKERS: dict[str, Callable[[Random], bytes]] = {
    "txt": _plain, "md": _markdown, "jsonl": _json, "html": _page, "rss": _feed, "docx": _word,
    "pdf": _pdf,
}  # fmt: skip
