"""Values of the index layer: frozen, without I/O and without models.

Offsets are code points of ``bytes.decode("utf-8")``: a BOM and carriage returns
stay in the text and count. Line numbers start at 1 and agree with ``sed -n Np``.
"""

from __future__ import annotations

import enum
import hashlib
from bisect import bisect_right
from dataclasses import dataclass, field
from functools import cached_property

from index.paths import file_of, suffix_of


@dataclass(frozen=True, slots=True)
class Line:
    r"""One line of an article: ``text[start:end]`` without its line break.

    Args:
        number: 1-based.
        start: first code point.
        end: one past the last code point before the ``\n`` (a ``\r`` stays in).
    """

    number: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Facts:
    """What the format of a file says of an article; "" where it does not.

    Args:
        title: on one line.
        date: ISO 8601 date or date-time, as the format gives it.
        author: names joined by ", ".
        source: web address, else publisher.
    """

    title: str = ""
    date: str = ""
    author: str = ""
    source: str = ""


NO_FACTS = Facts()


@dataclass(frozen=True)
class Article:
    """One article: a file of the corpus, or an entry of one.

    Args:
        id: POSIX path relative to the corpus root, for an entry of a dump ``path#entry``.
        sha256: hex digest of the file's raw bytes.
        text: the decoded bytes, nothing removed; or what was extracted from them.
        size_bytes: number of raw bytes of the file.
        mtime_ns: modification time of the file when it was read.
        extract: hex digest of `text` in UTF-8, if it was extracted; "" for text and
            Markdown, whose lines are those of the file.
        pages: 1-based page of each line; empty if the format has none.
        facts: what the format says of it.
    """

    id: str
    sha256: str
    text: str = field(repr=False)
    size_bytes: int
    mtime_ns: int = field(compare=False)
    extract: str = ""
    pages: tuple[int, ...] = field(default=(), repr=False)
    facts: Facts = NO_FACTS

    @property
    def fingerprint(self) -> str:
        """Equal before and after if and only if the article need not be indexed anew.

        The bytes and the format; for an entry of a dump its text and facts, because the
        bytes are those of all its entries.
        """
        if file_of(self.id) != self.id:
            facts = (self.facts.title, self.facts.date, self.facts.author, self.facts.source)
            return hashlib.sha256("\0".join((self.extract, *facts)).encode()).hexdigest()
        suffix = suffix_of(self.id)
        return self.sha256 if suffix == ".txt" else f"{suffix}:{self.sha256}"

    @property
    def stamp(self) -> ArticleStamp:
        """What an index remembers of it."""
        return ArticleStamp(self.id, self.sha256, self.size_bytes, self.mtime_ns, self.fingerprint)

    @cached_property
    def line_starts(self) -> tuple[int, ...]:
        """Code point offsets at which the lines start, rising; the first is 0."""
        starts = [0]
        at = self.text.find("\n")
        while at != -1:
            starts.append(at + 1)
            at = self.text.find("\n", at + 1)
        if len(starts) > 1 and starts[-1] == len(self.text):
            starts.pop()
        return tuple(starts)

    @property
    def line_count(self) -> int:
        """Number of lines, as an editor counts them."""
        return len(self.line_starts)

    def line(self, number: int) -> Line:
        """The line with this 1-based number.

        Raises:
            IndexError: there is no such line.
        """
        if not 1 <= number <= self.line_count:
            raise IndexError(f"line {number} of {self.id}: it has {self.line_count}")
        start = self.line_starts[number - 1]
        end = self.text.find("\n", start)
        return Line(number, start, len(self.text) if end == -1 else end)

    def line_at(self, offset: int) -> int:
        """1-based number of the line that holds this code point."""
        return bisect_right(self.line_starts, offset)

    def line_range(self, start: int, end: int) -> tuple[int, int]:
        """First and last line number of the non-empty span ``[start, end)``."""
        return self.line_at(start), self.line_at(max(start, end - 1))

    def page_at(self, line: int) -> int:
        """1-based page of a line; 0 if the format has no pages."""
        return self.pages[line - 1] if self.pages else 0


@dataclass(frozen=True, slots=True)
class Passage:
    """What is embedded: ``article.text[start:end] == text``.

    Args:
        id: int64, rising, never reused within an index; -1 before it is stored.
        article_id: the article it stands in.
        start: first code point.
        end: one past the last code point.
        line_start: 1-based line of `start`.
        line_end: 1-based line of the last code point.
        text: the slice.
        boilerplate: navigation, image credit or appeal, not content.
    """

    id: int
    article_id: str
    start: int
    end: int
    line_start: int
    line_end: int
    text: str
    boilerplate: bool = False


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage found for a question.

    Args:
        passage: the passage.
        score: higher is better; the scale is the search's own.
        rank: 1 is best.
    """

    passage: Passage
    score: float
    rank: int


@dataclass(frozen=True, slots=True)
class ModelIdentity:
    """Which model made a vector.

    Args:
        name: the model's public name or folder.
        sha256: hex digest of the weights it was read from.
        dim: length of its vectors.
    """

    name: str
    sha256: str
    dim: int

    def __str__(self) -> str:
        return f"{self.name} ({self.sha256[:12]}, {self.dim} dimensions)"


@dataclass(frozen=True, slots=True)
class ArticleStamp:
    """What the index remembers of an article, to see whether the file changed.

    Args:
        id: its id.
        sha256: hex digest of the file's raw bytes.
        size_bytes: number of raw bytes.
        mtime_ns: modification time at the last look.
        fingerprint: that of the article.
    """

    id: str
    sha256: str
    size_bytes: int
    mtime_ns: int = field(compare=False)
    fingerprint: str


class Change(enum.Enum):
    """What happened to an article between the index and the folder."""

    ADDED = "added"
    CHANGED = "changed"
    REMOVED = "removed"
    RENAMED = "renamed"
    UNCHANGED = "unchanged"
