"""How long an answer takes: median and p95 of warm runs, and the share of each stage.

    python -m eval.latency --corpus seeds [--runs 50]

Questions are the answerable ones of the dev half of the seeds' question set, in turn. The
assistant is built once and warmed up with one question; nothing is cached between runs.
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Sequence
from itertools import cycle, islice
from pathlib import Path

from eval.questions import SEEDS_SET, load_questions, of_split
from rag.assemble import Assistant
from rag.config import Config


def percentile(values: Sequence[float], share: float) -> float:
    """The smallest value that at least this share of the values does not exceed."""
    ordered = sorted(values)
    return ordered[max(0, -(-int(share * 100) * len(ordered) // 100) - 1)]


def measure(assistant: Assistant, questions: Sequence[str], runs: int) -> list[str]:
    """Ask `runs` questions and describe the times.

    Returns:
        Lines of the table.
    """
    assistant.sync()
    assistant.ask(questions[0])
    totals: list[float] = []
    stages: dict[str, list[float]] = {}
    for question in islice(cycle(questions), runs):
        started = time.perf_counter()
        answer = assistant.ask(question)
        totals.append(time.perf_counter() - started)
        for name, seconds in answer.stages_s.items():
            stages.setdefault(name, []).append(seconds)
    lines = [
        f"warm ask, {runs} runs: median {statistics.median(totals) * 1000:.0f} ms, "
        f"p95 {percentile(totals, 0.95) * 1000:.0f} ms"
    ]
    for name, values in stages.items():
        share = sum(values) / sum(totals)
        lines.append(f"  {name:9} median {statistics.median(values) * 1000:5.0f} ms {share:6.1%}")
    return lines


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the measurement and print its table."""
    parser = argparse.ArgumentParser(prog="python -m eval.latency", description=__doc__)
    parser.add_argument("--corpus", type=Path, default=Path("seeds"))
    parser.add_argument("--cache", type=Path, default=Path.home() / ".cache" / "beleg")
    parser.add_argument("--runs", type=int, default=50)
    options = parser.parse_args(arguments)
    asked = of_split(load_questions(SEEDS_SET, options.corpus), "dev")
    questions = [question.question for question in asked if question.answerable]
    assistant = Assistant(Config(corpus=options.corpus, cache=options.cache))
    print("\n".join(measure(assistant, questions, options.runs)))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
