"""The tokens of the packaged drafter: some of the packaged encoder's, and one to abstain."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

ABSTAIN = "<abstain>"
SPECIAL = ("<s>", "<pad>", "</s>", "<unk>")
"""Ids 0 to 3, as in the encoder's own vocabulary; `ABSTAIN` is 4."""
BOS, PAD, EOS = (SPECIAL.index(token) for token in ("<s>", "<pad>", "</s>"))
ABSTAINED = len(SPECIAL)
Piece = tuple[str, float]
"""Text and log-probability."""


def encoder_pieces(encoder: Path) -> list[Piece]:
    """All pieces of the packaged encoder in its order.

    Args:
        encoder: its converted folder.
    """
    settings = json.loads((encoder / "tokenizer.json").read_text(encoding="utf-8"))
    return [(piece, score) for piece, score in settings["model"]["vocab"]]


def drafter_tokenizer(encoder: Path, pieces: Sequence[Piece]) -> Any:
    """The encoder's tokenizer with other pieces; one text is ``<s> text </s>``.

    Args:
        encoder: its converted folder.
        pieces: `SPECIAL`, `ABSTAIN`, then the others.

    Returns:
        A `tokenizers.Tokenizer`; a pair is ``<s> a </s> b </s>``.
    """
    from tokenizers import AddedToken, Tokenizer
    from tokenizers.models import Unigram
    from tokenizers.processors import TemplateProcessing

    settings = json.loads((encoder / "tokenizer.json").read_text(encoding="utf-8"))
    unigram = Tokenizer(Unigram(list(pieces), SPECIAL.index("<unk>")))
    settings |= {"added_tokens": [], "post_processor": None}
    settings["model"] = json.loads(unigram.to_str())["model"]
    tokenizer = Tokenizer.from_str(json.dumps(settings))
    tokenizer.add_special_tokens([AddedToken(t, normalized=False) for t in (*SPECIAL, ABSTAIN)])
    tokenizer.post_processor = TemplateProcessing(
        single="<s> $A </s>",
        pair="<s> $A </s> $B </s>",
        special_tokens=[("<s>", BOS), ("</s>", EOS)],
    )
    return tokenizer
