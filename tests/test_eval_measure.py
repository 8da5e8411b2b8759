"""One answer measured, worked by hand on a file with CRLF and umlauts."""

import hashlib

import pytest
from fakes import ARTICLES, write_corpus

from eval.measure import METRICS, Asked, disk_reader, measure, prediction
from eval.questions import EvalQuestion, GoldLine
from index.types import Passage
from rag.types import (
    AbstainReason,
    Abstention,
    Answer,
    Citation,
    Claim,
    Quote,
    Verdict,
    VerdictLabel,
)

NAME = "munition.txt"
TEXT = ARTICLES[NAME].decode()
SHA = hashlib.sha256(ARTICLES[NAME]).hexdigest()
SENTENCE = "Pjöngjang hat nach Angaben aus Seoul 8.000 Container verschifft."
SPEECH = "„Das ist viel“, sagte Präsident Yoon am 24. Oktober."
VERBATIM = Verdict(VerdictLabel.SUPPORTED, 1.0, "verbatim")


@pytest.fixture
def corpus(tmp_path):
    return write_corpus(tmp_path / "corpus")


def quote(text, line):
    start = TEXT.index(text)
    return Quote(NAME, SHA, line, line, start, start + len(text), text)


def answer(*quotes, **values):
    return Answer(
        "Wie viele Container?",
        "de",
        "\n".join(f"{q.text} [{i}]" for i, q in enumerate(quotes, 1)),
        claims=tuple(Claim(q.text, (i,), VERBATIM) for i, q in enumerate(quotes, 1)),
        citations=tuple(Citation(i, q) for i, q in enumerate(quotes, 1)),
        confidence=0.8,
        **values,
    )


def question(answerable=True, answers=("8.000",), line=3):
    gold = (GoldLine(NAME, line),) if answerable else ()
    kind = "number" if answerable else "absent_fact"
    answers = answers if answerable else ()
    return EvalQuestion("q1", "dev", "Wie viele?", "de", kind, answerable, answers, gold, "")


def passage(name, line):
    return Passage(1, name, 0, 1, line, line, "x")


def measured(corpus, asked, said, *, passages=(), extractive=True, **values):
    asked = Asked(asked, said, passages, 0.25, values.pop("error", ""))
    return measure(asked, corpus, extractive=extractive, **values)


def test_a_right_answer(corpus):
    said = answer(quote(SENTENCE, 3), quote(SPEECH, 3), stages_s={"read": 0.1})
    passages = [passage("wetter.txt", 1), passage(NAME, 1), passage(NAME, 3)]
    found = measured(corpus, question(), said, passages=passages)
    assert found["ok"]
    assert found["failure"] is None
    assert found["right_if_answered"]
    assert (found["latency_s"], found["stages_s"]) == (0.25, {"read": 0.1})
    assert tuple(found["metrics"]) == METRICS
    assert found["metrics"] == pytest.approx({
        "right": 1, "retrieved_article_at_1": 0, "retrieved_article_at_5": 1,
        "retrieved_article_at_10": 1, "retrieved_line_at_1": 0, "retrieved_line_at_5": 1,
        "retrieved_line_at_10": 1, "answered": 1, "gold_line_hit": 1, "gold_lines_quoted": 1,
        "right_file_wrong_line": 0, "answer_in_quotes": 1, "exact_match": 0,
        # the first claim alone: 9 words, 1 of them is the answer: 2 * 1 / (9 + 1)
        "answer_f1": 0.2,
        "quote_precision": 1, "line_precision": 1, "staleness": 0, "quote_coverage": 1,
        "citation_recall": 1, "citation_precision": 1, "number_fidelity": 1, "date_fidelity": 1,
        "name_fidelity": 1, "abstention_recall": None, "false_refusal": 0,
    })  # fmt: skip


def test_what_the_report_holds_of_a_question_and_its_answer(corpus):
    also = quote(SPEECH, 3)
    said = answer(quote(SENTENCE, 3))
    said = Answer(
        said.question,
        "de",
        said.text,
        said.claims,
        (Citation(1, said.citations[0].quote, (also,)),),
    )
    found = measured(corpus, question(), said)
    start = TEXT.index(SENTENCE)
    assert (found["id"], found["split"], found["kind"], found["language"]) == (
        "q1", "dev", "number", "de",
    )  # fmt: skip
    assert found["gold"] == ["munition.txt:3"]
    assert found["answers"] == ["8.000"]
    assert found["claims"] == [
        {"text": SENTENCE, "citations": [1], "verdict": "SUPPORTED", "reason": "verbatim"}
    ]
    assert found["quotes"][0] == {
        "article_id": NAME, "sha256": SHA, "line_start": 3, "line_end": 3, "start": start,
        "end": start + len(SENTENCE), "text": SENTENCE, "number": 1, "also": False,
        "extract": "", "page_start": 0, "page_end": 0,
        "facts": {"title": "", "date": "", "author": "", "source": ""},
    }  # fmt: skip
    assert (found["quotes"][1]["number"], found["quotes"][1]["also"]) == (1, True)


def test_a_refusal(corpus):
    refusal = Abstention(AbstainReason.UNKNOWN_TERMS, ("Köln",))
    said = Answer("?", "de", "", abstention=refusal, nearest=(quote(SENTENCE, 3),))
    wrong = measured(corpus, question(), said)
    assert (wrong["ok"], wrong["failure"]) == (False, "refused an answerable question")
    assert wrong["right_if_answered"]  # the gold line was the nearest
    assert (wrong["reason"], wrong["terms"]) == ("unknown_terms", ["Köln"])
    assert wrong["metrics"]["quote_precision"] is None
    assert wrong["metrics"]["answer_f1"] == 0
    right = measured(corpus, question(answerable=False), said)
    assert (right["ok"], right["failure"], right["right_if_answered"]) == (True, None, False)
    assert right["metrics"]["abstention_recall"] == 1
    assert right["metrics"]["answered"] is None


@pytest.mark.parametrize(
    ("said", "asked", "failure"),
    [
        (answer(quote(SENTENCE, 3)), question(False), "answered an unanswerable question"),
        (
            answer(quote(SENTENCE, 3)),
            question(line=1),
            "gold article quoted, but not its gold line",
        ),
        (answer(quote(SENTENCE, 4)), question(), "wrong line number"),
        (Answer("?", "de", "8"), question(), "gold line not quoted"),
    ],
)
def test_why_an_answer_is_wrong(corpus, said, asked, failure):
    assert measured(corpus, asked, said)["failure"] == failure


def test_a_file_that_changed_after_the_answer_is_noticed(corpus):
    said = answer(quote(SENTENCE, 3))
    (corpus / NAME).write_bytes(ARTICLES[NAME] + b"\nmehr")
    assert measured(corpus, question(), said)["failure"] == "stale quote"
    (corpus / NAME).write_bytes(ARTICLES[NAME].replace(b"8.000", b"9.000"))
    assert measured(corpus, question(), said)["failure"] == "quote not verbatim"
    (corpus / NAME).unlink()
    assert measured(corpus, question(), said)["failure"] == "quote not verbatim"


def test_a_question_without_accepted_strings_has_no_f1(corpus):
    found = measured(corpus, question(answers=()), answer(quote(SENTENCE, 3)))
    assert found["metrics"]["answer_f1"] is None
    assert found["ok"]


def test_a_question_that_could_not_be_asked_is_neither_answer_nor_silence(corpus):
    found = measured(corpus, question(False), Answer("?", "de", ""), error="too long")
    assert (found["ok"], found["failure"]) == (False, "too long")
    assert found["metrics"]["abstention_recall"] == 0


def test_the_first_claim_is_an_extractive_answer_and_all_claims_a_drafted_one():
    said = answer(quote(SENTENCE, 3), quote("Moskau dementiert", 7))
    assert prediction(said, extractive=True) == SENTENCE
    assert prediction(said, extractive=False) == f"{SENTENCE} Moskau dementiert"


def test_a_judge_judges_beside_the_rule(corpus):
    found = measured(corpus, question(), answer(quote(SENTENCE, 3)), judge=lambda p, c: False)
    assert found["metrics"]["citation_recall"] == 1
    assert found["metrics"]["nli_citation_recall"] == 0


def test_the_reader_reads_bytes_as_they_are(corpus):
    article = disk_reader(corpus)(NAME)
    assert (article.text, article.sha256) == (TEXT, SHA)
    assert disk_reader(corpus)("absent.txt") is None
    (corpus / "latin.txt").write_bytes("Köln".encode("latin-1"))
    assert disk_reader(corpus)("latin.txt") is None
