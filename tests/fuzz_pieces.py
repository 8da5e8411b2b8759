"""Pieces of text and of each format, from which random inputs are put together."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random

BREAKS = ("\r", "\n", "\r\n", "\n\n", "\u2028", "\u2029", "\x85", "\x0b", "\x0c", "\x1c", " ")
SIGNS = ("\ufeff", "😀", "𐐀", "e\u0301", "\u00ad", "\u202e", "\u00a0", "\ufffe", "й́", "İ", "ß", "Ⅷ")
PROSE = (
    "Die Brücke ist gesperrt. ", "„Nein“, sagte er. ", "8.000 Schuss ", "z. B. ", "24. Oktober ",
    "Mehr zum Thema", "Foto: dpa", "(dpa/AFP)", "Außenminister ", "Лавров ", "x", ".", "!\"»", "…",
    "Unterstützen Sie unsere Arbeit und abonnieren Sie jetzt ", "9" * 40, "W" * 120, "朝鮮", "ﬁ",
)  # fmt: skip
FTS = (
    '"', "*", "^", "-", "+", ":", "(", ")", "{", "}", ",", "'", ";", "--", " AND ", " OR ", " NOT ",
    " NEAR ", "NEAR(", "/2", "words:", "parts :", "names", "{words parts} : ", "rowid", "\0",
    "\ud800", "lexical", "rank", "Köln", "Nordkorea", "munition", "8000", "zwei", "3,5",
)  # fmt: skip
_JSON_LD = '<script type="application/ld+json">{"@graph": [{"@type": "NewsArticle", "headline": '
_ITEMS = "<item></item><item ><entry><title><guid><link><description></description>"
TOKENS: dict[str, tuple[str, ...]] = {
    "txt": (
        *BREAKS, *SIGNS, *PROSE, "\0"
    ),
    "md": (
        "---\n", "...\n", "title: ", "titel: >\n", "[a, 'b']", "# ", "```\n", "~~~", "====\n",
        "'''", '"\\"', "date: 5.3.2024\n", "date: Tue, 99 Mar 2024\n", "\ufeff", "\r\n", "\0"
    ),
    "jsonl": (
        '{"text": "', '"title": ', "\\ud800", "\\u0000", "1e999", "NaN", "-Infinity", "[",
        '{"a":', '"', "}\n", "\n", "null", '"url": "https://x.example"', '{"name": 1}', "\ufeff",
        '"id": ["a", {"name": "b"}], ', '"authors": [{"name": {}}], ', '"date": "31.2.2024"',
        "9" * 5_000, "\\uDC00\\uD800", '"TEXT": ', '"content-text": ', "[" * 2_000, "\0", "\\"
    ),
    "html": (
        "<p>", "</p>", "<div hidden>", "<br>", "<table><tr><td>", "</table>", "<!--", "-->",
        "<![CDATA[", "]]>", "<svg>", "<math>", "<template>", "<plaintext>", "<textarea>",
        "<title>", "<style>", "&#xD800;", "&#0;", "&#x110000;", "&nbsp;", "&amp", "<?php ?>",
        '<meta charset="utf-16">', "<meta charset=shift_jis>", "<meta charset=rot13>",
        "<!DOCTYPE html [<!ENTITY a 'b'>]>", 'style="display: none"', "<time datetime=2024>",
        _JSON_LD, '"a"}]}</script>', "<article>", "<main>", "<x:y xmlns:x=''>", "</body>",
        "<frameset>", "<base href=x>", "<link rel=canonical href='https://a.example/'>", "\0"
    ),
    "rss": (
        "<item>", "</item>", "<entry>", "<guid>", "<content:encoded>", "<![CDATA[", "]]>",
        "&lt;p&gt;", "&amp;amp;", "&x;", "&#0;", "<!--", "-->", "<?xml version='1.1'?>",
        "<?xml version='1.0' encoding='utf-16'?>", "<!DOCTYPE rss [<!ENTITY a 'b'>]>",
        "<!DOCTYPE rss SYSTEM 'x'>", ' xmlns="http://www.w3.org/2005/Atom"', ' type="xhtml"',
        ' type="html"', "<dc:date>2024</dc:date>", "<author><name>", "<link href='a'/>", _ITEMS
    ),
    "pdf": (
        "obj\n", "endobj\n", "stream\n", "endstream", "<<", ">>", "[", "]", " 0 R", "/Kids",
        "/Filter /FlateDecode", "/Filter [/ASCII85Decode /LZWDecode]", "/RunLengthDecode",
        "/DecodeParms << /Predictor 12 /Columns 9999999 >>", "99999999999", " -1 ", "(", "\\",
        "/Encoding /Identity-H", "/Subtype /Type0 ", "/ToUnicode 4 0 R ", "BT ", "Tj ", "TJ ",
        "BI /W 9 ID EI ", "/X Do ", "q ", "Q ", "xref\n", "trailer\n", "startxref\n", "/Prev 9 ",
        "/Encrypt << /Filter /Standard /V 5 /R 6 >> ", "/Type /ObjStm /N 9 /First 9 ", "%%EOF",
        "/Type /XRef /W [1 2 1] ", "<FEFF>", "/Length 5 0 R", "0 0 obj", "null", "true", "1e9"
    ),
    "docx": (
        "<w:p>", "</w:p>", "<w:r>", "<w:t>", "</w:t>", "<w:tbl>", "<w:tr>", "<w:tc>", "<w:del>",
        "<w:pict><w:txbxContent>", "<w:sdt><w:sdtContent>", "<w:br/>", "<w:tab/>", "&a;", "&#0;",
        "<w:vanish/>", "<!DOCTYPE w [<!ENTITY a 'b'>]>", "<!--", "<?x?>", 'w:val="0"', "&#x1;"
    ),
}  # fmt: skip
MANIFEST_TOKENS = (
    '"', "{", "}", "[", "]", "null", "true", "-1", "1e400", "NaN", "9" * 5_000, "\\u0000",
    "\ud800", '"format": 3,', '"files": {}', '"model": []', "[" * 5_000, "\0", ",",
)  # fmt: skip


def put_together(rng: Random, pieces: Sequence[str], most: int = 60) -> str:
    """Random pieces, some characters of any kind between them."""
    found = []
    for _ in range(rng.randrange(most)):
        any_char = chr(rng.choice((rng.randrange(0xD800), rng.randrange(0xE000, 0x110000))))
        found.append(rng.choice(pieces) if rng.random() < 0.9 else any_char)
    return "".join(found)
