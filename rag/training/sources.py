"""Texts to train on: QA rows by people, and articles that questions are made from.

Only files whose licence allows training belong here; see the model card.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from index.files import open_text

QA_FILES = (
    "mlqa_dev_de.jsonl",
    "mlqa_dev_crosslingual.jsonl.gz",
    "mlqa_dev_en.jsonl",
    "tydi_goldp_en_train.jsonl.gz",
    "squad2_dev_half_en.jsonl.gz",
)
"""Questions by people; CC-BY-SA or Apache-2.0."""
UNMARKED_FILES = (
    "tydi_goldp_en_dev.jsonl.gz",
    "tydi_goldp_ru_dev.jsonl.gz",
    "retrieval_mlqa_test_de.jsonl.gz",
)
"""Questions by people with a text that answers them, but without the place in it."""
ARTICLES_FILE = "wikipedia_de.jsonl.xz"
"""Articles that questions are made from; CC-BY-SA."""
WRITTEN_FILE = Path(__file__).parent / "questions_de.jsonl"
"""Questions written for this project about paragraphs of the articles."""
INVENTED_FILE = Path(__file__).parent / "texts_de.jsonl"
"""Texts invented for this project, with questions."""
WRITTEN = "written"
_EDGES = ' \n.,;:!?"“”„«»'
_ALPHABETS = frozenset({"de", "en", "es", "fr", "ru"})


@dataclass(frozen=True, slots=True)
class Row:
    """A question by a person.

    Args:
        question: the question.
        context: the text that it was asked about.
        spans: answers as ``[start, end)``; empty if the text has none, or nobody marked it.
        language: of the question and the text, such as "de-en".
        source: name of the file.
    """

    question: str
    context: str
    spans: tuple[tuple[int, int], ...]
    language: str
    source: str


@dataclass(frozen=True, slots=True)
class Text:
    """An article.

    Args:
        title: its name.
        paragraphs: each a list of sentences.
    """

    title: str
    paragraphs: tuple[tuple[str, ...], ...]


def read_rows(folder: Path, names: Sequence[str] = QA_FILES) -> list[Row]:
    """All QA rows in languages whose letters the drafter's vocabulary has.

    Args:
        folder: holds the files.
        names: which ones.

    Raises:
        OSError: one is missing.
    """
    return [row for name in names for row in _rows(folder / name)]


def read_texts(path: Path) -> list[Text]:
    """Articles of a file of ``{"title", "text"}`` with one sentence a line."""
    with open_text(path) as lines:
        records = [json.loads(line) for line in lines]
    return [Text(r["title"], _paragraphs(r["text"])) for r in records]


def _rows(path: Path) -> Iterator[Row]:
    with open_text(path) as lines:
        for line in lines:
            row = json.loads(line)
            asked, read = row.get("lang_question", "de"), row.get("lang_context", "de")
            context = row.get("context") or row["positive_context"]
            if {asked, read} <= _ALPHABETS:
                source = path.name.split(".")[0]
                yield Row(row["question"].strip(), context, _spans(row), f"{asked}-{read}", source)


def _spans(row: dict[str, Any]) -> tuple[tuple[int, int], ...]:
    """Distinct answers, without marks at their edges."""
    found: dict[tuple[int, int], None] = {}
    for answer in row.get("answers", ()):
        bare = answer["text"].strip(_EDGES)
        if bare:
            start = answer["start"] + answer["text"].index(bare)
            found[start, start + len(bare)] = None
    return tuple(found)


def _paragraphs(text: str) -> tuple[tuple[str, ...], ...]:
    blocks = (tuple(line for line in block.split("\n") if line) for block in text.split("\n\n"))
    return tuple(block for block in blocks if block)


def read_written(path: Path, texts: Sequence[Text]) -> list[Row]:
    """Questions written for this project about paragraphs of the articles.

    Args:
        path: JSON lines with ``title``, ``paragraph`` (number, from 0), ``question``,
            ``language`` and ``answers``, each within one sentence.
        texts: the articles.

    Raises:
        ValueError: a paragraph is not there, or an answer does not stand in it.
    """
    paragraphs = {
        (text.title, number): " ".join(lines)
        for text in texts
        for number, lines in enumerate(text.paragraphs)
    }
    with open_text(path) as lines:
        rows = [json.loads(line) for line in lines]
    return [
        _written(path, number, row, paragraphs.get((row["title"], row["paragraph"]), ""))
        for number, row in enumerate(rows, 1)
    ]


def read_invented(path: Path) -> list[Row]:
    """Questions about texts that were invented for this project.

    Args:
        path: JSON lines with ``text`` and ``questions``, each of which has ``question``,
            ``language`` and ``answers``.

    Raises:
        ValueError: an answer does not stand in its text.
    """
    with open_text(path) as lines:
        records = [json.loads(line) for line in lines]
    return [
        _written(path, number, row, record["text"])
        for number, record in enumerate(records, 1)
        for row in record["questions"]
    ]


def _written(path: Path, number: int, row: dict[str, Any], context: str) -> Row:
    missing = [answer for answer in row["answers"] if answer not in context]
    if missing or not context:
        what = repr(missing[0]) if missing else "the paragraph"
        raise ValueError(f"{path}:{number}: {what} does not stand in the articles")
    spans = _spans({"answers": [{"text": a, "start": context.index(a)} for a in row["answers"]]})
    return Row(row["question"], context, spans, f"{row['language']}-de", WRITTEN)
