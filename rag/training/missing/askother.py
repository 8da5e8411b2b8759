"""Questions that ask a context for something else than it tells.

Two ways: another question word ("Wann" -> "Warum") where the sentence names no such thing,
and a question of its own about a name of the context whose key words the context lacks.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from random import Random

from rag.sentences import split_sentences
from rag.training.missing.names import TOKEN, Name, find_names, is_german

_WORD_SHARE = 0.5  # another question word rather than a new question
_RELATED = 0.5  # share of the question's stems that makes a sentence one about it
_PLACE, _TIME, _REASON = (
    r"\b(?:in|bei|nahe|near|at|nach|from|aus|auf|zu|to|on|vor|von|über)\b (?:\w+ ){0,2}[A-ZÄÖÜ]",
    r"\d|\b(?:Jahr|Januar|Februar|März|April|Mai|Juni|Juli|August|September|Oktober|November"
    r"|Dezember|January|February|March|May|June|July|October|December|year|day|Tag|century|als"
    r"|when|während|during|nachdem|after|before|bevor|seit|since|until|heute|today)",
    r"(?i)\b(?:weil|wegen|da|denn|aufgrund|um|damit|durch|deshalb|daher|dadurch|because|due|since"
    r"|so|for|to|therefore|thus|reason|cause|as|zu|dass|order|grund|ursache|anlass)\b",
)
_WORDS = (
    ("Wann ", {"Wo ": _PLACE, "Warum ": _REASON}),
    ("Wo ", {"Wann ": _TIME, "Warum ": _REASON}),
    ("In welchem Jahr ", {"An welchem Ort ": _PLACE, "Aus welchem Grund ": _REASON}),
    ("An welchem Datum ", {"An welchem Ort ": _PLACE, "Aus welchem Grund ": _REASON}),
    ("In welchem Land ", {"In welchem Jahr ": _TIME, "Aus welchem Grund ": _REASON}),
    ("In welcher Stadt ", {"In welchem Jahr ": _TIME, "Aus welchem Grund ": _REASON}),
    ("Warum ", {"Wann ": _TIME, "Wo ": _PLACE}),
    ("When ", {"Where ": _PLACE, "Why ": _REASON}),
    ("Where ", {"When ": _TIME, "Why ": _REASON}),
    ("Why ", {"When ": _TIME, "Where ": _PLACE}),
    ("In what year ", {"In which city ": _PLACE, "For what reason ": _REASON}),
    ("In which year ", {"In which city ": _PLACE, "For what reason ": _REASON}),
    ("What year ", {"Which city ": _PLACE}),
)
_PERSON_DE = """
Wie heißt die Mutter von {}?|mutter|eltern|tochter|sohn|kind
Wie heißt der Vater von {}?|vater|väter|eltern|tochter|sohn|kind
Wie alt ist {}?|alt|jahre|gebor|geb.|alter|*
Wann wurde {} geboren?|gebor|geb.|*|geburt|jährig
Wo wurde {} geboren?|gebor|geb.|*|geburt|stammt
Wann starb {}?|starb|gestorben|tod|tot|†|verstarb|getötet|ermordet
Woran starb {}?|starb|gestorben|tod|tot|†|verstarb|getötet|ermordet
Mit wem ist {} verheiratet?|heirat|ehe|frau|mann|gatt|witwe
Wer ist der Nachfolger von {}?|nachfolg|folgte|ablös|abgelöst|ersetz
Wer war der Vorgänger von {}?|vorgänger|folgte|nachfolg|ablös|abgelöst|ersetz
Wo hat {} studiert?|studi|universität|hochschule|akademie|ausbildung|college
Was hat {} studiert?|studi|universität|hochschule|akademie|ausbildung|college
Welchen Beruf hat {} gelernt?|beruf|lehre|ausbildung|gelernt|studi
Wie viele Kinder hat {}?|kind|sohn|söhne|tochter|töchter
Wie viele Geschwister hat {}?|geschwister|bruder|brüder|schwester
Wie viel verdient {} im Jahr?|verdien|gehalt|einkommen|euro|dollar|vermögen
In welcher Partei ist {}?|partei|cdu|spd|demokrat|republikan|fraktion
Welche Sprachen spricht {}?|sprach|sprich|spricht
Wie groß ist {}?|groß|größe|meter|cm
Wo wohnt {} heute?|wohn|lebt|leben|zog|umzug|residenz
Welchen Preis hat {} gewonnen?|preis|gewann|gewonnen|auszeichn|ausgezeichnet|award|oscar
Welche Staatsangehörigkeit hat {}?|staats|nationalität|bürger|ische|isch
Was sagte {} vor Gericht?|gericht|prozess|anwalt|richter|klage
Welche Krankheit hatte {}?|krank|leid|erkrank|litt|gesund
"""
_THING_DE = """
Wie viel kostete {}?|kost|preis|euro|dollar|million|pfund|teuer|bezahl|mark
Wer hat {} gegründet?|gründ|errichte|schuf|entstand|initi|aufgebaut|entwickel
Wer hat {} entworfen?|entw|architekt|design|bau|konstru|schuf|erf
Wie viele Mitarbeiter hat {}?|mitarbeiter|beschäftig|angestellt|arbeiter|personal
Wer leitet {}?|leit|chef|direktor|vorsitz|führ|präsident|geschäfts
Wann wurde {} geschlossen?|schließ|schloss|geschlossen|aufgelöst|ende|stillgelegt|eingestellt
Wer ist der Eigentümer von {}?|eigen|besitz|gehör|kauf|erwarb|übern
Nach wem ist {} benannt?|benannt|name|nannt|bezeichn
"""
_PERSON_EN = """
Who is the mother of {}?|mother|parent|son|daughter|child
How old is {}?|old|age|born|year
When was {} born?|born|birth|(b.
When did {} die?|die|death|dead|kill|murder|assassin
Who is {} married to?|marri|wife|husband|spouse|widow
Who succeeded {}?|succe|replac|follow
Where did {} study?|stud|universit|college|school|educat|degree
How many children did {} have?|child|son|daughter
How much does {} earn a year?|earn|salary|income|$|paid
Which party does {} belong to?|party|democrat|republican|labour|conservative
What prize did {} win?|prize|award|won|win
What languages does {} speak?|speak|spoke|language
"""
_THING_EN = """
How much did {} cost?|cost|price|$|million|£|expens|paid
Who founded {}?|found|establish|creat|start|built
Who designed {}?|design|architect|built|creat|develop|invent
How many employees does {} have?|employ|staff|worker
When was {} closed?|clos|end|dissol|shut|abol
Who owns {}?|own|belong|bought|acqui|purchas
Who was {} named after?|name|call
"""

_ANY_DE = """
Welche Kritik gab es an {}?|kriti
Nach wem ist {} benannt?|benannt|name|nannt|bezeichn
Was bedeutet der Name {}?|bedeut|name
Wie wird {} auf Chinesisch genannt?|chines|name|nannt
Warum wurde {} verklagt?|klag|gericht|prozess|urteil
Welche Rolle spielte {} im Zweiten Weltkrieg?|weltkrieg|krieg|194
In welchem Film kommt {} vor?|film|kino|regi
Wer schrieb ein Buch über {}?|buch|bücher|roman|schrieb|biogra|autor
"""
_ANY_EN = """
What criticism was made of {}?|critic
Who was {} named after?|name|call
What does the name {} mean?|mean|name
What is {} called in Chinese?|chines|call|name
Why was {} sued?|sue|court|lawsuit|trial
What role did {} play in World War II?|war
In which film does {} appear?|film|movie|cinema
Who wrote a book about {}?|book|novel|wrote|author|biogra
"""
_THINGS = re.compile(
    r"\b(?:AG|GmbH|Inc|Company|Corporation|Bank|University|Universität|Museum|Park|Airport|Club|"
    r"FC|Festival|School|College|Institute|Theatre|Hospital|Stadium|Records|Studios?)$"
)
_PEOPLE = ("an", "ese", "ish", "ans", "ch", "s")


def _parsed(lines: str) -> tuple[tuple[str, tuple[str, ...]], ...]:
    rows = [line.split("|") for line in lines.strip().splitlines()]
    return tuple((row[0], tuple(row[1:])) for row in rows)


_TEMPLATES = {
    (True, "person"): _parsed(_PERSON_DE),
    (True, "thing"): _parsed(_THING_DE),
    (True, ""): _parsed(_ANY_DE),
    (False, "person"): _parsed(_PERSON_EN),
    (False, "thing"): _parsed(_THING_EN),
    (False, ""): _parsed(_ANY_EN),
}


def asks_other(
    question: str, context: str, answer: tuple[int, int], rng: Random
) -> tuple[str, str] | None:
    """A question about something else that the context does not say.

    Args:
        question: German or English.
        context: the text that answers it.
        answer: offsets of the answer in the context.
        rng: source of chance.

    Returns:
        The new question and its kind, "word" or "other"; None if there is none.
    """
    ways = [_other_word, _other_fact]
    if rng.random() >= _WORD_SHARE:
        ways.reverse()
    for way in ways:
        if (changed := way(question, context, answer, rng)) is not None:
            return changed
    return None


def _other_word(
    question: str, context: str, answer: tuple[int, int], rng: Random
) -> tuple[str, str] | None:
    related = _related(question, context, answer)
    for word, others in _WORDS:
        if question.startswith(word):
            free = [new for new, told in others.items() if not re.search(told, related)]
            if free:
                return rng.choice(free) + question[len(word) :], "word"
    return None


def _related(question: str, context: str, answer: tuple[int, int]) -> str:
    """The answer's sentence and all others about the same."""
    stems = {token.lower()[:5] for token in TOKEN.findall(question) if len(token) > 4}
    kept = []
    for span in split_sentences(context):
        sentence = context[span.start : span.end]
        lower = sentence.lower()
        near = span.start < answer[1] and span.end > answer[0]
        if near or sum(stem in lower for stem in stems) >= max(1, _RELATED * len(stems)):
            kept.append(sentence)
    return " ".join(kept)


def _other_fact(
    question: str, context: str, answer: tuple[int, int], rng: Random
) -> tuple[str, str] | None:
    german = is_german(question)
    lower = context.lower()
    names = [name for name in find_names(context) if not name.article and _usable(name)]
    rng.shuffle(names)
    names.sort(key=lambda name: name.text not in question)
    for name in names[:3]:
        sort = "thing" if name.shape == "acronym" or _THINGS.search(name.text) else name.sort
        free = _free(_TEMPLATES[german, sort], lower)
        if free:
            return rng.choice(free).format(name.text), "other"
    return None


def _usable(name: Name) -> bool:
    """Whether a name surely stands for one person or thing: not "Mongol", not a place."""
    return name.sort == "person" or (
        not name.sort and not (name.shape == "word" and name.text.endswith(_PEOPLE))
    )


def _free(templates: Sequence[tuple[str, tuple[str, ...]]], lower: str) -> list[str]:
    return [text for text, stems in templates if not any(stem in lower for stem in stems)]
