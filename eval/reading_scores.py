"""Scores of reading with the gold paragraph given: the split, thresholds, metrics, intervals.

Whatever is chosen is chosen on the tuning half of the contexts; nothing here looks at the
other half. A draft is right if the question is answerable and its F1 is at least 0.5.
Sequences run over the same questions in the same order. Pure; no I/O, no models.
"""

from __future__ import annotations

import hashlib
import math
import re
import string
import unicodedata
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from eval.abstention_metrics import aurc, auroc, expected_calibration_error, risk_coverage
from eval.significance import Interval

RIGHT_F1 = 0.5
"""Least F1 of a draft that counts as right."""
SILENCE_TARGETS = (0.553, 0.60, 0.76)
"""Shares of unanswerable questions met with silence for which the F1 is reported."""
COVERAGES = (0.5, 0.8)
RESAMPLES = 10_000
SEED = 0
ALL = "all"

_ARTICLES = re.compile(
    r"\b(?:ein|eine|einen|einem|eines|einer|der|die|das|den|dem|des)\b"
)  # as they stand in mlqa_evaluation_v1.py


@dataclass(frozen=True, slots=True)
class Reading:
    """One question, read by one system.

    Args:
        context_id: digest of the context.
        domain: what sort of text it is.
        answerable: whether the context answers it.
        f1: of what the system says if it must answer, by `squad_f1`; 0 if unanswerable.
        exact: the same by `squad_exact`.
        german_f1: the same by `eval.metrics.token_f1`.
        confidence: in [0, 1].
        abstained: what the system itself decided.
    """

    context_id: str
    domain: str
    answerable: bool
    f1: float
    exact: float
    german_f1: float
    confidence: float
    abstained: bool

    @property
    def right(self) -> bool:
        """Whether the draft answers the question."""
        return self.answerable and self.f1 >= RIGHT_F1


def context_id(context: str) -> str:
    """Digest of a context; equal contexts have one."""
    return hashlib.blake2b(context.encode("utf-8")).hexdigest()


def is_tuning(digest: str) -> bool:
    """True for the half of the contexts on which anything may be chosen: an even digest."""
    return int(digest, 16) % 2 == 0


def squad_normalise(text: str) -> str:
    """An answer in lower case, without punctuation and German articles.

    Source: ``normalize_answer`` of MLQA for German (Lewis et al. 2020, arXiv:1910.07475),
    which is SQuAD's with German articles and all punctuation of Unicode.
    """
    bare = "".join(c for c in text.lower() if not _is_punctuation(c))
    return " ".join(_ARTICLES.sub(" ", bare).split())


def squad_f1(prediction: str, answers: Sequence[str]) -> float:
    """Best token F1 over the accepted answers, at least one, by `squad_normalise`.

    Source: Rajpurkar et al. 2016 (arXiv:1606.05250).
    """
    said = squad_normalise(prediction).split()
    return max(_bag_f1(said, squad_normalise(answer).split()) for answer in answers)


def squad_exact(prediction: str, answers: Sequence[str]) -> float:
    """1 if the prediction equals an accepted answer by `squad_normalise`, else 0.

    Source: Rajpurkar et al. 2016 (arXiv:1606.05250).
    """
    return float(squad_normalise(prediction) in {squad_normalise(a) for a in answers})


def best_threshold(tuning: Sequence[Reading]) -> float:
    """The threshold with the best mean of answerable F1 and unanswerable accuracy.

    Args:
        tuning: readings of the tuning half.

    Returns:
        The lowest of the best; answered is what has at least this confidence. 0 if there
        is nothing to choose from.
    """

    def mean(threshold: float) -> float:
        silence = _mean([float(r.confidence < threshold) for r in tuning if not r.answerable])
        told = [r.f1 * (r.confidence >= threshold) for r in tuning if r.answerable]
        return ((_mean(told) or 0.0) + (silence or 0.0)) / 2

    return max(_thresholds(tuning), key=mean)


def silent_threshold(tuning: Sequence[Reading], target: float) -> float:
    """The lowest threshold that meets a share of the unanswerable questions with silence.

    Args:
        tuning: readings of the tuning half.
        target: least share, in [0, 1].
    """
    unanswerable = [r.confidence for r in tuning if not r.answerable]
    if not unanswerable:
        return 0.0
    need = target * len(unanswerable)
    reached = (t for t in _thresholds(tuning) if sum(c < t for c in unanswerable) >= need)
    return next(reached)


def choose_thresholds(tuning: Sequence[Reading]) -> dict[str, float]:
    """Every threshold by the name of its operating point, for all domains together."""
    silent = {f"silence {t:g}": silent_threshold(tuning, t) for t in SILENCE_TARGETS}
    return {"best mean": best_threshold(tuning), **silent}


def summary(readings: Sequence[Reading], thresholds: Mapping[str, float]) -> dict[str, Any]:
    """All scores of some questions, by domain and for all of them together.

    Args:
        readings: of one half.
        thresholds: by the name of the operating point.
    """
    domains = sorted({r.domain for r in readings})
    parts = {ALL: list(readings)} | {d: [r for r in readings if r.domain == d] for d in domains}
    return {name: _scores(part, thresholds) for name, part in parts.items()}


def _scores(readings: Sequence[Reading], thresholds: Mapping[str, float]) -> dict[str, Any]:
    points: dict[str, Callable[[Reading], bool]] = {
        name: lambda r, least=least: r.confidence >= least  # type: ignore[misc]
        for name, least in thresholds.items()
    }
    points = {"forced": lambda r: True, "own": lambda r: not r.abstained} | points
    return {
        "questions": len(readings),
        "answerable": sum(r.answerable for r in readings),
        "contexts": len({r.context_id for r in readings}),
        "points": {name: operating_point(readings, told) for name, told in points.items()},
        "confidence": confidence_scores(readings),
    }


def operating_point(
    readings: Sequence[Reading], answers: Callable[[Reading], bool]
) -> dict[str, Any]:
    """Scores if only some questions are answered; silence on an answerable one scores 0.

    Args:
        readings: the questions.
        answers: whether a reading is said.

    Returns:
        Means with 95 % intervals by context; None without such questions.
    """
    can = [r for r in readings if r.answerable]
    cannot = [r for r in readings if not r.answerable]
    told = [float(answers(r)) for r in can]
    where = [r.context_id for r in can]

    def scored(values: Sequence[float]) -> dict[str, float] | None:
        found = interval_by_context([v * t for v, t in zip(values, told, strict=True)], where)
        return asdict(found) if found else None

    silence = interval_by_context(
        [float(not answers(r)) for r in cannot], [r.context_id for r in cannot]
    )
    return {
        "answerable_f1": scored([r.f1 for r in can]),
        "answerable_exact": scored([r.exact for r in can]),
        "answerable_german_f1": scored([r.german_f1 for r in can]),
        "answerable_answered": _mean(told),
        "unanswerable_accuracy": asdict(silence) if silence else None,
    }


def confidence_scores(readings: Sequence[Reading]) -> dict[str, float | None]:
    """What the confidence is worth; None where a class is empty."""
    confidences = [r.confidence for r in readings]
    answerable = [r.answerable for r in readings]
    right = [r.right for r in readings]
    points = risk_coverage(confidences, [float(r) for r in right])
    risks = {
        f"risk_at_{share:g}": next((p.risk for p in points if p.coverage >= share), None)
        for share in COVERAGES
    }
    return {
        "auroc_answerable": auroc(answerable, confidences),
        "auroc_right": auroc(right, confidences),
        "ece_right": expected_calibration_error(confidences, right),
        "ece_answerable": expected_calibration_error(confidences, answerable),
        "aurc": aurc(confidences, [float(r) for r in right]),
        **risks,
    }


def interval_by_context(
    values: Sequence[float], contexts: Sequence[str], *, resamples: int = RESAMPLES
) -> Interval | None:
    """Mean over questions with its 95 % bootstrap interval, contexts drawn as a whole.

    Args:
        values: one score for each question.
        contexts: the context of each.
        resamples: at least 1.

    Returns:
        None without questions.

    Source: the percentile bootstrap of clusters; Davison and Hinkley 1997, section 3.8.
    """
    if not values:
        return None
    _, group = np.unique(np.asarray(contexts), return_inverse=True)
    sums = np.bincount(group, weights=np.asarray(values, dtype=np.float64))
    sizes = np.bincount(group)
    rng = np.random.default_rng(SEED)
    drawn = rng.integers(0, len(sums), size=(resamples, len(sums)))
    means = sums[drawn].sum(axis=1) / sizes[drawn].sum(axis=1)
    low, high = np.quantile(means, [0.025, 0.975])
    return Interval(float(np.mean(values)), float(low), float(high))


def _thresholds(readings: Sequence[Reading]) -> list[float]:
    """Rising: 0 to answer everything, each confidence, and one too high for any."""
    found = sorted({0.0, *(r.confidence for r in readings)})
    return [*found, math.nextafter(found[-1], math.inf)]


def _bag_f1(said: Sequence[str], gold: Sequence[str]) -> float:
    if not said or not gold:
        return float(len(said) == len(gold))
    return 2 * (Counter(said) & Counter(gold)).total() / (len(said) + len(gold))


def _is_punctuation(char: str) -> bool:
    return char in string.punctuation or unicodedata.category(char).startswith("P")


def _mean(values: Sequence[float]) -> float | None:
    return math.fsum(values) / len(values) if values else None
