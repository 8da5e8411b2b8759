import format_samples as samples
import pytest

from index.errors import ArticleDecodeError, ArticleError, EmptyArticleError
from index.formats import Extracted, extract

LONG = "Die Stadt Köln hat die Brücke am Dienstag gesperrt, sagte „Übermut“ am Morgen vor Ort."


def article(html: str | bytes, name: str = "a.html") -> Extracted:
    data = html.encode() if isinstance(html, str) else html
    ((sub, found),) = extract(data, name)
    assert sub == ""
    return found


def test_the_main_text_and_what_the_page_says_of_itself():
    assert article(samples.PAGE) == Extracted(
        samples.PAGE_TEXT,
        (),
        "Brücke über den Rhein gesperrt",
        "2024-03-05T09:30:00+01:00",
        "Jörg Müller",
        "https://blatt.example/köln/brücke",
    )


@pytest.mark.parametrize(
    ("html", "text"),
    [
        (f"<title>T</title><p>{LONG}<p>Zweiter Absatz.", f"{LONG}\nZweiter Absatz."),
        ("<html><body><h1>Kurz</h1><p>Äpfel.</p></body></html>", "Kurz\nÄpfel."),
        (f"{LONG}", LONG),
        (
            f"<article><p>{LONG}</p><ol><li>Eins<ul><li>Innen</li></ul></li><li>Zwei</li></ol>"
            "<pre>zeile 1\n  zeile 2</pre><p>3 &lt; 5 &amp;amp; 6</p></article>",
            f"{LONG}\nEins\nInnen\nZwei\nzeile 1\nzeile 2\n3 < 5 &amp; 6",
        ),
        (f"<p>{LONG}</p><p hidden>Nein</p><p style='DISPLAY:none'>Nein</p>", LONG),
        (f"<p>{LONG}<noscript>Nein</noscript><style>p</style><script>x</script></p>", LONG),
        (f"<p>{LONG}</p><svg><text>Nein</text></svg><template><p>Nein</p></template>", LONG),
    ],
)
def test_main_text(html, text):
    assert article(html).text == text


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (b"<meta charset=windows-1252><p>\x84K\xf6ln\x93 \x80 5", "„Köln“ € 5"),
        (b"<meta charset='ISO-8859-1'><p>\x84K\xf6ln\x93", "„Köln“"),
        (
            b'<meta http-equiv=x content="text/html; charset=iso-8859-15"><p>\xa4 K\xf6ln',
            "€ Köln",
        ),
        (b'<?xml version="1.0" encoding="windows-1252"?><html><p>K\xf6ln</html>', "Köln"),
        ("\ufeff<meta charset=windows-1252><p>Köln".encode(), "Köln"),
        ("<meta charset=windows-1252><p>Köln".encode(), "Köln"),
        ("\ufeff<p>Köln „a“".encode("utf-16-le"), "Köln „a“"),
    ],
)
def test_encodings(data, text):
    assert article(data).text == text


@pytest.mark.parametrize(
    ("data", "offset"),
    [
        (b"<p>K\xf6ln", 4),
        (b"<meta charset=utf-8><p>K\xf6ln", 24),
        (b"<meta charset=rot13><p>K\xf6ln", 24),
        (b"<meta charset=unicode_escape><p>K\xf6ln", 33),
        (b"<meta charset=windows-1252><p>\x81", 30),
        (b"<p>a\0b", 4),
    ],
)
def test_bytes_that_do_not_fit_the_encoding(data, offset):
    with pytest.raises(ArticleDecodeError) as caught:
        extract(data, "a.html")
    assert caught.value.offset_bytes == offset


LD = '<script type="application/ld+json">%s</script>'


@pytest.mark.parametrize(
    ("head", "facts"),
    [
        ("<title>A – B</title>", ("A – B", "", "", "")),
        ("<title>A</title><meta name=DC.title content='C &amp; D'>", ("C & D", "", "", "")),
        (
            LD % '{"@graph": [{"@type": "WebSite", "name": "N"}, {"@type": ["BlogPosting"], '
            '"headline": "H", "datePublished": "2024-03-05", "author": [{"name": "Ä"}, "Ö"], '
            '"publisher": {"name": "P"}}]}',
            ("H", "2024-03-05", "Ä, Ö", "P"),
        ),
        (LD % "{kaputt", ("", "", "", "")),
        (LD % ("[" * 50_000), ("", "", "", "")),
        (LD % '{"@type": "Article", "headline": {"a": 1}, "author": 5}', ("", "", "", "")),
        ("<meta property=og:url content=javascript:x>", ("", "", "", "")),
        ("<meta name=author content=https://a.example/me>", ("", "", "", "")),
        ("<meta name=date content='5. 3. 24'><meta name=pubdate content=2024-03-05>",
         ("", "2024-03-05", "", "")),
        ("<meta property=og:site_name content='Kölner Blatt'>", ("", "", "", "Kölner Blatt")),
    ],
)  # fmt: skip
def test_what_a_page_says_of_itself(head, facts):
    found = article(f"<html><head>{head}</head><body><p>{LONG}</p></body></html>")
    assert found == Extracted(LONG, (), *facts)


def test_a_very_long_page_is_read_whole():
    rows = "".join(f"<p>Absatz {number}: <a href=x>Ä</a>.</p>" for number in range(8_000))
    html = f"<nav>Weg</nav><main><h1>Köln</h1>{rows}<aside>Weg</aside></main><div>Weg</div>"
    expected = ["Köln", *(f"Absatz {number}: Ä." for number in range(8_000))]
    assert article(f"<html><body>{html}</body></html>").text == "\n".join(expected)


def test_the_date_of_a_time_element():
    html = f"<article><time datetime=2024-03-05>gestern</time><p>{LONG}</p></article>"
    assert article(html).date == "2024-03-05"


@pytest.mark.parametrize(
    ("html", "message"),
    [
        ("<div>" * 5_000 + LONG, "cannot be read as HTML: Excessive depth"),
        ("<b>" * 300 + LONG, "cannot be read as HTML: Excessive depth"),
        ("<p>a" * 300_001, "300001 tags, at most 300000 are read"),
        (f"<p>{'x' * 11_000_000}", "cannot be read as HTML: Resource limit exceeded"),
        (samples.BOMB, "declares entities of its own"),
        (samples.BLOW_UP, "declares entities of its own"),
        (samples.OUTSIDE.replace("rss", "html"), "declares entities of its own"),
        (samples.PARAMETER, "declares entities of its own"),
    ],
)
def test_hostile_pages_are_refused(html, message):
    with pytest.raises(ArticleError, match=f"^a.xhtml: {message}"):
        extract(html.encode(), "a.xhtml")


@pytest.mark.parametrize(
    "html",
    [
        "<html><head><title>T</title></head><body></body></html>",
        "<body><script>x</script><!-- y --></body>",
        "<html><frameset><frame src=http://evil.example></frameset></html>",
        "<body hidden>Nein</body><p style='visibility: hidden'>Nein",
    ],
)
def test_pages_without_text(html):
    with pytest.raises(ArticleError) as caught:
        extract(html.encode(), "a.html")
    assert isinstance(caught.value, EmptyArticleError) or "Document is empty" in str(caught.value)


@pytest.mark.parametrize(
    "html",
    [
        f"<p class='{'x ' * 400_000}'>{LONG}",
        f"<p>{LONG}{'<input>x ' * 40_000}",
        f"<p>{LONG}</p>" + "<table><tr><td>" * 60 + "<i></i>" * 20_000,
        f"<p>{LONG}</p>" + "<!--" * 20_000 + "-->",
        f"<p>{LONG}</p>" + "".join(f"<a href=x>Wort {n}</a>" for n in range(10_000)),
        f"<meta {' ' * 200_000}<p>{LONG}</p>",
        f"<p>{LONG}&#0;&#xD800;&#x110000;&#1;</p>",
    ],
)
def test_odd_pages_keep_their_text(html):
    assert LONG in article(html).text
