import os
import time
from pathlib import Path
from typing import Any

import pytest
from browser import FRAMEWORK_LEAKS, served
from fakes import ARTICLES, HashEmbedder

from eval.crowd import Tally, core, crowd, memory_mib, person

pytestmark = [*FRAMEWORK_LEAKS]

ASKED = ["Was sagte Lawrow?", "Wo traf Selenskyj den Kanzler?", "Wie viel Regen fiel in Ústí?"]


def test_three_people_get_their_own_answers(tmp_path: Path) -> None:
    with served(tmp_path, HashEmbedder(), ARTICLES, drafter=None, abstain_below=0.0) as server:
        lines = crowd(server.url, os.getpid(), ASKED, 3, 1.0)
        assert lines[0] == "all answers right"
        assert lines[1].endswith("0 errors, 0 mixed up")
        assert len(lines[3].split(": ")[1].split(", ")) == 8

        mixed = Tally()
        wanted: dict[str, tuple[Any, ...]] = {ASKED[0]: ("another answer",)}
        person(server.url, wanted, time.monotonic() + 0.5, 0, mixed)
        assert set(mixed.mixed) == {ASKED[0]}
        assert not mixed.errors


def test_answers_are_compared_by_their_quotes() -> None:
    quote = {"article": "a", "start": 0, "end": 2, "text": "ab", "sha256": "x"}
    answer = {"question": "q", "answer": "ab", "reason": None, "quotes": [quote], "seconds": 1.0}
    assert core(answer) == ("q", "ab", None, [("a", 0, 2, "ab")])
    assert core(answer | {"seconds": 2.0}) == core(answer)
    assert core(answer | {"quotes": []}) != core(answer)


def test_memory_is_told() -> None:
    assert memory_mib(os.getpid()) > 10
    with pytest.raises(FileNotFoundError):
        memory_mib(2**22 + 1)
