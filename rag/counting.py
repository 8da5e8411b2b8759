"""Counted things: "Wie viele Soldaten ...?" wants "8.000 nordkoreanische Soldaten".

Pure. A sentence that holds some number and some soldiers is not enough; the number has to
stand right before what is counted.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from index.words import Word, words
from rag.coverage import credit, keys_of
from rag.question import Kind, Question, is_numeric
from rag.types import Citation

_ASKED = re.compile(r"\bwie ?viele?[nrsm]?\s+(?P<rest>.+)", re.IGNORECASE)
_SCALES = frozenset({"tausend", "million", "millionen", "milliarde", "milliarden", "prozent"})
_DISTANCE_WORDS = 4
_CARRIED = 0.5


def asked_unit(question: Question) -> Word | None:
    """What a German "wie viele" question counts; None if it counts nothing by name."""
    match = _ASKED.search(question.text)
    if question.kind is not Kind.NUMBER or match is None or question.language != "de":
        return None
    return next((word for word in words(match["rest"]) if word.capitalised), None)


def counted(question: Question, text: str) -> list[str]:
    """The numbers of a text that stand right before what the question counts.

    Args:
        question: a "wie viele" question.
        text: any text.

    Returns:
        Numbers as written, with their scale ("zwölf Millionen", "8.000").
    """
    unit = asked_unit(question)
    if unit is None:
        return []
    found = words(text)
    numbers = []
    for i, word in enumerate(found):
        following = found[i + 1 : i + 1 + _DISTANCE_WORDS]
        if is_numeric(word) and any(
            credit(unit, keys_of(near.surface)) >= _CARRIED for near in following
        ):
            scale = following[0] if following[0].surface.lower() in _SCALES else word
            numbers.append(text[word.start : scale.end])
    return numbers


def differing_numbers(question: Question, citations: Sequence[Citation]) -> tuple[str, ...]:
    """What the quotes count, where they do not agree: "8.000 [1]", "10.000 [2]".

    Empty where fewer than two different numbers stand in different quotes.
    """
    seen: dict[str, str] = {}
    for citation in citations:
        for number in counted(question, citation.quote.text):
            key = " ".join(word.stem for word in words(number))
            seen.setdefault(key, f"{number} [{citation.number}]")
    marks = {entry.rpartition(" ")[2] for entry in seen.values()}
    return tuple(seen.values()) if len(marks) > 1 else ()
