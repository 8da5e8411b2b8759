"""A tiny encoder folder, and a tiny drafter made from it, for the code of the real ones."""

from __future__ import annotations

import json
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import e5_sample

from index.e5file import Words, parse
from index.e5tokens import build_tokenizer
from index.modelfolder import Source, quiet
from rag.bart import configuration, write_drafter
from rag.pieces import SPECIAL
from rag.seq2seqmodel import Loaded, load_source

POSITIONS = 200
_PUNCTUATION = ".,;:!?„“”»«‚‘’()[]–-/…\"'<>"
_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÜabcdefghijklmnopqrstuvwxyzäöüß0123456789"
_WORDS = (
    "▁Das ▁das ▁ist ▁viel ▁der ▁Der ▁sagte ▁Köln ▁Meter ▁hoch en er st ch Turm Wort ▁Turm ▁und"
    " ▁„ ▁8.000 ▁Container “, ▁Muni tion ▁Straße abs tain"
).split()


def encoder_words() -> Words:
    """Pieces for German; other scripts and most emoji are unknown to it."""
    letters = ["▁", *_PUNCTUATION, *_LETTERS, "👍", "\u0301", "\u0323"]
    scores = [0.0] * 4 + [-8.0] * len(letters) + [-3.0 - len(word) / 4 for word in _WORDS] + [0.0]
    return Words((*SPECIAL, *letters, *_WORDS, "<mask>"), tuple(scores), 0, 2, 1, 3)


@cache
def _tokenizer() -> Any:
    return build_tokenizer(replace(parse(e5_sample.write()), words=encoder_words()))


def save_encoder(folder: Path, seed: int = 0) -> Path:
    """Write what `rag.bart` reads of a converted encoder; returns the folder, made if missing."""
    import torch
    from transformers import BertConfig, BertModel

    config = BertConfig(
        vocab_size=len(encoder_words().pieces), hidden_size=16, num_hidden_layers=2,
        num_attention_heads=2, intermediate_size=24, max_position_embeddings=POSITIONS,
        layer_norm_eps=1e-12, pad_token_id=1,
    )  # fmt: skip
    torch.manual_seed(seed)
    with quiet():
        model = BertModel(config, add_pooling_layer=False)
        _draw(model.state_dict())
        model.save_pretrained(folder)
    _tokenizer().save(str(folder / "tokenizer.json"))
    return folder


def rows() -> list[int]:
    """Numbers of the drafter's pieces in the encoder's vocabulary: not all, in another order."""
    pieces = encoder_words().pieces
    chosen = [i for i in range(4, len(pieces)) if pieces[i] not in ("abs", "<mask>", "Q")]
    return [0, 1, 2, 3, 0, *reversed(chosen)]


def trained(encoder: Path, seed: int = 1) -> dict[str, Any]:
    """What training would have changed: decoder and last encoder layer, in half precision."""
    import torch
    from transformers import BartForConditionalGeneration

    settings = json.loads((encoder / "config.json").read_text(encoding="utf-8"))
    torch.manual_seed(seed)
    with quiet():
        state = BartForConditionalGeneration(configuration(len(rows()), settings)).state_dict()
    changed = ("model.decoder.layers.", "model.encoder.layers.1.")
    found = {name: weight for name, weight in state.items() if name.startswith(changed)}
    _draw(found)
    return {name: weight.half() for name, weight in found.items()}


def save(root: Path, seed: int = 0) -> Path:
    """Write a tiny encoder and, from it, a drafter; returns the drafter's folder."""
    encoder, folder = save_encoder(root / "encoder", seed), root / "drafter"
    folder.mkdir()
    with quiet():
        write_drafter(encoder, rows(), trained(encoder, seed + 1), folder)
    return folder


def load(folder: Path) -> Loaded:
    """The drafter as the program loads it."""
    return load_source(Source("winzig", folder))


def _draw(state: dict[str, Any]) -> None:
    """Random weights with which probabilities differ much."""
    for name, weight in state.items():
        if "norm" in name.lower() and name.endswith("weight"):
            weight.normal_(1.0, 0.2)
        elif weight.is_floating_point():
            weight.normal_(0.0, 0.5)
