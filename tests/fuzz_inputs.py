"""Random inputs for the fuzz targets: whole files, damaged files, and pieces put together."""

from __future__ import annotations

import io
import json
import zipfile
import zlib
from collections.abc import Callable, Sequence
from functools import cache
from random import Random
from typing import Any

import format_samples as samples
import fuzz_grammar
import hostile_files as files
from fuzz_pieces import BREAKS, MANIFEST_TOKENS, PROSE, TOKENS, put_together

MAX_BYTES = 64_000

_ODD_VALUES = (
    None, True, -1, 0, 1.5, 10**30, "", "x", "\0", "../../x", "\ud800", [], {}, [[]], {"a": 1},
    "gen-000001", "0" * 64,
)  # fmt: skip


def damaged(rng: Random, data: bytes, tokens: Sequence[bytes]) -> bytes:
    """The bytes with a few random changes."""
    out = bytearray(data)
    for _ in range(rng.choice((1, 1, 2, 3, 8))):
        at = rng.randrange(len(out) + 1)
        end = min(len(out), at + rng.choice((1, 2, 8, 64, 1_000)))
        kind = rng.randrange(8)
        if kind == 0:
            out[at:end] = b""
        elif kind == 1:
            out[at:at] = rng.randbytes(rng.choice((1, 2, 5, 30)))
        elif kind == 2 and at < len(out):
            out[at] ^= 1 << rng.randrange(8)
        elif kind == 3:
            out[at:at] = out[at:end] * rng.choice((1, 1, 2, 20, 500))
        elif kind == 4 and rng.random() < 0.2:
            del out[at:]
        elif kind == 5:
            to = rng.randrange(len(out) + 1)
            out[to:to] = out[at:end]
        else:
            out[at:at] = rng.choice(tokens) * rng.choice((1, 1, 1, 2, 300))
        del out[MAX_BYTES:]
    return bytes(out)


def article(kind: str) -> Callable[[Random], bytes]:
    """Makes files of one format: whole ones, damaged ones, and pieces put together."""
    pieces = tuple(TOKENS[kind]) + PROSE + BREAKS
    tokens = [token.encode("utf-8", "surrogatepass") for token in pieces]
    few = kind in ("pdf", "docx")  # pieces of them never make a file

    def make(rng: Random) -> bytes:
        chance = rng.random()
        if chance < 0.5:
            return fuzz_grammar.MAKERS[kind](rng)
        if chance < (0.52 if few else 0.65):
            return put_together(rng, pieces).encode("utf-8", "surrogatepass")
        if kind == "docx" and chance < 0.9:
            return _document(rng, tokens)
        return damaged(rng, rng.choice(_good(kind)), tokens)

    return make


@cache
def _good(kind: str) -> tuple[bytes, ...]:
    made: dict[str, list[bytes]] = {
        "md": [_FRONT],
        "jsonl": [_LINES],
        "html": [samples.PAGE.encode()],
        "rss": [samples.RSS.encode(), samples.ATOM.encode()],
        "pdf": _pdfs(),
        "docx": [samples.docx(_BODY)],
    }
    named = (files.GOOD | files.ODD | files.BAD).items()
    found = [data for name, data in named if name.endswith(f".{kind}") and len(data) < 5_000]
    return (*made.get(kind, []), *found)


def _pdfs() -> list[bytes]:
    packed = zlib.compress(samples.shown(["Die Brücke", "ist „zu“"]))
    cmap = b"beginbfchar <41> <00C4> endbfchar 1 beginbfrange <42> <50> <0042> endbfrange"
    font = samples.FONT.replace(b">>", b" /ToUnicode 6 0 R >>")
    facts = b"<< /Title <FEFF00C4> /Author (J\\366rg) /CreationDate (D:20240305093000+01'00') >>"
    leaf = b"<< %s /Resources << /Font << /F1 3 0 R >> >> /Contents 5 0 R >>" % samples.PAGE_FACTS
    tree = b"<< /Type /Pages /Kids [4 0 R] /Count 1 >>"
    flate = samples.stream(packed, b"/Filter /FlateDecode")
    return [
        samples.pdf([["Köln: „Grüße“", "bahn"], [], ["Ende"]], info=facts),
        samples.pdf_of([samples.CATALOGUE, tree, font, leaf, flate, samples.stream(cmap)]),
    ]


_FRONT = """---
title: "Die „Brücke“"
date: 2024-03-05
author: [Jörg Müller, 'Anna Öz']
url: https://blatt.example/a
---
# Köln

Text.
""".encode()
_LINES = b"".join(
    b'{"id": "%d", "title": "T \\u00e4", "text": "Die \\ud83d\\ude80", "date": "5.3.2024",'
    b' "authors": ["A", {"name": "B"}], "url": "https://a.example/1", "source": "Blatt"}\n' % number
    for number in (1, 2, 2)
)
_BODY = (
    f"{samples.word_paragraph('Die Brücke „zu“')}"
    "<w:p><w:ins><w:r><w:t>neu</w:t></w:r></w:ins></w:p>"
    "<w:tbl><w:tr><w:tc><w:p><w:r><w:t>a</w:t></w:r></w:p></w:tc></w:tr></w:tbl>"
    "<w:sdt><w:sdtContent><w:p><w:r><w:t>Feld</w:t><w:tab/></w:r></w:p></w:sdtContent></w:sdt>"
)  # fmt: skip


def _document(rng: Random, tokens: Sequence[bytes]) -> bytes:
    """A whole archive in which one part is damaged."""
    whole = samples.docx(_BODY)
    part = rng.choice(("word/document.xml",) * 4 + ("[Content_Types].xml", "_rels/.rels"))
    with zipfile.ZipFile(io.BytesIO(whole)) as package:
        data = damaged(rng, package.read(part), tokens)
    return samples.docx(_BODY, more={part: data})


def manifest(base: dict[str, Any]) -> Callable[[Random], bytes]:
    """Makes the bytes of CURRENT ("" for: as it fits), NUL, the bytes of the manifest."""
    tokens = [token.encode("utf-8", "surrogatepass") for token in MANIFEST_TOKENS]

    def make(rng: Random) -> bytes:
        value = json.loads(json.dumps(base))
        for _ in range(rng.choice((0, 1, 1, 1, 2, 4))):
            value = _altered(rng, value)
        raw = json.dumps(value).encode()
        if rng.random() < 0.4:
            raw = damaged(rng, raw, tokens)
        if rng.random() < 0.05:
            raw = raw.decode("utf-8", "replace").encode(rng.choice(("utf-16", "utf-8-sig")))
        pointer = b"gen-000001 " + b"0" * 64 + b"\n"
        fits = rng.random() < 0.8
        return (b"" if fits else damaged(rng, pointer, tokens).replace(b"\0", b"")) + b"\0" + raw

    return make


def _altered(rng: Random, value: Any) -> Any:
    """The value with one part of it replaced, removed or added."""
    if rng.random() < 0.2 or not value or not isinstance(value, (dict, list)):
        return rng.choice(_ODD_VALUES)
    if isinstance(value, list):
        return [*value, rng.choice(_ODD_VALUES)]
    key, kind = rng.choice(sorted(value)), rng.randrange(6)
    if kind == 0:
        return {name: part for name, part in value.items() if name != key}
    if kind == 1:
        return value | {
            rng.choice(("", "x", "format", "\0", "../CURRENT")): rng.choice(_ODD_VALUES)
        }
    return value | {key: _altered(rng, value[key])}
