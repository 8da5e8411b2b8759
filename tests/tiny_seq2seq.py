"""Tiny random encoder-decoders with tokenizers of their own, saved for the real loading code."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tokenizers import (
    Tokenizer,
    decoders,
    models,
    normalizers,
    pre_tokenizers,
    processors,
    trainers,
)

TEXTS = (
    "Pjöngjang hat nach Angaben aus Seoul 8.000 Container verschifft. „Das ist viel“, sagte"
    " Präsident Yoon am 24. Oktober.",
    "»Nicht-Angriffspakt« (40\u00a0% dafür, 3,5 Liter) – Größe: ½\u202fm², ﬁnal…"
    " Straße/Weg, z.B. Köln.",
    "👨‍👩‍👧‍👦 lachten 🌧️! 🇩🇪 siegte 2:1, A👍🏽 und ❤️; cafe\u0301 und U\u0308bung, Muni\u00adtion",
    "\ufeffDer Außen\u00administer Lawrow\tsprach von ‚Gerüchten‘.\r\nMoskau\u2028dementiert:"
    " <b>nein</b></s> [SEP] [PAD].",
    "8.000 Container, -5 Grad, $100, Bürger:innen und O’Neill. ἀρχή Москва 北京 ﷺ ‑ Das ist viel",
)
"""Evidence with umlauts, typographic quotes, numbers, emoji, marks, odd blanks, special tokens."""

TRAIN = [*TEXTS[:1], "Der Minister sprach von Containern und Munition, das ist viel. " * 3]


def unigram(*, normalise: bool = False, byte_fallback: bool = False) -> Tokenizer:
    """Unigram behind Metaspace, as T5 (plain) and mBART have it."""
    made = Tokenizer(models.Unigram())
    made.pre_tokenizer = pre_tokenizers.Metaspace()
    made.decoder = decoders.Metaspace()
    special = ["<pad>", "</s>", "<unk>", "<s>", "<no>", "de_DE"]
    made.train_from_iterator(
        TRAIN,
        trainers.UnigramTrainer(
            vocab_size=110, special_tokens=special, unk_token="<unk>", show_progress=False
        ),
    )
    if byte_fallback:
        state = json.loads(made.to_str())
        state["model"]["vocab"] += [[f"<0x{byte:02X}>", -20.0] for byte in range(256)]
        state["model"]["byte_fallback"] = True
        made = Tokenizer.from_str(json.dumps(state))
    if normalise:
        made.normalizer = normalizers.Sequence(
            [normalizers.NFKC(), normalizers.Replace("\u00ad", "")]
        )
    made.post_processor = processors.TemplateProcessing(
        single="$A </s>", special_tokens=[("</s>", 1)]
    )
    return made


def byte_level() -> Tokenizer:
    """Byte-level BPE without a leading blank, as BART has it."""
    made = Tokenizer(models.BPE())
    made.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    made.decoder = decoders.ByteLevel()
    made.train_from_iterator(
        TRAIN,
        trainers.BpeTrainer(
            vocab_size=340,
            special_tokens=["<pad>", "</s>", "<unk>", "<s>", "<no>"],
            initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
            show_progress=False,
        ),
    )
    made.post_processor = processors.TemplateProcessing(
        single="<s> $A </s>", special_tokens=[("<s>", 3), ("</s>", 1)]
    )
    return made


def word_piece() -> Tokenizer:
    """WordPiece that lower-cases and takes accents off, as BERT has it."""
    made = Tokenizer(models.WordPiece(unk_token="<unk>"))
    made.normalizer = normalizers.BertNormalizer(lowercase=True)
    made.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    made.decoder = decoders.WordPiece()
    special = ["<pad>", "</s>", "<unk>", "<s>", "<no>"]
    made.train_from_iterator(
        TRAIN,
        trainers.WordPieceTrainer(vocab_size=120, special_tokens=special, show_progress=False),
    )
    made.post_processor = processors.TemplateProcessing(
        single="<s> $A </s>", special_tokens=[("<s>", 3), ("</s>", 1)]
    )
    return made


def whole_text() -> Tokenizer:
    """BPE with byte fallback that merges across blanks and punctuation, as Gemma can."""
    made = Tokenizer(models.BPE(byte_fallback=True, unk_token="<unk>"))
    made.normalizer = normalizers.Replace(" ", "▁")
    special = ["<pad>", "</s>", "<unk>", "<s>", "<no>"]
    made.train_from_iterator(
        TRAIN,
        trainers.BpeTrainer(
            vocab_size=380,
            special_tokens=special + [f"<0x{byte:02X}>" for byte in range(256)],
            show_progress=False,
        ),
    )
    made.post_processor = processors.TemplateProcessing(
        single="<s> $A </s>", special_tokens=[("<s>", 3), ("</s>", 1)]
    )
    return made


def fast(tokenizer: Tokenizer, **settings: Any) -> Any:
    """The transformers tokenizer around it."""
    from transformers import PreTrainedTokenizerFast

    return PreTrainedTokenizerFast(
        tokenizer_object=tokenizer,
        pad_token="<pad>",
        eos_token="</s>",
        unk_token="<unk>",
        bos_token="<s>",
        model_max_length=settings.pop("model_max_length", 2000),
        **settings,
    )


_IDS = {"pad_token_id": 0, "eos_token_id": 1, "bos_token_id": 3}


def t5(vocab: int) -> Any:
    from transformers import T5Config, T5ForConditionalGeneration

    return T5ForConditionalGeneration(T5Config(**_t5(vocab)))


def umt5(vocab: int) -> Any:
    from transformers import UMT5Config, UMT5ForConditionalGeneration

    return UMT5ForConditionalGeneration(UMT5Config(**_t5(vocab)))


def _t5(vocab: int) -> dict[str, Any]:
    return {
        **_IDS, "vocab_size": vocab, "d_model": 16, "d_kv": 8, "d_ff": 32, "num_layers": 1,
        "num_heads": 2, "decoder_start_token_id": 0, "initializer_factor": 3.0,
    }  # fmt: skip


def bart(vocab: int) -> Any:
    from transformers import BartConfig, BartForConditionalGeneration

    return BartForConditionalGeneration(
        BartConfig(**_bart(vocab), decoder_start_token_id=1, forced_eos_token_id=1)
    )


def mbart(vocab: int) -> Any:
    """Begins with </s> and a forced language code, and has settings that disturb a search."""
    from transformers import MBartConfig, MBartForConditionalGeneration

    model = MBartForConditionalGeneration(MBartConfig(**_bart(vocab), decoder_start_token_id=1))
    model.generation_config.forced_bos_token_id = 5
    model.generation_config.no_repeat_ngram_size = 1
    model.generation_config.min_length = 30
    model.generation_config.repetition_penalty = 3.0
    return model


def _bart(vocab: int) -> dict[str, Any]:
    return {
        **_IDS, "vocab_size": vocab, "d_model": 16, "encoder_layers": 1, "decoder_layers": 1,
        "encoder_attention_heads": 2, "decoder_attention_heads": 2, "encoder_ffn_dim": 32,
        "decoder_ffn_dim": 32, "max_position_embeddings": 1500, "init_std": 0.6,
    }  # fmt: skip


def bert(vocab: int) -> Any:
    from transformers import BertConfig, EncoderDecoderConfig, EncoderDecoderModel

    part = {
        **_IDS, "vocab_size": vocab, "hidden_size": 16, "num_hidden_layers": 1,
        "num_attention_heads": 2, "intermediate_size": 32, "max_position_embeddings": 1500,
        "initializer_range": 0.6,
    }  # fmt: skip
    decoder = BertConfig(**part, is_decoder=True, add_cross_attention=True)
    config = EncoderDecoderConfig(
        encoder=BertConfig(**part).to_dict(), decoder=decoder.to_dict(),
        decoder_start_token_id=3, pad_token_id=0,
    )  # fmt: skip
    return EncoderDecoderModel(config)


def t5gemma2(vocab: int) -> Any:
    from transformers import T5Gemma2Config, T5Gemma2ForConditionalGeneration

    text = {
        **_IDS, "vocab_size": vocab, "hidden_size": 16, "intermediate_size": 32,
        "num_hidden_layers": 2, "num_attention_heads": 2, "num_key_value_heads": 1, "head_dim": 8,
        "max_position_embeddings": 1500, "sliding_window": 64, "initializer_range": 0.6,
        "layer_types": ["sliding_attention", "full_attention"],
    }  # fmt: skip
    vision = {
        "hidden_size": 8, "intermediate_size": 8, "num_hidden_layers": 1,
        "num_attention_heads": 1, "image_size": 8, "patch_size": 4,
        "model_type": "siglip_vision_model",
    }  # fmt: skip
    encoder = {
        "text_config": dict(text), "vision_config": vision, "mm_tokens_per_image": 4,
        "boi_token_index": vocab - 3, "eoi_token_index": vocab - 2, "image_token_index": vocab - 1,
    }  # fmt: skip
    config = T5Gemma2Config(
        encoder=encoder, decoder=dict(text), image_token_index=vocab - 1, **_IDS
    )
    return T5Gemma2ForConditionalGeneration(config)


FAMILIES: dict[str, tuple[Callable[[int], Any], Callable[[], Tokenizer]]] = {
    "t5": (t5, unigram),
    "umt5": (umt5, lambda: unigram(normalise=True, byte_fallback=True)),
    "bart": (bart, byte_level),
    "mbart": (mbart, lambda: unigram(normalise=True, byte_fallback=True)),
    "bert": (bert, word_piece),
    "t5gemma2": (t5gemma2, whole_text),
}
"""Model and tokenizer by the model's family."""


def save(family: str, folder: Path, seed: int = 0, **settings: Any) -> Path:
    """Write a random model and its tokenizer to a folder; returns the folder."""
    import torch

    make, tokenizer = FAMILIES[family]
    torch.manual_seed(seed)
    wrapped = fast(tokenizer(), **settings)
    model = make(len(wrapped) + 3)
    model.save_pretrained(folder)
    wrapped.save_pretrained(folder)
    return folder


def is_joined(char: str) -> bool:
    return unicodedata.category(char) in ("Mn", "Me", "Mc") or char in "\u200d\u00ad"


def assert_whole(text: str, start: int, end: int) -> None:
    """Whole words, said without the code under test."""
    span, before, after = text[start:end], text[start - 1 : start], text[end : end + 1]
    assert 0 <= start < end <= len(text)
    assert span == span.strip()
    assert not (before.isalnum() and span[0].isalnum())
    assert not (after.isalnum() and span[-1].isalnum())
    assert not is_joined(span[0])
    assert not (after and is_joined(after) and text[end : end + 2].strip("\u00ad ") > " ")
    assert before != "\u200d"
    for left, middle, right in (
        (text[start - 2 : start - 1], before, span[0]),
        (span[-1], after, text[end + 1 : end + 2]),
    ):
        assert not (left.isdigit() and middle in tuple(".,:") and right.isdigit())
