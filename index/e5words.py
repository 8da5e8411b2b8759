"""Words to the ids of their pieces: the Unigram half of the packaged encoder's tokenizer.

Does what the tokenizers library does with the same vocabulary, in a fifth of its memory
and start-up; a word that was seen before costs a look-up. What comes before, from text to
words, is still the library's (`index.e5tokens.build_splitter`).
"""

from __future__ import annotations

from functools import lru_cache
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING

from index.e5file import Words

if TYPE_CHECKING:
    from tokenizers import Tokenizer

_UNKNOWN_PENALTY = 10.0  # Source: kUnkPenalty of SentencePiece's unigram_model.cc
_WORDS_KEPT = 16_384  # about 5 MB
_LONGEST_WORD = 20_000  # code points; more than 512 pieces need, whatever they are


class E5Tokenizer:
    """Text to token ids, ``<s> pieces </s>``. For one thread at a time.

    Args:
        words: the vocabulary.
        splitter: file of the splitter into words.
        limit: longest result in tokens, at least 2; what is beyond is cut off. A word of
            more than 20,000 code points is read up to there.
    """

    def __init__(self, words: Words, splitter: Path, *, limit: int) -> None:
        from tokenizers import Tokenizer

        self._splitter: Tokenizer = Tokenizer.from_file(str(splitter))
        self._ids = {piece: number for number, piece in enumerate(words.pieces)}
        self._scores = words.scores
        self._longest = max(map(len, words.pieces))
        self._unknown = words.unk
        self._unknown_score = min(words.scores) - _UNKNOWN_PENALTY
        self._ends = words.bos, words.eos
        self._limit = limit
        self._pieces = lru_cache(_WORDS_KEPT)(self._segment)

    def ids(self, text: str) -> list[int]:
        """Token ids of a text.

        Args:
            text: any text; special tokens in it count as such.

        Returns:
            2 to `limit` ids.
        """
        bos, eos = self._ends
        found = [bos]
        for word in self._splitter.encode(text).tokens:
            if word.startswith("▁"):
                found += self._pieces(word[:_LONGEST_WORD])
            else:
                found.append(self._ids[word.strip()])  # <mask> takes the spaces before it
            if len(found) >= self._limit:
                break
        return [*found[: self._limit - 1], eos]

    def _segment(self, word: str) -> tuple[int, ...]:
        """The most probable pieces of a word (Viterbi); unknown characters in a row are one.

        Source: Kudo 2018, Subword Regularization, section 3.2; of equally probable ways the
        tokenizers library keeps the one that it sees first, from the left.
        """
        ends = len(word) + 1
        best: list[float] = [0.0] * ends
        came: list[tuple[int, int] | None] = [None] * ends  # start and id of the last piece
        for start in range(ends - 1):
            for end in range(start + 1, min(start + self._longest + 1, ends)):
                number = self._ids.get(word[start:end])
                if number is not None:
                    score = best[start] + self._scores[number]
                elif end == start + 1:
                    number, score = self._unknown, best[start] + self._unknown_score
                else:
                    continue
                if came[end] is None or score > best[end]:
                    best[end], came[end] = score, (start, number)
        return self._trace(came)

    def _trace(self, came: list[tuple[int, int] | None]) -> tuple[int, ...]:
        numbers = []
        step = came[-1]
        while step is not None:
            numbers.append(step[1])
            step = came[step[0]]
        found: list[int] = []
        for number, run in groupby(reversed(numbers)):
            found += [number] if number == self._unknown else run
        return tuple(found)
