"""How much of a question a text carries: words, compounds, names, numbers.

Pure, over search words. Weights are inverse document frequencies, so that a rare word of
the question counts more than a common one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from index.words import Word, words

PART_MATCH = 0.7
NAME_MATCH = 0.9
"""Credit for meeting a compound's member, or another spelling of a name; 1 is the word."""


@dataclass(frozen=True, slots=True)
class Keys:
    """The search keys of a text.

    Args:
        stems: of its words.
        parts: of the members of its compounds.
        names: spelling-tolerant keys of its capitalised words.
    """

    stems: frozenset[str]
    parts: frozenset[str]
    names: frozenset[str]


def keys_of(text: str) -> Keys:
    """Collect the search keys of a text."""
    found = words(text)
    return Keys(
        frozenset(word.stem for word in found),
        frozenset(part for word in found for part in word.parts),
        frozenset(word.name_key for word in found if word.capitalised and word.name_key),
    )


def credit(word: Word, keys: Keys) -> float:
    """How well a text carries one word of the question, in [0, 1]."""
    if word.stem in keys.stems:
        return 1.0
    if word.is_number:
        return 1.0 if word.stem in keys.parts else 0.0
    if word.name_key and word.name_key in keys.names:
        return NAME_MATCH
    if word.stem in keys.parts:
        return PART_MATCH
    if not word.stem.isascii():
        return NAME_MATCH if any(part in keys.names for part in word.parts) else 0.0
    return PART_MATCH * _share_of_parts(word, keys)


def _share_of_parts(word: Word, keys: Keys) -> float:
    if not word.parts:
        return 0.0
    carried = sum(part in keys.stems or part in keys.parts for part in word.parts)
    return carried / len(word.parts)


def coverage(question: Iterable[Word], keys: Keys, weight: Callable[[Word], float]) -> float | None:
    """Weighted share of the question's words that a text carries.

    Args:
        question: content words of the question.
        keys: of the text.
        weight: importance of a word, > 0.

    Returns:
        A number in [0, 1]; None if there are no words to carry.
    """
    total = carried = 0.0
    for word in question:
        total += weight(word)
        carried += weight(word) * credit(word, keys)
    return carried / total if total else None
