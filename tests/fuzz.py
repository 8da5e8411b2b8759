"""Fuzzing: random inputs until something breaks, or until there were enough.

Usage: python tests/fuzz.py [--cases N] [--seed N] [--start N] [--seconds N] [--only NAME ...]

Case N of a seed is always the same, whatever was run before it: a run that was ended goes on
with --start. It stops at the first crash, or case of more than five seconds of computing, and
keeps the input in tests/fuzz_seeds, where `test_fuzz` replays it from then on. If the process
itself dies or hangs in a library, the input is in the file that the first line of output names.
"""

from __future__ import annotations

import argparse
import hashlib
import resource
import signal
import sys
import tempfile
import time
import traceback
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from types import FrameType

sys.path[:0] = [str(Path(__file__).parent), str(Path(__file__).parent.parent)]

from fuzz_targets import Target, targets  # noqa: E402

SEEDS = Path(__file__).parent / "fuzz_seeds"
LIMIT_S = 5.0
_MEMORY_BYTES = 6_000_000_000  # a case that wants more fails here, and harms no other program
_IN_MEMORY = Path("/dev/shm")  # most cases write small files


class TooSlow(BaseException):
    """A case took too long; no `Exception`, so that no parser's handler swallows it."""


@dataclass
class Report:
    """What a run did.

    Args:
        cases: how many, by target.
        seconds: of computing that they took, by target.
        crash: the input that broke something, kept as a seed; None if nothing broke.
        following: the number of the case to go on with.
    """

    cases: Counter[str] = field(default_factory=Counter)
    seconds: Counter[str] = field(default_factory=Counter)
    crash: Path | None = None
    following: int = 0


@contextmanager
def limited(seconds: float) -> Iterator[None]:
    """Raise `TooSlow` after some time of computing; waiting for a busy machine is none."""

    def stop(signum: int, frame: FrameType | None) -> None:
        raise TooSlow(f"more than {seconds} s of computing")

    before = signal.signal(signal.SIGPROF, stop)
    signal.setitimer(signal.ITIMER_PROF, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)


@contextmanager
def workplace() -> Iterator[Path]:
    """A folder for the files of the targets, in memory where that is possible."""
    with tempfile.TemporaryDirectory(dir=_IN_MEMORY if _IN_MEMORY.is_dir() else None) as folder:
        yield Path(folder)


def schedule(found: Mapping[str, Target]) -> list[str]:
    """The names of the targets, each as often as its share, well mixed."""
    names = [name for name, target in found.items() for _ in range(target.share)]
    Random(0).shuffle(names)
    return names


def run(
    found: Mapping[str, Target],
    *,
    cases: int,
    seed: int,
    start: int = 0,
    seconds: float = float("inf"),
    limit_s: float = LIMIT_S,
    seeds: Path = SEEDS,
    running: Path | None = None,
) -> Report:
    """Run cases until one breaks something.

    Args:
        found: the targets, by name.
        cases: the number of the last case, plus one.
        seed: chooses the inputs.
        start: the number of the first case.
        seconds: begin no further case after so many.
        limit_s: a slower case counts as broken.
        seeds: folder for an input that broke something.
        running: file for the input of the case that is running.
    """
    names = schedule(found)
    report = Report(following=start)
    end = time.monotonic() + seconds
    while report.following < cases and time.monotonic() < end:
        name = names[report.following % len(names)]
        data = found[name].make(Random(f"{seed}-{report.following}"))
        if running:
            running.write_bytes(data)
        began = time.process_time()
        try:
            with limited(limit_s):
                found[name].check(data)
        except (Exception, TooSlow):
            traceback.print_exc()
            report.crash = keep(seeds, name, data)
        report.cases[name] += 1
        report.seconds[name] += time.process_time() - began
        report.following += 1
        if report.crash:
            break
    return report


def keep(seeds: Path, name: str, data: bytes) -> Path:
    """Write an input that broke a target where the tests replay it."""
    path = seeds / f"{name}-{hashlib.blake2b(data, digest_size=6).hexdigest()}"
    seeds.mkdir(exist_ok=True)
    path.write_bytes(data)
    return path


def target_of(seed: Path) -> str:
    """The name of the target that a seed is for."""
    return seed.name.rpartition("-")[0]


def table(report: Report) -> str:
    """Cases by target, and by second of computing."""
    lines = [f"{'target':16} {'cases':>8} {'cases/s':>8}"]
    for name in sorted(report.cases):
        cases, seconds = report.cases[name], report.seconds[name]
        lines.append(f"{name:16} {cases:8} {cases / max(seconds, 1e-9):8.0f}")
    seconds = sum(report.seconds.values())
    return "\n".join(
        [*lines, f"{'all':16} {report.cases.total():8} in {seconds:.0f} s of computing"]
    )


def main(arguments: Sequence[str] | None = None) -> int:
    """Run from the command line; 1 if something broke."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--cases", type=int, default=200_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--start", type=int, default=0, help="number of the first case")
    parser.add_argument("--seconds", type=float, default=float("inf"))
    parser.add_argument("--only", nargs="+", default=[], metavar="TARGET")
    chosen = parser.parse_args(arguments)
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY_BYTES, resource.RLIM_INFINITY))
    with workplace() as folder:
        running = folder / "running"
        print(f"the input of the running case: {running}", flush=True)
        every = targets(folder)
        report = run(
            {name: every[name] for name in chosen.only or every},
            cases=chosen.cases, seed=chosen.seed, start=chosen.start, seconds=chosen.seconds,
            running=running,
        )  # fmt: skip
    print(table(report))
    if report.crash:
        print(f"case {report.following - 1} broke {target_of(report.crash)}: {report.crash}")
    elif report.following < chosen.cases:
        print(f"go on with --seed {chosen.seed} --start {report.following}")
    return 1 if report.crash else 0


if __name__ == "__main__":
    sys.exit(main())
