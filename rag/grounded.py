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

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from rag.texttokens import NO_TOKEN, Encoded, TextTokens
from rag.wordspans import Words

MAX_SPAN_TOKENS = 48
"""Longest span in tokens: the longest of 600 gold answers over German news and reviews (M2QA)
has 27 with the packaged encoder's tokenizer. 592 of them can be said; the others cut a word."""
_NEVER = 1 << 30


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
            TextTokens(text, Words.of(text), encoded)
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

    def _add(self, evidence: int, tokens: TextTokens, joins: int = -1) -> int:
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
