"""The plots of a report: from the summary of each system to figures with a caption.

A figure without data is left out. Pure; no I/O.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from eval.plots import (
    STYLES,
    Bar,
    Bin,
    Curve,
    Stage,
    histogram,
    kind_bars,
    latency_bars,
    reliability,
    risk_coverage,
)
from eval.questions import UNANSWERABLE_KINDS
from eval.report_numbers import GOLD, find
from eval.report_values import (
    Values,
    estimate,
    h,
    mapping,
    mappings,
    number,
    percent,
    slug,
    three,
    words_of,
)

_OK = ("right", "ok")
_BINS = 20
Systems = Sequence[tuple[str, Values]]
"""Name and summary of each system, for one split."""


def legend(names: Sequence[str]) -> str:
    """Which colour is which system; nothing to say for one."""
    if len(names) < 2:
        return ""
    keys = "".join(
        f'<li><span class="key s{i % STYLES}"></span>{h(name)}</li>' for i, name in enumerate(names)
    )
    return f'<ul class="legend">{keys}</ul>'


def figures(split: str, systems: Systems, results: Sequence[Sequence[Values]], at: object) -> str:
    """All plots of one split.

    Args:
        split: its name; part of the ids.
        systems: the systems' summaries.
        results: for each system its results of this split; empty where the report has none.
        at: confidence from which a system answers, if the report says so.
    """
    threshold = number(at)
    found = [
        *_by_kind(split, systems, results),
        _risk(split, systems, threshold),
        *_calibrations(split, systems),
        *_confidences(split, systems, results, threshold),
        _latency(split, systems),
    ]
    drawn = "".join(found)  # a report without results has fewer of them
    return (
        f'{legend([name for name, _ in systems])}<div class="figures">{drawn}</div>'
        if drawn
        else ""
    )


def _figure(title: str, told: str, drawing: str) -> str:
    caption = f"<figcaption><h4>{h(title)}</h4><p>{h(told)}</p></figcaption>"
    return f"<figure>{caption}{drawing}</figure>"


def _by_kind(split: str, systems: Systems, results: Sequence[Sequence[Values]]) -> list[str]:
    groups = [mapping(summary.get("by_kind")) for _, summary in systems]
    kinds = dict.fromkeys(kind for group in groups for kind in group)
    silent = {kind for kind in kinds if _is_unanswerable(kind, results)}
    drawn: list[str] = []
    for title, told, wanted in (
        (
            "What it answers",
            "Share of right answers by kind of question; the diamond is the share with a line "
            "that proves it among the quotes.",
            [kind for kind in kinds if kind not in silent],
        ),
        (
            "What it leaves unanswered",
            "Questions that the articles do not answer: share met with silence, by kind.",
            [kind for kind in kinds if kind in silent],
        ),
    ):
        bars = [_bar(kind, groups, results) for kind in wanted]
        if bars:
            bars.sort(key=lambda bar: min((s for s in bar.right if s is not None), default=2))
            name = f"kind-{slug(split)}-{len(drawn)}"
            drawn.append(_figure(title, told, kind_bars(name, title, bars)))
    return drawn


def _is_unanswerable(kind: str, results: Sequence[Sequence[Values]]) -> bool:
    for result in results[0] if results else ():
        if result.get("kind") == kind and isinstance(result.get("answerable"), bool):
            return not result["answerable"]
    return kind in UNANSWERABLE_KINDS


def _bar(kind: str, groups: Sequence[Values], results: Sequence[Sequence[Values]]) -> Bar:
    right: list[float | None] = []
    gold = []
    counts = []
    for group, answers in zip(groups, results, strict=True):
        part = mapping(group.get(kind))
        share = estimate(find(part, _OK))[0]
        if share is None:
            share = _share_right([result for result in answers if result.get("kind") == kind])
        right.append(share)
        gold.append(estimate(find(part, GOLD))[0])
        counts.append(number(part.get("questions")))
    count = next((int(n) for n in counts if n is not None), None)
    return Bar(words_of(kind), count, right, gold)


def _share_right(results: Sequence[Values]) -> float | None:
    judged = [result["ok"] for result in results if isinstance(result.get("ok"), bool)]
    return sum(judged) / len(judged) if judged else None


def _risk(split: str, systems: Systems, threshold: float | None) -> str:
    curves = []
    for name, summary in systems:
        points = [
            (coverage, risk, number(point.get("threshold")))
            for point in mappings(summary.get("risk_coverage"))
            if (coverage := number(point.get("coverage"))) is not None
            and (risk := number(point.get("risk"))) is not None
        ]
        above = [p for p in points if threshold is not None and (p[2] or 0) >= threshold]
        chosen = max(above)[:2] if above else None
        curves.append(Curve(name, [p[:2] for p in points], chosen))
    if not any(curve.points for curve in curves):
        return ""
    areas = _of_each(systems, "aurc", three)
    chosen_told = " The diamond is the point at which it works." if threshold is not None else ""
    return _figure(
        "Risk and coverage",
        "If it answered only the questions it is most sure of: how many of these answers would "
        f"be wrong? Lower is better.{chosen_told} Area under the curve: {areas}.",
        risk_coverage(f"risk-{slug(split)}", "Risk and coverage", curves),
    )


def _of_each(systems: Systems, key: str, write: Callable[[float], str]) -> str:
    values = [(name, estimate(summary.get(key))[0]) for name, summary in systems]
    said = [(name, "not measured" if v is None else write(v)) for name, v in values]
    return said[0][1] if len(said) == 1 else ", ".join(f"{name} {value}" for name, value in said)


def _calibrations(split: str, systems: Systems) -> list[str]:
    drawn = []
    for i, (name, summary) in enumerate(systems):
        bins = [part for row in mappings(summary.get("calibration")) if (part := _bin(row))]
        if bins:
            title = "Is its confidence honest?" + (f" – {name}" if len(systems) > 1 else "")
            told = (
                "Its confidence is the estimate that the articles answer a question. Bars: how "
                "often they do, with the number of questions. Below the diagonal it is too sure, "
                "above it too modest. Mean gap (ECE): "
                f"{_of_each([(name, summary)], 'ece', percent)}."
            )
            drawing = reliability(f"calibration-{slug(split)}-{i}", title, bins, i)
            drawn.append(_figure(title, told, drawing))
    return drawn


def _bin(row: Values) -> Bin | None:
    low, high, count, accuracy = (
        number(row.get(key)) for key in ("low", "high", "count", "accuracy")
    )
    if low is None or high is None or count is None or accuracy is None:
        return None
    return Bin(low, high, int(count), accuracy)


def _confidences(
    split: str, systems: Systems, results: Sequence[Sequence[Values]], threshold: float | None
) -> list[str]:
    drawn = []
    for i, ((name, summary), answers) in enumerate(zip(systems, results, strict=True)):
        above, below = _counts(answers, True), _counts(answers, False)
        if any(above) or any(below):
            title = "Can it tell the two apart?" + (f" – {name}" if len(systems) > 1 else "")
            told = (
                "Its confidence in questions that the articles answer and in those that they do "
                f"not. Area under the ROC curve: {_of_each([(name, summary)], 'auroc', three)}."
            )
            name_of = f"confidence-{slug(split)}-{i}"
            drawing = histogram(name_of, title, above, below, threshold, i)
            drawn.append(_figure(title, told, drawing))
    return drawn


def _counts(results: Sequence[Values], answerable: bool) -> list[int]:
    counts = [0] * _BINS
    for result in results:
        confidence = number(result.get("confidence"))
        if confidence is not None and result.get("answerable") is answerable:
            counts[min(_BINS - 1, max(0, int(confidence * _BINS)))] += 1
    return counts


def _latency(split: str, systems: Systems) -> str:
    tables = [mapping(summary.get("latency_s")) for _, summary in systems]
    names = [
        name for name in dict.fromkeys(n for table in tables for n in table) if name != "total"
    ]
    stages = [
        Stage(words_of(name), [_times(table.get(name)) for table in tables])
        for name in [*names, *(["total"] if any("total" in table for table in tables) else [])]
    ]
    if not stages:
        return ""
    told = "For each stage the median (bar, first number) and what 95 % stay below (line, second)."
    drawing = latency_bars(f"latency-{slug(split)}", "Time for one question", stages)
    return _figure("Time for one question", told, drawing)


def _times(value: object) -> tuple[float | None, float | None]:
    times = mapping(value)
    return number(times.get("median", value)), number(times.get("p95"))


def failure_table(names: Sequence[str], results: Sequence[Sequence[Values]]) -> str:
    """Why answers failed, most frequent first, counted for each system."""
    counts: dict[str, list[int]] = {}
    for i, answers in enumerate(results):
        for result in answers:
            if result.get("ok") is False:
                reason = str(result.get("failure") or "no reason given").split(":")[0]
                counts.setdefault(reason, [0] * len(names))[i] += 1
    if not counts:
        return ""
    ordered = sorted(counts.items(), key=lambda item: -sum(item[1]))
    heads = "".join(f'<th scope="col">{h(name)}</th>' for name in names)
    body = "".join(
        f'<tr><th scope="row">{h(reason)}</th>{"".join(f"<td>{count}</td>" for count in row)}</tr>'
        for reason, row in ordered
    )
    return (
        f'<table class="failures"><caption>Why answers failed</caption><thead><tr><th></th>{heads}'
        f"</tr></thead><tbody>{body}</tbody></table>"
    )


def results_of(system: Values, split: str) -> list[Values]:
    """The results of a system that belong to a split; none if the report left some out.

    What was kept of them are the failures, which would make every count wrong.
    """
    if number(system.get("results_left_out")):
        return []
    found = mappings(system.get("results"))
    return [result for result in found if split == "all" or result.get("split") in (split, None)]
