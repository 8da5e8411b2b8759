"""Bringing an index up to date with its folder: what changed, and applying it.

`diff` is pure. `sync` is the only way in which an index comes to be or changes: a first
build is a sync from nothing. Articles that cannot be read are reported and left out
(or taken out); the rest of the corpus goes on.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from index import generations
from index.articles import ArticleFile, Skipped, find_articles, load_article
from index.embed import Embedder
from index.errors import ArticleError, CorpusError, StoreNotFoundError
from index.passages import split_article
from index.store import Snapshot
from index.types import Article, ArticleStamp, Change, ModelIdentity
from index.writer import Progress, Writer


@dataclass(frozen=True, slots=True)
class ArticleChange:
    """What happened to one article.

    Args:
        article_id: its id now (before, if removed).
        change: the kind of change.
        old_id: the id before a rename, else "".
    """

    article_id: str
    change: Change
    old_id: str = ""


@dataclass(frozen=True, slots=True)
class SyncReport:
    """What a sync did.

    Args:
        generation: number of the generation that is current now.
        changes: one entry for each article in the folder or in the index before.
        passages: number of passages in the index now.
        reused: passages of added and changed articles whose vector was known.
        embedded: passages that were embedded.
        errors: articles that could not be used.
        skipped: entries of the folder that were not followed.
        written: False if nothing had changed.
    """

    generation: int
    changes: tuple[ArticleChange, ...]
    passages: int
    reused: int
    embedded: int
    errors: tuple[ArticleError, ...]
    skipped: tuple[Skipped, ...]
    written: bool

    def count(self, change: Change) -> int:
        """Number of articles with this change."""
        return sum(entry.change is change for entry in self.changes)


def diff(
    current: Mapping[str, str], stored: Mapping[str, ArticleStamp]
) -> tuple[ArticleChange, ...]:
    """Compare a folder with what the index remembers.

    A removed and an added article with equal bytes are one renamed article.

    Args:
        current: article id -> sha256 of the file now.
        stored: article id -> stamp in the index.

    Returns:
        One entry for each article, sorted by id.
    """
    removed: dict[str, list[str]] = {}
    for article_id in sorted(stored.keys() - current.keys()):
        removed.setdefault(stored[article_id].sha256, []).append(article_id)
    changes = []
    for article_id, sha256 in sorted(current.items()):
        if article_id in stored:
            same = stored[article_id].sha256 == sha256
            changes.append(ArticleChange(article_id, Change.UNCHANGED if same else Change.CHANGED))
        elif removed.get(sha256):
            changes.append(ArticleChange(article_id, Change.RENAMED, removed[sha256].pop(0)))
        else:
            changes.append(ArticleChange(article_id, Change.ADDED))
    gone = (ArticleChange(i, Change.REMOVED) for ids in removed.values() for i in ids)
    return tuple(sorted((*changes, *gone), key=lambda change: change.article_id))


def pending(corpus: Path, snapshot: Snapshot) -> tuple[ArticleChange, ...]:
    """What a sync would change, without changing it; every article is read.

    Raises:
        CorpusError: the folder is missing or holds no article.
    """
    articles, _ = _load(corpus, find_articles(corpus)[0])
    changes = diff({a.id: a.sha256 for a in articles.values()}, snapshot.stamps())
    return tuple(change for change in changes if change.change is not Change.UNCHANGED)


def is_stale(corpus: Path, snapshot: Snapshot) -> bool:
    """True if the folder differs from the index.

    Looks at size and modification time first and reads a file only where they differ.
    An article that cannot be read and is not in the index does not count.

    Raises:
        CorpusError: the folder is missing or holds no article.
    """
    stored = snapshot.stamps()
    files, _ = find_articles(corpus)
    if stored.keys() - {file.id for file in files}:
        return True
    return any(_differs(corpus, file, stored.get(file.id)) for file in files)


def sync(
    corpus: Path,
    root: Path,
    model: ModelIdentity,
    embedder: Callable[[], Embedder],
    *,
    full: bool = False,
    progress: Callable[[int], Progress] | None = None,
    now: Callable[[], datetime] = lambda: datetime.now(UTC),
) -> SyncReport:
    """Bring the index in `root` up to date with the folder `corpus`.

    Args:
        corpus: folder of articles.
        root: folder of the index; made if missing.
        model: identity of the embedder.
        embedder: gives it; called only if there is text to embed.
        full: forget the index and build it anew.
        progress: told how many passages are coming, gives a callback.
        now: the clock.

    Raises:
        CorpusError: the folder is missing or holds no readable article.
        StoreError: the index is damaged, of another model, locked or not writable.
    """
    files, skipped = find_articles(corpus)
    with generations.writing(root), _before(root, model, full=full) as before:
        articles, errors = _load(corpus, files)
        stored = before.stamps() if before else {}
        changes = diff({a.id: a.sha256 for a in articles.values()}, stored)
        if before and all(change.change is Change.UNCHANGED for change in changes):
            manifest, reused, embedded = before.manifest, 0, 0
        else:
            with Writer(root, model, before) as writer:
                reused, embedded = _apply(writer, changes, articles, embedder, progress)
                manifest = writer.commit(now())
    written = before is None or manifest is not before.manifest
    return SyncReport(
        manifest.generation, changes, manifest.passages, reused, embedded, errors, skipped, written
    )


def _apply(
    writer: Writer,
    changes: Iterable[ArticleChange],
    articles: Mapping[str, Article],
    embedder: Callable[[], Embedder],
    progress: Callable[[int], Progress] | None,
) -> tuple[int, int]:
    """Removals first, then renames in an order that never collides, then additions."""
    added = []
    renamed = []
    for change in changes:
        if change.change in (Change.REMOVED, Change.CHANGED):
            writer.remove(change.article_id)
        if change.change in (Change.ADDED, Change.CHANGED):
            article = articles[change.article_id]
            added.append((article, split_article(article)))
        elif change.change is Change.RENAMED:
            renamed.append(change)
    for change in renamed:
        writer.rename(change.old_id, articles[change.article_id])
    total = sum(len(passages) for _, passages in added)
    return writer.add(added, embedder, progress(total) if progress else None)


@contextlib.contextmanager
def _before(root: Path, model: ModelIdentity, *, full: bool) -> Iterator[Snapshot | None]:
    """The index as it is; None if there is none, or if it is to be forgotten."""
    try:
        snapshot = None if full else Snapshot.open(root, model)
    except StoreNotFoundError:
        snapshot = None
    try:
        yield snapshot
    finally:
        if snapshot:
            snapshot.close()


def _load(
    corpus: Path, files: Iterable[ArticleFile]
) -> tuple[dict[str, Article], tuple[ArticleError, ...]]:
    articles, errors = {}, []
    for file in files:
        try:
            articles[file.id] = load_article(corpus, file.id)
        except ArticleError as error:
            errors.append(error)
    if not articles:
        raise _nothing_readable(corpus, tuple(errors))
    return articles, tuple(errors)


def _differs(corpus: Path, file: ArticleFile, stamp: ArticleStamp | None) -> bool:
    if stamp and (stamp.size_bytes, stamp.mtime_ns) == (file.size_bytes, file.mtime_ns):
        return False
    try:
        article = load_article(corpus, file.id)
    except ArticleError:
        return stamp is not None
    return stamp is None or stamp.sha256 != article.sha256


def _nothing_readable(corpus: Path, errors: tuple[ArticleError, ...]) -> CorpusError:
    listed = "; ".join(error.message for error in errors)
    return CorpusError(
        corpus,
        f"{corpus}: none of {len(errors)} articles can be read: {listed}",
        hint="articles are UTF-8 text files (*.txt); see the reasons above",
    )
