"""Fits the confidence of drafted answers, `rag.reading.WEIGHTS`, and shows what a threshold costs.

    python -m eval.calibrate_drafted --drafter MODEL --news NEWS --off-topic FILE

Answerable and near-miss questions are the dev half of the seeds' question set and NEWS, which
``python -m eval.near_misses --drafter MODEL --split dev --abstain-below 0 --json NEWS`` wrote;
FILE holds JSON lines with a ``question`` about other things. Never reads a test half.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from tqdm import tqdm

from eval.calibrate import OFF_TOPIC_WEIGHT, Cases, cross_validated, report
from eval.questions import SEEDS_SET, load_questions, of_split
from index.errors import ConfigError
from index.files import open_text
from rag.assemble import Assistant
from rag.config import Config
from rag.reading import ABSTAIN_BELOW, WEIGHTS

SIGNS = {"one": 0, "drafter": 1, "evidence": 1, "agrees": 1, "cosine": 1}
FALSE_REFUSALS = (0.05, 0.1, 0.15, 0.2)
OFF_TOPIC_QUESTIONS = 100
Observed = tuple[Mapping[str, float], float, float]
"""Signals of a question, 1.0 if it can be answered, how much it counts."""


def observe(assistant: Assistant, asked: Sequence[tuple[str, float, float]]) -> list[Observed]:
    """Signals of questions; those that get no draft are left out.

    Args:
        assistant: answers everything.
        asked: question, 1.0 if it can be answered, how much it counts.
    """
    found = []
    for text, answerable, weight in tqdm(asked, unit="question", file=sys.stderr):
        signals = assistant.ask(text).signals
        if signals:
            found.append((signals, answerable, weight))
    return found


def of_news(path: Path) -> list[Observed]:
    """Signals that `eval.near_misses` wrote.

    Raises:
        ConfigError: they are not of the dev half.
    """
    record = json.loads(path.read_text(encoding="utf-8"))
    if record["split"] != "dev":
        raise ConfigError(f"{path}: split {record['split']}", hint="write it with --split dev")
    return [
        (row["signals"], float(row["answerable"]), 1.0)
        for row in record["records"]
        if row["signals"]
    ]


def cases_of(observed: Sequence[Observed]) -> Cases:
    """The observations as columns in the order of `SIGNS`."""
    weight = np.array([w for _, _, w in observed])
    return Cases(
        np.array([[signals[name] for name in SIGNS] for signals, _, _ in observed]),
        np.array([answerable for _, answerable, _ in observed]),
        weight,
        weight == OFF_TOPIC_WEIGHT,
    )


def by_source(dev: Cases, news: Cases, others: Cases) -> list[str]:
    """Lines of the table: what a threshold that is chosen on the dev half costs elsewhere.

    Every confidence is that of weights fitted without the question's fold.
    """
    everything = Cases(*(np.concatenate(columns) for columns in zip(
        *((c.features, c.answerable, c.weight, c.off_topic) for c in (dev, news, others)),
        strict=True)))  # fmt: skip
    sure = cross_validated(everything, tuple(SIGNS.values()))
    parts = np.split(sure, np.cumsum([len(dev.answerable), len(news.answerable)]))
    lines = ["threshold  refused of: dev answerable, near misses; news answerable, near misses;"
             " off topic"]  # fmt: skip
    for share in FALSE_REFUSALS:
        at = float(np.quantile(parts[0][dev.answerable == 1], share))
        refused = [
            np.mean(part[cases.answerable == yes] < at)
            for part, cases in zip(parts[:2], (dev, news), strict=True)
            for yes in (1, 0)
        ]
        shares = [*refused, np.mean(parts[2] < at)]
        lines.append(f"{at:9.2f}  " + "  ".join(f"{value:.0%}" for value in shares))
    return lines


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the fit and print its table."""
    parser = argparse.ArgumentParser(prog="python -m eval.calibrate_drafted", description=__doc__)
    parser.add_argument("--corpus", type=Path, default=Path("seeds"))
    parser.add_argument("--cache", type=Path, default=Path.home() / ".cache" / "beleg")
    parser.add_argument("--drafter", required=True, help="as the setting of that name")
    parser.add_argument("--news", type=Path, required=True)
    parser.add_argument("--off-topic", type=Path, required=True)
    options = parser.parse_args(arguments)
    config = Config(
        corpus=options.corpus, cache=options.cache, drafter=options.drafter, abstain_below=0.0
    )
    assistant = Assistant(config)
    assistant.sync()
    dev = of_split(load_questions(SEEDS_SET, options.corpus), "dev")
    news = of_news(options.news)
    balance = len(news) / len(dev)  # both sets count alike
    asked = [(q.question, float(q.answerable), balance) for q in dev]
    with open_text(options.off_topic) as lines:
        others = [json.loads(line)["question"] for line in lines]
    random.Random(0).shuffle(others)
    foreign = [(text, 0.0, OFF_TOPIC_WEIGHT) for text in others[:OFF_TOPIC_QUESTIONS]]
    home, away = observe(assistant, asked), observe(assistant, foreign)
    print("\n".join(report(cases_of([*home, *news, *away]), SIGNS, ABSTAIN_BELOW)))
    print("\n".join(by_source(cases_of(home), cases_of(news), cases_of(away))))
    print(f"weights in use: {dict(WEIGHTS)}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
