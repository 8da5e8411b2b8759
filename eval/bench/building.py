"""Making what retrieval is measured on: an index by `index.sync`, and its exact vectors."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from eval.bench.search_ways import passage_texts
from eval.bench.standin import Neighbourhoods, describe
from eval.bench.texts import write_corpus
from eval.bench.worker import Worker
from index.embed import Embedder, load_embedder
from index.store import Snapshot
from index.sync import sync

_BATCH = 4096


@dataclass(frozen=True, slots=True)
class Built:
    """An index and what is known of it.

    Args:
        root: folder of the index.
        vectors: `.npy` file, (passages, dim) float32, in the order of the passages' ids.
        passages: how many.
        note: what its articles and vectors are made of.
        built: seconds, passages and peak memory of the build; empty if it was there already.
    """

    root: Path
    vectors: Path
    passages: int
    note: str
    built: dict[str, float]


class Encoder:
    """The model that questions and the stand-in's sample are embedded with, in a worker.

    Args:
        make: gives the embedder.
        arguments: of `make`.
    """

    def __init__(self, make: Callable[..., Embedder], *arguments: Any) -> None:
        self._embedder = make(*arguments)

    def passages(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """(len(texts), dim) float32, L2-normalised."""
        return self._embedder.embed_passages(texts)

    def questions(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """(len(texts), dim) float32, L2-normalised."""
        return self._embedder.embed_queries(texts)


class Builder:
    """Builds an index with the stand-in's vectors, in a worker.

    Args:
        sample: `.npy` file of really embedded passages.
    """

    def __init__(self, sample: str) -> None:
        self._embedder = Neighbourhoods(np.load(sample))

    def build(self, corpus: str, root: str, vectors: str) -> tuple[float, int]:
        """Sync, then write the exact vectors; seconds of the sync, and passages."""
        started = time.perf_counter()
        report = sync(Path(corpus), Path(root), self._embedder.identity, lambda: self._embedder)
        seconds = time.perf_counter() - started
        texts = passage_texts(Path(root))
        shape = (len(texts), self._embedder.identity.dim)
        rows = np.lib.format.open_memmap(vectors, mode="w+", dtype=np.float32, shape=shape)
        for first in range(0, len(texts), _BATCH):
            some = texts[first : first + _BATCH]
            rows[first : first + len(some)] = self._embedder.embed_passages(some)
        rows.flush()
        return seconds, report.passages


def packaged(cache: str) -> Embedder:
    """The packaged model."""
    return load_embedder(None, cache=Path(cache))


def built(work: Path, size: int, data: Path | None, sample: NDArray[np.float32]) -> Built:
    """An index of about so many passages; what an earlier run left in the folder is used.

    Args:
        work: folder of the bench.
        size: passages wanted.
        data: folder of the development data, or None.
        sample: (n, dim) float32 vectors of really embedded passages.
    """
    place = work / f"passages-{size}"
    place.mkdir(parents=True, exist_ok=True)
    corpus = write_corpus(place / "articles", size, data)
    root, vectors, note = place / "index", place / "vectors.npy", place / "built.json"
    embedder = Neighbourhoods(sample)
    if not note.exists():
        np.save(place / "sample.npy", sample)
        with Worker(Builder, str(place / "sample.npy")) as worker:
            seconds, _ = worker.call("build", str(corpus.folder), str(root), str(vectors))
            done = {"full_s": seconds, "peak_mib": worker.peak_mib()}
        note.write_text(json.dumps(done), encoding="utf-8")
    known = json.loads(note.read_text(encoding="utf-8"))
    made = f"; {corpus.made_share:.0%} of the text put together" if corpus.made_share else ""
    passages = _passages(root)
    said = f"{corpus.articles} articles{made}; {describe(embedder)} of {len(sample)} embedded"
    return Built(root, vectors, passages, said, known)


def prepared(folder: Path) -> Built:
    """What somebody else has built.

    Args:
        folder: holds ``index`` (an index by Beleg) and ``vectors.npy``, (passages, dim) float
            in the order of the passages' ids, and may hold ``note.txt``.
    """
    note = folder / "note.txt"
    said = note.read_text(encoding="utf-8").strip() if note.exists() else f"from {folder.name}"
    root = folder / "index"
    return Built(root, folder / "vectors.npy", _passages(root), said, {})


def _passages(root: Path) -> int:
    snapshot = Snapshot.open(root, None)
    snapshot.close()
    return snapshot.manifest.passages
