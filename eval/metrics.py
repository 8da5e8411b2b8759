"""How well was it found and answered: retrieval metrics and answer metrics.

Each function scores one question; the score of a set is the mean. Evidence is
scored in `eval.evidence_metrics`, silence in `eval.abstention_metrics`, and
differences in `eval.significance`. Pure; no I/O, no models.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Collection, Hashable, Sequence
from typing import Protocol

from eval.normalise import answer_tokens, normalise_answer

MAX_ALIGNED = 12
"""Most answers on the shorter side of `all_answers_f1` (its time grows with 2^n)."""


class LineSpan(Protocol):
    """Lines of an article; `index.types.Passage` and `rag.types.Quote` are such."""

    @property
    def article_id(self) -> str:
        """POSIX path relative to the corpus root."""

    @property
    def line_start(self) -> int:
        """First line, 1-based."""

    @property
    def line_end(self) -> int:
        """Last line, 1-based, included."""


def recall_at_k(ranked: Sequence[Hashable], gold: Collection[Hashable], k: int) -> float:
    """Share of the gold items among the first `k`: ``|gold ∩ ranked[:k]| / |gold|``.

    Args:
        ranked: ids, best first; nothing found gives 0.
        gold: ids that are right, at least one.
        k: at least 1.

    Returns:
        In [0, 1], not falling with `k`.

    Raises:
        ValueError: `gold` is empty or `k` is below 1.

    Source: Manning, Raghavan, Schütze 2008, Introduction to Information Retrieval, ch. 8.
    """
    _check(gold, k)
    return len(set(gold) & set(ranked[:k])) / len(set(gold))


def success_at_k(ranked: Sequence[Hashable], gold: Collection[Hashable], k: int) -> float:
    """1 if any gold item is among the first `k`, else 0 (also called hit@k).

    Args and errors as in `recall_at_k`; never below it.

    Source: Manning, Raghavan, Schütze 2008, Introduction to Information Retrieval, ch. 8.
    """
    return float(recall_at_k(ranked, gold, k) > 0)


def reciprocal_rank(ranked: Sequence[Hashable], gold: Collection[Hashable]) -> float:
    """``1 / rank`` of the first gold item, 0 if there is none; its mean is the MRR.

    Args:
        ranked: ids, best first; cut it to get MRR@k.
        gold: ids that are right, at least one.

    Returns:
        0, or ``1/r`` for a rank r of at least 1.

    Raises:
        ValueError: `gold` is empty.

    Source: Voorhees 1999, The TREC-8 Question Answering Track Report.
    """
    _check(gold)
    right = set(gold)
    return next((1 / rank for rank, item in enumerate(ranked, 1) if item in right), 0.0)


def ndcg_at_k(ranked: Sequence[Hashable], gold: Collection[Hashable], k: int) -> float:
    """Discounted gain of the first `k`, divided by that of the best possible order.

    ``DCG = Σ gain(r) / log2(r + 1)`` over the ranks r, with gain 1 for a gold
    item the first time that it stands there, else 0.

    Args and errors as in `recall_at_k`.

    Returns:
        In [0, 1]; 1 if the gold items fill the first places.

    Source: Järvelin and Kekäläinen 2002, Cumulated gain-based evaluation of IR
    techniques, with the discount of Burges et al. 2005.
    """
    _check(gold, k)
    left = set(gold)
    best = math.fsum(_discount(rank) for rank in range(1, min(k, len(left)) + 1))
    gains = []
    for rank, item in enumerate(ranked[:k], 1):
        if item in left:
            left.remove(item)
            gains.append(_discount(rank))
    return math.fsum(gains) / best


def gold_line_recall_at_k(
    spans: Sequence[LineSpan], gold_lines: Collection[tuple[str, int]], k: int
) -> float:
    """Share of the gold lines that the first `k` spans cover.

    Args:
        spans: passages or quotes, best first; nothing found gives 0.
        gold_lines: (article id, 1-based line), at least one.
        k: at least 1.

    Returns:
        In [0, 1], not falling with `k`.

    Raises:
        ValueError: `gold_lines` is empty or `k` is below 1.

    Source: this project; `recall_at_k` with lines as the items.
    """
    _check(gold_lines, k)
    gold = set(gold_lines)
    return sum(any(_covers(span, line) for span in spans[:k]) for line in gold) / len(gold)


def gold_line_success_at_k(
    spans: Sequence[LineSpan], gold_lines: Collection[tuple[str, int]], k: int
) -> float:
    """1 if the first `k` spans cover any gold line, else 0.

    The measure for "is the proof among the quotes", where each gold line
    proves the answer alone. Args and errors as in `gold_line_recall_at_k`.

    Source: this project; `success_at_k` with lines as the items.
    """
    return float(gold_line_recall_at_k(spans, gold_lines, k) > 0)


def right_file_wrong_line_at_k(
    spans: Sequence[LineSpan], gold_lines: Collection[tuple[str, int]], k: int
) -> float:
    """1 if the first `k` spans reach a gold article but no gold line, else 0.

    The mean over questions is the right-file-wrong-line rate: proof that looks
    right and is not. Args and errors as in `gold_line_recall_at_k`.

    Source: this project.
    """
    if gold_line_recall_at_k(spans, gold_lines, k) > 0:
        return 0.0
    files = {article_id for article_id, _ in gold_lines}
    return float(any(span.article_id in files for span in spans[:k]))


def exact_match(prediction: str, answers: Sequence[str]) -> float:
    """1 if the normalised prediction equals any normalised accepted answer, else 0.

    Args:
        prediction: the answer without citation marks; empty when abstained.
        answers: accepted answers; none means that silence is right.

    Source: Rajpurkar et al. 2016 (arXiv:1606.05250); no answer as in SQuAD 2.0
    (Rajpurkar et al. 2018, arXiv:1806.03822).
    """
    said = normalise_answer(prediction)
    return float(any(said == normalise_answer(answer) for answer in answers or ("",)))


def token_f1(prediction: str, answers: Sequence[str]) -> float:
    """Best F1 of the normalised tokens over the accepted answers.

    ``P = common / predicted``, ``R = common / gold``, ``F1 = 2PR / (P + R)``,
    counting a token as often as it stands in both. Both sides empty gives 1,
    one side empty gives 0.

    Args:
        prediction: the answer without citation marks; empty when abstained.
        answers: accepted answers; none means that silence is right.

    Returns:
        In [0, 1], never below `exact_match`.

    Source: Rajpurkar et al. 2016 (arXiv:1606.05250); no answer as in SQuAD 2.0
    (Rajpurkar et al. 2018, arXiv:1806.03822).
    """
    said = answer_tokens(prediction)
    return max(_bag_f1(said, answer_tokens(answer)) for answer in answers or ("",))


def all_answers_f1(predictions: Sequence[str], answers: Sequence[Sequence[str]]) -> float:
    """F1 for a question to which several different answers must all be given.

    For "how many soldiers?" with 8.000 here and 10.000 there. Each prediction
    is paired with at most one answer and each answer with at most one
    prediction, so that the sum of their `token_f1` is largest; then
    ``sum / max(len(predictions), len(answers))``. A missing answer and one too
    many both cost.

    Args:
        predictions: what was said, one text for each answer (the claims).
        answers: for each distinct answer its accepted spellings, at least one.

    Returns:
        In [0, 1]. Both empty gives 1, one empty gives 0.

    Raises:
        ValueError: an answer without spellings, or both sides longer than `MAX_ALIGNED`.

    Source: the multi-span F1 of DROP (Dua et al. 2019, arXiv:1903.00161).
    """
    if not all(answers):
        raise ValueError("an answer without accepted spellings")
    if not predictions or not answers:
        return float(len(predictions) == len(answers))
    scores = [[token_f1(said, spellings) for spellings in answers] for said in predictions]
    if len(predictions) < len(answers):
        scores = [list(column) for column in zip(*scores, strict=True)]
    return _best_pairing(scores) / max(len(predictions), len(answers))


def _best_pairing(scores: Sequence[Sequence[float]]) -> float:
    """Largest sum of one-to-one pairs; at least as many rows as columns."""
    columns = len(scores[0])
    if columns > MAX_ALIGNED:
        raise ValueError(f"{columns} answers to pair, at most {MAX_ALIGNED}")
    best = {0: 0.0}  # set of used columns, as bits -> largest sum so far
    for row in scores:
        following = dict(best)
        for used, total in best.items():
            for column in range(columns):
                bit = 1 << column
                if not used & bit:
                    reached = total + row[column]
                    following[used | bit] = max(reached, following.get(used | bit, 0.0))
        best = following
    return max(best.values())


def _bag_f1(said: Sequence[str], gold: Sequence[str]) -> float:
    if not said or not gold:
        return float(len(said) == len(gold))
    common = (Counter(said) & Counter(gold)).total()
    return 2 * common / (len(said) + len(gold))


def _discount(rank: int) -> float:
    return 1 / math.log2(rank + 1)


def _covers(span: LineSpan, line: tuple[str, int]) -> bool:
    article_id, number = line
    return span.article_id == article_id and span.line_start <= number <= span.line_end


def _check(gold: Collection[object], k: int = 1) -> None:
    if not gold:
        raise ValueError("no gold items: the metric is defined for answerable questions only")
    if k < 1:
        raise ValueError(f"k is {k}, must be at least 1")
