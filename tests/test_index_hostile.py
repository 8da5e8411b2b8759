"""A folder full of hostile files: the good ones answer, each bad one is named, nothing breaks."""

from __future__ import annotations

import ctypes
import json
import os
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import hostile_files as files
import hostile_places as places
import pytest
from fakes import HashEmbedder, build, permissions_refuse, write_corpus

from index.check import check_index
from index.errors import ArticleError
from index.formats import extract
from index.paths import display_id, file_of
from index.store import Snapshot
from index.sync import is_stale
from rag.quotes import Sources, make_quote

HERE = Path(__file__).parent
MEMORY_BYTES = 600_000_000
ENTRY_FILES = {path.partition(":")[0] for path in files.BAD_ENTRIES}


@dataclass
class Done:
    """A corpus, and what two syncs of it said and touched."""

    made: places.Places
    root: Path
    report: dict[str, Any]
    opened: list[bytes] = field(default_factory=list)

    def errors(self, at: int = 0) -> list[list[str]]:
        return self.report["syncs"][at]["errors"]


@contextmanager
def watched(folder: Path, seen: list[bytes]) -> Iterator[None]:
    """Note what any code, Python's or a library's, opens or changes in a folder (inotify)."""
    libc = ctypes.CDLL(None, use_errno=True)
    queue = libc.inotify_init1(os.O_NONBLOCK)
    assert queue >= 0
    try:
        assert libc.inotify_add_watch(queue, os.fsencode(folder), 0x0FE7) >= 0  # all but closing
        yield
        while True:
            seen.append(os.read(queue, 4_096))
    except BlockingIOError:
        pass
    finally:
        os.close(queue)


def stamps(*folders: Path) -> dict[Path, tuple[int, int, int]]:
    """Mode, size and time of everything in some folders, without following links."""
    found = {path: path.lstat() for folder in folders for path in folder.rglob("*")}
    return {
        path: (s.st_mode, s.st_size, s.st_mtime_ns)
        for path, s in found.items()
        if path.name not in places.UNSETTLED
    }


@pytest.fixture(scope="module")
def done(tmp_path_factory: pytest.TempPathFactory) -> Done:
    folder = tmp_path_factory.mktemp("hostile")
    made = places.make(folder)
    before, opened = stamps(made.corpus, made.outside), []
    with watched(made.outside, opened):
        run = subprocess.run(
            [sys.executable, HERE / "hostile_sync.py", folder],
            capture_output=True, check=False, timeout=120,
        )  # fmt: skip
    assert run.returncode == 0, run.stderr.decode()
    assert run.stderr == b""
    assert stamps(made.corpus, made.outside) == before
    return Done(made, folder / "index", json.loads(run.stdout), opened)


def test_there_are_enough_hostile_files(done: Done) -> None:
    assert len(files.GOOD) == 5
    assert len(done.made.errors | done.made.skipped) >= 60


def test_the_articles_beside_bad_files_answer_with_verbatim_quotes(done: Done) -> None:
    with closing(Snapshot.open(done.root, HashEmbedder().identity)) as snapshot:
        sources = Sources(done.made.corpus, snapshot.stamps(), snapshot)
        for name in sorted(done.made.articles):
            ((best, _), *_) = snapshot.search_words(files.word_of(name), 5)
            (passage,) = snapshot.passages([best])
            article = sources.article(passage.article_id)
            assert article is not None
            assert file_of(article.id) == name
            assert files.word_of(name) in passage.text
            quote = make_quote(article, passage.start, passage.end)
            assert quote.text == passage.text
            assert sources.checked([quote]) == (quote,), name
        assert sources.changed == {}


def test_nothing_of_a_bad_file_is_in_the_index(done: Done) -> None:
    with closing(Snapshot.open(done.root, None)) as snapshot:
        assert {file_of(name) for name in snapshot.stamps()} == done.made.articles
    assert check_index(done.root, HashEmbedder().identity) == []


@pytest.mark.parametrize("name", sorted(n for n in files.ODD if n.endswith(".txt")))
def test_odd_text_is_indexed_as_it_stands(done: Done, name: str) -> None:
    text = files.ODD[name].decode("utf-8")
    end = 0
    with closing(Snapshot.open(done.root, None)) as snapshot:
        for passage in snapshot.article_passages(name):
            assert passage.text == text[passage.start : passage.end]
            assert text[end : passage.start].strip() == ""
            end = passage.end
    assert text[end:].strip() == ""


def test_each_bad_file_is_named_once(done: Done) -> None:
    named = Counter(_owner(path) for _, path, _, _ in done.errors())
    assert named == Counter([*done.made.errors, *files.BAD_ENTRIES])


def _owner(path: str) -> str:
    """The file of an error, or the entry where the file's other entries are articles."""
    name = path.rpartition(":")[0]
    return name if name and name not in ENTRY_FILES else path


def test_each_entry_that_is_passed_over_is_named_once(done: Done) -> None:
    named = Counter(path for path, _ in done.report["syncs"][0]["skipped"])
    assert named == Counter(done.made.skipped)
    assert all(reason for _, reason in done.report["syncs"][0]["skipped"])


def test_each_error_is_one_visible_line_with_a_hint(done: Done) -> None:
    for _, path, message, hint in done.errors():
        assert message.startswith(display_id(path))
        assert hint
        assert display_id(message) == message
        assert display_id(hint) == hint


def test_a_second_sync_writes_nothing_and_reports_the_same_files(done: Done) -> None:
    first, second = ([e for e in done.errors(at) if _is_file(e)] for at in (0, 1))
    assert [sync["written"] for sync in done.report["syncs"]] == [True, False]
    assert second == first
    assert done.report["syncs"][1]["skipped"] == done.report["syncs"][0]["skipped"]


def _is_file(error: list[str]) -> bool:
    return error[1] not in files.BAD_ENTRIES


def test_a_second_sync_reports_the_same_bad_entries(done: Done) -> None:
    first, second = ([e for e in done.errors(at) if not _is_file(e)] for at in (0, 1))
    assert second == first


def test_bad_files_do_not_make_an_index_stale(done: Done) -> None:
    for name in places.UNSETTLED:
        places.remove(done.made.corpus / name)
    with closing(Snapshot.open(done.root, None)) as snapshot, permissions_refuse():
        assert not is_stale(done.made.corpus, snapshot)


def test_the_memory_of_a_sync_is_bounded(done: Done) -> None:
    assert done.report["over_bytes"] <= MEMORY_BYTES


def test_no_file_outside_is_touched(done: Done) -> None:
    assert done.report["touched"] == []
    assert done.opened == []


def test_the_watch_sees_what_a_library_opens(tmp_path: Path) -> None:
    from lxml import etree

    write_corpus(tmp_path, {"a.xml": b"<a/>"})
    seen: list[bytes] = []
    with watched(tmp_path, seen):
        etree.parse(str(tmp_path / "a.xml"))
    assert b"a.xml" in b"".join(seen)


READ = """
import sys
from index.errors import ArticleError
from index.formats import extract
try:
    extract(sys.stdin.buffer.read(), sys.argv[1])
except ArticleError as error:
    print(error.message)
"""


def test_a_tag_of_many_attributes_is_refused_in_time() -> None:
    run = subprocess.run(
        [sys.executable, "-c", READ, "a.html"],
        input=files.page("a", inside=files.attributes(200_000)),
        cwd=HERE.parent, capture_output=True, check=True, timeout=10,
    )  # fmt: skip
    assert run.stdout.startswith(b"a.html: ")


def test_entries_inside_entries_do_not_multiply_the_text() -> None:
    deep = b"<item><description>" * 100 + b"x" * 10_000 + b"</description></item>" * 100
    data = b"<rss><channel>" + deep + b"</channel></rss>"
    try:
        found = extract(data, "a.rss")
    except ArticleError:
        return
    assert sum(len(article.text) for _, article in found) <= 2 * len(data)


@pytest.mark.parametrize("name", ["dump.jsonl#zeile-1", "dump.rss#x"])
def test_a_file_named_like_an_entry_of_a_dump_is_quoted_or_named(tmp_path: Path, name: str) -> None:
    data = files.GOOD["gut.jsonl"] if ".jsonl" in name else files.feed(files.sentence("a"))
    corpus = write_corpus(tmp_path / "corpus", {"gut.txt": files.GOOD["gut.txt"], name: data})
    report = build(corpus, tmp_path / "index")
    with closing(Snapshot.open(tmp_path / "index", None)) as snapshot:
        assert not is_stale(corpus, snapshot)
        sources = Sources(corpus, snapshot.stamps(), snapshot)
        assert all(sources.article(article_id) for article_id in snapshot.stamps())
        named = [e.path for e in report.errors] + [s.path for s in report.skipped]
        assert len(snapshot.stamps()) + len(named) == 2


def test_folders_that_cannot_be_looked_at_are_named(tmp_path: Path) -> None:
    corpus = write_corpus(tmp_path / "corpus", {"gut.txt": b"gut", "zu/innen/a.txt": b"Text"})
    (corpus / "zu").chmod(0o400)  # its names can be listed, nothing below them can be seen
    with permissions_refuse():
        report = build(corpus, tmp_path / "index")
    (corpus / "zu").chmod(0o700)
    assert [s.path for s in report.skipped] == ["zu/innen"]


def test_a_folder_whose_path_is_too_long_is_named(tmp_path: Path) -> None:
    corpus = write_corpus(tmp_path / "corpus", {"gut.txt": b"gut"})
    folder = os.open(corpus, os.O_PATH)
    for _ in range(20):  # 20 * 250 bytes, more than the 4096 of PATH_MAX
        os.mkdir("o" * 250, dir_fd=folder)
        inner = os.open("o" * 250, os.O_PATH, dir_fd=folder)
        os.close(folder)
        folder = inner
    os.close(folder)
    report = build(corpus, tmp_path / "index")
    shutil.rmtree(corpus)
    assert len(report.skipped) == 1
