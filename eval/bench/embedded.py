"""Whether compressed vectors find what exact ones find, on passages that are really embedded.

The search part can go further, because its vectors are a stand-in; this part says what the
stand-in is worth. The vectors are kept in the folder of the bench: a model makes about a
hundred a second.
"""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from time import perf_counter

import numpy as np
from numpy.typing import NDArray
from tqdm import tqdm

from eval.bench.retrieval import LIMIT, MEANING, recall
from eval.bench.values import BELEG, Rounds, Row, p95, rows_of
from index.compressed import CompressedFile, write_compressed
from index.vectorfiles import Block
from index.vectors import Vectors

_BATCH = 512

Embed = Callable[[Sequence[str]], NDArray[np.float32]]


def vectors_of(texts: Sequence[str], embed: Embed, work: Path) -> NDArray[np.float32]:
    """The vectors of passages; kept for another run over the same ones.

    Args:
        texts: passages.
        embed: gives (n, dim) float32, L2-normalised.
        work: folder of the bench.
    """
    digest = hashlib.sha256("\0".join(texts).encode("utf-8")).hexdigest()
    kept = work / f"embedded-{digest[:16]}.npy"
    if not kept.exists():
        parts = []
        with tqdm(total=len(texts), desc="embedding", unit=" passages") as shown:
            for first in range(0, len(texts), _BATCH):
                some = texts[first : first + _BATCH]
                parts.append(embed(some))
                shown.update(len(some))
        unfinished = kept.with_suffix(".part.npy")
        np.save(unfinished, np.concatenate(parts))
        unfinished.replace(kept)
    vectors: NDArray[np.float32] = np.load(kept)
    return vectors


def measure(
    vectors: NDArray[np.float32], queries: NDArray[np.float32], work: Path, rounds: int
) -> list[Row]:
    """Recall and latency of the search by meaning in a quarter of the vectors, and in all.

    Args:
        vectors: (n, dim) float32, L2-normalised: of two passages at least.
        queries: (m, dim) float32, L2-normalised: of questions.
        work: an empty folder.
        rounds: how often all questions are asked.
    """
    rows: list[Row] = []
    for count in (max(1, len(vectors) // 4), len(vectors)):
        some = vectors[:count]
        folder = work / str(count)
        folder.mkdir()
        write_compressed(folder, some.shape[1], count, partial(_blocks, some))
        opened = Vectors([CompressedFile(folder, some.shape[1])], np.empty(0, np.int64))
        times: list[float] = []
        found: list[list[int]] = []
        for _ in range(rounds):
            seconds, found = _searched(opened, queries)
            times.append(p95(seconds) * 1000)
        part = f"{count:,} passages really embedded"
        note = f"compressed; {len(queries)} questions"
        share = recall(some, queries, found)
        rows.append(Row(part, f"recall@{LIMIT} against exact", BELEG, share, "share", note=note))
        timed = {BELEG: Rounds(uuid.uuid4().hex, tuple(times))}
        rows += rows_of(part, f"{MEANING}, p95", "ms", timed)
    return rows


def _blocks(vectors: NDArray[np.float32]) -> Iterator[Block]:
    yield np.arange(len(vectors)), vectors


def _searched(opened: Vectors, queries: NDArray[np.float32]) -> tuple[list[float], list[list[int]]]:
    seconds, found = [], []
    for query in queries:
        started = perf_counter()
        hits = opened.search(query, LIMIT)
        seconds.append(perf_counter() - started)
        found.append([i for i, _ in hits])
    return seconds, found
