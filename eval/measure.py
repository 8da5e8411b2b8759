"""One answer, measured: from a question and what the assistant said to a row of numbers.

Files are read here, with code of its own: that a quote is verbatim, on its line and not
stale is never taken from the code that made it. Numbers only; sums are in `eval.summary`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from eval import evidence_metrics as evidence
from eval.entailment import Entails, rule_entails
from eval.evidence_metrics import ReadArticle
from eval.metrics import (
    LineSpan,
    exact_match,
    gold_line_recall_at_k,
    gold_line_success_at_k,
    right_file_wrong_line_at_k,
    success_at_k,
    token_f1,
)
from eval.normalise import normalise_answer, strip_citation_marks
from eval.questions import EvalQuestion
from index.articles import load_article
from index.errors import ArticleError
from index.paths import suffix_of
from index.types import Article
from rag.types import Answer, Quote

SEARCHED = 10
"""Passages looked at for the retrieval metrics."""
DEPTHS = (1, 5, SEARCHED)
RETRIEVAL = tuple(f"retrieved_{what}_at_{k}" for what in ("article", "line") for k in DEPTHS)
ANSWERING = (
    "answered", "gold_line_hit", "gold_lines_quoted", "right_file_wrong_line",
    "answer_in_quotes", "exact_match", "answer_f1",
)  # fmt: skip
FAITHFULNESS = (
    "quote_precision", "line_precision", "staleness", "quote_coverage", "citation_recall",
    "citation_precision", "number_fidelity", "date_fidelity", "name_fidelity",
)  # fmt: skip
SILENCE = ("abstention_recall", "false_refusal")
NLI = ("nli_citation_recall", "nli_citation_precision")
METRICS = ("right", *RETRIEVAL, *ANSWERING, *FAITHFULNESS, *SILENCE)
"""Names of the numbers of one question, in the order in which they are shown."""

Metrics = dict[str, float | None]


@dataclass(frozen=True, slots=True)
class Asked:
    """One question and what came of it.

    Args:
        question: with its gold lines.
        answer: what the assistant said.
        passages: what the search found, best first.
        latency_s: seconds from question to answer.
        error: why the question could not be asked; empty if it could.
    """

    question: EvalQuestion
    answer: Answer
    passages: Sequence[LineSpan]
    latency_s: float
    error: str = ""


def disk_reader(corpus: Path) -> ReadArticle:
    """Reads the files of a folder; each one once, so make a new reader for each answer."""
    known: dict[str, Article | None] = {}

    def read(article_id: str) -> Article | None:
        if article_id not in known:
            known[article_id] = _read(corpus, article_id)
        return known[article_id]

    return read


def measure(
    asked: Asked,
    corpus: Path,
    *,
    extractive: bool,
    judge: Entails | None = None,
    rule: Entails = rule_entails,
) -> dict[str, Any]:
    """The result of one question, as it stands in a report.

    Args:
        asked: question and answer.
        corpus: the folder, read again for every quote.
        extractive: the first claim alone is compared with the accepted answers. An
            extractive answer lists sentences by their rank; a drafted one is one text.
        judge: an NLI model that judges the citations a second time.
        rule: what says whether quotes carry a claim.
    """
    question, answer = asked.question, asked.answer
    read = disk_reader(corpus)
    text = prediction(answer, extractive=extractive)
    metrics = _retrieval(asked) | _answering(question, answer, text)
    metrics |= _faithfulness(answer, read, rule)
    metrics |= _silence(question, answer)
    if judge is not None:
        claims = evidence.cited_claims(answer)
        metrics["nli_citation_recall"] = evidence.citation_recall(claims, judge)
        metrics["nli_citation_precision"] = evidence.citation_precision(claims, judge)
    failure = asked.error or _failure(question, answer, metrics)
    right: Metrics = {"right": float(not failure)}
    return _about(question) | _said(asked) | {
        "metrics": right | metrics,
        "right_if_answered": _right_if_answered(question, answer),
        "ok": not failure,
        "failure": failure or None,
        "latency_s": asked.latency_s,
        "stages_s": dict(answer.stages_s),
    }  # fmt: skip


def prediction(answer: Answer, *, extractive: bool) -> str:
    """What is compared with the accepted answers, without citation marks; "" if abstained."""
    if answer.abstained:
        return ""
    claims = answer.claims[:1] if extractive else answer.claims
    return " ".join(strip_citation_marks(claim.text) for claim in claims)


def all_quotes(answer: Answer) -> list[Quote]:
    """The quotes of an answer in order, each followed by its other places."""
    return [quote for citation in answer.citations for quote in (citation.quote, *citation.also)]


def _retrieval(asked: Asked) -> Metrics:
    gold = asked.question.gold
    if not gold:
        return dict.fromkeys(RETRIEVAL)
    articles = list(dict.fromkeys(passage.article_id for passage in asked.passages))
    wanted = {line.article_id for line in gold}
    found: Metrics = {
        f"retrieved_article_at_{k}": success_at_k(articles, wanted, k) for k in DEPTHS
    }
    lines = _gold_lines(asked.question)
    return found | {
        f"retrieved_line_at_{k}": gold_line_success_at_k(asked.passages, lines, k) for k in DEPTHS
    }


def _answering(question: EvalQuestion, answer: Answer, text: str) -> Metrics:
    if not question.answerable:
        return dict.fromkeys(ANSWERING)
    quotes = all_quotes(answer)
    lines, most = _gold_lines(question), max(1, len(quotes))
    found: Metrics = {
        "answered": float(not answer.abstained),
        "gold_line_hit": gold_line_success_at_k(quotes, lines, most),
        "gold_lines_quoted": gold_line_recall_at_k(quotes, lines, most),
        "right_file_wrong_line": right_file_wrong_line_at_k(quotes, lines, most),
    }
    if not question.answers:  # what is asked for cannot be said in a few words
        return found | dict.fromkeys(("answer_in_quotes", "exact_match", "answer_f1"))
    return found | {
        "answer_in_quotes": float(_stands_in(question.answers, quotes)),
        "exact_match": exact_match(text, question.answers),
        "answer_f1": token_f1(text, question.answers),
    }


def _faithfulness(answer: Answer, read: ReadArticle, rule: Entails) -> Metrics:
    quotes = all_quotes(answer)
    claims = evidence.cited_claims(answer)
    by_number = {citation.number: citation.quote for citation in answer.citations}
    of_claims = [[by_number[n] for n in c.citations if n in by_number] for c in answer.claims]
    return {
        "quote_precision": evidence.quote_precision(quotes, read),
        "line_precision": evidence.line_precision(quotes, read),
        "staleness": evidence.staleness(quotes, read),
        "quote_coverage": evidence.quote_coverage(of_claims, read),
        "citation_recall": evidence.citation_recall(claims, rule),
        "citation_precision": evidence.citation_precision(claims, rule),
        "number_fidelity": evidence.number_fidelity(claims),
        "date_fidelity": evidence.date_fidelity(claims),
        "name_fidelity": evidence.name_fidelity(claims),
    }


def _silence(question: EvalQuestion, answer: Answer) -> Metrics:
    silent = float(answer.abstained)
    if question.answerable:
        return {"abstention_recall": None, "false_refusal": silent}
    return {"abstention_recall": silent, "false_refusal": None}


def _failure(question: EvalQuestion, answer: Answer, metrics: Mapping[str, float | None]) -> str:
    """Why an answer is not right, the gravest reason first; "" if it is right."""
    faults = (
        ("quote_precision", "quote not verbatim"),
        ("line_precision", "wrong line number"),
        ("quote_coverage", "statement without a valid quote"),
        ("number_fidelity", "number not in its quotes"),
    )
    for name, reason in faults:
        if metrics[name] not in (None, 1.0):
            return reason
    if metrics["staleness"]:
        return "stale quote"
    if not question.answerable:
        return "" if answer.abstained else "answered an unanswerable question"
    if answer.abstained:
        return "refused an answerable question"
    if metrics["gold_line_hit"]:
        return ""
    wrong_line = metrics["right_file_wrong_line"]
    return "gold article quoted, but not its gold line" if wrong_line else "gold line not quoted"


def _right_if_answered(question: EvalQuestion, answer: Answer) -> bool:
    """Whether a gold line is quoted, or among the nearest quotes of a refusal.

    The nearest quotes stand for the answer that a lower threshold would have given.
    """
    if not question.answerable:
        return False
    quotes = [*all_quotes(answer), *answer.nearest]
    return bool(gold_line_success_at_k(quotes, _gold_lines(question), max(1, len(quotes))))


def _gold_lines(question: EvalQuestion) -> list[tuple[str, int]]:
    return [(gold.article_id, gold.line) for gold in question.gold]


def _stands_in(answers: Iterable[str], quotes: Iterable[Quote]) -> bool:
    texts = [f" {normalise_answer(quote.text)} " for quote in quotes]
    return any(f" {normalise_answer(answer)} " in text for answer in answers for text in texts)


def _about(question: EvalQuestion) -> dict[str, Any]:
    return {
        "id": question.id,
        "split": question.split,
        "kind": question.kind,
        "language": question.language,
        "question": question.question,
        "answerable": question.answerable,
        "answers": list(question.answers),
        "gold": [f"{gold.article_id}:{gold.line}" for gold in question.gold],
    }


def _said(asked: Asked) -> dict[str, Any]:
    answer = asked.answer
    refusal = answer.abstention
    return {
        "text": answer.text,
        "claims": [
            {
                "text": claim.text,
                "citations": list(claim.citations),
                "verdict": claim.verdict.label.value,
                "reason": claim.verdict.reason,
            }
            for claim in answer.claims
        ],
        "quotes": [
            asdict(quote) | {"number": citation.number, "also": i > 0}
            for citation in answer.citations
            for i, quote in enumerate((citation.quote, *citation.also))
        ],
        "nearest": [asdict(quote) | {"number": None} for quote in answer.nearest],
        "abstained": answer.abstained,
        "reason": refusal.reason.value if refusal else None,
        "terms": list(refusal.terms) if refusal else [],
        "confidence": answer.confidence,
    }


def _read(corpus: Path, article_id: str) -> Article | None:
    if suffix_of(article_id) not in (".txt", ".md"):
        try:
            return load_article(corpus, article_id)
        except ArticleError:
            return None
    try:
        raw = (corpus / article_id).read_bytes()
        text = raw.decode("utf-8")
    except (OSError, UnicodeDecodeError):
        return None
    return Article(article_id, hashlib.sha256(raw).hexdigest(), text, len(raw), 0)
