"""What the page shows, as plain values that its scripts turn into text nodes. Pure.

The page never gets markup: every string here becomes the text of an element. Control and
direction characters are escaped by `ui.render.shown`, so that what is read is what is there.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from rag.followup import AskBack
from rag.types import AbstainReason, Answer, Quote
from ui.chat_words import PAGE_WORDS
from ui.conversation import Conversation, Turn
from ui.render import about, notice_text, page, shown
from ui.source import SourceView

Words = Mapping[str, str]


def conversation_value(
    conversation: Conversation, corpus_name: str, examples: Sequence[str], *, loaded: bool = True
) -> dict[str, Any]:
    """The whole conversation.

    Args:
        conversation: its turns and language.
        corpus_name: folder of the articles, put before each file name.
        examples: questions to begin with.
        loaded: whether the models are in memory; the first question waits for them.
    """
    say = dict(PAGE_WORDS[conversation.language])
    if not loaded:
        say["waiting"] = say["preparing"]
    turns = [
        turn_value(turn, number, corpus_name, say) for number, turn in enumerate(conversation.turns)
    ]
    return {
        "say": say,
        "lang": conversation.language,
        "turns": turns,
        "examples": list(examples),
    }


def turn_value(turn: Turn, number: int, corpus_name: str, say: Words) -> dict[str, Any]:
    """One question and what came of it."""
    value: dict[str, Any] = {
        "number": number,
        "asked": shown(turn.asked),
        "understood": shown(turn.different),
        "quotes": [],
    }
    if turn.failure is not None:
        hint = shown(turn.failure.hint)
        value["failure"] = {"message": shown(turn.failure.message), "hint": hint}
    elif turn.back is not None:
        value["back"] = _back_value(turn.back, say)
    elif turn.answer is not None:
        value |= _answer_value(turn.answer, corpus_name, say)
        value["seconds"] = f"{turn.seconds:.1f} s".replace(".", say["decimal"])
        value["helpful"] = turn.helpful
    else:
        step = turn.interim.step.value if turn.interim else "waiting"
        value["status"] = say[step]
        value["quotes"] = [
            quote_value(quote, i, 0, "found", corpus_name, say)
            for i, quote in enumerate(turn.quotes)
        ]
    return value


def quote_value(
    quote: Quote, position: int, number: int, kind: str, corpus_name: str, say: Words
) -> dict[str, Any]:
    """One quote.

    Args:
        quote: the quote.
        position: in the quotes of its turn.
        number: of its citation; 0 for none.
        kind: "cited", "also", "nearest" or "found".
        corpus_name: folder of the articles.
        say: the words.
    """
    text = shown(quote.text)
    where = place(quote, corpus_name, say)
    return {
        "position": position,
        "number": number,
        "kind": kind,
        "text": text,
        "place": where,
        "about": about(quote),
        "copy": f"{_in_marks(' '.join(text.split()), say)} ({where})",
    }


def place(quote: Quote, corpus_name: str, say: Words) -> str:
    """Where a quote stands, for people: ``seeds/002.txt, line 3``."""
    lines = f"{say['line']} {quote.line_start}"
    if quote.line_end != quote.line_start:
        lines = f"{say['lines_to']} {quote.line_start}–{quote.line_end}"
    return f"{one_line(corpus_name)}/{one_line(quote.article_id)}, {lines}{page(quote, say)}"


def source_value(
    view: SourceView, turn: Turn, number: int, position: int, language: str
) -> dict[str, Any]:
    """The source panel for one quote of a turn.

    Args:
        view: the article as it is on disk.
        turn: the turn.
        number: of the turn.
        position: of the chosen quote.
        language: of the interface.
    """
    say = PAGE_WORDS[language]
    problem = view.unreadable and say["unreadable"].format(reason=shown(view.unreadable))
    if not problem and not view.stands:
        problem = say["gone"]
    return {
        "say": dict(say),
        "turn": number,
        "position": position,
        "count": len(turn.quotes),
        "article": one_line(view.article_id),
        "problem": problem,
        "lineCount": view.line_count,
        "lines": [
            {"number": line.number, "parts": [[shown(part), mark] for part, mark in line.parts]}
            for line in view.lines
        ],
        "first": view.lines[0].number if view.lines else 0,
        "last": view.lines[-1].number if view.lines else 0,
    }


def one_line(text: str) -> str:
    """A name in which nothing pretends to be another line."""
    return shown(text).replace("\n", "\\x0a")


def _answer_value(answer: Answer, corpus_name: str, say: Words) -> dict[str, Any]:
    quotes: list[tuple[Quote, int, str]] = []
    for citation in answer.citations:
        quotes.append((citation.quote, citation.number, "cited"))
        quotes += [(quote, citation.number, "also") for quote in citation.also]
    quotes += [(quote, 0, "nearest") for quote in answer.nearest]
    value: dict[str, Any] = {
        "lead": say["answer"] if answer.drafted else say["quoted"],
        "claims": [
            {"text": shown(claim.text), "numbers": list(claim.citations)}
            for claim in (answer.claims if answer.drafted else ())
        ],
        "quotes": [
            quote_value(quote, i, number, kind, corpus_name, say)
            for i, (quote, number, kind) in enumerate(quotes)
        ],
        "notices": [notice_text(notice, say) for notice in answer.notices],
    }
    if answer.abstention is not None:
        terms = ", ".join(f"»{one_line(term)}«" for term in answer.abstention.terms)
        reason = say[f"abstain_{answer.abstention.reason.value}"]
        if answer.abstention.reason is AbstainReason.UNKNOWN_TERMS:
            reason = reason.format(terms=terms)
        value["refusal"] = {"reason": reason, "nearest": say["nearest"] if answer.nearest else ""}
    return value


def _back_value(back: AskBack, say: Words) -> dict[str, Any]:
    key = "ask_back" if back.options else "ask_back_none"
    return {
        "text": say[key].format(term=one_line(back.words)),
        "options": [shown(option) for option in back.options],
    }


def _in_marks(text: str, say: Words) -> str:
    """A quote in the quotation marks of the interface that it does not use itself."""
    german = say["decimal"] == ","
    pairs = ("„“", "»«") if german else ("“”", "‘’")
    first, second = pairs
    pair = second if any(mark in text for mark in '„“”"') else first
    return f"{pair[0]}{text}{pair[1]}"
