"""What this machine could do at best, and how near the measured numbers come to it.

Memory bandwidth is that of copying a large array, peak arithmetic that of a large matrix
product, both with all cores, in a worker; the encoder's work is counted from its sizes.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from eval.bench.values import BELEG, PLAIN, RATES, Row
from eval.bench.worker import Worker
from index import e5

PART = "limits of this machine"
MACHINE = "machine"
_COPIED_BYTES = 1 << 28  # well beyond any cache
_MATRIX = 2048
_TRIES = 8
_QUESTION_TOKENS = 16  # as the German questions of the retrieval set on average
_FORMATS = ("float32", "bfloat16")


@dataclass(frozen=True, slots=True)
class EncoderSizes:
    """What decides the work of a BERT encoder.

    Args:
        layers: of the encoder.
        hidden: width of a token's vector.
        wide: width between the two products of the feed-forward part.
        vocabulary: rows of the embedding matrix.
    """

    layers: int
    hidden: int
    wide: int
    vocabulary: int

    @property
    def weights(self) -> int:
        """Numbers in the matrices that each token is multiplied with."""
        return self.layers * (4 * self.hidden**2 + 2 * self.hidden * self.wide)

    def operations(self, tokens: int) -> int:
        """Floating-point operations for one text: products and sums of all matrix products.

        Source: Kaplan et al., "Scaling laws for neural language models", 2020, table 1, without
        the vocabulary's part, which an encoder only looks up.
        """
        return 2 * tokens * self.weights + 4 * self.layers * tokens**2 * self.hidden


class Machine:
    """Measures the machine, in a worker; what it can do is the best of several tries."""

    def copy_gb_s(self) -> float:
        """GB a second that are read plus written when memory is copied by all cores."""
        cores = len(os.sched_getaffinity(0))
        source = np.ones(_COPIED_BYTES // 8)
        target = np.zeros_like(source)
        halves = np.array_split(target, cores), np.array_split(source, cores)
        with ThreadPoolExecutor(cores) as pool:
            best_s = _best(lambda: list(pool.map(np.copyto, *halves)))
        return 2 * source.nbytes / best_s / 1e9

    def gflop_s(self, number_format: str) -> float:
        """Billions of operations a second of a large matrix product in torch."""
        import torch

        a = torch.randn(_MATRIX, _MATRIX).to(getattr(torch, number_format))
        return 2 * _MATRIX**3 / _best(lambda: a @ a) / 1e9


def _best(work: Callable[[], object]) -> float:
    """Seconds of the quickest of several tries."""
    seconds = []
    for _ in range(_TRIES):
        started = time.perf_counter()
        work()
        seconds.append(time.perf_counter() - started)
    return min(seconds)


def measure(rounds: int) -> list[Row]:
    """Bandwidth and peak arithmetic: the best of the rounds."""
    with Worker(Machine) as worker:
        copied = max(worker.call("copy_gb_s") for _ in range(rounds))
        products = {
            name: max(worker.call("gflop_s", name) for _ in range(rounds)) for name in _FORMATS
        }
    note = f"best of {rounds * _TRIES}"
    rows = [Row(PART, "memory, copied", MACHINE, copied, "GB/s", rounds, note=note)]
    for name, best in products.items():
        rows.append(Row(PART, f"arithmetic, {name}", MACHINE, best, "GFLOP/s", rounds, note=note))
    return rows


def bounds(
    limits: Sequence[Row], sizes: EncoderSizes, tokens: float, scans: Sequence[int]
) -> list[Row]:
    """What follows for embedding and for an exact scan.

    Args:
        limits: rows of `measure`.
        sizes: of the encoder.
        tokens: mean tokens of the passages that were embedded.
        scans: numbers of passages that were searched.
    """
    known = {row.what: row.value or 0.0 for row in limits}
    work = sizes.operations(round(tokens))
    note = f"{work / 1e9:.1f} GFLOP for {tokens:.0f} tokens"
    rows = [
        Row(PART, f"embedding at most, {name}", MACHINE, known[f"arithmetic, {name}"] * 1e9 / work,
            "passages/s", note=note)
        for name in _FORMATS
    ]  # fmt: skip
    asked = sizes.operations(_QUESTION_TOKENS)
    rows.append(Row(PART, "one question at least, arithmetic in float32", MACHINE,
                    asked / known["arithmetic, float32"] / 1e6, "ms",
                    note=f"{asked / 1e9:.2f} GFLOP for {_QUESTION_TOKENS} tokens"))  # fmt: skip
    bandwidth = known["memory, copied"] * 1e9
    for bits, name in ((32, "float32"), (8, "8 bits")):
        size = sizes.weights * bits // 8
        matrix = sizes.vocabulary * sizes.hidden * bits // 8
        rows += [
            _reading(f"one question at least, weights of {name}", size, bandwidth, "read once"),
            _reading(f"embedding matrix read whole, {name}", matrix, bandwidth,
                     "only the rows of a text's tokens are needed"),
        ]  # fmt: skip
    for count in scans:
        name = f"exact scan of {count:,} vectors at least, float32"
        rows.append(_reading(name, count * sizes.hidden * 4, bandwidth, ""))
    return rows


def _reading(what: str, size_bytes: int, bytes_s: float, note: str) -> Row:
    """How long memory takes to deliver so much."""
    said = f"{size_bytes / 1e6:.0f} MB{', ' if note else ''}{note}"
    return Row(PART, what, MACHINE, size_bytes / bytes_s * 1000, "ms", note=said)


def encoder_sizes(cache: Path) -> EncoderSizes:
    """Sizes of the packaged encoder, from its unpacked folder."""
    text = (e5.packaged_model(cache) / "config.json").read_text(encoding="utf-8")
    config = json.loads(text)
    return EncoderSizes(
        config["num_hidden_layers"],
        config["hidden_size"],
        config["intermediate_size"],
        config["vocab_size"],
    )


def mean_tokens(cache: Path, passages: Sequence[str]) -> float:
    """Mean number of tokens of these passages with their prefix."""
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_file(str(e5.packaged_model(cache) / "tokenizer.json"))
    return float(np.mean([len(tokenizer.encode(f"passage: {text}").ids) for text in passages]))


_COMPARED = (
    ("embedding", "passages", "embedding at most, float32"),
    ("embedding", "passages", "embedding at most, bfloat16"),
    ("embedding", "one question", "one question at least, arithmetic in float32"),
)
"""Measured part and what, and the bound that it is held against."""


def reached(measured: Sequence[Row], bounded: Sequence[Row]) -> list[Row]:
    """How near the measured numbers come to the bounds, as shares of them.

    Args:
        measured: rows of the other parts; Beleg's and the plain way's are looked at.
        bounded: rows of `bounds`.
    """
    bound = {row.what: row.value for row in bounded if row.value}
    rows = []
    for part, what, name in _COMPARED:
        for row in measured:
            wanted = (row.part, row.what) == (part, what) and row.way in (PLAIN, BELEG)
            if not wanted or not row.value or name not in bound:
                continue
            ratio = row.value / bound[name]
            share = ratio if row.unit in RATES else 1 / ratio
            note = f"{row.value:.3g} of {bound[name]:.3g} {row.unit}"
            rows.append(Row(PART, f"reached of: {name}", row.way, share, "share", note=note))
    return rows
