"""All settings of an assistant: one frozen value, checked once."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from index.errors import ConfigError
from index.paths import HARD_MAX_BYTES

DRAFTER_NONE = "none"
DRAFTER_PACKAGED = "beleg"


@dataclass(frozen=True, slots=True)
class Config:
    """Settings of an assistant.

    Args:
        corpus: folder of the articles.
        cache: folder for the converted model and the default index.
        index: folder of the index; None for one in the cache, named after the corpus.
        embedder: None for the packaged model, else a folder or a hub name.
        drafter: "none" answers with the best evidence sentences, word for word; "beleg" is
            the project's own model, if its weights are there (`rag.packaged`); else a
            transformers encoder-decoder: a folder or a hub name.
        passages: passages read for one question, 1 to 100.
        max_quotes: most quotes in an answer, 1 to 20.
        abstain_below: confidence in [0, 1] under which there is no answer; None for the
            calibrated one.
        allow_download: whether a model that is not on this machine may be fetched.
        max_mb: larger files are left out of the index; 1 to 200 megabytes.
    """

    corpus: Path
    cache: Path
    index: Path | None = None
    embedder: str | None = None
    drafter: str = DRAFTER_NONE
    passages: int = 8
    max_quotes: int = 3
    abstain_below: float | None = None
    allow_download: bool = False
    max_mb: int = 20

    def __post_init__(self) -> None:
        """Refuse values out of range."""
        _in_range("passages", self.passages, 1, 100)
        _in_range("max_quotes", self.max_quotes, 1, 20)
        if self.abstain_below is not None:
            _in_range("abstain_below", self.abstain_below, 0, 1)
        _in_range("max_mb", self.max_mb, 1, HARD_MAX_BYTES // 1_000_000)
        if not self.drafter:
            raise ConfigError("drafter is empty", hint=f"{DRAFTER_NONE!r} answers without one")

    @property
    def max_bytes(self) -> int:
        """Larger files are left out of the index."""
        return self.max_mb * 1_000_000

    @property
    def index_folder(self) -> Path:
        """Where the index is: `index`, or a folder of the cache named after the corpus."""
        if self.index is not None:
            return self.index
        place = self.corpus.absolute().resolve()
        digest = hashlib.blake2b(bytes(place), digest_size=6).hexdigest()
        return self.cache / "indexes" / f"{place.name or 'root'}-{digest}"

    @classmethod
    def from_mapping(cls, values: Mapping[str, Any]) -> Config:
        """Make a config from named values.

        Raises:
            ConfigError: a name is unknown or a value out of range.
        """
        known = {field.name for field in fields(cls)}
        unknown = sorted(values.keys() - known)
        if unknown:
            raise ConfigError(
                f"unknown setting {unknown[0]!r}", hint=f"known are: {', '.join(sorted(known))}"
            )
        return cls(**values)


def _in_range(name: str, value: float, low: float, high: float) -> None:
    if not low <= value <= high:
        raise ConfigError(f"{name} is {value}, it must be between {low} and {high}")
