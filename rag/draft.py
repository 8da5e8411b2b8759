"""The drafter's seam: from a question and its evidence to spans that answer it.

Owns the `Drafter` protocol and the way from a name to a loaded drafter. Importing this
module is quick; a model is imported and read only when one is asked for by name.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

from index.modelfolder import Source
from index.types import ModelIdentity
from rag.config import DRAFTER_NONE, DRAFTER_PACKAGED
from rag.types import Draft


class Drafter(Protocol):
    """Finds the words of the evidence that answer a question, or abstains."""

    @property
    def identity(self) -> ModelIdentity:
        """Which model drafts; it makes no vectors, so `dim` may be 0."""
        ...

    def draft(self, question: str, evidence: Sequence[str], language: str) -> Draft:
        """Draft an answer.

        Args:
            question: as asked.
            evidence: texts that may hold the answer, best first.
            language: language of the question, "de" or "en".

        Returns:
            Spans of the evidence texts; abstaining is a value.

        Raises:
            ContextOverflowError: the question and one evidence text do not fit the model.
            ModelError: the model gave values that are not numbers.
        """
        ...


def load_drafter(name: str, *, cache: Path, allow_download: bool = False) -> Drafter | None:
    """The drafter with this name.

    Args:
        name: "none" for no drafter, "beleg" for the packaged one; else a folder with a
            transformers encoder-decoder, or its hub name, such as ``google/flan-t5-base``,
            in the local Hugging Face cache.
        cache: folder that the packaged one is made in.
        allow_download: fetch a hub name that is not in the cache.

    Returns:
        None for "none".

    Raises:
        ModelUnavailableError: nothing there; says what was looked for, where, and how to
            get it.
        ModelError: it is there, but is not safe to load or cannot be used.
    """
    if name == DRAFTER_NONE:
        return None
    from rag.exact import ExactDrafter
    from rag.packaged import NAME, packaged_drafter
    from rag.seq2seq import Seq2SeqDrafter
    from rag.seq2seqmodel import load_model, load_source

    if name == DRAFTER_PACKAGED:
        return ExactDrafter(load_source(Source(NAME, packaged_drafter(cache))))
    loaded = load_model(name, allow_download=allow_download)
    return ExactDrafter(loaded) if loaded.reads_pairs else Seq2SeqDrafter(loaded)
