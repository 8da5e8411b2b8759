"""The drafter's start: the packaged encoder and a shallow decoder that copies.

The decoder starts from encoder layers, and its last cross-attention from a linear map that
turns encoder states back into the embeddings of their tokens: whatever it attends to, it
writes. What is left to learn is where to look.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from rag.bart import DECODER_LAYERS, PARTS, base_weights, build, renamed

_FROM_LAYERS = (9, 11)
"""Encoder layers that the decoder's layers start from."""
_CROSS = {
    "attention.self.query": "encoder_attn.q_proj",
    "attention.self.key": "encoder_attn.k_proj",
    "attention.self.value": "encoder_attn.v_proj",
    "attention.output.dense": "encoder_attn.out_proj",
    "attention.output.LayerNorm": "encoder_attn_layer_norm",
}


def warm_start(encoder: Path, rows: Sequence[int]) -> Any:
    """A `BartForConditionalGeneration` from the packaged encoder, untrained.

    Args:
        encoder: its converted folder.
        rows: as in `rag.bart.base_weights`.
    """
    from safetensors.torch import load_file

    bert = load_file(encoder / "model.safetensors")
    state = base_weights(encoder, rows)
    for layer, source in enumerate(_FROM_LAYERS[:DECODER_LAYERS]):
        for parts in (PARTS, _CROSS):
            state |= renamed(bert, source, f"model.decoder.layers.{layer}.", parts)
    return build(encoder, len(rows), state)


@torch.no_grad()
def teach_copying(
    model: Any, batches: Sequence[tuple[Tensor, Tensor]], ridge: float = 1.0
) -> float:
    """Set the last cross-attention so that it writes the token that it attends to.

    Ridge regression from encoder states to the embeddings of their tokens, on some text.

    Args:
        model: a warm start; changed in place.
        batches: token ids (rows, tokens) and attention masks.
        ridge: weight of the penalty.

    Returns:
        Share of tokens whose own embedding fits best to their mapped state.
    """
    shared = model.model.shared.weight
    width = shared.shape[1]
    gram, cross = torch.zeros(width, width), torch.zeros(width, width)
    for ids, mask in batches:
        states, wanted = _states(model, ids, mask)
        gram += states.T @ states
        cross += states.T @ wanted
    mapped = torch.linalg.solve(gram + ridge * torch.eye(width), cross)  # states @ mapped
    attention = model.model.decoder.layers[-1].encoder_attn
    attention.v_proj.weight.copy_(torch.eye(width))
    attention.v_proj.bias.zero_()
    attention.out_proj.weight.copy_(mapped.T * (width**0.5 / shared.norm(dim=1).mean()))
    attention.out_proj.bias.zero_()
    ids, mask = batches[-1]
    states, _ = _states(model, ids, mask)
    found = (states @ mapped @ shared.T).argmax(1)
    return float((found == ids[mask.bool()]).float().mean())


def _states(model: Any, ids: Tensor, mask: Tensor) -> tuple[Tensor, Tensor]:
    hidden = model.model.encoder(input_ids=ids, attention_mask=mask).last_hidden_state
    kept = mask.bool()
    return hidden[kept], model.model.shared.weight[ids[kept]]
