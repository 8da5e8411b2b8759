"""Scores of knowing when the corpus does not say: confidence, silence, short answers, time.

Sequences run over the same questions. Whatever has no question behind it is None, never 0.
Intervals draw articles as a whole, since the questions about one hang together. Pure; no I/O.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from eval.abstention_metrics import aurc, auroc, expected_calibration_error, risk_coverage
from eval.reading_scores import COVERAGES, RESAMPLES, SEED, interval_by_context
from eval.significance import Interval
from eval.summary import percentile

FALSE_REFUSALS = 0.1
"""Share of answerable questions that the oracle's threshold may refuse."""
BINS = 10


@dataclass(frozen=True, slots=True)
class Record:
    """One question and what came of it.

    Args:
        id: of the question.
        article: that it is about.
        kind: what it asks for, or what makes it a near miss.
        language: of the question.
        answerable: whether the article answers it.
        confidence: in [0, 1].
        abstained: whether there was no answer.
        reason: of the silence; None where there was an answer.
        drafted: whether the texts are a drafter's spans, or sentences.
        texts: of the claims, in order.
        f1: of the answer against the accepted ones; 0 if silent, None if unanswerable.
        right: whether the question is answerable and was answered right.
        right_if_answered: the same, a refusal judged by its nearest quotes: they stand for
            the answer that a lower threshold would have given.
        gold_cited: whether the article is cited; None if unanswerable.
        gold_read: whether the article is among the passages read; None if unanswerable.
        seconds: from question to answer.
        stages_s: seconds by stage.
        signals: what the confidence was made from, where the answer tells it.
    """

    id: str
    article: str
    kind: str
    language: str
    answerable: bool
    confidence: float
    abstained: bool
    reason: str | None
    drafted: bool
    texts: tuple[str, ...]
    f1: float | None
    right: bool
    right_if_answered: bool
    gold_cited: bool | None
    gold_read: bool | None
    seconds: float
    stages_s: Mapping[str, float]
    signals: Mapping[str, float]


def summary(records: Sequence[Record]) -> dict[str, Any]:
    """All scores of some questions."""
    can = [r for r in records if r.answerable]
    cannot = [r for r in records if not r.answerable]
    sides = {"answerable": can, "near_misses": cannot}
    area = auroc_interval(records)
    found = expected_calibration_error(_confidences(records), [r.answerable for r in records], BINS)
    return {
        "questions": len(records),
        **{side: len(part) for side, part in sides.items()},
        "articles": len({r.article for r in records}),
        "auroc": asdict(area) if area else None,
        "own": {
            "abstention_recall": _mean(cannot, lambda r: r.abstained),
            "false_refusal": _mean(can, lambda r: r.abstained),
        },
        "oracle": oracle(records),
        "answers": _answers(can),
        "confidence": {
            "said": _worth(records, [r.right for r in records]),
            "if_answered": _worth(records, [r.right_if_answered for r in records]),
            "ece_answerable": found,
        },
        "seconds": _seconds(records),
        "reasons": {
            side: dict(Counter(r.reason for r in part if r.reason is not None).most_common())
            for side, part in sides.items()
        },
        "kinds": {side: _by(lambda r: r.kind, part) for side, part in sides.items()},
        "languages": {side: _by(lambda r: r.language, part) for side, part in sides.items()},
    }


def auroc_interval(records: Sequence[Record], *, resamples: int = RESAMPLES) -> Interval | None:
    """AUROC of the confidence with its 95 % bootstrap interval, articles drawn as a whole.

    A resample without both classes has no AUROC and is left out. With w_ab the pairs won by
    the answerable questions of article a over the near misses of b, and t how often each
    article is drawn, the AUROC of a resample is ``Σ t_a t_b w_ab / (Σ t_a p_a · Σ t_b n_b)``.

    Args:
        records: the questions.
        resamples: at least 1.

    Returns:
        None if either class is empty.

    Source: the percentile bootstrap of clusters; Davison and Hinkley 1997, section 3.8.
    """
    scores = np.asarray(_confidences(records))
    estimate = auroc([r.answerable for r in records], _confidences(records))
    if estimate is None:
        return None
    names, group = np.unique([r.article for r in records], return_inverse=True)
    yes = np.asarray([r.answerable for r in records])
    above, below = scores[yes][:, None], scores[~yes][None, :]
    won = np.zeros((len(names), len(names)))
    np.add.at(
        won, (group[yes][:, None], group[~yes][None, :]), (above > below) + (above == below) / 2
    )
    positive = np.bincount(group[yes], minlength=len(names))
    negative = np.bincount(group[~yes], minlength=len(names))
    rng = np.random.default_rng(SEED)
    times = rng.multinomial(len(names), np.full(len(names), 1 / len(names)), size=resamples)
    pairs = (times @ positive) * (times @ negative)
    areas = ((times @ won) * times).sum(axis=1)[pairs > 0] / pairs[pairs > 0]
    if not len(areas):
        return Interval(estimate, 0.0, 1.0)
    low, high = np.quantile(areas, [0.025, 0.975])
    return Interval(estimate, float(low), float(high))


def oracle(records: Sequence[Record], refused: float = FALSE_REFUSALS) -> dict[str, float] | None:
    """Silence at the highest threshold that refuses at most this share of the answerable.

    The threshold is chosen on the very questions it is judged by, so this is a bound, not a
    result. Only the confidence counts: a drafter's own silence does not.

    Args:
        records: the questions.
        refused: in [0, 1].

    Returns:
        None if either class is empty.
    """
    can = [r.confidence for r in records if r.answerable]
    cannot = [r.confidence for r in records if not r.answerable]
    if not can or not cannot:
        return None
    found = sorted({0.0, *can, *cannot})
    found.append(math.nextafter(found[-1], math.inf))
    threshold = max(t for t in found if sum(c < t for c in can) <= refused * len(can))
    return {
        "threshold": threshold,
        "false_refusal": sum(c < threshold for c in can) / len(can),
        "abstention_recall": sum(c < threshold for c in cannot) / len(cannot),
    }


def _answers(can: Sequence[Record]) -> dict[str, Any]:
    """What is said to answerable questions."""
    told = [r for r in can if not r.abstained]
    return {
        "answered": len(told),
        "f1_where_answered": _mean(told, lambda r: r.f1 or 0.0),
        "f1": _mean(can, lambda r: r.f1 or 0.0),
        "right_where_answered": _mean(told, lambda r: r.right),
        "right": _mean(can, lambda r: r.right),
        "gold_cited_where_answered": _mean(told, lambda r: bool(r.gold_cited)),
        "gold_read": _mean(can, lambda r: bool(r.gold_read)),
    }


def _worth(records: Sequence[Record], right: Sequence[bool]) -> dict[str, float | None]:
    """What the confidence is worth for being right."""
    confidences, correct = _confidences(records), [float(r) for r in right]
    points = risk_coverage(confidences, correct)
    risks = {
        f"risk_at_{share:g}": next((p.risk for p in points if p.coverage >= share), None)
        for share in COVERAGES
    }
    return {
        "aurc": aurc(confidences, correct),
        **risks,
        "ece": expected_calibration_error(confidences, right, BINS),
    }


def _seconds(records: Sequence[Record]) -> dict[str, dict[str, float | None]]:
    """Median and p95 of each stage where it was reached, and of all."""
    stages = dict.fromkeys(name for r in records for name in r.stages_s)
    values = {"total": [r.seconds for r in records]} | {
        name: [r.stages_s[name] for r in records if name in r.stages_s] for name in stages
    }
    return {
        name: {
            "median": percentile(np.asarray(found), 0.5),
            "p95": percentile(np.asarray(found), 0.95),
        }
        for name, found in values.items()
    }


def _by(label: Callable[[Record], str], records: Sequence[Record]) -> dict[str, dict[str, Any]]:
    """How many of each label, the most frequent first, and the share met with silence."""
    silent = Counter(label(r) for r in records if r.abstained)
    return {
        name: {"questions": count, "abstained": silent[name] / count}
        for name, count in Counter(label(r) for r in records).most_common()
    }


def _mean(records: Sequence[Record], value: Callable[[Record], float]) -> dict[str, float] | None:
    found = interval_by_context([float(value(r)) for r in records], [r.article for r in records])
    return asdict(found) if found else None


def _confidences(records: Sequence[Record]) -> list[float]:
    return [r.confidence for r in records]
