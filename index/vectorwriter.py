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

from index.compressed import (
    COMPRESSED_FROM,
    DIM_STEP,
    CompressedFile,
    write_compressed,
)
from index.manifest import RECENT, VECTORS
from index.vectorfiles import Block, write_flat
from index.vectors import Vectors

_SPOOL = "vectors.new"
_RECENT_SHARE = 0.1  # of the vectors that would be taken over; above, all are written anew
_ROWS = 16_384  # at a time


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

    def add(self, ids: NDArray[np.int64], rows: NDArray[np.float32]) -> None:
        """Put vectors in; `row` counts them from 0.

        Args:
            ids: (n,) higher than all before.
            rows: (n, dim) float32, L2-normalised.
        """
        if self._spool is None:
            self._spool = (self._folder / _SPOOL).open("w+b")
        self._spool.write(np.ascontiguousarray(rows, dtype=np.float32).tobytes())
        self._spool.flush()
        self._ids.append(ids)
        self._count += len(ids)

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
        taken: list[str] = []
        kept = removed[:0]
        stored = Vectors(self._before.files, removed) if self._before else None
        if stored is None or compact or self._is_much(stored):
            self._write_all(stored)
        else:
            base, *others = stored.files
            kept = removed[np.isin(removed, base.ids)]
            taken = [path.name for path in base.paths]
            for path in base.paths:
                take_over(path, self._folder / path.name)
            if len(stored.ids) + self._count > len(base.ids) - len(kept):
                newer = itertools.chain(*map(stored.live, others), self._new())
                write_flat(self._folder / RECENT, self._dim, newer)
        self.close()
        return taken, kept.tolist()

    def _is_much(self, stored: Vectors) -> bool:
        """Whether too much is newer or gone to leave the rest as it is."""
        first = stored.files[0].ids
        gone = int(np.isin(stored.removed, first).sum())
        newer = len(stored.ids) - (len(first) - gone) + self._count
        return newer + gone > _RECENT_SHARE * len(first)

    def _write_all(self, stored: Vectors | None) -> None:
        """Write all vectors anew, exact or compressed as their number asks for."""
        total = (len(stored.ids) if stored else 0) + self._count

        def blocks() -> Iterator[Block]:
            return itertools.chain(stored.blocks() if stored else (), self._new())

        base = stored.files[0] if stored else None
        if total < COMPRESSED_FROM or self._dim % DIM_STEP:
            write_flat(self._folder / VECTORS, self._dim, blocks())
        else:
            before = base if isinstance(base, CompressedFile) else None
            write_compressed(self._folder, self._dim, total, blocks, before)

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
