"""Reading measured with the gold paragraph given: a drafter against rules.

    python -m eval.reading --data FILE --drafter NAME [--also NAME] [--json FILE]

FILE holds JSON lines with ``question``, ``context``, ``answers`` (list of ``text``),
``answerable`` and ``dataset`` (its last part is the domain), such as the German part of
M2QA. The contexts are cut into halves by a digest of their text: thresholds are chosen on the
tuning half for all domains together, the table shows the other half. ``forced`` answers every
question, ``own`` follows the drafter's own silence, ``best mean`` has the best mean of
answerable F1 and unanswerable accuracy, ``silence 0.6`` is silent on that share of the
unanswerable questions of the tuning half.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import Any

from tqdm import tqdm

from eval.metrics import token_f1
from eval.provenance import file_sha256, software
from eval.reading_scores import (
    Reading,
    choose_thresholds,
    context_id,
    is_tuning,
    squad_exact,
    squad_f1,
    summary,
)
from eval.reading_table import table
from eval.rule_span import rule_draft, sentence_draft
from index.errors import ContextOverflowError, QuestionFileError
from index.files import open_text
from index.types import ModelIdentity
from rag.config import DRAFTER_NONE
from rag.draft import Drafter, load_drafter
from rag.types import Draft

NO_DRAFT = Draft((), 0.0, True)
_HINT = "a row needs question, context, answers (a list with text), answerable and dataset"


@dataclass(frozen=True, slots=True)
class Case:
    """A question, the text to read, and what it should give.

    Args:
        question: as asked.
        context: the text.
        language: of the question.
        domain: what sort of text it is.
        answers: accepted answers; empty if unanswerable.
    """

    question: str
    context: str
    language: str
    domain: str
    answers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class System:
    """Something that reads.

    Args:
        name: heads its column.
        draft: from question, context and language to a draft.
        identity: of its model, if it has one.
    """

    name: str
    draft: Callable[[str, str, str], Draft]
    identity: ModelIdentity | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a system made of one question.

    Args:
        reading: its scores.
        verbatim: whether the span lies within the context; None without a span.
        seconds: that the draft took.
        overflowed: whether question and context did not fit the model.
    """

    reading: Reading
    verbatim: bool | None
    seconds: float
    overflowed: bool


def load_cases(path: Path, limit: int | None = None) -> list[Case]:
    """The questions of a file.

    Args:
        path: JSON lines, may be .gz or .xz.
        limit: most questions; they are taken by the digest of their contexts, so that a few
            come from every domain. None for all, in the order of the file.

    Raises:
        QuestionFileError: a row is malformed, or there is none.
    """
    cases = []
    with open_text(path) as lines:
        for number, line in enumerate(lines, 1):
            try:
                cases.append(_case(json.loads(line)))
            except (KeyError, TypeError, ValueError) as error:
                message = f"{type(error).__name__}: {error}"
                raise QuestionFileError(path, number, message, hint=_HINT) from error
    if not cases:
        raise QuestionFileError(path, 1, "no row", hint=_HINT)
    return cases if limit is None else sorted(cases, key=_digest)[:limit]


def _case(row: Mapping[str, Any]) -> Case:
    answers = tuple(dict.fromkeys(str(a["text"]) for a in row["answers"]))
    if bool(answers) != row["answerable"]:
        raise ValueError("answerable must be true with answers and false without")
    return Case(
        question=row["question"],
        context=row["context"],
        language=row.get("lang_question", "de"),
        domain=row["dataset"].rsplit(".", 1)[-1],
        answers=answers,
    )


def _digest(case: Case) -> str:
    return context_id(case.context)


def systems_of(names: Sequence[str], load: Callable[[str], Drafter | None]) -> list[System]:
    """The drafters with these names, all loaded before the first question, then the baselines.

    Args:
        names: as `rag.draft.load_drafter` takes them; "none" is skipped.
        load: gives the drafter of a name.
    """
    systems = []
    short = [Path(name).name for name in dict.fromkeys(names)]
    for name in dict.fromkeys(names):
        drafter = load(name)
        if drafter is not None:
            last = Path(name).name
            shown = last if short.count(last) == 1 else name
            systems.append(System(shown, partial(_ask, drafter), drafter.identity))
    systems.append(System("sentence", lambda question, text, _: sentence_draft(question, text)))
    systems.append(System("rule", lambda question, text, _: rule_draft(question, text)))
    return systems


def _ask(drafter: Drafter, question: str, context: str, language: str) -> Draft:
    return drafter.draft(question, [context], language)


def read(system: System, case: Case) -> Outcome:
    """Let a system read one case; the first span counts, even where it abstains."""
    started = time.perf_counter()
    overflowed = False
    try:
        draft = system.draft(case.question, case.context, case.language)
    except ContextOverflowError:
        draft, overflowed = NO_DRAFT, True
    seconds = time.perf_counter() - started
    span = draft.spans[0] if draft.spans else None
    verbatim = span and span.evidence == 0 and 0 <= span.start < span.end <= len(case.context)
    said = case.context[span.start : span.end] if span and verbatim else ""
    reading = Reading(
        context_id=context_id(case.context),
        domain=case.domain,
        answerable=bool(case.answers),
        f1=squad_f1(said, case.answers) if said and case.answers else 0.0,
        exact=squad_exact(said, case.answers) if said and case.answers else 0.0,
        german_f1=token_f1(said, case.answers) if said and case.answers else 0.0,
        confidence=draft.confidence,
        abstained=draft.abstained,
    )
    return Outcome(reading, None if span is None else bool(verbatim), seconds, overflowed)


def measure(system: System, cases: Sequence[Case]) -> dict[str, Any]:
    """All numbers of one system: thresholds, both halves, how its drafts lie in the text."""
    bar = tqdm(cases, desc=system.name, unit="question", file=sys.stderr)
    outcomes = [read(system, case) for case in bar]
    readings = [outcome.reading for outcome in outcomes]
    tuning = [r for r in readings if is_tuning(r.context_id)]
    reported = [r for r in readings if not is_tuning(r.context_id)]
    thresholds = choose_thresholds(tuning) if tuning else {}
    drafted = [o.verbatim for o in outcomes if o.verbatim is not None]
    return {
        "model": asdict(system.identity) if system.identity else None,
        "drafts": len(drafted),
        "verbatim": sum(drafted) / len(drafted) if drafted else None,
        "overflowed": sum(outcome.overflowed for outcome in outcomes),
        "median_ms": 1000 * statistics.median(outcome.seconds for outcome in outcomes),
        "thresholds": thresholds,
        "tuning": summary(tuning, thresholds),
        "reported": summary(reported, thresholds),
    }


def report_of(path: Path, cases: Sequence[Case], systems: Sequence[System]) -> dict[str, Any]:
    """The whole report: numbers of every system and where they come from."""
    return {
        "data": {"name": path.name, "sha256": file_sha256(path), "questions": len(cases)},
        "systems": {system.name: measure(system, cases) for system in systems},
        "provenance": software(),
    }


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the measurement and print its table; 1 if a draft does not stand in its text."""
    parser = argparse.ArgumentParser(prog="python -m eval.reading", description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="JSON lines, may be .gz or .xz")
    parser.add_argument("--drafter", required=True, help=f"folder or hub name, or {DRAFTER_NONE}")
    parser.add_argument(
        "--cache", type=Path, default=Path.home() / ".cache" / "beleg", help="for converted models"
    )
    parser.add_argument("--also", action="append", default=[], help="one more drafter")
    parser.add_argument("--limit", type=int, help="most questions")
    parser.add_argument("--json", type=Path, help="write all numbers here")
    options = parser.parse_args(arguments)
    if options.limit is not None and options.limit < 1:
        parser.error(f"--limit is {options.limit}, must be at least 1")
    cases = load_cases(options.data, options.limit)
    names = [options.drafter, *options.also]
    load = partial(load_drafter, cache=options.cache)
    report = report_of(options.data, cases, systems_of(names, load))
    if options.json:
        text = json.dumps(report, ensure_ascii=False, indent=1, allow_nan=False)
        options.json.write_text(text + "\n", encoding="utf-8")
    print("\n".join(table(report)))
    return int(any(s["verbatim"] not in (None, 1.0) for s in report["systems"].values()))


if __name__ == "__main__":
    raise SystemExit(main())
