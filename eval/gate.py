"""Red or green: what must hold on the test half, against a committed baseline.

Two sorts of rule. What must never happen, however rarely: a quote that is not verbatim, a
wrong line, a number that no quote has, a stale quote, a statement without its quote, a
claim that its quotes do not carry. And what must not fall beyond noise: a score is red if
its mean fell by more than `NOISE` and more questions got worse than better. Both together,
since a mean can move by one long answer, and single questions always move a little.

A fall that is meant is explained by committing the new baseline with the change. Pure.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from eval.compare import SMALLEST, check_same_set
from eval.results import DIGITS

NOISE = 0.02
SPLIT = "test"
EXACT = {
    "quote_precision": 1.0,
    "line_precision": 1.0,
    "number_fidelity": 1.0,
    "staleness": 0.0,
}
"""Must have this value in every answer. Source: issue 3 of this project."""
LEAST_COVERAGE = 0.95
NOT_BELOW = "citation_recall"
HIGHER_IS_BETTER = {
    "answer_f1": True,
    "gold_line_hit": True,
    "abstention_recall": True,
    "false_refusal": False,
}
"""Scores that may not get worse beyond noise."""

Scores = Mapping[str, Mapping[str, float | None]]
"""Question id -> its metrics."""


def gate(report: Mapping[str, Any], baseline: Mapping[str, Any]) -> list[str]:
    """Why a report is red.

    Args:
        report: of the run to judge; must hold the whole test half.
        baseline: the report or the slim baseline to compare with.

    Returns:
        One reason a line; empty if it is green.

    Raises:
        ConfigError: the two are about different question sets.
    """
    check_same_set(baseline, report)
    reasons = [f"{name}: not run" for name in baseline["systems"] if name not in report["systems"]]
    for name, system in report["systems"].items():
        now = _test_half(system)
        before = _test_half(baseline["systems"].get(name, {"results": ()}))
        reasons += [f"{name}: {reason}" for reason in _reasons(now, before)]
    return reasons


def _reasons(now: Scores, before: Scores) -> list[str]:
    if not now:
        return [f"no question of the {SPLIT} half was asked"]
    missing = sorted(before.keys() - now.keys())
    if missing:
        return [f"{len(missing)} questions of the {SPLIT} half were not asked, e.g. {missing[0]}"]
    reasons = [reason for name, value in EXACT.items() if (reason := _inexact(now, name, value))]
    coverage = _mean(_values(now, "quote_coverage"))
    if coverage is None or coverage < LEAST_COVERAGE:
        reasons.append(f"quote coverage is {_shown(coverage)}, must be at least {LEAST_COVERAGE}")
    if before:
        reasons += _below(now, before)
        reasons += [r for name in HIGHER_IS_BETTER if (r := _fall(now, before, name))]
    return reasons


def _inexact(now: Scores, name: str, wanted: float) -> str | None:
    values = _values(now, name)
    wrong = [question for question, value in values.items() if value != wanted]
    if values and not wrong:
        return None
    where = f" in {len(wrong)} answers, e.g. {wrong[0]}" if wrong else ": there is no answer at all"
    mean = _shown(_mean(values))
    return f"{_words(name)} is {mean}, must be {wanted:.3f}{where}"


def _below(now: Scores, before: Scores) -> list[str]:
    """Citation recall by the rule may not fall at all, whichever questions are answered."""
    old, new = _mean(_values(before, NOT_BELOW)), _mean(_values(now, NOT_BELOW))
    if old is None or (new is not None and new >= old - 1e-9):
        return []
    return [f"{_words(NOT_BELOW)} (rule) is {_shown(new)}, was {_shown(old)}"]


def _fall(now: Scores, before: Scores, name: str) -> str | None:
    """The reason if a score fell beyond noise on the questions that have it in both."""
    old, new = _values(before, name), _values(now, name)
    both = [question for question in new if question in old]
    if not both:
        return f"{_words(name)} has no value any more" if old else None
    sign = 1 if HIGHER_IS_BETTER[name] else -1
    gains = [sign * (new[question] - old[question]) for question in both]
    worse = sum(gain <= -SMALLEST for gain in gains)
    better = sum(gain >= SMALLEST for gain in gains)
    fall = -sum(gains) / len(gains)
    if fall <= NOISE or worse <= better:
        return None
    was, is_now = (sum(values[q] for q in both) / len(both) for values in (old, new))
    return (
        f"{_words(name)} is {is_now:.3f}, was {was:.3f}: "
        f"{worse} questions worse, {better} better (noise: {NOISE})"
    )


def _test_half(system: Mapping[str, Any]) -> Scores:
    results: Sequence[Mapping[str, Any]] = system["results"]
    return {r["id"]: r["metrics"] for r in results if r["split"] == SPLIT}


def _values(scores: Scores, name: str) -> dict[str, float]:
    """The values that there are, as a baseline rounds them; a question without one is left out."""
    found = {question: metrics.get(name) for question, metrics in scores.items()}
    return {question: round(v, DIGITS) for question, v in found.items() if v is not None}


def _mean(values: Mapping[str, float]) -> float | None:
    return sum(values.values()) / len(values) if values else None


def _shown(value: float | None) -> str:
    return "without a value" if value is None else f"{value:.3f}"


def _words(name: str) -> str:
    return name.replace("_", " ")
