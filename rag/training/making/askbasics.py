"""What every kind of question needs: the slot that is asked for, persons, places, amounts.

This module owns no question words; `askslots` and `askprepositions` choose them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from rag.training.making.clausetokens import Token, is_known
from rag.training.making.clausewords import (
    CITIES,
    COUNTRIES,
    FIRST_NAMES,
    PERSON_NOUNS,
    PERSON_PLURALS,
    PLACES,
)
from rag.training.making.phrases import Chunk

_PERSON_END = re.compile(
    "(?:präsident|minister|meister|könig|kaiser|führer|sänger|spieler|maler|dichter|forscher|"
    "direktor|leiter|trainer|richter|anwalt|professor|philosoph|künstler|händler|hauptmann|"
    "general|bischof|schreiber|kämpfer|fahrer|loge|iker|graf|sekretär|chef|kommissar)(?:in)?$"
)
_COMMON_PLACES = frozenset("Platz Ort Rand Grenze Gebiet Stadt Zentrum Region Nähe".split())
_PLACE_END = re.compile(
    "(?:burg|stadt|dorf|heim|hausen|see|berg|straße|platz|kirche|museum|theater|schule|"
    "universität|viertel|hafen|bahnhof|friedhof|park|wald|gebirge|gebiet|küste|inseln?|städten|tal)$"
)
TRANSPARENT = frozenset(("adv", "time"))
ATTACHING = frozenset("um zwischen über für gegen mit zu zur zum".split())


@dataclass(frozen=True, slots=True)
class Slot:
    """A constituent that can be asked for.

    Args:
        drop: positions in the rest that the question leaves out; -1 is the prefield.
        words: question words to choose from.
        start: where the answer begins in the sentence.
        end: one past its end.
        kind: short name of the kind of question.
        verb: finite verb of the question when it changes, else empty.
    """

    drop: frozenset[int]
    words: tuple[str, ...]
    start: int
    end: int
    kind: str
    verb: str = ""


def slot_at(
    at: int, words: tuple[str, ...], tokens: tuple[Token, ...], kind: str, verb: str = ""
) -> Slot:
    """A slot that replaces one constituent and is answered by the given words."""
    return Slot(frozenset((at,)), words, tokens[0].start, tokens[-1].end, kind, verb)


def joined(tokens: tuple[Token, ...]) -> str:
    """The text of words, without parentheses that stood between them."""
    parts = [(" " if t.space and at else "") + t.text for at, t in enumerate(tokens)]
    return "".join(parts)


def split_amount(tokens: tuple[Token, ...]) -> tuple[tuple[Token, ...], tuple[Token, ...]]:
    """Split "4,3 Millionen Menschen" into the amount and what is counted."""
    size = 2 if len(tokens) > 1 and tokens[1].text in ("Millionen", "Milliarden") else 1
    return tokens[:size], tokens[size:]


def is_person(chunk: Chunk) -> bool:
    """True for a person's name or a noun for persons."""
    nouns = [t.text for t in chunk.tokens[chunk.inner :] if t.capital and t.kind == "word"]
    if not nouns:
        return False
    first = nouns[0]
    if len(nouns) > 1 and first in FIRST_NAMES and not nouns[1].endswith(("preis", "straße")):
        return True
    return first in PERSON_NOUNS or first in PERSON_PLURALS or bool(_PERSON_END.search(first))


def is_place(chunk: Chunk) -> bool:
    """True for a phrase whose noun is a place, or a bare name after "in"."""
    head = chunk.head
    nouns = [t.text for t in chunk.tokens[chunk.inner :] if t.capital]
    if not nouns:
        return False
    common = is_known(nouns[0]) and nouns[0] not in COUNTRIES | CITIES
    if common and chunk.inner == 1 and chunk.prep in ("in", "an", "auf", "nach", "bei", "aus"):
        return nouns[0] in PLACES and len(nouns) == 1 and nouns[0] not in _COMMON_PLACES
    if nouns[0] in PLACES or head in PLACES or _PLACE_END.search(nouns[0]):
        return True
    bare = chunk.inner == 1 and chunk.prep in ("in", "nach", "aus")
    return bare and len(nouns) == 1 and len(chunk.tokens) == 2 and not is_known(nouns[0])
