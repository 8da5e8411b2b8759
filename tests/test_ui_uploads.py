"""Files from a browser: hostile names, wrong content, full disks, and nothing overwritten."""

from __future__ import annotations

import errno
import os
import resource
import stat
import threading
import unicodedata
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.articles import MAX_BYTES, find_articles, load_article
from index.errors import (
    ArticleDecodeError,
    AssistantError,
    CorpusError,
    EmptyArticleError,
    UploadError,
    UploadExistsError,
)
from index.paths import EXTRA_OF
from ui.uploads import save_upload

TEXT = "Größe: „zwölf“.\r\nÄrger über 8.000 €\r\n".encode()
RENAME = "rename the file, then give it again"
SYSTEM_ERROR = OSError(errno.ENOSPC, "No space left on device")


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    folder = tmp_path / "Artikel"
    folder.mkdir()
    return folder


@pytest.fixture
def sent(tmp_path: Path) -> Callable[..., Path]:
    """Puts bytes where a web framework would put them."""

    def send(data: bytes = TEXT, name: str = "0f3a") -> Path:
        path = tmp_path / "received" / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(data)
        return path

    return send


def contents(folder: Path) -> dict[str, bytes]:
    """Every file of a folder, the hidden ones too."""
    return {name: (folder / name).read_bytes() for name in names(folder)}


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


# --- what is taken


@pytest.mark.parametrize(
    "name",
    [
        "a.txt",
        "Ärger über Größe.txt",
        "Новости дня.txt",
        "新闻.TXT",
        "أخبار.txt",
        "हिन्दी.txt",
        "a b  c.Txt",
        "-rf.txt",
        "a;rm $HOME `id` 'b' \"c\" <d> & e.txt",
        "a..txt",
        "ü" * 125 + "a.txt",
        "🚀.txt",
    ],
)
def test_ordinary_names_are_kept(name, corpus, sent):
    assert save_upload(sent(), name, corpus) == name
    assert contents(corpus) == {name: TEXT}
    assert load_article(corpus, name).text == TEXT.decode()
    assert [file.id for file in find_articles(corpus)[0]] == [name]


def test_a_decomposed_name_is_stored_composed(corpus, sent):
    assert save_upload(sent(), unicodedata.normalize("NFD", "Übergröße.txt"), corpus) == (
        "Übergröße.txt"
    )
    assert list(contents(corpus)) == ["Übergröße.txt"]


@pytest.mark.parametrize("umask", [0o000, 0o022, 0o077, 0o777])
def test_the_mode_is_0644_whatever_the_umask(umask, corpus, sent):
    source = sent()
    before = os.umask(umask)
    try:
        save_upload(source, "a.txt", corpus)
    finally:
        os.umask(before)
    assert stat.S_IMODE((corpus / "a.txt").stat().st_mode) == 0o644
    assert (corpus / "a.txt").stat().st_nlink == 1


def test_the_source_stays(corpus, sent):
    source = sent()
    save_upload(source, "a.txt", corpus)
    assert source.read_bytes() == TEXT


def test_a_corpus_behind_a_link_is_a_corpus(corpus, sent, tmp_path):
    (tmp_path / "link").symlink_to(corpus)
    assert save_upload(sent(), "a.txt", tmp_path / "link") == "a.txt"
    assert contents(corpus) == {"a.txt": TEXT}


# --- names that are refused

ONE_FILE = "the name of a file holds no /, \\ or NUL and is not '.' or '..'"
HIDDEN = "a name with a leading dot is hidden and would not be read"
BLANK = "the name begins or ends with a blank"
SUFFIX = f"the name must end in one of {', '.join(EXTRA_OF)}"
AS_TEXT = "save the article as plain text (UTF-8) under a name that ends in .txt"


@pytest.mark.parametrize(
    ("name", "message", "hint"),
    [
        ("", "the file has no name", "give the file a name, then give it again"),
        (".", f".: {ONE_FILE}", RENAME),
        ("..", f"..: {ONE_FILE}", RENAME),
        ("../a.txt", f"../a.txt: {ONE_FILE}", RENAME),
        ("/etc/a.txt", f"/etc/a.txt: {ONE_FILE}", RENAME),
        ("süd/a.txt", f"süd/a.txt: {ONE_FILE}", RENAME),
        ("a.txt/", f"a.txt/: {ONE_FILE}", RENAME),
        ("C:\\a.txt", f"C:\\a.txt: {ONE_FILE}", RENAME),
        ("..\\a.txt", f"..\\a.txt: {ONE_FILE}", RENAME),
        ("a.exe\0.txt", f"a.exe\\x00.txt: {ONE_FILE}", RENAME),
        (".a.txt", f".a.txt: {HIDDEN}", RENAME),
        (".txt", f".txt: {HIDDEN}", RENAME),
        ("..a.txt", f"..a.txt: {HIDDEN}", RENAME),
        ("a\n.txt", "a\\x0a.txt: the name holds the invisible character U+000A", RENAME),
        ("a.txt\r", "a.txt\\x0d: the name holds the invisible character U+000D", RENAME),
        ("a\x1b[31m.txt", "a\\x1b[31m.txt: the name holds the invisible character U+001B", RENAME),
        ("a\x85.txt", "a\\x85.txt: the name holds the invisible character U+0085", RENAME),
        ("\u202etxt.exe", "\\u202etxt.exe: the name holds the invisible character U+202E", RENAME),
        ("a\u200b.txt", "a\\u200b.txt: the name holds the invisible character U+200B", RENAME),
        ("\ufeffa.txt", "\\ufeffa.txt: the name holds the invisible character U+FEFF", RENAME),
        ("a\u2028.txt", "a\\u2028.txt: the name holds the invisible character U+2028", RENAME),
        ("a\u2029.txt", "a\\u2029.txt: the name holds the invisible character U+2029", RENAME),
        ("a\ue000.txt", "a\ue000.txt: the name holds the invisible character U+E000", RENAME),
        ("a\udcff.txt", "a\\xff.txt: the name holds the invisible character U+DCFF", RENAME),
        (" a.txt", f" a.txt: {BLANK}", RENAME),
        ("a.txt ", f"a.txt : {BLANK}", RENAME),
        ("\u00a0a.txt", f"\u00a0a.txt: {BLANK}", RENAME),
        ("a.txt\u3000", f"a.txt\u3000: {BLANK}", RENAME),
        ("a", f"a: {SUFFIX}", AS_TEXT),
        ("a.doc", f"a.doc: {SUFFIX}", AS_TEXT),
        ("a.txt.exe", f"a.txt.exe: {SUFFIX}", AS_TEXT),
        ("a.txt.", f"a.txt.: {SUFFIX}", AS_TEXT),
        ("a.txt:stream", f"a.txt:stream: {SUFFIX}", AS_TEXT),
        (
            "ü" * 126 + ".txt",
            "ü" * 78 + " …: the name has 256 bytes, at most 255 are allowed",
            RENAME,
        ),
    ],
)
def test_other_names_are_refused(name, message, hint, corpus, sent):
    with pytest.raises(UploadError) as caught:
        save_upload(sent(), name, corpus)
    assert (caught.value.message, caught.value.hint, caught.value.name) == (message, hint, name)
    assert contents(corpus) == {}
    assert names(corpus.parent) == ["Artikel", "received"]


@given(st.text(st.characters(), max_size=12), st.sampled_from(["", ".txt", ".TXT"]))
@settings(max_examples=150, deadline=None)
def test_any_name_is_refused_or_becomes_one_article(tmp_path_factory, stem, suffix):
    folder = tmp_path_factory.mktemp("any")
    (folder / "corpus").mkdir()
    (folder / "source").write_bytes(TEXT)
    try:
        article_id = save_upload(folder / "source", stem + suffix, folder / "corpus")
    except UploadError:
        assert contents(folder / "corpus") == {}
    else:
        assert article_id == unicodedata.normalize("NFC", stem + suffix)
        assert [file.id for file in find_articles(folder / "corpus")[0]] == [article_id]
    assert names(folder) == ["corpus", "source"]


# --- content that is refused


@pytest.mark.parametrize(
    ("data", "kind", "message", "hint"),
    [
        (b"", EmptyArticleError, "ä.txt: no text in it (0 bytes)", "put text into"),
        (b" \r\n\t", EmptyArticleError, "ä.txt: no text in it (4 bytes, white space only)", "put"),
        ("Größe".encode("cp1252"), ArticleDecodeError, "ä.txt: not UTF-8 (invalid", "save it as"),
        ("Größe".encode("utf-16"), ArticleDecodeError, "ä.txt: looks like UTF-16 at", "save it as"),
        (b"PK\x03\x04\0\0", ArticleDecodeError, "ä.txt: NUL byte, looks like a", "save it as"),
        (b"\xed\xa0\x80", ArticleDecodeError, "ä.txt: not UTF-8 (invalid", "save it as"),
    ],
)
def test_content_that_is_no_article(data, kind, message, hint, corpus, sent):
    with pytest.raises(kind) as caught:
        save_upload(sent(data), "ä.txt", corpus)
    assert caught.value.message.startswith(message)
    assert caught.value.hint.startswith(hint)
    assert caught.value.path == "ä.txt"
    assert ".upload-" not in caught.value.message + caught.value.hint
    assert contents(corpus) == {}


@pytest.mark.parametrize(("size", "fits"), [(0, True), (1, False), (5000, False)])
def test_the_limit_is_exact(size, fits, corpus, sent):
    source = sent(b"a" * (100 + size))
    if fits:
        assert save_upload(source, "a.txt", corpus, limit_bytes=100) == "a.txt"
        return
    with pytest.raises(UploadError) as caught:
        save_upload(source, "a.txt", corpus, limit_bytes=100)
    assert caught.value.message == (
        "a.txt: larger than 100 bytes, the most that an article may have"
    )
    assert caught.value.hint == "split it into several articles"
    assert contents(corpus) == {}


def test_the_limit_unless_told_is_that_of_articles(corpus, sent):
    assert MAX_BYTES == 20_000_000
    save_upload(sent(b"a" * MAX_BYTES), "a.txt", corpus)
    with pytest.raises(UploadError, match="larger than 20000000 bytes"):
        save_upload(sent(b"a" * (MAX_BYTES + 1)), "b.txt", corpus)


def test_the_bytes_read_count_and_not_the_size_claimed(corpus):
    source = Path("/proc/self/status")
    assert source.stat().st_size == 0
    with pytest.raises(UploadError, match="larger than 100 bytes"):
        save_upload(source, "a.txt", corpus, limit_bytes=100)


@pytest.mark.parametrize(
    ("kind", "message"),
    [
        ("link", "a.txt: what arrived is a link, not a file"),
        ("dangling", "a.txt: what arrived is a link, not a file"),
        ("folder", "a.txt: what arrived cannot be read: Is a directory"),
        ("pipe", "a.txt: what arrived is not a regular file"),
        ("missing", "a.txt: what arrived cannot be read: No such file or directory"),
    ],
)
def test_the_source_must_be_a_file(kind, message, corpus, sent, tmp_path):
    source = tmp_path / "source"
    if kind == "link":
        source.symlink_to(sent())
    elif kind == "dangling":
        source.symlink_to(tmp_path / "nowhere")
    elif kind == "folder":
        source.mkdir()
    elif kind == "pipe":
        os.mkfifo(source)
    with pytest.raises(UploadError) as caught:
        save_upload(source, "a.txt", corpus)
    assert (caught.value.message, caught.value.hint) == (message, "give the file again")
    assert contents(corpus) == {}


@pytest.mark.parametrize(
    ("name", "reason"),
    [("nowhere", "No such file or directory"), ("received/0f3a", "Not a directory")],
)
def test_without_a_corpus(name, reason, sent, tmp_path):
    source = sent()
    with pytest.raises(CorpusError) as caught:
        save_upload(source, "a.txt", tmp_path / name)
    assert caught.value.message == f"{tmp_path / name}: cannot list the folder: {reason}"
    assert caught.value.hint == "name an existing, readable folder for the articles"
    assert not (tmp_path / "nowhere").exists()


# --- articles that are there already

SAME = [
    ("a.txt", "a.txt"),
    ("a.txt", "A.TXT"),
    ("Ärger.TXT", "ärger.txt"),
    (unicodedata.normalize("NFD", "Ärger.txt"), "Ärger.txt"),
    (unicodedata.normalize("NFD", "ärger.txt"), "ÄRGER.TXT"),
]


@pytest.mark.parametrize(("there", "name"), SAME)
def test_nothing_is_overwritten_unasked(there, name, corpus, sent):
    (corpus / there).write_bytes(b"alt")
    with pytest.raises(UploadExistsError) as caught:
        save_upload(sent(), name, corpus)
    assert caught.value.article_id == there
    assert caught.value.message == f"{there}: there is an article of this name already"
    assert caught.value.hint == "replace it, or rename the file, then give it again"
    assert contents(corpus) == {there: b"alt"}


@pytest.mark.parametrize(("there", "name"), SAME)
def test_replacing_keeps_the_name_that_is_there(there, name, corpus, sent):
    (corpus / there).write_bytes(b"alt")
    assert save_upload(sent(), name, corpus, replace=True) == there
    assert contents(corpus) == {there: TEXT}
    assert stat.S_IMODE((corpus / there).stat().st_mode) == 0o644


@pytest.mark.parametrize("replace", [False, True])
@pytest.mark.parametrize(("there", "name"), SAME)
def test_the_same_content_again_is_not_written(there, name, replace, corpus, sent):
    (corpus / there).write_bytes(TEXT)
    before, folder_before = (corpus / there).stat(), corpus.stat().st_mtime_ns
    assert save_upload(sent(), name, corpus, replace=replace) == there
    after = (corpus / there).stat()
    assert (after.st_ino, after.st_mtime_ns) == (before.st_ino, before.st_mtime_ns)
    assert corpus.stat().st_mtime_ns == folder_before
    assert contents(corpus) == {there: TEXT}


def test_the_same_content_that_is_no_article_is_still_refused(corpus, sent):
    (corpus / "a.txt").write_bytes(b"\xff")
    with pytest.raises(ArticleDecodeError):
        save_upload(sent(b"\xff"), "a.txt", corpus)


def test_replacing_what_is_not_there_writes_it(corpus, sent):
    assert save_upload(sent(), "a.txt", corpus, replace=True) == "a.txt"
    assert contents(corpus) == {"a.txt": TEXT}


@pytest.mark.parametrize(("there", "name"), [("Masse.txt", "Maße.txt"), ("a.txt", "ä.txt")])
def test_different_words_are_different_names(there, name, corpus, sent):
    (corpus / there).write_bytes(b"alt")
    assert save_upload(sent(), name, corpus) == name
    assert contents(corpus) == {there: b"alt", name: TEXT}


def test_of_several_files_that_differ_by_case_only_the_exact_one_is_replaced(corpus, sent):
    for name in ("a.txt", "A.txt"):
        (corpus / name).write_bytes(b"alt")
    with pytest.raises(UploadError) as caught:
        save_upload(sent(), "A.TXT", corpus, replace=True)
    assert caught.value.message == "A.TXT: the name fits several files: A.txt, a.txt"
    assert save_upload(sent(), "a.txt", corpus, replace=True) == "a.txt"
    assert contents(corpus) == {"A.txt": b"alt", "a.txt": TEXT}


@pytest.mark.parametrize("replace", [False, True])
@pytest.mark.parametrize("kind", ["link", "dangling", "link to folder", "folder", "pipe"])
def test_only_a_file_is_replaced(kind, replace, corpus, sent, tmp_path):
    there, other = corpus / "A.txt", tmp_path / "other.txt"
    other.write_bytes(b"fremd")
    if kind == "folder":
        there.mkdir()
    elif kind == "pipe":
        os.mkfifo(there)
    else:
        targets = {"link": other, "dangling": tmp_path / "x.txt", "link to folder": tmp_path}
        there.symlink_to(targets[kind])
    with pytest.raises(UploadError) as caught:
        save_upload(sent(), "a.txt", corpus, replace=replace)
    assert type(caught.value) is UploadError
    assert caught.value.message == (
        "a.txt: A.txt in the folder of articles is a link or a folder, not a file"
    )
    assert names(corpus) == ["A.txt"]
    assert other.read_bytes() == b"fremd"
    assert not (tmp_path / "x.txt").exists()


# --- failures in the middle


@pytest.mark.parametrize("call", ["fsync", "fchmod", "link"])
def test_a_failing_disk_leaves_nothing(call, corpus, sent, monkeypatch):
    def fail(*args: object, **more: object) -> None:
        raise SYSTEM_ERROR

    monkeypatch.setattr(os, call, fail)
    with pytest.raises(UploadError) as caught:
        save_upload(sent(), "ä.txt", corpus)
    assert caught.value.message == "ä.txt: cannot be stored: No space left on device"
    assert caught.value.hint == "free some space on the disk, then give the file again"
    assert contents(corpus) == {}


@pytest.mark.parametrize("call", ["fsync", "fchmod", "replace"])
def test_a_failing_disk_leaves_the_old_article(call, corpus, sent, monkeypatch):
    def fail(*args: object, **more: object) -> None:
        raise SYSTEM_ERROR

    (corpus / "ä.txt").write_bytes(b"alt")
    monkeypatch.setattr(os if call != "replace" else Path, call, fail)
    with pytest.raises(UploadError, match="No space left on device"):
        save_upload(sent(), "ä.txt", corpus, replace=True)
    assert contents(corpus) == {"ä.txt": b"alt"}


@pytest.mark.parametrize("replace", [False, True])
@pytest.mark.parametrize("limit_bytes", [0, 1, 4096, 99_999])
def test_a_disk_that_fills_up_while_writing(limit_bytes, replace, corpus, sent):
    """No patch: the kernel refuses to let a file grow beyond a limit (EFBIG)."""
    source, before = sent(b"a" * 100_000), {"a.txt": b"alt"} if replace else {}
    for name, data in before.items():
        (corpus / name).write_bytes(data)
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit_bytes, hard))
    try:
        with pytest.raises(UploadError) as caught:
            save_upload(source, "a.txt", corpus, replace=replace)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert caught.value.message == "a.txt: cannot be stored: File too large"
    assert contents(corpus) == before


def test_an_interrupt_leaves_nothing(corpus, sent, monkeypatch):
    def interrupt(*args: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "link", interrupt)
    with pytest.raises(KeyboardInterrupt):
        save_upload(sent(), "a.txt", corpus)
    assert contents(corpus) == {}


def test_an_article_that_comes_up_meanwhile_is_not_overwritten(corpus, sent, monkeypatch):
    link = os.link

    def late(source: Path, target: Path) -> None:
        Path(target).write_bytes(b"schneller")
        link(source, target)

    monkeypatch.setattr(os, "link", late)
    with pytest.raises(UploadExistsError):
        save_upload(sent(), "a.txt", corpus)
    assert contents(corpus) == {"a.txt": b"schneller"}


def test_of_many_uploads_at_once_one_wins(corpus, sent):
    sources = [sent(b"Artikel %d" % n, f"s{n}") for n in range(8)]
    results: list[object] = []

    def upload(source: Path) -> None:
        try:
            results.append(save_upload(source, "a.txt", corpus))
        except AssistantError as error:
            results.append(type(error))

    threads = [threading.Thread(target=upload, args=(source,)) for source in sources]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert results.count("a.txt") == 1
    assert results.count(UploadExistsError) == 7
    assert list(contents(corpus)) == ["a.txt"]
    assert contents(corpus)["a.txt"] in [source.read_bytes() for source in sources]
