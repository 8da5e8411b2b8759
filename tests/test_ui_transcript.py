"""A conversation as Markdown: whatever stands in it is shown and never acts."""

from __future__ import annotations

import string
import unicodedata
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token

from rag.types import (
    AbstainReason,
    Abstention,
    Answer,
    Citation,
    Notice,
    NoticeKind,
    Quote,
)
from ui.render import shown
from ui.transcript import TRANSCRIPT_WORDS, Turn, transcript
from ui.words import WORDS

WHEN = datetime(2026, 11, 22, 8, 30, 15, 987654, UTC)
FIRST = Quote("süd/004_x.txt", "0123456789abcdef" * 4, 12, 14, 0, 9, "Er sagte:\r\n\r\n„Größer.“")
ALSO = Quote("001_y.txt", "fedcba9876543210" * 4, 1, 1, 0, 9, "„Größer.“")
SECOND = Quote("002 z.txt", "00" * 32, 3, 3, 0, 9, "Es waren 8.000 €.")
QUOTED = Answer(
    "Was sagte er?", "de", "Er sagte [1]", citations=(Citation(1, FIRST, (ALSO,)),), confidence=0.9
)
DRAFTED = replace(
    QUOTED,
    text="„Größer.“ [1]; 8.000 [2]",
    citations=(*QUOTED.citations, Citation(2, SECOND)),
    drafted=True,
    notices=(
        Notice(NoticeKind.NUMBERS_DIFFER, ("8.000", "9.000")),
        Notice(NoticeKind.INDEX_OUT_OF_DATE),
    ),
)
REFUSAL = Answer(
    "Wer ist Macron?",
    "de",
    "",
    abstention=Abstention(AbstainReason.UNKNOWN_TERMS, ("Macron", "2019")),
    nearest=(SECOND,),
)
ALLOWED = {
    "heading_open", "heading_close", "paragraph_open", "paragraph_close", "bullet_list_open",
    "bullet_list_close", "list_item_open", "list_item_close", "fence", "inline", "text",
    "code_inline", "strong_open", "strong_close",
}  # fmt: skip
"""What a transcript is made of; every other token would come from a text that acts."""


def render(
    *turns: Turn, language: str = "de", corpus: str = "seeds", model: str = "Beleg 1"
) -> str:
    return transcript(turns, language, corpus_name=corpus, model=model, when=WHEN)


def tokens(markdown: str) -> list[Token]:
    """All tokens, those within lines too; HTML and all extensions of the parser are on."""
    parser = MarkdownIt("commonmark", {"html": True, "typographer": True})
    parser.enable(["table", "strikethrough", "replacements", "smartquotes"])
    found = []
    for token in parser.parse(markdown):
        found += [token, *(token.children or [])]
    return found


def fences(markdown: str) -> list[str]:
    return [token.content for token in tokens(markdown) if token.type == "fence"]


def spans(markdown: str) -> list[str]:
    return [token.content for token in tokens(markdown) if token.type == "code_inline"]


# --- to the letter


def test_a_conversation_in_german() -> None:
    turns = (
        Turn("Was sagte er?", "", QUOTED),
        Turn("Und wie viele\nwaren es?", "Wie viele waren größer?", DRAFTED),
        Turn("Wer ist Macron?", "", REFUSAL),
    )
    assert render(*turns) == (
        "# Gespräch mit Beleg\n\n"
        "- Zeit: 2026-11-22T08:30:15+00:00\n"
        "- Ordner der Artikel: `seeds`\n"
        "- Modell: `Beleg 1`\n\n"
        "## Frage 1\n\n"
        "```text\nWas sagte er?\n```\n\n"
        "Dazu steht in den Artikeln:\n\n"
        "**\\[1\\]** `süd/004_x.txt:12-14`, sha256 `0123456789ab`\n\n"
        "```text\nEr sagte:\n\n„Größer.“\n```\n\n"
        "- ebenso `001_y.txt:1`, sha256 `fedcba987654`\n\n"
        "## Frage 2\n\n"
        "```text\nUnd wie viele\nwaren es?\n```\n\n"
        "Verstanden als: `Wie viele waren größer?`\n\n"
        "**Antwort:** `„Größer.“ [1]; 8.000 [2]`\n\n"
        "**\\[1\\]** `süd/004_x.txt:12-14`, sha256 `0123456789ab`\n\n"
        "```text\nEr sagte:\n\n„Größer.“\n```\n\n"
        "- ebenso `001_y.txt:1`, sha256 `fedcba987654`\n\n"
        "**\\[2\\]** `002 z.txt:3`, sha256 `000000000000`\n\n"
        "```text\nEs waren 8.000 €.\n```\n\n"
        "**Hinweis:** Die Quellen nennen verschiedene Zahlen: `8.000`; `9.000`\n\n"
        "**Hinweis:** Der Index ist nicht auf dem Stand des Ordners. "
        "Auf den Stand bringen: beleg index\n\n"
        "## Frage 3\n\n"
        "```text\nWer ist Macron?\n```\n\n"
        "**Keine Antwort.** Keine passende Stelle nennt `Macron`, `2019`.\n\n"
        "Am nächsten kommt, ohne die Frage zu beantworten:\n\n"
        "**keine Antwort:** `002 z.txt:3`, sha256 `000000000000`\n\n"
        "```text\nEs waren 8.000 €.\n```\n"
    )


def test_the_words_are_english_and_the_quotes_stay_german() -> None:
    assert render(Turn("Was?", "Wer?", REFUSAL), language="en", corpus="ä b") == (
        "# Conversation with Beleg\n\n"
        "- Time: 2026-11-22T08:30:15+00:00\n"
        "- Folder of articles: `ä b`\n"
        "- Model: `Beleg 1`\n\n"
        "## Question 1\n\n"
        "```text\nWas?\n```\n\n"
        "Understood as: `Wer?`\n\n"
        "**No answer.** No fitting passage names `Macron`, `2019`.\n\n"
        "Nearest, but not an answer to the question:\n\n"
        "**not an answer:** `002 z.txt:3`, sha256 `000000000000`\n\n"
        "```text\nEs waren 8.000 €.\n```\n"
    )


def test_a_conversation_that_has_not_begun() -> None:
    assert render() == (
        "# Gespräch mit Beleg\n\n"
        "- Zeit: 2026-11-22T08:30:15+00:00\n"
        "- Ordner der Artikel: `seeds`\n"
        "- Modell: `Beleg 1`\n"
    )


@pytest.mark.parametrize("understood", ["", "Wer\r\nist das?"])
def test_a_question_without_an_answer(understood: str) -> None:
    output = render(Turn("Wer\r\nist das?", understood, None), language="en")
    assert output.split("## ")[1] == (
        "Question 1\n\n```text\nWer\nist das?\n```\n\nThis question was not answered.\n"
    )


def test_both_languages_have_the_same_words_and_none_twice() -> None:
    assert TRANSCRIPT_WORDS.keys() == WORDS.keys()
    assert TRANSCRIPT_WORDS["de"].keys() == TRANSCRIPT_WORDS["en"].keys()
    assert not TRANSCRIPT_WORDS["de"].keys() & WORDS["de"].keys()
    assert all(words.strip() for say in TRANSCRIPT_WORDS.values() for words in say.values())


@pytest.mark.parametrize("language", ["de", "en"])
def test_every_reason_and_notice_has_words_that_are_plain(language: str) -> None:
    refusals = [
        replace(REFUSAL, abstention=Abstention(reason, ("Ä",)), nearest=())
        for reason in AbstainReason
    ]
    noted = [replace(QUOTED, notices=(Notice(kind, ("7",)),)) for kind in NoticeKind]
    outputs = [render(Turn("Was?", "", a), language=language) for a in (*refusals, *noted)]
    assert len(set(outputs)) == len(AbstainReason) + len(NoticeKind)
    for output in outputs:
        assert {token.type for token in tokens(output)} <= ALLOWED
        assert "{" not in output


# --- hostile texts

HOSTILE = [
    "<script>alert('ä')</script>",
    "<img src=x onerror=alert(1)>",
    "<b>fett</b> &amp; &lt;b&gt; &#60;",
    "![Bild](https://evil.example/x.png)",
    "[Link](javascript:alert(1))",
    "[Link][1]\n\n[1]: https://evil.example",
    "[1]: https://evil.example 'Titel'",
    "<https://evil.example>",
    "<mailto:a@b.example> a@b.example",
    "https://evil.example www.evil.example",
    "```\n<b>x</b>\n```",
    "```text",
    "````\n```\n`````",
    "~~~\n<b>x</b>\n~~~",
    "`code` ``code`` `",
    "`",
    "``",
    "` ` `",
    "# Überschrift",
    "Titel\n=====",
    "Titel\n-----\n",
    "| a | b |\n|---|---|\n| <b> | x |",
    "- eins\n- zwei\n\n1. drei",
    "> zitiert",
    "---",
    "***\n**fett** __fett__ ~~weg~~",
    "<!-- Kommentar -->",
    "<!-- offen",
    "--> <![CDATA[ x ]]> <?php x ?> <!DOCTYPE x>",
    "\\`x\\` \\<b\\> \\",
    "a\\",
    "a\n\n    <b>eingerückt</b>\n\t<b>x</b>",
    " vorn und hinten ",
    "  ",
    "\n\n\n",
    "a\r\nb\r\n\r\n# c",
    "a  \nb",
    "$x^2$ :smile: @name #12 {terms} {details} %s",
    '"gerade" -- ... (c)',
    "a\u2028b\u2029c\x85d\x0be\x0cf",
    "a\x1b[31m\u202ekam\ufeff\0",
    "",
]


def everywhere(text: str, language: str = "de") -> str:
    """A conversation with a text wherever a user, an article or a file name can put one."""
    quote = replace(FIRST, article_id=text, text=text)
    answer = replace(
        DRAFTED,
        text=text,
        citations=(Citation(1, quote, (replace(ALSO, article_id=text),)),),
        notices=(Notice(NoticeKind.ARTICLE_CHANGED, (text,)),),
    )
    refusal = replace(
        REFUSAL, abstention=Abstention(AbstainReason.UNKNOWN_TERMS, (text,)), nearest=(quote,)
    )
    turns = Turn(text, f"{text}!", answer), Turn(text, "", refusal)
    return render(*turns, language=language, corpus=text, model=text)


def check(text: str) -> None:
    """Only the tokens of the frame, each text in its place, each one verbatim."""
    output = everywhere(text)
    found = tokens(output)
    assert {token.type for token in found} <= ALLOWED
    assert [token.type for token in found] == [token.type for token in tokens(everywhere("x y"))]
    block, line = shown(text), shown(text).replace("\n", "\\x0a") or " "
    assert fences(output) == [f"{block}\n"] * 4
    source = shown(f"{text}:12-14").replace("\n", "\\x0a")
    also = shown(f"{text}:1").replace("\n", "\\x0a")
    first, other = "0123456789ab", "fedcba987654"
    assert spans(output) == [
        *[line] * 2,  # corpus and model
        shown(f"{text}!").replace("\n", "\\x0a"),  # understood
        *[line, source, first, also, other, line],  # answer, citation, notice
        *[line, source, first],  # missing word and nearest passage
    ]
    assert [t.content for t in found if t.type == "text" and t.content.strip()] == [
        t.content for t in tokens(everywhere("x y")) if t.type == "text" and t.content.strip()
    ]


@pytest.mark.parametrize("text", [text for text in HOSTILE if text])
def test_hostile_text_is_shown_and_does_not_act(text: str) -> None:
    check(text)


def test_empty_text_does_not_break_the_frame() -> None:
    output = everywhere("")
    assert {token.type for token in tokens(output)} <= ALLOWED
    assert fences(output) == ["\n"] * 4
    assert spans(output)[:5] == [" ", " ", "!", " ", ":12-14"]


@given(st.text(st.characters(), min_size=1, max_size=40))
@settings(max_examples=100, deadline=None)
def test_any_text_is_shown_and_does_not_act(text: str) -> None:
    check(text)


@given(st.text(st.sampled_from("`~<>![]()\\#-=|*_&;:/@ \n\r\ta1."), min_size=1, max_size=40))
@settings(max_examples=200, deadline=None)
def test_any_markup_is_shown_and_does_not_act(text: str) -> None:
    check(text)


@pytest.mark.parametrize("text", HOSTILE)
def test_nothing_invisible_is_left(text: str) -> None:
    active = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
    output = everywhere(text).replace("\n", "")
    assert not {char for char in output if unicodedata.category(char) in active}


@pytest.mark.parametrize(
    "text", ["Größe „Ja“ – 8.000 €", "e\u0301 Привет 你好 שלום", "👩\u200d🚀🇰🇵", "Bin\u00adde"]
)
def test_ordinary_text_stands_in_the_source_to_the_letter(text: str) -> None:
    output = everywhere(text)
    assert output.count(f"```text\n{text}\n```") == 4
    assert output.count(f"`{text}`") == 5


@pytest.mark.parametrize(
    ("text", "fence"),
    [("x", "```"), ("``", "```"), ("```", "````"), ("a ````` b", "``````"), ("~~~", "```")],
)
def test_the_fence_is_longer_than_any_run_of_backticks(text: str, fence: str) -> None:
    output = render(Turn(text, "", replace(QUOTED, citations=())))
    assert f"\n{fence}text\n{text}\n{fence}\n" in output


def test_user_text_never_stands_outside_code() -> None:
    """Renderers that look for addresses after the escapes are gone find none."""
    text = "https://evil.example www.evil.example a@b.example :smile: $x$ @name"
    outside = "".join(t.content for t in tokens(everywhere(text)) if t.type == "text")
    assert not set("@$/") & set(outside)
    assert "www" not in outside
    assert set(outside) <= set(string.ascii_letters + string.digits + "äöüß -+:;,.[]»«")
