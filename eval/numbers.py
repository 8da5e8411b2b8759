"""The numbers of a run in columns: a few hundred bytes for each question, no texts.

A run of any length keeps this and nothing else in memory; the results themselves are
written to a file as they come (`eval.results`).
"""

from __future__ import annotations

import sys
from array import array
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

Floats: TypeAlias = npt.NDArray[np.float64]
Mask: TypeAlias = npt.NDArray[np.bool_]

LABELS = ("split", "kind", "language")
STAGE = "stage:"
_NONE = float("nan")


class Numbers:
    """Columns of numbers, a row for each question; None is kept as NaN and never counted."""

    def __init__(self) -> None:
        self._columns: dict[str, array[float]] = {}
        self._labels: dict[str, list[str]] = {name: [] for name in LABELS}
        self._rows = 0

    @classmethod
    def of(cls, results: Iterable[Mapping[str, Any]]) -> Numbers:
        """The numbers of results that are at hand already."""
        made = cls()
        for result in results:
            made.add(result)
        return made

    def __len__(self) -> int:
        return self._rows

    def add(self, result: Mapping[str, Any]) -> None:
        """Take over the numbers of one result (`eval.measure.measure`)."""
        for name in LABELS:
            self._labels[name].append(sys.intern(str(result[name])))
        for name in ("answerable", "abstained", "ok", "right_if_answered", "confidence"):
            self._put(name, result[name])
        for name, value in result["metrics"].items():
            self._put(f"metric:{name}", value)
        self._put("latency_s", result["latency_s"])
        for name, value in result["stages_s"].items():
            self._put(f"{STAGE}{name}", value)
        self._rows += 1
        for column in self._columns.values():
            if len(column) < self._rows:
                column.append(_NONE)

    def labels(self, name: str) -> list[str]:
        """The distinct values of a label, in the order in which they came."""
        return list(dict.fromkeys(self._labels[name]))

    def where(self, name: str, value: str) -> Mask:
        """(rows,) True where a label has this value."""
        return np.array([label == value for label in self._labels[name]], dtype=np.bool_)

    def everything(self) -> Mask:
        """(rows,) True everywhere."""
        return np.ones(self._rows, dtype=np.bool_)

    def names(self, prefix: str) -> list[str]:
        """Names of the columns with this prefix, without it, in the order in which they came."""
        return [name[len(prefix) :] for name in self._columns if name.startswith(prefix)]

    def column(self, name: str) -> Floats:
        """(rows,) a column with NaN for None.

        Raises:
            KeyError: there is no such column.
        """
        return np.array(self._columns[name], dtype=np.float64)

    def values(self, name: str, mask: Mask) -> Floats:
        """The numbers of a column in some rows, None left out."""
        found = self.column(name)[mask]
        return found[~np.isnan(found)]

    def flags(self, name: str, mask: Mask) -> Sequence[bool]:
        """A column of yes and no in some rows."""
        return [bool(value) for value in self.column(name)[mask]]

    def _put(self, name: str, value: float | bool | None) -> None:
        column = self._columns.get(name)
        if column is None:
            column = self._columns[name] = array("d", [_NONE] * self._rows)
        column.append(_NONE if value is None else float(value))
