"""Split a German main clause into prefield, finite verb and rest.

German main clauses put the finite verb second, so that the verb marks where the first
constituent ends. Whatever is not surely parsed gives None: there are far more sentences than
needed. This module owns the parse only; it asks nothing.
"""

from __future__ import annotations

import itertools
import re
from dataclasses import dataclass

from rag.training.making.clausetokens import Token, is_verb, lemma_of, tokens_of
from rag.training.making.clausewords import (
    ADVERBS,
    AUXILIARIES,
    DETERMINERS,
    FINITE,
    MODALS,
    PASSIVES,
    PREPOSITIONS,
    PRONOUNS,
    SUBORDINATORS,
)
from rag.training.making.phrases import Chunk, chunk_at, chunks_of

_SKIP = re.compile(
    r"[:;?!\[\]{}=|*…<>]|\bz\. |\bu\. |\bd\. |bzw|usw|http|\betc| - |\bsowohl\b|\bzu [a-zäöü]+en\b"
)
_PARTICIPLE = re.compile(
    r"(?:ge\w+|(?:be|er|ver|ent|zer|ge|miss)\w+|\w+(?:ge|zu)\w+|\w+ier)(?:t|en)$"
)
_PERFECT = frozenset(("hat", "haben", "hatte", "hatten"))
_NONFINITE = frozenset(w for w in FINITE if w.endswith("en") or _PARTICIPLE.match(w)) - frozenset(
    ("waren", "wurden", "hatten", "konnten", "sollten", "mussten")
)
_PARTICLES = frozenset(
    "ab an auf aus ein vor zu mit nach um teil statt fort weiter zurück her hin durch bei".split()
)
_ADVERB = re.compile(
    r"(?:da|hier|wo)r?(?:an|auf|aus|bei|durch|für|gegen|her|hin|hinter|in|mit|nach|neben|über|um|"
    r"unter|von|vor|zu|zwischen|mals)|[\w-]+(?:weise|mals|maßen|lich|wärts|falls)|\w+ional|manchmal|zwar|anfangs|"
    r"au(?:ß|ss)erdem|so|wie|was|wer|wo|wenn|letztlich|vor allem"
)


@dataclass(frozen=True, slots=True)
class Clause:
    """A main clause: first constituent, finite verb, the rest.

    Args:
        first: the prefield.
        verb: the finite verb.
        rest: constituents after it.
        reason: tokens of a cut-off causal or purpose clause.
    """

    first: Chunk
    verb: Token
    rest: tuple[Chunk, ...]
    reason: tuple[Token, ...] = ()


def parse(sentence: str) -> list[Clause]:
    """The main clauses of a sentence, none when it is not surely one.

    Args:
        sentence: one sentence with its full stop.

    Returns:
        The first clause without parentheses and subordinate clauses; a second one when "und"
        and another verb follow the same subject.
    """
    if not 20 <= len(sentence) <= 320 or not sentence.endswith(".") or _SKIP.search(sentence):
        return []
    tokens = [t for t in tokens_of(sentence) if not t.text.startswith("(")]
    if len(tokens) < 4 or not (tokens[0].capital or tokens[0].kind in ("time", "number")):
        return []
    if sentence[0].isspace():
        return []
    first = _first_chunk(tokens)
    if first is None:
        return []
    at = next(i for i, token in enumerate(tokens) if token is first.tokens[-1]) + 1
    ahead = tokens[at:]
    clauses = [build(first, ahead)]
    for place in range(2, len(ahead) - 2):
        if ahead[place].text == "und" and is_verb(ahead[place + 1].text):
            if first.kind in ("np", "pron") and not _PARTICIPLE.match(ahead[place + 1].text):
                clauses.append(build(first, ahead[place + 1 :]))
            break
    return [clause for clause in clauses if clause is not None]


def build(first: Chunk, ahead: list[Token]) -> Clause | None:
    """A clause from its first constituent and the words from the finite verb on."""
    verb = ahead[0]
    kept, reason = _cut(ahead[1:], verb.text)
    if kept is None or (not kept and not reason):
        return None
    rest = tuple(chunks_of(kept, verb.text in PASSIVES))
    if rest and verb.text in PASSIVES and rest[-1].kind in ("pp", "time", "adv", "als"):
        return None
    if any(_unclear(chunk, chunk is rest[-1]) for chunk in rest):
        return None
    return Clause(first, verb, rest, reason)


def _unclear(chunk: Chunk, last: bool) -> bool:
    """True for a word that should have begun a constituent and did not."""
    if chunk.kind == "pron" and chunk.tokens[0].text in DETERMINERS:
        return True
    if chunk.kind not in ("other", "adv"):
        return False
    token = chunk.tokens[0]
    lower = token.text.lower()
    if lower in ("und", "oder", "sowie", "wie", ",") or token.kind in ("number", "mark"):
        return True
    return not last and (lower in DETERMINERS or (lower in PREPOSITIONS and chunk.kind == "other"))


def _first_chunk(tokens: list[Token]) -> Chunk | None:
    """The prefield: one constituent with what is attached to it, directly before a verb."""
    lower = tokens[0].text.lower()
    if lower in PRONOUNS and is_verb(tokens[1].text):
        return Chunk("pron", (tokens[0],))
    if is_verb(tokens[1].text) and (lower in ADVERBS or _ADVERB.fullmatch(lower)):
        return Chunk("adv", (tokens[0],))
    plain = tokens[0].kind == "word" and lemma_of(tokens[0].text).islower()
    if plain and is_verb(tokens[1].text):
        return None
    if lower in ADVERBS and lower not in PREPOSITIONS:
        return _first_chunk(tokens[1:])
    if _PARTICIPLE.fullmatch(lower) and is_verb(tokens[1].text):
        return None
    chunk = chunk_at(tokens, 0, passive=False)
    end = len(chunk.tokens)
    if plain and chunk.kind == "np" and end == 1:
        return None
    while end < len(tokens) and not is_verb(tokens[end].text):
        more = chunk_at(tokens, end, passive=False)
        if chunk.kind not in ("np", "pp") or more.kind not in ("pp", "time"):
            return None
        if more.kind == "time" and more.tokens[0].text[0].isupper():
            return None
        end += len(more.tokens)
    if chunk.kind in ("other", "als") or end >= len(tokens):
        return None
    return Chunk(chunk.kind, tuple(tokens[:end]), chunk.prep, chunk.inner)


def _cut(rest: list[Token], verb: str) -> tuple[list[Token] | None, tuple[Token, ...]]:
    """The rest of the main clause and a causal clause after it; None when it is not sure."""
    reason: tuple[Token, ...] = ()
    for at, token in enumerate(rest):
        following = rest[at + 1].text if at + 1 < len(rest) else ""
        if token.text == "," and following in SUBORDINATORS and _opens(rest, at + 1):
            if _infinitive(rest[at + 1 :]) and following != "um":
                return None, ()
            if following in ("weil", "da", "um") and sum(t.text == "," for t in rest[at:]) == 1:
                reason = tuple(rest[at + 1 :])
            elif following in ("dass", "ob", "als", "wie", "sondern", "wenn"):
                return None, ()
            rest, closed = rest[:at], not any(t.text == "," for t in rest[at + 1 :])
            if not _complete(rest, verb, closed):
                return None, ()
            break
        if token.text in ("und", "oder", "aber") and _second_verb(rest, at):
            rest = rest[:at]
            if not _complete(rest, verb, closed=True):
                return None, ()
            break
        if token.text == "," and _chunk_breaks(rest, at):
            if rest[-1].text in _PARTICLES:
                return None, ()
            rest = rest[:at]
            if not _complete(rest, verb, closed=verb not in AUXILIARIES):
                return None, ()
            break
    if any((t.kind == "mark" and t.text != ",") or t.text in FINITE - _NONFINITE for t in rest):
        return None, ()
    return rest, reason


def _opens(rest: list[Token], at: int) -> bool:
    """True unless a preposition comes that begins no relative clause."""
    word = rest[at].text
    following = rest[at + 1].text if at + 1 < len(rest) else ""
    return word not in PREPOSITIONS or word in ("als", "um", "bis") or following in (
        "der", "dem", "denen", "deren", "dessen", "die", "das", "den", "welchem", "welcher",
    )  # fmt: skip


def _infinitive(words: list[Token]) -> bool:
    """True when "zu" and an infinitive come, whose verb the main clause needs."""
    return any(
        (one.text == "zu" and two.text.islower() and two.text.endswith("n"))
        for one, two in itertools.pairwise(words)
    ) or bool(words and re.fullmatch(r"[a-zäöü]{2,}zu[a-zäöüß]+en", words[-1].text))


def _chunk_breaks(rest: list[Token], at: int) -> bool:
    """True when a comma does not link members of a list."""
    covered = 0
    for chunk in chunks_of(rest):
        covered += len(chunk.tokens)
        if covered > at:
            return len(chunk.tokens) == 1
    return True


def _second_verb(rest: list[Token], at: int) -> bool:
    """True when a second clause begins after "und"."""
    words = [token.text for token in rest[at + 1 :]]
    ahead = list(itertools.takewhile(lambda word: word != ",", words))
    return bool(ahead) and (
        (is_verb(ahead[0]) and not _PARTICIPLE.match(ahead[0]))
        or any(word in FINITE - _NONFINITE for word in ahead)
    )


def _complete(rest: list[Token], verb: str, closed: bool) -> bool:
    """True when a clause cut here has the participle or infinitive its verb asks for."""
    if not rest:
        return False
    last = rest[-1].text
    if verb in MODALS or verb in _PERFECT or verb in PASSIVES:
        open_copula = verb in PASSIVES and closed and rest[-1].kind != "time"
        return (
            bool(_PARTICIPLE.match(last)) or (last.islower() and last.endswith("en")) or open_copula
        )
    return closed
