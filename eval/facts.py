"""What a text states that a rule can check: numbers, dates, names, negations, content words.

Owns the extraction and the word lists, and says whether one text's facts stand
in others. Pure; no I/O, no models. The rules are made for German with English
beside it; number words ("acht") are not read.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from eval.normalise import (
    ARTICLES,
    DECIMAL_MARK,
    MINUS_MARK,
    answer_tokens,
    fold,
    mark_numbers,
    visible,
)

NEGATIONS = frozenset(
    "nicht nichts nie niemals niemand niemanden niemandem niemandes nirgends nirgendwo "
    "kein keine keinen keinem keiner keines keinerlei keineswegs keinesfalls mitnichten "
    "weder nein ohne not no never none nobody nothing nowhere neither nor without cannot "
    "cant couldnt didnt doesnt dont hadnt hasnt havent isnt arent wasnt werent wont "
    "wouldnt shouldnt".split()
)
"""Words that turn a statement into its opposite, as `answer_tokens` spells them."""

AUXILIARIES = frozenset(
    "bin bist ist sind seid war waren hat haben hatte hatten habe wird werden wurde wurden "
    "worden gewesen geworden sein is are was were be been being has have had will".split()
)
"""Forms of sein, haben, werden and their English kin; not content, but a predicate."""

FUNCTION_WORDS = (
    ARTICLES
    | AUXILIARIES
    | frozenset(
        "und oder sowie aber sondern denn dass ob als wie wo wer was wen wem wann er sie es "
        "ich wir ihr ihn ihm ihnen sich sein seine seinen seinem seiner seines ihre ihren "
        "ihrem ihrer ihres dieser diese dieses diesen diesem jener jene jenes jenen jenem "
        "welcher welche welches welchen welchem deren dessen man auch so da dort hier dabei "
        "dazu damit in im ins an am auf aus bei beim mit von vom zu zum zur um "
        "and or but that which who whom whose what when where he she it they we you i his "
        "her its their this these those there of to at by with from on as".split()
    )
)
"""Words that state nothing alone. Modal verbs, hedges, comparison, and prepositions of
time, cause and side (vor, nach, seit, gegen, für) are content: they must stand in the quote."""

_SCALES = {
    "tausend": 10**3, "tsd": 10**3,
    "million": 10**6, "millionen": 10**6, "mio": 10**6,
    "milliarde": 10**9, "milliarden": 10**9, "mrd": 10**9,
    "billion": 10**12, "billionen": 10**12,
}  # fmt: skip
_NUMBER = re.compile(
    rf"{MINUS_MARK}?\d+(?:{DECIMAL_MARK}\d+)?(?:[\s-]?({'|'.join(_SCALES)})(?![^\W\d_]))?"
)
_NUMERIC = re.compile(r"-?\d+(,\d+)?")

_MONTH_NAMES = (
    "januar jaenner january jan", "februar february feb", "maerz march mar", "april apr",
    "mai may", "juni june jun", "juli july jul", "august aug", "september sept sep",
    "oktober october okt oct", "november nov", "dezember december dez dec",
)  # fmt: skip
_MONTHS = {name: i for i, names in enumerate(_MONTH_NAMES, 1) for name in names.split()}
_LONGEST_FIRST = "|".join(sorted(_MONTHS, key=len, reverse=True))
_MONTH = rf"(?P<month>{_LONGEST_FIRST})(?![^\W\d_])(?:(?<![a-z]{{4}})\.)?"
_DATES = (
    re.compile(r"(?<!\d)(?P<year>\d{4})-(?P<month>\d\d)-(?P<day>\d\d)(?!\d)"),
    re.compile(
        r"(?<![\d.,])(?P<day>\d\d?)\.\s?(?P<month>\d\d?)\.(?:\s?(?P<year>\d{4})|(?P<short>\d\d))?(?!\d)"
    ),
    re.compile(rf"(?<![\d.,])(?P<day>\d\d?)\.?\s?{_MONTH}(?:\s?(?P<year>\d{{4}})(?!\d))?"),
    re.compile(rf"(?<![^\W_]){_MONTH}\s(?P<day>\d\d?),\s?(?P<year>\d{{4}})(?!\d)"),
    re.compile(rf"(?<![^\W_]){_MONTH}\s?(?P<year>\d{{4}})(?!\d)"),
)

_WORD = re.compile(r"[^\W\d_]+")
_END = re.compile(r"\n+|[.!?…][”“\"«»’')\]]*[^\S\n]+(?=[„“”\"«»‚(]*(\w))")
_ABBREVIATIONS = frozenset(
    "bzw ca co dr etc evtl ggf hl inkl mio mrd nr prof sog st tsd usw vgl jr mr mrs ms".split()
)
_CENTURY_TURN = 70  # two digits: 69 is 2069, 70 is 1970


@dataclass(frozen=True, slots=True)
class PartialDate:
    """A date as far as the text gives it.

    Args:
        month: 1 to 12.
        day: 1 to 31, or None.
        year: four digits, or None.
    """

    month: int
    day: int | None = None
    year: int | None = None

    def within(self, other: PartialDate) -> bool:
        """True if `other` says at least all of this date."""
        return (
            self.month == other.month
            and self.day in (None, other.day)
            and self.year in (None, other.year)
        )


def dates(text: str) -> frozenset[PartialDate]:
    """The dates of a text: ``24. Oktober 2024``, ``24.10.``, ``2024-10-24``, ``Oktober 2024``.

    German and English month names; a two-digit year below 70 is 20yy.
    """
    return frozenset(_take_dates(text)[0])


def numbers(text: str) -> frozenset[Decimal]:
    """The numbers of a text by value, the days and years of its dates among them.

    ``1,5 Mio.`` is 1500000 and not 1.5; ``8.000`` is 8000. A date's month is
    left out, since it may be written as a word.
    """
    found, rest = _take_dates(text)
    parts = {Decimal(part) for date in found for part in (date.day, date.year) if part is not None}
    return frozenset(parts | {_value(match) for match in _NUMBER.finditer(mark_numbers(rest))})


def names(text: str) -> frozenset[str]:
    """The capitalised words of a text, folded, without function words and negations.

    In German these are the names and all other nouns. The first word of a
    sentence counts too: if it is no noun, it must still stand in the quotes.
    """
    capitalised = {fold(word) for word in _words(text) if word[0].isupper()}
    return frozenset(capitalised - FUNCTION_WORDS - NEGATIONS)


def lower_case_words(text: str) -> frozenset[str]:
    """The words that begin with a small letter, folded, without function words."""
    return frozenset({fold(word) for word in _words(text) if word[0].islower()} - FUNCTION_WORDS)


def content_words(text: str) -> frozenset[str]:
    """The normalised words outside dates that are no function word, number or negation."""
    tokens = set(answer_tokens(_take_dates(text)[1])) - FUNCTION_WORDS - NEGATIONS
    return frozenset(token for token in tokens if not _NUMERIC.fullmatch(token))


def negation_count(text: str) -> int:
    """How many words of `NEGATIONS` stand in the text, repetitions counted."""
    return sum(token in NEGATIONS for token in answer_tokens(text))


def sentences(text: str) -> list[str]:
    """The sentences of a text, by a rule that rather joins two than cuts one.

    A line break ends a sentence; so does ``. ! ? …`` with closing marks before
    white space and a capital, unless a digit, a single letter or a known
    abbreviation stands before the point.
    """
    parts, start = [], 0
    for match in _END.finditer(text):
        if match[1] is not None and not _ends_sentence(text[start : match.start()], match):
            continue
        parts.append(text[start : match.end()])
        start = match.end()
    return [part.strip() for part in (*parts, text[start:]) if part.strip()]


def numbers_kept(text: str, quotes: Sequence[str]) -> bool:
    """True if each of the text's numbers stands in a quote, by value."""
    given = {number for quote in quotes for number in numbers(quote)}
    given |= {Decimal(date.month) for quote in quotes for date in dates(quote)}
    return numbers(text) <= given


def dates_kept(text: str, quotes: Sequence[str]) -> bool:
    """True if for each of the text's dates a quote has a date that says at least as much."""
    given = [date for quote in quotes for date in dates(quote)]
    return all(any(date.within(other) for other in given) for date in dates(text))


def names_kept(text: str, quotes: Sequence[str]) -> bool:
    """True if each of the text's names is a word of a quote (`stand_in`)."""
    return stand_in(names(text), quotes)


def stand_in(words: Iterable[str], texts: Sequence[str]) -> bool:
    """True if each word is a word of a text, whatever its case.

    Words of four letters and more may differ by a final s (``Putin``, ``Putins``).
    """
    given = {token for text in texts for token in _all_words(text)}
    return all(_genitives(word) & given for word in words)


def _words(text: str) -> list[str]:
    return _WORD.findall(visible(text))


def _all_words(text: str) -> Iterator[str]:
    yield from answer_tokens(text)
    yield from _WORD.findall(fold(text))  # "f16" holds the name F, and articles are kept


def _genitives(word: str) -> set[str]:
    if len(word) < 4:
        return {word}
    return {word, word + "s", word.removesuffix("s")}


def _value(match: re.Match[str]) -> Decimal:
    digits = re.match(rf"{MINUS_MARK}?\d+(?:{DECIMAL_MARK}\d+)?", match.group())
    assert digits is not None
    plain = digits.group().replace(DECIMAL_MARK, ".").replace(MINUS_MARK, "-")
    return Decimal(plain) * (_SCALES[match[1]] if match[1] else 1)


def _take_dates(text: str) -> tuple[list[PartialDate], str]:
    """The dates, and the folded text with a ``|`` in the place of each."""
    rest, found = fold(text), []
    for pattern in _DATES:
        for match in reversed(list(pattern.finditer(rest))):
            date = _read_date(match.groupdict())
            if date is not None:
                found.append(date)
                rest = f"{rest[: match.start()]} | {rest[match.end() :]}"
    return found, rest


def _read_date(parts: dict[str, str | None]) -> PartialDate | None:
    name = parts["month"] or ""
    month = _MONTHS[name] if name in _MONTHS else int(name)
    day, year, short = (_int_or_none(parts.get(part)) for part in ("day", "year", "short"))
    if short is not None:
        year = short + (2000 if short < _CENTURY_TURN else 1900)
    if not 1 <= month <= 12 or (day is not None and not 1 <= day <= 31):
        return None
    return PartialDate(month, day, year)


def _int_or_none(digits: str | None) -> int | None:
    return int(digits) if digits else None


def _ends_sentence(before: str, match: re.Match[str]) -> bool:
    if not match[1].isupper() and not match[1].isdigit():
        return False
    if match.group()[0] != ".":
        return True
    word = re.search(r"\w+$", before)
    if word is None:
        return True
    last = word.group()
    return not (last[-1].isdigit() or len(last) == 1 or last.lower() in _ABBREVIATIONS)
