"""Whether an index finds as well as before after a tenth of its articles was exchanged.

Every tenth article gets other text: every second of these in its place, the others under
another name, so that articles are changed, removed and added. It is done to a copy.
"""

from __future__ import annotations

import shutil
import uuid
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from eval.bench.building import Builder, Built
from eval.bench.retrieval import LIMIT, MEANING, Limits, recall
from eval.bench.search_ways import BelegSearch
from eval.bench.values import BELEG, Rounds, Row, p95, rows_of
from eval.bench.worker import Worker
from index.walk import find_articles

_EVERY = 10


def exchange(corpus: Path) -> int:
    """Give every tenth article other text; their number.

    Args:
        corpus: folder of the articles.
    """
    files = find_articles(corpus)[0][::_EVERY]
    for number, file in enumerate(files):
        lines = file.path.read_text(encoding="utf-8").split("\n")
        turned = "\n".join(" ".join(reversed(line.split(" "))) for line in lines)
        if number % 2:
            file.path.unlink()
            file.path.with_name(f"neu-{file.path.name}").write_text(turned, encoding="utf-8")
        else:
            file.path.write_text(turned, encoding="utf-8")
    return len(files)


def measure(
    built: Built, work: Path, queries: NDArray[np.float32], limits: Limits
) -> Sequence[Row]:
    """Recall and latency of the search by meaning, and the sync's seconds, after the exchange.

    Args:
        built: an index that `building.built` made.
        work: folder for the copy; removed at the end.
        queries: (n, dim) float32, L2-normalised.
        limits: how often.
    """
    part = f"search in {built.passages:,} passages"
    copy = work / "exchanged"
    source = built.vectors.parent
    try:
        shutil.copytree(source / "articles", copy / "articles")
        shutil.copytree(built.root, copy / "index")
        articles = exchange(copy / "articles")
        with Worker(Builder, str(source / "sample.npy")) as worker:
            paths = [str(copy / name) for name in ("articles", "index", "vectors.npy")]
            seconds, passages = worker.call("build", *paths)
        with Worker(BelegSearch, str(copy / "index")) as worker:
            found = [
                worker.call("meaning", queries, LIMIT, limits.budget_s)
                for _ in range(limits.rounds)
            ]
        exact = np.load(copy / "vectors.npy", mmap_mode="r")
        share = recall(exact, queries, found[0][1])
    finally:
        shutil.rmtree(copy, ignore_errors=True)
    after = "after a tenth was exchanged"
    note = f"{articles} articles, {passages:,} passages then; the sync took {seconds:.1f} s"
    times = tuple(p95(each) * 1000 for each, _ in found)
    return [
        Row(part, f"recall@{LIMIT} against exact, {after}", BELEG, share, "share", note=note),
        *rows_of(part, f"{MEANING}, p95, {after}", "ms", {BELEG: Rounds(uuid.uuid4().hex, times)}),
    ]
