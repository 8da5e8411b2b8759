"""Questions about articles as a whole: their leading sentences instead of a lookup."""

from __future__ import annotations

from collections.abc import Sequence

from index.store import Snapshot
from rag.evidence import FEATURES, Evidence
from rag.question import Kind, Question
from rag.quotes import Sources, quote_span

_TOPIC_FREE = frozenset(
    """
    geht handeln handelt artikel artikeln artikels text texte texten beitrag beiträge beiträgen
    datei dateien berichten berichtet nachrichten meldung meldungen zusammen zusammenfassung fasse
    fass fassen zusammenfassen inhalt inhalte überblick thema themen wichtigste wichtigsten zentrale
    zentralen punkte aussagen kurz gib mir alle allen
    articles article text texts summary summarize summarise main points topics overview content
    collection corpus tell me give news stories
    parle parlent articles résumé résume texte textes agit
    статьи статьях статье статья говорится речь идет идёт
    """.split()
)


def is_overview(question: Question) -> bool:
    """True if a broad question names no topic besides the articles themselves."""
    if question.kind is not Kind.BROAD:
        return False
    return all(word.surface.lower() in _TOPIC_FREE for word in question.content)


def lead_sentences(
    article_ids: Sequence[str], snapshot: Snapshot, sources: Sources, most: int
) -> list[Evidence]:
    """The first sentences of articles: one of each, or several of a single one.

    Args:
        article_ids: the articles, in order.
        snapshot: the index.
        sources: the articles on disk.
        most: most sentences to return.
    """
    each = most if len(article_ids) == 1 else 1
    found: list[Evidence] = []
    for article_id in article_ids:
        if len(found) >= most:
            break
        found += _leads(article_id, snapshot, sources, each)
    return found[:most]


def _leads(article_id: str, snapshot: Snapshot, sources: Sources, most: int) -> list[Evidence]:
    article = sources.article(article_id)
    if article is None:
        return []
    passages = [p for p in snapshot.article_passages(article_id) if not p.boilerplate]
    indices = sorted({i for passage in passages for i in sources.sentences_of(passage)})
    sentences = sources.sentences(article)
    full = [i for i in indices if not sentences[i].heading] or indices
    nothing = (0.0,) * len(FEATURES)
    return [
        Evidence(
            article, sentences[i].start, sentences[i].end,
            quote_span(article, sentences, i)[0], nothing, 0.0,
        )
        for i in full[:most]
    ]  # fmt: skip
