"""Words of a German sentence for parsing by rule: dates as one token, and what may be a verb.

This module owns tokens and what the dictionary says of one word; `clauses` groups them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

import simplemma

from rag.training.making.clausewords import (
    ADVERBS,
    DETERMINERS,
    FINITE,
    MONTHS,
    PLACES,
    UNITS,
)

_MONTH = "(?:" + "|".join(MONTHS.split()) + ")"
_YEAR = r"(?:1\d{3}|20[0-3]\d)(?![\d.,%]|\s?(?:[x×]|Prozent|Meter|km|m\b|Euro))"
_DATE = rf"(?:\d{{1,2}}\.\s{_MONTH}(?:\s(?:{_YEAR}))?)"
_ERA = r"(?:\s[vn]\.\sChr)?"
_CENTURY = r"\d{1,2}\.\sJahrhunderts?(?:\s[vn]\.\sChr)?"
_PART = r"(?:Anfang|Mitte|Ende|Beginn)"
_SPAN = (
    rf"(?:{_DATE}|{_MONTH}\s(?:des\sJahres\s)?{_YEAR}|{_YEAR}{_ERA}"
    rf"|{_PART}\s(?:{_MONTH}\s)?{_YEAR}|{_PART}\s(?:des|der)\s(?:{_CENTURY}|\d{{4}}er(?:\sJahre)?)"
    rf"|{_PART}\s{_MONTH}|{_MONTH}|{_CENTURY}|\d{{4}}er(?:-|\s)Jahren?)"
)
_LEAD = (
    r"(?:(?:im|seit dem|bis zum|ab dem|vor dem|nach dem)\s(?:Jahre?\s)?|"
    r"(?:in den Jahren|im (?:Frühjahr|Frühling|Sommer|Herbst|Winter)(?: des Jahres)?)\s|"
    r"(?:am|seit|ab|bis|um|vor|nach|gegen|vom|in den|(?:seit|ab) den|bis in die|zu|zum|zur)\s)"
)
_TIME = re.compile(
    rf"(?P<zwischen>zwischen\s(?:dem\s)?{_SPAN}\sund\s(?:dem\s)?{_SPAN})"
    rf"|(?P<von>vo[nm]\s(?:den\s)?{_SPAN}\sbis\s(?:zum\s|in die\s)?{_SPAN})"
    rf"|(?P<lead>{_LEAD})?(?P<span>{_SPAN})(?![\w-])",
    re.IGNORECASE,
)
_TOKEN = re.compile(
    r"\"[^\"]{2,60}\"|„[^“\"]{2,60}[“\"]|»[^«]{2,60}«"
    r"|\([^()]*\)"
    r"|(?:Dr|St|Prof|Nr|ca|Jr|Mio|Mrd|[A-Z])\.(?=\s)"
    r"|\d{1,3}(?:\.\d{3})+|\d+,\d+|\d+\.(?=\s)|\d+%?"
    r"|\w[\w’'&/+–.-]*\w|\w|\S"
)
_NUMBER = re.compile(r"\d{1,3}(?:\.\d{3})+|\d+(?:,\d+)?%?")
_EVENT = re.compile(
    r"(?:spielen?|wahl(?:en)?|meisterschaft(?:en)?|krieg|wm|em|saison|cup|pokal|festival|preis|"
    r"reform|auflage|version|revolution|tour|rallye|prix|vertrag|kongress|gesetz|ausgabe|jahre?n?|"
    r"jahres|runde|liga|serie)$",
    re.IGNORECASE,
)
_IN_PHRASE = re.compile(r"\b(?:zu[rm]|beim?|de[rmn]|i[nm]|a[nm]|auf|von|vom) (?:\S+ )?\S+$")
_PLURAL_NOUN_YEAR = re.compile(r"(?:er|en|e|n|s)$")


@dataclass(frozen=True, slots=True)
class Token:
    """One word of the sentence.

    Args:
        text: as written, or as it shall be read in a question.
        start: offset in the sentence.
        end: one past the last character.
        space: white space stood before it.
        kind: "word", "number", "time", "quote", "mark".
    """

    text: str
    start: int
    end: int
    space: bool = True
    kind: str = "word"

    @property
    def capital(self) -> bool:
        """True for a noun, a name or a quoted title."""
        return self.text[:1].isupper() or self.kind == "quote"


@lru_cache(maxsize=200_000)
def lemma_of(word: str) -> str:
    """The dictionary form of a word, itself when unknown."""
    return str(simplemma.lemmatize(word, lang="de"))


@lru_cache(maxsize=200_000)
def is_known(word: str) -> bool:
    """True for a word of the German dictionary."""
    return bool(simplemma.is_known(word, lang="de"))


@lru_cache(maxsize=200_000)
def is_verb(word: str) -> bool:
    """True when a lower-case word may be a finite verb in second place."""
    if word in FINITE:
        return True
    if not word.islower() or len(word) < 4 or word in ADVERBS or word in DETERMINERS:
        return False
    lemma = lemma_of(word)
    return (
        word.endswith(("te", "ten", "t")) and lemma != word and lemma.endswith(("en", "ern", "eln"))
    )


def tokens_of(sentence: str) -> list[Token]:
    """Words of a sentence without its full stop, dates and times as one token each."""
    text = sentence.rstrip().removesuffix(".")
    times = [match for match in _TIME.finditer(text) if _is_time(text, match)]
    result: list[Token] = []
    at = 0
    for match in times:
        result.extend(_plain(text, at, match.start()))
        result.append(_token(text, match.start(), match.end(), "time"))
        at = match.end()
    result.extend(_plain(text, at, len(text)))
    return result


def _token(text: str, start: int, end: int, kind: str) -> Token:
    return Token(text[start:end], start, end, start > 0 and text[start - 1].isspace(), kind)


def _plain(text: str, start: int, end: int) -> list[Token]:
    return [
        _token(text, match.start(), match.end(), _kind(match.group()))
        for match in _TOKEN.finditer(text, start, end)
    ]


def _kind(text: str) -> str:
    if _NUMBER.fullmatch(text):
        return "number"
    if text[0] in '"„»' and len(text) > 2:
        return "quote"
    return "word" if text[0].isalnum() else "mark"


def _is_time(text: str, match: re.Match[str]) -> bool:
    """False where the figure belongs to a noun ("Wahl 2014") or counts one ("1500 Mark")."""
    before = text[: match.start()].rstrip()
    if before.count("(") > before.count(")") or before.count('"') % 2:
        return False
    if (before[-1:] or " ") in "-–/,." and before[-1:] != ",":
        return False
    found = match.group()
    if not found.isdigit():
        return not (found in MONTHS.split() or (match.group("lead") is None and found.islower()))
    previous = before.rpartition(" ")[2]
    if _EVENT.search(previous) or previous in (
        "von",
        "der",
        "des",
        "den",
        "die",
        "Nr.",
        "über",
        "etwa",
        "rund",
        "mit",
        "als",
        "und",
        "bis",
    ):
        return False
    if previous[:1].isupper() and previous not in PLACES and _IN_PHRASE.search(before):
        return False
    following = text[match.end() :].lstrip().partition(" ")[0].rstrip(",;)")
    if following[:1].isupper():
        return following not in UNITS and not _PLURAL_NOUN_YEAR.search(following)
    return following not in UNITS and (following[:1] or "a").isalpha()
