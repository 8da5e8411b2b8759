"""Answers as text for a terminal, and as JSON for programs. Pure.

Article text is shown as it stands, except that control and direction characters, which
could change what a terminal shows, are written as escapes.
"""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import PurePath
from typing import Any

from index.sync import SyncReport
from index.types import Change, Hit
from rag.types import AbstainReason, Answer, Citation, Notice, Quote
from ui.words import WORDS

_HARMLESS = "\n\u00ad\u200c\u200d"  # soft hyphen; joiners, part of ordinary words and emoji


def answer_text(answer: Answer, corpus: PurePath) -> str:
    """An answer for the terminal.

    Args:
        answer: the answer.
        corpus: folder of the articles, as the user named it; put before each file name.
    """
    say = WORDS[answer.language]
    blocks = [abstention_text(answer, corpus) if answer.abstained else _quotes(answer, corpus)]
    blocks += [f"{say['note']}: {notice_text(notice, say)}" for notice in answer.notices]
    return "\n\n".join(blocks)


def abstention_text(answer: Answer, corpus: PurePath) -> str:
    """Why there is no answer, and what came nearest."""
    say = WORDS[answer.language]
    assert answer.abstention is not None
    reason = say[f"abstain_{answer.abstention.reason.value}"]
    terms = ", ".join(f"»{shown(term)}«" for term in answer.abstention.terms)
    if answer.abstention.reason is AbstainReason.UNKNOWN_TERMS:
        reason = reason.format(terms=terms)
    lines = [f"{say['no_answer']} {reason}"]
    if answer.nearest:
        lines += ["", say["nearest"]]
        for quote in answer.nearest:
            lines.append(f"  – {_inline(quote)}\n    {place(quote, corpus)}")
    return "\n".join(lines)


def notice_text(notice: Notice, say: Mapping[str, str]) -> str:
    """One notice in words."""
    details = "; ".join(_one_line(detail) for detail in notice.details)
    return say[f"notice_{notice.kind.value}"].format(details=details)


def place(quote: Quote, corpus: PurePath) -> str:
    """Where a quote stands, as ``folder/file:line``."""
    return _one_line(str(corpus / quote.source))


def hits_text(hits: Sequence[Hit], corpus: PurePath) -> str:
    """Ranked passages for the terminal, one block each."""
    blocks = []
    for hit in hits:
        passage = hit.passage
        where = _one_line(f"{corpus / passage.article_id}:{passage.line_start}-{passage.line_end}")
        text = " ".join(shown(passage.text).split())
        blocks.append(f"{hit.rank:3}  {hit.score:.4f}  {where}\n     {_cut(text, 240)}")
    return "\n".join(blocks)


def hits_json(hits: Sequence[Hit]) -> str:
    """Ranked passages for programs: a JSON list."""
    return json.dumps([asdict(hit) for hit in hits], ensure_ascii=False, indent=2)


def sync_text(report: SyncReport, seconds: float, say: Mapping[str, str]) -> str:
    """What a sync did, as a small table with the unreadable articles below."""
    lines = [
        f"{say[f'change_{change.value}']:>12}  {report.count(change)}"
        for change in Change
        if report.count(change)
    ]
    counts = say["sync_counts"].format(
        passages=report.passages, embedded=report.embedded, reused=report.reused, seconds=seconds
    )
    lines.append(counts)
    lines += [f"{say['skipped']}: {shown(s.path)}: {shown(s.reason)}" for s in report.skipped]
    for error in report.errors:
        lines.append(f"{say['left_out']}: {shown(error.message)}")
        lines += [f"  {say['hint']}: {shown(error.hint)}"] if error.hint else []
    return "\n".join(lines)


def answer_json(answer: Answer, corpus: PurePath) -> str:
    """An answer for programs: one JSON object, UTF-8, stable field names."""
    values: dict[str, Any] = asdict(answer)
    values["abstained"] = answer.abstained
    values["corpus"] = str(corpus)
    if answer.abstention:
        values["abstention"]["reason"] = answer.abstention.reason.value
    for claim, values_of_claim in zip(answer.claims, values["claims"], strict=True):
        values_of_claim["verdict"]["label"] = claim.verdict.label.value
    for notice, values_of_notice in zip(answer.notices, values["notices"], strict=True):
        values_of_notice["kind"] = notice.kind.value
    return json.dumps(values, ensure_ascii=False, indent=2)


def shown(text: str) -> str:
    r"""Text that cannot change what a terminal shows.

    Control, format and separator characters other than the line feed become escapes
    (``\x1b``, ``\u202e``), those of no effect (BOM, CR) are left out; all else stays.
    """
    return "".join(char if _harmless(char) else _escape(char) for char in text)


def _one_line(text: str) -> str:
    """A file name or message; a line feed in it could pretend to be another line."""
    return shown(text).replace("\n", "\\x0a")


def _harmless(char: str) -> bool:
    return char in _HARMLESS or unicodedata.category(char) not in {
        "Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp",
    }  # fmt: skip


def _escape(char: str) -> str:
    code = ord(char)
    if char == "\t":
        return " "
    if char in "\r\ufeff":
        return ""
    return f"\\x{code:02x}" if code < 256 else f"\\u{code:04x}"


def _quotes(answer: Answer, corpus: PurePath) -> str:
    say = WORDS[answer.language]
    intro = say["answer_several"] if len(answer.citations) > 1 else say["answer_one"]
    return "\n\n".join([intro, *(_card(c, corpus, say) for c in answer.citations)])


def _card(citation: Citation, corpus: PurePath, say: Mapping[str, str]) -> str:
    mark = f"[{citation.number}] "
    lines = [mark + _block(citation.quote.text, len(mark))]
    lines.append(" " * len(mark) + place(citation.quote, corpus))
    for quote in citation.also:
        lines.append(" " * len(mark) + f"{say['also']} {place(quote, corpus)}")
    return "\n".join(lines)


def _block(text: str, indent: int) -> str:
    """A quote, unwrapped, each line of the file on a line of its own."""
    lines = [line for line in shown(text).split("\n") if line.strip()]
    return f"\n{' ' * indent}".join(lines)


def _inline(quote: Quote) -> str:
    return _cut(" ".join(shown(quote.text).split()), 160)


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[: most - 2].rstrip()} …"
