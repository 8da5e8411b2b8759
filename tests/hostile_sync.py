"""Syncs a hostile corpus twice in a process of its own; says what it gave, cost and touched.

Usage: python hostile_sync.py FOLDER [--large]
The corpus is FOLDER/corpus (made if it is missing), the index FOLDER/index. With --large,
files are added that take long to index. Prints one JSON object.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from unittest import mock

sys.path[:0] = [str(Path(__file__).parent), str(Path(__file__).parent.parent)]

import hostile_places  # noqa: E402
from fakes import build, permissions_refuse, write_corpus  # noqa: E402
from hostile_files import GOOD, ODD  # noqa: E402

import index.sync  # noqa: E402

_FORBIDDEN = ("socket.connect", "subprocess.Popen", "os.system", "os.exec", "os.posix_spawn")
_CHANGING = ("os.remove", "os.rename", "os.mkdir", "os.rmdir", "os.chmod", "os.link", "os.symlink")
_LISTING = ("os.scandir", "os.listdir")
_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC


@dataclass
class Watch:
    """Notes, while it is on, what Python code opens outside or changes beside the index."""

    root: Path
    outside: Path
    on: bool = False
    seen: list[str] = field(default_factory=list)

    def __call__(self, event: str, arguments: tuple[Any, ...]) -> None:
        """Look at one event of `sys.addaudithook`."""
        if self.on and (event in _FORBIDDEN or self._is_bad(event, arguments)):
            self.seen.append(f"{event} {arguments}")

    def _is_bad(self, event: str, arguments: tuple[Any, ...]) -> bool:
        if event not in ("open", *_CHANGING, *_LISTING) or isinstance(arguments[0], int):
            return False
        changes = event in _CHANGING or (event == "open" and bool(arguments[2] & _WRITING))
        folder = arguments[-1] if event in _CHANGING else -1  # the argument dir_fd
        base = Path(f"/proc/self/fd/{folder}") if folder >= 0 else Path()
        path = (base / os.fsdecode(arguments[0] or ".")).resolve()
        beside = not path.is_relative_to(self.root) and path.name != hostile_places.GROWING
        return path.is_relative_to(self.outside) or (changes and beside)


def main(folder: Path, *, large: bool) -> dict[str, Any]:
    """Sync twice, each time with the same corpus."""
    corpus, outside = folder / "corpus", folder / "outside"
    if not corpus.exists():
        hostile_places.make(folder)
    if large:
        hostile_places.add_large(corpus)
    _warm_up()
    watch = Watch((folder / "index").resolve(), outside.resolve())
    sys.addaudithook(watch)
    baseline_bytes = _reset_peak()
    with permissions_refuse(), hostile_places.growing(corpus):
        syncs = [_sync(corpus, watch) for _ in range(2)]
    peak_bytes = _memory("VmHWM")
    return {"syncs": syncs, "touched": watch.seen, "over_bytes": peak_bytes - baseline_bytes}


def _warm_up() -> None:
    """Load what every sync loads: dictionaries, parsers, FAISS."""
    with tempfile.TemporaryDirectory() as name:
        files = GOOD | {"w.docx": ODD["hinaus.docx"]}
        build(write_corpus(Path(name) / "corpus", files), Path(name) / "index")


def _sync(corpus: Path, watch: Watch) -> dict[str, Any]:
    find = index.sync.find_articles

    def find_then_unsettle(folder: Path) -> Any:
        found = find(folder)
        watch.on = False
        hostile_places.unsettle(corpus, watch.outside)
        watch.on = True
        return found

    hostile_places.settle(corpus)
    with mock.patch("index.sync.find_articles", find_then_unsettle):
        watch.on, began = True, time.monotonic()
        report = build(corpus, watch.root)
        watch.on, seconds = False, time.monotonic() - began
    return {
        "seconds": round(seconds, 2),
        "written": report.written,
        "errors": [[type(e).__name__, e.path, e.message, e.hint] for e in report.errors],
        "skipped": [[s.path, s.reason] for s in report.skipped],
    }


def _reset_peak() -> int:
    """Forget the highest memory so far; the memory in use now.

    Not `resource.getrusage`: its ru_maxrss begins with that of the process that started
    this one. Source: proc_pid_clear_refs(5), proc_pid_status(5).
    """
    Path("/proc/self/clear_refs").write_text("5", encoding="ascii")
    return _memory("VmRSS")


def _memory(key: str) -> int:
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    return next(1024 * int(line.split()[1]) for line in lines if line.startswith(f"{key}:"))


if __name__ == "__main__":
    print(json.dumps(main(Path(sys.argv[1]), large="--large" in sys.argv)))
