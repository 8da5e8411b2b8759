"""The vectors of a generation: FAISS files, read without copying them, and searched together.

A generation has a large file of vectors, taken over from the generation before as it is, and
a small one with what is newer. Vectors of passages that are gone stay in the large file until
it is written anew; the database names them, and no search gives them. Ids rise in each file.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

Block = tuple[NDArray[np.int64], NDArray[np.float32]]
"""Passage ids (n,) and their vectors (n, dim), L2-normalised."""

_MAPPED_BYTES = 64 * 1024 * 1024  # smaller files are read: nothing can pull them away then
_ROWS = 65_536  # at a time


class VectorFile:
    """One file of vectors, opened.

    Args:
        path: the file.
        dim: length of its vectors.

    Raises:
        RuntimeError: it is none, or not one that `write_vectors` makes.
    """

    def __init__(self, path: Path, dim: int) -> None:
        import faiss

        stubless: Any = faiss
        mapped = path.stat().st_size > _MAPPED_BYTES
        self.path = path
        self.index = stubless.read_index(str(path), stubless.IO_FLAG_MMAP_IFC if mapped else 0)
        flat = isinstance(self.index, faiss.IndexIDMap) and faiss.downcast_index(self.index.index)
        if not isinstance(flat, faiss.IndexFlat) or self.index.metric_type != (
            faiss.METRIC_INNER_PRODUCT
        ):
            raise RuntimeError(f"{path}: not the vectors of an index")
        if self.index.d != dim:
            raise RuntimeError(f"{path}: vectors of {self.index.d} numbers, {dim} expected")
        self.flat: Any = flat
        self.ids: NDArray[np.int64] = faiss.vector_to_array(self.index.id_map)
        if len(self.ids) != flat.ntotal or (self.ids[1:] <= self.ids[:-1]).any():
            raise RuntimeError(f"{path}: the ids of its vectors do not rise")

    def rows(self) -> NDArray[np.float32]:
        """All vectors, (n, dim) float32: a view of the file, valid as long as this object."""
        import faiss

        shape = (self.flat.ntotal, self.flat.d)
        values: NDArray[np.float32] = faiss.rev_swig_ptr(self.flat.get_xb(), shape[0] * shape[1])
        return values.reshape(shape)

    def position(self, passage_id: int) -> int | None:
        """Row of a passage's vector; None if it is not here."""
        at = int(np.searchsorted(self.ids, passage_id))
        return at if at < len(self.ids) and self.ids[at] == passage_id else None


class Vectors:
    """The vectors of all passages of a generation.

    Args:
        files: the files, the oldest ids first.
        removed: ids of vectors in them that belong to no passage any more.

    Raises:
        RuntimeError: the files do not follow each other, or lack a removed id.
    """

    def __init__(self, files: Sequence[VectorFile], removed: NDArray[np.int64]) -> None:
        self.files = tuple(files)
        self.removed = np.sort(removed)
        stored = np.concatenate([file.ids for file in files])
        kept = ~np.isin(stored, self.removed)
        if (stored[1:] <= stored[:-1]).any() or kept.sum() + len(removed) != len(stored):
            raise RuntimeError("the files of vectors do not fit together")
        self.ids: NDArray[np.int64] = stored[kept]

    def search(
        self, query: NDArray[np.float32], count: int, allowed: NDArray[np.int64] | None = None
    ) -> list[tuple[int, float]]:
        """The nearest vectors, best first.

        Args:
            query: (dim,) float32, L2-normalised.
            count: most vectors to return.
            allowed: ids to choose from; None for all.

        Returns:
            (passage id, cosine in [-1, 1]) pairs; ties in the order of their ids.
        """
        row = np.ascontiguousarray(query[None, :], dtype=np.float32)
        found: list[tuple[int, float]] = []
        for file in self.files:
            some = min(count, len(file.ids))
            if some < 1:
                continue
            scores, ids = file.index.search(row, some, params=self._parameters(allowed))
            pairs = zip(ids[0].tolist(), scores[0].tolist(), strict=True)
            found += [(i, score) for i, score in pairs if i != -1]
        return sorted(found, key=lambda pair: (-pair[1], pair[0]))[:count]

    def vector(self, passage_id: int) -> NDArray[np.float32]:
        """The vector of a passage, (dim,) float32, L2-normalised.

        Raises:
            KeyError: there is none.
        """
        for file in self.files:
            position = file.position(passage_id)
            if position is not None:
                vector: NDArray[np.float32] = file.rows()[position].copy()
                return vector
        raise KeyError(passage_id)

    def blocks(self) -> Iterator[Block]:
        """Ids and vectors of all passages, some rows at a time, ids rising."""
        for file in self.files:
            yield from self.live(file)

    def live(self, file: VectorFile) -> Iterator[Block]:
        """Ids and vectors of the passages in one file, some rows at a time, ids rising."""
        for first in range(0, len(file.ids), _ROWS):
            ids = file.ids[first : first + _ROWS]
            kept = ~np.isin(ids, self.removed)
            yield ids[kept], file.rows()[first : first + _ROWS][kept]

    def _parameters(self, allowed: NDArray[np.int64] | None) -> Any:
        """Which ids a search may give, as FAISS wants to be told."""
        import faiss

        if allowed is None and not len(self.removed):
            return None
        parameters: Any = faiss.SearchParameters()
        if allowed is None:
            parameters.sel = faiss.IDSelectorNot(faiss.IDSelectorBatch(self.removed))
        else:
            parameters.sel = faiss.IDSelectorBatch(np.ascontiguousarray(allowed))
        return parameters


def write_vectors(path: Path, dim: int, blocks: Iterator[Block]) -> None:
    """Write a file of vectors.

    Through a file of Python's: faiss only prints that closing its own has failed.

    Args:
        path: the file; replaced.
        dim: length of the vectors.
        blocks: ids, rising, and their vectors, (n, dim) float32, L2-normalised.

    Raises:
        OSError: the disk is full or read-only.
    """
    import faiss

    stubless: Any = faiss
    index = stubless.IndexIDMap(stubless.IndexFlatIP(dim))
    for ids, rows in blocks:
        if len(ids):
            index.add_with_ids(np.ascontiguousarray(rows), ids)
    with path.open("wb") as file:
        stubless.write_index(index, stubless.PyCallbackIOWriter(file.write, 1 << 20))
