"""What can be asked of a clause: constituents, their question words and their answers.

This module owns times, subjects, objects and numbers; `asking` builds the question.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from rag.training.making.askbasics import (
    ATTACHING,
    TRANSPARENT,
    Slot,
    is_person,
    joined,
    slot_at,
    split_amount,
)
from rag.training.making.askprepositions import prepositional_slots
from rag.training.making.clauses import Clause
from rag.training.making.clausetokens import Token, is_known, lemma_of
from rag.training.making.clausewords import (
    CITIES,
    COPULAS,
    COUNTRIES,
    DIMENSIONS,
    DURATIONS,
    FIRST_NAMES,
    HUMAN_VERBS,
    MODALS,
    MONTHS,
    NUMBER_WORDS,
    ORGANS,
    PASSIVES,
    PERSON_NOUNS,
    SINGULAR_OF,
    UNITS,
)
from rag.training.making.phrases import Chunk

_TIME_LEAD = re.compile(
    r"(?:im|in|am|vom|seit|ab|bis|zu)\b(?: de[mnrs]| den| die| zum)?(?: Jahre?n?\b)?\s|Jahre? ",
    re.IGNORECASE,
)
_ABSTRACT = re.compile(r"(?:ung|heit|keit|schaft|tion|ismus|ität|enz|anz|tum|nis|kunst|sport)s?$")
_WHICH = {
    "der": "Welcher", "die": "Welche", "das": "Welches", "den": "Welchen", "ein": "Welches",
    "eine": "Welche", "einen": "Welchen", "seinen": "Welchen", "seine": "Welche",
    "ihren": "Welchen", "ihre": "Welche",
}  # fmt: skip
_DATIVE = frozenset("dem der einem einer des eines seinem seiner ihrem ihrer diesem dieser".split())
_ROLE_VERBS = frozenset("""
gilt galt gelten galten arbeitet arbeitete arbeiteten wirkt wirkte dient diente dienen dienten
fungiert fungierte bezeichnet bezeichneten bezeichnete bekannt gewählt angesehen tätig verwendet
betrachtet genutzt benutzt anerkannt verstanden gesehen eingesetzt klassifiziert eingestuft
ausgezeichnet geboren empfunden interpretiert aufgefasst bewertet auftrat beschrieben verehrt
gewertet gehandelt konzipiert ausgewiesen nominiert verkauft kandidierte eingesetzt angestellt
""".split())  # fmt: skip
_LIGHT = frozenset("Rolle Zeit Platz Bezug Einfluss Beitrag Anspruch Teil Wert Name Namen".split())


def slots_of(clause: Clause, title: str = "") -> Iterator[Slot]:
    """Everything that can be asked of a clause."""
    chunks = (clause.first, *clause.rest)
    for at, chunk in enumerate(chunks, start=-1):
        if chunk.kind == "time":
            yield _time_slot(chunk.tokens[0], at)
        elif chunk.kind == "pp":
            yield from prepositional_slots(clause, chunk, at)
        elif chunk.kind == "als" and at >= 0 and _serves_as(clause):
            yield slot_at(at, ("Als was",), chunk.tokens[1:], "als_was")
        elif chunk.kind == "np":
            yield from _nominal(clause, chunk, at, title)
    if clause.reason:
        goal = clause.reason[0].text == "um"
        words = ("Wozu", "Zu welchem Zweck") if goal else ("Warum", "Weshalb", "Wieso")
        yield slot_at(-2, words, clause.reason, "wozu" if goal else "warum")


def _time_slot(token: Token, at: int) -> Slot:
    text = token.text
    lead = _TIME_LEAD.match(text)
    inner = text[lead.end() :] if lead else text
    start = token.start + len(text) - len(inner)
    first = text.split()[0].lower()
    year = inner.isdigit()
    words: tuple[str, ...] = ("Wann",)
    kind = "wann"
    if first in ("seit", "bis", "ab") and lead:
        words, kind = (f"{first.capitalize()} wann",), f"{first}_wann"
    elif first in ("um", "vor", "nach", "gegen", "zwischen", "von", "vom"):
        words = ("Wann", "In welchem Zeitraum") if first in ("zwischen", "von") else words
        start = token.start
    elif year:
        words, kind = ("Wann", "In welchem Jahr", "In welchem Jahr"), "jahr"
    elif re.match(r"\d+\. Jahrhundert", inner):
        words, kind = ("Wann", "In welchem Jahrhundert"), "jahrhundert"
    elif re.match(r"\d+\. ", inner):
        words, kind = ("Wann", "Wann", "An welchem Tag"), "tag"
    elif (
        re.fullmatch(r"[A-ZÄ]\w+ \d{4}", inner)
        and inner.split()[0] in MONTHS.split()
        and first in ("im", "in")
    ):
        words = ("Wann", "Wann", "In welchem Monat")
    return Slot(frozenset((at,)), words, start, token.end, kind)


def _serves_as(clause: Clause) -> bool:
    """True when the verb takes "als" with a role."""
    last = clause.rest[-1].tokens[-1].text
    return clause.verb.text in _ROLE_VERBS or last in _ROLE_VERBS


def _nominal(clause: Clause, chunk: Chunk, at: int, title: str) -> Iterator[Slot]:
    if chunk.tokens[0].kind == "number" or chunk.tokens[0].text.lower() in NUMBER_WORDS:
        yield from _counted(clause, chunk, at)
        return
    lower = chunk.tokens[0].text.lower()
    if lower.startswith(("dies", "kein")) or lower in ("beide", "viele", "alle", "einige"):
        return
    subject = subject_at(clause)
    if at == subject:
        yield from _subject(clause, chunk, at, title)
    elif (at == 0 and subject == -1) or (
        at == 1 and subject == -1 and clause.rest[0].kind in TRANSPARENT
    ):
        yield from _predicate(clause, chunk, at)


def subject_at(clause: Clause) -> int:
    """Position of the subject: -1 prefield, 0 first in the rest, -9 unknown."""
    first = clause.first
    following = clause.rest[0] if clause.rest else first
    if first.kind in ("np", "pron"):
        following = next((c for c in clause.rest if c.kind not in TRANSPARENT), following)
    lower = following.tokens[0].text.lower()
    if first.kind in ("np", "pron"):
        nominative = following.kind == "pron" and lower in ("er", "es", "man", "sie")
        if _disagrees(first, clause.verb.text):
            return -9
        dative = first.tokens[0].text.lower() in (
            "dem",
            "den",
            "jeden",
            "einem",
            "einen",
            "des",
            "seinem",
        )
        if nominative or dative or (lower == "der" and clause.verb.text not in COPULAS):
            return -9
        return -1
    if following.kind in ("np", "pron") and lower not in (_DATIVE - {"der"}) and lower != "sich":
        return 0 if lower not in ("den", "einen", "seinen", "ihren") else -9
    return -9


def _disagrees(first: Chunk, verb: str) -> bool:
    """True when a prefield cannot be the subject: plural with a singular verb or the reverse."""
    if first.kind == "pron" or any(t.text in ("und", ",", "sowie", "oder") for t in first.tokens):
        return False
    plural_verb = verb in SINGULAR_OF or verb.endswith("en")
    head, article = first.head, first.tokens[0].text.lower()
    if plural_verb:
        one = first.inner == 0 and lemma_of(head) == head and is_known(head)
        one = one and not head.endswith(("er", "el", "en"))
        return one or article in ("der", "das", "ein", "eine")
    inflected = is_known(head) and lemma_of(head) != head and head.endswith(("e", "en", "er"))
    return first.inner == 0 and inflected and lemma_of(head)[:1].isupper()


def _subject(clause: Clause, chunk: Chunk, at: int, title: str) -> Iterator[Slot]:
    verb = clause.verb.text
    plural = verb in SINGULAR_OF
    single = SINGULAR_OF.get(verb, "")
    tokens = chunk.tokens
    named = _named(chunk)
    if named:
        which = _WHICH.get(tokens[0].text.lower(), "")
        if which and which != "Welchen":
            if tokens[0].text.lower() == "ein":
                which = "Welcher"
            noun = joined(tokens[1 : len(tokens) - len(named)])
            yield slot_at(at, (f"{which} {noun}",), named, "welcher")
        return
    if not plural and verb.endswith("en"):
        return
    bare = chunk.inner == 0
    name = joined(tokens)
    following = clause.rest[at + 1] if at + 1 < len(clause.rest) else chunk
    if at == 0 and following.kind == "pp" and (verb in COPULAS or following.prep in ATTACHING):
        return
    if verb in COPULAS and bare and clause.rest[0].tokens[0].text in ("ein", "eine", "der", "die"):
        return
    organ = chunk.head in ORGANS and verb not in COPULAS
    if (
        is_person(chunk)
        or organ
        or (bare and (verb in HUMAN_VERBS or (title and name in (title, title.split()[-1]))))
    ):
        yield slot_at(at, ("Wer",), tokens, "wer", single)
    elif bare and len(tokens) == 1 and name in COUNTRIES and not plural:
        yield slot_at(at, ("Welches Land",), tokens, "welcher")
    elif bare and len(tokens) == 1 and name in CITIES and not plural:
        yield slot_at(at, ("Welche Stadt",), tokens, "welcher")
    elif not bare or (is_known(name) and lemma_of(name) != name) or _ABSTRACT.search(name):
        yield slot_at(at, ("Was",), tokens, "was", single)


def _named(chunk: Chunk) -> tuple[Token, ...]:
    """The name after a noun: "Max Frisch" in "der Schriftsteller Max Frisch"."""
    if not chunk.inner:
        return ()
    run = list(chunk.tokens[chunk.inner :])
    while run and not run[0].capital:
        run = run[1:]
    if len(run) < 2 or not all(t.capital for t in run) or not is_known(run[0].text):
        return ()
    if run[0].text in FIRST_NAMES or not chunk.tokens[1].text:
        return ()
    if run[0].text.endswith("er") and run[0].text not in PERSON_NOUNS and run[1].kind == "word":
        return ()
    name = tuple(run[1:])
    if len(name) == 1 and re.search(r"[^aiousß]s$", name[0].text):
        return ()
    new = name[0].kind == "quote" or name[0].text in FIRST_NAMES or not is_known(name[0].text)
    return name if new else ()


def _predicate(clause: Clause, chunk: Chunk, at: int) -> Iterator[Slot]:
    verb, first = clause.verb.text, clause.first
    lower = chunk.tokens[0].text.lower()
    last = clause.rest[-1].tokens[-1].text
    if verb in ("heißt", "hieß", "heißen", "hießen") or (verb in PASSIVES and last == "genannt"):
        yield slot_at(at, ("Wie",), chunk.tokens, "wie_heisst")
    elif verb in COPULAS:
        final = at == len(clause.rest) - 1 or clause.rest[-1].kind in ("pp", "time")
        if final and lower not in ("den", "dem", "der") and verb not in ("werden", "wurden"):
            person = is_person(first) and verb in ("ist", "war", "sind", "waren")
            name = is_person(chunk) or (chunk.inner == 0 and not is_known(chunk.tokens[0].text))
            genitive = chunk.inner == 0 and lower.endswith(("en", "er")) and lower.islower()
            if genitive and not chunk.tokens[0].capital:
                return
            tail = clause.rest[at:]
            if any(c.kind not in ("np", "pp") for c in tail) or subject_at(clause) != -1:
                return
            tokens = tuple(t for c in tail for t in c.tokens)
            slot = slot_at(at, _what(person, name), tokens, "was_ist")
            yield replace(slot, drop=frozenset(range(at, at + len(tail))))
    elif lower not in _DATIVE and verb not in MODALS:
        named = _named(chunk)
        which = _WHICH.get(lower, "") if named else ""
        if named and which and lower != "ein":
            noun = joined(chunk.tokens[1 : len(chunk.tokens) - len(named)])
            yield slot_at(at, (f"{which} {noun}",), named, "welchen")
        elif (chunk.inner or len(chunk.tokens) > 1) and chunk.head not in _LIGHT:
            following = clause.rest[at + 1] if at + 1 < len(clause.rest) else chunk
            if following.kind == "pp" and following.prep in ATTACHING | {"an", "auf", "von", "in"}:
                return
            yield slot_at(at, ("Wen" if is_person(chunk) else "Was",), chunk.tokens, "was_objekt")


def _what(person: bool, name: bool) -> tuple[str, ...]:
    if person and name:
        return ("Wer",)
    return ("Wer", "Was") if person else ("Was",)


def _counted(clause: Clause, chunk: Chunk, at: int) -> Iterator[Slot]:
    amount, noun = split_amount(chunk.tokens)
    if not noun or len(noun) > 3 or any(t.text in ("und", ",") for t in noun):
        return
    unit = noun[0].text
    following = clause.rest[at + 1].tokens[0].text if at + 1 < len(clause.rest) else ""
    measure = (*amount, noun[0])
    if following in DIMENSIONS and at >= 0:
        slot = slot_at(at, (f"Wie {following}",), measure, "wie_mass")
        yield Slot(slot.drop | {at + 1}, slot.words, slot.start, slot.end, slot.kind)
    elif unit in DURATIONS and following not in ("später", "vor", "nach", "alt", "zuvor"):
        if at >= 0 and len(noun) == 1:
            yield slot_at(at, ("Wie lange",), measure, "wie_lange")
    elif unit == "Prozent" or unit == "%":
        yield slot_at(at, (f"Wie viel Prozent{joined(noun)[len(unit) :]}",), amount, "prozent")
    elif unit in ("Mal", "Male", "mal"):
        yield slot_at(at, ("Wie oft",), measure, "wie_oft")
    elif any(t.kind != "word" for t in noun) or not is_known(unit):
        return
    elif unit not in UNITS or unit in ("Meter", "Kilometer", "Euro", "Einwohner", "Hektar"):
        yield slot_at(at, (f"Wie viele {joined(noun)}",), amount, "wie_viele")
