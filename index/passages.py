"""From an article to passages: the spans that are embedded and searched.

Owns the cutting and its invariants: each passage is a slice of the article's text,
no two overlap, and nothing but white space lies outside of them. The splitter
package is imported at the first split; it takes longer to load than to run.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING

from index.boilerplate import boilerplate_lines, is_headline
from index.types import Article, Passage

if TYPE_CHECKING:
    from langchain_text_splitters import RecursiveCharacterTextSplitter

Span = tuple[int, int]
"""First code point and one past the last."""

TARGET_CHARS = 700
"""Default size: a paragraph or two of news, well below the 512 tokens of the encoder."""

_SMALL_CHARS = 80  # a heading or the last half sentence: too little to be found by itself
_SLACK = 1.3  # a passage may grow to this multiple of the target to take in a small piece

# Tried in this order; what matches stays at the end of the piece on its left.
_SEPARATORS = (
    r"\n(?:[ \t\r]*\n)+",  # blank line
    r"\n+",
    # end of a sentence, not of "z. B. " or "3. Oktober"
    r"(?<!\b\w)(?<!\b\d\d)[.!?…][\"'»«“”‘’)\]]*[^\S\n]+",
    r"[^\S\u00a0\u202f]+",  # white space that may break: "10\u00a0000" stays whole
)
_BLOCKS = 7  # text without any of these is cut into sevenths of the target


def split_article(article: Article, *, target_chars: int = TARGET_CHARS) -> tuple[Passage, ...]:
    """Cut an article into passages, in the order of the text.

    A passage is wholly boilerplate or wholly content; blank lines go with the lines
    above them. A piece of white space joins its neighbour; where it is too large for
    that, or has no neighbour, it is left out. All else is in exactly one passage.

    Args:
        article: the article.
        target_chars: size of a passage in code points, at least 1; up to 1.3 times
            as much where a small piece would be left over.

    Returns:
        The passages, with id -1. None if there is only white space.

    Raises:
        ValueError: `target_chars` is less than 1.
        RuntimeError: an invariant does not hold, which is a bug.
    """
    if target_chars < 1:
        raise ValueError(f"target_chars is {target_chars}, at least 1 is needed")
    passages = tuple(
        _passage(article, span, boilerplate)
        for run, boilerplate in _runs(article)
        for span in _split_run(article.text, run, target_chars)
    )
    _check(article, passages)
    return passages


def _passage(article: Article, span: Span, boilerplate: bool) -> Passage:
    start, end = span
    first, last = article.line_range(start, end)
    return Passage(-1, article.id, start, end, first, last, article.text[start:end], boilerplate)


def _runs(article: Article) -> Iterator[tuple[Span, bool]]:
    """The spans of neighbouring lines that are all boilerplate or all content."""
    marked = boilerplate_lines(article)
    bounds = pairwise((*article.line_starts, len(article.text)))
    run_start, run_marked = 0, None
    for number, (start, end) in enumerate(bounds, 1):
        if number not in marked and article.text[start:end].isspace():
            continue
        if run_marked is not None and run_marked != (number in marked):
            yield (run_start, start), run_marked
            run_start = start
        run_marked = number in marked
    if run_marked is not None:
        yield (run_start, len(article.text)), run_marked


@lru_cache(maxsize=8)
def _splitter(target_chars: int) -> RecursiveCharacterTextSplitter:
    from langchain_text_splitters import RecursiveCharacterTextSplitter

    block = rf"[\s\S]{{{max(1, target_chars // _BLOCKS)}}}"  # much faster than "", a cut anywhere
    return RecursiveCharacterTextSplitter(
        separators=[*_SEPARATORS, block],
        is_separator_regex=True,
        keep_separator="end",
        chunk_size=target_chars,
        chunk_overlap=0,
        strip_whitespace=False,
        length_function=len,
    )


def _split_run(text: str, run: Span, target_chars: int) -> list[Span]:
    """The spans of one run; the pieces of the splitter must be the run, piece by piece."""
    spans = []
    end = run[0]
    for piece in _splitter(target_chars).split_text(text[slice(*run)]):
        start, end = end, end + len(piece)
        if not text.startswith(piece, start):
            raise RuntimeError(f"bug: the splitter changed the text at code point {start}")
        spans.append((start, end))
    if end != run[1]:
        raise RuntimeError(f"bug: the splitter lost the text from code point {end} to {run[1]}")
    merged = _move_headings(text, _merge_small(text, spans, target_chars), target_chars)
    return [span for span in merged if not text[slice(*span)].isspace()]


def _merge_small(text: str, spans: list[Span], target_chars: int) -> list[Span]:
    """Join small or blank pieces to a neighbour: a heading forwards, all else backwards."""
    small, limit = _bounds(target_chars)
    merged: list[Span] = []
    for start, end in spans:
        fits = bool(merged) and end - merged[-1][0] <= limit
        if fits and (
            merged[-1][1] - merged[-1][0] < small
            or text[slice(*merged[-1])].isspace()
            or text[start:end].isspace()
            or (end - start < small and (end == spans[-1][1] or text[start - 1] != "\n"))
        ):
            merged[-1] = (merged[-1][0], end)
        else:
            merged.append((start, end))
    return merged


def _move_headings(text: str, spans: list[Span], target_chars: int) -> list[Span]:
    """Give the heading at the end of a span to the span that it stands above."""
    small, limit = _bounds(target_chars)
    moved: list[Span] = []
    for start, end in spans:
        if moved and text[start - 1] == "\n":
            above = moved[-1][0]
            heading_end = above + len(text[above:start].rstrip())
            heading = text.rfind("\n", above, heading_end) + 1
            fits = start - heading < small <= heading - above and end - heading <= limit
            if fits and is_headline(text[heading:heading_end]):
                moved[-1], start = (above, heading), heading
        moved.append((start, end))
    return moved


def _bounds(target_chars: int) -> tuple[int, int]:
    """Below which size a piece is small, and how large a span may grow by taking it in."""
    return min(_SMALL_CHARS, target_chars // 4), int(_SLACK * target_chars)


def _check(article: Article, passages: tuple[Passage, ...]) -> None:
    """Raise if a passage is not its slice, two overlap, or text lies outside of all."""
    end = 0
    for passage in passages:
        if passage.start < end or article.text[passage.start : passage.end] != passage.text:
            raise RuntimeError(f"bug: {article.id}: passage at {passage.start} is not its slice")
        if article.text[end : passage.start].strip():
            raise RuntimeError(f"bug: {article.id}: no passage for {end} to {passage.start}")
        end = passage.end
    if article.text[end:].strip():
        raise RuntimeError(f"bug: {article.id}: no passage for {end} to the end")
