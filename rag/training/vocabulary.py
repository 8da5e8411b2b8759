"""The drafter's vocabulary: the packaged encoder's pieces that its languages need.

A quarter of the encoder's 250,002 pieces is enough for German, English, French and Russian
text; the other pieces would only cost memory and time in the decoder. What is missing is
spelled with shorter pieces. The abstention has a token of its own.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

from rag.pieces import ABSTAIN, SPECIAL, Piece

SIZE = 65_536
_LETTERS = frozenset(
    "abcdefghijklmnopqrstuvwxyzäöüßàâæçéèêëîïôœùûÿñ абвгдежзийклмнопрстуфхцчшщъыьэюяё"
)


def choose_pieces(pieces: Sequence[Piece], counts: Counter[str], size: int = SIZE) -> list[Piece]:
    """The pieces to keep, specials and the abstention first.

    Single letters of the languages and all signs always stay; then come the pieces that
    were counted, most frequent first, then those that the encoder thinks most probable.

    Args:
        pieces: all pieces of the encoder with their log-probabilities, in its order.
        counts: how often each stands in text of the languages.
        size: number of pieces to give.

    Returns:
        Pieces with their log-probabilities; of equal text only the first.
    """
    body = dict(pieces[len(SPECIAL) :])
    always = [piece for piece in body if len(piece.lstrip("▁")) <= 1 and _is_readable(piece)]
    counted = [piece for piece, _ in counts.most_common() if piece in body]
    probable = sorted((p for p in body if _is_readable(p)), key=lambda p: -body[p])
    kept = dict.fromkeys([*always, *counted, *probable])
    room = size - len(SPECIAL) - 1
    chosen = list(kept)[:room]
    first = [*pieces[: len(SPECIAL)], (ABSTAIN, 0.0)]
    return first + [(piece, body[piece]) for piece in chosen]


def count_pieces(tokenizer: Any, texts: Iterable[str], batch: int = 512) -> Counter[str]:
    """How often each piece stands in texts.

    Args:
        tokenizer: a `tokenizers.Tokenizer`.
        texts: the texts.
        batch: texts encoded at a time.
    """
    counts: Counter[int] = Counter()
    waiting: list[str] = []
    for text in texts:
        waiting.append(text)
        if len(waiting) == batch:
            counts.update(_ids(tokenizer, waiting))
            waiting = []
    counts.update(_ids(tokenizer, waiting))
    return Counter({tokenizer.id_to_token(i): n for i, n in counts.items()})


def _ids(tokenizer: Any, texts: Sequence[str]) -> Iterable[int]:
    for encoding in tokenizer.encode_batch(list(texts), add_special_tokens=False):
        yield from encoding.ids


def _is_readable(piece: str) -> bool:
    """Whether all letters of a piece are German, English, French or Russian."""
    return all(char in _LETTERS for char in piece.lower() if char.isalpha())
