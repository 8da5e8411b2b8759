"""What a sync costs: nothing changed, one file changed, against the full build; in one run.

    python -m eval.sync_cost --articles DATA/corpora/gesetze_de.tar.xz [--files N] [--real 300]

The articles (a tar file or a folder) are copied to a temporary folder and indexed there with
vectors that are hashes of the text, so that the index's own cost is measured and not that of
a model. With ``--real`` so many files are also embedded by the packaged model, and the time
of a full build with it is extrapolated from their passages. All times are of wall clocks.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import random
import resource
import shutil
import statistics
import sys
import tarfile
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from index.embed import Embedder, load_embedder
from index.sync import SyncReport, sync
from index.types import ModelIdentity
from index.walk import find_articles

RUNS = 5
_DIM = 384  # as the packaged model's
_ADDED = "\n\nDieser Absatz kam bei Messung {run} hinzu.\n"


class HashedVectors:
    """An `Embedder` whose vectors are drawn by a hash of the text; equal texts meet."""

    identity = ModelIdentity("hashed-text", hashlib.sha256(b"hashed-text").hexdigest(), _DIM)

    def embed_queries(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """(len(texts), 384) float32, L2-normalised."""
        rows = np.empty((len(texts), _DIM), dtype=np.float32)
        for row, text in zip(rows, texts, strict=True):
            seed = hashlib.blake2b(text.encode(), digest_size=8).digest()
            row[:] = np.random.default_rng(int.from_bytes(seed, "big")).standard_normal(_DIM)
        rows /= np.linalg.norm(rows, axis=1, keepdims=True)
        return rows

    def embed_passages(
        self, texts: Sequence[str], *, progress: Callable[[int], None] | None = None
    ) -> NDArray[np.float32]:
        """(len(texts), 384) float32, L2-normalised."""
        rows = self.embed_queries(texts)
        if progress:
            progress(len(texts))
        return rows


def unpacked(source: Path, folder: Path, files: int | None) -> int:
    """Copy the articles into a folder; gives their number.

    Args:
        source: tar file, or folder.
        folder: where they go; made.
        files: so many, chosen at random with a fixed seed; None for all.
    """
    if source.is_dir():
        shutil.copytree(source, folder)
    else:
        with tarfile.open(source) as archive:
            archive.extractall(folder, filter="data")
    found = [file.path for file in find_articles(folder)[0]]
    if files is not None and files < len(found):
        random.Random(0).shuffle(found)
        for path in found[files:]:
            path.unlink()
        found = found[:files]
    return len(found)


def timed(corpus: Path, root: Path, embedder: Embedder) -> tuple[float, SyncReport]:
    """One sync and its seconds."""
    started = time.perf_counter()
    report = sync(corpus, root, embedder.identity, lambda: embedder)
    return time.perf_counter() - started, report


def measure(corpus: Path, root: Path, embedder: Embedder, runs: int) -> dict[str, Any]:
    """Full build, then syncs with no change and with one changed file, each `runs` times.

    Raises:
        RuntimeError: a sync did something else than it should have.
    """
    full_s, built = timed(corpus, root, embedder)
    idle = [timed(corpus, root, embedder) for _ in range(runs)]
    if any(report.written for _, report in idle):
        raise RuntimeError("a sync without a change has written")
    files = [file.path for file in find_articles(corpus)[0]]
    random.Random(1).shuffle(files)
    changed = []
    for run, path in enumerate(files[:runs]):
        with path.open("a", encoding="utf-8") as file:
            file.write(_ADDED.format(run=run))
        changed.append(timed(corpus, root, embedder))
    if any(sum(c.change.value == "changed" for c in r.changes) != 1 for _, r in changed):
        raise RuntimeError("a sync of one change has done something else")
    changed_s = statistics.median(seconds for seconds, _ in changed)
    return {
        "articles": len(built.changes),
        "passages": built.passages,
        "full_s": full_s,
        "unchanged_s": statistics.median(seconds for seconds, _ in idle),
        "changed_s": changed_s,
        "changed_share": changed_s / full_s,
        "index_bytes": sum(p.stat().st_size for p in root.rglob("*") if p.is_file()),
        "peak_mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }


def table(found: dict[str, Any], runs: int) -> list[str]:
    """The numbers in words."""
    return [
        f"{found['articles']} articles, {found['passages']} passages,"
        f" index {found['index_bytes'] / 1e6:.0f} MB, peak memory {found['peak_mib']:.0f} MiB",
        f"  full build         {found['full_s']:8.1f} s",
        f"  nothing changed    {found['unchanged_s']:8.2f} s  (median of {runs})",
        f"  one file changed   {found['changed_s']:8.2f} s  (median of {runs},"
        f" {found['changed_share']:.2%} of the full build)",
    ]


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure and print the table, and one JSON line with all numbers."""
    parser = argparse.ArgumentParser(prog="python -m eval.sync_cost", description=__doc__)
    parser.add_argument("--articles", type=Path, required=True, metavar="TAR")
    parser.add_argument("--files", type=int, metavar="N", help="so many files only")
    parser.add_argument("--real", type=int, metavar="N", help="embed N files with the model")
    parser.add_argument("--cache", type=Path, default=Path.home() / ".cache" / "beleg")
    parser.add_argument("--runs", type=int, default=RUNS)
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        print(f"copying {unpacked(options.articles, place / 'all', options.files)} files",
              file=sys.stderr)  # fmt: skip
        hashed = measure(place / "all", place / "index", HashedVectors(), options.runs)
        print("vectors from hashes:", *table(hashed, options.runs), sep="\n")
        if options.real:
            unpacked(options.articles, place / "some", options.real)
            model = load_embedder(None, cache=options.cache)
            real = measure(place / "some", place / "real", model, options.runs)
            rate = real["passages"] / real["full_s"]
            hours = hashed["passages"] / rate / 3600
            print("packaged model:", *table(real, options.runs), sep="\n")
            print(f"  full build of all {hashed['passages']} passages, extrapolated from"
                  f" {rate:.1f} passages a second: {hours:.1f} h; one changed file:"
                  f" {hashed['changed_s'] / (hours * 3600):.3%} of it")  # fmt: skip
            hashed["real"] = real
        print(json.dumps(hashed))


if __name__ == "__main__":
    main()
