"""The packaged encoder as an `Embedder`: no torch, no table of 250,000 vectors in memory.

Rows of the word embedding are read from the mapped data file as texts ask for them.
Texts are not batched: each is an inference of its own on a thread of its own, so a text's
vector has the same bits whatever it is embedded with, and however many threads there are.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from index.e5file import E5File
from index.e5folder import PROMPTS
from index.e5graph import STEP, compile_encoder, import_openvino
from index.e5words import E5Tokenizer
from index.errors import ModelError
from index.types import ModelIdentity


class E5Embedder:
    """An `Embedder` that runs the packaged model's data file.

    A text of more than 512 tokens is cut at its end. Calls from several threads wait for
    each other.

    Args:
        file: the parsed data file; kept open for as long as the embedder lives.
        splitter: file of its splitter into words.
        identity: name, digest of the file and length of the vectors.
        threads: texts that are embedded at once; None for as many as there are processors.

    Raises:
        ModelUnavailableError: OpenVINO is not installed, or a tensor is missing.
        ModelError: OpenVINO cannot compile the network.
    """

    def __init__(
        self, file: E5File, splitter: Path, identity: ModelIdentity, threads: int | None = None
    ) -> None:
        sizes = file.sizes
        threads = threads or _processors()
        self._network = compile_encoder(file, threads)
        self._queue = _queue(self._network, threads)
        self._tokenizer = E5Tokenizer(file.words, splitter, limit=sizes.positions)
        self._table = _Table(file)
        self._identity = identity
        self._lock = threading.Lock()

    @property
    def identity(self) -> ModelIdentity:
        """Name, digest of the data file and length of the vectors."""
        return self._identity

    def embed_queries(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """See `Embedder.embed_queries`."""
        return self._embed(texts, PROMPTS["query"], None)

    def embed_passages(
        self, texts: Sequence[str], *, progress: Callable[[int], None] | None = None
    ) -> NDArray[np.float32]:
        """See `Embedder.embed_passages`."""
        return self._embed(texts, PROMPTS["passage"], progress)

    def _embed(
        self, texts: Sequence[str], prompt: str, progress: Callable[[int], None] | None
    ) -> NDArray[np.float32]:
        vectors = np.empty((len(texts), self._identity.dim), np.float32)
        done: list[int] = []
        told = 0

        def finished(request: Any, number: int) -> None:
            vectors[number] = _normalised(request.get_output_tensor(0).data[0])
            done.append(number)

        with self._lock:
            self._queue.set_callback(finished)
            try:
                for number, text in enumerate(texts):
                    ids = self._tokenizer.ids(prompt + text)
                    self._queue.start_async(self._table.inputs(ids), number)
                    if progress and len(done) > told:
                        progress(len(done) - told)
                        told = len(done)
            finally:
                self._queue.wait_all()
        if progress and len(texts) > told:
            progress(len(texts) - told)
        if not np.isfinite(vectors).all():
            raise ModelError(
                f"{self._identity.name}: the model gave vectors that are not numbers",
                hint="pip install --force-reinstall openvino",
            )
        return vectors


class _Table:
    """Token ids to the network's input; the word embedding stays in the mapped file."""

    def __init__(self, file: E5File) -> None:
        sizes = file.sizes
        self._file = file
        self._shape = sizes.vocabulary, sizes.hidden
        kinds = file.weights("emb.type", sizes.types, sizes.hidden)
        self._places = file.weights("emb.pos", sizes.positions, sizes.hidden) + kinds[0]

    def inputs(self, ids: list[int]) -> dict[int, NDArray[np.float32]]:
        """Word, place and type embedding added up, and which rows are no padding."""
        count = len(ids)
        padded = -(-count // STEP) * STEP
        tokens = np.zeros((1, padded, self._shape[1]), np.float32)
        tokens[0, :count] = self._file.rows("emb.word", ids, *self._shape) + self._places[:count]
        kept = np.zeros((1, padded, 1), np.float32)
        kept[0, :count] = 1
        return {0: tokens, 1: kept}


def _processors() -> int:
    """Those that this process may use."""
    if hasattr(os, "sched_getaffinity"):  # not on macOS
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _queue(network: Any, threads: int) -> Any:
    return import_openvino().AsyncInferQueue(network, threads)


def _normalised(total: NDArray[np.float32]) -> NDArray[np.float64]:
    """The mean's direction is that of the sum; in float64, so that the length is 1."""
    exact = total.astype(np.float64)
    length: np.float64 = np.sqrt((exact * exact).sum())
    return exact / length
