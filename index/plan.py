"""What a sync has to do: the difference between folder and index, and what it costs.

A plan is made before anything is written; `index.sync` carries it out or only shows it.
This module reads the index and writes nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from index.passages import split_article
from index.scan import Scan
from index.store import Snapshot
from index.types import ArticleStamp, Change, Passage
from index.writer import text_key

_LARGE_SHARE = 0.1
NEW_TEXT = frozenset({Change.ADDED, Change.CHANGED})
"""Changes that bring text, of which some may have to be embedded."""


@dataclass(frozen=True, slots=True)
class ArticleChange:
    """What happened to one article.

    Args:
        article_id: its id now (before, if removed).
        change: the kind of change.
        old_id: the id before a rename, else "".
        passages: its passages now (before, if removed); 0 for an unchanged article,
            whose passages are not counted one by one.
        reused: those of them whose vector was known.
        embedded: those of them that are embedded.
    """

    article_id: str
    change: Change
    old_id: str = ""
    passages: int = 0
    reused: int = 0
    embedded: int = 0


@dataclass(frozen=True, slots=True)
class Plan:
    """What a sync has to do.

    Args:
        changes: one entry for each article in the folder or in the index, by id.
        passages: the passages of the added and changed articles, by article id.
        restamped: stamps of unchanged articles whose file has other bytes than before.
        total: number of passages that the index holds afterwards.
    """

    changes: tuple[ArticleChange, ...]
    passages: dict[str, tuple[Passage, ...]]
    restamped: tuple[ArticleStamp, ...]
    total: int

    @property
    def wants_compacting(self) -> bool:
        """True if an article is gone, whose words must not stay, or much is new."""
        touched = sum(change.passages for change in self.changes)  # none of unchanged articles
        gone = any(change.change is Change.REMOVED for change in self.changes)
        return gone or touched > _LARGE_SHARE * self.total

    @property
    def is_done(self) -> bool:
        """True if there is nothing to do."""
        untouched = all(change.change is Change.UNCHANGED for change in self.changes)
        return untouched and not self.restamped


def diff(
    current: Mapping[str, ArticleStamp], stored: Mapping[str, ArticleStamp]
) -> tuple[ArticleChange, ...]:
    """Compare a folder with what the index remembers.

    A removed and an added article with equal fingerprints are one renamed article.

    Args:
        current: stamps of the articles in the folder, by id.
        stored: stamps in the index, by id.

    Returns:
        One entry for each article, sorted by id; passages are not counted.
    """
    removed: dict[str, list[str]] = {}
    for article_id in sorted(stored.keys() - current.keys()):
        removed.setdefault(stored[article_id].fingerprint, []).append(article_id)
    changes = []
    for article_id, stamp in sorted(current.items()):
        same = removed.get(stamp.fingerprint)
        if article_id in stored:
            kept = stored[article_id].fingerprint == stamp.fingerprint
            changes.append(ArticleChange(article_id, Change.UNCHANGED if kept else Change.CHANGED))
        elif same:
            changes.append(ArticleChange(article_id, Change.RENAMED, same.pop(0)))
        else:
            changes.append(ArticleChange(article_id, Change.ADDED))
    gone = (ArticleChange(i, Change.REMOVED) for ids in removed.values() for i in ids)
    return tuple(sorted((*changes, *gone), key=lambda change: change.article_id))


def make_plan(
    found: Scan,
    stored: Mapping[str, ArticleStamp],
    before: Snapshot | None,
    vectors: Snapshot | None,
) -> Plan:
    """Compare the folder with an index and count what has to be done.

    Args:
        found: the folder as it is.
        stored: what the index remembers, by article id.
        before: the index as it is; None if there is none.
        vectors: the index whose vectors can be reused; None if there is none.
    """
    total = before.manifest.passages if before else 0
    known = _known(vectors)
    changes, passages, restamped = [], {}, []
    for change in diff(found.stamps, stored):
        old = _passages_before(change, before)
        if change.change in NEW_TEXT:
            cut = passages[change.article_id] = split_article(found.articles[change.article_id])
            reused = sum(known(text_key(passage.text)) for passage in cut)
            change = replace(change, passages=len(cut), reused=reused, embedded=len(cut) - reused)
            total += len(cut) - old
        elif change.change is Change.REMOVED:
            change = replace(change, passages=old)
            total -= old
        elif change.change is Change.RENAMED:
            change = replace(change, passages=old, reused=old)
        elif found.stamps[change.article_id].sha256 != stored[change.article_id].sha256:
            restamped.append(found.stamps[change.article_id])
        changes.append(change)
    return Plan(tuple(changes), passages, tuple(restamped), total)


def _passages_before(change: ArticleChange, before: Snapshot | None) -> int:
    """Number of passages that the index holds of an article that is touched."""
    if before is None or change.change in (Change.ADDED, Change.UNCHANGED):
        return 0
    return len(before.article_passages(change.old_id or change.article_id))


def _known(vectors: Snapshot | None) -> Callable[[bytes], bool]:
    """Tells whether a text needs no embedding: it is in the index, or was asked for before."""
    seen: set[bytes] = set()

    def known(key: bytes) -> bool:
        if key in seen:
            return True
        seen.add(key)
        return vectors is not None and vectors.id_of_text(key) is not None

    return known
