"""Resolve a question that leans on the one before, by rules: visibly, or by asking back.

Three kinds of leaning, tried in this order: a part of a question ("Und wann?", "Und in Kursk?"),
a part of what was counted ("wie viele davon"), a pronoun ("Was sagte er dort?"). What has no
sure reading is asked back, with the readings that are possible. Pure, no model; German first.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from rag.followup_parts import BARE_FREE, Turn, as_question, of_counted, part
from rag.followup_pronouns import pronouns_resolved
from rag.question import MAX_QUESTION_CHARS

__all__ = ["AskBack", "Turn", "Understood", "understand"]

MOST_OPTIONS = 4


@dataclass(frozen=True, slots=True)
class Understood:
    """A question that can be asked.

    Args:
        question: what to ask.
        changed: False where the question stands alone; `question` is then what was typed.
    """

    question: str
    changed: bool


@dataclass(frozen=True, slots=True)
class AskBack:
    """A question that has no sure reading.

    Args:
        words: of the question, what could not be resolved: "er", "davon".
        options: whole questions that it can mean, 0 to 4.
    """

    words: str
    options: tuple[str, ...] = ()


_LEAD = re.compile(r"(?:und|aber|and|but|et|а|и)[ ,]+", re.IGNORECASE)


def understand(question: str, before: Sequence[Turn]) -> Understood | AskBack:
    """What a question means after the questions before it.

    Args:
        question: what the user typed; any text.
        before: the conversation so far, oldest first; only the last two turns are read.
    """
    text = " ".join(question.split()) if len(question) <= MAX_QUESTION_CHARS else ""
    turns = [_tidy(turn) for turn in before[-2:] if len(turn.question) <= MAX_QUESTION_CHARS]
    turns = [turn for turn in turns if len(turn.question) > 1]
    if not text or not turns:
        return Understood(question, changed=False)
    lead = _LEAD.match(text)
    asked = text[lead.end() :] if lead else text
    found = of_counted(asked, turns[-1])
    if found is None and (lead or text.endswith("?") or BARE_FREE.match(text)):
        found = part(asked, turns[-1], led=bool(lead))
    if found is None:
        found = pronouns_resolved(asked, [(turn.question, turn.answer) for turn in turns])
    if found is None:
        return Understood(question, changed=False)
    words, sure, readings = found
    options = [as_question(reading) for reading in dict.fromkeys(readings)]
    options = [option for option in options if len(option) <= MAX_QUESTION_CHARS][:MOST_OPTIONS]
    if sure and len(readings) == 1 and options:
        return Understood(options[0], changed=options[0] != question)
    return AskBack(words, tuple(options))


def _tidy(turn: Turn) -> Turn:
    text = " ".join(turn.question.split())
    return Turn(text.rstrip(" ?!.") + (" ?" if text.endswith(" ?") else "?"), turn.answer)
