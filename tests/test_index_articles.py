import errno
import hashlib
import itertools
import os
import shutil
import stat
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from index.articles import Skipped, display_id, find_articles, load_article
from index.errors import (
    ArticleDecodeError,
    ArticleReadError,
    CorpusError,
    EmptyArticleError,
)
from index.paths import EXTRA_OF

PROJECT = Path(__file__).parent.parent
TEXT = "Köln.\r\nZweite Zeile\u2028 mit „Zitat“\n"


@pytest.fixture
def root(tmp_path):
    folder = tmp_path / "corpus"
    folder.mkdir()
    (folder / "a.txt").write_bytes(TEXT.encode("utf-8"))
    return folder


def ids(root: Path) -> list[str]:
    return [file.id for file in find_articles(root)[0]]


def skipped(root: Path) -> list[Skipped]:
    return list(find_articles(root)[1])


class TestFind:
    def test_sorted_by_code_points_with_facts(self, root):
        for name in [
            "ä.txt",
            "Z.TXT",
            "b/c.txt",
            "b.txt",
            "b/d/e.txt",
            ".h.txt",
            ".h/x.txt",
            "n.doc",
        ]:
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            (root / name).write_text("Text", encoding="utf-8")
        files, left = find_articles(root)
        assert [file.id for file in files] == [
            "Z.TXT",
            "a.txt",
            "b.txt",
            "b/c.txt",
            "b/d/e.txt",
            "ä.txt",
        ]
        status = (root / "b/c.txt").stat()
        assert files[3].path == root / "b/c.txt"
        assert (files[3].size_bytes, files[3].mtime_ns) == (status.st_size, status.st_mtime_ns)
        assert left == ()

    def test_a_link_to_a_file_inside_is_an_article(self, root):
        (root / "link.txt").symlink_to("a.txt")
        assert ids(root) == ["a.txt", "link.txt"]
        assert load_article(root, "link.txt").text == TEXT

    def test_links_out_of_the_root_are_reported(self, root, tmp_path):
        (tmp_path / "secret").mkdir()
        (tmp_path / "secret/s.txt").write_text("geheim", encoding="utf-8")
        (root / "s.txt").symlink_to("../secret/s.txt")
        (root / "folder").symlink_to(tmp_path / "secret")
        (root / "notes.doc").symlink_to("../secret/s.txt")
        assert ids(root) == ["a.txt"]
        reason = "a link that leads out of the folder"
        assert skipped(root) == [Skipped("folder", reason), Skipped("s.txt", reason)]

    def test_a_neighbour_whose_name_begins_alike_is_outside(self, root, tmp_path):
        (tmp_path / "corpus2").mkdir()
        (tmp_path / "corpus2/s.txt").write_text("geheim", encoding="utf-8")
        (root / "s.txt").symlink_to("../corpus2/s.txt")
        assert ids(root) == ["a.txt"]
        with pytest.raises(ArticleReadError, match=r"s\.txt: a link that leads out of"):
            load_article(root, "s.txt")

    def test_loops_end_and_are_reported_once(self, root):
        (root / "b").mkdir()
        (root / "b/up").symlink_to("..")
        (root / "here").symlink_to(".")
        (root / "self").symlink_to("self")
        assert ids(root) == ["a.txt"]
        assert [(s.path, s.reason) for s in skipped(root)] == [
            ("b/up", "leads to a folder that is read already"),
            ("here", "leads to a folder that is read already"),
            ("self", f"cannot be looked at: {os.strerror(errno.ELOOP)}"),
        ]

    def test_a_folder_is_read_under_its_real_name(self, root):
        (root / "z").mkdir()
        (root / "z/x.txt").write_text("Text", encoding="utf-8")
        (root / "b").symlink_to("z")
        assert ids(root) == ["a.txt", "z/x.txt"]
        assert skipped(root) == [Skipped("b", "leads to a folder that is read already")]

    def test_a_link_to_a_hidden_folder_is_followed_once(self, root):
        (root / ".store").mkdir()
        (root / ".store/x.txt").write_text("Text", encoding="utf-8")
        (root / "now").symlink_to(".store")
        (root / "old").symlink_to(".store")
        assert ids(root) == ["a.txt", "now/x.txt"]
        assert skipped(root) == [Skipped("old", "leads to a folder that is read already")]

    def test_what_is_no_regular_file_is_reported(self, root):
        (root / "folder.txt").mkdir()
        os.mkfifo(root / "pipe.txt")
        os.mkfifo(root / "pipe")
        (root / "lost.txt").symlink_to("nowhere")
        assert ids(root) == ["a.txt"]
        assert skipped(root) == [
            Skipped("folder.txt", "a folder, not a file"),
            Skipped("lost.txt", f"cannot be looked at: {os.strerror(errno.ENOENT)}"),
            Skipped("pipe.txt", "not a regular file"),
        ]

    @pytest.mark.skipif(sys.platform == "darwin", reason="needs root there")
    def test_a_socket_is_reported(self, root):
        os.mknod(root / "s.txt", stat.S_IFSOCK | 0o600)
        assert skipped(root) == [Skipped("s.txt", "not a regular file")]

    @pytest.mark.skipif(sys.platform == "darwin", reason="its file names are always UTF-8")
    def test_names_that_are_not_utf8_are_reported(self, root):
        for name in [b"\xe4.txt", b"\xe4.doc"]:
            Path(os.fsdecode(os.fsencode(root) + b"/" + name)).write_text("x", encoding="utf-8")
        assert ids(root) == ["a.txt"]
        assert skipped(root) == [Skipped("\\xe4.txt", "the name is not valid UTF-8")]

    def test_a_name_with_control_characters_is_an_id(self, root):
        (root / "b\n\x1b[31m.txt").write_text("Text", encoding="utf-8")
        assert ids(root) == ["a.txt", "b\n\x1b[31m.txt"]
        assert load_article(root, "b\n\x1b[31m.txt").text == "Text"

    def test_the_root_may_be_a_link(self, root, tmp_path):
        (tmp_path / "alias").symlink_to(root)
        assert ids(tmp_path / "alias") == ["a.txt"]
        assert load_article(tmp_path / "alias", "a.txt").text == TEXT

    @pytest.mark.parametrize("name", ["missing", "a.txt", "nul\0", "loop"])
    def test_a_root_that_is_no_folder(self, root, name):
        (root / "loop").symlink_to("loop")
        with pytest.raises(CorpusError, match="cannot list the folder: ") as caught:
            find_articles(root / name)
        assert caught.value.path == root / name
        assert caught.value.hint == (
            "name an existing, readable folder with articles, for example *.txt files"
        )

    def test_a_root_without_articles_says_what_it_looked_for(self, root):
        (root / "a.txt").rename(root / "a.doc")
        (root / "b.txt").mkdir()
        with pytest.raises(CorpusError) as caught:
            find_articles(root)
        assert caught.value.message == (
            f"{root}: no article in this folder, looked for {', '.join(f'*{s}' for s in EXTRA_OF)}"
            "; b.txt: a folder, not a file"
        )
        assert caught.value.hint == (
            "name a folder with articles, for example UTF-8 text files named *.txt"
        )


class TestLoad:
    def test_everything_belongs_to_the_same_bytes(self, root):
        data = TEXT.encode("utf-8")
        os.utime(root / "a.txt", ns=(1, 1_700_000_000_123_456_789))
        article = load_article(root, "a.txt")
        assert (article.id, article.text) == ("a.txt", TEXT)
        assert article.sha256 == hashlib.sha256(data).hexdigest()
        assert article.size_bytes == len(data)
        assert article.mtime_ns == (root / "a.txt").stat().st_mtime_ns

    def test_a_byte_order_mark_and_carriage_returns_stay(self, root):
        (root / "a.txt").write_bytes(b"\xef\xbb\xbfK\xc3\xb6ln\r\n")
        assert load_article(root, "a.txt").text == "\ufeffKöln\r\n"

    @pytest.mark.parametrize(
        ("data", "offset", "reason"),
        [
            ("Köln".encode("utf-16"), 0, "looks like UTF-16"),
            (b"\xfe\xff\0K", 0, "looks like UTF-16"),
            ("Köln".encode("utf-32"), 0, "looks like UTF-32"),
            (b"\0\0\xfe\xff\0\0\0K", 0, "looks like UTF-32"),
            (b"Text\0", 4, "NUL byte, looks like a binary file or UTF-16 without BOM"),
            (
                "Köln".encode("utf-16-le"),
                1,
                "NUL byte, looks like a binary file or UTF-16 without BOM",
            ),
            (b"gut K\xf6ln", 5, "not UTF-8 (invalid start byte)"),
            ("Köln".encode()[:2], 1, "not UTF-8 (unexpected end of data)"),
            (b"ab\xed\xa0\x80", 2, "not UTF-8 (invalid continuation byte)"),
        ],
    )
    def test_bytes_that_are_not_utf8(self, root, data, offset, reason):
        (root / "a.txt").write_bytes(data)
        with pytest.raises(ArticleDecodeError) as caught:
            load_article(root, "a.txt")
        error = caught.value
        assert (error.path, error.offset_bytes, error.reason) == ("a.txt", offset, reason)
        assert "iconv -f " in error.hint

    @pytest.mark.skipif(not shutil.which("iconv"), reason="iconv is not installed")
    @pytest.mark.parametrize("encoding", ["utf-16", "utf-32", "utf-16-le", "cp1252"])
    def test_the_command_in_the_hint_repairs_the_file(self, root, encoding):
        (root / "a b.txt").write_bytes("Köln\n".encode(encoding))
        with pytest.raises(ArticleDecodeError) as caught:
            load_article(root, "a b.txt")
        command = caught.value.hint.partition(": ")[2]
        subprocess.run(command, shell=True, check=True)
        assert load_article(root, "a b.txt").text == "Köln\n"

    @pytest.mark.parametrize("data", [b"", b" \r\n\t", b"\xef\xbb\xbf", "\ufeff \u2028\n".encode()])
    def test_no_text_in_it(self, root, data):
        (root / "a.txt").write_bytes(data)
        with pytest.raises(
            EmptyArticleError, match=rf"a\.txt: no text in it \({len(data)} bytes"
        ) as e:
            load_article(root, "a.txt")
        assert e.value.hint == "delete the file, or put the text of the article into it"

    @pytest.mark.parametrize(
        "article_id",
        [
            *("", ".", "..", "/etc/passwd", "b/../a.txt", "../corpus/a.txt"),
            *("./a.txt", "a.txt/", "b//c.txt", "\udce4.txt", "\ud800.txt"),
        ],
    )
    def test_ids_that_are_none(self, root, article_id):
        with pytest.raises(ArticleReadError) as caught:
            load_article(root, article_id)
        assert caught.value.hint
        caught.value.message.encode("utf-8")  # it can be printed

    def test_a_file_that_vanished(self, root):
        (file,), _ = find_articles(root)
        file.path.unlink()
        with pytest.raises(ArticleReadError) as caught:
            load_article(root, file.id)
        assert caught.value.message == f"a.txt: cannot be read: {os.strerror(errno.ENOENT)}"
        assert "list the folder again" in caught.value.hint

    def test_what_is_no_regular_file(self, root):
        (root / "b").mkdir()
        os.mkfifo(root / "pipe.txt")
        (root / "loop.txt").symlink_to("loop.txt")
        for name in ["b", "pipe.txt", "loop.txt", "a.txt/x", "nul\0", "x" * 300]:
            with pytest.raises(ArticleReadError, match="cannot be read: ") as caught:
                load_article(root, name)
            assert caught.value.path == name
            assert caught.value.hint

    def test_links_out_of_the_root(self, root, tmp_path):
        (tmp_path / "s.txt").write_text("geheim", encoding="utf-8")
        (root / "s.txt").symlink_to(tmp_path / "s.txt")
        (root / "up").symlink_to(tmp_path)
        for name in ["s.txt", "up/s.txt"]:
            with pytest.raises(ArticleReadError, match="a link that leads out of the folder"):
                load_article(root, name)

    def test_a_file_that_changes_while_it_is_read(self, root, monkeypatch):
        fstat, times = os.fstat, itertools.count(1)

        def touch_then_stat(descriptor):
            os.utime(descriptor, ns=(0, next(times) * 10**9))
            return fstat(descriptor)

        monkeypatch.setattr(os, "fstat", touch_then_stat)
        with pytest.raises(ArticleReadError, match=r"a\.txt: it changed while it was read"):
            load_article(root, "a.txt")


AS_NOBODY = """
import os, sys
from pathlib import Path
from index.articles import find_articles, load_article
from index.paths import EXTRA_OF
from index.errors import AssistantError
if os.geteuid() == 0:
    os.setgroups([]); os.setgid(65534); os.setuid(65534)
root = Path(sys.argv[1])
files, skipped = find_articles(root)
print([file.id for file in files], [(s.path, s.reason) for s in skipped])
for call in (lambda: load_article(root, "a.txt"), lambda: find_articles(root / "closed")):
    try:
        call()
    except AssistantError as error:
        print(type(error).__name__, error.message, "|", error.hint)
"""


def test_what_may_not_be_read():
    with tempfile.TemporaryDirectory() as name:  # pytest's own folders are closed to others
        root = Path(name)
        root.chmod(0o755)
        (root / "a.txt").write_text("Text", encoding="utf-8")
        (root / "a.txt").chmod(0)
        (root / "closed").mkdir(mode=0)
        done = subprocess.run(
            [sys.executable, "-c", AS_NOBODY, name],
            cwd=PROJECT,
            capture_output=True,
            text=True,
            check=True,
        )
        (root / "closed").chmod(0o700)
    denied = os.strerror(errno.EACCES)
    assert done.stdout.splitlines() == [
        f"['a.txt'] [('closed', 'cannot list the folder: {denied}')]",
        f"ArticleReadError a.txt: cannot be read: {denied}"
        " | give yourself permission to read it, for example with chmod u+r",
        f"CorpusError {root}/closed: cannot list the folder: {denied}"
        " | name an existing, readable folder with articles, for example *.txt files",
    ]


@pytest.mark.parametrize(
    ("article_id", "shown"),
    [
        ("ordner/Köln 1.txt", "ordner/Köln 1.txt"),
        ("a\nb\x1b[0m\x7f\x85.txt", "a\\x0ab\\x1b[0m\\x7f\\x85.txt"),
        ("a\u202etxt.exe\u2066\u200f", "a\\u202etxt.exe\\u2066\\u200f"),
        ("a\u2028b\u2029\ufeff", "a\\u2028b\\u2029\\ufeff"),
        ("\udce4\ud800\U000e0001", "\\xe4\\ud800\\U000e0001"),
        ("👩\u200d🚀 می\u200cخواهم", "👩\u200d🚀 می\u200cخواهم"),
    ],
)
def test_ids_are_shown_with_nothing_hidden(article_id, shown):
    assert display_id(article_id) == shown
