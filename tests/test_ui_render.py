"""What the user sees: words in two languages, and nothing in a file that can act on a terminal."""

from __future__ import annotations

import json
import string
import unicodedata
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import PurePosixPath

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rag_helpers import article

from index.errors import ArticleReadError
from index.sync import ArticleChange, SyncReport
from index.types import Change, Hit, Passage
from index.walk import Skipped
from rag.quotes import make_quote
from rag.types import (
    AbstainReason,
    Abstention,
    Answer,
    Citation,
    Claim,
    Notice,
    NoticeKind,
    Quote,
    Verdict,
    VerdictLabel,
)
from ui.render import answer_json, answer_text, hits_json, hits_text, shown, sync_text
from ui.sync_table import line_text, sync_json, table_text
from ui.words import WORDS

CORPUS = PurePosixPath("seeds")
SUPPORTED = Verdict(VerdictLabel.SUPPORTED, 1.0, "verbatim")
ACTIVE = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
"""Categories whose characters a terminal or a reader of lines may obey instead of show."""


def _quote(text: str, name: str = "004_x.txt", lines_before: int = 11) -> Quote:
    above = "Zeile\n" * lines_before
    return make_quote(article(above + text, name), len(above), len(above + text))


def _answer(*quotes: Quote, language: str = "de", also: tuple[Quote, ...] = ()) -> Answer:
    """An answer that quotes each of these; the first also stands elsewhere."""
    citations = tuple(
        Citation(n, quote, also if n == 1 else ()) for n, quote in enumerate(quotes, 1)
    )
    claims = tuple(Claim(c.quote.text, (c.number,), SUPPORTED) for c in citations)
    text = "\n".join(f"{claim.text} [{claim.citations[0]}]" for claim in claims)
    return Answer("Wie viele Schuss?", language, text, claims, citations, 0.9)


def _refusal(
    reason: AbstainReason, terms: tuple[str, ...] = (), language: str = "de", **more: object
) -> Answer:
    answer = Answer("Wer ist Macron?", language, "", abstention=Abstention(reason, terms))
    return replace(answer, **more)


# --- words


def test_both_languages_have_the_same_words() -> None:
    assert set(WORDS) == {"de", "en"}
    assert WORDS["de"].keys() == WORDS["en"].keys()
    for key, german in WORDS["de"].items():
        english = WORDS["en"][key]
        assert german.strip(), key
        assert english.strip(), key
        assert _fields(german) == _fields(english), key


def _fields(words: str) -> set[str | None]:
    return {field for _, field, _, _ in string.Formatter().parse(words) if field is not None}


@pytest.mark.parametrize("language", ["de", "en"])
def test_every_reason_notice_and_change_has_words(language: str) -> None:
    said = []
    for reason in AbstainReason:
        said.append(answer_text(_refusal(reason, ("Macron",), language), CORPUS))
    for kind in NoticeKind:
        answer = replace(_answer(_quote("Ja."), language=language), notices=(Notice(kind, ("7",)),))
        said.append(answer_text(answer, CORPUS))
    said += [WORDS[language][f"change_{change.value}"] for change in Change]
    assert len(set(said)) == len(AbstainReason) + len(NoticeKind) + len(Change)
    assert not any("{" in text for text in said)


def test_an_answer_in_german() -> None:
    first = _quote("Nordkorea lieferte „zwölf Millionen“ Schuss.")
    second = _quote("Es waren 8.000.", "süd/a b.txt", 2)
    also = _quote(first.text, "001_y.txt", 0)
    text = answer_text(_answer(first, second, also=(also,)), CORPUS)
    assert text == (
        "Dazu steht in den Artikeln:\n\n"
        "[1] Nordkorea lieferte „zwölf Millionen“ Schuss.\n"
        "    seeds/004_x.txt:12\n"
        "    ebenso seeds/001_y.txt:1\n\n"
        "[2] Es waren 8.000.\n"
        "    seeds/süd/a b.txt:3"
    )


def test_the_words_are_english_and_the_quote_stays_german() -> None:
    text = answer_text(_answer(_quote("Es waren 8.000."), language="en"), CORPUS)
    assert text == "The articles say:\n\n[1] Es waren 8.000.\n    seeds/004_x.txt:12"


def test_a_quote_over_several_lines_names_all_of_them() -> None:
    text = answer_text(_answer(_quote("NIS fügte hinzu:\n\n„Wir sehen zu.“")), CORPUS)
    assert text.endswith("[1] NIS fügte hinzu:\n    „Wir sehen zu.“\n    seeds/004_x.txt:12-14")


@pytest.mark.parametrize(
    ("language", "words"), [("de", "Keine passende Stelle"), ("en", "No fitting passage")]
)
def test_a_refusal_names_the_missing_words_and_what_came_nearest(language: str, words: str) -> None:
    answer = _refusal(
        AbstainReason.UNKNOWN_TERMS, ("Macron", "2019"), language, nearest=(_quote("Putin kam."),)
    )
    text = answer_text(answer, CORPUS)
    assert words in text.splitlines()[0]
    assert "»Macron«, »2019«" in text.splitlines()[0]
    assert text.endswith("Putin kam.\n    seeds/004_x.txt:12")
    assert "[1]" not in text


def test_notices_follow_the_answer() -> None:
    notices = (
        Notice(NoticeKind.INDEX_OUT_OF_DATE),
        Notice(NoticeKind.ARTICLE_CHANGED, ("a.txt: changed", "b.txt: gone")),
    )
    text = answer_text(replace(_answer(_quote("Ja.")), notices=notices), CORPUS)
    assert text.split("\n\n")[-2:] == [
        f"Hinweis: {WORDS['de']['notice_index_out_of_date']}",
        "Hinweis: Seit dem letzten Abgleich verändert: a.txt: changed; b.txt: gone",
    ]


# --- JSON


NOT_EXTRACTED = {"extract": None, "page_start": None, "page_end": None, "facts": {}}


def test_json_of_an_answer() -> None:
    quote = _quote("Es waren „8.000“.")
    also = _quote(quote.text, "süd/b.txt", 0)
    output = answer_json(_answer(quote, also=(also,)), 0.25)
    assert "\n" not in output
    values = json.loads(output)
    quotes = [
        {
            "article": "004_x.txt",
            "sha256": quote.sha256,
            "line_start": 12,
            "line_end": 12,
            "start": quote.start,
            "end": quote.end,
            "text": "Es waren „8.000“.",
            **NOT_EXTRACTED,
        },
        {
            "article": "süd/b.txt",
            "sha256": also.sha256,
            "line_start": 1,
            "line_end": 1,
            "start": 0,
            "end": 17,
            "text": "Es waren „8.000“.",
            **NOT_EXTRACTED,
        },
    ]
    expected = {
        "question": "Wie viele Schuss?",
        "answer": "Es waren „8.000“.",
        "abstained": False,
        "reason": None,
        "claims": [{"text": "Es waren „8.000“.", "verdict": "SUPPORTED", "quotes": quotes}],
        "quotes": quotes,
        "hits": [],
        "seconds": 0.25,
    }
    assert {key: values[key] for key in expected} == expected


@pytest.mark.parametrize("reason", list(AbstainReason))
def test_json_of_a_refusal(reason: AbstainReason) -> None:
    answer = _refusal(reason, ("Macron",), nearest=(_quote("Putin kam."),))
    values = json.loads(answer_json(answer, 1.0))
    assert values["abstained"] is True
    assert values["answer"] is None
    assert values["reason"] == reason.value
    assert values["claims"] == values["quotes"] == []


def test_json_of_hits_is_one_object_a_line() -> None:
    passage = Passage(7, "a\u2028b.txt", 0, 9, 1, 2, "Zeile 1\nZ\x85\u2028")
    output = hits_json([Hit(passage, 0.5, 1), Hit(passage, 0.25, 2)])
    rows = [json.loads(line) for line in output.splitlines()]
    assert [(row["article"], row["line_start"], row["line_end"]) for row in rows] == [
        ("a\u2028b.txt", 1, 2),
        ("a\u2028b.txt", 1, 2),
    ]
    assert [row["score"] for row in rows] == [0.5, 0.25]


# --- hostile articles and file names

HOSTILE = {
    "colour": "Er \x1b[31mkam\x1b[0m.",
    "window title": "Er \x1b]0;rm -rf\x07 kam.",
    "link": "Er \x1b]8;;https://evil.example\x1b\\kam\x1b]8;;\x1b\\.",
    "eight-bit escape": "Er \x9b31mkam.",
    "backspace": "Er kam nicht.\x08\x08\x08\x08\x08\x08\x08",
    "delete": "Er \x7fkam.",
    "carriage return": "Er kam nicht.\rEr kam.      ",
    "bidi override": "Er \u202emak\u202c.",
    "bidi isolate": "Er \u2067kam\u2069.",
    "line separator": "Er kam.\u2028[9] Falsch.",
    "next line": "Er kam.\x85[9] Falsch.",
    "vertical tab": "Er kam.\x0b[9] Falsch.",
    "form feed": "Er kam.\x0c[9] Falsch.",
    "zero width": "Er\u200b kam.\u2060",
    "NUL": "Er\x00 kam.",
    "private use": "Er \ue000kam.",
    "tags": "Er \U000e0041kam.",
    "interlinear": "Er \ufff9kam\ufffb.",
}


def _active(text: str) -> set[str]:
    harmless = "\n\u00ad\u200c\u200d"  # soft hyphen, joiners of words and emoji
    return {c for c in text if unicodedata.category(c) in ACTIVE and c not in harmless}


def _everywhere(text: str) -> Answer:
    """An answer with a text wherever an article or a file name can put one."""
    quote, also = _quote(text, "a.txt"), replace(_quote("Ja."), article_id=text)
    notice = Notice(NoticeKind.ARTICLE_CHANGED, (text,))
    return replace(_answer(quote, also=(also,)), notices=(notice,))


@pytest.mark.parametrize("kind", sorted(HOSTILE))
def test_nothing_in_a_text_reaches_the_terminal(kind: str) -> None:
    text = HOSTILE[kind]
    refusal = _refusal(
        AbstainReason.UNKNOWN_TERMS, (text,), nearest=(_quote(text), _quote("Ja.", text))
    )
    hit = Hit(Passage(1, text, 0, len(text), 1, 1, text), 0.5, 1)
    for output in (
        answer_text(_everywhere(text), CORPUS),
        answer_text(_everywhere(text), PurePosixPath(text.replace("\0", ""))),
        answer_text(refusal, CORPUS),
        hits_text([hit], CORPUS),
    ):
        assert not _active(output)
    assert len(answer_text(_everywhere(text), CORPUS).splitlines()) == len(
        answer_text(_everywhere("Er kam."), CORPUS).splitlines()
    )


@pytest.mark.parametrize("kind", sorted(HOSTILE))
def test_what_is_escaped_can_still_be_seen(kind: str) -> None:
    """An escape is visible; only a carriage return and a BOM vanish, a tab is a blank."""
    active = _active(HOSTILE[kind]) - {"\r"}
    output = shown(HOSTILE[kind])
    for char in active:
        assert f"{ord(char):x}" in output


def test_a_file_name_cannot_pretend_to_be_another_line() -> None:
    name = "a.txt:1\n\n[2] Falsch.\n    seeds/b.txt"
    output = answer_text(_answer(_quote("Er kam.", name)), CORPUS)
    assert len(output.splitlines()) == 4
    assert output.splitlines()[-1].startswith("    seeds/a.txt:1\\x0a")
    detail = Notice(NoticeKind.MORE_ARTICLES, ("1\nHinweis: falsch",))
    output = answer_text(replace(_answer(_quote("Er kam.")), notices=(detail,)), CORPUS)
    assert not any(line.startswith("Hinweis: falsch") for line in output.splitlines())


def test_a_quote_of_several_lines_cannot_pretend_to_be_another_quote() -> None:
    output = answer_text(_answer(_quote("Er sagte:\n[2] Falsch.\n\nHinweis: falsch")), CORPUS)
    marks = [line for line in output.splitlines() if line.startswith("[")]
    assert marks == ["[1] Er sagte:"]
    assert not any(line.startswith("Hinweis") for line in output.splitlines())


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script> & <b>fett</b>",
        "![Bild](data:image/png) [Link](javascript:alert(1))",
        "# Titel **fett** `code` $x^2$ | Tabelle |",
        "{terms} {details} %s $HOME `id`",
    ],
)
def test_markup_stays_text(text: str) -> None:
    """A terminal shows it as it stands; it is neither rendered nor filled in nor changed."""
    output = answer_text(_everywhere(text), CORPUS)
    assert output.count(text) == 3
    values = json.loads(answer_json(_everywhere(text), 0.0))
    assert [quote["text"] for quote in values["quotes"]] == [text, "Ja."]
    assert values["quotes"][1]["article"] == text


@pytest.mark.parametrize("kind", sorted(HOSTILE))
def test_json_keeps_the_text_to_the_letter(kind: str) -> None:
    """Programs get the quote verbatim, on one line whatever it holds."""
    text = HOSTILE[kind]
    output = answer_json(_everywhere(text), 0.0)
    assert len(output.splitlines()) == 1
    values = json.loads(output)
    assert values["quotes"][0]["text"] == text
    assert values["quotes"][1]["article"] == text
    assert values["notices"][0]["details"] == [text]


def test_json_on_a_terminal_is_harmless_too() -> None:
    output = "".join(answer_json(_everywhere(text), 0.0) for text in HOSTILE.values())
    assert not _active(output)


@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=60))
@settings(max_examples=150, deadline=None)
def test_any_text_is_shown_harmlessly_and_kept_in_json(text: str) -> None:
    answer = _everywhere(text)
    assert not _active(answer_text(answer, CORPUS))
    values = json.loads(answer_json(answer, 0.0))
    assert values["quotes"][0]["text"] == text
    assert len(answer_json(answer, 0.0).splitlines()) == 1


@pytest.mark.parametrize(
    "text", ["Größe „Ja“ – 8.000 €", "Ǹ e\u0301 Привет 你好 שלום", "👩\u200d🚀🇰🇵", "Bin\u00adde"]
)
def test_ordinary_text_is_shown_to_the_letter(text: str) -> None:
    assert shown(text) == text


@pytest.mark.parametrize("language", ["de", "en"])
def test_a_sync_report_names_what_was_left_out(language: str) -> None:
    say = WORDS[language]
    error = ArticleReadError("a\x1b.txt", "a\x1b.txt: cannot be read", hint="chmod u+r 'a\x1b.txt'")
    report = SyncReport(
        changes=(), passages=7, reused=3, embedded=4, errors=(error,),
        skipped=(Skipped("b\u202e.txt", "a link out of the folder"),), generation=1, written=True,
    )  # fmt: skip
    output = sync_text(report, 0.5, say)
    assert not _active(output)
    assert f"{say['left_out']}: a\\x1b.txt: cannot be read" in output
    assert f"{say['hint']}: chmod" in output
    assert f"{say['skipped']}: b\\u202e.txt" in output
    assert "7" in output.splitlines()[0]
    assert output.endswith(table_text(report, 0.5, say).partition(say["skipped"])[2])


# --- the table of a sync

SYNCED = SyncReport(
    changes=(
        ArticleChange("a\x1b.txt", Change.ADDED, passages=1200, reused=20, embedded=1180),
        ArticleChange("alt.txt", Change.REMOVED, passages=3),
        ArticleChange("gleich.txt", Change.UNCHANGED),
        ArticleChange("neu\nname.txt", Change.RENAMED, "alter name.txt", passages=2, reused=2),
    ),
    passages=1209, reused=20, embedded=1180, errors=(), skipped=(), generation=2, written=True,
)  # fmt: skip


def test_the_table_of_a_sync_in_german() -> None:
    assert table_text(SYNCED, 4.25, WORDS["de"]).splitlines() == [
        "             Artikel  Passagen  wiederverwendet  eingebettet  Sekunden",
        "neu                1      1200               20         1180",
        "entfernt           1         3                –            –",
        "umbenannt          1         2                2            0",
        "unverändert        1         7                7            0",
        "im Index           3      1209               29         1180       4,2",
        "  neu: a\\x1b.txt",
        "  entfernt: alt.txt",
        "  umbenannt: alter name.txt → neu\\x0aname.txt",
    ]


def test_the_table_of_a_preview_in_english() -> None:
    report = replace(SYNCED, written=False, dry_run=True)
    assert table_text(report, 0.04, WORDS["en"]).splitlines()[:3] == [
        "Dry run: nothing was written.",
        "                   articles  passages  reused  to embed  seconds",
        "added                     1      1200      20      1180",
    ]


def test_of_many_changes_a_sync_names_20_and_a_preview_all() -> None:
    changes = tuple(ArticleChange(f"{n:02}.txt", Change.ADDED, passages=1) for n in range(30))
    report = replace(SYNCED, changes=changes)
    done = table_text(report, 0.0, WORDS["de"])
    assert "  neu: 19.txt\n  und 10 weitere" in done
    assert "20.txt" not in done
    assert "  neu: 29.txt" in table_text(replace(report, dry_run=True), 0.0, WORDS["de"])


@pytest.mark.parametrize("language", ["de", "en"])
@pytest.mark.parametrize("changes", [SYNCED.changes, SYNCED.changes[:1] * 5, ()])
def test_the_line_of_a_watch(language: str, changes: tuple[ArticleChange, ...]) -> None:
    now = datetime(2024, 10, 24, 9, 5, tzinfo=UTC)
    line = line_text(replace(SYNCED, changes=changes), 0.04, WORDS[language], now)
    assert line.startswith("09:05:00  ")
    assert not _active(line)
    assert "\n" not in line
    said = WORDS[language]["watch_nothing"] if not changes else "a\\x1b.txt"
    assert said in line
    assert line.count("a\\x1b.txt") == min(3, sum(c.change is Change.ADDED for c in changes))


def test_json_of_a_sync() -> None:
    values = json.loads(sync_json(SYNCED, 0.5, time="now"))
    assert values["table"]["added"] == {
        "articles": 1, "passages": 1200, "reused": 20, "embedded": 1180,
    }  # fmt: skip
    assert values["table"]["changed"] == dict.fromkeys(values["table"]["added"], 0)
    assert [values[change.value] for change in Change] == [1, 0, 1, 1, 1]
    assert [(c["change"], c["old"]) for c in values["changes"]] == [
        ("added", None), ("removed", None), ("renamed", "alter name.txt"),
    ]  # fmt: skip
    assert (values["dry_run"], values["seconds"], values["time"]) == (False, 0.5, "now")
