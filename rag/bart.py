"""The packaged drafter as a BART, put together from the packaged encoder and trained parts.

BART's encoder layer computes what BERT's does, so the packaged encoder's weights fit; its
position and type embeddings are summed into one. One embedding serves encoder, decoder and
output. Only what training changed is shipped; the rest is taken from the encoder here.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from rag.pieces import ABSTAIN, ABSTAINED, BOS, EOS, PAD, Piece, drafter_tokenizer, encoder_pieces

DECODER_LAYERS = 2
_EMBEDDING_NORM = ("layernorm_embedding.weight", "layernorm_embedding.bias")
PARTS = {  # BERT's name within a layer -> BART's
    "attention.self.query": "self_attn.q_proj",
    "attention.self.key": "self_attn.k_proj",
    "attention.self.value": "self_attn.v_proj",
    "attention.output.dense": "self_attn.out_proj",
    "attention.output.LayerNorm": "self_attn_layer_norm",
    "intermediate.dense": "fc1",
    "output.dense": "fc2",
    "output.LayerNorm": "final_layer_norm",
}
"""Names of an encoder layer's parts: BERT's, and BART's."""


def configuration(vocabulary: int, encoder: Mapping[str, Any]) -> Any:
    """The `BartConfig` of the drafter.

    Args:
        vocabulary: number of pieces.
        encoder: ``config.json`` of the packaged encoder.
    """
    from transformers import BartConfig

    width, heads = encoder["hidden_size"], encoder["num_attention_heads"]
    config = BartConfig(
        vocab_size=vocabulary,
        d_model=width,
        encoder_layers=encoder["num_hidden_layers"],
        decoder_layers=DECODER_LAYERS,
        encoder_attention_heads=heads,
        decoder_attention_heads=heads,
        encoder_ffn_dim=encoder["intermediate_size"],
        decoder_ffn_dim=encoder["intermediate_size"],
        max_position_embeddings=encoder["max_position_embeddings"],
        activation_function="gelu",
        dropout=0.0,
        attention_dropout=0.0,
        scale_embedding=False,
        bos_token_id=BOS,
        pad_token_id=PAD,
        eos_token_id=EOS,
        decoder_start_token_id=BOS,
        forced_eos_token_id=None,
    )
    config.beleg_abstain_token_id = ABSTAINED
    config.beleg_reads_pairs = True
    return config


def base_weights(encoder: Path, rows: Sequence[int]) -> dict[str, Tensor]:
    """Everything of the drafter that comes from the packaged encoder, by name.

    Args:
        encoder: its converted folder.
        rows: for each piece of the drafter its number in the encoder's vocabulary; that of
            the abstention is left aside.
    """
    from safetensors.torch import load_file

    bert = load_file(encoder / "model.safetensors")
    state = encoder_weights(bert, layers_of(encoder))
    state["model.shared.weight"] = embedding(bert, rows)
    for name in (
        "embed_positions.weight",
        "layernorm_embedding.weight",
        "layernorm_embedding.bias",
    ):
        state[f"model.decoder.{name}"] = state[f"model.encoder.{name}"].clone()
    return state


def build(encoder: Path, pieces: int, state: Mapping[str, Tensor]) -> Any:
    """A `BartForConditionalGeneration` with these weights.

    Args:
        encoder: the packaged encoder's converted folder.
        pieces: size of the vocabulary.
        state: all its weights by name, the embedding once.

    Raises:
        ValueError: some are missing, or of another model.
    """
    from transformers import BartForConditionalGeneration

    settings = json.loads((encoder / "config.json").read_text(encoding="utf-8"))
    model = BartForConditionalGeneration(configuration(pieces, settings))
    missing, unexpected = model.load_state_dict(dict(state), strict=False)
    tied = {"lm_head.weight", "final_logits_bias"}
    tied |= {f"model.{part}.embed_tokens.weight" for part in ("encoder", "decoder")}
    if set(missing) - tied or unexpected:
        raise ValueError(f"missing {sorted(set(missing) - tied)}, unexpected {unexpected}")
    model.tie_weights()
    model.generation_config.forced_eos_token_id = None
    return model.train(False)


def write_drafter(
    encoder: Path, rows: Sequence[int], trained: Mapping[str, Tensor], to: Path
) -> None:
    """Write the drafter as a folder that transformers loads.

    Args:
        encoder: the packaged encoder's converted folder.
        rows: as in `base_weights`.
        trained: what training changed, by name.
        to: an existing folder.
    """
    from transformers import PreTrainedTokenizerFast

    state = base_weights(encoder, rows)
    state |= {name: weight.float() for name, weight in trained.items()}
    build(encoder, len(rows), state).save_pretrained(to)
    fast: Any = PreTrainedTokenizerFast
    tokenizer = fast(
        tokenizer_object=drafter_tokenizer(encoder, chosen_pieces(encoder, rows)),
        model_max_length=512,
        bos_token="<s>",
        eos_token="</s>",
        pad_token="<pad>",
        unk_token="<unk>",
        additional_special_tokens=[ABSTAIN],
        model_input_names=["input_ids", "attention_mask"],
        clean_up_tokenization_spaces=False,
    )
    tokenizer.save_pretrained(to)


def chosen_pieces(encoder: Path, rows: Sequence[int]) -> list[Piece]:
    """The drafter's pieces from their numbers in the encoder's vocabulary."""
    known = encoder_pieces(encoder)
    chosen = [known[row] for row in rows]
    chosen[ABSTAINED] = (ABSTAIN, 0.0)
    return chosen


def layers_of(encoder: Path) -> int:
    """Number of the encoder's layers."""
    settings = json.loads((encoder / "config.json").read_text(encoding="utf-8"))
    return int(settings["num_hidden_layers"])


def encoder_weights(bert: Mapping[str, Tensor], layers: int) -> dict[str, Tensor]:
    """Weights of BART's encoder, without the word embedding, by name.

    Args:
        bert: weights of the packaged encoder by name.
        layers: number of its layers.
    """
    positions = bert["embeddings.position_embeddings.weight"]
    summed = positions + bert["embeddings.token_type_embeddings.weight"][0]
    offset = torch.zeros(2, positions.shape[1])  # BART counts positions from 2
    weights = {
        "model.encoder.embed_positions.weight": torch.cat([offset, summed]),
        "model.encoder.layernorm_embedding.weight": bert["embeddings.LayerNorm.weight"].clone(),
        "model.encoder.layernorm_embedding.bias": bert["embeddings.LayerNorm.bias"].clone(),
    }
    for layer in range(layers):
        weights |= renamed(bert, layer, f"model.encoder.layers.{layer}.", PARTS)
    return weights


def embedding(bert: Mapping[str, Tensor], rows: Sequence[int]) -> Tensor:
    """(pieces, width) float32: the encoder's rows for these pieces.

    The abstention gets the mean of all, turned around: far from every word.

    Args:
        bert: weights of the packaged encoder by name.
        rows: as in `base_weights`.
    """
    words = bert["embeddings.word_embeddings.weight"]
    chosen = words[torch.tensor(rows)].clone()
    mean = chosen.mean(0)
    chosen[ABSTAINED] = -mean / mean.norm() * words.norm(dim=1).mean()
    return chosen


def renamed(
    bert: Mapping[str, Tensor], source: int, target: str, parts: Mapping[str, str]
) -> dict[str, Tensor]:
    """One encoder layer's weights under BART's names.

    Args:
        bert: weights of the packaged encoder by name.
        source: number of the layer.
        target: what the new names begin with.
        parts: names of the layer's parts, old and new.
    """
    return {
        f"{target}{new}.{kind}": bert[f"encoder.layer.{source}.{old}.{kind}"].clone()
        for old, new in parts.items()
        for kind in ("weight", "bias")
    }
