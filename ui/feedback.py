"""What users think of answers: one JSON object a line, in a file on this machine.

Nothing leaves the machine. The texts of articles are not repeated: a quote is written down
as its place and the hash of the file in which it stood.
"""

from __future__ import annotations

import json
import os
import stat
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from index.errors import FeedbackError
from index.paths import display_id, reason_of
from rag.types import Answer

SCHEMA = 1
"""Number of the layout of a line; it rises when a field changes its meaning."""
MAX_REASON_CHARS = 2000
_CUT_MARK = " […]"
_LOCK_TIMEOUT_S = 10.0


def append_feedback(
    path: Path, answer: Answer, *, helpful: bool, reason: str, now: datetime
) -> None:
    """Write down what a user thinks of an answer.

    Several threads and processes may write at once; lines never mix. A line that a crash
    left unfinished is closed first; a line that does not fit on the disk is taken back.

    Args:
        path: file to append to; made with its folder if missing, readable by its owner only.
        answer: what was shown.
        helpful: thumb up or down.
        reason: why, in the user's words; cut to `MAX_REASON_CHARS` with a mark.
        now: the time, with a time zone.

    Raises:
        FeedbackError: the file cannot be written.
        ValueError: the time has no time zone.
    """
    line = _line(_values(answer, helpful, reason, now))
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        lock = FileLock(f"{path}.lock", timeout=_LOCK_TIMEOUT_S, mode=0o600)
        with lock.acquire(poll_interval=0.01):
            _append(path, line)
    except Timeout as error:
        raise _unwritable(path, f"locked for {_LOCK_TIMEOUT_S:g} s by another writer") from error
    except (OSError, ValueError) as error:
        raise _unwritable(path, reason_of(error)) from error


def _values(answer: Answer, helpful: bool, reason: str, now: datetime) -> dict[str, Any]:
    if now.utcoffset() is None:
        raise ValueError(f"a time without a time zone: {now.isoformat()}")
    if len(reason) > MAX_REASON_CHARS:
        reason = reason[: MAX_REASON_CHARS - len(_CUT_MARK)] + _CUT_MARK
    quotes = [quote for cited in answer.citations for quote in (cited.quote, *cited.also)]
    return {
        "schema": SCHEMA,
        "time": now.astimezone(UTC).isoformat(timespec="seconds"),
        "helpful": helpful,
        "reason": reason,
        "question": answer.question,
        "answer": answer.text,
        "abstained": answer.abstained,
        "confidence": round(answer.confidence, 3),
        "quotes": [{"source": quote.source, "sha256": quote.sha256} for quote in quotes],
    }


def _line(values: dict[str, Any]) -> bytes:
    """One line of JSON; what is not plainly visible is escaped, so no reader splits it."""
    text = json.dumps(values, ensure_ascii=False)
    safe = "".join(char if char.isprintable() else json.dumps(char)[1:-1] for char in text)
    return f"{safe}\n".encode()


def _append(path: Path, line: bytes) -> None:
    # O_NONBLOCK: opening a pipe returns at once; O_NOFOLLOW: no link leads elsewhere
    flags = os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC | os.O_NONBLOCK | os.O_NOFOLLOW
    handle = os.open(path, flags, 0o600)
    try:
        status = os.fstat(handle)
        if not stat.S_ISREG(status.st_mode):
            raise ValueError("not a regular file")
        size_bytes = status.st_size
        if size_bytes and os.pread(handle, 1, size_bytes - 1) != b"\n":
            line = b"\n" + line
        written = os.write(handle, line)
        if written != len(line):
            os.ftruncate(handle, size_bytes)
            raise ValueError(f"only {written} of {len(line)} bytes fit on the disk")
    finally:
        os.close(handle)


def _unwritable(path: Path, why: str) -> FeedbackError:
    return FeedbackError(
        path,
        f"{display_id(str(path))}: feedback cannot be written: {why}",
        hint="see that there is space on the disk and that this is a file of yours, not a link",
    )
