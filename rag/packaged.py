"""The drafter that comes with the project: from shipped weights to a model folder.

Only what training changed is shipped, in half precision; vocabulary, embedding and lower
layers are taken from the packaged encoder. The folder is made once, in the user's cache.
Nothing is loaded from the shipped file before its digest is checked.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from index.e5 import SHA256, packaged_model
from index.errors import ModelError, ModelUnavailableError
from index.files import read_checked
from index.modelcache import FORMAT, built, is_whole, verify_model

NAME = "beleg-drafter"
WEIGHTS = "drafter.safetensors"
MANIFEST = "drafter.json"
ROWS = "vocabulary.rows"
"""Name of the tensor that holds the pieces' numbers in the encoder's vocabulary."""
SHIPPED = Path(__file__).parent / "weights"
_HINT = "install the project again; its file rag/weights/drafter.safetensors is damaged"


@dataclass(frozen=True, slots=True)
class Shipped:
    """What the manifest says of the shipped weights.

    Args:
        sha256: hex digest of the weights file.
        encoder_sha256: digest of the encoder's data file that they belong to.
    """

    sha256: str
    encoder_sha256: str


def packaged_drafter(cache: Path, shipped: Path = SHIPPED) -> Path:
    """The folder of the packaged drafter, made on first use.

    Args:
        cache: the user's cache directory; made if missing.
        shipped: folder of the weights and their manifest.

    Returns:
        A folder that ``AutoModelForSeq2SeqLM.from_pretrained`` loads.

    Raises:
        ModelUnavailableError: weights or encoder are missing, or the cache cannot be
            written.
        ModelError: the weights are not the ones that the manifest names, or a file of the
            folder was altered after it was made.
    """
    manifest = read_manifest(shipped)
    target = cache / "models" / f"{NAME}-{manifest.sha256[:12]}-v{FORMAT}"
    if not is_whole(target, manifest.sha256):
        encoder = packaged_model(cache)
        built(target, manifest.sha256, lambda to: _write(encoder, shipped, manifest, to))
    if damaged := verify_model(target):
        raise ModelError(
            f"{target / damaged[0]}: not the file that was written when the model was made",
            hint=f"delete the folder {target}; it is made again",
        )
    return target


def read_manifest(shipped: Path) -> Shipped:
    """What is shipped.

    Args:
        shipped: folder of the weights and their manifest.

    Raises:
        ModelUnavailableError: the manifest is missing or cannot be understood.
    """
    path = shipped / MANIFEST
    try:
        record = json.loads(path.read_text(encoding="utf-8"))
        return Shipped(str(record["sha256"]), str(record["encoder_sha256"]))
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ModelUnavailableError(
            f"{path}: the packaged drafter has no readable manifest: {error}",
            hint="install the project again; a version without these weights can make them, see "
            "rag/training/README.md",
        ) from error


def _write(encoder: Path, shipped: Path, manifest: Shipped, to: Path) -> None:
    path = shipped / WEIGHTS
    data = read_checked(path, manifest.sha256, missing=_HINT, wrong=_HINT, kind=ModelError)
    if manifest.encoder_sha256 != SHA256:
        raise ModelError(
            f"{path}: made for the encoder {manifest.encoder_sha256}, here is {SHA256}", hint=_HINT
        )
    from safetensors.torch import load

    from index.modelfolder import quiet
    from rag.bart import write_drafter

    weights = load(data)
    rows = weights.pop(ROWS).tolist()
    with quiet():
        write_drafter(encoder, rows, weights, to)
