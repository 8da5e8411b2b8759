"""The question set about Wikinews articles, and the articles as files.

One question a line with the fields of `NewsQuestion`. The articles are no part of the project:
they come from a file that is named, and every entry is checked against them.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from eval.reading_scores import context_id, is_tuning
from index.errors import ConfigError, QuestionFileError
from index.files import open_text

WIKINEWS_SET = Path(__file__).parent / "sets" / "wikinews.jsonl"
"""The set, shipped with the package."""
_FIELDS = {
    "id": str, "split": str, "article": str, "question": str, "language": str, "kind": str,
    "answerable": bool, "answers": list,
}  # fmt: skip
_HINT = "correct this entry, or name the articles that the questions are about"


@dataclass(frozen=True, slots=True)
class NewsQuestion:
    """One entry of the question set.

    Args:
        id: unique within the set.
        split: "dev" or "test", the same for all questions about an article.
        article: id of the article that it is about.
        question: as a person would type it.
        language: of the question.
        kind: what it asks for, or what makes it a near miss.
        answerable: whether the article answers it.
        answers: accepted answers, verbatim from the article.
    """

    id: str
    split: str
    article: str
    question: str
    language: str
    kind: str
    answerable: bool
    answers: tuple[str, ...]


def article_name(article: str) -> str:
    """Name of an article's file."""
    return f"{article}.txt"


def split_of(article: str) -> str:
    """The half that all questions about an article are in."""
    return "dev" if is_tuning(context_id(article)) else "test"


def load_articles(path: Path) -> dict[str, str]:
    """The texts of the articles by their ids, as they are written to files.

    Raises:
        QuestionFileError: a row is malformed, an id occurs twice, or there is no row.
    """
    articles: dict[str, str] = {}
    with open_text(path) as lines:
        for number, line in enumerate(lines, 1):
            try:
                row = json.loads(line)
                article, title, date, text = (row[k] for k in ("id", "title", "date", "text"))
                if not article.isalnum() or article in articles:
                    raise ValueError(f"id {article!r} must be letters and digits, and occur once")
            except (AttributeError, KeyError, TypeError, ValueError) as error:
                hint = "a row needs id, title, date and text"
                message = f"{type(error).__name__}: {error}"
                raise QuestionFileError(path, number, message, hint=hint) from error
            articles[article] = f"{title}\n{date}\n\n{text}\n"
    if not articles:
        raise QuestionFileError(path, 1, "no row", hint="name a file with articles")
    return articles


def load_questions(path: Path, articles: Mapping[str, str]) -> list[NewsQuestion]:
    """Load the questions and check them against their articles.

    Args:
        path: JSON lines with the fields of `NewsQuestion`.
        articles: texts by id.

    Raises:
        QuestionFileError: an entry is malformed or does not fit its article; it names the line.
    """
    questions: dict[str, NewsQuestion] = {}
    with open_text(path) as lines:
        for number, line in enumerate(lines, 1):
            try:
                question = _parse(json.loads(line))
                if question.id in questions:
                    raise ValueError(f"id {question.id!r} occurs twice")
                _check(question, articles)
            except ValueError as error:
                raise QuestionFileError(path, number, str(error), hint=_HINT) from error
            questions[question.id] = question
    return list(questions.values())


def _parse(row: Any) -> NewsQuestion:
    if not isinstance(row, Mapping) or row.keys() != _FIELDS.keys():
        raise ValueError(f"needs exactly the fields {', '.join(_FIELDS)}")
    for name, kind in _FIELDS.items():
        if not isinstance(row[name], kind):
            raise ValueError(f"{name} must be of type {kind.__name__}")
    if not all(isinstance(answer, str) and answer.strip() for answer in row["answers"]):
        raise ValueError("an answer is no text")
    return NewsQuestion(**{**row, "answers": tuple(row["answers"])})


def _check(question: NewsQuestion, articles: Mapping[str, str]) -> None:
    if question.answerable != bool(question.answers):
        raise ValueError("answerable questions need answers, others must not have any")
    if question.split != split_of(question.article):
        raise ValueError(f"article {question.article} is in {split_of(question.article)}")
    if question.article not in articles:
        raise ValueError(f"there is no article {question.article!r}")
    for accepted in question.answers:
        if accepted not in articles[question.article]:
            raise ValueError(f"answer {accepted!r} does not stand in article {question.article}")


def write_articles(articles: Mapping[str, str], work: Path) -> Path:
    """Write each article to a file, unless the file is there and equal.

    A file appears whole or not at all.

    Args:
        articles: texts by id.
        work: folder in which the folder ``articles`` is made.

    Returns:
        The folder of the articles.

    Raises:
        ConfigError: it holds something else, which would be found with the articles.
    """
    folder = work / "articles"
    folder.mkdir(parents=True, exist_ok=True)
    names = {article_name(article) for article in articles}
    strangers = sorted(path.name for path in folder.iterdir() if path.name not in names)
    if strangers:
        raise ConfigError(
            f"{folder} holds {strangers[0]}, which is none of the articles",
            hint="name another folder with --work",
        )
    for article, text in articles.items():
        path, raw = folder / article_name(article), text.encode("utf-8")
        if not path.exists() or path.read_bytes() != raw:
            building = work / f"{path.name}.tmp"
            building.write_bytes(raw)
            building.replace(path)
    return folder
