"""Quotes: cut from the file, never from the index, and checked against the disk.

`Sources` reads articles at the moment of answering. `make_quote` cuts; `check_quote`
reads the bytes again, with code of its own, and says whether a quote still stands where
it claims to stand. Nothing here scores or decides.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Protocol

from index.articles import load_article
from index.errors import ArticleError
from index.formats import Extracted
from index.paths import file_of
from index.types import Article, ArticleStamp, Passage
from rag.sentences import SENTENCE_STARTERS, Sentence, split_sentences
from rag.types import Quote

_ATTRIBUTION_END = ":"
_CLOSED_SPEECH = ('"', "“", "”", "«", "»", "‘", "’", "‹", "›")
_OPEN_SPEECH = ('"', "„", "“", "”", "«", "»", "‚", "‘")
_ANAPHORA = frozenset(
    """
    er sie es dieser diese dieses dies dabei damit dazu darüber davon dafür dagegen daran ihm
    ihn ihr ihnen deren dessen jener jene beide beiden letzterer letztere ersterer hierbei hierzu
    """.split()
)
_PERSONAL = frozenset("er sie ihm ihn ihnen".split())
_OPENING_WORDS = 3


class Extracts(Protocol):
    """Where extracted texts are kept; an `index.store.Snapshot` is one."""

    def extracted(self, article_id: str, sha256: str) -> Extracted | None:
        """What was extracted from a file with this digest; None if it is not held."""

    def extract_text(self, extract: str) -> str | None:
        """The extracted text with this digest, unchecked; None if it is not held."""


class NoExtracts:
    """Keeps nothing: whatever is not text is extracted again."""

    def extracted(self, article_id: str, sha256: str) -> Extracted | None:
        """Nothing is held."""
        return None

    def extract_text(self, extract: str) -> str | None:
        """Nothing is held."""
        return None


class Sources:
    """The articles on disk during one answer: each file is read once, then kept.

    Args:
        corpus: folder of the articles.
        stamps: what the index remembers of them.
        extracts: keeps what was extracted from files that are no text.
    """

    def __init__(
        self,
        corpus: Path,
        stamps: Mapping[str, ArticleStamp],
        extracts: Extracts | None = None,
    ) -> None:
        self._corpus = corpus
        self._stamps = stamps
        self._extracts = extracts or NoExtracts()
        self._articles: dict[str, Article | None] = {}
        self._sentences: dict[str, tuple[Sentence, ...]] = {}
        self.changed: dict[str, str] = {}

    def article(self, article_id: str) -> Article | None:
        """The article as it is on disk now; None if it cannot be read any more.

        Articles that differ from the index are noted in `changed`, with the reason.
        """
        if article_id not in self._articles:
            self._articles[article_id] = self._read(article_id)
        return self._articles[article_id]

    def sentences(self, article: Article) -> tuple[Sentence, ...]:
        """All sentences of an article."""
        if article.id not in self._sentences:
            self._sentences[article.id] = split_sentences(article.text)
        return self._sentences[article.id]

    def sentences_of(self, passage: Passage) -> list[int]:
        """Which sentences of the article on disk a passage of the index stands for.

        For an unchanged file these are the sentences that overlap the passage. In a
        changed file only sentences count that stand in the passage word for word.

        Returns:
            Indices into `sentences`; empty if the article cannot be read.
        """
        article = self.article(passage.article_id)
        if article is None:
            return []
        sentences = self.sentences(article)
        if article.id not in self.changed:
            return [
                i
                for i, s in enumerate(sentences)
                if s.start < passage.end and s.end > passage.start
            ]
        known = {passage.text[s.start : s.end] for s in split_sentences(passage.text)}
        return [i for i, s in enumerate(sentences) if article.text[s.start : s.end] in known]

    def _read(self, article_id: str) -> Article | None:
        try:
            article = load_article(self._corpus, article_id, self._extracts.extracted)
        except ArticleError as error:
            self.changed[article_id] = error.message
            return None
        if article.fingerprint != self._stamps[article_id].fingerprint:
            self.changed[article_id] = f"{article_id}: changed since it was indexed"
        return article

    def checked(self, quotes: Iterable[Quote]) -> tuple[Quote, ...]:
        """Those that stand in their files at this moment."""
        return tuple(q for q in quotes if check_quote(self._corpus, q, self._extracts))


def quote_span(article: Article, sentences: tuple[Sentence, ...], index: int) -> tuple[int, int]:
    """The span to quote for a sentence: the whole sentence and what it leans on.

    The sentence before is taken in when it introduces the speech ("NIS fügte hinzu:") or
    when the sentence opens with a pronoun that points back into the same paragraph.

    Args:
        article: the article.
        sentences: all its sentences.
        index: which of them carries the evidence.

    Returns:
        Code point offsets (start, end).
    """
    sentence = sentences[index]
    start = sentence.start
    if index > 0 and _leans_back(article, sentences[index - 1], sentence):
        start = sentences[index - 1].start
    return start, sentence.end


def _leans_back(article: Article, before: Sentence, sentence: Sentence) -> bool:
    text = article.text[sentence.start : sentence.end]
    text_before = article.text[before.start : before.end]
    if text_before.endswith(_ATTRIBUTION_END) and text.startswith(_OPEN_SPEECH):
        return True
    if before.heading or "\n" in article.text[before.end : sentence.start]:
        return False
    return _points_back(text)


def _points_back(text: str) -> bool:
    """True if a sentence opens with a pronoun: "Er ...", "An ihnen ...", "8000 von ihnen ..."."""
    for position, word in enumerate(text.split(maxsplit=_OPENING_WORDS)[:_OPENING_WORDS]):
        bare = word.strip(",.:;")
        if (position == 0 and bare.lower() in _ANAPHORA) or bare in _PERSONAL:
            return True
        if bare[:1].isupper() and bare not in SENTENCE_STARTERS:
            return False  # a noun or a name; a pronoun behind it may mean that
    return False


def make_quote(article: Article, start: int, end: int) -> Quote:
    """Cut a quote.

    Args:
        article: as read from disk.
        start: first code point.
        end: one past the last code point, > start.
    """
    line_start, line_end = article.line_range(start, end)
    return Quote(
        article.id,
        article.sha256,
        line_start,
        line_end,
        start,
        end,
        article.text[start:end],
        article.extract,
        article.page_at(line_start),
        article.page_at(line_end),
        article.facts,
    )


def check_quote(corpus: Path, quote: Quote, extracts: Extracts | None = None) -> bool:
    """Read the file again and say whether the quote stands there, byte for byte.

    Deliberately shares no code with `make_quote`: bytes, digests, slice and line numbers
    are worked out anew. Where the text was extracted, the file must be the one that it was
    extracted from, and the quote must stand in the extract.

    Returns:
        False if the file is gone, changed, its extract is not held, or anything differs.
    """
    try:
        raw = (corpus / file_of(quote.article_id)).read_bytes()
    except OSError:
        return False
    if hashlib.sha256(raw).hexdigest() != quote.sha256:
        return False
    if quote.extract:
        held = extracts.extract_text(quote.extract) if extracts else None
        raw = (held or "").encode("utf-8")
        if hashlib.sha256(raw).hexdigest() != quote.extract:
            return False
    text = raw.decode("utf-8")
    line_start = text.count("\n", 0, quote.start) + 1
    line_end = line_start + quote.text.count("\n", 0, len(quote.text) - 1)
    within = 0 <= quote.start < quote.end <= len(text)
    same = within and text[quote.start : quote.end] == quote.text
    return same and (line_start, line_end) == (quote.line_start, quote.line_end)
