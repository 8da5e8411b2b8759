"""Group the words of a German clause into constituents, greedily from the left.

This module owns noun phrases, prepositional phrases and what is attached to them; `clauses`
owns the clause.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from rag.training.making.clausetokens import Token, is_known, is_verb
from rag.training.making.clausewords import (
    ADVERBS,
    AUXILIARIES,
    DETERMINERS,
    FINITE,
    FIRST_NAMES,
    GENITIVES,
    NUMBER_WORDS,
    PLACES,
    PREPOSITIONS,
    PRONOUNS,
    SUBORDINATORS,
)

_MEASURE = re.compile(r"(?:hohe|lange|breite|tiefe|große|schwere|alte|dicke)[nrsm]?$")


@dataclass(frozen=True, slots=True)
class Chunk:
    """A constituent.

    Args:
        kind: "time", "pp", "np", "pron", "adv", "als" or "other".
        tokens: its words.
        prep: lower-case preposition of a "pp", leading words of a "time".
        inner: how many tokens the preposition (and the article) take.
    """

    kind: str
    tokens: tuple[Token, ...]
    prep: str = ""
    inner: int = 0

    @property
    def head(self) -> str:
        """The first capitalised word run's last word: the noun or the name's end."""
        run = [""]
        for token in self.tokens[self.inner :]:
            if token.capital:
                run.append(token.text)
            elif len(run) > 1:
                break
        return run[-1]


def chunks_of(tokens: list[Token], passive: bool = False) -> list[Chunk]:
    """Group words into constituents, greedily from the left."""
    result: list[Chunk] = []
    at = 0
    while at < len(tokens):
        chunk = chunk_at(tokens, at, passive)
        result.append(chunk)
        at += len(chunk.tokens)
    return result


def chunk_at(tokens: list[Token], at: int, passive: bool) -> Chunk:
    """The constituent that begins at a word.

    Args:
        tokens: words of the clause.
        at: position of the first word.
        passive: a "von" phrase may name who acts and is not attached to a noun.
    """
    token = tokens[at]
    lower = token.text.lower()
    if token.kind == "time":
        return Chunk("time", (token,))
    if lower in PREPOSITIONS or lower in ("von", "vom"):
        end = _phrase_end(tokens, at + 1, passive)
        if end:
            inner = 1 + (tokens[at + 1].text in DETERMINERS and end > at + 2)
            kind = "als" if lower == "als" else "pp"
            return Chunk(kind, tuple(tokens[at:end]), lower, inner)
        return Chunk("adv" if lower in ADVERBS else "other", (token,))
    end = _phrase_end(tokens, at, passive)
    if end and end < len(tokens) and tokens[end].text in ("später", "zuvor", "danach", "vorher"):
        return Chunk("adv", tuple(tokens[at : end + 1]))
    if end and (token.capital or lower in DETERMINERS or token.kind == "number" or end > at + 1):
        return Chunk("np", tuple(tokens[at:end]), "", int(lower in DETERMINERS and end > at + 1))
    if lower in PRONOUNS:
        return Chunk("pron", (token,))
    return Chunk("adv" if lower in ADVERBS else "other", (token,))


def _phrase_end(tokens: list[Token], at: int, passive: bool) -> int:
    """Where the noun phrase that begins at a word ends; 0 for none."""
    end = _simple_end(tokens, at)
    while end:
        more = _attached_end(tokens, at, end, passive)
        if more <= end:
            break
        end = more
    return end


def _attached_end(tokens: list[Token], at: int, end: int, passive: bool) -> int:
    """One more genitive, "von" phrase or member of a list; `end` when there is none."""
    if end >= len(tokens):
        return end
    word = tokens[end].text
    named = word == "der" and not is_known(tokens[end - 1].text)
    if word in GENITIVES and tokens[end - 1].capital and not named:
        return max(end, _simple_end(tokens, end + 1))
    bare = word.endswith("er") and _is_adjective(word) and tokens[end - 1].capital
    if bare and end + 1 < len(tokens) and tokens[end + 1].capital:
        return max(end, _simple_end(tokens, end))
    if word in ("von", "vom") and not passive and is_known(tokens[end - 1].text):
        return max(end, _simple_end(tokens, end + 1))
    if word in ("und", "sowie", "oder", "&"):
        return max(end, _simple_end(tokens, end + 1))
    if word == ",":
        following = _phrase_end(tokens, end + 1, passive) if end + 1 < len(tokens) else 0
        linked = following and any(
            t.text in ("und", "sowie", "oder") for t in tokens[end:following]
        )
        first = tokens[end + 1].text if following else ""
        return following if linked and first not in SUBORDINATORS else end
    return end


def _simple_end(tokens: list[Token], at: int) -> int:
    """End of (article) (number) adjectives noun-or-name+; 0 when no noun comes."""
    end = at
    count = len(tokens)
    if end < count and tokens[end].text.lower() in DETERMINERS and tokens[end].kind != "quote":
        end += 1
    while end < count and (tokens[end].kind == "number" or _is_adjective(tokens[end].text)):
        measured = tokens[end].kind == "number" and end + 2 < count and tokens[end + 1].capital
        end += 2 if measured and _MEASURE.match(tokens[end + 2].text) else 1
        if end + 1 < count and tokens[end].text == "und" and _is_adjective(tokens[end + 1].text):
            end += 1
    nouns = end
    while end < count and (tokens[end].capital or _inside_name(tokens, end, nouns)):
        bare_place = end == nouns + 1 and at == nouns and tokens[at].text in PLACES
        if bare_place and is_known(tokens[end].text):
            break
        end += 1
    if end > nouns:
        numbered = end < count and bool(re.fullmatch(r"\d{1,4}", tokens[end].text))
        return end + (numbered and (end + 1 == count or not tokens[end + 1].capital))
    return 0


def _inside_name(tokens: list[Token], at: int, first: int) -> bool:
    """True for "von", "de" … between a first name and a family name."""
    if at == first or at + 1 >= len(tokens) or not tokens[at + 1].capital:
        return False
    word = tokens[at].text
    foreign = word in (
        "de",
        "van",
        "del",
        "di",
        "da",
        "du",
        "la",
        "bin",
        "al",
        "ibn",
        "of",
        "the",
        "y",
    )
    return foreign or (word in ("von", "zu", "der") and tokens[at - 1].text in FIRST_NAMES)


@lru_cache(maxsize=200_000)
def _is_adjective(word: str) -> bool:
    if word in NUMBER_WORDS or word in ("Berliner", "Wiener", "Pariser", "Londoner"):
        return True
    if not word[:1].islower() or len(word) < 4 or not word.endswith(("e", "en", "er", "es", "em")):
        return False
    closed = (DETERMINERS, ADVERBS, PREPOSITIONS, PRONOUNS, FINITE, SUBORDINATORS, AUXILIARIES)
    if any(word in words for words in closed):
        return False
    return not is_verb(word)
