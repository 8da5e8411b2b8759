import io
import zipfile

import format_samples as samples
import pytest

from index.errors import ArticleError, EmptyArticleError
from index.formats import Extracted, extract

P = samples.word_paragraph


def text(body: str) -> str:
    ((sub, found),) = extract(samples.docx(body), "a.docx")
    assert sub == ""
    return found.text


def test_a_document_of_python_docx():
    import datetime

    import docx

    document = docx.Document()
    document.add_heading("Über „Köln“", level=1)
    document.add_paragraph("Erster Absatz – mit Größe.")
    document.add_paragraph("Punkt eins", style="List Bullet")
    table = document.add_table(rows=2, cols=2)
    for cell, value in zip(table._cells, ["Tag", "Zahl", "Montag", "41.000"], strict=True):
        cell.text = value
    document.add_paragraph("Ende\tgut\nalles gut")
    core = document.core_properties
    core.title, core.author = "Der Titel", "Jörg Müller"
    core.created = datetime.datetime(2024, 3, 5, 9, 30, tzinfo=datetime.UTC)
    out = io.BytesIO()
    document.save(out)
    ((sub, found),) = extract(out.getvalue(), "a.docx")
    assert (sub, found.date[:19]) == ("", "2024-03-05T09:30:00")
    assert (found.title, found.author, found.source, found.pages) == (
        "Der Titel",
        "Jörg Müller",
        "",
        (),
    )
    assert found.text == (
        "Über „Köln“\nErster Absatz – mit Größe.\nPunkt eins\nTag | Zahl\nMontag | 41.000\n"
        "Ende\tgut\nalles gut"
    )


def test_without_core_properties_nothing_is_invented():
    assert extract(samples.docx(P("Text")), "a.docx") == (("", Extracted("Text")),)


CELL = "<w:tc>%s</w:tc>"
INNER = f"<w:tbl><w:tr>{CELL % P('x')}{CELL % P('y')}</w:tr></w:tbl>"


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (P("Ä &lt;script&gt; &amp;amp;"), "Ä <script> &amp;"),
        (P("a") + P(" ") + P("b"), "a\nb"),
        ("<w:p><w:ins><w:r><w:t>neu</w:t></w:r></w:ins></w:p>", "neu"),
        (P("da") + "<w:p><w:del><w:r><w:delText>weg</w:delText></w:r></w:del></w:p>", "da"),
        (P("da") + "<w:p><w:moveFrom><w:r><w:t>weg</w:t></w:r></w:moveFrom></w:p>", "da"),
        (P("da") + "<w:p><w:r><w:rPr><w:vanish/></w:rPr><w:t>weg</w:t></w:r></w:p>", "da"),
        (
            "<w:p><w:r><w:rPr><w:vanish w:val='0'/></w:rPr><w:t>da</w:t></w:r></w:p>",
            "da",
        ),
        (f"<w:sdt><w:sdtContent>{P('im Feld')}</w:sdtContent></w:sdt>", "im Feld"),
        ("<w:p><w:hyperlink><w:r><w:t>Verweis</w:t></w:r></w:hyperlink></w:p>", "Verweis"),
        (
            "<w:p><w:r><w:t>5</w:t><w:noBreakHyphen/><w:t>fach</w:t><w:br/><w:t>z</w:t></w:r></w:p>",
            "5\u2011fach\nz",
        ),
        (
            "<w:p><w:r><w:instrText>PAGE</w:instrText></w:r><w:r><w:t>3</w:t></w:r></w:p>",
            "3",
        ),
        (
            f"<w:p><w:r><w:t>vor</w:t><w:pict><w:txbxContent>{P('Kasten')}</w:txbxContent></w:pict>"
            "<w:t>nach</w:t></w:r></w:p>",
            "vornach\nKasten",
        ),
        (
            f"<w:tbl><w:tr>{CELL % (P('a') + P('b'))}{CELL % P('')}{CELL % P('c')}</w:tr>"
            f"<w:tr>{CELL % P('')}</w:tr></w:tbl>",
            "a b |  | c",
        ),
        (
            f"<w:tbl><w:tr>{CELL % INNER}{CELL % P('z')}</w:tr></w:tbl>",
            "x | y | z",
        ),
        (
            "<w:tbl><w:tr><w:tc><w:tcPr><w:gridSpan w:val='1000000000'/></w:tcPr>"
            f"{P('breit')}</w:tc></w:tr></w:tbl>",
            "breit",
        ),
    ],
)
def test_what_a_document_shows(body, expected):
    assert text(body) == expected


def lying(data: bytes, size: int) -> bytes:
    """The archive with another size declared for its last member."""
    at = data.rindex(b"PK\x01\x02") + 24
    return data[:at] + size.to_bytes(4, "little") + data[at + 4 :]


BIG = b"<a>" + b" " * 31_000_000 + b"</a>"


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (samples.docx(P("x"), more={"a.bin": b"\0" * 100_000_001}), "unpacks to 100 MB"),
        (samples.docx(P("x"), more={"a.xml": BIG}), "more than 30 MB of XML in it"),
        (lying(samples.docx(P("x"), more={"a.xml": BIG}), 10), "cannot be read as DOCX: Bad CRC"),
        (lying(samples.docx(P("x")), 2**32 - 2), "unpacks to 4295 MB"),
        (samples.docx(P("x"), more={f"{n}": b"" for n in range(5_001)}), "5004 members, at most"),
        (
            samples.docx(P("x"), before='<!DOCTYPE w [<!ENTITY a "b">]>'),
            "declares entities of its own",
        ),
        (
            samples.docx(P("x"), more={"z.rels": samples.PARAMETER.encode()}),
            "declares entities of its own",
        ),
        (samples.docx("<w:p>" * 3_000), "cannot be read as DOCX: "),
        (samples.docx("<w:p>" * 400 + "</w:p>" * 400), "cannot be read as DOCX: "),
        (samples.docx("<w:p/>" * 1_000_001), "100000. tags, at most 1000000 are read"),
        (samples.docx(P("x"))[:-30], "cannot be read as DOCX: "),
        (b"PK\x03\x04" + b"\0" * 100, "cannot be read as DOCX: "),
        (b"Text", "cannot be read as DOCX: "),
    ],
)
def test_hostile_documents_are_refused(data, message):
    with pytest.raises(ArticleError, match=f"^a.docx: {message}"):
        extract(data, "a.docx")


def test_an_archive_that_is_no_document():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as package:
        package.writestr("a.txt", "Text")
    with pytest.raises(ArticleError, match=r"^a\.docx: cannot be read as DOCX: "):
        extract(out.getvalue(), "a.docx")


@pytest.mark.parametrize("body", ["", P(" "), "<w:p/>"])
def test_a_document_without_text(body):
    with pytest.raises(EmptyArticleError):
        extract(samples.docx(body), "a.docx")
