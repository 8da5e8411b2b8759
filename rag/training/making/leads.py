"""Questions to the first sentence of an article: what, who, when born, where, what else called.

Lead sentences follow few patterns, so that templates ask more freely than `asking` can. What
stands beside the clause of any sentence is asked for by `asides`.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterator

from rag.training.making.asking import Asked
from rag.training.making.clausewords import COUNTRIES, MONTHS

_MONTH = "|".join(MONTHS.split())
_WHEN = rf"(?P<when>(?:(?:um|vor|nach) )?(?:\d{{1,2}}\. )?(?:(?:{_MONTH}) )?\d{{3,4}})"
_PLACE = (
    r"(?P<place>[A-ZÄÖÜ][\w.’'-]*"
    r"(?: (?:(?:am|an der|im|bei|der|de|la|das|dos|do|del|ob der) )?[A-ZÄÖÜ][\w’'-]*)*)"
)
_BORN = re.compile(rf"\*\s?(?:als [^;)]*?)?{_WHEN}(?:[^;+†)]{{0,40}}? in {_PLACE})?")
_DIED = re.compile(rf"[+†]\s?{_WHEN}(?:[^;)]{{0,40}}? in {_PLACE})?")
_IS = re.compile(
    r"(?<=[\s)])(?P<verb>ist|sind|war|waren|bezeichnet|bezeichnen) "
    r"(?:ein(?:e[srmn]?)? |das |der |die )?"
    r"(?!man |sich |nach |mit |der |des |in |als |nicht |auch |von |seit |am |im |laut )"
    r"(?P<what>[^()\"]{4,160}?)(?=\.$|, (?:der|die|das|den|dem|dessen|deren|welche[rsm]?|in|wo|"
    r"wobei|mit|sowie|zu[rm]?|auf|von|an|bei|aus|für|und|aber|um|umgeben|bestehend)\b)"
)
_NATION = re.compile(r"\b(?:ein|eine|der|die) (?P<adjective>[a-zäöüß-]+(?:ische|deutsche)r?)(?= )")
_ALSO = re.compile(
    r"\b(?:auch|kurz|abgekürzt|früher|umgangssprachlich|veraltet|eigentlich|bürgerlich|gebürtig)"
    r"(?: nur| als| unter| auch)? "
    r"(?P<name>\"?[A-ZÄÖÜ][\w’'-]+(?: (?:(?:von|der|de|und|of|the) )?[A-ZÄÖÜ][\w’'-]*){0,4}\"?)"
    r"(?=[,;)]| genannt| bezeichnet)"
)
_FOREIGN = re.compile(
    r"[(;] ?(?P<language>englisch|französisch|lateinisch|italienisch|spanisch|russisch|polnisch|"
    r"niederländisch|tschechisch|dänisch|schwedisch|ungarisch|türkisch|portugiesisch) "
    r"(?!für )(?P<name>[\w\"][\w’'\" -]{1,60}?[\w\"])(?= ?[,;)])"
)
_INHABITANTS = re.compile(r"(?P<number>\d[\d.]*(?:,\d+)?(?: Millionen)?) Einwohnern?\b")
_SITE = re.compile(r" (?:in|im|an der|am|auf) (?P<place>[^,.()]{3,60}?)(?=\.$|,| und )")
_SITED = re.compile(
    r"[Ss]tadt|[Gg]emeinde|[Ii]nsel|[Bb]erg|[Ff]luss|[Dd]orf|Ort\b|[Ss]ee\b|Burg|Schloss|Park|"
    r"[Mm]useum|[Kk]irche|Kanton|Region|Provinz|Bezirk|[Gg]ebirge|Universität|Staat"
)
_UNDER = re.compile(
    r"^(?:Unter (?P<term>[^,()]{3,60}?)(?: \([^)]*\))? versteht man|"
    r"Als (?P<named>[^,()]{3,60}?)(?: \([^)]*\))? bezeichnet man) (?P<what>[^,]{8,140}?)(?=\.$|,)"
)


def lead_questions(sentence: str, title: str, rng: random.Random) -> list[Asked]:
    """Ask what the first sentence of an article says about its subject.

    Args:
        sentence: the lead sentence.
        title: the article's title, with or without a qualifier in parentheses.
        rng: chooses between wordings.

    Returns:
        Questions with the offsets of their answers; none when no template fits.
    """
    name = re.sub(r" \(.*", "", title)
    if _BORN.search(sentence):
        asked = [*_life(sentence, name, rng), *_profession(sentence, name, rng)]
    else:
        asked = [*_definition(sentence, name, rng), *_location(sentence, name, rng)]
    asked.extend(_also(sentence, name, rng))
    return [one for one in asked if sentence[one.start : one.end] not in one.question]


def chosen(match: re.Match[str], group: str, kind: str, rng: random.Random, *words: str) -> Asked:
    """A question in one of its wordings, answered by a group of a match without its quotes."""
    start, end = match.span(group)
    text = match[group]
    return Asked(rng.choice(words), start + (text[0] == '"'), end - (text[-1] == '"'), kind)


def _life(sentence: str, name: str, rng: random.Random) -> Iterator[Asked]:
    last = name.split()[-1] if rng.random() < 0.3 and name[-1].isalpha() else name
    born, died = _BORN.search(sentence), _DIED.search(sentence)
    if born:
        when = (f"Wann wurde {last} geboren?", f"Wann kam {last} zur Welt?")
        more = (f"Wann ist {last} geboren?", f"Wie lautet das Geburtsdatum von {last}?")
        yield chosen(born, "when", "lead:geboren", rng, *when, *more)
    if born and born["place"]:
        where = (f"Wo wurde {last} geboren?", f"In welchem Ort kam {last} zur Welt?")
        more = (f"Was ist der Geburtsort von {last}?", f"Woher stammt {last}?")
        yield chosen(born, "place", "lead:geburtsort", rng, *where, *more)
    if died:
        exact = "An welchem Tag" if ". " in died["when"] else "In welchem Jahr"
        when = (f"Wann starb {last}?", f"Wann ist {last} gestorben?")
        yield chosen(died, "when", "lead:gestorben", rng, *when, f"{exact} starb {last}?")
    if died and died["place"]:
        where = (f"Wo starb {last}?", f"Wo ist {last} gestorben?")
        more = (f"In welchem Ort starb {last}?", f"An welchem Ort ist {last} gestorben?")
        yield chosen(died, "place", "lead:sterbeort", rng, *where, *more)


def _profession(sentence: str, name: str, rng: random.Random) -> Iterator[Asked]:
    begin = max(m.end() for m in (_BORN.search(sentence), _DIED.search(sentence)) if m)
    what = _IS.search(sentence, begin)
    if not what or what["verb"] not in ("ist", "war"):
        return
    verb, had = what["verb"], "hat" if what["verb"] == "ist" else "hatte"
    words: tuple[str, ...] = (
        f"Wer {verb} {name}?",
        f"Was {verb} {name} von Beruf?",
        f"Als was ist {name} bekannt?",
    )
    yield chosen(what, "what", "lead:beruf", rng, *words, f"Welchen Beruf {had} {name}?")
    nation = _NATION.search(sentence, what.start())
    if nation and nation.start() < what.start("what") and rng.random() < 0.5:
        words = (f"Welcher Nationalität {verb} {name}?", f"Welche Nationalität {had} {name}?")
        yield chosen(nation, "adjective", "lead:nation", rng, *words)


def _subject(sentence: str, name: str) -> str:
    """The title with the article of the lead sentence, "der Südpol"; empty when it differs."""
    match = re.match(rf"(?:(Der|Die|Das|Ein|Eine) )?{re.escape(name)}(?!\w)", sentence)
    if match is None:
        return ""
    return f"{match[1].lower()} {name}" if match[1] else name


def _definition(sentence: str, name: str, rng: random.Random) -> Iterator[Asked]:
    under = _UNDER.match(sentence)
    if under:
        term = under["term"] or under["named"]
        plain = term if term.split()[0][0].isupper() else name
        asked = (f"Was versteht man unter {term}?", f"Was bezeichnet man als {plain}?")
        yield chosen(under, "what", "lead:definition", rng, *asked)
        return
    subject = _subject(sentence, name)
    what = _IS.search(sentence)
    if not what or not subject or "," in re.sub(r"\(.*?\)", "", sentence[: what.start()]):
        return
    verb = what["verb"]
    words: tuple[str, ...] = (f"Was {verb} {subject}?",)
    if subject == name and not verb.startswith("b"):
        words = (*words, f"Was genau {verb} {subject}?", f"Worum handelt es sich bei {name}?")
    elif verb == "bezeichnet":
        words = (f"Was bezeichnet der Begriff {name}?", f"Was versteht man unter {name}?")
    yield chosen(what, "what", "lead:definition", rng, *words)


def _location(sentence: str, name: str, rng: random.Random) -> Iterator[Asked]:
    subject, what = _subject(sentence, name), _IS.search(sentence)
    if not subject or not what or what["verb"] != "ist":
        return
    site = _SITE.search(sentence, what.start("what"), what.end() + 1)
    if site and _SITED.search(sentence, what.start("what"), site.start()):
        words = [f"Wo liegt {subject}?", f"Wo befindet sich {subject}?"]
        if site["place"] in COUNTRIES:
            words += [f"In welchem Land liegt {subject}?"] * 2
        yield chosen(site, "place", "lead:lage", rng, *words)
    people = _INHABITANTS.search(sentence)
    if people:
        words = [f"Wie viele Einwohner hat {subject}?"]
        if subject == name:
            words.append(f"Wie hoch ist die Einwohnerzahl von {name}?")
            words.append(f"Wie viele Menschen leben in {name}?")
        yield chosen(people, "number", "lead:einwohner", rng, *words)


def _also(sentence: str, name: str, rng: random.Random) -> Iterator[Asked]:
    subject = _subject(sentence, name)
    if not subject:
        return
    ends = [sentence.find(f" {verb} ") for verb in ("ist", "sind", "war", "bezeichnet")]
    end = min((at for at in ends if at > 0), default=0)
    also = _ALSO.search(sentence, len(name), end)
    if also:
        many = sentence.startswith(" sind ", end)
        words: tuple[str, ...] = (f"Wie wird {subject} auch genannt?", f"Wie heißt {subject} noch?")
        more = f"Unter welchem anderen Namen ist {subject} bekannt?"
        if many:
            words = (f"Wie werden {subject} auch genannt?", f"Wie heißen {subject} noch?")
            more = f"Unter welchem anderen Namen sind {subject} bekannt?"
        yield chosen(also, "name", "lead:auch", rng, *words, more)
    yield from _translated(sentence, name, rng, end)


def _translated(sentence: str, name: str, rng: random.Random, end: int) -> Iterator[Asked]:
    subject = _subject(sentence, name)
    foreign = _FOREIGN.search(sentence, len(name), end)
    if foreign and not sentence.startswith(" sind ", end):
        tongue = foreign["language"]
        spoken = "Latein" if tongue == "lateinisch" else tongue.capitalize()
        words: tuple[str, ...] = (
            f"Wie heißt {subject} auf {spoken}?",
            f"Was heißt „{name}“ auf {spoken}?",
        )
        more = f"Wie lautet der {tongue}e Name von {name}?" if subject == name else words[0]
        yield chosen(foreign, "name", "lead:sprache", rng, *words, more)
