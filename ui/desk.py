"""One assistant for all pages and programs: a queue before the models, a sync beside it.

Questions are answered one after the other, in the order in which they came: two cores are
busy with one. The index is opened and read by that one thread only. A sync runs beside it;
the next question finds the new generation.
"""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from index.sync import SyncReport
from index.types import Hit
from rag.assemble import Assistant
from rag.config import DRAFTER_NONE
from rag.question import read_question, resolve_articles
from rag.types import Answer, Interim
from ui.folder import Folder

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class SyncStep:
    """How far a sync has come.

    Args:
        done: passages embedded.
        total: passages to embed.
        seconds: since it began.
    """

    done: int
    total: int
    seconds: float


class Desk:
    """Serves one folder.

    Args:
        assistant: used by this desk alone.
        feedback: file that opinions about answers are appended to.
    """

    def __init__(self, assistant: Assistant, feedback: Path) -> None:
        self.assistant = assistant
        self.feedback = feedback
        config = assistant.config
        self.folder = Folder(config.corpus, config.index_folder, config.max_bytes)
        self._worker = ThreadPoolExecutor(1, thread_name_prefix="beleg")
        self._syncing = threading.Lock()
        self._loaded: Future[None] = self._worker.submit(assistant.load)

    @property
    def drafter(self) -> str:
        """Name of the answer model; empty for none."""
        name = self.assistant.config.drafter
        return "" if name == DRAFTER_NONE else name

    @property
    def loaded(self) -> bool:
        """Whether the models are in memory."""
        return self._loaded.done()

    def ask(self, question: str, article_ids: Sequence[str] = ()) -> Iterator[Interim | Answer]:
        """Answer a question; what is being done comes first, the answer last.

        Args:
            question: the question.
            article_ids: only these articles; empty for all.

        Raises:
            AssistantError: it cannot be worked on.
        """
        read_question(question)  # one that cannot be asked does not wait in line
        events: queue.SimpleQueue[Interim | None] = queue.SimpleQueue()
        future = self._worker.submit(self._ask, question, tuple(article_ids), events.put)
        future.add_done_callback(lambda _: events.put(None))
        try:
            while (event := events.get()) is not None:
                yield event
            yield future.result()
        finally:
            future.cancel()  # whoever asked has gone away; no effect once it is running

    def search(self, question: str, limit: int, article_ids: Sequence[str] = ()) -> list[Hit]:
        """The nearest passages; see `Assistant.search`."""
        text = read_question(question).text
        return self._wait(lambda: self._search(text, limit, tuple(article_ids)))

    def sync(self) -> Iterator[SyncStep | SyncReport]:
        """Bring the index up to date; steps come first, the report last.

        Raises:
            AssistantError: the folder or the index cannot be used, or another sync runs.
        """
        self._loaded.result()  # the model is loaded by one thread
        events: queue.SimpleQueue[SyncStep | None] = queue.SimpleQueue()
        progress = _Counter(events.put)
        with ThreadPoolExecutor(1, thread_name_prefix="beleg-sync") as pool, self._syncing:
            future = pool.submit(self.assistant.sync, progress=progress.begin)
            future.add_done_callback(lambda _: events.put(None))
            while (event := events.get()) is not None:
                yield event
            self.folder.status(fresh=True)
            yield future.result()

    def close(self) -> None:
        """Stop working; questions in line are dropped."""
        self._worker.shutdown(wait=True, cancel_futures=True)
        self.assistant.close()
        self.folder.close()

    def _ask(
        self, question: str, article_ids: tuple[str, ...], watch: Callable[[Interim], None]
    ) -> Answer:
        return self.assistant.ask(question, article_ids, watch=watch)

    def _search(self, question: str, limit: int, article_ids: tuple[str, ...]) -> list[Hit]:
        scope = resolve_articles(article_ids, self.assistant.snapshot.stamps())
        return list(self.assistant.search(question, limit, scope).hits)

    def _wait(self, work: Callable[[], _T]) -> _T:
        return self._worker.submit(work).result()


class _Counter:
    """Turns a sync's progress into steps."""

    def __init__(self, put: Callable[[SyncStep], Any]) -> None:
        self._put = put

    def begin(self, total: int) -> Callable[[int], None]:
        started, done = time.monotonic(), 0

        def count(more: int) -> None:
            nonlocal done
            done += more
            self._put(SyncStep(done, total, time.monotonic() - started))

        self._put(SyncStep(0, total, 0.0))
        return count
