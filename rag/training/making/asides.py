"""Questions to what stands beside a clause: appositions, years of life, abbreviations, titles.

These are patterns in any sentence, found without a parse; `asking` and `leads` ask the rest.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from dataclasses import replace

from rag.training.making.asking import Asked
from rag.training.making.clausetokens import is_known, is_verb
from rag.training.making.clausewords import FIRST_NAMES
from rag.training.making.leads import chosen

_CAPITAL = r"[A-ZÄÖÜ][\wéèáó.’-]+"
_LIFE = re.compile(
    rf"(?P<name>{_CAPITAL}(?: (?:(?:von|de|van|der|zu|di|von der) )?{_CAPITAL}){{1,3}}) "
    r"\((?P<born>1\d{3})[-–](?P<died>1\d{3}|20\d\d)\)"
)
_SHORT = re.compile(
    r"(?!Der |Die |Das )(?P<long>[A-ZÄÖÜ][\w’-]+(?: (?:of|for|and|the|der|des|für|und|de))*"
    r"(?: [A-ZÄÖÜ][\w’-]+){1,4}) \((?P<short>[A-ZÄÖÜ]{2,6})\)"
)
_APPOSITION = re.compile(
    rf"^(?P<name>{_CAPITAL}(?: (?:(?:von|de|van) )?{_CAPITAL}){{1,2}}), "
    r"(?P<role>[\w-]+(?: [\w-]+){1,9}), (?P<verb>[a-zäöü]+) (?!und )"
)
_WORK = re.compile(r"\"(?P<work>[A-ZÄÖÜ][^\"]{2,50})\" \((?P<year>1[5-9]\d\d|20[0-2]\d)\)")


def side_questions(sentence: str, rng: random.Random) -> list[Asked]:
    """Ask for appositions, years of life, years of works and abbreviations.

    Args:
        sentence: one German sentence.
        rng: chooses between wordings.

    Returns:
        Questions with the offsets of their answers; mostly none.
    """
    if sentence.startswith("=") or not ("(" in sentence or ", " in sentence):
        return []
    asked = [*_lives(sentence, rng), *_apposed(sentence, rng)]
    for match in _SHORT.finditer(sentence):
        short = match["short"]
        if _abbreviates(short, match["long"]):
            words = (f"Wofür steht die Abkürzung {short}?", f"Was bedeutet {short}?")
            start = match.start("long") + _long_start(short, match["long"])
            one = chosen(match, "long", "side:abkürzung", rng, *words)
            asked.append(replace(one, start=start))
    for match in _WORK.finditer(sentence):
        work = match["work"]
        words = (f"Wann erschien „{work}“?", f"Aus welchem Jahr stammt „{work}“?")
        asked.append(chosen(match, "year", "side:werkjahr", rng, *words))
    return asked


def _lives(sentence: str, rng: random.Random) -> Iterator[Asked]:
    for match in _LIFE.finditer(sentence):
        parts = match["name"].split()
        if len(parts) == 3 and parts[0].endswith("in") and parts[0] not in FIRST_NAMES:
            parts = parts[1:]
        while parts and is_known(parts[0]) and parts[0] not in FIRST_NAMES:
            parts = parts[1:]
        if len(parts) < 2 or not parts[0][0].isupper():
            continue
        name = " ".join(parts)
        if rng.random() < 0.5:
            words = (f"Wann wurde {name} geboren?", f"In welchem Jahr kam {name} zur Welt?")
            yield chosen(match, "born", "side:geboren", rng, *words)
        else:
            words = (f"Wann starb {name}?", f"In welchem Jahr ist {name} gestorben?")
            yield chosen(match, "died", "side:gestorben", rng, *words)


def _apposed(sentence: str, rng: random.Random) -> Iterator[Asked]:
    match = _APPOSITION.match(sentence)
    if match is None or not is_verb(match["verb"]) or match["verb"].endswith("en"):
        return
    name, role = match["name"], match["role"].split()
    if is_known(name.split()[0]) and name.split()[0] not in FIRST_NAMES:
        return
    article = role[0] in ("der", "die", "ein", "eine")
    noun = role[1] if article else role[0]
    described = noun[0].isupper() or (article and noun.endswith(("e", "er", "en")))
    if not described or is_verb(role[-1]) or not any(word[0].isupper() for word in role):
        return
    verb = "war" if match["verb"].endswith(("te", "war", "wurde")) else "ist"
    yield chosen(match, "name", "side:wer", rng, f"Wer {verb} {match['role']}?")
    yield chosen(match, "role", "side:rolle", rng, f"Wer {verb} {name}?")


def _long_start(short: str, long: str) -> int:
    """Where the long form begins: the last word from which the letters still come in order."""
    starts = [0, *(match.end() for match in re.finditer(" ", long))]
    fitting = [start for start in starts if _abbreviates(short, long[start:])]
    exact = [at for at in fitting if re.sub(r"[^A-ZÄÖÜ]", "", long[at:]) == short]
    several = [at for at in fitting if " " in long[at:]]
    return max(exact or several)


def _abbreviates(short: str, long: str) -> bool:
    """True when the letters of the abbreviation come in order in the long form."""
    rest = iter(long.casefold())
    return short[:1] == long[:1] and all(letter in rest for letter in short.casefold())
