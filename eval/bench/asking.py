"""`ask` by stage: in a process that has just begun, and warm; and searching before it."""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from statistics import median
from typing import Any

from eval.bench.values import BELEG, Rounds, Row, p95, rows_of
from eval.bench.worker import Worker
from eval.latency import answer_times, dev_questions
from rag.assemble import Assistant
from rag.config import DRAFTER_PACKAGED, Config
from rag.retrieve import DEPTH, fuse

PART = "ask"
STAGES = {
    "read": "read the question",
    "retrieve": "search",
    "evidence": "read the passages",
    "draft": "draft",
    "quote": "verify and quote",
}
"""The stages of an `Answer`, in the words of the table."""
_SEARCHED = 10


class Asking:
    """An assistant over a folder, in a worker; it has loaded nothing yet.

    Args:
        corpus: folder of the articles.
        index: folder of the index.
        cache: where models are unpacked.
        drafter: name of the drafting model.
    """

    def __init__(self, corpus: str, index: str, cache: str, drafter: str) -> None:
        config = Config(Path(corpus), Path(cache), Path(index), drafter=drafter)
        self._assistant = Assistant(config)

    def prepare(self) -> None:
        """Unpack the models and bring the index up to date."""
        self._assistant.load()
        self._assistant.sync()

    def cold(self, question: str) -> dict[str, float]:
        """Seconds of each step from nothing to the first answer."""
        assistant = self._assistant
        seconds = {
            "open the index": _seconds(lambda: assistant.snapshot),
            "load the embedder": _seconds(lambda: assistant.embedder),
            "load the drafter": _seconds(lambda: assistant.drafter),
        }
        started = time.perf_counter()
        answer = assistant.ask(question)
        seconds["first answer"] = time.perf_counter() - started
        return seconds | {f"first answer: {STAGES[k]}": v for k, v in answer.stages_s.items()}

    def warm(self, questions: Sequence[str]) -> tuple[list[float], dict[str, list[float]]]:
        """Seconds of each answer, and of its stages by name."""
        return answer_times(self._assistant, questions)

    def search(self, questions: Sequence[str]) -> list[float]:
        """Seconds of each retrieval as `beleg search` does it."""
        search = self._assistant.search
        return [_seconds(partial(search, question, _SEARCHED)) for question in questions]

    def search_steps(self, questions: Sequence[str]) -> dict[str, list[float]]:
        """Seconds of each step of a retrieval, by name."""
        embedder, snapshot = self._assistant.embedder, self._assistant.snapshot
        steps: dict[str, list[float]] = {"embed": [], "by meaning": [], "by words": [], "fuse": []}
        for question in questions:
            times = [time.perf_counter()]
            vector = embedder.embed_queries([question])[0]
            times.append(time.perf_counter())
            dense = snapshot.search_vectors(vector, DEPTH)
            times.append(time.perf_counter())
            lexical = snapshot.search_words(question, DEPTH)
            times.append(time.perf_counter())
            snapshot.passages(list(fuse(dense, lexical)))
            times.append(time.perf_counter())
            for name, start, end in zip(steps, times, times[1:], strict=False):
                steps[name].append(end - start)
        return steps


def measure(
    corpus: Path, index: Path, cache: Path, rounds: int, drafter: str = DRAFTER_PACKAGED
) -> list[Row]:
    """Cold steps in a fresh process each round, then warm rounds over all questions.

    Args:
        corpus: the seeds' articles, which the question set asks about.
        index: folder of the index; made if missing.
        cache: where models are unpacked.
        rounds: how often.
        drafter: name of the drafting model.
    """
    questions = dev_questions(corpus)
    arguments = (str(corpus), str(index), str(cache), drafter)
    with Worker(Asking, *arguments) as worker:
        worker.call("prepare")
    cold: list[dict[str, float]] = []
    for _ in range(rounds):
        with Worker(Asking, *arguments) as worker:
            imports = {"import": worker.ready_s}
            cold.append(imports | worker.call("cold", questions[0]))
    rows = _cold_rows(cold)
    with Worker(Asking, *arguments) as worker:
        worker.call("warm", questions[:3])
        return rows + _warm_rows(worker, questions, rounds)


def _cold_rows(cold: Sequence[dict[str, float]]) -> list[Row]:
    run = uuid.uuid4().hex
    rows = []
    for name in cold[0]:
        timed = Rounds(run, tuple(seconds.get(name, 0.0) for seconds in cold))
        rows += rows_of(PART, f"cold: {name}", "s", {BELEG: timed})
    return rows


def _warm_rows(worker: Worker, questions: Sequence[str], rounds: int) -> list[Row]:
    totals, searches, steps = [], [], []
    for _ in range(rounds):
        totals.append(worker.call("warm", questions))
        searches.append(worker.call("search", questions))
        steps.append(worker.call("search_steps", questions))
    run = uuid.uuid4().hex

    def row(what: str, values: Sequence[float], note: str = "") -> list[Row]:
        timed = Rounds(run, tuple(value * 1000 for value in values))
        return rows_of(PART, what, "ms", {BELEG: timed}, {BELEG: note})

    told = f"{len(questions)} questions a round"
    rows = row("warm: median", [median(t) for t, _ in totals], told)
    rows += row("warm: p95", [p95(t) for t, _ in totals])
    for name, said in STAGES.items():
        known = [(sum(s[name]), sum(t), median(s[name])) for t, s in totals if name in s]
        if known:
            share = sum(k[0] for k in known) / sum(k[1] for k in known)
            rows += row(f"warm: {said}", [k[2] for k in known], f"{share:.1%} of the time")
    rows += row("search, warm: median", [median(s) for s in searches])
    rows += row("search, warm: p95", [p95(s) for s in searches])
    for name in steps[0]:
        rows += row(f"search, warm: {name}", [median(s[name]) for s in steps])
    return [*rows, Row(PART, "peak memory", BELEG, worker.peak_mib(), "MiB")]


def _seconds(step: Callable[[], Any]) -> float:
    started = time.perf_counter()
    step()
    return time.perf_counter() - started
