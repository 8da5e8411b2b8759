"""Compressed vectors: near to what was put in, found like the exact ones, changed and damaged."""

from __future__ import annotations

import gc
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

import numpy as np
import pytest
from fakes import ARTICLES, HashEmbedder, build, generation, resign, write_corpus

from index.check import check_index
from index.compressed import CompressedFile, write_compressed
from index.errors import StoreCorruptError
from index.manifest import FINE, VECTORS
from index.store import Snapshot
from index.vectorfiles import FlatFile, write_flat
from index.vectors import Vectors

DIM = 32
NONE = np.empty(0, np.int64)


def rows(count, seed=0):
    """Vectors that lie in clumps, as those of texts do."""
    rng = np.random.default_rng(seed)
    centres = np.random.default_rng(99).standard_normal((40, DIM))
    found = centres[rng.integers(0, 40, count)] + 0.5 * rng.standard_normal((count, DIM))
    return (found / np.linalg.norm(found, axis=1, keepdims=True)).astype(np.float32)


def blocks_of(ids, values, size=700):
    return lambda: ((ids[i : i + size], values[i : i + size]) for i in range(0, len(ids), size))


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """5,000 vectors with the ids 10, 13, 16, ..."""
    folder = tmp_path_factory.mktemp("compressed")
    ids, values = np.arange(5000) * 3 + 10, rows(5000)
    write_compressed(folder, DIM, 5000, blocks_of(ids, values))
    return folder, ids, values


def recall(found, ids, values, queries, count=10):
    """Share of the exact best that a search finds."""
    wanted = [set(ids[np.argsort(-(values @ query))[:count]].tolist()) for query in queries]
    hits = [len({i for i, _ in found(query, count)} & best) for query, best in zip(
        queries, wanted, strict=True)]  # fmt: skip
    return sum(hits) / count / len(queries)


def test_what_is_stored_is_near_to_what_was_put_in(made):
    folder, ids, values = made
    opened = CompressedFile(folder, DIM)
    assert (opened.ids == ids).all()
    given = opened.rows(np.arange(5000))
    assert np.abs(given - values).max() < 1 / 2048
    mixed = np.array([4000, 3, 77, 3])
    assert (opened.rows(mixed) == given[mixed]).all()
    opened._fine = opened._fine.copy()
    opened._fine["low"][:, 0:2], opened._fine["low"][:, 2] = 0xFF, 0  # the middle: 3 of 0 to 7
    coarse = opened.rows(np.arange(5000))
    assert np.abs(given - values).mean() < np.abs(coarse - values).mean() / 7


def test_it_finds_what_an_exact_search_finds(made):
    folder, ids, values = made
    opened = CompressedFile(folder, DIM)
    queries = rows(100, seed=1)
    assert recall(lambda q, c: opened.search(q, c, None, NONE), ids, values, queries) > 0.99
    for query in queries[:20]:
        for i, score in opened.search(query, 10, None, NONE):
            assert score == pytest.approx(values[(i - 10) // 3] @ query, abs=2e-3)


def test_the_finer_bits_put_the_best_in_order(made):
    folder, ids, values = made
    opened = CompressedFile(folder, DIM)
    queries = rows(100, seed=2)
    fine = recall(lambda q, c: opened.search(q, c, None, NONE), ids, values, queries)
    opened._fine = opened._fine.copy()
    opened._fine["low"] = 0xAA
    assert recall(lambda q, c: opened.search(q, c, None, NONE), ids, values, queries) < fine


def test_a_filter_finds_the_nearest_of_what_is_allowed_wherever_it_stands(made):
    folder, ids, _ = made
    opened = CompressedFile(folder, DIM)
    allowed = np.sort(np.random.default_rng(3).choice(ids, 12, replace=False))
    for query in rows(20, seed=3):
        found = opened.search(query, 12, allowed, NONE)
        assert {i for i, _ in found} == set(allowed.tolist())
        assert [s for _, s in found] == sorted((s for _, s in found), reverse=True)


def test_what_is_removed_is_not_found(made):
    folder, ids, values = made
    removed = ids[::2]
    vectors = Vectors([CompressedFile(folder, DIM)], removed)
    queries = values[:200:2]
    assert not {i for q in queries for i, _ in vectors.search(q, 10)} & set(removed.tolist())
    assert recall(vectors.search, ids[1::2], values[1::2], queries) > 0.98


def written_again(before, removed, newer, fresh, folder):
    """What a writer does: those that stay, then the newer ones."""
    kept = np.flatnonzero(~np.isin(before.ids, removed))

    def blocks():
        yield before.ids[kept], before.rows(kept)
        yield newer, fresh

    write_compressed(folder, DIM, len(kept) + len(newer), blocks, before)
    return CompressedFile(folder, DIM), kept


def test_after_a_tenth_was_exchanged_it_is_as_good_as_before(made, tmp_path):
    folder, ids, values = made
    before = CompressedFile(folder, DIM)
    newer, fresh = np.arange(20_000, 20_500), rows(500, seed=4)
    after, kept = written_again(before, ids[::10], newer, fresh, tmp_path)
    all_ids, everything = np.r_[ids[kept], newer], np.r_[values[kept], fresh]
    assert (after.ids == all_ids).all()
    assert np.abs(after.rows(np.arange(len(all_ids))) - everything).max() < 1 / 2048
    queries = rows(100, seed=5)
    found = recall(lambda q, c: after.search(q, c, None, NONE), all_ids, everything, queries)
    assert found > 0.99


def test_vectors_that_are_read_and_written_again_stay_as_they_are(made, tmp_path):
    opened = CompressedFile(made[0], DIM)
    once = opened.rows(np.arange(5000))
    for number in range(20):
        folder = tmp_path / str(number)
        folder.mkdir()
        newer = np.array([20_000 + number])
        opened, _ = written_again(opened, newer - 1, newer, rows(1, seed=number), folder)
    assert np.abs(opened.rows(np.arange(5000)) - once).max() < 1e-6


def test_vectors_of_another_kind_move_the_mean_and_are_found(made, tmp_path):
    before = CompressedFile(made[0], DIM)
    strange = rows(5000, seed=6) + np.eye(DIM, dtype=np.float32)[3]
    strange /= np.linalg.norm(strange, axis=1, keepdims=True)
    newer = np.arange(20_000, 25_000)
    after, kept = written_again(before, NONE, newer, strange, tmp_path)
    assert np.linalg.norm(after.centre - before.centre) > 0.05
    everything = np.r_[made[2][kept], strange]
    assert np.abs(after.rows(np.arange(10_000)) - everything).max() < 1 / 1024
    found = recall(
        lambda q, c: after.search(q, c, None, NONE), after.ids, everything, strange[:100]
    )
    assert found > 0.99


@pytest.mark.parametrize("total", [1, 2, 3, 7])
def test_a_few_are_all_found(tmp_path, total):
    values, ids = rows(total, seed=7), np.arange(total) + 5
    write_compressed(tmp_path, DIM, total, blocks_of(ids, values, 2))
    found = CompressedFile(tmp_path, DIM).search(values[0], 10, None, NONE)
    assert {i for i, _ in found} == set(ids.tolist())
    assert found[0][0] == 5


@pytest.mark.parametrize("allowed", [[], [11, 12], [-5, 2**62], [10, 2**62]])
def test_a_choice_of_ids_that_are_not_in_the_file(made, allowed):
    opened = CompressedFile(made[0], DIM)
    found = opened.search(rows(1)[0], 5, np.array(allowed, np.int64), NONE)
    assert [i for i, _ in found] == [i for i in allowed if i == 10]


def test_ids_that_are_far_apart_take_no_memory(tmp_path):
    values, ids = rows(50, seed=9), np.arange(50) * 2**40
    write_compressed(tmp_path, DIM, 50, blocks_of(ids, values))
    opened = CompressedFile(tmp_path, DIM)
    assert [i for i, _ in opened.search(values[7], 3, ids[7:8], NONE)] == [7 * 2**40]
    assert 7 * 2**40 not in [i for i, _ in opened.search(values[7], 3, None, ids[7:8])]


def test_all_removed(made):
    folder, ids, _ = made
    assert Vectors([CompressedFile(folder, DIM)], ids).search(rows(1)[0], 5) == []


def test_equal_vectors_come_in_the_order_of_their_ids(tmp_path):
    values, ids = np.repeat(rows(1), 3000, axis=0), np.arange(3000)
    write_compressed(tmp_path, DIM, 3000, blocks_of(ids, values))
    opened = CompressedFile(tmp_path, DIM)
    again = tmp_path / "recent.faiss"
    write_flat(again, DIM, iter([(ids + 3000, opened.rows(ids))]))
    for vectors in (Vectors([opened], NONE), Vectors([opened, FlatFile(again, DIM)], NONE)):
        assert len({score for _, score in vectors.search(rows(1, seed=1)[0], 50)}) == 1
    everything = Vectors([opened, FlatFile(again, DIM)], NONE).search(rows(1)[0], 6000)
    assert [i for i, _ in everything] == list(range(6000))


def test_several_threads_search_at_once(made):
    folder, ids, _ = made
    opened = CompressedFile(folder, DIM)
    asked = [(query, ids[i::7]) for i, query in enumerate(rows(30, seed=8))]

    def search(case):
        return opened.search(case[0], 10, case[1], NONE)

    alone = [search(case) for case in asked]
    with ThreadPoolExecutor(6) as threads:
        assert list(threads.map(search, asked)) == alone


def test_threads_end_with_the_file(made):
    def running():
        return sum(thread.name.startswith("beleg-vectors") for thread in threading.enumerate())

    gc.collect()
    before = running()
    opened = CompressedFile(made[0], DIM)
    opened.search(rows(1)[0], 5, None, NONE)
    assert running() > before
    del opened
    gc.collect()
    waiting = time.monotonic() + 5
    while running() > before and time.monotonic() < waiting:
        time.sleep(0.01)
    assert running() == before


@pytest.mark.parametrize("strange", [np.nan, np.inf])
def test_vectors_that_are_no_numbers_are_refused(tmp_path, strange):
    values = rows(10)
    values[3, 4] = strange
    with pytest.raises(RuntimeError, match="of numbers"):
        write_compressed(tmp_path, DIM, 10, blocks_of(np.arange(10), values))
    assert list(tmp_path.iterdir()) == []


def test_a_number_of_vectors_that_is_not_theirs_is_a_bug(made, tmp_path):
    _, ids, values = made
    with pytest.raises(RuntimeError, match="were given"):
        write_compressed(tmp_path, DIM, 4999, blocks_of(ids, values))


class TestDamage:
    @pytest.fixture
    def folder(self, made, tmp_path):
        for name in (VECTORS, FINE):
            (tmp_path / name).write_bytes((made[0] / name).read_bytes())
        return tmp_path

    @pytest.mark.parametrize("kept", [0, 5, 100, 5000])
    @pytest.mark.parametrize("name", [VECTORS, FINE])
    def test_a_file_that_was_cut(self, folder, name, kept):
        (folder / name).write_bytes((folder / name).read_bytes()[:kept])
        with pytest.raises((RuntimeError, EOFError, ValueError, OSError)):
            CompressedFile(folder, DIM)

    @pytest.mark.parametrize(
        "change",
        [
            lambda fine: fine[:-1],
            lambda fine: fine["high"],
            lambda fine: np.array([None, 1]),
        ],
        ids=["one less", "without bits", "Python's objects"],
    )
    def test_finer_bits_of_something_else(self, folder, change):
        np.save(folder / FINE, change(np.load(folder / FINE)), allow_pickle=True)
        with pytest.raises((RuntimeError, ValueError)):
            CompressedFile(folder, DIM)

    def test_ids_that_do_not_rise(self, folder):
        values = rows(4)
        write_compressed(folder, DIM, 4, blocks_of(np.array([1, 3, 2, 4]), values))
        with pytest.raises(RuntimeError, match="do not rise"):
            CompressedFile(folder, DIM)

    def test_a_changed_byte_of_its_head_is_refused_or_does_no_harm(self, folder):
        """In a process of its own: FAISS can crash over settings that it does not check."""
        code = f"""
import sys
import numpy as np
from pathlib import Path
from index.compressed import CompressedFile
folder = Path(sys.argv[1])
path = folder / {VECTORS!r}
right = path.read_bytes()
refused = 0
for place in range(700):
    path.write_bytes(right[:place] + bytes([right[place] ^ 0xFF]) + right[place + 1:])
    try:
        opened = CompressedFile(folder, {DIM})
        opened.search(np.ones({DIM}, np.float32), 5, None, np.empty(0, np.int64))
    except (RuntimeError, EOFError, MemoryError, OSError, ValueError):
        refused += 1
print(refused)
"""
        done = subprocess.run(
            [sys.executable, "-c", code, str(folder)], capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr[-500:]
        assert int(done.stdout) > 100

    def test_exact_vectors_in_its_place(self, folder, made):
        write_flat(folder / VECTORS, DIM, blocks_of(made[1], made[2])())
        with pytest.raises(RuntimeError, match="not the vectors of an index"):
            CompressedFile(folder, DIM)

    def test_it_in_the_place_of_exact_vectors(self, folder):
        with pytest.raises(RuntimeError, match="not the vectors of an index"):
            FlatFile(folder / VECTORS, DIM)


@pytest.fixture
def index(tmp_path, monkeypatch):
    """An index of compressed vectors, though there are few; and its corpus."""
    monkeypatch.setattr("index.vectorwriter.COMPRESSED_FROM", 4)
    levels = {
        f"{i:02d}.txt": f"Am {i}. März fehlten {3 * i} cm Wasser.".encode() for i in range(60)
    }
    corpus = write_corpus(tmp_path / "corpus", {**ARTICLES, **levels})
    build(corpus, tmp_path / "index")
    return tmp_path / "index", corpus


def found(root, question):
    query = HashEmbedder().vectors([question])[0]
    with closing(Snapshot.open(root, None)) as snapshot:
        hits = snapshot.search_vectors(query, 3)
        return [p.article_id for p in snapshot.passages([i for i, _ in hits])]


def test_a_sync_keeps_compressed_vectors_up_to_date(index):
    root, corpus = index
    assert {path.name for path in generation(root).iterdir()} >= {VECTORS, FINE}
    with closing(Snapshot.open(root, None)) as snapshot:
        assert snapshot.manifest.vectors == "compressed"
    assert found(root, "Pjöngjang hat Container verschifft")[0] == "munition.txt"
    assert found(root, "In Ústí fielen 3,5 Liter Regen.")[0] == "wetter.txt"
    (corpus / "07.txt").write_text("Der Kanzler aß Pfannkuchen.", encoding="utf-8")  # beside them
    assert build(corpus, root).reused == 0
    assert (generation(root) / "recent.faiss").exists()
    assert found(root, "Wer aß Pfannkuchen?")[0] == "07.txt"
    assert check_index(root, None) == []
    (corpus / "wetter.txt").unlink()  # all anew
    (corpus / "neu.txt").write_text("Der Zug nach Kyjiw fuhr um 9 Uhr ab.", encoding="utf-8")
    build(corpus, root)
    assert not (generation(root) / "recent.faiss").exists()
    assert "wetter.txt" not in found(root, "In Ústí fielen 3,5 Liter Regen.")
    assert found(root, "Wann fuhr der Zug nach Kyjiw ab?")[0] == "neu.txt"
    assert check_index(root, None) == []


def test_vectors_are_known_again_when_their_text_comes_back(index):
    root, corpus = index
    embedder = HashEmbedder()
    (corpus / "x.txt").write_bytes((corpus / "wetter.txt").read_bytes())
    report = build(corpus, root, embedder)
    assert (report.reused, report.embedded, embedder.passages) == (1, 0, [])
    assert set(found(root, "In Ústí fielen 3,5 Liter Regen.")[:2]) == {"wetter.txt", "x.txt"}
    assert build(corpus, root, embedder, full=True).embedded == 0
    assert embedder.passages == []


def test_an_index_that_shrinks_becomes_exact_again(index, monkeypatch):
    root, corpus = index
    monkeypatch.setattr("index.vectorwriter.COMPRESSED_FROM", 1000)
    (corpus / "wetter.txt").unlink()
    build(corpus, root)
    assert not (generation(root) / FINE).exists()
    assert found(root, "Pjöngjang hat Container verschifft")[0] == "munition.txt"
    assert check_index(root, None) == []


def test_a_manifest_that_keeps_the_finer_bits_secret_is_refused(index):
    root, _ = index
    resign(root, lambda manifest: manifest["files"].pop(FINE))
    with pytest.raises(StoreCorruptError, match="not the vectors of an index"):
        Snapshot.open(root, None)
    build(index[1], root, full=True)
    assert check_index(root, None) == []
