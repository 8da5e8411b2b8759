"""Questions to begin with, made from the articles themselves by rule."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from random import Random

from index.articles import load_article
from index.errors import ArticleError
from index.types import Article
from rag.sentences import split_sentences

MOST = 3
_ARTICLES = 12
_SENTENCES = 15
_CHARS = 4_000
_VAGUE = frozenset("was was_objekt was_tun wozu womit wie".split())
"""Kinds of made questions that often read oddly."""
_WHOLE = {"de": "Worum geht es in {name}?", "en": "What is {name} about?"}


@lru_cache(8)
def example_questions(
    corpus: Path, article_ids: tuple[str, ...], created: str, language: str
) -> tuple[str, ...]:
    """At most three questions, the first of which asks what an article is about.

    Args:
        corpus: folder of the articles.
        article_ids: the articles in the index.
        created: when the index was written; another time, other questions.
        language: of the interface, "de" or "en".
    """
    found: list[str] = []
    made: list[str] = []
    for article_id in article_ids[:_ARTICLES]:
        try:
            article = load_article(corpus, article_id)
        except ArticleError:
            continue
        if not found:
            found.append(_WHOLE[language].format(name=article_id.rsplit("/", 1)[-1]))
        made += made_questions(article)[:1]
        if len(made) == MOST - 1:
            break
    return (*made, *found)


def made_questions(article: Article) -> list[str]:
    """German questions that sentences at the beginning of an article answer, shortest first."""
    from rag.training.making.asking import questions_of

    made: list[str] = []
    sentences = split_sentences(article.text[:_CHARS])[:_SENTENCES]
    whole = sentences if len(article.text) <= _CHARS else sentences[:-1]
    for sentence in whole:
        text = article.text[sentence.start : sentence.end]
        asked = questions_of(text, Random(1))
        made += [a.question for a in asked if a.kind.partition(":")[2] not in _VAGUE]
    return sorted(made, key=len)
