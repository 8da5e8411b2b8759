from __future__ import annotations

from pathlib import Path

import e5_sample
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tokenizers import Tokenizer

from index import e5
from index.e5file import parse
from index.e5tokens import build_splitter, build_tokenizer
from index.e5words import E5Tokenizer

SAMPLE = parse(e5_sample.write())
LIBRARY = build_tokenizer(SAMPLE)
PARTS = ["a", "ü", "b", "ab", " ", "  ", "～", "ﬁ", "x", "👋🏽", "u\u0308", "\0", "\n", "▁"]
PARTS += ["</s>", "<mask>", "<unk>", "<s", "＜s＞", "\u200b"]


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> E5Tokenizer:
    path = tmp_path_factory.mktemp("words") / "splitter.json"
    build_splitter(SAMPLE).save(str(path))
    return E5Tokenizer(SAMPLE.words, path, limit=32)


@settings(max_examples=400, deadline=None)
@given(text=st.one_of(st.lists(st.sampled_from(PARTS), max_size=12).map("".join), st.text()))
def test_ids_are_those_of_the_library(own: E5Tokenizer, text: str) -> None:
    wanted = LIBRARY.encode(text).ids
    assert own.ids(text) == (wanted if len(wanted) <= 32 else [*wanted[:31], wanted[-1]])


def test_what_is_too_long_is_cut_and_ended(own: E5Tokenizer) -> None:
    assert own.ids("a " * 100) == [0, *[7] * 30, 2]
    assert own.ids("a " * 30) == [0, *[7] * 30, 2]


def test_a_word_is_read_up_to_its_twenty_thousandth_character(own: E5Tokenizer) -> None:
    assert own.ids("\N{SNOWMAN}" * 50_000) == [0, 4, 3, 2]  # "▁", unknown characters as one
    assert len(own.ids("a" * 1_000_000)) == 32


@pytest.fixture(scope="module")
def packaged(model_cache: Path) -> tuple[E5Tokenizer, Tokenizer]:
    file = e5.packaged_file()
    own = E5Tokenizer(file.words, e5.packaged_splitter(model_cache, file), limit=512)
    library = Tokenizer.from_file(str(e5.packaged_model(model_cache) / "tokenizer.json"))
    library.enable_truncation(512)
    return own, library


@pytest.mark.slow
@settings(max_examples=1000, deadline=None)
@given(text=st.text(max_size=300))
def test_packaged_ids_are_those_of_the_library(
    packaged: tuple[E5Tokenizer, Tokenizer], text: str
) -> None:
    own, library = packaged
    assert own.ids(text) == library.encode(text).ids


@pytest.mark.slow
def test_packaged_ids_of_articles_are_those_of_the_library(
    packaged: tuple[E5Tokenizer, Tokenizer],
) -> None:
    own, library = packaged
    paths = sorted((Path(__file__).parent.parent / "seeds").rglob("*.txt"))
    assert len(paths) > 3
    for path in paths:
        text = path.read_text(encoding="utf-8")
        for part in (text, *text.split("\n")):
            assert own.ids(part) == library.encode(part).ids
