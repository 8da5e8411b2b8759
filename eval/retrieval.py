"""Retrieval measured on questions with known paragraphs: dense, lexical and fused.

    python -m eval.retrieval --data FILE [--index DIR]

FILE holds JSON lines with ``question`` and ``positive_context`` (or ``context``), such as
the German part of MLQA. Each distinct paragraph becomes an article of a temporary corpus,
goes through the same splitting, embedding and store as any folder, and counts as found
when one of its passages is. The paragraphs are cut into halves by a digest of their text:
fusion parameters are chosen on the tuning half, numbers are reported for both.
"""

from __future__ import annotations

import argparse
import hashlib
import itertools
import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tqdm import tqdm

from index.embed import Embedder, load_embedder
from index.files import open_text
from index.lexical import COLUMN_WEIGHTS
from index.store import Snapshot
from index.sync import sync
from rag.retrieve import DEPTH, LEXICAL_WEIGHT, RRF_K, fuse

K_GRID = (5, 10, 20, 40, 60)
WEIGHT_GRID = (0.2, 0.3, 0.4, 0.5, 0.6, 0.8, 1.0)
COLUMN_GRID = tuple(itertools.product((1.0,), (0.25, 0.5, 0.75), (0.1, 0.3, 0.6)))

Ranking = list[tuple[int, float]]


@dataclass(frozen=True, slots=True)
class Case:
    """One question and the article that holds its answer."""

    question: str
    article_id: str

    @property
    def tuning(self) -> bool:
        """True for the half of the paragraphs on which parameters may be chosen."""
        return int(hashlib.blake2b(self.article_id.encode()).hexdigest(), 16) % 2 == 0


def load_cases(path: Path, corpus: Path) -> list[Case]:
    """Write each distinct paragraph as an article and list the questions.

    Args:
        path: the data.
        corpus: an empty folder.
    """
    cases = []
    written: set[str] = set()
    with open_text(path) as lines:
        for line in lines:
            row = json.loads(line)
            text = row.get("positive_context") or row["context"]
            digest = hashlib.blake2b(text.encode("utf-8"), digest_size=8).hexdigest()
            article_id = f"{digest}.txt"
            if article_id not in written:
                written.add(article_id)
                (corpus / article_id).write_text(text, encoding="utf-8", newline="")
            cases.append(Case(row["question"], article_id))
    return cases


def article_ranking(snapshot: Snapshot, ids: Sequence[int]) -> list[str]:
    """Articles in the order in which their first passage was found."""
    return list(dict.fromkeys(p.article_id for p in snapshot.passages(ids)))


def scores(ranks: Sequence[int | None]) -> dict[str, float]:
    """R@1, R@5, R@10 and MRR@60 of the ranks at which gold articles were found."""
    found = [rank for rank in ranks if rank is not None]
    count = max(1, len(ranks))
    result = {f"R@{k}": sum(rank <= k for rank in found) / count for k in (1, 5, 10)}
    return result | {"MRR": sum(1 / rank for rank in found) / count}


def rank_of(articles: Sequence[str], gold: str) -> int | None:
    """1-based place of the gold article, None if it was not found."""
    return articles.index(gold) + 1 if gold in articles else None


class Bench:
    """Rankings of both halves for every question, computed once."""

    def __init__(self, snapshot: Snapshot, embedder: Embedder, cases: Sequence[Case]) -> None:
        self.snapshot = snapshot
        self.cases = cases
        vectors = embedder.embed_queries([case.question for case in cases])
        self.dense = [snapshot.search_vectors(vector, DEPTH) for vector in vectors]
        self.lexical = self.search_words()
        ids = {i for rankings in (self.dense, self.lexical) for r in rankings for i, _ in r}
        self.article = {p.id: p.article_id for p in snapshot.passages(sorted(ids))}

    def search_words(self, weights: tuple[float, float, float] = COLUMN_WEIGHTS) -> list[Ranking]:
        """Lexical rankings with these column weights."""
        found = []
        for case in tqdm(self.cases, desc="lexical", unit="question", file=sys.stderr):
            found.append(self.snapshot.search_words(case.question, DEPTH, weights=weights))
        return found

    def ranks(self, rankings: Sequence[Ranking], tuning: bool) -> list[int | None]:
        """Rank of the gold article for the questions of one half."""
        chosen = []
        for case, ranking in zip(self.cases, rankings, strict=True):
            if case.tuning == tuning:
                articles = list(dict.fromkeys(self._article_of(i) for i, _ in ranking))
                chosen.append(rank_of(articles, case.article_id))
        return chosen

    def _article_of(self, passage_id: int) -> str:
        if passage_id not in self.article:
            self.article[passage_id] = self.snapshot.passages([passage_id])[0].article_id
        return self.article[passage_id]

    def fused(self, lexical: Sequence[Ranking], k: int, weight: float) -> list[Ranking]:
        """Both halves fused for every question."""
        pairs = zip(self.dense, lexical, strict=True)
        return [
            sorted(fuse(d, w, k=k, lexical_weight=weight).items(), key=lambda item: -item[1])
            for d, w in pairs
        ]

    def choose(self) -> tuple[tuple[float, float, float], int, float]:
        """Column weights, k and lexical weight with the best MRR on the tuning half."""
        best: tuple[float, tuple[float, float, float], int, float] | None = None
        for columns in COLUMN_GRID:
            lexical = self.search_words(columns)
            for k, weight in itertools.product(K_GRID, WEIGHT_GRID):
                mrr = scores(self.ranks(self.fused(lexical, k, weight), tuning=True))["MRR"]
                if best is None or mrr > best[0]:
                    best = (mrr, columns, k, weight)
        assert best is not None
        return best[1:]


def report(bench: Bench) -> list[str]:
    """Lines of the table: both halves, each way of searching."""
    ways = {
        "dense": bench.dense,
        "lexical": bench.lexical,
        "fused": bench.fused(bench.lexical, RRF_K, LEXICAL_WEIGHT),
    }
    lines = []
    for tuning in (True, False):
        count = sum(case.tuning == tuning for case in bench.cases)
        lines.append(f"{'tuning' if tuning else 'reported'} half, {count} questions")
        for name, rankings in ways.items():
            values = scores(bench.ranks(rankings, tuning))
            lines.append(f"  {name:8} " + "  ".join(f"{k} {v:.3f}" for k, v in values.items()))
    return lines


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the measurement and print its table."""
    parser = argparse.ArgumentParser(prog="python -m eval.retrieval", description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="JSON lines, may be .gz or .xz")
    parser.add_argument("--work", type=Path, required=True, help="folder for corpus and index")
    parser.add_argument("--cache", type=Path, default=Path.home() / ".cache" / "beleg")
    parser.add_argument("--choose", action="store_true", help="search the parameter grid")
    options = parser.parse_args(arguments)
    corpus, root = options.work / "corpus", options.work / "index"
    corpus.mkdir(parents=True, exist_ok=True)
    cases = load_cases(options.data, corpus)
    embedder = load_embedder(None, cache=options.cache)
    with tqdm(desc="embedding", unit="passage", file=sys.stderr) as bar:
        sync(corpus, root, embedder.identity, lambda: embedder, progress=lambda total: bar.update)
    bench = Bench(Snapshot.open(root, embedder.identity), embedder, cases)
    print("\n".join(report(bench)))
    if options.choose:
        columns, k, weight = bench.choose()
        print(f"best on the tuning half: columns {columns}, k {k}, lexical weight {weight}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
