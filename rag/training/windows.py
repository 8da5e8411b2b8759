"""The training stream: windows of human and made questions, answerable and not.

Everything is drawn through the given random numbers, so that a seed gives the stream again.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import accumulate
from random import Random

from rag.sentences import split_sentences
from rag.training.examples import Window
from rag.training.making.asides import side_questions
from rag.training.making.asking import Asked, questions_of
from rag.training.making.leads import lead_questions
from rag.training.missing.names import names_of
from rag.training.missing.nearmiss import asks_other, swapped
from rag.training.missing.vary import varied
from rag.training.sources import WRITTEN, Row, Text

Span = tuple[int, int]
HUMAN_SHARE = 0.6
GERMAN_WEIGHT = 3
WRITTEN_WEIGHT = 4
"""How much more often questions about or in German, and those written for this project, are
shown than others."""
UNRELATED_SHARE = 0.04
"""Questions by people with a text that has nothing to do with them."""
HUMAN_NEGATIVES = 0.3
MADE_NEGATIVES = 0.45
"""Of answerable questions, how many are shown as near misses; a fifth of the human ones
cannot be answered anyhow."""
VARIED_SHARE = 0.4
_WINDOW_CHARS = ((0.4, 250), (0.4, 480), (0.2, 850))
"""Share of windows with at most so much evidence."""
_LONGEST_CHARS = 1_000
_POOL_CHARS = 3_000


def stream(
    rows: Sequence[Row], unmarked: Sequence[Row], texts: Sequence[Text], rng: Random
) -> Iterator[Window]:
    """Windows without end.

    Args:
        rows: questions by people.
        unmarked: such with a text that answers them at an unknown place.
        texts: articles to make questions from.
        rng: decides everything.
    """
    human = list(accumulate(map(_weight, rows)))
    while True:
        draw = rng.random()
        if draw < UNRELATED_SHARE:
            found = [unrelated(rng.choice(unmarked), rng.choice(rows), rng)]
        elif draw < HUMAN_SHARE:
            made = human_window(rng.choices(rows, cum_weights=human)[0], rng)
            found = [made] if made else []
        else:
            found = made_windows(rng.choice(texts), rng)
        for window in found:
            if rng.random() < VARIED_SHARE:
                question = varied(window.question, rng)
                window = Window(question, window.evidence, window.spans, window.kind)
            yield window


def _weight(row: Row) -> int:
    if row.source == WRITTEN:
        return WRITTEN_WEIGHT
    return GERMAN_WEIGHT if "de" in row.language else 1


def human_window(row: Row, rng: Random) -> Window | None:
    """A window of a row, as it is or as a near miss."""
    sentences = _sentences(row.context)
    if not row.spans:
        start, end = _around(sentences, rng.randrange(len(sentences)), rng)
        return Window(row.question, row.context[start:end], (), f"{row.source}:none")
    if rng.random() >= HUMAN_NEGATIVES:
        return _positive(row.question, row.context, sentences, row.spans, rng, row.source)
    pool = _names(row.context)
    return _negative(row.question, row.context, sentences, row.spans, pool, rng, row.source)


def unrelated(asked: Row, read: Row, rng: Random) -> Window:
    """A question and the text of another one."""
    sentences = _sentences(read.context)
    start, end = _around(sentences, rng.randrange(len(sentences)), rng)
    return Window(asked.question, read.context[start:end], (), f"{asked.source}:unrelated")


def made_windows(text: Text, rng: Random, most: int = 6) -> list[Window]:
    """Windows of questions made from neighbouring paragraphs of one article."""
    made: list[Window] = []
    centre = rng.randrange(len(text.paragraphs))
    pool = _names(_vicinity(text, centre))
    for _ in range(most):
        number = rng.randrange(max(0, centre - 2), min(len(text.paragraphs), centre + 3))
        lines = text.paragraphs[number]
        at = rng.randrange(len(lines))
        if (asked := _asked(text, number, at, rng)) is None:
            continue
        joint = " " if rng.random() < 0.8 else "\n"
        start = sum(len(line) + 1 for line in lines[:at])
        context = joint.join(lines)
        span = (start + asked.start, start + asked.end)
        sentences = _line_spans(lines)
        if rng.random() < MADE_NEGATIVES:
            window = _negative(asked.question, context, sentences, [span], pool, rng, asked.kind)
        else:
            window = _positive(asked.question, context, sentences, [span], rng, asked.kind)
        if window is not None:
            made.append(window)
    return made


def _vicinity(text: Text, number: int) -> str:
    """The paragraphs around one, from which names are swapped in."""
    near = text.paragraphs[max(0, number - 2) : number + 3]
    return "\n".join(line for paragraph in near for line in paragraph)[:_POOL_CHARS]


def _asked(text: Text, number: int, at: int, rng: Random) -> Asked | None:
    line = text.paragraphs[number][at]
    if number == at == 0:
        found = lead_questions(line, text.title, rng) or questions_of(line, rng)
    else:
        found = questions_of(line, rng, text.title)
    found += side_questions(line, rng)
    return rng.choice(found) if found else None


def _positive(
    question: str,
    context: str,
    sentences: Sequence[Span],
    spans: Sequence[Span],
    rng: Random,
    kind: str,
) -> Window | None:
    """The answer's sentence with some of what stands around it."""
    at = next((i for i, s in enumerate(sentences) if s[0] <= spans[0][0] < s[1]), None)
    if at is None:
        return None
    start, end = _around(sentences, at, rng)
    end = max(end, next((s[1] for s in sentences if s[1] >= spans[0][1]), len(context)))
    inside = tuple((s - start, e - start) for s, e in spans if start <= s and e <= end)
    if not inside or end - start > _LONGEST_CHARS:
        return None
    return Window(question, context[start:end], inside, kind)


def _negative(
    question: str,
    context: str,
    sentences: Sequence[Span],
    spans: Sequence[Span],
    pool: Sequence[str],
    rng: Random,
    kind: str,
) -> Window | None:
    """A near miss: another question, or another text."""
    draw, span = rng.random(), spans[0]
    if draw < 0.58:
        make = swapped if draw < 0.5 else None
        found = (
            make(question, context, span, pool, rng)
            if make
            else asks_other(question, context, span, rng)
        )
        if found is not None:
            near = _positive(found[0], context, sentences, [span], rng, f"{kind}:{found[1]}")
            return near and Window(near.question, near.evidence, (), near.kind)
    answers = {context[start:end].casefold() for start, end in spans}

    def silent(start: int, end: int) -> bool:
        part = context[start:end].casefold()
        return not any(answer in part for answer in answers)

    free = [i for i, (start, end) in enumerate(sentences) if silent(start, end)]
    if not free:
        return None
    near_by = min(free, key=lambda i: abs(sentences[i][0] - span[0]))
    first = near_by if draw < 0.85 else rng.choice(free)
    start, end = _around(sentences, first, rng, within=set(free))
    if not silent(start, end):
        return None
    return Window(question, context[start:end], (), f"{kind}:elsewhere")


def _around(
    sentences: Sequence[Span], at: int, rng: Random, within: set[int] | None = None
) -> Span:
    """Grow from one sentence to both sides, up to a drawn length."""
    draw, limit = rng.random(), _WINDOW_CHARS[-1][1]
    for share, chars in _WINDOW_CHARS:
        if draw < share:
            limit = chars
            break
        draw -= share
    first = last = at
    while True:
        ways = [
            (low, high)
            for low, high, new in ((first - 1, last, first - 1), (first, last + 1, last + 1))
            if 0 <= new < len(sentences)
            and (within is None or new in within)
            and sentences[high][1] - sentences[low][0] <= limit
        ]
        if not ways:
            return sentences[first][0], sentences[last][1]
        first, last = rng.choice(ways)


def _line_spans(lines: Sequence[str]) -> tuple[Span, ...]:
    spans, at = [], 0
    for line in lines:
        spans.append((at, at + len(line)))
        at += len(line) + 1
    return tuple(spans)


@lru_cache(20_000)
def _sentences(context: str) -> tuple[Span, ...]:
    found = tuple((s.start, s.end) for s in split_sentences(context))
    return found or ((0, len(context)),)


@lru_cache(5_000)
def _names(text: str) -> tuple[str, ...]:
    return tuple(names_of(text))
