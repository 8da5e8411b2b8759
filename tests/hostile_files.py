"""Bytes of good, odd and hostile files; `hostile_places` puts them on the disk.

GOOD and ODD files are articles, and each holds a word of its own; BAD ones are an error.
``%OUTSIDE%`` in a file becomes the path of a folder that no sync may touch.
"""

from __future__ import annotations

import hashlib
import io
import zipfile
import zlib

import format_samples as samples

OUTSIDE = b"%OUTSIDE%"


def word_of(name: str) -> str:
    """A word that stands in no other file."""
    digest = hashlib.blake2b(name.encode("utf-8", "replace"), digest_size=6).hexdigest()
    return "Kenn" + digest.translate(str.maketrans("0123456789abcdef", "bdfghklmnprstvwx"))


def sentence(name: str) -> str:
    return f"Das Kennwort der Brücke lautet „{word_of(name)}“, sagte Übermut."


def page(name: str, before: str = "", inside: str = "") -> bytes:
    return f"{before}<html><body><p {inside}>{sentence(name)}</p></body></html>".encode()


def attributes(count: int) -> str:
    return " ".join(f"a{number}=1" for number in range(count))


def feed(*items: str, before: str = "") -> bytes:
    inner = "".join(f"<item><description>{item}</description></item>" for item in items)
    return f"{before}<rss><channel><title>Blatt</title>{inner}</channel></rss>".encode()


def document(text: str, **more: bytes) -> bytes:
    return samples.docx(samples.word_paragraph(text), more=more)


def pdf_page(content: bytes) -> bytes:
    """A PDF of one page with this content stream as object 5."""
    used = b"/Resources << /Font << /F1 3 0 R >> >>"
    kids = b"<< /Type /Pages /Kids [4 0 R] /Count 1 >>"
    leaf = b"<< %s %s /Contents 5 0 R >>" % (samples.PAGE_FACTS, used)
    return samples.pdf_of([samples.CATALOGUE, kids, samples.FONT, leaf, content])


def pdf_tree(*nodes: bytes) -> bytes:
    return samples.pdf_of([samples.CATALOGUE, *nodes])


def locked_pdf() -> bytes:
    from pypdf import PdfReader, PdfWriter

    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(samples.pdf([["Geheim"]]))))
    writer.encrypt("wort", "besitzer", algorithm="RC4-128")
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def locked_docx() -> bytes:
    """A document whose members say that they are encrypted."""
    data = bytearray(document("Geheim"))
    at = data.find(b"PK\x01\x02")
    while at != -1:
        data[at + 8] |= 1
        at = data.find(b"PK\x01\x02", at + 1)
    return bytes(data)


def archive(members: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        for name, data in members.items():
            package.writestr(name, data)
    return out.getvalue()


def text(name: str, form: str = "{}\n") -> bytes:
    return form.format(sentence(name)).encode()


GOOD: dict[str, bytes] = {
    "gut.txt": text("gut.txt", "Die Brücke\r\n\r\n{}\r\n"),
    "gut.md": text("gut.md", "---\ntitle: Die Brücke\n---\n# Köln\n\n{}\n"),
    "gut.html": page("gut.html"),
    "gut.jsonl": f'{{"id": "1", "text": "{sentence("gut.jsonl")}"}}\n'.encode(),
    "gut.pdf": samples.pdf([["Die Brücke", sentence("gut.pdf")]]),
}

CONTROLS = "".join(map(chr, (*range(1, 9), 11, 12, *range(14, 32), 127, 0x85, 0x9B)))
MARKS = "\u202e\u202d\u2066\u2069\u200f\u061c\u200b\u2060\ufeff\U000e0001\u2028\u2029"
SCRIPT = b"<< /Type /Catalog /Pages 2 0 R /OpenAction << /S /JavaScript /JS (app.alert) >> >>"

ODD: dict[str, bytes] = {
    "steuerzeichen.txt": text("steuerzeichen.txt", f"\x1b[31m{{}}\x07\r{CONTROLS} Ende.\n"),
    "richtung.txt": text("richtung.txt", f"{MARKS}{{}}{MARKS}"),
    "keine_zeichen.txt": text("keine_zeichen.txt", "\ufffe\uffff{}\U0010ffff\ue000"),
    "alter_mac.txt": text("alter_mac.txt", "Eine Zeile.\r{}\rNoch immer.\r"),
    "bom_crlf.txt": text("bom_crlf.txt", "\ufeffTitel\r\n{}"),
    "zalgo.txt": text("zalgo.txt", "Z" + "\u0301\u0489" * 20_000 + " {}"),
    "eine_zeile.txt": text("eine_zeile.txt", "Es regnet weiter. " * 20_000 + "{}"),
    "kurze_zeilen.txt": text("kurze_zeilen.txt", "a\n" * 50_000 + "{}"),
    "nie_zu.md": text("nie_zu.md", "---\ntitle: &a [*a, *a\n" * 300 + "{}"),
    "nur_zaun.md": text("nur_zaun.md", "```\n~~~\n" * 300 + "{}"),
    "gemischt.jsonl": b"\n".join([
        b"{", b'{"text": "' + sentence("gemischt.jsonl").encode() + b'"}', b'{"text": "a\\ud800"}',
        b"[" * 100_000, b'{"text": "\xe4"}', b'{"n": ' + b"9" * 10_000 + b"}", b"null",
    ]),
    "gemischt.rss": feed("", sentence("gemischt.rss"), "&lt;b&gt;" * 400),
    "viele_attribute.html": page("viele_attribute.html", inside=attributes(5_000)),
    "fremd.html": page("fremd.html", '<link rel=stylesheet href="file://%OUTSIDE%/geheim.txt">'
                       '<img src="file://%OUTSIDE%/geheim.txt"><iframe src="http://127.0.0.1:9/">'
                       "</iframe><base href=http://127.0.0.1:9/>"),
    "fremde_dtd.rss": feed(sentence("fremde_dtd.rss"),
                           before='<!DOCTYPE rss SYSTEM "file://%OUTSIDE%/geheim.txt">'),
    "skript.pdf": samples.pdf([[sentence("skript.pdf")]]).replace(samples.CATALOGUE, SCRIPT),
    "hinaus.docx": document(sentence("hinaus.docx"), **{
        "../../outside/neu.txt": b"x", "/tmp/neu.txt": b"x", "word/_rels/document.xml.rels": (
            b'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
            b'<Relationship Id="rId9" TargetMode="External" Target="file://%OUTSIDE%/geheim.txt"'
            b' Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/image"/>'
            b"</Relationships>"),
    }),
}  # fmt: skip

BAD_ENTRIES = (
    *(f"gemischt.jsonl:{line}" for line in (1, 3, 4, 5, 6, 7)),
    *(f"gemischt.rss:entry {number}" for number in (1, 3)),
)
"""The entries of ODD files that are errors of their own."""

KOELN = "Köln und „Düsseldorf“\n"
BOMB_TYPES = samples.BOMB.partition("]>")[0] + "]>"
UTF8_FAULTS = {
    "overlong.txt": b"gut \xc0\xaf", "overlong_drei.txt": b"gut \xe0\x80\xaf",
    "ersatz.txt": b"gut \xed\xa0\xbd\xed\xb8\x80", "halber_ersatz.txt": b"\xed\xb0\x80 gut",
    "abgeschnitten.txt": "gut 🚀".encode()[:-1], "zu_hoch.txt": b"gut \xf4\x90\x80\x80",
    "fortsetzung.txt": b"\x80 gut", "fuenf_bytes.txt": b"gut \xf8\x88\x80\x80\x80",
    "latin1.txt": KOELN.encode("cp1252"), "LATIN1.MD": KOELN.encode("cp1252"),
    "anfuehrung.txt": b"\x93gut\x94", "latin1.html": b"<p>K\xf6ln</p>",
    "falsch_erklaert.html": '<meta charset="koi8-r"><p>Köln'.encode("utf-16-le"),
    "halbes_utf16.html": "\ufeff<p>Köln".encode("utf-16-le")[:-1],
}  # fmt: skip
MARKED = {
    f"{encoding.replace('-', '_')}{'_bom' if mark else ''}.txt": (mark + KOELN).encode(encoding)
    for encoding in ("utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be")
    for mark in ("", "\ufeff")
}
XML_BOMBS = {
    f"{kind}{suffix}": before.replace("file:///etc/passwd", "file://%OUTSIDE%/geheim.txt").encode()
    for kind, before in {
        "gelaechter": samples.BOMB, "aufgeblasen": samples.BLOW_UP,
        "von_aussen": samples.OUTSIDE, "parameter": samples.PARAMETER,
    }.items()
    for suffix in (".xml", ".html")
}  # fmt: skip
TREE = b"<< /Type /Pages /Kids [%s] /Count %d >>"
PACKED = zlib.compress(b"\0" * 30_000_000)
PDFS = {
    "bild.pdf": b"GIF89a" + b"\0" * 1_000, "nur_marke.pdf": b"%PDF-",
    "abgeschnitten.pdf": samples.pdf([["Text"]])[:200], "verschlossen.pdf": locked_pdf(),
    "kreis.pdf": pdf_tree(TREE % (b"2 0 R", 1)),
    "langer_kreis.pdf": pdf_tree(TREE % (b"3 0 R", 1), TREE % (b"2 0 R", 1)),
    "viele_seiten.pdf": pdf_tree(TREE % (b"", 10**9)), "leer.pdf": samples.pdf([[]]),
    "bombe.pdf": pdf_page(samples.stream(PACKED, b"/Filter /FlateDecode")),
    "zwei_bomben.pdf": pdf_page(
        samples.stream(zlib.compress(PACKED), b"/Filter [/FlateDecode /FlateDecode]")
    ),
    "tief.pdf": pdf_page(samples.stream(b"[" * 100_000)),
    "xref_kreis.pdf": b"%PDF-1.7\nxref\n0 0\ntrailer\n<< /Prev 9 /Root 1 0 R >>\n"
                      b"startxref\n9\n%%EOF",
}  # fmt: skip
DOCX = {
    "nur_text.docx": b"Text", "altes_word.docx": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600,
    "abgeschnitten.docx": document("Text")[:-30], "kein_word.docx": archive({"a.txt": b"Text"}),
    "verschlossen.docx": locked_docx(), "leer.docx": samples.docx("<w:p/>"),
    "gelaechter.docx": samples.docx("<w:p>&d;</w:p>", before=BOMB_TYPES),
    "von_aussen.docx": samples.docx("<w:p>&a;</w:p>", before=samples.OUTSIDE.split("<rss>")[0]),
    "bombe.docx": document("Text", **{"a.bin": b"\0" * 100_000_001}),
    "xml_bombe.docx": document("Text", **{"a.xml": b"<a>" + b" " * 31_000_000 + b"</a>"}),
    "viele_teile.docx": document("Text", **dict.fromkeys(map(str, range(5_001)), b"")),
    "tief.docx": samples.docx("<w:p>" * 400 + "</w:p>" * 400),
    "geschachtelt.docx": archive({"innen.docx": document("Text")}),
}  # fmt: skip
BAD: dict[str, bytes] = {
    **MARKED, **UTF8_FAULTS, **XML_BOMBS, **PDFS, **DOCX,
    "nul.txt": b"gut\0gut", "nul_am_ende.txt": b"gut\n\0", "nul.md": b"\0", "nul.html": b"<p>a\0b",
    "leer.txt": b"", "leer.md": b"", "leer.html": b"", "leer.xml": b"", "leer.jsonl": b"",
    "blank.txt": b" \r\n\t\x0b\x0c\x1f", "blank.jsonl": b"\n \n", "nur_bom.txt": b"\xef\xbb\xbf",
    "geschuetzt.txt": "\u00a0\u2028\u3000\ufeff".encode(),
    "nur_schlechte.jsonl": b'{\n{"a": 1}\n[1]\n"x"', "tief.jsonl": b'{"a":' * 100_000,
    "feld.jsonl": b'[\n{"text": "a"},\n{"text": "b"},\n]', "viele.jsonl": b"\n" * 100_001,
    "utf16.jsonl": '\ufeff{"text": "a"}'.encode("utf-16-le"),
    "keine_eintraege.rss": feed(), "kein_feed.xml": b"<html><body>x</body></html>",
    "abgeschnitten.rss": feed("Text")[:-20], "tief.rss": b"<rss>" + b"<a>" * 5_000,
    "unbekannt.atom": b'<?xml version="1.0" encoding="rot13"?><feed/>',
    "tief.html": b"<div>" * 10_000 + b"Text", "viele_tags.html": b"<b>" * 300_001,
    "rahmen.html": b"<frameset><frame src='file://%OUTSIDE%/geheim.txt'></frameset>",
    "nur_skript.xhtml": b"<html><body><script>Text</script></body></html>",
}  # fmt: skip
"""Files that are an error each."""
