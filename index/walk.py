"""The walk over the folder of the corpus: which files are articles, and which are not read.

Owns the rules for names, links and special files. It opens no file and never
leaves the folder.
"""

from __future__ import annotations

import os
import stat
from dataclasses import dataclass
from pathlib import Path

from index.errors import CorpusError
from index.paths import (
    EXTRA_OF,
    display_id,
    file_of,
    is_article_name,
    is_unicode,
    reason_of,
    resolve,
)

_LOOKED_FOR = ", ".join(f"*{suffix}" for suffix in EXTRA_OF)


@dataclass(frozen=True, slots=True)
class ArticleFile:
    """A file of the corpus that can be loaded, not read yet.

    Args:
        id: POSIX path relative to the corpus root.
        path: the file, below the root as it was given.
        size_bytes: its size when it was listed.
        mtime_ns: its modification time when it was listed.
    """

    id: str
    path: Path
    size_bytes: int
    mtime_ns: int


@dataclass(frozen=True, slots=True)
class Skipped:
    """Something in the folder that looks like an article and is not read.

    Args:
        path: POSIX path relative to the corpus root, escaped by `display_id`.
        reason: why it is not read.
    """

    path: str
    reason: str


def find_articles(root: Path) -> tuple[tuple[ArticleFile, ...], tuple[Skipped, ...]]:
    """List the articles of a folder and of the folders in it.

    Hidden names (leading dot) and other suffixes are passed over. A link to a file
    inside the root is an article of its own; a link to a folder inside the root is
    followed if that folder was not walked yet, real folders first.

    Args:
        root: the folder of the corpus; it may itself be a link.

    Returns:
        The articles and the things not read, each sorted by id in code point order.

    Raises:
        CorpusError: the root is no folder, cannot be listed or holds no article.
    """
    walk = _Walk(root)
    walk.run()
    if not walk.found:
        why = "".join(f"; {s.path}: {s.reason}" for s in sorted(walk.skipped, key=_by_path)[:3])
        raise CorpusError(
            root,
            f"{display_id(str(root))}: no article in this folder, looked for {_LOOKED_FOR}{why}",
            hint="name a folder with articles, for example UTF-8 text files named *.txt",
        )
    found = sorted(walk.found, key=lambda file: file.id)
    return tuple(found), tuple(sorted(walk.skipped, key=_by_path))


def _by_path(skipped: Skipped) -> str:
    return skipped.path


class _Walk:
    """One walk over a folder; it holds what was found and which folders it has seen."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.found: list[ArticleFile] = []
        self.skipped: list[Skipped] = []
        self._seen: set[tuple[int, int]] = set()  # (device, inode) of the folders walked
        self._links: list[str] = []  # ids of links to folders, walked after the real folders

    def run(self) -> None:
        """Walk the root, then the folders that links lead to.

        Raises:
            CorpusError: the root is no folder or cannot be listed.
        """
        try:
            self._real_root = resolve(self.root)
            with os.scandir(self._real_root):
                pass
        except (OSError, ValueError) as error:
            raise CorpusError(
                self.root,
                f"{display_id(str(self.root))}: cannot list the folder: {reason_of(error)}",
                hint="name an existing, readable folder with articles, for example *.txt files",
            ) from error
        self._walk_tree("")
        while self._links:
            self._links.sort(reverse=True)
            self._walk_tree(self._links.pop())

    def _walk_tree(self, top: str) -> None:
        folders = [top]
        while folders:
            folder = folders.pop()
            try:
                if self._is_new(folder):
                    folders.extend(self._list(folder))
            except OSError as error:
                self._skip(folder, f"cannot list the folder: {reason_of(error)}")

    def _is_new(self, folder: str) -> bool:
        status = (self.root / folder).stat()
        key = (status.st_dev, status.st_ino)
        if key in self._seen:
            self._skip(folder, "leads to a folder that is read already")
            return False
        self._seen.add(key)
        return True

    def _list(self, folder: str) -> list[str]:
        """Note the files and links of one folder; return the ids of the folders in it."""
        folders = []
        with os.scandir(self.root / folder) as entries:
            for entry in entries:
                if entry.name.startswith("."):
                    continue
                entry_id = f"{folder}/{entry.name}" if folder else entry.name
                try:
                    if self._note(entry, entry_id):
                        folders.append(entry_id)
                except OSError as error:
                    self._skip(entry_id, f"cannot be looked at: {reason_of(error)}")
        return folders

    def _note(self, entry: os.DirEntry[str], entry_id: str) -> bool:
        """Sort one entry into files, links and things skipped; true for a real folder."""
        status = entry.stat()
        is_folder = stat.S_ISDIR(status.st_mode)
        if not is_folder and not is_article_name(entry.name):
            if file_of(entry.name) != entry.name:
                self._skip(entry_id, "named like an entry of a dump of articles")
            return False
        reason = self._refusal(entry, entry_id, status.st_mode)
        if reason:
            self._skip(entry_id, reason)
        elif not is_folder:
            path = self.root / entry_id
            self.found.append(ArticleFile(entry_id, path, status.st_size, status.st_mtime_ns))
        elif entry.is_symlink():
            self._links.append(entry_id)
        else:
            return True
        return False

    def _refusal(self, entry: os.DirEntry[str], entry_id: str, mode: int) -> str:
        """Why this entry is not read; empty if it is."""
        if not is_unicode(entry.name):
            return "the name is not valid UTF-8"
        if entry.is_symlink():
            target = resolve(self.root / entry_id)
            if not target.is_relative_to(self._real_root):
                return "a link that leads out of the folder"
        if stat.S_ISDIR(mode):
            return "a folder, not a file" if is_article_name(entry.name) else ""
        return "" if stat.S_ISREG(mode) else "not a regular file"

    def _skip(self, entry_id: str, reason: str) -> None:
        self.skipped.append(Skipped(display_id(entry_id), reason))
