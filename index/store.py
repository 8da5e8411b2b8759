"""Reading an index: one `Snapshot` is one generation, checked when it is opened.

A snapshot keeps its files open, so that a writer may replace the generation meanwhile.
Opening refuses an index of another model, analyser or format and one whose files do not
match their checksums. This module writes nothing.
"""

from __future__ import annotations

import contextlib
import json
import sqlite3
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from index import generations, lexical
from index.errors import StoreCorruptError, StoreError, StoreMismatchError
from index.formats import Extracted
from index.generations import repair_hint
from index.layout import check_schema
from index.manifest import DATABASE, Manifest
from index.types import ArticleStamp, ModelIdentity, Passage
from index.vectors import Vectors
from index.words import analyser_identity

_PASSAGE = 'id, article_id, start, "end", line_start, line_end, text, boilerplate'
_MAX_VARIABLES = 500
_DATABASE_ERRORS = (sqlite3.DatabaseError, UnicodeDecodeError)
_VECTOR_ERRORS = (RuntimeError, EOFError, MemoryError, OSError, ValueError)
"""Of faiss, which believes any size that a file names; of numpy; of the disk."""
_TRIES = 4  # each next one only if a writer replaced the generation meanwhile


class Snapshot:
    """One opened generation of an index; safe to use from several threads."""

    def __init__(self, root: Path, folder: Path, manifest: Manifest) -> None:
        self.root = root
        self.folder = folder
        self.manifest = manifest
        self._lock = threading.Lock()
        uri = f"{(folder / DATABASE).absolute().as_uri()}?mode=ro&immutable=1"
        self._database = sqlite3.connect(uri, uri=True, check_same_thread=False)
        try:
            check_schema(self._database)
            removed = self._database.execute("SELECT id FROM removed").fetchall()
            ids = np.array(removed, dtype=np.int64).reshape(-1)
            self.vectors = Vectors.open(folder, manifest, ids)
        except (*_VECTOR_ERRORS, *_DATABASE_ERRORS):
            self._database.close()
            raise

    @classmethod
    def open(cls, root: Path, model: ModelIdentity | None) -> Snapshot:
        """Open the current generation of an index.

        Args:
            root: folder of the index.
            model: the embedder that questions will use; None to skip that check (for
                commands that embed nothing).

        Raises:
            StoreNotFoundError: there is no index here.
            StoreCorruptError: a file is missing, truncated or altered.
            StoreMismatchError: made by another model, analyser or format version.
        """
        for _ in range(_TRIES - 1):
            pointer = generations.pointer(root)
            try:
                return cls._open(root, model)
            except StoreCorruptError:
                if generations.pointer(root) == pointer:
                    raise
                # a writer replaced the generation while it was being read
        return cls._open(root, model)

    @classmethod
    def _open(cls, root: Path, model: ModelIdentity | None) -> Snapshot:
        folder, manifest = generations.current_folder(root)
        check_identity(root, manifest, model)
        damaged = generations.damage(folder, manifest, thorough=False)
        if not damaged:
            try:
                return cls(root, folder, manifest)
            except (*_VECTOR_ERRORS, *_DATABASE_ERRORS) as error:
                damaged = [f"{folder}: {error}"]
        raise StoreCorruptError(root, "; ".join(damaged), hint=repair_hint(root))

    def verify(self) -> None:
        """Compare all checksums, unless they were compared when it was opened.

        Raises:
            StoreCorruptError: a file was altered.
        """
        if generations.is_hashed_at_open(self.manifest):
            return
        if damaged := generations.damage(self.folder, self.manifest, thorough=True):
            raise StoreCorruptError(self.root, "; ".join(damaged), hint=repair_hint(self.root))

    def close(self) -> None:
        """Close the database."""
        self._database.close()

    def is_current(self) -> bool:
        """False once this generation was replaced, or the index removed or damaged."""
        try:
            return generations.current_folder(self.root) == (self.folder, self.manifest)
        except StoreError:
            return False

    def stamps(self) -> dict[str, ArticleStamp]:
        """What the index remembers of each article, by article id."""
        rows = self._rows(
            "SELECT id, sha256, size_bytes, mtime_ns, fingerprint FROM articles ORDER BY id"
        )
        return {row[0]: ArticleStamp(*row) for row in rows}

    def extracted(self, article_id: str, sha256: str) -> Extracted | None:
        """What was extracted from a file when it was indexed.

        Args:
            article_id: the article.
            sha256: hex digest of the file's bytes as they are now.

        Returns:
            None if nothing was extracted (text, Markdown) or the file was another.
        """
        rows = self._rows(
            "SELECT text, pages, title, date, author, source FROM articles"
            " JOIN extracts ON extracts.sha256 = articles.extract"
            " WHERE id = ? AND articles.sha256 = ?",
            (article_id, sha256),
        )
        if not rows:
            return None
        text, pages, *facts = rows[0]
        return Extracted(text, tuple(json.loads(pages)), *facts)

    def extract_text(self, extract: str) -> str | None:
        """The extracted text with this hex digest, unchecked; None if it is not held."""
        rows = self._rows("SELECT text FROM extracts WHERE sha256 = ?", (extract,))
        return rows[0][0] if rows else None

    def line_counts(self) -> dict[str, int]:
        """Number of lines of each article when it was indexed."""
        return dict(self._rows("SELECT id, line_count FROM articles ORDER BY id"))

    def passages(self, ids: Sequence[int]) -> list[Passage]:
        """The passages with these ids, in this order.

        Raises:
            StoreCorruptError: an id is not in the index, or its file is damaged.
        """
        found: dict[int, Passage] = {}
        for first in range(0, len(ids), _MAX_VARIABLES):
            some = ids[first : first + _MAX_VARIABLES]
            marks = ", ".join("?" * len(some))
            for row in self._rows(f"SELECT {_PASSAGE} FROM passages WHERE id IN ({marks})", some):
                found[row[0]] = _passage(row)
        if unknown := [i for i in ids if i not in found]:
            raise self._corrupt(f"passage {unknown[0]} is missing")
        return [found[i] for i in ids]

    def article_passages(self, article_id: str) -> list[Passage]:
        """All passages of an article, in order."""
        rows = self._rows(
            f"SELECT {_PASSAGE} FROM passages WHERE article_id = ? ORDER BY start", (article_id,)
        )
        return [_passage(row) for row in rows]

    def search_vectors(
        self, query: NDArray[np.float32], limit: int, article_ids: Sequence[str] | None = None
    ) -> list[tuple[int, float]]:
        """Passages nearest to a vector, best first.

        Args:
            query: (dim,) float32, L2-normalised.
            limit: most passages to return.
            article_ids: only these articles, if given.

        Returns:
            (passage id, cosine in [-1, 1]) pairs; ties in order of article and offset.
        """
        if min(limit, self.manifest.passages) < 1:
            return []
        allowed = None if article_ids is None else self._ids_of(article_ids)
        found = self._nearest(query, limit, allowed)
        with self._reading():
            places = lexical.places_of(self._database, [i for i, _ in found])
        if unknown := [i for i, _ in found if i not in places]:
            raise self._corrupt(f"passage {unknown[0]} is missing")
        return sorted(found, key=lambda pair: (-pair[1], places[pair[0]]))[:limit]

    def _nearest(
        self, query: NDArray[np.float32], limit: int, allowed: NDArray[np.int64] | None
    ) -> list[tuple[int, float]]:
        """At least the `limit` nearest, and all that are as near as the last of them."""
        total = self.manifest.passages
        count = min(limit + 1, total)
        while True:
            found = self.vectors.search(query, count, allowed)
            if count == total or len(found) < count or found[-1][1] < found[limit - 1][1]:
                return found
            count = min(2 * count, total)

    def search_words(
        self,
        question: str,
        limit: int,
        article_ids: Sequence[str] | None = None,
        weights: tuple[float, float, float] = lexical.COLUMN_WEIGHTS,
    ) -> list[tuple[int, float]]:
        """Passages that share words with a question, best first; see `lexical.search`."""
        with self._reading():
            return lexical.search(self._database, question, limit, article_ids, weights)

    def document_frequency(self, column: str, key: str) -> int:
        """Number of passages whose column ("words", "parts", "names") holds the key."""
        with self._reading():
            return lexical.document_frequency(self._database, column, key)

    def vector(self, passage_id: int) -> NDArray[np.float32]:
        """The stored vector of a passage, (dim,) float32, L2-normalised."""
        return self.vectors.vector(passage_id)

    def passage_ids(self) -> list[int]:
        """Ids of all passages, rising."""
        return [int(row[0]) for row in self._rows("SELECT id FROM passages ORDER BY id")]

    def lexical_ids(self) -> list[int]:
        """Ids of all passages in the lexical index."""
        with self._reading():
            return lexical.passage_ids(self._database)

    def id_of_text(self, text_key: bytes) -> int | None:
        """Id of a passage with this text, whose vector can be used again."""
        rows = self._rows("SELECT id FROM passages WHERE text_key = ? LIMIT 1", (text_key,))
        return int(rows[0][0]) if rows else None

    def _ids_of(self, article_ids: Sequence[str]) -> NDArray[np.int64]:
        marks = ", ".join("?" * len(article_ids))
        rows = self._rows(f"SELECT id FROM passages WHERE article_id IN ({marks})", article_ids)
        return np.array([row[0] for row in rows], dtype=np.int64)

    def _rows(self, sql: str, values: Sequence[object] = ()) -> list[Any]:
        with self._reading():
            return self._database.execute(sql, values).fetchall()

    @contextlib.contextmanager
    def _reading(self) -> Iterator[None]:
        """One reader at a time; what the database cannot read is damage."""
        try:
            with self._lock:
                yield
        except sqlite3.ProgrammingError:  # a bug
            raise
        except _DATABASE_ERRORS as error:
            raise self._corrupt(str(error)) from error

    def _corrupt(self, what: str) -> StoreCorruptError:
        message = f"{self.folder / DATABASE}: {what}"
        return StoreCorruptError(self.root, message, hint=repair_hint(self.root))


def check_identity(root: Path, manifest: Manifest, model: ModelIdentity | None) -> None:
    """Refuse an index made by another model or another word analysis: StoreMismatchError."""
    hint = repair_hint(root)
    if model is not None and manifest.model != model:
        raise StoreMismatchError(root, "model", str(manifest.model), str(model), hint=hint)
    analyser = analyser_identity()
    if manifest.analyser != analyser:
        raise StoreMismatchError(root, "word analysis", manifest.analyser, analyser, hint=hint)


def _passage(row: Any) -> Passage:
    i, article_id, start, end, first, last, text, boilerplate = row
    return Passage(i, article_id, start, end, first, last, text, bool(boilerplate))
