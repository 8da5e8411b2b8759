"""Answer or abstain: how probable it is that the evidence answers the question.

A logistic model over a few features that a reader could check by hand. Similarity alone
separates answerable from unanswerable questions badly, so that names, numbers and dates of
the question that the evidence does not carry count on their own, as do a missing number
where one is asked for and a negation that the question does not have.

Weights and threshold come from ``python -m eval.calibrate``: the dev half of the seeds' question
set, and German questions about other things asked of the seeds, which must all be refused.
How many words of the question the evidence repeats is left out on purpose: near misses are
written with the article's own words, and that says nothing about what people ask.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from index.words import Word, words
from rag.calendar import calendar_name
from rag.counting import asked_unit, counted
from rag.coverage import Keys, credit, keys_of
from rag.evidence import NEGATIONS, Evidence, carried_words
from rag.question import Question, is_numeric
from rag.types import AbstainReason, Abstention

FEATURES = (
    "bias", "cosine", "typed", "missing_names", "missing_numbers", "unknown", "unit",
    "negated", "foreign",
)  # fmt: skip
CONFIDENCE_WEIGHTS = {
    "bias": -24.27,
    "cosine": 25.03,
    "typed": 2.22,
    "missing_names": -0.74,
    "missing_numbers": -3.69,
    "unknown": -0.73,
    "unit": 2.74,
    "negated": -0.49,
    "foreign": 1.28,
}
ABSTAIN_BELOW = 0.37
"""Refuses about one answerable question in ten of the dev half."""
_CARRIED = 0.5


@dataclass(frozen=True, slots=True)
class Decision:
    """What the evidence is worth.

    Args:
        confidence: estimated probability in [0, 1] that the question is answered.
        features: values in the order of `FEATURES`.
        missing: names, numbers and dates of the question that the evidence does not carry.
    """

    confidence: float
    features: tuple[float, ...]
    missing: tuple[str, ...]


def decide(
    question: Question, evidence: Sequence[Evidence], weight: Callable[[Word], float]
) -> Decision:
    """Judge the evidence for a question.

    Args:
        question: the question.
        evidence: best first; may be empty.
        weight: importance of a word of the question, > 0; the rarer the higher.
    """
    if not evidence:
        return Decision(0.0, (0.0,) * len(FEATURES), ())
    best = evidence[0]
    quoted = best.quoted
    names = missing_names(question, quoted)
    numbers = missing_numbers(question, quoted)
    features = (
        1.0,
        best.feature("cosine"),
        best.feature("typed"),
        min(3.0, len(names)),
        min(2.0, len(numbers)),
        unknown_share(question, weight),
        unit_near_number(question, quoted),
        float(is_negated(quoted) and not is_negated(question.text)),
        float(question.language != "de"),
    )
    score = sum(CONFIDENCE_WEIGHTS[n] * v for n, v in zip(FEATURES, features, strict=True))
    missing = sorted((*names, *numbers), key=lambda word: word.start)
    return Decision(sigmoid(score), features, tuple(word.surface for word in missing))


def missing_names(question: Question, quoted: str) -> list[Word]:
    """Names of the question that the quoted text does not carry in any spelling."""
    keys = keys_of(quoted)
    wanted = carried_words(question)
    return [
        word
        for word in question.names
        if word in wanted and not calendar_name(word) and credit(word, keys) < _CARRIED
    ]


def missing_numbers(question: Question, quoted: str) -> list[Word]:
    """Numbers, months and weekdays of the question that the quoted text does not carry."""
    found = words(quoted)
    keys = keys_of(quoted)
    named = {calendar_name(word) for word in found}
    return [
        word
        for word in question.content
        if (is_numeric(word) and not _carries_number(word, keys))
        or (calendar_name(word) and calendar_name(word) not in named)
    ]


def _carries_number(word: Word, keys: Keys) -> bool:
    digits = [word.stem] if word.is_number else [part for part in word.parts if part.isdigit()]
    return any(key in keys.stems or key in keys.parts for key in digits)


def unknown_share(question: Question, weight: Callable[[Word], float]) -> float:
    """Share of the question's words, in [0, 1], that stand nowhere in the corpus.

    A word is unknown when nothing in the index outweighs it.
    """
    asked = carried_words(question)
    if not asked:
        return 0.0
    rarest = weight(_NOWHERE)
    return sum(weight(word) >= rarest for word in asked) / len(asked)


_NOWHERE = Word(0, 0, "", "\u2400")


def unit_near_number(question: Question, quoted: str) -> float:
    """Whether what is counted stands right behind a number; 0.5 where nothing is counted."""
    if asked_unit(question) is None:
        return 0.5
    return float(bool(counted(question, quoted)))


def is_negated(text: str) -> bool:
    """True if a text holds a negation word."""
    return any(word.surface.lower() in NEGATIONS for word in words(text))


def abstention(decision: Decision, threshold: float) -> Abstention | None:
    """The refusal that a decision asks for, with its reason; None to answer."""
    if decision.confidence >= threshold:
        return None
    if decision.missing:
        return Abstention(AbstainReason.UNKNOWN_TERMS, decision.missing)
    return Abstention(AbstainReason.LOW_CONFIDENCE)


def sigmoid(score: float) -> float:
    """The logistic function; in [0, 1]."""
    return 1.0 / (1.0 + math.exp(-max(-60.0, min(60.0, score))))
