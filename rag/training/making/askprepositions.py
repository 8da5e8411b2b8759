"""Question words for prepositional phrases: where, whereby, with whom, why, in how many.

A phrase is asked for only where it belongs to the verb and not to a noun before it.
"""

from __future__ import annotations

from collections.abc import Iterator

from rag.training.making.askbasics import (
    TRANSPARENT,
    Slot,
    is_person,
    is_place,
    joined,
    slot_at,
    split_amount,
)
from rag.training.making.clauses import Clause
from rag.training.making.clausetokens import is_known
from rag.training.making.clausewords import (
    CITIES,
    COUNTRIES,
    DURATIONS,
    MOTION,
    NUMBER_WORDS,
    ORGANS,
    PASSIVES,
)
from rag.training.making.phrases import Chunk

_WO = {
    "mit": "Womit", "für": "Wofür", "über": "Worüber", "an": "Woran", "am": "Woran",
    "aus": "Woraus", "auf": "Worauf", "gegen": "Wogegen", "von": "Wovon", "vom": "Wovon",
    "um": "Worum", "durch": "Wodurch", "zu": "Wozu", "zur": "Wozu", "zum": "Wozu",
}  # fmt: skip
_WHOM = {
    "mit": "Mit wem", "für": "Für wen", "über": "Über wen", "an": "An wen", "auf": "Auf wen",
    "gegen": "Gegen wen", "von": "Von wem", "um": "Um wen", "durch": "Durch wen", "zu": "Zu wem",
    "bei": "Bei wem",
}  # fmt: skip
_BOUND = {
    "an": "arbeitet arbeitete beteiligte erkrankte starb leidet litt erinnert erinnerte nahm",
    "am": "beteiligte nahm",
    "aus": "besteht bestand bestehen bestanden stammt entstand entwickelte setzt",
    "auf": "beruht basiert beruhte basierte verzichtete bezieht bezog weist verweist hofft setzt",
    "von": "handelt handelte lebt hängt leitet unterscheidet erzählt distanzierte",
    "vom": "handelt handelte lebt hängt leitet",
    "um": "handelt handelte kämpfte bewarb geht ging kümmert kümmerte bemühte",
    "zu": "gehört gehörte zählt zählte führte führt gehören zählen dient diente neigt",
    "zur": "gehört gehörte zählt zählte führte führt gehören zählen dient diente neigt",
    "zum": "gehört gehörte zählt zählte führte führt gehören zählen dient diente",
    "über": "verfügt verfügte berichtet berichtete schrieb herrschte informiert entscheidet",
}  # fmt: skip
_BOUND_SETS = {prep: frozenset(verbs.split()) for prep, verbs in _BOUND.items()}
_IDIOM = frozenset("""
Grund Hilfe Form Beispiel Zeit Bord Rahmen Folge Laufe Lauf Basis Art Weise Verlauf Ende Anfang
Gegensatz Vergleich Regel Teil Ausnahme Seite Stelle Zusammenhang Jahr Jahre Jahren Umständen
Empfehlung Vorschlag Initiative Befehl Wunsch Antrag Vorbild Dauer Druck Drängen
Ausdruck Einladung Typ Seiten Posten Amt Verfügung Folgen Bezug Kraft Anspruch Anlass Ehren
Mal Jahrhundert Blick Recht
""".split())  # fmt: skip
_FROM_PARTICIPLES = frozenset(
    """
unterschieden abgeleitet getrennt befreit ausgegangen abberufen entfernt abgehalten abgegrenzt
ausgeschlossen ausgenommen abgetrennt abgelöst gelöst losgelöst betroffen
""".split()
)
_LOCAL = frozenset("in im an am auf bei beim nach aus nahe unweit".split())


def prepositional_slots(clause: Clause, chunk: Chunk, at: int) -> Iterator[Slot]:
    """Ask for a prepositional phrase at a position of the rest, -1 for the prefield."""
    prep, head, inner = chunk.prep, chunk.head, chunk.tokens[chunk.inner :]
    if prep in ("wegen", "aufgrund", "infolge", "dank"):
        yield slot_at(at, ("Warum", "Weshalb", "Aus welchem Grund"), chunk.tokens, "warum")
        return
    if any(t.kind == "number" or t.text in NUMBER_WORDS for t in inner[:1]):
        after_noun = at > 0 and clause.rest[at - 1].kind in ("np", "pp")
        if chunk.inner == 1 and not (after_noun and prep in ("von", "mit", "aus", "für", "bei")):
            yield from _counted_pp(chunk, at)
        return
    if head in _IDIOM or not inner or chunk.tokens[1].text.lower().startswith(("dies", "kein")):
        return
    if is_place(chunk) and prep in _LOCAL:
        yield from _place_slots(clause, chunk, at)
        return
    if prep in ("durch", "von", "vom") and clause.verb.text in PASSIVES and _has_participle(clause):
        words = ("Von wem",) if prep != "durch" else ("Durch wen",)
        before = clause.rest[at - 1] if at > 0 else None
        if clause.rest[-1].tokens[-1].text in _FROM_PARTICIPLES and prep != "durch":
            return
        later = clause.rest[max(at, -1) + 1 :]
        if prep != "durch" and any(c.prep in ("von", "vom", "durch") for c in later):
            return
        if before is not None and before.kind == "pp":
            return
        if not is_person(chunk) and not chunk.head.endswith("ern"):
            words = ("Wodurch",)
            if prep != "durch" and (
                chunk.inner == 2
                or chunk.head in ORGANS
                or prep == "vom"
                or not is_known(chunk.head)
            ):
                words = ("Von wem",)
        yield slot_at(at, words, chunk.tokens[1:], words[0].lower().replace(" ", "_"))
        return
    yield from _object_slots(clause, chunk, at)


def _has_participle(clause: Clause) -> bool:
    last = clause.rest[-1].tokens[-1].text if clause.rest else ""
    return last.islower() and last.endswith(("t", "en"))


def _object_slots(clause: Clause, chunk: Chunk, at: int) -> Iterator[Slot]:
    """Ask "Womit", "Mit wem" … where the phrase belongs to the verb, not to a noun before it."""
    prep = chunk.prep
    if at > 0 and not all(c.kind in TRANSPARENT or _reflexive(c) for c in clause.rest[:at]):
        return
    person = is_person(chunk)
    table = _WHOM if person else _WO
    free = prep in ("mit", "für", "durch", "gegen") and clause.first.kind != "pp"
    bound = clause.verb.text in _BOUND_SETS.get(prep, ())
    chosen = prep in ("zum", "zur") and clause.rest and clause.rest[-1].tokens[-1].text in (
        "ernannt", "gewählt", "gekrönt", "befördert", "erklärt", "geweiht", "erhoben",
    )  # fmt: skip
    if prep in table and (bound or free or chosen) and (at >= 0 or bound):
        name = "mit_wem" if person else table[prep].lower()
        yield slot_at(at, (table[prep],), chunk.tokens[1:], name)


def _reflexive(chunk: Chunk) -> bool:
    return chunk.kind == "pron" and chunk.tokens[0].text == "sich"


def _place_slots(clause: Clause, chunk: Chunk, at: int) -> Iterator[Slot]:
    prep, tokens = chunk.prep, chunk.tokens
    if at > 0 and clause.rest[at - 1].kind == "pp":
        return
    inner = tokens[chunk.inner :]
    head = inner[0].text
    country = len(inner) == 1 and head in COUNTRIES
    city = len(inner) == 1 and head in CITIES
    article = tokens[1].text if chunk.inner == 2 else ""
    moving = clause.verb.text in MOTION or any(
        t.text in MOTION for c in clause.rest[-1:] for t in c.tokens
    )
    if prep == "nach":
        if chunk.inner == 1 and moving:
            yield slot_at(at, ("Wohin", "In welche Stadt") if city else ("Wohin",), inner, "wohin")
        return
    if prep == "aus":
        words = ("Woher", "Aus welchem Land", "Aus welchem Land") if country else ("Woher",)
        if country or city or clause.verb.text in ("stammt", "kommt", "stammte", "kam"):
            yield slot_at(at, words, inner, "woher")
        return
    if article in ("die", "das", "eine", "den") and not inner[0].text.endswith(("Staaten", "en")):
        if moving and prep == "in":
            yield slot_at(at, ("Wohin",), inner, "wohin")
        return
    places: tuple[str, ...] = ("Wo",)
    if prep in ("in", "im") and (country or city):
        places = ("Wo", "In welchem Land" if country else "In welcher Stadt")
    if prep in ("in", "im", "an", "am", "auf", "bei", "beim"):
        yield slot_at(at, places, inner, "wo" if not country and not city else "land_stadt")


def _counted_pp(chunk: Chunk, at: int) -> Iterator[Slot]:
    tokens = chunk.tokens[chunk.inner :]
    amount, noun = split_amount(tokens)
    if not noun or len(noun) > 3 or any(t.text in ("und", ",", "der", "des") for t in noun):
        return
    unit = noun[0].text
    few = chunk.prep in ("mit", "von", "bei", "aus", "nach", "in", "seit")
    many = chunk.prep in ("für", "durch", "gegen", "um", "ohne")
    if few or many:
        much = "wie viel" if unit in ("Prozent", "%") else "wie vielen" if few else "wie viele"
        if chunk.prep == "für" and unit in DURATIONS:
            yield slot_at(at, ("Wie lange",), (*amount, noun[0]), "wie_lange")
            return
        words = f"{chunk.prep.capitalize()} {much} {joined(noun)}"
        yield slot_at(at, (words,), amount, "wie_viele")
