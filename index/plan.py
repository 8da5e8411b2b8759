"""What a sync has to do: the difference between folder and index, and what it costs.

A plan is made before anything is written; `index.sync` carries it out or only shows it.
This module reads the index and writes nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from index.passages import split_article
from index.store import Snapshot
from index.types import Article, ArticleStamp, Change, Passage
from index.writer import text_key

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
        total: number of passages that the index holds afterwards.
    """

    changes: tuple[ArticleChange, ...]
    passages: Mapping[str, tuple[Passage, ...]]
    total: int

    @property
    def is_done(self) -> bool:
        """True if there is nothing to do."""
        return all(change.change is Change.UNCHANGED for change in self.changes)


def diff(
    current: Mapping[str, str], stored: Mapping[str, ArticleStamp]
) -> tuple[ArticleChange, ...]:
    """Compare a folder with what the index remembers.

    A removed and an added article with equal bytes are one renamed article.

    Args:
        current: article id -> sha256 of the file now.
        stored: article id -> stamp in the index.

    Returns:
        One entry for each article, sorted by id; passages are not counted.
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


def make_plan(
    articles: Mapping[str, Article], before: Snapshot | None, held: frozenset[str] = frozenset()
) -> Plan:
    """Compare articles with an index and count what has to be done.

    Args:
        articles: the articles of the folder that can be read, by id.
        before: the index as it is; None if there is none.
        held: articles that stay as they are in the index, or out of it.
    """
    stored = before.stamps() if before else {}
    current = {article.id: article.sha256 for article in articles.values()}
    current |= {name: stored[name].sha256 for name in held if name in stored}
    total = before.manifest.passages if before else 0
    known = _known(before)
    changes, passages = [], {}
    for change in diff(current, stored):
        old = _passages_before(change, before)
        if change.change in NEW_TEXT:
            cut = passages[change.article_id] = split_article(articles[change.article_id])
            reused = sum(known(text_key(passage.text)) for passage in cut)
            change = replace(change, passages=len(cut), reused=reused, embedded=len(cut) - reused)
            total += len(cut) - old
        elif change.change is Change.REMOVED:
            change = replace(change, passages=old)
            total -= old
        elif change.change is Change.RENAMED:
            change = replace(change, passages=old, reused=old)
        changes.append(change)
    return Plan(tuple(changes), passages, total)


def _passages_before(change: ArticleChange, before: Snapshot | None) -> int:
    """Number of passages that the index holds of an article that is touched."""
    if before is None or change.change in (Change.ADDED, Change.UNCHANGED):
        return 0
    return len(before.article_passages(change.old_id or change.article_id))


def _known(before: Snapshot | None) -> Callable[[bytes], bool]:
    """Tells whether a text needs no embedding: it is in the index, or was asked for before."""
    seen: set[bytes] = set()

    def known(key: bytes) -> bool:
        if key in seen:
            return True
        seen.add(key)
        return before is not None and before.id_of_text(key) is not None

    return known
