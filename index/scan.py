"""What stands in the folder now, as far as it differs from the index; files as bytes and stamps.

Every file is read and hashed, because a change need not show in its time; only files with
other bytes than before are decoded or extracted.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

from index.articles import MAX_BYTES, ArticleFile, articles_in, read_file
from index.errors import ArticleError
from index.paths import DUMPS, file_of, suffix_of
from index.types import Article, ArticleStamp


@dataclass(slots=True)
class Scan:
    """The folder as it is.

    Args:
        stamps: of all articles in it, by id.
        articles: those that stand in files with other bytes than before, by id.
        errors: files and entries of dumps that cannot be used.
    """

    stamps: dict[str, ArticleStamp] = field(default_factory=dict)
    articles: dict[str, Article] = field(default_factory=dict)
    errors: list[ArticleError] = field(default_factory=list)


def scan(
    corpus: Path,
    files: Iterable[ArticleFile],
    stored: Mapping[str, ArticleStamp],
    *,
    held: frozenset[str] = frozenset(),
    max_bytes: int = MAX_BYTES,
) -> Scan:
    """Look at files of the corpus.

    Args:
        corpus: its folder.
        files: the files.
        stored: what the index remembers, by article id.
        held: files that are being written; their articles stay as they are in the index.
        max_bytes: files that are larger are an error.
    """
    found = Scan()
    before = by_file(stored)
    for name in held & before.keys():
        found.stamps |= {stamp.id: stamp for stamp in before[name]}
    for file in files:
        if file.id not in held:
            try:
                _scan_file(corpus, file, before.get(file.id, ()), max_bytes, found)
            except ArticleError as error:
                found.errors.append(error)
    return found


def by_file(stamps: Mapping[str, ArticleStamp]) -> dict[str, list[ArticleStamp]]:
    """The stamps of each file's articles, by the file's id."""
    found: dict[str, list[ArticleStamp]] = {}
    for stamp in stamps.values():
        found.setdefault(file_of(stamp.id), []).append(stamp)
    return found


def differs(
    corpus: Path, file: ArticleFile, stamps: Iterable[ArticleStamp], max_bytes: int = MAX_BYTES
) -> bool:
    """Whether a file differs from what the index holds of it.

    Looks at size and modification time first and reads the file only where they differ.
    A file that cannot be used and is not in the index does not count.

    Args:
        corpus: folder of the articles.
        file: the file as listed.
        stamps: those of its articles in the index.
        max_bytes: a larger file is not taken in.
    """
    stamp = next(iter(stamps), None)
    if stamp is None:
        return file.size_bytes <= max_bytes and _is_usable(
            corpus, file.id, file.size_bytes, file.mtime_ns
        )
    if (stamp.size_bytes, stamp.mtime_ns) == (file.size_bytes, file.mtime_ns):
        return False
    try:
        return read_file(corpus, file.id).sha256 != stamp.sha256
    except ArticleError:
        return True


def _scan_file(
    corpus: Path, file: ArticleFile, before: Iterable[ArticleStamp], max_bytes: int, found: Scan
) -> None:
    raw = read_file(corpus, file.id, max_bytes=max_bytes)
    known = {stamp.id: stamp for stamp in before if stamp.sha256 == raw.sha256}
    if known and suffix_of(file.id) not in DUMPS:  # of these, bad entries are told each time
        found.stamps |= known
        return
    articles, errors = articles_in(raw, corpus / file.id)
    found.errors += errors
    for article in articles:
        found.articles[article.id] = article
        found.stamps[article.id] = article.stamp


@lru_cache(maxsize=1024)  # a folder is looked at often, and a bad file costs the most
def _is_usable(corpus: Path, file_id: str, size_bytes: int, mtime_ns: int) -> bool:
    try:
        return bool(articles_in(read_file(corpus, file_id), corpus / file_id)[0])
    except ArticleError:
        return False
