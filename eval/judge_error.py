"""How often a judge is wrong: its labels against pairs that people have labelled.

A number that a judge gives is worth what this says. Both the rule and an NLI model are
judges here; the rule knows entailment and nothing else.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from itertools import islice
from pathlib import Path
from typing import Any, TypeAlias

from eval.entailment import rule_entails
from eval.judge import ENTAILMENT, LABELS, NOT_ENTAILMENT
from index.errors import QuestionFileError
from index.files import open_text

Label: TypeAlias = Callable[[Sequence[tuple[str, str]]], Sequence[str]]
"""Pairs of premise and hypothesis -> the label of each."""
BATCH = 16


@dataclass(frozen=True, slots=True)
class JudgeError:
    """What a judge got wrong.

    Args:
        pairs: number of labelled pairs.
        accuracy: share of labels that are right; where the pair or the judge knows two
            labels, neutral and contradiction are both not_entailment.
        false_entail: share of the pairs without entailment that it called entailment.
        missed_entail: share of the entailments that it did not see.
        confusion: right label -> given label -> number of pairs.
    """

    pairs: int
    accuracy: float
    false_entail: float | None
    missed_entail: float | None
    confusion: dict[str, dict[str, int]]

    def to_json(self) -> dict[str, Any]:
        """As it stands in a report."""
        return asdict(self)

    def __str__(self) -> str:
        false, missed = (
            "–" if value is None else f"{value:.3f}"
            for value in (self.false_entail, self.missed_entail)
        )
        return (
            f"accuracy {self.accuracy:.3f}, false entailment {false}, "
            f"missed entailment {missed}, on {self.pairs} pairs"
        )


def calibrate(
    path: Path, label: Label, progress: Callable[[int], object] = lambda count: None
) -> JudgeError:
    """Let a judge label pairs with known labels.

    Args:
        path: JSON lines with ``premise``, ``hypothesis``, ``label``; may be .gz or .xz.
        label: the judge.
        progress: called with the number of pairs done since the last call.

    Raises:
        QuestionFileError: a row is malformed; it names the line.
    """
    counts: Counter[tuple[str, str]] = Counter()
    source = _rows(path)
    while rows := list(islice(source, BATCH)):
        given = label([(premise, hypothesis) for premise, hypothesis, _ in rows])
        counts.update(zip((right for _, _, right in rows), given, strict=True))
        progress(len(rows))
    if not counts:
        raise QuestionFileError(path, 1, "no row", hint="name a file of labelled pairs")
    return judge_error(counts)


def judge_error(counts: Counter[tuple[str, str]]) -> JudgeError:
    """From (right label, given label) -> number of pairs, at least one pair."""
    right = sum(n for (gold, given), n in counts.items() if _agree(gold, given))
    carried = sum(n for (gold, _), n in counts.items() if gold == ENTAILMENT)
    others = counts.total() - carried
    seen = counts[ENTAILMENT, ENTAILMENT]
    false = sum(n for (gold, given), n in counts.items() if gold != given == ENTAILMENT)
    confusion: dict[str, dict[str, int]] = {}
    for (gold, given), n in sorted(counts.items()):
        confusion.setdefault(gold, {})[given] = n
    return JudgeError(
        counts.total(),
        right / counts.total(),
        false / others if others else None,
        1 - seen / carried if carried else None,
        confusion,
    )


def rule_label(pairs: Sequence[tuple[str, str]]) -> list[str]:
    """The rule as a judge of two labels."""
    return [ENTAILMENT if rule_entails((p,), h) else NOT_ENTAILMENT for p, h in pairs]


def _agree(gold: str, given: str) -> bool:
    if NOT_ENTAILMENT in (gold, given):  # neutral or contradiction, it does not say which
        return ENTAILMENT not in (gold, given)
    return gold == given


def _rows(path: Path) -> Iterator[tuple[str, str, str]]:
    with open_text(path) as lines:
        for number, line in enumerate(lines, 1):
            try:
                row = json.loads(line)
                label = str(row["label"])
                if label not in (*LABELS, NOT_ENTAILMENT):
                    raise ValueError(f"label {label!r} is not one of {', '.join(LABELS)}")
                yield str(row["premise"]), str(row["hypothesis"]), label
            except (KeyError, TypeError, ValueError) as error:
                hint = "a row needs premise, hypothesis and label"
                raise QuestionFileError(path, number, str(error), hint=hint) from error
