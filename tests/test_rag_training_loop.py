from __future__ import annotations

import json
import math
import resource
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import cycle
from pathlib import Path
from random import Random
from typing import Any

import pytest
import torch
from tiny_training import NUMBERS, tokenizer_of, write_encoder
from torch import Tensor

from rag.training.examples import Example, Window, encode_windows
from rag.training.loop import Plan, Trainer, ahead, prepare
from rag.training.network import warm_start
from rag.training.objective import WEIGHTS, Batch, collate, forward, losses, total

WINDOWS = (
    Window("Wer baute?", "Otto Stahn baute die Brücke.", ((0, 10),), "a"),
    Window("Was baute Otto?", "Otto Stahn baute die Brücke.", ((17, 27),), "a"),
    Window("Wann baute Otto?", "Otto Stahn baute die Brücke.", (), "b:elsewhere"),
    Window("Wo ist der Turm?", "Der Turm ist in Dresden.", ((16, 23),), "a"),
    Window("Was ist in Dresden?", "Der Turm ist in Dresden.", ((0, 8),), "a"),
    Window("Wie hoch ist der Turm?", "Der Turm ist in Dresden.", (), "b:elsewhere"),
    Window("Wie viel?", "Es kostete 8.000 Taler.", ((11, 22),), "a"),
    Window("Wer zahlte?", "Es kostete 8.000 Taler.", (), "b:other"),
)
EXAMPLES = (
    Example((0, 5, 2, 6, 7, 8, 2), (6, 7, 2), ((6, 4, 7, 8), (7, 2), (2, 8)), (3, 4, 4), 3, "a"),
    Example((0, 9, 5, 2, 10, 2), (4, 2), ((4, 10), (2,)), (0, 0), 4, "b"),
    Example(
        (0, 5, 2, 6, 6, 9, 11, 7, 2),
        (6, 9, 11, 2),
        ((6, 4, 7, 9), (9, 6, 2), (11,), (2, 7)),
        (4, 5, 6, 6),
        3,
        "c",
    ),
)


@pytest.fixture(scope="module")
def encoder(tiny_model: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("encoder")
    write_encoder(tiny_model, folder)
    return folder


def trainer_in(folder: Path, encoder: Path, **settings: Any) -> Trainer:
    torch.manual_seed(1)
    plan = Plan(**{"decay": 1, "warmup": 1, "batch_tokens": 300, "rate": 2e-3} | settings)
    return Trainer(warm_start(encoder, NUMBERS), tokenizer_of(encoder), folder, plan)


def endless(_rng: Random) -> Iterator[Window]:
    return cycle(WINDOWS)


def logged(folder: Path) -> list[dict[str, Any]]:
    lines = (folder / "log.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]


@dataclass(frozen=True)
class Run:
    folder: Path
    before: dict[str, Tensor]
    heads: Tensor
    trainer: Trainer


@pytest.fixture(scope="module")
def run(encoder: Path, tmp_path_factory: pytest.TempPathFactory) -> Run:
    """A run of 48 steps that leaves ten of the twelve encoder layers as they are."""
    folder = tmp_path_factory.mktemp("run")
    trainer = trainer_in(folder, encoder, steps=48, decay=10, frozen=10, save_every=15)
    before = {name: weight.clone() for name, weight in trainer.model.state_dict().items()}
    heads = trainer.heads.detach().clone()
    trainer.run(endless)
    return Run(folder, before, heads, trainer)


def test_a_batch_is_padded() -> None:
    batch = collate(EXAMPLES)
    no = -1
    assert batch.ids.tolist() == [
        [0, 5, 2, 6, 7, 8, 2, 1, 1],
        [0, 9, 5, 2, 10, 2, 1, 1, 1],
        [0, 5, 2, 6, 6, 9, 11, 7, 2],
    ]
    assert batch.mask.tolist() == [[1] * 7 + [0] * 2, [1] * 6 + [0] * 3, [1] * 9]
    assert batch.target.tolist() == [[6, 7, 2, 1], [4, 2, 1, 1], [6, 9, 11, 2]]
    assert batch.written.tolist() == [[0, 6, 7, 2], [0, 4, 2, 1], [0, 6, 9, 11]]
    assert batch.places.tolist() == [[3, 4, 4, no], [0, 0, no, no], [4, 5, 6, 6]]
    assert batch.first.tolist() == [[6, 4, 7, 8], [4, 10, no, no], [6, 4, 7, 9]]
    later = [
        [[choice for choice in step if choice != no] for step in row]
        for row in batch.later.tolist()
    ]
    assert later == [[[7, 2], [2, 8], []], [[2], [], []], [[9, 6, 2], [11], [2, 7]]]
    assert batch.later.shape == (3, 3, 8)
    assert batch.span.tolist() == [[3, 4], [0, 0], [4, 6]]
    assert [row.nonzero().flatten().tolist() for row in batch.evidence] == [
        [0, 3, 4, 5],
        [0, 4],
        [0, 3, 4, 5, 6, 7],
    ]


def softmax_share(logits: dict[int, float], wanted: int) -> float:
    return math.exp(logits[wanted]) / sum(map(math.exp, logits.values()))


def slow_losses(
    states: Tensor, written: Tensor, looked: Tensor, shared: Tensor, heads: Tensor
) -> dict[str, float]:
    """The losses of `EXAMPLES`, one probability at a time."""
    everything = {t for e in EXAMPLES for t in e.ids} | {1, 2, 4}
    found = dict.fromkeys(WEIGHTS, 0.0)
    for i, example in enumerate(EXAMPLES):
        grounded = 1.0
        for step, token in enumerate(example.target):
            logits = {t: float(written[i, step] @ shared[t]) for t in everything}
            choices = {t: logits[t] for t in example.choices[step]}
            grounded *= softmax_share(choices, token)
            found["free"] -= math.log(softmax_share(logits, token)) / 3
            seen = sum(float(looked[i, head, step, example.places[step]]) for head in (0, 1)) / 2
            found["pointer"] -= math.log(seen + 1e-6) / 3
        found["grounded"] -= math.log(grounded) / 3
        for k, place in enumerate((example.places[0], example.places[-1])):
            read = (0, *range(example.first, len(example.ids) - 1))
            logits = {at: float(states[i, at] @ heads[:, k]) for at in read}
            found["span"] -= math.log(softmax_share(logits, place)) / 3 / 2
    return found


def test_losses_are_those_of_a_slow_computation() -> None:
    torch.manual_seed(1)
    states, written = torch.randn(3, 9, 5), torch.randn(3, 4, 5)
    looked = torch.randn(3, 4, 4, 9).softmax(-1)
    shared, heads = torch.randn(12, 5), torch.randn(5, 2)
    given = losses(collate(EXAMPLES), states, written, looked, shared, heads)
    wanted = slow_losses(states, written, looked, shared, heads)
    assert {name: loss.item() for name, loss in given.items()} == pytest.approx(wanted, rel=1e-5)
    weighted = sum(WEIGHTS[name] * loss for name, loss in wanted.items())
    assert total(given).item() == pytest.approx(weighted, rel=1e-5)


def raised(batch: Batch, by: float) -> dict[str, float]:
    """Losses when everything right is raised by so much over everything else."""
    width = 12
    written, looked = torch.zeros(3, 4, width), torch.full((3, 4, 4, 9), 0.1)
    states, heads = torch.zeros(3, 9, width), torch.eye(width)[:, :2]
    for row, example in enumerate(EXAMPLES):
        for step, token in enumerate(example.target):
            written[row, step, token] = by
            looked[row, :2, step, example.places[step]] += by / 10
        states[row, example.places[0], 0] = states[row, example.places[-1], 1] = by
    found = losses(batch, states, written, looked, torch.eye(width), heads)
    return {name: loss.item() for name, loss in found.items()}


def test_losses_fall_when_what_is_right_rises() -> None:
    low, middle, high = (raised(collate(EXAMPLES), by) for by in (0.0, 1.0, 2.0))
    assert all(low[name] > middle[name] > high[name] for name in WEIGHTS)


@pytest.mark.parametrize(
    ("plan", "factors"),
    [
        (Plan(10, decay=4, warmup=2), [0.5, 1, 1, 1, 1, 1, 1, 0.75, 0.5, 0.25]),
        (Plan(3, decay=0, warmup=0), [1, 1, 1]),
        (Plan(4, decay=4, warmup=4), [0.25, 0.5, 0.5, 0.25]),
    ],
)
def test_the_learning_rate_rises_stays_and_falls(plan: Plan, factors: list[float]) -> None:
    assert [plan.factor(step) for step in range(plan.steps)] == factors


@torch.no_grad()
def of_the_eight(encoder: Path, weights: dict[str, Tensor], heads: Tensor) -> dict[str, float]:
    """Losses over the eight windows, with these weights."""
    looks: list[Tensor] = []
    model = warm_start(encoder, NUMBERS)
    model.load_state_dict(weights)
    prepare(model, 12, looks)
    batch = collate(encode_windows(WINDOWS, tokenizer_of(encoder), 288))
    found = losses(batch, *forward(model, batch, looks), model.model.shared.weight, heads)
    return {name: loss.item() for name, loss in found.items()}


def test_a_tiny_network_learns_eight_windows_by_heart(run: Run, encoder: Path) -> None:
    before = of_the_eight(encoder, run.before, run.heads)
    after = of_the_eight(encoder, run.trainer.model.state_dict(), run.trainer.heads)
    assert all(after[name] < before[name] for name in WEIGHTS)
    assert after["grounded"] < before["grounded"] / 2
    whole = [sum(WEIGHTS[name] * parts[name] for name in WEIGHTS) for parts in (before, after)]
    assert whole[1] < whole[0] / 2


def test_the_log_has_a_line_for_each_step(run: Run) -> None:
    records = logged(run.folder)
    assert [record["step"] for record in records] == list(range(48))
    assert {kind for record in records for kind in record["kinds"]} == {"a", "b"}
    assert max(record["tokens"] for record in records) <= 300


def test_frozen_layers_and_the_embedding_stay(run: Run) -> None:
    after = run.trainer.model.state_dict()
    changed = {name for name in after if not after[name].equal(run.before[name])}
    groups = {".".join(name.split(".")[1:4]) for name in changed}
    assert groups == {f"encoder.layers.{n}" for n in (10, 11)} | {
        f"decoder.layers.{n}" for n in (0, 1)
    }


def test_the_last_checkpoint_is_that_of_the_end(run: Run) -> None:
    state = torch.load(run.folder / "checkpoint.pt", weights_only=True)
    assert (state["step"], state["plan"]["steps"]) == (48, 48)
    assert [group["lr"] for group in state["optimizer"]["param_groups"]] == pytest.approx(
        [2e-3 * 0.1, 4 * 2e-3 * 0.1]
    )
    after = run.trainer.model.state_dict()
    assert all(weight.equal(after[name]) for name, weight in state["model"].items())
    assert not (run.folder / "checkpoint.new").exists()


def test_a_stopped_run_is_gone_on_with(encoder: Path, tmp_path: Path) -> None:
    trainer_in(tmp_path, encoder, steps=3, save_every=2).run(endless)
    stopped = torch.load(tmp_path / "checkpoint.pt", weights_only=True)
    resumed = trainer_in(tmp_path, encoder, steps=5)
    after = resumed.model.state_dict()
    assert resumed.step == stopped["step"] == 3
    assert all(weight.equal(after[name]) for name, weight in stopped["model"].items())
    assert resumed.heads.equal(stopped["heads"])
    resumed.run(endless)
    ended = torch.load(tmp_path / "checkpoint.pt", weights_only=True)
    assert (resumed.step, ended["step"]) == (5, 5)
    assert {int(entry["step"]) for entry in ended["optimizer"]["state"].values()} == {5}
    assert [record["step"] for record in logged(tmp_path)] == [0, 1, 2, 3, 4]


def test_a_finished_run_is_left_alone(run: Run, encoder: Path) -> None:
    before = (run.folder / "checkpoint.pt").stat().st_mtime_ns
    again = trainer_in(run.folder, encoder, steps=48, decay=10, frozen=10)
    again.run(endless)
    assert again.step == len(logged(run.folder)) == 48
    assert (run.folder / "checkpoint.pt").stat().st_mtime_ns == before


def test_with_other_frozen_layers_the_weights_go_on(run: Run, encoder: Path) -> None:
    other = trainer_in(run.folder, encoder, steps=48, frozen=11)
    after, wanted = other.model.state_dict(), run.trainer.model.state_dict()
    assert all(after[name].equal(wanted[name]) for name in wanted)


def test_a_gradient_that_is_no_number_ends_the_run(encoder: Path, tmp_path: Path) -> None:
    trainer = trainer_in(tmp_path, encoder, steps=3)
    with torch.no_grad():
        trainer.heads[0, 0] = math.nan
    with pytest.raises(FloatingPointError, match="step 0: the gradient is nan"):
        trainer.run(endless)
    assert not (tmp_path / "checkpoint.pt").exists()


def test_a_full_disk_leaves_the_last_checkpoint(encoder: Path, tmp_path: Path) -> None:
    trainer = trainer_in(tmp_path, encoder, steps=3)
    trainer.save()
    whole = (tmp_path / "checkpoint.pt").read_bytes()
    trainer.step = 2
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (len(whole) // 2, hard))
    try:
        with pytest.raises((OSError, RuntimeError)):
            trainer.save()
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert (tmp_path / "checkpoint.pt").read_bytes() == whole
    assert (tmp_path / "checkpoint.new").stat().st_size <= len(whole) // 2
    trainer.save()
    assert trainer_in(tmp_path, encoder, steps=3).step == 2
    assert not (tmp_path / "checkpoint.new").exists()


def test_items_come_in_order_until_their_process_ends() -> None:
    with ahead(lambda: iter("abc")) as items:
        assert [next(items) for _ in range(3)] == ["a", "b", "c"]
        with pytest.raises(RuntimeError, match="the process that makes training windows has ended"):
            next(items)
