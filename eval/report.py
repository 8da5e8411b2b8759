"""The report of an evaluation as one HTML file that needs nothing else.

Style, plots and script stand in the file; nothing is loaded, and the page's own policy forbids
it. Everything can be read without scripts. The modules ``eval.report_*`` write the parts.
Takes the report as `eval.run` makes it; runs nothing itself.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Mapping, Sequence
from importlib.resources import files
from typing import Any

from eval.report_figures import Systems, failure_table, figures, results_of
from eval.report_numbers import all_numbers, cards, comparison, group_table, lead, metric_table
from eval.report_questions import question_section
from eval.report_values import Values, h, mapping, mappings, number, slug, text, words_of

_MAIN_SPLITS = ("test", "all")
"""The split shown first: never used for choosing a threshold."""
_TEST_NOTE = (
    "Half of the questions, marked test, may be counted but not learned from: rules and "
    "thresholds are chosen on the others only."
)


def html_report(report: Mapping[str, Any]) -> str:
    """Write a report as one self-contained HTML page.

    Args:
        report: as `eval.run` makes it; what is missing or null is left out, unknown keys are
            ignored.

    Returns:
        The page; encode it as UTF-8.
    """
    values = mapping(report)
    systems = [(name, _loaded(system)) for name, system in mapping(values.get("systems")).items()]
    parts = [
        _header(values),
        _navigation(),
        '<main id="top">',
        *_splits(values, systems),
        _questions(values, systems),
        _provenance(values),
        "</main>",
    ]
    return _page(_title(values), "".join(parts))


def _loaded(system: Any) -> Values:
    """A system with its results read once: the report may hold a file in their place."""
    values = mapping(system)
    return {**values, "results": mappings(values.get("results"))}


def _page(title: str, body: str) -> str:
    style, script = _part("report.css"), _part("report.js")
    policy = (
        f"default-src 'none'; style-src {_digest(style)}; script-src {_digest(script)}; "
        "base-uri 'none'; form-action 'none'"
    )
    return (
        '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f'<meta name="color-scheme" content="light dark"><title>{h(title)}</title>'
        f"<style>{style}</style></head>\n<body>{body}<script>{script}</script></body></html>\n"
    )


def _part(name: str) -> str:
    return files("eval").joinpath(name).read_text(encoding="utf-8")


def _digest(part: str) -> str:
    """The hash by which the page's policy allows its own style and script and no other."""
    digest = base64.b64encode(hashlib.sha256(part.encode()).digest()).decode()
    return f"'sha256-{digest}'"


def _title(values: Values) -> str:
    name = mapping(values.get("set")).get("name")
    return f"Evaluation: {text(name)}" if name else "Evaluation"


def _header(values: Values) -> str:
    questions = mapping(values.get("set"))
    provenance = mapping(values.get("provenance"))
    counts = [
        f"{count:.0f} {words_of(key)}"
        for key in ("questions", "dev", "test")
        if (count := number(questions.get(key))) is not None
    ]
    commit = text(provenance.get("commit"))[:12]
    changed = ", with uncommitted changes" if provenance.get("dirty") is True else ""
    facts = [", ".join(counts), _minute(values.get("created")), f"commit {commit}{changed}"]
    return (
        '<header><p class="brand">Beleg · evaluation report</p>'
        f"<h1>How good are the answers? <em>{h(questions.get('name') or 'Question set')}</em></h1>"
        f'<p class="facts">{h(" · ".join(fact for fact in facts if fact))}</p></header>'
    )


def _minute(created: Any) -> str:
    """A time of ISO 8601, as far as the minute; what is no such time stays as it is."""
    found = re.match(r"(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d)", text(created))
    return f"{found[1]} {found[2]}" if found else text(created)


def _navigation() -> str:
    links = (("numbers", "Numbers"), ("questions", "Questions"), ("provenance", "Provenance"))
    rows = "".join(f'<a href="#{target}">{name}</a>' for target, name in links)
    return f'<nav aria-label="Parts of the report">{rows}</nav>'


def _splits(values: Values, systems: Systems) -> list[str]:
    """A section for each split: the main one open, the others to unfold."""
    names = list(dict.fromkeys(s for _, system in systems for s in mapping(system.get("summary"))))
    if not names:
        return [
            '<section id="numbers"><p class="empty">This report holds no results.</p></section>'
        ]
    main = next((name for name in _MAIN_SPLITS if name in names), names[0])
    compared = comparison(mapping(values.get("comparison")))
    title = f'<h2>In numbers <span class="quiet">{h(main)} questions</span></h2>'
    found = [f'<section id="numbers">{title}{_split(main, values, systems, compared)}</section>']
    for name in names:
        if name != main:
            summary = f"<summary><h2>{h(name)} questions</h2></summary>"
            inside = _split(name, values, systems)
            found.append(f'<details class="split">{summary}{inside}</details>')
    return found


def _split(split: str, values: Values, systems: Systems, compared: str = "") -> str:
    summaries = [
        (name, mapping(mapping(system.get("summary")).get(split))) for name, system in systems
    ]
    results = [results_of(system, split) for _, system in systems]
    settings = mapping(mapping(values.get("provenance")).get("settings"))
    at = settings.get("abstain_below", settings.get("threshold"))
    return "".join(
        [
            *(lead(name, i, summary) for i, (name, summary) in enumerate(summaries)),
            cards(summaries, with_aims=_is_about_seeds(values)),
            compared,
            "<h3>Where it is good and where it fails</h3>",
            failure_table([name for name, _ in systems], results),
            figures(split, summaries, results, at),
            _judges(values),
            _tables(summaries),
        ]
    )


def _is_about_seeds(values: Values) -> bool:
    """Whether the set is the project's own, for which it has stated aims."""
    return text(mapping(values.get("set")).get("name")).startswith("seeds")


def _tables(summaries: Sequence[tuple[str, Values]]) -> str:
    columns = [(name, all_numbers(summary)) for name, summary in summaries]
    parts = [metric_table("All metrics, with 95 % intervals", columns)]
    for name, summary in summaries:
        for key, told in (("by_kind", "By kind"), ("by_language", "By language")):
            parts.append(group_table(f"{told}: {name}", mapping(summary.get(key))))
    inside = "".join(parts)
    return f"<details><summary>All numbers as tables</summary>{inside}</details>" if inside else ""


def _judges(values: Values) -> str:
    """How often each judge is wrong itself: no number of a judge stands without it."""
    judges = mapping(values.get("judges"))
    models = mapping(mapping(values.get("provenance")).get("models"))
    rows = [
        f"{name}: accuracy {text(error.get('accuracy'))}, false entailment "
        f"{text(error.get('false_entail'))}, missed entailment {text(error.get('missed_entail'))}, "
        f"on {text(error.get('pairs'))} pairs"
        for name, error in ((name, mapping(value)) for name, value in judges.items())
    ]
    if "nli" in models and "nli" not in judges:
        rows.append("nli: its own error was not measured")
    items = "".join(f"<li>{h(row)}</li>" for row in rows)
    return f"<h3>Judges, and how often they are wrong</h3><ul>{items}</ul>" if items else ""


def _questions(values: Values, systems: Systems) -> str:
    said = mapping(values.get("set")).get("questions")
    has_test = any(r.get("split") == "test" for _, s in systems for r in results_of(s, "all"))
    note = f'<p class="told">{h(_TEST_NOTE)}</p>' if has_test else ""
    inside = note + question_section(systems, said)
    return f'<section id="questions"><h2>Every question</h2>{inside}</section>'


def _provenance(values: Values) -> str:
    """What was measured with what: all that is needed to measure it again."""
    provenance = mapping(values.get("provenance"))
    own = {"created": values.get("created"), "format": values.get("format")}
    groups: dict[str, Values] = {"report": own, "set": mapping(values.get("set"))}
    for key, value in provenance.items():
        if isinstance(value, Mapping):
            groups[key] = mapping(value)
        else:
            groups["report"] = {**groups["report"], key: value}
    body = "".join(_group(name, group) for name, group in groups.items() if group)
    return (
        '<section id="provenance"><h2>Provenance</h2><div class="wide" tabindex="0" role="region"'
        f' aria-label="Provenance"><table class="provenance">{body}</table></div></section>'
    )


def _group(name: str, group: Values) -> str:
    head = f'<tr><th colspan="2" scope="rowgroup">{h(words_of(name))}</th></tr>'
    rows = "".join(
        f'<tr><th scope="row">{h(key)}</th><td>{h(value)}</td></tr>' for key, value in group.items()
    )
    return f'<tbody id="provenance-{slug(name)}">{head}{rows}</tbody>'
