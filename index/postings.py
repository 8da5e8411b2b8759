"""Which passage holds which search key how often: tables in the index's SQLite file.

Ids are cut into blocks of 65,536. A row of ``postings`` holds the passages of one block
that have one key, three bytes each: the place in the block and two counts of four bits
(15 stands for 15 and more). A row of ``lengths`` holds the number of search words of each
passage of a block. What a key is and how it is scored is known to `index.lexical` only.
"""

from __future__ import annotations

import sqlite3
import struct
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

CREATE = """
CREATE TABLE postings (
    key TEXT NOT NULL, kind INTEGER NOT NULL, block INTEGER NOT NULL, entries BLOB NOT NULL,
    PRIMARY KEY (key, kind, block)
) WITHOUT ROWID, STRICT;
CREATE TABLE lengths (block INTEGER PRIMARY KEY, sizes BLOB NOT NULL) STRICT;
"""
MOST = 15
"""Largest count that is told apart."""

Key = tuple[str, int]
"""A search key and its kind; keys of different kinds never meet."""
Counts = Mapping[Key, int]
"""For each key its first count plus `SECOND` times its second one."""
SECOND = 1 << 32

_BLOCK = 1 << 16
_BATCH = 16_384  # passages whose keys are gathered before the tables are touched
_ROWS = 50_000  # rows that are checked at a time
_ENTRY = np.dtype([("place", "<u2"), ("counts", "u1")])
_pack = struct.Struct("<HB").pack
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Lengths:
    """The number of search words of every passage, held in slots.

    Args:
        blocks: the blocks that have passages, rising; block `blocks[i]` has the slots
            from 65,536 * i on.
        sizes: (slots,) uint16; 0 for a slot without a passage, else search words + 1.
        passages: number of passages.
        mean: search words of a passage on average.
    """

    blocks: tuple[int, ...]
    sizes: NDArray[np.uint16]
    passages: int
    mean: float

    def slots_of(self, ids: NDArray[np.int64]) -> NDArray[np.int64]:
        """The slots of passage ids; ids of unknown blocks are left out."""
        blocks = np.array(self.blocks, dtype=np.int64)
        at = np.searchsorted(blocks, ids // _BLOCK)
        known = at < len(blocks)
        known[known] = blocks[at[known]] == ids[known] // _BLOCK
        found: NDArray[np.int64] = at[known] * _BLOCK + ids[known] % _BLOCK
        return found

    def ids_of(self, slots: NDArray[np.int64]) -> NDArray[np.int64]:
        """The passage ids of slots."""
        blocks = np.array(self.blocks, dtype=np.int64)
        ids: NDArray[np.int64] = blocks[slots // _BLOCK] * _BLOCK + slots % _BLOCK
        return ids


def read_lengths(connection: sqlite3.Connection) -> Lengths:
    """The lengths of all passages.

    Raises:
        sqlite3.DatabaseError: the table is damaged.
    """
    rows = connection.execute("SELECT block, sizes FROM lengths ORDER BY block").fetchall()
    slots = np.zeros((len(rows), _BLOCK), dtype=np.uint16)
    for row, (block, stored) in zip(slots, rows, strict=True):
        sizes = _sizes(block, stored)
        row[: len(sizes)] = sizes
    sizes = slots.reshape(-1)
    passages = int(np.count_nonzero(sizes))
    mean = (int(sizes.sum(dtype=np.int64)) - passages) / max(1, passages)
    return Lengths(tuple(int(block) for block, _ in rows), sizes, passages, mean)


def read_entries(
    connection: sqlite3.Connection, key: Key, lengths: Lengths
) -> tuple[NDArray[np.int64], NDArray[np.uint8]]:
    """Slots of the passages that hold a key, and for each the two counts in one byte.

    Raises:
        sqlite3.DatabaseError: the table is damaged.
    """
    rows = connection.execute(
        "SELECT block, entries FROM postings WHERE key = ? AND kind = ?", key
    ).fetchall()
    entries = _entries([stored for _, stored in rows])
    at = {block: slot for slot, block in enumerate(lengths.blocks)}
    try:
        first = np.array([at[block] * _BLOCK for block, _ in rows], dtype=np.int64)
    except KeyError as error:
        raise sqlite3.DatabaseError(f"postings of block {error}, which has no passages") from error
    slots = np.repeat(first, [len(stored) // _ENTRY.itemsize for _, stored in rows])
    slots += entries["place"]
    return slots, np.ascontiguousarray(entries["counts"])


def insert(connection: sqlite3.Connection, passages: Iterable[tuple[int, Counts, int]]) -> None:
    """Add passages: id, counts of the keys, number of search words."""
    for batch in _batches(passages, _BATCH):
        gathered: dict[tuple[str, int, int], bytearray] = {}
        for passage_id, counts, _ in batch:
            block, place = divmod(passage_id, _BLOCK)
            once = _pack(place, 1)
            for (key, kind), count in counts.items():
                entry = once if count == 1 else _pack(place, _byte(count))
                row = (key, kind, block)
                if row in gathered:
                    gathered[row] += entry
                else:
                    gathered[row] = bytearray(entry)
        connection.executemany(
            "INSERT INTO postings VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE"
            " SET entries = CAST(entries || excluded.entries AS BLOB)",
            ((*row, gathered[row]) for row in sorted(gathered)),
        )
        _set_lengths(connection, {i: min(words, _BLOCK - 2) + 1 for i, _, words in batch})


def delete(connection: sqlite3.Connection, passages: Iterable[tuple[int, Counts]]) -> None:
    """Remove passages: id and the keys that they were inserted with.

    Raises:
        sqlite3.DatabaseError: a passage was inserted with other keys.
    """
    for batch in _batches(passages, _BATCH):
        places: dict[tuple[str, int, int], list[int]] = {}
        for passage_id, counts in batch:
            block, place = divmod(passage_id, _BLOCK)
            for key, kind in counts:
                places.setdefault((key, kind, block), []).append(place)
        for row in sorted(places):
            _remove_entries(connection, row, places[row])
        _set_lengths(connection, {passage_id: 0 for passage_id, _ in batch})


def _remove_entries(
    connection: sqlite3.Connection, row: tuple[str, int, int], places: Sequence[int]
) -> None:
    where = "WHERE key = ? AND kind = ? AND block = ?"
    stored = connection.execute(f"SELECT entries FROM postings {where}", row).fetchone()
    entries = _entries([stored[0]] if stored else [])
    left = entries[~np.isin(entries["place"], places)]
    if len(left) != len(entries) - len(places):
        raise sqlite3.DatabaseError(f"the search words of a passage of block {row[2]} are missing")
    if len(left):
        values = (left.tobytes(), *row)
        connection.execute(f"UPDATE postings SET entries = ? {where}", values)
    else:
        connection.execute(f"DELETE FROM postings {where}", row)


def _set_lengths(connection: sqlite3.Connection, sizes: Mapping[int, int]) -> None:
    for block in sorted({passage_id // _BLOCK for passage_id in sizes}):
        row = connection.execute("SELECT sizes FROM lengths WHERE block = ?", (block,)).fetchone()
        slots = np.zeros(_BLOCK, dtype="<u2")
        known = _sizes(block, row[0]) if row else slots[:0]
        slots[: len(known)] = known
        for passage_id, size in sizes.items():
            if passage_id // _BLOCK == block:
                slots[passage_id % _BLOCK] = size
        last = np.flatnonzero(slots)[-1:] + 1
        if len(last):
            values = (block, slots[: last[0]].tobytes())
            connection.execute("INSERT OR REPLACE INTO lengths VALUES (?, ?)", values)
        else:
            connection.execute("DELETE FROM lengths WHERE block = ?", (block,))


def count_entries(connection: sqlite3.Connection, key: Key, mask: int) -> int:
    """Number of passages that hold a key, with a count in the bits of `mask`."""
    rows = connection.execute("SELECT entries FROM postings WHERE key = ? AND kind = ?", key)
    counts = _entries([row[0] for row in rows])["counts"]
    return int(np.count_nonzero(counts & mask))


def misfits(connection: sqlite3.Connection) -> int:
    """Number of passages whose counts do not add up to their search words.

    Raises:
        sqlite3.DatabaseError: the tables cannot be read.
    """
    lengths = read_lengths(connection)
    at = {block: slot for slot, block in enumerate(lengths.blocks)}
    found = np.zeros(len(lengths.sizes) + _BLOCK, dtype=np.int64)  # unknown blocks at the end
    open_ended = np.zeros(len(found), dtype=bool)
    rows = connection.execute("SELECT block, entries FROM postings")
    for some in _batches(rows, _ROWS):
        entries = _entries([stored for _, stored in some])
        first = np.array([at.get(block, len(at)) * _BLOCK for block, _ in some], dtype=np.int64)
        slots = np.repeat(first, [len(stored) // _ENTRY.itemsize for _, stored in some])
        slots += entries["place"]
        both = entries["counts"] & MOST, entries["counts"] >> 4
        found += np.bincount(slots, weights=both[0] + both[1], minlength=len(found)).astype(int)
        open_ended[slots[(both[0] == MOST) | (both[1] == MOST)]] = True
    words = np.zeros(len(found), dtype=np.int64)
    words[: len(lengths.sizes)] = lengths.sizes
    words -= words > 0
    return int(np.count_nonzero((found > words) | ((found < words) & ~open_ended)))


def _entries(stored: Sequence[bytes]) -> NDArray[np.void]:
    if any(len(some) % _ENTRY.itemsize for some in stored):
        raise sqlite3.DatabaseError("postings are cut off")
    return np.frombuffer(b"".join(stored), dtype=_ENTRY)


def _sizes(block: int, stored: bytes) -> NDArray[np.uint16]:
    if len(stored) % 2 or len(stored) > 2 * _BLOCK:
        raise sqlite3.DatabaseError(f"the lengths of block {block} are cut off")
    return np.frombuffer(stored, dtype="<u2")


def _byte(count: int) -> int:
    second, first = divmod(count, SECOND)
    return min(first, MOST) | min(second, MOST) << 4


def _batches(values: Iterable[_T], size: int) -> Iterator[list[_T]]:
    rest = iter(values)
    while batch := list(islice(rest, size)):
        yield batch
