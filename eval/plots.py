"""Plots as inline SVG: intervals, bars by kind, risk and coverage, calibration, latency.

Each function takes plain numbers and gives one `<svg>` with a title and a description. Colours
come from the page's style sheet by class (``s0``, ``s1``, ... for the systems); every mark that
differs in colour also differs in place, shape or dash. Drawn 360 units wide, so that the
labels have their full size on a telephone. Pure; no I/O.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from eval.report_values import h, percent, seconds

WIDTH = 360
STYLES = 4
"""Number of styles for systems; a fifth system looks like the first."""
_LEFT, _RIGHT, _TOP = 42, 350, 12
_Point: TypeAlias = tuple[float, float]
_Scale: TypeAlias = Callable[[float], float]


@dataclass(frozen=True, slots=True)
class Bar:
    """One row of `kind_bars`.

    Args:
        label: what was asked.
        count: number of questions.
        right: for each system, the share of right answers.
        gold: for each system, the share with a gold line among the quotes; None draws nothing.
    """

    label: str
    count: int | None
    right: Sequence[float | None]
    gold: Sequence[float | None]


@dataclass(frozen=True, slots=True)
class Stage:
    """One row of `latency_bars`.

    Args:
        label: name of the stage.
        times_s: for each system, median and 95th percentile in seconds.
    """

    label: str
    times_s: Sequence[tuple[float | None, float | None]]


@dataclass(frozen=True, slots=True)
class Curve:
    """Risk and coverage of one system.

    Args:
        name: the system.
        points: (coverage, risk), coverage rising.
        chosen: the point where the system works, if known.
    """

    name: str
    points: Sequence[_Point]
    chosen: _Point | None = None


@dataclass(frozen=True, slots=True)
class Bin:
    """One bin of `reliability`: edges, how many questions, how many of them right."""

    low: float
    high: float
    count: int
    accuracy: float


def interval(value: float, low: float | None, high: float | None, aim: float | None, n: int) -> str:
    """A value in [0, 1] with its interval on a line, for the eye; the text beside it has both."""
    x = _scale(0, 1, 6, 234)
    parts = [_line(6, 9, 234, 9, "axis")]
    if low is not None and high is not None:
        parts.append(_line(x(low), 9, x(high), 9, f"span s{n % STYLES}"))
    if aim is not None:
        parts.append(_line(x(aim), 1, x(aim), 17, "aim"))
    parts.append(f'<circle class="dot s{n % STYLES}" cx="{_n(x(value))}" cy="9" r="5"/>')
    body = "".join(parts)
    return f'<svg class="strip" viewBox="0 0 240 18" aria-hidden="true">{body}</svg>'


def kind_bars(name: str, title: str, bars: Sequence[Bar]) -> str:
    """Share of right answers by kind, a bar for each system, a diamond for the gold line."""
    x = _scale(0, 1, 126, 306)
    parts, y = _ticks(x, 14), 20.0
    tops = y
    for bar in bars:
        height = 11 * len(bar.right) + 11
        middle = y + (height - 14) / 2
        parts.append(_text(118, middle + 4, bar.label, "end"))
        for i, share in enumerate(bar.right):
            parts += _kind_bar(x, y + 11 * i, share, bar.gold[i], i)
        count = "" if bar.count is None else f"n {bar.count}"
        parts.append(_text(356, middle + 4, count, "end", "quiet"))
        y += height
    grid = [_line(x(tick), tops - 2, x(tick), y - 6, "grid") for tick in (0, 0.5, 1)]
    told = "; ".join(
        f"{bar.label}: {', '.join(percent(share) for share in bar.right)}" for bar in bars
    )
    return _svg(name, title, told, y, grid + parts)


def risk_coverage(name: str, title: str, curves: Sequence[Curve]) -> str:
    """Risk among the answered questions against the share that is answered; low is good."""
    top = max((risk for curve in curves for _, risk in curve.points), default=0.0)
    top = next((limit for limit in (0.1, 0.2, 0.4, 0.6, 0.8) if top <= limit), 1.0)
    x, y = _scale(0, 1, _LEFT, _RIGHT), _scale(0, top, 230, _TOP)
    parts = _axes(x, y, top, "share of the questions answered", "share of those wrong")
    told = []
    for i, curve in enumerate(curves):
        path = " ".join(dict.fromkeys(f"{_n(x(c))},{_n(y(r))}" for c, r in curve.points))
        parts.append(f'<polyline class="curve s{i % STYLES}" points="{path}"/>')
        if curve.points:
            told.append(f"{curve.name} ends at risk {percent(curve.points[-1][1])}")
        if curve.chosen:
            c, r = curve.chosen
            parts.append(_diamond(x(c), y(r), 6, i))
            told.append(f"{curve.name} works at coverage {percent(c)} and risk {percent(r)}")
    return _svg(name, title, "; ".join(told), 266, parts)


def reliability(name: str, title: str, bins: Sequence[Bin], system: int) -> str:
    """How often a confidence came true: bars with counts; on the diagonal it is honest."""
    x, y = _scale(0, 1, _LEFT, _RIGHT), _scale(0, 1, 230, 24)
    parts = _axes(x, y, 1, "confidence", "share that the articles answer")
    counts = []
    for part in bins:
        left, width = x(part.low) + 1, max(1.0, x(part.high) - x(part.low) - 2)
        height = max(1.0, 230 - y(part.accuracy))
        parts.append(_rect(left, 230 - height, width, height, f"bar s{system % STYLES}"))
        counts.append(_text(left + width / 2, 226 - height, str(part.count), "middle", "halo"))
    parts += [_line(x(0), y(0), x(1), y(1), "diagonal"), *counts]
    told = "; ".join(
        f"confidence {percent(part.low)} to {percent(part.high)}: {percent(part.accuracy)} of "
        f"{part.count} answerable"
        for part in bins
    )
    return _svg(name, title, told, 266, parts)


def histogram(
    name: str,
    title: str,
    above: Sequence[int],
    below: Sequence[int],
    threshold: float | None,
    system: int,
) -> str:
    """Confidence of answerable questions upwards, of unanswerable ones downwards."""
    most = max([1, *above, *below])
    x, up = _scale(0, len(above), _LEFT, _RIGHT), _scale(0, most, 0, 80)
    parts = [_text(_LEFT, 14, "answerable ↑"), _text(_LEFT, 222, "not answerable ↓")]
    width = x(1) - x(0) - 1.5
    for i, (high, low) in enumerate(zip(above, below, strict=True)):
        if high:
            parts.append(_rect(x(i), 116 - up(high), width, up(high), f"bar s{system % STYLES}"))
        if low:
            parts.append(_rect(x(i), 118, width, up(low), f"bar hollow s{system % STYLES}"))
    parts.append(_line(_LEFT, 117, _RIGHT, 117, "axis"))
    parts += [
        _text(36, 116 - up(most) + 4, str(most), "end", "quiet"),
        _text(36, 121, "0", "end", "quiet"),
    ]
    parts.append(_text(36, 118 + up(most) + 4, str(most), "end", "quiet"))
    place = _scale(0, 1, _LEFT, _RIGHT)
    for tick, anchor in ((0, "start"), (0.5, "middle"), (1, "end")):
        parts.append(_text(place(tick), 248, percent(tick), anchor, "quiet"))
    parts.append(_text(_RIGHT, 264, "confidence", "end"))
    if threshold is not None:
        at = place(min(1.0, max(0.0, threshold)))
        parts.append(_line(at, 20, at, 206, "threshold"))
        anchor, label = ("end", at - 4) if threshold > 0.6 else ("start", at + 4)
        parts.append(_text(label, 29, f"answers from {percent(threshold)}", anchor, "halo"))
    told = f"{sum(above)} answerable and {sum(below)} unanswerable questions"
    return _svg(name, title, told, 268, parts)


def latency_bars(name: str, title: str, stages: Sequence[Stage]) -> str:
    """Median (bar) and 95th percentile (thin line) of each stage."""
    most = max((t or 0 for stage in stages for pair in stage.times_s for t in pair), default=0)
    x = _scale(0, most or 1, 96, 230)
    parts, y, told = [], 8.0, []
    for stage in stages:
        height = 14 * len(stage.times_s) + 10
        parts.append(_text(88, y + height / 2 - 1.5, stage.label, "end"))
        for i, (median, p95) in enumerate(stage.times_s):
            at = y + 14 * i
            if median is not None:
                width = max(1.0, x(median) - 96)
                parts.append(_rect(96, at, width, 9, f"bar s{i % STYLES}"))
            if p95 is not None:
                parts.append(_line(96, at + 4.5, x(p95), at + 4.5, "whisker"))
                parts.append(_line(x(p95), at + 1, x(p95), at + 8, "whisker"))
            times = f"{seconds(median)} · {seconds(p95)}"
            parts.append(_text(356, at + 9, times, "end", "quiet"))
            told.append(f"{stage.label}: median {seconds(median)}, 95 % within {seconds(p95)}")
        y += height
    return _svg(name, title, "; ".join(told), y, parts)


def _kind_bar(
    x: _Scale, y: float, share: float | None, gold: float | None, system: int
) -> list[str]:
    parts = [_rect(x(0), y, x(1) - x(0), 8, "track")]
    if share is None:
        parts.append(_text(x(0) + 4, y + 8, "not measured", "start", "quiet"))
    else:
        parts.append(_rect(x(0), y, max(1.0, x(share) - x(0)), 8, f"bar s{system % STYLES}"))
    if gold is not None:
        parts.append(_diamond(x(gold), y + 4, 5, system))
    return parts


def _scale(low: float, high: float, start: float, end: float) -> _Scale:
    """A linear map of an interval of values to one of the drawing; what lies outside is clamped."""

    def place(value: float) -> float:
        share = (value - low) / ((high - low) or 1)
        return start + min(1.0, max(0.0, share)) * (end - start)

    return place


def _ticks(x: _Scale, y: float) -> list[str]:
    return [_text(x(tick), y - 2, percent(tick), "middle", "quiet") for tick in (0, 0.5, 1)]


def _axes(x: _Scale, y: _Scale, top: float, below: str, beside: str) -> list[str]:
    parts = []
    for i in range(5):
        at = y(top * i / 4)
        parts.append(_line(_LEFT, at, _RIGHT, at, "axis" if i == 0 else "grid"))
        parts.append(_text(_LEFT - 4, at + 4, f"{100 * top * i / 4:g} %", "end", "quiet"))
        tick = i / 4
        anchor = "end" if i == 4 else "middle"
        parts.append(_text(x(tick), 245, percent(tick), anchor, "quiet"))
    return [*parts, _text(_RIGHT, 262, below, "end"), _text(_LEFT + 4, _TOP, beside)]


def _svg(name: str, title: str, told: str, height: float, parts: Sequence[str]) -> str:
    return (
        f'<svg class="plot" viewBox="0 0 {WIDTH} {_n(height)}" role="img"'
        f' aria-labelledby="{name}-t {name}-d"><title id="{name}-t">{h(title)}</title>'
        f'<desc id="{name}-d">{h(told)}</desc>{"".join(parts)}</svg>'
    )


def _text(x: float, y: float, value: str, anchor: str = "start", style: str = "label") -> str:
    place = f'x="{_n(x)}" y="{_n(y)}" text-anchor="{anchor}"'
    return f'<text class="{style}" {place}>{h(value) if value else ""}</text>'


def _line(x1: float, y1: float, x2: float, y2: float, style: str) -> str:
    ends = f'x1="{_n(x1)}" y1="{_n(y1)}" x2="{_n(x2)}" y2="{_n(y2)}"'
    return f'<line class="{style}" {ends}/>'


def _rect(x: float, y: float, width: float, height: float, style: str) -> str:
    box = f'x="{_n(x)}" y="{_n(y)}" width="{_n(width)}" height="{_n(height)}"'
    return f'<rect class="{style}" {box}/>'


def _diamond(x: float, y: float, size: float, system: int) -> str:
    points = ((x, y - size), (x + size, y), (x, y + size), (x - size, y))
    path = " ".join(f"{_n(a)},{_n(b)}" for a, b in points)
    return f'<polygon class="mark s{system % STYLES}" points="{path}"/>'


def _n(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")
