"""What a generation says of itself: its manifest, and the names of its files."""

from __future__ import annotations

import json
import re
from dataclasses import asdict, dataclass
from typing import Any

from index.types import ModelIdentity

FORMAT_VERSION = 4
DATABASE = "corpus.sqlite"
VECTORS = "vectors.faiss"
FINE = "vectors.fine.npy"
"""The finer part of compressed vectors; only where there are many."""
RECENT = "recent.faiss"
"""Vectors that are newer than the others; there are none in many generations."""

_DIGEST = re.compile("[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a generation is made of.

    Args:
        format: version of the layout.
        generation: its number, from 1.
        model: name, sha256 and dimension of the embedder.
        analyser: identity of the word analysis.
        next_id: the next passage id; ids below it were given out.
        articles: number of articles.
        passages: number of passages.
        vectors: how they are searched, in words: exact or compressed.
        created: UTC time, ISO 8601.
        files: file name -> {"sha256": hex, "size_bytes": int}.
    """

    format: int
    generation: int
    model: ModelIdentity
    analyser: str
    next_id: int
    articles: int
    passages: int
    vectors: str
    created: str
    files: dict[str, dict[str, Any]]

    def to_json(self) -> str:
        """The manifest as it stands on disk."""
        return json.dumps(asdict(self), indent=2, ensure_ascii=False, sort_keys=True) + "\n"

    @classmethod
    def from_json(cls, text: str) -> Manifest:
        """Read a manifest.

        Raises:
            KeyError, TypeError, ValueError: it is not one.
        """
        values = json.loads(text)
        made = cls(**{**values, "model": ModelIdentity(**values["model"])})
        made._check()
        return made

    def _check(self) -> None:
        """Refuse values that no writer makes.

        Raises:
            KeyError, TypeError, ValueError: there is one.
        """
        numbers = (self.format, self.generation, self.next_id, self.articles, self.passages)
        if set(self.files) - {FINE, RECENT} != {DATABASE, VECTORS}:
            raise ValueError("the files are others")
        sizes = [self.files[name]["size_bytes"] for name in self.files]
        counts = (*numbers, self.model.dim, *sizes)
        if not all(type(n) is int and n >= 0 for n in counts):
            raise ValueError("a count is not a number")
        digests = (self.model.sha256, *(entry["sha256"] for entry in self.files.values()))
        if not all(_DIGEST.fullmatch(digest) for digest in digests):
            raise ValueError("a checksum is none")
        if not all(
            isinstance(t, str) for t in (self.model.name, self.analyser, self.vectors, self.created)
        ):
            raise ValueError("a name is no text")
