"""Puts good, odd and hostile files on the disk: names, links, devices, files that change.

`make` writes FOLDER/corpus and FOLDER/outside, which no sync may touch. `unsettle` is for
the moment between the listing of the corpus and the reading of its files.
"""

from __future__ import annotations

import os
import shutil
import socket
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from hostile_files import BAD, GOOD, ODD, OUTSIDE, text

from index.articles import HARD_MAX_BYTES, MAX_BYTES
from index.paths import display_id

NAMES = (
    "zeile\numbruch.txt", "an\"führung'.txt", "🚀 Rakete.txt", "rechts\u202egnp.txt",
    "ü" * 125 + "n.txt", "a.jsonl#b.txt", "-rf.txt", "$(touch neu).txt", "back\\slash.txt",
    "%s{0}.txt", "nf-ä.txt", "nf-a\u0308.txt", "a..txt", " .txt", "tab\t.txt", "GROSS.TXT",
    "esc\x1b]0;x\x07.txt", "#.txt", "~.txt", "CON.txt", "ordner.d/🚀/\u2028.txt",
    "/".join(["ebene"] * 60) + "/tief.txt",
)  # fmt: skip
"""Odd names of files, each an article."""

VANISHING, GROWING = "schwindet.txt", "waechst.txt"
UNSETTLED = (VANISHING, GROWING, "wird_pipe.txt", "wird_link.txt", "wird_ordner.txt")
"""Files that are in order when they are listed, and an error when they are read."""

LARGE = ("eine_lange_zeile.txt", "million_zeilen.txt")
"""Articles that take long to index: a line of 20 MB and a million lines."""


@dataclass(frozen=True)
class Places:
    """What was put on the disk, and what should become of it.

    Args:
        corpus: folder for the sync.
        outside: folder that no sync may touch.
        articles: files of which each is at least one article.
        errors: files that are an error each.
        skipped: what is passed over, as it is shown.
    """

    corpus: Path
    outside: Path
    articles: frozenset[str]
    errors: frozenset[str]
    skipped: frozenset[str]


def make(folder: Path) -> Places:
    """Write the corpus into an existing folder."""
    corpus, outside = folder / "corpus", folder / "outside"
    corpus.mkdir()
    outside.mkdir()
    (outside / "geheim.txt").write_bytes(text("geheim.txt"))
    files = GOOD | ODD | BAD | {name: text(name) for name in NAMES}
    for name, data in files.items():
        (corpus / name).parent.mkdir(parents=True, exist_ok=True)
        (corpus / name).write_bytes(data.replace(OUTSIDE, os.fsencode(outside)))
    return Places(
        corpus,
        outside,
        frozenset(GOOD | ODD).union(NAMES),
        frozenset([*BAD, *UNSETTLED, *_sparse(corpus), *_closed_file(corpus)]),
        frozenset([*_links(corpus, outside), *_no_files(corpus), *_not_unicode(corpus)]),
    )


def add_large(corpus: Path) -> None:
    """Add the files that take long to index."""
    sentence = "Der Minister kam am Montag nach Köln und blieb dort bis zum Abend. ".encode()
    line = sentence * (MAX_BYTES // len(sentence))
    for name, data in zip(LARGE, (line[: -len(text(LARGE[0]))], b"a\n" * 1_000_000), strict=True):
        (corpus / name).write_bytes(data + text(name))


def settle(corpus: Path) -> None:
    """Put the files that will be changed in order."""
    for name in UNSETTLED:
        remove(corpus / name)
        (corpus / name).write_bytes(text(name))


def unsettle(corpus: Path, outside: Path) -> None:
    """Change them behind the back of a sync; `growing` does it for the last of them."""
    for name in UNSETTLED:
        if name != GROWING:
            remove(corpus / name)
    os.mkfifo(corpus / "wird_pipe.txt")
    (corpus / "wird_link.txt").symlink_to(outside / "geheim.txt")
    (corpus / "wird_ordner.txt").mkdir()


@contextmanager
def growing(corpus: Path) -> Iterator[None]:
    """Let the growing file grow whenever an open descriptor of it is looked at."""
    path, fstat = corpus / GROWING, os.fstat

    def grown(descriptor: int) -> os.stat_result:
        found = fstat(descriptor)
        if path.exists() and found.st_ino == path.stat().st_ino:
            with path.open("ab") as file:
                file.write(b"Noch eine Zeile.\n")
        return found

    os.fstat = grown
    try:
        yield
    finally:
        os.fstat = fstat


def remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def _sparse(corpus: Path) -> Iterator[str]:
    """Files over the limits; they take no room."""
    sizes = {"20mb.txt": MAX_BYTES + 1, "20mb.pdf": MAX_BYTES + 1, "200mb.txt": HARD_MAX_BYTES + 1}
    for name, size in (sizes | {"1tb.jsonl": 10**12}).items():
        (corpus / name).touch()
        os.truncate(corpus / name, size)
        yield name


def _closed_file(corpus: Path) -> Iterator[str]:
    (corpus / "zu.txt").write_bytes(text("zu.txt"))
    (corpus / "zu.txt").chmod(0)
    yield "zu.txt"


def _links(corpus: Path, outside: Path) -> Iterator[str]:
    targets = {
        "hinaus.txt": outside / "geheim.txt", "hinaus_ordner": outside, "hinaus.md": "../outside",
        "null.txt": "/dev/zero", "speicher.txt": "/proc/self/mem", "wurzel": "/",
        "ins_leere.txt": "nirgends", "selbst.txt": "selbst.txt", "selbst": "selbst",
        "kreis_a.txt": "kreis_b.txt", "kreis_b.txt": "kreis_a.txt", "hier": ".",
        "ordner.d/hoch": "..", "durch_datei.txt": "gut.txt/nichts", "lang.txt": "x" * 4_000,
        "hinaus_und_zurueck.txt": outside / "hinein.txt",
    }  # fmt: skip
    (outside / "hinein.txt").symlink_to("../nirgends.txt")
    for name, target in targets.items():
        (corpus / name).symlink_to(target)
        yield name


def _no_files(corpus: Path) -> Iterator[str]:
    (corpus / "ordner.txt").mkdir()
    (corpus / "ordner.txt/x.txt").write_bytes(b"Nicht lesen.")
    (corpus / "zu").mkdir(mode=0)
    os.mkfifo(corpus / "pipe.txt")
    with socket.socket(socket.AF_UNIX) as made:
        here = os.open(corpus, os.O_PATH)  # the path of a socket may have 107 bytes
        made.bind(f"/proc/self/fd/{here}/socket.txt")
        os.close(here)
    yield from ("ordner.txt", "zu", "pipe.txt", "socket.txt")
    with suppress(PermissionError):
        os.mknod(corpus / "nullen.txt", stat.S_IFCHR | 0o666, os.makedev(1, 5))
        yield "nullen.txt"


def _not_unicode(corpus: Path) -> Iterator[str]:
    for name in (b"\xff\xfe.txt", b"k\xf6ln"):
        shown = os.fsdecode(name)
        if name.endswith(b".txt"):
            (corpus / shown).write_bytes(b"Text")
        else:
            (corpus / shown).mkdir()
            (corpus / shown / "x.txt").write_bytes(b"Text")
        yield display_id(shown)
