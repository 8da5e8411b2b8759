"""Ways of searching passages by meaning and by words; each lives in its own worker.

All get the same passages (read from Beleg's index, in the order of their ids), the same
vectors and the same questions. A search that takes long is repeated less often.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from eval.bench.ways import need
from index.store import Snapshot

Found = tuple[list[float], list[list[int]]]
"""Seconds of each search, and the positions of the passages that it found, best first."""
_LEAST = 3
_MANY = 2000  # passages read at a time


def timed(search: Callable[[Any], list[int]], asked: Iterable[Any], budget_s: float) -> Found:
    """Search after search, until all are done or the time is up (three are always done)."""
    seconds: list[float] = []
    found = []
    until = time.perf_counter() + budget_s
    for question in asked:
        if len(seconds) >= _LEAST and time.perf_counter() > until:
            break
        started = time.perf_counter()
        found.append(search(question))
        seconds.append(time.perf_counter() - started)
    return seconds, found


def passage_texts(root: Path) -> list[str]:
    """Texts of all passages of an index, in the order of their ids."""
    snapshot = Snapshot.open(root, None)
    ids = snapshot.passage_ids()
    parts = (snapshot.passages(ids[i : i + _MANY]) for i in range(0, len(ids), _MANY))
    texts = [passage.text for part in parts for passage in part]
    snapshot.close()
    return texts


class BelegSearch:
    """Beleg's index.

    Args:
        root: folder of the index.
    """

    def __init__(self, root: str) -> None:
        started = time.perf_counter()
        self._snapshot = Snapshot.open(Path(root), None)
        self._opened_s = time.perf_counter() - started
        self._root = Path(root)
        self._ids = np.array(self._snapshot.passage_ids(), dtype=np.int64)

    def opening(self, rounds: int) -> tuple[float, list[float]]:
        """Seconds of the first opening (libraries are imported with it) and of further ones."""
        seconds = []
        for _ in range(rounds):
            started = time.perf_counter()
            snapshot = Snapshot.open(self._root, None)
            seconds.append(time.perf_counter() - started)
            snapshot.close()
        return self._opened_s, seconds

    def meaning(self, queries: NDArray[np.float32], limit: int, budget_s: float) -> Found:
        """Search by vectors, (n, dim) float32."""
        return timed(
            lambda q: self._places(self._snapshot.search_vectors(q, limit)), queries, budget_s
        )

    def words(self, questions: Sequence[str], limit: int, budget_s: float) -> Found:
        """Search by words."""
        return timed(
            lambda q: self._places(self._snapshot.search_words(q, limit)), questions, budget_s
        )

    def _places(self, pairs: Sequence[tuple[int, float]]) -> list[int]:
        places: list[int] = np.searchsorted(self._ids, [i for i, _ in pairs]).tolist()
        return places


class PlainMeaning:
    """FAISS flat: every vector is compared.

    Args:
        vectors: `.npy` file, (n, dim) float32.
    """

    def __init__(self, vectors: str) -> None:
        import faiss

        rows = np.load(vectors)
        self._index: Any = faiss.IndexFlatIP(rows.shape[1])
        self._index.add(np.ascontiguousarray(rows, dtype=np.float32))

    def meaning(self, queries: NDArray[np.float32], limit: int, budget_s: float) -> Found:
        """Search by vectors, (n, dim) float32."""
        return timed(lambda q: self._index.search(q[None], limit)[1][0].tolist(), queries, budget_s)


class PlainWords:
    """rank_bm25 over lower-cased words, as its own documentation shows it.

    Args:
        root: folder of Beleg's index, whose passages are read.
    """

    def __init__(self, root: str) -> None:
        need("rank_bm25", "rank-bm25")
        from rank_bm25 import BM25Okapi

        self._bm25: Any = BM25Okapi([text.lower().split() for text in passage_texts(Path(root))])

    def words(self, questions: Sequence[str], limit: int, budget_s: float) -> Found:
        """Search by words."""
        return timed(lambda q: self._search(q, limit), questions, budget_s)

    def _search(self, question: str, limit: int) -> list[int]:
        scores = self._bm25.get_scores(question.lower().split())
        best: list[int] = np.argsort(-scores)[:limit].tolist()
        return best


class TxtaiSearch:
    """txtai with its defaults: its FAISS index over the same vectors, its BM25.

    Args:
        root: folder of Beleg's index, whose passages are read.
        vectors: `.npy` file, (n, dim) float32.
    """

    def __init__(self, root: str, vectors: str) -> None:
        need("txtai", "txtai")
        from txtai import Embeddings

        rows = np.load(vectors)
        self._meaning: Any = Embeddings({"method": "external"})
        self._meaning.index((i, row, None) for i, row in enumerate(rows))
        self._words: Any = Embeddings({"keyword": True})
        self._words.index((i, text, None) for i, text in enumerate(passage_texts(Path(root))))

    def meaning(self, queries: NDArray[np.float32], limit: int, budget_s: float) -> Found:
        """Search by vectors, (n, dim) float32."""
        return timed(lambda q: [i for i, _ in self._meaning.search(q, limit)], queries, budget_s)

    def words(self, questions: Sequence[str], limit: int, budget_s: float) -> Found:
        """Search by words."""
        return timed(lambda q: [i for i, _ in self._words.search(q, limit)], questions, budget_s)


class HaystackSearch:
    """haystack's in-memory document store over the same vectors, with its BM25.

    Args:
        root: folder of Beleg's index, whose passages are read.
        vectors: `.npy` file, (n, dim) float32.
    """

    def __init__(self, root: str, vectors: str) -> None:
        need("haystack", "haystack-ai")
        import os

        os.environ["HAYSTACK_TELEMETRY_ENABLED"] = "False"  # nothing leaves this machine
        from haystack import Document
        from haystack.document_stores.in_memory import InMemoryDocumentStore

        rows = np.load(vectors)
        self._store: Any = InMemoryDocumentStore(embedding_similarity_function="dot_product")
        texts = passage_texts(Path(root))
        pairs = enumerate(zip(texts, rows, strict=True))
        self._store.write_documents(
            [Document(id=str(i), content=t, embedding=row.tolist()) for i, (t, row) in pairs]
        )

    def meaning(self, queries: NDArray[np.float32], limit: int, budget_s: float) -> Found:
        """Search by vectors, (n, dim) float32."""
        search = self._store.embedding_retrieval
        return timed(lambda q: _numbers(search(q.tolist(), top_k=limit)), queries, budget_s)

    def words(self, questions: Sequence[str], limit: int, budget_s: float) -> Found:
        """Search by words."""
        search = self._store.bm25_retrieval
        return timed(lambda q: _numbers(search(q, top_k=limit)), questions, budget_s)


def _numbers(documents: Sequence[Any]) -> list[int]:
    return [int(document.id) for document in documents]
