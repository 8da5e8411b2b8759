"""Two writers and four readers at one index, in processes of their own, while a corpus changes.

Usage: python tests/crowded.py --seconds 60 [--start fork]

An editor gives the corpus one state after the other; every article of state n carries the
number n, and a lock file keeps syncs away while it writes. So a reader must see all articles
of one state, with their vectors and words, and never those of two.
"""

from __future__ import annotations

import argparse
import fcntl
import hashlib
import multiprocessing
import os
import re
import sys
import tempfile
import traceback
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from multiprocessing.connection import Connection, wait
from pathlib import Path
from typing import Any

sys.path[:0] = [str(Path(__file__).parent), str(Path(__file__).parent.parent)]

import faiss  # noqa: E402
import numpy as np  # noqa: E402
from damage import quotes_of  # noqa: E402
from fakes import HashEmbedder, build, write_corpus  # noqa: E402

from index.errors import StoreBusyError  # noqa: E402
from index.store import Snapshot  # noqa: E402
from rag.assemble import Assistant  # noqa: E402
from rag.config import Config  # noqa: E402

WRITERS, READERS = 2, 4
QUESTION = "In welchem Zustand steht Artikel 3?"
_NUMBER = re.compile(r"Zustand (\d+)")
_PATIENCE_S = 600  # only a failing run waits so long
_FULL_EVERY = 7  # states
_ENOUGH = 3  # generations that each reader sees, however slow the machine is


def state(number: int) -> dict[str, bytes]:
    """The articles of one state; one wanders to another name, one comes and goes."""
    names = [f"{i}.txt" for i in range(6)] + [f"wandert/{number % 3}.txt"]
    names += ["manchmal.txt"] * (number % 2)
    return {
        name: f"Zustand {number}\r\n\r\nArtikel {name[:-4]} steht im Zustand {number}.\r\n"
        f"{'Der Rest bleibt immer gleich, Wort für Wort. ' * 20}\r\n".encode()
        for name in names
    }


def look(snapshot: Snapshot) -> int:
    """The number of the one state that a snapshot holds, whole; AssertionError if it does not."""
    stamps = snapshot.stamps()
    passages = snapshot.passages(snapshot.passage_ids())
    numbers = {int(number) for p in passages for number in _NUMBER.findall(p.text)}
    assert len(numbers) == 1, f"states {numbers} at once in {snapshot.folder}"
    number = numbers.pop()
    files = state(number)
    digests = {name: hashlib.sha256(data).hexdigest() for name, data in files.items()}
    assert {name: s.sha256 for name, s in stamps.items()} == digests, number
    texts = {name: data.decode() for name, data in files.items()}
    assert all(texts[p.article_id][p.start : p.end] == p.text for p in passages), number
    assert {p.article_id for p in passages} == set(files), number
    vectors = np.stack([snapshot.vector(p.id) for p in passages])
    assert np.allclose(vectors, HashEmbedder().vectors([p.text for p in passages])), number
    found = snapshot.passages([i for i, _ in snapshot.search_words("Zustand", 99)])
    assert {p.article_id for p in found} == set(files), number
    return number


@dataclass(slots=True)
class Stage:
    """What the processes share; made by the parent.

    Args:
        folder: holds corpus, index and the lock file.
        all_here: passed when all processes are ready.
        over: set at the end.
        risen: released by each reader that saw enough generations.
        moved: told of each new state and each sync.
        edited: number of the state of the corpus.
        synced: highest state of which a sync came to its end.
    """

    folder: Path
    all_here: Any
    over: Any
    risen: Any
    moved: Any
    edited: Any
    synced: Any

    @property
    def corpus(self) -> Path:
        return self.folder / "corpus"

    @property
    def root(self) -> Path:
        return self.folder / "index"

    @contextmanager
    def locked(self, kind: int) -> Iterator[None]:
        """Hold the lock file of the corpus: `fcntl.LOCK_SH` to read, `LOCK_EX` to edit."""
        with (self.folder / "edit.lock").open("w") as file:
            fcntl.flock(file, kind)
            yield

    def wait_until(self, reached: Callable[[], bool]) -> None:
        with self.moved:
            done = self.moved.wait_for(lambda: reached() or self.over.is_set(), _PATIENCE_S)
        assert done, "nothing has moved"

    def tell(self, value: Any, number: int) -> None:
        with self.moved:
            value.value = max(value.value, number)
            self.moved.notify_all()


def edit(stage: Stage) -> dict[str, int]:
    """Give the corpus one state after the other, each as soon as the last one is indexed."""
    while not stage.over.is_set():
        number = stage.edited.value + 1
        before, after = state(number - 1), state(number)
        with stage.locked(fcntl.LOCK_EX):
            for name in before.keys() - after.keys():
                (stage.corpus / name).unlink()
            for name, data in after.items():
                (stage.folder / "new").write_bytes(data)
                (stage.folder / "new").replace(stage.corpus / name)
        stage.tell(stage.edited, number)
        stage.wait_until(lambda number=number: stage.synced.value >= number)
    return {"states": stage.edited.value}


def write(stage: Stage) -> dict[str, int]:
    """Sync as soon as there is a new state, as the other writer does."""
    counts = {"syncs": 0, "written": 0, "busy": 0}
    while not stage.over.is_set():
        with stage.locked(fcntl.LOCK_SH):
            number = stage.edited.value
            full = number % _FULL_EVERY == 0 and number > stage.synced.value
            try:
                counts["written"] += build(stage.corpus, stage.root, full=full).written
                counts["syncs"] += 1
                stage.tell(stage.synced, number)
            except StoreBusyError:
                counts["busy"] += 1
        stage.wait_until(lambda number=number: stage.edited.value > number)
    return counts


def read(stage: Stage) -> dict[str, int]:
    """Look at the current generation, search and ask, over and over."""
    seen: dict[int, int] = {}
    counts = {"looks": 0, "quotes": 0}
    config = Config(stage.corpus, stage.folder / "cache", index=stage.root)
    with closing(Assistant(config, HashEmbedder())) as assistant:
        while not stage.over.is_set():
            snapshot = assistant.snapshot
            generation, number = snapshot.manifest.generation, look(snapshot)
            risen = generation not in seen
            assert seen.setdefault(generation, number) == number
            assert generation == max(seen), f"{generation} after {max(seen)}"
            assert number == max(seen.values())
            hits = assistant.search(QUESTION, 9).hits
            assert len({n for hit in hits for n in _NUMBER.findall(hit.passage.text)}) == 1
            counts["quotes"] += _true_quotes(assistant)
            assert _held(stage.root) <= 1, "old generations are held open"
            counts["looks"] += 1
            if risen and len(seen) == _ENOUGH:
                stage.risen.release()
    return {"generations": len(seen), **counts}


def _true_quotes(assistant: Assistant) -> int:
    """Ask, and count the quotes, each of which stands in a file as one of the states had it."""
    quotes = quotes_of(assistant.ask(QUESTION))
    for quote in quotes:
        numbers = {int(n) for n in _NUMBER.findall(quote.text)}
        assert len(numbers) <= 1, quote
        for number in numbers:
            data = state(number)[quote.article_id]
            assert hashlib.sha256(data).hexdigest() == quote.sha256, quote
            assert data.decode()[quote.start : quote.end] == quote.text, quote
    return len(quotes)


def _held(root: Path) -> int:
    """Number of files of the index that this process keeps open."""
    links = []
    for handle in Path("/proc/self/fd").iterdir():
        with suppress(FileNotFoundError):  # the one that lists this folder
            links.append(str(handle.readlink()))
    return sum(link.startswith(f"{root}{os.sep}") for link in links)


@dataclass(frozen=True, slots=True)
class Report:
    """What came of a run: what each process counted, and what went wrong."""

    counts: dict[str, dict[str, int]] = field(default_factory=dict)
    failures: list[str] = field(default_factory=list)


def _work(role: Callable[[Stage], dict[str, int]], stage: Stage, said: Connection) -> None:
    try:
        HashEmbedder().vectors(["Wörter laden"])  # seconds, in a spawned process
        stage.all_here.wait(_PATIENCE_S)
        said.send((role(stage), ""))
    except BaseException:
        said.send(({}, traceback.format_exc()))
        stage.over.set()
        stage.risen.release()


def run(folder: Path, seconds: float, start: str = "spawn") -> Report:
    """Let all work in an empty folder; "fork" starts quicker, from a single thread only."""
    context: Any = multiprocessing.get_context(start)
    roles = [("editor", edit), *((f"writer {i}", write) for i in range(1, WRITERS + 1))]
    roles += [(f"reader {i}", read) for i in range(1, READERS + 1)]
    events = context.Event(), context.Semaphore(0), context.Condition()
    numbers = (context.Value("q", 0, lock=False) for _ in range(2))
    stage = Stage(folder, context.Barrier(len(roles) + 1), *events, *numbers)
    write_corpus(stage.corpus, state(0))
    build(stage.corpus, stage.root)
    pipes, processes = {}, []
    for name, role in roles:
        pipes[name], said = context.Pipe(duplex=False)
        processes.append(context.Process(target=_work, args=(role, stage, said)))
        processes[-1].start()
        said.close()
    report = Report()
    try:
        stage.all_here.wait(_PATIENCE_S)
        wait([process.sentinel for process in processes], seconds)
        for _ in range(READERS):
            stage.risen.acquire(timeout=0 if stage.over.is_set() else _PATIENCE_S)
        stage.over.set()
        with stage.moved:
            stage.moved.notify_all()
        for name, pipe in pipes.items():
            _hear(report, name, pipe)
    finally:
        for process in processes:
            process.kill()
            process.join()
    _conclude(report, stage)
    return report


def _conclude(report: Report, stage: Stage) -> None:
    """Sync once more, and see what is there in the end."""
    generation = build(stage.corpus, stage.root).generation
    report.counts["index"] = {"generation": generation}
    with closing(Snapshot.open(stage.root, None)) as snapshot:
        if (number := look(snapshot)) != stage.edited.value:
            report.failures.append(f"state {number} in the index, not {stage.edited.value}")
    left = sorted(path.name for path in stage.root.iterdir())
    if left != ["CURRENT", f"gen-{generation:06d}", "write.lock"]:
        report.failures.append(f"left in the folder: {left}")
    for name, counts in report.counts.items():
        if counts.get("generations", _ENOUGH) < _ENOUGH:
            report.failures.append(f"{name} saw {counts['generations']} generations only")


def _hear(report: Report, name: str, pipe: Connection) -> None:
    try:
        heard = pipe.recv() if pipe.poll(_PATIENCE_S) else ({}, "it does not end")
    except EOFError:
        heard = ({}, "it died")
    report.counts[name] = heard[0]
    if heard[1]:
        report.failures.append(f"{name}: {heard[1]}")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--start", choices=["fork", "spawn"], default="spawn")
    options = parser.parse_args()
    faiss.omp_set_num_threads(1)  # a forked process has no other threads
    with tempfile.TemporaryDirectory() as folder:
        report = run(Path(folder), options.seconds, options.start)
    for name, counts in report.counts.items():
        print(f"{name}: " + ", ".join(f"{count} {what}" for what, count in counts.items()))
    print("\n".join(report.failures) or "nothing went wrong")
    return 1 if report.failures else 0


if __name__ == "__main__":
    raise SystemExit(main())
