"""Word documents (.docx): paragraphs, lists and tables in reading order, through python-docx.

The package is checked before it is opened: sizes, number of members, entities.
Deleted and hidden text is no text; inserted text, fields' results and text boxes are.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from typing import Any

from index.formats.common import broken, finished, library, one_line, parsing, usable
from index.formats.markup import check_xml
from index.formats.types import Articles

MAX_MEMBERS = 5_000
MAX_UNPACKED_BYTES = 100_000_000
MAX_XML_BYTES = 30_000_000
_CORE = "/core-properties"
_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_SIGNS = {f"{_W}tab": "\t", f"{_W}br": "\n", f"{_W}cr": "\n", f"{_W}noBreakHyphen": "\u2011"}
_LEFT_OUT = frozenset(
    [
        f"{_W}del", f"{_W}moveFrom", f"{_W}pPr", f"{_W}rPr", f"{_W}instrText", f"{_W}rubyPr",
        "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback",
    ]
)  # fmt: skip


def read(data: bytes, name: str) -> Articles:
    """The one article of a Word document.

    Raises:
        EmptyArticleError: no text in its body.
        ArticleError: malformed, over a limit, or python-docx is missing.
    """
    docx = library("docx", extra="docx", name=name)
    with parsing(name, "DOCX"):
        _check_package(data, name)
        document = docx.Document(io.BytesIO(data))
        lines = list(_lines(document.element.body))
        facts = _facts(document)
    return (("", finished(name, usable("\n".join(lines)), facts)),)


def _check_package(data: bytes, name: str) -> None:
    """Refuse archives that unpack to more than they should, and entities in their XML."""
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        members = package.infolist()
        if len(members) > MAX_MEMBERS:
            raise broken(name, f"{len(members)} members, at most {MAX_MEMBERS} are read")
        total = sum(member.file_size for member in members)
        if total > MAX_UNPACKED_BYTES:
            raise broken(name, f"unpacks to {total / 1e6:.0f} MB, at most 100 MB are read")
        xml_bytes = 0
        for member in members:
            if member.flag_bits & 1:
                raise broken(name, "encrypted, a password is needed", hint="save it without one")
            if not member.filename.lower().endswith((".xml", ".rels")):
                continue
            with package.open(member) as opened:
                part = opened.read(MAX_XML_BYTES + 1 - xml_bytes)
            xml_bytes += len(part)
            if xml_bytes > MAX_XML_BYTES:
                raise broken(name, f"more than {MAX_XML_BYTES / 1e6:.0f} MB of XML in it")
            check_xml(part, name, kind="DOCX")


def _facts(document: Any) -> dict[str, str]:
    """The core properties, and the first title or heading if they name none."""
    facts = {"title": "", "author": "", "date": ""}
    relationships = document.part.package.rels.values()
    if any(str(relationship.reltype).endswith(_CORE) for relationship in relationships):
        core = document.core_properties
        created = core.created  # without this check python-docx would invent them, with its clock
        facts["title"], facts["author"] = one_line(core.title), one_line(core.author)
        facts["date"] = created.isoformat() if created is not None else ""
    if not facts["title"]:
        facts["title"] = next(filter(None, map(_heading, document.paragraphs[:200])), "")
    return facts


def _heading(paragraph: Any) -> str:
    style = str(getattr(paragraph.style, "name", "") or "")
    return one_line(paragraph.text) if style.startswith(("Title", "Heading")) else ""


def _lines(container: Any) -> Iterator[str]:
    """The lines of the blocks in a body, a cell or a text box."""
    for block in container:
        if block.tag == f"{_W}p":
            yield from (line for line in _paragraph(block).split("\n") if line.strip())
        elif block.tag == f"{_W}tbl":
            yield from _rows(block)
        elif isinstance(block.tag, str) and block.tag not in _LEFT_OUT:
            yield from _lines(block)  # content controls, insertions


def _rows(table: Any) -> Iterator[str]:
    """A line for each row, " | " between cells; cells inside cells are joined by spaces."""
    for row in table.iter(f"{_W}tr"):
        if _nearest(row, f"{_W}tbl") is not table:
            continue
        cells = [
            " ".join(line.strip() for line in _lines(cell))
            for cell in row.iter(f"{_W}tc")
            if _nearest(cell, f"{_W}tr") is row
        ]
        if any(cells):
            yield " | ".join(cells)


def _nearest(element: Any, tag: str) -> Any:
    return next(element.iterancestors(tag), None)


def _paragraph(paragraph: Any) -> str:
    """The text of a paragraph, then that of the text boxes fixed to it."""
    parts: list[str] = []
    boxes: list[str] = []
    stack = [paragraph]
    while stack:
        node = stack.pop()
        if node.tag in _LEFT_OUT:
            continue
        if node.tag == f"{_W}txbxContent":
            boxes += _lines(node)
        elif node.tag == f"{_W}t":
            parts.append(node.text or "")
        elif node.tag in _SIGNS:
            parts.append(_SIGNS[node.tag])
        elif not (node.tag == f"{_W}r" and _is_hidden(node)):
            stack.extend(reversed(node))
    return "\n".join(["".join(parts), *boxes])


def _is_hidden(run: Any) -> bool:
    mark = run.find(f"{_W}rPr/{_W}vanish")
    return mark is not None and mark.get(f"{_W}val", "1") not in ("0", "false", "off")
