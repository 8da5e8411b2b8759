"""Text to vectors: the `Embedder` protocol, its sentence-transformers one, and the choice.

Importing this module is quick; a model's libraries are imported when it is loaded: for
the packaged one OpenVINO (index.e5embed), for any other torch. Models come from the
packaged file, a folder or the local Hugging Face cache; the network is used only where
the caller allows it. Code that a model brings along is never
run, and weights are read from safetensors only (pickle files can run code).
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
from numpy.typing import NDArray

from index import e5
from index.errors import ModelError
from index.modelfolder import Source, check_folder, find_model, loading, quiet, weights_sha256
from index.types import ModelIdentity

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

_BATCH_TOKENS = 4096  # of one forward pass, padding included: about 100 MB with the packaged model
_LONGEST_TOKENS = 512  # assumed for a model that names no limit

PACKAGED = ModelIdentity("multilingual-e5-small-q4-bf16", e5.SHA256, 384)
"""Identity of the packaged model, known without loading it.

Where a processor has no bfloat16 it computes in 32 bits; cosines differ by 0.00001 then.
"""

REFERENCE = ModelIdentity("multilingual-e5-small-q4", e5.SHA256, 384)
"""The same weights in 32 bits by sentence-transformers; also all indexes before bfloat16."""


class Embedder(Protocol):
    """Turns texts into vectors whose inner product is their cosine similarity."""

    @property
    def identity(self) -> ModelIdentity:
        """Which model makes the vectors; an index belongs to one identity."""
        ...

    def embed_queries(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Vectors of questions.

        Args:
            texts: the questions.

        Returns:
            (len(texts), dim) float32, L2-normalised.
        """
        ...

    def embed_passages(
        self, texts: Sequence[str], *, progress: Callable[[int], None] | None = None
    ) -> NDArray[np.float32]:
        """Vectors of passages.

        Args:
            texts: the passages.
            progress: called after each batch with the number of texts in it; the
                calls add up to ``len(texts)``.

        Returns:
            (len(texts), dim) float32, L2-normalised, in the order of the texts.
        """
        ...


class SentenceTransformerEmbedder:
    """An `Embedder` around a loaded sentence-transformers model.

    A text that is longer than the model can read (512 tokens for the packaged
    one) is cut at its end. Calls from several threads wait for each other.

    Args:
        model: the loaded model.
        name: name for the identity.
        sha256: hex digest of its weights.
        query_prompt: put before each question.
        passage_prompt: put before each passage.
    """

    def __init__(
        self,
        model: SentenceTransformer,
        *,
        name: str,
        sha256: str,
        query_prompt: str = "",
        passage_prompt: str = "",
    ) -> None:
        self._model: Any = model
        self._query_prompt = query_prompt
        self._passage_prompt = passage_prompt
        self._lock = threading.Lock()  # the tokenizers library is not safe to share
        dim = self._encode(["a"], query_prompt).shape[1]
        self._identity = ModelIdentity(name, sha256, dim)

    @property
    def identity(self) -> ModelIdentity:
        """Name, digest of the weights and length of the vectors."""
        return self._identity

    def embed_queries(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """See `Embedder.embed_queries`."""
        return self._embed(texts, self._query_prompt, None)

    def embed_passages(
        self, texts: Sequence[str], *, progress: Callable[[int], None] | None = None
    ) -> NDArray[np.float32]:
        """See `Embedder.embed_passages`."""
        return self._embed(texts, self._passage_prompt, progress)

    def _embed(
        self, texts: Sequence[str], prompt: str, progress: Callable[[int], None] | None
    ) -> NDArray[np.float32]:
        vectors = np.empty((len(texts), self._identity.dim), np.float32)
        for batch in batches(self._lengths([prompt + text for text in texts]), _BATCH_TOKENS):
            vectors[batch] = self._encode([texts[i] for i in batch], prompt)
            if progress:
                progress(len(batch))
        if not np.isfinite(vectors).all():
            raise ModelError(
                f"{self._identity.name}: the model gave vectors that are not numbers",
                hint="its weights are damaged or overflow in their number format",
            )
        return vectors

    def _encode(self, texts: list[str], prompt: str) -> NDArray[np.float32]:
        with self._lock:
            vectors = self._model.encode(
                texts,
                prompt=prompt,
                batch_size=len(texts),
                show_progress_bar=False,
                convert_to_numpy=True,
                normalize_embeddings=True,
            )
        return np.asarray(vectors, dtype=np.float32)

    def _lengths(self, texts: list[str]) -> list[int]:
        """Length of each text in tokens, at most the model's limit."""
        limit = self._model.max_seq_length or _LONGEST_TOKENS
        tokenizer = self._model.tokenizer
        if not texts or not callable(tokenizer):  # static models: an upper bound will do
            return [min(len(text) + 2, limit) for text in texts]
        with self._lock:
            encoded = tokenizer(texts, verbose=False)["input_ids"]
        return [min(len(ids), limit) for ids in encoded]


def batches(lengths: Sequence[int], budget: int) -> Iterator[list[int]]:
    """Groups texts of similar length, the longest first, so that little is padded.

    Args:
        lengths: tokens of each text.
        budget: most tokens of a group, each text counted as long as the longest;
            a single text may exceed it.

    Yields:
        Positions in `lengths`; each occurs once.
    """
    order = sorted(range(len(lengths)), key=lambda i: lengths[i], reverse=True)
    at = 0
    while at < len(order):
        size = max(1, budget // max(1, lengths[order[at]]))
        yield order[at : at + size]
        at += size


def load_embedder(
    model: str | None,
    *,
    cache: Path,
    allow_download: bool = False,
    threads: int | None = None,
) -> Embedder:
    """Loads an embedding model.

    Args:
        model: None for the packaged multilingual-e5-small; otherwise a folder, or a
            hub name that is looked up in the local Hugging Face cache.
        cache: where the packaged model is unpacked.
        allow_download: fetch a hub name that is not in the cache.
        threads: for the packaged model, texts embedded at once, None for one a processor;
            for others, torch's threads in this process, None leaves them alone.

    Raises:
        ModelUnavailableError: the model is not on this machine.
        ModelError: it is, but is not safe to load or cannot be loaded.
    """
    if model is None:
        from index.e5embed import E5Embedder

        file = e5.packaged_file()
        return E5Embedder(file, e5.packaged_splitter(cache, file), PACKAGED, threads)
    source = find_model(model, allow_download=allow_download)
    check_folder(source)
    if threads is not None:
        import torch

        torch.set_num_threads(threads)
    hint = "check that the folder holds a whole sentence-transformers model"
    return _sentence_transformer(source, weights_sha256(source.folder), hint)


def load_reference(cache: Path) -> Embedder:
    """Loads the packaged model's weights into sentence-transformers, in 32 bits.

    To compare with: what `load_embedder` makes of them needs a third of the time and memory.

    Args:
        cache: where the packaged model is unpacked (500 MB).

    Raises:
        ModelError: as for `load_embedder`.
    """
    folder = e5.packaged_model(cache)
    hint = f"remove {folder} and start again; it is made anew"
    return _sentence_transformer(Source(REFERENCE.name, folder), REFERENCE.sha256, hint)


def _sentence_transformer(source: Source, sha256: str, hint: str) -> Embedder:
    loaded = _load(source, hint)
    query, passage = prompts(source.name, loaded.prompts)
    return SentenceTransformerEmbedder(
        loaded, name=source.name, sha256=sha256, query_prompt=query, passage_prompt=passage
    )


def prompts(name: str, declared: dict[str, str | None]) -> tuple[str, str]:
    """What the model wants before a question and before a passage.

    Args:
        name: the model's name; an E5 model that declares nothing gets E5's prefixes.
        declared: the prompts in the model's own configuration.

    Returns:
        Question prompt and passage prompt, empty where the model wants none.
    """
    query = declared.get("query") or ""
    passage = declared.get("passage") or declared.get("document") or ""
    base = name.rpartition("/")[2].lower()
    if not (query or passage) and "instruct" not in base and "e5" in base.split("-"):
        return "query: ", "passage: "  # Source: the model cards of E5 and multilingual-e5
    return query, passage


def _load(source: Source, hint: str) -> Any:
    """Loads a checked folder on the CPU, without a word of the libraries."""
    with quiet():
        from sentence_transformers import SentenceTransformer

        with loading(source, hint):
            return SentenceTransformer(
                str(source.folder),
                device="cpu",
                local_files_only=True,
                trust_remote_code=False,
                model_kwargs={"use_safetensors": True},
            )
