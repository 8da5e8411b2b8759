"""HTML pages: their main text through trafilatura, without navigation, comments and scripts.

Trafilatura finds the main part; its elements are rendered here, so that the lines
hold words of the page alone: no list marks, no table rules.
"""

from __future__ import annotations

import codecs
import re
from typing import Any

from index.errors import ArticleDecodeError
from index.formats.common import decode_utf8, finished, library, parsing, unlogged, usable
from index.formats.htmlfacts import facts_of
from index.formats.markup import parse_html, prune, text_of
from index.formats.types import Articles

MAX_SEARCHED_ELEMENTS = 15_000
"""Larger pages are not searched for their main part: trafilatura's time grows with the square of
some numbers of elements (measured: 12 s for 60,000), and pages this long are mostly article."""

_HEAD_BYTES = 4_096
_DECLARED = re.compile(
    rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([\w.:-]{1,40})"
    rb"|<\?xml[^>]{0,200}?encoding\s*=\s*[\"']([\w.:-]{1,40})",
    re.IGNORECASE,
)
_ENCODINGS = re.compile(
    r"cp125[0-8]|cp866|cp874|iso8859-\d+|koi8-[ru]|mac-roman|mac-cyrillic"
    r"|gbk|gb18030|gb2312|big5|euc_jp|euc_kr|shift_jis"
)
_AS_WINDOWS = {"iso8859-1": "cp1252", "ascii": "cp1252", "iso8859-9": "cp1254"}
_MARKS = ((codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_AROUND = frozenset(["nav", "aside", "footer"])
_NAMES = {  # trafilatura's vocabulary, after the TEI, in that of HTML
    "head": "h2", "item": "li", "list": "ul", "row": "tr", "cell": "td", "lb": "br",
    "quote": "blockquote", "ref": "a", "hi": "b", "body": "pre",
}  # fmt: skip


def read(data: bytes, name: str) -> Articles:
    """The one article of a page.

    Raises:
        ArticleDecodeError: neither UTF-8 nor in the encoding that it declares.
        EmptyArticleError: nothing to see on it.
        ArticleError: too large, too deep, entities of its own, or a package is missing.
    """
    root = parse_html(_decode(data, name), name, extra="html")
    facts = facts_of(root)
    prune(root)
    return (("", finished(name, usable(_main_text(root, name)), facts)),)


def _main_text(root: Any, name: str) -> str:
    """What trafilatura finds, else the text of the whole page."""
    if sum(1 for _ in root.iter()) > MAX_SEARCHED_ELEMENTS:
        return _whole_text(root)
    trafilatura = library("trafilatura", extra="html", name=name)
    with parsing(name, "HTML"), unlogged("trafilatura"):
        document = trafilatura.bare_extraction(
            root, fast=True, include_comments=False, include_tables=True, deduplicate=False
        )
    if document is not None and document.body is not None:
        for element in document.body.iter():
            element.tag = _NAMES.get(element.tag, element.tag)
        if text := text_of(document.body):
            return text
    return _whole_text(root)


def _whole_text(root: Any) -> str:
    """All that the page shows in its one main or article element, if it has one, else in all."""
    prune(root, more=_AROUND)
    for tag in ("main", "article"):
        found = list(root.iter(tag))
        if len(found) == 1:
            root = found[0]
            break
    return text_of(root)


def _decode(data: bytes, name: str) -> str:
    """The page as text: UTF-8 if it is that, else as it declares.

    Source: encoding.spec.whatwg.org, which reads ISO-8859-1 as windows-1252.
    """
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return _strictly(data, encoding, name)
    declared = _declared(data[:_HEAD_BYTES])
    try:
        return decode_utf8(data, name).removeprefix("\ufeff")
    except ArticleDecodeError:
        if not declared:
            raise
    return _strictly(data, declared, name)


def _declared(head: bytes) -> str:
    """Python's name of the encoding that the page declares, "" if it is none for pages."""
    match = _DECLARED.search(head)
    if match is None:
        return ""
    try:
        found = codecs.lookup((match[1] or match[2]).decode("ascii")).name
    except (LookupError, UnicodeError, ValueError):
        return ""
    found = _AS_WINDOWS.get(found, found)
    return found if _ENCODINGS.fullmatch(found) else ""


def _strictly(data: bytes, encoding: str, name: str) -> str:
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        reason = f"not {encoding}, as it declares ({error.reason})"
        hint = "save it as UTF-8"
        raise ArticleDecodeError(name, error.start, reason, hint=hint) from error
    if (nul := text.find("\0")) != -1:
        at = len(text[:nul].encode(encoding, "replace"))
        raise ArticleDecodeError(name, at, "NUL character", hint="save it as UTF-8")
    return text
