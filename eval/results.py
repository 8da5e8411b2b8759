"""Results on disk: one JSON object a line, written as they come and read one at a time.

A report holds `Results` in place of a list, so that a run of thousands of questions never
stands in memory as a whole; `write_report` copies the lines into the report's JSON.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import IO, Any, overload

from index.errors import ConfigError

FORMAT = 1
DIGITS = 4
"""Digits after the point in a baseline."""
_MARK = "\x00results "  # no text of a report holds a NUL
SLIM = ("id", "split", "kind", "language", "answerable", "abstained", "confidence", "ok", "failure")
"""What a baseline keeps of a result besides its metrics: no texts, no times."""


class Results(Sequence[dict[str, Any]]):
    """The results in a JSON-lines file; each look at one reads it from there.

    Args:
        path: the file, complete.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._starts: list[int] = []
        with path.open("rb") as file:
            at = 0
            for line in file:
                self._starts.append(at)
                at += len(line)

    def __len__(self) -> int:
        return len(self._starts)

    def __iter__(self) -> Iterator[dict[str, Any]]:
        """All results in order."""
        return map(json.loads, self.lines())

    def lines(self) -> Iterator[str]:
        """The results as JSON, without the line break."""
        with self.path.open(encoding="utf-8", newline="\n") as file:
            for line in file:
                yield line.rstrip("\n")

    @overload
    def __getitem__(self, at: int) -> dict[str, Any]: ...
    @overload
    def __getitem__(self, at: slice) -> list[dict[str, Any]]: ...
    def __getitem__(self, at: int | slice) -> dict[str, Any] | list[dict[str, Any]]:
        """One result, or some of them as a list."""
        if isinstance(at, slice):
            return [self[i] for i in range(*at.indices(len(self)))]
        with self.path.open("rb") as file:
            file.seek(self._starts[at])
            found: dict[str, Any] = json.loads(file.readline())
        return found


def write_result(file: IO[str], result: Mapping[str, Any]) -> None:
    """Append one result."""
    file.write(_line(result) + "\n")


def write_report(report: Mapping[str, Any], path: Path) -> None:
    """Write a report as JSON, one result a line; the file appears whole or not at all."""
    systems = report["systems"]
    marked = {
        name: {**system, "results": f"{_MARK}{i}"}
        for i, (name, system) in enumerate(systems.items())
    }
    rest = json.dumps({**report, "systems": marked}, ensure_ascii=False, indent=1)
    path.parent.mkdir(parents=True, exist_ok=True)
    building = path.with_name(f"{path.name}.tmp")
    with building.open("w", encoding="utf-8", newline="\n") as file:
        for i, system in enumerate(systems.values()):
            before, rest = rest.split(json.dumps(f"{_MARK}{i}"), 1)
            file.write(before)
            _write_list(file, system["results"])
        file.write(rest + "\n")
    building.replace(path)


def read_report(path: Path) -> dict[str, Any]:
    """Read a report or a baseline.

    Raises:
        ConfigError: there is none, or it is not one.
    """
    hint = "make one with beleg eval --json FILE or --write-baseline FILE"
    try:
        report = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ConfigError(f"{path}: cannot be read as a report: {error}", hint=hint) from error
    if not isinstance(report, dict) or report.get("format") != FORMAT:
        raise ConfigError(f"{path}: not a report of format {FORMAT}", hint=hint)
    return report


def slim(report: Mapping[str, Any]) -> dict[str, Any]:
    """A report without texts and times, to be kept as a baseline."""
    systems = {
        name: {
            "summary": {
                split: {key: _rounded(values[key]) for key in ("questions", "metrics")}
                for split, values in system["summary"].items()
            },
            "results": [_slim(result) for result in system["results"]],
        }
        for name, system in report["systems"].items()
    }
    return {**report, "systems": systems}


def shortened(report: Mapping[str, Any], most: int) -> dict[str, Any]:
    """A report with at most this many results for each system, failures first.

    What was left out is counted in ``results_left_out``.
    """
    systems = {}
    for name, system in report["systems"].items():
        results = system["results"]
        if len(results) > most:
            wrong = [i for i, result in enumerate(results) if not result["ok"]]
            chosen = set(wrong[:most])
            chosen.update([i for i in range(len(results)) if i not in chosen][: most - len(chosen)])
            kept = [results[i] for i in sorted(chosen)]
        else:
            kept = list(results)
        systems[name] = {**system, "results": kept, "results_left_out": len(results) - len(kept)}
    return {**report, "systems": systems}


def _slim(result: Mapping[str, Any]) -> dict[str, Any]:
    return {key: _rounded(result[key]) for key in SLIM} | {"metrics": _rounded(result["metrics"])}


def _rounded(value: Any) -> Any:
    if isinstance(value, float):
        return round(value, DIGITS)
    if isinstance(value, Mapping):
        return {key: _rounded(item) for key, item in value.items()}
    return value


def _write_list(file: IO[str], results: Sequence[Mapping[str, Any]]) -> None:
    lines = results.lines() if isinstance(results, Results) else map(_line, results)
    file.write("[")
    for i, line in enumerate(lines):
        file.write(f"{',' if i else ''}\n{line}")
    file.write("\n]")


def _line(result: Mapping[str, Any]) -> str:
    return json.dumps(result, ensure_ascii=False)
