import io
import time
import zlib

import format_samples as samples
import pytest

from index.errors import ArticleError, EmptyArticleError
from index.formats import Extracted, extract

INFO = (
    b"<< /Title <FEFF00C40068007200650020201E0041201C> /Author (J\\366rg M\\374ller)"
    b" /CreationDate (D:20240305093000+01'00') >>"
)


def whole(*objects: bytes) -> bytes:
    return samples.pdf_of(list(objects))


def one_page(content: bytes, resources: bytes = b"", *more: bytes) -> bytes:
    """A PDF of one page; `more` are objects 6, 7 ..."""
    used = b"/Resources << /Font << /F1 3 0 R >> %s >>" % resources
    return whole(
        samples.CATALOGUE,
        b"<< /Type /Pages /Kids [4 0 R] /Count 1 >>",
        samples.FONT,
        b"<< %s %s /Contents 5 0 R >>" % (samples.PAGE_FACTS, used),
        content,
        *more,
    )


def test_lines_with_their_pages_and_facts():
    data = samples.pdf(
        [["Köln: „Grüße“", "Straßen-", "bahn – 5 €"], [], ["Ende", "gut"]], info=INFO
    )
    assert extract(data, "a.pdf") == (
        (
            "",
            Extracted(
                "Köln: „Grüße“\nStraßen-\nbahn – 5 €\nEnde\ngut",
                (1, 1, 1, 3, 3),
                "Ähre „A“",
                "2024-03-05T09:30:00+01:00",
                "Jörg Müller",
                "",
            ),
        ),
    )


@pytest.mark.parametrize(
    "info",
    [
        b"<< /Title 5 /Author [1 2] /CreationDate (gestern) >>",
        b"<< /Title 99 0 R /CreationDate (D:20249999) >>",
        b"[1 2]",
        b"null",
    ],
)
def test_odd_facts_do_not_matter(info):
    ((_, found),) = extract(samples.pdf([["Text"]], info=info), "a.pdf")
    assert (found.text, found.date, found.author) == ("Text", "", "")


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        (b"D:20240305093000Z", "2024-03-05T09:30:00+00:00"),
        (b"D:20240305093000-05'30", "2024-03-05T09:30:00-05:30"),
        (b"D:202403050930", "2024-03-05T09:30:00"),
        (b"20240305", "2024-03-05"),
        (b"D:202403", "2024-03"),
        (b"D:20240230", ""),
        (b"D:20240305993000", ""),
        (b"5. Maerz 2024", ""),
    ],
)
def test_dates(written, expected):
    data = samples.pdf([["Text"]], info=b"<< /CreationDate (%s) >>" % written)
    assert extract(data, "a.pdf")[0][1].date == expected


def encrypted(user: str, algorithm: str = "RC4-128") -> bytes:
    from pypdf import PdfReader, PdfWriter

    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(samples.pdf([["Geheim"]]))))
    writer.encrypt(user, "besitzer", algorithm=algorithm)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def test_an_encrypted_file_needs_its_password():
    with pytest.raises(ArticleError, match=r"^a\.pdf: encrypted, a password is needed$") as caught:
        extract(encrypted("wort"), "a.pdf")
    assert caught.value.hint == "save a copy of it without a password"


def test_a_file_that_anybody_can_open_is_read():
    assert extract(encrypted(""), "a.pdf")[0][1].text == "Geheim"


@pytest.mark.parametrize("pages", [[[]], [[], []]])
def test_pages_without_text_name_the_remedy(pages):
    count = len(pages)
    message = f"^a.pdf: no text on its {count} pages, they may be pictures$"
    with pytest.raises(EmptyArticleError, match=message) as caught:
        extract(samples.pdf(pages), "a.pdf")
    assert "ocrmypdf" in caught.value.hint


def test_a_picture_is_no_text():
    image = samples.stream(b"\xff", b"/Subtype /Image /Width 1 /Height 1 /BitsPerComponent 8")
    data = one_page(samples.stream(b"/X Do"), b"/XObject << /X 6 0 R >>", image)
    with pytest.raises(EmptyArticleError):
        extract(data, "a.pdf")


FORM = b"/Type /XObject /Subtype /Form /BBox [0 0 1 1] "


def forms(depth: int) -> bytes:
    """Each form draws the next one ten times; the last one shows text."""
    inner = [
        samples.stream(
            b"/X Do " * 10,
            FORM + b"/Resources << /XObject << /X %d 0 R >> >>" % (7 + at),
        )
        for at in range(depth)
    ]
    last = samples.stream(
        samples.shown(["Text"]),
        FORM + b"/Resources << /Font << /F1 3 0 R >> >>",
    )
    return one_page(samples.stream(b"/X Do"), b"/XObject << /X 6 0 R >>", *inner, last)


def many_pages(count: int) -> bytes:
    kids = b"5 0 R " * count
    return whole(
        samples.CATALOGUE,
        b"<< /Type /Pages /Kids [%s] /Count %d >>" % (kids, count),
        samples.FONT,
        samples.stream(samples.shown(["Text"])),
        b"<< %s /Resources << /Font << /F1 3 0 R >> >> /Contents 4 0 R >>" % samples.PAGE_FACTS,
    )


PACKED = zlib.compress(b"\0" * 30_000_000)
TREE = b"<< /Type /Pages /Kids [%s] /Count %d >>"


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(whole(samples.CATALOGUE, TREE % (b"2 0 R", 1)), id="page tree in a circle"),
        pytest.param(
            whole(samples.CATALOGUE, TREE % (b"3 0 R", 1), TREE % (b"2 0 R", 1)), id="longer circle"
        ),
        pytest.param(many_pages(100_000), id="100,000 pages"),
        pytest.param(many_pages(5_001), id="5,001 pages"),
        pytest.param(whole(samples.CATALOGUE, TREE % (b"", 10**9)), id="absurd count"),
        pytest.param(
            one_page(b"<< /Length 99999999999 >>\nstream\nx\nendstream"), id="absurd length"
        ),
        pytest.param(one_page(samples.stream(PACKED, b"/Filter /FlateDecode")), id="bomb"),
        pytest.param(
            one_page(samples.stream(zlib.compress(PACKED), b"/Filter [/FlateDecode /FlateDecode]")),
            id="bomb in a bomb",
        ),
        pytest.param(one_page(samples.stream(b"[" * 100_000)), id="deep arrays"),
        pytest.param(one_page(samples.stream(b"<<" * 100_000)), id="deep dictionaries"),
        pytest.param(whole(b"<< /Type /Catalog /Pages 1 0 R >>"), id="catalogue as pages"),
        pytest.param(whole(b"[" * 50_000), id="deep catalogue"),
        pytest.param(b"%PDF-1.7\n" + b"\n1 0 obj" * 20_000, id="only beginnings"),
        pytest.param(b"%PDF-1.7\nstartxref\n99999999999\n%%EOF", id="absurd table"),
        pytest.param(
            b"%PDF-1.7\nxref\n0 9999999999\ntrailer\n<< /Root 1 0 R >>\nstartxref\n9\n%%EOF",
            id="absurd number of objects",
        ),
        pytest.param(
            b"%PDF-1.7\nxref\n0 0\ntrailer\n<< /Prev 9 /Root 1 0 R >>\nstartxref\n9\n%%EOF",
            id="tables in a circle",
        ),
        pytest.param(samples.pdf([["Text"]])[:200], id="cut off"),
        pytest.param(b"GIF89a" + b"\0" * 1_000, id="a picture"),
        pytest.param(b"%PDF-", id="only a mark"),
    ],
)
def test_hostile_files_are_refused_in_time(data):
    began = time.monotonic()
    with pytest.raises(ArticleError, match=r"^a\.pdf: "):
        extract(data, "a.pdf")
    assert time.monotonic() - began < 10


@pytest.mark.parametrize(
    "data", [pytest.param(forms(9), id="forms in forms"), pytest.param(forms(30), id="more forms")]
)
def test_forms_that_multiply_end(data):
    began = time.monotonic()
    try:
        ((_, found),) = extract(data, "a.pdf")
        assert set(found.text.split()) == {"Text"}
        assert len(found.text) < 10_000
    except ArticleError:
        pass
    assert time.monotonic() - began < 10


def test_too_much_drawing_is_refused(monkeypatch):
    monkeypatch.setattr("index.formats.pdf.MAX_OPERATIONS", 1_000)
    with pytest.raises(ArticleError, match=r"^a\.pdf: more than 1000 drawing operations$"):
        extract(one_page(samples.stream(b"q Q " * 600)), "a.pdf")


def test_too_much_content_is_refused(monkeypatch):
    monkeypatch.setattr("index.formats.pdf.MAX_CONTENT_BYTES", 1_000_000)
    with pytest.raises(ArticleError, match=r"^a\.pdf: pages of more than 1 MB$"):
        extract(one_page(samples.stream(b" " * 1_000_001)), "a.pdf")
