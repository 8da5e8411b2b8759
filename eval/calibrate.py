"""Fits the weights of `rag.decide` and shows what a threshold costs.

    python -m eval.calibrate --corpus seeds --off-topic FILE

Answerable and near-miss questions are the dev half of the seeds' question set; FILE holds
JSON lines with a ``question`` about other things (the German dev part of MLQA, say), which the
corpus cannot answer. The fit is a logistic regression whose weights may not have the wrong
sign; numbers are cross-validated over eight folds. Never reads the test half.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.special import expit
from tqdm import tqdm

from eval.abstention_metrics import auroc
from eval.questions import SEEDS_SET, load_questions, of_split
from index.files import open_text
from rag.answer import term_weight
from rag.assemble import Assistant
from rag.config import DRAFTER_NONE, Config
from rag.decide import ABSTAIN_BELOW, decide
from rag.evidence import find_evidence
from rag.question import read_question
from rag.quotes import Sources

SIGNS = {
    "bias": 0, "cosine": 1, "typed": 1, "missing_names": -1, "missing_numbers": -1,
    "unknown": -1, "unit": 1, "negated": -1, "foreign": 0,
}  # fmt: skip
OFF_TOPIC_QUESTIONS = 200
OFF_TOPIC_WEIGHT = 0.25
RIDGE = 0.01
FOLDS = 8
FALSE_REFUSALS = (0.05, 0.1, 0.15, 0.2, 0.3)

Matrix = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Cases:
    """Features of questions, one row each.

    Args:
        features: (n, features) float64, columns in the order of `FEATURES`.
        answerable: (n,) 1.0 or 0.0.
        weight: (n,) how much each counts in the fit.
        off_topic: (n,) whether it asks about other things.
    """

    features: Matrix
    answerable: Matrix
    weight: Matrix
    off_topic: NDArray[np.bool_]


def observe(assistant: Assistant, text: str) -> tuple[float, ...] | None:
    """Features of one question; None if it has no words to search for."""
    snapshot = assistant.snapshot
    question = read_question(text, snapshot.stamps())
    if not question.content:
        return None
    weight = term_weight(snapshot)
    retrieved = assistant.search(question.text, assistant.config.passages)
    sources = Sources(assistant.config.corpus, snapshot.stamps(), snapshot)
    evidence = find_evidence(question, retrieved, sources, assistant.embedder, weight)
    return decide(question, evidence, weight).features


def collect(assistant: Assistant, off_topic: Path) -> Cases:
    """Features of the dev half and of the off-topic questions."""
    dev = of_split(load_questions(SEEDS_SET, assistant.config.corpus), "dev")
    asked = [(q.question, float(q.answerable), 1.0) for q in dev]
    with open_text(off_topic) as lines:
        others = [json.loads(line)["question"] for line in lines]
    random.Random(0).shuffle(others)
    asked += [(text, 0.0, OFF_TOPIC_WEIGHT) for text in islice(others, OFF_TOPIC_QUESTIONS)]
    rows, kept = [], []
    for entry in tqdm(asked, unit="question", file=sys.stderr):
        features = observe(assistant, entry[0])
        if features is not None:
            rows.append(features)
            kept.append(entry)
    weight = np.array([w for _, _, w in kept])
    answerable = np.array([a for _, a, _ in kept])
    return Cases(np.array(rows), answerable, weight, weight == OFF_TOPIC_WEIGHT)


def fit(features: Matrix, answerable: Matrix, weight: Matrix, signs: Sequence[int]) -> Matrix:
    """Logistic regression with bounded signs and a ridge on standardised features.

    Args:
        features: (n, features), the first column all 1.
        answerable: (n,) 1.0 or 0.0.
        weight: (n,) how much each counts.
        signs: of each feature's weight: 1, -1, or 0 for either.

    Returns:
        (features,) weights for the raw features, the bias among them.
    """
    scale = np.where(features.std(0) > 0, features.std(0), 1.0)
    scaled = features / scale

    def loss(w: Matrix) -> tuple[float, Matrix]:
        z = scaled @ w
        share = weight / weight.sum()
        value = share @ (np.logaddexp(0, z) - answerable * z) + RIDGE * (w[1:] @ w[1:])
        gradient = scaled.T @ (share * (expit(z) - answerable)) + 2 * RIDGE * np.r_[0.0, w[1:]]
        return float(value), gradient

    bounds = [{0: (None, None), 1: (0, None), -1: (None, 0)}[sign] for sign in signs]
    found = minimize(loss, np.zeros(len(signs)), jac=True, bounds=bounds, method="L-BFGS-B")
    result: Matrix = found.x / scale
    return result


def cross_validated(cases: Cases, signs: Sequence[int]) -> Matrix:
    """(n,) confidence of each case under weights fitted without its fold."""
    order = np.random.default_rng(0).permutation(len(cases.answerable))
    confidence = np.zeros(len(order))
    for fold in range(FOLDS):
        held = order[fold::FOLDS]
        rest = np.setdiff1d(order, held)
        weights = fit(cases.features[rest], cases.answerable[rest], cases.weight[rest], signs)
        confidence[held] = expit(cases.features[held] @ weights)
    return confidence


def report(cases: Cases, signs: Mapping[str, int], in_use: float) -> list[str]:
    """Lines of the table: cost of thresholds, and the weights fitted on everything.

    Args:
        cases: the questions.
        signs: name and sign of each feature, in their order.
        in_use: the threshold that is in use.
    """
    bounds = tuple(signs.values())
    confidence = cross_validated(cases, bounds)
    yes = cases.answerable == 1
    near, off = ~yes & ~cases.off_topic, cases.off_topic
    lines = [f"answerable {yes.sum()}, near misses {near.sum()}, off topic {off.sum()}"]
    for name, no in (("near misses", near), ("off topic", off)):
        kept = yes | no
        area = auroc([bool(v) for v in yes[kept]], list(confidence[kept]))
        lines.append(f"AUROC against {name}: {area:.3f} (cross-validated)")
    for refused in FALSE_REFUSALS:
        threshold = float(np.quantile(confidence[yes], refused))
        lines.append(
            f"threshold {threshold:.2f}: refuses {refused:.0%} of answerable, "
            f"{np.mean(confidence[near] < threshold):.0%} of near misses, "
            f"{np.mean(confidence[off] < threshold):.0%} of off topic"
        )
    weights = fit(cases.features, cases.answerable, cases.weight, bounds)
    lines.append(
        f"weights: { {n: round(float(w), 2) for n, w in zip(signs, weights, strict=True)} }"
    )
    lines.append(f"threshold in use: {in_use}")
    return lines


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the fit and print its table."""
    parser = argparse.ArgumentParser(prog="python -m eval.calibrate", description=__doc__)
    parser.add_argument("--corpus", type=Path, default=Path("seeds"))
    parser.add_argument("--cache", type=Path, default=Path.home() / ".cache" / "beleg")
    parser.add_argument("--off-topic", type=Path, required=True)
    options = parser.parse_args(arguments)
    config = Config(corpus=options.corpus, cache=options.cache, drafter=DRAFTER_NONE)
    assistant = Assistant(config)
    assistant.sync()
    cases = collect(assistant, options.off_topic)
    print("\n".join(report(cases, SIGNS, ABSTAIN_BELOW)))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
