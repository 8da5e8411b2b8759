"""From text to search words: German first, the same for articles and questions.

A word gives up to three kinds of keys:

* ``stem``: lemma (simplemma's dictionary), umlauts folded both ways, Snowball stem;
* ``parts``: stems of the members of a compound, and digits for a number word;
* ``name_key``: a spelling-tolerant key, so that Lawrow, Lavrov and Лавров meet.

Numbers lose their grouping ("8.000", "8 000" and "8000" are one word). The analysis
depends on no corpus, so that an index brought up to date equals a fresh one.
This module owns no search syntax: what comes out is letters and digits only.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.metadata import version
from typing import Any

from index.dictionaries import dictionary
from index.spelling import fold, letters, name_key, transliterate

_NUMBER = r"\d{1,3}(?:[.\u00a0\u202f\u2009' ]\d{3})+(?!\d)|\d+(?:,\d+)?"
_WORD = r"[^\W\d_](?:[^\W\d_]|[\u0300-\u036f\u00ad])*"
_TOKEN = re.compile(rf"(?P<number>{_NUMBER})|(?P<word>{_WORD})")
_MAX_WORD_CHARS = 100  # a longer one is no word of a language: kept whole, in linear time
_MIN_PART_CHARS = 4
_LINKS = ("", "s", "es", "n", "en", "er", "e", "ens", "ns")
_NOT_A_HEAD = frozenset(
    """
    schaft schaften heit heiten keit keiten lich isch bar sam haft ungen innen erin enden ende
    ern igen iger iges igem eren erer eres erem ster sten stes stem tion tionen ismus ist
    isten ling linge lein chen tum zeug werk weise mals seits
    """.split()
)
_PREFIXES = frozenset(
    "unter über wieder nach gegen hinter zusammen weiter nieder fort zurück".split()
)
_CYRILLIC_ENDING = re.compile("(?:ого|ому|ами|ями|ом|ым|им|ой|ою|ый|ий|ая|ов|ах|[аеиоуыюяьй])$")
_NUMBER_WORDS = {
    "eins": "1", "zwei": "2", "drei": "3", "vier": "4", "fünf": "5", "sechs": "6", "sieben": "7",
    "acht": "8", "neun": "9", "zehn": "10", "elf": "11", "zwölf": "12", "zwanzig": "20",
    "dreißig": "30", "vierzig": "40", "fünfzig": "50", "hundert": "100", "tausend": "1000",
}  # fmt: skip
STOPWORDS = frozenset(
    """
    der die das den dem des ein eine einer eines einem einen und oder aber auch als am an auf
    aus bei bis da dass dabei damit dann dort du durch er es etwas für gegen hat hatte hatten
    haben habe hier ich ihm ihn ihr ihre ihrer ihrem ihren im in ins ist ja kann kein keine
    man mehr mit nach nicht noch nur ob seien sein seine seiner seinem seinen sei sich sie
    sind so über um unter uns vom von vor war waren was wegen weil welche welcher welches
    welchen welchem wem wen wenn wer werden wie wieder wird wo wurde wurden worden zu zum zur
    zwischen wann warum weshalb wieso woher wohin wofür womit worum worüber wobei wodurch
    wonach wozu woran worauf wovon wieviel viel viele vielen diese dieser dieses diesem diesen
    jener jene jenes sowie denn doch schon sehr eigentlich bitte soll sollen sollte laut gibt
    gab es etwa rund beim hinter ohne seit während würde würden könnte können konnte hätte
    wäre steht stehen the a an of to in on at by for from with and or is are was were be been
    do does did has have had what who whom whose which when where why how many much that this
    these those it its as not no any about into than there their they he she his her will
    would can could should le la les un une des du de et ou est sont que qui quoi quel quelle
    quels quelles quand où comment pourquoi combien dans sur avec pour par au aux en ne pas se
    ce cette il elle ils elles son sa ses и в во на с со не что кто где когда как почему
    сколько какой какая какие каком какую какого к по из за от о об у для это был была было
    были ли же а но его её их он она они
    """.split()
)
_NAMES_LIKE_STOPWORDS = frozenset({"Un", "Il", "Son"})
"""French stop words in lower case; with a capital they are syllables of Korean names."""


@dataclass(frozen=True, slots=True)
class Word:
    """One word of a text.

    Args:
        start: first code point.
        end: one past the last code point.
        surface: as written.
        stem: search key, letters and digits only.
        parts: further keys without `stem`: compound members, a number word's digits, and
            for a Cyrillic word its name key without the case ending.
        name_key: spelling-tolerant key; empty for a word that cannot be a name.
        is_number: written in digits.
        is_stop: carries no content by itself.
    """

    start: int
    end: int
    surface: str
    stem: str
    parts: tuple[str, ...] = ()
    name_key: str = ""
    is_number: bool = False
    is_stop: bool = False

    @property
    def capitalised(self) -> bool:
        """True when written with a capital first letter."""
        return self.surface[:1].isupper()


def analyser_identity() -> str:
    """Name and versions of everything that decides what a search word is."""
    packages = f"simplemma-{version('simplemma')} snowball-{version('snowballstemmer')}"
    return f"beleg-words-2 {packages} unicode-{unicodedata.unidata_version}"


def words(text: str) -> list[Word]:
    """Split a text into search words.

    Args:
        text: any text; offsets refer to it.

    Returns:
        Words in order; white space and punctuation give none.
    """
    return [_word(match) for match in _TOKEN.finditer(text)]


def content_words(text: str) -> list[Word]:
    """The words of a text that are not stop words."""
    return [word for word in words(text) if not word.is_stop]


def surface_counts(text: str) -> Counter[tuple[str, str]]:
    """How often each word stands in a text: as (number, "") or ("", word)."""
    return Counter(_TOKEN.findall(text))


@lru_cache(maxsize=200_000)
def surface_keys(number: str, word: str) -> tuple[str, tuple[str, ...], str]:
    """Stem, parts and, if it is capitalised, name key of a word: those that `words` gives."""
    if number:
        return _digits(number), (), ""
    stem, parts, key, _ = _analyse(word)
    return stem, parts, key if word[:1].isupper() else ""


def _word(match: re.Match[str]) -> Word:
    start, end = match.span()
    surface = match.group()
    if match.lastgroup == "number":
        return Word(start, end, surface, _digits(surface), is_number=True)
    stem, parts, name_key, is_stop = _analyse(surface)
    return Word(start, end, surface, stem, parts, name_key, is_stop=is_stop)


def _digits(surface: str) -> str:
    whole, _, fraction = surface.partition(",")
    digits = re.sub(r"\D", "", whole)
    number = str(int(digits)) if len(digits) < 30 else digits
    return f"{number}k{fraction}" if fraction else number


@lru_cache(maxsize=200_000)
def _analyse(surface: str) -> tuple[str, tuple[str, ...], str, bool]:
    plain = unicodedata.normalize("NFC", surface).replace("\u00ad", "")
    lower = plain.lower()
    if len(plain) > _MAX_WORD_CHARS:
        return letters(fold(plain)), (), "", False
    if "\u0400" <= lower[0] <= "\u04ff":
        lower = letters(lower)  # a stress mark has no composed form
        keys = [name_key(transliterate(form)) for form in (lower, _CYRILLIC_ENDING.sub("", lower))]
        return lower, tuple(keys[1:]), keys[0], lower in STOPWORDS
    stem = stem_of(plain)
    numbers = (_NUMBER_WORDS[lower],) if lower in _NUMBER_WORDS else ()
    simple = plain == lower and is_known(lower)  # "zugesichert" is a verb, not Zug + sicher
    leaves = () if simple else compound_parts(plain)
    members = dict.fromkeys(stem_of(leaf.capitalize()) for leaf in leaves)
    parts = numbers + tuple(member for member in members if member != stem)
    key = name_key(plain) if len(plain) >= 3 else ""
    return stem, parts, key, lower in STOPWORDS and plain not in _NAMES_LIKE_STOPWORDS


def stem_of(word: str) -> str:
    """Search key of one word: lemma, folded umlauts, Snowball stem.

    Args:
        word: letters only, any case; "ae", "ä" and "a" give the same key.
    """
    return _lemma_stem(_lemma(word).lower())


@lru_cache(maxsize=100_000)
def _lemma_stem(lemma: str) -> str:
    stem: str = _stemmer("german").stemWord(lemma)
    return letters(fold(stem))


def is_known(word: str, language: str = "de") -> bool:
    """True when the dictionary of a language holds the word, in lower case or as a noun.

    Args:
        word: one word, any case.
        language: "de", "en", "fr" or "ru".
    """
    lower = word.lower()
    entries = dictionary(language)
    return lower in entries or lower.capitalize() in entries


@lru_cache(maxsize=100_000)
def compound_parts(word: str, shortest: int = _MIN_PART_CHARS) -> tuple[str, ...]:
    """Members of a German compound, left to right; empty for a simple word.

    Every member stands in the dictionary, joined by a linking element or by nothing;
    of several readings the one whose shortest member is longest is taken.

    Args:
        word: letters only.
        shortest: least length of a member in characters.
    """
    lower = word.lower()
    best: tuple[int, str, str] | None = None
    for cut in range(shortest, len(lower) - shortest + 1):
        head, tail = _unlinked(lower[:cut], shortest), lower[cut:]
        if head and tail not in _NOT_A_HEAD and is_known(tail):
            candidate = (min(len(head), len(tail)), head, tail)
            best = candidate if best is None or candidate[0] > best[0] else best
    if best is None:
        return ()
    inner = _MIN_PART_CHARS + 1  # short members inside a member are mostly chance ("Mini-sterin")
    return tuple(leaf for part in best[1:] for leaf in (compound_parts(part, inner) or (part,)))


def _unlinked(head: str, shortest: int) -> str:
    for link in _LINKS:
        bare = head.removesuffix(link) if link else head
        usable = (not link or bare != head) and len(bare) >= shortest
        if usable and bare not in _PREFIXES and is_known(bare):
            return bare
    return ""


def _lemma(word: str) -> str:
    """Dictionary form; a word typed without umlauts is tried with them."""
    entries = dictionary("de")
    for form in dict.fromkeys((word, word.lower(), word.lower().capitalize(), _umlauts(word))):
        lemma = entries.get(form)
        if lemma is not None:
            return lemma
    return word


def _umlauts(word: str) -> str:
    lower = word.lower()
    return lower.replace("ae", "ä").replace("oe", "ö").replace("ue", "ü")


@cache
def _stemmer(language: str) -> Any:
    import snowballstemmer

    return snowballstemmer.stemmer(language)
