"""Damages the files of an index, one byte or one cut at a time, and judges what comes of it.

Usage: python tests/damage.py --flips 500 --cuts 100 --seed 1 [--large]

Each damage must be refused when the index is opened, be found by `check_index`, or be
without effect. Whatever happens, there is no error that is not an `AssistantError`, no quote
that does not stand in its file, and no sync that carries the damage on. With --large,
opening compares no checksums, as for an index above 256 MB.
"""

from __future__ import annotations

import argparse
import collections
import json
import os
import random
import shutil
import signal
import sys
import tempfile
import traceback
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest import mock

sys.path[:0] = [str(Path(__file__).parent), str(Path(__file__).parent.parent)]

import faiss  # noqa: E402
from fakes import ARTICLES, HashEmbedder, build, contents, generation, write_corpus  # noqa: E402

from index import generations  # noqa: E402
from index.articles import load_article  # noqa: E402
from index.check import check_index  # noqa: E402
from index.errors import AssistantError, StoreError  # noqa: E402
from index.store import Snapshot  # noqa: E402
from rag.assemble import Assistant  # noqa: E402
from rag.config import Config  # noqa: E402
from rag.types import Answer, Quote  # noqa: E402

FILES = ("CURRENT", "manifest.json", "corpus.sqlite", "vectors.faiss", "recent.faiss")
AT_OPEN, BY_CHECK, NO_EFFECT, WRONG = OUTCOMES = (
    "detected at open", "by check", "without effect", "WRONG",
)  # fmt: skip
QUESTIONS = (
    "Wie viele Container hat Pjöngjang verschifft?",
    "Wie viele Bäume wurden in Bremen gesetzt?",
    "Wie viel Liter Regen fielen in Ústí?",
    "Wann fuhr der Zug nach Kyjiw ab?",
)
MODEL = HashEmbedder().identity
_LEAST = 40  # damages of each file, if there are enough
_PATIENCE_S = 60


def path_of(root: Path, name: str) -> Path:
    """Where a file of the index stands."""
    return root / name if name == "CURRENT" else generation(root) / name


@dataclass(frozen=True, slots=True)
class Damage:
    """One damage of one file.

    Args:
        file: one of `FILES`.
        at: offset in bytes.
        mask: bits that are turned around there; 0 to cut the file off at `at`.
    """

    file: str
    at: int
    mask: int

    def apply(self, root: Path) -> None:
        """Damage an index."""
        path = path_of(root, self.file)
        data = bytearray(path.read_bytes())
        if self.mask:
            data[self.at] ^= self.mask
        else:
            del data[self.at :]
        path.write_bytes(data)


def damages(root: Path, flips: int, cuts: int, seed: int) -> Iterator[Damage]:
    """Damages of all files of an index, in proportion to their sizes; no two are equal."""
    chance = random.Random(seed)
    sizes = {name: path_of(root, name).stat().st_size for name in FILES}
    for name, count in _shares(sizes, flips).items():
        for place in chance.sample(range(sizes[name] * 255), count):
            yield Damage(name, place // 255, place % 255 + 1)
    for name, count in _shares(sizes, cuts).items():
        for at in chance.sample(range(sizes[name]), count):
            yield Damage(name, at, 0)


def _shares(sizes: dict[str, int], count: int) -> dict[str, int]:
    least = min(_LEAST, count // (2 * len(sizes)))
    shares = {name: max(least, count * size // sum(sizes.values())) for name, size in sizes.items()}
    shares[max(sizes, key=sizes.__getitem__)] += count - sum(shares.values())
    return shares


@dataclass(frozen=True, slots=True)
class Case:
    """A corpus before and after an edit, and an index of it before.

    Args:
        corpus: folder of the articles.
        edited: the same after an edit.
        root: an index of `corpus`, of its second generation.
    """

    corpus: Path
    edited: Path
    root: Path

    @classmethod
    def make(cls, folder: Path) -> Case:
        """Write it into an empty folder."""
        plants = {"Aachen": 5, "Bremen": 7, "Celle": 9}
        dump = [
            {"id": town, "title": f"Grün in {town}", "text": f"In {town} wurden {n} Bäume gesetzt."}
            for town, n in plants.items()
        ]
        files = {
            **ARTICLES,
            "bäume.jsonl": b"\n".join(json.dumps(entry).encode() for entry in dump),
        }
        levels = {
            f"{i:02d}.txt": f"Pegel {i}\r\n\r\nAm {i}. März fehlten {3 * i} cm.\r\n"
            for i in range(9)
        }
        levels["zug.md"] = "# Der Zug\n\nDer Zug nach Kyjiw fuhr um 9 Uhr ab.\n"
        more = {name: text.encode() for name, text in levels.items()}
        case = cls(folder / "corpus", folder / "edited", folder / "index")
        build(write_corpus(case.corpus, {**files, "zug.md": b"Kein Zug."}), case.root)
        with (  # newer vectors beside the others, of which one is of no passage any more
            mock.patch("index.plan._LARGE_SHARE", 9),
            mock.patch("index.vectorwriter._RECENT_SHARE", 9),
        ):
            build(write_corpus(case.corpus, more), case.root)
        shutil.copytree(case.corpus, case.edited)
        (case.edited / "05.txt").unlink()
        write_corpus(case.edited, {"neu.txt": "Über Nacht fiel Schnee.\n".encode()})
        return case


@dataclass(frozen=True, slots=True)
class Sight:
    """What can be seen of an index.

    Args:
        contents: passages and stamps.
        found: what each half finds for each question, with scores.
    """

    contents: list[tuple[Any, ...]]
    found: list[list[tuple[str, int, float]]]

    @classmethod
    def of(cls, root: Path) -> Sight:
        """Look at an index."""
        found = []
        with closing(Snapshot.open(root, MODEL)) as snapshot:
            for question, query in zip(QUESTIONS, HashEmbedder().vectors(QUESTIONS), strict=True):
                for hits in (snapshot.search_words(question, 9), snapshot.search_vectors(query, 9)):
                    places = snapshot.passages([i for i, _ in hits])
                    pairs = zip(places, hits, strict=True)
                    found.append(
                        [(p.article_id, p.start, round(score, 5)) for p, (_, score) in pairs]
                    )
        return cls(contents(root), found)


class Judge:
    """Knows what is right, and judges damaged copies of an index.

    Args:
        case: the whole index.
    """

    def __init__(self, case: Case) -> None:
        self._case = case
        self._right = Sight.of(case.root)
        names = {name for name, *_ in self._right.contents}
        self._texts = {name: load_article(case.corpus, name).text for name in names}
        fresh = case.root.with_name("fresh")
        build(case.edited, fresh)
        self._right_edited = Sight.of(fresh)

    def verdict(self, root: Path) -> tuple[str, str]:
        """One of `OUTCOMES` for a damaged index, and what was said; the index may be altered."""
        try:
            return self._verdict(root)
        except Exception:
            return WRONG, traceback.format_exc()

    def _verdict(self, root: Path) -> tuple[str, str]:
        try:
            Snapshot.open(root, MODEL).close()
        except StoreError as error:
            return AT_OPEN, error.message
        if said := self._false_quotes(root):
            return WRONG, f"quotes that stand nowhere: {said}"
        try:
            findings = check_index(root, MODEL)
        except StoreError as error:
            findings = [error.message]
        if not findings and Sight.of(root) != self._right:
            return WRONG, "the check finds nothing, but other things are found than before"
        try:
            build(self._case.edited, root)
        except StoreError as error:
            findings.append(error.message)
        else:
            if Sight.of(root) != self._right_edited:
                return WRONG, "a sync carried the damage on"
        return (BY_CHECK, "; ".join(findings)) if findings else (NO_EFFECT, "")

    def _false_quotes(self, root: Path) -> list[Quote]:
        config = Config(self._case.corpus, root.parent / "cache", index=root)
        with closing(Assistant(config, HashEmbedder())) as assistant:
            quotes = []
            for question in QUESTIONS:
                try:
                    quotes += quotes_of(assistant.ask(question))
                except AssistantError:
                    continue
        return [quote for quote in quotes if not self._is_true(quote)]

    def _is_true(self, quote: Quote) -> bool:
        text = self._texts.get(quote.article_id, "")
        first = text.count("\n", 0, quote.start) + 1
        last = first + text[quote.start : quote.end - 1].count("\n")
        same = text[quote.start : quote.end] == quote.text != ""
        return same and (first, last) == (quote.line_start, quote.line_end)


def quotes_of(answer: Answer) -> list[Quote]:
    """All quotes of an answer."""
    cited = [q for citation in answer.citations for q in (citation.quote, *citation.also)]
    return [*cited, *answer.nearest]


def judged_apart(judge: Judge, root: Path) -> tuple[str, str]:
    """The verdict of a child process: a crash of a library is a verdict, too."""
    reading, writing = os.pipe()
    if child := os.fork():
        os.close(writing)
        with os.fdopen(reading, encoding="utf-8") as pipe:
            said = pipe.read()
        if code := os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]):
            return WRONG, f"the process ended with {code}"
        outcome, reason = json.loads(said)
        return outcome, reason
    signal.alarm(_PATIENCE_S)
    with os.fdopen(writing, "w", encoding="utf-8") as pipe:
        json.dump(judge.verdict(root), pipe)
    os._exit(0)


def judged(case: Case, planned: Sequence[Damage]) -> Iterator[tuple[Damage, str, str]]:
    """Each damage with its outcome and what was said."""
    judge = Judge(case)
    for damage in planned:
        with tempfile.TemporaryDirectory() as folder:
            root = shutil.copytree(case.root, Path(folder) / "index")
            damage.apply(root)
            yield damage, *judged_apart(judge, root)


def main() -> int:
    """Judge damages and print a table; 1 if anything is wrong."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--flips", type=int, default=500, help="bytes that are altered")
    parser.add_argument("--cuts", type=int, default=100, help="files that are cut off")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--large", action="store_true", help="open without comparing checksums")
    options = parser.parse_args()
    faiss.omp_set_num_threads(1)  # a forked process has no other threads
    if options.large:
        generations._HASH_AT_OPEN_BYTES = -1
    table = {name: collections.Counter[str]() for name in FILES}
    with tempfile.TemporaryDirectory() as folder:
        case = Case.make(Path(folder))
        planned = list(damages(case.root, options.flips, options.cuts, options.seed))
        for damage, outcome, reason in judged(case, planned):
            table[damage.file][outcome] += 1
            if outcome == WRONG:
                print(f"{damage}: {reason}")
    print("".join(f"{title:>18}" for title in ("file", *OUTCOMES)))
    for name, counts in table.items():
        print(f"{name:>18}" + "".join(f"{counts[outcome]:>18}" for outcome in OUTCOMES))
    wrong = sum(counts[WRONG] for counts in table.values())
    print(f"{len(planned) - wrong} of {len(planned)} damages do no harm")
    return 1 if wrong else 0


if __name__ == "__main__":
    raise SystemExit(main())
