"""The whole way from paragraphs to found ones: time of it, and how many are found.

All embed the same passages, as Beleg cuts them (whole paragraphs would be cut off at 512
tokens), and index and search them by themselves: Beleg through `sync` and its retriever, the
plain way with sentence-transformers, FAISS flat and rank_bm25 joined by
reciprocal ranks, txtai as a hybrid index with the same encoder.
"""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np

from eval.bench.errors import MissingPackageError
from eval.bench.values import BELEG, PLAIN, Rounds, Row, missing, rows_of
from eval.bench.ways import PlainWay, need
from eval.bench.worker import Worker
from eval.retrieval import Case, rank_of, scores
from index import e5
from index.articles import MAX_BYTES, find_articles
from index.embed import load_embedder
from index.passages import split_article
from index.scan import scan
from index.store import Snapshot
from index.sync import sync
from rag.retrieve import DEPTH, Retriever, fuse

PART = "retrieval, the whole way"
_K = 60
"""The usual constant of reciprocal rank fusion. Source: Cormack et al., SIGIR 2009."""
_TOP = 10


class Searcher:
    """A way that indexes paragraphs and finds them again; lives in a worker."""

    def index(self, folder: str) -> float:
        """Index the ``*.txt`` of a folder; seconds."""
        started = time.perf_counter()
        self._index(Path(folder))
        return time.perf_counter() - started

    def find(self, questions: Sequence[str]) -> tuple[list[float], list[list[str]]]:
        """For each question seconds and the names of the files found, best first."""
        seconds, found = [], []
        for question in questions:
            started = time.perf_counter()
            found.append(list(dict.fromkeys(self._find(question))))
            seconds.append(time.perf_counter() - started)
        return seconds, found

    def _index(self, folder: Path) -> None:
        raise NotImplementedError

    def _find(self, question: str) -> Sequence[str]:
        raise NotImplementedError


class BelegSearcher(Searcher):
    """Beleg's sync and retriever.

    Args:
        cache: where the packaged model is unpacked.
        root: folder of the index; made.
    """

    def __init__(self, cache: str, root: str) -> None:
        self._embedder = load_embedder(None, cache=Path(cache))
        self._root = Path(root)

    def _index(self, folder: Path) -> None:
        identity = self._embedder.identity
        sync(folder, self._root, identity, lambda: self._embedder)
        self._retriever = Retriever(Snapshot.open(self._root, identity), self._embedder)

    def _find(self, question: str) -> Sequence[str]:
        hits = self._retriever.retrieve(question, DEPTH).hits
        return [hit.passage.article_id for hit in hits]


class PlainSearcher(Searcher):
    """sentence-transformers, FAISS flat and rank_bm25, each with its defaults.

    Args:
        cache: where the packaged model is unpacked.
    """

    def __init__(self, cache: str) -> None:
        need("rank_bm25", "rank-bm25")
        self._way = PlainWay(cache)

    def _index(self, folder: Path) -> None:
        import faiss
        from rank_bm25 import BM25Okapi

        self._names, texts = _passages(folder)
        vectors = self._way.passages(texts)[1]
        self._vectors: Any = faiss.IndexFlatIP(vectors.shape[1])
        self._vectors.add(vectors)
        self._words: Any = BM25Okapi([text.lower().split() for text in texts])

    def _find(self, question: str) -> Sequence[str]:
        query = np.asarray(self._way._embed([question], query=True), dtype=np.float32)
        near, dense = self._vectors.search(query, min(DEPTH, len(self._names)))
        points = self._words.get_scores(question.lower().split())
        best = np.argsort(-points)[:DEPTH]
        fused = fuse(
            list(zip(dense[0].tolist(), near[0].tolist(), strict=True)),
            [(int(i), float(points[i])) for i in best if points[i] > 0],
            k=_K,
            lexical_weight=1.0,
        )
        return [self._names[i] for i in sorted(fused, key=lambda i: -fused[i])]


class TxtaiSearcher(Searcher):
    """txtai's hybrid index with the packaged model and E5's prefixes.

    Args:
        cache: where it is unpacked.
    """

    def __init__(self, cache: str) -> None:
        need("txtai", "txtai")
        from txtai import Embeddings

        self._embeddings: Any = Embeddings(
            path=str(e5.packaged_model(Path(cache))),
            method="sentence-transformers",
            instructions={"query": "query: ", "data": "passage: "},
            hybrid=True,
            gpu=False,
        )

    def _index(self, folder: Path) -> None:
        self._names, texts = _passages(folder)
        self._embeddings.index((i, text, None) for i, text in enumerate(texts))

    def _find(self, question: str) -> Sequence[str]:
        return [self._names[int(i)] for i, _ in self._embeddings.search(question, DEPTH)]


def _passages(folder: Path) -> tuple[list[str], list[str]]:
    """The passages of the files as Beleg cuts them: name of the file and text of each."""
    articles = scan(folder, find_articles(folder)[0], {}, max_bytes=MAX_BYTES).articles
    cut = [p for name in sorted(articles) for p in split_article(articles[name])]
    return [p.article_id for p in cut], [p.text for p in cut]


Makers = Mapping[str, tuple[Callable[..., Any], tuple[Any, ...]]]


def makers(cache: str, root: str) -> Makers:
    """The ways that are compared, by name."""
    return {
        PLAIN: (PlainSearcher, (cache,)),
        BELEG: (BelegSearcher, (cache, root)),
        "txtai": (TxtaiSearcher, (cache,)),
    }


def measure(ways: Makers, folder: Path, cases: Sequence[Case]) -> list[Row]:
    """All ways over the same paragraphs and questions, one after the other.

    Args:
        ways: see `makers`.
        folder: the paragraphs, a file each.
        cases: questions and the file that answers each.
    """
    run = uuid.uuid4().hex
    rows: list[Row] = []
    found: dict[str, dict[str, float]] = {}
    questions = [case.question for case in cases]
    for name, (make, arguments) in ways.items():
        try:
            with Worker(make, *arguments) as worker:
                indexed_s = worker.call("index", str(folder))
                worker.call("find", questions[:3])
                seconds, articles = worker.call("find", questions)
                peak = worker.peak_mib()
        except MissingPackageError as error:
            rows.append(missing(PART, "paragraphs found", name, str(error)))
            continue
        gold = [case.article_id for case in cases]
        ranks = [rank_of(a, g) for a, g in zip(articles, gold, strict=True)]
        values = scores(ranks)
        found[name] = {
            "R@5": values["R@5"],
            f"R@{_TOP}": values[f"R@{_TOP}"],
            "index all": indexed_s,
            "one question, median": median(seconds) * 1000,
            "peak memory": peak,
        }
    return rows + _rows(run, found, f"{_count(folder)} paragraphs, {len(cases)} questions")


def _rows(run: str, found: Mapping[str, Mapping[str, float]], note: str) -> list[Row]:
    units = {
        "R@5": "share",
        f"R@{_TOP}": "share",
        "index all": "s",
        "one question, median": "ms",
        "peak memory": "MiB",
    }
    rows = []
    for what, unit in units.items():
        ways = {name: Rounds(run, (values[what],)) for name, values in found.items()}
        notes = dict.fromkeys(ways, note) if what == "R@5" else {}
        rows += rows_of(PART, what, unit, ways, notes)
    return rows


def _count(folder: Path) -> int:
    return sum(1 for _ in folder.glob("*.txt"))
