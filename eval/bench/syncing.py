"""One changed article of many: what its sync costs; see `eval.sync_cost`."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

from eval.bench.standin import describe
from eval.bench.texts import write_corpus
from eval.bench.values import BELEG, Row
from eval.bench.worker import Worker
from eval.sync_cost import HashedVectors
from eval.sync_cost import measure as sync_cost

PART = "sync"


class Syncing:
    """Measures in a worker."""

    def measure(self, corpus: str, root: str, rounds: int) -> dict[str, Any]:
        """See `eval.sync_cost.measure`; the corpus is changed."""
        return sync_cost(Path(corpus), Path(root), HashedVectors(), rounds)


def measure(work: Path, size: int, data: Path | None, rounds: int) -> list[Row]:
    """Full build, nothing changed, one article changed.

    Args:
        work: folder of the bench; a folder of its own is made in it and removed.
        size: passages wanted.
        data: folder of the development data, or None.
        rounds: syncs of each kind.
    """
    place = work / "sync"
    shutil.rmtree(place, ignore_errors=True)
    place.mkdir(parents=True)
    corpus = write_corpus(place / "articles", size, data)
    with Worker(Syncing) as worker:
        found = worker.call("measure", str(corpus.folder), str(place / "index"), rounds)
        peak = worker.peak_mib()
    shutil.rmtree(place)
    note = f"{found['articles']} articles, {found['passages']:,} passages;"
    note += f" {describe(HashedVectors())}"
    share = f"{found['changed_share']:.1%} of the full build"
    return [
        Row(PART, "full build without a model", BELEG, found["full_s"], "s", note=note),
        Row(PART, "nothing changed", BELEG, found["unchanged_s"], "s", rounds),
        Row(PART, "one article changed", BELEG, found["changed_s"], "s", rounds, note=share),
        Row(PART, "peak memory", BELEG, peak, "MiB"),
    ]
