"""Vectors for more passages than can be embedded in reasonable time: an honest stand-in.

A sample of passages is really embedded. The vector of any other text lies in the
neighbourhood of one of them: moved along differences between others, all chosen by a digest
of the text. So vectors keep the spread and the directions of real ones, which isotropic
noise has not; their content means nothing. Rows made with them say so.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from eval.sync_cost import HashedVectors
from index.embed import Embedder
from index.types import ModelIdentity

_DIRECTIONS = 8
_MOVE = 0.45
"""Length of a move, in differences of the sample: neighbours' cosines stay about those of
passages of one article (0.9), far below those of copies."""


class Neighbourhoods(HashedVectors):
    """An `Embedder` without a model; equal texts get equal vectors.

    Args:
        sample: (n, dim) float32, L2-normalised: vectors of really embedded passages.
    """

    def __init__(self, sample: NDArray[np.float32]) -> None:
        self._sample = sample
        self._mean = sample.mean(axis=0)
        digest = hashlib.sha256(sample.tobytes()).hexdigest()
        self.identity = ModelIdentity("stand-in-neighbourhoods", digest, sample.shape[1])

    def embed_queries(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """(len(texts), dim) float32, L2-normalised."""
        drawn = np.array([_draw(text) for text in texts], dtype=np.uint32)
        drawn = drawn.reshape(len(texts), 2 * _DIRECTIONS)
        rows = self._sample[drawn[:, 0] % len(self._sample)].copy()
        for i in range(1, _DIRECTIONS):
            other = self._sample[drawn[:, i] % len(self._sample)] - self._mean
            weights = drawn[:, _DIRECTIONS + i] / np.float32(2**31) - np.float32(1)
            rows += _MOVE * weights[:, None].astype(np.float32) * other
        rows /= np.linalg.norm(rows, axis=1, keepdims=True)
        return rows


def _draw(text: str) -> NDArray[np.uint32]:
    """Sixteen numbers that depend on the text alone."""
    digest = hashlib.blake2b(text.encode("utf-8"), digest_size=64).digest()
    return np.frombuffer(digest, dtype="<u4").astype(np.uint32)


def describe(embedder: Embedder) -> str:
    """What a row must say about the vectors; empty for those of a model."""
    name = embedder.identity.name
    return f"vectors: {name}" if name.startswith(("stand-in", "hashed")) else ""
