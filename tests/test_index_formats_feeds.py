import format_samples as samples
import pytest

from index.errors import ArticleError
from index.formats import Extracted, extract, extract_all
from index.formats.common import slug


def items(*bodies: str) -> bytes:
    inner = "".join(f"<item>{body}</item>" for body in bodies)
    return f"<rss><channel><title>Blatt</title>{inner}</channel></rss>".encode()


def test_rss():
    articles, problems = extract_all(samples.RSS.encode(), "a.xml")
    assert articles == (
        (
            slug("tag:blatt,2024:17", {}),
            Extracted(
                "Brücke gesperrt\nDie Brücke ist zu: „Geduld!“ <script>\nMo | 5 & 6",
                (),
                "Brücke gesperrt",
                "2024-03-05T09:30:00+01:00",
                "Jörg Müller",
                "https://blatt.example/a?x=1&y=2",
            ),
        ),
        (
            "entry-2",
            Extracted("Nur ein Titel", (), "Nur ein Titel", "", "Erika Groß", "Kölner Blatt"),
        ),
    )
    assert [(type(p).__name__, p.message) for p in problems] == [
        ("EmptyArticleError", "a.xml:entry 3: no text in it")
    ]


def test_atom():
    assert extract(samples.ATOM.encode(), "a.atom") == (
        (
            slug("urn:uuid:1", {}),
            Extracted(
                "Bäume & Büsche\nErster Satz.\nÄpfel\nBirnen",
                (),
                "Bäume & Büsche",
                "2024-03-05T09:30:00Z",
                "Anna Öz, Udo",
                "https://blatt.example/b",
            ),
        ),
        (
            slug("urn:uuid:2", {}),
            Extracted("Klartext\n1 < 2 und <b> bleibt", (), "Klartext", "2024-03-07", "", "Blatt"),
        ),
    )


def test_rss_1_is_read():
    data = """<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"
     xmlns="http://purl.org/rss/1.0/" xmlns:dc="http://purl.org/dc/elements/1.1/">
     <channel><title>Blatt</title></channel><item><title>Ä</title><dc:date>2024-03-05</dc:date>
     <link>https://a.example/1</link><description>Ein Satz.</description></item></rdf:RDF>"""
    sub = slug("https://a.example/1", {})
    facts = ((), "Ä", "2024-03-05", "", "https://a.example/1")
    assert extract(data.encode(), "a.xml") == ((sub, Extracted("Ä\nEin Satz.", *facts)),)


@pytest.mark.parametrize("encoding", ["windows-1252", "iso-8859-1", "utf-16"])
def test_encodings(encoding):
    text = f'<?xml version="1.0" encoding="{encoding}"?>' + items("<title>Köln</title>").decode()
    assert extract(text.encode(encoding), "a.rss")[0][1].text == "Köln"


@pytest.mark.parametrize(
    ("body", "text"),
    [
        ("<description>Zeile eins</description>", "Zeile eins"),
        ("<description>&lt;p&gt;A&lt;p&gt;B &amp;amp; C</description>", "A\nB & C"),
        ("<description>5 &lt; 6 &amp; 7</description>", "5 < 6 & 7"),
        ("<title>T</title><description>T und mehr</description>", "T und mehr"),
        ("<description>&lt;script&gt;x&lt;/script&gt;A</description>", "A"),
        ("<description>&lt;b onclick=x&gt;A&lt;/b&gt;</description>", "A"),
        ("<description>&amp;lt;script&amp;gt;</description>", "<script>"),
        ("<description>A&lt;p hidden&gt;N&lt;/p&gt;</description>", "A"),
    ],
)
def test_what_an_entry_shows(body, text):
    assert extract(items(body), "a.rss")[0][1].text == text


def test_the_same_guid_twice_gets_two_ids():
    entry = "<guid>x</guid><description>%s</description>"
    subs = [sub for sub, _ in extract(items(entry % "eins", entry % "zwei"), "a.rss")]
    assert subs == [slug("x", {}), f"{slug('x', {})}-2"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (samples.BOMB, "a.xml: declares entities of its own"),
        (samples.BLOW_UP, "a.xml: declares entities of its own"),
        (samples.OUTSIDE, "a.xml: declares entities of its own"),
        (samples.PARAMETER, "a.xml: declares entities of its own"),
        ("<rss>" + "<a>" * 5_000, "a.xml: cannot be read as a feed: Excessive depth"),
        ("<rss>" + "<a/>" * 1_000_001, "a.xml: 1000002 tags, at most 1000000 are read"),
        ("<rss><channel>", "a.xml: cannot be read as a feed: "),
        ("<rss>&nbsp;</rss>", "a.xml: cannot be read as a feed: undefined entity"),
        ("<html><body><item>x</item></body></html>", "a.xml: neither RSS nor Atom"),
        ("<rss><channel><title>T</title></channel></rss>", "a.xml: no article in it"),
        ("<rss><item><description>" + "&lt;b&gt;" * 400 + "</description></item></rss>",
         "a.xml:entry 1: cannot be read as HTML: Excessive depth"),
        ("<?xml version='1.0' encoding='rot13'?><rss/>", "a.xml: cannot be read as a feed: "),
        ("kein XML", "a.xml: cannot be read as a feed: "),
    ],
)  # fmt: skip
def test_hostile_feeds_are_refused(text, message):
    with pytest.raises(ArticleError, match=f"^{message}"):
        extract(text.encode(), "a.xml")


def test_an_external_dtd_is_not_fetched():
    doctype = b'<!DOCTYPE rss PUBLIC "-//N//DTD RSS 0.91//EN" "http://evil.example/rss.dtd">'
    assert extract(doctype + items("<title>A</title>"), "a.rss")[0][1].text == "A"
