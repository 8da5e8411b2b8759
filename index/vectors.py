"""The vectors of a generation, searched as one.

A generation has many vectors that are taken over from the generation before as they are,
exact or compressed, and beside them a small file with those that are newer. Vectors of
passages that are gone stay until all are written anew; the database names them, and no
search gives them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from index.compressed import CompressedFile
from index.manifest import FINE, RECENT, VECTORS, Manifest
from index.vectorfiles import Block, FlatFile, Ids, Rows, VectorFile

_ROWS = 16_384  # at a time


class Vectors:
    """The vectors of all passages of a generation.

    Args:
        files: the files, the oldest ids first.
        removed: ids of vectors in them that belong to no passage any more.

    Raises:
        RuntimeError: the files do not follow each other, or lack a removed id.
    """

    def __init__(self, files: Sequence[VectorFile], removed: Ids) -> None:
        self.files = tuple(files)
        self.removed = np.sort(removed)
        stored = np.concatenate([file.ids for file in files])
        kept = ~np.isin(stored, self.removed)
        if (stored[1:] <= stored[:-1]).any() or kept.sum() + len(removed) != len(stored):
            raise RuntimeError("the files of vectors do not fit together")
        self.ids: Ids = stored[kept]

    @classmethod
    def open(cls, folder: Path, manifest: Manifest, removed: Ids) -> Vectors:
        """Open those of a generation.

        Raises:
            RuntimeError, EOFError, OSError, ValueError: they cannot be used.
        """
        dim = manifest.model.dim
        base = CompressedFile(folder, dim) if FINE in manifest.files else None
        files: list[VectorFile] = [base or FlatFile(folder / VECTORS, dim)]
        if RECENT in manifest.files:
            files.append(FlatFile(folder / RECENT, dim))
        return cls(files, removed)

    def search(
        self, query: Rows, count: int, allowed: Ids | None = None
    ) -> list[tuple[int, float]]:
        """The nearest vectors, best first.

        Args:
            query: (dim,) float32, L2-normalised.
            count: most vectors to return.
            allowed: ids to choose from; None for all.

        Returns:
            (passage id, cosine in [-1, 1]) pairs; ties in the order of their ids. They are
            the nearest of all in exact files; compressed ones may miss some.
        """
        row = np.ascontiguousarray(query, dtype=np.float32)
        found: list[tuple[int, float]] = []
        for file in self.files:
            if some := min(count, len(file.ids)):
                hits = file.search(row, some, allowed, self.removed)
                found += self._scored(file, row, hits) if len(self.files) > 1 else hits
        return sorted(found, key=lambda pair: (-pair[1], pair[0]))[:count]

    def _scored(
        self, file: VectorFile, query: Rows, hits: list[tuple[int, float]]
    ) -> list[tuple[int, float]]:
        """The same hits with scores that are the same for equal vectors of every file."""
        positions = np.searchsorted(file.ids, [i for i, _ in hits])
        scores = np.einsum("ij,j->i", file.rows(positions), query)
        return list(zip(file.ids[positions].tolist(), scores.tolist(), strict=True))

    def vector(self, passage_id: int) -> Rows:
        """The vector of a passage, (dim,) float32, L2-normalised.

        Raises:
            KeyError: there is none.
        """
        for file in self.files:
            at = int(np.searchsorted(file.ids, passage_id))
            if at < len(file.ids) and file.ids[at] == passage_id:
                row: Rows = file.rows(np.array([at]))[0]
                return row
        raise KeyError(passage_id)

    def blocks(self) -> Iterator[Block]:
        """Ids and vectors of all passages, some rows at a time, ids rising."""
        for file in self.files:
            yield from self.live(file)

    def live(self, file: VectorFile) -> Iterator[Block]:
        """Ids and vectors of the passages in one file, some rows at a time, ids rising."""
        kept = np.flatnonzero(~np.isin(file.ids, self.removed))
        for first in range(0, len(kept), _ROWS):
            positions = kept[first : first + _ROWS]
            yield file.ids[positions], file.rows(positions)
