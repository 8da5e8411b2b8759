"""Loads an encoder-decoder and finds out what drafting needs to know of it.

Refuses what cannot be grounded or is not whole: a tokenizer that cannot tell where its
tokens come from, weights that are pickled, cut short or missing, two vocabularies in one
model.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from index.errors import ModelError
from index.modelfolder import Source, check_folder, find_model, loading, quiet, weights_sha256
from index.types import ModelIdentity
from rag.texttokens import NO_TOKEN, Encoded

_KIND = "a transformers encoder-decoder model"
_ASSUMED_TOKENS = 1024  # read by a model that names no limit
_NO_LIMIT = 1_000_000  # a tokenizer without a limit names a number beyond this
_PADDED_POSITIONS = frozenset({"roberta", "xlm-roberta", "xlm-roberta-xl", "camembert"})


@dataclass(frozen=True, slots=True)
class Loaded:
    """A model that can draft.

    Args:
        model: the transformers model, in evaluation mode.
        tokenizer: its fast tokenizer; special tokens in a text are plain text to it.
        identity: name and digest of the weights.
        start: tokens that the decoder is given to begin with; a forced first token is one.
        eos: token that ends an output.
        pad: token that fills up a batch.
        abstain: token that refuses to answer (``beleg_abstain_token_id`` of the model's
            configuration); None where `eos` at once does.
        control: tokens that no text holds.
        input_limit: most tokens that it reads.
        output_limit: most tokens of a span that its decoder can write.
        reads_pairs: it was made by `rag.training`: it reads the pair of question and
            evidence (``beleg_reads_pairs`` of the model's configuration).
    """

    model: Any
    tokenizer: Any
    identity: ModelIdentity
    start: tuple[int, ...]
    eos: int
    pad: int
    abstain: int | None
    control: frozenset[int]
    input_limit: int
    output_limit: int
    reads_pairs: bool = False


def load_model(name: str, *, allow_download: bool = False) -> Loaded:
    """Load a model for drafting; see `rag.draft.load_drafter` for arguments and errors."""
    return load_source(find_model(name, allow_download=allow_download))


def load_source(source: Source) -> Loaded:
    """Load a model that was found.

    Raises:
        ModelError: it is not safe to load or cannot be used.
    """
    check_folder(source, kind=_KIND)
    model, tokenizer = _read(source)
    _check_tokenizer(source, model, tokenizer)
    identity = ModelIdentity(source.name, weights_sha256(source.folder), 0)
    return describe(model, tokenizer, identity)


def describe(model: Any, tokenizer: Any, identity: ModelIdentity) -> Loaded:
    """What drafting needs to know of a model; its own generation settings are dropped.

    Raises:
        ModelError: the model names no token to begin or to end with.
    """
    tokenizer.split_special_tokens = True  # an article may spell out "</s>"
    first = _first_of(model, tokenizer, identity.name)
    start = [first("decoder_start_token_id", "bos_token_id", "cls_token_id")]
    forced = first("forced_bos_token_id", default=-1)
    if forced >= 0 and forced != start[0]:
        start.append(forced)
    eos = first("eos_token_id", "sep_token_id")
    pad = first("pad_token_id", default=eos)
    abstain = getattr(model.config, "beleg_abstain_token_id", None)
    size = model.get_input_embeddings().num_embeddings
    if abstain is not None and not 0 <= abstain < size:
        raise ModelError(
            f"{identity.name}: abstain token {abstain}, its vocabulary has {size}",
            hint="correct beleg_abstain_token_id in its config.json",
        )
    control = {*tokenizer.all_special_ids, *start, pad} - {tokenizer.unk_token_id}
    model.generation_config = generation_settings(
        decoder_start_token_id=start[0], eos_token_id=eos, pad_token_id=pad
    )
    model.eval()
    return Loaded(
        model=model,
        tokenizer=tokenizer,
        identity=identity,
        start=tuple(start),
        eos=eos,
        pad=pad,
        abstain=abstain,
        control=frozenset(control | {eos, pad, *start}),
        input_limit=_input_limit(model, tokenizer),
        output_limit=_positions(_part(model.config, "decoder"), _NO_LIMIT) - len(start) - 1,
        reads_pairs=bool(getattr(model.config, "beleg_reads_pairs", False)),
    )


def encode(tokenizer: Any, texts: Sequence[str]) -> list[Encoded]:
    """Texts as tokens with offsets, without special tokens.

    Args:
        tokenizer: a fast tokenizer of transformers.
        texts: the texts.
    """
    if not texts:
        return []
    encoded = tokenizer(
        list(texts), add_special_tokens=False, return_offsets_mapping=True, verbose=False
    )
    pairs = zip(encoded["input_ids"], encoded["offset_mapping"], strict=True)
    return [rising(ids, offsets) for ids, offsets in pairs]


def rising(ids: Sequence[int], offsets: Sequence[tuple[int, int]]) -> Encoded:
    """An encoding in which starts and ends never fall.

    Args:
        ids: the tokens.
        offsets: their offsets, as the tokenizer gives them.

    Returns:
        Tokens without a character of their own stand where the one before ends; a token
        that goes back becomes `NO_TOKEN`, so that no span crosses it.
    """
    kept: list[int] = []
    places: list[tuple[int, int]] = []
    last = (0, 0)
    for token, (start, end) in zip(ids, offsets, strict=True):
        if start == end:
            start = end = max(start, last[1])
        if start < last[0] or end < last[1]:
            token, start, end = NO_TOKEN, last[1], last[1]
        kept.append(token)
        places.append((start, end))
        last = (start, end)
    return Encoded(tuple(kept), tuple(places))


def generation_settings(**values: Any) -> Any:
    """Settings of `generate`: these, and the library's defaults."""
    from transformers import GenerationConfig

    kind: Any = GenerationConfig  # it has no type information
    return kind(**values)


def _first_of(model: Any, tokenizer: Any, name: str) -> Callable[..., int]:
    """Looks a token up: generation settings, configuration, decoder's part, tokenizer."""
    configs = (model.generation_config, model.config, _part(model.config, "decoder"), tokenizer)

    def first(*names: str, default: int | None = None) -> int:
        for key in names:
            for config in configs:
                value = getattr(config, key, None)
                value = value[0] if isinstance(value, list | tuple) and value else value
                if isinstance(value, int):
                    return value
        if default is None:
            raise ModelError(
                f"{name}: no {names[0]} in its configuration",
                hint="the model does not say how its outputs begin and end; use another one",
            )
        return default

    return first


def _part(config: Any, name: str) -> Any:
    """The encoder's or decoder's part of a configuration, or all of it; text, not vision."""
    part = getattr(config, name, None)
    part = config if part is None else part
    return getattr(part, "text_config", None) or part


def _positions(config: Any, default: int) -> int:
    """Number of positions that a learned or rotary embedding was made for."""
    names = ("max_encoder_position_embeddings", "max_position_embeddings")
    found = [getattr(config, name, None) for name in names]
    limit = next((value for value in found if isinstance(value, int) and value > 0), default)
    if config.model_type in _PADDED_POSITIONS:  # positions are counted from the padding's id
        limit -= (config.pad_token_id or 0) + 1
    return limit


def _input_limit(model: Any, tokenizer: Any) -> int:
    known = [_positions(_part(model.config, "encoder"), _NO_LIMIT), tokenizer.model_max_length]
    return min([limit for limit in known if limit < _NO_LIMIT], default=_ASSUMED_TOKENS)


def _check_tokenizer(source: Source, model: Any, tokenizer: Any) -> None:
    if not tokenizer.is_fast:
        raise ModelError(
            f"{source.name}: {type(tokenizer).__name__} cannot tell where a token stands in a text",
            hint="use a model with a fast tokenizer (a tokenizer.json)",
        )
    read = model.get_input_embeddings().num_embeddings
    written = model.get_output_embeddings().weight.shape[0]
    if read != written:
        raise ModelError(
            f"{source.name}: it reads {read} tokens and writes {written}, not the same ones",
            hint="use a model with one vocabulary for encoder and decoder",
        )
    if len(tokenizer) > read:
        raise ModelError(
            f"{source.name}: its tokenizer has {len(tokenizer)} tokens, the model {read}",
            hint="the tokenizer belongs to another model; get both from one place",
        )


def _read(source: Source) -> tuple[Any, Any]:
    """Model and tokenizer from a checked folder, on the CPU, without the library's words."""
    with quiet():
        import torch
        from transformers import AutoModelForSeq2SeqLM, AutoTokenizer

        local = {"local_files_only": True, "trust_remote_code": False}
        hint = f"check that the folder holds the whole of {_KIND} and its tokenizer"
        with loading(source, hint, " as an encoder-decoder"):
            tokenizer = AutoTokenizer.from_pretrained(str(source.folder), **local)
            model, report = AutoModelForSeq2SeqLM.from_pretrained(
                str(source.folder),
                use_safetensors=True,
                dtype=torch.float32,
                output_loading_info=True,
                **local,
            )
    wrong = sorted(map(str, [*report["missing_keys"], *report["mismatched_keys"]]))
    if wrong:
        raise ModelError(
            f"{source.name}: {len(wrong)} weights are missing or of another size: {wrong[0]}",
            hint=f"check that the folder holds the whole of {_KIND}",
        )
    return model, tokenizer
