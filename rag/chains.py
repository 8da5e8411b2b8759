"""Token chains: what an answer can be written with, once its first token is chosen.

Grounded decoding for a network that reads each evidence by itself: an answer is a run of
its tokens from the start of a word to the end of a word. A chain is the text from one
possible start on, with the alternatives that stand beside each of its tokens. Training and
drafting both take their alternatives from here. Pure; see `rag.exact`.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import dataclass

from rag.sentences import split_sentences
from rag.texttokens import NO_TOKEN, Encoded, TextTokens
from rag.wordspans import Words


@dataclass(frozen=True, slots=True)
class Piece:
    """An evidence text, or a part of it, as tokens.

    Args:
        evidence: number of the evidence.
        ids: the tokens.
        begins: for each the start of the word that a span begins with if it begins there,
            as code point of the evidence text, or -1.
        ends: the end of the word that a span ends with if it ends there, or -1.
    """

    evidence: int
    ids: tuple[int, ...]
    begins: tuple[int, ...]
    ends: tuple[int, ...]

    @property
    def entries(self) -> tuple[int, ...]:
        """Distinct tokens that an answer may begin with; rising."""
        pairs = zip(self.ids, self.begins, strict=True)
        return tuple(sorted({token for token, begin in pairs if begin >= 0 and token >= 0}))


@dataclass(frozen=True, slots=True)
class Chain:
    """The text from one possible start on.

    Args:
        piece: number of the piece.
        start: number of the first token in it.
        tokens: the first token and those after it.
        choices: for each of the tokens what may be written after it: the token that follows
            in the chain first (the end token for the last one), then the others.
    """

    piece: int
    start: int
    tokens: tuple[int, ...]
    choices: tuple[tuple[int, ...], ...]


def whole_piece(evidence: int, text: str, encoded: Encoded) -> Piece:
    """A text as one piece.

    Args:
        evidence: its number.
        text: the text.
        encoded: its tokens.
    """
    tokens = TextTokens(text, Words.of(text), encoded)
    begins, ends = (
        tuple(
            NO_TOKEN if token == NO_TOKEN else at
            for token, at in zip(encoded.ids, found, strict=True)
        )
        for found in (tokens.begins, tokens.ends)
    )
    return _piece(evidence, encoded.ids, begins, ends)


def pieces_of(
    evidence: int, text: str, encoded: Encoded, *, chars: int, room: int, overlap: int
) -> Iterator[Piece]:
    """A text as pieces: as many whole sentences as fit, the last one again in the next.

    Args:
        evidence: its number.
        text: the text.
        encoded: its tokens.
        chars: most code points of a piece of several sentences.
        room: most tokens of a piece; a longer sentence is cut.
        overlap: tokens that the parts of such a sentence share, less than `room`.
    """
    whole = whole_piece(evidence, text, encoded)
    for start, end in _windows(text, chars):
        first, last = _tokens_of(text, encoded, start, end)
        for at in range(first, max(first + 1, last - overlap), room - overlap):
            part = slice(at, min(last, at + room))
            yield _piece(evidence, whole.ids[part], whole.begins[part], whole.ends[part])


def _piece(
    evidence: int, ids: tuple[int, ...], begins: tuple[int, ...], ends: tuple[int, ...]
) -> Piece:
    """A piece in which no span begins that could not end."""
    last = max(ends, default=-1)
    return Piece(evidence, ids, tuple(at if at < last else -1 for at in begins), ends)


def _tokens_of(text: str, encoded: Encoded, start: int, end: int) -> tuple[int, int]:
    """The tokens of a part of a text, with the blank before it if that is a token.

    A blank before a word stands in the word's token or in one of its own.
    """
    first = bisect_right(encoded.offsets, start, key=lambda offset: offset[1])
    if first and (before := encoded.offsets[first - 1])[1] == start:
        first -= text[slice(*before)].isspace()
    return first, bisect_left(encoded.offsets, end, key=lambda offset: offset[0])


def _windows(text: str, chars: int) -> Iterator[tuple[int, int]]:
    """Runs of sentences; two neighbours share a sentence, unless each is only one."""
    sentences = split_sentences(text)
    first = 0
    while first < len(sentences):
        last = first
        while (
            last + 1 < len(sentences) and sentences[last + 1].end - sentences[first].start <= chars
        ):
            last += 1
        yield sentences[first].start, sentences[last].end
        if last + 1 == len(sentences):
            return
        first = max(first + 1, last)


def chain_from(piece: Piece, number: int, start: int, size: int, eos: int) -> Chain:
    """The chain that begins with a token.

    Args:
        piece: the piece.
        number: its number.
        start: number of the token, one that a span may begin with.
        size: most tokens.
        eos: the end token.
    """
    ids = piece.ids
    stop = max(k for k, end in enumerate(piece.ends) if end >= 0) + 1
    tokens = ids[start : min(start + size, stop)]
    if NO_TOKEN in tokens:
        tokens = tokens[: tokens.index(NO_TOKEN)]
    same = [k for k, b in enumerate(piece.begins) if b >= 0 and ids[k] == tokens[0]]
    choices = []
    for step in range(len(tokens)):
        same = [k for k in same if k + step < stop and ids[k + step] == tokens[step]]
        after = {ids[k + step + 1] for k in same if k + step + 1 < stop} - {NO_TOKEN}
        if any(piece.ends[k + step] > piece.begins[k] for k in same):
            after.add(eos)
        following = tokens[step + 1] if step + 1 < len(tokens) else eos
        choices.append((following, *sorted(after - {following})))
    return Chain(number, start, tokens, tuple(choices))
