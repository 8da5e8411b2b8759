"""What is fuzzed: the reader of articles, the quotes, the lexical search, the manifest.

A target makes inputs from a random generator and checks one; a check that raises has found
a bug. `targets` gives them all, on a folder where they may write.
"""

from __future__ import annotations

import hashlib
import io
import json
import re
import sqlite3
from collections.abc import Callable
from contextlib import closing, suppress
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from random import Random

import fuzz_inputs as inputs
import fuzz_pieces as pieces
from fakes import ARTICLES, HashEmbedder, build, generation, write_corpus

from index import lexical
from index.articles import RawFile, articles_in
from index.check import check_index
from index.errors import ArticleError, AssistantError, StoreError
from index.formats import Extracted
from index.generations import MANIFEST, current_folder
from index.manifest import DATABASE, Manifest
from index.passages import split_article
from index.paths import display_id, file_of
from index.store import Snapshot
from index.types import Article
from rag.quotes import check_quote, make_quote
from rag.types import Quote

_VISIBLE = re.compile(r"[^\s\ufeff]")
_KINDS = {"txt": 5, "md": 8, "jsonl": 9, "html": 4, "rss": 6, "pdf": 3, "docx": 3}
_SAME_TEXT = ("txt", "md")


@dataclass(frozen=True)
class Target:
    """One thing that is fuzzed.

    Args:
        make: an input from a random generator.
        check: raises anything for an input that shows a bug.
        share: how many of a hundred cases it gets, about.
    """

    make: Callable[[Random], bytes]
    check: Callable[[bytes], None]
    share: int


def targets(folder: Path) -> dict[str, Target]:
    """All targets by name.

    Args:
        folder: an empty folder for the files that they need.
    """
    found = {
        f"articles.{kind}": Target(inputs.article(kind), partial(check_article, kind), share)
        for kind, share in _KINDS.items()
    }
    write_corpus(folder / "quotes", {})
    build(write_corpus(folder / "corpus"), folder / "index")
    base = json.loads((generation(folder / "index") / MANIFEST).read_bytes())
    questions = partial(_text, pieces.FTS + pieces.PROSE + pieces.BREAKS + pieces.SIGNS)
    manifests = inputs.manifest(base)
    return found | {
        "quotes": Target(
            partial(_text, pieces.BREAKS * 3 + pieces.SIGNS + pieces.PROSE),
            partial(check_quotes, folder / "quotes"), 25,
        ),
        "lexical": Target(questions, partial(check_search, _database(folder)), 22),
        "manifest": Target(manifests, partial(check_manifest, folder / "index"), 10),
        "opening": Target(manifests, partial(check_opening, folder / "index"), 5),
    }  # fmt: skip


def _text(chosen: tuple[str, ...], rng: Random) -> bytes:
    return pieces.put_together(rng, chosen).encode("utf-8", "surrogatepass")


def check_article(kind: str, data: bytes) -> None:
    """Any bytes give articles, or errors that name the file and say what to do."""
    name = f"süd/a\u202e.{kind}"
    articles: tuple[Article, ...] = ()
    try:
        articles, problems = articles_in(RawFile.of(name, data))
    except ArticleError as error:
        problems = (error,)
    assert articles or problems
    for problem in problems:
        assert problem.path == name or problem.path.startswith(f"{name}:")
        assert problem.message.startswith(display_id(problem.path))
        assert display_id(problem.message) == problem.message, "hidden characters in a message"
        assert problem.hint
    assert len({article.id for article in articles}) == len(articles)
    for article in articles:
        _check_text(article, kind, data)


def _check_text(article: Article, kind: str, data: bytes) -> None:
    assert file_of(article.id) == f"süd/a\u202e.{kind}"
    assert _VISIBLE.search(article.text)
    assert "\0" not in article.text
    raw = article.text.encode("utf-8")
    if kind in _SAME_TEXT:
        assert raw == data
    else:
        assert article.extract == hashlib.sha256(raw).hexdigest()
        assert "\r" not in article.text
    assert len(article.pages) in (0, len(article.text.split("\n")))
    facts = article.facts
    for fact in (facts.title, facts.date, facts.author, facts.source):
        assert fact.encode("utf-8").count(b"\n") == 0
        assert len(fact) <= 2_000
    assert article.fingerprint
    assert split_article(article)


class Held:
    """Holds one extracted text, as an index does."""

    def __init__(self, text: str) -> None:
        self.text = text

    def extracted(self, article_id: str, sha256: str) -> Extracted | None:
        return None

    def extract_text(self, extract: str) -> str | None:
        return self.text


def check_quotes(folder: Path, data: bytes) -> None:
    """Quotes have the line numbers that a count by hand gives; others are refused."""
    rng = Random(data)
    text = data.decode("utf-8", "replace").replace("\0", "")
    if not _VISIBLE.search(text):
        return
    article, held = _on_disk(folder, text, extracted=rng.random() < 0.25)
    for _ in range(4):
        start = rng.randrange(len(text))
        end = rng.randrange(start + 1, len(text) + 1)
        quote = make_quote(article, start, end)
        assert (quote.line_start, quote.line_end) == lines_of(text, start, end)
        assert check_quote(folder, quote, held)
        for other in _forged(rng, quote):
            assert check_quote(folder, other, held) == is_true(text, other), other


def _on_disk(folder: Path, text: str, *, extracted: bool) -> tuple[Article, Held | None]:
    raw = text.encode("utf-8")
    if not extracted:
        (folder / "a.txt").write_bytes(raw)
        return articles_in(RawFile.of("a.txt", raw))[0][0], None
    (folder / "a.pdf").write_bytes(b"%PDF")
    sha256, digest = hashlib.sha256(b"%PDF").hexdigest(), hashlib.sha256(raw).hexdigest()
    return Article("a.pdf", sha256, text, 4, 0, digest), Held(text)


def lines_of(text: str, start: int, end: int) -> tuple[int, int]:
    r"""The lines of a span, counted by reading line after line; only ``\n`` ends one."""
    at, touched = 0, []
    for number, line in enumerate(io.StringIO(text, newline="\n"), start=1):
        if at < end and at + len(line) > start:
            touched.append(number)
        at += len(line)
    return touched[0], touched[-1]


def is_true(text: str, quote: Quote) -> bool:
    """Whether a quote is what it says, if file and digests are right."""
    start, end = quote.start, quote.end
    stands = 0 <= start < end <= len(text) and text[start:end] == quote.text
    return stands and (quote.line_start, quote.line_end) == lines_of(text, start, end)


def _forged(rng: Random, quote: Quote) -> tuple[Quote, ...]:
    by = rng.choice((-2, -1, 1, 2))
    return (
        replace(quote, start=quote.start + by),
        replace(quote, end=quote.end + by),
        replace(quote, start=quote.start + by, end=quote.end + by),
        replace(quote, line_start=quote.line_start + by),
        replace(quote, line_end=quote.line_end + by),
        replace(quote, text=quote.text[: len(quote.text) // 2]),
        replace(quote, text=quote.text.replace("\r\n", "\n")),
    )


_TEXTS = {
    "a.txt": "Pjöngjang lieferte 8.000 Schuss Artilleriemunition.",
    "b.txt": "Die Straße nach Köln\r\nist gesperrt. NEAR und AND und OR und NOT.",
    "ü/c.txt": "Außenminister Lawrow reist nach Nordkorea; words sagte niemand.",
}
_IDS = {1, 2, 3}
_NEW_ID = 9


def _database(folder: Path) -> sqlite3.Connection:
    """The database of a small index, in memory; passage 9 has no words yet."""
    corpus = write_corpus(folder / "texts", {name: text.encode() for name, text in _TEXTS.items()})
    build(corpus, folder / "texts-index")
    database = sqlite3.connect(":memory:", isolation_level=None)
    with closing(sqlite3.connect(generation(folder / "texts-index") / DATABASE)) as built:
        built.backup(database)
    assert {row[0] for row in database.execute("SELECT id FROM passages")} == _IDS
    _, *values = database.execute("SELECT * FROM passages WHERE id = 1").fetchone()
    marks = ", ".join("?" * len(values))
    database.execute(f"INSERT INTO passages VALUES ({_NEW_ID}, {marks})", values)
    return database


def check_search(database: sqlite3.Connection, data: bytes) -> None:
    """Any text is a question, and any text can be a passage."""
    question = data.decode("utf-8", "surrogatepass")
    found = lexical.search(database, question, 5)
    assert {number for number, _ in found} <= _IDS
    assert [score for _, score in found] == sorted((s for _, s in found), reverse=True)
    assert all(score > 0 for _, score in found)
    assert {number for number, _ in lexical.search(database, question, 5, ["a.txt"])} <= {1}
    if len(data) % 4 == 0:
        _check_own_words(database, question.encode("utf-8", "replace").decode())


def _check_own_words(database: sqlite3.Connection, text: str) -> None:
    """A passage is found by its own text."""
    database.execute("BEGIN")
    lexical.insert(database, [(_NEW_ID, text)])
    found = {number for number, _ in lexical.search(database, text, 9)}
    database.execute("ROLLBACK")
    assert (_NEW_ID in found) == bool(lexical.question_keys(text))


def check_manifest(root: Path, data: bytes) -> None:
    """A manifest and CURRENT of any kind are read, or refused by a `StoreError`."""
    _store(root, data)
    with suppress(StoreError):
        folder, manifest = current_folder(root)
        assert folder.parent == root
        assert isinstance(manifest, Manifest)
        assert manifest.to_json()


def check_opening(root: Path, data: bytes) -> None:
    """With any manifest an index opens, or refuses; so does the check of all its parts."""
    _store(root, data)
    with suppress(AssistantError), closing(Snapshot.open(root, None)) as snapshot:
        snapshot.search_words("Präsident Yoon", 3)
        snapshot.search_vectors(HashEmbedder().vectors(list(ARTICLES))[0], 3)
    with suppress(AssistantError):
        check_index(root, None)


def _store(root: Path, data: bytes) -> None:
    """Write CURRENT and the manifest; without a CURRENT of its own, the one that fits."""
    pointer, _, raw = data.partition(b"\0")
    fitting = b"gen-000001 %s\n" % hashlib.sha256(raw).hexdigest().encode()
    (root / "gen-000001" / MANIFEST).write_bytes(raw)
    (root / "CURRENT").write_bytes(pointer or fitting)
