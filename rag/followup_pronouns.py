"""Pronouns of a follow-up question, and the names and things that they can mean. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice, product

from rag.followup_parts import Reading, answer_name, language_of
from rag.followup_words import (
    DETERMINERS,
    LOCATIVE,
    PREPOSITIONS,
    TIMES,
    TOKEN,
    Mention,
    inflected,
    mentions,
)

_GERMAN = {
    "er": ("nom", "m"), "ihn": ("acc", "m"), "ihm": ("dat", "mn"), "sie": ("nom", "fp"),
    "es": ("nom", "n"), "ihr": ("dat", "f"), "ihnen": ("dat", "p"),
}  # fmt: skip
_ENGLISH = {
    "he": ("nom", "m"), "him": ("acc", "m"), "she": ("nom", "f"), "her": ("acc", "f"),
    "it": ("nom", "n"), "they": ("nom", "p"), "them": ("acc", "p"), "his": ("gen", "m"),
    "its": ("gen", "n"), "their": ("gen", "p"),
}  # fmt: skip
_ABOUT = {
    "darüber": ("über", "acc"), "dazu": ("zu", "dat"), "davon": ("von", "dat"),
    "dabei": ("bei", "dat"), "dagegen": ("gegen", "acc"), "dafür": ("für", "acc"),
    "danach": ("nach", "dat"), "darin": ("in", "dat"), "daran": ("an", "dat"),
}  # fmt: skip
_CASES = ("nom", "acc", "dat")
_POSSESSIVE = re.compile(r"(?P<who>sein|ihr)(?:e[rsnm]?)?$")
_CLAUSE = re.compile(
    r"[,:;]|\b(?:und|oder|als|dass|weil|wenn|bevor|nachdem|and|when|that|before|after|who|while"
    r"|if|which|because)\b"
)
_SUBORDINATE = re.compile(r"(?:als|nachdem|bevor|wenn|weil|während|after|before|while) ", re.I)
_PLURAL_VERB = re.compile(r"(?:sind|[a-zäöüß]+e?n)$")
_ES_STANDS_FOR = frozenset("wurde wird hat trat gilt enthält enthielt".split())
_IT_ALONE = frozenset("cost costs take takes true possible like that to rain snow".split())
_PERSON_ASKED = re.compile(r"(?:mit |von )?(?:wer|wen|wem|who|whom)\b|welcher ", re.IGNORECASE)
_PLACE_ASKED = re.compile(r"(?:wo|wohin|where)\b|in welche[mnr] (?!jahr|monat)", re.IGNORECASE)
_IDENTITY = re.compile(r"(?:wer|who) (?:ist|war|is|was) |wie heißt ", re.IGNORECASE)
_THAT = re.compile(
    r"(?<![,:] )\b(?P<that>das|dies)(?: (?:genau|alles|gesagt|getan|behauptet))?[?.! ]*$"
)
_THIS = re.compile(
    r"\b(?P<this>[Dd]ies(?P<end>e[rsnm]?)) (?P<noun>(?:[a-zäöüß]+en? )?[A-ZÄÖÜ][\w-]+)"
)


@dataclass(frozen=True, slots=True)
class _Slot:
    """A word that leans, its case ("nom", "acc", "dat", "gen", "place") and possible genders."""

    start: int
    end: int
    word: str
    case: str
    genders: str


def pronouns_resolved(asked: str, turns: Sequence[tuple[str, str]]) -> Reading | None:
    """Put what pronouns stand for in their place; None when no word leans.

    Args:
        asked: a whole question.
        turns: (question, answer) before it, oldest first.
    """
    language = language_of(asked)
    own = mentions(asked, language)
    if language == "de" and (this := _THIS.search(asked)) and not own_before(own, this.start()):
        return _this_resolved(asked, this, turns)
    slots = [
        slot
        for slot in _slots(asked, language, named=bool(own))
        if not _is_inside(asked, own, slot, language)
    ]
    people = [slot for slot in slots if slot.case in _CASES]
    slots = [slot for slot in slots if not (slot.case == "gen" and _is_theirs(slot, people))]
    if not slots:
        that = _THAT.search(asked) if language == "de" else None
        return (that["that"], False, ()) if that else None
    of_men = {slot.case for slot in slots if "m" in slot.genders and slot.case in _CASES}
    if len(of_men) > 1:
        return slots[0].word, False, ()  # "er" and "ihm" are two people
    groups: dict[tuple[bool, str], list[Mention]] = {}
    for slot in slots:
        key = _group(slot)
        groups[key] = groups.get(key) or _candidates(slot, turns)
        if not groups[key]:
            return None if slot.word in ("es", "it") else (slot.word, False, ())
    keys = list(groups)
    readings = []
    for chosen in islice(product(*groups.values()), 5):
        picked = dict(zip(keys, chosen, strict=True))
        readings.append(_filled(asked, [(s, picked[_group(s)]) for s in slots], language))
    words = next((s.word for s in slots if len(groups[_group(s)]) > 1), slots[0].word)
    return words, True, tuple(readings)


def _is_theirs(slot: _Slot, people: Sequence[_Slot]) -> bool:
    """True for a possessive that an earlier pronoun explains: "Was will er mit seiner Rede?"."""
    return any(one.start < slot.start and set(one.genders) & set(slot.genders) for one in people)


def _group(slot: _Slot) -> tuple[bool, str]:
    """Slots of one group stand for the same thing."""
    kind = "m" if "m" in slot.genders else slot.genders
    return slot.case in ("place", "about", "time"), kind if slot.case != "place" else "place"


def own_before(own: Sequence[Mention], start: int) -> bool:
    """True when something is named before a place in the text."""
    return any(mention.end <= start for mention in own)


def _slots(asked: str, language: str, *, named: bool) -> Iterator[_Slot]:
    found = list(TOKEN.finditer(asked))
    for at, token in enumerate(found):
        word, last = token.group(), at + 1 == len(found) or not found[at + 1].group()[0].isalpha()
        after = "" if last else found[at + 1].group()
        before = found[at - 1].group() if at else ""
        case = genders = ""
        noun_follows = _noun_follows(found[at + 1 : at + 3])
        possessive = _POSSESSIVE.match(word)
        if language == "de" and possessive and (noun_follows or word not in ("sein", "ihr")):
            case, genders = "gen", "mn" if possessive["who"] == "sein" else "fp"
        elif language == "de" and (word == "dort" or (word == "da" and last)):
            case, genders = "place", "n"
        elif language == "de" and word in _ABOUT:
            inner = asked[token.end() : token.end() + 1] in (",", ":")
            case, genders = (
                ("", "")
                if inner or (word in ("dabei", "davon") and last and named)
                else ("about", "mfnp")
            )
        elif language == "de" and word in _GERMAN:
            case, genders = _GERMAN[word]
            if word == "sie" and not asked.lower().startswith("wer "):
                genders = _number(before)
            if word == "es" and (
                before not in _ES_STANDS_FOR or "," in asked or "gegeben" in asked
            ):
                case = ""
        elif language == "en" and word == "there" and last:
            case, genders = "place", "n"
        elif language == "en" and word in _ENGLISH:
            case, genders = _ENGLISH[word]
            case = "" if word == "it" and after in _IT_ALONE else case
            case = (
                "gen" if word == "her" and after.isalpha() and after not in PREPOSITIONS else case
            )
        if case:
            yield _Slot(token.start(), token.end(), word, case, genders)


def _noun_follows(tokens: Sequence[re.Match[str]]) -> bool:
    """True for a noun, or an adjective and a noun."""
    words = [token.group() for token in tokens]
    adjective = len(words) > 1 and bool(re.match(r"[^\W\d_]+e[nrsm]?$", words[0]))
    return words[:1] != [] and (words[0][0].isupper() or (adjective and words[1][0].isupper()))


def _number(verb: str) -> str:
    """Genders of "sie" after a verb."""
    if not verb.islower() or _CLAUSE.match(verb) or not verb.isalpha():
        return "fp"
    return "p" if _PLURAL_VERB.match(verb) else "f"


def _is_inside(asked: str, own: Sequence[Mention], slot: _Slot, language: str) -> bool:
    """True when the question itself names, or asks for, what the word stands for."""
    asks_who = bool(_PERSON_ASKED.match(asked)) or bool(re.match(r"wie viele?n? ", asked, re.I))
    fits = [m for m in own if not m.is_time and _may_fit(asked, m, slot, language)]
    before = [m.end for m in fits if m.end <= slot.start]
    if slot.case == "about":
        return any(_CLAUSE.search(asked, m.end, slot.start) for m in own if m.end <= slot.start)
    if slot.case == "place":
        return any(m.is_place and m.end <= slot.start for m in own)
    if slot.case == "gen":
        verb = re.match(r"\S+ (?:ist|war|sind|waren|is|was|are|were) $", asked[: slot.start])
        early = asked[: slot.start].count(" ") < 2 and not verb
        after = any(m.is_name and m.start >= slot.end for m in fits)
        several = "p" in slot.genders and len([m for m in own if m.end <= slot.start]) > 1
        return bool(before) or several or (asks_who and not verb) or (early and after)
    if _SUBORDINATE.match(asked):
        return any(m.is_name for m in fits)
    starts = [*before, *([asked.find(" ")] if asks_who else [])]
    return any(_CLAUSE.search(asked, end, slot.start) for end in starts)


def _may_fit(asked: str, mention: Mention, slot: _Slot, language: str) -> bool:
    """True unless an article rules out that a word of the same question means this."""
    asked_for = mention.genders == "p" and asked.count(" ", 0, mention.start) < 2
    unsure = language == "en" or not (mention.article or asked_for)
    return unsure or mention.is_place or bool(set(mention.genders) & set(slot.genders))


def _candidates(slot: _Slot, turns: Sequence[tuple[str, str]]) -> list[Mention]:
    """What a word can stand for, of the last turn that holds any such thing."""
    for question, answer in reversed(turns):
        found = (
            _places(question, answer) if slot.case == "place" else _named(slot, question, answer)
        )
        if found:
            return list({mention.words: mention for mention in found}.values())
    return []


def _places(question: str, answer: str) -> list[Mention]:
    language = language_of(question)
    places = [m for m in mentions(question, language) if m.is_place and m.genders != "p"]
    asked = _PLACE_ASKED.match(question)
    if asked and (name := answer_name(answer, language)):
        answered = [replace(name, is_place=True, preposition=name.preposition or "in")]
        return [m for m in places if m.preposition] + answered
    return [m for m in places if m.preposition] or places


def _named(slot: _Slot, question: str, answer: str) -> list[Mention]:
    language = language_of(question)
    found = [m for m in mentions(question, language) if not m.is_time]
    found = [m for m in found if m.article not in DETERMINERS]
    if slot.case == "about":
        return [m for m in found if not m.is_name and m.article]
    fits = [m for m in found if set(m.genders) & set(slot.genders)]
    fits = [m for m in fits if not (m.is_place and m.preposition)]
    name = answer_name(answer, language)
    if not name or not set(name.genders) & set(slot.genders) or name.is_place:
        return fits
    if _IDENTITY.match(question) and not any(m.is_name and not m.is_place for m in found):
        return [name]
    return [*fits, name] if _PERSON_ASKED.match(question) or not fits else fits


def _filled(asked: str, chosen: Sequence[tuple[_Slot, Mention]], language: str) -> str:
    tail = ""
    for slot, mention in sorted(chosen, key=lambda pair: -pair[0].start):
        text = _in_place(slot, mention, language)
        if slot.case == "gen" and not mention.is_name:
            text, tail = slot.word, f" ({_plain(mention, language)})"
        asked = asked[: slot.start] + text + asked[slot.end :]
    return asked.rstrip(" ?!.") + tail + "?" if tail else asked


def _plain(mention: Mention, language: str) -> str:
    if language == "en":
        return f"the {mention.words}" if mention.article else mention.words
    return inflected(mention, "nom", (mention.genders or "n")[0])


def _in_place(slot: _Slot, mention: Mention, language: str) -> str:
    """The text that stands in a slot once it is known what it means."""
    words = mention.words
    if mention.is_genitive:
        words = words.removesuffix("s")
        mention = replace(mention, words=words)
    gender = next((g for g in mention.genders if g in slot.genders), (mention.genders or "n")[0])
    if slot.case == "place":
        if not mention.article or language == "en":
            return f"in {words}"
        dative = inflected(mention, "dat", (mention.genders or "n")[0])
        return f"{mention.preposition if mention.preposition in LOCATIVE else 'in'} {dative}"
    if slot.case == "about":
        preposition, case = _ABOUT[slot.word]
        return f"{preposition} {inflected(mention, case, gender)}"
    if slot.case == "gen":
        mark = "'s" if language == "en" else "'" if re.search(r"[sxzß]$", words) else "s"
        return words + mark if language == "en" else words.replace(" und ", f"{mark} und ") + mark
    return _plain(mention, "en") if language == "en" else inflected(mention, slot.case, gender)


def _this_resolved(
    asked: str, this: re.Match[str], turns: Sequence[tuple[str, str]]
) -> Reading | None:
    """The thing that "dieser ..." points to, when the turns before name one so called."""
    noun = this["noun"].split()[-1]
    if noun.lower() in TIMES:
        return None
    for question, _ in reversed(turns):
        for mention in mentions(question, "de"):
            same = mention.words.split()[-1]
            if same == noun or (len(noun) > 3 and (same.startswith(noun) or noun.startswith(same))):
                article = {"e": "die", "es": "das"}.get(this["end"], "d" + this["end"])
                rest = asked[this.start("noun") :]
                return this.group(), True, (f"{asked[: this.start()]}{article} {rest}",)
    return this.group(), False, ()
