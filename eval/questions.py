"""Question sets: loading, and checking every entry against the articles.

One JSON object a line: ``id``, ``split`` (dev or test), ``question``, ``lang``, ``kind``,
``answerable``, ``answers`` (accepted strings, verbatim in a gold line), ``gold``
("FILE:LINE" of every line that supports the answer), ``note``.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from index.articles import load_article
from index.errors import ArticleError, QuestionFileError
from index.files import open_text
from index.types import Article

SEEDS_SET = Path(__file__).parent / "sets" / "seeds.jsonl"
"""The set about the five articles in seeds/, shipped with the package."""
SPLITS = ("dev", "test")
ANSWERABLE_KINDS = frozenset(
    """
    number date person place who_said reason quotation several_articles disagreement
    name_variant typo cross_lingual broad
    """.split()
)
UNANSWERABLE_KINDS = frozenset(
    """
    absent_fact wrong_person wrong_number wrong_year wrong_place false_premise off_topic
    """.split()
)
_FIELDS = {
    "id": str, "split": str, "question": str, "lang": str, "kind": str,
    "answerable": bool, "answers": list, "gold": list, "note": str,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class GoldLine:
    """A line that supports an answer.

    Args:
        article_id: the article.
        line: 1-based.
    """

    article_id: str
    line: int


@dataclass(frozen=True, slots=True)
class EvalQuestion:
    """One entry of a question set.

    Args:
        id: unique within the set.
        split: "dev" (thresholds may be chosen on it) or "test" (never).
        question: as a person would type it.
        language: of the question.
        kind: what makes it hard.
        answerable: whether the articles answer it.
        answers: accepted answers, verbatim from the articles.
        gold: every line that supports the answer.
        note: why it is not answerable, or a remark.
    """

    id: str
    split: str
    question: str
    language: str
    kind: str
    answerable: bool
    answers: tuple[str, ...]
    gold: tuple[GoldLine, ...]
    note: str


def load_questions(path: Path, corpus: Path) -> list[EvalQuestion]:
    """Load a question set and check it against its articles.

    Args:
        path: JSON lines.
        corpus: folder of the articles that it asks about.

    Raises:
        QuestionFileError: an entry is malformed or does not fit the articles; it names the
            line of the file.
    """
    questions: list[EvalQuestion] = []
    articles: dict[str, Article] = {}
    seen: set[str] = set()
    with open_text(path) as lines:
        for number, line in enumerate(lines, 1):
            try:
                question = _parse(json.loads(line))
                if question.id in seen:
                    raise ValueError(f"id {question.id!r} occurs twice")
                _check(question, corpus, articles)
            except (ValueError, ArticleError) as error:
                raise QuestionFileError(
                    path, number, str(error), hint="correct this entry of the question set"
                ) from error
            seen.add(question.id)
            questions.append(question)
    return questions


def _parse(row: Any) -> EvalQuestion:
    if not isinstance(row, Mapping) or row.keys() != _FIELDS.keys():
        raise ValueError(f"needs exactly the fields {', '.join(_FIELDS)}")
    for name, kind in _FIELDS.items():
        if not isinstance(row[name], kind):
            raise ValueError(f"{name} must be of type {kind.__name__}")
    kinds = ANSWERABLE_KINDS if row["answerable"] else UNANSWERABLE_KINDS
    if row["kind"] not in kinds:
        raise ValueError(f"kind {row['kind']!r} is not one of {', '.join(sorted(kinds))}")
    if row["split"] not in SPLITS:
        raise ValueError(f"split {row['split']!r} is not one of {', '.join(SPLITS)}")
    return EvalQuestion(
        id=row["id"],
        split=row["split"],
        question=row["question"],
        language=row["lang"],
        kind=row["kind"],
        answerable=row["answerable"],
        answers=tuple(row["answers"]),
        gold=tuple(_gold_line(entry) for entry in row["gold"]),
        note=row["note"],
    )


def _gold_line(entry: str) -> GoldLine:
    article_id, _, line = entry.rpartition(":")
    if not article_id or not line.isdigit():
        raise ValueError(f"gold {entry!r} is not FILE:LINE")
    return GoldLine(article_id, int(line))


def _check(question: EvalQuestion, corpus: Path, articles: dict[str, Article]) -> None:
    if question.answerable != bool(question.gold):
        raise ValueError("answerable questions need gold lines, others must not have any")
    if question.answers and not question.answerable:
        raise ValueError("an unanswerable question has no answers")
    texts = [_line_text(gold, corpus, articles) for gold in question.gold]
    for accepted in question.answers:
        if not any(accepted in text for text in texts):
            raise ValueError(f"answer {accepted!r} stands in none of the gold lines")


def _line_text(gold: GoldLine, corpus: Path, articles: dict[str, Article]) -> str:
    if gold.article_id not in articles:
        articles[gold.article_id] = load_article(corpus, gold.article_id)
    article = articles[gold.article_id]
    if not 1 <= gold.line <= article.line_count:
        raise ValueError(f"{gold.article_id} has no line {gold.line}")
    line = article.line(gold.line)
    return article.text[line.start : line.end]


def of_split(questions: Sequence[EvalQuestion], split: str) -> list[EvalQuestion]:
    """The questions of one half."""
    return [question for question in questions if question.split == split]
