"""From the numbers of a run to its summary: means with intervals, silence, confidence, time.

Faithfulness and coverage are made together: where `quote_precision` stands, `answered`
stands beside it. What has no value is None, never 0. Pure; no I/O.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from eval import abstention_metrics as silence
from eval.measure import METRICS, NLI
from eval.numbers import STAGE, Floats, Mask, Numbers
from eval.questions import SPLITS
from eval.significance import bootstrap_interval, mcnemar_exact

ALL = "all"
RESAMPLES = 2_000
SEED = 0
RISK_POINTS = 200
"""Most points of a risk-coverage curve that are kept."""
BINS = 10


def summarise(numbers: Numbers) -> dict[str, Any]:
    """Summary of each half that has questions, and of all.

    Returns:
        Split -> values, as the report's format has them.
    """
    splits = {split: numbers.where("split", split) for split in SPLITS}
    found = {split: _of_split(numbers, mask) for split, mask in splits.items() if mask.any()}
    return found | {ALL: _of_split(numbers, numbers.everything())}


def difference(first: Numbers, second: Numbers) -> dict[str, Any]:
    """Two systems on the same questions, in the same order: F1, and who is right where.

    The test half decides where there is one.

    Raises:
        ValueError: the systems answered different numbers of questions.
    """
    if len(first) != len(second):
        raise ValueError(f"{len(first)} and {len(second)} questions")
    mask = first.where("split", "test")
    split = "test" if mask.any() else ALL
    mask = mask if mask.any() else first.everything()
    before, after = (n.column("metric:answer_f1")[mask] for n in (first, second))
    both = ~(np.isnan(before) | np.isnan(after))
    test = mcnemar_exact(first.flags("ok", mask), second.flags("ok", mask))
    return {
        "split": split,
        "f1_difference": _interval(after[both], before[both]),
        "mcnemar": {
            "of": "right",
            "only_first": test.only_first,
            "only_second": test.only_second,
            "p_value": test.p_value,
        },
    }


def mean(values: Floats) -> dict[str, Any]:
    """A mean with its 95 % bootstrap interval and the number of questions behind it."""
    return {**_interval(values), "n": len(values)}


def percentile(values: Floats, share: float) -> float | None:
    """The smallest value that at least this share of the values does not exceed."""
    return float(np.quantile(values, share, method="inverted_cdf")) if len(values) else None


def _of_split(numbers: Numbers, mask: Mask) -> dict[str, Any]:
    return {
        **_group(numbers, mask),
        "answerable": int(sum(numbers.flags("answerable", mask))),
        **_confidence(numbers, mask),
        "latency_s": _latency(numbers, mask),
        "by_kind": _by_label(numbers, mask, "kind"),
        "by_language": _by_label(numbers, mask, "language"),
    }


def _group(numbers: Numbers, mask: Mask) -> dict[str, Any]:
    known = numbers.names("metric:")
    shown = [name for name in (*METRICS, *NLI) if name in known]
    return {
        "questions": int(mask.sum()),
        "metrics": {name: mean(numbers.values(f"metric:{name}", mask)) for name in shown},
    }


def _by_label(numbers: Numbers, mask: Mask, label: str) -> dict[str, Any]:
    masks = {value: mask & numbers.where(label, value) for value in numbers.labels(label)}
    return {value: _group(numbers, here) for value, here in masks.items() if here.any()}


def _confidence(numbers: Numbers, mask: Mask) -> dict[str, Any]:
    """Silence, and what the confidence is worth: it estimates whether there is an answer."""
    answerable, abstained = numbers.flags("answerable", mask), numbers.flags("abstained", mask)
    right = [float(value) for value in numbers.flags("right_if_answered", mask)]
    confidence = [float(value) for value in numbers.column("confidence")[mask]]
    bins = silence.calibration_bins(confidence, answerable, BINS)
    return {
        "abstention": {
            "precision": silence.abstention_precision(answerable, abstained),
            "recall": silence.abstention_recall(answerable, abstained),
            "false_refusal": silence.false_refusal_rate(answerable, abstained),
            "abstained": sum(abstained),
            "unanswerable": len(answerable) - sum(answerable),
        },
        "risk_coverage": _risk_coverage(confidence, right),
        "calibration": [
            {
                "low": part.low,
                "high": part.high,
                "count": part.count,
                "confidence": part.confidence,
                "accuracy": part.accuracy,
            }
            for part in bins
        ],
        "ece": silence.expected_calibration_error(confidence, answerable, BINS),
        "aurc": silence.aurc(confidence, right),
        "auroc": silence.auroc(answerable, confidence),
    }


def _risk_coverage(confidence: Sequence[float], right: Sequence[float]) -> list[dict[str, float]]:
    points = silence.risk_coverage(confidence, right)
    step = -(-len(points) // RISK_POINTS) or 1
    kept = points[::-1][::step][::-1]  # the last point, where everything is answered, stays
    return [{"threshold": p.threshold, "coverage": p.coverage, "risk": p.risk} for p in kept]


def _latency(numbers: Numbers, mask: Mask) -> dict[str, Any]:
    columns = {"total": "latency_s"} | {n: f"{STAGE}{n}" for n in numbers.names(STAGE)}
    values = {name: numbers.values(column, mask) for name, column in columns.items()}
    return {
        name: {"median": percentile(found, 0.5), "p95": percentile(found, 0.95)}
        for name, found in values.items()
    }


def _interval(values: Floats, baseline: Floats | None = None) -> dict[str, float | None]:
    if not len(values):
        return {"value": None, "low": None, "high": None}
    scores = values if baseline is None else values - baseline
    if (scores == scores[0]).all():
        return dict.fromkeys(("value", "low", "high"), float(scores[0]))
    found = bootstrap_interval([float(s) for s in scores], seed=SEED, resamples=RESAMPLES)
    return {"value": found.estimate, "low": found.low, "high": found.high}
