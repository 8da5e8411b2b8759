"""The folder of an index: generations, the file CURRENT, the lock, atomic replacement.

    INDEX/
      CURRENT             "gen-000002 <sha256 of its manifest.json>"
      write.lock          held by the one writer
      gen-000002/         manifest.json, corpus.sqlite, vectors.faiss, recent.faiss

A writer builds a new generation in ``gen-00000N.tmp``, syncs every file to disk,
renames the folder, then replaces CURRENT. Killed at any point it leaves the old
generation as it was; the next writer removes what it left. Readers hold no lock:
they keep the files open that they opened. This module knows nothing of articles.
"""

from __future__ import annotations

import contextlib
import errno
import hashlib
import itertools
import json
import re
import sqlite3
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, TypeVar

from filelock import FileLock, Timeout

from index.errors import (
    StoreBusyError,
    StoreCorruptError,
    StoreMismatchError,
    StoreNotFoundError,
    StoreWriteError,
)
from index.files import remove_if_possible, sync_path
from index.manifest import FORMAT_VERSION, Manifest

MANIFEST = "manifest.json"
CURRENT = "CURRENT"
LOCK = "write.lock"
_HASH_AT_OPEN_BYTES = 256 * 1024 * 1024
_T = TypeVar("_T")
_POINTER = re.compile(rb"(gen-\d{6,}) ([0-9a-f]{64})\n")
_DISK_ERRORS = {
    errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS, errno.EACCES, errno.EPERM, errno.EIO,
    errno.EEXIST, errno.ENOTDIR, errno.EISDIR, errno.ENAMETOOLONG, errno.ELOOP,
}  # fmt: skip


def repair_hint(root: Path) -> str:
    """What to do with an index that cannot be used."""
    return f"rebuild it from the articles: beleg index --full (index folder: {root})"


def file_sha256(path: Path) -> str:
    """Hex digest of a file's bytes, read in blocks."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def current_folder(root: Path) -> tuple[Path, Manifest]:
    """The generation that CURRENT names, with its manifest checked.

    Raises:
        StoreNotFoundError: there is no index here.
        StoreCorruptError: CURRENT or the manifest is damaged.
        StoreMismatchError: the layout is of another version.
    """
    try:
        raw_pointer = (root / CURRENT).read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        raise StoreNotFoundError(
            root, f"{root}: no index here", hint="build it: beleg index --corpus FOLDER"
        ) from None
    except OSError as error:
        raise _corrupt(root, f"{root / CURRENT}: {error.strerror}") from error
    match = _POINTER.fullmatch(raw_pointer)
    if match is None:
        raise _corrupt(root, f"{root / CURRENT}: not the name of a generation")
    folder, digest = root / match[1].decode("ascii"), match[2].decode("ascii")
    try:
        raw = (folder / MANIFEST).read_bytes()
    except OSError as error:
        raise _corrupt(root, f"{folder / MANIFEST}: {error.strerror}") from error
    if hashlib.sha256(raw).hexdigest() != digest:
        raise _corrupt(root, f"{folder / MANIFEST}: does not match the checksum in {CURRENT}")
    stored = _parsed(root, folder, lambda: json.loads(raw)["format"])
    if stored != FORMAT_VERSION:
        raise StoreMismatchError(
            root, "format version", str(stored), str(FORMAT_VERSION), hint=repair_hint(root)
        )
    manifest = _parsed(root, folder, lambda: Manifest.from_json(raw.decode("utf-8")))
    if folder.name != f"gen-{manifest.generation:06d}":
        raise _corrupt(root, f"{folder / MANIFEST}: of generation {manifest.generation}")
    return folder, manifest


def _parsed(root: Path, folder: Path, parse: Callable[[], _T]) -> _T:
    """What the parser gives; what it raises over a manifest that is none is damage."""
    try:
        return parse()
    except (LookupError, RecursionError, TypeError, ValueError) as error:
        raise _corrupt(root, f"{folder / MANIFEST}: not a manifest: {error}") from error


def pointer(root: Path) -> bytes:
    """What CURRENT says, unchecked; empty if it cannot be read."""
    try:
        return (root / CURRENT).read_bytes()
    except OSError:
        return b""


def damage(folder: Path, manifest: Manifest, *, thorough: bool) -> list[str]:
    """What is wrong with the files of a generation.

    Args:
        folder: folder of the generation.
        manifest: its manifest.
        thorough: hash files of any size; otherwise only up to 256 MB together.

    Returns:
        One sentence for each damaged file; empty when all is well.
    """
    paths = [folder / name for name in manifest.files]
    entries = list(manifest.files.values())
    if is_hashed_at_open(manifest) or not thorough:
        hashing = itertools.repeat(is_hashed_at_open(manifest))
        return [*filter(None, map(_file_damage, paths, entries, hashing))]
    with ThreadPoolExecutor() as threads:  # large files; hashing lets other threads run
        return [*filter(None, threads.map(_file_damage, paths, entries, itertools.repeat(True)))]


def is_hashed_at_open(manifest: Manifest) -> bool:
    """True for a generation that is small enough to compare all checksums at each opening."""
    total = sum(int(entry["size_bytes"]) for entry in manifest.files.values())
    return total <= _HASH_AT_OPEN_BYTES


def _file_damage(path: Path, entry: dict[str, Any], hashing: bool) -> str:
    """What is wrong with one file; empty if nothing is."""
    try:
        size_bytes = path.stat().st_size
        if not path.is_file():
            return f"{path}: not a file"
        if size_bytes != entry["size_bytes"]:
            return f"{path}: {size_bytes} bytes, {entry['size_bytes']} expected"
        if hashing and file_sha256(path) != entry["sha256"]:
            return f"{path}: content differs from the checksum in the manifest"
    except OSError as error:
        return f"{path}: {error.strerror}"
    return ""


@contextlib.contextmanager
def writing(root: Path) -> Iterator[None]:
    """Hold the writer's lock, and turn disk errors into StoreWriteError.

    Raises:
        StoreBusyError: another process is writing.
        StoreWriteError: the folder cannot be written, or the disk is full.
    """
    try:
        root.mkdir(parents=True, exist_ok=True)
        with FileLock(root / LOCK, timeout=0):
            _remove_leftovers(root)
            yield
    except Timeout:
        raise StoreBusyError(
            root, f"{root}: another sync is running", hint="wait for it to end, then try again"
        ) from None
    except OSError as error:
        if error.errno not in _DISK_ERRORS:
            raise
        raise _unwritable(root, str(error)) from error
    except sqlite3.OperationalError as error:
        raise _unwritable(root, str(error)) from error


def commit(root: Path, building: Path, manifest: Manifest) -> Path:
    """Make a built generation the current one; the older ones are removed.

    Args:
        root: folder of the index.
        building: its ``gen-00000N.tmp``, with all files but the manifest.
        manifest: what to write as manifest.

    Returns:
        The folder of the generation, now current.
    """
    raw = manifest.to_json().encode("utf-8")
    (building / MANIFEST).write_bytes(raw)
    for path in sorted(building.iterdir()):
        sync_path(path)
    sync_path(building)
    folder = building.with_suffix("")
    building.rename(folder)
    sync_path(root)
    new_pointer = root / f"{CURRENT}.tmp"
    new_pointer.write_text(f"{folder.name} {hashlib.sha256(raw).hexdigest()}\n", encoding="ascii")
    sync_path(new_pointer)
    new_pointer.replace(root / CURRENT)
    sync_path(root)
    for old in root.glob("gen-*"):
        if old != folder:
            remove_if_possible(old)
    return folder


def building_folder(root: Path, generation: int) -> Path:
    """A new empty folder in which to build a generation."""
    folder = root / f"gen-{generation:06d}.tmp"
    folder.mkdir()
    return folder


def next_generation(root: Path) -> int:
    """The lowest number that no generation on disk uses or used."""
    taken = [int(path.name[4:10]) for path in root.glob("gen-??????") if path.name[4:].isdigit()]
    return max(taken, default=0) + 1


def _remove_leftovers(root: Path) -> None:
    """Remove what a killed writer left: unfinished and unreferenced generations."""
    match = _POINTER.fullmatch(pointer(root))
    current = match[1].decode("ascii") if match else ""
    for path in root.glob("gen-*"):
        whole = not path.name.endswith(".tmp")
        if not whole or (current and path.name != current and (root / current).is_dir()):
            remove_if_possible(path)
    remove_if_possible(root / f"{CURRENT}.tmp")


def _corrupt(root: Path, message: str) -> StoreCorruptError:
    return StoreCorruptError(root, message, hint=repair_hint(root))


def _unwritable(root: Path, reason: str) -> StoreWriteError:
    return StoreWriteError(
        root,
        f"{root}: the index cannot be written: {reason}",
        hint="free some space or choose another folder with --index; the old index is unchanged",
    )
