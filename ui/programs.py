"""The assistant for programs: typed endpoints of the web application, and tools for MCP.

The docstrings of the methods of `Programs` are what a program reads to learn what they do.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, cast

import gradio as gr

from index.errors import AssistantError
from rag.types import Answer
from ui.desk import Desk
from ui.render import answer_values, hit_values

MOST_HITS = 50
TOOLS_PATH = "/gradio_api/mcp"
"""Where the framework answers MCP."""


def add_programs(desk: Desk, corpus_name: str) -> None:
    """Add the endpoints ``ask``, ``search`` and ``read_lines`` to the page being built.

    Args:
        desk: answers.
        corpus_name: told to programs as the folder of the article names.
    """
    programs = Programs(desk, corpus_name)
    for tool in (programs.ask, programs.search, programs.read_lines):
        gr.api(tool, api_name=tool.__name__, queue=False)  # the desk has a queue of its own


class Programs:
    """The endpoints of one desk."""

    def __init__(self, desk: Desk, corpus_name: str) -> None:
        self._desk = desk
        self._corpus_name = corpus_name

    def ask(
        self,
        question: str,
        articles: list[str] | None = None,
        request: gr.Request | None = None,
    ) -> dict[str, Any]:
        """Answer a question about the articles with verbatim quotes, or say that there is none.

        Args:
            question: The question, in German, English, French or Russian.
            articles: Only these articles (file names as search gives them); none for all.
            request: Filled in by the server.

        Returns:
            The answer as "beleg ask --json" prints it: each quote with file, line and sha256.
        """
        started = time.perf_counter()
        with _told():
            *_, answer = self._desk.ask(question, articles or ())
            assert isinstance(answer, Answer)
            values = answer_values(answer, time.perf_counter() - started)
            return _sent({"corpus": self._corpus_name} | values, request)

    def search(
        self, query: str, limit: int = 10, request: gr.Request | None = None
    ) -> dict[str, Any]:
        """List the passages of the articles that are nearest to a query, best first.

        Args:
            query: What to look for.
            limit: Most passages to return, 1 to 50.
            request: Filled in by the server.

        Returns:
            The passages with file, lines, score and text.
        """
        with _told():
            hits = self._desk.search(query, min(max(1, int(limit)), MOST_HITS))
            listed = [hit_values(hit) | {"text": hit.passage.text} for hit in hits]
            return _sent({"corpus": self._corpus_name, "passages": listed}, request)

    def read_lines(
        self, article: str, first: int, last: int, request: gr.Request | None = None
    ) -> dict[str, Any]:
        """Read lines of an article exactly as they stand in its file.

        Args:
            article: The article's file name.
            first: Number of the first line, from 1.
            last: Number of the last line; at most 200 lines at once.
            request: Filled in by the server.

        Returns:
            The lines with their numbers, and how many the article has.
        """
        with _told():
            name, lines, count = self._desk.folder.lines(article, int(first), int(last))
            numbered = [{"line": first + i, "text": text} for i, text in enumerate(lines)]
            values = {"article": name, "line_count": count, "lines": numbered}
            return _sent(values, request)


def _sent(values: dict[str, Any], request: gr.Request | None) -> dict[str, Any]:
    """The values; for MCP, which turns anything but text into text in its own way, JSON."""
    if request is not None and TOOLS_PATH in str(request.url):
        return cast("dict[str, Any]", json.dumps(values, ensure_ascii=False))
    return values


@contextmanager
def _told() -> Iterator[None]:
    """Turns an `AssistantError` into one that the program at the other end reads."""
    try:
        yield
    except AssistantError as error:
        told = f"{error.message}. {error.hint}".strip()
        raise gr.Error(told, print_exception=False) from error
