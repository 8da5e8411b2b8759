"""Finds a model that the user named, and looks at its folder before it is loaded.

A model is a folder or a hub name in the local Hugging Face cache. Its folder is
refused where loading it could run code: pickled weights, modules of its own.
"""

from __future__ import annotations

import hashlib
import json
import logging
import re
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from index.errors import ModelError, ModelUnavailableError

_HUB_NAME = re.compile(r"[\w.-]+/[\w.-]+")
_WANTED_FILES = ["*.json", "*.safetensors", "*.txt", "*.model"]
_OTHER_RUNTIMES = {"onnx", "openvino"}  # folders with the same weights for other programs
_LIBRARIES = ("sentence_transformers", "transformers", "huggingface_hub")


@dataclass(frozen=True, slots=True)
class Source:
    """Where a model was found.

    Args:
        name: the hub name, or the folder's name.
        folder: its files.
    """

    name: str
    folder: Path


def find_model(model: str, *, allow_download: bool = False) -> Source:
    """The folder of a model that the user named.

    Args:
        model: a folder, or a hub name such as ``intfloat/multilingual-e5-base``.
        allow_download: fetch a hub name that is not in the local cache.

    Raises:
        ModelUnavailableError: nothing there; says what was looked for and where.
    """
    folder = Path(model).expanduser()
    if folder.is_dir():
        return Source(folder.resolve().name, folder)
    if not _HUB_NAME.fullmatch(model) or model.startswith("."):
        raise ModelUnavailableError(
            f"no model folder {folder}",
            hint="name an existing folder, or a model of the hub as owner/name",
        )
    cached = _from_cache(model, local_files_only=True)
    if isinstance(cached, Exception) and allow_download:
        cached = _from_cache(model, local_files_only=False)
    if isinstance(cached, Path):
        return Source(model, cached)
    from huggingface_hub.constants import HF_HUB_CACHE

    raise ModelUnavailableError(
        f"no folder {folder} and no model {model} in the Hugging Face cache {HF_HUB_CACHE}"
        + (f"; the download failed: {cached}" if allow_download else ""),
        hint="check the name and the network"
        if allow_download
        else f"fetch it with `hf download {model}`, or allow the download",
    ) from cached


def check_folder(source: Source, *, kind: str = "a sentence-transformers model") -> None:
    """Refuses a folder that has no safetensors or would run code of its own.

    Args:
        source: the model.
        kind: what it should be, for the hint.

    Raises:
        ModelUnavailableError: no weights at all.
        ModelError: pickled weights, or modules that are not sentence-transformers'.
    """
    safe = {path.parent for path in _weights(source.folder)}
    pickled = [
        path for path in source.folder.rglob("pytorch_model*.bin") if path.parent not in safe
    ]
    if pickled:
        raise ModelError(
            f"{source.name}: {pickled[0]} is a pickle file, which can run code when it is read",
            hint="use a copy of the model that is stored as safetensors",
        )
    if not safe:
        raise ModelUnavailableError(
            f"{source.name}: no *.safetensors in {source.folder}",
            hint=f"name a folder that holds {kind}",
        )
    for module in _module_types(source):
        if not module.startswith("sentence_transformers."):
            raise ModelError(
                f"{source.name}: it brings code of its own ({module}), which is not run",
                hint="use a model made of sentence-transformers' own modules",
            )


def weights_sha256(folder: Path) -> str:
    """Digest of all ``*.safetensors`` in the order of their paths.

    For a model with one file it is what ``sha256sum`` prints for that file.

    Args:
        folder: the model folder.

    Returns:
        Hex digest.
    """
    digest = hashlib.sha256()
    for path in _weights(folder):
        with path.open("rb") as stream:
            while block := stream.read(1 << 20):
                digest.update(block)
    return digest.hexdigest()


@contextmanager
def quiet() -> Iterator[None]:
    """Keeps the model libraries' progress bars, log lines and warnings away."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        bars = _progress_bars()
        levels = {name: logging.getLogger(name).level for name in _LIBRARIES}
        shown = bars.is_progress_bar_enabled()
        try:
            bars.disable_progress_bar()
            for name in _LIBRARIES:
                logging.getLogger(name).setLevel(logging.ERROR)
            yield
        finally:
            for name, level in levels.items():
                logging.getLogger(name).setLevel(level)
            if shown:
                bars.enable_progress_bar()


def _progress_bars() -> Any:
    from transformers.utils import logging as transformers_logging

    return transformers_logging


def _from_cache(model: str, *, local_files_only: bool) -> Path | Exception:
    """The snapshot folder, or why there is none. A snapshot without weights is none."""
    from huggingface_hub import snapshot_download

    # a download fails in the ways of several libraries; what happened is kept and told
    expected = (OSError, ValueError) if local_files_only else (Exception,)
    try:
        with quiet():
            found = snapshot_download(
                model,
                local_files_only=local_files_only,
                allow_patterns=_WANTED_FILES,
                ignore_patterns=[f"{name}/*" for name in _OTHER_RUNTIMES],
            )
    except expected as error:
        return error
    folder = Path(found)
    if _weights(folder) or any(folder.rglob("pytorch_model*.bin")):
        return folder
    return FileNotFoundError(f"{folder} holds no weights")


def _weights(folder: Path) -> list[Path]:
    """The weight files below a folder, in the order of their paths."""
    return sorted(
        path
        for path in folder.rglob("*.safetensors")
        if not _OTHER_RUNTIMES.intersection(path.relative_to(folder).parts)
    )


def _module_types(source: Source) -> list[str]:
    path = source.folder / "modules.json"
    if not path.exists():
        return []
    try:
        return [str(module["type"]) for module in json.loads(path.read_text(encoding="utf-8"))]
    except (ValueError, KeyError, TypeError) as error:
        raise ModelError(f"{path}: not a list of modules: {error!r}") from error


@contextmanager
def loading(source: Source, hint: str, kind: str = "") -> Iterator[None]:
    """Turns what the libraries raise on a damaged or unfit folder into one clear error.

    Args:
        source: the folder that is being loaded.
        hint: what to do about it.
        kind: what it was loaded as (" as an encoder-decoder"), for the message.

    Raises:
        ModelError: the folder cannot be loaded.
    """
    from safetensors import SafetensorError

    try:
        yield
    except (
        OSError,
        ValueError,
        RuntimeError,
        KeyError,
        ImportError,
        AttributeError,
        TypeError,
        SafetensorError,
    ) as error:
        message = f"{source.name} in {source.folder} cannot be loaded{kind}: {error}"
        raise ModelError(message, hint=hint) from error
