"""Is every statement proved: quotes against the files, claims against the quotes.

A share is None when there is nothing to share: no quote is neither precise nor
imprecise, and a faithful silence is no good answer. Report each of these beside
the coverage and the false refusal rate. Pure; files come in through a reader.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from eval.entailment import Entails, rule_entails
from eval.facts import dates_kept, names_kept, numbers_kept
from eval.normalise import strip_citation_marks
from index.types import Article
from rag.types import Answer, Quote

ReadArticle: TypeAlias = Callable[[str], Article | None]
"""Article id -> the article as it is on disk now, or None if there is no such file."""


@dataclass(frozen=True, slots=True)
class CitedClaim:
    """A statement and the texts of its quotes.

    Args:
        text: the statement (or a whole answer) without citation marks.
        quotes: texts of the quotes that it cites, in order; "" for a citation
            that leads to no quote.
    """

    text: str
    quotes: tuple[str, ...]


def cited_claims(answer: Answer) -> tuple[CitedClaim, ...]:
    """The claims of an answer with the texts of their quotes.

    A citation number that the answer does not hold is kept as the empty quote:
    it carries nothing and counts as a citation.
    """
    texts = {citation.number: citation.quote.text for citation in answer.citations}
    return tuple(
        CitedClaim(
            strip_citation_marks(claim.text),
            tuple(texts.get(number, "") for number in claim.citations),
        )
        for claim in answer.claims
    )


def is_verbatim(quote: Quote, read: ReadArticle) -> bool:
    """True if the quote's text is not empty and is the file's text at ``[start, end)``."""
    article = read(quote.article_id)
    if article is None or not 0 <= quote.start < quote.end <= len(article.text):
        return False
    return article.text[quote.start : quote.end] == quote.text


def has_right_lines(quote: Quote, read: ReadArticle) -> bool:
    r"""True if the quote's lines are those of its offsets, and hold its text.

    Lines are counted from the ``\n`` before the offsets, as ``sed -n`` does,
    and not with the line table of the article.
    """
    article = read(quote.article_id)
    if article is None or not 0 <= quote.start < quote.end <= len(article.text):
        return False
    first = article.text.count("\n", 0, quote.start) + 1
    last = article.text.count("\n", 0, quote.end - 1) + 1
    if (first, last) != (quote.line_start, quote.line_end):
        return False
    lines = article.text.split("\n")[first - 1 : last]
    return quote.text in "\n".join(lines) + "\n"


def quote_precision(quotes: Iterable[Quote], read: ReadArticle) -> float | None:
    """Share of the quotes that are verbatim: ``#is_verbatim / #quotes``.

    Returns:
        In [0, 1]; None without quotes.

    Source: this project; a quote is a statement about the bytes on disk.
    """
    return _share(is_verbatim(quote, read) for quote in quotes)


def line_precision(quotes: Iterable[Quote], read: ReadArticle) -> float | None:
    """Share of the quotes with right line numbers: ``#has_right_lines / #quotes``.

    Returns:
        In [0, 1]; None without quotes.

    Source: this project; what ``sed -n`` shows must hold the quote.
    """
    return _share(has_right_lines(quote, read) for quote in quotes)


def quote_coverage(quotes_of_claims: Iterable[Sequence[Quote]], read: ReadArticle) -> float | None:
    """Share of the claims that have at least one verbatim quote.

    Args:
        quotes_of_claims: for each claim of the answers given, its quotes.
        read: gives the article as it is now.

    Returns:
        In [0, 1]; None without claims.

    Source: this project; the counterpart of `quote_precision`.
    """
    return _share(any(is_verbatim(q, read) for q in quotes) for quotes in quotes_of_claims)


def staleness(quotes: Iterable[Quote], read: ReadArticle) -> float | None:
    """Share of the quotes whose file is gone or has another sha256 than the quote.

    Returns:
        In [0, 1], 0 is good; None without quotes.

    Source: this project.
    """
    articles = ((quote, read(quote.article_id)) for quote in quotes)
    return _share(article is None or article.sha256 != quote.sha256 for quote, article in articles)


def citation_recall(claims: Sequence[CitedClaim], entails: Entails = rule_entails) -> float | None:
    """Share of one answer's claims that all their quotes together carry.

    ``1/n Σ entails(quotes_i, claim_i)``; a claim without quotes counts 0.

    Args:
        claims: the claims of one answer; average the values over the answers.
        entails: the rule, or an NLI model.

    Returns:
        In [0, 1]; None without claims, and such answers are left out of the average.

    Source: ALCE (Gao et al. 2023, arXiv:2305.14627), section 3.3.
    """
    return _share(_is_carried(claim, entails) for claim in claims)


def citation_precision(
    claims: Sequence[CitedClaim], entails: Entails = rule_entails
) -> float | None:
    """Share of one answer's citations that are needed for a claim that is carried.

    A citation counts 1 if its claim has recall 1 and it is not irrelevant; it
    is irrelevant if it does not carry the claim alone and the claim's other
    citations carry it without it.

    Args and the average as in `citation_recall`.

    Returns:
        In [0, 1]; 0 for claims without any citation; None without claims.

    Source: ALCE (Gao et al. 2023, arXiv:2305.14627), section 3.3.
    """
    precise = [found for claim in claims for found in _precise_citations(claim, entails)]
    return _share(precise) if precise or not claims else 0.0


def number_fidelity(answers: Iterable[CitedClaim]) -> float | None:
    """Share of the answers whose every number stands in their quotes, by value.

    Days and years of dates are numbers here. An answer without numbers counts as kept.

    Args:
        answers: one for each answer (or each claim), text and quotes.

    Returns:
        In [0, 1]; None without answers.

    Source: this project; `eval.facts.numbers` says what a number is.
    """
    return _share(numbers_kept(answer.text, answer.quotes) for answer in answers)


def date_fidelity(answers: Iterable[CitedClaim]) -> float | None:
    """Share of the answers whose every date stands in their quotes, possibly with more detail.

    Args, return value and empty input as in `number_fidelity`.

    Source: this project; `eval.facts.dates` says what a date is.
    """
    return _share(dates_kept(answer.text, answer.quotes) for answer in answers)


def name_fidelity(answers: Iterable[CitedClaim]) -> float | None:
    """Share of the answers whose every capitalised word is a word of their quotes.

    Args, return value and empty input as in `number_fidelity`.

    Source: this project; `eval.facts.names` says what a name is.
    """
    return _share(names_kept(answer.text, answer.quotes) for answer in answers)


def _is_carried(claim: CitedClaim, entails: Entails) -> bool:
    return bool(claim.quotes) and entails(claim.quotes, claim.text)


def _precise_citations(claim: CitedClaim, entails: Entails) -> list[bool]:
    if not _is_carried(claim, entails):
        return [False] * len(claim.quotes)
    return [not _is_irrelevant(claim, i, entails) for i in range(len(claim.quotes))]


def _is_irrelevant(claim: CitedClaim, i: int, entails: Entails) -> bool:
    others = claim.quotes[:i] + claim.quotes[i + 1 :]
    alone = (claim.quotes[i],)
    return not entails(alone, claim.text) and entails(others, claim.text)


def _share(values: Iterable[bool]) -> float | None:
    seen = list(values)
    return sum(seen) / len(seen) if seen else None
