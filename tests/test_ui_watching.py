"""`beleg index --watch`: what it says, what it survives, and how it ends."""

import contextlib
import json
import os
import pty
import re
import signal
import subprocess
import sys
import termios
import threading
import time
from argparse import Namespace
from contextlib import closing
from pathlib import Path

import pytest
from fakes import HashEmbedder, build, generation, write_corpus

from index import generations
from index.errors import CorpusError
from index.store import Snapshot
from rag.assemble import Assistant
from rag.config import Config
from ui.opening import with_bar
from ui.watching import Watcher, run_watch
from ui.words import WORDS

PROJECT = Path(__file__).parent.parent
PATIENCE_S = 30.0  # only a failing test waits so long


class Watching:
    """A `Watcher` in a thread; what it said so far."""

    def __init__(self, folder, capsys, *, language="en", as_json=False):
        self.corpus, self.index = folder / "corpus", folder / "index"
        self.out = self.err = ""
        self._capsys, self._ended = capsys, threading.Event()
        config = Config(self.corpus, folder / "cache", self.index)
        options = Namespace(full=False, json=as_json, say=WORDS[language])
        watcher = Watcher(
            Assistant(config, HashEmbedder()),
            options,
            self._ended.is_set,
            debounce_s=0.05,
            retry_s=0.05,
        )
        self._thread = threading.Thread(target=watcher.run)

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._ended.set()
        self._thread.join(PATIENCE_S)
        self.hear()
        assert not self._thread.is_alive()

    def hear(self):
        streams = self._capsys.readouterr()
        self.out += streams.out
        self.err += streams.err

    def until(self, said):
        """Wait for words on either stream."""
        end = time.monotonic() + PATIENCE_S
        while said not in self.out + self.err:
            assert time.monotonic() < end, (self.out, self.err)
            time.sleep(0.01)
            self.hear()

    def indexed(self):
        with closing(Snapshot.open(self.index, None)) as snapshot:
            return sorted(snapshot.stamps())


@pytest.fixture
def folder(tmp_path):
    write_corpus(tmp_path / "corpus")
    return tmp_path


def test_each_sync_is_one_line(folder, capsys):
    with Watching(folder, capsys) as watching:
        watching.until("3 added (munition.txt, süd/präsident.txt, wetter.txt); 5 passages")
        write_corpus(watching.corpus, {"neu.txt": b"Neu."})
        watching.until("1 added (neu.txt); 6 passages in the index, 1 embedded")
        (watching.corpus / "neu.txt").unlink()
        watching.until("1 removed (neu.txt)")
    assert len(watching.out.splitlines()) == 3
    assert all(re.match(r"\d\d:\d\d:\d\d  \d ", line) for line in watching.out.splitlines())
    assert watching.err == f"watching {watching.corpus}; Ctrl-C ends it.\n"


def test_as_json(folder, capsys):
    with Watching(folder, capsys, as_json=True) as watching:
        watching.until("\n")
        watching.until("generation")
    [line] = watching.out.splitlines()
    assert json.loads(line)["added"] == 3
    assert re.match(r"\d{4}-\d\d-\d\dT", json.loads(line)["time"])


def test_an_article_that_cannot_be_read_is_said_once(folder, capsys):
    write_corpus(folder / "corpus", {"ärger.txt": b"\xff"})
    with Watching(folder, capsys) as watching:
        watching.until("ärger.txt: not UTF-8")
        write_corpus(watching.corpus, {"neu.txt": b"Neu."})
        watching.until("1 added (neu.txt)")
        write_corpus(watching.corpus, {"ärger.txt": "Jetzt gut: ä.".encode()})
        watching.until("1 added (ärger.txt)")
    assert watching.err.count("error: ") == watching.err.count("hint: ") == 1


def test_a_folder_that_goes_away(folder, capsys):
    with Watching(folder, capsys) as watching:
        watching.until("3 added")
        watching.corpus.rename(folder / "weg")
        watching.until("cannot list the folder")
        assert "hint: name an existing" in watching.err
        (folder / "weg").rename(watching.corpus)
        watching.until("nothing changed")
        write_corpus(watching.corpus, {"neu.txt": b"Neu."})
        watching.until("1 added (neu.txt)")
    assert watching.err.count("error: ") == 1


def test_a_damaged_index_that_is_repaired(folder, capsys):
    build(folder / "corpus", folder / "index")
    (generation(folder / "index") / "vectors.faiss").write_bytes(b"?")
    with Watching(folder, capsys) as watching:
        watching.until("hint: rebuild it from the articles: beleg index --full")
        build(watching.corpus, watching.index, full=True)
        write_corpus(watching.corpus, {"neu.txt": b"Neu."})
        watching.until("1 added (neu.txt)")


def test_another_sync_is_waited_for(folder, capsys):
    with Watching(folder, capsys) as watching:
        watching.until("3 added")
        with generations.writing(watching.index):
            write_corpus(watching.corpus, {"neu.txt": b"Neu."})
            watching.until("another sync is running")
            time.sleep(0.2)  # several attempts
        watching.until("1 added (neu.txt)")
    assert watching.err.count("another sync is running") == 1


def test_a_folder_that_was_never_there_is_refused(tmp_path):
    assistant = Assistant(Config(tmp_path / "none", tmp_path / "cache", tmp_path / "index"))
    with pytest.raises(CorpusError):
        run_watch(assistant, Namespace(full=False, json=False, say=WORDS["de"]))


SLOW = """
import sys, time
from argparse import Namespace
from pathlib import Path
from fakes import HashEmbedder
from rag.assemble import Assistant
from rag.config import Config
from ui.watching import run_watch
from ui.words import WORDS

class Slow(HashEmbedder):
    def embed_passages(self, texts, *, progress=None):
        print("embedding", flush=True)
        time.sleep(0.5)
        return super().embed_passages(texts, progress=progress)

folder = Path(sys.argv[1])
assistant = Assistant(Config(folder / "corpus", folder / "cache", folder / "index"), Slow())
sys.exit(run_watch(assistant, Namespace(full=False, json=False, say=WORDS["de"])))
"""


@pytest.mark.parametrize("wanted", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize("busy", [True, False], ids=["syncing", "waiting"])
def test_a_signal_ends_it_after_the_sync(folder, wanted, busy):
    environment = os.environ | {"PYTHONPATH": f"{PROJECT}:{PROJECT / 'tests'}"}
    process = subprocess.Popen(
        [sys.executable, "-c", SLOW, folder],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=environment,
    )
    try:
        assert process.stdout.readline() == "embedding\n"
        said = "" if busy else process.stdout.readline()
        process.send_signal(wanted)
        out, err = process.communicate(timeout=PATIENCE_S)
    finally:
        process.kill()
    assert process.returncode == 0
    assert "3 neu (munition.txt, süd/präsident.txt, wetter.txt)" in said + out
    assert err.endswith(f"{WORDS['de']['watch_ends']}\n")
    with closing(Snapshot.open(folder / "index", None)) as snapshot:
        assert len(snapshot.stamps()) == 3


def test_two_signals_end_it_at_once_and_the_index_stays(folder):
    environment = os.environ | {"PYTHONPATH": f"{PROJECT}:{PROJECT / 'tests'}"}
    code = SLOW.replace("sleep(0.5)", "sleep(60)")
    process = subprocess.Popen(
        [sys.executable, "-c", code, folder],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        env=environment,
    )
    try:
        assert process.stdout.readline() == "embedding\n"
        for _ in range(2):
            process.send_signal(signal.SIGTERM)
            time.sleep(0.2)
        assert process.wait(PATIENCE_S) == -signal.SIGTERM
    finally:
        process.kill()
        process.stdout.close()
    assert build(folder / "corpus", folder / "index").passages == 5


# --- the progress bar


def test_the_bar_shows_rate_and_remaining_time(monkeypatch):
    master, slave = pty.openpty()
    termios.tcsetwinsize(slave, (25, 100))
    with os.fdopen(slave, "w", encoding="utf-8") as terminal:
        monkeypatch.setattr(sys, "stderr", terminal)
        with with_bar(WORDS["de"]) as progress:
            count = progress(10)
            time.sleep(0.15)
            count(4)
    said = b"".join(_heard(master)).decode()
    assert "Einbetten:   0%" in said
    assert re.search(r"40%.* 4/10 \[00:00<00:0\d, +[\d.]+ Passagen/s\]", said)


def _heard(master):
    """All that a terminal was told; its end, read in pieces, is an error of the device."""
    with os.fdopen(master, "rb", buffering=0) as terminal, contextlib.suppress(OSError):
        while piece := terminal.read(100_000):
            yield piece


@pytest.mark.parametrize("total", [0, 10])
def test_without_a_terminal_there_is_no_bar(capsys, total):
    with with_bar(WORDS["de"]) as progress:
        progress(total)(total)
    assert capsys.readouterr() == ("", "")
