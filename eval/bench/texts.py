"""German articles and questions that the bench works on, and corpora of a wanted size.

Real articles come from the folder of development data; without one, from `seeds/`. Where
they do not suffice, further articles are put together from sentences of the real ones: how
often each word occurs stays as it is, what the sentences say together means nothing. How
much of a corpus was put together is told in every row that depends on it.
"""

from __future__ import annotations

import gzip
import json
import lzma
import tarfile
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from random import Random

from eval.questions import SEEDS_SET, load_questions
from eval.retrieval import Case, load_cases
from index.passages import split_article
from index.scan import scan
from index.walk import find_articles

SEEDS = Path(__file__).parent.parent.parent / "seeds"
NEWS, ENCYCLOPEDIA, LAWS = "wikinews_de.jsonl.gz", "wikipedia_de.jsonl.xz", "gesetze_de.tar.xz"
QUESTIONS = Path("train") / "retrieval_mlqa_test_de.jsonl.gz"
_CHARS_PER_PASSAGE = 500  # of the articles below, measured; decides how much text is written
_POOL = 100_000  # sentences that further articles are put together from
_SENTENCES = 40  # of one such article, four in a paragraph
_PER_FOLDER = 1000


@dataclass(frozen=True, slots=True)
class Corpus:
    """A folder of articles made for the bench.

    Args:
        folder: where it is.
        articles: files in it.
        made_share: share of its characters put together from sentences, in [0, 1].
    """

    folder: Path
    articles: int
    made_share: float


def real_articles(data: Path | None) -> Iterator[str]:
    """Texts of the articles: news, then an encyclopedia, then laws; the seeds without data.

    Args:
        data: folder of the development data, or None.
    """
    corpora = data / "corpora" if data else None
    if corpora is None:
        yield from (path.read_text(encoding="utf-8") for path in sorted(SEEDS.glob("*.txt")))
        return
    with gzip.open(corpora / NEWS, "rt", encoding="utf-8") as lines:
        yield from map(_titled, lines)
    with lzma.open(corpora / ENCYCLOPEDIA, "rt", encoding="utf-8") as lines:
        yield from map(_titled, lines)
    with tarfile.open(corpora / LAWS) as archive:
        for member in archive:
            file = archive.extractfile(member) if member.name.endswith(".md") else None
            if file is not None:
                yield file.read().decode("utf-8")


def write_corpus(folder: Path, passages: int, data: Path | None) -> Corpus:
    """Write articles of about so many passages; nothing if the folder is there already.

    Args:
        folder: made by this function; a note beside it says what is in it.
        passages: wanted; an index of the folder says how many there are.
        data: see `real_articles`.
    """
    note = folder.with_suffix(".json")
    if note.exists():
        known = json.loads(note.read_text(encoding="utf-8"))
        return Corpus(folder, known["articles"], known["made_share"])
    wanted = passages * _CHARS_PER_PASSAGE
    written = count = real = 0
    for made, text in _endless(data):
        if written >= wanted:
            break
        text = text[: wanted - written]
        place = folder / f"{count // _PER_FOLDER:04}" / f"{count:06}.txt"
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text, encoding="utf-8", newline="")
        count, written = count + 1, written + len(text)
        real += 0 if made else len(text)
    corpus = Corpus(folder, count, 1 - real / max(1, written))
    known = {"articles": count, "made_share": corpus.made_share}
    note.write_text(json.dumps(known), encoding="utf-8")
    return corpus


def sample_passages(folder: Path, data: Path | None, count: int) -> list[str]:
    """Passages of about 600 characters, as the index cuts them, in a fixed random order.

    Args:
        folder: an empty place for a few articles.
        data: see `real_articles`.
        count: how many at most.
    """
    for number, text in enumerate(islice(real_articles(data), max(10, count // 2))):
        (folder / f"{number:06}.txt").write_text(text, encoding="utf-8", newline="")
    articles = scan(folder, find_articles(folder)[0], {}, max_bytes=20_000_000).articles
    cut = [p.text for article in articles.values() for p in split_article(article)]
    cut = [text for text in cut if len(text) >= 300] or cut
    Random(0).shuffle(cut)
    return cut[:count]


def questions(data: Path | None, count: int) -> list[str]:
    """Questions to search with; of the retrieval set, or of the seeds' set without data."""
    if data is None:
        found = [question.question for question in load_questions(SEEDS_SET, SEEDS)]
    else:
        with gzip.open(data / QUESTIONS, "rt", encoding="utf-8") as lines:
            found = [json.loads(line)["question"] for line in lines]
    Random(0).shuffle(found)
    return found[:count]


def question_cases(data: Path, folder: Path, count: int, distractors: int) -> list[Case]:
    """Questions whose paragraph is known, and the paragraphs as articles.

    Args:
        data: folder of the development data.
        folder: an empty folder; the paragraphs go there.
        count: how many questions.
        distractors: further paragraphs, of other questions.
    """
    cases = load_cases(data / QUESTIONS, folder)
    Random(0).shuffle(cases)
    chosen = cases[:count]
    kept = {case.article_id for case in chosen}
    for case in cases[count:]:
        if len(kept) >= count + distractors:
            break
        kept.add(case.article_id)
    for path in folder.iterdir():
        if path.name not in kept:
            path.unlink()
    return chosen


def _endless(data: Path | None) -> Iterator[tuple[bool, str]]:
    """Real articles, then ones that are put together: (put together, text)."""
    pool: list[str] = []
    random = Random(0)
    for text in real_articles(data):
        yield False, text
        sentences = [s for s in text.replace("\n", " ").split(". ") if 20 <= len(s) <= 400]
        for sentence in random.sample(sentences, min(len(sentences), 100)):
            if len(pool) < _POOL:
                pool.append(sentence)
            else:
                pool[random.randrange(_POOL)] = sentence
    while pool:
        drawn = random.choices(pool, k=_SENTENCES)
        fours = (". ".join(drawn[i : i + 4]) + "." for i in range(0, _SENTENCES, 4))
        yield True, "\n\n".join(fours)


def _titled(line: str) -> str:
    row = json.loads(line)
    return f"{row['title']}\n\n{row['text']}"
