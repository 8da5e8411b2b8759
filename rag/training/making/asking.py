"""Questions from German sentences by rule, each with the place of its answer.

A main clause has its finite verb second. To ask for a constituent, its question word goes first,
then the verb, then the other constituents. This module owns the transformation; `clauses` owns
the parse, `askslots` the question words and `leads` the first sentence of an article.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from rag.training.making.askbasics import Slot, joined
from rag.training.making.askslots import slots_of, subject_at
from rag.training.making.clauses import Clause, parse
from rag.training.making.clausetokens import is_known, lemma_of
from rag.training.making.clausewords import (
    ADVERBS,
    COPULAS,
    DETERMINERS,
    FEMALE_NAMES,
    MALE_NAMES,
    NUMBER_WORDS,
    PLACES,
    PREPOSITIONS,
    PRONOUNS,
)
from rag.training.making.phrases import Chunk
from rag.training.making.relatives import relative_clauses
from rag.training.making.rewording import reworded

_POINTING = re.compile(
    r"\b(?:[Dd]ies(?:e[rsmn]?)?|solche\w*|jene\w*|ers?terer?|letztere\w*|[Ff]olgende\w*|dessen|"
    r"deren|dieselbe\w*)\b|\b(?:er|ihm|ihn|ihnen|es|sie|ich|wir|uns)\b"
)
_KEPT_SHARES = {"was": 0.25, "was_objekt": 0.7, "wer": 0.7}
_ADJECTIVE = re.compile(r"(?:ig|isch|lich|bar|sam|haft|los|iv|ell)e[nrs]?$")
_LOOSE = frozenset("hier dort dabei dafür damit etwa ca. rund fast knapp zunächst".split())
_OWNED = frozenset("sein seine ihr ihre".split())
_KEPT_ADVERBS = frozenset("nicht nie nur kaum erstmals mindestens höchstens".split())


@dataclass(frozen=True, slots=True)
class Asked:
    """A question and where its answer stands.

    Args:
        question: German, with its question mark.
        start: offset of the answer in the sentence.
        end: one past the answer.
        kind: how it was made, such as "clause:wann".
    """

    question: str
    start: int
    end: int
    kind: str


def questions_of(sentence: str, rng: random.Random, title: str = "") -> list[Asked]:
    """Ask for the constituents of a sentence.

    Args:
        sentence: one German sentence with its full stop.
        rng: chooses between wordings.
        title: title of the article, to replace a first "Er" or "Sie"; empty for none.

    Returns:
        Questions with the offsets of their answers in `sentence`; often none.
    """
    clauses = [("clause", clause) for clause in parse(sentence)]
    clauses += [("relative", clause) for clause in relative_clauses(sentence)]
    asked = [
        question
        for origin, clause in clauses
        for question in _asked(sentence, clause, rng, title, origin)
    ]
    return asked


def _asked(
    sentence: str, clause: Clause, rng: random.Random, title: str, origin: str
) -> Iterator[Asked]:
    named = _with_name(clause, title, rng)
    for slot in slots_of(named, person_title(title)):
        if rng.random() > _KEPT_SHARES.get(slot.kind, 1.0):
            continue
        question = _question(named, slot, rng)
        start, end = _trimmed(sentence, slot.start, slot.end)
        if _fits(question, sentence[start:end]):
            yield Asked(question, start, end, f"{origin}:{slot.kind}")


def person_title(title: str) -> str:
    """The title without its qualifier when it looks like a person's name, else empty."""
    name = re.sub(r" \(.*", "", title)
    parts = name.split()
    capital = 2 <= len(parts) <= 4 and parts[0][:1].isupper() and parts[-1][:1].isupper()
    first = parts[0] if parts else ""
    known = first in MALE_NAMES | FEMALE_NAMES
    return name if capital and (known or not is_known(first)) and first[-2:] != "er" else ""


def _gender(name: str) -> str:
    first = name.split()[0]
    if first in MALE_NAMES:
        return "er"
    return "sie" if first in FEMALE_NAMES or first.endswith("a") else ""


def _with_name(clause: Clause, title: str, rng: random.Random) -> Clause:
    """The clause with "er", "sie", "sein" … replaced by the person of the title."""
    name = person_title(title)
    if not name:
        return clause
    short = name if rng.random() < 0.6 else name.split()[-1]
    gender = _gender(name)
    first = _named_chunk(clause.first, short, gender, clause.verb.text)
    rest = clause.rest
    if first is clause.first and rest:
        rest = (_named_chunk(rest[0], short, gender, clause.verb.text), *rest[1:])
    return replace(clause, first=first, rest=rest)


def _named_chunk(chunk: Chunk, name: str, gender: str, verb: str) -> Chunk:
    word = chunk.tokens[0]
    lower = word.text.lower()
    wanted = {"er": "er", "sie": "sie", "sein": "er", "seine": "er", "ihr": "sie", "ihre": "sie"}
    fits = wanted.get(lower, "?") == gender or (lower in ("er", "sein", "seine") and not gender)
    if not fits or (verb.endswith("en") and lower in ("sie", "ihr", "ihre")):
        return chunk
    if chunk.kind == "pron":
        return Chunk("np", (replace(word, text=name),))
    if (
        lower in ("sein", "seine", "ihr", "ihre")
        and len(chunk.tokens) > 1
        and word.text[0].isupper()
    ):
        owner = name + ("’" if name[-1] in "sxzß" else "s")
        return replace(chunk, tokens=(replace(word, text=owner), *chunk.tokens[1:]))
    return chunk


def _question(clause: Clause, slot: Slot, rng: random.Random) -> str:
    first = clause.first
    object_first = first.kind == "np" and subject_at(clause) != -1
    if -1 not in slot.drop and (object_first or first.tokens[0].text.lower() in _OWNED):
        return ""
    chunks = [chunk for at, chunk in enumerate(clause.rest) if at not in slot.drop]
    if -1 not in slot.drop:
        chunks = _with_prefield(clause, slot, chunks, rng)
    chunks = _shortened(clause, chunks, rng)
    body = [joined(chunk.tokens) for chunk in chunks]
    verb = slot.verb or clause.verb.text
    text = " ".join((rng.choice(slot.words), verb, *body))
    return reworded(re.sub(r" ,", ",", text), rng) + "?"


def _with_prefield(
    clause: Clause, slot: Slot, chunks: list[Chunk], rng: random.Random
) -> list[Chunk]:
    """Put the lower-cased prefield behind the verb, or behind the subject there."""
    first = _lowered(clause.first)
    if chunks and chunks[0].tokens[0].text == "sich":
        return [chunks[0], first, *chunks[1:]]
    if first.kind in ("np", "pron"):
        return [first, *chunks]
    if first.kind == "adv" or rng.random() < 0.4:
        return chunks
    behind = subject_at(clause) == 0 and 0 not in slot.drop
    return [*chunks[:1], first, *chunks[1:]] if behind else [first, *chunks]


def _lowered(chunk: Chunk) -> Chunk:
    word = chunk.tokens[0]
    lower = word.text[:1].lower() + word.text[1:]
    plain = lower in DETERMINERS | PREPOSITIONS | ADVERBS | NUMBER_WORDS or chunk.kind == "pron"
    plain = plain or (
        chunk.kind == "time" and not word.text.startswith(("Anfang", "Ende", "Mitte", "Beginn"))
    )
    following = chunk.tokens[1] if len(chunk.tokens) > 1 else None
    adjective = (
        following is not None and following.capital and lower.endswith(("e", "er", "es", "en"))
    )
    if not plain and adjective and chunk.kind == "np":
        named = word.text in PLACES or word.text.removesuffix("s") in PLACES
        named = named or word.text in FEMALE_NAMES | MALE_NAMES
        known = lemma_of(word.text).islower() or _ADJECTIVE.search(lower)
        plain = bool(known) and not named and not lower.endswith(("ner", "ser"))
    return replace(chunk, tokens=(replace(word, text=lower), *chunk.tokens[1:])) if plain else chunk


def _shortened(clause: Clause, chunks: list[Chunk], rng: random.Random) -> list[Chunk]:
    """Leave out adverbs and sometimes an adjunct, never the subject or the verb's last part."""
    kept: list[Chunk] = []
    subjects = 0
    for at, chunk in enumerate(chunks):
        last = at == len(chunks) - 1
        subjects += chunk.kind in ("np", "pron")
        text = chunk.tokens[0].text
        if text in _LOOSE and kept:
            continue
        if (
            chunk.kind == "adv"
            and not last
            and text not in _KEPT_ADVERBS
            and text not in PREPOSITIONS
        ):
            continue
        spare = chunk.kind == "time" or (chunk.kind == "pp" and chunks[-1].kind == "other")
        if at + 1 < len(chunks) and chunks[at + 1].prep in ("von", "vom"):
            spare = False
        bound = chunk.kind == "pp" and at == len(chunks) - 2
        if spare and not bound and subjects and len(chunks) > 3 and rng.random() < 0.35:
            continue
        if (
            chunk.kind == "time"
            and clause.verb.text not in COPULAS
            and subjects
            and rng.random() < 0.3
        ):
            continue
        kept.append(chunk)
    return kept


def _trimmed(sentence: str, start: int, end: int) -> tuple[int, int]:
    """The span without quotation marks and white space around it."""
    while start < end and sentence[start] in " ,":
        start += 1
    while end > start and sentence[end - 1] in " ,":
        end -= 1
    quoted = sentence[start] in '"„»' and sentence[end - 1] in '"“«'
    if quoted and '"' not in sentence[start + 1 : end - 1]:
        return start + 1, end - 1
    return start, end


def _fits(question: str, answer: str) -> bool:
    """True for a question that stands alone and does not give its answer away."""
    words = question.split()
    least = 6 if words[:1] == ["Was"] and words[1] not in ("ist", "war", "sind") else 4
    if not least <= len(words) <= 24 or not 1 <= len(answer) <= 160 or _POINTING.search(question):
        return False
    pronoun = answer.lower() in PRONOUNS or answer.lower() in ADVERBS
    return not pronoun and answer not in question and "(" not in answer
