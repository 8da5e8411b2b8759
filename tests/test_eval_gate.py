"""The gate, and the faults that it is there for: each must turn it red."""

import re
from dataclasses import replace
from pathlib import Path

import pytest
from eval_fakes import keep, report_of, result, silent

from eval.facts import NEGATIONS
from eval.gate import gate
from eval.questions import SEEDS_SET, load_questions, of_split
from eval.results import slim
from index.articles import load_article
from index.errors import ConfigError
from rag.quotes import make_quote
from rag.sentences import split_sentences
from rag.types import Answer, Citation, Claim, Verdict, VerdictLabel

SEEDS = Path(__file__).parent.parent / "seeds"
NEGATION = re.compile(rf"\b({'|'.join(sorted(NEGATIONS, key=len, reverse=True))})\b ?", re.I)


@pytest.fixture(scope="module")
def kept(tmp_path_factory):
    questions = of_split(load_questions(SEEDS_SET, SEEDS), "test")[::3]
    return keep(SEEDS, tmp_path_factory.mktemp("index"), questions)


@pytest.fixture(scope="module")
def baseline(kept, tmp_path_factory):
    return slim(kept.report(tmp_path_factory.mktemp("baseline")))


def with_quotes(answer, change):
    citations = (replace(c, quote=change(c.quote)) for c in answer.citations)
    return replace(answer, citations=tuple(citations))


def with_claims(answer, change):
    return replace(answer, claims=tuple(replace(c, text=change(c.text)) for c in answer.claims))


def shifted_line(answer):
    def shift(quote):
        return replace(quote, line_start=quote.line_start + 1, line_end=quote.line_end + 1)

    return with_quotes(answer, shift)


def shifted_offsets(answer):
    return with_quotes(answer, lambda q: replace(q, start=q.start + 1, end=q.end + 1))


def other_digit(text):
    return re.sub(r"\d", lambda found: str((int(found.group()) + 1) % 10), text, count=1)


def changed_digit(answer):
    return with_claims(answer, other_digit)


def changed_digit_in_claim_and_quote(answer):
    changed = with_quotes(answer, lambda q: replace(q, text=other_digit(q.text)))
    return with_claims(changed, other_digit)


def dropped_negation(answer):
    return with_claims(answer, lambda text: NEGATION.sub("", text, count=1))


def other_article(answer):
    """The claim stays, its citation leads to a verbatim sentence of another article."""

    def elsewhere(quote):
        name = next(p.name for p in sorted(SEEDS.glob("*.txt")) if p.name != quote.article_id)
        return first_sentence(name)

    return with_quotes(answer, elsewhere)


def stale_quote(answer):
    return with_quotes(answer, lambda q: replace(q, sha256="f" * 64))


def fabricated_citation(answer):
    claims = (replace(c, citations=(99,)) for c in answer.claims)
    return replace(answer, claims=tuple(claims))


def first_sentence(name):
    article = load_article(SEEDS, name)
    first = next(s for s in split_sentences(article.text) if not s.heading)
    return make_quote(article, first.start, first.end)


def copier(answer):
    """A drafter that answers every question with the first sentence of an article."""
    quote = first_sentence(sorted(p.name for p in SEEDS.glob("*.txt"))[0])
    verdict = Verdict(VerdictLabel.SUPPORTED, 1.0)
    return Answer(
        answer.question,
        "de",
        f"{quote.text} [1]",
        claims=(Claim(quote.text, (1,), verdict),),
        citations=(Citation(1, quote),),
        confidence=1.0,
    )


FAULTS = {
    shifted_line: "line precision",
    shifted_offsets: "quote precision",
    changed_digit: "number fidelity",
    changed_digit_in_claim_and_quote: "quote precision",
    dropped_negation: "citation recall",
    other_article: "citation recall",
    stale_quote: "staleness",
    fabricated_citation: "quote coverage",
}


def test_the_same_answers_are_green(kept, baseline, tmp_path):
    assert gate(kept.report(tmp_path), baseline) == []


@pytest.mark.parametrize(
    ("fault", "named"), FAULTS.items(), ids=lambda v: getattr(v, "__name__", "")
)
def test_a_fault_in_every_answer_is_red(kept, baseline, tmp_path, fault, named):
    broken = kept.changed(lambda _, answer: fault(answer))
    reasons = gate(broken.report(tmp_path), baseline)
    assert any(reason.startswith(f"extractive: {named}") for reason in reasons)


ONCE = [fault for fault in FAULTS if fault is not fabricated_citation]


@pytest.mark.parametrize("fault", ONCE, ids=lambda fault: fault.__name__)
def test_a_fault_in_a_single_answer_is_red(kept, baseline, tmp_path, fault):
    one = next(q for q, a in kept.answers.items() if fault(a) != a)
    broken = kept.changed(lambda q, a: fault(a) if q.question == one else a)
    reasons = gate(broken.report(tmp_path), baseline)
    assert any(reason.startswith(f"extractive: {FAULTS[fault]}") for reason in reasons)


def test_a_drafter_that_always_abstains_is_red(kept, baseline, tmp_path):
    mute = kept.changed(lambda q, _: silent(q.question))
    reasons = "\n".join(gate(mute.report(tmp_path), baseline))
    for name in (
        "quote precision",
        "quote coverage",
        "gold line hit",
        "false refusal",
        "answer f1",
    ):
        assert f"extractive: {name}" in reasons
    assert "abstention recall" not in reasons


def test_a_drafter_that_copies_the_first_sentence_is_red(kept, baseline, tmp_path):
    reasons = "\n".join(gate(kept.changed(lambda _, a: copier(a)).report(tmp_path), baseline))
    assert "extractive: abstention recall is 0.000, was 1.000" in reasons
    assert "extractive: gold line hit" in reasons
    assert "quote precision" not in reasons  # what it says is proved; it is no answer


def test_no_fault_leaves_the_answers_as_they_were(kept):
    for fault in FAULTS:
        assert any(fault(answer) != answer for answer in kept.answers.values())


def many(count, **values):
    return [result(str(i), **values) for i in range(count)]


def test_a_fall_within_noise_is_green():
    worse = result("0", metrics={"answer_f1": 0.4})  # mean falls by 0.1 / 10
    assert gate(report_of(worse, *many(10)[1:]), report_of(*many(10))) == []


def test_a_fall_beyond_noise_is_red_and_says_by_how_much():
    worse = [result(str(i), metrics={"answer_f1": 0.3}) for i in range(2)]
    assert gate(report_of(*worse, *many(10)[2:]), report_of(*many(10))) == [
        "extractive: answer f1 is 0.460, was 0.500: 2 questions worse, 0 better (noise: 0.02)"
    ]


def test_a_fall_on_one_question_that_others_outweigh_in_number_is_green():
    worse = result("0", metrics={"answer_f1": 0.0})
    better = result("1", metrics={"answer_f1": 0.55})
    assert gate(report_of(worse, better, *many(10)[2:]), report_of(*many(10))) == []


def test_more_refusals_are_red_and_fewer_are_green():
    silenced = {"metrics": {"false_refusal": 1.0}}
    fewer, more = many(10), [*many(2, **silenced), *many(10)[2:]]
    assert "false refusal is 0.200, was 0.000" in gate(report_of(*more), report_of(*fewer))[0]
    assert gate(report_of(*fewer), report_of(*more)) == []


def test_coverage_below_its_bound_is_red_without_a_system_in_the_baseline():
    bare = many(10, metrics={"quote_coverage": 0.9})
    assert gate(report_of(*bare), {**report_of(), "systems": {}}) == [
        "extractive: quote coverage is 0.900, must be at least 0.95"
    ]


def test_the_dev_half_is_not_looked_at():
    dev = result("d", split="dev", metrics={"line_precision": 0.0})
    assert gate(report_of(dev, *many(3)), report_of(*many(3))) == []
    assert gate(report_of(dev), report_of()) == [
        "extractive: no question of the test half was asked"
    ]


def test_questions_and_systems_may_not_go_missing():
    assert gate(report_of(*many(2)), report_of(*many(3))) == [
        "extractive: 1 questions of the test half were not asked, e.g. 2"
    ]
    assert gate({**report_of(), "systems": {}}, report_of()) == ["extractive: not run"]


def test_another_question_set_is_refused():
    with pytest.raises(ConfigError, match="different question sets: 000000000000 before, 1111"):
        gate(report_of(sha256="1" * 64), report_of())
