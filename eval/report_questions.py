"""The questions of a report, each with what every system said; failures first.

Questions and articles are shown as text, with hidden characters made visible. Pure; no I/O.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from eval.plots import STYLES
from eval.report_values import (
    NONE,
    Values,
    estimate,
    h,
    items,
    mapping,
    mappings,
    number,
    percent,
    seconds,
    text,
    words_of,
)

MOST_QUESTIONS = 1000
"""More would make a page that a telephone does not open."""
_MARK = re.compile(r"\[\d+\]")
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}")
_LINE = re.compile(r"[0-9]{1,12}")
_SIGNS = {True: ("yes", "✓", "right"), False: ("no", "✗", "wrong")}


@dataclass(frozen=True, slots=True)
class Entry:
    """A question and its results.

    Args:
        asked: what all systems share: question, gold lines, accepted answers.
        results: number of the system, its name and what it said.
    """

    asked: Values
    results: tuple[tuple[int, str, Values], ...]

    @property
    def wrong(self) -> list[int]:
        """Numbers of the systems that failed."""
        return [i for i, _, result in self.results if result.get("ok") is False]

    @property
    def verdicts(self) -> list[str]:
        """What the filter can ask for."""
        wrong = self.wrong
        found = ["wrong"] if wrong else ["right"]
        found += ["differ"] if 0 < len(wrong) < len(self.results) else []
        return found + [f"wrong-{i}" for i in wrong]


def entries(systems: Sequence[tuple[str, Values]]) -> list[Entry]:
    """The questions of all systems, matched by id: those that failed most often first."""
    found: dict[str, list[tuple[int, str, Values]]] = {}
    for i, (name, system) in enumerate(systems):
        for place, result in enumerate(mappings(system.get("results"))):
            key = f"#{place}" if result.get("id") is None else text(result["id"])
            found.setdefault(key, []).append((i, name, result))
    merged = [Entry(results[0][2], tuple(results)) for results in found.values()]
    return sorted(merged, key=lambda entry: -len(entry.wrong))


def question_section(systems: Sequence[tuple[str, Values]], said: object) -> str:
    """Questions with their filters, at most `MOST_QUESTIONS`, or why there are none.

    Args:
        systems: name and report of each system.
        said: number of questions in the set, as the report has it.
    """
    every = entries(systems)
    found = every[:MOST_QUESTIONS]
    if not found:
        count = number(said)
        size = f"; the set has {count:.0f} questions" if count else ""
        told = f"This report holds no single questions{size}. Large sets are reported in sum only."
        return f'<p class="empty">{h(told)}</p>'
    missing = [number(system.get("results_left_out")) or 0 for _, system in systems]
    left_out = len(every) - len(found) + int(max(missing))
    parts = [_left_out(left_out)] if left_out else []
    parts.append(_filters(found, [name for name, _ in systems]))
    failed = [entry for entry in found if entry.wrong]
    rest = [entry for entry in found if not entry.wrong]
    for title, group in (("Failures", failed), ("No failure", rest)):
        if group:
            parts.append(f'<h3>{title} <span class="quiet">{len(group)}</span></h3>')
            parts.append(f'<div class="questions">{"".join(map(question, group))}</div>')
    return "".join(parts)


def _left_out(count: int) -> str:
    told = f"{count} questions more are in the numbers but not on this page; failures come first."
    return f'<p class="empty">{h(told)}</p>'


def _filters(found: Sequence[Entry], names: Sequence[str]) -> str:
    verdicts = [("wrong", "any failure"), ("right", "no failure")]
    if len(names) > 1:
        verdicts += [("differ", "the systems differ")]
        verdicts += [(f"wrong-{i}", f"{name} failed") for i, name in enumerate(names)]
    choices = [_select("verdict", "Verdict", verdicts)]
    for field in ("split", "kind", "language"):
        values = sorted({text(entry.asked.get(field)) for entry in found} - {NONE})
        options = [(value, words_of(value)) for value in values]
        choices.append(_select(field, field.capitalize(), options) if len(values) > 1 else "")
    search = '<label>Search <input type="search" name="search"></label>'
    buttons = '<button type="button">Open all</button><output aria-live="polite"></output>'
    return f'<div class="filters" hidden>{"".join(choices)}{search}{buttons}</div>'


def _select(name: str, label: str, options: Iterable[tuple[str, str]]) -> str:
    rows = "".join(f'<option value="{h(value)}">{h(told)}</option>' for value, told in options)
    every = '<option value="">all</option>'
    return f'<label>{label} <select name="{name}">{every}{rows}</select></label>'


def question(entry: Entry) -> str:
    """One question, closed: verdicts and question; open: answers, quotes and gold lines."""
    asked = entry.asked
    marks = "".join(_mark(i, name, result.get("ok")) for i, name, result in entry.results)
    failures = dict.fromkeys(text(r.get("failure")) for _, _, r in entry.results)
    reasons = [reason for reason in failures if reason != NONE]
    tags = [text(asked.get(key)) for key in ("kind", "split", "language", "id")]
    tagged = h(" · ".join([words_of(tags[0]), *tags[1:]]))
    data = "".join(f' data-{key}="{h(asked.get(key))}"' for key in ("split", "kind", "language"))
    why = f' <span class="why">{h("; ".join(reasons))}</span>' if reasons else ""
    replies = "".join(_reply(i, name, result) for i, name, result in entry.results)
    return (
        f'<details class="q" data-verdict="{" ".join(entry.verdicts)}"{data}><summary>'
        f'<span class="marks">{marks}</span><span class="asked"{_lang(asked)} dir="auto">'
        f'{h(asked.get("question"))}</span><span class="tags">{tagged}{why}</span></summary>'
        f'<div class="body">{_truth(asked)}<div class="replies">{replies}</div></div></details>'
    )


def _mark(i: int, name: str, ok: object) -> str:
    style, sign, told = _verdict(ok)
    return f'<span class="mark {style}" title="{h(name)}: {told}">{sign}<i> {told}</i></span>'


def _verdict(ok: object) -> tuple[str, str, str]:
    """Class, sign and word of a verdict."""
    return _SIGNS[ok] if isinstance(ok, bool) else ("open", "?", "not judged")


def _lang(asked: Values) -> str:
    language = asked.get("language")
    known = isinstance(language, str) and _LANGUAGE.fullmatch(language)
    return f' lang="{language}"' if known else ""


def _truth(asked: Values) -> str:
    if asked.get("answerable") is False:
        return '<p class="truth">The articles do not answer this: silence is right.</p>'
    answers = [f"<bdi>{h(answer)}</bdi>" for answer in items(asked.get("answers"))]
    lines = [f"<code>{h(line)}</code>" for line in items(asked.get("gold"))]
    return (
        f'<dl class="truth"><dt>Accepted</dt><dd>{" <b>or</b> ".join(answers) or NONE}</dd>'
        f"<dt>Gold lines</dt><dd>{' '.join(lines) or NONE}</dd></dl>"
    )


def _reply(i: int, name: str, result: Values) -> str:
    style, sign, told = _verdict(result.get("ok"))
    failure = f": {h(result['failure'])}" if result.get("failure") else ""
    every = mappings(result.get("quotes"))
    quotes = [quote for quote in every if quote.get("also") is not True]
    nearest = mappings(result.get("nearest"))
    parts = [_silence(result) if result.get("abstained") is True else _answer(result, quotes)]
    parts += [_claims(result)]
    for place, quote in enumerate(quotes, 1):
        same = [
            q for q in every if q.get("also") is True and q.get("number") == quote.get("number")
        ]
        parts.append(_quote(quote, place, result, same))
    if nearest:
        shown = "".join(_quote(quote, None, result) for quote in nearest)
        parts.append(f'<div class="nearest"><p>Nearest, not offered as an answer:</p>{shown}</div>')
    parts.append(_facts(result))
    return (
        f'<section class="reply"><h4><span class="key s{i % STYLES}"></span>{h(name)} '
        f'<span class="mark {style}">{sign} {told}{failure}</span></h4>{"".join(parts)}</section>'
    )


def _silence(result: Values) -> str:
    terms = ", ".join(f"»{text(term)}«" for term in items(result.get("terms")))
    reason = words_of(text(result.get("reason")))
    return f'<p class="answer silent">No answer: {h(reason)}{h(f" ({terms})") if terms else ""}</p>'


def _answer(result: Values, quotes: Sequence[Values]) -> str:
    said = text(result.get("text"))
    rest = said
    for quote in quotes:
        rest = rest.replace(text(quote.get("text")), "")
    if quotes and not _MARK.sub("", rest).strip():
        return '<p class="told">The answer is its quotes, word for word:</p>'
    return f'<p class="answer" dir="auto">{_highlighted(said, result)}</p>'


def _claims(result: Values) -> str:
    """The statements and their verdicts, where there is more to say than the answer does."""
    claims = mappings(result.get("claims"))
    labels = [mapping(claim.get("verdict")) or {"label": claim.get("verdict")} for claim in claims]
    told = [text(label.get("label")) for label in labels]
    if not claims or (len(claims) == 1 and told[0] in (NONE, "SUPPORTED")):
        return ""
    rows = "".join(
        f'<li dir="auto">{h(claim.get("text"))} <small>{h(words_of(label.lower()))}</small></li>'
        for claim, label in zip(claims, told, strict=True)
    )
    return f'<ul class="claims">{rows}</ul>'


def _quote(quote: Values, place: int | None, result: Values, same: Sequence[Values] = ()) -> str:
    gold = any(_is_gold(each, result) for each in (quote, *same))
    also = "".join(f"<br>also {_place(other, result)}" for other in same)
    mark = f"[{h(quote.get('number') or place)}] " if place is not None else ""
    digest = text(quote.get("sha256"))[:12]
    where = f"characters {h(quote.get('start'))}–{h(quote.get('end'))} · sha256 {h(digest)}"
    return (
        f'<blockquote class="{"quote gold" if gold else "quote"}"><p dir="auto">'
        f'<span class="number">{mark}</span>{_highlighted(text(quote.get("text")), result)}</p>'
        f"<footer>{_place(quote, result)} <small>{where}</small>{also}</footer>"
        "</blockquote>"
    )


def _place(quote: Values, result: Values) -> str:
    badge = ' <span class="badge">gold line</span>' if _is_gold(quote, result) else ""
    return f"<code>{h(_source(quote))}</code>{badge}"


def _source(quote: Values) -> str:
    first, last = quote.get("line_start"), quote.get("line_end")
    lines = text(first) if last in (None, first) else f"{text(first)}-{text(last)}"
    return f"{text(quote.get('article_id'))}:{lines}".replace("\n", "\\x0a")


def _is_gold(quote: Values, result: Values) -> bool:
    first, last = number(quote.get("line_start")), number(quote.get("line_end"))
    if first is None:
        return False
    lines = range(int(first), int(first if last is None else last) + 1)
    for entry in items(result.get("gold")):
        article, _, line = text(entry).rpartition(":")
        if article == quote.get("article_id") and _LINE.fullmatch(line) and int(line) in lines:
            return True
    return False


def _highlighted(said: str, result: Values) -> str:
    """Text with the accepted answers marked in it."""
    accepted = sorted((text(a) for a in items(result.get("answers")) if a), key=len, reverse=True)
    if not accepted:
        return h(said)
    pieces = re.split(f"({'|'.join(map(re.escape, accepted))})", said)
    return "".join(
        f"<mark>{h(piece)}</mark>" if i % 2 else h(piece) if piece else ""
        for i, piece in enumerate(pieces)
    )


def _facts(result: Values) -> str:
    facts = [f"confidence {percent(number(result.get('confidence')))}"]
    facts.append(f"{seconds(number(result.get('latency_s')))}")
    for name, value in mapping(result.get("metrics")).items():
        score = estimate(value)[0]
        if score is not None:
            facts.append(f"{words_of(name)} {score:.4g}")
    return f'<p class="facts">{h(" · ".join(facts))}</p>'
