"""Where the words of a text begin and end, by its characters.

For cutting answers out of a text: letters, digits, marks and symbols, held together inside
"8.000", "Moskau-nah", "z.B", "40%", "-5" and emoji sequences, so that no span is half a
number, half a compound or half a letter. `index.words` makes search keys; this does not.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from functools import lru_cache

INVISIBLE = frozenset("\u00ad\u200b\u200e\u200f\u2060\ufeff")
"""Kept inside a word, left out at its edges."""
_PART_OF_WORD = frozenset("%‰‱°§&@#_")
_MEMBER = frozenset("LNM") | {"So", "Sc", "Cf"}
_BETWEEN_ALL = frozenset("-‐‑/'’")
_BETWEEN_DIGITS = frozenset(".,:·–×+−")
_SIGNS = frozenset("-+−±≈~<>≤≥")


@dataclass(frozen=True, slots=True)
class Words:
    """The words of a text, found by offset.

    Args:
        starts: for each code point the start of its word, -1 outside words.
        ends: for each code point one past the end of its word, -1 outside words.
    """

    starts: tuple[int, ...]
    ends: tuple[int, ...]

    @classmethod
    def of(cls, text: str) -> Words:
        """The words of `text`."""
        starts, ends = [-1] * len(text), [-1] * len(text)
        for start, end in word_spans(text):
            starts[start:end] = [start] * (end - start)
            ends[start:end] = [end] * (end - start)
        return cls(tuple(starts), tuple(ends))


def word_spans(text: str) -> list[tuple[int, int]]:
    """The words of a text as ``[start, end)``, in order.

    Args:
        text: any text.
    """
    spans = []
    at = 0
    while at < len(text):
        end = at
        while end < len(text) and _is_inside(text, end):
            end += 1
        word = _trimmed(text, at, end)
        if word[0] < word[1]:
            spans.append(word)
        at = end + 1
    return spans


def is_dropped_tail(text: str) -> bool:
    """True for marks and invisible characters only: what a normaliser may take off a word."""
    return all(_kind(char)[0] == "M" or _kind(char) == "Cf" for char in text)


def _trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    """The run without invisible characters at its edges; empty if it is only marks."""
    while start < end and text[start] in INVISIBLE:
        start += 1
    while start < end and text[end - 1] in INVISIBLE:
        end -= 1
    return (end, end) if is_dropped_tail(text[start:end]) else (start, end)


def _is_inside(text: str, at: int) -> bool:
    """Whether this code point belongs to a word."""
    char = text[at]
    if _is_member(char):
        return True
    before = text[at - 1] if at else " "
    after = text[at + 1] if at + 1 < len(text) else " "
    if not _is_member(after):
        return False
    if not _is_member(before):
        return char in _SIGNS and (after.isdigit() or _kind(after) == "Sc")
    if char in _BETWEEN_DIGITS and before.isdigit() and after.isdigit():
        return True
    if char in ":*":  # Bürger:innen, Bürger*innen
        return before.isalpha() and after.islower()
    if char == ".":  # z.B, example.org, Nr.5, U.S; but not "Ende.Der"
        lone = before.isalpha() and (at < 2 or not _is_member(text[at - 2]))
        return lone or after.islower() or after.isdigit()
    return char in _BETWEEN_ALL


def _is_member(char: str) -> bool:
    kind = _kind(char)
    return kind[0] in _MEMBER or kind in _MEMBER or char in _PART_OF_WORD


@lru_cache(4096)
def _kind(char: str) -> str:
    return unicodedata.category(char)
