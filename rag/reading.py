"""What a drafter reads, and what comes of its spans.

A drafter reads the best passages whole, so that it sees what a sentence leans on. Each span
is brought back to the sentence that it stands in, which is what is quoted; a span counts by
the drafter's own probability and by how well that sentence fits the question.

The confidence weighs the two voices, drafter and evidence: the drafter alone is fooled by near
misses that it was not trained on, the evidence alone cannot read. All margins here but
`EVIDENCE_WEIGHT` and those of the confidence are set by hand.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from index.types import Article, Hit
from rag.decide import Decision, sigmoid
from rag.evidence import Evidence
from rag.quotes import Sources, quote_span
from rag.types import Draft

READ_PASSAGES = 4
"""Passages that a drafter reads."""
EVIDENCE_WEIGHT = 0.8
"""What a point of the evidence's score counts against a natural logarithm of probability; chosen
on the dev half of the seeds' question set."""
UNSCORED_MARGIN = 2.0
"""A sentence that was not compared with the question counts as this much below the last one."""
KEEP_MARGIN = 2.5
"""A further span is given if it counts at most this much less than the best one."""
MOST_SPANS = 3
WEIGHTS: Mapping[str, float] = {
    "one": -3.56,
    "drafter": 0.26,
    "evidence": 0.08,
    "agrees": 0.25,
    "cosine": 5.02,
}
"""Weights of the confidence, by signal, fitted by ``python -m eval.calibrate_drafted``."""
ABSTAIN_BELOW = 0.5
"""Confidence under which a drafted answer is not given; refuses one answerable question in ten
of the dev half."""
_LOGIT_LIMIT = 8.0


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
    """

    evidence: Evidence
    start: int
    end: int
    score: float

    @property
    def text(self) -> str:
        """The span."""
        return self.evidence.article.text[self.start : self.end]


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
        made.append(Reading(evidence, start, end, chance + EVIDENCE_WEIGHT * evidence.score))
    return sorted(made, key=lambda reading: -reading.score)


def kept(found: Sequence[Reading]) -> list[Reading]:
    """The spans to give: the best one, and others that count nearly as much."""
    near = [reading for reading in found if found[0].score - reading.score <= KEEP_MARGIN]
    return near[:MOST_SPANS]


def signals(decision: Decision, draft: Draft, best: Reading, first: Evidence) -> dict[str, float]:
    """What the confidence is made of, by the names of `WEIGHTS`.

    Args:
        decision: about the evidence alone.
        draft: the drafter's.
        best: the span that counts most.
        first: the sentence that fits the question best.
    """
    return {
        "one": 1.0,
        "drafter": _logit(draft.confidence),
        "evidence": _logit(decision.confidence),
        "agrees": float(best.evidence.quoted == first.quoted),
        "cosine": first.feature("cosine"),
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
