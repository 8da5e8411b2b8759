"""Is a difference more than chance: bootstrap intervals and McNemar's exact test.

The seed comes in, so the same numbers give the same interval. Pure; no I/O.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

Floats: TypeAlias = npt.NDArray[np.float64]

_DRAWS_AT_ONCE = 1_000_000  # 8 MB of indices


@dataclass(frozen=True, slots=True)
class Interval:
    """A mean and the interval around it.

    Args:
        estimate: the mean over all questions.
        low: lower bound.
        high: upper bound.
    """

    estimate: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class McNemar:
    """Outcome of McNemar's test.

    Args:
        only_first: questions that only the first system got right.
        only_second: questions that only the second got right.
        p_value: two-sided, in (0, 1]; small means that they differ.
    """

    only_first: int
    only_second: int
    p_value: float


def bootstrap_interval(
    values: Sequence[float],
    *,
    seed: int,
    baseline: Sequence[float] | None = None,
    level: float = 0.95,
    resamples: int = 10_000,
) -> Interval:
    """Percentile bootstrap interval of a mean, or of a mean paired difference.

    Draws n questions with replacement `resamples` times and takes the
    ``(1 - level)/2`` and ``(1 + level)/2`` quantiles of the means. With a
    baseline the same questions are drawn from both, and the mean is that of
    ``values - baseline``. Memory does not grow with `resamples` times n.

    Args:
        values: one score for each question, at least one.
        seed: of the random generator.
        baseline: scores of another system on the same questions, in the same order.
        level: in (0, 1).
        resamples: at least 1.

    Raises:
        ValueError: no values, lengths that differ, NaN or infinity, or a
            parameter out of range.

    Source: Efron and Tibshirani 1993, An Introduction to the Bootstrap, ch. 13.
    """
    if not 0 < level < 1 or resamples < 1:
        raise ValueError(f"level {level} must be in (0, 1), resamples {resamples} at least 1")
    scores = _differences(values, baseline)
    means = np.concatenate(list(_resampled_means(scores, np.random.default_rng(seed), resamples)))
    low, high = np.quantile(means, [(1 - level) / 2, (1 + level) / 2])
    return Interval(float(scores.mean()), float(low), float(high))


def mcnemar_exact(first_right: Sequence[bool], second_right: Sequence[bool]) -> McNemar:
    """Exact two-sided test whether two systems err equally often on the same questions.

    With b and c the questions that only one system got right:
    ``p = min(1, 2 Σ_{i<=min(b,c)} C(b+c, i) / 2^(b+c))``.

    Returns:
        The two counts and p; p is 1 without a question on which they differ.

    Raises:
        ValueError: lengths differ.

    Source: McNemar 1947; the exact binomial form, Dietterich 1998.
    """
    pairs = list(zip(first_right, second_right, strict=True))
    only_first = sum(a and not b for a, b in pairs)
    only_second = sum(b and not a for a, b in pairs)
    n = only_first + only_second
    tail = sum(math.comb(n, i) for i in range(min(only_first, only_second) + 1))
    return McNemar(only_first, only_second, min(1.0, 2 * tail / 2**n))


def _differences(values: Sequence[float], baseline: Sequence[float] | None) -> Floats:
    scores = np.asarray(values, dtype=np.float64)
    if scores.ndim != 1 or not len(scores):
        raise ValueError("no values: a mean needs at least one question")
    if baseline is not None:
        other = np.asarray(baseline, dtype=np.float64)
        if other.shape != scores.shape:
            raise ValueError(f"{len(scores)} values and {len(other)} of the baseline")
        scores = scores - other
    if not np.isfinite(scores).all():
        raise ValueError("a value is not finite")
    return scores


def _resampled_means(scores: Floats, rng: np.random.Generator, resamples: int) -> Iterator[Floats]:
    n = len(scores)
    batch = max(1, _DRAWS_AT_ONCE // n)
    for start in range(0, resamples, batch):
        drawn = rng.integers(0, n, size=(min(batch, resamples - start), n))
        yield scores[drawn].mean(axis=1)
