"""From a question to ranked passages: dense, lexical, and the two fused.

The halves search the same passages of one snapshot. They are fused by weighted
reciprocal ranks, so that no scale of scores needs to be calibrated.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from index.embed import Embedder
from index.store import Snapshot
from index.types import Hit

RRF_K = 5
"""Rank constant of the fusion; from ``python -m eval.retrieval --choose``, its tuning half."""
LEXICAL_WEIGHT = 0.6
"""Weight of the lexical ranks beside 1.0 for the dense ones; chosen likewise."""
DEPTH = 60
"""Passages taken from each half before fusing."""


@dataclass(frozen=True, slots=True)
class Retrieved:
    """What retrieval gives for one question.

    Args:
        hits: fused, best first; the score is the fused reciprocal rank.
        cosine: passage id -> cosine in [-1, 1] for the passages of the dense half.
        query: (dim,) float32 vector of the question, L2-normalised.
    """

    hits: tuple[Hit, ...]
    cosine: Mapping[int, float]
    query: NDArray[np.float32]


class Retriever:
    """Searches one snapshot with one embedder."""

    def __init__(self, snapshot: Snapshot, embedder: Embedder) -> None:
        self._snapshot = snapshot
        self._embedder = embedder

    def retrieve(
        self, question: str, limit: int, article_ids: Sequence[str] | None = None
    ) -> Retrieved:
        """Rank passages for a question.

        Args:
            question: any text.
            limit: most hits to return.
            article_ids: only these articles, if given.
        """
        query = self._embedder.embed_queries([question])[0]
        dense = self._snapshot.search_vectors(query, DEPTH, article_ids)
        lexical = self._snapshot.search_words(question, DEPTH, article_ids)
        scores = fuse(dense, lexical)
        return Retrieved(self._ranked(scores, limit), dict(dense), query)

    def _ranked(self, scores: Mapping[int, float], limit: int) -> tuple[Hit, ...]:
        passages = self._snapshot.passages(list(scores))
        passages.sort(key=lambda p: (-scores[p.id], p.article_id, p.start))
        return tuple(Hit(p, scores[p.id], rank) for rank, p in enumerate(passages[:limit], 1))


def fuse(
    dense: Sequence[tuple[int, float]],
    lexical: Sequence[tuple[int, float]],
    *,
    k: int = RRF_K,
    lexical_weight: float = LEXICAL_WEIGHT,
) -> dict[int, float]:
    """Weighted reciprocal rank fusion: the sum of weight / (k + rank).

    Args:
        dense: (passage id, score) pairs, best first.
        lexical: likewise.
        k: rank constant > 0; larger values flatten the difference between ranks.
        lexical_weight: weight of the lexical ranks, the dense ones weigh 1.

    Returns:
        passage id -> fused score.

    Source: Cormack, Clarke and Buettcher, "Reciprocal rank fusion outperforms Condorcet
    and individual rank learning methods", SIGIR 2009 (unweighted, k = 60).
    """
    scores: dict[int, float] = {}
    for ranking, weight in ((dense, 1.0), (lexical, lexical_weight)):
        for rank, (passage_id, _) in enumerate(ranking, 1):
            scores[passage_id] = scores.get(passage_id, 0.0) + weight / (k + rank)
    return scores
