"""A real browser on a real server: starting both, asking, and what must never happen."""

from __future__ import annotations

import gc
import shutil
import threading
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import pytest
from fakes import write_corpus
from playwright.sync_api import Browser, BrowserContext, Dialog, Page, expect, sync_playwright

from index.embed import Embedder
from rag.assemble import Assistant
from rag.config import Config
from rag.draft import Drafter
from rag.types import Answer
from ui.chat import build_chat
from ui.desk import Desk
from ui.serve import serve

SEEDS = Path(__file__).parent.parent / "seeds"
ARGUMENTS = (
    "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run"
    " --disable-background-networking --disable-component-update --disable-sync"
    " --proxy-server=127.0.0.1:9"  # nobody listens there: only this machine can be reached
).split()
WAIT_MS = 20_000
"""Longest wait for anything on the page; usually it is there at once."""
DONE = """(number) => document.querySelectorAll('.bl-turn')[number]
  ?.querySelector('.bl-foot, .bl-failure, .bl-back')"""
"""What a turn ends with: an answer's foot, a failure, or a question asked back."""

FRAMEWORK_LEAKS = (
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
    pytest.mark.filterwarnings("ignore:::gradio"),  # it calls pandas in old ways
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
)
"""For test modules: the web framework leaves loops and sockets to the garbage collector."""

expect.set_options(timeout=WAIT_MS)


class WatchedAssistant(Assistant):
    """An assistant with a drafter of the test that remembers its last answer.

    Args:
        config: the settings.
        embedder: finds passages.
        drafter: None for quotes alone.
    """

    answered: Answer

    def __init__(self, config: Config, embedder: Embedder, drafter: Drafter | None) -> None:
        super().__init__(config, embedder)
        self._drafter = drafter

    @cached_property
    def drafter(self) -> Drafter | None:
        """The given one."""
        return self._drafter

    def ask(self, *given: Any, **named: Any) -> Answer:
        """Answers; see `Assistant.ask`."""
        self.answered = super().ask(*given, **named)
        return self.answered


@dataclass(frozen=True, slots=True)
class Served:
    """A running server.

    Args:
        url: with a slash at the end.
        config: of the assistant that answers.
        desk: behind the page.
        assistant: behind the desk.
    """

    url: str
    config: Config
    desk: Desk
    assistant: WatchedAssistant

    @property
    def corpus(self) -> Path:
        """Folder of the articles."""
        return self.config.corpus

    def sync_elsewhere(self) -> None:
        """Bring the index up to date as another process would."""
        other = Assistant(self.config, self.assistant.embedder)
        other.sync()
        other.close()


@contextmanager
def served(
    folder: Path,
    embedder: Embedder,
    files: Mapping[str, bytes] | None = None,
    *,
    drafter: Drafter | None = None,
    users: Mapping[str, str] | None = None,
    **settings: Any,
) -> Iterator[Served]:
    """Serve a folder of articles, indexed; the server ends with the block.

    Args:
        folder: where corpus, index and feedback are to be.
        embedder: finds passages.
        files: the articles; None for a copy of ``seeds/``; {} for what is there.
        drafter: makes drafted answers; None for quotes alone.
        users: passwords by name; None for nobody to log in.
        **settings: of the `Config`.
    """
    corpus = folder / "seeds"
    if files is None:
        shutil.copytree(SEEDS, corpus)
    else:
        write_corpus(corpus, files)
    config = Config(corpus=corpus, cache=folder / "cache", index=folder / "index", **settings)
    assistant = WatchedAssistant(config, embedder, drafter)
    assistant.sync()
    desk = Desk(assistant, folder / "feedback.jsonl")
    page = build_chat(desk, "seeds")
    before = set(threading.enumerate())
    url = serve(page, host="127.0.0.1", port=0, users=users)
    try:
        yield Served(url, config, desk, assistant)
    finally:
        page.close()
        desk.close()
        for thread in set(threading.enumerate()) - before:
            thread.join(timeout=2)
        with warnings.catch_warnings(action="ignore", category=ResourceWarning):
            gc.collect()  # what the server left is not the next test's


@contextmanager
def launched() -> Iterator[Browser]:
    """Debian's Chromium.

    Raises:
        AssertionError: it is not installed.
    """
    found = shutil.which("chromium")
    assert found, "these tests need Chromium: apt-get install chromium"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=ARGUMENTS)
        yield browser
        browser.close()


@dataclass  # without slots: Playwright leaves a note at who handles its events
class Visitor:
    """Opens pages with the network off, and records what they ask for and complain about.

    Args:
        browser: opens them.
        requested: addresses that left this machine, or wanted to.
        complaints: dialogs, errors of scripts and of the console, refusals of the CSP included.
        allowed: parts of console errors that a test expects.
    """

    browser: Browser
    requested: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)
    allowed: list[str] = field(default_factory=list)
    _contexts: list[BrowserContext] = field(default_factory=list)

    def open(self, url: str, *, wait: bool = True, **settings: Any) -> Page:
        """A page of a browser of its own.

        Args:
            url: address.
            wait: for the greeting.
            **settings: of the context, such as ``locale``.
        """
        wanted = {"locale": "de-DE", "viewport": {"width": 1280, "height": 800}} | settings
        context = self.browser.new_context(**wanted)
        context.set_default_timeout(WAIT_MS)
        self._contexts.append(context)
        context.on("request", lambda request: self._note(request.url))
        context.on("console", lambda said: said.type == "error" and self._complain(said.text))
        context.on("dialog", self._refuse)
        context.on("weberror", lambda raised: self._complain(str(raised.error)))
        page = context.new_page()
        page.on("websocket", lambda socket: self._note(socket.url))
        page.goto(url)
        if wait:
            greeted(page)
        return page

    def close(self) -> None:
        """Close all pages; nothing may have left this machine, and no script failed."""
        for context in self._contexts:
            context.close()
        assert self.requested == []
        assert self.complaints == []

    def forgive(self) -> None:
        """Close all pages and forget what they did; for tests that provoke it."""
        for context in self._contexts:
            context.close()
        self.requested.clear()
        self.complaints.clear()

    def _note(self, url: str) -> None:
        if not is_own(url):
            self.requested.append(url)

    def _refuse(self, dialog: Dialog) -> None:
        self._complain(f"a dialog: {dialog.message}")
        dialog.dismiss()

    def _complain(self, text: str) -> None:
        if not any(part in text for part in self.allowed):
            self.complaints.append(text)


def is_own(url: str) -> bool:
    """Whether an address is this machine's, or data that is in the page already."""
    return url.startswith(("http://127.0.0.1:", "data:", "blob:"))


def greeted(page: Page) -> None:
    """Wait until the page is drawn and can be used."""
    page.wait_for_selector(".bl-switches button")
    page.wait_for_selector(".bl-start p, .bl-turn")
    page.wait_for_selector(".bl-state")


def ask(page: Page, question: str) -> Any:
    """Type a question and press Enter.

    Returns:
        The locator of the turn, once it is done.
    """
    number = page.locator(".bl-turn").count()
    box = page.locator("#bl-question textarea")
    box.fill(question)
    box.press("Enter")
    return done(page, number)


def done(page: Page, number: int) -> Any:
    """The locator of a turn by its number from 0, once it is done."""
    page.wait_for_function(DONE, arg=number)
    return page.locator(".bl-turn").nth(number)


def places(turn: Any) -> list[str]:
    """What the cards of a turn say about where their quotes stand."""
    return turn.locator(".bl-place").all_inner_texts()


def marked(page: Page) -> list[tuple[int, str]]:
    """Line numbers and texts of what is marked in the source panel."""
    found = page.evaluate(
        """() => [...document.querySelectorAll('.bl-line mark')].map((mark) =>
        [Number(mark.closest('.bl-line').querySelector('.bl-gutter').textContent),
         mark.textContent])"""
    )
    return [(number, text) for number, text in found]


def wait_for_mark(page: Page, text: str) -> None:
    """Wait until a text is marked in the source panel."""
    page.wait_for_function(
        """(text) => [...document.querySelectorAll('.bl-line mark')]
        .map((mark) => mark.textContent).join('\\n') === text""",
        arg=text,
    )


def wait_for_mark_in_view(page: Page) -> None:
    """Wait until the first mark is inside the visible part of its panel and of the window."""
    page.wait_for_function(
        """() => {
        const mark = document.querySelector('.bl-line mark').getClientRects()[0];
        const panel = document.querySelector('.bl-lines').getBoundingClientRect();
        return mark.height > 0 && mark.top >= panel.top && mark.bottom <= panel.bottom
          && mark.top >= 0 && mark.bottom <= window.innerHeight
          && mark.left >= 0 && mark.left < window.innerWidth; }"""
    )
