"""Dictionaries as tries: the same words and lemmas, made once, mended, or refused with a reason."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from index import dictionaries
from index.dictionaries import dictionary, keep_in
from index.errors import ModelUnavailableError


@pytest.fixture(autouse=True)
def _kept_elsewhere(monkeypatch):
    monkeypatch.setattr(dictionaries, "_folder", [])
    dictionaries._trie.cache_clear()
    yield
    dictionaries._trie.cache_clear()


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
    dictionaries._trie.cache_clear()
    assert dictionary("en").get("houses") == "house"
    assert {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*.dic")} == before


@pytest.mark.parametrize("rest", [0, 1000])
def test_a_trie_that_was_cut_is_made_again(tmp_path, rest):
    keep_in(tmp_path)
    dictionary("en")
    path = next(tmp_path.rglob("*.dic"))
    path.write_bytes(path.read_bytes()[:rest])
    dictionaries._trie.cache_clear()
    assert dictionary("en").get("houses") == "house"


def test_a_cache_that_cannot_be_written_is_an_error_with_a_hint(tmp_path):
    (tmp_path / "cache").write_bytes(b"a file")
    keep_in(tmp_path / "cache")
    with pytest.raises(ModelUnavailableError, match="cannot be written") as raised:
        dictionary("en")
    assert raised.value.hint


def test_a_full_disk_leaves_nothing(tmp_path, monkeypatch):
    keep_in(tmp_path)

    def full(factory, language, trie):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(
        "simplemma.strategies.dictionaries.trie_dictionary_factory"
        ".TrieDictionaryFactory._write_trie_to_disk",
        full,
    )
    with pytest.raises(ModelUnavailableError, match="cannot be written"):
        dictionary("en")
    assert not any(path.is_dir() for path in Path(tmp_path / "dictionaries").iterdir())
