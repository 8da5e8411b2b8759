"""From a question and an evidence text to what the network trains on.

An `Example` holds the tokens of both, the tokens that the answer is written with, and for
each of them the tokens that grounded decoding would have allowed in its place (`rag.grounded`):
training compares the same alternatives as drafting does.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from rag.chains import Piece, chain_from, whole_piece
from rag.pieces import ABSTAINED, BOS, EOS
from rag.texttokens import Encoded

MAX_SPAN_TOKENS = 31
_MAX_NEXT = 8  # alternatives kept after the first token; more than four are rare


@dataclass(frozen=True, slots=True)
class Window:
    """A question and the evidence that it is asked about.

    Args:
        question: the question.
        evidence: the text.
        spans: answers as ``[start, end)`` of the evidence; empty where it has none. The
            first is what the network is to write.
        kind: where it comes from, for counting.
    """

    question: str
    evidence: str
    spans: tuple[tuple[int, int], ...]
    kind: str


@dataclass(frozen=True, slots=True)
class Example:
    """A window as tokens.

    Args:
        ids: ``<s> question </s> evidence </s>``.
        target: what to write, the end token included; ``<abstain> </s>`` without an answer.
        choices: for each target token the tokens it is chosen from, itself first.
        places: for each target token the position in `ids` that it is read from; 0 for
            abstaining; the end token is read from the last one of the answer.
        first: position in `ids` of the first evidence token.
        kind: as in the window.
    """

    ids: tuple[int, ...]
    target: tuple[int, ...]
    choices: tuple[tuple[int, ...], ...]
    places: tuple[int, ...]
    first: int
    kind: str


def encode_windows(windows: Sequence[Window], tokenizer: Any, max_tokens: int) -> list[Example]:
    """Examples of windows; those that are too long or whose answer cuts a token are left out.

    Args:
        windows: the windows.
        tokenizer: the drafter's `tokenizers.Tokenizer`, without padding and truncation.
        max_tokens: longest example.
    """
    asked = tokenizer.encode_batch([w.question for w in windows], add_special_tokens=False)
    read = tokenizer.encode_batch([w.evidence for w in windows], add_special_tokens=False)
    made = (
        _example(window, tuple(question.ids), Encoded(tuple(evidence.ids), tuple(evidence.offsets)))
        for window, question, evidence in zip(windows, asked, read, strict=True)
    )
    return [e for e in made if e is not None and len(e.ids) <= max_tokens]


def _example(window: Window, question: tuple[int, ...], evidence: Encoded) -> Example | None:
    first = len(question) + 2
    ids = (BOS, *question, EOS, *evidence.ids, EOS)
    piece = whole_piece(0, window.evidence, evidence)
    if not piece.entries:
        return None
    if not window.spans:
        silence = ((ABSTAINED, *piece.entries), (EOS,))
        return Example(ids, (ABSTAINED, EOS), silence, (0, 0), first, window.kind)
    run = _run(window.spans[0], piece)
    if run is None or run[1] - run[0] > MAX_SPAN_TOKENS:
        return None
    chain = chain_from(piece, 0, run[0], run[1] - run[0], EOS)
    firsts = (chain.tokens[0], ABSTAINED, *(t for t in piece.entries if t != chain.tokens[0]))
    choices = (firsts, *(found[:_MAX_NEXT] for found in chain.choices))
    places = tuple(first + k for k in range(*run))
    target = (*chain.tokens, EOS)
    return Example(ids, target, choices, (*places, places[-1]), first, window.kind)


def _run(span: tuple[int, int], piece: Piece) -> tuple[int, int] | None:
    """The tokens of a span, the shortest run that begins and ends with its words."""
    firsts = [k for k, begin in enumerate(piece.begins) if begin == span[0]]
    for first in reversed(firsts):
        for last in range(first, len(piece.ends)):
            if piece.ends[last] == span[1]:
                return first, last + 1
    return None
