"""Searching at several sizes: latency by meaning and by words, recall, bytes, opening."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from eval.bench.building import Built
from eval.bench.errors import MissingPackageError, WorkerError
from eval.bench.search_ways import (
    BelegSearch,
    Found,
    HaystackSearch,
    PlainMeaning,
    PlainWords,
    TxtaiSearch,
)
from eval.bench.values import BELEG, PLAIN, Rounds, Row, missing, p95, rows_of
from eval.bench.worker import Worker
from index.generations import current_folder
from rag.retrieve import DEPTH

LIMIT = 10
_TIE = 1e-6  # cosines this close are one rank
_FIRST_BUDGET_S = 10.0

MEANING, WORDS = "by meaning", "by words"


@dataclass(frozen=True, slots=True)
class Limits:
    """What is measured how often, and up to where the others are taken along.

    Args:
        rounds: of all questions, by each way in turn.
        budget_s: seconds for one way in one round.
        plain_words: rank_bm25 holds about 10 kB a passage in memory; not beyond so many.
        peers: not beyond so many passages; they take minutes to build an index of more.
    """

    rounds: int = 5
    budget_s: float = 4.0
    plain_words: int = 150_000
    peers: int = 120_000


Searchers = Mapping[str, tuple[Callable[..., Any], tuple[str, ...], tuple[str, ...], int]]


def searchers(built: Built, limits: Limits) -> Searchers:
    """Each worker: what makes it, with what, which searches it does, up to which size."""
    root, vectors = str(built.root), str(built.vectors)
    without = built.passages + 1
    return {
        BELEG: (BelegSearch, (root,), (MEANING, WORDS), without),
        "plain (FAISS flat)": (PlainMeaning, (vectors,), (MEANING,), without),
        "plain (rank_bm25)": (PlainWords, (root,), (WORDS,), limits.plain_words),
        "txtai": (TxtaiSearch, (root, vectors), (MEANING, WORDS), limits.peers),
        "haystack": (HaystackSearch, (root, vectors), (MEANING, WORDS), limits.peers),
    }


def measure(
    built: Built, queries: NDArray[np.float32], questions: Sequence[str], limits: Limits
) -> list[Row]:
    """All ways in turns over the same passages and questions.

    Args:
        built: the index and its vectors.
        queries: (n, dim) float32, L2-normalised: vectors of the questions.
        questions: n texts.
        limits: how often.
    """
    part = f"search in {built.passages:,} passages"
    rows = _index_rows(part, built)
    with ExitStack() as stack:
        workers: dict[str, tuple[Worker, tuple[str, ...]]] = {}
        for name, (make, arguments, kinds, most) in searchers(built, limits).items():
            if built.passages > most:
                why = f"left out beyond {most:,} passages (memory or time)"
                rows += [missing(part, kind, name, why) for kind in kinds]
                continue
            try:
                workers[name] = stack.enter_context(Worker(make, *arguments)), kinds
            except MissingPackageError as error:
                rows += [missing(part, kind, name, str(error)) for kind in kinds]
            except WorkerError as error:
                said = str(error).strip().splitlines()[-1]
                rows += [missing(part, kind, name, f"failed: {said}") for kind in kinds]
        for kind, asked in ((MEANING, queries), (WORDS, questions)):
            chosen = {name: worker for name, (worker, kinds) in workers.items() if kind in kinds}
            rows += _rows(part, kind, chosen, asked, built, queries, limits)
        rows += _beleg_rows(part, workers[BELEG][0], queries, questions, limits)
        memory = {n: Rounds("memory", (w.peak_mib(),)) for n, (w, _) in workers.items()}
        rows += rows_of(part, "peak memory", "MiB", memory)
    return rows


def _rows(
    part: str,
    kind: str,
    workers: Mapping[str, Worker],
    asked: Any,
    built: Built,
    queries: NDArray[np.float32],
    limits: Limits,
) -> list[Row]:
    """Median and p95 of one kind of search, and recall of the searches by meaning."""
    method = "meaning" if kind == MEANING else "words"
    found: dict[str, list[Found]] = {name: [] for name in workers}
    for worker in workers.values():
        worker.call(method, asked[:3], LIMIT, _FIRST_BUDGET_S)
    for _ in range(limits.rounds):
        for name, worker in workers.items():
            found[name].append(worker.call(method, asked, LIMIT, limits.budget_s))
    run = uuid.uuid4().hex
    rows = []
    for what, reduce in (("median", np.median), ("p95", p95)):
        ways = {
            PLAIN if name.startswith(PLAIN) else name: Rounds(
                run, tuple(float(reduce(seconds)) * 1000 for seconds, _ in each)
            )
            for name, each in found.items()
        }
        notes = {
            PLAIN if name.startswith(PLAIN) else name: _how_many(name, each[0], len(asked))
            for name, each in found.items()
        }
        rows += rows_of(part, f"{kind}, {what}", "ms", ways, notes)
    if kind == MEANING:
        exact = np.load(built.vectors, mmap_mode="r")
        for name, each in found.items():
            way = PLAIN if name.startswith(PLAIN) else name
            share = recall(exact, queries, each[0][1])
            rows.append(Row(part, f"recall@{LIMIT} against exact", way, share, "share"))
    return rows


def recall(
    vectors: NDArray[np.float32], queries: NDArray[np.float32], found: Sequence[Sequence[int]]
) -> float:
    """Share of the truly nearest passages that were found; ties with the last count as found.

    Args:
        vectors: (n, dim) float32, all passages.
        queries: (m, dim) float32.
        found: for each of the first queries, positions of the passages found.

    Returns:
        Mean over the queries, in [0, 1].

    Source: recall@k with ties, as in FAISS' contrib/evaluation.py (``knn_intersection_measure``
    made tolerant of equal scores).
    """
    shares = []
    for query, positions in zip(queries, found, strict=False):
        scores = vectors @ query
        most = min(LIMIT, len(scores))
        last = np.partition(scores, -most)[-most]
        shares.append(sum(scores[i] >= last - _TIE for i in positions[:most]) / most)
    return float(np.mean(shares))


def _index_rows(part: str, built: Built) -> list[Row]:
    """Bytes a passage of the index's files, and what building it took without a model."""
    folder, _ = current_folder(built.root)
    sizes = {path.name: path.stat().st_size for path in folder.iterdir() if path.is_file()}
    words = sum(size for name, size in sizes.items() if ".sqlite" in name)
    each = {
        "index, vectors": sum(sizes.values()) - words,
        "index, texts and words": words,
    }
    rows = [
        Row(part, what, BELEG, size / built.passages, "bytes/passage", note=built.note)
        for what, size in each.items()
    ]
    if built.built:
        rate = built.passages / built.built["full_s"]
        note = f"{json.dumps(round(built.built['full_s']))} s, one run, vectors of the stand-in"
        rows.append(Row(part, "build without a model", BELEG, rate, "passages/s", note=note))
        peak = built.built["peak_mib"]
        rows.append(
            Row(part, "build, and the exact vectors beside it: peak memory", BELEG, peak, "MiB")
        )
    return rows


def _beleg_rows(
    part: str,
    worker: Worker,
    queries: NDArray[np.float32],
    questions: Sequence[str],
    limits: Limits,
) -> list[Row]:
    """Opening the index, and both searches as deep as an answer needs them."""
    first_s, seconds = worker.call("opening", limits.rounds)
    opened = Rounds("opening", tuple(s * 1000 for s in seconds))
    note = f"the first one, with imports: {first_s * 1000:.0f} ms"
    rows = rows_of(part, "opening", "ms", {BELEG: opened}, {BELEG: note})
    for method, asked in (("meaning", queries), ("words", questions)):
        found = [
            worker.call(method, asked, DEPTH, limits.budget_s)[0] for _ in range(limits.rounds)
        ]
        deep = Rounds("deep", tuple(p95(each) * 1000 for each in found))
        kind = MEANING if method == "meaning" else WORDS
        rows += rows_of(part, f"{kind}, p95, {DEPTH} passages", "ms", {BELEG: deep})
    return rows


def _how_many(name: str, found: Found, asked: int) -> str:
    inside = name[name.find("(") + 1 : -1] if "(" in name else ""
    fewer = f"{len(found[0])} of {asked} questions" if len(found[0]) < asked else ""
    return "; ".join(word for word in (inside, fewer) if word)
