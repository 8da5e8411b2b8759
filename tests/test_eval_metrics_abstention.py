"""Abstention, ranking by confidence, risk and calibration, worked by hand."""

from __future__ import annotations

import itertools
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eval.abstention_metrics import (
    CalibrationBin,
    RiskPoint,
    abstention_precision,
    abstention_recall,
    aurc,
    auroc,
    brier,
    calibration_bins,
    expected_calibration_error,
    false_refusal_rate,
    risk_coverage,
)

# three answerable, two not; silent on one answerable and on one of the two
ANSWERABLE = [True, True, True, False, False]
ABSTAINED = [False, True, False, True, False]

# a coarse grid, so that ties are common
UNIT = st.integers(0, 8).map(lambda i: i / 8)
SCORED = st.lists(st.tuples(UNIT, st.booleans()), min_size=1, max_size=40)


def columns(scored: list[tuple[float, bool]]) -> tuple[list[float], list[bool]]:
    return [score for score, _ in scored], [label for _, label in scored]


def test_abstention() -> None:
    assert abstention_precision(ANSWERABLE, ABSTAINED) == 0.5  # of 2 silences, 1 right
    assert abstention_recall(ANSWERABLE, ABSTAINED) == 0.5  # of 2 unanswerable, 1 silent
    assert false_refusal_rate(ANSWERABLE, ABSTAINED) == pytest.approx(1 / 3)  # of 3 answerable


def test_always_silent_is_no_good_answer() -> None:
    silent = [True] * 5
    assert abstention_recall(ANSWERABLE, silent) == 1.0
    assert abstention_precision(ANSWERABLE, silent) == 0.4  # 2 of 5
    assert false_refusal_rate(ANSWERABLE, silent) == 1.0


def test_shares_without_a_denominator_are_none() -> None:
    assert abstention_precision([True, False], [False, False]) is None
    assert abstention_recall([True, True], [True, False]) is None
    assert false_refusal_rate([False], [True]) is None
    assert abstention_precision([], []) is None


@pytest.mark.parametrize(
    ("answerable", "confidences", "expected"),
    [
        # pairs: .9>.5, .9>.1, .5=.5 (half), .5>.1 -> 3.5 of 4
        ([True, True, False, False], [0.9, 0.5, 0.5, 0.1], 0.875),
        ([True, False], [0.9, 0.1], 1.0),
        ([True, False], [0.1, 0.9], 0.0),
        ([True, False, True, False], [0.5] * 4, 0.5),  # four ties, four halves
        # .2 loses to .3 and beats .1; .4 beats both -> 3 of 4
        ([True, False, True, False], [0.2, 0.3, 0.4, 0.1], 0.75),
        ([True, True], [0.1, 0.2], None),
        ([False], [0.1], None),
        ([], [], None),
    ],
)
def test_auroc(answerable: list[bool], confidences: list[float], expected: float | None) -> None:
    assert auroc(answerable, confidences) == expected


@given(SCORED)
def test_auroc_is_the_share_of_pairs_in_the_right_order(scored: list[tuple[float, bool]]) -> None:
    high = [score for score, label in scored if label]
    low = [score for score, label in scored if not label]
    scores, labels = columns(scored)
    if not high or not low:
        assert auroc(labels, scores) is None
        return
    won = sum((a > b) + 0.5 * (a == b) for a in high for b in low)
    assert auroc(labels, scores) == pytest.approx(won / (len(high) * len(low)))


@given(SCORED)
def test_auroc_sees_the_order_only(scored: list[tuple[float, bool]]) -> None:
    scores, labels = columns(scored)
    value = auroc(labels, scores)
    assert auroc(labels, [score**3 * 100 - 7 for score in scores]) == value
    if value is not None:
        assert auroc(labels, [-score for score in scores]) == pytest.approx(1 - value)


def test_risk_coverage_and_its_area() -> None:
    confidences = [0.8, 0.9, 0.3, 0.8]
    correct = [0.0, 1.0, 0.0, 1.0]
    # >= .9: 1 of 4 answered, no error; >= .8: 3 of 4, 1 error; all: 4 of 4, 2 errors
    assert risk_coverage(confidences, correct) == (
        RiskPoint(0.9, 0.25, 0.0),
        RiskPoint(0.8, 0.75, pytest.approx(1 / 3)),  # type: ignore[arg-type]
        RiskPoint(0.3, 1.0, 0.5),
    )
    # .25 * 0 + .5 * 1/3 + .25 * .5 = 7/24
    assert aurc(confidences, correct) == pytest.approx(7 / 24)


def test_risk_takes_scores_between_wrong_and_right() -> None:
    # the risk is the mean loss: (1 - .6) / 1, then (.4 + 1) / 2; area .5 * .4 + .5 * .7
    assert aurc([0.9, 0.1], [0.6, 0.0]) == pytest.approx(0.55)


def test_one_confidence_for_all_gives_the_error_rate() -> None:
    assert aurc([0.7] * 4, [1, 0, 0, 1]) == 0.5


def test_no_questions_no_curve() -> None:
    assert risk_coverage([], []) == ()
    assert aurc([], []) is None
    assert calibration_bins([], []) == ()
    assert expected_calibration_error([], []) is None
    assert brier([], []) is None


@given(SCORED, st.randoms(use_true_random=False))
def test_the_order_of_questions_does_not_matter(
    scored: list[tuple[float, bool]], rng: random.Random
) -> None:
    shuffled = list(scored)
    rng.shuffle(shuffled)
    for metric in (aurc, expected_calibration_error, brier):
        value = metric(*columns(scored))
        assert value is not None
        assert 0 <= value <= 1
        assert metric(*columns(shuffled)) == pytest.approx(value)


@given(SCORED)
def test_the_curve_ends_at_the_error_rate(scored: list[tuple[float, bool]]) -> None:
    points = risk_coverage(*columns(scored))
    coverages = [point.coverage for point in points]
    assert coverages == sorted(set(coverages))
    assert points[-1].coverage == 1.0
    wrong = [label for _, label in scored].count(False)
    assert points[-1].risk == pytest.approx(wrong / len(scored))


@given(st.lists(st.booleans(), min_size=1, max_size=5))
def test_the_right_ones_first_is_the_least_area(labels: list[bool]) -> None:
    falling = [1 - i / 10 for i in range(len(labels))]
    areas = [aurc(falling, order) or 0.0 for order in itertools.permutations(labels)]
    right_first = sorted(labels, reverse=True)
    assert aurc(falling, right_first) == pytest.approx(min(areas))
    assert aurc(falling, right_first[::-1]) == pytest.approx(max(areas))


def test_calibration() -> None:
    confidences = [0.95, 0.85, 0.85, 0.15]
    correct = [True, True, False, False]
    assert calibration_bins(confidences, correct) == (
        CalibrationBin(0.1, 0.2, 1, 0.15, 0.0),
        CalibrationBin(0.8, 0.9, 2, 0.85, 0.5),
        CalibrationBin(0.9, 1.0, 1, 0.95, 1.0),
    )
    # gaps .15 * 1 + .35 * 2 + .05 * 1 = .9, over 4
    assert expected_calibration_error(confidences, correct) == pytest.approx(0.225)
    # squares .0025 + .0225 + .7225 + .0225 = .77, over 4
    assert brier(confidences, correct) == pytest.approx(0.1925)


def test_two_bins() -> None:
    # (0, .5]: mean .3, right 1 of 2, gap .2 * 2; (.5, 1]: .9 against 1, gap .1; .5 over 3
    assert expected_calibration_error([0.1, 0.5, 0.9], [False, True, True], 2) == pytest.approx(
        0.5 / 3
    )


def test_an_edge_belongs_to_the_bin_below_and_zero_to_the_first() -> None:
    bins = calibration_bins([0.0, 0.1, 0.3, 0.7, 1.0], [True] * 5)
    assert [(part.low, part.high, part.count) for part in bins] == [
        (0.0, 0.1, 2),
        (0.2, 0.3, 1),
        (0.6, 0.7, 1),
        (0.9, 1.0, 1),
    ]


@given(SCORED)
def test_every_question_lies_in_one_bin(scored: list[tuple[float, bool]]) -> None:
    bins = calibration_bins(*columns(scored), bins=7)
    assert sum(part.count for part in bins) == len(scored)
    for part in bins:
        assert part.low - 1e-12 <= part.confidence <= part.high + 1e-12


def test_bad_values_are_refused() -> None:
    with pytest.raises(ValueError, match="2 and 1 values"):
        abstention_precision([True, False], [True])
    with pytest.raises(ValueError, match="1 and 2 values"):
        auroc([True, False], [0.5])
    with pytest.raises(ValueError, match="NaN"):
        auroc([True, False], [0.5, float("nan")])
    with pytest.raises(ValueError, match="NaN"):
        risk_coverage([float("nan")], [1.0])
    with pytest.raises(ValueError, match=r"correct in \[2.0, 2.0\], must be in \[0, 1\]"):
        aurc([0.5], [2.0])
    with pytest.raises(ValueError, match=r"confidences in \[-0.1, 0.5\]"):
        brier([-0.1, 0.5], [True, True])
    with pytest.raises(ValueError, match="bins is 0"):
        expected_calibration_error([0.5], [True], 0)
