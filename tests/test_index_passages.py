import itertools
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from index import passages as passages_module
from index.articles import load_article
from index.boilerplate import boilerplate_lines
from index.passages import split_article
from index.types import Article, Passage

SEEDS = Path(__file__).parent.parent / "seeds"
PROSE = "Der Minister sprach am Montag in Köln über den Haushalt. "


def article(text: str) -> Article:
    return Article("a.txt", "", text, len(text.encode("utf-8")), 0)


UNITS = (
    *("Wort", "Straße", "z. B. ", "Ja. ", "Nein! ", "„Was?“ ", "…", "a" * 50),
    *("\n", "\n\n", "\r\n", "\r", " ", "\t", "\x0b", "\x0c", "\x1c", "\x85", "\u2028", "\u2029"),
    *("\ufeff", "\u00a0", "😀", "👩\u200d🚀", "e\u0301"),
    *("Lesen Sie auch\n", "(dpa)\n", "Foto: privat\n", "Zwischentitel\n"),
)


def texts() -> st.SearchStrategy[str]:
    words = st.sampled_from(UNITS)
    anything = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
    return st.lists(st.one_of(words, words, anything), max_size=60).map("".join)


def assert_sound(source: Article, found: tuple[Passage, ...]) -> None:
    marked = boilerplate_lines(source)
    covered = set()
    for passage in found:
        assert source.text[passage.start : passage.end] == passage.text
        assert passage.text.strip()
        assert (passage.id, passage.article_id) == (-1, source.id)
        span = range(passage.start, passage.end)
        assert covered.isdisjoint(span)
        covered.update(span)
        lines = range(passage.line_start, passage.line_end + 1)
        assert lines[0] == source.line_at(passage.start)
        assert lines[-1] == source.line_at(passage.end - 1)
        content = {n for n in lines if text_of(source, n).strip()}
        assert content <= marked if passage.boilerplate else content.isdisjoint(marked)
    assert all(char.isspace() for at, char in enumerate(source.text) if at not in covered)
    assert list(found) == sorted(found, key=lambda passage: passage.start)


def text_of(source: Article, number: int) -> str:
    line = source.line(number)
    return source.text[line.start : line.end]


@given(texts(), st.integers(1, 120))
@settings(max_examples=150, deadline=None)
@example("", 700)
@example(" \n\u2028 ", 10)
@example("x" + " " * 50 + "y", 5)
@example("\ufeff" + "a" * 30 + "\r\n" * 9, 7)
@example("(dpa)\n\n\n(dpa)\nWort", 3)
def test_passages_slice_back_and_cover(text, target_chars):
    source = article(text)
    found = split_article(source, target_chars=target_chars)
    assert_sound(source, found)
    assert all(len(passage.text) <= 1.3 * target_chars for passage in found)


@given(texts().filter(lambda text: "\0" not in text))
@settings(max_examples=60, deadline=None)
@example("eins\r\nzwei\u2028\x85drei\x0b\x0c\nvier")
@example("eins\n\n")
@example("\n")
def test_lines_are_those_of_sed(text):
    source = article(text)
    with tempfile.NamedTemporaryFile() as file:
        file.write(text.encode("utf-8"))
        file.flush()
        for number in itertools.islice(range(1, source.line_count + 2), 12):
            printed = subprocess.run(
                ["sed", "-n", f"{number}p", file.name],
                env={"LC_ALL": "C"},
                capture_output=True,
                check=True,
            ).stdout.decode("utf-8")
            if number > source.line_count:
                assert printed == ""
            else:
                assert printed.removesuffix("\n") == text_of(source, number)


@pytest.mark.parametrize("path", sorted(SEEDS.iterdir()), ids=lambda path: path.name[:3])
def test_the_seeds_are_covered(path):
    source = load_article(SEEDS, path.name)
    found = split_article(source)
    assert_sound(source, found)
    assert "".join(passage.text for passage in found) == source.text
    assert max(len(passage.text) for passage in found) <= 910


def test_the_passages_of_one_seed():
    found = split_article(load_article(SEEDS, "004_fc018e94312481a9.txt"))
    assert [(p.line_start, p.line_end, p.boilerplate) for p in found] == [
        (1, 1, False),
        (2, 2, True),
        (3, 5, False),
        (6, 7, False),
        (8, 10, False),  # line 8 is the heading of line 9
        (11, 12, False),
        (13, 13, False),
        (14, 19, True),
        (20, 20, False),
        (21, 23, False),
    ]


def test_a_long_line_is_cut_between_sentences():
    found = split_article(article(PROSE * 100))
    assert all(passage.text.endswith("Haushalt. ") for passage in found)
    assert {(passage.line_start, passage.line_end) for passage in found} == {(1, 1)}


def test_no_cut_after_abbreviations_and_ordinals():
    text = "Am 24. Oktober kam z. B. der Minister J. Muster nach Köln. "
    found = split_article(article(text * 3), target_chars=len(text) + 5)
    assert [passage.text for passage in found] == [text] * 3


def test_no_break_spaces_stay_whole():
    found = split_article(article("rund 10\u00a0000 Leute " * 20), target_chars=30)
    assert not any(passage.text.startswith("000") for passage in found)


def test_a_heading_goes_with_the_text_below_it():
    long = PROSE * 11
    found = split_article(article(f"{long}\nZwischentitel\n{long}\n"))
    assert [passage.text for passage in found] == [f"{long}\n", f"Zwischentitel\n{long}\n"]


def test_a_small_tail_goes_with_the_text_before_it():
    found = split_article(article(PROSE * 12 + "Ende."))
    assert [len(passage.text) for passage in found] == [len(PROSE * 12 + "Ende.")]


def test_blank_lines_go_with_the_lines_above():
    found = split_article(article(f"\n\n{PROSE}\n\n(dpa)\n\n\n{PROSE}"))
    assert [(p.text, p.boilerplate) for p in found] == [
        (f"\n\n{PROSE}\n\n", False),
        ("(dpa)\n\n\n", True),
        (PROSE, False),
    ]


def test_white_space_too_large_for_a_neighbour_is_left_out():
    found = split_article(article("Anfang" + " " * 5000 + "Ende"), target_chars=100)
    assert [passage.text.strip() for passage in found] == ["Anfang", "Ende"]


@pytest.mark.parametrize("text", ["", "\n\n", " \u2028\x85\x0b\r\n"])
def test_white_space_alone_gives_no_passage(text):
    assert split_article(article(text)) == ()


@pytest.mark.parametrize(
    "unit", ["a", "Wort ", "😀", "e\u0301", ".", "x\u2028", "\r", "\x0b", "Lesen Sie auch\n"]
)
def test_a_large_article_is_cut_in_two_seconds(unit):
    size = 250_000 if unit.endswith("\n") else 1_000_000
    source = article("Anfang " + unit * (size // len(unit)))
    split_article(article("the first call imports the splitter"))
    begun = time.process_time()
    found = split_article(source)
    assert time.process_time() - begun < 2
    assert max(len(passage.text) for passage in found) <= 910


def test_a_target_below_one_is_refused():
    with pytest.raises(ValueError, match="target_chars is 0, at least 1"):
        split_article(article("Text"), target_chars=0)


@pytest.mark.parametrize(
    ("pieces", "message"),
    [
        (["Ei", "n Text"], None),
        (["Ein", "Text"], "bug: the splitter changed the text at code point 3"),
        (["Ein "], "bug: the splitter lost the text from code point 4 to 8"),
    ],
)
def test_a_splitter_that_loses_text_is_a_bug(monkeypatch, pieces, message):
    class Splitter:
        def split_text(self, text):
            return pieces

    monkeypatch.setattr(passages_module, "_splitter", lambda target_chars: Splitter())
    if message is None:
        assert len(split_article(article("Ein Text"), target_chars=4)) == 2
    else:
        with pytest.raises(RuntimeError, match=message):
            split_article(article("Ein Text"))


def test_the_splitter_is_imported_at_the_first_split():
    code = "import sys, index.passages; print('langchain_text_splitters' in sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=SEEDS.parent, capture_output=True, text=True, check=True
    )
    assert done.stdout == "False\n"
