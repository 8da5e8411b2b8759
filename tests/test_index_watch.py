"""The folder is watched for real: files are written, renamed and removed on the disk."""

import os
import threading
import time
from contextlib import closing

import pytest
from fakes import ARTICLES, HashEmbedder, build, contents, write_corpus

from index.errors import CorpusError
from index.store import Snapshot
from index.sync import sync
from index.types import Change
from index.watch import watch

DEBOUNCE_S = 0.2
PATIENCE_S = 15.0  # only a failing test waits so long


class Watched:
    """A watch in a thread that syncs at each event."""

    def __init__(self, corpus, root, **options):
        self.corpus, self.root = corpus, root
        self.reports, self.failures, self.held = [], [], []
        self._ended = threading.Event()
        options = {"debounce_s": DEBOUNCE_S, "recheck_s": 0.3} | options
        self._events = watch(corpus, stop=self._ended.is_set, **options)
        self._thread = threading.Thread(target=self._run)

    def __enter__(self):
        self._thread.start()
        self.until(lambda: self.rounds >= 1)
        return self

    def __exit__(self, *_):
        self._ended.set()
        self._thread.join(PATIENCE_S)
        assert not self._thread.is_alive()

    @property
    def rounds(self):
        return len(self.reports) + len(self.failures)

    def _run(self):
        embedder = HashEmbedder()
        for event in self._events:
            self.held.append(event.unsettled)
            try:
                self.reports.append(
                    sync(
                        self.corpus,
                        self.root,
                        embedder.identity,
                        lambda: embedder,
                        held=event.unsettled,
                    )
                )
            except CorpusError as error:
                self.failures.append(error)

    def until(self, reached):
        end = time.monotonic() + PATIENCE_S
        while not reached():
            assert time.monotonic() < end, (self.reports, self.failures)
            time.sleep(0.01)

    def comes_to_rest(self):
        """Nothing more happens for four times the debounce."""
        while True:
            before = self.rounds
            time.sleep(4 * DEBOUNCE_S)
            if self.rounds == before:
                return

    def changes(self, number=-1):
        """What one sync did: id -> kind."""
        return {
            c.article_id: c.change
            for c in self.reports[number].changes
            if c.change is not Change.UNCHANGED
        }

    def stamps(self):
        with closing(Snapshot.open(self.root, None)) as snapshot:
            return snapshot.stamps()


@pytest.fixture(params=["notified", "polling"])
def watched(request, tmp_path):
    """A watch that lives on notifications, or on looking at the folder, alone."""
    corpus = write_corpus(tmp_path / "corpus")
    notified = request.param == "notified"
    with Watched(
        corpus, tmp_path / "index", notify=notified, recheck_s=60.0 if notified else 0.2
    ) as made:
        yield made


def test_each_kind_of_change_is_one_event(watched):
    corpus = watched.corpus
    write_corpus(corpus, {"süd/neu.txt": b"Neu."})
    watched.until(lambda: watched.rounds == 2)
    assert watched.changes() == {"süd/neu.txt": Change.ADDED}
    (corpus / "munition.txt").unlink()
    watched.until(lambda: watched.rounds == 3)
    assert watched.changes() == {"munition.txt": Change.REMOVED}
    (corpus / "wetter.txt").rename(corpus / "süd/klima.txt")
    watched.until(lambda: watched.rounds == 4)
    assert watched.changes() == {"süd/klima.txt": Change.RENAMED}
    (corpus / "süd").rename(corpus / "ost")
    watched.until(lambda: watched.rounds == 5)
    assert set(watched.changes().values()) == {Change.RENAMED}
    watched.comes_to_rest()
    assert watched.rounds == 5


def test_a_write_by_rename_is_one_change(watched):
    corpus = watched.corpus
    (corpus / ".wetter.txt.swp").write_bytes(b"Entwurf")
    (corpus / "wetter.txt").rename(corpus / "wetter.txt~")
    (corpus / "wetter.tmp").write_bytes(b"Das Wetter wird anders.\n")
    (corpus / "wetter.tmp").replace(corpus / "wetter.txt")
    (corpus / "wetter.txt~").unlink()
    (corpus / ".wetter.txt.swp").unlink()
    watched.until(lambda: watched.rounds == 2)
    watched.comes_to_rest()
    assert watched.rounds == 2
    assert watched.changes() == {"wetter.txt": Change.CHANGED}


def test_a_write_in_two_halves_is_one_change(watched):
    halves = ARTICLES["munition.txt"][:300], ARTICLES["munition.txt"][300:] + b"Ende."
    with (watched.corpus / "teile.txt").open("wb", buffering=0) as file:
        file.write(halves[0])
        time.sleep(DEBOUNCE_S / 2)
        file.write(halves[1])
    watched.until(lambda: watched.rounds == 2)
    watched.comes_to_rest()
    assert watched.rounds == 2
    assert watched.stamps()["teile.txt"].size_bytes == sum(map(len, halves))


def test_an_article_that_goes_on_growing_waits_and_the_others_do_not(watched):
    end = time.monotonic() + PATIENCE_S
    with (watched.corpus / "log.txt").open("wb", buffering=0) as file:
        file.write(b"Anfang.\n")
        write_corpus(watched.corpus, {"neu.txt": b"Neu."})
        while not any(watched.held):
            assert time.monotonic() < end
            file.write(b"Mehr.\n")
            time.sleep(DEBOUNCE_S / 4)
    watched.until(lambda: watched.rounds >= 3)
    watched.comes_to_rest()
    assert watched.held == [frozenset(), frozenset({"log.txt"}), frozenset()]
    assert watched.changes(1) == {"neu.txt": Change.ADDED}
    assert watched.changes(2) == {"log.txt": Change.ADDED}


def test_a_burst_of_1000_files_is_one_or_two_syncs(watched):
    for number in range(1000):
        (watched.corpus / f"{number:04d}.txt").write_bytes(f"Nummer {number}.".encode())
    watched.until(lambda: len(watched.stamps()) == 1000 + len(ARTICLES))
    watched.comes_to_rest()
    assert watched.rounds <= 3  # one of them at the start
    assert watched.reports[-1].passages == 1000 + 5


def test_hidden_files_and_other_suffixes_are_no_change(watched):
    write_corpus(
        watched.corpus,
        {".neu.txt": b"Neu.", "notiz.md": b"Neu.", ".git/a.txt": b"Neu.", "neu.txt~": b"Neu."},
    )
    (watched.corpus / "notiz.md").unlink()
    watched.comes_to_rest()
    assert watched.rounds == 1


def test_an_edit_that_keeps_size_and_time_is_a_change(watched):
    path = watched.corpus / "wetter.txt"
    status = path.stat()
    path.write_bytes(path.read_bytes().replace(b"3,5", b"4,5"))
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))
    watched.until(lambda: watched.rounds == 2)
    assert watched.changes() == {"wetter.txt": Change.CHANGED}


def test_a_folder_that_goes_away_and_comes_back(watched, tmp_path):
    before = contents(watched.root)
    watched.corpus.rename(tmp_path / "weg")
    watched.until(lambda: watched.failures)
    assert "cannot list the folder" in watched.failures[0].message
    assert contents(watched.root) == before
    (tmp_path / "weg").rename(watched.corpus)
    watched.until(lambda: len(watched.reports) == 2)
    assert watched.changes() == {}
    write_corpus(watched.corpus, {"neu.txt": b"Neu."})  # the new folder is watched
    watched.until(lambda: len(watched.reports) == 3)
    assert watched.changes() == {"neu.txt": Change.ADDED}


def test_a_folder_that_is_replaced_at_once(watched, tmp_path):
    other = write_corpus(tmp_path / "other", {"anders.txt": b"Anders."})
    watched.corpus.rename(tmp_path / "weg")
    other.rename(watched.corpus)
    watched.until(lambda: "anders.txt" in watched.stamps())
    write_corpus(watched.corpus, {"neu.txt": b"Neu."})
    watched.until(lambda: set(watched.stamps()) == {"anders.txt", "neu.txt"})


def test_what_changes_during_a_sync_is_not_missed(tmp_path):
    """The caller is busy with an event while the next change is made."""
    corpus = write_corpus(tmp_path / "corpus")
    ended = threading.Event()
    events = watch(corpus, debounce_s=0.02, recheck_s=0.1, stop=ended.is_set)
    next(events)
    for number in range(3):
        write_corpus(corpus, {f"{number}.txt": b"Neu."})
        assert next(events).unsettled == frozenset()
    ended.set()
    assert list(events) == []


def test_without_notifications_the_listing_is_enough(tmp_path, monkeypatch):
    """As on a system that allows no more watches."""
    import watchfiles

    def refused(*_, **__):
        raise OSError(28, "No space left on device")
        yield

    monkeypatch.setattr(watchfiles, "watch", refused)
    corpus = write_corpus(tmp_path / "corpus")
    with Watched(corpus, tmp_path / "index") as watched:
        write_corpus(corpus, {"neu.txt": b"Neu."})
        watched.until(lambda: watched.rounds == 2)
        assert watched.changes() == {"neu.txt": Change.ADDED}


def test_after_all_of_it_the_index_is_that_of_a_fresh_build(tmp_path):
    corpus = write_corpus(tmp_path / "corpus")
    with Watched(corpus, tmp_path / "index", debounce_s=0.02) as watched:
        for number in range(40):
            (corpus / f"{number % 7}.txt").write_bytes(f"Stand {number}.".encode())
            if number % 5 == 4:
                (corpus / f"{number % 7}.txt").rename(corpus / f"süd/{number % 3}.txt")
            if number % 9 == 8:
                (corpus / f"{(number - 1) % 7}.txt").unlink(missing_ok=True)
            time.sleep(0.01)
        watched.comes_to_rest()
    build(corpus, tmp_path / "fresh")
    assert contents(tmp_path / "index") == contents(tmp_path / "fresh")
