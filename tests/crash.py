"""Kills a writer with SIGKILL at points spread over a sync, and looks at what is left each time.

Usage: python tests/crash.py [--points 300] [--seed 1] [--only POINT] [--real N]
A point is PLACE:CALL:NUMBER:MOMENT, before a call that changes files (it is not carried out),
during it (half of a write) or after it; or PLACE:random:0:SECONDS. What is left must be the
old or the new index, answer like a clean one, and be brought up to date by a new sync.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

sys.path[:0] = [str(Path(__file__).parent), str(Path(__file__).parent.parent)]

import faiss  # noqa: E402
from crash_trace import WRITES, Point, Untraceable, forked, killed, traced  # noqa: E402
from fakes import ARTICLES, HashEmbedder, build, contents, generation, write_corpus  # noqa: E402

from index import vectorwriter  # noqa: E402
from index.check import check_index  # noqa: E402
from index.errors import StoreNotFoundError  # noqa: E402
from index.store import Snapshot  # noqa: E402
from rag.quotes import Sources, check_quote, make_quote  # noqa: E402

vectorwriter._RECENT_SHARE = 0.5  # with so few passages too, a small sync takes vectors over
UNTRACEABLE = 77
"""Exit code where a process cannot be traced."""
PLACES = {"first": "none", "sync": "old", "small": "near", "full": "old", "again": "old"}
"""State of the index that a writer starts from: a first build, a sync of many changes and one
of a single change, a build anew, and a sync over what a killed one left."""
MOMENTS = ("before", "during", "after", "")


def report(topic: str, days: int) -> bytes:
    text = f"Bericht: {topic}\r\n\r\n"
    for day in range(1, days + 1):
        text += f"Am {day}. März kostete {topic} in Köln {day * days} Euro, sagte Müller. „Gut“?\n"
    return text.encode()


def dump(**texts: str) -> bytes:
    return "\n".join(json.dumps({"id": key, "text": text}) for key, text in texts.items()).encode()


SMALL = "süd/häuser.txt"
OLD = {
    **ARTICLES,
    **{
        f"{topic.lower()}.txt": report(topic, days)
        for days, topic in enumerate("Weizen Stahl Bahn Brücke Hafen Strom".split(), start=3)
    },
    SMALL: "Häuser\n\nIn Köln stehen Häuser leer.".encode(),
    "notiz.md": "# Notiz\n\nDie **Brücke** baut die Firma Groß.\n".encode(),
    "meldungen.jsonl": dump(a="Die Bahn fährt nach Ústí.", b="Ein Schiff.", c="Drei Äpfel."),
}
WRITTEN = {
    "neu.txt": report("Öl", 9),
    "süd/wahl.txt": "Wahl\r\n\r\nDie Wahl gewann Frau Weiß.\r\n".encode(),
    "munition.txt": ARTICLES["munition.txt"].replace(b"8.000", b"9.000"),
    "notiz.md": "# Notiz\n\nDie **Brücke** baut jetzt Firma Klein.\n".encode(),
    "meldungen.jsonl": dump(a="Die Bahn fährt nach Ústí.", b="Zwei Schiffe.", d="Neue Birnen."),
}
QUESTIONS = (
    "Wie viele Container hat Nordkorea verschifft?",
    "Welche Firma baut die Brücke?",
    "Was kostet Weizen in Köln?",
    "Fährt die Bahn oder ein Schiff nach Ústí?",
)


def edit(corpus: Path) -> None:
    """Articles are added, changed, deleted, renamed; two swap their names."""
    write_corpus(corpus, WRITTEN)
    (corpus / "wetter.txt").unlink()
    (corpus / "hafen.txt").rename(corpus / "süd" / "häfen.txt")
    for old, new in (("bahn", "x"), ("brücke", "bahn"), ("x", "brücke")):
        (corpus / f"{old}.txt").rename(corpus / f"{new}.txt")


class Bench:
    """A corpus in its new state, and clean indexes of this and of earlier ones.

    Args:
        work: folder for all of it.
        writer: what is killed; takes the arguments of `fakes.build`.
    """

    def __init__(self, work: Path, writer: Callable[..., object] = build) -> None:
        faiss.omp_set_num_threads(1)  # a forked process has no other threads
        self.work, self.writer = work, writer
        self.corpus = write_corpus(work / "corpus", OLD)
        self.sync(work / "old")
        edit(self.corpus)
        write_corpus(self.corpus, {SMALL: b"Noch nichts."})
        self.sync(work / "near")
        write_corpus(self.corpus, {SMALL: OLD[SMALL]})
        self.sync(work / "new")
        self.states = {name: self.state(work / name) for name in ("none", "old", "near", "new")}
        self.left: Counter[str] = Counter()

    def sync(self, root: Path) -> None:
        """Bring an index up to date."""
        build(self.corpus, root)

    def start(self, root: Path, *, full: bool) -> int:
        """Start a process that does so."""
        return forked(lambda: self.writer(self.corpus, root, full=full))

    def answers(self, root: Path) -> list[Any]:
        """What the two searches find, with quotes that stand in the files."""
        found = []
        with closing(Snapshot.open(root, HashEmbedder().identity)) as snapshot:
            sources = Sources(self.corpus, snapshot.stamps(), snapshot)
            for question in QUESTIONS:
                query = HashEmbedder().vectors([question])[0]
                hits = snapshot.search_words(question, 5) + snapshot.search_vectors(query, 5)
                passages = snapshot.passages([passage_id for passage_id, _ in hits])
                for passage, (_, score) in zip(passages, hits, strict=True):
                    article = sources.article(passage.article_id)
                    fits = passage.article_id not in sources.changed
                    if article and fits:
                        quote = make_quote(article, passage.start, passage.end)
                        assert quote.text == passage.text, f"{quote.source}: not this passage"
                        assert check_quote(self.corpus, quote, snapshot), f"false: {quote.source}"
                    where = (passage.article_id, passage.start, passage.text)
                    found.append((question, *where, round(score, 6), fits))
        return found

    def findings(self, root: Path) -> list[str]:
        """What the check of the index finds."""
        return check_index(root, HashEmbedder().identity)

    def state(self, root: Path) -> tuple[Any, Any]:
        """What an index holds and answers; (None, None) if there is none."""
        try:
            return contents(root), self.answers(root)
        except StoreNotFoundError:
            return None, None

    def before(self, place: str) -> Path:
        """The folder of the index, as it is before the writer starts."""
        root = self.work / "index"
        shutil.rmtree(root, ignore_errors=True)
        if place != "first":
            shutil.copytree(self.work / PLACES[place], root)
        if place == "again":
            shutil.copytree(root / "gen-000001", root / "gen-000002")
            shutil.copytree(root / "gen-000001", root / "gen-000003.tmp")
            (root / "CURRENT.tmp").write_bytes(b"gen-000002 ")
        return root

    def calls(self, place: str) -> list[tuple[str, int]]:
        """The calls of a writer that change files, with their third arguments."""
        root = self.before(place)
        return traced(lambda: self.writer(self.corpus, root, full=place == "full"))

    def duration_s(self, place: str) -> float:
        """How long a writer takes."""
        root, started = self.before(place), time.perf_counter()
        if os.waitpid(self.start(root, full=place == "full"), 0)[1]:
            raise RuntimeError(f"{place}: the writer fails")
        return time.perf_counter() - started

    def kill(self, root: Path, point: Point) -> None:
        """Kill a writer at a point."""
        full = point.place == "full"
        if point.call != "random":
            traced(lambda: self.writer(self.corpus, root, full=full), point)
            return
        pid = self.start(root, full=full)
        time.sleep(float(point.moment))
        if (code := killed(pid)) not in (0, -signal.SIGKILL):
            raise RuntimeError(f"the writer failed: exit code {code}")

    def crash(self, point: Point) -> list[str]:
        """Kill a writer at a point; what is wrong with what it leaves."""
        root = self.before(point.place)
        try:
            self.kill(root, point)
        except RuntimeError as error:
            return [str(error)]
        wrong = self.inspected(root, (PLACES[point.place], "new"))
        try:
            self.sync(root)
        except Exception as error:
            return [*wrong, f"a new sync: {type(error).__name__}: {error}"]
        wrong += [f"after a new sync: {problem}" for problem in self.inspected(root, ("new",))]
        names = {path.name for path in root.iterdir()}
        surplus = names - {"CURRENT", "write.lock", generation(root).name}
        return wrong + [f"after a new sync: left over: {name}" for name in sorted(surplus)]

    def inspected(self, root: Path, expected: Sequence[str]) -> list[str]:
        """What is wrong with an index that must be in one of these states."""
        try:
            held, answers = self.state(root)
            found = self.findings(root) if held else []
        except Exception as error:
            return [f"{type(error).__name__}: {error}"]
        name = next((name for name in expected if self.states[name][0] == held), "")
        if not name:
            return [*found, f"it holds something else than each of: {', '.join(expected)}"]
        if len(expected) > 1:
            self.left[name] += 1
        if answers != self.states[name][1]:
            found.append(f"it does not answer like a clean index ({name})")
        return found


class RealBench(Bench):
    """The same with the command `beleg` and the packaged model."""

    def command(self, *arguments: object) -> list[str]:
        """The words of a command."""
        beleg = Path(sys.executable).parent / "beleg"
        return [str(word) for word in (beleg, *arguments, "--corpus", self.corpus)]

    def run(self, *arguments: object, codes: Sequence[int] = (0,)) -> str:
        """What a command prints."""
        done = subprocess.run(self.command(*arguments), capture_output=True, encoding="utf-8")
        if done.returncode not in codes:
            raise RuntimeError(f"{arguments}: exit code {done.returncode}\n{done.stderr}")
        return done.stdout

    def sync(self, root: Path) -> None:
        self.run("index", "--index", root)
        self.run("check", "--index", root)

    def start(self, root: Path, *, full: bool) -> int:
        words = self.command("index", "--index", root, *(["--full"] if full else []))
        silent = (os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0)
        return os.posix_spawn(words[0], words, os.environ, file_actions=[silent])

    def answers(self, root: Path) -> list[Any]:
        return [self.run("ask", question, "--index", root) for question in QUESTIONS[:2]]

    def findings(self, root: Path) -> list[str]:
        checked = json.loads(self.run("check", "--json", "--index", root, codes=(0, 1)))
        return list(checked["corrupt"])


def points_of(place: str, calls: Sequence[tuple[str, int]]) -> list[Point]:
    """All points at the calls of a writer."""
    return [
        Point(place, call, number, moment)
        for number, (call, size) in enumerate(calls)
        for moment in MOMENTS[:3]
        if moment != "during" or (call in WRITES and size > 1)
    ]


def chosen(
    pool: Sequence[Point], durations_s: dict[str, float], count: int, seed: int
) -> list[Point]:
    """Points spread over calls, places and moments; a sixth, or the rest, at random times."""
    rng = random.Random(seed)
    rest = rng.sample(pool, len(pool))
    used: Counter[Any] = Counter()
    points: list[Point] = []

    def groups(point: Point) -> list[Any]:
        cell = (point.place, point.moment)
        return [point.call, (point.call, *cell), cell]

    while rest and len(points) < count - count // 6:
        point = min(rest, key=lambda p: [used[group] for group in groups(p)])
        rest.remove(point)
        used.update(groups(point))
        points.append(point)
    for number in range(count - len(points)):
        place = list(durations_s)[number % len(durations_s)]
        points.append(Point(place, "random", 0, f"{rng.uniform(0, durations_s[place]):.4f}"))
    return points


def table(passed: Counter[Any], total: Counter[Any]) -> str:
    """Points that passed of all, by call, moment and place."""
    rows = ["".join((f"{'call':<12}{'moment':<8}", *(f"{place:>12}" for place in PLACES)))]
    lines = {cell[:2] for cell in total}
    for call, moment in sorted(lines, key=lambda line: (line[0], MOMENTS.index(line[1]))):
        cells = [(call, moment, place) for place in PLACES]
        shown = [f"{passed[cell]} of {total[cell]}" if total[cell] else "-" for cell in cells]
        rows.append("".join((f"{call:<12}{moment:<8}", *(f"{text:>12}" for text in shown))))
    return "\n".join(rows)


def crashed(bench: Bench, points: Sequence[Point]) -> int:
    """Kill a writer at each point and say what came of it; 1 if anything is wrong."""
    passed: Counter[Any] = Counter()
    total: Counter[Any] = Counter()
    for point in points:
        cell = (point.call, "" if point.call == "random" else point.moment, point.place)
        wrong = bench.crash(point)
        total[cell] += 1
        passed[cell] += not wrong
        if wrong:
            print(f"FAILED --only {point}", *wrong, sep="\n  ", flush=True)
    print(table(passed, total))
    print("left:", ", ".join(f"{number} {name}" for name, number in sorted(bench.left.items())))
    print(f"{passed.total()} of {total.total()}")
    return int(passed != total)


def main(arguments: Sequence[str] | None = None, writer: Callable[..., object] = build) -> int:
    """Kill a writer as the options say; see the head of this module."""
    parser = argparse.ArgumentParser(description="kill a writer at many points")
    parser.add_argument("--points", type=int, default=300)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", metavar="POINT", help="as it is named where it failed")
    parser.add_argument("--real", type=int, metavar="N", help="kill the real command N times")
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="crash-") as folder:
        bench = RealBench(Path(folder)) if options.real else Bench(Path(folder), writer)
        if options.only:
            place, call, number, moment = options.only.split(":")
            return crashed(bench, [Point(place, call, int(number), moment)])
        try:
            places = [] if options.real else list(PLACES)
            pool = [point for place in places for point in points_of(place, bench.calls(place))]
        except Untraceable as reason:
            print(f"a process cannot be traced here: {reason}")
            return UNTRACEABLE
        durations_s = {place: bench.duration_s(place) for place in PLACES}
        took = ", ".join(f"{place} {seconds:.2f} s" for place, seconds in durations_s.items())
        print(f"{len(pool)} points at system calls; unharmed: {took}")
        count = options.real or options.points
        return crashed(bench, chosen(pool, durations_s, count, options.seed))


if __name__ == "__main__":
    raise SystemExit(main())
