"""Model folders that are made on this machine once and kept in the user's cache.

A folder is built beside its place and moved there when it is whole, with a manifest of its
files' digests written last: a killed build leaves nothing that could be taken for a model.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from index.errors import ModelUnavailableError
from index.files import sync_path

MANIFEST = "beleg-model.json"
FORMAT = 1  # of the written folders; a change makes every folder be written anew
_LOCK_TIMEOUT_S = 600.0  # a conversion takes seconds; a slow disk may need minutes


def built(
    target: Path, source: str, write: Callable[[Path], None], *, verify: bool = False
) -> None:
    """Builds the model folder `target`, unless a whole one is there.

    Safe when several processes start at once: one builds, the others wait and
    find it done. Remains of a killed build and a damaged folder are removed.

    Args:
        target: the folder.
        source: digest of what it is made from.
        write: writes the model's files into an empty folder.
        verify: compare the digests of all files, too, before one that is there is taken.

    Raises:
        ModelUnavailableError: `target` cannot be written; and what `write` raises.
    """
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with _lock(target):
            for rest in target.parent.glob(f"{target.name}.tmp-*"):
                shutil.rmtree(rest)
            if not is_whole(target, source) or (verify and verify_model(target)):
                _build(target, source, write)
    except OSError as error:
        raise ModelUnavailableError(
            f"{target}: the model folder cannot be written: {error}",
            hint="name a cache directory that is writable and has 600 MB free",
        ) from error


def is_whole(folder: Path, source: str) -> bool:
    """Whether the folder is a finished build, by names and sizes only.

    Args:
        folder: a model folder.
        source: digest of what it must have been made from.
    """
    try:
        manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        if (manifest["format"], manifest["source_sha256"]) != (FORMAT, source):
            return False
        files = manifest["files"].items()
        return all((folder / name).stat().st_size == entry["bytes"] for name, entry in files)
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return False


def verify_model(folder: Path) -> tuple[str, ...]:
    """Compares every file of a built folder with the digests taken when it was made.

    Reads the whole folder (up to 500 MB); `is_whole` is the quick check.

    Args:
        folder: a model folder.

    Returns:
        Names of the files that are missing or altered, the manifest included;
        empty when the model is sound.
    """
    try:
        files = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))["files"]
        wanted = {str(name): str(entry["sha256"]) for name, entry in files.items()}
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return (MANIFEST,)
    return tuple(name for name, digest in wanted.items() if _digest(folder / name) != digest)


@contextmanager
def _lock(target: Path) -> Iterator[None]:
    from filelock import FileLock, Timeout

    lock = target.with_name(f"{target.name}.lock")
    try:
        with FileLock(lock, timeout=_LOCK_TIMEOUT_S):
            yield
    except Timeout:
        raise ModelUnavailableError(
            f"{target}: another process has been converting the model for {_LOCK_TIMEOUT_S:.0f} s",
            hint=f"wait for it, or end it and start again (lock: {lock})",
        ) from None


def _build(target: Path, source: str, write: Callable[[Path], None]) -> None:
    building = target.with_name(f"{target.name}.tmp-{os.getpid()}")  # ours alone: the lock is held
    building.mkdir()
    try:
        write(building)
        _seal(building, source)
        if target.exists():  # damaged; the next build removes it if this one is killed
            target.rename(building.with_name(building.name + "-damaged"))
        building.replace(target)
        sync_path(target.parent)
    finally:
        for rest in target.parent.glob(f"{building.name}*"):
            shutil.rmtree(rest, ignore_errors=True)


def _seal(folder: Path, source: str) -> None:
    """Writes, last, what `is_whole` and `verify_model` compare the model with."""
    files = {}
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        name = path.relative_to(folder).as_posix()
        files[name] = {"bytes": path.stat().st_size, "sha256": _digest(path)}
        sync_path(path)
    manifest = {"format": FORMAT, "source_sha256": source, "files": files}
    (folder / MANIFEST).write_text(json.dumps(manifest, indent=2) + "\n", encoding="utf-8")
    for path in (folder / MANIFEST, *filter(Path.is_dir, folder.iterdir()), folder):
        sync_path(path)


def _digest(path: Path) -> str:
    """Hex sha256 of a file, empty when it cannot be read."""
    try:
        with path.open("rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()
    except OSError:
        return ""
