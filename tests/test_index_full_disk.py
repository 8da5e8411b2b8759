"""A real full disk: a small tmpfs, a read-only one, and files that may not grow."""

import gc
import os
import resource
import shutil
import subprocess
from contextlib import closing, suppress
from pathlib import Path

import pytest
from fakes import (
    ARTICLES,
    HashEmbedder,
    build,
    contents,
    generation,
    permissions_refuse,
    write_corpus,
)

from index.check import check_index
from index.errors import StoreNotFoundError, StoreWriteError
from index.store import Snapshot

PAGE_BYTES = 4096
PLENTY = 64 * 1024 * 1024
STEPS = 25
MODEL = HashEmbedder().identity


class Disk:
    """A tmpfs whose size can be changed while it is in use."""

    def __init__(self, path):
        self.path = path

    def mount(self, *arguments):
        done = subprocess.run(
            ["mount", *arguments, str(self.path)], capture_output=True, text=True, check=False
        )
        return done.stderr.strip() if done.returncode else ""

    def change(self, *flags, **options):
        listed = [*flags, *(f"{key}={value}" for key, value in options.items())]
        assert self.mount("-o", ",".join(["remount", *listed])) == ""

    @property
    def used(self):
        facts = os.statvfs(self.path)
        return (facts.f_blocks - facts.f_bfree) * facts.f_bsize

    @property
    def files(self):
        facts = os.statvfs(self.path)
        return facts.f_files - facts.f_ffree

    @property
    def held(self):
        """Files on it that this process has open."""
        links = []
        for handle in Path("/proc/self/fd").iterdir():
            with suppress(FileNotFoundError):  # the one that lists this folder
                links.append(str(handle.readlink()))
        return [link for link in links if link.startswith(f"{self.path}/")]

    def empty(self):
        gc.collect()
        self.change(size=PLENTY, nr_inodes=10_000)
        for path in self.path.iterdir():
            shutil.rmtree(path)


@pytest.fixture
def disk(tmp_path):
    if shutil.which("mount") is None:
        pytest.skip("there is no mount command here")
    (tmp_path / "disk").mkdir()
    made = Disk(tmp_path / "disk")
    if refusal := made.mount("-t", "tmpfs", "-o", f"size={PLENTY}", "beleg-test"):
        pytest.skip(f"mounting is not allowed here: {refusal}")
    yield made
    gc.collect()
    # lazily: a file that is still open must not leave the disk behind
    subprocess.run(["umount", "--lazy", str(made.path)], check=True)


class World:
    """An index of a corpus that was edited since, and what a sync should make of it."""

    def __init__(self, folder):
        files = {f"{i:02d}.txt": f"Bericht {i}\n\nPegel {i * i} cm.\n".encode() for i in range(99)}
        self.corpus = write_corpus(folder / "corpus", {**ARTICLES, **files})
        self.old = folder / "old"
        build(self.corpus, self.old)
        self.before = contents(self.old)
        (self.corpus / "wetter.txt").unlink()
        write_corpus(self.corpus, {"07.txt": "Über Nacht.\r\n".encode(), "öl.txt": b"Teuer."})
        build(self.corpus, folder / "new")
        self.after = contents(folder / "new")

    def is_old(self, root):
        """The old generation is there and answers."""
        assert contents(root) == self.before
        assert check_index(root, MODEL) == []
        with closing(Snapshot.open(root, MODEL)) as snapshot:
            [best, *_] = snapshot.search_words("3,5 Liter Regen in Ústí", 5)
            assert snapshot.passages([best[0]])[0].article_id == "wetter.txt"

    def syncs(self, root):
        """The next sync succeeds, without any repair."""
        assert build(self.corpus, root).written
        assert contents(root) == self.after
        assert check_index(root, MODEL) == []
        left = sorted(path.name for path in root.iterdir())
        assert left == ["CURRENT", generation(root).name, "write.lock"]


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    return World(tmp_path_factory.mktemp("world"))


class Attempt:
    """Syncs on a disk with little room, in one of three ways."""

    def __init__(self, disk, world, way):
        self.disk, self.world, self.way = disk, world, way
        self.root = disk.path / "index"

    def prepare(self, pages):
        self.disk.empty()
        if self.way != "a first build":
            shutil.copytree(self.world.old, self.root)
        room = self.disk.used + pages * PAGE_BYTES
        self.disk.change(size=room or PAGE_BYTES)  # 0 would be a disk without bounds

    def sync(self):
        build(self.world.corpus, self.root, full=self.way == "a full build")

    def succeeds(self):
        try:
            self.sync()
        except StoreWriteError:
            return False
        return True

    def needed(self):
        """Pages with which it succeeds, while it fails with one page less."""
        low, high = 0, 200
        while high - low > 1:
            middle = (low + high) // 2
            self.prepare(middle)
            low, high = (low, middle) if self.succeeds() else (middle, high)
        return high

    def fails(self):
        """It is refused, the old index is as it was, and with room the next one succeeds."""
        with pytest.raises(StoreWriteError) as caught:
            self.sync()
        assert str(self.root) in caught.value.message
        assert caught.value.hint.startswith("free some space")
        assert self.disk.held == [], "deleted or not, it takes up room"
        if self.way == "a first build":
            with pytest.raises(StoreNotFoundError):
                Snapshot.open(self.root, MODEL)
        else:
            self.world.is_old(self.root)
        self.disk.change(size=PLENTY, nr_inodes=10_000)
        self.world.syncs(self.root)


@pytest.mark.parametrize("way", ["a sync", "a full build", "a first build"])
def test_a_disk_that_is_too_small_by_more_or_less(disk, world, way):
    attempt = Attempt(disk, world, way)
    needed = attempt.needed()
    rooms = {needed - 1 - step * (needed - 1) // STEPS for step in range(STEPS + 1)}
    assert len(rooms) >= STEPS
    assert {0, needed - 1} <= rooms
    for pages in sorted(rooms):
        attempt.prepare(pages)
        attempt.fails()


@pytest.mark.parametrize("way", ["a sync", "a first build"])
def test_a_disk_that_can_hold_no_more_files(disk, world, way):
    attempt = Attempt(disk, world, way)
    for files in range(5):  # folder, database, vectors, manifest, CURRENT
        attempt.prepare(1000)
        disk.change(nr_inodes=disk.files + files)
        attempt.fails()


def test_a_read_only_disk_answers_and_is_not_written(disk, world):
    root = shutil.copytree(world.old, disk.path / "index")
    disk.change("ro")
    for place in (root, disk.path / "new"):
        with pytest.raises(StoreWriteError, match="Read-only file system"):
            build(world.corpus, place)
    world.is_old(root)
    disk.change("rw")
    world.syncs(root)


def test_a_corpus_on_a_read_only_disk_is_indexed(disk, world, tmp_path):
    corpus = shutil.copytree(world.corpus, disk.path / "corpus")
    disk.change("ro")
    build(corpus, tmp_path / "index")
    assert contents(tmp_path / "index") == world.after


def test_a_corpus_that_may_only_be_read_is_indexed(world, tmp_path):
    corpus = shutil.copytree(world.corpus, tmp_path / "corpus")
    paths = [corpus, *corpus.rglob("*")]
    before = {path: path.stat().st_mtime_ns for path in paths}
    for path in paths:
        path.chmod(0o555 if path.is_dir() else 0o444)
    with permissions_refuse():
        build(corpus, tmp_path / "index")
        assert not build(corpus, tmp_path / "index").written
    assert contents(tmp_path / "index") == world.after
    assert {path: path.stat().st_mtime_ns for path in paths} == before


def test_an_old_generation_that_cannot_be_removed(world, tmp_path):
    root = shutil.copytree(world.old, tmp_path / "index")
    generation(root).chmod(0o555)
    with permissions_refuse():
        try:
            build(world.corpus, root)
        except StoreWriteError:
            world.is_old(root)  # as its hint says
        else:
            assert contents(root) == world.after
            assert not build(world.corpus, root).written


@pytest.mark.parametrize("missing_bytes", [1, 100, 1000, 2000, 4000, 5000, 20_000])
def test_vectors_that_do_not_fit_do_not_replace_the_old_index(tmp_path, missing_bytes):
    embedder = HashEmbedder(dim=4096)  # the vectors are the largest file
    corpus, root = write_corpus(tmp_path / "corpus"), tmp_path / "index"
    build(corpus, root, embedder)
    before = contents(root)
    size = (generation(root) / "vectors.faiss").stat().st_size
    assert size - missing_bytes > 2 * 4096 + (generation(root) / "corpus.sqlite").stat().st_size
    write_corpus(corpus, {"wetter.txt": b"Sonne."})
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size - missing_bytes, hard))
    try:
        with pytest.raises(StoreWriteError):
            build(corpus, root, embedder)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert contents(root) == before
    assert build(corpus, root, embedder).written
