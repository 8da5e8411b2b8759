"""A conversation as values: what was asked, what came of it. Pure.

A turn is addressed by its number, a quote of a turn by its position in `Turn.quotes`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import TypeVar

from rag import followup
from rag.types import Answer, Interim, Quote

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a question could not be worked on.

    Args:
        message: what is wrong.
        hint: what to do about it.
    """

    message: str
    hint: str = ""


@dataclass(frozen=True, slots=True)
class Turn:
    """One question and what came of it: exactly one of the last four, or none yet.

    Args:
        asked: the question as typed.
        understood: the question as it was answered; equal to `asked` where it stands alone.
        interim: how far it has come.
        answer: the answer.
        back: the question asked back.
        failure: why it could not be worked on.
        seconds: how long it took.
        helpful: what the user thought of the answer, if said.
    """

    asked: str
    understood: str = ""
    interim: Interim | None = None
    answer: Answer | None = None
    back: followup.AskBack | None = None
    failure: Failure | None = None
    seconds: float = 0.0
    helpful: bool | None = None

    @property
    def different(self) -> str:
        """The question as it was understood, if that is not what was typed."""
        return self.understood if self.understood != self.asked else ""

    @property
    def quotes(self) -> tuple[Quote, ...]:
        """All quotes that the page shows for it, in order."""
        if self.answer is None:
            return self.interim.quotes if self.interim else ()
        cited = [quote for c in self.answer.citations for quote in (c.quote, *c.also)]
        return (*cited, *self.answer.nearest)


@dataclass(frozen=True, slots=True)
class Conversation:
    """All turns of one person.

    Args:
        language: of the interface, "de" or "en".
        turns: in order.
    """

    language: str = "de"
    turns: tuple[Turn, ...] = field(default=())

    def with_turn(self, turn: Turn) -> Conversation:
        """With one more turn."""
        return replace(self, turns=(*self.turns, turn))

    def with_last(self, turn: Turn) -> Conversation:
        """With another last turn."""
        return replace(self, turns=(*self.turns[:-1], turn))

    def rated(self, number: int, helpful: bool) -> Conversation:
        """With what the user thought of one answer."""
        turns = list(self.turns)
        turns[number] = replace(turns[number], helpful=helpful)
        return replace(self, turns=tuple(turns))

    def before(self) -> list[followup.Turn]:
        """The answered turns, for resolving a follow-up question."""
        return [
            followup.Turn(turn.understood, bare_text(turn.answer))
            for turn in self.turns
            if turn.answer is not None
        ]

    def turn(self, number: object) -> Turn | None:
        """The turn with this number; None for anything else that a browser may send."""
        return _at(self.turns, number)


def bare_text(answer: Answer) -> str:
    """An answer without its marks; empty if there is none."""
    return "; ".join(claim.text for claim in answer.claims)


def quote_at(turn: Turn, number: object) -> Quote | None:
    """A quote of a turn; None for a number that is none."""
    return _at(turn.quotes, number)


def _at(values: Sequence[_T], number: object) -> _T | None:
    if type(number) is int and 0 <= number < len(values):
        return values[number]
    return None
