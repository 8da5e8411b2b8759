"""Stand-ins and helpers for tests: an embedder without a model, corpora, damaged indexes."""

from __future__ import annotations

import ctypes
import hashlib
import json
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from index.store import Snapshot
from index.sync import SyncReport, sync
from index.types import ModelIdentity
from index.words import words

NOON = datetime(2024, 10, 24, 12, 0, tzinfo=UTC)

ARTICLES: dict[str, bytes] = {
    # CRLF; two passages of which the second names the number
    "munition.txt": (
        "Nordkorea liefert Munition\r\n\r\n"
        "Pjöngjang hat nach Angaben aus Seoul 8.000 Container verschifft. „Das ist viel“, sagte"
        " Präsident Yoon am 24. Oktober.\r\n"
        + "Die Straße nach Norden blieb gesperrt, weil Regen fiel. " * 11
        + "\r\n\r\nMoskau dementiert: Außenminister Lawrow sprach von „Gerüchten“.\r\n"
    ).encode(),
    # BOM, U+2028 inside a line, no line break at the end
    "süd/präsident.txt": (
        "\ufeffDer Präsident reist\n\nSelenskyj traf in Köln den Kanzler.\u2028Beide lobten die"
        " Munitionsversorgung.\nMehr zum Thema\nWarum die Preise steigen"
    ).encode(),
    "wetter.txt": "Das Wetter\n\nIn Ústí fielen 3,5 Liter Regen 🌧️.\n".encode(),
}
"""A small corpus with CRLF, BOM, U+2028, umlauts, emoji and a folder."""


class HashEmbedder:
    """An `Embedder` that counts words: signed buckets chosen by blake2b of the stems.

    Args:
        name: name of the identity.
        dim: length of the vectors.
    """

    def __init__(self, name: str = "hash-words", dim: int = 64) -> None:
        self.identity = ModelIdentity(name, hashlib.sha256(name.encode()).hexdigest(), dim)
        self.queries: list[str] = []
        self.passages: list[str] = []

    def embed_queries(self, texts: Sequence[str]) -> NDArray[np.float32]:
        self.queries += texts
        return self.vectors(texts)

    def embed_passages(
        self, texts: Sequence[str], *, progress: Callable[[int], None] | None = None
    ) -> NDArray[np.float32]:
        self.passages += texts
        if progress:
            progress(len(texts))
        return self.vectors(texts)

    def vectors(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """(len(texts), dim) float32, L2-normalised; counts nothing."""
        rows = np.zeros((len(texts), self.identity.dim))
        for row, text in zip(rows, texts, strict=True):
            row[0] = 0.01  # a text without words has a direction too
            for word in words(text):
                digest = hashlib.blake2b(word.stem.encode(), digest_size=4).digest()
                row[int.from_bytes(digest[:3], "big") % len(row)] += 1 if digest[3] % 2 else -1
        return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)


def write_corpus(root: Path, files: Mapping[str, bytes] = ARTICLES) -> Path:
    """Write files below a folder, which is made if it is missing."""
    root.mkdir(exist_ok=True)
    for name, data in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes(data)
    return root


def build(
    corpus: Path, root: Path, embedder: HashEmbedder | None = None, *, full: bool = False
) -> SyncReport:
    """Sync an index with a `HashEmbedder` and a fixed clock."""
    made = embedder or HashEmbedder()
    return sync(corpus, root, made.identity, lambda: made, full=full, now=lambda: NOON)


def contents(root: Path) -> list[tuple[Any, ...]]:
    """All passages of an index without their ids, and the stamps of its articles."""
    snapshot = Snapshot.open(root, None)
    try:
        stamps = snapshot.stamps()
        passages = [p for article_id in stamps for p in snapshot.article_passages(article_id)]
        assert sorted(p.id for p in passages) == snapshot.passage_ids()
        return [
            *((s.id, s.sha256, s.size_bytes, s.fingerprint) for s in stamps.values()),
            *(
                (p.article_id, p.start, p.end, p.line_start, p.line_end, p.text, p.boilerplate)
                for p in passages
            ),
        ]
    finally:
        snapshot.close()


def generation(root: Path) -> Path:
    """Folder of the current generation."""
    return root / (root / "CURRENT").read_text(encoding="ascii").split(" ")[0]


def resign(root: Path, change: Callable[[dict[str, Any]], object] = lambda manifest: None) -> None:
    """Make checksums fit an index whose files a test has altered.

    Args:
        root: folder of the index.
        change: alters the manifest before it is written.
    """
    folder = generation(root)
    manifest = json.loads((folder / "manifest.json").read_bytes())
    for name, entry in manifest["files"].items():
        data = (folder / name).read_bytes()
        entry.update(sha256=hashlib.sha256(data).hexdigest(), size_bytes=len(data))
    change(manifest)
    raw = json.dumps(manifest).encode()
    (folder / "manifest.json").write_bytes(raw)
    pointer = f"{folder.name} {hashlib.sha256(raw).hexdigest()}\n"
    (root / "CURRENT").write_text(pointer, encoding="ascii")


@contextmanager
def permissions_refuse() -> Iterator[None]:
    """Make permission bits count for root as well, in this thread."""
    if os.geteuid() != 0:
        yield
        return
    libc = ctypes.CDLL(None, use_errno=True)
    header = (ctypes.c_uint32 * 2)(0x20080522, 0)  # _LINUX_CAPABILITY_VERSION_3, this thread
    before = (ctypes.c_uint32 * 6)()
    if libc.capget(header, before):
        raise OSError(ctypes.get_errno(), "capget")
    less = (ctypes.c_uint32 * 6)(*before)
    less[0] &= ~0b110  # effective set without CAP_DAC_OVERRIDE and CAP_DAC_READ_SEARCH
    if libc.capset(header, less):
        raise OSError(ctypes.get_errno(), "capset")
    try:
        yield
    finally:
        libc.capset(header, before)
