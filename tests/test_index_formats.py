import json
import sys

import format_samples as samples
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from index.errors import ArticleDecodeError, ArticleError, EmptyArticleError
from index.formats import SUFFIXES, Extracted, extract, extract_all
from index.formats.common import address, iso_date, one_line, slug
from index.paths import EXTRA_OF

WHOLE = {
    ".md": "# Ähre\n\nText".encode(),
    ".html": samples.PAGE.encode(),
    ".pdf": samples.pdf([["Köln"]]),
    ".docx": samples.docx(samples.word_paragraph("Köln")),
    ".rss": samples.RSS.encode(),
    ".atom": samples.ATOM.encode(),
    ".jsonl": b'{"text": "a"}',
}


@pytest.mark.parametrize("suffix", WHOLE)
def test_the_same_bytes_give_the_same_value_in_any_case_of_the_suffix(suffix):
    data = WHOLE[suffix]
    assert extract(data, f"a{suffix}") == extract(data, f"a{suffix.upper()}")
    assert extract(data, f"a{suffix}") != ()


@pytest.mark.parametrize("name", ["a.txt", "a", ".md", "a.pdf.exe", ""])
def test_other_suffixes_are_refused(name):
    with pytest.raises(ArticleError, match="are not read") as caught:
        extract(b"Text", name)
    assert caught.value.path == name
    assert ".jsonl" in caught.value.hint


@pytest.mark.parametrize("suffix", sorted(SUFFIXES))
@pytest.mark.parametrize("data", [b"", b" \n\t\n"])
def test_a_file_without_text_is_refused(suffix, data):
    with pytest.raises(ArticleError):
        extract(data, f"leer{suffix}")


def test_all_suffixes_but_that_of_text_are_read_here():
    assert {*SUFFIXES, ".txt"} == set(EXTRA_OF)


@pytest.mark.parametrize(
    ("suffix", "package"), [(".html", "trafilatura"), (".pdf", "pypdf"), (".docx", "docx")]
)
def test_a_missing_extra_is_named(monkeypatch, suffix, package):
    monkeypatch.setitem(sys.modules, package, None)
    with pytest.raises(ArticleError, match=f"the package {package} is needed") as caught:
        extract(WHOLE[suffix], f"a{suffix}")
    assert caught.value.hint == f"pip install 'beleg[{EXTRA_OF[suffix]}]'"


def test_feeds_without_lxml_name_their_extra(monkeypatch):
    monkeypatch.setitem(sys.modules, "lxml.etree", None)
    with pytest.raises(ArticleError, match="the package lxml is needed") as caught:
        extract(samples.RSS.encode(), "a.rss")
    assert caught.value.hint == "pip install 'beleg[feeds]'"


@settings(max_examples=100, deadline=10_000, suppress_health_check=list(HealthCheck))
@given(data=st.binary(max_size=2_000), at=st.integers(0, 10_000), kept=st.integers(0, 10_000))
@pytest.mark.parametrize("suffix", sorted(SUFFIXES))
def test_any_bytes_give_articles_or_a_named_error(suffix, data, at, kept):
    whole = WHOLE.get(suffix, WHOLE[".html"] if EXTRA_OF[suffix] == "html" else WHOLE[".rss"])
    for hostile in (data, whole[:at] + data + whole[at + kept % 50 :], whole[:kept]):
        try:
            found, problems = extract_all(hostile, f"a{suffix}")
        except ArticleError as error:
            found, problems = (), (error,)
        assert all(problem.path.startswith(f"a{suffix}") for problem in problems)
        assert found or problems
        assert len({sub for sub, _ in found}) == len(found)
        for _, article in found:
            article.text.encode("utf-8")
            assert article.text.strip()
            assert article.pages == () or len(article.pages) == len(article.text.split("\n"))


class TestMarkdown:
    @pytest.mark.parametrize(
        ("text", "facts"),
        [
            ("Nur Text", {}),
            ("# Über „Köln“ #\nText", {"title": "Über „Köln“"}),
            ("Vorab\n\nTitel mit Strich\n=====\n", {"title": "Titel mit Strich"}),
            ("```\n# nicht\n```\n## Doch\n", {"title": "Doch"}),
            ("#kein Titel\n", {}),
            (
                "---\ntitle: \"Ein 'Titel'\"\ndate: 2024-03-05\nauthor: [Jörg Müller, 'Anna Öz']\n"
                "source: https://a.example/b # dort\nleer:\n---\n# Andere\n",
                {
                    "title": "Ein 'Titel'",
                    "date": "2024-03-05",
                    "author": "Jörg Müller, Anna Öz",
                    "source": "https://a.example/b",
                },
            ),
            ("---\r\ntitle: Mit CRLF\r\n---\r\nText\r\n", {"title": "Mit CRLF"}),
            ("\ufeff---\ntitle: Mit BOM\n...\nText", {"title": "Mit BOM"}),
            ("---\ntitle: nie zu\nText", {}),
            ("---\ndate: !!python/object:os.system\nauthor: *a\n---\nx", {"author": "*a"}),
            ("---\ntitle: >\n  gefaltet\n---\n# Da\n", {"title": "Da"}),
        ],
    )
    def test_the_text_is_the_raw_file(self, text, facts):
        assert extract(text.encode(), "a.md") == (("", Extracted(text, **facts)),)

    @pytest.mark.parametrize(
        ("data", "offset"), [(b"a\xe4b", 1), (b"a\0b", 1), (b"\xff\xfea\0", 3)]
    )
    def test_bytes_that_are_not_utf8(self, data, offset):
        with pytest.raises(ArticleDecodeError) as caught:
            extract(data, "a.md")
        assert (caught.value.path, caught.value.offset_bytes) == ("a.md", offset)


class TestJsonLines:
    def test_the_usual_names_of_the_fields(self):
        lines = [
            {"title": "Ä", "date": "2024-03-05", "text": "Ein „Satz“.\r\nNoch", "source": "Blatt"},
            {"Headline": "B", "published-at": "05.03.2024", "body": "B ist da", "id": 7,
             "url": "https://a.example/1", "publisher": {"name": "P"}, "authors": ["X", "Y"]},
            {"content": "<b>&lt;", "link": "javascript:alert(1)", "creator": {"name": "Z"}},
        ]  # fmt: skip
        data = b"\xef\xbb\xbf" + "\n".join(json.dumps(line) for line in lines).encode()
        found = extract(data, "a.jsonl")
        assert found == (
            ("line-1", Extracted("Ä\nEin „Satz“.\nNoch", (), "Ä", "2024-03-05", "", "Blatt")),
            (
                found[1][0],
                Extracted("B ist da", (), "B", "2024-03-05", "X, Y", "https://a.example/1"),
            ),
            (found[2][0], Extracted("<b>&lt;", (), "", "", "Z", "")),
        )
        assert found[1][0] == slug("7", {})

    def test_a_bad_line_is_named_and_the_others_go_on(self):
        bad = [
            b"{",
            b"[1]",
            b'"text"',
            b'{"title": "x", "text": ""}',
            b'{"text": "a\\ud800"}',
            b'{"text": "a\\u0000"}',
            b'{"text": "\xe4"}',
            b"[" * 100_000,
            b'{"text": ' + b"9" * 10_000 + b"}",
            b'{"text": ["a"]}',
        ]
        data = b"\n".join([b'{"text": "gut"}', *bad, b"", b'{"text": "auch"}'])
        articles, problems = extract_all(data, "a.jsonl")
        assert [(sub, article.text) for sub, article in articles] == [
            ("line-1", "gut"),
            ("line-5", "x"),
            ("line-13", "auch"),
        ]
        assert [p.path for p in problems] == [f"a.jsonl:{n}" for n in (2, 3, 4, 6, 7, 8, 9, 10, 11)]
        assert problems[0].message.startswith("a.jsonl:2: not JSON: ")
        assert problems[3].message == "a.jsonl:6: character U+D800 in its text"
        assert "nested" in problems[6].message or "recursion" in problems[6].message

    def test_only_bad_lines_are_an_error(self):
        with pytest.raises(EmptyArticleError, match=r"^a\.jsonl:1: no text in it$"):
            extract(b'{"a": 1}\n{', "a.jsonl")

    def test_sub_ids_are_stable_and_their_own(self):
        one, two = '{"id": "A/ä?b", "text": "1"}', '{"url": "https://www.x.example/p", "text": "2"}'
        subs = [sub for sub, _ in extract(f"{one}\n{two}\n{one}".encode(), "a.jsonl")]
        again = [sub for sub, _ in extract(f"\n{two}\n{one}".encode(), "a.jsonl")]
        assert again == [subs[1], subs[0]]
        assert subs[2] == f"{subs[0]}-2"
        assert subs[0].startswith("a-a-b-")
        assert subs[1].startswith("x-example-p-")


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("2024-03-05", "2024-03-05"),
        (" 2024-03-05T09:30:00+01:00 ", "2024-03-05T09:30:00+01:00"),
        ("2024-03", "2024-03"),
        ("2024", "2024"),
        ("5.3.2024", "2024-03-05"),
        ("Tue, 05 Mar 2024 09:30:00 GMT", "2024-03-05T09:30:00+00:00"),
        ("31.2.2024", ""),
        ("2024-13-01", ""),
        ("gestern", ""),
        ("9" * 100, ""),
    ],
)
def test_dates(written, expected):
    assert iso_date(written) == expected


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        (" https://a.example/ä?b#c ", "https://a.example/ä?b#c"),
        ("javascript:alert(1)", ""),
        ("https://a.example/ b", ""),
        ('https://a.example/"onclick=', ""),
        ("//a.example", ""),
        ("https://" + "a" * 3_000, ""),
    ],
)
def test_addresses(written, expected):
    assert address(written) == expected


def test_a_fact_is_one_short_line():
    assert one_line("  a\r\n\tb\x1b[31m\0c\x85d ") == "a b [31m\ufffdc d"
    assert one_line("ä" * 600) == "ä" * 500
