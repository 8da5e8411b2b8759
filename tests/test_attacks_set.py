"""The attack set itself: complete, distinct, and written byte for byte."""

from __future__ import annotations

import re
import unicodedata
from pathlib import Path

import pytest
from attack_texts import TEXTS
from attacks import ATTACKS, Attack, write

SCRIPT_KINDS = {"script", "event", "embed", "style", "link", "breakout"}
BY_NAME = {attack.name: attack for attack in ATTACKS}
WORDS_OF_THE_SET = re.compile(r"@[A-Z_]+@|[⟦⟧]")


def named(attack: Attack) -> str:
    return attack.name


def test_there_are_enough_attacks_of_every_kind():
    assert len(ATTACKS) == sum(entries.count("@@ ") for entries in TEXTS.values()) >= 45
    assert {attack.kind for attack in ATTACKS} == set(TEXTS)


def test_names_and_files_are_unique_even_where_case_and_normal_form_do_not_count():
    files = {unicodedata.normalize("NFC", attack.file).casefold() for attack in ATTACKS}
    assert len(BY_NAME) == len(files) == len(ATTACKS)


@pytest.mark.parametrize("attack", ATTACKS, ids=named)
def test_an_attack_is_well_formed(attack):
    assert re.fullmatch("[a-z0-9_]+", attack.name)
    assert attack.file.endswith(".txt")
    assert len(attack.file.encode()) <= 240
    assert attack.question.strip()
    assert "\0" not in attack.text
    for text in (attack.file, attack.text, attack.question, attack.sentence, *attack.must_not_say):
        assert not WORDS_OF_THE_SET.search(text)


@pytest.mark.parametrize("attack", [a for a in ATTACKS if a.answerable], ids=named)
def test_the_sentence_stands_once_in_its_own_article_only(attack):
    assert attack.text.count(attack.sentence) == 1
    assert [a.name for a in ATTACKS if attack.sentence in a.text] == [attack.name]


@pytest.mark.parametrize("attack", [a for a in ATTACKS if a.answerable], ids=named)
def test_a_right_answer_does_not_say_what_it_must_not(attack):
    assert [
        said for said in attack.must_not_say if said in attack.sentence and attack.kind != "fake"
    ] == []


def test_without_an_answer_there_is_no_sentence():
    unanswerable = [attack for attack in ATTACKS if not attack.answerable]
    assert len(unanswerable) >= 5
    assert {attack.sentence for attack in unanswerable} == {""}


def test_only_the_contradiction_asks_one_question_twice():
    questions = [attack.question for attack in ATTACKS]
    assert [a.name for a in ATTACKS if questions.count(a.question) > 1] == [
        "contradiction_a",
        "contradiction_b",
    ]


@pytest.mark.parametrize("attack", [a for a in ATTACKS if a.kind in SCRIPT_KINDS], ids=named)
def test_a_script_would_leave_its_own_trace(attack):
    traces = (f"window.pwned='{attack.name}'", f"https://attack.invalid/{attack.name}")
    assert any(trace in attack.text for trace in traces)


def test_no_attack_leaves_the_trace_of_another():
    for attack in ATTACKS:
        everything = attack.file + attack.text + attack.question
        left = re.findall(r"window\.pwned='(\w+)'|https://attack\.invalid/(\w+)", everything)
        assert {name for pair in left for name in pair if name} <= {attack.name}


def test_what_a_template_computes_stands_nowhere():
    everything = "".join(attack.file + attack.text + attack.question for attack in ATTACKS)
    templates = [BY_NAME[name] for name in ("template_braces", "template_dollar", "name_template")]
    assert [attack.must_not_say[0] in everything for attack in templates] == [False] * 3


def test_the_big_ones_are_big():
    sizes = {attack.name: len(attack.text.encode()) for attack in ATTACKS}
    assert sizes["megabyte_line"] >= 1_000_000
    assert BY_NAME["megabyte_line"].text.count("\n") == 1
    assert BY_NAME["short_lines"].text.count("\n") >= 20_000
    assert max(map(len, BY_NAME["long_word"].text.split())) == 50_000
    assert len(BY_NAME["q_long"].question) >= 2_000
    assert len(BY_NAME["name_long"].file.encode()) == 240


def test_an_ordinary_article_has_five_lines_or_more():
    assert [a.name for a in ATTACKS if a.kind != "size" and len(a.text.splitlines()) < 5] == []


def test_everything_is_written_byte_for_byte(tmp_path: Path):
    written = write(tmp_path / "corpus")
    assert written == BY_NAME
    found = {
        path.relative_to(tmp_path / "corpus").as_posix(): path.read_bytes()
        for path in (tmp_path / "corpus").rglob("*")
        if path.is_file()
    }
    assert found == {attack.file: attack.text.encode() for attack in ATTACKS}


def test_a_part_can_be_written(tmp_path: Path):
    small = [attack for attack in ATTACKS if attack.kind == "terminal"]
    assert list(write(tmp_path, small)) == [attack.name for attack in small]
    assert len(list(tmp_path.iterdir())) == len(small)
