"""The rows as text: for a terminal, and as a Markdown table for the README. No I/O."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import Any

from eval.bench.values import BELEG, PLAIN, Row

_HEADS = ("measured", "Beleg (times better than plain)", "plain", "others", "")


def text_table(rows: Sequence[Row], known: Mapping[str, Any]) -> list[str]:
    """Lines for a terminal.

    Args:
        rows: in the order of their parts.
        known: "machine" and "software" of the run.
    """
    lines = [heading(known)]
    cells = [_cells(row) for row in rows]
    widths = [max((len(c[i]) for c in cells), default=0) for i in range(4)]
    for part, group in groupby(zip(rows, cells, strict=True), key=lambda pair: pair[0].part):
        lines += ["", part]
        for _, (what, way, value, ratio, note) in group:
            line = f"  {what:{widths[0]}}  {way:{widths[1]}}  {value:>{widths[2]}}"
            lines.append(f"{line}  {ratio:>{widths[3]}}  {note}".rstrip())
    return lines


def markdown_table(rows: Sequence[Row]) -> list[str]:
    """Lines of one Markdown table: what was measured, by Beleg, the plain way and others."""
    lines = [f"| {' | '.join(_HEADS)} |", "|---|--:|--:|---|---|"]
    for part, group in groupby(rows, key=lambda row: row.part):
        lines.append(f"| **{part}** | | | | |")
        by_what: dict[str, list[Row]] = {}
        for row in group:
            by_what.setdefault(row.what, []).append(row)
        lines += [_markdown_line(what, same) for what, same in by_what.items()]
    return lines


def _markdown_line(what: str, rows: Sequence[Row]) -> str:
    """All ways of one measurement in one line."""
    first = {row.way: row for row in reversed(rows)}
    ours, plain = first.pop(BELEG, None), first.pop(PLAIN, None)
    others = [f"{row.way} {_value(row) if row.value is not None else row.note}"
              for row in reversed(first.values())]  # fmt: skip
    cells = [what, *("" if row is None else _with_ratio(row) for row in (ours, plain))]
    notes = [row.note for row in (ours, plain) if row is not None and row.value is not None]
    return f"| {' | '.join([*cells, ', '.join(others), '; '.join(filter(None, notes))])} |"


def _with_ratio(row: Row) -> str:
    if row.value is None:
        return row.note
    return _value(row) + (f" ({_ratio(row)})" if row.faster is not None else "")


def heading(known: Mapping[str, Any]) -> str:
    """Machine and commit in one line."""
    machine, software = known["machine"], known["software"]
    commit = str(software.get("commit") or "unknown")[:10]
    dirty = " with changes" if software.get("dirty") else ""
    flags = " ".join(machine["flags"])
    return (
        f"{machine['cpu']}, {machine['cores']} cores, {machine['memory_gib']} GiB, {flags};"
        f" commit {commit}{dirty}; load {machine['load_average']} at the start"
    )


def _cells(row: Row) -> tuple[str, str, str, str, str]:
    return row.what, row.way, _value(row), _ratio(row), row.note


def _value(row: Row) -> str:
    return "-" if row.value is None else f"{_number(row.value)} {row.unit}"


def _ratio(row: Row) -> str:
    """Times better than the plain way of the same run."""
    return f"{_number(row.faster)}x" if row.faster is not None else ""


def _number(value: float) -> str:
    """Three significant digits, no exponent."""
    if abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{value:.3g}" if abs(value) >= 0.001 or value == 0 else f"{value:.1g}"
