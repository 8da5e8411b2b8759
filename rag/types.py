"""Values of answering: quotes, citations, claims, drafts and answers.

Frozen, without I/O and without models. A `Quote` is a statement about bytes on
disk; only `rag.quotes` makes one, and only after it has read the file.
"""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass, field

from index.types import NO_FACTS, Facts, Hit


@dataclass(frozen=True, slots=True)
class Quote:
    """A verbatim span of an article, checked against the file.

    Args:
        article_id: POSIX path relative to the corpus root.
        sha256: hex digest of the file's bytes when the quote was checked.
        line_start: 1-based line of `start`.
        line_end: 1-based line of the last code point.
        start: first code point of the span in the text of the article: the decoded file,
            or what was extracted from it.
        end: one past the last code point.
        text: equal to the article's text at ``[start, end)``.
        extract: hex digest of the extracted text, which the index keeps; "" where the lines
            are those of the file.
        page_start: 1-based page of the first line; 0 if the format has no pages.
        page_end: 1-based page of the last line; 0 if the format has no pages.
        facts: title, date, author and source, as far as the format gives them.
    """

    article_id: str
    sha256: str
    line_start: int
    line_end: int
    start: int
    end: int
    text: str
    extract: str = ""
    page_start: int = 0
    page_end: int = 0
    facts: Facts = NO_FACTS

    @property
    def source(self) -> str:
        """``file:line`` or ``file:first-last``."""
        if self.line_start == self.line_end:
            return f"{self.article_id}:{self.line_start}"
        return f"{self.article_id}:{self.line_start}-{self.line_end}"


@dataclass(frozen=True, slots=True)
class Citation:
    """A numbered quote, with the other places where the same sentence stands.

    Args:
        number: 1-based, as in ``[1]``.
        quote: the quote shown.
        also: the same evidence in other articles, each a checked quote of its own.
        relevance: score of the evidence for the question, higher is better.
    """

    number: int
    quote: Quote
    also: tuple[Quote, ...] = ()
    relevance: float = 0.0


class VerdictLabel(enum.Enum):
    """Whether the quotes carry a claim (the labels of FEVER, Thorne et al. 2018)."""

    SUPPORTED = "SUPPORTED"
    CONTRADICTED = "CONTRADICTED"
    NOT_ENOUGH_INFO = "NOT_ENOUGH_INFO"


@dataclass(frozen=True, slots=True)
class Verdict:
    """Outcome of checking one claim.

    Args:
        label: the outcome.
        probability: in [0, 1]; 1.0 where a rule decides.
        reason: which rule or model decided, in a few words.
    """

    label: VerdictLabel
    probability: float
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Claim:
    """One statement of an answer and the citations that prove it.

    Args:
        text: the statement, as it stands in the answer.
        citations: numbers of the citations, in order.
        verdict: what checking it against its quotes gave.
    """

    text: str
    citations: tuple[int, ...]
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class DraftSpan:
    """A span of one evidence text that a drafter gives as an answer.

    Args:
        evidence: 0-based position of the text in the evidence given to the drafter.
        start: first code point in that text.
        end: one past the last code point.
        probability: in [0, 1]; how sure the drafter is of exactly this span.
    """

    evidence: int
    start: int
    end: int
    probability: float


@dataclass(frozen=True, slots=True)
class Draft:
    """What a drafter gives for a question and its evidence.

    Args:
        spans: the most probable first, at most one for each evidence text. They are there
            when the drafter abstains, too: what it would have said.
        confidence: in [0, 1]; how much more probable the best span is than no answer. 0
            without spans.
        abstained: True where no answer is at least as probable as the best span.
    """

    spans: tuple[DraftSpan, ...]
    confidence: float
    abstained: bool


class Step(enum.Enum):
    """What is being done for a question that has no answer yet."""

    SEARCHING = "searching"
    READING = "reading"
    DRAFTING = "drafting"


@dataclass(frozen=True, slots=True)
class Interim:
    """How far a question has come.

    Args:
        step: what is being done now.
        quotes: evidence found so far, each checked against its file; the answer may quote
            other evidence, or none.
    """

    step: Step
    quotes: tuple[Quote, ...] = ()


class AbstainReason(enum.Enum):
    """Why there is no answer."""

    NO_CONTENT_WORDS = "no_content_words"
    NOTHING_FOUND = "nothing_found"
    UNKNOWN_TERMS = "unknown_terms"
    LOW_CONFIDENCE = "low_confidence"
    DRAFTER_ABSTAINED = "drafter_abstained"
    STALE = "stale"


@dataclass(frozen=True, slots=True)
class Abstention:
    """The refusal to answer, as a value.

    Args:
        reason: the kind of reason.
        terms: words of the question that no evidence carries, if that was it.
    """

    reason: AbstainReason
    terms: tuple[str, ...] = ()


class NoticeKind(enum.Enum):
    """What the user should know about an answer besides its text."""

    INDEX_OUT_OF_DATE = "index_out_of_date"
    ARTICLE_CHANGED = "article_changed"
    NUMBERS_DIFFER = "numbers_differ"
    MORE_ARTICLES = "more_articles"


@dataclass(frozen=True, slots=True)
class Notice:
    """One thing to know about an answer; the interface finds the words.

    Args:
        kind: what it is.
        details: article ids, numbers or counts that belong to it.
    """

    kind: NoticeKind
    details: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Answer:
    """What a question gives.

    Args:
        question: as asked.
        language: language of the words around the answer, "de" or "en".
        text: the answer with ``[n]`` marks; empty when abstained.
        claims: its statements.
        citations: its numbered quotes.
        confidence: estimated probability in [0, 1] that the corpus answers the question.
        drafted: whether the claims are a drafter's spans of the quotes, or the quotes.
        abstention: None, or why there is no answer.
        nearest: when abstained, quotes that came nearest; they are not an answer.
        notices: what else the user should know (index out of date, numbers differ).
        hits: the passages that were read for it, best first.
        signals: what the confidence of a drafted answer was made of, by name.
        stages_s: seconds spent by stage, in order.
    """

    question: str
    language: str
    text: str
    claims: tuple[Claim, ...] = ()
    citations: tuple[Citation, ...] = ()
    confidence: float = 0.0
    drafted: bool = False
    abstention: Abstention | None = None
    nearest: tuple[Quote, ...] = ()
    notices: tuple[Notice, ...] = ()
    hits: tuple[Hit, ...] = ()
    signals: Mapping[str, float] = field(default_factory=dict, compare=False)
    stages_s: Mapping[str, float] = field(default_factory=dict, compare=False)

    @property
    def abstained(self) -> bool:
        """True when there is no answer."""
        return self.abstention is not None
