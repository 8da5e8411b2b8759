"""Answer or abstain: how probable it is that the evidence answers the question.

A logistic model over a few features, and the words of the question that the evidence does
not carry. Similarity alone separates answerable from unanswerable questions badly, so that
missing names, numbers and years count on their own. Weights and threshold come from
``python -m eval.calibrate``, which names the questions that they were chosen on.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from index.words import Word
from rag.coverage import credit, keys_of
from rag.evidence import Evidence, carried_words
from rag.question import Question
from rag.types import AbstainReason, Abstention

FEATURES = ("bias", "carried", "carried_near", "cosine", "typed", "missing", "margin")
CONFIDENCE_WEIGHTS = {
    "bias": -20.0,
    "carried": 3.0,
    "carried_near": 2.0,
    "cosine": 20.0,
    "typed": 0.5,
    "missing": -1.5,
    "margin": 0.0,
}
ABSTAIN_BELOW = 0.5
_MISSING_CREDIT = 0.5


@dataclass(frozen=True, slots=True)
class Decision:
    """What the evidence is worth.

    Args:
        confidence: estimated probability in [0, 1] that the question is answered.
        features: values in the order of `FEATURES`.
        missing: words of the question that stand nowhere near the best evidence and that
            name somebody, something, a number or a year.
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
        weight: importance of a word of the question, > 0.
    """
    if not evidence:
        return Decision(0.0, (0.0,) * len(FEATURES), ())
    best = evidence[0]
    missing = missing_words(question, best)
    margin = best.score - evidence[1].score if len(evidence) > 1 else 0.0
    features = (
        1.0,
        best.feature("carried"),
        best.feature("carried_near"),
        best.feature("cosine"),
        best.feature("typed"),
        min(3.0, sum(1.0 for _ in missing)),
        min(5.0, margin),
    )
    score = sum(CONFIDENCE_WEIGHTS[n] * v for n, v in zip(FEATURES, features, strict=True))
    return Decision(_sigmoid(score), features, tuple(word.surface for word in missing))


def missing_words(question: Question, evidence: Evidence) -> list[Word]:
    """Names and numbers of the question that stand nowhere near the evidence."""
    keys = keys_of(evidence.near_text)
    asked = {word.start: word for word in (*question.names, *question.numbers)}
    wanted = carried_words(question)
    return [
        word
        for word in sorted(asked.values(), key=lambda w: w.start)
        if word in wanted and credit(word, keys) < _MISSING_CREDIT
    ]


def abstention(decision: Decision, threshold: float) -> Abstention | None:
    """The refusal that a decision asks for, with its reason; None to answer."""
    if decision.confidence >= threshold:
        return None
    if decision.missing:
        return Abstention(AbstainReason.UNKNOWN_TERMS, decision.missing)
    return Abstention(AbstainReason.LOW_CONFIDENCE)


def _sigmoid(score: float) -> float:
    return 1.0 / (1.0 + math.exp(-max(-60.0, min(60.0, score))))
