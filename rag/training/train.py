"""Command that trains the drafter; goes on from the last checkpoint.

``python -m rag.training.train --data ../shared/data --run first --steps 6000 --decay 1200``
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

from index.e5 import packaged_model
from rag.training.loop import Plan, Trainer
from rag.training.prepare import prepared
from rag.training.sources import (
    ARTICLES_FILE,
    INVENTED_FILE,
    UNMARKED_FILES,
    WRITTEN_FILE,
    read_invented,
    read_rows,
    read_texts,
    read_written,
)
from rag.training.windows import stream


def main(arguments: Sequence[str] | None = None) -> None:
    """Train."""
    parser = argparse.ArgumentParser(prog="python -m rag.training.train", description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder with train/ and corpora/")
    parser.add_argument("--cache", type=Path, default=Path.home() / ".cache" / "beleg")
    parser.add_argument("--run", default="first", help="name of the run; its checkpoints")
    parser.add_argument("--steps", type=int, default=6_000)
    parser.add_argument("--decay", type=int, default=1_000)
    parser.add_argument("--frozen", type=int, default=6)
    parser.add_argument("--rate", type=float, default=1e-4)
    chosen = parser.parse_args(arguments)
    rows = read_rows(chosen.data / "train")
    unmarked = read_rows(chosen.data / "train", UNMARKED_FILES)
    texts = read_texts(chosen.data / "corpora" / ARTICLES_FILE)
    rows += read_written(WRITTEN_FILE, texts) + read_invented(INVENTED_FILE)
    print(f"{len(rows)} questions by people, {len(texts)} articles", flush=True)
    training = chosen.cache / "training"
    model, tokenizer, _ = prepared(
        training, packaged_model(chosen.cache), [*rows, *unmarked], texts
    )
    plan = Plan(steps=chosen.steps, decay=chosen.decay, frozen=chosen.frozen, rate=chosen.rate)
    trainer = Trainer(model, tokenizer, training / chosen.run, plan)
    trainer.run(lambda rng: stream(rows, unmarked, texts, rng))


if __name__ == "__main__":
    main()
