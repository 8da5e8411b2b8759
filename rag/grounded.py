"""Grounded decoding: which tokens a drafter may write so that all it writes is evidence.

From the tokenizer's own encoding of each evidence text this module builds an automaton
whose sentences are the token runs of that text from the start of a word to the end of a
word, and the refusal to answer. It maps a finished run back to exact offsets; the words
are then cut from the text, never decoded from tokens, so a tokenizer may change case,
normalise, add a space, fall back to bytes or know a word only as "unknown".

Models write more than words, so several runs may stand for one span. A run may hold the
quotation mark, bracket or full stop that touches its first or last word; it is not cut out
with them. And a run may be entered the way the tokenizer writes its first word when nothing
stands before it ("▁Das" for the word in „Das“; "Das" for " Das" with byte-level tokens).
Pure: no model, no I/O; see `rag.seq2seq`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from rag.wordspans import Words, is_dropped_tail

MAX_SPAN_TOKENS = 48
"""Longest span in tokens: the longest of 600 gold answers over German news and reviews (M2QA)
has 27 with the packaged encoder's tokenizer. 592 of them can be said; the others cut a word."""
NO_TOKEN = -1
"""Stands in an encoding for a token that no span may cross."""
_ENTRY_CHARS = 64  # a longer run without a blank is no word that an answer begins with
_NEVER = 1 << 30


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


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """Where a token run stands.

    Args:
        evidence: 0-based number of the evidence text.
        start: first code point, the start of a word.
        end: one past the last code point, the end of a word.
    """

    evidence: int
    start: int
    end: int


class Grounding:
    """The automaton of what may be written about some evidence texts.

    Args:
        texts: the evidence, best first.
        encode: encodes texts, without special tokens.
        eos: token that ends every output.
        abstain: token that refuses to answer; None where `eos` at once does.
        control: tokens that are never part of a span, even if a text spells them out.
        max_tokens: most tokens of a span, at least 1.
    """

    def __init__(
        self,
        texts: Sequence[str],
        encode: Callable[[Sequence[str]], list[Encoded]],
        *,
        eos: int,
        abstain: int | None = None,
        control: frozenset[int] = frozenset(),
        max_tokens: int = MAX_SPAN_TOKENS,
    ) -> None:
        self.eos = eos
        self.abstain = eos if abstain is None else abstain
        self._control = control | {eos, self.abstain, NO_TOKEN}
        self._max_tokens = max_tokens
        self._slots: list[_Slot] = []
        self._entries: list[int] = []
        self._known: dict[tuple[int, ...], tuple[tuple[int, int], ...]] = {}
        evidence = [
            _Tokens(text, Words.of(text), encoded)
            for text, encoded in zip(texts, encode(list(texts)), strict=True)
        ]
        firsts = [self._add(i, tokens) for i, tokens in enumerate(evidence)]
        chunks = sorted({chunk for tokens in evidence for _, chunk in tokens.entrances()})
        encoded_chunks = dict(zip(chunks, encode(chunks), strict=True))
        for i, tokens in enumerate(evidence):
            for start, chunk in tokens.entrances():
                if not tokens.has_run(start, encoded_chunks[chunk].ids):
                    joins = tokens.token_after(start + len(chunk))
                    entrance = tokens.part(start, encoded_chunks[chunk])
                    self._add(i, entrance, -1 if joins < 0 else firsts[i] + joins)

    def allowed(self, prefix: tuple[int, ...]) -> list[int]:
        """Tokens that may come next, refusing among them at the start; rising.

        Args:
            prefix: the tokens written so far, without the decoder's start tokens.

        Returns:
            At least one token: `eos` alone after the refusal, or after a prefix that
            stands nowhere.
        """
        found = self._next(prefix, None) | (set() if prefix else {self.abstain})
        return sorted(found) or [self.eos]

    def allowed_in(self, prefix: tuple[int, ...], evidence: int) -> list[int]:
        """Tokens that may come next in a span of this evidence; rising, may be empty."""
        return sorted(self._next(prefix, evidence))

    def places(self, run: tuple[int, ...]) -> tuple[Place, ...]:
        """All places of a finished run.

        Args:
            run: the tokens, without `eos`.

        Returns:
            The best-ranked evidence first, in it the first place first; empty if the run
            stands nowhere or is not made of whole words. Whoever needs one takes the first.
        """
        reached = ((start, self._slots[number]) for start, number in self._reached(run))
        found = {Place(s.evidence, start, s.ends) for start, s in reached if s.ends > start}
        return tuple(sorted(found))

    def _next(self, prefix: tuple[int, ...], evidence: int | None) -> set[int]:
        found: set[int] = set()
        following: Sequence[int] = self._entries
        if prefix:
            reached = [(start, self._slots[number]) for start, number in self._reached(prefix)]
            following = [slot.following for _, slot in reached if slot.following >= 0]
            if any(s.ends > start and evidence in (None, s.evidence) for start, s in reached):
                found.add(self.eos)
        for slot in (self._slots[number] for number in following):
            if slot.left < self._max_tokens - len(prefix) and evidence in (None, slot.evidence):
                found.add(slot.token)
        return found

    def _reached(self, prefix: tuple[int, ...]) -> tuple[tuple[int, int], ...]:
        """Where a prefix leads: for each way the span's start and the last token's slot."""
        if not prefix:
            return ()
        if prefix not in self._known:
            slots = self._slots
            if len(prefix) == 1:
                ways = [(slots[number].begins, number) for number in self._entries]
            else:
                ways = [(start, slots[n].following) for start, n in self._reached(prefix[:-1])]
            self._known[prefix] = tuple(
                (start, n) for start, n in ways if n >= 0 and slots[n].token == prefix[-1]
            )
        return self._known[prefix]

    def _add(self, evidence: int, tokens: _Tokens, joins: int = -1) -> int:
        """Append slots for tokens.

        Args:
            evidence: number of their evidence.
            tokens: the tokens.
            joins: slot that follows the last one, or -1.

        Returns:
            Number of the first slot.
        """
        first = len(self._slots)
        added: list[_Slot] = []
        after = self._slots[joins] if joins >= 0 else _DEAD
        for k in reversed(range(len(tokens.encoded.ids))):
            token, ends = tokens.encoded.ids[k], tokens.ends[k]
            left = 0 if ends >= 0 else after.left + 1
            word = 0 if ends > tokens.encoded.offsets[k][0] else after.word + 1
            slot = _Slot(token, evidence, tokens.begins[k], ends, joins, left, word)
            if token in self._control:
                slot = replace(_DEAD, token=token, evidence=evidence)
            elif slot.begins >= 0 and word < self._max_tokens:
                self._entries.append(first + k)
            added.append(slot)
            joins, after = first + k, slot
        self._slots += reversed(added)
        return first


@dataclass(frozen=True, slots=True)
class _Slot:
    """One token of the automaton.

    Args:
        token: its id.
        evidence: the evidence that it stands in.
        begins: start of the span where one may begin with it, else -1.
        ends: end of the span where one may end with it, else -1.
        following: slot of the next token, or -1.
        left: fewest further tokens until a span may end, if it has a word already.
        word: fewest further tokens until a word ends.
    """

    token: int
    evidence: int
    begins: int
    ends: int
    following: int
    left: int
    word: int


_DEAD = _Slot(NO_TOKEN, -1, -1, -1, -1, left=_NEVER, word=_NEVER)


@dataclass(frozen=True)
class _Tokens:
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

    def part(self, start: int, encoded: Encoded) -> _Tokens:
        """Other tokens for the text from `start`."""
        shifted = tuple((start + first, start + end) for first, end in encoded.offsets)
        return _Tokens(self.text, self.words, Encoded(encoded.ids, shifted))

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
