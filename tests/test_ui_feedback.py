"""What users think of answers: whole lines, whoever writes at the same time."""

from __future__ import annotations

import errno
import json
import os
import resource
import stat
import subprocess
import sys
import threading
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from filelock import FileLock
from hypothesis import given, settings
from hypothesis import strategies as st

from index.errors import FeedbackError
from rag.types import AbstainReason, Abstention, Answer, Citation, Quote
from ui import feedback
from ui.feedback import append_feedback

NOW = datetime(2026, 11, 22, 9, 30, 15, 987654, timezone(timedelta(hours=1)))
FIRST = Quote("süd/004_x.txt", "a1" * 32, 12, 14, 100, 120, "„zwölf Millionen“\r\n")
ALSO = Quote("001_y.txt", "b2" * 32, 1, 1, 0, 18, "„zwölf Millionen“")
ANSWER = Answer(
    "Wie viele Schuss – größer?",
    "de",
    "„zwölf Millionen“\r\nSchuss [1]",
    citations=(Citation(1, FIRST, (ALSO,)),),
    confidence=0.98765,
    drafted=True,
)
REFUSAL = Answer("Wer?", "de", "", abstention=Abstention(AbstainReason.NOTHING_FOUND))
VALUES = {
    "schema": 1,
    "time": "2026-11-22T08:30:15+00:00",
    "helpful": True,
    "reason": "genau richtig, schöne Stelle",
    "question": "Wie viele Schuss – größer?",
    "answer": "„zwölf Millionen“\r\nSchuss [1]",
    "abstained": False,
    "confidence": 0.988,
    "quotes": [
        {"source": "süd/004_x.txt:12-14", "sha256": "a1" * 32},
        {"source": "001_y.txt:1", "sha256": "b2" * 32},
    ],
}


def rows(path: Path) -> list[dict[str, object]]:
    """The lines of the file, each of which must be one object."""
    raw = path.read_bytes()
    assert raw.endswith(b"\n")
    return [json.loads(line) for line in raw.decode("utf-8").splitlines()]


def append(path: Path, reason: str = "", answer: Answer = ANSWER) -> None:
    append_feedback(path, answer, helpful=False, reason=reason, now=NOW)


def test_a_line_to_the_letter(tmp_path):
    path = tmp_path / "neu" / "tief" / "feedback.jsonl"
    append_feedback(path, ANSWER, helpful=True, reason="genau richtig, schöne Stelle", now=NOW)
    assert path.read_bytes() == (json.dumps(VALUES, ensure_ascii=False) + "\n").encode("utf-8")
    assert "größer".encode() in path.read_bytes()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_lines_are_appended_in_order(tmp_path):
    path = tmp_path / "f.jsonl"
    append_feedback(path, ANSWER, helpful=True, reason="genau richtig, schöne Stelle", now=NOW)
    append_feedback(path, REFUSAL, helpful=False, reason="", now=NOW.astimezone(UTC))
    refusal = {
        "schema": 1,
        "time": "2026-11-22T08:30:15+00:00",
        "helpful": False,
        "reason": "",
        "question": "Wer?",
        "answer": "",
        "abstained": True,
        "confidence": 0.0,
        "quotes": [],
    }
    assert rows(path) == [VALUES, refusal]


@pytest.mark.parametrize(
    ("given_reason", "kept"),
    [
        ("", ""),
        ("ü" * 2000, "ü" * 2000),
        ("ü" * 2001, "ü" * 1996 + " […]"),
        ("a\r\n" * 100_000, ("a\r\n" * 700)[:1996] + " […]"),
    ],
)
def test_a_long_reason_is_cut_with_a_mark(given_reason, kept, tmp_path):
    append(tmp_path / "f.jsonl", given_reason)
    assert [row["reason"] for row in rows(tmp_path / "f.jsonl")] == [kept]


@pytest.mark.parametrize(
    "text",
    [
        "a\nb", "a\r\nb", "a\u2028b", "a\u2029b", "a\x85b", "a\x0bb\x0c", "\x1c\x1d\x1e", "\0",
        "\x1b[31m", "\u202ekam", "\ud800", "a\udcff", '"}\n{"schema": 9}', "\\u2028 \\",
        "\U000e0041", "Bin\u00adde", "👩\u200d🚀", "8\u00a0000\u202f€",
    ],
)  # fmt: skip
def test_hostile_text_stays_on_its_line_and_comes_back(text, tmp_path):
    path = tmp_path / "f.jsonl"
    quote = replace(FIRST, article_id=text)
    append(path, text, replace(ANSWER, question=text, text=text, citations=(Citation(1, quote),)))
    assert len(path.read_text(encoding="utf-8").splitlines()) == 1
    assert all(char.isprintable() for char in path.read_text(encoding="utf-8")[:-1])
    (row,) = rows(path)
    assert (row["question"], row["answer"], row["reason"]) == (text, text, text)
    assert row["quotes"] == [{"source": f"{text}:12-14", "sha256": "a1" * 32}]


@given(st.text(st.characters(), max_size=40))
@settings(max_examples=100, deadline=None)
def test_any_text_comes_back(tmp_path_factory, text):
    path = tmp_path_factory.mktemp("any") / "f.jsonl"
    append(path, text, replace(ANSWER, question=text))
    append(path, text)
    assert [row["reason"] for row in rows(path)] == [text, text]


@pytest.mark.parametrize("rest", [b'{"schema": 1, "rea', b"x", "ü".encode()[:1]])
def test_a_line_cut_by_a_crash_is_closed_first(rest, tmp_path):
    path = tmp_path / "f.jsonl"
    append(path, "vorher")
    before = path.read_bytes()
    path.write_bytes(before + rest)
    append(path, "nachher")
    lines = path.read_bytes().split(b"\n")
    assert lines[0] + b"\n" == before
    assert lines[1] == rest
    assert json.loads(lines[2])["reason"] == "nachher"
    assert lines[3:] == [b""]


def test_each_line_is_one_write(tmp_path, monkeypatch):
    written = []
    write = os.write

    def counted(handle: int, data: bytes) -> int:
        written.append(data)
        return write(handle, data)

    monkeypatch.setattr(feedback.os, "write", counted)
    (tmp_path / "f.jsonl").write_bytes(b"cut")
    append(tmp_path / "f.jsonl")
    lines = [data for data in written if b"schema" in data]
    assert len(lines) == 1
    assert b"cut" + lines[0] == (tmp_path / "f.jsonl").read_bytes()


def test_a_time_without_a_zone_is_a_bug(tmp_path):
    with pytest.raises(ValueError, match="without a time zone: 2026-11-22T00:00:00"):
        append_feedback(tmp_path / "f", ANSWER, helpful=True, reason="", now=datetime(2026, 11, 22))
    assert list(tmp_path.iterdir()) == []


# --- many writers


def test_threads_never_mix_lines(tmp_path):
    path = tmp_path / "f.jsonl"

    def work(name: int) -> None:
        for n in range(25):
            append(path, f"{name}-{n} " + "ü" * 1500)

    threads = [threading.Thread(target=work, args=(name,)) for name in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    written = [str(row["reason"]).split()[0] for row in rows(path)]
    assert sorted(written) == sorted(f"{name}-{n}" for name in range(4) for n in range(25))
    for name in range(4):
        assert [w for w in written if w.startswith(f"{name}-")] == [
            f"{name}-{n}" for n in range(25)
        ]


WRITER = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from rag.types import Answer
from ui.feedback import append_feedback

path, name = Path(sys.argv[1]), sys.argv[2]
for n in range(25):
    answer = Answer("ä" * 20_000, "de", "")
    append_feedback(path, answer, helpful=True, reason=f"{name}-{n}", now=datetime.now(UTC))
"""


def test_processes_never_mix_lines(tmp_path):
    path = tmp_path / "f.jsonl"
    root = Path(__file__).parent.parent
    running = [
        subprocess.Popen([sys.executable, "-c", WRITER, str(path), name], cwd=root)
        for name in ("a", "b", "c")
    ]
    assert [process.wait(60) for process in running] == [0, 0, 0]
    written = rows(path)
    assert sorted(str(row["reason"]) for row in written) == sorted(
        f"{name}-{n}" for name in "abc" for n in range(25)
    )
    assert {row["question"] for row in written} == {"ä" * 20_000}


def test_a_writer_that_never_ends(tmp_path, monkeypatch):
    monkeypatch.setattr(feedback, "_LOCK_TIMEOUT_S", 0.1)
    path = tmp_path / "f.jsonl"
    with FileLock(f"{path}.lock"), pytest.raises(FeedbackError) as caught:
        append(path)
    assert caught.value.message == (
        f"{path}: feedback cannot be written: locked for 0.1 s by another writer"
    )
    assert not path.exists()


# --- disks and traps

HINT = "see that there is space on the disk and that this is a file of yours, not a link"


@pytest.mark.parametrize(
    ("kind", "reason"),
    [
        ("link", "Too many levels of symbolic links"),
        ("dangling", "Too many levels of symbolic links"),
        ("folder", "Is a directory"),
        ("pipe", "not a regular file"),
        ("file as folder", "File exists"),
        ("NUL", "embedded null byte"),
    ],
)
def test_what_cannot_be_written(kind, reason, tmp_path):
    other = tmp_path / "other"
    other.write_bytes(b"fremd")
    path = tmp_path / "f.jsonl"
    if kind == "link":
        path.symlink_to(other)
    elif kind == "dangling":
        path.symlink_to(tmp_path / "nowhere")
    elif kind == "folder":
        path.mkdir()
    elif kind == "pipe":
        os.mkfifo(path)
    elif kind == "file as folder":
        path = other / "f.jsonl"
    else:
        path = tmp_path / "a\0b" / "f.jsonl"
    with pytest.raises(FeedbackError) as caught:
        append(path)
    shown = str(path).replace("\0", "\\x00")
    assert caught.value.message == f"{shown}: feedback cannot be written: {reason}"
    assert (caught.value.hint, caught.value.path) == (HINT, path)
    assert other.read_bytes() == b"fremd"
    assert not (tmp_path / "nowhere").exists()


def test_a_full_disk(tmp_path, monkeypatch):
    path = tmp_path / "f.jsonl"
    append(path)
    before = path.read_bytes()

    def full(*args: object) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(os, "pread", full)  # within the lock, which writes to the disk as well
        with pytest.raises(FeedbackError, match="No space left on device") as caught:
            append(path)
    assert caught.value.hint == HINT
    assert path.read_bytes() == before
    append(path)
    assert len(rows(path)) == 2


@pytest.mark.parametrize("room", [1, 100])
def test_a_line_that_fits_in_part_is_taken_back(room, tmp_path):
    """No patch: the kernel lets the file grow by some bytes only."""
    path = tmp_path / "f.jsonl"
    append(path, "vorher")
    before = path.read_bytes()
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (len(before) + room, hard))
    try:
        with pytest.raises(FeedbackError, match=f"only {room} of [0-9]+ bytes fit on the disk"):
            append(path, "zu viel")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert path.read_bytes() == before
    append(path, "nachher")
    assert [row["reason"] for row in rows(path)] == ["vorher", "nachher"]
