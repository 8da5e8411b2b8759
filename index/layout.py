"""What the database of a generation looks like inside: its tables, recognised when opened."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from functools import lru_cache

from index import lexical
from index.manifest import DATABASE

SCHEMA = f"""
CREATE TABLE articles (
    id TEXT PRIMARY KEY, sha256 TEXT NOT NULL, size_bytes INTEGER NOT NULL,
    mtime_ns INTEGER NOT NULL, fingerprint TEXT NOT NULL, line_count INTEGER NOT NULL,
    extract TEXT NOT NULL, pages TEXT NOT NULL,
    title TEXT NOT NULL, date TEXT NOT NULL, author TEXT NOT NULL, source TEXT NOT NULL
) WITHOUT ROWID, STRICT;
CREATE TABLE extracts (sha256 TEXT PRIMARY KEY, text TEXT NOT NULL) STRICT;
CREATE TABLE passages (
    id INTEGER PRIMARY KEY, article_id TEXT NOT NULL, start INTEGER NOT NULL,
    "end" INTEGER NOT NULL, line_start INTEGER NOT NULL, line_end INTEGER NOT NULL,
    text TEXT NOT NULL, boilerplate INTEGER NOT NULL, text_key BLOB NOT NULL
) STRICT;
CREATE TABLE removed (id INTEGER PRIMARY KEY) STRICT;
CREATE INDEX passages_by_article ON passages (article_id, start);
CREATE INDEX passages_by_text ON passages (text_key);
{lexical.CREATE}
"""


def check_schema(database: sqlite3.Connection) -> None:
    """Refuse a database that has other tables than those of an index; it is closed then.

    Raises:
        sqlite3.DatabaseError: it has, or it cannot be read.
    """
    try:
        if _tables(database) != _expected_tables():
            raise sqlite3.DatabaseError(f"{DATABASE}: the tables are not those of an index")
    except sqlite3.DatabaseError:
        database.close()
        raise


def _tables(database: sqlite3.Connection) -> set[tuple[str, str]]:
    return set(database.execute("SELECT name, sql FROM main.sqlite_master"))


@lru_cache(maxsize=1)
def _expected_tables() -> set[tuple[str, str]]:
    with closing(sqlite3.connect(":memory:")) as database:
        database.executescript(SCHEMA)
        return _tables(database)
