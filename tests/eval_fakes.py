"""Stand-ins for evaluations: answers of a real assistant kept and replayed, and small reports."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fakes import HashEmbedder

from eval.questions import EvalQuestion
from eval.run import System, run
from rag.assemble import Assistant
from rag.config import Config
from rag.retrieve import Retrieved
from rag.types import AbstainReason, Abstention, Answer

ABOUT = {"format": 1, "set": {"name": "seeds", "sha256": "0" * 64}, "provenance": {"models": {}}}


@dataclass(frozen=True)
class Kept:
    """What a real assistant said to each question, by the question's text."""

    config: Config
    questions: Sequence[EvalQuestion]
    answers: Mapping[str, Answer]
    found: Mapping[str, Retrieved]

    def changed(self, change: Callable[[EvalQuestion, Answer], Answer]) -> Kept:
        """The same with every answer changed."""
        answers = {q.question: change(q, self.answers[q.question]) for q in self.questions}
        return Kept(self.config, self.questions, answers, self.found)

    def ask(self, question: str) -> Answer:
        return self.answers[question]

    def search(self, question: str, limit: int) -> Retrieved:
        return self.found[question]

    def report(self, folder: Path, **about: Any) -> dict[str, Any]:
        """The report of the code that measures real runs."""
        system = System("extractive", self.config)
        return run([system], lambda _: self, self.questions, folder, about={**ABOUT, **about})


def keep(corpus: Path, index: Path, questions: Iterable[EvalQuestion]) -> Kept:
    """Ask a real assistant, with an embedder that counts words, and keep what it says.

    Such an embedder says nothing about confidence: every question is answered, and those
    without an answer are made abstentions, as a perfect threshold would have it.
    """
    config = Config(corpus=corpus, cache=index, index=index, abstain_below=0.0, drafter="none")
    assistant = Assistant(config, HashEmbedder())
    assistant.sync()
    asked = list(questions)
    said = {
        q.question: assistant.ask(q.question) if q.answerable else silent(q.question) for q in asked
    }
    found = {q.question: assistant.search(q.question, 10) for q in asked}
    assistant.close()
    return Kept(config, asked, said, found)


def silent(question: str) -> Answer:
    """The refusal to answer."""
    refusal = Abstention(AbstainReason.LOW_CONFIDENCE)
    return Answer(question, "de", "", abstention=refusal)


def result(name: str, **values: Any) -> dict[str, Any]:
    """A result of a report: answerable and right, in the test half, unless it says otherwise."""
    metrics = {
        "quote_precision": 1.0, "line_precision": 1.0, "staleness": 0.0, "quote_coverage": 1.0,
        "citation_recall": 1.0, "number_fidelity": 1.0, "answer_f1": 0.5, "gold_line_hit": 1.0,
        "gold_lines_quoted": 1.0, "abstention_recall": None, "false_refusal": 0.0,
    }  # fmt: skip
    about = {
        "id": name, "split": "test", "kind": "number", "language": "de", "answerable": True,
        "question": f"Frage {name}?", "abstained": False, "confidence": 0.9, "ok": True,
        "failure": None, "right_if_answered": True, "latency_s": 0.5, "stages_s": {"read": 0.1},
    }  # fmt: skip
    return {**about, **values, "metrics": metrics | values.get("metrics", {})}


def report_of(*results: dict[str, Any], sha256: str = "0" * 64) -> dict[str, Any]:
    """A report of one system with these results."""
    about = {"format": 1, "set": {"name": "seeds", "sha256": sha256}}
    return {**about, "systems": {"extractive": {"summary": {}, "results": list(results)}}}
