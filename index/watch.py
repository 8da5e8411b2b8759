"""Watching a folder of articles: tells when a sync has something to do.

What counts is the listing of the folder (which articles, their size and times). The
platform's notification, through `watchfiles`, only says when to look; where it fails or is
silent (network folders, too many watches, lost events) the listing is looked at from time
to time anyway. A write by rename, a burst and a write in pieces are each one change,
because the listing has to come to rest first. This module reads no article and syncs
nothing.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Generator, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from index.errors import CorpusError
from index.paths import is_article_name
from index.walk import find_articles

_BEAT_S = 0.25  # the longest wait before `stop` is looked at
_SLICE_S = 0.05
_PATIENCE = 10  # times the debounce: so long the others wait for a file that keeps changing
_LISTING_SHARE = 50  # looking without being told takes at most 1/50 of the time

Listing = dict[str, tuple[int, ...]]
"""Article id -> inode, size in bytes, times of modification and of status change in ns."""


@dataclass(frozen=True, slots=True)
class Changed:
    """The folder is not as it was.

    Args:
        unsettled: ids of articles that are still being written; they are reported again
            when they have come to rest.
    """

    unsettled: frozenset[str] = frozenset()


def never() -> bool:
    """For a watch without an end."""
    return False


def watch(
    corpus: Path,
    *,
    debounce_s: float = 0.5,
    recheck_s: float = 2.0,
    notify: bool = True,
    stop: Callable[[], bool] = never,
) -> Iterator[Changed]:
    """Tell once that the watch has begun, then each time that the folder has changed.

    Changes made while the caller is busy with an event are not missed. Hidden files and
    other suffixes are passed over. A folder that goes away, or comes back, is a change.

    Args:
        corpus: folder of articles; it need not exist.
        debounce_s: an article has come to rest if it did not change for so long.
        recheck_s: pause between looks without a notification; longer for a slow folder.
        notify: use the platform's notification.
        stop: asked several times a second; true ends the iteration.

    Yields:
        What to leave out for now; bursts, and edits of up to ten times `debounce_s`, come
        as one event.
    """
    with closing(_Notifier(corpus, notify=notify)) as notifier:
        notifier.wait(stop)
        seen: Mapping[str, object]
        seen, due = _look(corpus, recheck_s)
        yield Changed()
        while not stop():
            if not notifier.wait(stop) and time.monotonic() < due:
                continue
            found, due = _look(corpus, recheck_s)
            if found == seen:
                continue
            found, unsettled = _settled(corpus, found, debounce_s, stop)
            settled = {name: found[name] for name in found.keys() - unsettled}
            if not stop() and settled != {i: seen[i] for i in seen.keys() - unsettled}:
                seen = settled | dict.fromkeys(unsettled)
                yield Changed(unsettled)


def _look(corpus: Path, recheck_s: float) -> tuple[Listing, float]:
    """The listing, and the time from which on to look again without being told."""
    started = time.monotonic()
    listing = _listing(corpus)
    now = time.monotonic()
    return listing, now + max(recheck_s, (now - started) * _LISTING_SHARE)


def _listing(corpus: Path) -> Listing:
    """The articles as they stand in the folder; empty if there is none or no folder."""
    listing: Listing = {}
    try:
        files, _ = find_articles(corpus)
    except CorpusError:
        return {}
    for file in files:
        try:
            status = file.path.stat()
        except OSError:  # it has just gone away
            continue
        listing[file.id] = (
            status.st_ino, status.st_size, status.st_mtime_ns, status.st_ctime_ns,
        )  # fmt: skip
    return listing


def _settled(
    corpus: Path, listing: Listing, debounce_s: float, stop: Callable[[], bool]
) -> tuple[Listing, frozenset[str]]:
    """Wait until the folder has come to rest, or patience is over.

    Returns:
        The listing then, and the ids of the articles that are still being written.
    """
    patience = time.monotonic() + _PATIENCE * debounce_s
    while True:
        pause(debounce_s, stop)
        now = _listing(corpus)
        unsettled = frozenset(name for name in now if listing.get(name) != now[name])
        if now == listing or time.monotonic() >= patience or stop():
            return now, unsettled
        listing = now


class _Notifier:
    """The platform's notification for one folder, which may go away and come back.

    Args:
        corpus: the folder.
        notify: false to wait only.
    """

    def __init__(self, corpus: Path, *, notify: bool) -> None:
        self._corpus = corpus
        self._notify = notify
        self._identity: tuple[int, int] | None = None  # of the folder that is watched
        self._changes: Generator[set[tuple[Any, str]], None, None] | None = None

    def wait(self, stop: Callable[[], bool]) -> bool:
        """True if something may have changed; false after a short while without."""
        identity = _identity(self._corpus)
        moved = identity != self._identity
        if moved:
            self.close()
            self._identity = identity
            if identity and self._notify:
                self._changes = self._open()
        if self._changes is None:
            pause(_BEAT_S, stop)
            return moved
        try:
            return bool(next(self._changes)) or moved
        except (OSError, RuntimeError, StopIteration):  # watchfiles' own errors are RuntimeErrors
            self.close()
            return True

    def close(self) -> None:
        """Stop watching."""
        if self._changes is not None:
            self._changes.close()
            self._changes = None

    def _open(self) -> Generator[set[tuple[Any, str]], None, None]:
        """Watching begins with the first `next`; an empty set says that nothing happened."""
        import watchfiles

        beat_ms = round(_BEAT_S * 1000)
        root = os.path.realpath(self._corpus)
        return watchfiles.watch(
            root,
            watch_filter=lambda _, path: _matters(root, path),
            debounce=beat_ms,
            rust_timeout=beat_ms,
            yield_on_timeout=True,
            force_polling=False,
            ignore_permission_denied=True,
        )


def _matters(root: str, path: str) -> bool:
    """False for what can be no article and no folder of articles."""
    parts = Path(os.path.relpath(path, root)).parts
    hidden = any(part.startswith(".") and part != ".." for part in parts)
    return not hidden and (is_article_name(path) or not Path(path).is_file())


def _identity(corpus: Path) -> tuple[int, int] | None:
    """Device and inode of the folder; None if it is not there."""
    try:
        status = corpus.stat()
    except (OSError, ValueError):
        return None
    return status.st_dev, status.st_ino


def pause(seconds: float, stop: Callable[[], bool]) -> None:
    """Sleep, but not past a stop; in slices, because a signal does not shorten a sleep."""
    end = time.monotonic() + seconds
    while not stop() and (left := end - time.monotonic()) > 0:
        time.sleep(min(left, _SLICE_S))
