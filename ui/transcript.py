"""A conversation as Markdown, with all its citations. Pure.

Whatever a user, a file name or an article says stands in code: in a fenced block or in a
code span. Backslashes would not do: there are renderers that look for addresses and `@`
only after the escapes are gone (those of GitHub and remark), and others that replace
``:smile:`` or ``$x$``. Code is left alone by all of them, and it can be read unrendered.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from rag.types import Answer, Citation, Quote
from ui.render import about, page, shown
from ui.words import WORDS

TRANSCRIPT_WORDS = {
    "de": {
        "title": "Gespräch mit Beleg",
        "time": "Zeit",
        "corpus": "Ordner der Artikel",
        "model": "Modell",
        "question": "Frage",
        "understood": "Verstanden als",
        "not_an_answer": "keine Antwort",
        "unanswered": "Diese Frage wurde nicht beantwortet.",
    },
    "en": {
        "title": "Conversation with Beleg",
        "time": "Time",
        "corpus": "Folder of articles",
        "model": "Model",
        "question": "Question",
        "understood": "Understood as",
        "not_an_answer": "not an answer",
        "unanswered": "This question was not answered.",
    },
}
_SHA256_CHARS = 12


@dataclass(frozen=True, slots=True)
class Turn:
    """One question of a conversation and what it gave.

    Args:
        asked: the question, as the user wrote it.
        understood: the question that was answered, made from `asked` and what was said
            before; empty or equal to `asked` if it is the same.
        answer: the answer; None if there was none, not even an abstention.
    """

    asked: str
    understood: str
    answer: Answer | None


def transcript(
    turns: Sequence[Turn], language: str, *, corpus_name: str, model: str, when: datetime
) -> str:
    """The conversation as a Markdown document.

    Args:
        turns: the questions and answers, in order.
        language: language of the words around them, "de" or "en".
        corpus_name: what the folder of articles is called.
        model: what answered.
        when: the time to put at the head.
    """
    say = WORDS[language] | TRANSCRIPT_WORDS[language]
    head = [
        f"- {say['time']}: {when.isoformat(timespec='seconds')}",
        f"- {say['corpus']}: {_code(corpus_name)}",
        f"- {say['model']}: {_code(model)}",
    ]
    blocks = [f"# {say['title']}", "\n".join(head)]
    for number, turn in enumerate(turns, 1):
        blocks += [f"## {say['question']} {number}", *_turn(turn, say)]
    return "\n\n".join(blocks) + "\n"


def _turn(turn: Turn, say: Mapping[str, str]) -> Iterator[str]:
    yield _fenced(turn.asked)
    if turn.understood not in {"", turn.asked}:
        yield f"{say['understood']}: {_code(turn.understood)}"
    if turn.answer is None:
        yield say["unanswered"]
    else:
        yield from _answer(turn.answer, say)


def _answer(answer: Answer, say: Mapping[str, str]) -> Iterator[str]:
    if answer.abstained:
        yield from _abstention(answer, say)
    else:
        yield f"**{say['answer']}:** {_code(answer.text)}" if answer.drafted else say["quoted"]
        for citation in answer.citations:
            yield from _citation(citation, say)
    for notice in answer.notices:
        details = "; ".join(_code(detail) for detail in notice.details)
        words = say[f"notice_{notice.kind.value}"].format(details=details)
        yield f"**{say['note']}:** {words}"


def _citation(citation: Citation, say: Mapping[str, str]) -> Iterator[str]:
    yield f"**\\[{citation.number}\\]** {_place(citation.quote, say)}"
    yield _fenced(citation.quote.text)
    if citation.also:
        yield "\n".join(f"- {say['also']} {_place(quote, say)}" for quote in citation.also)


def _abstention(answer: Answer, say: Mapping[str, str]) -> Iterator[str]:
    assert answer.abstention is not None
    terms = ", ".join(_code(term) for term in answer.abstention.terms)
    reason = say[f"abstain_{answer.abstention.reason.value}"].format(terms=terms)
    yield f"**{say['no_answer']}** {reason}"
    if answer.nearest:
        yield say["nearest"]
    for quote in answer.nearest:
        yield f"**{say['not_an_answer']}:** {_place(quote, say)}"
        yield _fenced(quote.text)


def _place(quote: Quote, say: Mapping[str, str]) -> str:
    """File, line and page, the beginning of the file's hash, and what the article is."""
    known = f", {_code(about(quote))}" if about(quote) else ""
    where = _code(f"{quote.source}{page(quote, say)}")
    return f"{where}, sha256 {_code(quote.sha256[:_SHA256_CHARS])}{known}"


def _fenced(text: str) -> str:
    """Text of any number of lines as a code block; nothing in it can close the block."""
    text = shown(text)
    fence = "`" * max(3, _longest_run(text) + 1)
    return f"{fence}text\n{text}\n{fence}"


def _code(text: str) -> str:
    """Text as a code span; a line feed, which would end a heading or a list, is escaped.

    Source: CommonMark 0.31 section 6.1: one blank on each side is taken off again.
    """
    text = shown(text).replace("\n", "\\x0a")
    if not text.strip(" "):
        return f"`{text or ' '}`"
    ticks = "`" * (_longest_run(text) + 1)
    blank = " " if text[0] in " `" or text[-1] in " `" else ""
    return f"{ticks}{blank}{text}{blank}{ticks}"


def _longest_run(text: str) -> int:
    return max(map(len, re.findall("`+", text)), default=0)
