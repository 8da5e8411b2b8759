"""Vectors of many passages: in lists by their nearest centre, in 12 bits for each number.

FAISS holds 8 bits of each number, of the difference to the centre of its list; the other 4 bits
say where in that step the number stands, and put the best hits in their order. They stand in a
file of their own. A search compares the 8-bit codes of all lists: the vectors of questions and
passages do not lie in clumps, and looking only at the lists nearest to the question, an eighth
of them, lost a sixth of the ten nearest news passages of 3,550.

Source: H. Jégou, M. Douze, C. Schmid, Product Quantization for Nearest Neighbor Search, 2011
(inverted lists of residuals); the 4 further bits refine FAISS's uniform 8-bit quantiser.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cached_property
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
    pairs,
    read_index,
    selector,
    write_index,
)

COMPRESSED_FROM = 100_000
"""Fewer vectors are searched exactly: that takes 10 ms for so many on two cores."""

_POINTS = 64  # vectors of each list that the centres are learned from
_ROUNDS = 10
_FURTHER = 32  # hits that are put in order, beyond those that are wanted
_STEPS = 16  # of the 4 bits
_LEVELS = 255  # of FAISS's 8 bits
_FAR = 0.05  # length of what 8 bits leave out; it is 0.006 for what the lists were learned from
_MARGIN = 0.1  # of the range of the sample, at both ends, for numbers that are not in it


class CompressedFile:
    """Compressed vectors.

    Args:
        folder: folder of the generation.
        dim: length of the vectors; even.

    Raises:
        RuntimeError: the files are none, or not those that this module makes.
        EOFError, OSError, ValueError: the second file cannot be read.
    """

    def __init__(self, folder: Path, dim: int) -> None:
        import faiss

        self.paths = (folder / VECTORS, folder / FINE)
        self._index = read_index(folder / VECTORS)
        if not isinstance(self._index, faiss.IndexIVFScalarQuantizer):
            raise RuntimeError(f"{folder / VECTORS}: not the vectors of an index")
        check_shape(folder / VECTORS, self._index, dim)
        self._fine = np.load(folder / FINE, mmap_mode="r", allow_pickle=False)
        if self._fine.dtype != _fine_type(dim) or self._fine.shape != (self._index.ntotal,):
            raise RuntimeError(f"{folder / FINE}: does not fit {VECTORS}")
        self.ids: Ids = self._fine["id"].astype(np.int64)
        check_order(folder / FINE, self.ids)
        self.lists: int = self._index.nlist

    def rows(self, positions: Ids) -> Rows:
        """See `VectorFile.rows`; each number is off by at most a 4,096th of its range."""
        lists, offsets = self._places
        low, step = _quantiser(self._index)
        rows = np.empty((len(positions), self._index.d), np.float32)
        order = np.argsort(lists[positions], kind="stable")
        numbers, firsts = np.unique(lists[positions][order], return_index=True)
        for number, group in zip(numbers.tolist(), np.split(order, firsts[1:]), strict=True):
            codes = self._codes(number)[offsets[positions[group]]]
            rows[group] = low + (codes + np.float32(0.5)) * step + self._centres[number]
        rows += self._finer(positions) * (step / np.float32(_STEPS))
        return rows

    def search(
        self, query: Rows, count: int, allowed: Ids | None, removed: Ids
    ) -> list[tuple[int, float]]:
        """See `VectorFile.search`."""
        import faiss

        stubless: Any = faiss
        parameters = stubless.SearchParametersIVF(nprobe=self.lists)
        if (chosen := selector(allowed, removed)) is not None:
            parameters.sel = chosen
        wanted = min(count + _FURTHER, len(self.ids))
        found = pairs(self._index.search(query[None, :], wanted, params=parameters))
        positions = np.searchsorted(self.ids, [i for i, _ in found])
        further = self._finer(positions) @ (query * _quantiser(self._index)[1] / _STEPS)
        better = [(i, s + f) for (i, s), f in zip(found, further.tolist(), strict=True)]
        return sorted(better, key=lambda pair: (-pair[1], pair[0]))[:count]

    @cached_property
    def _centres(self) -> Rows:
        rows: Rows = self._index.quantizer.reconstruct_n(0, self.lists)
        return rows

    @cached_property
    def _places(self) -> tuple[Ids, Ids]:
        """List, and place in it, of each position."""
        import faiss

        lists, offsets = np.full_like(self.ids, -1), np.zeros_like(self.ids)
        for number in range(self.lists):
            size = self._index.invlists.list_size(number)
            ids = faiss.rev_swig_ptr(self._index.invlists.get_ids(number), size)
            positions = np.searchsorted(self.ids[:-1], ids)
            known = self.ids[positions] == ids
            lists[positions[known]], offsets[positions[known]] = number, np.flatnonzero(known)
        if (lists < 0).any():
            raise RuntimeError(f"{self.paths[0]}: lacks ids of {FINE}")
        return lists, offsets

    def _codes(self, number: int) -> NDArray[np.uint8]:
        import faiss

        size, width = self._index.invlists.list_size(number), self._index.code_size
        codes = faiss.rev_swig_ptr(self._index.invlists.get_codes(number), size * width)
        shaped: NDArray[np.uint8] = codes.reshape(size, width)
        return shaped

    def _finer(self, positions: Ids) -> Rows:
        """(n, dim) float32 in -7.5 to 7.5: sixteenths of a step from its middle."""
        packed = self._fine["steps"][positions]
        halves = np.stack([packed & 15, packed >> 4], axis=2).reshape(len(positions), -1)
        return halves.astype(np.float32) - np.float32((_STEPS - 1) / 2)


def write_compressed(
    folder: Path, dim: int, total: int, blocks: Callable[[], Iterator[Block]]
) -> None:
    """Learn the lists from a sample and write compressed vectors.

    Args:
        folder: folder of the generation.
        dim: length of the vectors; even.
        total: number of all vectors.
        blocks: gives them, ids rising; called twice.

    Raises:
        OSError: the disk is full or read-only.
    """
    import faiss

    stubless: Any = faiss
    lists = lists_for(total)
    centres = stubless.IndexFlatIP(dim)
    index = stubless.IndexIVFScalarQuantizer(
        centres, dim, lists, stubless.ScalarQuantizer.QT_8bit, stubless.METRIC_INNER_PRODUCT
    )
    index.cp.niter, index.cp.max_points_per_centroid = _ROUNDS, _POINTS
    index.sq.rangestat_arg = _MARGIN
    chosen = np.random.default_rng(0).permutation(total)[: lists * _POINTS]
    index.train(_picked(blocks(), np.sort(chosen), dim))
    _write(folder, index, np.empty(0, _fine_type(dim)), blocks())


def extend_compressed(
    folder: Path, before: CompressedFile, removed: Ids, blocks: Callable[[], Iterator[Block]]
) -> bool:
    """Write compressed vectors again, without some and with others; the lists stay.

    Args:
        folder: folder of the generation.
        before: the vectors.
        removed: ids that are left out.
        blocks: gives vectors to put in, with higher ids, rising; called twice.

    Returns:
        False, and nothing is written, if the new ones lie outside of what the lists were
        learned from.

    Raises:
        OSError: the disk is full or read-only.
    """
    index = read_index(before.paths[0], mapped=False)
    for _, rows in blocks():
        off = rows - index.sa_decode(index.sa_encode(np.ascontiguousarray(rows)))
        if (np.linalg.norm(off, axis=1) > _FAR).any():
            return False
    if len(removed):
        index.remove_ids(selector(removed, removed[:0]))
    fine = np.load(before.paths[1], mmap_mode="r", allow_pickle=False)
    _write(folder, index, fine[~np.isin(before.ids, removed)], blocks())
    return True


def lists_for(total: int) -> int:
    """Number of lists for so many vectors: a power of two near twice the root."""
    return int(2 ** round(np.log2(2 * np.sqrt(total))))


def _write(folder: Path, index: Any, fine: NDArray[np.void], blocks: Iterator[Block]) -> None:
    """Add vectors to an index that is trained, and write both files."""
    parts = [fine]
    step = _quantiser(index)[1]
    step[step == 0] = 1  # a number that is always the same
    for ids, rows in blocks:
        if not len(ids):
            continue
        rows = np.ascontiguousarray(rows)
        codes = index.sa_encode(rows)
        sixteenths = (rows - index.sa_decode(codes)) / (step / _STEPS) + _STEPS / 2
        steps = np.clip(np.floor(sixteenths), 0, _STEPS - 1).astype(np.uint8)
        index.add_sa_codes(codes, ids)
        part = np.empty(len(ids), fine.dtype)
        part["id"], part["steps"] = ids, steps[:, 0::2] | steps[:, 1::2] << 4
        parts.append(part)
    write_index(folder / VECTORS, index)
    with (folder / FINE).open("wb") as file:
        np.save(file, np.concatenate(parts), allow_pickle=False)


def _picked(blocks: Iterator[Block], positions: Ids, dim: int) -> Rows:
    """The vectors at these positions, rising, of all."""
    parts, first = [np.empty((0, dim), np.float32)], 0
    for ids, rows in blocks:
        here = positions[(positions >= first) & (positions < first + len(ids))] - first
        parts.append(rows[here])
        first += len(ids)
    return np.concatenate(parts)


def _quantiser(index: Any) -> tuple[Rows, Rows]:
    """Lowest value and step of each number of FAISS's 8 bits, (dim,) each."""
    import faiss

    trained: Rows = faiss.vector_to_array(index.sq.trained)
    low, width = np.split(trained, 2)
    return low, width / np.float32(_LEVELS)


def _fine_type(dim: int) -> np.dtype[np.void]:
    return np.dtype([("id", "<i8"), ("steps", "u1", (dim // 2,))])
