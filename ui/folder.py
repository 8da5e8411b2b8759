"""What is in the folder and in its index, told without any model. Looks are shared and short.

Has an opened index of its own, so that nobody who looks waits in line behind a question.
"""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass
from pathlib import Path

from index.articles import MAX_BYTES, load_article
from index.errors import AssistantError, QuestionError, StoreError
from index.formats import Extracted
from index.store import Snapshot
from index.sync import is_stale
from rag.question import resolve_articles

STATUS_SECONDS = 2.0
"""How long a look at the folder counts as fresh, however many pages are open."""
MOST_LINES = 200
"""Most lines that a program is given at once."""


@dataclass(frozen=True, slots=True)
class Status:
    """What the corpus panel tells.

    Args:
        articles: (article id, number of lines) pairs, sorted.
        passages: number of passages in the index.
        created: when the index was written, ISO 8601 with time zone; empty if there is none.
        embedder: name of the search model.
        stale: whether the folder differs from the index.
        problem: why the index or the folder cannot be used; empty if it can.
    """

    articles: tuple[tuple[str, int], ...] = ()
    passages: int = 0
    created: str = ""
    embedder: str = ""
    stale: bool = False
    problem: str = ""


class Folder:
    """One folder of articles and its index; safe to use from several threads.

    Args:
        corpus: folder of the articles.
        index: folder of the index.
        max_bytes: larger files are not taken into the index.
    """

    def __init__(self, corpus: Path, index: Path, max_bytes: int = MAX_BYTES) -> None:
        self.corpus = corpus
        self._index = index
        self._max_bytes = max_bytes
        self._lock = threading.Lock()
        self._snapshot: Snapshot | None = None
        self._known: tuple[float, Status] = (float("-inf"), Status())

    def status(self, *, fresh: bool = False) -> Status:
        """What is there; at most `STATUS_SECONDS` old unless `fresh`."""
        with self._lock:
            looked, status = self._known
            if fresh or time.monotonic() - looked >= STATUS_SECONDS:
                status = self._look()
                self._known = (time.monotonic(), status)
            return status

    def lines(self, article: str, first: int, last: int) -> tuple[str, list[str], int]:
        """Lines of an article as they are on disk.

        Args:
            article: id, file name, its stem or first part; it must fit one article.
            first: 1-based.
            last: at most `MOST_LINES` lines from `first` on.

        Returns:
            The article's id, the lines without their breaks, number of lines in all.

        Raises:
            QuestionError: no such article, or no such lines.
            ArticleError: it cannot be read.
        """
        found = resolve_articles([article], [name for name, _ in self.status().articles])
        if len(found) != 1:
            raise QuestionError(
                f"{article!r} fits {len(found)} articles", hint=f"choose: {', '.join(found[:5])}"
            )
        text = load_article(self.corpus, found[0], self.extracted)
        count = text.line_count
        if not 1 <= first <= last <= count or last - first >= MOST_LINES:
            raise QuestionError(
                f"lines {first} to {last} of {found[0]}: it has {count}",
                hint=f"ask for at most {MOST_LINES} lines between 1 and {count}",
            )
        lines = (text.line(number) for number in range(first, last + 1))
        return found[0], [text.text[line.start : line.end] for line in lines], count

    def extracted(self, article_id: str, sha256: str) -> Extracted | None:
        """What was extracted from a file; see `Snapshot.extracted`. None without an index."""
        with self._lock:
            try:
                return self._current().extracted(article_id, sha256)
            except StoreError:
                return None

    def extract_text(self, extract: str) -> str | None:
        """An extracted text; see `Snapshot.extract_text`. None without an index."""
        with self._lock:
            try:
                return self._current().extract_text(extract)
            except StoreError:
                return None

    def close(self) -> None:
        """Close the index."""
        with self._lock:
            if self._snapshot is not None:
                self._snapshot.close()
                self._snapshot = None

    def _look(self) -> Status:
        try:
            snapshot = self._current()
            manifest = snapshot.manifest
            return Status(
                articles=tuple(snapshot.line_counts().items()),
                passages=manifest.passages,
                created=manifest.created,
                embedder=manifest.model.name,
                stale=is_stale(self.corpus, snapshot, max_bytes=self._max_bytes),
            )
        except AssistantError as error:
            return Status(stale=True, problem=error.message)

    def _current(self) -> Snapshot:
        if self._snapshot is None or not self._snapshot.is_current():
            if self._snapshot is not None:
                self._snapshot.close()
                self._snapshot = None
            self._snapshot = Snapshot.open(self._index, None)
        return self._snapshot
