"""Damaged indexes: what opening refuses, what the check finds, and what does no harm."""

import shutil
import sqlite3
from contextlib import closing

import faiss
import numpy as np
import pytest
from damage import (
    AT_OPEN,
    BY_CHECK,
    FILES,
    MODEL,
    NO_EFFECT,
    WRONG,
    Case,
    Damage,
    Judge,
    Sight,
    damages,
    path_of,
)
from fakes import HashEmbedder, build, generation, resign

from index import generations
from index.check import check_index
from index.errors import StoreError
from index.store import Snapshot


@pytest.fixture(scope="module")
def case(tmp_path_factory):
    return Case.make(tmp_path_factory.mktemp("damage"))


@pytest.fixture(scope="module")
def judge(case):
    return Judge(case)


@pytest.fixture
def root(case, tmp_path):
    return shutil.copytree(case.root, tmp_path / "index")


@pytest.fixture
def large(monkeypatch):
    """Every index counts as one above 256 MB."""
    monkeypatch.setattr(generations, "_HASH_AT_OPEN_BYTES", -1)


def flip(root, name, near, ahead, mask):
    """Turn bits around in the byte that stands `ahead` of the first place of some bytes."""
    Damage(name, path_of(root, name).read_bytes().index(near) + ahead, mask).apply(root)


FLIPS = {
    "a text": ("corpus.sqlite", b"3,5 Liter", 0, 1),
    "a text, no longer UTF-8": ("corpus.sqlite", b"zug.md", 2, 0x80),
    "a page of the database": ("corpus.sqlite", b"SQLite format 3", 4096, 0xFF),
    "an id of the vectors": ("vectors.faiss", b"\x03\0\0\0\0\0\0\0\x04\0\0\0", 0, 0x40),
}
NOTICED_ANYWAY = {"a text, no longer UTF-8", "a page of the database", "an id of the vectors"}


def test_a_whole_index_is_without_effect(judge, root):
    assert judge.verdict(root) == (NO_EFFECT, "")


def test_flipped_bytes_and_cuts_are_noticed_in_every_file(case, judge, tmp_path):
    planned = list(damages(case.root, flips=40, cuts=12, seed=1))
    assert len(set(planned)) == 52
    assert {(d.file, d.mask == 0) for d in planned} == {(f, cut) for f in FILES for cut in (0, 1)}
    for number, damage in enumerate(planned):
        copy = shutil.copytree(case.root, tmp_path / f"{number}")
        damage.apply(copy)
        outcome, reason = judge.verdict(copy)
        assert outcome in (AT_OPEN, BY_CHECK), (damage, reason)


@pytest.mark.parametrize("place", sorted(FLIPS.keys() - NOTICED_ANYWAY))
def test_without_any_checksum_the_judge_calls_it_wrong(judge, root, monkeypatch, place):
    monkeypatch.setattr(generations, "damage", lambda *_, **__: [])
    flip(root, *FLIPS[place])
    assert judge.verdict(root)[0] == WRONG


@pytest.mark.parametrize("place", FLIPS)
def test_a_large_index_whose_checksums_are_not_compared_at_opening(judge, root, large, place):
    flip(root, *FLIPS[place])
    outcome, reason = judge.verdict(root)
    assert outcome in (AT_OPEN, BY_CHECK), reason


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("kind", ["missing", "empty", "folder", "dangling", "circle"])
def test_something_else_in_the_place_of_a_file_is_refused(judge, root, name, kind):
    path = path_of(root, name)
    path.unlink()
    match kind:
        case "empty":
            path.touch()
        case "folder":
            path.mkdir()
        case "dangling":
            path.symlink_to("nowhere")
        case "circle":
            path.symlink_to(path.name)
    assert judge.verdict(root)[0] == AT_OPEN


@pytest.mark.parametrize("kind", ["missing", "empty", "file"])
def test_something_else_in_the_place_of_the_generation_is_refused(judge, root, kind):
    folder = generation(root)
    shutil.rmtree(folder)
    match kind:
        case "empty":
            folder.mkdir()
        case "file":
            folder.touch()
    assert judge.verdict(root)[0] == AT_OPEN


@pytest.mark.parametrize("name", FILES)
def test_a_file_of_another_generation_is_refused(case, judge, root, tmp_path, name):
    other = shutil.copytree(case.root.with_name("fresh"), tmp_path / "other")
    source = "vectors.faiss" if name == "recent.faiss" else name  # a fresh one has none
    shutil.copy(path_of(other, source), path_of(root, name))
    assert judge.verdict(root)[0] == AT_OPEN


@pytest.mark.parametrize("name", ["corpus.sqlite-wal", "corpus.sqlite-journal"])
def test_what_a_dead_program_left_beside_the_files_is_without_effect(judge, root, name):
    journal = b"\xd9\xd5\x05\xf9\x20\xa1\x63\xd7" + b"x" * 4096
    (generation(root) / name).write_bytes(journal)
    assert judge.verdict(root) == (NO_EFFECT, "")


def test_a_database_that_is_cut_while_it_is_open_is_an_error_of_ours(root):
    with closing(Snapshot.open(root, MODEL)) as snapshot:
        Damage("corpus.sqlite", 8192, 0).apply(root)
        with pytest.raises(StoreError):
            snapshot.search_words("3,5 Liter Regen", 5)


def test_a_generation_that_was_moved_and_linked_can_be_synced(case, root, tmp_path):
    folder = generation(root)
    folder.rename(tmp_path / "elsewhere")
    folder.symlink_to(tmp_path / "elsewhere")
    assert build(case.edited, root).written
    assert not build(case.edited, root).written


def sql(*statements):
    def change(root):
        with closing(sqlite3.connect(path_of(root, "corpus.sqlite"))) as database:
            database.executescript(";".join(statements))

    return change


def vectors(change, flat=faiss.IndexFlatIP):
    """Write the vectors anew; `change` gets (n, dim) rows and n ids and gives others."""

    def rewrite(root):
        path = str(path_of(root, "vectors.faiss"))
        old = faiss.read_index(path)
        ids = faiss.vector_to_array(old.id_map)
        rows, ids = change(faiss.downcast_index(old.index).reconstruct_n(0, len(ids)), ids.copy())
        new = faiss.IndexIDMap(flat(rows.shape[1]))
        new.add_with_ids(np.ascontiguousarray(rows), ids)
        faiss.write_index(new, path)

    return rewrite


def bare(root):
    index = faiss.IndexFlatIP(MODEL.dim)
    index.add(HashEmbedder().vectors(["eins", "zwei"]))
    faiss.write_index(index, str(path_of(root, "vectors.faiss")))


def foreign(script):
    def change(root):
        path_of(root, "corpus.sqlite").unlink()
        sql(script)(root)

    return change


def scaled(factor):
    return vectors(lambda rows, ids: (rows * np.where(ids == 3, factor, 1)[:, None], ids))


def passage(values):
    return sql(f"UPDATE passages SET {values} WHERE article_id = 'wetter.txt'")


def article(values):
    return sql(f"UPDATE articles SET {values} WHERE id = 'wetter.txt'")


def manifest(**values):
    return lambda root: resign(root, lambda m: m.update(values))


COLUMNS = "sha256, size_bytes, mtime_ns, fingerprint, line_count, extract, pages"
DISAGREEMENTS = {
    "a row without a vector": vectors(lambda rows, ids: (rows[1:], ids[1:])),
    "a vector without a row": vectors(lambda rows, ids: (rows, np.where(ids == 3, 999, ids))),
    "no vectors": vectors(lambda rows, ids: (rows[:0], ids[:0])),
    "a vector twice": vectors(lambda rows, ids: (np.vstack([rows, rows[:1]]), np.r_[ids, ids[:1]])),
    "a vector of length 3": scaled(np.float32(3)),
    "a vector of length 0": scaled(np.float32(0)),
    "a vector that is not a number": scaled(np.float32("nan")),
    "vectors of another dimension": vectors(lambda rows, ids: (rows[:, :32], ids)),
    "vectors compared by distance": vectors(lambda rows, ids: (rows, ids), faiss.IndexFlatL2),
    "vectors without ids": bare,
    "an empty database": foreign(""),
    "a foreign database": foreign("CREATE TABLE a (b); INSERT INTO a VALUES (1)"),
    "a table that is missing": sql("DROP TABLE extracts"),
    "a column that is missing": sql("ALTER TABLE articles DROP COLUMN source"),
    "an index of a table that is missing": sql("DROP INDEX passages_by_text"),
    "no lexical index": sql("DROP TABLE postings"),
    "a search key that is missing": sql("DELETE FROM postings WHERE key = 'lit'"),
    "a lexical index that lost its words": sql("DELETE FROM postings"),
    "a lexical index that lost its lengths": sql("DELETE FROM lengths"),
    "a lexical index whose lengths are cut off": sql("UPDATE lengths SET sizes = x'01'"),
    "postings that are cut off": sql("UPDATE postings SET entries = x'0001'"),
    "postings of unknown passages": sql("UPDATE postings SET block = 7"),
    "a number of search words": sql(
        "UPDATE lengths SET sizes = CAST(substr(sizes, 1, 4) || x'09' || substr(sizes, 6) AS BLOB)"
    ),
    "passages without their article": sql("DELETE FROM articles WHERE id = 'wetter.txt'"),
    "an article without passages": sql(
        f"INSERT INTO articles SELECT 'leer.txt', {COLUMNS}, title, date, author, source"
        " FROM articles WHERE id = 'wetter.txt'"
    ),
    "a number of articles": manifest(articles=99),
    "a number of passages": manifest(passages=3),
    "a number of the generation": manifest(generation=77),
    "a next id that was given out": manifest(next_id=3),
    "a next id that is no number": manifest(next_id="99"),
    "a manifest that names no files": manifest(files={}),
    "a manifest that knows more": manifest(later=True),
    "a manifest that knows less": lambda root: resign(root, lambda m: m.pop("next_id")),
    "an id that leads out of the folder": article("id = '../wetter.txt'"),
    "a digest that is none": article("sha256 = 'x', fingerprint = 'x'"),
    "a digest of another article": article(
        "sha256 = (SELECT sha256 FROM articles WHERE id = '01.txt')"
    ),
    "a size below zero": article("size_bytes = -1"),
    "no lines": article("line_count = 0"),
    "offsets behind the end": passage('start = start + 999, "end" = "end" + 999'),
    "an offset below zero": passage("start = -5"),
    "an end before the start": passage('"end" = 0'),
    "an end that does not fit the text": passage('"end" = "end" - 3'),
    "passages that overlap": sql(
        "UPDATE passages SET start = 0, \"end\" = length(text) WHERE article_id = 'munition.txt'"
    ),
    "lines that do not rise": passage("line_start = 3, line_end = 1"),
    "lines behind the end": passage("line_start = 700, line_end = 703"),
    "a text that was altered": passage("text = replace(text, 'Liter', 'Meter')"),
    "a key of another text": passage("text_key = (SELECT text_key FROM passages WHERE id = 1)"),
    "an extract that does not fit its digest": sql(
        "UPDATE extracts SET text = replace(text, '7 Bäume', '99 Bäume')"
    ),
    "an extract that is missing": sql("DELETE FROM extracts WHERE text LIKE '%Bremen%'"),
    "an extract that nobody needs": sql("INSERT INTO extracts VALUES ('a', 'Geheimnis')"),
    "pages that cannot be read": sql("UPDATE articles SET pages = '[' WHERE extract != ''"),
    "pages of some lines only": sql("UPDATE articles SET pages = '[1]' WHERE extract != ''"),
}


@pytest.mark.parametrize("change", DISAGREEMENTS.values(), ids=DISAGREEMENTS)
def test_a_disagreement_behind_fitting_checksums_is_found(root, change):
    change(root)
    if change.__name__ != "<lambda>":
        resign(root)
    try:
        found = check_index(root, MODEL)
    except StoreError as error:
        found = [error.message]
    assert found
    assert all(str(root) in finding for finding in found)


@pytest.mark.parametrize("change", DISAGREEMENTS.values(), ids=DISAGREEMENTS)
def test_a_full_build_repairs_any_disagreement(case, root, change):
    change(root)
    if change.__name__ != "<lambda>":
        resign(root)
    build(case.corpus, root, full=True)
    assert check_index(root, MODEL) == []
    assert Sight.of(root) == Sight.of(case.root)
