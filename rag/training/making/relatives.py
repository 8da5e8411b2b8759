"""Relative clauses as main clauses: "X, der 1990 in Berlin starb" says "X starb 1990 in Berlin".

This module owns finding them and putting the antecedent before the verb, nothing else.
"""

from __future__ import annotations

import itertools
import re
from dataclasses import replace

from rag.training.making.clauses import Clause, build
from rag.training.making.clausetokens import Token, is_known, is_verb, tokens_of
from rag.training.making.clausewords import FINITE, FIRST_NAMES, SINGULAR_OF
from rag.training.making.phrases import Chunk, chunks_of

_RELATIVE = re.compile(r"[^\s,]{2,}, (?:der|die|das|welcher|welche|welches) ")
_NOMINATIVE = {"den": "der", "der": "der", "die": "die", "das": "das"}
_OBJECTS = frozenset("den dem einen einem seinen seinem ihren ihrem sich zum im am in".split())


def relative_clauses(sentence: str) -> list[Clause]:
    """Main clauses made of the relative clauses of a sentence; often none.

    Args:
        sentence: one sentence; the tokens' offsets refer to it.
    """
    if not _RELATIVE.search(sentence) or len(sentence) > 400 or '"' in sentence:
        return []
    tokens = [t for t in tokens_of(sentence) if not t.text.startswith("(")]
    commas = [at for at, token in enumerate(tokens) if token.text == ","] + [len(tokens)]
    found = []
    for comma, end in itertools.pairwise(commas):
        inside = tokens[comma + 1 : end]
        if len(inside) > 3 and inside[0].text in ("der", "die", "das", "welcher", "welche"):
            clause = _clause(tokens, comma, inside)
            if clause is not None:
                found.append(clause)
    return found


def _clause(tokens: list[Token], comma: int, inside: list[Token]) -> Clause | None:
    first = _antecedent(tokens, comma, inside[0].text)
    verb, body = inside[-1], inside[1:-1]
    if first is None or not is_verb(verb.text) or any(t.text in ("und", "oder") for t in inside):
        return None
    leading = chunks_of(body)[0]
    subject = leading.kind in ("time", "pp", "adv", "als", "other")
    if not subject and leading.tokens[0].text not in _OBJECTS:
        return None
    if (verb.text in SINGULAR_OF or verb.text.endswith("en")) and inside[0].text != "die":
        return None
    if any(t.text in FINITE and not t.text.endswith(("t", "en")) for t in body):
        return None
    return build(first, [verb, *body])


def _antecedent(tokens: list[Token], comma: int, pronoun: str) -> Chunk | None:
    """The name or definite phrase before the comma, in the nominative."""
    start = comma
    while start > 0 and tokens[start - 1].capital and tokens[start - 1].kind == "word":
        start -= 1
    nouns = tuple(tokens[start:comma])
    if not nouns or (start == 0 and len(nouns) == 1):
        return None
    before = tokens[start - 1].text.lower() if start else ""
    ahead = tokens[start - 2].text.lower() if start > 1 else ""
    if nouns[0].text in FIRST_NAMES and len(nouns) > 1:
        return Chunk("np", nouns)
    named = len(nouns) > 1 or not is_known(nouns[0].text)
    article = _NOMINATIVE.get(before, "")
    if not named or article != pronoun or (ahead.islower() and not is_verb(ahead)):
        return None
    return Chunk("np", (replace(tokens[start - 1], text=article), *nouns), "", 1)
