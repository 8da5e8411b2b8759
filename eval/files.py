"""Opening data files, compressed or not."""

from __future__ import annotations

import gzip
import lzma
from pathlib import Path
from typing import IO


def open_text(path: Path) -> IO[str]:
    """Open a UTF-8 text file for reading; ``.gz`` and ``.xz`` are unpacked on the way."""
    if path.suffix == ".gz":
        return gzip.open(path, "rt", encoding="utf-8")
    if path.suffix == ".xz":
        return lzma.open(path, "rt", encoding="utf-8")
    return path.open(encoding="utf-8")
