"""What a measurement gives: the values of repeated rounds, and rows of the table. No I/O.

A ratio is taken between rounds of the same run only: `faster` refuses others, because the
machine, its load and the data may have been different.
"""

from __future__ import annotations

import statistics
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from eval.bench.errors import MixedRunsError
from eval.latency import percentile

PLAIN = "plain"
"""The way that ratios are taken against: the same work done with the usual packages."""
BELEG = "Beleg"
RATES = frozenset({"passages/s", "GFLOP/s", "GB/s", "cosine", "share"})
"""Units of which more is better; of all others less is."""

SHARES = frozenset({"share", "cosine"})
"""Units in which "so many times better" says nothing."""


@dataclass(frozen=True, slots=True)
class Rounds:
    """One number, measured once a round.

    Args:
        run: which run the rounds belong to; rounds of one run took turns.
        values: one a round.
    """

    run: str
    values: tuple[float, ...]

    @property
    def median(self) -> float:
        """The middle value."""
        return statistics.median(self.values)


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table.

    Args:
        part: which part of the bench ("embedding").
        what: what was measured ("search by meaning, p95").
        way: who did it: "Beleg", "plain", a peer.
        value: the median; None where it was not measured, then `note` says why.
        unit: "ms", "s", "MiB", "passages/s", ...
        rounds: number of rounds that the value is the median of.
        faster: how many times better than the plain way of the same run; None without one.
        note: what else must be known to read the value.
    """

    part: str
    what: str
    way: str
    value: float | None
    unit: str
    rounds: int = 1
    faster: float | None = None
    note: str = ""


def faster(ours: Rounds, plain: Rounds, unit: str) -> float:
    """How many times better, as the median of the rounds' own ratios.

    Args:
        ours: rounds of one way.
        plain: rounds of the plain way, made in turns with them.
        unit: tells whether more or less is better.

    Raises:
        MixedRunsError: the rounds come from different runs, or are not as many.
    """
    if ours.run != plain.run or len(ours.values) != len(plain.values):
        raise MixedRunsError(
            f"run {ours.run} with {len(ours.values)} rounds against run {plain.run} with"
            f" {len(plain.values)}: a ratio needs rounds of one run"
        )
    pairs = zip(ours.values, plain.values, strict=True)
    more = unit in RATES
    return statistics.median((a / b if more else b / a) if a and b else 0.0 for a, b in pairs)


def rows_of(
    part: str, what: str, unit: str, ways: Mapping[str, Rounds], notes: Mapping[str, str] = {}
) -> list[Row]:
    """One row for each way, with its ratio to the plain one if that is among them.

    Args:
        part: which part of the bench.
        what: what was measured.
        unit: of the values.
        ways: the rounds of each way.
        notes: by way.
    """
    plain = ways.get(PLAIN)
    rows = []
    for way, rounds in ways.items():
        row = Row(
            part, what, way, rounds.median, unit, len(rounds.values), None, notes.get(way, "")
        )
        if plain is not None and way != PLAIN and unit not in SHARES:
            row = replace(row, faster=faster(rounds, plain, unit))
        rows.append(row)
    return rows


def missing(part: str, what: str, way: str, why: str) -> Row:
    """A row for what could not be measured; it says why."""
    return Row(part, what, way, None, "", 0, None, why)


def p95(values: Sequence[float]) -> float:
    """The smallest value that 95 % of the values do not exceed."""
    return percentile(values, 0.95)


def as_json(rows: Iterable[Row]) -> list[dict[str, Any]]:
    """The rows as JSON objects."""
    return [
        {
            "part": row.part,
            "what": row.what,
            "way": row.way,
            "value": row.value,
            "unit": row.unit,
            "rounds": row.rounds,
            "faster_than_plain": row.faster,
            "note": row.note,
        }
        for row in rows
    ]
