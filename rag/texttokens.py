"""A text as a model's tokens, and which of them an answer may begin and end with.

An answer is made of whole words. A token may hold more than a word (a blank, a quotation
mark, a full stop) or less; this module says for each token which word a span begins or
ends with if it begins or ends there. Pure.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from rag.wordspans import Words, is_dropped_tail

NO_TOKEN = -1
"""Stands in an encoding for a token that no span may cross."""
_ENTRY_CHARS = 64  # a longer run without a blank is no word that an answer begins with


@dataclass(frozen=True, slots=True)
class Encoded:
    """A text as tokens, without the special ones.

    Args:
        ids: the tokens, or `NO_TOKEN`.
        offsets: for each token the code points ``[start, end)`` of the text that it stands
            for; starts and ends never fall, several tokens may share a code point.
    """

    ids: tuple[int, ...]
    offsets: tuple[tuple[int, int], ...]


@dataclass(frozen=True)
class TextTokens:
    """Tokens of a text, or of a part of it, with offsets into the whole text."""

    text: str
    words: Words
    encoded: Encoded

    @cached_property
    def begins(self) -> list[int]:
        """For each token the start of the word that a span beginning with it begins with.

        -1 where none may: inside a word or a character, at punctuation that touches no word
        after it. A blank may stand before the word as a token of its own.
        """
        return [self._begins(k) for k in range(len(self.encoded.ids))]

    @cached_property
    def ends(self) -> list[int]:
        """For each token the end of the word that a span ending with it ends with, or -1.

        After punctuation it is the end of the word before, if the two touch.
        """
        return [self._ends(k) for k in range(len(self.encoded.ids))]

    def entrances(self) -> Iterator[tuple[int, str]]:
        """Each word's start, and the text from there to the next blank if that is near."""
        for at, start in enumerate(self.words.starts):
            if at == start:
                chunk = self.text[at : at + _ENTRY_CHARS].split(maxsplit=1)[0]
                if len(chunk) < _ENTRY_CHARS:
                    yield at, chunk

    def has_run(self, start: int, ids: tuple[int, ...]) -> bool:
        """Whether a span that begins at this word can begin with these tokens."""
        return any(
            self.encoded.ids[k : k + len(ids)] == ids
            for k, begin in enumerate(self.begins)
            if begin == start
        )

    def token_after(self, offset: int) -> int:
        """Number of the first token after an offset, -1 if there is none or it reaches over."""
        for k, (start, end) in enumerate(self.encoded.offsets):
            if end > offset:
                return k if start >= offset else -1
        return -1

    def part(self, start: int, encoded: Encoded) -> TextTokens:
        """Other tokens for the text from `start`."""
        shifted = tuple((start + first, start + end) for first, end in encoded.offsets)
        return TextTokens(self.text, self.words, Encoded(encoded.ids, shifted))

    def _begins(self, k: int) -> int:
        start, end = self.encoded.offsets[k]
        if k and self.encoded.offsets[k - 1][1] > start:
            return -1  # the token before stands for a part of the same character
        while start < len(self.text) and self._is_skipped(start, inside=start < end):
            start += 1
        at_word = start < len(self.text) and self.words.starts[start] == start
        return start if at_word else -1

    def _ends(self, k: int) -> int:
        start, end = self.encoded.offsets[k]
        following = len(self.text)
        if k + 1 < len(self.encoded.ids):
            following = self.encoded.offsets[k + 1][0]
        if following < end or not self.text[start:end].strip():
            return -1  # the token after stands for a part of the same character; or a blank
        last = end
        while last and self._is_skipped(last - 1, inside=last > start):
            last -= 1
        word_end = self.words.ends[last - 1] if last else -1
        dropped = following >= word_end and is_dropped_tail(self.text[last:word_end])
        return word_end if last == word_end or dropped else -1

    def _is_skipped(self, at: int, *, inside: bool) -> bool:
        """No part of a word: punctuation; inside the token a blank, too."""
        return self.words.starts[at] < 0 and (inside or not self.text[at].isspace())
