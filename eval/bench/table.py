"""The rows as text: for a terminal, and as a Markdown table for the README. No I/O."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby
from typing import Any

from eval.bench.values import Row

_HEADS = ("measured", "way", "value", "against plain", "note")


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
    """Lines of one Markdown table; a part begins with a line of its own."""
    lines = [f"| {' | '.join(_HEADS)} |", "|---|---|--:|--:|---|"]
    for part, group in _parts(rows):
        lines.append(f"| **{part}** | | | | |")
        lines += [f"| {' | '.join(_cells(row))} |" for row in group]
    return lines


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


def _parts(rows: Iterable[Row]) -> Iterable[tuple[str, Iterable[Row]]]:
    return groupby(rows, key=lambda row: row.part)


def _cells(row: Row) -> tuple[str, str, str, str, str]:
    ratio = f"{row.faster:.2f}x" if row.faster is not None else ""
    if row.value is None:
        return row.what, row.way, "-", ratio, row.note
    return row.what, row.way, f"{_number(row.value)} {row.unit}", ratio, row.note


def _number(value: float) -> str:
    """Three significant digits, no exponent."""
    if abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{value:.3g}" if abs(value) >= 0.001 or value == 0 else f"{value:.1g}"
