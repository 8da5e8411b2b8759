"""The training loop: batches, steps, checkpoints.

The embedding and the lower encoder layers stay as they are. Matrix products run in
bfloat16, weights are kept in 32 bits. Attention is computed step by step: on a CPU
its backward pass is three times as fast as the fused one's.
"""

from __future__ import annotations

import copy
import json
import math
import multiprocessing
import queue
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from itertools import count
from pathlib import Path
from random import Random
from typing import Any

import torch
from torch import Tensor
from transformers import AttentionInterface

from rag.training.examples import Example, Window, encode_windows
from rag.training.objective import collate, forward, losses, total

_LEAN = "lean"
POOL = 4_096
"""Windows that are drawn at a time and sorted by length into batches."""


@dataclass(frozen=True, slots=True)
class Plan:
    """How to train.

    Args:
        steps: batches in all.
        decay: of these, the last ones over which the learning rate falls to 0.
        warmup: the first ones over which it rises.
        rate: learning rate of the encoder; the decoder's is `decoder_factor` times it.
        decoder_factor: see `rate`.
        frozen: lower encoder layers that stay as they are.
        batch_tokens: most tokens of a batch, padding included.
        max_tokens: longest example.
        save_every: steps between checkpoints.
        seed: of the stream.
    """

    steps: int
    decay: int
    warmup: int = 300
    rate: float = 1e-4
    decoder_factor: float = 4.0
    frozen: int = 6
    batch_tokens: int = 6_144
    max_tokens: int = 288
    save_every: int = 250
    seed: int = 1

    def factor(self, step: int) -> float:
        """Share of the learning rate at a step, from 0."""
        rising = min(1.0, (step + 1) / max(1, self.warmup))
        falling = (self.steps - step) / max(1, self.decay)
        return min(rising, falling, 1.0)


class Trainer:
    """Trains a network in place and keeps checkpoints.

    Args:
        model: a warm start.
        tokenizer: its `tokenizers.Tokenizer`.
        folder: for ``checkpoint.pt`` and ``log.jsonl``; a checkpoint in it is gone on from.
        plan: how.
    """

    def __init__(self, model: Any, tokenizer: Any, folder: Path, plan: Plan) -> None:
        self.model, self.tokenizer, self.folder, self.plan = model, tokenizer, folder, plan
        self.step = 0
        width = model.config.d_model
        self.heads = torch.nn.Parameter(torch.randn(width, 2) * 0.02)
        self._looks: list[Tensor] = []
        prepare(model, plan.frozen, self._looks)
        self._optimizer = torch.optim.AdamW(self._groups(), foreach=True, weight_decay=0.01)
        folder.mkdir(parents=True, exist_ok=True)
        if (folder / "checkpoint.pt").exists():
            self._resume()

    def run(self, draw: Callable[[Random], Iterator[Window]]) -> None:
        """Train to the end of the plan.

        Args:
            draw: an endless stream of windows from random numbers.
        """
        plan = self.plan
        if self.step >= plan.steps:
            return

        def pools() -> Iterator[list[list[Example]]]:
            for number in count():
                rng = Random(f"{plan.seed}-{self.step}-{number}")
                yield batches_of(draw(rng), rng, self.tokenizer, plan)

        with ahead(pools) as prepared:
            for batches in prepared:
                for batch in batches:
                    self._log(self._train(batch), batch)
                    self.step += 1
                    if self.step % plan.save_every == 0 or self.step >= plan.steps:
                        self.save()
                    if self.step >= plan.steps:
                        return

    def save(self) -> None:
        """Write the checkpoint; the one before stays until it is whole."""
        state = {
            "step": self.step,
            "plan": asdict(self.plan),
            "model": trained(self.model),
            "heads": self.heads.detach(),
            "optimizer": self._optimizer.state_dict(),
        }
        new = self.folder / "checkpoint.new"
        torch.save(state, new)
        new.replace(self.folder / "checkpoint.pt")

    def _resume(self) -> None:
        state = torch.load(self.folder / "checkpoint.pt", weights_only=True)
        self.step = state["step"]
        self.model.load_state_dict(state["model"], strict=False)
        with torch.no_grad():
            self.heads.copy_(state["heads"])
        if state["plan"]["frozen"] == self.plan.frozen:
            rates = [group["base"] for group in self._optimizer.param_groups]
            self._optimizer.load_state_dict(state["optimizer"])
            for group, rate in zip(self._optimizer.param_groups, rates, strict=True):
                group["base"] = rate

    def _groups(self) -> list[dict[str, Any]]:
        named = [(n, p) for n, p in self.model.named_parameters() if p.requires_grad]
        decoder = [p for n, p in named if n.startswith("model.decoder")]
        encoder = [p for n, p in named if not n.startswith("model.decoder")]
        fast = self.plan.rate * self.plan.decoder_factor
        return [
            {"params": encoder, "lr": self.plan.rate, "base": self.plan.rate},
            {"params": [*decoder, self.heads], "lr": fast, "base": fast},
        ]

    def _train(self, examples: Sequence[Example]) -> dict[str, float]:
        for group in self._optimizer.param_groups:
            group["lr"] = group["base"] * self.plan.factor(self.step)
        batch = collate(examples)
        with torch.autocast("cpu", dtype=torch.bfloat16):
            states, written, looked = forward(self.model, batch, self._looks)
        parts = losses(batch, states, written, looked, self.model.model.shared.weight, self.heads)
        total(parts).backward()  # type: ignore[no-untyped-call]
        wanted = [p for g in self._optimizer.param_groups for p in g["params"]]
        norm = torch.nn.utils.clip_grad_norm_(wanted, 1.0)
        if not math.isfinite(float(norm)):
            raise FloatingPointError(f"step {self.step}: the gradient is {float(norm)}")
        self._optimizer.step()
        self._optimizer.zero_grad()
        return {name: round(loss.item(), 4) for name, loss in parts.items()}

    def _log(self, parts: dict[str, float], examples: Sequence[Example]) -> None:
        kinds = Counter(e.kind.split(":")[0] for e in examples)
        tokens = sum(len(e.ids) for e in examples)
        record: dict[str, Any] = {
            "step": self.step,
            "time": round(time.time(), 1),
            **parts,
            "tokens": tokens,
        }
        record |= {"windows": len(examples), "kinds": kinds}
        with (self.folder / "log.jsonl").open("a", encoding="utf-8") as stream:
            stream.write(json.dumps(record) + "\n")


def batches_of(
    windows: Iterator[Window], rng: Random, tokenizer: Any, plan: Plan
) -> list[list[Example]]:
    """Batches of like length, in random order.

    Args:
        windows: an endless stream, of which about `POOL` are taken.
        rng: for the order.
        tokenizer: the drafter's.
        plan: how long examples and batches may be.
    """
    drawn: list[Example] = []
    while len(drawn) < POOL:
        drawn += encode_windows([next(windows) for _ in range(256)], tokenizer, plan.max_tokens)
    drawn.sort(key=lambda e: len(e.ids))
    batches: list[list[Example]] = [[]]
    for example in drawn:
        if (len(batches[-1]) + 1) * len(example.ids) > plan.batch_tokens:
            batches.append([])
        batches[-1].append(example)
    rng.shuffle(batches)
    return batches


@contextmanager
def ahead(make: Callable[[], Iterator[Any]]) -> Iterator[Iterator[Any]]:
    """Items that another process makes ahead of time, one in waiting.

    Args:
        make: called in the other process, which is a fork of this one.
    """
    context = multiprocessing.get_context("fork")
    waiting: Any = context.Queue(maxsize=1)

    def work() -> None:
        for item in make():
            waiting.put(item)

    process = context.Process(target=work, daemon=True)
    process.start()
    try:
        yield iter(lambda: _taken(waiting, process), None)
    finally:
        process.terminate()
        process.join()


def _taken(waiting: Any, process: Any) -> Any:
    while True:
        try:
            return waiting.get(timeout=5.0)
        except queue.Empty:
            if not process.is_alive():
                raise RuntimeError("the process that makes training windows has ended") from None


def prepare(model: Any, frozen: int, looks: list[Tensor]) -> None:
    """Freeze what stays, choose attentions, hook the last cross-attention.

    Args:
        model: changed in place.
        frozen: lower encoder layers that stay.
        looks: the hook appends each attention (B, heads, S, T) to it.
    """
    model.set_attn_implementation("eager")
    AttentionInterface.register(_LEAN, lean_attention)
    lean = copy.deepcopy(model.config)
    lean._attn_implementation = _LEAN
    for layer in [*model.model.encoder.layers, *model.model.decoder.layers]:
        layer.self_attn.config = lean
    for parameter in model.parameters():
        parameter.requires_grad_(False)
    upper = model.model.encoder.layers[frozen:]
    for layer in [*upper, *model.model.decoder.layers]:
        for parameter in layer.parameters():
            parameter.requires_grad_(True)
    last = model.model.decoder.layers[-1].encoder_attn
    last.register_forward_hook(lambda _module, _inputs, output: looks.append(output[1]))


def lean_attention(
    _module: Any,
    query: Tensor,
    key: Tensor,
    value: Tensor,
    attention_mask: Tensor | None,
    scaling: float,
    **_settings: Any,
) -> tuple[Tensor, Tensor]:
    """Attention all in one number format: no copies to 32 bits and back.

    Args:
        query: (B, heads, S, size).
        key: (B, heads, T, size).
        value: (B, heads, T, size).
        attention_mask: added to the scores, or None.
        scaling: of the scores.
    """
    with torch.autocast("cpu", enabled=False):
        weights = (query * scaling) @ key.transpose(2, 3).to(query.dtype)
        if attention_mask is not None:
            weights = weights + attention_mask.to(weights.dtype)
        weights = weights.softmax(-1)
        found = weights @ value.to(weights.dtype)
    return found.transpose(1, 2).contiguous(), weights


def trained(model: Any) -> dict[str, Tensor]:
    """The weights that training changes, by name."""
    return {n: p.detach().clone() for n, p in model.named_parameters() if p.requires_grad}
