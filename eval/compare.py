"""Question by question: what got better and what got worse between two reports.

Both must come from the same question set, by its sha256. A baseline (`eval.results.slim`)
will do for either side. Pure; no I/O.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from index.errors import ConfigError

SMALLEST = 0.001
"""A score counts as changed from here on; a baseline is rounded to four digits."""
_SCORES = ("answer_f1", "gold_lines_quoted", "quote_precision", "citation_recall")


@dataclass(frozen=True, slots=True)
class Change:
    """What became of one question.

    Args:
        id: of the question.
        better: True for better, False for worse.
        what: what changed, in a few words.
        question: its text, if a report holds it.
    """

    id: str
    better: bool
    what: str
    question: str = ""


@dataclass(frozen=True, slots=True)
class Comparison:
    """One system before and after.

    Args:
        system: its name.
        questions: number of questions in both reports.
        changes: of those that changed, in the order of the set.
    """

    system: str
    questions: int
    changes: tuple[Change, ...]

    def count(self, *, better: bool) -> int:
        """How many questions got better, or worse."""
        return sum(change.better == better for change in self.changes)


def check_same_set(before: Mapping[str, Any], after: Mapping[str, Any]) -> None:
    """Refuse reports about different question sets.

    Raises:
        ConfigError: their digests differ.
    """
    old, new = before["set"]["sha256"], after["set"]["sha256"]
    if old != new:
        raise ConfigError(
            f"the reports are about different question sets: {old[:12]} before, {new[:12]} now",
            hint="run the baseline's set, or make a new baseline with --write-baseline",
        )


def compare(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Comparison]:
    """What changed for each system that stands in both reports.

    Raises:
        ConfigError: the reports are about different question sets.
    """
    check_same_set(before, after)
    found = []
    for name, system in after["systems"].items():
        if name in before["systems"]:
            old = {result["id"]: result for result in before["systems"][name]["results"]}
            pairs = [(old[new["id"]], new) for new in system["results"] if new["id"] in old]
            changes = [change for pair in pairs if (change := change_of(*pair))]
            found.append(Comparison(name, len(pairs), tuple(changes)))
    return found


def change_of(before: Mapping[str, Any], after: Mapping[str, Any]) -> Change | None:
    """What became of one question; None if nothing did.

    Right or wrong decides; where that stayed, the first score that differs does.
    """
    text = after.get("question", "")
    if before["ok"] != after["ok"]:
        what = "now right" if after["ok"] else str(after["failure"])
        was = f" (was: {before['failure']})" if after["ok"] else ""
        return Change(after["id"], after["ok"], what + was, text)
    for name in _SCORES:
        old, new = before["metrics"].get(name), after["metrics"].get(name)
        if None not in (old, new) and abs(new - old) >= SMALLEST:
            what = f"{name.replace('_', ' ')} {old:.3f} -> {new:.3f}"
            return Change(after["id"], new > old, what, text)
    return None


def compare_text(comparisons: Sequence[Comparison]) -> str:
    """The comparison for a terminal: counts, then every question that changed, worse first."""
    lines = []
    for found in comparisons:
        better, worse = found.count(better=True), found.count(better=False)
        same = found.questions - better - worse
        lines.append(f"{found.system}: {worse} worse, {better} better, {same} as before")
        for change in sorted(found.changes, key=lambda change: change.better):
            sign = "+" if change.better else "-"
            lines.append(f"  {sign} {change.id}  {change.what}".rstrip())
            lines += [f"      {change.question}"] if change.question else []
    return "\n".join(lines) or "no system stands in both reports"
