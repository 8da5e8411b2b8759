import sqlite3
from contextlib import closing

import faiss
import numpy as np
import pytest
from fakes import HashEmbedder, build, generation, resign, write_corpus

from index.check import check_index
from index.errors import StoreCorruptError, StoreMismatchError, StoreNotFoundError

MODEL = HashEmbedder().identity


@pytest.fixture
def root(tmp_path):
    build(write_corpus(tmp_path / "corpus"), tmp_path / "index")
    return tmp_path / "index"


def execute(root, *statements):
    with closing(sqlite3.connect(generation(root) / "corpus.sqlite")) as database:
        for statement in statements:
            database.execute(statement)
        database.commit()


def vectors(root, change):
    path = str(generation(root) / "vectors.faiss")
    index = faiss.read_index(path)
    change(index)
    faiss.write_index(index, path)


def test_a_whole_index_gives_no_finding(root):
    assert check_index(root, MODEL) == []
    assert check_index(root, None) == []


def test_signing_anew_is_no_damage(root):
    resign(root)
    assert check_index(root, MODEL) == []


def test_a_passage_that_misses_its_vector(root):
    vectors(root, lambda index: index.remove_ids(np.array([3], dtype=np.int64)))
    resign(root)
    [finding] = check_index(root, MODEL)
    assert "1 passages differ between corpus and vectors" in finding
    assert str(root) in finding


def test_a_vector_that_misses_its_passage(root):
    more = HashEmbedder().vectors(["Überzählig"])
    vectors(root, lambda index: index.add_with_ids(more, np.array([77], dtype=np.int64)))
    resign(root)
    [finding] = check_index(root, MODEL)
    assert "between corpus and vectors" in finding


def test_a_passage_that_misses_its_words(root):
    without = "substr(sizes, 1, 4) || x'0000' || substr(sizes, 7)"
    execute(root, f"UPDATE lengths SET sizes = CAST({without} AS BLOB)")
    resign(root)
    found = check_index(root, MODEL)
    assert "1 passages differ between corpus and lexical index" in found[0]
    assert "1 passages whose search words do not add up" in found[1]


def test_words_that_miss_their_passage(root):
    execute(root, "INSERT INTO postings VALUES ('geist', 0, 0, x'580001')")
    resign(root)
    [finding] = check_index(root, MODEL)
    assert "1 passages whose search words do not add up" in finding


def test_a_passage_missing_in_the_corpus_is_found_in_every_part(root):
    execute(root, "DELETE FROM passages WHERE id = 1")
    resign(root)
    found = check_index(root, MODEL)
    assert len(found) == 3
    assert "vectors" in found[0]
    assert "lexical index" in found[1]
    assert "4 passages, 5 in the manifest" in found[2]


def test_an_id_that_was_not_given_out(root):
    resign(root, lambda manifest: manifest.update(next_id=5))
    [finding] = check_index(root, MODEL)
    assert "id 5 was not given out yet" in finding


def test_damage_that_sqlite_itself_finds(root):
    execute(
        root,
        "PRAGMA writable_schema = 1",
        "UPDATE sqlite_master SET sql = 'CREATE INDEX passages_by_text ON passages (start)'"
        " WHERE name = 'passages_by_text'",
    )
    resign(root)
    found = check_index(root, MODEL)
    assert found
    assert all("corpus.sqlite: " in finding for finding in found)


@pytest.mark.parametrize("name", ["corpus.sqlite", "vectors.faiss"])
def test_damaged_files_are_named_all_at_once(root, name):
    path = generation(root) / name
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 0x10
    path.write_bytes(data)
    assert check_index(root, MODEL) == [
        f"{path}: content differs from the checksum in the manifest"
    ]
    path.unlink()
    other = next(p for p in generation(root).iterdir() if p.suffix != ".json")
    other.write_bytes(other.read_bytes()[:-1])
    found = check_index(root, MODEL)
    assert len(found) == 2
    assert any(str(path) in finding for finding in found)
    assert any(str(other) in finding and "bytes" in finding for finding in found)


def test_checking_changes_nothing(root):
    before = {p: p.read_bytes() for p in root.rglob("*") if p.is_file()}
    check_index(root, MODEL)
    assert {p: p.read_bytes() for p in root.rglob("*") if p.is_file()} == before


def test_no_index_another_model_and_a_damaged_manifest_are_errors(root, tmp_path):
    with pytest.raises(StoreNotFoundError):
        check_index(tmp_path / "nowhere", MODEL)
    with pytest.raises(StoreMismatchError, match="another model"):
        check_index(root, HashEmbedder("other").identity)
    (generation(root) / "manifest.json").write_bytes(b"{}")
    with pytest.raises(StoreCorruptError):
        check_index(root, MODEL)
