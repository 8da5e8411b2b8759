"""Dictionaries of word forms: simplemma's, kept as tries that load in milliseconds.

simplemma ships them packed; unpacked into memory, German takes a second and 100 MB, Russian 150.
As tries in the cache they take ten milliseconds and ten megabytes each. A trie has no checksum
of its own, and a damaged one gives other lemmas or ends the process: its digest is compared first.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Protocol

from index.errors import ModelUnavailableError
from index.modelcache import built, is_whole, verify_model

_folder: list[Path] = []  # at most one: where tries are kept


class Dictionary(Protocol):
    """Forms of words and their lemmas."""

    def __contains__(self, form: object, /) -> bool: ...

    def get(self, form: str, /) -> str | None:
        """The lemma of a form; None if there is none."""
        ...


def keep_in(folder: Path) -> None:
    """Make tries of the dictionaries that are used from now on, once, in a folder of the cache.

    Without it, or if it cannot be written, they are unpacked into memory by every process.

    Args:
        folder: the cache.
    """
    _folder[:] = [folder]


def dictionary(language: str) -> Dictionary:
    """The dictionary of a language; loaded once.

    Args:
        language: "de", "en", "fr" or "ru".
    """
    return _kept(language, _folder[0]) if _folder else _unpacked(language)


@cache
def _unpacked(language: str) -> Mapping[str, str]:
    from simplemma.strategies.dictionaries.dictionary_factory import DefaultDictionaryFactory

    entries: Mapping[str, str] = DefaultDictionaryFactory().get_dictionary(language)
    return entries


@cache
def _kept(language: str, cached: Path) -> Mapping[str, str]:
    from simplemma import __version__
    from simplemma.strategies.dictionaries.trie_dictionary_factory import TrieDictionaryFactory

    def write(folder: Path) -> None:
        TrieDictionaryFactory(disk_cache_dir=str(folder)).get_dictionary(language)
        if not any(folder.iterdir()):  # simplemma says only in its log that it failed
            raise OSError(f"{folder}: the dictionary could not be written")

    folder = cached / "dictionaries" / f"{language}-{__version__}"
    source = hashlib.sha256(f"simplemma {__version__}".encode()).hexdigest()
    if not is_whole(folder, source) or verify_model(folder):
        try:
            built(folder, source, write, verify=True)
        except ModelUnavailableError:  # costs memory and a second, no word
            return _unpacked(language)
    factory = TrieDictionaryFactory(disk_cache_dir=str(folder))
    entries: Mapping[str, str] = factory.get_dictionary(language)
    return entries
