"""Writes the packaged encoder as a folder that sentence-transformers loads.

A BERT without a pooler, its tokenizer, mean pooling and normalisation: the
layout of the model's own repository. Owns the names of both worlds; knows
nothing of caches, locks and digests (index.e5).
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from index.e5file import E5File
from index.e5tokens import MASK, build_tokenizer

# Source: the model card of multilingual-e5; "document" is the word of sentence-transformers
PROMPTS = {
    "query": "query: ",
    "passage": "passage: ",
    "document": "passage: ",
}
_LAYER = {  # name in the file -> name in transformers' BertModel
    "q": "attention.self.query",
    "k": "attention.self.key",
    "v": "attention.self.value",
    "ao": "attention.output.dense",
    "aln": "attention.output.LayerNorm",
    "fi": "intermediate.dense",
    "fo": "output.dense",
    "oln": "output.LayerNorm",
}


def write_model(file: E5File, folder: Path) -> None:
    """Writes configuration, tokenizer and float32 weights.

    Args:
        file: the parsed data file.
        folder: an existing, empty folder.

    Raises:
        ModelUnavailableError: a tensor is missing or has another size.
        OSError: the folder cannot be written.
    """
    from safetensors.numpy import save_file

    for name, content in _configs(file).items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")
    build_tokenizer(file).save(str(folder / "tokenizer.json"), pretty=False)
    weights = {ours: file.weights(theirs, *shape) for ours, theirs, shape in _tensors(file)}
    save_file(weights, folder / "model.safetensors", metadata={"format": "pt"})
    # save_file writes for the owner only; a cache may be shared
    (folder / "model.safetensors").chmod((folder / "config.json").stat().st_mode & 0o777)


def _tensors(file: E5File) -> Iterator[tuple[str, str, tuple[int, ...]]]:
    """(name in BertModel, name in the file, shape) of every weight, without a pooler."""
    sizes = file.sizes
    hidden, wide = sizes.hidden, sizes.intermediate
    yield "embeddings.word_embeddings.weight", "emb.word", (sizes.vocabulary, hidden)
    yield "embeddings.position_embeddings.weight", "emb.pos", (sizes.positions, hidden)
    yield "embeddings.token_type_embeddings.weight", "emb.type", (sizes.types, hidden)
    yield "embeddings.LayerNorm.weight", "emb.ln.w", (hidden,)
    yield "embeddings.LayerNorm.bias", "emb.ln.b", (hidden,)
    shapes = {"fi": (wide, hidden), "fo": (hidden, wide), "aln": (hidden,), "oln": (hidden,)}
    for layer in range(sizes.layers):
        for short, long in _LAYER.items():
            shape = shapes.get(short, (hidden, hidden))
            yield f"encoder.layer.{layer}.{long}.weight", f"l{layer}.{short}.w", shape
            yield f"encoder.layer.{layer}.{long}.bias", f"l{layer}.{short}.b", shape[:1]


def _configs(file: E5File) -> dict[str, dict[str, Any] | list[dict[str, Any]]]:
    """The JSON files that transformers and sentence-transformers read, by name."""
    sizes, words = file.sizes, file.words
    special = {
        "bos_token": words.pieces[words.bos],
        "cls_token": words.pieces[words.bos],
        "eos_token": words.pieces[words.eos],
        "sep_token": words.pieces[words.eos],
        "pad_token": words.pieces[words.pad],
        "unk_token": words.pieces[words.unk],
    } | ({"mask_token": MASK} if MASK in words.pieces else {})
    library = "sentence_transformers.models"
    return {
        "config.json": _bert_config(file),
        "special_tokens_map.json": special,
        "tokenizer_config.json": {
            "tokenizer_class": "PreTrainedTokenizerFast",
            "model_max_length": sizes.positions,
            "model_input_names": ["input_ids", "attention_mask"],
            "clean_up_tokenization_spaces": False,
            **special,
        },
        "modules.json": [
            {"idx": 0, "name": "0", "path": "", "type": f"{library}.Transformer"},
            {"idx": 1, "name": "1", "path": "1_Pooling", "type": f"{library}.Pooling"},
            {"idx": 2, "name": "2", "path": "2_Normalize", "type": f"{library}.Normalize"},
        ],
        "sentence_bert_config.json": {
            "max_seq_length": sizes.positions,
            "do_lower_case": False,
            "model_args": {"add_pooling_layer": False},
        },
        "1_Pooling/config.json": {
            "word_embedding_dimension": sizes.hidden,
            "pooling_mode_mean_tokens": True,
        },
        "2_Normalize/config.json": {},
        "config_sentence_transformers.json": {"prompts": PROMPTS, "similarity_fn_name": "cosine"},
    }


def _bert_config(file: E5File) -> dict[str, Any]:
    sizes = file.sizes
    return {
        "architectures": ["BertModel"],
        "model_type": "bert",
        "vocab_size": sizes.vocabulary,
        "hidden_size": sizes.hidden,
        "num_hidden_layers": sizes.layers,
        "num_attention_heads": sizes.heads,
        "intermediate_size": sizes.intermediate,
        "max_position_embeddings": sizes.positions,
        "type_vocab_size": sizes.types,
        "layer_norm_eps": float(f"{sizes.epsilon:.6g}"),  # 1e-12, not its float32 neighbour
        "hidden_act": "gelu",
        "hidden_dropout_prob": 0.1,
        "attention_probs_dropout_prob": 0.1,
        "pad_token_id": file.words.pad,
        "dtype": "float32",
    }
