"""Is the silence right: abstention, and what the confidence is worth.

A value is None where its denominator is 0. Sequences run over the same
questions in the same order; other lengths raise ValueError. Pure; no I/O.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

Floats: TypeAlias = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class RiskPoint:
    """Answering every question whose confidence is at least `threshold`.

    Args:
        threshold: a confidence that occurs.
        coverage: share of the questions answered, in (0, 1].
        risk: mean of ``1 - correct`` over the answered, in [0, 1].
    """

    threshold: float
    coverage: float
    risk: float


@dataclass(frozen=True, slots=True)
class CalibrationBin:
    """Questions whose confidence lies in ``(low, high]`` (the first bin holds 0 too).

    Args:
        low: lower edge.
        high: upper edge.
        count: number of questions, at least 1.
        confidence: their mean confidence.
        accuracy: share of them that is right.
    """

    low: float
    high: float
    count: int
    confidence: float
    accuracy: float


def abstention_precision(answerable: Sequence[bool], abstained: Sequence[bool]) -> float | None:
    """Share of the silences that were right: ``unanswerable and abstained / abstained``.

    Returns:
        In [0, 1]; None if nothing was abstained.

    Source: SQuAD 2.0's no-answer class (Rajpurkar et al. 2018, arXiv:1806.03822).
    """
    return _share_where(np.logical_not(answerable), np.asarray(abstained, dtype=bool))


def abstention_recall(answerable: Sequence[bool], abstained: Sequence[bool]) -> float | None:
    """Share of the unanswerable questions met with silence.

    Returns:
        In [0, 1]; None if every question is answerable.

    Source: SQuAD 2.0's no-answer class (Rajpurkar et al. 2018, arXiv:1806.03822).
    """
    return _share_where(np.asarray(abstained, dtype=bool), np.logical_not(answerable))


def false_refusal_rate(answerable: Sequence[bool], abstained: Sequence[bool]) -> float | None:
    """Share of the answerable questions met with silence.

    Returns:
        In [0, 1], 0 is good; None if no question is answerable.

    Source: the false positive rate of abstaining.
    """
    return _share_where(np.asarray(abstained, dtype=bool), np.asarray(answerable, dtype=bool))


def auroc(answerable: Sequence[bool], confidences: Sequence[float]) -> float | None:
    """Probability that an answerable question has more confidence than an unanswerable one.

    ``(R - p(p+1)/2) / (p n)`` with R the sum of the ranks of the p answerable
    among all, equal confidences sharing their mean rank: a tie counts one half.

    Returns:
        In [0, 1], 0.5 is chance; None if either class is empty.

    Raises:
        ValueError: lengths differ or a confidence is NaN.

    Source: Mann and Whitney 1947; Hanley and McNeil 1982.
    """
    positive = np.asarray(answerable, dtype=bool)
    scores = _as_floats(confidences, len(positive))
    p = int(positive.sum())
    n = len(positive) - p
    if p == 0 or n == 0:
        return None
    _, group, sizes = np.unique(scores, return_inverse=True, return_counts=True)
    mean_ranks = np.cumsum(sizes) - (sizes - 1) / 2
    rank_sum = float(mean_ranks[group][positive].sum())
    return (rank_sum - p * (p + 1) / 2) / (p * n)


def risk_coverage(confidences: Sequence[float], correct: Sequence[float]) -> tuple[RiskPoint, ...]:
    """The risk at each possible threshold, the highest threshold first.

    Equal confidences enter together, so the order of the questions cannot matter.

    Args:
        confidences: what the threshold is applied to.
        correct: 1 right, 0 wrong, or a score between; what an answer to an
            unanswerable question gets is 0.

    Returns:
        One point for each distinct confidence, coverage rising to 1; empty
        without questions.

    Raises:
        ValueError: lengths differ, NaN, or `correct` outside [0, 1].

    Source: El-Yaniv and Wiener 2010, On the Foundations of Noise-free Selective
    Classification.
    """
    scores = _as_floats(confidences, len(correct))
    loss = 1 - _as_unit(correct, len(correct), "correct")
    thresholds, group = np.unique(-scores, return_inverse=True)
    counts = np.cumsum(np.bincount(group, minlength=len(thresholds)))
    losses = np.cumsum(np.bincount(group, weights=loss, minlength=len(thresholds)))
    return tuple(
        RiskPoint(float(-t), float(c / len(scores)), min(1.0, max(0.0, float(s / c))))
        for t, c, s in zip(thresholds, counts, losses, strict=True)
    )


def aurc(confidences: Sequence[float], correct: Sequence[float]) -> float | None:
    """Area under the risk-coverage curve: the mean over questions of the risk at their threshold.

    ``Σ (coverage_j - coverage_{j-1}) risk_j`` over the points of `risk_coverage`.

    Returns:
        In [0, 1], 0 is good; the plain error rate if all confidences are equal;
        None without questions.

    Source: Geifman, Uziel, El-Yaniv 2019 (arXiv:1805.08206), with ties together.
    """
    points = risk_coverage(confidences, correct)
    coverages = [0.0, *(point.coverage for point in points)]
    steps = [b - a for a, b in itertools.pairwise(coverages)]
    area = sum(step * point.risk for step, point in zip(steps, points, strict=True))
    return min(1.0, area) if points else None


def calibration_bins(
    confidences: Sequence[float], correct: Sequence[bool], bins: int = 10
) -> tuple[CalibrationBin, ...]:
    """The non-empty bins of equal width, in rising order; what a reliability plot shows.

    Args:
        confidences: probabilities in [0, 1].
        correct: whether the event that they predict came true.
        bins: number of bins, at least 1.

    Raises:
        ValueError: lengths differ, a confidence outside [0, 1], `bins` below 1.

    Source: Guo et al. 2017 (arXiv:1706.04599), section 2.
    """
    if bins < 1:
        raise ValueError(f"bins is {bins}, must be at least 1")
    p = _as_unit(confidences, len(correct), "confidences")
    right = np.asarray(correct, dtype=np.float64)
    place = np.searchsorted(np.arange(1, bins) / bins, p, side="left")
    found = []
    for i in np.unique(place):
        here = place == i
        low, high = float(i / bins), float((i + 1) / bins)
        accuracy = float(right[here].mean())
        found.append(CalibrationBin(low, high, int(here.sum()), float(p[here].mean()), accuracy))
    return tuple(found)


def expected_calibration_error(
    confidences: Sequence[float], correct: Sequence[bool], bins: int = 10
) -> float | None:
    """Mean gap between confidence and accuracy: ``Σ |B|/n |accuracy(B) - confidence(B)|``.

    Args and errors as in `calibration_bins`.

    Returns:
        In [0, 1], 0 is good; None without questions.

    Source: Naeini et al. 2015; Guo et al. 2017 (arXiv:1706.04599), equation 3.
    """
    found = calibration_bins(confidences, correct, bins)
    gaps = sum(part.count * abs(part.accuracy - part.confidence) for part in found)
    return gaps / len(correct) if found else None


def brier(confidences: Sequence[float], correct: Sequence[bool]) -> float | None:
    """Mean squared error of the probabilities: ``1/n Σ (confidence - correct)²``.

    Returns:
        In [0, 1], 0 is good, 0.25 is always saying one half; None without questions.

    Raises:
        ValueError: lengths differ or a confidence outside [0, 1].

    Source: Brier 1950, Verification of forecasts expressed in terms of probability.
    """
    p = _as_unit(confidences, len(correct), "confidences")
    errors = (p - np.asarray(correct, dtype=np.float64)) ** 2
    return float(errors.mean()) if len(errors) else None


def _share_where(event: npt.NDArray[np.bool_], given: npt.NDArray[np.bool_]) -> float | None:
    if event.shape != given.shape:
        raise ValueError(f"{len(event)} and {len(given)} values: one of each for a question")
    return float(event[given].mean()) if given.any() else None


def _as_floats(values: Sequence[float], expected: int) -> Floats:
    array = np.asarray(values, dtype=np.float64)
    if array.shape != (expected,):
        raise ValueError(f"{array.size} and {expected} values: one of each for a question")
    if np.isnan(array).any():
        raise ValueError("a value is NaN")
    return array


def _as_unit(values: Sequence[float], expected: int, name: str) -> Floats:
    array = _as_floats(values, expected)
    if len(array) and not (array.min() >= 0 and array.max() <= 1):
        raise ValueError(f"{name} in [{array.min()}, {array.max()}], must be in [0, 1]")
    return array
