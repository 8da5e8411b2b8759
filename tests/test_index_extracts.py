"""Articles that are no plain text, in the index: extracts, pages, facts, entries of dumps."""

import hashlib
import json
from contextlib import closing

import format_samples as samples
import pytest
from fakes import HashEmbedder, build, contents, write_corpus

from index.articles import load_article
from index.check import check_index
from index.errors import ArticleReadError
from index.store import Snapshot
from index.sync import is_stale, pending, preview, sync
from index.types import Change, Facts

DUMP = [
    {"id": "a", "title": "Hafen", "text": "Im Hafen liegen zwölf Boote.", "author": "Jo"},
    {"id": "b", "title": "Zoo", "text": "Im Zoo leben neun Affen.", "date": "2024-03-05"},
]


def dump(*entries):
    return "".join(json.dumps(entry, ensure_ascii=False) + "\n" for entry in entries).encode()


FILES = {
    "blatt.html": samples.PAGE.encode(),
    "bericht.pdf": samples.pdf([["Der Deich ist 7 Meter hoch."], ["", "Er wird erneuert."]]),
    "brief.docx": samples.docx(samples.word_paragraph("Der Brief kam am Montag an.")),
    "notiz.md": b"---\ntitle: Notiz\n---\n\n# Markt\n\nDer Markt beginnt um sieben Uhr.\n",
    "news.jsonl": dump(*DUMP),
    "news.rss": samples.RSS.encode(),
    "wetter.txt": "Es regnet in Köln.\n".encode(),
}


@pytest.fixture
def corpus(tmp_path):
    return write_corpus(tmp_path / "corpus", FILES)


@pytest.fixture
def root(corpus, tmp_path):
    report = build(corpus, tmp_path / "index")
    assert [error.message for error in report.errors] == ["news.rss:entry 3: no text in it"]
    return tmp_path / "index"


@pytest.fixture
def snapshot(root):
    with closing(Snapshot.open(root, None)) as opened:
        yield opened


def change_of(report, article_id):
    [change] = [c for c in report.changes if c.article_id == article_id]
    return change


def test_each_file_and_each_entry_of_a_dump_is_an_article(snapshot):
    ids = list(snapshot.stamps())
    assert [name for name in ids if "#" not in name] == [
        "bericht.pdf", "blatt.html", "brief.docx", "notiz.md", "wetter.txt",
    ]  # fmt: skip
    assert [name.partition("#")[0] for name in ids if "#" in name] == [
        "news.jsonl", "news.jsonl", "news.rss", "news.rss",
    ]  # fmt: skip


def test_the_extract_is_kept_byte_for_byte(corpus, snapshot):
    stamp = snapshot.stamps()["blatt.html"]
    held = snapshot.extracted("blatt.html", stamp.sha256)
    assert held.text == samples.PAGE_TEXT
    assert stamp.sha256 == hashlib.sha256(FILES["blatt.html"]).hexdigest()
    article = load_article(corpus, "blatt.html")
    assert article.extract == hashlib.sha256(samples.PAGE_TEXT.encode()).hexdigest()
    assert snapshot.extract_text(article.extract) == samples.PAGE_TEXT
    assert load_article(corpus, "blatt.html", snapshot.extracted) == article


def test_the_extract_of_another_file_is_not_given(snapshot):
    assert snapshot.extracted("blatt.html", "0" * 64) is None
    assert snapshot.extract_text("0" * 64) is None


def test_an_extract_known_is_not_extracted_again(corpus, snapshot, monkeypatch):
    monkeypatch.setattr("index.articles.extract_all", None)
    for article_id in snapshot.stamps():
        if not article_id.endswith(".md"):
            assert load_article(corpus, article_id, snapshot.extracted).text


def test_text_and_markdown_keep_the_lines_of_the_file(corpus, snapshot):
    article = load_article(corpus, "notiz.md", snapshot.extracted)
    assert article.extract == ""
    assert article.text.encode() == FILES["notiz.md"]
    assert article.facts == Facts(title="Notiz")


def test_a_pdf_knows_the_page_of_each_line(corpus, snapshot):
    article = load_article(corpus, "bericht.pdf", snapshot.extracted)
    line = article.line_at(article.text.index("erneuert"))
    assert (article.page_at(1), article.page_at(line)) == (1, 2)
    assert load_article(corpus, "wetter.txt").page_at(1) == 0


def test_only_a_changed_entry_of_a_dump_is_indexed_anew(corpus, root):
    [hafen, zoo] = sorted(n for n in contents_ids(root) if n.startswith("news.jsonl"))
    edited = {**DUMP[1], "text": "Im Zoo leben zehn Affen."}
    write_corpus(corpus, {"news.jsonl": dump(DUMP[0], edited)})
    report = build(corpus, root)
    assert change_of(report, zoo).change is Change.CHANGED
    assert change_of(report, hafen).change is Change.UNCHANGED
    assert (report.count(Change.CHANGED), report.embedded) == (1, 1)


def test_an_unchanged_entry_stands_in_its_file_as_it_is_now(corpus, root, tmp_path):
    write_corpus(corpus, {"news.jsonl": b"\n" + dump(*DUMP)})
    assert is_stale_now(corpus, root)
    report = build(corpus, root)
    assert (report.written, report.embedded, report.count(Change.CHANGED)) == (True, 0, 0)
    assert not is_stale_now(corpus, root)
    assert not build(corpus, root).written
    assert contents(root) == contents(built_anew(corpus, tmp_path))


def test_a_renamed_page_is_not_embedded_again(corpus, root, tmp_path):
    (corpus / "blatt.html").rename(corpus / "neu.html")
    (corpus / "news.jsonl").rename(corpus / "alt.jsonl")
    report = build(corpus, root)
    assert (report.count(Change.RENAMED), report.embedded) == (3, 0)
    assert contents(root) == contents(built_anew(corpus, tmp_path))
    with closing(Snapshot.open(root, None)) as snapshot:
        for stamp in snapshot.stamps().values():
            assert load_article(corpus, stamp.id, snapshot.extracted).fingerprint


def test_another_format_of_the_same_bytes_is_another_article(corpus, root):
    (corpus / "blatt.html").rename(corpus / "blatt.txt")
    report = build(corpus, root)
    assert change_of(report, "blatt.txt").change is Change.ADDED
    assert change_of(report, "blatt.html").change is Change.REMOVED


def held_in(root, text):
    return any(text.encode() in path.read_bytes() for path in root.rglob("*") if path.is_file())


@pytest.mark.parametrize("gone", [True, False], ids=["removed", "changed"])
def test_nothing_of_a_text_that_is_gone_stays_on_the_disk(corpus, root, gone):
    assert held_in(root, "über die Zoobrücke umgeleitet")
    if gone:
        (corpus / "blatt.html").unlink()
    else:
        write_corpus(corpus, {"blatt.html": b"<p>Neu.</p>"})
    build(corpus, root)
    assert not held_in(root, "über die Zoobrücke umgeleitet")


def test_words_of_a_removed_article_do_not_stay_either(corpus, root):
    assert held_in(root, "zoobruck")
    (corpus / "blatt.html").unlink()
    build(corpus, root)
    assert not held_in(root, "zoobruck")


def test_an_entry_that_left_its_dump(corpus, root):
    gone = next(name for name in contents_ids(root) if name.startswith("news.jsonl#"))
    write_corpus(corpus, {"news.jsonl": dump({"id": "z", "text": "Anderes."})})
    with pytest.raises(ArticleReadError, match="no longer in the file"):
        load_article(corpus, gone)
    with closing(Snapshot.open(root, None)) as snapshot:
        kinds = {change.change for change in pending(corpus, snapshot)}
    assert kinds == {Change.ADDED, Change.REMOVED}


def test_a_missing_extra_leaves_one_article_out(corpus, tmp_path, monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "pypdf", None)
    report = build(corpus, tmp_path / "index")
    [error] = [error for error in report.errors if error.path == "bericht.pdf"]
    assert error.hint == "pip install 'beleg[pdf]'"
    assert report.count(Change.ADDED) == 8


def test_a_full_build_reuses_vectors_that_are_whole(corpus, root):
    before = contents(root)
    embedder = HashEmbedder()
    report = build(corpus, root, embedder, full=True)
    assert (report.written, report.embedded, embedder.passages) == (True, 0, [])
    assert contents(root) == before
    assert check_index(root, None) == []


def test_a_full_build_reuses_nothing_of_a_damaged_index(corpus, root):
    path = root / "gen-000001" / "vectors.faiss"
    path.write_bytes(path.read_bytes()[:-1])
    report = build(corpus, root, full=True)
    assert report.embedded == report.passages > 0


def test_a_large_file_is_left_out(corpus, root):
    identity = HashEmbedder().identity
    report = preview(corpus, root, identity, full=True, max_bytes=100)
    [error] = [error for error in report.errors if error.path == "blatt.html"]
    assert "at most 0 MB are read" in error.message
    assert "--max-mb" in error.hint


def test_a_file_that_is_too_large_does_not_make_the_index_stale(corpus, tmp_path):
    identity = HashEmbedder()
    write_corpus(corpus, {"lang.txt": b"Lang. " * 1000})
    sync(corpus, tmp_path / "index", identity.identity, lambda: identity, max_bytes=5000)
    with closing(Snapshot.open(tmp_path / "index", None)) as snapshot:
        assert "lang.txt" not in snapshot.stamps()
        assert not is_stale(corpus, snapshot, max_bytes=5000)
        assert is_stale(corpus, snapshot)


def contents_ids(root):
    with closing(Snapshot.open(root, None)) as snapshot:
        return list(snapshot.stamps())


def is_stale_now(corpus, root):
    with closing(Snapshot.open(root, None)) as snapshot:
        return is_stale(corpus, snapshot)


def built_anew(corpus, tmp_path):
    build(corpus, tmp_path / "anew")
    return tmp_path / "anew"
