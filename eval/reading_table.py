"""The report of `eval.reading` as a table for the terminal: the reported half. Pure; no I/O."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

_FORCED_ROWS = (
    ("F1", "answerable_f1"),
    ("exact match", "answerable_exact"),
    ("German F1", "answerable_german_f1"),
)
_POINT_ROWS = (*_FORCED_ROWS[:2], ("unanswerable silent", "unanswerable_accuracy"))
_CONFIDENCE_ROWS = (
    ("AUROC answerable", "auroc_answerable"),
    ("AUROC right", "auroc_right"),
    ("ECE right", "ece_right"),
    ("ECE answerable", "ece_answerable"),
    ("area under risk-coverage", "aurc"),
    ("risk at 50 % coverage", "risk_at_0.5"),
    ("risk at 80 % coverage", "risk_at_0.8"),
)
_NAME, _CELL = 36, 24


def table(report: Mapping[str, Any]) -> list[str]:
    """Lines of the table: the reported half, one column for each system."""
    systems = list(report["systems"].values())
    first = systems[0]["reported"]
    lines = [f"{report['data']['name']}, reported half. Mean [95 % interval, by context]"]
    lines.append(_row("", report["systems"]))
    for domain, counts in first.items():
        lines += ["", f"{domain}: {counts['answerable']} of {counts['questions']} answerable"]
        for point in counts["points"]:
            found = [system["reported"][domain]["points"][point] for system in systems]
            for name, key in _FORCED_ROWS if point == "forced" else _POINT_ROWS:
                lines.append(_row(f"{point}: {name}", [_cell(values[key]) for values in found]))
        confidence = [system["reported"][domain]["confidence"] for system in systems]
        for name, key in _CONFIDENCE_ROWS:
            lines.append(_row(name, [_cell(values[key]) for values in confidence]))
    lines += ["", "chosen on the tuning half"]
    for point in systems[0]["thresholds"]:
        cells = [_cell(system["thresholds"][point], 6) for system in systems]
        lines.append(_row(f"threshold, {point}", cells))
    lines += ["", "both halves"]
    for name, key in (("verbatim drafts", "verbatim"), ("median ms per question", "median_ms")):
        lines.append(_row(name, [_cell(system[key]) for system in systems]))
    lines.append(_row("too long for the model", [str(s["overflowed"]) for s in systems]))
    return [line.rstrip() for line in lines]


def _row(name: str, cells: Sequence[str] | Mapping[str, Any]) -> str:
    return f"{name:{_NAME}}" + "".join(f"{cell[: _CELL - 2]:{_CELL}}" for cell in cells)


def _cell(value: float | Mapping[str, float] | None, digits: int = 3) -> str:
    if value is None:
        return "–"
    if isinstance(value, Mapping):
        return f"{value['estimate']:.3f} [{value['low']:.3f}, {value['high']:.3f}]"
    return f"{value:.{digits}f}"
