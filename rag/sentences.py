"""German sentence segmentation with offsets: the unit that a quote is made of.

sentencex does the splitting (it knows quotation marks and abbreviations and keeps direct
speech of several sentences whole); this module adds what it misses on German news: days
written as ordinals ("am 5. November"), sentences that begin with a number ("... wurden.
8000 von ihnen ..."), and lines. A line break ends a sentence unless the text is wrapped.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_TERMINAL = re.compile(r"""[.!?…:][)\]"'“”„«»‘’›‹]*\s*$""")
_ORDINAL_END = re.compile(r"(?:^|\s)(?P<before>[^\s\d]+)?\s*\(?\d{1,2}\.\s*$")
_BEFORE_ORDINAL = frozenset(
    """
    am dem den der des die das im zum zur vom beim ins bis seit ab und jeden jeder jedem jedes
    ein eine einen einem einer ihr sein ihre seine ihren seinen mein unser nach vor dieser
    """.split()
)
_AFTER_ORDINAL = re.compile(
    r"(?:Januar|Jänner|Februar|März|April|Mai|Juni|Juli|August|September|Oktober|November|"
    r"Dezember|Jan|Feb|Mrz|Apr|Jun|Jul|Aug|Sept?|Okt|Nov|Dez|Jahrhundert\w*|Jh|Geburtstag|"
    r"Weltkrieg\w*|Mal|Platz|Klasse|Auflage|Jahrestag\w*)\b"
)
_BEFORE_NUMBER = re.compile(r"(?P<word>[^\W\d_]{4,})[.!?]\s+(?=\d[\d.,]*\s+[^\W\d_])")
_ABBREVIATIONS = frozenset("evtl inkl exkl zzgl mind insg abzgl einschl ausschl".split())
_OPENERS, _CLOSERS = "„»‚›", "“«‘‹"
_WRAP_MIN_LINES = 5
_WRAP_CHARS = (40, 120)


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence of an article: ``text[start:end]``, without outer white space.

    Args:
        start: first code point.
        end: one past the last code point.
        heading: a line without sentence end (headline, section heading, caption).
    """

    start: int
    end: int
    heading: bool


def split_sentences(text: str, start: int = 0, end: int | None = None) -> tuple[Sentence, ...]:
    """Split text into sentences.

    Args:
        text: the whole text of an article.
        start: split only from this code point on, which must begin a line.
        end: split only up to here.

    Returns:
        Sentences in order; between them stands nothing but white space.
    """
    stop = len(text) if end is None else end
    found = []
    for block_start, block_end in _blocks(text, start, stop):
        heading = not _TERMINAL.search(text, block_start, block_end)
        spans = _split_block(text[block_start:block_end])
        for i, (a, b) in enumerate(spans):
            alone = heading and i == len(spans) - 1
            found.append(Sentence(block_start + a, block_start + b, alone))
    return tuple(found)


def _blocks(text: str, start: int, stop: int) -> list[tuple[int, int]]:
    """Runs of lines that belong together: single lines, or paragraphs of wrapped text."""
    lines = []
    at = start
    while at < stop:
        newline = text.find("\n", at, stop)
        line_end = stop if newline == -1 else newline
        lines.append((at, line_end))
        at = line_end + 1
    wrap_chars = _wrap_chars([text[a:b] for a, b in lines])
    blocks: list[tuple[int, int]] = []
    joins = False
    for a, b in lines:
        blank = not text[a:b].strip()
        if joins and not blank:
            blocks[-1] = (blocks[-1][0], b)
        elif not blank:
            blocks.append((a, b))
        joins = not blank and b - a >= 0.6 * wrap_chars and not _TERMINAL.search(text, a, b)
    return blocks


def _wrap_chars(lines: list[str]) -> float:
    """Width at which a text is wrapped; infinite if its lines are paragraphs."""
    full = [line for line in lines if line.strip()]
    widest = max(map(len, full), default=0)
    open_ends = sum(not _TERMINAL.search(line) for line in full)
    wrapped = (
        len(full) >= _WRAP_MIN_LINES
        and _WRAP_CHARS[0] <= widest <= _WRAP_CHARS[1]
        and open_ends > len(full) / 2
    )
    return widest if wrapped else float("inf")


def _split_block(block: str) -> list[tuple[int, int]]:
    import sentencex

    spans: list[tuple[int, int]] = []
    for boundary in sentencex.get_sentence_boundaries("de", block):
        start, end = int(boundary["start_index"]), int(boundary["end_index"])
        if spans and _continues(block[spans[-1][0] : spans[-1][1]], block[start:end]):
            spans[-1] = (spans[-1][0], end)
        else:
            spans.append((start, end))
    pieces = [piece for a, b in spans for piece in _split_before_number(block, a, b)]
    return [trimmed for a, b in pieces if (trimmed := _trim(block, a, b)) is not None]


def _continues(before: str, after: str) -> bool:
    """True if a piece ends in an ordinal that belongs to what follows."""
    ordinal = _ORDINAL_END.search(before)
    if ordinal is None:
        return False
    follows = after.lstrip()
    word = (ordinal["before"] or "").lower()
    return bool(_AFTER_ORDINAL.match(follows)) or word in _BEFORE_ORDINAL


def _split_before_number(block: str, start: int, end: int) -> list[tuple[int, int]]:
    """Cut where a sentence begins with a number, outside quotation marks."""
    cuts = [start]
    for match in _BEFORE_NUMBER.finditer(block, start, end):
        quoted = _inside_quotation(block[cuts[-1] : match.end()])
        if match["word"] not in _ABBREVIATIONS and match["word"].islower() and not quoted:
            cuts.append(match.end())
    return list(zip(cuts, [*cuts[1:], end], strict=True))


def _inside_quotation(text: str) -> bool:
    straight = text.count('"') % 2 == 1
    return straight or sum(map(text.count, _OPENERS)) > sum(map(text.count, _CLOSERS))


def _trim(block: str, start: int, end: int) -> tuple[int, int] | None:
    piece = block[start:end]
    left = len(piece) - len(piece.lstrip())
    right = len(piece.rstrip())
    return (start + left, start + right) if right > left else None
