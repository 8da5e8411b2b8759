"""What a run of the bench is to measure, and how often; read from the command line."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from eval.bench.retrieval import Limits

PARTS = ("embedding", "search", "embedded", "quality", "ask", "sync", "commands", "limits")
PACKAGED, HASHED = "packaged", "hashed"
_TOLD = {
    "embedding": "passages a second and single questions, by four ways",
    "search": "at each of --sizes and in each --prepared: latency, recall, bytes, opening",
    "embedded": "recall of compressed vectors on passages that a model has embedded",
    "quality": "the whole way from paragraphs to found ones, with R@5 and R@10 (needs --data)",
    "ask": "by stage, cold and warm, over the seeds",
    "sync": "of one changed article",
    "commands": "start-up and resident memory of each",
    "limits": "memory bandwidth and arithmetic of this machine, and what follows from them",
}


@dataclass(frozen=True, slots=True)
class Order:
    """What is measured.

    Args:
        work: folder for corpora and indexes.
        cache: where models are unpacked.
        data: folder of the development data; None for the seeds alone.
        parts: some of `PARTS`.
        sizes: numbers of passages to search in.
        prepared: folders as `building.prepared` reads them.
        rounds: how often each number is measured.
        passages: that are embedded in one round.
        questions: that are searched in one round.
        cases: questions of the quality part; half as many paragraphs without a question join.
        sample: passages that the stand-in's vectors are made around.
        embedded: passages that are really embedded for the part of that name.
        sync_size: passages of the corpus in which one article is changed.
        encoder: "packaged", or "hashed" for vectors without a model (numbers of the bench
            itself, not of Beleg).
        limits: of the search part.
    """

    work: Path
    cache: Path
    data: Path | None = None
    parts: tuple[str, ...] = PARTS
    sizes: tuple[int, ...] = (10_000, 100_000)
    prepared: tuple[Path, ...] = ()
    rounds: int = 5
    passages: int = 128
    questions: int = 200
    cases: int = 400
    sample: int = 2000
    embedded: int = 10_000
    sync_size: int = 10_000
    encoder: str = PACKAGED
    limits: Limits = field(default_factory=Limits)

    def told(self) -> dict[str, Any]:
        """The order as JSON can hold it."""
        values = asdict(self) | {"prepared": [path.name for path in self.prepared]}
        del values["work"], values["cache"]
        return values | {"data": self.data.name if self.data else None}


def quick(order: Order) -> Order:
    """The same in small: to see whether all works, not for numbers."""
    return replace(
        order, sizes=(1000,), rounds=2, passages=16, questions=12, cases=20, sample=64,
        embedded=64, sync_size=1000, limits=Limits(rounds=2, budget_s=1.0),
    )  # fmt: skip


def build_parser() -> argparse.ArgumentParser:
    """The options."""
    told = "\n".join(f"  {name:10} {text}" for name, text in _TOLD.items())
    parser = argparse.ArgumentParser(
        prog="python -m eval.bench",
        description="Measure Beleg beside the plain way and public peers, in one run.",
        epilog=f"parts:\n{told}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = parser.add_argument
    add("--parts", type=_parts, default=PARTS, metavar="A,B", help="default: all")
    add("--data", type=Path, metavar="FOLDER", help="development data (default: the seeds alone)")
    add("--sizes", type=_sizes, metavar="N,M", help="passages to search in (10000,100000)")
    add("--prepared", type=Path, action="append", default=[], metavar="FOLDER",
        help="search here too: index/, vectors.npy in the order of the ids, note.txt")  # fmt: skip
    add("--rounds", type=int, metavar="N", help="how often each number is measured (5)")
    add("--cases", type=int, metavar="N", help="questions of the quality part (400)")
    add("--embedded", type=int, metavar="N",
        help="passages that a model embeds for the part of that name (10000)")  # fmt: skip
    add("--quick", action="store_true", help="small sizes: whether it works, not how fast")
    add("--work", type=Path, metavar="FOLDER", help="keep corpora and indexes for another run")
    add("--cache", type=Path, default=Path.home() / ".cache" / "beleg", metavar="FOLDER")
    add("--encoder", choices=(PACKAGED, HASHED), default=PACKAGED,
        help="hashed: no model, only to try the bench")  # fmt: skip
    add("--json", type=Path, metavar="FILE", help="all numbers, machine and versions")
    add("--markdown", type=Path, metavar="FILE", help="the table for a README")
    return parser


def read_order(options: argparse.Namespace, work: Path) -> Order:
    """From the options to an order.

    Args:
        options: parsed.
        work: folder for corpora and indexes.
    """
    order = Order(work, options.cache.expanduser())
    order = quick(order) if options.quick else order
    given = {
        "sizes": options.sizes,
        "rounds": options.rounds,
        "cases": options.cases,
        "embedded": options.embedded,
    }
    order = replace(order, **{name: value for name, value in given.items() if value is not None})
    if options.rounds is not None:
        order = replace(order, limits=replace(order.limits, rounds=options.rounds))
    return replace(
        order, data=options.data, parts=options.parts, prepared=tuple(options.prepared),
        encoder=options.encoder,
    )  # fmt: skip


def _parts(text: str) -> tuple[str, ...]:
    wanted = text.split(",")
    for name in wanted:
        if name not in PARTS:
            raise argparse.ArgumentTypeError(f"{name}: no part; known are {', '.join(PARTS)}")
    return tuple(name for name in PARTS if name in wanted)


def _sizes(text: str) -> tuple[int, ...]:
    sizes: Sequence[int] = [int(size) for size in text.split(",") if size]
    if any(size < 1 for size in sizes):
        raise argparse.ArgumentTypeError(f"{text}: sizes are at least 1")
    return tuple(sizes)
