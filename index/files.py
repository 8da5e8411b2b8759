"""Files on the disk: reading compressed text, checked bytes, and making sure of what is written."""

from __future__ import annotations

import contextlib
import gzip
import hashlib
import lzma
import mmap
import os
import shutil
from pathlib import Path
from typing import IO

from index.errors import ModelError, ModelUnavailableError


def open_text(path: Path) -> IO[str]:
    """Open a UTF-8 text file for reading; ``.gz`` and ``.xz`` are unpacked on the way."""
    if path.suffix == ".gz":
        return gzip.open(path, "rt", encoding="utf-8")
    if path.suffix == ".xz":
        return lzma.open(path, "rt", encoding="utf-8")
    return path.open(encoding="utf-8")


def read_checked(
    path: Path,
    sha256: str,
    *,
    missing: str,
    wrong: str,
    kind: type[ModelError] = ModelUnavailableError,
) -> bytes:
    """The bytes of a file that must have a known digest.

    Args:
        path: the file.
        sha256: hex digest that it must have.
        missing: what to do if it cannot be read.
        wrong: what to do if it is another file.
        kind: error to raise for another file.

    Raises:
        ModelUnavailableError: it cannot be read.
        ModelError: it is another file; of the class `kind`.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise ModelUnavailableError(
            f"{path}: cannot be read: {error.strerror}", hint=missing
        ) from error
    if (found := hashlib.sha256(data).hexdigest()) != sha256:
        raise kind(f"{path}: sha256 {found}, expected {sha256}", hint=wrong)
    return data


def map_checked(path: Path, sha256: str, *, missing: str, wrong: str) -> memoryview:
    """A file that must have a known digest, mapped into memory: only what is used is read.

    Args:
        path: the file; not empty.
        sha256: hex digest that it must have.
        missing: what to do if it cannot be read.
        wrong: what to do if it is another file.

    Raises:
        ModelUnavailableError: it cannot be read or is another file.
    """
    try:
        with path.open("rb") as stream:
            found = hashlib.file_digest(stream, "sha256").hexdigest()
            if found == sha256:
                return memoryview(mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ))
    except OSError as error:
        raise ModelUnavailableError(
            f"{path}: cannot be read: {error.strerror}", hint=missing
        ) from error
    raise ModelUnavailableError(f"{path}: sha256 {found}, expected {sha256}", hint=wrong)


def sync_path(path: Path) -> None:
    """Flush a file or folder to the disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def remove_if_possible(path: Path) -> None:
    """Remove a file, a link or a folder as far as possible; what stays hurts nobody."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path, ignore_errors=True)
    else:
        with contextlib.suppress(OSError):
            path.unlink(missing_ok=True)
