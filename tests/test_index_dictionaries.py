"""Dictionaries as tries: the same words and lemmas, made once, mended, or refused with a reason."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from index import dictionaries
from index.dictionaries import dictionary, keep_in
from rag.assemble import Assistant
from rag.config import Config


@pytest.fixture(autouse=True)
def _kept_elsewhere(monkeypatch):
    monkeypatch.setattr(dictionaries, "_folder", [])
    dictionaries._kept.cache_clear()
    yield
    dictionaries._kept.cache_clear()


@pytest.mark.parametrize("language", ["de", "en"])
def test_a_trie_holds_the_same_words_with_the_same_lemmas(language, tmp_path):
    unpacked = dictionary(language)
    keep_in(tmp_path)
    trie = dictionary(language)
    assert type(trie) is not type(unpacked)
    assert len(trie) == len(unpacked)
    for form in random.Random(0).sample(list(unpacked), 20_000):
        assert trie.get(form) == unpacked.get(form)
        assert form in trie
    for form in ("Xyzzyx", "", "häuserhäuser", "A" * 1000, "ÿ", "😀"):
        assert trie.get(form) is None
        assert form not in trie


def test_a_trie_is_made_once(tmp_path):
    keep_in(tmp_path)
    assert dictionary("en").get("houses") == "house"
    before = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*.dic")}
    assert before
    dictionaries._kept.cache_clear()
    assert dictionary("en").get("houses") == "house"
    assert {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*.dic")} == before


@pytest.mark.parametrize("rest", [0, 1000])
def test_a_trie_that_was_cut_is_made_again(tmp_path, rest):
    keep_in(tmp_path)
    dictionary("en")
    path = next(tmp_path.rglob("*.dic"))
    path.write_bytes(path.read_bytes()[:rest])
    dictionaries._kept.cache_clear()
    assert dictionary("en").get("houses") == "house"


def test_a_trie_of_other_bytes_is_made_again(tmp_path):
    keep_in(tmp_path)
    dictionary("en")
    path = next(tmp_path.rglob("*.dic"))
    right = path.read_bytes()
    for place in range(100, len(right), len(right) // 7):
        path.write_bytes(right[:place] + bytes([right[place] ^ 0x20]) + right[place + 1 :])
        dictionaries._kept.cache_clear()
        assert dictionary("en").get("houses") == "house"
        assert path.read_bytes() == right


def test_a_cache_that_cannot_be_written_costs_only_memory(tmp_path):
    (tmp_path / "cache").write_bytes(b"a file")
    keep_in(tmp_path / "cache")
    assert dictionary("en").get("houses") == "house"
    assert dictionary("en") is dictionaries._unpacked("en")


def test_a_full_disk_leaves_nothing_and_costs_only_memory(tmp_path, monkeypatch):
    keep_in(tmp_path)

    def full(factory, language, trie):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(
        "simplemma.strategies.dictionaries.trie_dictionary_factory"
        ".TrieDictionaryFactory._write_trie_to_disk",
        full,
    )
    assert dictionary("en").get("houses") == "house"
    assert not any(path.is_dir() for path in Path(tmp_path / "dictionaries").iterdir())


def test_an_assistant_keeps_them_in_its_cache(tmp_path, monkeypatch):
    kept = []
    monkeypatch.setattr("rag.assemble.keep_in", kept.append)
    Assistant(Config(tmp_path / "corpus", tmp_path / "cache"))
    assert kept == [tmp_path / "cache"]
