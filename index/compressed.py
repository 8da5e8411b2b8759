"""Vectors of many passages: a bit of each number to choose by, eleven to put in order.

A search compares the signs of all numbers, by FAISS's RaBitQ, with two threads; that chooses
some 1,000 passages. Eight bits of each number say which few of them are the nearest, eleven in
which order. So of more near-duplicates than are chosen, any may be found. Nothing is left out by
lists of near ones: vectors of questions and passages do not lie in clumps, and an eighth of the
lists held five sixths of the ten nearest news passages of 3,550.

Both look at the difference to the mean of all vectors. Finer vectors have a scale of their own
each, so that nothing is learned that other vectors could not fit.

Source: J. Gao, C. Long, RaBitQ: Quantizing High-Dimensional Vectors with a Theoretical Error
Bound for Approximate Nearest Neighbor Search, 2024.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from index.manifest import FINE, VECTORS
from index.vectorfiles import (
    Block,
    Ids,
    Rows,
    check_order,
    check_shape,
    read_indexes,
    selector,
    write_indexes,
)

COMPRESSED_FROM = 60_000
"""Fewer vectors are searched exactly: that takes up to 10 ms for so many on two cores."""

DIM_STEP = 8
"""Only vectors whose length is a multiple of it are compressed."""

_PARTS = 2  # searched at the same time
_CHOSEN = 1000  # by the signs, beyond twice as many as are wanted
_FURTHER = 32  # put in order by all bits, beyond those that are wanted
_PLANES = 3  # bits of each number beyond eight
_TOP = 2 ** (8 + _PLANES) - 1
_SETTINGS = (1, 1, 0, 0, 32)  # as FAISS makes it; with others, of a damaged file, it can crash
_DRIFT = 0.05  # that the mean may move before vectors are compared with another one


class CompressedFile:
    """Compressed vectors.

    Args:
        folder: folder of the generation.
        dim: length of the vectors.

    Raises:
        RuntimeError: the files are none, or not those that this module makes.
        EOFError, OSError, ValueError: the second file cannot be read.
    """

    def __init__(self, folder: Path, dim: int) -> None:
        import faiss

        self.paths = (folder / VECTORS, folder / FINE)
        self._parts = read_indexes(folder / VECTORS, _PARTS)
        for part in self._parts:
            check_shape(folder / VECTORS, part, dim)
            if not isinstance(part, faiss.IndexIVFRaBitQFastScan) or _settings(part) != _SETTINGS:
                raise RuntimeError(f"{folder / VECTORS}: not the vectors of an index")
        self.ids: Ids = np.concatenate([_ids(part) for part in self._parts])
        check_order(folder / VECTORS, self.ids)
        self.centre: Rows = self._parts[0].quantizer.reconstruct(0)
        self._fine = np.load(folder / FINE, mmap_mode="r", allow_pickle=False)
        if self._fine.dtype != _fine_type(dim) or self._fine.shape != self.ids.shape:
            raise RuntimeError(f"{folder / FINE}: does not fit {VECTORS}")
        self._threads = ThreadPoolExecutor(  # new ones for each search take a while
            _PARTS, "beleg-vectors", initializer=faiss.omp_set_num_threads, initargs=(1,)
        )

    def rows(self, positions: Ids) -> Rows:
        """See `VectorFile.rows`; off by a 2,047th of the row's largest difference to the mean."""
        return self.centre + _decoded(self._fine[positions])

    def search(
        self, query: Rows, count: int, allowed: Ids | None, removed: Ids
    ) -> list[tuple[int, float]]:
        """See `VectorFile.search`."""
        positions = np.searchsorted(self.ids, self._chosen(query, count, allowed, removed))
        if len(positions) > count + _FURTHER:
            rough = _rough_scores(self._fine, positions, query)
            positions = positions[np.argpartition(-rough, count + _FURTHER)[: count + _FURTHER]]
        scores = np.einsum("ij,j->i", self.rows(positions), query)
        found = zip(self.ids[positions].tolist(), scores.tolist(), strict=True)
        return sorted(found, key=lambda pair: (-pair[1], pair[0]))[:count]

    def _chosen(self, query: Rows, count: int, allowed: Ids | None, removed: Ids) -> Ids:
        """Ids of those that the signs choose, rising."""
        import faiss

        stubless: Any = faiss
        parameters = stubless.IVFRaBitQSearchParameters()
        parameters.nprobe, parameters.qb = 1, self._parts[0].qb
        if (chosen := selector(self.ids, allowed, removed)) is not None:
            parameters.sel = chosen
        wanted = min(2 * count + _CHOSEN, len(self.ids))

        def search(part: Any) -> tuple[Rows, Ids]:
            scores, ids = part.search(query[None, :], wanted, params=parameters)
            return scores[ids >= 0], ids[ids >= 0]

        found = tuple(self._threads.map(search, self._parts))
        scores, ids = (np.concatenate(both) for both in zip(*found, strict=True))
        if len(ids) > wanted:
            ids = ids[np.argpartition(-scores, wanted)[:wanted]]
        return np.sort(ids)


def write_compressed(
    folder: Path,
    dim: int,
    total: int,
    blocks: Callable[[], Iterator[Block]],
    before: CompressedFile | None = None,
) -> None:
    """Write compressed vectors.

    Args:
        folder: folder of the generation.
        dim: length of the vectors; a multiple of `DIM_STEP`.
        total: number of all vectors.
        blocks: gives them, ids rising; called twice.
        before: vectors that come again: they stay as they are if the mean has hardly moved.

    Raises:
        OSError: the disk is full or read-only.
        RuntimeError: there are not so many, or some are not made of numbers.
    """
    centre = _mean(dim, total, blocks())
    if before is not None and np.linalg.norm(centre - before.centre) < _DRIFT:
        centre = before.centre
    parts = [_empty(centre) for _ in range(_PARTS)]
    written = 0
    with (folder / FINE).open("wb") as file:
        _write_header(file, _fine_type(dim), total)
        for ids, rows in blocks():
            rows = np.ascontiguousarray(rows)
            where = (written + np.arange(len(ids))) * _PARTS // total
            for number in np.unique(where):
                chosen = where == number
                parts[number].add_with_ids(rows[chosen], ids[chosen])
            file.write(_encoded(rows - centre).tobytes())
            written += len(ids)
    write_indexes(folder / VECTORS, parts)


def _mean(dim: int, total: int, blocks: Iterator[Block]) -> Rows:
    """The mean of all vectors, (dim,) float32."""
    summed, count = np.zeros(dim), 0
    for _, rows in blocks:
        summed += rows.sum(0, np.float64)
        count += len(rows)
    if count != total or not np.isfinite(summed).all():
        raise RuntimeError(f"{count} vectors were given, {total} announced, and all of numbers")
    mean: Rows = (summed / total).astype(np.float32)
    return mean


def _empty(centre: Rows) -> Any:
    """A part without vectors; one list, that of the mean."""
    import faiss

    stubless: Any = faiss
    mean = stubless.IndexFlatIP(len(centre))
    mean.add(centre[None])
    part = stubless.IndexIVFRaBitQFastScan(mean, len(centre), 1, stubless.METRIC_INNER_PRODUCT)
    mean.this.disown()
    part.own_fields = True
    part.train(centre[None])
    return part


def _settings(part: Any) -> tuple[int, ...]:
    return part.nlist, part.rabitq.nb_bits, part.qbs2, part.implem, part.bbs


def _ids(part: Any) -> Ids:
    import faiss

    size = part.invlists.list_size(0)
    return np.array(faiss.rev_swig_ptr(part.invlists.get_ids(0), size), np.int64)


def _encoded(rows: Rows) -> NDArray[np.void]:
    """(n,) of `_fine_type`: differences to the mean in eleven bits for each number."""
    fine = np.empty(len(rows), _fine_type(rows.shape[1]))
    fine["scale"] = np.abs(rows).max(axis=1)
    scale = np.where(fine["scale"] == 0, 1, fine["scale"])
    codes = np.rint((rows / scale[:, None] + 1) * (_TOP / 2)).astype(np.uint16)
    fine["high"] = codes >> _PLANES
    for plane in range(_PLANES):
        fine["low"][:, plane] = np.packbits((codes >> plane & 1).astype(np.uint8), axis=1)
    return fine


def _decoded(fine: NDArray[np.void]) -> Rows:
    """(n, dim) float32: what was encoded, up to rounding."""
    codes = fine["high"].astype(np.float32) * 2**_PLANES
    for plane in range(_PLANES):
        codes += np.unpackbits(fine["low"][:, plane], axis=1) * np.float32(2**plane)
    rows: Rows = (codes * np.float32(2 / _TOP) - 1) * fine["scale"][:, None]
    return rows


def _rough_scores(fine: NDArray[np.void], positions: Ids, query: Rows) -> Rows:
    """(len(positions),) float32: inner products of the same by the highest eight bits."""
    codes = fine["high"][positions].astype(np.float32)
    # not "@": the threads that it leaves spinning take time from the next search
    products = np.einsum("ij,j->i", codes, query * np.float32(2**_PLANES))
    middle = (_TOP - 2**_PLANES + 1) / 2 * query.sum()
    scores: Rows = (products - np.float32(middle)) * fine["scale"][positions]
    return scores * np.float32(2 / _TOP)


def _fine_type(dim: int) -> np.dtype[np.void]:
    fields = [("scale", "<f4"), ("high", "u1", (dim,)), ("low", "u1", (_PLANES, dim // DIM_STEP))]
    return np.dtype(fields)


def _write_header(file: Any, kind: np.dtype[np.void], total: int) -> None:
    """The head of a numpy file, so that its rows need not be in memory together."""
    described = {"descr": np.lib.format.dtype_to_descr(kind), "fortran_order": False}
    np.lib.format.write_array_header_1_0(file, {**described, "shape": (total,)})
