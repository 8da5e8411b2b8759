"""Do the quotes carry the claim: the rule that stands in for an entailment model.

Owns `Entails`, the seam at which an NLI model can take the rule's place, and
the rule. Pure; no I/O, no models.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TypeAlias

from eval.facts import (
    AUXILIARIES,
    NEGATIONS,
    content_words,
    dates,
    dates_kept,
    lower_case_words,
    negation_count,
    numbers,
    numbers_kept,
    sentences,
    stand_in,
)
from eval.normalise import answer_tokens, normalise_answer

Entails: TypeAlias = Callable[[Sequence[str], str], bool]
"""``entails(premise_texts, claim)``: True if the premises together carry the claim."""


def rule_entails(premise_texts: Sequence[str], claim: str) -> bool:
    """True if the quotes carry the claim, by words, numbers, dates and negations.

    The rule. The evidence is one sentence of a premise, or one premise, or all
    premises one after another; one of them must meet all three conditions:

    1. Words. The normalised claim stands in the normalised evidence as an
       unbroken run of whole words; or the claim has a content word, number or
       date at all, each of its content words (its names are among them) is a
       word of the evidence, a final s apart, and each of its dates stands
       there, possibly with more detail.
    2. Numbers. Each number of the claim stands in the evidence, by value: 8 is
       not in "8 Millionen".
    3. Negations. The claim has as many negation words as those sentences of
       the evidence together that share a content word with it (all sentences
       if none does). A bare span, verbatim and without a predicate
       (`is_bare_span`), need not repeat its sentence's negation.

    Words are compared without inflection, so a true paraphrase fails. What it
    cannot see: exchanged roles ("A beat B"), a dropped hedge or attribution,
    and negation inside a word ("unwahr"). An empty claim, or no premise, is False.

    Source: this project; it replaces the NLI model of ALCE (Gao et al. 2023,
    arXiv:2305.14627) where none is configured.
    """
    if not answer_tokens(claim):
        return False
    return any(_carries(evidence, claim) for evidence in _evidence(premise_texts))


def is_bare_span(claim: str) -> bool:
    """True if the claim names something and states nothing about it.

    That is: no negation, no auxiliary verb, and each word in lower case is a
    function word (``8.000``, ``Robert Wood``, ``in der Region Kursk``).
    """
    if any(token in NEGATIONS | AUXILIARIES for token in answer_tokens(claim)):
        return False
    return not lower_case_words(claim)


def _evidence(premise_texts: Sequence[str]) -> Iterator[list[str]]:
    """Lists of sentences, the smallest evidence first."""
    split = [sentences(premise) for premise in premise_texts]
    yield from ([sentence] for premise in split for sentence in premise)
    yield from (premise for premise in split if premise)
    yield [sentence for premise in split for sentence in premise]


def _carries(evidence: Sequence[str], claim: str) -> bool:
    verbatim = f" {normalise_answer(claim)} " in f" {normalise_answer(' '.join(evidence))} "
    if not (verbatim or _has_all_facts(evidence, claim)):
        return False
    if not numbers_kept(claim, evidence):
        return False
    return (verbatim and is_bare_span(claim)) or _negations_agree(evidence, claim)


def _has_all_facts(evidence: Sequence[str], claim: str) -> bool:
    words = content_words(claim)
    if not (words or numbers(claim) or dates(claim)):
        return False
    return stand_in(words, evidence) and dates_kept(claim, evidence)


def _negations_agree(evidence: Sequence[str], claim: str) -> bool:
    words = content_words(claim)
    touched = [part for part in evidence if any(stand_in((word,), (part,)) for word in words)]
    return negation_count(claim) == sum(negation_count(part) for part in touched or evidence)
