"""Each command of `beleg` in a process that has just begun: seconds and resident memory.

"Cold" is a new process; its files may be in the page cache of the operating system.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time
import uuid
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from eval.bench.errors import WorkerError
from eval.bench.values import BELEG, Rounds, Row, rows_of
from eval.crowd import memory_mib

PART = "commands, cold"
_BELEG = "import sys; from ui.cli import main; sys.exit(main())"
_LAUNCH = """
import json, os, sys, time
out = os.open(sys.argv[1], os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
started = time.perf_counter()
pid = os.posix_spawnp(sys.argv[2], sys.argv[2:], os.environ,
                      file_actions=[(os.POSIX_SPAWN_DUP2, out, 1), (os.POSIX_SPAWN_DUP2, out, 2)])
_, status, used = os.wait4(pid, 0)
seconds = time.perf_counter() - started
print(json.dumps([seconds, used.ru_maxrss / 1024, os.waitstatus_to_exitcode(status)]))
"""
"""A small process starts the command: what `wait4` says of a child counts its parent's memory."""
_READY_S = 120


def measure(corpus: Path, work: Path, cache: Path, question: str, rounds: int) -> list[Row]:
    """All commands in turns.

    Args:
        corpus: folder of the articles; its index is made first.
        work: folder of the bench.
        cache: where models are unpacked.
        question: what is asked and searched.
        rounds: how often each.

    Raises:
        WorkerError: a command failed.
    """
    places = ["--corpus", str(corpus), "--index", str(work / "index"), "--cache", str(cache)]
    log = work / "command.log"
    ask = ["ask", *places, question]
    commands: dict[str, Callable[[], tuple[float, float]]] = {
        "--help": lambda: run_once(["--help"], log),
        "index, nothing changed": lambda: run_once(["index", *places], log),
        "check": lambda: run_once(["check", *places], log),
        "search": lambda: run_once(["search", *places, question], log),
        "ask": lambda: run_once(ask, log),
        "ask --drafter none": lambda: run_once(
            ["ask", *places, "--drafter", "none", question], log
        ),
        "chat, until it answers requests": lambda: chat_once(places, work),
    }
    run_once([*ask, "--sync"], log)
    found: dict[str, list[tuple[float, float]]] = {name: [] for name in commands}
    for _ in range(rounds):
        for name, once in commands.items():
            found[name].append(once())
    return rows(found)


def rows(found: Mapping[str, Sequence[tuple[float, float]]]) -> list[Row]:
    """Seconds and MiB of each command as rows; (seconds, MiB) a round."""
    run = uuid.uuid4().hex
    made = []
    for place, (what, unit) in enumerate((("time", "s"), ("peak memory", "MiB"))):
        for name, each in found.items():
            values = Rounds(run, tuple(pair[place] for pair in each))
            made += rows_of(PART, f"{name}: {what}", unit, {BELEG: values})
    return made


def run_once(arguments: Sequence[str], log: Path) -> tuple[float, float]:
    """One command to its end.

    Args:
        arguments: of `beleg`.
        log: what it prints goes there.

    Returns:
        Seconds, and its peak resident memory in MiB.

    Raises:
        WorkerError: it did not end with 0.
    """
    command = [sys.executable, "-c", _BELEG, *arguments]
    launcher = [sys.executable, "-S", "-E", "-c", _LAUNCH, str(log), *command]
    done = subprocess.run(launcher, capture_output=True, check=True, env=_environment())
    seconds, mib, code = json.loads(done.stdout)
    if code != 0:
        said = log.read_text(encoding="utf-8", errors="replace")
        raise WorkerError(f"beleg {' '.join(arguments)}: exit code {code}\n{said}")
    return float(seconds), float(mib)


def chat_once(places: Sequence[str], work: Path) -> tuple[float, float]:
    """Start the page and wait until it says its address; seconds and peak MiB till then.

    Args:
        places: options of `beleg`: corpus, index, cache.
        work: folder that its file of opinions may be put in.

    Raises:
        WorkerError: it did not start.
    """
    command = [sys.executable, "-c", _BELEG, "chat", *places, "--port", "0"]
    command += ["--feedback", str(work / "feedback.jsonl")]
    started = time.perf_counter()
    with subprocess.Popen(
        command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, env=_environment()
    ) as process:
        killer = threading.Timer(_READY_S, process.kill)
        killer.start()
        said = []
        try:
            for line in process.stderr or ():
                said.append(line)
                if line.startswith("Beleg: "):
                    seconds = time.perf_counter() - started
                    return seconds, memory_mib(process.pid, "VmHWM")
        finally:
            killer.cancel()
            process.terminate()
    raise WorkerError(f"the page did not start: {''.join(said)}")


def _environment() -> dict[str, str]:
    """This process's, with the project on the path."""
    project = str(Path(__file__).parent.parent.parent)
    path = os.environ.get("PYTHONPATH")
    return os.environ | {"PYTHONPATH": f"{project}{os.pathsep}{path}" if path else project}
