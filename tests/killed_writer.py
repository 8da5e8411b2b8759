"""Kills a writer at each of its file operations: one copy of an index for each.

Usage: python killed_writer.py CORPUS INDEX TARGET
TARGET/000, TARGET/001, ... are what is left when a sync of INDEX is ended (without any
clean-up, as by kill -9) right before its first, second, ... file operation.
"""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parent), str(Path(__file__).parent.parent)]

import faiss  # noqa: E402
from fakes import HashEmbedder, build  # noqa: E402

EVENTS = {"open", "os.mkdir", "os.rename", "os.remove", "os.rmdir", "shutil.rmtree"}
KILLED = 9


def killed(corpus: Path, root: Path, operation: int) -> bool:
    """Sync in a child process that ends at one file operation; False if it ended before."""
    child = os.fork()
    if child:
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == KILLED
    left = operation

    def hook(event: str, arguments: tuple[object, ...]) -> None:
        nonlocal left
        if event in EVENTS and str(arguments[0]).startswith(str(root)):
            left -= 1
            if left < 0:
                os._exit(KILLED)

    sys.addaudithook(hook)
    build(corpus, root)
    os._exit(0)


def main(corpus: Path, index: Path, target: Path) -> None:
    faiss.omp_set_num_threads(1)  # a forked process has no other threads
    HashEmbedder().vectors(["Wörter laden"])
    for operation in range(1000):
        root = target / f"{operation:03d}"
        shutil.copytree(index, root)
        if not killed(corpus, root, operation):
            return
    raise SystemExit("the sync does not end")


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:]))
