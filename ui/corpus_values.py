"""What the corpus panel shows, as plain values. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from index.errors import AssistantError
from index.sync import SyncReport
from ui.chat_values import one_line
from ui.chat_words import PAGE_WORDS
from ui.desk import SyncStep
from ui.folder import Status
from ui.render import shown, sync_text

MOST_ARTICLES = 500
"""Articles listed; of more, only the number is told."""


@dataclass(frozen=True, slots=True)
class Notice:
    """What the panel has to say about the last thing done.

    Args:
        text: the message.
        problem: whether something is wrong.
        hint: what to do about it.
        done: share of the work done, in [0, 1]; None where there is nothing to wait for.
        existing: names of uploads that wait for a decision.
    """

    text: str
    problem: bool = False
    hint: str = ""
    done: float | None = None
    existing: tuple[str, ...] = ()


def corpus_value(
    status: Status, language: str, drafter: str, loaded: bool, notice: Notice | None
) -> dict[str, Any]:
    """The panel.

    Args:
        status: what is there.
        language: of the interface.
        drafter: name of the answer model; empty for none.
        loaded: whether the models are in memory.
        notice: what was done last.
    """
    say = PAGE_WORDS[language]
    listed = status.articles[:MOST_ARTICLES]
    more = len(status.articles) - len(listed)
    value: dict[str, Any] = {
        "say": dict(say),
        "articles": [
            {"name": one_line(name), "lines": say["corpus_lines"].format(lines=lines)}
            for name, lines in listed
        ],
        "more": say["more"].format(count=more) if more else "",
        "facts": _facts(status, drafter, language),
        "stale": status.stale,
        "state": shown(status.problem) or say["stale" if status.stale else "fresh"],
        "loading": "" if loaded else say["preparing"],
    }
    if notice is not None:
        value["notice"] = {
            "text": shown(notice.text),
            "hint": shown(notice.hint),
            "problem": notice.problem,
            "done": notice.done,
            "existing": [one_line(name) for name in notice.existing],
        }
    return value


def _facts(status: Status, drafter: str, language: str) -> list[list[str]]:
    say = PAGE_WORDS[language]
    return [
        [say["corpus"], str(len(status.articles))],
        [say["passages"], str(status.passages)],
        [say["last_sync"], _when(status.created, language)],
        [say["model"], one_line(status.embedder)],
        [say["drafter"], one_line(drafter) or say["drafter_none"]],
    ]


def sync_notice(event: SyncStep | SyncReport, say: Mapping[str, str]) -> Notice:
    """How far a sync is, or what it did."""
    if isinstance(event, SyncReport):
        text = sync_text(event, 0.0, say)
        return Notice(f"{say['synced']}\n{text}", problem=bool(event.errors))
    rate = event.done / event.seconds if event.seconds > 0 else 0.0
    left = f"{(event.total - event.done) / rate:.0f}" if rate else "?"
    text = say["syncing"].format(
        done=event.done,
        total=event.total,
        rate=f"{rate:.1f}".replace(".", say["decimal"]),
        left=left,
    )
    return Notice(text, done=event.done / event.total if event.total else 1.0)


def upload_notice(
    taken: Sequence[str],
    existing: Sequence[str],
    problems: Sequence[AssistantError],
    say: Mapping[str, str],
) -> Notice:
    """What became of uploads."""
    lines = [say["uploaded"].format(names=", ".join(map(one_line, taken)))] if taken else []
    lines += [say["exists"].format(name=one_line(name)) for name in existing]
    lines += [error.message for error in problems]
    hint = " ".join(dict.fromkeys(error.hint for error in problems if error.hint))
    return Notice("\n".join(lines), bool(problems), hint, existing=tuple(existing))


def _when(created: str, language: str) -> str:
    if not created:
        return "–"
    moment = datetime.fromisoformat(created).astimezone()
    return moment.strftime("%d.%m.%Y, %H:%M" if language == "de" else "%Y-%m-%d, %H:%M")
