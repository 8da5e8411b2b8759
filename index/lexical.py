"""The lexical half of the index: BM25 over search words, in the same SQLite file.

Three columns: ``words`` (stems), ``parts`` (compound members, digits of number words)
and ``names`` (spelling-tolerant keys of capitalised words). A word of a question is looked
for in words and parts together, as a name in names alone; question text is never an
expression. All passages are scored: no key is too frequent to be counted.
"""

from __future__ import annotations

import json
import math
import sqlite3
from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from index import postings
from index.postings import MOST, SECOND, Counts, Key, Lengths
from index.words import Word, content_words, is_known, surface_counts, surface_keys, words

CREATE = postings.CREATE
COLUMN_WEIGHTS = (1.0, 0.5, 0.6)
"""BM25 weight of a match in words, parts, names; chosen by
``python -m eval.retrieval --choose``."""

_TEXT, _NAME = 0, 1
_COLUMNS = {"words": (_TEXT, MOST), "parts": (_TEXT, MOST << 4), "names": (_NAME, MOST)}
_MAX_KEYS = 64
_K1, _B = 1.2, 0.75
_LEAST_IDF = 1e-6
_GROUP = 256  # slots whose best score is taken first; divides 65,536


def columns(text: str) -> tuple[str, str, str]:
    """The three indexed columns of a passage, as key strings joined by blanks."""
    found = words(text)
    return (
        " ".join(word.stem for word in found if word.stem),
        " ".join(part for word in found for part in word.parts),
        " ".join(word.name_key for word in found if word.name_key and word.capitalised),
    )


def counted(text: str) -> tuple[Counts, int]:
    """How often each key stands in the columns of a text, and the number of all of them."""
    counts: dict[Key, int] = {}
    total = 0
    for surface, times in surface_counts(text).items():
        stem, parts, name = surface_keys(*surface)
        if stem:
            counts[stem, _TEXT] = counts.get((stem, _TEXT), 0) + times
            total += times
        for part in parts:
            counts[part, _TEXT] = counts.get((part, _TEXT), 0) + times * SECOND
            total += times
        if name:
            counts[name, _NAME] = counts.get((name, _NAME), 0) + times
            total += times
    return counts, total


def insert(connection: sqlite3.Connection, passages: Iterable[tuple[int, str]]) -> None:
    """Add passages: (id, text) pairs; many at once are much faster than one by one."""
    postings.insert(connection, ((i, *counted(text)) for i, text in passages))


def delete(connection: sqlite3.Connection, passages: Iterable[tuple[int, str]]) -> None:
    """Remove passages: (id, text) pairs as they were inserted.

    Raises:
        sqlite3.DatabaseError: one was inserted with another text.
    """
    postings.delete(connection, ((i, counted(text)[0]) for i, text in passages))


def passage_ids(connection: sqlite3.Connection) -> list[int]:
    """Ids of all passages, rising."""
    lengths = postings.read_lengths(connection)
    found: list[int] = lengths.ids_of(np.flatnonzero(lengths.sizes)).tolist()
    return found


def misfits(connection: sqlite3.Connection) -> int:
    """Number of passages whose keys do not add up to the number of their search words."""
    return postings.misfits(connection)


def document_frequency(connection: sqlite3.Connection, column: str, key: str) -> int:
    """Number of passages whose column ("words", "parts", "names") holds the key."""
    kind, mask = _COLUMNS[column]
    return postings.count_entries(connection, (key, kind), mask)


def question_keys(question: str) -> list[Key]:
    """What a question looks for: keys of its content words; none if it has none."""
    keys = dict.fromkeys(key for word in content_words(question) for key in _word_keys(word))
    return list(keys)[:_MAX_KEYS]


def _word_keys(word: Word) -> list[Key]:
    found = [(key, _TEXT) for key in (word.stem, *word.parts) if key]
    if word.name_key and may_be_name(word):
        keys = (word.name_key, *(word.parts if not word.stem.isascii() else ()))
        found += [(key, _NAME) for key in keys if key]
    return found


def may_be_name(word: Word) -> bool:
    """True for a word of a question that may name somebody or something.

    Questions are typed in lower case too, so that a word the dictionary does not hold
    counts as well.
    """
    return not word.is_number and (word.capitalised or not is_known(word.surface))


def search(
    connection: sqlite3.Connection,
    question: str,
    limit: int,
    article_ids: Sequence[str] | None = None,
    weights: tuple[float, float, float] = COLUMN_WEIGHTS,
) -> list[tuple[int, float]]:
    """Passages that share words with the question, best first.

    Args:
        connection: the index's database.
        question: any text.
        limit: most passages to return.
        article_ids: only these articles, if given.
        weights: BM25 weight of each column.

    Returns:
        (passage id, BM25 score > 0) pairs; ties in order of article and offset.
    """
    keys = question_keys(question)
    if not keys or limit < 1:
        return []
    lengths = postings.read_lengths(connection)
    scores = _scores(connection, keys, lengths, weights)
    if article_ids is not None:
        ids = connection.execute(
            "SELECT id FROM passages WHERE article_id IN (SELECT value FROM json_each(?))",
            (json.dumps(list(article_ids)),),
        )
        slots = lengths.slots_of(np.array([row[0] for row in ids], dtype=np.int64))
        scores, everywhere = np.zeros_like(scores), scores
        scores[slots] = everywhere[slots]
    best = _best(scores, limit)
    found = list(zip(lengths.ids_of(best).tolist(), scores[best].tolist(), strict=True))
    places = places_of(connection, [passage_id for passage_id, _ in found])
    known = [pair for pair in found if pair[0] in places]
    return sorted(known, key=lambda pair: (-pair[1], places[pair[0]]))[:limit]


def _scores(
    connection: sqlite3.Connection,
    keys: Sequence[Key],
    lengths: Lengths,
    weights: tuple[float, float, float],
) -> NDArray[np.float64]:
    """BM25 score of every slot.

    Source: BM25 as SQLite's FTS5 computes it (k1 = 1.2, b = 0.75), sign turned; a key is one
    phrase, its frequency the weighted sum over its columns.
    """
    counts = np.arange(256)
    frequencies = {
        _TEXT: weights[0] * (counts & MOST) + weights[1] * (counts >> 4),
        _NAME: weights[2] * (counts & MOST),
    }
    scores = np.zeros(len(lengths.sizes))
    scale = _K1 * _B / max(lengths.mean, 1e-9)
    for key in keys:
        slots, found = postings.read_entries(connection, key, lengths)
        rare = math.log((lengths.passages - len(slots) + 0.5) / (len(slots) + 0.5))
        frequency = frequencies[key[1]][found]
        norm = scale * (lengths.sizes[slots] - 1.0) + _K1 * (1 - _B)
        scores[slots] += max(rare, _LEAST_IDF) * (_K1 + 1) * frequency / (frequency + norm)
    return scores


def _best(scores: NDArray[np.float64], limit: int) -> NDArray[np.int64]:
    """At least the `limit` slots of the best scores above 0, and all that equal the last."""
    groups = scores.reshape(-1, _GROUP).max(axis=1)
    bound = _kth(groups, limit)  # so many groups, so many slots: the k-th best is not lower
    slots = np.flatnonzero(scores >= bound)
    best: NDArray[np.int64] = slots[scores[slots] >= _kth(scores[slots], limit)]
    return best


def _kth(scores: NDArray[np.float64], k: int) -> float:
    """The k-th best score; the least float above 0 if fewer are above 0."""
    least = math.ulp(0.0)
    if len(scores) < k:
        return least
    return max(float(np.partition(scores, len(scores) - k)[len(scores) - k]), least)


def places_of(
    connection: sqlite3.Connection, passage_ids: Sequence[int]
) -> dict[int, tuple[str, int]]:
    """Article and offset of passages, by id; unknown ones are left out."""
    rows = connection.execute(
        "SELECT id, article_id, start FROM passages WHERE id IN (SELECT value FROM json_each(?))",
        (json.dumps(passage_ids),),
    )
    return {row[0]: (row[1], row[2]) for row in rows}
