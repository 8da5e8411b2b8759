"""The numbers of a report: one sentence for each system, cards, comparison, tables.

Faithfulness never stands alone: each card about quotes also says which share of the
questions was answered. Pure; no I/O.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from eval.plots import STYLES, interval
from eval.report_values import (
    NONE,
    Values,
    estimate,
    h,
    mapping,
    number,
    percent,
    seconds,
    three,
    words_of,
)


@dataclass(frozen=True, slots=True)
class Card:
    """One of the headline numbers.

    Args:
        title: what it is, in the reader's words.
        told: what it means.
        keys: names that the metric may have; the first one found counts, also with ``@k``.
        faithful: about quotes, so that coverage stands beside it.
        aim: what this project wants on the seeds' questions; None for no aim.
        low_is_good: whether the aim is an upper bound.
    """

    title: str
    told: str
    keys: tuple[str, ...]
    faithful: bool = False
    aim: float | None = None
    low_is_good: bool = False


COVERAGE = ("answered", "coverage")
GOLD = ("gold_line_hit", "gold_line_success")
F1 = ("answer_f1", "token_f1")
SILENT = ("abstention_recall",)
REFUSED = ("false_refusal", "false_refusal_rate")
CARDS = {
    "How often it is right": (
        Card("Right", "A proving line quoted, or silence where there is no answer", ("right",)),
        Card("Proof found", "A line that proves the answer is among the quotes", GOLD, aim=0.9),
        Card("Answer F1", "Words shared with an accepted answer", F1, aim=0.6),
        Card("Coverage", "Answerable questions that were answered", COVERAGE),
    ),
    "How faithful it is when it answers": (
        Card("Quotes verbatim", "Every character as in the file", ("quote_precision",), True, 1),
        Card("Lines right", "The quote stands where it says", ("line_precision",), True, 1),
        Card("Numbers kept", "Numbers stand in the quotes", ("number_fidelity",), True, 1),
        Card("Backed by quotes", "Statements with a valid quote", ("quote_coverage",), True, 0.95),
    ),
    "Whether it knows when to be silent": (
        Card("Rightly silent", "Unanswerable questions not answered", SILENT, aim=0.8),
        Card("Wrongly silent", "Answerable questions not answered", REFUSED, False, 0.1, True),
    ),
}
"""The headline. Source of the aims: issue 3 of this project, for the seeds' questions."""


def find(summary: Values, keys: Sequence[str]) -> object:
    """A metric of a summary by any of its names, whichever part of the summary holds it."""
    metrics, silence = mapping(summary.get("metrics")), mapping(summary.get("abstention"))
    prefixed = {f"abstention_{name}": value for name, value in silence.items()}
    for key in keys:
        for place in (metrics, silence, prefixed, summary):
            for name, value in place.items():
                if name == key or name.startswith((f"{key}@", f"{key}_at_")):
                    return value
    return None


def lead(name: str, number_of: int, summary: Values) -> str:
    """What a system achieved, in a sentence."""
    gold, _, _, n = estimate(find(summary, GOLD))
    silent, refused = (estimate(find(summary, keys))[0] for keys in (SILENT, REFUSED))
    questions = number(summary.get("questions"))
    answerable = number(summary.get("answerable"))
    parts = []
    if gold is not None:
        of = f" {n or answerable:.0f}" if n or answerable else ""
        parts.append(
            f"of the{of} questions that the articles answer, <b>{percent(gold)}</b> got a quote "
            "from a line that proves it"
        )
    if refused is not None:
        parts.append(f"<b>{percent(refused)}</b> of them were wrongly refused")
    if silent is not None:
        left = questions - answerable if questions and answerable is not None else None
        of = f" {left:.0f}" if left else ""
        parts.append(
            f"of the{of} that they do not answer, <b>{percent(silent)}</b> were met with silence"
        )
    told = "; ".join(parts) or "no headline numbers in this report"
    key = f'<span class="key s{number_of % STYLES}"></span>'
    return f'<p class="lead">{key}<b>{h(name)}</b>: {told}.</p>'


def cards(summaries: Sequence[tuple[str, Values]], with_aims: bool) -> str:
    """The headline numbers, the systems one below the other on the same scale."""
    parts = []
    for title, group in CARDS.items():
        found = "".join(_card(card, summaries, with_aims) for card in group)
        if found:
            parts.append(f'<h3>{h(title)}</h3><div class="cards">{found}</div>')
    return "".join(parts)


def _card(card: Card, summaries: Sequence[tuple[str, Values]], with_aims: bool) -> str:
    lines = [
        _of_system(card, i, name if len(summaries) > 1 else "", summary, with_aims)
        for i, (name, summary) in enumerate(summaries)
    ]
    if not any(lines):
        return ""
    aim = ""
    if with_aims and card.aim is not None:
        bound = "at most" if card.low_is_good else "at least" if card.aim != 1 else ""
        aim = f'<span class="goal">Aim: {bound} {percent(card.aim)}</span>'
    told = f'<p class="told">{h(card.told)}. {aim}</p>'
    return f'<div class="card"><h4>{h(card.title)}</h4>{told}{"".join(lines)}</div>'


def _of_system(card: Card, i: int, name: str, summary: Values, with_aims: bool) -> str:
    value, low, high, n = estimate(find(summary, card.keys))
    if value is None:
        return ""
    aim = card.aim if with_aims else None
    missed = ""
    if aim is not None and (value > aim if card.low_is_good else value < aim):
        missed = f'<span class="missed">{"above" if card.low_is_good else "below"} aim</span>'
    facts = _spread(value, low, high, n)
    if card.faithful:
        facts.append(f"at coverage {percent(estimate(find(summary, COVERAGE))[0])}")
    label = f'<span class="name">{h(name)}</span> ' if name else ""
    return (
        f'<div class="value">{label}<b>{percent(value)}</b> {missed}'
        f"{interval(value, low, high, aim, i)}"
        f'<span class="facts">{h(" · ".join(facts))}</span></div>'
    )


def _spread(value: float, low: float | None, high: float | None, n: int | None) -> list[str]:
    """Interval and n; where all questions are alike, the bootstrap has no interval to give."""
    if n is not None and low == high and value in (0, 1):
        return [f"all of {n}" if value else f"none of {n}"]
    bounds = [f"95\u00a0%: {percent(low)} to {percent(high)}"] if None not in (low, high) else []
    return bounds + ([f"n\u00a0{n}"] if n is not None else [])


def comparison(found: Values) -> str:
    """Two systems on the same questions: difference of F1, and McNemar's test."""
    if not found:
        return ""
    first, second = h(found.get("first") or "first"), h(found.get("second") or "second")
    parts = []
    value, low, high, _ = estimate(found.get("f1_difference"))
    if value is not None:
        bounds = f" (95 %: {_points(low)} to {_points(high)})" if None not in (low, high) else ""
        difference = f"<b>{_points(value)}</b> points{bounds}"
        parts.append(f"<p>Answer F1, {second} minus {first}: {difference}.</p>")
    test = mapping(found.get("mcnemar"))
    if test:
        p = number(test.get("p_value", test.get("p")))
        verdict = "" if p is None else f" McNemar's exact test: p = {p:.3g}. {_weight(p)}"
        parts.append(
            f"<p>Right only in {first}: <b>{h(test.get('only_first'))}</b> questions; right only "
            f"in {second}: <b>{h(test.get('only_second'))}</b>.{verdict}</p>"
        )
    return f"<h3>{first} against {second}</h3>{''.join(parts)}"


def _points(value: float | None) -> str:
    return NONE if value is None else f"{100 * value:+.1f}".replace("-", "−")


def _weight(p: float) -> str:
    return "More than chance." if p < 0.05 else "That may be chance."


def metric_table(caption: str, columns: Sequence[tuple[str, Values]]) -> str:
    """All metrics with their intervals: a row for each, a column for each system."""
    names = _names(metrics for _, metrics in columns)
    heads = "".join(f'<th scope="col">{h(name)}</th>' for name, _ in columns)
    body = "".join(
        f'<tr><th scope="row">{h(words_of(name))}</th>'
        f"{''.join(f'<td>{_cell(metrics.get(name))}</td>' for _, metrics in columns)}</tr>"
        for name in names
    )
    return _table(caption, f"<th></th>{heads}", body) if names else ""


def group_table(caption: str, groups: Values) -> str:
    """All metrics of the parts of a set: a row for each kind or language."""
    rows = [(name, mapping(group)) for name, group in groups.items()]
    measured = _names(mapping(group.get("metrics")) for _, group in rows)
    names = [name for name in measured if any(_value(group, name) is not None for _, group in rows)]
    heads = "".join(f'<th scope="col">{h(words_of(name))}</th>' for name in names)
    body = ""
    for label, group in rows:
        cells = "".join(f"<td>{_figure(name, _value(group, name))}</td>" for name in names)
        row = f'<th scope="row">{h(words_of(label))}</th><td>{h(group.get("questions"))}</td>'
        body += f"<tr>{row}{cells}</tr>"
    return _table(caption, f'<th></th><th scope="col">n</th>{heads}', body) if rows else ""


def all_numbers(summary: Values) -> Values:
    """Every single number of a summary under one name: metrics, abstention, calibration."""
    metrics = mapping(summary.get("metrics"))
    silence = {
        f"abstention_{name}": value
        for name, value in mapping(summary.get("abstention")).items()
        if name not in metrics and f"abstention_{name}" not in metrics
    }
    others = {key: summary[key] for key in ("ece", "aurc", "auroc") if key in summary}
    return {**metrics, **silence, **others}


def _value(group: Values, name: str) -> float | None:
    return estimate(mapping(group.get("metrics")).get(name))[0]


def _names(found: Iterable[Values]) -> list[str]:
    return list(dict.fromkeys(name for metrics in found for name in metrics))


def _cell(value: object) -> str:
    if isinstance(value, int):
        return h(value)
    middle, low, high, n = estimate(value)
    if middle is None:
        return NONE
    bounds = (
        f" <small>({three(low)} to {three(high)})</small>"
        if low is not None and high is not None
        else ""
    )
    count = f" <small>n\u00a0{n}</small>" if n is not None else ""
    return f"{three(middle)}{bounds}{count}"


def _figure(name: str, value: float | None) -> str:
    if value is None:
        return NONE
    return seconds(value) if name.endswith("_s") else three(value)


def _table(caption: str, head: str, body: str) -> str:
    return (
        f'<div class="wide" tabindex="0" role="region" aria-label="{h(caption)}"><table>'
        f"<caption>{h(caption)}</caption><thead><tr>{head}</tr></thead><tbody>{body}</tbody>"
        "</table></div>"
    )
