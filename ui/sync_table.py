"""What a sync did or would do: a table and a line for a terminal, JSON for programs. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from index.sync import ArticleChange, SyncReport
from index.types import Change
from ui.render import json_line, left_out_lines, one_line

Words = Mapping[str, str]

_MOST_NAMES = 20  # under the table
_MOST_NAMES_IN_LINE = 3


def table_text(report: SyncReport, seconds: float, say: Words) -> str:
    """One row for each kind of change, the total below; then names and what was left out.

    A preview names every change, a sync the first 20.

    Args:
        report: what a sync did, or would do.
        seconds: how long it took.
        say: the words.
    """
    lines = [say["dry_run"]] if report.dry_run else []
    lines += _aligned(_rows(report, seconds, say))
    changes = _changes(report)
    most = len(changes) if report.dry_run else _MOST_NAMES
    lines += [f"  {say[f'change_{c.change.value}']}: {_name(c)}" for c in changes[:most]]
    if len(changes) > most:
        lines.append(f"  {say['more_changes'].format(count=len(changes) - most)}")
    return "\n".join([*lines, *left_out_lines(report, say)])


def line_text(report: SyncReport, seconds: float, say: Words, now: datetime) -> str:
    """What a sync did on one line: time, articles by kind of change, passages."""
    parts = []
    for change in Change:
        entries = [entry for entry in _changes(report) if entry.change is change]
        if entries:
            names = [_name(entry) for entry in entries[:_MOST_NAMES_IN_LINE]]
            if more := len(entries) - len(names):
                names.append(say["more_changes"].format(count=more))
            parts.append(f"{len(entries)} {say[f'change_{change.value}']} ({', '.join(names)})")
    counts = say["watch_counts"].format(
        passages=report.passages, embedded=report.embedded, seconds=_decimal(seconds, say)
    )
    return f"{now:%H:%M:%S}  {', '.join(parts) or say['watch_nothing']}; {counts}"


def sync_json(report: SyncReport, seconds: float, **more: object) -> str:
    """What a sync did, for programs: one JSON object.

    `reused` and `embedded` count the passages of added and changed articles; in `table`,
    the passages of renamed and unchanged articles count as reused as well.

    Args:
        report: what a sync did, or would do.
        seconds: how long it took.
        more: further keys.
    """
    tallies = {change.value: report.tally(change) for change in Change}
    values: dict[str, Any] = {kind: tally.articles for kind, tally in tallies.items()}
    values |= {
        "generation": report.generation,
        "passages": report.passages,
        "reused": report.reused,
        "embedded": report.embedded,
        "dry_run": report.dry_run,
        "table": {
            kind: {
                "articles": tally.articles,
                "passages": tally.passages,
                "reused": tally.reused,
                "embedded": tally.embedded,
            }
            for kind, tally in tallies.items()
        },
        "changes": [_change_values(change) for change in _changes(report)],
        "errors": [
            {"article": e.path, "message": e.message, "hint": e.hint} for e in report.errors
        ],
        "skipped": [{"path": entry.path, "reason": entry.reason} for entry in report.skipped],
        "seconds": round(seconds, 3),
    }
    return json_line(values | more)


def _rows(report: SyncReport, seconds: float, say: Words) -> list[list[str]]:
    """The cells; kinds without an article are left out, what does not apply is a dash."""
    embedded = say["table_to_embed" if report.dry_run else "table_embedded"]
    head = ["", say["articles"], say["table_passages"], say["table_reused"], embedded]
    rows = [[*head, say["table_seconds"]]]
    articles = reused = 0
    for change in Change:
        tally = report.tally(change)
        if not tally.articles:
            continue
        cells = [say[f"change_{change.value}"], str(tally.articles), str(tally.passages)]
        if change is Change.REMOVED:
            rows.append([*cells, "–", "–", ""])
        else:
            rows.append([*cells, str(tally.reused), str(tally.embedded), ""])
            articles += tally.articles
            reused += tally.reused
    total = say["table_total_then" if report.dry_run else "table_total"]
    counts = [str(count) for count in (articles, report.passages, reused, report.embedded)]
    return [*rows, [total, *counts, _decimal(seconds, say)]]


def _aligned(rows: Sequence[Sequence[str]]) -> list[str]:
    """Columns two spaces apart: the first to the left, numbers to the right."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = []
    for label, *cells in rows:
        numbers = (cell.rjust(width) for cell, width in zip(cells, widths[1:], strict=True))
        lines.append("  ".join([label.ljust(widths[0]), *numbers]).rstrip())
    return lines


def _changes(report: SyncReport) -> list[ArticleChange]:
    return [change for change in report.changes if change.change is not Change.UNCHANGED]


def _name(change: ArticleChange) -> str:
    name = one_line(change.article_id)
    return f"{one_line(change.old_id)} → {name}" if change.old_id else name


def _change_values(change: ArticleChange) -> dict[str, object]:
    return {
        "article": change.article_id,
        "change": change.change.value,
        "old": change.old_id or None,
        "passages": change.passages,
        "reused": change.reused,
        "embedded": change.embedded,
    }


def _decimal(seconds: float, say: Words) -> str:
    return f"{seconds:.1f}".replace(".", say["decimal"])
