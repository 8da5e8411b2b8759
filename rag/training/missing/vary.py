"""The same question as people type it: fewer words, no umlauts, a slip of the finger.

Keeps what the answer hangs on: the question word, names, numbers and negations stay, at most
with a changed case or without umlauts. Most questions come back unchanged or nearly so.
"""

from __future__ import annotations

import re
from random import Random

from index.words import STOPWORDS
from rag.training.missing.names import find_names, is_german, names_of

__all__ = ["names_of", "varied"]

_KEYWORD_SHARE = 0.2  # of `strength`: only the content words are left
_PIECE = re.compile(r"\S+")
_KEPT = frozenset(
    """
    nicht kein keine keinen nie ohne vor nach not no never without before after wer wen wem wessen
    was wann wo woher wohin warum weshalb wieso wie wieviel wieviele viele viel welche welcher
    welches welchen welchem womit wofür wodurch worüber woran worin who whom whose what when where
    why how which many much gegen against von by zwischen between mehr weniger more less
    """.split()
)
_DROPPED = frozenset(
    """
    der die das den dem des ein eine einen einem einer eines denn eigentlich genau the a an
    """.split()
)
_VERBS = frozenset(
    """
    ist sind war waren wurde wurden wird werden hat haben hatte hatten is are was were did does do
    has have had be been
    """.split()
)
_UMLAUTS = {"ä": "ae", "ö": "oe", "ü": "ue", "Ä": "Ae", "Ö": "Oe", "Ü": "Ue", "ß": "ss"}
_BARE = {"ä": "a", "ö": "o", "ü": "u", "Ä": "A", "Ö": "O", "Ü": "U", "ß": "s"}
_NEIGHBOURS = {
    "a": "sq", "b": "vn", "c": "xv", "d": "sf", "e": "wr", "f": "dg", "g": "fh", "h": "gj",
    "i": "uo", "k": "jl", "l": "k", "m": "n", "n": "bm", "o": "ip", "p": "o", "r": "et", "s": "ad",
    "t": "rz", "u": "zi", "v": "cb", "w": "qe", "z": "tu",
}  # fmt: skip


def varied(question: str, rng: Random, strength: float = 0.15) -> str:
    """A question as somebody in a hurry types it.

    Args:
        question: German or English.
        rng: source of chance.
        strength: chance of each kind of change, in [0, 1].

    Returns:
        The question with none, one or few changes; never empty.
    """
    text = " ".join(question.split())
    if rng.random() < strength * _KEYWORD_SHARE:
        text = _keywords(text)
    elif rng.random() < strength:
        text = _without_articles(text, rng)
    if rng.random() < strength * _KEYWORD_SHARE:
        text = _question_word_last(text)
    if rng.random() < strength:
        text = _mistyped(text, rng)
    if rng.random() < strength and is_german(text):
        text = _without_umlauts(text, rng)
    if rng.random() < strength:
        text = text.lower()
    if rng.random() < strength * 2:
        text = text.rstrip(" ?") or text
    return text or question


def _keywords(text: str) -> str:
    """Content words and what the answer hangs on, in their order."""
    kept = []
    for piece in text.rstrip("? ").split():
        bare = piece.strip(".,;:!?\"'„“()").lower()
        if bare in _KEPT or (bare not in STOPWORDS and bare not in _VERBS):
            kept.append(piece.rstrip(",;"))
    return " ".join(kept) if len(kept) > 2 else text


def _without_articles(text: str, rng: Random) -> str:
    """Without some of its articles, those inside names excepted."""
    names = _protected(text)
    kept = []
    for match in _PIECE.finditer(text):
        free = match.start() and not any(a <= match.start() < b for a, b in names)
        if not (free and match.group() in _DROPPED and rng.random() < 0.7):
            kept.append(match.group())
    return " ".join(kept)


def _question_word_last(text: str) -> str:
    """A question in which the question word stands last, as in `Siemens gegründet wann`."""
    words = text.rstrip("? ").split()
    if len(words) < 4 or words[0].lower() not in _KEPT or words[1].lower() not in _VERBS:
        return text
    return " ".join([*words[2:], words[0].lower()])


def _mistyped(text: str, rng: Random) -> str:
    """With one slip inside a word that is no name, number or question word."""
    names = _protected(text)
    words = [
        match
        for match in re.finditer(r"(?<!\w)[^\W\d_]{5,}(?!\w)", text)
        if match.group().lower() not in _KEPT
        and not any(a < match.end() and b > match.start() for a, b in names)
    ]
    if not words:
        return text
    word = rng.choice(words)
    at = rng.randrange(word.start() + 1, word.end() - 2)
    return text[:at] + _slip(text[at : at + 2], rng) + text[at + 2 :]


def _slip(pair: str, rng: Random) -> str:
    """Two letters with one mistake in them."""
    ways = (
        pair[::-1],
        pair[1:],
        pair[0] + pair,
        rng.choice(_NEIGHBOURS.get(pair[0], pair[0])) + pair[1],
    )
    return rng.choice(ways)


def _without_umlauts(text: str, rng: Random) -> str:
    table = _UMLAUTS if rng.random() < 0.7 else _BARE
    return "".join(table.get(char, char) for char in text)


def _protected(text: str) -> list[tuple[int, int]]:
    return [(name.start, name.end) for name in find_names(text)]
