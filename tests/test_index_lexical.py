import sqlite3
from contextlib import closing

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from index import lexical
from index.layout import SCHEMA

TEXTS = {
    1: ("a.txt", "Pjöngjang lieferte 8.000 Schuss Artilleriemunition."),
    2: ("a.txt", "Die Straße nach Köln\r\nist gesperrt."),
    3: ("b.txt", "Außenminister Lawrow reist nach Nordkorea. NEAR und AND und OR und NOT."),
    4: ("ü/c.txt", "Drei Züge fuhren; words sagte niemand."),
    5: ("ü/c.txt", "Regen, Regen und noch einmal Regen."),
    6: ("ü/d.txt", "Regen fiel auf den Markt in Köln."),
}


@pytest.fixture(scope="module")
def database():
    with closing(filled()) as connection:
        yield connection


def filled(path=":memory:") -> sqlite3.Connection:
    connection = sqlite3.connect(path)
    connection.executescript(SCHEMA)
    for number, (article_id, text) in TEXTS.items():
        place = (article_id, number, number + 1, 1, 1)
        connection.execute(
            "INSERT INTO passages VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (number, *place, text, False, b"key"),
        )
        lexical.insert(connection, [(number, text)])
    return connection


def found(database, question, article_ids=None, limit=10):
    return [i for i, _ in lexical.search(database, question, limit, article_ids)]


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("Pjoengjang", [1]),
        ("pjongjang?", [1]),
        ("8000", [1]),
        ("8\u00a0000", [1]),
        ("Munition", [1]),  # a member of the compound
        ("Artillerie-Munition", [1]),
        ("Strassen", [2]),
        ("KÖLN", [2, 6]),
        ("koeln", [2, 6]),
        ("Lavrov", [3]),
        ("lavrov", [3]),
        ("Лаврова", [3]),
        ("Lawrow's", [3]),
        ("3 Zug", [4]),  # the number word and the singular
        ("Wie ist das?", []),  # stop words
        ("Xylophon", []),
        ("", []),
        ("„…“ –", []),
    ],
)
def test_a_question_finds_the_passages_that_share_its_words(database, question, expected):
    assert sorted(found(database, question)) == expected


def test_more_and_rarer_words_rank_first(database):
    assert found(database, "Regen Köln")[0] == 6
    scores = [score for _, score in lexical.search(database, "Regen Köln", 10)]
    assert scores == sorted(scores, reverse=True)
    assert all(score > 0 for score in scores)


def test_the_limit_keeps_the_best(database):
    assert found(database, "Regen Köln", limit=1) == found(database, "Regen Köln")[:1]


def test_equal_scores_stand_in_order_of_article_and_offset():
    with closing(filled()) as connection:
        for number, article_id, start in [(9, "z.txt", 5), (8, "z.txt", 9), (12, "y.txt", 7)]:
            place = (article_id, start, start + 1, 1, 1)
            connection.execute(
                "INSERT INTO passages VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (number, *place, "Kamel", False, b"key"),
            )
            lexical.insert(connection, [(number, "Kamel")])
        assert found(connection, "Kamele") == [12, 9, 8]


def test_only_the_articles_asked_for(database):
    assert sorted(found(database, "Köln", ["a.txt"])) == [2]
    assert sorted(found(database, "Köln", ["a.txt", "ü/d.txt"])) == [2, 6]
    assert found(database, "Köln", ["nowhere.txt"]) == []
    assert found(database, "Köln", []) == []
    assert found(database, "Köln", ["a.txt' OR '1' = '1"]) == []


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ('"Köln', [2, 6]),
        ('Köln"', [2, 6]),
        ("Köl*", []),  # no prefix search
        ("K*", []),
        ("^Köln", [2, 6]),  # not only where it is the first word
        ("Köln -Regen", [2, 5, 6]),  # the minus takes nothing away
        ("Köln NOT Regen", [2, 5, 6]),
        ("AND", []),  # a stop word in English
        ("NEAR", [3]),
        ("NEAR(Köln Regen)", [2, 3, 5, 6]),
        ("Köln AND Lawrow", [2, 3, 6]),
        ("words : Köln", [2, 4, 6]),
        ("words:Regen", [4, 5, 6]),
        ("{words parts} : Köln", [2, 4, 6]),
        ("(Köln", [2, 6]),
        (")", []),
        ("-", []),
        ("*", []),
        ("Köln\0Regen", [2, 5, 6]),
        ("'; DROP TABLE passages; --", []),
    ],
)
def test_question_text_is_never_an_expression(database, question, expected):
    assert sorted(found(database, question)) == expected


tricky = st.text(
    alphabet="\"*^-(){}:+., \0\n'ANDORTEäßй́8wordspartsnames\u00ad\u2028\U0001f327𐐀Ⅷ", max_size=40
)


@given(st.one_of(st.text(max_size=80), tricky))
@example("\0")
@example('" OR words : "a')
@example("NEAR/2 AND NOT")
@settings(max_examples=400, deadline=None)
def test_any_question_can_be_asked(question):
    database = _shared()
    for passage_id, score in lexical.search(database, question, 3):
        assert passage_id in TEXTS
        assert score > 0


_connections: list[sqlite3.Connection] = []


def _shared() -> sqlite3.Connection:
    if not _connections:
        _connections.append(filled())
    return _connections[0]


@pytest.fixture(scope="module", autouse=True)
def _closed():
    yield
    while _connections:
        _connections.pop().close()


def test_a_very_long_question_is_searched(database):
    assert 6 in found(database, "Regen " + "Wort " * 20_000)
    many = " ".join(f"Qw{chr(97 + n % 26)}{chr(97 + n // 26)}xq" for n in range(600))
    assert found(database, many) == []


def test_deleted_passages_leave_nothing(database):
    with closing(filled()) as connection:
        lexical.delete(connection, [(number, TEXTS[number][1]) for number in (1, 3)])
        connection.execute("DELETE FROM passages WHERE id IN (1, 3)")
        for question in ("Pjöngjang", "8000", "Munition", "Lawrow", "Lavrov", "NEAR"):
            assert found(connection, question) == []
        keys = {row[0] for row in connection.execute("SELECT key FROM postings")}
        assert not keys & {"8000", "munition", "lavrov", "near"}
        assert lexical.passage_ids(connection) == [2, 4, 5, 6]
        assert lexical.misfits(connection) == 0
        expected = lexical.search(database, "Köln Regen", 9)
        left = [i for i, _ in lexical.search(connection, "Köln Regen", 9)]
        assert left == [i for i, _ in expected]


def test_scores_after_a_deletion_are_those_of_a_fresh_index(database):
    with closing(filled()) as connection:
        extra = [(99, "Regen in Köln und überall Regen"), (200_000, "Regen, ein Wort")]
        lexical.insert(connection, extra)
        lexical.delete(connection, extra)
        for question in ("Regen Köln", "Lawrow 8000", "Munition"):
            assert lexical.search(connection, question, 9) == lexical.search(database, question, 9)
