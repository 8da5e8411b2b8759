"""Bootstrap intervals and McNemar's test, worked by hand."""

from __future__ import annotations

import math
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eval.significance import Interval, McNemar, bootstrap_interval, mcnemar_exact

VALUES = st.lists(st.integers(0, 4).map(lambda i: i / 4), min_size=1, max_size=30)


def test_two_questions_have_three_possible_means() -> None:
    # drawn twice from {0, 1}: mean 0 with 1/4, 1/2 with 1/2, 1 with 1/4
    assert bootstrap_interval([0, 1], seed=1) == Interval(0.5, 0.0, 1.0)  # 2.5 % and 97.5 %
    assert bootstrap_interval([0, 1], seed=1, level=0.4) == Interval(0.5, 0.5, 0.5)  # 30 %, 70 %


def test_equal_values_have_no_spread() -> None:
    assert bootstrap_interval([0.25] * 7, seed=1) == Interval(0.25, 0.25, 0.25)


def test_a_large_sample_comes_near_the_normal_interval() -> None:
    # p = .3, n = 1000: 1.96 * sqrt(.3 * .7 / 1000) = .0284
    interval = bootstrap_interval([1] * 300 + [0] * 700, seed=7)
    assert interval.estimate == pytest.approx(0.3)
    assert interval.low == pytest.approx(0.3 - 0.0284, abs=0.003)
    assert interval.high == pytest.approx(0.3 + 0.0284, abs=0.003)


def test_pairs_are_drawn_together() -> None:
    # each question is better by 1/4: no draw of pairs gives anything else,
    # while the values alone spread from 0 to 1
    baseline = [0, 0.25, 0.5, 0.75] * 5
    better = [value + 0.25 for value in baseline]
    assert bootstrap_interval(better, baseline=baseline, seed=1) == Interval(0.25, 0.25, 0.25)
    assert bootstrap_interval(baseline, seed=1).high > 0.4


def test_the_seed_decides() -> None:
    values = [random.Random(3).random() for _ in range(50)]
    values = [value + i / 50 for i, value in enumerate(values)]
    assert bootstrap_interval(values, seed=1) == bootstrap_interval(values, seed=1)
    assert bootstrap_interval(values, seed=1) != bootstrap_interval(values, seed=2)


@given(VALUES, st.integers(0, 1000))
def test_the_interval_lies_within_the_values(values: list[float], seed: int) -> None:
    found = bootstrap_interval(values, seed=seed, resamples=200)
    assert min(values) - 1e-12 <= found.low <= found.high <= max(values) + 1e-12


@given(VALUES)
def test_a_system_does_not_differ_from_itself(values: list[float]) -> None:
    found = bootstrap_interval(values, baseline=values, seed=0, resamples=50)
    assert found == Interval(0.0, 0.0, 0.0)
    rights = [value > 0.5 for value in values]
    assert mcnemar_exact(rights, rights) == McNemar(0, 0, 1.0)


def test_bad_values_are_refused() -> None:
    with pytest.raises(ValueError, match="no values"):
        bootstrap_interval([], seed=1)
    with pytest.raises(ValueError, match="2 values and 1 of the baseline"):
        bootstrap_interval([0, 1], baseline=[1], seed=1)
    with pytest.raises(ValueError, match="not finite"):
        bootstrap_interval([math.nan], seed=1)
    with pytest.raises(ValueError, match="level 1"):
        bootstrap_interval([0], seed=1, level=1)
    with pytest.raises(ValueError, match="resamples 0"):
        bootstrap_interval([0], seed=1, resamples=0)
    with pytest.raises(ValueError, match="zip"):
        mcnemar_exact([True], [True, False])


@pytest.mark.parametrize(
    ("only_first", "only_second", "p_value"),
    [
        (1, 8, 0.0390625),  # 2 * (C(9,0) + C(9,1)) / 2^9 = 2 * 10 / 512
        (8, 1, 0.0390625),
        (0, 6, 0.03125),  # 2 * 1 / 64
        (0, 1, 1.0),  # 2 * 1 / 2
        (3, 3, 1.0),  # 2 * (1 + 6 + 15 + 20) / 64 is above 1
        (2, 5, 0.453125),  # 2 * (1 + 7 + 21) / 128
        (0, 0, 1.0),
    ],
)
def test_mcnemar(only_first: int, only_second: int, p_value: float) -> None:
    first = [True] * only_first + [False] * only_second + [True, False]
    second = [False] * only_first + [True] * only_second + [True, False]
    assert mcnemar_exact(first, second) == McNemar(only_first, only_second, p_value)


def test_mcnemar_with_thousands_of_questions() -> None:
    # 2200 against 2300: z = 99 / sqrt(4500) = 1.476 with continuity correction, p = .140
    first = [True] * 2200 + [False] * 2300
    assert mcnemar_exact(first, [not right for right in first]).p_value == pytest.approx(
        0.140, abs=0.001
    )


@given(st.lists(st.tuples(st.booleans(), st.booleans()), max_size=60))
def test_mcnemar_treats_both_alike(pairs: list[tuple[bool, bool]]) -> None:
    first, second = [a for a, _ in pairs], [b for _, b in pairs]
    one, other = mcnemar_exact(first, second), mcnemar_exact(second, first)
    assert (one.only_first, one.only_second) == (other.only_second, other.only_first)
    assert one.p_value == other.p_value
    assert 0 < one.p_value <= 1
