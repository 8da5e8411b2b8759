import json
import shutil
import subprocess
import sys
import threading
from contextlib import closing
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

from index import generations
from index.check import check_index
from index.errors import StoreBusyError, StoreCorruptError, StoreWriteError
from index.store import Snapshot

HERE = Path(__file__).parent


@pytest.fixture
def corpus(tmp_path):
    return write_corpus(tmp_path / "corpus")


@pytest.fixture
def root(tmp_path, corpus):
    build(corpus, tmp_path / "index")
    return tmp_path / "index"


def names(root):
    return sorted(path.name for path in root.iterdir())


def edit(corpus):
    """One article removed, one changed, one added."""
    (corpus / "wetter.txt").unlink()
    write_corpus(
        corpus,
        {
            "munition.txt": b"Ganz neu:\r\nkein Schuss.\r\n",
            "öl.txt": "Der Ölpreis fällt.".encode(),
        },
    )


def test_a_folder_holds_one_generation_and_its_pointer(corpus, root):
    assert names(root) == ["CURRENT", "gen-000001", "write.lock"]
    assert names(root / "gen-000001") == ["corpus.sqlite", "manifest.json", "vectors.faiss"]
    edit(corpus)
    build(corpus, root)
    assert names(root) == ["CURRENT", "gen-000002", "write.lock"]
    assert generations.current_folder(root)[1].generation == 2


def test_equal_articles_give_equal_files(corpus, root, tmp_path):
    build(corpus, tmp_path / "again")
    for name in ("corpus.sqlite", "vectors.faiss", "manifest.json"):
        same = (generation(tmp_path / "again") / name).read_bytes()
        assert (generation(root) / name).read_bytes() == same


class TestKilled:
    def test_at_any_file_operation(self, corpus, root, tmp_path):
        old = contents(root)
        edit(corpus)
        target = tmp_path / "killed"
        target.mkdir()
        subprocess.run(
            [sys.executable, HERE / "killed_writer.py", corpus, root, target],
            check=True,
            timeout=120,
        )
        build(corpus, tmp_path / "fresh")
        new = contents(tmp_path / "fresh")
        outcomes = []
        for left in sorted(target.iterdir()):
            now = contents(left)
            outcomes.append("old" if now == old else "new" if now == new else "broken")
            assert check_index(left, HashEmbedder().identity) == [], left.name
            build(corpus, left)
            assert contents(left) == new, left.name
            current = generation(left).name
            assert names(left) == ["CURRENT", current, "write.lock"], left.name
        assert "broken" not in outcomes
        assert outcomes == sorted(outcomes, reverse=True)  # once new, never old again
        assert outcomes.count("old") >= 10
        assert outcomes.count("new") >= 3

    def test_leftovers_of_every_kind(self, corpus, root):
        before = contents(root)
        (root / "gen-000002.tmp").mkdir()
        (root / "gen-000002.tmp/corpus.sqlite").write_bytes(b"half a file")
        shutil.copytree(root / "gen-000001", root / "gen-000003")  # built, not yet pointed to
        (root / "gen-000003/vectors.faiss").write_bytes("ungültig".encode())
        (root / "CURRENT.tmp").write_bytes(b"gen-000003 ")
        assert contents(root) == before
        edit(corpus)
        report = build(corpus, root)
        assert names(root) == ["CURRENT", generation(root).name, "write.lock"]
        assert contents(root) != before
        assert report.written

    def test_leftovers_go_even_if_nothing_has_changed(self, corpus, root):
        (root / "gen-000002.tmp").mkdir()
        shutil.copytree(root / "gen-000001", root / "gen-000002")
        (root / "CURRENT.tmp").write_bytes(b"")
        assert not build(corpus, root).written
        assert names(root) == ["CURRENT", "gen-000001", "write.lock"]

    def test_in_the_first_build(self, corpus, root, tmp_path):
        expected = contents(root)
        fresh = tmp_path / "first"
        (fresh / "gen-000001.tmp").mkdir(parents=True)
        shutil.copytree(root / "gen-000001", fresh / "gen-000001")
        build(corpus, fresh)
        assert contents(fresh) == expected
        assert names(fresh) == ["CURRENT", generation(fresh).name, "write.lock"]

    def test_other_files_in_the_folder_are_left_alone(self, corpus, root):
        (root / "Notizen für mich.md").write_bytes(b"meins")
        (root / "general.txt").write_bytes(b"meins")
        edit(corpus)
        build(corpus, root)
        assert {"Notizen für mich.md", "general.txt"} <= set(names(root))


class TestTwoAtOnce:
    def test_a_second_writer_is_refused_and_readers_are_not(self, corpus, root):
        before = contents(root)
        edit(corpus)
        with generations.writing(root):
            with pytest.raises(StoreBusyError, match="another sync is running") as caught:
                build(corpus, root)
            assert contents(root) == before
        assert caught.value.hint
        assert caught.value.path == root
        build(corpus, root)

    def test_a_second_process_is_refused(self, corpus, root):
        code = (
            "import sys; sys.path[:0] = sys.argv[3:]\n"
            "from pathlib import Path; from fakes import build\n"
            "build(Path(sys.argv[1]), Path(sys.argv[2]))"
        )
        with generations.writing(root):
            done = subprocess.run(
                [sys.executable, "-c", code, corpus, root, HERE, HERE.parent],
                capture_output=True,
                text=True,
            )
        assert "index.errors.StoreBusyError" in done.stderr
        assert done.returncode == 1

    def test_the_lock_of_a_dead_process_does_not_count(self, corpus, root):
        (root / "write.lock").write_bytes(b"99999")
        edit(corpus)
        assert build(corpus, root).written

    def test_readers_open_while_a_writer_replaces_generations(self, corpus, root):
        done = threading.Event()
        failures: list[BaseException] = []

        def write():
            try:
                for number in range(15):
                    write_corpus(corpus, {"wetter.txt": f"Es regnet {number} Tage.".encode()})
                    build(corpus, root)
            except BaseException as error:
                failures.append(error)
            finally:
                done.set()

        writer = threading.Thread(target=write)
        writer.start()
        opened = 0
        while not done.is_set():
            with closing(Snapshot.open(root, None)) as snapshot:
                assert sorted(snapshot.stamps()) == sorted(ARTICLES)
                assert len(snapshot.search_words("Präsident", 5)) == 2
                opened += 1
        writer.join()
        assert failures == []
        assert opened > 5


class TestUnwritable:
    def unwritable(self, corpus, root):
        with pytest.raises(StoreWriteError) as caught:
            build(corpus, root)
        assert str(root) in caught.value.message
        assert "--index" in caught.value.hint
        return caught.value

    def test_a_file_in_the_place_of_the_folder(self, corpus, tmp_path):
        (tmp_path / "index").write_bytes(b"a file")
        self.unwritable(corpus, tmp_path / "index")
        self.unwritable(corpus, tmp_path / "index/below")
        assert (tmp_path / "index").read_bytes() == b"a file"

    def test_a_name_that_is_too_long(self, corpus, tmp_path):
        self.unwritable(corpus, tmp_path / ("ü" * 200))

    def test_a_folder_without_permission_to_write(self, corpus, root):
        before = contents(root)
        edit(corpus)
        root.chmod(0o555)
        try:
            with permissions_refuse():
                error = self.unwritable(corpus, root)
                assert contents(root) == before
        finally:
            root.chmod(0o755)
        assert "ermission denied" in error.message

    def test_a_file_without_permission_to_read(self, root):
        (root / "gen-000001/vectors.faiss").chmod(0)
        with permissions_refuse(), pytest.raises(StoreCorruptError, match="Permission denied"):
            Snapshot.open(root, None)
        (root / "gen-000001/vectors.faiss").chmod(0o644)
        (root / "CURRENT").chmod(0)
        with permissions_refuse(), pytest.raises(StoreCorruptError, match="Permission denied"):
            Snapshot.open(root, None)

    def test_a_disk_that_fills_up(self, corpus, root):
        before = contents(root)
        edit(corpus)
        sizes = {path.name: path.stat().st_size for path in generation(root).iterdir()}
        limits = [1, 300, sizes["vectors.faiss"] - 100, sizes["corpus.sqlite"] // 2, 10**9]
        done = subprocess.run(
            [sys.executable, HERE / "full_disk.py", corpus, root, *map(str, limits)],
            capture_output=True,
            text=True,
            timeout=60,
        )
        assert done.returncode == 0, done.stderr
        results = json.loads(done.stdout)
        assert [kind for kind, *_ in results] == [*["StoreWriteError"] * 4, ""]
        for _, message, hint in results[:-1]:
            assert str(root) in message
            assert "old index is unchanged" in hint
        assert contents(root) != before  # the last one had room
        assert names(root) == ["CURRENT", generation(root).name, "write.lock"]

    def test_after_a_full_disk_the_old_index_is_there(self, corpus, root):
        before = contents(root)
        edit(corpus)
        subprocess.run(
            [sys.executable, HERE / "full_disk.py", corpus, root, "1", "2000"],
            check=True,
            capture_output=True,
        )
        assert contents(root) == before
        assert check_index(root, None) == []


def test_a_removed_article_leaves_no_byte(tmp_path):
    secret = b"Xylophonius"
    files = {**ARTICLES, "geheim.txt": b"Herr Xylophonius sprach \xc3\xbcber Geheimnisse."}
    corpus = write_corpus(tmp_path / "corpus", files)
    root = tmp_path / "index"
    build(corpus, root)
    assert any(secret in path.read_bytes() for path in root.rglob("*.sqlite"))
    (corpus / "geheim.txt").unlink()
    build(corpus, root)
    for path in root.rglob("*"):
        if path.is_file():
            assert b"xylophon" not in path.read_bytes().lower(), path
