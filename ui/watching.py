"""`beleg index --watch`: a sync at the start and after each change, until it is stopped.

What goes wrong with the folder or the index is said once, and the watch goes on; it ends
with Ctrl-C or SIGTERM, after the sync that is running.
"""

from __future__ import annotations

import argparse
import contextlib
import signal
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from types import FrameType
from typing import TYPE_CHECKING

from index.errors import (
    AssistantError,
    CorpusError,
    StoreBusyError,
    StoreError,
    StoreWriteError,
)
from index.sync import SyncReport, sync
from index.walk import find_articles
from index.watch import Changed, pause, watch
from ui.opening import complain, with_bar
from ui.sync_table import line_text, sync_json

if TYPE_CHECKING:
    from rag.assemble import Assistant

_RETRY_S = 2.0  # until another sync has ended, or the disk has room again
_PASSING = (StoreBusyError, StoreWriteError)  # may end without a change of the folder


def run_watch(assistant: Assistant, options: argparse.Namespace) -> int:
    """Sync now and after each change of the folder, until a signal; 0 then.

    Raises:
        CorpusError: the folder is not there at the start.
        ModelError: the embedding model cannot be used.
    """
    corpus = assistant.config.corpus
    if not corpus.is_dir():
        find_articles(corpus)  # says what is wrong with it
    with _signals() as stop:
        Watcher(assistant, options, stop).run()
    print(options.say["watch_ends"], file=sys.stderr)
    return 0


class Watcher:
    """Syncs whenever the folder changes; remembers what it has said, to say it once.

    Args:
        assistant: its folder, index and embedder are used.
        options: `full` for the first sync, `json`, `say`.
        stop: true ends it.
        debounce_s: an article has come to rest if it did not change for so long.
        retry_s: pause before trying again what another program or the disk prevented.
    """

    def __init__(
        self,
        assistant: Assistant,
        options: argparse.Namespace,
        stop: Callable[[], bool],
        *,
        debounce_s: float = 0.5,
        retry_s: float = _RETRY_S,
    ) -> None:
        self._assistant = assistant
        self._options = options
        self._stop = stop
        self._debounce_s = debounce_s
        self._retry_s = retry_s
        self._full = options.full
        self._told: frozenset[str] = frozenset()  # messages of the sync before

    def run(self) -> None:
        """Watch until told to stop."""
        corpus = self._assistant.config.corpus
        say = self._options.say
        print(say["watch_begins"].format(folder=corpus), file=sys.stderr, flush=True)
        for changed in watch(corpus, debounce_s=self._debounce_s, stop=self._stop):
            while not self._round(changed) and not self._stop():
                pause(self._retry_s, self._stop)

    def _round(self, changed: Changed) -> bool:
        """One sync; false if it should be tried again."""
        started = time.perf_counter()
        try:
            report = self._sync(changed)
        except (CorpusError, StoreError) as error:
            self._tell([error])
            return not isinstance(error, _PASSING)
        self._full = False
        self._print(report, time.perf_counter() - started)
        self._tell(report.errors)
        return True

    def _sync(self, changed: Changed) -> SyncReport:
        config = self._assistant.config
        with with_bar(self._options.say, leave=False) as progress:
            return sync(
                config.corpus,
                config.index_folder,
                self._assistant.model,
                lambda: self._assistant.embedder,
                full=self._full,
                held=changed.unsettled,
                max_bytes=config.max_bytes,
                progress=progress,
            )

    def _print(self, report: SyncReport, seconds: float) -> None:
        now = datetime.now().astimezone()
        if self._options.json:
            line = sync_json(report, seconds, time=now.isoformat(timespec="seconds"))
        else:
            line = line_text(report, seconds, self._options.say, now)
        print(line, flush=True)

    def _tell(self, errors: Sequence[AssistantError]) -> None:
        """Say what the sync before did not say already."""
        for error in errors:
            if error.message not in self._told:
                complain(error)
        self._told = frozenset(error.message for error in errors)


@contextlib.contextmanager
def _signals() -> Iterator[Callable[[], bool]]:
    """Ctrl-C and SIGTERM become a question; a second one acts as it does elsewhere."""
    received: list[int] = []
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}

    def receive(number: int, frame: FrameType | None) -> None:
        received.append(number)
        signal.signal(number, before[signal.Signals(number)])

    for number in before:
        signal.signal(number, receive)
    try:
        yield lambda: bool(received)
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
