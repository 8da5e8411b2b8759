"""Bringing an index up to date with its folder: a plan, and carrying it out.

`sync` is the only way in which an index comes to be or changes: a first build is a sync
from nothing. `preview` says what it would do. Articles that cannot be read are reported
and left out (or taken out); the rest of the corpus goes on.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from index import generations
from index.articles import MAX_BYTES, ArticleFile, Skipped, find_articles
from index.check import check_index
from index.embed import Embedder
from index.errors import (
    ArticleError,
    CorpusError,
    StoreCorruptError,
    StoreMismatchError,
    StoreNotFoundError,
)
from index.plan import NEW_TEXT, ArticleChange, Plan, diff, make_plan
from index.scan import Scan, by_file, differs, scan
from index.store import Snapshot
from index.types import Change, ModelIdentity
from index.writer import Progress, Writer

__all__ = [
    "ArticleChange", "SyncReport", "Tally", "diff", "is_stale", "pending", "preview", "sync",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Tally:
    """One kind of change, counted.

    Args:
        articles: articles of this kind.
        passages: their passages now (before, if removed).
        reused: passages whose vector was known.
        embedded: passages that are embedded.
    """

    articles: int
    passages: int
    reused: int
    embedded: int


@dataclass(frozen=True, slots=True)
class SyncReport:
    """What a sync did, or would do.

    Args:
        generation: number of the generation that is current now; 0 for none.
        changes: one entry for each article in the folder or in the index before.
        passages: number of passages in the index now.
        reused: passages of added and changed articles whose vector was known: their text
            was in the index, or stands in this sync more than once.
        embedded: passages that were embedded.
        errors: articles that could not be used.
        skipped: entries of the folder that were not followed.
        written: False if nothing had changed, or if this is a preview.
        dry_run: True for a preview.
    """

    generation: int
    changes: tuple[ArticleChange, ...]
    passages: int
    reused: int
    embedded: int
    errors: tuple[ArticleError, ...]
    skipped: tuple[Skipped, ...]
    written: bool
    dry_run: bool = False

    def count(self, change: Change) -> int:
        """Number of articles with this change."""
        return sum(entry.change is change for entry in self.changes)

    def tally(self, change: Change) -> Tally:
        """Articles and passages of one kind of change; what is kept counts as reused."""
        entries = [entry for entry in self.changes if entry.change is change]
        passages = sum(entry.passages for entry in entries)
        reused = sum(entry.reused for entry in entries)
        if change is Change.UNCHANGED and entries:
            others = sum(e.passages for e in self.changes if e.change is not Change.REMOVED)
            passages = reused = self.passages - others
        return Tally(len(entries), passages, reused, sum(entry.embedded for entry in entries))


def pending(
    corpus: Path, snapshot: Snapshot, *, max_bytes: int = MAX_BYTES
) -> tuple[ArticleChange, ...]:
    """What a sync would change, without changing it; every article is read.

    Args:
        corpus: folder of articles.
        snapshot: the index.
        max_bytes: files that are larger are left out.

    Raises:
        CorpusError: the folder is missing or holds no article.
    """
    stored = snapshot.stamps()
    found = scan(corpus, find_articles(corpus)[0], stored, max_bytes=max_bytes)
    if not found.stamps:
        raise _nothing_readable(corpus, found.errors)
    changes = diff(found.stamps, stored)
    return tuple(change for change in changes if change.change is not Change.UNCHANGED)


def is_stale(corpus: Path, snapshot: Snapshot, *, max_bytes: int = MAX_BYTES) -> bool:
    """True if the folder differs from the index.

    Looks at size and modification time first and reads a file only where they differ.
    A file that cannot be used, or is larger than `max_bytes`, and is not in the index does
    not count.

    Raises:
        CorpusError: the folder is missing or holds no article.
    """
    stored = by_file(snapshot.stamps())
    files, _ = find_articles(corpus)
    if stored.keys() - {file.id for file in files}:
        return True
    return any(differs(corpus, file, stored.get(file.id, ()), max_bytes) for file in files)


def sync(
    corpus: Path,
    root: Path,
    model: ModelIdentity,
    embedder: Callable[[], Embedder],
    *,
    full: bool = False,
    held: frozenset[str] = frozenset(),
    max_bytes: int = MAX_BYTES,
    progress: Callable[[int], Progress] | None = None,
    now: Callable[[], datetime] = lambda: datetime.now(UTC),
) -> SyncReport:
    """Bring the index in `root` up to date with the folder `corpus`.

    Args:
        corpus: folder of articles.
        root: folder of the index; made if missing.
        model: identity of the embedder.
        embedder: gives it; called only if there is text to embed.
        full: build it anew from the articles; of an index that is whole, vectors are reused.
        held: ids of files that are being written; of these the index stays as it is.
        max_bytes: files that are larger are left out, with an error.
        progress: told how many passages will be embedded, gives a callback.
        now: the clock.

    Raises:
        CorpusError: the folder is missing or holds no readable article.
        StoreError: the index is damaged, of another model, locked or not writable.
    """
    files, skipped = find_articles(corpus)
    with generations.writing(root), _opened(root, model, full=full) as (before, known):
        found, plan = _planned(corpus, files, before, known, held, max_bytes)
        if before and plan.is_done:
            manifest = before.manifest
        else:
            with Writer(root, model, before, known) as writer:
                _apply(writer, plan, found, embedder, progress)
                manifest = writer.commit(now(), compact=plan.wants_compacting)
    written = before is None or manifest is not before.manifest
    return _report(plan, manifest.generation, found.errors, skipped, written=written)


def preview(
    corpus: Path,
    root: Path,
    model: ModelIdentity,
    *,
    full: bool = False,
    max_bytes: int = MAX_BYTES,
) -> SyncReport:
    """What `sync` would do; nothing is embedded, written or locked.

    Args:
        corpus: folder of articles.
        root: folder of the index; it need not exist.
        model: identity of the embedder.
        full: as if there were no index.
        max_bytes: files that are larger are left out, with an error.

    Raises:
        CorpusError: the folder is missing or holds no readable article.
        StoreError: the index is damaged or of another model.
    """
    files, skipped = find_articles(corpus)
    with _opened(root, model, full=full) as (before, known):
        found, plan = _planned(corpus, files, before, known, frozenset(), max_bytes)
        generation = before.manifest.generation if before else 0
    return _report(plan, generation, found.errors, skipped, written=False, dry_run=True)


def _planned(
    corpus: Path,
    files: Iterable[ArticleFile],
    before: Snapshot | None,
    known: Snapshot | None,
    held: frozenset[str],
    max_bytes: int,
) -> tuple[Scan, Plan]:
    """What is in the folder, and what is to be done.

    Raises:
        CorpusError: no article would be left.
    """
    stored = before.stamps() if before else {}
    found = scan(corpus, files, stored, held=held, max_bytes=max_bytes)
    if not found.stamps:
        raise _nothing_readable(corpus, found.errors)
    return found, make_plan(found, stored, before, known)


def _report(
    plan: Plan,
    generation: int,
    errors: Sequence[ArticleError],
    skipped: tuple[Skipped, ...],
    *,
    written: bool,
    dry_run: bool = False,
) -> SyncReport:
    texts = [change for change in plan.changes if change.change in NEW_TEXT]
    return SyncReport(
        generation=generation,
        changes=plan.changes,
        passages=plan.total,
        reused=sum(change.reused for change in texts),
        embedded=sum(change.embedded for change in texts),
        errors=tuple(errors),
        skipped=skipped,
        written=written,
        dry_run=dry_run,
    )


def _apply(
    writer: Writer,
    plan: Plan,
    found: Scan,
    embedder: Callable[[], Embedder],
    progress: Callable[[int], Progress] | None,
) -> None:
    """Removals first, then renames in an order that never collides, then additions."""
    gone = (Change.REMOVED, Change.CHANGED)
    writer.remove(change.article_id for change in plan.changes if change.change in gone)
    for change in plan.changes:
        if change.change is Change.RENAMED:
            writer.rename(change.old_id, found.stamps[change.article_id])
    for stamp in plan.restamped:
        writer.rename(stamp.id, stamp)
    told = progress(sum(change.embedded for change in plan.changes)) if progress else None
    names = [*plan.passages]  # each is let go when it is written
    added = ((found.articles.pop(name), plan.passages.pop(name)) for name in names)
    writer.add(added, embedder, told)


@contextlib.contextmanager
def _opened(
    root: Path, model: ModelIdentity, *, full: bool
) -> Iterator[tuple[Snapshot | None, Snapshot | None]]:
    """The index to start from, and the one whose vectors can be reused; None if there is none.

    A full build starts from nothing, and reuses nothing of an index that is not sound.
    """
    try:
        sound = not full or not check_index(root, model)
        snapshot = Snapshot.open(root, model) if sound else None
    except StoreNotFoundError:
        snapshot = None
    except (StoreCorruptError, StoreMismatchError):
        if not full:
            raise
        snapshot = None
    try:
        yield None if full else snapshot, snapshot
    finally:
        if snapshot:
            snapshot.close()


def _nothing_readable(corpus: Path, errors: Sequence[ArticleError]) -> CorpusError:
    listed = "; ".join(error.message for error in errors)
    return CorpusError(
        corpus,
        f"{corpus}: none of {len(errors)} articles can be read: {listed}",
        hint="see the reasons above; articles in text files are UTF-8",
    )
