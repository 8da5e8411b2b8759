"""Looking over an index in full: damage of its files, and parts that disagree.

Reads only. Every finding is one sentence; the remedy is always the same, a rebuild. Vectors or
search words that belong to another passage show only in the checksums of their files, which the
manifest holds: whoever alters both on purpose is not found out here. No quote depends on them.
"""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import numpy as np

from index import generations, lexical
from index.compressed import CompressedFile
from index.errors import StoreCorruptError
from index.manifest import DATABASE, Manifest
from index.store import Snapshot, check_identity
from index.types import ModelIdentity
from index.writer import text_key

_QUERIES = (
    (
        "passages of no article",
        "SELECT count(*) FROM passages WHERE article_id NOT IN (SELECT id FROM articles)",
    ),
    (
        "articles without a passage",
        "SELECT count(*) FROM articles WHERE id NOT IN (SELECT article_id FROM passages)",
    ),
    (
        "passages whose text does not fit its place",
        'SELECT count(*) FROM passages WHERE start < 0 OR "end" - start != length(text)',
    ),
    (
        "passages with impossible lines",
        "SELECT count(*) FROM passages JOIN articles ON articles.id = article_id"
        " WHERE line_start < 1 OR line_end < line_start OR line_end > line_count",
    ),
    (
        "passages that stand behind the end of their file",
        "SELECT count(*) FROM passages JOIN articles ON articles.id = article_id"
        " WHERE extract = '' AND \"end\" > size_bytes",
    ),
    (
        "passages that do not stand in the extracted text",
        "SELECT count(*) FROM passages JOIN articles ON articles.id = article_id"
        " JOIN extracts ON extracts.sha256 = extract"
        ' WHERE substr(extracts.text, start + 1, "end" - start) != passages.text',
    ),
    (
        "passages that overlap",
        'SELECT count(*) FROM (SELECT start, lag("end") OVER'
        " (PARTITION BY article_id ORDER BY start) AS before FROM passages) WHERE before > start",
    ),
    (
        "articles with impossible facts",
        "SELECT count(*) FROM articles WHERE size_bytes < 1 OR length(sha256) != 64"
        " OR sha256 GLOB '*[^0-9a-f]*' OR line_count < 1 OR NOT json_valid(pages)"
        " OR json_array_length(pages) NOT IN (0, line_count)",
    ),
    (
        "articles whose fingerprint is of another file",
        "SELECT count(*) FROM articles WHERE id NOT LIKE '%#%'"
        " AND substr(fingerprint, -64) != sha256",
    ),
    (
        "articles whose extracted text is missing",
        "SELECT count(*) FROM articles WHERE extract != ''"
        " AND extract NOT IN (SELECT sha256 FROM extracts)",
    ),
)
_NORM_ERROR = 1e-3
_COMPRESSED_NORM_ERROR = 5e-3  # they are a little longer or shorter


def check_index(root: Path, model: ModelIdentity | None) -> list[str]:
    """Find damage.

    Args:
        root: folder of the index.
        model: the embedder in use; None to accept any.

    Returns:
        One sentence for each finding; empty when the index is whole.

    Raises:
        StoreError: there is no index, its manifest is damaged, or it is of another model.
    """
    folder, manifest = generations.current_folder(root)
    check_identity(root, manifest, model)
    found = generations.damage(folder, manifest, thorough=True)
    if found:
        return found
    try:
        opened = Snapshot.open(root, model)
    except StoreCorruptError as error:
        return [error.message]
    path = folder / DATABASE
    with (
        closing(opened) as snapshot,
        closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro&immutable=1", uri=True)) as db,
    ):
        try:
            rows = db.execute("PRAGMA integrity_check").fetchall()
            found += [f"{path}: {row[0]}" for row in rows if row[0] != "ok"]
            found += [f"{folder}: {finding}" for finding in _findings(snapshot, db)]
        except (sqlite3.DatabaseError, UnicodeDecodeError) as error:
            found.append(f"{path}: {error}")
        except StoreCorruptError as error:
            found.append(error.message)
    return found


def _findings(snapshot: Snapshot, db: sqlite3.Connection) -> Iterator[str]:
    yield from _disagreements(snapshot)
    yield from _rows(db, snapshot.manifest)
    yield from _lexical(db)
    yield from _vectors(snapshot)


def _disagreements(snapshot: Snapshot) -> Iterator[str]:
    """Ids that stand in one part of the index and not in another."""
    passages = set(snapshot.passage_ids())
    vectors = snapshot.vectors.ids.tolist()
    searched = snapshot.lexical_ids()
    for name, other in (("vectors", vectors), ("lexical index", searched)):
        if passages != set(other):
            count = len(passages ^ set(other))
            yield f"{count} passages differ between corpus and {name}"
        elif len(other) != len(passages):
            yield f"{len(other) - len(passages)} passages stand twice in the {name}"
    if passages and max(passages) >= snapshot.manifest.next_id:
        yield f"id {max(passages)} was not given out yet"


def _rows(db: sqlite3.Connection, manifest: Manifest) -> Iterator[str]:
    """Rows of the database that do not fit together or into the manifest."""
    for what, query in _QUERIES:
        if count := db.execute(query).fetchone()[0]:
            yield f"{count} {what}"
    for table, wanted in (("articles", manifest.articles), ("passages", manifest.passages)):
        if (count := db.execute(f"SELECT count(*) FROM {table}").fetchone()[0]) != wanted:
            yield f"{count} {table}, {wanted} in the manifest"
    texts = db.execute("SELECT text, text_key FROM passages")
    if count := sum(text_key(text) != key for text, key in texts):
        yield f"{count} passages whose text is not the one that was embedded"
    extracts = db.execute("SELECT sha256, text FROM extracts")
    if count := sum(hashlib.sha256(t.encode("utf-8")).hexdigest() != key for key, t in extracts):
        yield f"{count} extracted texts do not match their checksums"


def _lexical(db: sqlite3.Connection) -> Iterator[str]:
    """Passages whose search words are not complete."""
    if count := lexical.misfits(db):
        yield f"{count} passages whose search words do not add up in the lexical index"


def _vectors(snapshot: Snapshot) -> Iterator[str]:
    """Vectors that no model makes."""
    count = 0
    for file in snapshot.vectors.files:
        compressed = isinstance(file, CompressedFile)
        most = _COMPRESSED_NORM_ERROR if compressed else _NORM_ERROR
        for _, rows in snapshot.vectors.live(file):
            count += int((~(np.abs(np.linalg.norm(rows, axis=1) - 1) <= most)).sum())
    if count:
        yield f"{count} vectors do not have length 1"
