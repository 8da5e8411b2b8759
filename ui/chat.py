"""The page: what is on it, and which handler answers what. Builds it, never launches it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from importlib.resources import files
from typing import Any

import gradio as gr

from index.paths import EXTRA_OF
from ui.chat_handlers import Handlers
from ui.chat_words import PAGE_WORDS, language_of
from ui.conversation import Conversation
from ui.corpus_values import Notice
from ui.desk import Desk
from ui.programs import add_programs

LOOK_SECONDS = 5.0
"""How often an open page looks whether the folder or the index has changed."""
_EMPTY: dict[str, Any] = {}


def page_style() -> str:
    """The page's own style sheet."""
    return _asset("page.css")


def build_chat(desk: Desk, corpus_name: str) -> gr.Blocks:
    """The page around one desk.

    Args:
        desk: answers, syncs, tells what is there.
        corpus_name: the folder as the user named it, shown before file names.
    """
    handlers = Handlers(desk, corpus_name)
    with gr.Blocks(title="Beleg", analytics_enabled=False, fill_width=True) as page:
        _Page(handlers).build(page)
        add_programs(desk, corpus_name)
    return page


class _Page:
    """The components of one page and how they are wired."""

    def __init__(self, handlers: Handlers) -> None:
        self._handlers = handlers

    def build(self, page: gr.Blocks) -> None:
        """Lay the components out and connect them."""
        say = PAGE_WORDS["de"]
        self.conversation = gr.State(None)  # a Conversation, from the first load on
        self.waiting = gr.State([])  # uploads that wait for a decision
        self.panel = gr.State(None)  # what the corpus panel shows
        self.head = _script("head.js", elem_id="bl-head")
        with gr.Row(equal_height=False):
            with gr.Column(scale=6, min_width=340):
                self.log = _script("conversation.js", elem_id="bl-log")
                self.question = gr.Textbox(
                    label=say["question"], placeholder=say["placeholder"], lines=1, max_lines=6,
                    max_length=4_000, elem_id="bl-question", autofocus=True,
                )  # fmt: skip
                with gr.Row(elem_id="bl-buttons"):
                    self.send = gr.Button(
                        say["send"], variant="primary", elem_id="bl-send", min_width=80
                    )
                    self.export = gr.Button(say["export"], elem_id="bl-export", min_width=80)
                    self.clear = gr.Button(say["clear"], elem_id="bl-clear", min_width=80)
            with gr.Column(scale=5, min_width=340, elem_id="bl-side"):
                self.source = _script("source.js", elem_id="bl-source")
                self.corpus = _script("corpus.js", elem_id="bl-corpus")
                self.scope = gr.Dropdown(
                    label=say["scope"], multiselect=True, choices=[], value=[], elem_id="bl-scope"
                )
                self.files = gr.File(
                    label=say["upload"], file_count="multiple", file_types=list(EXTRA_OF),
                    elem_id="bl-files", height=150,
                )  # fmt: skip
        self.download = _script("download.js", elem_id="bl-download", visible="hidden")
        self.timer = gr.Timer(LOOK_SECONDS)
        self._wire_start(page)
        self._wire_questions()
        self._wire_corpus()

    def _wire_start(self, page: gr.Blocks) -> None:
        labelled = [self.head, self.log, self.source, self.corpus, self.conversation]
        labelled += [self.question, self.send, self.export, self.clear, self.scope, self.files]
        labelled += [self.panel]
        _on(page.load, self._greet, None, labelled)
        _on(self.head.speak, self._speak, [self.conversation], labelled)

    def _wire_questions(self) -> None:
        asking = [self.log, self.conversation, self.question]
        given = [self.question, self.scope, self.conversation]
        for event in (self.question.submit, self.send.click):
            _on(event, self._ask, given, asking, concurrency_limit=None)
        _on(
            self.log.choose,
            self._choose,
            [self.scope, self.conversation],
            asking,
            concurrency_limit=None,
        )
        for component in (self.log, self.source):
            _on(component.cite, self._cite, [self.conversation], [self.source])
        _on(self.log.rate, self._rate, [self.conversation], [self.log, self.conversation])
        _on(self.export.click, self._handlers.export, [self.conversation], [self.download])
        _on(
            self.clear.click,
            self._clear,
            [self.conversation],
            [self.log, self.source, self.conversation],
        )

    def _wire_corpus(self) -> None:
        panel = [self.corpus, self.panel, self.scope]
        _on(self.corpus.sync, self._sync, [self.conversation], panel)
        _on(self.files.upload, self._upload, [self.files, self.conversation],
            [*panel, self.waiting, self.files])  # fmt: skip
        _on(self.corpus.replace, self._replace, [self.waiting, self.conversation],
            [*panel, self.waiting])  # fmt: skip
        _on(self.timer.tick, self._look, [self.conversation, self.panel], panel)

    def _greet(self, request: gr.Request) -> list[Any]:
        language = language_of(request.headers.get("accept-language", ""))
        return self._labels(Conversation(language))

    def _speak(self, conversation: Conversation, event: gr.EventData) -> list[Any]:
        wanted = _data(event).get("language")
        language = wanted if wanted in PAGE_WORDS else conversation.language
        return self._labels(Conversation(str(language), conversation.turns))

    def _labels(self, conversation: Conversation) -> list[Any]:
        """All components in the language of the conversation."""
        say = PAGE_WORDS[conversation.language]
        panel = self._handlers.corpus(conversation.language)
        return [
            {"say": dict(say), "lang": conversation.language},
            self._handlers.show(conversation),
            {"say": dict(say)},
            panel,
            conversation,
            gr.update(label=say["question"], placeholder=say["placeholder"]),
            gr.update(value=say["send"]),
            gr.update(value=say["export"]),
            gr.update(value=say["clear"]),
            gr.update(label=say["scope"], choices=self._articles()),
            gr.update(label=say["upload"]),
            panel,
        ]

    def _ask(
        self, asked: str, scope: Sequence[str], conversation: Conversation
    ) -> Iterator[tuple[Any, ...]]:
        for value, now in self._handlers.ask(asked, scope, conversation):
            yield value, now, ""

    def _choose(
        self, scope: Sequence[str], conversation: Conversation, event: gr.EventData
    ) -> Iterator[tuple[Any, ...]]:
        asked = _data(event).get("question")
        chosen = self._handlers.ask(str(asked), scope, conversation, whole=True)
        for value, now in chosen:
            yield value, now, gr.skip()

    def _cite(self, conversation: Conversation, event: gr.EventData) -> Any:
        data = _data(event)
        value = self._handlers.cite(
            data.get("turn"), data.get("position"), data.get("around"), conversation
        )
        return gr.skip() if value is None else value

    def _rate(self, conversation: Conversation, event: gr.EventData) -> tuple[Any, Conversation]:
        data = _data(event)
        return self._handlers.rate(
            data.get("turn"), data.get("helpful"), data.get("reason"), conversation
        )

    def _clear(self, conversation: Conversation) -> tuple[Any, Any, Conversation]:
        empty = Conversation(conversation.language)
        return self._handlers.show(empty), {"say": dict(PAGE_WORDS[empty.language])}, empty

    def _sync(self, conversation: Conversation) -> Iterator[tuple[Any, ...]]:
        for value in self._handlers.sync(conversation.language):
            yield value, value, gr.skip()
        yield gr.skip(), gr.skip(), self._choices()

    def _upload(
        self, paths: list[str] | None, conversation: Conversation
    ) -> Iterator[tuple[Any, ...]]:
        given = [(path, _name(path)) for path in paths or []]
        notice, existing, taken = self._handlers.upload(
            [path for path, _ in given], [name for _, name in given], conversation.language
        )
        waiting = [pair for pair in given if pair[1] in existing]
        yield from self._taken(notice, taken, conversation, (waiting, None))

    def _replace(
        self, waiting: list[tuple[str, str]], conversation: Conversation, event: gr.EventData
    ) -> Iterator[tuple[Any, ...]]:
        if _data(event).get("yes") is not True:
            value = self._handlers.corpus(conversation.language)
            yield value, value, gr.skip(), []
            return
        notice, _, taken = self._handlers.upload(
            [path for path, _ in waiting], [name for _, name in waiting],
            conversation.language, replacing=True,
        )  # fmt: skip
        yield from self._taken(notice, taken, conversation, ([],))

    def _taken(
        self,
        notice: Notice,
        taken: Sequence[str],
        conversation: Conversation,
        rest: tuple[Any, ...],
    ) -> Iterator[tuple[Any, ...]]:
        """Tell what became of uploads, then sync those that were taken."""
        language = conversation.language
        kept = tuple(gr.skip() for _ in rest)
        value = self._handlers.corpus(language, notice, fresh=True)
        yield value, value, gr.skip(), *rest
        if taken and not notice.existing and not notice.problem:
            for value in self._handlers.sync(language):
                yield value, value, gr.skip(), *kept
        yield gr.skip(), gr.skip(), self._choices(), *kept

    def _look(
        self, conversation: Conversation | None, panel: dict[str, Any] | None
    ) -> tuple[Any, ...]:
        """What has changed since the last look; what was told last stays."""
        if conversation is None or panel is None:  # the page is not greeted yet
            return gr.skip(), gr.skip(), gr.skip()
        value = self._handlers.corpus(conversation.language)
        if "notice" in panel:
            value["notice"] = panel["notice"]
        if value == panel:
            return gr.skip(), gr.skip(), gr.skip()
        return value, value, self._choices()

    def _choices(self) -> Any:
        return gr.update(choices=self._articles())

    def _articles(self) -> list[str]:
        return [article_id for article_id, _ in self._handlers.desk.folder.status().articles]


def _on(
    event: Callable[..., Any], run: Callable[..., Any], inputs: Any, outputs: Any, **more: Any
) -> None:
    """Connect an event of the page; it is no endpoint for programs and shows no overlay."""
    event(run, inputs, outputs, api_visibility="private", show_progress="hidden", **more)


def _script(name: str, **settings: Any) -> Any:
    """A component that a script of the page draws; it is given values, never markup."""
    return gr.HTML(
        value=_EMPTY,
        html_template="<div></div>",
        js_on_load=f"{_asset('dom.js')}\n{_asset(name)}",
        apply_default_css=False,
        **settings,
    )


def _asset(name: str) -> str:
    return files("ui").joinpath("page", name).read_text(encoding="utf-8")


def _data(event: gr.EventData) -> dict[str, Any]:
    """What a script sent along; empty for anything but an object."""
    return event._data if isinstance(event._data, dict) else {}


def _name(path: str) -> str:
    return path.replace("\\", "/").rsplit("/", 1)[-1]
