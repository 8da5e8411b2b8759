"""What happens on the page: each handler takes what the browser sent and gives new values.

Whatever comes from a browser is checked here: numbers of turns and quotes, choices, texts.
Handlers hold no state; a person's conversation comes in and goes out.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from index.errors import AssistantError, UploadExistsError
from index.sync import SyncReport
from rag.followup import AskBack, understand
from rag.types import Interim
from ui import transcript as transcripts
from ui.chat_values import conversation_value, source_value
from ui.chat_words import PAGE_WORDS
from ui.conversation import Conversation, Failure, Turn, quote_at
from ui.corpus_values import Notice, corpus_value, sync_notice, upload_notice
from ui.desk import Desk
from ui.examples import example_questions
from ui.feedback import append_feedback
from ui.source import source_view
from ui.uploads import save_upload

MOST_TURNS = 200
"""Turns of one conversation that are kept; older ones are forgotten first."""

Value = dict[str, Any]


class Handlers:
    """The handlers of one page, around one desk.

    Args:
        desk: answers, syncs, tells what is there.
        corpus_name: the folder as the user named it.
    """

    def __init__(self, desk: Desk, corpus_name: str) -> None:
        self.desk = desk
        self.corpus_name = corpus_name
        threading.Thread(target=self._warm, daemon=True).start()

    def show(self, conversation: Conversation) -> Value:
        """The conversation as the page shows it."""
        examples: tuple[str, ...] = ()
        if not conversation.turns:
            status = self.desk.folder.status()
            names = tuple(name for name, _ in status.articles)
            examples = example_questions(
                self.desk.folder.corpus, names, status.created, conversation.language
            )
        return conversation_value(conversation, self.corpus_name, examples, loaded=self.desk.loaded)

    def _warm(self) -> None:
        """Make the example questions before somebody waits for them."""
        for language in PAGE_WORDS:
            self.show(Conversation(language))

    def ask(
        self, asked: str, scope: Sequence[str], conversation: Conversation, *, whole: bool = False
    ) -> Iterator[tuple[Value, Conversation]]:
        """Work on a question; the conversation grows by one turn.

        Args:
            asked: as typed.
            scope: only these articles; empty for all.
            conversation: so far.
            whole: the question leans on nothing before it.
        """
        if not asked.strip():
            yield self.show(conversation), conversation
            return
        kept = replace(conversation, turns=conversation.turns[-MOST_TURNS + 1 :])
        reading = understand(asked, [] if whole else kept.before())
        if isinstance(reading, AskBack):
            kept = kept.with_turn(Turn(asked, asked, back=reading))
            yield self.show(kept), kept
            return
        turn = Turn(asked, reading.question)
        kept = kept.with_turn(turn)
        yield self.show(kept), kept
        for now in self._worked(turn, scope, PAGE_WORDS[kept.language]["bug"]):
            kept = kept.with_last(now)
            yield self.show(kept), kept

    def _worked(self, turn: Turn, scope: Sequence[str], bug: str) -> Iterator[Turn]:
        started = time.monotonic()
        try:
            for event in self.desk.ask(turn.understood, scope):
                if isinstance(event, Interim):
                    yield replace(turn, interim=event)
                else:
                    seconds = time.monotonic() - started
                    yield replace(turn, answer=event, seconds=seconds)
        except AssistantError as error:
            yield replace(turn, failure=Failure(error.message, error.hint))
        except Exception:
            yield replace(turn, failure=Failure(bug))  # the page must not wait for ever
            raise

    def cite(
        self, number: object, position: object, around: object, conversation: Conversation
    ) -> Value | None:
        """The source panel for a quote; None for one that is not there.

        Args:
            number: of the turn.
            position: of the quote in it.
            around: 1-based line to show; anything else for the quote's own.
            conversation: so far.
        """
        turn = conversation.turn(number)
        if turn is None or (quote := quote_at(turn, position)) is None:
            return None
        folder = self.desk.folder
        middle = around if type(around) is int else None
        view = source_view(folder.corpus, quote, middle, folder)
        assert isinstance(number, int)
        assert isinstance(position, int)
        return source_value(view, turn, number, position, conversation.language)

    def rate(
        self, number: object, helpful: object, reason: object, conversation: Conversation
    ) -> tuple[Value, Conversation]:
        """Keep an opinion about an answer."""
        turn = conversation.turn(number)
        if turn is None or turn.answer is None or type(helpful) is not bool:
            return self.show(conversation), conversation
        append_feedback(
            self.desk.feedback,
            turn.answer,
            helpful=helpful,
            reason=reason if isinstance(reason, str) else "",
            now=datetime.now(UTC),
        )
        assert isinstance(number, int)
        conversation = conversation.rated(number, helpful)
        return self.show(conversation), conversation

    def export(self, conversation: Conversation) -> Value:
        """The conversation as a Markdown file for the browser to save."""
        status = self.desk.folder.status()
        now = datetime.now(UTC)
        text = transcripts.transcript(
            [
                transcripts.Turn(turn.asked, turn.different, turn.answer)
                for turn in conversation.turns
            ],
            conversation.language,
            corpus_name=self.corpus_name,
            model=status.embedder,
            when=now,
        )
        return {"name": f"beleg-{now:%Y%m%d-%H%M%S}.md", "text": text}

    def corpus(self, language: str, notice: Notice | None = None, *, fresh: bool = False) -> Value:
        """The corpus panel."""
        status = self.desk.folder.status(fresh=fresh)
        return corpus_value(status, language, self.desk.drafter, self.desk.loaded, notice)

    def sync(self, language: str) -> Iterator[Value]:
        """Bring the index up to date, telling how far it is."""
        say = PAGE_WORDS[language]
        notice = Notice(say["preparing"])
        yield self.corpus(language, notice)
        try:
            for event in self.desk.sync():
                notice = sync_notice(event, say)
                if isinstance(event, SyncReport):
                    break
                yield self.corpus(language, notice)
        except AssistantError as error:
            notice = Notice(error.message, problem=True, hint=error.hint)
        yield self.corpus(language, notice, fresh=True)

    def upload(
        self, paths: Sequence[str], names: Sequence[str], language: str, *, replacing: bool = False
    ) -> tuple[Notice, list[str], list[str]]:
        """Take articles into the folder.

        Returns:
            What to tell, names that exist already, names taken.
        """
        taken, existing, problems = [], [], []
        for path, name in zip(paths, names, strict=True):
            try:
                taken.append(
                    save_upload(Path(path), name, self.desk.folder.corpus, replace=replacing)
                )
            except UploadExistsError:
                existing.append(name)
            except AssistantError as error:
                problems.append(error)
        return upload_notice(taken, existing, problems, PAGE_WORDS[language]), existing, taken
