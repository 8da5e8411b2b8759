from dataclasses import replace
from typing import Any

import pytest

from index.types import Facts
from rag.followup import AskBack
from rag.types import (
    AbstainReason,
    Abstention,
    Answer,
    Citation,
    Claim,
    Interim,
    Notice,
    NoticeKind,
    Quote,
    Step,
    Verdict,
    VerdictLabel,
)
from ui.chat_values import conversation_value, place, source_value, turn_value
from ui.chat_words import PAGE_WORDS, language_of
from ui.conversation import Conversation, Failure, Turn
from ui.source import ShownLine, SourceView

DE = PAGE_WORDS["de"]
FIRST = Quote("a.txt", "0" * 64, 2, 2, 5, 20, "Es sind „zwölf“ Boote.")
SECOND = Quote(
    "b/c.pdf", "1" * 64, 3, 4, 0, 9, "Zwölf Boote\nliegen da.", "2" * 64, 7, 8,
    Facts(title="Bericht", date="2024-10-24"),
)  # fmt: skip
VERBATIM = Verdict(VerdictLabel.SUPPORTED, 1.0, "verbatim")
DRAFTED = Answer(
    question="Wie viele Boote?",
    language="de",
    text="zwölf [1]",
    claims=(Claim("zwölf", (1,), VERBATIM),),
    citations=(Citation(1, FIRST, (SECOND,)),),
    drafted=True,
    notices=(Notice(NoticeKind.NUMBERS_DIFFER, ("12", "13")),),
)
REFUSED = Answer(
    question="Wer ist Xy?",
    language="de",
    text="",
    abstention=Abstention(AbstainReason.UNKNOWN_TERMS, ("Xy",)),
    nearest=(SECOND,),
)


def shown(turn: Turn, language: str = "de") -> dict[str, Any]:
    return turn_value(turn, 0, "seeds", PAGE_WORDS[language])


def test_a_drafted_answer() -> None:
    turn = Turn("Und wie viele?", "Wie viele Boote?", answer=DRAFTED, seconds=0.46)
    assert shown(turn) == {
        "number": 0,
        "asked": "Und wie viele?",
        "understood": "Wie viele Boote?",
        "lead": "Antwort",
        "claims": [{"text": "zwölf", "numbers": [1]}],
        "quotes": [
            {
                "position": 0,
                "number": 1,
                "kind": "cited",
                "text": "Es sind „zwölf“ Boote.",
                "place": "seeds/a.txt, Zeile 2",
                "about": "",
                "copy": "»Es sind „zwölf“ Boote.« (seeds/a.txt, Zeile 2)",
            },
            {
                "position": 1,
                "number": 1,
                "kind": "also",
                "text": "Zwölf Boote\nliegen da.",
                "place": "seeds/b/c.pdf, Zeilen 3–4 (S. 7–8)",
                "about": "Bericht · 2024-10-24",
                "copy": "„Zwölf Boote liegen da.“ (seeds/b/c.pdf, Zeilen 3–4 (S. 7–8))",
            },
        ],
        "notices": ["Die Quellen nennen verschiedene Zahlen: 12; 13"],
        "seconds": "0,5 s",
        "helpful": None,
    }


def test_quotes_of_an_answer_without_a_draft_are_not_repeated_as_claims() -> None:
    value = shown(
        Turn("Wie viele Boote?", "Wie viele Boote?", answer=replace(DRAFTED, drafted=False))
    )
    assert (value["claims"], value["lead"], value["understood"]) == ([], DE["quoted"], "")


def test_an_abstention_is_an_answer() -> None:
    value = shown(Turn("Wer ist Xy?", "Wer ist Xy?", answer=REFUSED), "en")
    assert value["refusal"] == {
        "reason": "No fitting passage names »Xy«.",
        "nearest": "Nearest, but not an answer to the question:",
    }
    assert [quote["kind"] for quote in value["quotes"]] == ["nearest"]


@pytest.mark.parametrize(
    ("interim", "status", "kinds"),
    [
        (None, "In der Warteschlange …", []),
        (Interim(Step.SEARCHING), "Sucht in den Artikeln …", []),
        (Interim(Step.DRAFTING, (FIRST,)), "Formuliert die Antwort …", ["found"]),
    ],
)
def test_what_is_being_done_is_told(interim: Interim | None, status: str, kinds: list[str]) -> None:
    value = shown(Turn("Wer?", "Wer?", interim=interim))
    assert (value["status"], [quote["kind"] for quote in value["quotes"]]) == (status, kinds)


def test_a_question_asked_back() -> None:
    back = AskBack("er", ("Wann kam Kim?", "Wann kam Putin?"))
    assert shown(Turn("Wann kam er?", "Wann kam er?", back=back))["back"] == {
        "text": "Worauf bezieht sich »er«?",
        "options": ["Wann kam Kim?", "Wann kam Putin?"],
    }
    asked = shown(Turn("Wann kam er?", "Wann kam er?", back=AskBack("er")))["back"]["text"]
    assert asked == "Worauf bezieht sich »er«? Bitte die Frage vollständig stellen."


def test_a_failure_keeps_its_remedy() -> None:
    value = shown(Turn("?", "?", failure=Failure("zu lang", "kürzer fragen")))
    assert value["failure"] == {"message": "zu lang", "hint": "kürzer fragen"}


def test_control_and_direction_characters_are_shown_as_what_they_are() -> None:
    quote = replace(FIRST, text="a\u202eb\x1b[31m", article_id="x\n\u2066.txt")
    answer = replace(DRAFTED, citations=(Citation(1, quote),), claims=())
    value = shown(Turn("q\u202e\x07", "q\u202e\x07", answer=answer))
    assert value["asked"] == "q\\u202e\\x07"
    assert value["quotes"][0]["text"] == "a\\u202eb\\x1b[31m"
    assert place(quote, "seeds", DE) == "seeds/x\\x0a\\u2066.txt, Zeile 2"


def test_the_source_panel() -> None:
    view = SourceView(
        "a.txt", 9, (ShownLine(2, (("vor ", False), ("Mark\x1b", True))),), stands=True
    )
    turn = Turn("?", "?", answer=DRAFTED)
    value = source_value(view, turn, 3, 1, "de")
    assert value.pop("say") == DE
    assert value == {
        "turn": 3,
        "position": 1,
        "count": 2,
        "article": "a.txt",
        "problem": "",
        "lineCount": 9,
        "lines": [{"number": 2, "parts": [["vor ", False], ["Mark\\x1b", True]]}],
        "first": 2,
        "last": 2,
    }
    assert source_value(replace(view, stands=False), turn, 3, 1, "de")["problem"] == DE["gone"]


def test_examples_stand_in_an_empty_conversation() -> None:
    value = conversation_value(Conversation("en"), "seeds", ("Wer?",))
    assert (value["turns"], value["examples"], value["lang"]) == ([], ["Wer?"], "en")


def test_both_languages_have_the_same_words() -> None:
    assert PAGE_WORDS["de"].keys() == PAGE_WORDS["en"].keys()


@pytest.mark.parametrize(
    ("accepted", "language"),
    [
        ("de-AT,de;q=0.9,en;q=0.8", "de"),
        ("en-GB,en;q=0.9,de;q=0.8", "en"),
        ("fr,de;q=0.3,en;q=0.7", "en"),
        ("fr", "en"),
        ("", "en"),
        ("de;q=zero", "en"),
    ],
)
def test_the_browser_decides_the_first_language(accepted: str, language: str) -> None:
    assert language_of(accepted) == language


@pytest.mark.parametrize("number", [-1, 1, 1.0, "0", None, True, [0]])
def test_only_turns_that_exist_are_found(number: object) -> None:
    conversation = Conversation().with_turn(Turn("a"))
    assert conversation.turn(number) is None
    assert conversation.turn(0) == Turn("a")


def test_follow_up_questions_lean_on_answered_turns_only() -> None:
    turns = (Turn("a", "a", answer=DRAFTED), Turn("b", "b", back=AskBack("er")), Turn("c", "c"))
    (before,) = Conversation("de", turns).before()
    assert (before.question, before.answer) == ("a", "zwölf")
