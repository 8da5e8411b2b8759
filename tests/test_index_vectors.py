"""Files of vectors: written, taken over, put beside each other, searched as one."""

from __future__ import annotations

import errno
import os
from contextlib import closing
from unittest import mock

import faiss
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from index import vectorfiles
from index.manifest import RECENT, VECTORS
from index.vectorfiles import FlatFile, write_flat
from index.vectors import Vectors
from index.vectorwriter import VectorWriter, take_over

DIM = 16


def rows(count, seed=0):
    found = np.random.default_rng(seed).standard_normal((count, DIM)).astype(np.float32)
    return found / np.linalg.norm(found, axis=1, keepdims=True)


def written(path, ids, values):
    write_flat(path, DIM, iter([(np.array(ids, np.int64), values)]))
    return FlatFile(path, DIM)


def opened(folder, removed=()):
    names = [name for name in (VECTORS, RECENT) if (folder / name).exists()]
    files = [FlatFile(folder / name, DIM) for name in names]
    return Vectors(files, np.array(removed, np.int64))


@pytest.fixture
def pair(tmp_path):
    """Vectors 2, 4, ... 20 and 21 ... 25 in two files, of which 4 and 22 are gone."""
    values = rows(15)
    first = written(tmp_path / VECTORS, range(2, 22, 2), values[:10])
    second = written(tmp_path / RECENT, range(21, 26), values[10:])
    ids = [*range(2, 22, 2), *range(21, 26)]
    return Vectors([first, second], np.array([22, 4])), dict(zip(ids, values, strict=True))


def test_two_files_are_searched_as_one_without_what_is_gone(pair):
    vectors, known = pair
    del known[4], known[22]
    assert vectors.ids.tolist() == sorted(known)
    for query in rows(20, seed=1):
        wanted = sorted(known, key=lambda i: -float(known[i] @ query))
        for count in (1, 3, 13, 99):
            found = vectors.search(query, count)
            assert [i for i, _ in found] == wanted[:count]
            assert [s for _, s in found] == pytest.approx(
                [known[i] @ query for i, _ in found], abs=1e-6
            )


def test_a_search_is_kept_to_the_ids_that_are_allowed(pair):
    vectors, known = pair
    allowed = np.array([6, 8, 23, 999])
    found = vectors.search(known[23], 10, allowed)
    assert {i for i, _ in found} == {6, 8, 23}
    assert found[0][0] == 23
    assert vectors.search(known[23], 10, allowed[:0]) == []


def test_equal_vectors_come_in_the_order_of_their_ids(tmp_path):
    same = np.repeat(rows(1), 6, axis=0)
    first = written(tmp_path / VECTORS, [1, 5, 7], same[:3])
    second = written(tmp_path / RECENT, [8, 9, 12], same[3:])
    found = Vectors([first, second], np.array([7])).search(same[0], 9)
    assert [i for i, _ in found] == [1, 5, 8, 9, 12]


def test_vectors_are_given_as_they_were_stored(pair):
    vectors, known = pair
    for i, wanted in known.items():
        assert (vectors.vector(i) == wanted).all()
    with pytest.raises(KeyError):
        vectors.vector(3)
    ids = np.concatenate([block for block, _ in vectors.blocks()])
    assert (ids == vectors.ids).all()
    for block, values in vectors.blocks():
        assert all((known[int(i)] == value).all() for i, value in zip(block, values, strict=True))


def test_a_large_file_is_mapped_and_gives_the_same(tmp_path, pair, monkeypatch):
    vectors, known = pair
    monkeypatch.setattr(vectorfiles, "_MAPPED_BYTES", 0)
    mapped = opened(tmp_path, [4, 22])
    for query in rows(5, seed=2):
        assert mapped.search(query, 8) == vectors.search(query, 8)
    (tmp_path / VECTORS).unlink()  # a writer removes old generations while they are read
    assert (mapped.vector(2) == known[2]).all()


@pytest.mark.parametrize(
    ("ids", "removed"),
    [([2, 20], []), ([1], []), ([30], [31]), ([30], [4, 4])],
    ids=["twice", "not rising", "gone that never was", "gone twice"],
)
def test_files_that_do_not_fit_together_are_refused(tmp_path, pair, ids, removed):
    other = written(tmp_path / "other", ids, rows(len(ids)))
    with pytest.raises(RuntimeError, match="do not fit together"):
        Vectors([pair[0].files[0], other], np.array(removed, np.int64))


@pytest.mark.parametrize(
    ("made", "reason"),
    [
        (faiss.IndexFlatIP(DIM), "not the vectors of an index"),
        (faiss.IndexIDMap(faiss.IndexFlatL2(DIM)), "not the vectors of an index"),
        (faiss.IndexIDMap(faiss.IndexFlatIP(DIM + 1)), "vectors of 17 numbers, 16 expected"),
    ],
)
def test_files_of_something_else_are_refused(tmp_path, made, reason):
    faiss.write_index(made, str(tmp_path / "x"))
    with pytest.raises(RuntimeError, match=reason):
        FlatFile(tmp_path / "x", DIM)


@pytest.mark.parametrize("ids", [[3, 2], [2, 2]])
def test_ids_that_do_not_rise_are_refused(tmp_path, ids):
    with pytest.raises(RuntimeError, match="do not rise"):
        written(tmp_path / "x", ids, rows(2))


class TestWriter:
    def test_a_small_addition_is_put_beside_what_is_there(self, tmp_path):
        old, new = tmp_path / "old", tmp_path / "new"
        old.mkdir()
        new.mkdir()
        first = VectorWriter(old, DIM, None)
        values = rows(101)
        first.add(np.arange(1, 101), values[:100])
        assert first.finish(np.array([], np.int64), compact=False) == ([], [])
        writer = VectorWriter(new, DIM, opened(old))
        writer.add(np.array([200]), values[100:])
        assert (writer.row(0) == values[100]).all()
        assert writer.finish(np.array([7]), compact=False) == ([VECTORS], [7])
        assert (old / VECTORS).samefile(new / VECTORS)
        assert {path.name for path in new.iterdir()} == {VECTORS, RECENT}
        assert opened(new, [7]).ids.tolist() == [*range(1, 7), *range(8, 101), 200]

    def test_compacting_leaves_nothing_of_what_is_gone(self, tmp_path):
        (tmp_path / "new").mkdir()
        values = rows(100)
        written(tmp_path / VECTORS, range(100), values)
        writer = VectorWriter(tmp_path / "new", DIM, opened(tmp_path))
        assert writer.finish(np.array([7]), compact=True) == ([], [])
        assert {path.name for path in (tmp_path / "new").iterdir()} == {VECTORS}
        assert values[7].tobytes() not in (tmp_path / "new" / VECTORS).read_bytes()
        assert values[8].tobytes() in (tmp_path / "new" / VECTORS).read_bytes()

    @given(st.data())
    @settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    def test_any_additions_and_removals_leave_what_they_should(self, tmp_path_factory, data):
        base = tmp_path_factory.mktemp("generations")
        share = data.draw(st.sampled_from([0, 0.2, 5]))
        wanted, removed, before, next_id = {}, [], None, 1
        for number in range(data.draw(st.integers(1, 6))):
            folder = base / f"{number}"
            folder.mkdir()
            for gone in data.draw(st.sets(st.sampled_from(sorted(wanted)))) if wanted else ():
                removed.append(gone)
                del wanted[gone]
            counts = data.draw(st.lists(st.integers(1, 9), min_size=not wanted, max_size=3))
            compact = data.draw(st.booleans())
            with (
                mock.patch("index.vectorwriter._RECENT_SHARE", share),
                closing(VectorWriter(folder, DIM, before)) as writer,
            ):
                for count in counts:
                    values = rows(count, seed=next_id)
                    ids = np.arange(next_id, next_id + count)
                    writer.add(ids, values)
                    wanted |= dict(zip(ids.tolist(), values, strict=True))
                    next_id += count
                _, removed = writer.finish(np.array(sorted(removed), np.int64), compact=compact)
            assert not (compact and removed)
            assert {path.name for path in folder.iterdir()} <= {VECTORS, RECENT}
            before = opened(folder, removed)
            assert before.ids.tolist() == sorted(wanted)
            assert all((before.vector(i) == row).all() for i, row in wanted.items())


@pytest.mark.parametrize("number", [errno.EPERM, errno.EXDEV, errno.EMLINK, errno.ENOTSUP])
def test_where_a_file_cannot_be_linked_it_is_copied(tmp_path, number):
    (tmp_path / "old").write_bytes(b"Vektoren")
    with mock.patch("os.link", side_effect=OSError(number, os.strerror(number))):
        take_over(tmp_path / "old", tmp_path / "new")
    assert (tmp_path / "new").read_bytes() == b"Vektoren"
    assert not (tmp_path / "old").samefile(tmp_path / "new")
    with pytest.raises(FileNotFoundError):
        take_over(tmp_path / "gone", tmp_path / "other")
