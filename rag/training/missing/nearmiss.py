"""Questions that a context almost answers: one thing in them is another than the context says.

Pure functions; chance comes from a given `random.Random`. Whether a reader would be fooled
is not decided here, only that the context does not say what the new question asks.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from random import Random

from index.words import STOPWORDS
from rag.sentences import split_sentences
from rag.training.missing.askother import asks_other
from rag.training.missing.names import TOKEN, Name, find_names, is_german, names_of
from rag.training.missing.swapfinders import THING_FINDERS, Case, Swap
from rag.training.missing.wordfinders import WORD_FINDERS

__all__ = ["asks_other", "names_of", "swapped", "without_answer"]

_HARD_SHARE = 0.6  # replaced by something that the context mentions elsewhere
_UNSUPPORTED = 0.4  # weight of a swap of something that the context does not mention
_STEM_CHARS = 5
_COVERED = 0.5  # a sentence with this share of the new question's words may answer it
_WEIGHTS = {
    "year": 3.0, "date": 3.0, "month": 2.0, "weekday": 2.0, "number": 2.0, "ordinal": 2.0,
    "name": 3.0, "place": 3.0, "role": 2.5, "antonym": 2.5, "unit": 1.0, "noun": 0.5,
    "negation": 0.4,
}  # fmt: skip


def swapped(
    question: str, context: str, answer: tuple[int, int], pool: Sequence[str], rng: Random
) -> tuple[str, str] | None:
    """A question that differs in one thing, so that the context no longer answers it.

    Args:
        question: German or English.
        context: the text that answers it.
        answer: offsets of the answer in the context.
        pool: proper names of other contexts.
        rng: source of chance.

    Returns:
        The new question and the kind of swap; None if nothing can be swapped.
    """
    case = _case(question, context, answer, pool)
    found = [swap for find in (*THING_FINDERS, *WORD_FINDERS) for swap in find(case, rng)]
    while found:
        weights = [_weight(case, swap) for swap in found]
        swap = found.pop(rng.choices(range(len(found)), weights)[0])
        for new in _drawn(swap, rng):
            changed = _replaced(case, swap, new)
            if _is_other(case, swap, new) and changed != question:
                return changed, swap.kind
    return None


def without_answer(
    context: str, answers: Sequence[str], sentence_spans: Sequence[tuple[int, int]]
) -> str | None:
    """The context without the sentences that hold an answer.

    Args:
        context: any text.
        answers: accepted answer texts.
        sentence_spans: its sentences as ``[start, end)``, in order.

    Returns:
        What is left; None if that is no sentence or still holds an answer.
    """
    found = [
        re.compile(rf"(?<!\w){re.escape(bare)}(?!\w)", re.I) for bare in map(_bare, answers) if bare
    ]
    hits = [match.span() for pattern in found for match in pattern.finditer(context)]
    kept = [(a, b) for a, b in sentence_spans if not any(s < b and e > a for s, e in hits)]
    if not kept or not found or len(kept) == len(sentence_spans):
        return None
    left = _joined(context, kept)
    return None if any(pattern.search(left) for pattern in found) else left


def _bare(answer: str) -> str:
    return answer.strip(" .,;:!?\"'„“”»«()\n")


def _joined(context: str, spans: Sequence[tuple[int, int]]) -> str:
    parts = []
    for i, (start, end) in enumerate(spans):
        if i:
            gap = context[spans[i - 1][1] : start]
            parts.append("\n" if "\n" in gap else " ")
        parts.append(context[start:end])
    return "".join(parts)


def _case(question: str, context: str, answer: tuple[int, int], pool: Sequence[str]) -> Case:
    spans, names = _parts(context)
    inside = [context[a:b] for a, b in spans if a < answer[1] and b > answer[0]]
    others = tuple(context[a:b] for a, b in spans if not (a < answer[1] and b > answer[0]))
    sentence = " ".join(inside).lower()
    return Case(question, context, is_german(question), sentence, others, names, tuple(pool))


@lru_cache(maxsize=512)
def _parts(context: str) -> tuple[tuple[tuple[int, int], ...], tuple[Name, ...]]:
    """Sentences and names of a context, which mostly has several questions."""
    spans = tuple((sentence.start, sentence.end) for sentence in split_sentences(context))
    return spans, tuple(find_names(context))


def _weight(case: Case, swap: Swap) -> float:
    stem = case.question[swap.start : swap.end].lower()[:_STEM_CHARS]
    return _WEIGHTS[swap.kind] * (1.0 if stem in case.context.lower() else _UNSUPPORTED)


def _drawn(swap: Swap, rng: Random, tries: int = 6) -> list[str]:
    """Replacements to try, hard ones first in most cases."""
    near, far = list(swap.near), list(swap.far)
    rng.shuffle(near)
    far = rng.sample(far, min(len(far), tries))
    return near + far if rng.random() < _HARD_SHARE else far + near


def _replaced(case: Case, swap: Swap, new: str) -> str:
    question = case.question
    old = question[swap.start : swap.end]
    head = question[: swap.start]
    if old[:1].isupper() and new[:1].islower():
        new = new[:1].upper() + new[1:]
    article = None if case.german else re.search(r"\b(a|A)n? $", head)
    if article:
        head = f"{head[: article.start()]}{article[1]}{'n' if new[:1] in 'aeioAEIO' else ''} "
    return head + new + question[swap.end :]


def _stems(text: str) -> set[str]:
    words = [token.group().lower() for token in TOKEN.finditer(text)]
    return {word[:_STEM_CHARS] for word in words if len(word) > 2 and word not in STOPWORDS}


def _is_other(case: Case, swap: Swap, new: str) -> bool:
    """Whether the context leaves the question with `new` open."""
    old = case.question[swap.start : swap.end].lower()
    fresh = new.lower()
    if swap.kind == "negation":
        return True
    if fresh == old or fresh in old or old in fresh:
        return False
    keys = [word for word in re.findall(r"\w+", fresh) if len(word) > 2 or word.isdigit()]
    asked = case.question.lower()
    if swap.kind in ("name", "place", "noun", "role"):
        if any(key[: _STEM_CHARS + 1] in case.sentence or key in asked for key in keys):
            return False
    elif re.search(rf"(?<!\w){re.escape(fresh)}(?!\w)", f"{case.sentence} {asked}"):
        return False
    rest = _stems(case.question[: swap.start] + case.question[swap.end :])
    for sentence in case.others:
        lower = sentence.lower()
        if keys and all(key[:_STEM_CHARS] in lower for key in keys):
            shared = sum(stem in lower for stem in rest)
            if shared and shared >= _COVERED * len(rest):
                return False
    return True
