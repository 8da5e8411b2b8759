"""The lexical half of the index: FTS5 over search words, in the same SQLite file.

Three columns: ``words`` (stems), ``parts`` (compound members, digits of number words)
and ``names`` (spelling-tolerant keys of capitalised words). All keys are letters and
digits, each is quoted in the query: question text can never be an FTS5 expression.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence

from index.words import Word, content_words, is_known, words

CREATE = """
CREATE VIRTUAL TABLE lexical USING fts5(
    words, parts, names, tokenize = "unicode61 remove_diacritics 0"
);
"""
COLUMN_WEIGHTS = (1.0, 0.5, 0.6)
"""BM25 weight of a match in words, parts, names; chosen by
``python -m eval.retrieval --choose``."""

_MAX_KEYS = 64


def columns(text: str) -> tuple[str, str, str]:
    """The three indexed columns of a passage, as key strings joined by blanks."""
    found = words(text)
    return (
        " ".join(word.stem for word in found if word.stem),
        " ".join(part for word in found for part in word.parts),
        " ".join(word.name_key for word in found if word.name_key and word.capitalised),
    )


def insert(connection: sqlite3.Connection, passage_id: int, text: str) -> None:
    """Add a passage."""
    connection.execute(
        "INSERT INTO lexical (rowid, words, parts, names) VALUES (?, ?, ?, ?)",
        (passage_id, *columns(text)),
    )


def delete(connection: sqlite3.Connection, passage_ids: Iterable[int]) -> None:
    """Remove passages."""
    connection.executemany("DELETE FROM lexical WHERE rowid = ?", ((i,) for i in passage_ids))


def compact(connection: sqlite3.Connection) -> None:
    """Merge the index, so that nothing of removed passages is left in the file."""
    connection.execute("INSERT INTO lexical (lexical) VALUES ('optimize')")


def match_expression(question: str) -> str:
    """FTS5 query for a question: any of its content words; empty if it has none."""
    terms: dict[str, None] = {}
    for word in content_words(question):
        terms.update(dict.fromkeys(_word_terms(word)))
    return " OR ".join(list(terms)[:_MAX_KEYS])


def _word_terms(word: Word) -> list[str]:
    found = [f'{{words parts}} : "{key}"' for key in (word.stem, *word.parts) if key]
    if word.name_key and may_be_name(word):
        keys = (word.name_key, *(word.parts if not word.stem.isascii() else ()))
        found += [f'names : "{key}"' for key in keys if key]
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

    Source: BM25 as SQLite's FTS5 computes it (k1 = 1.2, b = 0.75), sign turned.
    """
    expression = match_expression(question)
    if not expression:
        return []
    chosen = "" if article_ids is None else f"AND p.article_id IN ({_marks(article_ids)})"
    rows = connection.execute(
        f"""
        SELECT p.id, -bm25(lexical, ?, ?, ?) AS score
        FROM lexical JOIN passages AS p ON p.id = lexical.rowid
        WHERE lexical MATCH ? {chosen}
        ORDER BY score DESC, p.article_id, p.start LIMIT ?
        """,
        (*weights, expression, *(article_ids or ()), limit),
    )
    return [(int(passage_id), float(score)) for passage_id, score in rows]


def _marks(values: Sequence[str]) -> str:
    return ", ".join("?" * len(values))
