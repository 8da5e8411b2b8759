"""A short fuzzing run with a fixed seed, and every input that once broke something."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from random import Random

import fuzz
import pytest
from fuzz_targets import Target, targets

NAMES = (
    "articles.docx", "articles.html", "articles.jsonl", "articles.md", "articles.pdf",
    "articles.rss", "articles.txt", "lexical", "manifest", "opening", "quotes",
)  # fmt: skip
CASES = 300


@pytest.fixture(scope="module")
def every() -> Iterator[dict[str, Target]]:
    with fuzz.workplace() as folder:
        yield targets(folder)


def letter(rng: Random) -> bytes:
    return rng.choice((b"a", b"b", b"x"))


def refuse_x(data: bytes) -> None:
    if data == b"x":
        raise ValueError("an x")


def hang_in_a_parser(data: bytes) -> None:
    while True:
        with suppress(Exception):
            sum(range(1_000))


LETTERS = {"letters": Target(letter, refuse_x, 1)}


def test_every_target_is_tested(every: dict[str, Target]) -> None:
    assert tuple(sorted(every)) == NAMES
    assert sum(target.share for target in every.values()) == 100


@pytest.mark.parametrize("name", NAMES)
def test_fresh_inputs_break_nothing(
    name: str, every: dict[str, Target], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    report = fuzz.run({name: every[name]}, cases=CASES, seed=1, seeds=tmp_path)
    assert report.crash is None, capsys.readouterr().err
    assert report.cases[name] == CASES


@pytest.mark.parametrize("seed", sorted(fuzz.SEEDS.glob("*-*")), ids=lambda seed: seed.name)
def test_what_once_broke_it_does_so_no_more(seed: Path, every: dict[str, Target]) -> None:
    with fuzz.limited(fuzz.LIMIT_S):
        every[fuzz.target_of(seed)].check(seed.read_bytes())


def test_a_crash_ends_the_run_and_keeps_the_input(tmp_path: Path) -> None:
    report = fuzz.run(LETTERS, cases=1_000, seed=1, seeds=tmp_path)
    assert report.crash is not None
    assert [report.crash] == list(tmp_path.iterdir())
    assert report.crash.read_bytes() == b"x"
    assert fuzz.target_of(report.crash) == "letters"
    assert report.cases.total() == report.following < 1_000


def test_a_case_that_hangs_is_a_crash(tmp_path: Path) -> None:
    hanging = {"hanging": Target(letter, hang_in_a_parser, 1)}
    report = fuzz.run(hanging, cases=9, seed=1, seeds=tmp_path, limit_s=0.05)
    assert report.crash is not None
    assert report.following == 1


def test_a_run_goes_on_where_another_ended(tmp_path: Path) -> None:
    whole = fuzz.run(LETTERS, cases=1_000, seed=1, seeds=tmp_path)
    before = fuzz.run(LETTERS, cases=whole.following - 1, seed=1, seeds=tmp_path)
    assert before.crash is None
    after = fuzz.run(LETTERS, cases=1_000, seed=1, start=before.following, seeds=tmp_path)
    assert (after.crash, after.following) == (whole.crash, whole.following)


def test_a_run_ends_when_its_time_is_over(every: dict[str, Target], tmp_path: Path) -> None:
    report = fuzz.run(every, cases=10**9, seed=1, seconds=0, seeds=tmp_path)
    assert (report.crash, report.following) == (None, 0)
