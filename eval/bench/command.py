"""`python -m eval.bench`: measures the parts in turn, prints one table, writes one JSON.

    python -m eval.bench --data DATA [--parts embedding,search] [--sizes 10000,100000,1000000]

Each way of doing the work lives in a process of its own; ways that are compared take turns,
each number is the median of the rounds, and ratios are taken within a round. What could not
be measured has a row that says why. The JSON is written after each part.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from eval.bench import (
    asking,
    commands,
    embedded,
    embedding,
    exchange,
    limits,
    quality,
    retrieval,
    syncing,
)
from eval.bench.building import Encoder, built, packaged, prepared
from eval.bench.errors import WorkerError
from eval.bench.machine import machine, provenance
from eval.bench.order import PACKAGED, Order, build_parser, read_order
from eval.bench.table import markdown_table, text_table
from eval.bench.texts import SEEDS, question_cases, questions, sample_passages
from eval.bench.values import BELEG, Row, as_json, missing
from eval.bench.worker import Worker
from eval.sync_cost import HashedVectors

_QUESTION = "Wie viele Schuss Artilleriemunition lieferte Nordkorea?"


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, print the table, write the files; 1 if a part failed."""
    options = build_parser().parse_args(arguments)
    with tempfile.TemporaryDirectory() as folder:
        work = options.work or Path(folder)
        work.mkdir(parents=True, exist_ok=True)
        order = read_order(options, work)
        report, rows = run(order, options.json)
    print("\n".join(text_table(rows, report)))
    if options.markdown:
        options.markdown.write_text("\n".join(markdown_table(rows)) + "\n", encoding="utf-8")
    return 1 if report["failed"] else 0


def run(order: Order, out: Path | None = None) -> tuple[dict[str, Any], list[Row]]:
    """Measure all parts.

    Args:
        order: what.
        out: where the JSON goes, after each part; None for nowhere.

    Returns:
        The report as in the JSON, and its rows.
    """
    rows: list[Row] = []
    report: dict[str, Any] = {
        "machine": machine(),
        "software": provenance(),
        "order": order.told(),
        "seconds": {},
        "load_average": {},
        "failed": [],
    }
    for name in order.parts:
        print(f"{name} ...", file=sys.stderr, flush=True)
        started = time.perf_counter()
        try:
            rows += _PARTS[name](order, rows)
        except WorkerError as error:
            report["failed"].append(name)
            print(f"{name} failed: {error}", file=sys.stderr)
            said = str(error).strip().splitlines()[-1]
            rows.append(missing(name, "the whole part", BELEG, f"failed: {said}"))
        report["seconds"][name] = round(time.perf_counter() - started, 1)
        report["load_average"][name] = round(os.getloadavg()[0], 2)  # tells who was disturbed
        report["rows"] = as_json(rows)
        if out is not None:
            out.write_text(json.dumps(report, indent=1) + "\n", encoding="utf-8")
    return report, rows


def _embedding(order: Order, rows: Sequence[Row]) -> list[Row]:
    with tempfile.TemporaryDirectory() as folder:
        passages = sample_passages(Path(folder), order.data, order.passages)
    asked = questions(order.data, order.questions)
    return embedding.measure(embedding.makers(str(order.cache)), passages, asked, order.rounds)


def _search(order: Order, rows: Sequence[Row]) -> list[Row]:
    asked = questions(order.data, order.questions)
    found: list[Row] = []
    with Worker(Encoder, *_encoder(order)) as worker:
        queries = worker.call("questions", asked)
        sample = _sample(order, worker)
    for size in order.sizes:
        place = built(order.work, size, order.data, sample)
        found += retrieval.measure(place, queries, asked, order.limits)
        found += exchange.measure(place, order.work, queries, order.limits)
    for folder in order.prepared:
        found += retrieval.measure(prepared(folder), queries, asked, order.limits)
    return found


def _encoder(order: Order) -> tuple[Any, ...]:
    """What makes the vectors of questions and of passages that are really embedded."""
    return (packaged, str(order.cache)) if order.encoder == PACKAGED else (HashedVectors,)


def _embedded(order: Order, rows: Sequence[Row]) -> list[Row]:
    with tempfile.TemporaryDirectory() as folder:
        passages = sample_passages(Path(folder), order.data, order.embedded)
    place = order.work / f"embedded-{order.encoder}"
    place.mkdir(exist_ok=True)
    with Worker(Encoder, *_encoder(order)) as worker:
        vectors = embedded.vectors_of(passages, partial(worker.call, "passages"), place)
        queries = worker.call("questions", questions(order.data, order.questions))
    with tempfile.TemporaryDirectory(dir=order.work) as folder:
        return embedded.measure(vectors, queries, Path(folder), order.rounds)


def _sample(order: Order, encoder: Worker) -> NDArray[np.float32]:
    """Vectors that the stand-in's lie around; kept in the folder of the bench."""
    kept = order.work / f"sample-{order.encoder}-{order.sample}.npy"
    if not kept.exists():
        with tempfile.TemporaryDirectory() as folder:
            passages = sample_passages(Path(folder), order.data, order.sample)
        np.save(kept, encoder.call("passages", passages))
    vectors: NDArray[np.float32] = np.load(kept)
    return vectors


def _quality(order: Order, rows: Sequence[Row]) -> list[Row]:
    if order.data is None:
        why = "needs --data: the retrieval set is not part of the repository"
        return [missing(quality.PART, "R@5", BELEG, why)]
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        (place / "paragraphs").mkdir()
        cases = question_cases(order.data, place / "paragraphs", order.cases, order.cases // 2)
        ways = quality.makers(str(order.cache), str(place / "index"))
        return quality.measure(ways, place / "paragraphs", cases)


def _ask(order: Order, rows: Sequence[Row]) -> list[Row]:
    return asking.measure(SEEDS, order.work / "ask", order.cache, order.rounds)


def _sync(order: Order, rows: Sequence[Row]) -> list[Row]:
    return syncing.measure(order.work, order.sync_size, order.data, order.rounds)


def _commands(order: Order, rows: Sequence[Row]) -> list[Row]:
    place = order.work / "commands"
    place.mkdir(exist_ok=True)
    return commands.measure(SEEDS, place, order.cache, _QUESTION, order.rounds)


def _limits(order: Order, rows: Sequence[Row]) -> list[Row]:
    found = limits.measure(order.rounds)
    with tempfile.TemporaryDirectory() as folder:
        passages = sample_passages(Path(folder), order.data, order.passages)
    tokens = limits.mean_tokens(order.cache, passages)
    sizes = limits.encoder_sizes(order.cache)
    bounds = limits.bounds(found, sizes, tokens, order.sizes)
    return found + bounds + limits.reached(rows, bounds)


_PARTS: dict[str, Callable[[Order, Sequence[Row]], list[Row]]] = {
    "embedding": _embedding,
    "search": _search,
    "embedded": _embedded,
    "quality": _quality,
    "ask": _ask,
    "sync": _sync,
    "commands": _commands,
    "limits": _limits,
}
