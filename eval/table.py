"""The summary of a report as a table for the terminal.

Faithfulness is never shown without coverage: the heading of its block says how many
questions were answered, from the same report. Pure; no I/O.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from eval.measure import ANSWERING, FAITHFULNESS, NLI, RETRIEVAL

Values = Mapping[str, Any]
_NAME = 30
_CELL = 26
_DASH = "–"


def table_text(report: Values, split: str | None = None) -> str:
    """The table.

    Args:
        report: as `eval.run.run` makes it.
        split: which half to show; None for the test half where there is one, else all.
    """
    summaries = {
        name: system["summary"][chosen]
        for name, system in report["systems"].items()
        if (chosen := _chosen(system["summary"], split))
    }
    shown = next(iter({_chosen(s["summary"], split) for s in report["systems"].values()}))
    lines = [_title(report, shown, summaries), _row("", list(summaries))]
    for heading, rows in _blocks(report, summaries):
        lines += ["", heading, *rows]
    if report.get("comparison"):
        lines += ["", *_comparison(report["comparison"])]
    return "\n".join(line.rstrip() for line in lines)


def _chosen(summary: Values, split: str | None) -> str:
    if split in summary:
        return str(split)
    return "test" if "test" in summary else "all"


def _title(report: Values, split: str, summaries: Values) -> str:
    first = next(iter(summaries.values()))
    no_answer = first["questions"] - first["answerable"]
    return (
        f"{report['set']['name']}, {split}: {first['questions']} questions, "
        f"{first['answerable']} answerable, {no_answer} not. Mean [95 % interval] n"
    )


def _blocks(report: Values, summaries: Values) -> Iterator[tuple[str, list[str]]]:
    columns = list(summaries.values())
    yield "Retrieval (passages, answerable questions)", _metrics(columns, RETRIEVAL)
    yield "Answers (answerable questions)", _metrics(columns, ANSWERING)
    answered = [_answered(name, summary) for name, summary in summaries.items()]
    yield (
        f"Faithfulness of the answers given ({'; '.join(answered)})",
        _metrics(columns, FAITHFULNESS),
    )
    judged = _metrics(columns, [name for name in NLI if name in columns[0]["metrics"]])
    if judged or report.get("judges"):
        yield _judge_heading(report), judged
    yield "Silence and confidence (all questions)", _silence(columns)
    yield "Right by kind (share, questions)", _by_group(columns, "by_kind")
    yield "Right by language", _by_group(columns, "by_language")
    yield "Seconds (median, p95)", _latency(columns)


def _metrics(columns: Sequence[Values], names: Sequence[str]) -> list[str]:
    return [
        _row(name.replace("_", " "), [_mean(column["metrics"].get(name)) for column in columns])
        for name in names
    ]


def _answered(name: str, summary: Values) -> str:
    mean = summary["metrics"]["answered"]
    if mean["value"] is None:
        return f"{name}: no answerable question"
    answered = round(mean["value"] * mean["n"])
    return f"{name}: {answered} of {mean['n']} answerable questions answered"


def _judge_heading(report: Values) -> str:
    judges = report.get("judges") or {}
    said = [f"{name}: {_error(error)}" for name, error in judges.items()]
    if "nli" not in judges and "nli" in report["provenance"]["models"]:
        said.append("nli: its own error was not measured, use --calibrate-judge FILE")
    return f"Judges, and how often they are wrong themselves ({'; '.join(said)})"


def _error(error: Values) -> str:
    parts = [
        f"{name.replace('_', ' ')} {_number(error[name])}"
        for name in ("accuracy", "false_entail", "missed_entail")
    ]
    return f"{', '.join(parts)} on {error['pairs']} pairs"


def _silence(columns: Sequence[Values]) -> list[str]:
    rows = [
        _row("abstention recall", [_mean(c["metrics"]["abstention_recall"]) for c in columns]),
        _row("false refusal", [_mean(c["metrics"]["false_refusal"]) for c in columns]),
        _row("abstention precision", [_number(c["abstention"]["precision"]) for c in columns]),
    ]
    names = {"auroc": "AUROC", "aurc": "area under risk-coverage", "ece": "calibration error"}
    return rows + [_row(said, [_number(c[key]) for c in columns]) for key, said in names.items()]


def _by_group(columns: Sequence[Values], label: str) -> list[str]:
    rows = []
    for group in columns[0][label]:
        values = [column[label].get(group) for column in columns]
        rows.append(_row(group.replace("_", " "), [_share(value) for value in values]))
    return rows


def _latency(columns: Sequence[Values]) -> list[str]:
    stages = dict.fromkeys(stage for column in columns for stage in column["latency_s"])
    return [_row(s, [_times(column["latency_s"].get(s)) for column in columns]) for s in stages]


def _comparison(found: Values) -> list[str]:
    difference, test = found["f1_difference"], found["mcnemar"]
    return [
        f"{found['second']} against {found['first']}, {found['split']}: "
        f"answer F1 {_number(difference['value'], sign=True)} "
        f"[{_number(difference['low'], sign=True)}, {_number(difference['high'], sign=True)}]; "
        f"right only in the first {test['only_first']}, only in the second "
        f"{test['only_second']}, McNemar p = {test['p_value']:.3g}"
    ]


def _mean(mean: Values | None) -> str:
    if mean is None or mean["value"] is None:
        return _DASH
    bounds = f"[{mean['low']:.3f}, {mean['high']:.3f}]"
    return f"{mean['value']:.3f} {bounds} {mean['n']}"


def _share(group: Values | None) -> str:
    if group is None:
        return _DASH
    return f"{_number(group['metrics']['right']['value'])} {group['questions']}"


def _times(stage: Values | None) -> str:
    if stage is None or stage["median"] is None:
        return _DASH
    return f"{stage['median']:.3f}  {stage['p95']:.3f}"


def _number(value: float | None, *, sign: bool = False) -> str:
    if value is None:
        return _DASH
    return f"{value:+.3f}" if sign else f"{value:.3f}"


def _row(name: str, cells: Sequence[str]) -> str:
    return f"  {name:{_NAME}}" + "  ".join(f"{cell:{_CELL}}" for cell in cells)
