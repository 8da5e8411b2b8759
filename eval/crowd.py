"""Many people at once: ask different questions over the real HTTP interface, check each answer.

    python -m eval.crowd [--corpus seeds] [--people 20] [--seconds 120]

Starts ``beleg chat`` as a process of its own, asks every question of the seeds' set once, then
lets so many people ask in random order for so long, each as soon as their last answer is there.
An answer is mixed up if it is not the one that the same question got alone. Prints answers,
errors, mixed-up answers, times, and the server's resident memory at the end of each part.
Exit code 1: an error or a mixed-up answer.
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any

from eval.latency import percentile
from eval.questions import SEEDS_SET, load_questions
from rag.config import DRAFTER_PACKAGED

_READY_SECONDS = 120
_PARTS = 8


@dataclass
class Tally:
    """What all people together have seen.

    Args:
        seconds: of each answer.
        errors: what went wrong, in words.
        mixed: questions that got another question's answer.
    """

    seconds: list[float] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    mixed: list[str] = field(default_factory=list)


@contextmanager
def server(corpus: Path, drafter: str, log: Path) -> Iterator[tuple[str, int]]:
    """A running page.

    Args:
        corpus: folder of the articles.
        drafter: name of the answer model.
        log: what it prints goes there.

    Yields:
        Its address and its process id.
    """
    command = [sys.executable, "-c", "import sys; from ui.cli import main; sys.exit(main())"]
    command += ["chat", "--corpus", str(corpus), "--drafter", drafter, "--port", "0"]
    with log.open("w", encoding="utf-8") as stream:
        process = subprocess.Popen(command, stdout=stream, stderr=stream)
        try:
            yield _address(process, log), process.pid
        finally:
            process.terminate()
            process.wait()


def _address(process: subprocess.Popen[bytes], log: Path) -> str:
    until = time.monotonic() + _READY_SECONDS
    while time.monotonic() < until and process.poll() is None:
        for line in log.read_text(encoding="utf-8").splitlines():
            if line.startswith("Beleg: "):
                return line.split()[1]
        time.sleep(0.2)
    raise RuntimeError(f"the page did not start:\n{log.read_text(encoding='utf-8')}")


def core(answer: dict[str, Any]) -> tuple[Any, ...]:
    """What must be equal in two answers to one question."""
    quotes = [(q["article"], q["start"], q["end"], q["text"]) for q in answer["quotes"]]
    return answer["question"], answer["answer"], answer["reason"], quotes


def person(
    url: str, wanted: dict[str, tuple[Any, ...]], until: float, seed: int, tally: Tally
) -> None:
    """One person who asks until the time is up."""
    from gradio_client import Client

    client = Client(url, verbose=False)
    rng = Random(seed)
    questions = sorted(wanted)
    while time.monotonic() < until:
        question = rng.choice(questions)
        started = time.monotonic()
        try:
            found = core(client.predict(question, [], api_name="/ask"))
        except Exception as error:  # whatever it is, it is counted and told
            tally.errors.append(f"{type(error).__name__}: {error}")
            continue
        tally.seconds.append(time.monotonic() - started)
        if found != wanted[question]:
            tally.mixed.append(question)


def memory_mib(pid: int, field: str = "VmRSS") -> float:
    """Resident memory of a process (Linux).

    Args:
        pid: the process.
        field: ``VmRSS`` for now, ``VmHWM`` for the most since the process was started (what
            ``getrusage`` says of a child counts its parent's memory at the fork as well).
    """
    status = Path(f"/proc/{pid}/status").read_text(encoding="utf-8")
    line = next(line for line in status.splitlines() if line.startswith(f"{field}:"))
    return int(line.split()[1]) / 1024


def crowd(url: str, pid: int, asked: Sequence[str], people: int, seconds: float) -> list[str]:
    """Let them ask; describe what happened. The first line says whether all was well."""
    from gradio_client import Client

    client = Client(url, verbose=False)
    wanted = {question: core(client.predict(question, [], api_name="/ask")) for question in asked}
    tally = Tally()
    until = time.monotonic() + seconds
    threads = [
        threading.Thread(target=person, args=(url, wanted, until, seed, tally))
        for seed in range(people)
    ]
    for thread in threads:
        thread.start()
    memory = []
    for _ in range(_PARTS):
        time.sleep(seconds / _PARTS)
        memory.append(memory_mib(pid))
    for thread in threads:
        thread.join()
    well = not tally.errors and not tally.mixed and len(tally.seconds) > 0
    lines = ["all answers right" if well else "NOT ALL ANSWERS RIGHT"]
    lines.append(
        f"{people} people, {seconds:.0f} s: {len(tally.seconds)} answers, "
        f"{len(tally.errors)} errors, {len(tally.mixed)} mixed up"
    )
    if tally.seconds:
        median, p95 = statistics.median(tally.seconds), percentile(tally.seconds, 0.95)
        rate = len(tally.seconds) / seconds
        lines.append(f"median {median:.2f} s, p95 {p95:.2f} s, {rate:.1f} answers a second")
    lines.append("resident memory, MiB: " + ", ".join(f"{mib:.0f}" for mib in memory))
    return [*lines, *sorted(set(tally.errors))[:5], *sorted(set(tally.mixed))[:5]]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the crowd and print what it saw."""
    parser = argparse.ArgumentParser(prog="python -m eval.crowd", description=__doc__)
    parser.add_argument("--corpus", type=Path, default=Path("seeds"))
    parser.add_argument("--drafter", default=DRAFTER_PACKAGED)
    parser.add_argument("--people", type=int, default=20)
    parser.add_argument("--seconds", type=float, default=120.0)
    options = parser.parse_args(arguments)
    asked = sorted({q.question for q in load_questions(SEEDS_SET, options.corpus)})
    with (
        tempfile.TemporaryDirectory() as folder,
        server(options.corpus, options.drafter, Path(folder) / "log.txt") as (url, pid),
    ):
        lines = crowd(url, pid, asked, options.people, options.seconds)
    print("\n".join(lines))
    return 0 if lines[0].startswith("all") else 1


if __name__ == "__main__":
    raise SystemExit(main())
