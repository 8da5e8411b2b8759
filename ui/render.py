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

from index.manifest import Manifest
from index.sync import ArticleChange, SyncReport
from index.types import Change, Hit
from rag.types import AbstainReason, Answer, Citation, Notice, Quote
from ui.words import WORDS

_HARMLESS_IN_JSON = frozenset(map(chr, range(32, 127)))
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
            lines.append(f"  – {_inline(quote)}\n    {place(quote, corpus, say)}")
    return "\n".join(lines)


def notice_text(notice: Notice, say: Mapping[str, str]) -> str:
    """One notice in words."""
    details = "; ".join(one_line(detail) for detail in notice.details)
    return say[f"notice_{notice.kind.value}"].format(details=details)


def place(quote: Quote, corpus: PurePath, say: Mapping[str, str]) -> str:
    """Where a quote stands, as ``folder/file:line``, with its page if there are pages."""
    return one_line(str(corpus / quote.source)) + page(quote, say)


def page(quote: Quote, say: Mapping[str, str]) -> str:
    """`` (p. 3)`` or `` (p. 3–4)``; empty if the format has no pages."""
    if not quote.page_start:
        return ""
    last = f"–{quote.page_end}" if quote.page_end != quote.page_start else ""
    return f" ({say['page']} {quote.page_start}{last})"


def about(quote: Quote) -> str:
    """Title, author, date and source of the article on one line; empty if none is known."""
    facts = quote.facts
    known = (facts.title, facts.author, facts.date, facts.source)
    return " · ".join(one_line(fact) for fact in known if fact)


def hits_text(hits: Sequence[Hit], corpus: PurePath) -> str:
    """Ranked passages for the terminal, one block each."""
    blocks = []
    for hit in hits:
        passage = hit.passage
        where = one_line(f"{corpus / passage.article_id}:{passage.line_start}-{passage.line_end}")
        text = " ".join(shown(passage.text).split())
        blocks.append(f"{hit.rank:3}  {hit.score:.4f}  {where}\n     {_cut(text, 240)}")
    return "\n".join(blocks)


def hits_json(hits: Sequence[Hit]) -> str:
    """Ranked passages for programs: one JSON object a line."""
    return "\n".join(
        json_line(hit_values(hit) | {"rank": hit.rank, "text": hit.passage.text}) for hit in hits
    )


def sync_text(report: SyncReport, seconds: float, say: Mapping[str, str]) -> str:
    """What a sync did, one kind of change a line; `ui.sync_table` draws the table."""
    lines = [
        f"{say[f'change_{change.value}']:>12}  {report.count(change)}"
        for change in Change
        if report.count(change)
    ]
    counts = say["sync_counts"].format(
        passages=report.passages, embedded=report.embedded, reused=report.reused, seconds=seconds
    )
    return "\n".join([*lines, counts, *left_out_lines(report, say)])


def left_out_lines(report: SyncReport, say: Mapping[str, str]) -> list[str]:
    """What a sync did not follow, and the articles that it could not use, with the remedy."""
    lines = [f"{say['skipped']}: {shown(s.path)}: {shown(s.reason)}" for s in report.skipped]
    for error in report.errors:
        lines.append(f"{say['left_out']}: {shown(error.message)}")
        lines += [f"  {say['hint']}: {shown(error.hint)}"] if error.hint else []
    return lines


def check_text(
    damaged: Sequence[str],
    pending: Sequence[ArticleChange],
    manifest: Manifest | None,
    say: Mapping[str, str],
) -> str:
    """What a check found, one finding a line."""
    lines = [one_line(finding) for finding in damaged]
    if manifest is not None:
        counts = f"{manifest.articles} {say['articles']}, {manifest.passages} {say['passage']}"
        lines.append(f"{counts}, {manifest.model}")
    for change in pending:
        lines.append(f"{say[f'change_{change.change.value}']}: {one_line(change.article_id)}")
    if not damaged:
        lines.append(say["check_stale"] if pending else say["check_ok"])
    return "\n".join(lines)


def check_json(
    damaged: Sequence[str],
    pending: Sequence[ArticleChange],
    manifest: Manifest | None,
    say: Mapping[str, str],
) -> str:
    """What a check found, for programs: one JSON object."""
    return json_line(
        {
            "ok": not damaged and not pending,
            "corrupt": list(damaged),
            "stale": [{"article": c.article_id, "change": c.change.value} for c in pending],
            "articles": manifest.articles if manifest else None,
            "passages": manifest.passages if manifest else None,
            "model": str(manifest.model) if manifest else None,
        }
    )


def answer_json(answer: Answer, seconds: float) -> str:
    """An answer for programs: one JSON object on one line.

    `answer` is the bare text without marks, null when abstained; `quotes` are all quotes of
    the answer, those of each claim stand with the claim as well. Article names are relative
    to the corpus.
    """
    return json_line(answer_values(answer, seconds))


def answer_values(answer: Answer, seconds: float) -> dict[str, Any]:
    """An answer as plain values; see `answer_json`."""
    cited = {
        citation.number: [_quote_values(quote) for quote in (citation.quote, *citation.also)]
        for citation in answer.citations
    }
    separator = "; " if answer.drafted else "\n"
    return {
        "question": answer.question,
        "answer": None
        if answer.abstained
        else separator.join(claim.text for claim in answer.claims),
        "abstained": answer.abstained,
        "reason": answer.abstention.reason.value if answer.abstention else None,
        "claims": [
            {
                "text": claim.text,
                "verdict": claim.verdict.label.value,
                "quotes": [quote for number in claim.citations for quote in cited[number]],
            }
            for claim in answer.claims
        ],
        "quotes": [quote for quotes in cited.values() for quote in quotes],
        "hits": [hit_values(hit) for hit in answer.hits],
        "seconds": round(seconds, 3),
        "confidence": round(answer.confidence, 3),
        "missing": list(answer.abstention.terms) if answer.abstention else [],
        "nearest": [_quote_values(quote) for quote in answer.nearest],
        "notices": [{"kind": n.kind.value, "details": list(n.details)} for n in answer.notices],
    }


def _quote_values(quote: Quote) -> dict[str, Any]:
    return {
        "article": quote.article_id,
        "sha256": quote.sha256,
        "line_start": quote.line_start,
        "line_end": quote.line_end,
        "start": quote.start,
        "end": quote.end,
        "text": quote.text,
        "extract": quote.extract or None,
        "page_start": quote.page_start or None,
        "page_end": quote.page_end or None,
        "facts": {name: value for name, value in asdict(quote.facts).items() if value},
    }


def hit_values(hit: Hit) -> dict[str, Any]:
    """Where a passage stands and how well it fits."""
    return {
        "article": hit.passage.article_id,
        "line_start": hit.passage.line_start,
        "line_end": hit.passage.line_end,
        "score": round(hit.score, 6),
    }


def json_line(values: Mapping[str, Any]) -> str:
    """One line of JSON, control and direction characters escaped: harmless on a terminal."""
    text = json.dumps(values, ensure_ascii=False)
    return "".join(
        char if char in _HARMLESS_IN_JSON or _harmless(char) else json.dumps(char)[1:-1]
        for char in text
    )


def shown(text: str) -> str:
    r"""Text that cannot change what a terminal shows.

    Control, format and separator characters other than the line feed become escapes
    (``\x1b``, ``\u202e``), those of no effect (BOM, CR) are left out; all else stays.
    """
    return "".join(char if _harmless(char) else _escape(char) for char in text)


def one_line(text: str) -> str:
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
    intro = f"{say['answer']}: {one_line(answer.text)}" if answer.drafted else say["quoted"]
    return "\n\n".join([intro, *(_card(c, corpus, say) for c in answer.citations)])


def _card(citation: Citation, corpus: PurePath, say: Mapping[str, str]) -> str:
    mark = f"[{citation.number}] "
    lines = [mark + _block(citation.quote.text, len(mark))]
    below = [place(citation.quote, corpus, say), about(citation.quote)]
    below += [f"{say['also']} {place(quote, corpus, say)}" for quote in citation.also]
    return "\n".join([*lines, *(" " * len(mark) + line for line in below if line)])


def _block(text: str, indent: int) -> str:
    """A quote, unwrapped, each line of the file on a line of its own."""
    lines = [line for line in shown(text).split("\n") if line.strip()]
    return f"\n{' ' * indent}".join(lines)


def _inline(quote: Quote) -> str:
    return _cut(" ".join(shown(quote.text).split()), 160)


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[: most - 2].rstrip()} …"
