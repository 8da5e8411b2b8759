"""Other words for the verb of a question, so that it is no mere copy of its sentence.

Only whole-question patterns with the same meaning; this module owns the tables and no parse.
"""

from __future__ import annotations

import random
import re

_PARTICIPLES = {
    "gründete": "hat gegründet", "schrieb": "hat geschrieben", "gewann": "hat gewonnen",
    "starb": "ist gestorben", "verstarb": "ist gestorben", "entstand": "ist entstanden",
    "erhielt": "hat erhalten", "bekam": "hat bekommen", "verließ": "hat verlassen",
    "verlor": "hat verloren", "besuchte": "hat besucht", "studierte": "hat studiert",
    "heiratete": "hat geheiratet", "lebte": "hat gelebt", "arbeitete": "hat gearbeitet",
    "spielte": "hat gespielt", "leitete": "hat geleitet", "veröffentlichte": "hat veröffentlicht",
    "verfasste": "hat verfasst", "komponierte": "hat komponiert", "malte": "hat gemalt",
    "erfand": "hat erfunden", "entdeckte": "hat entdeckt", "entwickelte": "hat entwickelt",
    "baute": "hat gebaut", "eroberte": "hat erobert", "besiegte": "hat besiegt",
    "zerstörte": "hat zerstört", "erreichte": "hat erreicht", "übernahm": "hat übernommen",
    "unterzeichnete": "hat unterzeichnet", "verkaufte": "hat verkauft", "kaufte": "hat gekauft",
    "eröffnete": "hat eröffnet", "begann": "hat begonnen", "endete": "hat geendet",
    "lehrte": "hat gelehrt", "wohnte": "hat gewohnt", "regierte": "hat regiert",
    "erschien": "ist erschienen", "zog": "ist gezogen", "floh": "ist geflohen",
    "beendete": "hat beendet", "produzierte": "hat produziert",
    "verband": "hat verbunden",
    "verbrachte": "hat verbracht", "schuf": "hat geschaffen",
    "beschrieb": "hat beschrieben", "forderte": "hat gefordert", "unterstützte": "hat unterstützt",
    "bezeichnete": "hat bezeichnet", "erklärte": "hat erklärt", "nannte": "hat genannt",
    "sang": "hat gesungen", "übersetzte": "hat übersetzt", "promovierte": "hat promoviert",
}  # fmt: skip
_SEPARATED = re.compile(
    r" (?:ab|an|auf|aus|ein|vor|zu|mit|nach|um|teil|statt|fort|weiter|zurück|zusammen|her|hin|"
    r"durch|bei|bekannt|fest|frei|wahr|nieder|los|über|unter|wieder|fertig|kennen|heraus|herum|"
    r"dar|entgegen|bloß|heim|voran|voraus|vorbei|weg|hervor|hinzu|ein|her)$"
)
_PATTERNS = tuple(
    (re.compile(rf"^(.*?) {verb} (.*) {end}$"), to)
    for verb, end, to in (
        ("wurde", "gegründet", ("{0} entstand {1}", "{0} ist {1} gegründet worden")),
        ("wurde", "errichtet", ("{0} baute man {1}", "{0} wurde {1} gebaut")),
        ("wurde", "erbaut", ("{0} wurde {1} gebaut", "{0} wurde {1} errichtet")),
        ("wurde", "gebaut", ("{0} wurde {1} errichtet", "{0} ist {1} gebaut worden")),
        ("wurde", "geboren", ("{0} kam {1} zur Welt", "{0} ist {1} geboren")),
        ("wurde", "eröffnet", ("{0} ist {1} eröffnet worden", "{0} öffnete {1}")),
        ("wurde", "veröffentlicht", ("{0} erschien {1}", "{0} kam {1} heraus")),
        ("wurde", "zerstört", ("{0} ist {1} zerstört worden",)),
        ("wurde", "entdeckt", ("{0} ist {1} entdeckt worden",)),
        ("wurde", "ernannt", ("{0} ist {1} ernannt worden",)),
        ("wurde", "verwendet", ("{0} wurde {1} benutzt",)),
        ("wird", "verwendet", ("{0} wird {1} benutzt", "{0} wird {1} eingesetzt")),
        ("werden", "verwendet", ("{0} werden {1} benutzt",)),
        ("fand", "statt", ("{0} hat {1} stattgefunden", "{0} wurde {1} abgehalten")),
        ("findet", "statt", ("{0} wird {1} abgehalten",)),
        ("nahm", "teil", ("{0} hat {1} teilgenommen",)),
    )
)  # fmt: skip
_SIMPLE = tuple(
    (re.compile(rf"^(.*?) {before} (?!.*?\b{before}\b)"), after)
    for before, after in (
        ("befindet sich", "liegt"), ("befand sich", "lag"), ("befinden sich", "liegen"),
        ("beträgt", "misst"), ("umfasst", "enthält"), ("verfügt", "verfügt"),
        ("bekam", "erhielt"), ("erhielt", "bekam"), ("verstarb", "starb"),
        ("verfasste", "schrieb"), ("schuf", "gestaltete"), ("existiert", "besteht"),
        ("benötigt", "braucht"), ("besitzt", "hat"), ("besaß", "hatte"),
        ("ereignete sich", "geschah"), ("erschien", "kam heraus"),
        ("nutzt", "verwendet"), ("startete", "begann"), ("erwarb", "kaufte"),
        ("beinhaltet", "enthält"), ("heiratete", "heiratete"), ("siegte", "gewann"),
        ("war tätig", "arbeitete"), ("errichtete", "baute"),
    )
    if before != after and " heraus" not in after
)  # fmt: skip


def reworded(question: str, rng: random.Random) -> str:
    """Say the same with another verb form, by chance.

    Args:
        question: without its question mark.
        rng: decides whether and how.
    """
    if rng.random() < 0.5:
        return question
    for pattern, wordings in _PATTERNS:
        match = pattern.match(question)
        if match:
            return rng.choice(wordings).format(*match.groups())
    if _SEPARATED.search(question):
        return question
    perfect = _perfect(question)
    if perfect and rng.random() < 0.6:
        return perfect
    for before, after in _SIMPLE:
        match = before.match(question)
        if match:
            return f"{match.group(1)} {after} {question[match.end() :]}"
    return question


def _perfect(question: str) -> str:
    words = question.split(" ")
    for at, word in enumerate(words[:8]):
        form = _PARTICIPLES.get(word)
        if form:
            auxiliary, participle = form.split()
            return " ".join((*words[:at], auxiliary, *words[at + 1 :], participle))
    return ""
