"""Writing a generation: articles and passages into SQLite, vectors into FAISS.

A `Writer` starts from a copy of the generation before (or from nothing), takes articles
out and puts articles in, and is committed once. Vectors of passages whose text was
already known are taken over; only new text is embedded. Ids rise and are never reused.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import sqlite3
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager, closing
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from index import generations, lexical
from index.embed import Embedder
from index.layout import SCHEMA
from index.manifest import DATABASE, FINE, FORMAT_VERSION, Manifest
from index.store import Snapshot
from index.types import Article, ArticleStamp, ModelIdentity, Passage
from index.vectorwriter import VectorWriter
from index.words import analyser_identity

Progress = Callable[[int], None]
"""Called with the number of passages embedded since the last call."""

_BATCH = 1024  # passages embedded at a time
_GATHERED = 16_384  # passages whose search words are put in or taken out at a time


class Writer(AbstractContextManager["Writer"]):
    """A generation being built; use inside `generations.writing`.

    Args:
        root: folder of the index.
        model: identity of the embedder.
        before: the generation to start from; None to start from nothing.
        known: the generation whose vectors are reused; `before` unless given.
    """

    def __init__(
        self,
        root: Path,
        model: ModelIdentity,
        before: Snapshot | None,
        known: Snapshot | None = None,
    ) -> None:
        if before is not None:
            before.verify()  # what is damaged is not taken over
        self._root = root
        self._before = before
        self._known = known or before
        self._model = model
        self.generation = generations.next_generation(root)
        self._folder = generations.building_folder(root, self.generation)
        self._next_id = 1
        if before is not None:
            shutil.copyfile(before.folder / DATABASE, self._folder / DATABASE)
            self._next_id = before.manifest.next_id
        self._first_id = self._next_id
        self._vectors = VectorWriter(self._folder, model.dim, before.vectors if before else None)
        self._database = sqlite3.connect(self._folder / DATABASE)
        try:
            self._prepare(new=before is None)
        except sqlite3.Error:
            self._close()
            raise

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close the files; an uncommitted folder is removed by the next writer."""
        self._close()

    def _close(self) -> None:
        self._database.close()
        self._vectors.close()

    def _prepare(self, *, new: bool) -> None:
        # no text stays in free pages; what is half-written is thrown away and never repaired
        for setting in ("secure_delete = ON", "journal_mode = OFF", "synchronous = OFF"):
            self._database.execute(f"PRAGMA {setting}").fetchall()
        if new:
            self._database.executescript(SCHEMA)

    def remove(self, article_ids: Iterable[str]) -> None:
        """Take articles and their passages out."""
        gathered: list[tuple[int, str]] = []
        for article_id in article_ids:
            gathered += self._database.execute(
                "SELECT id, text FROM passages WHERE article_id = ?", (article_id,)
            ).fetchall()
            self._database.execute("DELETE FROM passages WHERE article_id = ?", (article_id,))
            self._database.execute("DELETE FROM articles WHERE id = ?", (article_id,))
            if len(gathered) >= _GATHERED:
                self._forget(gathered)
                gathered.clear()
        self._forget(gathered)

    def _forget(self, passages: Sequence[tuple[int, str]]) -> None:
        """Take the search words of passages out; their vectors are passed over from now on."""
        lexical.delete(self._database, passages)
        ids = ((passage_id,) for passage_id, _ in passages)
        self._database.executemany("INSERT INTO removed VALUES (?)", ids)

    def rename(self, old_id: str, stamp: ArticleStamp) -> None:
        """Give an article a new id or stamp; its text, passages and vectors stay."""
        values = (stamp.id, stamp.sha256, stamp.size_bytes, stamp.mtime_ns, stamp.fingerprint)
        self._database.execute(
            "UPDATE articles SET id = ?, sha256 = ?, size_bytes = ?, mtime_ns = ?, fingerprint = ?"
            " WHERE id = ?",
            (*values, old_id),
        )
        if stamp.id != old_id:
            self._database.execute(
                "UPDATE passages SET article_id = ? WHERE article_id = ?", (stamp.id, old_id)
            )

    def add(
        self,
        articles: Iterable[tuple[Article, Sequence[Passage]]],
        embedder: Callable[[], Embedder],
        progress: Progress | None = None,
    ) -> None:
        """Put articles in; they are asked for as they are needed and not kept.

        Args:
            articles: each with its passages.
            embedder: gives the model; called only if there is text to embed.
            progress: told how many texts were embedded since it was last told.
        """
        gathered: list[Passage] = []
        for article, passages in articles:
            self._insert_article(article)
            gathered += passages
            if len(gathered) >= _GATHERED:
                self._insert_gathered(gathered, embedder, progress)
                gathered.clear()
        self._insert_gathered(gathered, embedder, progress)

    def _insert_gathered(
        self,
        passages: Sequence[Passage],
        embedder: Callable[[], Embedder],
        progress: Progress | None,
    ) -> None:
        first_id = self._next_id
        for first in range(0, len(passages), _BATCH):
            self._insert_passages(passages[first : first + _BATCH], embedder, progress)
        texts = enumerate((passage.text for passage in passages), first_id)
        lexical.insert(self._database, texts)

    def commit(self, now: datetime, *, compact: bool = True) -> Manifest:
        """Write everything to disk and make it the current generation.

        Args:
            now: time of creation, with time zone.
            compact: rewrite the database without gaps; takes as long as it is large.

        Raises:
            StoreWriteError: the disk is full or read-only.
        """
        count, articles = self._count("passages"), self._count("articles")
        removed = self._database.execute("SELECT id FROM removed ORDER BY id").fetchall()
        ids = np.array(removed, dtype=np.int64).reshape(-1)
        taken, kept = self._vectors.finish(ids, compact=compact)
        self._close_database(compact, kept)
        manifest = Manifest(
            format=FORMAT_VERSION,
            generation=self.generation,
            model=self._model,
            analyser=analyser_identity(),
            next_id=self._next_id,
            articles=articles,
            passages=count,
            vectors="compressed" if (self._folder / FINE).exists() else "exact",
            created=now.isoformat(timespec="seconds"),
            files={path.name: self._entry(path, taken) for path in self._folder.iterdir()},
        )
        generations.commit(self._root, self._folder, manifest)
        return manifest

    def _entry(self, path: Path, taken: Sequence[str]) -> dict[str, Any]:
        """What the manifest says of a file; of one that was taken over, what it said before."""
        if self._before and path.name in taken:
            return self._before.manifest.files[path.name]
        return {"sha256": generations.file_sha256(path), "size_bytes": path.stat().st_size}

    def _close_database(self, compact: bool, removed: Sequence[int]) -> None:
        self._database.execute("DELETE FROM removed")
        self._database.executemany("INSERT INTO removed VALUES (?)", ((i,) for i in removed))
        self._database.execute(
            "DELETE FROM extracts WHERE sha256 NOT IN (SELECT extract FROM articles)"
        )
        self._database.commit()
        if compact:
            self._database.execute("VACUUM")
        self._database.close()

    def _vectors_of(
        self,
        texts: Mapping[bytes, str],
        embedder: Callable[[], Embedder],
        progress: Progress | None,
    ) -> dict[bytes, NDArray[np.float32]]:
        """Their vectors: known from the generation before, put in already, or embedded now."""
        vectors, new = {}, {}
        for key, text in texts.items():
            known = self._known.id_of_text(key) if self._known else None
            row = self._row_of_text(key) if known is None else None
            if self._known and known is not None:
                vectors[key] = self._known.vector(known)
            elif row is not None:
                vectors[key] = self._vectors.row(row)
            else:
                new[key] = text
        if new:
            rows = embedder().embed_passages(list(new.values()), progress=progress)
            vectors.update(zip(new, rows, strict=True))
        return vectors

    def _row_of_text(self, key: bytes) -> int | None:
        """By which number the vectors know a text that was put in; None if it was not."""
        found = self._database.execute(
            "SELECT id FROM passages WHERE text_key = ? AND id >= ? LIMIT 1", (key, self._first_id)
        ).fetchone()
        return int(found[0]) - self._first_id if found else None

    def _insert_article(self, article: Article) -> None:
        stamp, facts = article.stamp, article.facts
        self._database.execute(
            f"INSERT INTO articles VALUES ({', '.join('?' * 12)})",
            (stamp.id, stamp.sha256, stamp.size_bytes, stamp.mtime_ns, stamp.fingerprint,
             article.line_count, article.extract, json.dumps(article.pages),
             facts.title, facts.date, facts.author, facts.source),
        )  # fmt: skip
        if article.extract:
            self._database.execute(
                "INSERT OR IGNORE INTO extracts VALUES (?, ?)", (article.extract, article.text)
            )

    def _insert_passages(
        self,
        passages: Sequence[Passage],
        embedder: Callable[[], Embedder],
        progress: Progress | None,
    ) -> None:
        keys = [text_key(p.text) for p in passages]
        texts = {key: p.text for key, p in zip(keys, passages, strict=True)}
        vectors = self._vectors_of(texts, embedder, progress)
        ids = range(self._next_id, self._next_id + len(keys))
        self._next_id += len(keys)
        self._database.executemany(
            "INSERT INTO passages VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                (i, p.article_id, p.start, p.end, p.line_start, p.line_end, p.text,
                 p.boilerplate, key)
                for i, p, key in zip(ids, passages, keys, strict=True)
            ),
        )  # fmt: skip
        rows = np.stack([vectors[key] for key in keys])
        self._vectors.add(np.array(ids, dtype=np.int64), rows)

    def _count(self, table: str) -> int:
        with closing(self._database.execute(f"SELECT count(*) FROM {table}")) as cursor:
            return int(cursor.fetchone()[0])


def text_key(text: str) -> bytes:
    """Key under which a passage's vector is reused: 16 bytes of blake2b over its text."""
    return hashlib.blake2b(text.encode("utf-8"), digest_size=16).digest()
