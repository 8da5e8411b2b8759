"""SQuAD-like question sets: a temporary corpus with one article for each distinct context.

A row is a JSON object with ``question``, ``context``, ``answers`` (list of ``text`` and
``start``, code points of the context), ``answerable``, and if it likes ``id``, ``kind`` or
``dataset``, ``lang_question``. Gold lines are the lines of the context that hold an answer.
The rows are read again whenever they are needed and never kept.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from eval.questions import EvalQuestion, GoldLine
from index.errors import QuestionFileError
from index.files import open_text

SPLIT = "test"
"""The half of every row: thresholds are not chosen on these sets."""
_HINT = "a row needs question, context, answers (a list of text and start) and answerable"


def is_squad_like(path: Path) -> bool:
    """True if the first row has a context of its own.

    Raises:
        QuestionFileError: the file cannot be read, is empty, or its first line is not JSON.
    """
    try:
        with open_text(path) as lines:
            first = json.loads(lines.readline())
    except (OSError, ValueError, EOFError) as error:
        raise QuestionFileError(
            path, 1, f"cannot be read: {error}", hint="name a file of JSON lines"
        ) from error
    return isinstance(first, dict) and "context" in first


class SquadSet:
    """The rows of a SQuAD-like file as questions about the articles made of its contexts.

    Args:
        path: JSON lines, may be .gz or .xz.
        limit: most rows to use; None for all.
    """

    def __init__(self, path: Path, limit: int | None = None) -> None:
        self.path = path
        self._limit = limit

    def __iter__(self) -> Iterator[EvalQuestion]:
        """The questions in the order of the file.

        Raises:
            QuestionFileError: a row is malformed; it names the line.
        """
        for number, row in self._rows():
            try:
                yield _question(row, number)
            except (KeyError, TypeError, ValueError) as error:
                raise self._error(number, f"{type(error).__name__}: {error}") from error

    def write_corpus(self, corpus: Path) -> tuple[int, int]:
        """Write each distinct context as an article, and look over every row.

        Args:
            corpus: an empty folder.

        Returns:
            Number of questions, number of articles.

        Raises:
            QuestionFileError: a row is malformed; it names the line.
        """
        questions = articles = 0
        for number, row in self._rows():
            try:
                _question(row, number)
                path = corpus / article_id(row["context"])
                if not path.exists():
                    path.write_text(row["context"], encoding="utf-8", newline="")
                    articles += 1
            except (KeyError, TypeError, ValueError) as error:
                raise self._error(number, f"{type(error).__name__}: {error}") from error
            questions += 1
        if not questions:
            raise self._error(1, "no row")
        return questions, articles

    def _rows(self) -> Iterator[tuple[int, Mapping[str, Any]]]:
        with open_text(self.path) as lines:
            for number, line in enumerate(lines, 1):
                if self._limit is not None and number > self._limit:
                    return
                try:
                    yield number, json.loads(line)
                except ValueError as error:
                    raise self._error(number, f"not JSON: {error}") from error

    def _error(self, number: int, message: str) -> QuestionFileError:
        return QuestionFileError(self.path, number, message, hint=_HINT)


def article_id(context: str) -> str:
    """Name of the article of a context; equal contexts are one article."""
    return f"{hashlib.blake2b(context.encode('utf-8'), digest_size=8).hexdigest()}.txt"


def gold_lines(context: str, answers: list[tuple[str, int]]) -> tuple[int, ...]:
    """1-based lines that hold an answer, rising.

    Where a context has no answer text (a question that is answered by yes or no, or by the
    whole), every line that is not blank is gold.

    Args:
        context: the text of the article.
        answers: text and start of each; a start that is off is taken as a hint, and the
            nearest place where the text stands counts.

    Raises:
        ValueError: an answer does not stand in the context.
    """
    spans = [(_place(context, text, start), text) for text, start in answers]
    found = {
        line
        for start, text in spans
        for line in range(
            context.count("\n", 0, start) + 1, context.count("\n", 0, start + len(text) - 1) + 2
        )
    }
    if not spans:
        found = {i for i, line in enumerate(context.split("\n"), 1) if line.strip()}
    return tuple(sorted(found))


def _place(context: str, text: str, start: int) -> int:
    if start >= 0 and context.startswith(text, start):
        return start
    places = [at for at in range(len(context)) if context.startswith(text, at)]
    if not places:
        raise ValueError(f"answer {text!r} does not stand in the context")
    return min(places, key=lambda at: abs(at - start))


def _question(row: Mapping[str, Any], number: int) -> EvalQuestion:
    question, context = row["question"], row["context"]
    if not isinstance(question, str) or not isinstance(context, str) or not context.strip():
        raise ValueError("question and context must be texts, the context not blank")
    spans = [(str(a["text"]), int(a.get("start", 0))) for a in row["answers"] if a["text"]]
    answerable = row.get("answerable", bool(spans))
    if not isinstance(answerable, bool) or (spans and not answerable):
        raise ValueError("answerable must be true or false, and false has no answers")
    name = article_id(context)
    lines = gold_lines(context, spans) if answerable else ()
    return EvalQuestion(
        id=f"{number}:{row['id']}" if "id" in row else str(number),
        split=SPLIT,
        question=question,
        language=str(row.get("lang_question", "und")),
        kind=str(row.get("kind") or row.get("dataset") or "squad"),
        answerable=answerable,
        answers=tuple(dict.fromkeys(text for text, _ in spans)),
        gold=tuple(GoldLine(name, line) for line in lines),
        note="",
    )
