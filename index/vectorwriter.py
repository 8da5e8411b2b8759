"""Writing the vectors of a generation: what stays is taken over, what is new is put beside it.

New vectors go into a file on disk as they come, so that memory does not grow with them.
"""

from __future__ import annotations

import itertools
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray

from index.manifest import RECENT, VECTORS
from index.vectors import Block, Vectors, write_vectors

_SPOOL = "vectors.new"
_RECENT_SHARE = 0.1  # of the large file; above, it is written anew
_ROWS = 65_536  # at a time


class VectorWriter:
    """The vectors of a generation being built.

    Args:
        folder: folder of the generation.
        dim: length of the vectors.
        before: those of the generation before; None to start from nothing.
    """

    def __init__(self, folder: Path, dim: int, before: Vectors | None) -> None:
        self._folder = folder
        self._dim = dim
        self._before = before
        self._ids: list[NDArray[np.int64]] = []
        self._count = 0
        self._spool: BinaryIO | None = None  # opened for the first vectors

    def close(self) -> None:
        """Close the file of new vectors, and remove it if it is still there."""
        if self._spool is None:
            return
        try:
            self._spool.close()
        finally:
            (self._folder / _SPOOL).unlink(missing_ok=True)

    def add(self, ids: NDArray[np.int64], rows: NDArray[np.float32]) -> int:
        """Put vectors in.

        Args:
            ids: (n,) higher than all before.
            rows: (n, dim) float32, L2-normalised.

        Returns:
            The number by which `row` gives the first of them.
        """
        first = self._count
        if self._spool is None:
            self._spool = (self._folder / _SPOOL).open("w+b")
        self._spool.write(np.ascontiguousarray(rows, dtype=np.float32).tobytes())
        self._spool.flush()
        self._ids.append(ids)
        self._count += len(ids)
        return first

    def row(self, number: int) -> NDArray[np.float32]:
        """A vector that was put in, (dim,) float32."""
        if self._spool is None:
            raise IndexError(number)
        size = self._dim * np.dtype(np.float32).itemsize
        return np.frombuffer(os.pread(self._spool.fileno(), size, number * size), np.float32)

    def finish(self, removed: NDArray[np.int64], *, compact: bool) -> tuple[list[str], list[int]]:
        """Write the files.

        Args:
            removed: ids of all vectors in the files before that belong to no passage any more.
            compact: write all anew, without them.

        Returns:
            The names of files that were taken over as they are, and the removed ids whose
            vectors stay in them.

        Raises:
            OSError: the disk is full or read-only.
        """
        taken, kept = [], np.empty(0, np.int64)
        if self._before is None:
            self._write(VECTORS, iter(()))
        else:
            stored = Vectors(self._before.files, removed)
            base, *others = stored.files
            kept = removed[np.isin(removed, base.ids)]
            newer = len(stored.ids) - (len(base.ids) - len(kept)) + self._count
            if compact or newer + len(kept) > _RECENT_SHARE * len(base.ids):
                kept = kept[:0]
                self._write(VECTORS, stored.blocks())
            else:
                take_over(base.path, self._folder / VECTORS)
                taken.append(VECTORS)
                if newer:
                    self._write(RECENT, itertools.chain(*map(stored.live, others)))
        self.close()
        return taken, kept.tolist()

    def _write(self, name: str, before: Iterator[Block]) -> None:
        write_vectors(self._folder / name, self._dim, itertools.chain(before, self._new()))

    def _new(self) -> Iterator[Block]:
        if self._spool is None:
            return
        ids = np.concatenate(self._ids)
        self._spool.seek(0)
        for first in range(0, self._count, _ROWS):
            some = ids[first : first + _ROWS]
            rows = np.fromfile(self._spool, np.float32, len(some) * self._dim)
            yield some, rows.reshape(len(some), self._dim)


def take_over(old: Path, new: Path) -> None:
    """Give a file that never changes a second name, or copy it where that cannot be.

    Raises:
        OSError: it can neither be linked nor copied.
    """
    try:
        os.link(old, new)
    except OSError:  # file systems without links, or too many of them: a copy tells the rest
        shutil.copyfile(old, new)
