"""Does it know when the corpus does not say: near misses among a thousand articles.

    python -m eval.near_misses --articles FILE --work DIR [--drafter NAME] [--split HALF]

FILE holds the articles as JSON lines with ``id``, ``title``, ``date`` and ``text``. The questions
(`eval/sets/wikinews.jsonl`) ask about some of them, half of each article's questions are
answered by it, the others miss it by a name, a number, a date or a fact. The assistant has to
find the article among all, then answer or be silent. The halves are cut by a digest of the
article's id: whatever is chosen is chosen on dev, test is reported. With
``--abstain-below 0`` everything is answered, so that risk and coverage are those of answers and
not of the quotes nearest to a refusal.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from dataclasses import asdict
from pathlib import Path
from typing import Any, Protocol

from tqdm import tqdm

from eval.measure import all_quotes, prediction
from eval.near_miss_scores import Record, summary
from eval.near_miss_set import (
    WIKINEWS_SET,
    NewsQuestion,
    article_name,
    load_articles,
    load_questions,
    write_articles,
)
from eval.normalise import normalise_answer
from eval.provenance import file_sha256, provenance
from eval.questions import SPLITS
from eval.reading_scores import RIGHT_F1, squad_f1
from eval.run import System
from index.embed import Embedder
from index.errors import ConfigError
from index.sync import SyncReport
from index.writer import Progress
from rag.assemble import Assistant
from rag.config import DRAFTER_NONE, Config
from rag.types import Answer, Quote

ALL = "all"
_ANSWER_ROWS = (
    ("F1 where answered", "f1_where_answered"),
    ("F1, a refusal counting 0", "f1"),
    ("right where answered", "right_where_answered"),
    ("right", "right"),
    ("article cited, where answered", "gold_cited_where_answered"),
    ("article among the passages read", "gold_read"),
)
_WORTH_ROWS = (
    ("area under risk-coverage", "aurc"),
    ("risk at 50 % coverage", "risk_at_0.5"),
    ("risk at 80 % coverage", "risk_at_0.8"),
    ("ECE", "ece"),
)
_SIDES = {"answerable": "answerable", "near_misses": "near misses"}
_NAME, _CELL = 36, 26


class Asking(Protocol):
    """What is measured; `rag.assemble.Assistant` is one."""

    def sync(self, *, progress: Callable[[int], Progress] | None = None) -> SyncReport:
        """Bring the index up to date."""

    def ask(self, question: str) -> Answer:
        """Answer a question."""


def record_of(question: NewsQuestion, answer: Answer, seconds: float) -> Record:
    """The scores of one answer. Pure.

    A drafted answer is right if the F1 of its text is at least `RIGHT_F1`; one in sentences
    if an accepted answer stands in a quote. The text is that of all drafted claims, or of the
    first sentence.
    """
    said = prediction(answer, extractive=not answer.drafted)
    f1 = squad_f1(said, question.answers) if said and question.answers else 0.0
    quotes = all_quotes(answer)
    right = f1 >= RIGHT_F1 if answer.drafted else stands_in(question.answers, quotes)
    gold = article_name(question.article)
    cited = gold in {quote.article_id for quote in quotes}
    read = gold in {hit.passage.article_id for hit in answer.hits}
    return Record(
        id=question.id,
        article=question.article,
        kind=question.kind,
        language=question.language,
        answerable=question.answerable,
        confidence=answer.confidence,
        abstained=answer.abstained,
        reason=answer.abstention.reason.value if answer.abstention else None,
        drafted=answer.drafted,
        texts=tuple(claim.text for claim in answer.claims),
        f1=f1 if question.answerable else None,
        right=right and not answer.abstained,
        right_if_answered=stands_in(question.answers, answer.nearest)
        if answer.abstained
        else right,
        gold_cited=cited if question.answerable else None,
        gold_read=read if question.answerable else None,
        seconds=seconds,
        stages_s=dict(answer.stages_s),
        signals={name: float(value) for name, value in answer.signals.items()},
    )


def stands_in(answers: Sequence[str], quotes: Sequence[Quote]) -> bool:
    """Whether an accepted answer stands in a quote, both normalised, as whole words."""
    texts = [f" {normalise_answer(quote.text)} " for quote in quotes]
    return any(f" {normalise_answer(answer)} " in text for answer in answers for text in texts)


def ask_all(assistant: Asking, questions: Sequence[NewsQuestion]) -> list[Record]:
    """Sync the index and ask every question, with progress on stderr.

    The first question is asked once more before, so that loading models is not timed.
    """
    with tqdm(desc="embedding", unit="passage", file=sys.stderr) as bar:

        def progress(total: int) -> Progress:
            bar.reset(total=total)
            return lambda count: bar.update(count) and None

        report = assistant.sync(progress=progress)
    for error in report.errors:
        print(f"left out: {error.message}", file=sys.stderr)
    for question in questions[:1]:
        assistant.ask(question.question)
    records = []
    for question in tqdm(questions, desc="asking", unit="question", file=sys.stderr):
        started = time.perf_counter()
        answer = assistant.ask(question.question)
        records.append(record_of(question, answer, time.perf_counter() - started))
    return records


def table(report: Mapping[str, Any]) -> list[str]:
    """Lines of the table. Pure."""
    data, found = report["data"], report["summary"]
    own, oracle = found["own"], found["oracle"] or {}
    answers, worth = found["answers"], found["confidence"]
    pairs = [worth["said"], worth["if_answered"]]
    lines = [
        f"{data['questions']['name']}, split {report['split']}, drafter {report['drafter']}: "
        f"{found['answerable']} answerable questions and {found['near_misses']} near misses about "
        f"{found['articles']} of {data['articles']['count']} articles",
        "mean [95 % interval, by article]",
        "",
        _row("AUROC of the confidence", found["auroc"]),
        "at the assistant's own threshold",
        _row("  near misses met with silence", own["abstention_recall"]),
        _row("  answerable questions refused", own["false_refusal"]),
        "oracle at 10 %, threshold chosen on these very questions",
        _row("  near misses met with silence", oracle.get("abstention_recall")),
        _row("  answerable questions refused", oracle.get("false_refusal")),
        _row("  threshold", oracle.get("threshold")),
        f"answerable questions, {answers['answered']} answered",
        *(_row(f"  {name}", answers[key]) for name, key in _ANSWER_ROWS),
        _head("confidence against a right answer", "refusals wrong", "refusals by nearest quotes"),
        *(_row(f"  {name}", *(pair[key] for pair in pairs)) for name, key in _WORTH_ROWS),
        _row("ECE against answerable", worth["ece_answerable"]),
        _head("seconds", "median", "p95"),
        *(_row(f"  {n}", v["median"], v["p95"]) for n, v in found["seconds"].items()),
    ]
    return [line.rstrip() for line in [*lines, *_parts(found)]]


def _parts(found: Mapping[str, Any]) -> list[str]:
    """Lines about reasons, languages and kinds."""
    lines = []
    for side, shown in _SIDES.items():
        counts = "  ".join(f"{n} {count}" for n, count in found["reasons"][side].items())
        lines.append(f"{'reasons for silence, ' + shown:{_NAME}}{counts or '–'}")
    for what in ("languages", "kinds"):
        for side, shown in _SIDES.items():
            lines.append(_head(f"{what}, {shown}", "silent", "questions"))
            for name, part in found[what][side].items():
                lines.append(f"{_row(f'  {name}', part['abstained'])}{part['questions']}")
    return lines


def _head(name: str, *cells: str) -> str:
    return f"{name:{_NAME}}" + "".join(f"{cell:{_CELL}}" for cell in cells)


def _row(name: str, *values: float | Mapping[str, float] | None) -> str:
    return _head(name, *(_cell(value) for value in values))


def _cell(value: float | Mapping[str, float] | None) -> str:
    if value is None:
        return "–"
    if isinstance(value, Mapping):
        return f"{value['estimate']:.3f} [{value['low']:.3f}, {value['high']:.3f}]"
    return f"{value:.3f}"


def main(arguments: Sequence[str] | None = None, embedder: Embedder | None = None) -> int:
    """Run the measurement and print its table."""
    options = _options(arguments)
    articles = load_articles(options.articles)
    questions = load_questions(options.questions, articles)
    asked = [q for q in questions if options.split in (q.split, ALL)]
    if not asked:
        raise ConfigError(
            f"{options.questions}: no question of {options.split}", hint="--split all"
        )
    folder = write_articles(articles, options.work)
    index = options.work / "index"
    config = Config(
        corpus=folder,
        cache=options.cache,
        index=index,
        drafter=options.drafter,
        abstain_below=options.abstain_below,
    )
    with closing(Assistant(config, embedder)) as assistant:
        records = ask_all(assistant, asked)
        made = provenance([System(options.drafter, config)], [assistant], None)
    files = {options.articles: len(articles), options.questions: len(asked)}
    data = [{"name": p.name, "sha256": file_sha256(p), "count": n} for p, n in files.items()]
    report = {
        "data": dict(zip(("articles", "questions"), data, strict=True)),
        "split": options.split,
        "drafter": options.drafter,
        "summary": summary(records),
        "records": [asdict(record) for record in records],
        "provenance": made,
    }
    if options.json:
        text = json.dumps(report, ensure_ascii=False, indent=1, allow_nan=False)
        options.json.write_text(text + "\n", encoding="utf-8")
    print("\n".join(table(report)))
    return 0


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m eval.near_misses", description=__doc__)
    parser.add_argument(
        "--articles", type=Path, required=True, help="JSON lines, may be .gz or .xz"
    )
    parser.add_argument("--questions", type=Path, default=WIKINEWS_SET, help="JSON lines")
    parser.add_argument("--work", type=Path, required=True, help="folder for articles and index")
    parser.add_argument("--drafter", default=DRAFTER_NONE, help="as the setting of that name")
    parser.add_argument("--abstain-below", type=float, help="0 answers all; default: calibrated")
    parser.add_argument("--split", choices=(*SPLITS, ALL), default="test")
    parser.add_argument("--json", type=Path, help="write all numbers and answers here")
    parser.add_argument("--cache", type=Path, default=Path.home() / ".cache" / "beleg")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    raise SystemExit(main())
