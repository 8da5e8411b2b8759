"""Command that turns a checkpoint into a model.

``python -m rag.training.export --run first --to FOLDER`` writes a folder that transformers
loads and ``beleg ask --drafter FOLDER`` takes; ``--ship`` writes the weights that the
project ships instead, in half precision, with their manifest.
"""

from __future__ import annotations

import argparse
import hashlib
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from index.e5 import SHA256, packaged_model
from index.modelfolder import quiet
from rag.bart import write_drafter
from rag.packaged import MANIFEST, NAME, ROWS, SHIPPED, WEIGHTS


def main(arguments: Sequence[str] | None = None) -> None:
    """Export."""
    parser = argparse.ArgumentParser(prog="python -m rag.training.export", description=__doc__)
    parser.add_argument("--cache", type=Path, default=Path.home() / ".cache" / "beleg")
    parser.add_argument("--run", default="first", help="name of the run")
    parser.add_argument("--to", type=Path, help="folder to write")
    parser.add_argument("--ship", action="store_true", help="write the project's own weights")
    parser.add_argument(
        "--random-decoder", action="store_true", help="with random decoder weights, to compare"
    )
    chosen = parser.parse_args(arguments)
    training = chosen.cache / "training"
    state = torch.load(training / chosen.run / "checkpoint.pt", weights_only=True)
    rows = json.loads((training / "pieces.json").read_text(encoding="utf-8"))
    weights = {name: tensor.half() for name, tensor in state["model"].items()}
    if chosen.random_decoder:
        weights = randomised(weights)
    if chosen.ship:
        ship(weights, rows, {"run": chosen.run, "step": state["step"], "plan": state["plan"]})
    if chosen.to is not None:
        chosen.to.mkdir(parents=True, exist_ok=True)
        with quiet():
            write_drafter(packaged_model(chosen.cache), rows, weights, chosen.to)


def randomised(weights: Mapping[str, Tensor], seed: int = 0) -> dict[str, Tensor]:
    """The same weights with the decoder's drawn anew, each with its own mean and deviation."""
    torch.manual_seed(seed)
    return {
        name: (torch.randn(w.shape) * w.float().std() + w.float().mean()).half()
        if name.startswith("model.decoder")
        else w
        for name, w in weights.items()
    }


def ship(
    weights: Mapping[str, Tensor],
    rows: Sequence[int],
    training: Mapping[str, Any],
    folder: Path = SHIPPED,
) -> None:
    """Write weights and manifest.

    Args:
        weights: what training changed, by name.
        rows: the pieces by number in the encoder's vocabulary.
        training: facts of the run.
        folder: where.
    """
    from safetensors.torch import save

    folder.mkdir(parents=True, exist_ok=True)
    data = save({**weights, ROWS: torch.tensor(rows, dtype=torch.int32)})
    (folder / WEIGHTS).write_bytes(data)
    manifest = {
        "name": NAME,
        "sha256": hashlib.sha256(data).hexdigest(),
        "bytes": len(data),
        "encoder_sha256": SHA256,
        "training": training,
    }
    text = json.dumps(manifest, indent=2) + "\n"
    (folder / MANIFEST).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
