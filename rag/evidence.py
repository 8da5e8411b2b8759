"""Evidence: the sentences of the retrieved passages, scored against the question.

A linear model over a few features that a reader could check by hand. Its weights are set by
hand; weights fitted to the German dev part of MLQA chose the right sentence no more often.
The same sentence in several places collapses into one evidence that keeps all its sources.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from index.embed import Embedder
from index.types import Article, Hit
from index.words import Word, words
from rag.coverage import coverage, keys_of
from rag.question import Kind, Question
from rag.quotes import Sources, quote_span
from rag.retrieve import Retrieved

FEATURES = ("carried", "carried_near", "cosine", "passage_cosine", "rank", "typed", "heading")
SENTENCE_WEIGHTS = {
    "carried": 4.0,
    "carried_near": 2.0,
    "cosine": 12.0,
    "passage_cosine": 6.0,
    "rank": 1.0,
    "typed": 1.0,
    "heading": -1.0,
}
READ_SENTENCES = 10
"""Sentences compared with the question by the embedder; the others are out by then."""
NEUTRAL_COVERAGE = 0.5
"""Coverage of a question none of whose words can stand in a German text."""

_DATE = re.compile(
    r"\b(?:\d{1,2}\.\s*(?:\d{1,2}\.|Januar|Februar|März|April|Mai|Juni|Juli|August|September"
    r"|Oktober|November|Dezember)|Januar|Februar|März|April|Mai|Juni|Juli|August|September"
    r"|Oktober|November|Dezember|(?:1[0-9]|20)\d\d|Montag|Dienstag|Mittwoch|Donnerstag|Freitag"
    r"|Samstag|Sonnabend|Sonntag|Sommer|Winter|Frühjahr|Herbst|Vorabend|gestern|heute|morgen"
    r"|\w*[Jj]ahr\w*|Monat\w*|Woche\w*|Tag\w*)\b"
)
_REASON = re.compile(
    r"\b(?:weil|da|denn|wegen|aufgrund|um\b.*\bzu|damit|deshalb|daher|darum|dadurch|zur|zum"
    r"|Ziel\w*|Grund|Gründe\w*|angesichts|infolge|Reaktion|Hintergrund|bezweck\w*|indem)\b",
    re.DOTALL,
)
_PLACE = re.compile(r"\b(?:in|im|nach|aus|bei|am|an|auf|von|vor)\s+(?:der\s|den\s|dem\s)?[A-ZÄÖÜ]")
_SIGN = re.compile(r"[^\w\s.,:;!?…\"'“”„‟«»‘’‚‛›‹()\[\]‐‑–—-]|[-−](?=\d?$)|[?]")
NEGATIONS = frozenset(
    """
    nicht kein keine keiner keinen keinem keines nie niemals niemand nichts weder noch ohne
    """.split()
)


NEAR_CHARS = 3_000
"""Of what stands before a sentence, so much can carry the question's words."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """A sentence that may answer the question.

    Args:
        article: the article on disk that it stands in.
        start: first code point of the sentence.
        end: one past its last code point.
        quote_start: first code point of what is quoted for it.
        features: values in the order of `FEATURES`.
        score: higher is better.
        boilerplate: from a passage marked as navigation, credit or appeal.
        also: the same sentence elsewhere.
    """

    article: Article
    start: int
    end: int
    quote_start: int
    features: tuple[float, ...]
    score: float
    boilerplate: bool = False
    also: tuple[Evidence, ...] = ()

    @property
    def text(self) -> str:
        """The sentence."""
        return self.article.text[self.start : self.end]

    @property
    def quoted(self) -> str:
        """What is quoted for the sentence: itself and what it leans on."""
        return self.article.text[self.quote_start : self.end]

    @property
    def near_text(self) -> str:
        """The sentence and what stands before it, up to two lines or `NEAR_CHARS`."""
        first = max(1, self.article.line_at(self.start) - 2)
        start = max(self.article.line(first).start, self.start - NEAR_CHARS)
        return self.article.text[start : self.end]

    def feature(self, name: str) -> float:
        """One feature by name."""
        return self.features[FEATURES.index(name)]


def find_evidence(
    question: Question,
    retrieved: Retrieved,
    sources: Sources,
    embedder: Embedder,
    weight: Callable[[Word], float],
) -> list[Evidence]:
    """Score the sentences of the retrieved passages.

    Args:
        question: the question.
        retrieved: its passages.
        sources: the articles on disk.
        embedder: compares sentences with the question.
        weight: importance of a word of the question, > 0.

    Returns:
        Evidence, best first; the same sentence appears once, boilerplate last.
    """
    found = _candidates(question, retrieved, sources, weight)
    found.sort(key=_order)
    read = _compare(found[:READ_SENTENCES], retrieved, embedder)
    read.sort(key=_order)
    return collapse(read)


def _candidates(
    question: Question, retrieved: Retrieved, sources: Sources, weight: Callable[[Word], float]
) -> list[Evidence]:
    seen: set[tuple[str, int]] = set()
    found = []
    for hit in retrieved.hits:
        article = sources.article(hit.passage.article_id)
        if article is None:
            continue
        for index in sources.sentences_of(hit.passage):
            sentence = sources.sentences(article)[index]
            if (article.id, sentence.start) not in seen:
                seen.add((article.id, sentence.start))
                quote_start, _ = quote_span(article, sources.sentences(article), index)
                evidence = Evidence(
                    article, sentence.start, sentence.end, quote_start, (), 0.0,
                    hit.passage.boilerplate,
                )  # fmt: skip
                found.append(_scored(evidence, question, hit, retrieved, sentence.heading, weight))
    return found


def _scored(
    evidence: Evidence,
    question: Question,
    hit: Hit,
    retrieved: Retrieved,
    heading: bool,
    weight: Callable[[Word], float],
) -> Evidence:
    asked = carried_words(question)
    carried = coverage(asked, keys_of(evidence.text), weight)
    near = coverage(asked, keys_of(evidence.near_text), weight)
    passage_cosine = retrieved.cosine.get(hit.passage.id, min(retrieved.cosine.values(), default=0))
    features = (
        NEUTRAL_COVERAGE if carried is None else carried,
        NEUTRAL_COVERAGE if near is None else near,
        passage_cosine,
        passage_cosine,
        1.0 / hit.rank,
        float(expected_type(question, evidence.text)),
        float(heading),
    )
    return replace(evidence, features=features, score=linear(features))


def _compare(found: Sequence[Evidence], retrieved: Retrieved, embedder: Embedder) -> list[Evidence]:
    """Replace the passage's cosine by the sentence's own."""
    if not found:
        return []
    vectors = embedder.embed_passages([evidence.text for evidence in found])
    cosines = np.asarray(vectors) @ retrieved.query
    at = FEATURES.index("cosine")
    compared = []
    for evidence, cosine in zip(found, cosines, strict=True):
        features = (*evidence.features[:at], float(cosine), *evidence.features[at + 1 :])
        compared.append(replace(evidence, features=features, score=linear(features)))
    return compared


def linear(features: Sequence[float]) -> float:
    """Score of a sentence: the weighted sum of its features."""
    return float(sum(SENTENCE_WEIGHTS[n] * v for n, v in zip(FEATURES, features, strict=True)))


def carried_words(question: Question) -> tuple[Word, ...]:
    """The words of a question that German evidence can be expected to carry.

    Of a question in another language these are its names and numbers.
    """
    if question.language == "de":
        return question.content
    return question.names + question.numbers


def expected_type(question: Question, text: str) -> bool:
    """True if a text holds what the kind of question asks for, beyond the question's words."""
    asked = {word.stem for word in question.content}
    new = [word for word in words(text) if word.stem not in asked]
    if question.kind is Kind.NUMBER:
        return any(word.is_number or any(p.isdigit() for p in word.parts) for word in new)
    if question.kind is Kind.DATE:
        return bool(_DATE.search(text))
    if question.kind is Kind.PERSON:
        return sum(word.capitalised and word.start > 0 for word in new) >= 1
    if question.kind is Kind.PLACE:
        return bool(_PLACE.search(text))
    if question.kind is Kind.REASON:
        return bool(_REASON.search(text))
    return True


def collapse(found: Sequence[Evidence]) -> list[Evidence]:
    """Merge sentences that say the same in other typography.

    Quotation marks, dashes, spaces, capitals and the grouping of digits may differ; every
    word, number and sign must be equal and in the same order.
    """
    kept: dict[tuple[str, ...], Evidence] = {}
    for evidence in found:
        key = _signature(evidence.text) or (evidence.text,)
        if key in kept:
            kept[key] = replace(kept[key], also=(*kept[key].also, evidence))
        else:
            kept[key] = evidence
    return list(kept.values())


def _signature(text: str) -> tuple[str, ...]:
    composed = unicodedata.normalize("NFC", text).replace("\u00ad", "")
    found = words(composed)
    ends = [0, *(word.end for word in found)]
    starts = [*(word.start for word in found), len(composed)]
    signature: list[str] = []
    for i, (end, start) in enumerate(zip(ends, starts, strict=True)):
        signature += _SIGN.findall(composed[end:start])
        if i < len(found):
            word = found[i]
            signature.append(word.stem if word.is_number else word.surface.casefold())
    return tuple(signature)


def _order(evidence: Evidence) -> tuple[bool, float, str, int]:
    return (evidence.boilerplate, -evidence.score, evidence.article.id, evidence.start)
