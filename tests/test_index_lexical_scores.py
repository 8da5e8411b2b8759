"""The ranking against SQLite's FTS5, which scores every passage by the same formula."""

import random
import sqlite3
from contextlib import closing

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index import lexical, postings
from index.layout import SCHEMA

WORDS = """
    Köln Regen Regenfälle Munition Artilleriemunition Straße Straßenbahn Lawrow Lavrov Лавров
    Präsident präsidentin Zug Züge drei 3 8.000 8000 NEAR und die Stadt Städte gesperrt
""".split()  # fmt: skip
FAR = 65_536  # ids of one block


def database(passages) -> sqlite3.Connection:
    """Passages of the lexical index: (id, article id, start, text)."""
    connection = sqlite3.connect(":memory:")
    connection.executescript(SCHEMA)
    connection.executemany(
        "INSERT INTO passages VALUES (?, ?, ?, ?, 1, 1, ?, 0, x'00')",
        [(i, article, start, start + 1, text) for i, article, start, text in passages],
    )
    lexical.insert(connection, [(i, text) for i, _, _, text in passages])
    return connection


def oracle(passages, question, limit, article_ids=None):
    """The same search by FTS5, which counts every row."""
    scopes = ("{words parts}", "names")
    keys = lexical.question_keys(question)
    expression = " OR ".join(f'{scopes[kind]} : "{key}"' for key, kind in keys)
    if not expression:
        return []
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.execute("CREATE TABLE passages (id INTEGER PRIMARY KEY, article, start)")
        connection.execute(
            "CREATE VIRTUAL TABLE fts USING fts5(words, parts, names,"
            ' tokenize = "unicode61 remove_diacritics 0")'
        )
        insert = "INSERT INTO fts (rowid, words, parts, names) VALUES (?, ?, ?, ?)"
        for i, article, start, text in passages:
            connection.execute("INSERT INTO passages VALUES (?, ?, ?)", (i, article, start))
            connection.execute(insert, (i, *lexical.columns(text)))
        rows = connection.execute(
            "SELECT id, -bm25(fts, ?, ?, ?), article, start FROM fts"
            " JOIN passages ON id = fts.rowid WHERE fts MATCH ?",
            (*lexical.COLUMN_WEIGHTS, expression),
        ).fetchall()
    chosen = [row for row in rows if article_ids is None or row[2] in article_ids]
    chosen.sort(key=lambda row: (-round(row[1], 9), row[2], row[3]))
    return [(row[0], row[1]) for row in chosen[:limit]]


def drawn(seed, count, step=1):
    """Random passages of few words, so that most keys are frequent and scores often tie."""
    rng = random.Random(seed)
    texts = [" ".join(rng.choices(WORDS, k=rng.randint(0, 12))) for _ in range(count)]
    places = [f"{rng.randint(1, 9)}.txt" for _ in texts]
    return [
        (1 + n * step, place, n, text)
        for n, (place, text) in enumerate(zip(places, texts, strict=True))
    ]


def equal(found, expected):
    assert [i for i, _ in found] == [i for i, _ in expected]
    assert [s for _, s in found] == pytest.approx([s for _, s in expected], rel=1e-9)


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("step", [1, 1 + FAR // 7])  # one block, and some sixty
def test_the_ranking_is_that_of_an_exhaustive_search(seed, step):
    passages = drawn(seed, 400, step)
    rng = random.Random(seed)
    with closing(database(passages)) as connection:
        for limit in (1, 5, 60, 1000):
            question = " ".join(rng.sample(WORDS, rng.randint(1, 6)))
            equal(lexical.search(connection, question, limit), oracle(passages, question, limit))
            some = [f"{n}.txt" for n in rng.sample(range(12), 3)]
            expected = oracle(passages, question, limit, some)
            equal(lexical.search(connection, question, limit, some), expected)


@pytest.mark.parametrize("seed", range(3))
def test_a_changed_index_ranks_like_a_fresh_one(seed):
    passages = drawn(seed, 300, 1 + FAR // 90)
    rng = random.Random(seed)
    gone = rng.sample(passages, 140)
    left = [passage for passage in passages if passage not in gone]
    with closing(database(passages)) as changed, closing(database(left)) as fresh:
        for passage in gone:  # one by one, and never the newest only
            lexical.delete(changed, [(passage[0], passage[3])])
            changed.execute("DELETE FROM passages WHERE id = ?", (passage[0],))
        for question in (*WORDS, "Regen Köln", "Лаврова 3 Züge"):
            assert lexical.search(changed, question, 50) == lexical.search(fresh, question, 50)
        for table in ("postings", "lengths"):
            assert rows(changed, table) == rows(fresh, table)
        assert lexical.passage_ids(changed) == [passage[0] for passage in left]
        assert lexical.misfits(changed) == 0


def rows(connection, table):
    return connection.execute(f"SELECT * FROM {table} ORDER BY 1, 2").fetchall()


def test_nothing_is_left_when_all_is_deleted():
    passages = drawn(1, 50, FAR // 3)
    with closing(database(passages)) as connection:
        lexical.delete(connection, [(i, text) for i, _, _, text in passages])
        assert connection.execute("SELECT * FROM postings").fetchall() == []
        assert connection.execute("SELECT * FROM lengths").fetchall() == []
        assert lexical.search(connection, "Regen", 5) == []


def test_a_key_that_every_passage_has_still_ranks():
    passages = [(n, "a.txt", n, "Regen " + "Köln " * (n % 3)) for n in range(1, 500)]
    with closing(database(passages)) as connection:
        equal(lexical.search(connection, "Regen", 20), oracle(passages, "Regen", 20))
        best = lexical.search(connection, "Regen Köln", 500)
        assert len(best) == 499
        assert [n % 3 for n, _ in best] == sorted((n % 3 for n, _ in best), reverse=True)


def test_ties_are_cut_in_order_of_article_and_offset():
    passages = [(n, f"{(n * 7) % 10}.txt", n, "Regen") for n in range(1, 300)]
    expected = sorted(passages, key=lambda passage: passage[1:3])
    with closing(database(passages)) as connection:
        for limit in (1, 9, 60):
            found = [i for i, _ in lexical.search(connection, "Regen", limit)]
            assert found == [passage[0] for passage in expected[:limit]]


def test_more_than_fifteen_times_counts_as_fifteen():
    text = "Regen " * 40 + "Köln"
    with closing(database([(1, "a.txt", 0, text), (2, "a.txt", 9, "Köln Regen")])) as connection:
        assert lexical.misfits(connection) == 0
        [(first, most), (second, once)] = lexical.search(connection, "Regen", 5)
        assert (first, second) == (1, 2) or most >= once
        lexical.delete(connection, [(1, text)])
        assert lexical.passage_ids(connection) == [2]
        assert lexical.misfits(connection) == 0


def test_deleting_with_another_text_is_refused():
    with (
        closing(database([(1, "a.txt", 0, "Regen in Köln")])) as connection,
        pytest.raises(sqlite3.DatabaseError, match="search words of a passage"),
    ):
        lexical.delete(connection, [(1, "Regen in Bonn")])


def test_what_was_inserted_in_batches_is_found(monkeypatch):
    passages = drawn(4, 90)
    with closing(database(passages)) as whole:
        monkeypatch.setattr(postings, "_BATCH", 7)
        with closing(database(passages)) as parts:
            assert rows(parts, "postings") == rows(whole, "postings")
            assert rows(parts, "lengths") == rows(whole, "lengths")


@given(st.text(max_size=60))
@settings(max_examples=300, deadline=None)
def test_keys_are_counted_as_the_columns_have_them(text):
    counts, total = lexical.counted(text)
    columns = [column.split() for column in lexical.columns(text)]
    assert total == sum(map(len, columns))
    for (key, kind), count in counts.items():
        second, first = divmod(count, postings.SECOND)
        expected = (columns[2].count(key), 0) if kind else tuple(c.count(key) for c in columns[:2])
        assert (first, second) == expected
    assert {key for key, kind in counts if kind} == set(columns[2])
    assert {key for key, kind in counts if not kind} == {*columns[0], *columns[1]}
