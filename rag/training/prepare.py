"""Before training: the vocabulary and the network's start, made once from the encoder."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from random import Random
from typing import Any

import torch
from torch import Tensor

from rag.bart import chosen_pieces
from rag.pieces import drafter_tokenizer, encoder_pieces
from rag.training.network import teach_copying, warm_start
from rag.training.sources import Row, Text
from rag.training.vocabulary import choose_pieces, count_pieces

_COUNTED_TEXTS = 600
_COPIED = (16, 64, 96)  # batches, rows, tokens


def prepared(
    folder: Path, encoder: Path, rows: Sequence[Row], texts: Sequence[Text]
) -> tuple[Any, Any, list[int]]:
    """The network's start, its tokenizer, and its pieces by number in the encoder's vocabulary.

    Args:
        folder: the vocabulary is kept there, in ``pieces.json``.
        encoder: the converted packaged encoder.
        rows: questions by people.
        texts: articles.
    """
    kept = folder / "pieces.json"
    if not kept.exists():
        folder.mkdir(parents=True, exist_ok=True)
        kept.write_text(json.dumps(_chosen(encoder, rows, texts)), encoding="utf-8")
    numbers: list[int] = json.loads(kept.read_text(encoding="utf-8"))
    tokenizer = drafter_tokenizer(encoder, chosen_pieces(encoder, numbers))
    model = warm_start(encoder, numbers)
    share = teach_copying(model, list(_copied(tokenizer, texts)))
    print(f"copying: {share:.3f} of tokens fit best to their own state", flush=True)
    return model, tokenizer, numbers


def _chosen(encoder: Path, rows: Sequence[Row], texts: Sequence[Text]) -> list[int]:
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_file(str(encoder / "tokenizer.json"))
    pieces = encoder_pieces(encoder)
    some = Random(1).sample(list(texts), min(_COUNTED_TEXTS, len(texts)))
    lines = (line for text in some for paragraph in text.paragraphs for line in paragraph)
    counts = count_pieces(tokenizer, lines)
    counts += count_pieces(tokenizer, sorted({row.context for row in rows}))
    counts += count_pieces(tokenizer, (row.question for row in rows))
    numbers: dict[str, int] = {}
    for number, (piece, _) in enumerate(pieces):
        numbers.setdefault(piece, number)
    return [numbers.get(piece, 0) for piece, _ in choose_pieces(pieces, counts)]


def _copied(tokenizer: Any, texts: Sequence[Text]) -> Iterator[tuple[Tensor, Tensor]]:
    """Batches of articles' first sentences: ids and masks."""
    batches, rows, tokens = _COPIED
    lines = [t.paragraphs[0][0] for t in texts if len(t.paragraphs[0][0]) > 60]
    for at in range(0, min(len(lines), batches * rows), rows):
        found = [e.ids[:tokens] for e in tokenizer.encode_batch(lines[at : at + rows])]
        size = max(map(len, found))
        ids = torch.tensor([[*row, *([1] * (size - len(row)))] for row in found])
        yield ids, (ids != 1).long()
