"""Runs a question set through one or several systems and makes the report.

A system is a name and the settings of an assistant. The extractive baseline is always
there to compare with: a system with a drafter is run on the same questions beside it.
Results go to a file as they come; numbers alone stay in memory.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from typing import Any, Protocol

from eval.entailment import Entails
from eval.measure import SEARCHED, Asked, measure
from eval.numbers import Numbers
from eval.questions import EvalQuestion
from eval.results import Results, write_result
from eval.summary import difference, summarise
from index.errors import QuestionError
from rag.config import DRAFTER_NONE, Config
from rag.retrieve import Retrieved
from rag.types import Answer

EXTRACTIVE = "extractive"


class Assistant(Protocol):
    """What is measured; `rag.assemble.Assistant` is one."""

    def ask(self, question: str) -> Answer:
        """Answer a question."""

    def search(self, question: str, limit: int) -> Retrieved:
        """Rank passages."""


@dataclass(frozen=True, slots=True)
class System:
    """One way of answering.

    Args:
        name: short, as it stands in the report.
        config: the settings of its assistant.
    """

    name: str
    config: Config

    @property
    def extractive(self) -> bool:
        """True if it answers with evidence sentences, word for word."""
        return self.config.drafter == DRAFTER_NONE


def systems_of(config: Config) -> tuple[System, ...]:
    """The systems to run for these settings: the extractive baseline, and the drafter if any."""
    if config.drafter == DRAFTER_NONE:
        return (System(EXTRACTIVE, config),)
    plain = replace(config, drafter=DRAFTER_NONE)
    return (System(EXTRACTIVE, plain), System("drafter", config))


def run(
    systems: Sequence[System],
    assistant_of: Callable[[System], Assistant],
    questions: Iterable[EvalQuestion],
    folder: Path,
    *,
    about: Mapping[str, Any],
    progress: Callable[[], object] = lambda: None,
    judge: Entails | None = None,
) -> dict[str, Any]:
    """Ask every system every question and measure what it says.

    Args:
        systems: at least one; the second is compared with the first.
        assistant_of: makes the assistant of a system, its index up to date.
        questions: gone through once for each system, always in the same order.
        folder: results are written to ``NAME.jsonl`` in it.
        about: what else stands in the report: format, set, provenance.
        progress: called after each question.
        judge: an NLI model that judges citations beside the rule.

    Returns:
        The report; its results are read from `folder` when they are looked at.
    """
    folder.mkdir(parents=True, exist_ok=True)
    measured: dict[str, Any] = {}
    numbers: list[Numbers] = []
    for system in systems:
        path = folder / f"{system.name}.jsonl"
        numbers.append(_measured(system, assistant_of, questions, path, progress, judge))
        measured[system.name] = {"summary": summarise(numbers[-1]), "results": Results(path)}
    comparison = None
    if len(systems) > 1:
        names = {"first": systems[0].name, "second": systems[1].name}
        comparison = names | difference(numbers[0], numbers[1])
    return {**about, "systems": measured, "comparison": comparison}


def _measured(
    system: System,
    assistant_of: Callable[[System], Assistant],
    questions: Iterable[EvalQuestion],
    path: Path,
    progress: Callable[[], object],
    judge: Entails | None,
) -> Numbers:
    assistant = assistant_of(system)
    for question in islice(questions, 1):  # what is loaded on first use is not timed
        _ask(assistant, question)
    numbers = Numbers()
    with path.open("w", encoding="utf-8", newline="\n") as file:
        for question in questions:
            asked = _ask(assistant, question)
            corpus = system.config.corpus
            result = measure(asked, corpus, extractive=system.extractive, judge=judge)
            numbers.add(result)
            write_result(file, result)
            progress()
    return numbers


def _ask(assistant: Assistant, question: EvalQuestion) -> Asked:
    """The answer to one question; one that cannot be asked is no answer and no silence."""
    started = time.perf_counter()
    try:
        answer = assistant.ask(question.question)
        latency_s = time.perf_counter() - started
        found = assistant.search(question.question, SEARCHED)
    except QuestionError as error:
        answer = Answer(question.question, question.language, "")
        return Asked(question, answer, (), time.perf_counter() - started, error.message)
    return Asked(question, answer, [hit.passage for hit in found.hits], latency_s)
