"""From chosen evidence, or a draft, to an `Answer` whose every quote stands on disk.

Quotes are cut here and checked at once; one that does not stand in its file at this moment
is dropped. Nothing here scores or decides what is relevant.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from rag.counting import differing_numbers
from rag.evidence import Evidence
from rag.question import Question
from rag.quotes import Sources, make_quote
from rag.reading import Reading
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

_VERBATIM = Verdict(VerdictLabel.SUPPORTED, 1.0, "verbatim")


def quoted_answer(
    question: Question, sources: Sources, chosen: Sequence[Evidence], confidence: float
) -> Answer:
    """The answer that quotes this evidence; abstains if no quote stands in its file.

    Args:
        question: the question.
        sources: the articles.
        chosen: what to quote, best first.
        confidence: estimated probability in [0, 1] that it answers the question.
    """
    citations: list[Citation] = []
    for evidence in chosen:
        quotes = checked_quotes(sources, (evidence, *evidence.also))
        if quotes:
            _cite(citations, quotes, evidence.score)
    claims = [Claim(c.quote.text, (c.number,), _VERBATIM) for c in citations]
    return _answer(question, claims, citations, confidence, drafted=False)


def drafted_answer(
    question: Question, sources: Sources, spans: Sequence[Reading], confidence: float
) -> Answer:
    """The answer with the drafted spans, each cut from its quote.

    Args:
        question: the question.
        sources: the articles.
        spans: what to give, best first, at least one.
        confidence: estimated probability in [0, 1] that they answer the question.
    """
    citations: list[Citation] = []
    numbers: dict[str, dict[int, None]] = {}
    texts: dict[str, str] = {}
    for span in spans:
        source = span.evidence
        quotes = checked_quotes(sources, (source, *source.also))
        if quotes:
            key = " ".join(span.text.casefold().split())
            texts.setdefault(key, span.text)
            numbers.setdefault(key, {})[_cite(citations, quotes, source.score)] = None
    claims = [Claim(texts[key], tuple(cited), _VERBATIM) for key, cited in numbers.items()]
    return _answer(question, claims, citations, confidence, drafted=True)


def refused(
    question: Question,
    refusal: Abstention,
    confidence: float = 0.0,
    nearest: tuple[Quote, ...] = (),
) -> Answer:
    """The answer that there is none."""
    return Answer(
        question=question.text,
        language=question.answer_language,
        text="",
        confidence=confidence,
        abstention=refusal,
        nearest=nearest,
    )


def checked_quotes(sources: Sources, evidence: Iterable[Evidence]) -> tuple[Quote, ...]:
    """Quotes of the evidence that stand in their files at this moment."""
    return sources.checked(make_quote(e.article, e.quote_start, e.end) for e in evidence)


def _answer(
    question: Question,
    claims: Sequence[Claim],
    citations: Sequence[Citation],
    confidence: float,
    *,
    drafted: bool,
) -> Answer:
    if not citations:
        return refused(question, Abstention(AbstainReason.STALE), confidence)
    differing = differing_numbers(question, citations)
    marked = (
        claim.text + "".join(f" [{number}]" for number in claim.citations) for claim in claims
    )
    return Answer(
        question=question.text,
        language=question.answer_language,
        text=("; " if drafted else "\n").join(marked),
        claims=tuple(claims),
        citations=tuple(citations),
        confidence=confidence,
        drafted=drafted,
        notices=(Notice(NoticeKind.NUMBERS_DIFFER, differing),) if differing else (),
    )


def _cite(citations: list[Citation], quotes: tuple[Quote, ...], score: float) -> int:
    """Add a citation, or widen an earlier one that it overlaps; gives its number."""
    quote = quotes[0]
    for i, other in enumerate(citations):
        if _contains(other.quote, quote):
            return other.number
        if _contains(quote, other.quote):
            citations[i] = replace(other, quote=quote)
            return other.number
    citations.append(Citation(len(citations) + 1, quote, quotes[1:], score))
    return len(citations)


def _contains(outer: Quote, inner: Quote) -> bool:
    same = outer.article_id == inner.article_id
    return same and outer.start <= inner.start and inner.end <= outer.end
