"""How long an answer takes: median and p95 of warm runs, and the share of each stage.

    python -m eval.latency --corpus seeds [--drafter MODEL] [--runs 50] [--search]

Questions are the answerable ones of the dev half of the seeds' question set, in turn. The
assistant is built once and warmed up with one question; nothing is cached between runs.
``--search`` compares the exact scoring of a drafter made by `rag.training`, named by its folder,
with a beam search by transformers' ``generate`` over the same four passages and weights.
"""

from __future__ import annotations

import argparse
import resource
import statistics
import time
from collections.abc import Iterable, Sequence
from itertools import cycle, islice
from pathlib import Path

from eval.questions import SEEDS_SET, load_questions, of_split
from index.errors import ConfigError
from rag.assemble import Assistant
from rag.config import DRAFTER_NONE, Config
from rag.draft import Drafter


def percentile(values: Sequence[float], share: float) -> float:
    """The smallest value that at least this share of the values does not exceed."""
    ordered = sorted(values)
    return ordered[max(0, -(-int(share * 100) * len(ordered) // 100) - 1)]


def answer_times(
    assistant: Assistant, questions: Iterable[str]
) -> tuple[list[float], dict[str, list[float]]]:
    """Seconds of each answer, and of its stages by name."""
    totals: list[float] = []
    stages: dict[str, list[float]] = {}
    for question in questions:
        started = time.perf_counter()
        answer = assistant.ask(question)
        totals.append(time.perf_counter() - started)
        for name, seconds in answer.stages_s.items():
            stages.setdefault(name, []).append(seconds)
    return totals, stages


def dev_questions(corpus: Path) -> list[str]:
    """The answerable questions of the dev half of the seeds' question set."""
    asked = of_split(load_questions(SEEDS_SET, corpus), "dev")
    return [question.question for question in asked if question.answerable]


def measure(assistant: Assistant, questions: Sequence[str], runs: int) -> list[str]:
    """Ask `runs` questions and describe the times.

    Returns:
        Lines of the table.
    """
    assistant.sync()
    assistant.ask(questions[0])
    totals, stages = answer_times(assistant, islice(cycle(questions), runs))
    lines = [
        f"warm ask, {runs} runs: median {statistics.median(totals) * 1000:.0f} ms, "
        f"p95 {percentile(totals, 0.95) * 1000:.0f} ms"
    ]
    for name, values in stages.items():
        share = sum(values) / sum(totals)
        lines.append(f"  {name:9} median {statistics.median(values) * 1000:5.0f} ms {share:6.1%}")
    peak_mib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024  # KiB on Linux
    return [*lines, f"resident memory, at most {peak_mib:.0f} MiB"]


def compare_search(assistant: Assistant, questions: Sequence[str], runs: int) -> list[str]:
    """Exact scoring and beam search over the same passages, in turn.

    Returns:
        Lines of the table.
    """
    from rag.exact import ExactDrafter
    from rag.quotes import Sources
    from rag.reading import units
    from rag.seq2seq import Seq2SeqDrafter
    from rag.seq2seqmodel import load_model

    exact = assistant.drafter
    if not isinstance(exact, ExactDrafter):
        raise ConfigError(
            f"drafter {assistant.config.drafter}: its spans are not scored exactly",
            hint="name a folder that rag.training.export wrote: --drafter FOLDER",
        )
    drafters: dict[str, Drafter] = {
        "exact scoring": exact,
        "beam search": Seq2SeqDrafter(load_model(assistant.config.drafter)),
    }
    times: dict[str, list[float]] = {name: [] for name in drafters}
    for question in islice(cycle(questions), runs):
        hits = assistant.search(question, assistant.config.passages).hits
        sources = Sources(assistant.config.corpus, assistant.snapshot.stamps(), assistant.snapshot)
        texts = [unit.text for unit in units(hits, sources)]
        for name, drafter in drafters.items():
            started = time.perf_counter()
            drafter.draft(question, texts, "de")
            times[name].append(time.perf_counter() - started)
    medians = {name: statistics.median(values) for name, values in times.items()}
    ratio = medians["beam search"] / medians["exact scoring"]
    lines = [f"  {name:14} median {value * 1000:5.0f} ms" for name, value in medians.items()]
    return ["draft of four passages", *lines, f"  ratio {ratio:.1f}"]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the measurement and print its table."""
    parser = argparse.ArgumentParser(prog="python -m eval.latency", description=__doc__)
    parser.add_argument("--corpus", type=Path, default=Path("seeds"))
    parser.add_argument("--cache", type=Path, default=Path.home() / ".cache" / "beleg")
    parser.add_argument("--drafter", default=DRAFTER_NONE)
    parser.add_argument("--runs", type=int, default=50)
    parser.add_argument("--search", action="store_true", help="compare with a beam search")
    options = parser.parse_args(arguments)
    questions = dev_questions(options.corpus)
    config = Config(corpus=options.corpus, cache=options.cache, drafter=options.drafter)
    assistant = Assistant(config)
    lines = measure(assistant, questions, options.runs)
    if options.search:
        lines += compare_search(assistant, questions, max(1, options.runs // 5))
    print("\n".join(lines))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
