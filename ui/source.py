"""The article behind a quote, read from disk at this moment, as lines with marks. No markup.

Long articles are shown in part: a window of lines around one line, long lines around the mark.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from index.articles import load_article
from index.errors import ArticleError
from index.types import Article
from rag.quotes import Extracts, NoExtracts, check_quote
from rag.types import Quote

WINDOW_LINES = 400
"""Lines shown before and after the chosen one."""
WINDOW_CHARS = 200_000
"""Most characters shown besides the chosen line."""
LINE_CHARS = 20_000
"""Of a longer line, what stands around the mark is shown."""
CUT = " … "


@dataclass(frozen=True, slots=True)
class ShownLine:
    """One line, cut into parts.

    Args:
        number: 1-based.
        parts: (text, marked) pairs; joined they give the line, or what is shown of it.
    """

    number: int
    parts: tuple[tuple[str, bool], ...]


@dataclass(frozen=True, slots=True)
class SourceView:
    """An article as the source panel shows it.

    Args:
        article_id: the article.
        line_count: lines in all; 0 if it cannot be read.
        lines: those shown, consecutive.
        stands: whether the chosen quote stands in the file at this moment.
        unreadable: why it cannot be read; empty if it can.
    """

    article_id: str
    line_count: int
    lines: tuple[ShownLine, ...]
    stands: bool
    unreadable: str = ""


def source_view(
    corpus: Path, quote: Quote, around: int | None = None, extracts: Extracts | None = None
) -> SourceView:
    """An article with one quote marked.

    Args:
        corpus: folder of the articles.
        quote: what to mark; not marked if it no longer stands in the file.
        around: 1-based line in the middle of the window; None for the quote's first.
        extracts: keeps what was extracted from files that are no text.
    """
    extracts = extracts or NoExtracts()
    try:
        article = load_article(corpus, quote.article_id, extracts.extracted)
    except ArticleError as error:
        return SourceView(quote.article_id, 0, (), stands=False, unreadable=error.message)
    stands = article.sha256 == quote.sha256 and check_quote(corpus, quote, extracts)
    span = (quote.start, quote.end) if stands else (0, 0)
    middle = min(max(1, around or quote.line_start), article.line_count)
    numbers = window(article, middle)
    lines = tuple(_line(article, number, span) for number in numbers)
    return SourceView(quote.article_id, article.line_count, lines, stands)


def window(article: Article, middle: int) -> Sequence[int]:
    """Numbers of the lines to show around one line, within both limits.

    Args:
        article: the article.
        middle: 1-based.
    """
    first = last = middle
    chars = 0
    for distance in range(1, WINDOW_LINES + 1):
        for number in (middle - distance, middle + distance):
            if not 1 <= number <= article.line_count:
                continue
            line = article.line(number)
            chars += min(line.end - line.start, LINE_CHARS)
            if chars > WINDOW_CHARS:
                return range(first, last + 1)
            first, last = min(first, number), max(last, number)
    return range(first, last + 1)


def _line(article: Article, number: int, span: tuple[int, int]) -> ShownLine:
    line = article.line(number)
    start, end = max(line.start, span[0]), min(line.end, span[1])
    if start >= end:
        start = end = line.start
    left, right = _cut(line.start, start), _cut_end(end, line.end)
    pieces = [
        (CUT if left > line.start else "", False),
        (article.text[left:start], False),
        (article.text[start:end], True),
        (article.text[end:right], False),
        (CUT if right < line.end else "", False),
    ]
    return ShownLine(number, tuple((text, marked) for text, marked in pieces if text))


def _cut(line_start: int, start: int) -> int:
    return max(line_start, start - LINE_CHARS // 2)


def _cut_end(end: int, line_end: int) -> int:
    return min(line_end, end + LINE_CHARS)
