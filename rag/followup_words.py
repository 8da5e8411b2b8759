"""What a short question names: people, places, times and things, with preposition and gender.

Pure rules over one text, for `rag.followup`. Knows nothing about conversations.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import pairwise

from index.words import compound_parts, is_known

TOKEN = re.compile(r"\d+(?:[.,:]\d+)*|[^\W\d_]+(?:[-'’][^\W_]+)*|[^\w\s]|[\d_]")

_CONTRACTED = {
    "im": ("in", "dem"), "am": ("an", "dem"), "vom": ("von", "dem"), "zum": ("zu", "dem"),
    "zur": ("zu", "der"), "beim": ("bei", "dem"), "ins": ("in", "das"), "ans": ("an", "das"),
}  # fmt: skip
PREPOSITIONS = frozenset(
    "in an auf bei vor nach aus von mit zu für gegen über um unter seit bis ab durch wegen laut "
    "zwischen während hinter neben ohne trotz nahe at on to from with by for about against since "
    "of into near during between under after before until".split()
)
_PLURAL_DATIVE = frozenset("bei mit von nach aus seit zu".split())
LOCATIVE = frozenset("in an auf bei vor at on near".split())
_TOWARDS = frozenset("in nach aus to into from at near".split())
_ARTICLES = frozenset("der die das den dem des ein eine einen einem einer eines the a an".split())
DETERMINERS = frozenset(
    "welche welcher welches welchen welchem kein keine keinen sein seine seinen seinem seiner ihr "
    "ihre ihren ihrem ihrer".split()
)
TIMES = frozenset(
    "januar februar märz april mai juni juli august september oktober november dezember january "
    "february march june july october december montag dienstag mittwoch donnerstag freitag "
    "samstag sonntag monday tuesday wednesday thursday friday saturday sunday jahr jahre jahren "
    "monat monate monaten woche wochen tag tage tagen frühjahr frühling sommer herbst winter "
    "vorjahr mal male kilo prozent year month week summer autumn spring".split()
)
_PLACES = frozenset(
    "russland nordkorea südkorea korea china japan ukraine deutschland frankreich england polen "
    "italien spanien österreich schweiz türkei iran irak israel syrien indien pakistan vietnam "
    "usa amerika europa asien afrika kuba belarus ungarn rumänien griechenland niederlande belgien "
    "dänemark schweden norwegen finnland kanada mexiko brasilien argentinien ägypten libyen "
    "großbritannien libanon afghanistan taiwan thailand australien neuseeland serbien kroatien "
    "moskau pjöngjang seoul peking kiew berlin paris london washington tokio kursk wonsan "
    "wladiwostok rasson brüssel genf wien warschau münchen hamburg köln alaska sibirien bayern "
    "krim donbass donezk luhansk cherson sudscha kreml rom madrid teheran bagdad istanbul "
    "russia ukraine germany france poland italy spain turkey india moscow pyongyang beijing kyiv "
    "brussels geneva vienna vladivostok tokyo sowjetunion".split()
)
_SURNAMES_FIRST = frozenset("Kim Choe Choi Xi Ri Pak Putin Trump".split())
_MEN = frozenset(
    "putin lawrow lavrov trump selenskyj zelensky xi biden scholz merz macron schoigu goremykin "
    "mazegora saweljew peskow medwedew erdogan orbán lukaschenko netanjahu obama wladimir donald "
    "joe sergej sergei wolodymyr alexander oleg jong friedrich olaf emmanuel lloyd austin".split()
)
_WOMEN = frozenset(
    "choe choi merkel baerbock leyen meloni thatcher harris angela annalena ursula giorgia hillary "
    "sacharowa yo maria kamala".split()
)
_TITLE = re.compile(
    r"(minister|präsident|kanzler|chef|general|sprecher|botschafter|politiker|könig|papst|führer"
    r"|machthaber|diktator|direktor|professor|herr|frau|marschall|oberst|senator)(in)?$"
)
_COMMON_END = re.compile(
    r"(ung|heit|keit|tion|schaft|ität|ismus|erin|entin|istin|antin|ment|tum|nis|ungen|en|er|e)$"
)
_COMMON = frozenset("geld öl gas hilfe krieg schuss tote teil prozent dollar euro mann".split())
_ADJECTIVE = re.compile(r"[^\W\d_]{2,}(?:e|en|er|es|em)$")
_BARE_ADJECTIVE = re.compile(r"[^\W\d_]{2,}isch(?:e|en|er|es|em)$")
_ENGLISH_ADJECTIVE = re.compile(r"(?:an|ish|ese|ern)$")


@dataclass(frozen=True, slots=True)
class Mention:
    """One thing that a text names.

    Args:
        start: first code point, the article included, the preposition not.
        end: one past the last code point.
        words: as written, without article.
        preposition: that governs it, contractions undone, empty for none.
        article: as written or contracted, in lower case, empty for none.
        first: first code point with the preposition.
        genders: those of "mfnp" (p: plural) that it may have.
        is_name: names somebody or some place.
        is_place: is a place for sure, or stands where places stand.
        is_time: names a time.
        is_genitive: a name that ends in a genitive s.
    """

    start: int
    end: int
    words: str
    preposition: str
    article: str
    first: int
    genders: str
    is_name: bool
    is_place: bool
    is_time: bool
    is_genitive: bool = False


def mentions(text: str, language: str) -> list[Mention]:
    """What a text names, in order; two names joined by "und" also give their pair.

    Args:
        text: a question or a short answer.
        language: of the text; what is not "en" is read as German.
    """
    found = list(_single(text, language))
    pairs = []
    for one, two in pairwise(found):
        joint = text[one.end : two.start].strip()
        if joint in ("und", "and") and one.is_name and two.is_name and not two.preposition:
            words = text[one.end - len(one.words) : two.end]
            pairs.append(replace(one, end=two.end, words=words, genders="p"))
    return found + pairs


def _single(text: str, language: str) -> Iterator[Mention]:
    tokens = list(TOKEN.finditer(text))
    at = 0
    preposition, article, first, start = "", "", -1, -1
    while at < len(tokens):
        word = tokens[at].group()
        lower = word.lower()
        if lower in _CONTRACTED:
            (preposition, article), first, start = _CONTRACTED[lower], tokens[at].start(), -1
        elif lower in PREPOSITIONS and not (language == "en" and lower == "an"):
            preposition, article, first, start = lower, "", tokens[at].start(), -1
        elif (lower in _ARTICLES or (lower in DETERMINERS and language == "de")) and (
            word == lower or at == 0
        ):
            article, start = lower, tokens[at].start()
        elif word[0].isupper() and (at > 0 or not is_known(word, language)):
            end_at = at
            while end_at < len(tokens) and tokens[end_at].group()[0].isupper():
                end_at += 1
            run = tokens[at:end_at]
            start = run[0].start() if start < 0 else start
            yield from _run(text, run, (preposition, article, first, start), language)
            at = end_at - 1
            preposition, article, first, start = "", "", -1, -1
        elif _is_adjective(word, article, language):
            start = tokens[at].start() if start < 0 else start
        elif language == "en" and article == "the" and word.isalpha():
            yield _english_noun(text, tokens[at], (preposition, article, first, start))
            preposition, article, first, start = "", "", -1, -1
        else:
            preposition, article, first, start = "", "", -1, -1
        at += 1


def _is_adjective(word: str, article: str, language: str) -> bool:
    if word[0].isupper() or language == "en":
        return False
    return bool((_ADJECTIVE if article else _BARE_ADJECTIVE).match(word))


def _english_noun(text: str, token: re.Match[str], before: tuple[str, str, int, int]) -> Mention:
    preposition, article, first, start = before
    word, first = token.group(), start if first < 0 else first
    is_time = word in TIMES
    gender = "np" if word.endswith("s") else "n"
    return Mention(
        start, token.end(), word, preposition, article, first, gender, False, False, is_time
    )


def _run(
    text: str, run: list[re.Match[str]], before: tuple[str, str, int, int], language: str
) -> Iterator[Mention]:
    """The mentions in a run of capitalised words; the first has preposition and article."""
    if language == "en" and _ENGLISH_ADJECTIVE.search(run[-1].group()):
        after = text[run[-1].end() : run[-1].end() + 2].strip()
        if after[:1].islower():
            return
    parts: list[list[re.Match[str]]] = []
    for token in run:
        if not parts or (language != "en" and _starts_new(parts[-1][-1].group(), token.group())):
            parts.append([])
        parts[-1].append(token)
    preposition, article, first, start = before
    for part in parts:
        start = part[0].start() if start < 0 else start
        yield _mention(text, part, (preposition, article, first, start), language)
        preposition, article, first, start = "", "", -1, -1


def _starts_new(last: str, word: str) -> bool:
    if word in _SURNAMES_FIRST and not _TITLE.search(last.lower()):
        return not is_common(last) and last.lower() not in _MEN - {"putin", "lawrow", "trump"}
    if is_common(word):
        return not is_common(last) or last.lower() in _PLACES
    return last.lower() in _PLACES or (is_common(last) and not _TITLE.search(last.lower()))


def is_common(word: str) -> bool:
    """True for a capitalised German word that is a noun and no name."""
    lower = word.lower()
    if (
        lower in _PLACES
        or lower.removesuffix("s") in _PLACES
        or len(word) > 60
        or lower in _MEN | _WOMEN
    ):
        return False
    if lower in _COMMON or lower in TIMES or _TITLE.search(lower):
        return True
    if compound_parts(word):
        return True
    return is_known(word) and bool(_COMMON_END.search(lower))


def _mention(
    text: str, part: list[re.Match[str]], before: tuple[str, str, int, int], language: str
) -> Mention:
    preposition, article, first, start = before
    end = part[-1].end()
    begins = start
    if article and text[start:].lower().startswith(article + " "):
        begins = start + len(article)
    words = text[begins:end].strip()
    last = part[-1].group()
    lower = [token.group().lower() for token in part]
    is_time = any(word in TIMES for word in lower)
    named = language == "en" or not is_common(last)
    is_name = named and not is_time and (not article or lower[-1] in _PLACES or len(part) > 1
                                         or not is_known(last))  # fmt: skip
    listed = lower[-1].removesuffix("s") in _PLACES or lower[-1] in _PLACES or (
        language == "en" and lower[0] in ("north", "south")
    )  # fmt: skip
    is_place = listed or (is_name and not article and preposition in _TOWARDS)
    genders = _name_genders(lower, is_place) if is_name and not article else ""
    if not is_name or (article and not genders):
        genders = _noun_genders(article, preposition, last)
    genitive = is_name and language != "en" and bool(re.match(r"s [A-ZÄÖÜ]", text[end - 1 :]))
    first = start if first < 0 else first
    return Mention(
        start, end, words, preposition, article, first, genders, is_name, is_place, is_time,
        genitive,
    )  # fmt: skip


def _name_genders(lower: list[str], is_place: bool) -> str:
    if is_place:
        return "n"
    men, women = (any(word in listed for word in lower) for listed in (_MEN, _WOMEN))
    if len(lower) > 1 and _TITLE.search(lower[0]):
        return "f" if lower[0].endswith("in") else "m"
    return "mf" if men == women else "m" if men else "f"


def _noun_genders(article: str, preposition: str, noun: str) -> str:
    """Genders that an article leaves open; nothing sure gives none."""
    if not article:
        return "p" if re.search(r"(?:en|er|e|s|[Ss]chuss)$", noun) else ""
    if article in ("den", "einen"):
        plural = article == "den" and preposition in _PLURAL_DATIVE and noun.endswith("n")
        return "p" if plural else "m"
    if article in ("der", "einer"):
        return "f" if preposition or article == "einer" else "m"
    if article in DETERMINERS:
        return {"welche": "fp", "welcher": "m", "welches": "n"}.get(article, "")
    fixed = {"die": "fp", "eine": "f", "das": "n", "the": "n", "a": "n", "an": "n"}
    return fixed.get(article, "mn")


_DEFINITE = {
    ("nom", "m"): "der", ("acc", "m"): "den", ("dat", "m"): "dem", ("nom", "n"): "das",
    ("acc", "n"): "das", ("dat", "n"): "dem", ("nom", "f"): "die", ("acc", "f"): "die",
    ("dat", "f"): "der", ("nom", "p"): "die", ("acc", "p"): "die", ("dat", "p"): "den",
}  # fmt: skip


def inflected(mention: Mention, case: str, gender: str) -> str:
    """A German mention in a case, with its definite article if it had any.

    Args: case "nom", "acc" or "dat"; gender one of "mfnp".
    """
    *adjectives, noun = mention.words.split(" ") if not mention.is_name else (mention.words,)
    if mention.is_name and not mention.article:
        return mention.words
    weak = "e" if (case == "nom" and gender != "p") or (case == "acc" and gender in "fn") else "en"
    strong = "en" if case == "dat" else "e"
    ending = weak if mention.article else strong
    changed = [
        re.sub(r"(?:e|en|er|es|em)$", ending, word) if word[:1].islower() else word
        for word in adjectives
    ]
    if gender == "m" and case == "nom":
        noun = re.sub(r"(?<=ent|ist|ant)en$", "", noun)
    if gender == "p" and case == "dat" and not re.search(r"[ns]$", noun) and not mention.is_name:
        noun += "n"
    article = [_DEFINITE[case, gender]] if mention.article else []
    return " ".join([*article, *changed, noun])
