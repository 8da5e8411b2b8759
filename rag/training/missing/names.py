"""Proper names in a text, German or English, told from common nouns without a model.

German writes every noun with a capital, so a German name is a capitalised word that the
dictionary does not inflect like a noun. Makes no claim about what a name refers to.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from index.words import STOPWORDS, compound_parts, is_known
from rag.sentences import SENTENCE_STARTERS
from rag.training.missing.swaps import (
    ADJECTIVES_DE,
    ADJECTIVES_EN,
    ANTONYMS_DE,
    CALENDAR,
    FIRST_NAMES,
    PLACES_DE,
    PLACES_EN,
    ROLES_DE,
)

TOKEN = re.compile(r"(?<!\w)[^\W\d_]\w*(?:[-'’](?!s\b)\w+)*")
ROMAN = re.compile(r"[IVX]{1,5}$")
_BETWEEN = frozenset("von van de da di der den del la le of the bin ibn al y zu".split())
_ARTICLES = frozenset(
    """
    der die das dem den des ein eine einen einem einer eines im am zum zur vom beim ins ans the a an
    dieser diese dieses diesen diesem kein keine keinen seine seiner seinem seinen ihre ihrer ihrem
    ihren welche welcher welches welchen welchem wie viele jeder jede jedes aller alle
    """.split()
)
_GERMAN = frozenset(
    """
    der die das und ist war wurde wurden in im am wer was wie wo wann warum welche welcher welches
    welchen welchem nicht ein eine einen einem einer von vom zu zum zur mit auf für sich hat hatte
    wieviele viele wem wen wessen woher wohin wofür womit nach bei aus über unter sind waren als
    er sie es ihr seine ihre wie wurden haben kann können gibt gab heißt hieß man so
    """.split()
)
_ENGLISH = frozenset(
    """
    the of and is was were what who whom whose which when where why how did does do many much in an
    a by with from for to his her their has had have are that on
    because again thus however although while after before during since there it he she they as at
    if other some many most such then under until this these those both each all one two not no but
    also later here its our we you i or so
    """.split()
)
_TITLES = frozenset(
    """
    prinz prinzessin könig königin kaiser kaiserin papst herzog präsident präsidentin kanzler
    kanzlerin minister ministerin herr herrn frau dr general professor graf senator sänger sängerin
    schauspieler schauspielerin regisseur trainer autor autorin prince princess king queen emperor
    pope president professor mr mrs ms sir lord lady captain director actor actress singer
    """.split()
)
_BEFORE_PLACES = frozenset("in nahe nach near at im".split())
_ASKING = {
    **dict.fromkeys("what who whom whose which when where why how did does".split(), False),
    **dict.fromkeys("wer wem wen wessen wie wo wann warum woher wohin wofür womit".split(), True),
    **dict.fromkeys("welche welcher welches welchen welchem wieso weshalb".split(), True),
}
_NOUN_TAILS = (
    *("ung ungen heit heiten keit keiten schaft schaften tion tionen tät täten ismus nis").split(),
    *("nisse tum ling eure inge chen lein jahr jahre jahren").split(),
)
_NOUN_FORMS = ("en", "n", "e", "es", "nen")
_TAIL_CHARS = 6
_UMLAUT = re.compile("[äöüß]")
_LAST_LATIN = "\u024f"
_NOUN_CUTS = ("n", "en", "e", "es", "er", "ern")


@dataclass(frozen=True, slots=True)
class Name:
    """A proper name where it stands.

    Args:
        text: as written.
        start: first code point.
        end: one past the last code point.
        article: the article before it in lower case; empty without one.
        sort: "person", "place" or empty where the text does not tell.
    """

    text: str
    start: int
    end: int
    article: str
    sort: str = ""

    @property
    def shape(self) -> str:
        """How it is written: an acronym, a word or several words."""
        if self.text.isupper():
            return "acronym"
        return "words" if " " in self.text else "word"

    @property
    def surname(self) -> str:
        """The last word of a person's name; all of it where that is a number or an origin."""
        words = self.text.split()
        plain = len(words) > 1 and words[-2][0].isupper() and not ROMAN.match(words[-1])
        return words[-1] if plain else self.text


def is_german(text: str) -> bool:
    """Whether a text is German rather than English, by its question and function words."""
    found = [token.lower() for token in TOKEN.findall(text[:400])]
    if found and found[0] in _ASKING:
        return _ASKING[found[0]]
    told = [word for word in found if (word in _GERMAN) != (word in _ENGLISH)]
    german = sum(word in _GERMAN for word in told) + sum(map(bool, map(_UMLAUT.search, found)))
    return 2 * german > len(told)


def names_of(text: str) -> list[str]:
    """Proper names of a text that stand without an article, in order, each once.

    Args:
        text: German or English.
    """
    return list(dict.fromkeys(name.text for name in find_names(text) if not name.article))


def find_names(
    text: str, german: bool | None = None, known: frozenset[str] = frozenset()
) -> list[Name]:
    """All proper names of a text with their places.

    Args:
        text: German or English.
        german: its language; None finds out.
        known: words that are names here, whatever the dictionary says.
    """
    is_de = is_german(text) if german is None else german
    found: list[Name] = []
    run: list[re.Match[str]] = []
    before = ""  # the word before the run
    last = ""
    for token in TOKEN.finditer(text):
        gap = text[run[-1].end() : token.start()] if run else " "
        joins = gap == " " or (gap == ". " and len(run[-1].group()) == 1)
        if run and not joins:
            _close(text, run, before, found)
            run = []
        is_known_name = token.group().removesuffix("s") in known or token.group() in known
        if is_known_name or _belongs(text, token, run, is_de):
            before = last if not run else before
            run.append(token)
        elif run:
            _close(text, run, before, found)
            run = []
        last = token.group().lower()
    _close(text, run, before, found)
    return _sorted(found)


def _belongs(text: str, token: re.Match[str], run: Sequence[re.Match[str]], german: bool) -> bool:
    word = token.group()
    if not word[0].isupper():
        return bool(run) and word in _BETWEEN and text[token.end() + 1 : token.end() + 2].isupper()
    if ROMAN.match(word) or word[0] > _LAST_LATIN:
        return bool(run) and word[0] <= _LAST_LATIN
    if word.lower() in (STOPWORDS if german else _ENGLISH) or word in SENTENCE_STARTERS:
        return False
    if word in CALENDAR or len(word) < 2:
        inside = text[token.start() - 1 : token.start()] == "."  # the S of U.S.
        return len(word) == 1 and not inside and (bool(run) or text[token.end() :][:2] == ". ")
    if german:
        surname = bool(run) and run[-1].group() in FIRST_NAMES and word.lower() not in ROLES_DE
        if not run and is_known(word) and _starts_sentence(text, token.start()):
            return word in FIRST_NAMES or word.lower() in PLACES_DE
        return surname or is_name(word)
    return bool(run) or not _starts_sentence(text, token.start()) or word in FIRST_NAMES


def _starts_sentence(text: str, start: int) -> bool:
    before = text[max(0, start - 8) : start].rstrip(" \n\"'“„«»()[]0123456789–-")
    return not before or before[-1] in ".!?:;"


def _close(text: str, run: Sequence[re.Match[str]], before: str, found: list[Name]) -> None:
    kept = list(run)
    while kept and not kept[-1].group()[0].isupper():
        kept.pop()
    if not kept or (len(kept) == 1 and kept[0].group().lower() in ADJECTIVES_EN):
        return
    start, end = kept[0].start(), kept[-1].end()
    if ROMAN.match(kept[-1].group()) and re.match(r"\.(?= [^A-ZÄÖÜ])", text[end:]):
        end += 1
    if len(text[start:end]) < 3:
        return
    before = "" if text[max(0, start - 2) : start].strip() in (",", ".", ";") else before
    article = before if before in _ARTICLES else ""
    found.append(Name(text[start:end], start, end, article, _sort(text[start:end], before)))


def _sort(name: str, before: str) -> str:
    first = name.split()[0]
    if first in FIRST_NAMES or before in _TITLES or first.lower() in _TITLES:
        return "person"
    if name.lower() in PLACES_DE or name.lower() in PLACES_EN or before in _BEFORE_PLACES:
        return "place"
    return ""


def _sorted(names: Sequence[Name]) -> list[Name]:
    """Names with the sort that any of their mentions in the text shows."""
    sorts: dict[str, str] = {}
    for name in names:
        if name.sort == "person":
            words = name.text.split()
            sorts.update(dict.fromkeys((name.text, words[0], name.surname), "person"))
    for name in names:
        if name.sort:
            sorts.setdefault(name.text, name.sort)
    found = []
    for name in names:
        sort = sorts.get(name.text) or sorts.get(name.text.removesuffix("s"), "")
        found.append(replace(name, sort=sort))
    return found


@lru_cache(maxsize=100_000)
def is_name(word: str) -> bool:
    """Whether a capitalised German word is a proper name and no noun.

    Args:
        word: one word with a capital.
    """
    lower = word.lower()
    if word in FIRST_NAMES or lower in PLACES_DE or lower in PLACES_EN:
        return True
    if "-" in word:
        return all(is_name(part) for part in word.split("-") if part[:1].isupper())
    if word.isupper() and len(word) > 1:
        return True
    if lower in ROLES_DE or lower in ANTONYMS_DE or lower.endswith(_NOUN_TAILS):
        return False
    if lower.startswith(ADJECTIVES_DE) or lower in ADJECTIVES_EN:
        return False
    return not is_common_noun(word)


@lru_cache(maxsize=100_000)
def is_common_noun(word: str) -> bool:
    """Whether the dictionary inflects a German word as it does a noun, or splits it into nouns."""
    if is_known(word):
        if any(is_known(word + form) for form in _NOUN_FORMS) or _has_umlaut_plural(word):
            return True
        bare = word.removesuffix("s")
        if bare != word and len(bare) > 3 and is_known(bare):
            return is_common_noun(bare)
        cuts = [word.removesuffix(cut) for cut in _NOUN_CUTS if word.endswith(cut)]
        return any(len(cut) > 2 and is_known(cut) for cut in cuts)
    genitive = word.removesuffix("s")
    if genitive != word and is_known(genitive):
        return is_common_noun(genitive)
    return bool(len(word) > 7 and compound_parts(word)) or _ends_in_noun(word)


def _ends_in_noun(word: str) -> bool:
    """Whether an unknown word is a compound such as "Responsenliteratur"."""
    lower = word.lower()
    return any(is_known(lower[at:]) for at in range(4, len(lower) - _TAIL_CHARS + 1))


def _has_umlaut_plural(word: str) -> bool:
    at = max(word.rfind(vowel) for vowel in "aou")
    if at < 1:
        return False
    stem = word[:at] + "äöü"["aou".index(word[at])] + word[at + 1 :]
    return any(is_known(stem + form) for form in ("e", "er", ""))
