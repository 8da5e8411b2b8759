"""What in a question can be swapped, and for what: one finder for each kind.

A finder looks at a question and its context and returns places with replacements of the
same type and form. Whether the context leaves the new question open is decided elsewhere.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from random import Random

from rag.training.missing import swaps
from rag.training.missing.names import TOKEN, Name, find_names

_YEAR = re.compile(r"(?<![\d.,])(?:1[0-9]{3}|20[0-4]\d)(?![\d%]|[.,-]\d)")
_NUMBER = re.compile(r"(?<![\w.,-])\d{1,3}(?:[.,]?\d{3})*(?:[.,]\d{1,2})?(?![\w.]|,\d)")
_DAY = re.compile(r"(?<!\d)(\d{1,2})(?=\. (?:Jan|Feb|Mär|Apr|Mai|Jun|Jul|Aug|Sep|Okt|Nov|Dez))")
_DAY_EN = re.compile(r"(?<=[a-z] )\d{1,2}(?=,? \d{4}\b)")
ASKED = re.compile(
    r"(?i)\b(?:which|what|how many|the|these|"
    r"welche[mnrs]?|wie ?viele?|die|den|der|diese[nr]?|beiden?) $"
)
COUNTED = re.compile(r"(?:\b(?:the|his|her|its|their)|'s) $")
_PERSONAL = re.compile(
    r"\b(?:born|die|died|marry|married|wife|husband|son|daughter|mother|father|geboren|starb|"
    r"heiratete|verheiratet|Sohn|Tochter|Mutter|Vater|Frau|Kinder|studiert|studierte|beruflich)\b"
)


@dataclass(frozen=True, slots=True)
class Case:
    """A question with what its swaps must be checked against.

    Args:
        question: as asked.
        context: the text that answers it.
        german: language of the question.
        sentence: the sentence of the answer, in lower case.
        others: the context's other sentences.
        names: proper names of the context.
        pool: names of other contexts.
    """

    question: str
    context: str
    german: bool
    sentence: str
    others: tuple[str, ...]
    names: tuple[Name, ...]
    pool: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Swap:
    """A place in a question and what may stand there instead.

    Args:
        start: first code point.
        end: one past the last code point.
        kind: what is swapped.
        near: replacements that the context mentions elsewhere.
        far: other replacements.
    """

    start: int
    end: int
    kind: str
    near: tuple[str, ...]
    far: tuple[str, ...]


Finder = Callable[[Case, Random], Iterator[Swap]]


def tabled(
    case: Case, kind: str, table: Mapping[str, tuple[str, ...]], capital: bool | None = None
) -> Iterator[Swap]:
    """Words of the question that a table knows."""
    context = case.context
    for token in TOKEN.finditer(case.question):
        word = token.group()
        if capital is not None and word[0].isupper() != capital:
            continue
        others = table.get(word.lower(), ())
        if others and not (capital and _in_longer_name(case.question, token)):
            near = tuple(o for o in others if re.search(rf"\b{o}\b", context))
            yield Swap(*token.span(), kind, near, tuple(o for o in others if o not in near))


def _in_longer_name(question: str, token: re.Match[str]) -> bool:
    """Whether a word is part of a name such as "New France" or "Saudi Arabia"."""
    before = question[: token.start()].split(" ")
    after = question[token.end() : token.end() + 2]
    return (len(before) > 2 and before[-2][:1].isupper() and not before[-1]) or (
        after[:1] in " -" and after[1:2].isupper()
    )


def _years(case: Case, rng: Random) -> Iterator[Swap]:
    inside = [int(year) for year in _YEAR.findall(case.sentence)]
    for match in _YEAR.finditer(case.question):
        old = int(match.group())
        decade = 10 if re.match(r"er|'?s\b", case.question[match.end() :]) else 1
        moved = [
            old + sign * rng.randint(1, 15 if decade == 1 else 4) * decade
            for sign in (1, -1, 1, -1)
        ]
        lowest, highest = min([*inside, old]), max([*inside, old])
        far = [y for y in moved if y <= 2040 and not (inside and lowest <= y <= highest)]
        near = [
            y
            for y in _YEAR.findall(case.context)
            if int(y) % decade == 0 and not (inside and lowest <= int(y) <= highest)
        ]
        yield Swap(*match.span(), "year", tuple(dict.fromkeys(near)), tuple(map(str, far)))


def _numbers(case: Case, rng: Random) -> Iterator[Swap]:
    for match in _NUMBER.finditer(case.question):
        old = match.group()
        if _YEAR.fullmatch(old) or _in_date(case.question, match):
            continue
        near = [n for n in _NUMBER.findall(case.context) if len(n) == len(old) and n != old]
        far = {
            "".join(
                rng.choice("123456789") if c.isdigit() and i < 2 else c for i, c in enumerate(old)
            )
            for _ in range(4)
        }
        yield Swap(*match.span(), "number", tuple(near), tuple(sorted(far)))
    for swap in tabled(case, "number", swaps.NUMBERS):
        if not ASKED.search(case.question[: swap.start]):
            yield swap


def _in_date(question: str, match: re.Match[str]) -> bool:
    return bool(_DAY.match(question, match.start()) or _DAY_EN.match(question, match.start()))


def _dates(case: Case, rng: Random) -> Iterator[Swap]:
    for pattern in (_DAY, _DAY_EN):
        for match in pattern.finditer(case.question):
            days = [str(day) for day in rng.sample(range(1, 29), 3) if str(day) != match.group()]
            yield Swap(*match.span(), "date", (), tuple(days))


def _calendar(case: Case, rng: Random) -> Iterator[Swap]:
    months = swaps.MONTHS_DE if case.german else swaps.MONTHS_EN
    for kind, table in (("month", months), ("weekday", swaps.WEEKDAYS)):
        for swap in tabled(case, kind, table):
            if case.question[swap.start].isupper():
                yield swap


def _ordinals(case: Case, rng: Random) -> Iterator[Swap]:
    if not case.german:
        for swap in tabled(case, "ordinal", swaps.ORDINALS_EN, capital=False):
            if COUNTED.search(case.question[: swap.start]):
                yield swap
        return
    for token in TOKEN.finditer(case.question):
        for stem in swaps.ORDINALS_DE:
            ending = token.group().lower().removeprefix(stem)
            if ending in ("e", "en", "er", "es", "em") and ending != token.group().lower():
                others = tuple(other + ending for other in swaps.ORDINALS_DE if other != stem)
                yield Swap(*token.span(), "ordinal", (), others)


def _names(case: Case, rng: Random) -> Iterator[Swap]:
    places = swaps.PLACES_DE if case.german else swaps.PLACES_EN
    sorts = {name.text: name.sort for name in case.names}
    drawn = " . ".join(rng.sample(case.pool, min(40, len(case.pool))))
    pool = find_names(drawn, case.german) if drawn else []
    personal = "person" if _PERSONAL.search(case.question) else ""
    persons = [name.text.split() for name in case.names if name.sort == "person"]
    known = frozenset(word for words in persons for word in words if word[0].isupper())
    for name in find_names(case.question, case.german, known):
        if name.text.lower() in places or _is_first_word(case.question, name):
            continue
        genitive = _genitive(case, name)
        bare = name.text.removesuffix("s") if genitive else name.text
        sort = "person" if name.sort == "person" else sorts.get(bare) or name.sort or personal
        asked = Name(bare, 0, 0, name.article, sort)
        near, far = _matching(case.names, asked), _matching(pool, asked)
        if not near and not far:
            asked = replace(asked, sort="")
            near, far = _matching(case.names, asked), _matching(pool, asked)
        if genitive:
            near, far = _with_s(near), _with_s(far)
        yield Swap(name.start, name.end, "name", near, far)


def _is_first_word(question: str, name: Name) -> bool:
    """Whether a name opens the question, where any word has a capital."""
    return not question[: name.start].strip() and " " not in name.text


def _matching(names: Sequence[Name], asked: Name) -> tuple[str, ...]:
    """Names of the same sort and shape, of persons surnames too."""
    found = []
    many = asked.shape != "acronym" and not asked.sort  # "Huguenots" by "Normans", not by "Paris"
    for name in names:
        if name.article != asked.article or name.sort != asked.sort:
            continue
        text = name.surname if asked.sort == "person" and asked.shape == "word" else name.text
        fits = Name(text, 0, 0, "").shape == asked.shape
        if fits and not (many and text.endswith("s") != asked.text.endswith("s")):
            found.append(text)
    return tuple(dict.fromkeys(found))


def _with_s(names: Sequence[str]) -> tuple[str, ...]:
    return tuple(name + ("’" if name[-1] in "sßxz" else "s") for name in names)


def _genitive(case: Case, name: Name) -> bool:
    if not case.german or not name.text.endswith("s") or name.text.isupper():
        return False
    bare = name.text.removesuffix("s")
    return re.search(rf"\b{re.escape(bare)}\b", case.context) is not None


def _place_words(case: Case, rng: Random) -> Iterator[Swap]:
    table = swaps.PLACES_DE if case.german else swaps.PLACES_EN
    yield from tabled(case, "place", table, capital=True)
    if not case.german:
        for swap in tabled(case, "place", swaps.ADJECTIVES_EN, capital=True):
            people = case.question[: swap.start].endswith("the ")  # "the British", not "the Cuban"
            yield replace(swap, near=_people(swap.near), far=_people(swap.far)) if people else swap
        return
    for token in TOKEN.finditer(case.question):
        word = token.group()
        bare = word.removesuffix("s").lower()
        genitive = bare in table and word.lower() not in table
        if genitive and not _in_longer_name(case.question, token):
            yield Swap(*token.span(), "place", (), _with_s(table[bare]))
        if word.endswith("er") and word.removesuffix("er") in swaps.CITIES_DE:
            others = tuple(
                c + "er" for c in swaps.CITIES_DE if c[-1] in "nmgt" and c + "er" != word
            )
            yield Swap(
                *token.span(), "place", (), tuple(o for o in others if not o.endswith("ener"))
            )
        if word[0].islower():
            yield from _adjective(case, token)


def _people(words: Sequence[str]) -> tuple[str, ...]:
    return tuple(word for word in words if word.endswith(("ish", "ch", "ese", "ss")))


def _adjective(case: Case, token: re.Match[str]) -> Iterator[Swap]:
    lower = token.group().lower()
    for adjective in swaps.ADJECTIVES_DE:
        ending = lower.removeprefix(adjective)
        if ending != lower and ending in ("", "e", "en", "er", "es", "em"):
            others = [other + ending for other in swaps.ADJECTIVES_DE if other != adjective]
            near = tuple(o for o in others if o[: len(o) - len(ending)] in case.context)
            yield Swap(*token.span(), "place", near, tuple(o for o in others if o not in near))


THING_FINDERS: tuple[Finder, ...] = (
    _years, _numbers, _dates, _calendar, _ordinals, _names, _place_words,
)  # fmt: skip
"""One for each family of kinds."""
