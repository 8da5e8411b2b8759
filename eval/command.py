"""What ``beleg eval`` does, in order: set, index, judge, run, files, comparison, gate.

Writes to the streams and files that it is given; the command line itself is in `ui`.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tqdm import tqdm

from eval import squad
from eval.compare import check_same_set, compare, compare_text
from eval.gate import gate
from eval.judge import NliJudge, load_judge
from eval.judge_error import Label, calibrate, rule_label
from eval.provenance import file_sha256, provenance
from eval.questions import SEEDS_SET, SPLITS, EvalQuestion, load_questions, of_split
from eval.report import html_report
from eval.results import FORMAT, read_report, shortened, slim, write_report
from eval.run import System, run, systems_of
from eval.summary import ALL
from eval.table import table_text
from index.embed import Embedder
from index.errors import ConfigError, StoreMismatchError, StoreNotFoundError
from rag.assemble import Assistant
from rag.config import Config

MOST_IN_HTML = 1_000
"""Most results of one system in the HTML report, failures first."""
Say = Callable[[str], object]


@dataclass(frozen=True, slots=True)
class Order:
    """What to evaluate and where to put it.

    Args:
        config: settings of the system; its corpus is not used for SQuAD-like sets.
        questions: the question set.
        split: "dev", "test" or "all".
        limit: most rows of a SQuAD-like set; None for all.
        json: where the report goes.
        html: where its HTML form goes.
        baseline: where a new baseline goes, if one is wanted.
        compare: report to compare with, question by question.
        gate: baseline that decides between red and green.
        nli: an NLI model: a folder or a hub name.
        calibrate: labelled pairs that show how often a judge is wrong.
    """

    config: Config
    questions: Path = SEEDS_SET
    split: str = ALL
    limit: int | None = None
    json: Path = Path("reports/eval.json")
    html: Path = Path("reports/eval.html")
    baseline: Path | None = None
    compare: Path | None = None
    gate: Path | None = None
    nli: str | None = None
    calibrate: Path | None = None


def evaluate(order: Order, say: Say = print, embedder: Embedder | None = None) -> int:
    """Run an evaluation.

    Args:
        order: what to do.
        say: takes the texts meant for standard output.
        embedder: a loaded embedder, instead of the one that the settings name.

    Returns:
        0, or 1 if the gate is red.

    Raises:
        AssistantError: files, models or settings do not allow it.
    """
    if order.split == "dev" and order.gate:
        raise ConfigError("the gate judges the test half", hint="leave out --split dev")
    before = {path: read_report(path) for path in (order.compare, order.gate) if path}
    with ExitStack() as stack:
        work = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="beleg-eval-")))
        config, questions, about = _question_set(order, work)
        for other in before.values():  # not after a run of minutes
            check_same_set(other, about)
        judge = load_judge(order.nli, allow_download=config.allow_download) if order.nli else None
        if order.calibrate:
            about["judges"] = _judges(order.calibrate, judge)
        assistants = _assistants(systems_of(config), embedder, stack)
        about["provenance"] = provenance(
            list(assistants), list(assistants.values()), judge.identity if judge else None
        )
        report = _asked(assistants, questions, work, about, judge)
        _write(report, order)
        split = None if order.split == ALL else order.split
        say(table_text(report, split))
        say(f"\nreport: {order.json}, {order.html}")
        return _judged(report, order, before, say)


def _question_set(
    order: Order, work: Path
) -> tuple[Config, Sequence[EvalQuestion] | squad.SquadSet, dict[str, Any]]:
    """Settings, questions, and what the report says about the set."""
    path = order.questions
    counts = dict.fromkeys(SPLITS, 0)
    questions: Sequence[EvalQuestion] | squad.SquadSet
    if squad.is_squad_like(path):
        corpus = work / "corpus"
        corpus.mkdir()
        questions = squad.SquadSet(path, order.limit)
        if order.split in (ALL, squad.SPLIT):
            counts[squad.SPLIT], _ = questions.write_corpus(corpus)
        config = replace(order.config, corpus=corpus, index=work / "index")
    else:
        config = order.config
        questions = load_questions(path, config.corpus)
        questions = questions if order.split == ALL else of_split(questions, order.split)
        counts = {split: len(of_split(questions, split)) for split in SPLITS}
    if not sum(counts.values()):
        raise ConfigError(f"{path}: no questions of the half {order.split!r}", hint="--split all")
    about = {
        "format": FORMAT,
        "created": datetime.now(UTC).isoformat(timespec="seconds"),
        "set": {
            "path": "eval/sets/seeds.jsonl" if path == SEEDS_SET else str(path),
            "name": path.name.partition(".")[0],
            "sha256": file_sha256(path),
            "questions": sum(counts.values()),
            **counts,
        },
    }
    return config, questions, about


def _asked(
    assistants: Mapping[System, Assistant],
    questions: Sequence[EvalQuestion] | squad.SquadSet,
    work: Path,
    about: Mapping[str, Any],
    judge: NliJudge | None,
) -> dict[str, Any]:
    """The report of all systems, with a progress bar."""
    count = about["set"]["questions"] * len(assistants)
    bar = tqdm(total=count, desc="asking", unit="question", file=sys.stderr, disable=None)
    with bar:
        return run(
            list(assistants),
            lambda system: assistants[system],
            questions,
            work / "results",
            about=about,
            progress=bar.update,
            judge=judge,
        )


def _assistants(
    systems: Sequence[System], embedder: Embedder | None, stack: ExitStack
) -> dict[System, Assistant]:
    """An assistant for each system, on one index that is up to date."""
    made = {system: Assistant(system.config, embedder) for system in systems}
    first = made[systems[0]]
    with tqdm(desc="embedding", unit="passage", file=sys.stderr, disable=None) as bar:

        def progress(total: int) -> Callable[[int], None]:
            bar.reset(total=total)
            return lambda count: bar.update(count) and None

        report = first.sync(full=_is_outdated(first), progress=progress)
    for error in report.errors:
        print(f"left out: {error.message}", file=sys.stderr)
    for assistant in made.values():
        stack.callback(assistant.close)
    return made


def _is_outdated(assistant: Assistant) -> bool:
    """True for an index of another model, analyser or format: an evaluation's is made anew."""
    try:
        assistant.snapshot.stamps()
    except StoreMismatchError:
        return True
    except StoreNotFoundError:
        return False
    return False


def _judges(path: Path, judge: NliJudge | None) -> dict[str, Any]:
    """The error of the rule, and of the NLI model where there is one."""
    labels: dict[str, Label] = {"rule": rule_label}
    if judge is not None:
        labels["nli"] = judge.judge
    found = {}
    for name, label in labels.items():
        with tqdm(desc=f"calibrating {name}", unit="pair", file=sys.stderr, disable=None) as bar:
            found[name] = calibrate(path, label, bar.update).to_json()
    return found


def _write(report: Mapping[str, Any], order: Order) -> None:
    write_report(report, order.json)
    order.html.parent.mkdir(parents=True, exist_ok=True)
    order.html.write_text(
        html_report(shortened(report, MOST_IN_HTML)), encoding="utf-8", newline="\n"
    )
    if order.baseline:
        write_report(slim(report), order.baseline)


def _judged(
    report: Mapping[str, Any], order: Order, before: Mapping[Path, Mapping[str, Any]], say: Say
) -> int:
    """Comparison and gate; 1 if it is red."""
    if order.compare:
        say(f"\nAgainst {order.compare}\n{compare_text(compare(before[order.compare], report))}")
    if not order.gate:
        return 0
    reasons = gate(report, before[order.gate])
    say(_gate_text(reasons, order.gate))
    return 1 if reasons else 0


def _gate_text(reasons: Iterable[str], baseline: Path) -> str:
    told = [f"  {reason}" for reason in reasons]
    return "\n".join([f"\nGate against {baseline}: {'RED' if told else 'green'}", *told])
