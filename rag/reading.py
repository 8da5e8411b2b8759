"""What a drafter reads, and what comes of its spans.

A drafter reads the best passages whole, so that it sees what a sentence leans on. Each span
is brought back to the sentence that it stands in, which is what is quoted; a span counts by
the drafter's own probability and by how well that sentence fits the question.

The confidence weighs the two voices, drafter and evidence: the drafter alone is fooled by near
misses that it was not trained on, the evidence alone cannot read. All weights and margins
here are set by hand; `eval.calibrate_drafted` fits the confidence to a drafter.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from index.types import Article, Hit
from rag.decide import FEATURES, Decision, missing_names, missing_numbers, sigmoid
from rag.draft import Drafter
from rag.evidence import Evidence, expected_type
from rag.question import Kind, Question
from rag.quotes import Sources, quote_span
from rag.types import Draft

READ_PASSAGES = 4
"""Passages that a drafter reads."""
EVIDENCE_WEIGHT = 0.15
"""What a point of the evidence's score counts against a natural logarithm of probability."""
UNSCORED_MARGIN = 2.0
"""A sentence that was not compared with the question counts as this much below the last one."""
KEEP_MARGIN = 1.0
"""A further span is given if it counts at most this much less than the best one."""
MOST_SPANS = 3
WEIGHTS: Mapping[str, float] = {
    "one": 0.0,
    "drafter": 1.0,
    "evidence": 1.0,
    "names": 0.0,
    "numbers": 0.0,
    "fits": 0.0,
    "agrees": 0.0,
    "foreign": 0.0,
    "alone": 0.0,
    "chance": 0.0,
    "cosine": 0.0,
    "unknown": 0.0,
    "unit": 0.0,
}
"""Weights of the confidence, by signal. By hand, not fitted: both voices count alike."""
ABSTAIN_BELOW = 0.5
"""Confidence under which a drafted answer is not given."""
_LOGIT_LIMIT = 8.0
_TYPED = frozenset({Kind.NUMBER, Kind.DATE, Kind.PERSON})  # a span shows whether it is one


@dataclass(frozen=True, slots=True)
class Unit:
    """A text that the drafter reads.

    Args:
        article: the article on disk.
        start: first code point, the start of a sentence.
        end: one past the last code point, the end of a sentence.
    """

    article: Article
    start: int
    end: int

    @property
    def text(self) -> str:
        """The text."""
        return self.article.text[self.start : self.end]


@dataclass(frozen=True, slots=True)
class Reading:
    """A span that a drafter gives, in its sentence.

    Args:
        evidence: the sentence.
        start: first code point of the span in the article.
        end: one past the last code point.
        score: what it counts, a logarithm; higher is better.
        probability: the drafter's own, in [0, 1].
    """

    evidence: Evidence
    start: int
    end: int
    score: float
    probability: float

    @property
    def text(self) -> str:
        """The span."""
        return self.evidence.article.text[self.start : self.end]


@dataclass(frozen=True, slots=True)
class Drafted:
    """What a drafter gave for a question.

    Args:
        spans: those that count most first; empty if it gave none.
        confidence: the drafter's own, in [0, 1], over all that it read.
        alone: the same of the best span's sentence, read by itself.
    """

    spans: tuple[Reading, ...]
    confidence: float
    alone: float


def read_passages(
    question: Question,
    hits: Sequence[Hit],
    found: Sequence[Evidence],
    drafter: Drafter,
    sources: Sources,
) -> Drafted:
    """Let a drafter read the best passages, then the sentence that it chose by itself.

    Args:
        question: the question.
        hits: passages, best first.
        found: scored sentences.
        drafter: the drafter.
        sources: the articles on disk.
    """
    read = units(hits, sources)
    language = question.answer_language
    draft = drafter.draft(question.text, [unit.text for unit in read], language)
    spans = readings(draft, read, found, sources)
    if not spans:
        return Drafted((), 0.0, 0.0)
    alone = drafter.draft(question.text, [spans[0].evidence.quoted], language)
    return Drafted(tuple(spans), draft.confidence, alone.confidence)


def units(hits: Sequence[Hit], sources: Sources, most: int = READ_PASSAGES) -> list[Unit]:
    """What to read: the best passages, at whole sentences, none twice.

    Args:
        hits: passages, best first.
        sources: the articles on disk.
        most: how many.
    """
    found: list[Unit] = []
    seen: set[tuple[str, int]] = set()
    for hit in sorted(hits, key=lambda hit: hit.passage.boilerplate):
        article = sources.article(hit.passage.article_id)
        if article is None or len(found) >= most:
            continue
        sentences = sources.sentences(article)
        fresh = [i for i in sources.sentences_of(hit.passage) if (article.id, i) not in seen]
        seen |= {(article.id, i) for i in fresh}
        found += [
            Unit(article, sentences[run[0]].start, sentences[run[-1]].end)
            for run in _neighbours(fresh)
        ]
    return found[:most]


def _neighbours(numbers: Sequence[int]) -> list[list[int]]:
    """Rising numbers as runs without gaps."""
    runs: list[list[int]] = []
    for number in numbers:
        if runs and runs[-1][-1] == number - 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    return runs


def readings(
    draft: Draft, read: Sequence[Unit], found: Sequence[Evidence], sources: Sources
) -> list[Reading]:
    """The draft's spans in their sentences, those that count most first.

    Args:
        draft: spans of the units' texts.
        read: what the drafter read.
        found: scored sentences.
        sources: the articles on disk.
    """
    scored = {(e.article.id, e.start): e for e in found}
    scored |= {(also.article.id, also.start): e for e in found for also in e.also}
    lowest = min((e.score for e in found), default=0.0) - UNSCORED_MARGIN
    made = []
    for span in draft.spans:
        unit = read[span.evidence]
        start, end = unit.start + span.start, unit.start + span.end
        evidence = _sentence(unit.article, start, end, sources, scored, lowest)
        chance = math.log(max(span.probability, 1e-12))
        score = chance + EVIDENCE_WEIGHT * evidence.score
        made.append(Reading(evidence, start, end, score, span.probability))
    return sorted(made, key=lambda reading: -reading.score)


def kept(found: Sequence[Reading]) -> list[Reading]:
    """The spans to give: the best one, and others that count nearly as much."""
    near = [reading for reading in found if found[0].score - reading.score <= KEEP_MARGIN]
    return near[:MOST_SPANS]


def signals(
    question: Question,
    decision: Decision,
    drafted: Drafted,
    first: Evidence,
) -> dict[str, float]:
    """What the confidence is made of, by the names of `WEIGHTS`.

    Args:
        question: the question.
        decision: about the evidence alone.
        drafted: what the drafter gave, at least one span.
        first: the sentence that fits the question best.
    """
    best = drafted.spans[0]
    quoted = best.evidence.quoted
    evidence = dict(zip(FEATURES, decision.features, strict=True))
    return {
        "one": 1.0,
        "drafter": _logit(drafted.confidence),
        "evidence": _logit(decision.confidence),
        "names": min(3.0, len(missing_names(question, quoted))),
        "numbers": min(2.0, len(missing_numbers(question, quoted))),
        "fits": float(question.kind not in _TYPED or expected_type(question, best.text)),
        "agrees": float(best.evidence.quoted == first.quoted),
        "foreign": float(question.language != "de"),
        "alone": _logit(drafted.alone),
        "chance": math.log(max(best.probability, 1e-6)),
        "cosine": evidence["cosine"],
        "unknown": evidence["unknown"],
        "unit": evidence["unit"],
    }


def confidence(values: Mapping[str, float]) -> float:
    """Estimated probability in [0, 1] that the spans answer the question."""
    return sigmoid(sum(WEIGHTS[name] * value for name, value in values.items()))


def _sentence(
    article: Article,
    start: int,
    end: int,
    sources: Sources,
    scored: Mapping[tuple[str, int], Evidence],
    lowest: float,
) -> Evidence:
    """The sentence that a span stands in; several, if it reaches over an end."""
    sentences = sources.sentences(article)
    inside = [i for i, s in enumerate(sentences) if s.start < end and s.end > start]
    first, last = sentences[inside[0]], sentences[inside[-1]]
    known = scored.get((article.id, first.start))
    if known is not None and known.article.id == article.id and known.end == last.end:
        return known
    quote_start, _ = quote_span(article, sentences, inside[0])
    score = lowest if known is None else known.score
    features = () if known is None else known.features
    return Evidence(article, first.start, last.end, quote_start, features, score)


def _logit(chance: float) -> float:
    if not 0.0 < chance < 1.0:
        return math.copysign(_LOGIT_LIMIT, chance - 0.5)
    return max(-_LOGIT_LIMIT, min(_LOGIT_LIMIT, math.log(chance / (1.0 - chance))))
