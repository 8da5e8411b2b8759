"""Which words of a question can be swapped: roles, units, opposites, nouns, negations.

The finders of names, places and numbers are in `swapfinders`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from random import Random

from index.words import STOPWORDS
from rag.training.missing import swaps
from rag.training.missing.names import TOKEN, is_name
from rag.training.missing.swapfinders import ASKED, COUNTED, Case, Finder, Swap, tabled

_NOUN_TAILS = (
    "ungen ung heiten heit keiten keit schaften schaft tionen tion täten tät ismus mente ment "
    "innen chen logie graphie"
).split()
_PARTICIPLE = re.compile(r"(?:\w*ge\w+(?:t|en)|(?:be|ver|er|ent|zer)\w+(?:t|en)|\w+iert|\w{3,}en)$")
_AUX_DE = frozenset(
    "ist sind war waren wurde wurden wird werden hat haben hatte hatten kann können konnte konnten "
    "soll sollte sollten muss musste mussten darf durfte durften wollte wollten".split()
)
_AUX_EN = re.compile(r"\b(?:is|are|was|were|has|have|had)\b(?= \w+(?:ed|en|wn|lt|pt)\b)")
_WHO = re.compile(r"(?:Wer|Welche|Who|Which|What (?:team|country|party))\b")
_BOTH_SIDES = frozenset(
    "gewann verlor gewannen verloren gewonnen won lost win lose winning losing sieger".split()
)
_NOUN_EN = re.compile(
    r"\b[a-z]{3,}(?:tion|ment|ity|ness|[ae]nce|ism|ist|ship|ogy|ure|age)s?\b|\b[a-z]{3,}[eo]rs\b|\b[a-z]{4,}ies\b"
)
_KEIN = re.compile(r"\b(k)(ein(?:e[mnrs]?)?)\b")
_NICHT = re.compile(r" nicht\b(?! nur| mehr| einmal)")


def _words(case: Case, rng: Random) -> Iterator[Swap]:
    german = case.german
    for swap in tabled(case, "role", swaps.ROLES_DE if german else swaps.ROLES_EN):
        if german or case.question[swap.start].islower():
            yield swap
    for swap in tabled(case, "unit", swaps.UNITS_DE if german else swaps.UNITS_EN):
        if not ASKED.search(case.question[: swap.start]):
            yield swap
    for swap in tabled(case, "antonym", swaps.ANTONYMS_DE if german else swaps.ANTONYMS_EN):
        if _turns(case, swap):
            yield swap


def _turns(case: Case, swap: Swap) -> bool:
    """Whether a question with the opposite asks for something else."""
    word = case.question[swap.start : swap.end]
    before, after = case.question[: swap.start], case.question[swap.end :]
    if before.lower().endswith(
        ("wie ", "how ", "per ", "no ", "nicht ")
    ):  # "Wie groß" asks for the size
        return False
    if word in ("vor", "before", "after") and not after.strip(" ?."):
        return False
    if word.lower() in _BOTH_SIDES and re.match(_WHO, case.question):
        return False  # who won against whom says who lost
    if word in ("first", "last") and not COUNTED.search(before):
        return False
    if word in ("end", "start") and re.search(r"\b(?:an?|the) $", before):
        return False
    if word.lower().startswith(("beg", "start")) and re.search(r"\b(?:zu|to) [a-z]", after):
        return False  # one begins to do something
    if case.german:
        return word[0].isupper() == (*swap.near, *swap.far)[0][0].isupper()
    return word.islower()


def _nouns(case: Case, rng: Random) -> Iterator[Swap]:
    others = " ".join(case.others)
    if not case.german:
        known = list(dict.fromkeys(_NOUN_EN.findall(others)))
        for match in _NOUN_EN.finditer(case.question):
            near = [n for n in known if n[-3:] == match[0][-3:]]
            yield Swap(*match.span(), "noun", tuple(near), ())
        return
    known = [(*pair, _noun_tail(pair[1])) for pair in _nouns_after_words(others)]
    for before, word, start in _placed_nouns(case.question):
        tail = _noun_tail(word)
        near = [
            noun
            for other, noun, other_tail in known
            if tail == other_tail and (len(tail) > 2 or other == before)
        ]
        yield Swap(start, start + len(word), "noun", tuple(dict.fromkeys(near)), ())


def _placed_nouns(text: str) -> Iterator[tuple[str, str, int]]:
    """German nouns with the word before them and their place."""
    before = ""
    for token in TOKEN.finditer(text):
        word = token.group()
        if before and _is_noun(word):
            yield before, word, token.start()
        before = word.lower()


def _nouns_after_words(text: str) -> Iterator[tuple[str, str]]:
    return ((before, word) for before, word, _ in _placed_nouns(text))


def _noun_tail(word: str) -> str:
    """The ending that tells gender and number; two letters where none does."""
    return next((tail for tail in _NOUN_TAILS if word.endswith(tail)), word[-2:])


def _is_noun(word: str) -> bool:
    return (
        len(word) > 4 and word[0].isupper() and word[1:].islower() and word.lower() not in STOPWORDS
        and word not in swaps.CALENDAR and not is_name(word)
    )  # fmt: skip


def _negations(case: Case, rng: Random) -> Iterator[Swap]:
    question = case.question
    if match := _KEIN.search(question):
        yield Swap(*match.span(), "negation", (), (match[2],))
    elif match := _NICHT.search(question):
        yield Swap(*match.span(), "negation", (), ("",))
    elif case.german:
        yield from _nicht_added(question)
    elif question.startswith(("Who", "Which", "What")) and (match := _AUX_EN.search(question)):
        yield Swap(*match.span(), "negation", (), (f"{match[0]} not",))


def _nicht_added(question: str) -> Iterator[Swap]:
    words = list(TOKEN.finditer(question))
    opens = question.startswith(("Wer ", "Wen ", "Welche"))
    if not opens or len(words) < 4:
        return
    last = words[-2] if words[-1].group() in ("werden", "worden", "haben", "sein") else words[-1]
    has_aux = any(word.group() in _AUX_DE for word in words)
    if has_aux and _PARTICIPLE.match(last.group()) and last.group().islower():
        yield Swap(*last.span(), "negation", (), (f"nicht {last.group()}",))


WORD_FINDERS: tuple[Finder, ...] = (_words, _nouns, _negations)
"""One for each family of kinds."""
