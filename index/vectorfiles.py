"""One file of vectors: exact, and small enough to compare a question with all of them.

A large one is mapped into memory. More vectors are compressed: `index.compressed`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

Ids = NDArray[np.int64]
Rows = NDArray[np.float32]
Block = tuple[Ids, Rows]
"""Passage ids (n,), rising, and their vectors (n, dim), L2-normalised."""

_SPARSE = 64  # ids given for each that is left
_MAPPED_BYTES = 64 * 1024 * 1024  # smaller files are read: nothing can pull them away then


class VectorFile(Protocol):
    """Opened files with some of the vectors of a generation."""

    @property
    def paths(self) -> tuple[Path, ...]:
        """The files."""
        ...

    @property
    def ids(self) -> Ids:
        """(n,) ids of the passages whose vectors are here, rising."""
        ...

    def rows(self, positions: Ids) -> Rows:
        """Vectors, (len(positions), dim) float32, at these positions in `ids`."""
        ...

    def search(
        self, query: Rows, count: int, allowed: Ids | None, removed: Ids
    ) -> list[tuple[int, float]]:
        """The nearest vectors, best first; see `index.vectors.Vectors.search`.

        Args:
            query: (dim,) float32, L2-normalised.
            count: most vectors to return.
            allowed: ids to choose from; None for all but the removed ones.
            removed: ids that are passed over.
        """
        ...


class FlatFile:
    """Vectors as they are, in 32-bit; a search compares all.

    Args:
        path: the file.
        dim: length of its vectors.

    Raises:
        RuntimeError: it is none, or not one that `write_flat` makes.
    """

    def __init__(self, path: Path, dim: int) -> None:
        import faiss

        self.paths = (path,)
        index = read_index(path)
        flat = isinstance(index, faiss.IndexIDMap) and faiss.downcast_index(index.index)
        if not isinstance(flat, faiss.IndexFlat):
            raise RuntimeError(f"{path}: not the vectors of an index")
        check_shape(path, index, dim)
        self._index = index
        self._flat: Any = flat
        self.ids: Ids = faiss.vector_to_array(index.id_map)
        if len(self.ids) != flat.ntotal:
            raise RuntimeError(f"{path}: {len(self.ids)} ids of {flat.ntotal} vectors")
        check_order(path, self.ids)

    def rows(self, positions: Ids) -> Rows:
        """See `VectorFile.rows`."""
        import faiss

        shape = (self._flat.ntotal, self._flat.d)
        values: Rows = faiss.rev_swig_ptr(self._flat.get_xb(), shape[0] * shape[1])
        return values.reshape(shape)[positions]

    def search(
        self, query: Rows, count: int, allowed: Ids | None, removed: Ids
    ) -> list[tuple[int, float]]:
        """See `VectorFile.search`."""
        import faiss

        parameters = None
        if (chosen := selector(self.ids, allowed, removed)) is not None:
            parameters = faiss.SearchParameters()
            parameters.sel = chosen
        return pairs(self._index.search(query[None, :], count, params=parameters))


def write_flat(path: Path, dim: int, blocks: Iterator[Block]) -> None:
    """Write a file of vectors as they are.

    Args:
        path: the file; replaced.
        dim: length of the vectors.
        blocks: the vectors, ids rising.

    Raises:
        OSError: the disk is full or read-only.
    """
    import faiss

    stubless: Any = faiss
    index = stubless.IndexIDMap(stubless.IndexFlatIP(dim))
    for ids, rows in blocks:
        if len(ids):
            index.add_with_ids(np.ascontiguousarray(rows), ids)
    write_indexes(path, [index])


def read_index(path: Path) -> Any:
    """A FAISS index; that of a large file is mapped and must not be changed.

    Raises:
        RuntimeError: the file is none.
        OSError: it cannot be read.
    """
    import faiss

    stubless: Any = faiss
    mapped = path.stat().st_size > _MAPPED_BYTES
    return stubless.read_index(str(path), stubless.IO_FLAG_MMAP_IFC if mapped else 0)


def read_indexes(path: Path, count: int) -> list[Any]:
    """Several FAISS indexes that stand in one file.

    Raises:
        RuntimeError: the file does not hold so many.
        OSError: it cannot be read.
    """
    import faiss

    stubless: Any = faiss
    path.stat()  # says why it cannot be read, unlike faiss
    reader = stubless.FileIOReader(str(path))
    try:
        return [stubless.read_index(reader) for _ in range(count)]
    except RuntimeError as error:
        raise RuntimeError(f"{path}: not the vectors of an index: {error}") from error


def write_indexes(path: Path, indexes: Iterable[Any]) -> None:
    """Through a file of Python's: faiss only prints that closing its own has failed.

    Raises:
        OSError: the disk is full or read-only.
    """
    import faiss

    stubless: Any = faiss
    with path.open("wb") as file:
        writer = stubless.PyCallbackIOWriter(file.write, 1 << 20)
        for index in indexes:
            stubless.write_index(index, writer)


def check_shape(path: Path, index: Any, dim: int) -> None:
    """Refuse vectors of another length or another measure: RuntimeError."""
    import faiss

    if index.metric_type != faiss.METRIC_INNER_PRODUCT:
        raise RuntimeError(f"{path}: not the vectors of an index")
    if index.d != dim:
        raise RuntimeError(f"{path}: vectors of {index.d} numbers, {dim} expected")


def check_order(path: Path, ids: Ids) -> None:
    """Refuse ids that do not rise: RuntimeError."""
    if (ids[1:] <= ids[:-1]).any():
        raise RuntimeError(f"{path}: the ids of its vectors do not rise")


def selector(ids: Ids, allowed: Ids | None, removed: Ids) -> Any:
    """Which ids of a file a search may give, as FAISS wants to be told; None for all.

    Args:
        ids: those in the file, rising.
        allowed: see `VectorFile.search`.
        removed: see `VectorFile.search`.
    """
    import faiss

    stubless: Any = faiss
    if allowed is not None:
        return _bits(ids, allowed)
    if len(removed):
        return stubless.IDSelectorNot(_bits(ids, removed))
    return None


def _bits(ids: Ids, chosen: Ids) -> Any:
    """FAISS's selector of ids that is asked fastest: a bit for each, to the last in the file."""
    import faiss

    stubless: Any = faiss
    last = int(ids[-1]) if len(ids) else 0
    if not 0 <= last <= _SPARSE * len(ids):  # nearly all passages are gone, or it is damage
        return stubless.IDSelectorBatch(np.ascontiguousarray(chosen))
    bits = np.zeros(last + 1, bool)
    bits[chosen[(chosen >= 0) & (chosen <= last)]] = True
    return stubless.IDSelectorBitmap(np.packbits(bits, bitorder="little"))


def pairs(found: tuple[NDArray[np.float32], Ids]) -> list[tuple[int, float]]:
    """What FAISS found for one question: (passage id, inner product) pairs, best first."""
    scores, ids = found
    both = zip(ids[0].tolist(), scores[0].tolist(), strict=True)
    return [(i, score) for i, score in both if i != -1]
