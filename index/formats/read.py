"""From the bytes of a file to its articles: chooses the reader by the suffix.

Pure: it opens no file and no connection, and the same bytes give the same value.
"""

from __future__ import annotations

from collections.abc import Callable

from index.errors import ArticleError
from index.formats import entries, feeds, htmlpage, markdown, pdf, word
from index.formats.common import broken
from index.formats.types import Articles
from index.paths import suffix_of

_Problems = tuple[ArticleError, ...]
_SINGLE: dict[str, Callable[[bytes, str], Articles]] = {
    ".md": markdown.read,
    ".html": htmlpage.read,
    ".htm": htmlpage.read,
    ".xhtml": htmlpage.read,
    ".pdf": pdf.read,
    ".docx": word.read,
}
_DUMPS: dict[str, Callable[[bytes, str], tuple[Articles, _Problems]]] = {
    ".rss": feeds.read,
    ".atom": feeds.read,
    ".xml": feeds.read,
    ".jsonl": entries.read,
}

SUFFIXES = (*_SINGLE, *_DUMPS)
"""The suffixes that are read here."""


def extract(data: bytes, name: str) -> Articles:
    """The articles of a file; entries of a dump that cannot be used are left out.

    Args:
        data: the bytes of the file.
        name: id of the article; its suffix, in any case, says what the format is.

    Returns:
        One pair with the sub-id "" for a page or document, one pair for each entry
        of a dump, with a sub-id of its own.

    Raises:
        ArticleDecodeError: text that is not UTF-8 and declares nothing else.
        EmptyArticleError: no text in it.
        ArticleError: malformed, hostile or over a limit, an unknown suffix, no usable
            entry, or an extra is missing.
    """
    return extract_all(data, name)[0]


def extract_all(data: bytes, name: str) -> tuple[Articles, tuple[ArticleError, ...]]:
    """Like `extract`, and an error for each entry of a dump that cannot be used.

    The path of such an error is the name and the line or number of the entry:
    ``news.jsonl:7``, ``news.rss:entry 7``.

    Raises:
        ArticleError: as `extract`.
    """
    suffix = suffix_of(name)
    if suffix not in SUFFIXES:
        raise broken(
            name,
            f"files with the suffix {suffix or 'of this name'!r} are not read",
            hint=f"use one of {', '.join(SUFFIXES)}",
        )
    if suffix in _SINGLE:
        return _SINGLE[suffix](data, name), ()
    articles, problems = _DUMPS[suffix](data, name)
    if not articles:
        raise problems[0] if problems else broken(name, "no article in it", hint="delete the file")
    return articles, problems
