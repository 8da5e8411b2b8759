import os
from contextlib import closing
from dataclasses import replace
from unittest import mock

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
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from index import generations
from index.check import check_index
from index.errors import (
    ArticleDecodeError,
    ArticleReadError,
    CorpusError,
    EmptyArticleError,
    StoreCorruptError,
    StoreWriteError,
)
from index.store import Snapshot
from index.sync import ArticleChange, Tally, diff, is_stale, preview, sync
from index.types import ArticleStamp, Change

ADDED, CHANGED, REMOVED = Change.ADDED, Change.CHANGED, Change.REMOVED
RENAMED, UNCHANGED = Change.RENAMED, Change.UNCHANGED


@pytest.fixture
def corpus(tmp_path):
    return write_corpus(tmp_path / "corpus")


@pytest.fixture
def root(tmp_path, corpus):
    build(corpus, tmp_path / "index")
    return tmp_path / "index"


def changes(report):
    """The changes of a report without the unchanged articles: id -> (kind, old id)."""
    found = {c.article_id: (c.change, c.old_id) for c in report.changes}
    return {name: entry for name, entry in found.items() if entry[0] is not UNCHANGED}


def resync(corpus, root):
    """Sync again; the report and what was embedded."""
    embedder = HashEmbedder()
    return build(corpus, root, embedder), embedder.passages


def equals_fresh(corpus, root, tmp_path):
    build(corpus, tmp_path / "fresh", full=True)
    assert contents(root) == contents(tmp_path / "fresh")
    assert rankings(root) == rankings(tmp_path / "fresh")
    assert check_index(root, HashEmbedder().identity) == []


@pytest.mark.parametrize(
    ("current", "stored", "expected"),
    [
        ({}, {}, []),
        ({"a": "1"}, {}, [("a", ADDED)]),
        ({}, {"a": "1"}, [("a", REMOVED)]),
        ({"a": "1"}, {"a": "1"}, [("a", UNCHANGED)]),
        ({"a": "2"}, {"a": "1"}, [("a", CHANGED)]),
        ({"b": "1"}, {"a": "1"}, [("b", RENAMED, "a")]),
        ({"ä/b": "1"}, {"ä/a": "1"}, [("ä/b", RENAMED, "ä/a")]),
        ({"b": "2"}, {"a": "1"}, [("a", REMOVED), ("b", ADDED)]),
        # two names swap their contents: both stay, both changed
        ({"a": "2", "b": "1"}, {"a": "1", "b": "2"}, [("a", CHANGED), ("b", CHANGED)]),
        # a copy beside the original is new, not renamed
        ({"a": "1", "b": "1"}, {"a": "1"}, [("a", UNCHANGED), ("b", ADDED)]),
        # of two equal articles one goes
        ({"b": "1"}, {"a": "1", "b": "1"}, [("a", REMOVED), ("b", UNCHANGED)]),
        # two equal ones move: one pair each, none twice
        ({"c": "1", "d": "1"}, {"a": "1", "b": "1"}, [("c", RENAMED, "a"), ("d", RENAMED, "b")]),
        ({"c": "1", "d": "1"}, {"a": "1"}, [("c", RENAMED, "a"), ("d", ADDED)]),
        ({"c": "1"}, {"a": "1", "b": "1"}, [("b", REMOVED), ("c", RENAMED, "a")]),
        # a chain: b takes a's text, and c that of b
        (
            {"b": "1", "c": "2"},
            {"a": "1", "b": "2"},
            [("a", REMOVED), ("b", CHANGED), ("c", ADDED)],
        ),
    ],
)
def test_diff(current, stored, expected):
    now, before = (
        {name: ArticleStamp(name, key, 1, 1, key) for name, key in keys.items()}
        for keys in (current, stored)
    )
    assert diff(now, before) == tuple(ArticleChange(*entry) for entry in expected)


def test_a_first_sync_adds_everything(corpus, tmp_path):
    embedder = HashEmbedder()
    report = build(corpus, tmp_path / "index", embedder)
    assert changes(report) == dict.fromkeys(ARTICLES, (ADDED, ""))
    assert (report.passages, report.embedded, report.reused) == (5, 5, 0)
    assert (report.generation, report.written) == (1, True)
    assert (report.errors, report.skipped) == ((), ())
    assert len(embedder.passages) == 5
    assert embedder.queries == []


def test_progress_adds_up(corpus, tmp_path):
    told = []
    embedder = HashEmbedder()

    def progress(total):
        told.append(("total", total))
        return lambda count: told.append(("step", count))

    sync(corpus, tmp_path / "index", embedder.identity, lambda: embedder, progress=progress)
    assert told == [("total", 5), ("step", 5)]


def test_progress_counts_what_is_embedded_and_not_what_is_known(corpus, root):
    told = []
    path = corpus / "munition.txt"
    path.write_bytes(path.read_bytes().replace("„Gerüchten“".encode(), "„Märchen“".encode()))
    embedder = HashEmbedder()
    sync(
        corpus,
        root,
        embedder.identity,
        lambda: embedder,
        progress=lambda total: told.append(total) or told.append,
    )
    assert told == [1, 1]


def test_many_passages_are_embedded_batch_by_batch(tmp_path):
    files = {f"{n:04d}.txt": f"Nummer {n} für alle".encode() for n in range(1100)}
    corpus = write_corpus(tmp_path / "corpus", files)
    told = []
    embedder = HashEmbedder()
    sync(
        corpus,
        tmp_path / "index",
        embedder.identity,
        lambda: embedder,
        progress=lambda total: told.append(total) or told.append,
    )
    assert told == [1100, 1024, 76]
    with closing(Snapshot.open(tmp_path / "index", None)) as snapshot:
        for name in ("0000.txt", "1023.txt", "1024.txt", "1099.txt"):
            [passage] = snapshot.article_passages(name)
            expected = HashEmbedder().vectors([passage.text])[0]
            assert snapshot.vector(passage.id).tolist() == expected.tolist()


def edit_each_kind(corpus):
    """One article renamed, one removed, one changed, one new."""
    (corpus / "wetter.txt").rename(corpus / "süd/wetter.txt")
    (corpus / "munition.txt").unlink()
    with (corpus / "süd/präsident.txt").open("ab") as file:
        file.write("\nÜbrigens: neu.".encode())
    write_corpus(corpus, {"neu.txt": "Öl und Gas\r\n".encode()})


def test_each_kind_is_counted(corpus, root):
    write_corpus(corpus, {"bleibt.txt": b"Bleibt."})
    build(corpus, root)
    edit_each_kind(corpus)
    report, embedded = resync(corpus, root)
    assert {change: report.tally(change) for change in Change} == {
        ADDED: Tally(1, 1, 0, 1),
        CHANGED: Tally(1, 3, 1, 2),
        REMOVED: Tally(1, 2, 0, 0),
        RENAMED: Tally(1, 1, 1, 0),
        UNCHANGED: Tally(1, 1, 1, 0),
    }
    assert (report.passages, report.reused, report.embedded) == (6, 1, 3)
    assert len(embedded) == 3
    again, _ = resync(corpus, root)
    assert again.tally(UNCHANGED) == Tally(4, 6, 6, 0)


def test_a_preview_says_what_the_sync_will_do_and_writes_nothing(corpus, root):
    edit_each_kind(corpus)
    before = {path: path.read_bytes() for path in state(root)}
    said = preview(corpus, root, HashEmbedder().identity)
    assert {path: path.read_bytes() for path in state(root)} == before
    report, _ = resync(corpus, root)
    assert (said.written, said.dry_run, said.generation) == (False, True, 1)
    assert replace(said, written=True, dry_run=False, generation=2) == report


@pytest.mark.parametrize("full", [False, True])
def test_a_preview_needs_no_index_and_makes_no_folder(corpus, tmp_path, full):
    said = preview(corpus, tmp_path / "index", HashEmbedder().identity, full=full)
    assert not (tmp_path / "index").exists()
    assert (said.generation, said.tally(ADDED)) == (0, Tally(3, 5, 0, 5))


def test_a_preview_waits_for_no_lock_and_works_on_a_read_only_index(corpus, root):
    folders = [root, generation(root)]
    for folder in folders:
        folder.chmod(0o555)
    try:
        with permissions_refuse(), pytest.raises(StoreWriteError):
            build(write_corpus(corpus, {"neu.txt": b"Neu."}), root)
        with permissions_refuse():
            assert preview(corpus, root, HashEmbedder().identity).count(ADDED) == 1
    finally:
        for folder in folders:
            folder.chmod(0o755)
    with generations.writing(root):
        assert preview(corpus, root, HashEmbedder().identity).count(ADDED) == 1


def test_a_preview_of_a_damaged_index_is_refused_and_of_a_full_build_is_not(corpus, root):
    (generation(root) / "vectors.faiss").write_bytes(b"?")
    with pytest.raises(StoreCorruptError):
        preview(corpus, root, HashEmbedder().identity)
    assert preview(corpus, root, HashEmbedder().identity, full=True).count(ADDED) == 3


def sync_without(corpus, root, *held):
    """A sync that leaves some articles as they are in the index."""
    embedder = HashEmbedder()
    return sync(corpus, root, embedder.identity, lambda: embedder, held=frozenset(held))


def test_held_articles_stay_as_they_are_in_the_index(corpus, root, tmp_path):
    before = contents(root)
    write_corpus(corpus, {"wetter.txt": b"halb", "neu.txt": b"halb"})
    (corpus / "munition.txt").rename(corpus / "moved.txt")
    report = sync_without(corpus, root, "wetter.txt", "neu.txt")
    assert changes(report) == {"moved.txt": (RENAMED, "munition.txt")}
    held = [entry for entry in contents(root) if entry[0] == "wetter.txt"]
    assert held == [entry for entry in before if entry[0] == "wetter.txt"]
    assert changes(build(corpus, root)) == {
        "neu.txt": (ADDED, ""),
        "wetter.txt": (CHANGED, ""),
    }
    equals_fresh(corpus, root, tmp_path)


def test_if_only_new_held_articles_are_left_the_index_stays(corpus, root):
    before = contents(root)
    for name in ARTICLES:
        (corpus / name).unlink()
    write_corpus(corpus, {"neu.txt": b"halb"})
    with pytest.raises(CorpusError):
        sync_without(corpus, root, "neu.txt")
    assert contents(root) == before


def test_one_of_each_kind(corpus, root, tmp_path):
    edit_each_kind(corpus)
    report, _ = resync(corpus, root)
    assert changes(report) == {
        "munition.txt": (REMOVED, ""),
        "neu.txt": (ADDED, ""),
        "süd/präsident.txt": (CHANGED, ""),
        "süd/wetter.txt": (RENAMED, "wetter.txt"),
    }
    assert report.count(ADDED) == report.count(REMOVED) == report.count(RENAMED) == 1
    assert report.count(UNCHANGED) == 0
    equals_fresh(corpus, root, tmp_path)


def test_a_rename_keeps_ids_and_embeds_nothing(corpus, root, tmp_path):
    with closing(Snapshot.open(root, None)) as before:
        ids = [p.id for p in before.article_passages("munition.txt")]
    (corpus / "munition.txt").rename(corpus / "ärger.txt")
    report, embedded = resync(corpus, root)
    assert changes(report) == {"ärger.txt": (RENAMED, "munition.txt")}
    assert embedded == []
    with closing(Snapshot.open(root, None)) as after:
        assert [p.id for p in after.article_passages("ärger.txt")] == ids
        assert after.article_passages("munition.txt") == []
        assert "munition.txt" not in after.stamps()
    equals_fresh(corpus, root, tmp_path)


def test_only_the_passages_that_changed_are_embedded(corpus, root, tmp_path):
    path = corpus / "munition.txt"
    path.write_bytes(path.read_bytes().replace("„Gerüchten“".encode(), "„Märchen“".encode()))
    report, embedded = resync(corpus, root)
    assert changes(report) == {"munition.txt": (CHANGED, "")}
    assert (report.reused, report.embedded) == (1, 1)
    assert ["„Märchen“" in text for text in embedded] == [True]
    equals_fresh(corpus, root, tmp_path)


def test_text_that_moves_down_is_not_embedded_again(corpus, root, tmp_path):
    """A longer heading shifts all offsets and lines, not the text of the second passage."""
    path = corpus / "munition.txt"
    path.write_bytes(b"Vorab\r\n\r\n" + path.read_bytes())
    report, embedded = resync(corpus, root)
    assert (report.reused, len(embedded)) == (1, 1)
    equals_fresh(corpus, root, tmp_path)


def test_two_names_that_swap_their_contents(corpus, root, tmp_path):
    (corpus / "munition.txt").rename(corpus / "x")
    (corpus / "wetter.txt").rename(corpus / "munition.txt")
    (corpus / "x").rename(corpus / "wetter.txt")
    report, embedded = resync(corpus, root)
    assert changes(report) == {"munition.txt": (CHANGED, ""), "wetter.txt": (CHANGED, "")}
    assert embedded == []
    assert report.reused == 3
    equals_fresh(corpus, root, tmp_path)


def test_names_that_move_in_a_row(corpus, root, tmp_path):
    for number in range(3):
        write_corpus(corpus, {f"reihe{number}.txt": f"Nummer {number} für alle".encode()})
    build(corpus, root)
    for number in (2, 1, 0):
        (corpus / f"reihe{number}.txt").rename(corpus / f"reihe{number + 1}.txt")
    _, embedded = resync(corpus, root)
    assert embedded == []
    equals_fresh(corpus, root, tmp_path)


def test_equal_articles_are_articles_of_their_own(corpus, root, tmp_path):
    write_corpus(corpus, {"kopie.txt": ARTICLES["wetter.txt"]})
    report, embedded = resync(corpus, root)
    assert changes(report) == {"kopie.txt": (ADDED, "")}
    assert embedded == []
    with closing(Snapshot.open(root, None)) as snapshot:
        query = HashEmbedder().vectors(["Regen in Ústí"])[0]
        best = [i for i, _ in snapshot.search_vectors(query, 2)]
        words = [i for i, _ in snapshot.search_words("Ústí", 5)]
        for ids in (best, words):
            assert [p.article_id for p in snapshot.passages(ids)] == ["kopie.txt", "wetter.txt"]
    (corpus / "wetter.txt").unlink()
    report, _ = resync(corpus, root)
    assert changes(report) == {"wetter.txt": (REMOVED, "")}
    equals_fresh(corpus, root, tmp_path)


def test_the_same_text_twice_is_embedded_once(tmp_path):
    files = {f"{n}.txt": "Überall dasselbe.\r\n".encode() for n in range(4)}
    embedder = HashEmbedder()
    report = build(write_corpus(tmp_path / "corpus", files), tmp_path / "index", embedder)
    assert embedder.passages == ["Überall dasselbe.\r\n"]
    assert (report.passages, report.reused, report.embedded) == (4, 3, 1)


def test_removed_text_is_not_found_by_either_half(corpus, root):
    (corpus / "munition.txt").unlink()
    resync(corpus, root)
    with closing(Snapshot.open(root, None)) as snapshot:
        assert snapshot.search_words("Pjöngjang Lawrow 8000 Container", 9) == []
        query = HashEmbedder().vectors([ARTICLES["munition.txt"].decode()])[0]
        found = snapshot.passages([i for i, _ in snapshot.search_vectors(query, 99)])
        assert {p.article_id for p in found} == {"süd/präsident.txt", "wetter.txt"}
        assert snapshot.document_frequency("names", "lavrov") == 0


BAD = {
    "cp1252": ("Präsident".encode("cp1252"), ArticleDecodeError, "byte 2"),
    "UTF-16": ("Präsident".encode("utf-16"), ArticleDecodeError, "UTF-16"),
    "NUL": (b"Text\0Text", ArticleDecodeError, "byte 4"),
    "empty": (b"", EmptyArticleError, "0 bytes"),
    "white space": (b" \r\n\t", EmptyArticleError, "white space"),
}


@pytest.mark.parametrize(("data", "kind", "said"), BAD.values(), ids=BAD)
def test_a_bad_article_is_reported_and_the_others_go_on(tmp_path, data, kind, said):
    corpus = write_corpus(tmp_path / "corpus", ARTICLES | {"ärger.txt": data})
    report = build(corpus, tmp_path / "index")
    assert [type(error) for error in report.errors] == [kind]
    assert report.errors[0].path == "ärger.txt"
    assert said in report.errors[0].message
    assert report.errors[0].hint
    assert changes(report) == dict.fromkeys(ARTICLES, (ADDED, ""))
    with closing(Snapshot.open(tmp_path / "index", None)) as snapshot:
        assert sorted(snapshot.stamps()) == sorted(ARTICLES)


@pytest.mark.parametrize(("data", "kind", "said"), BAD.values(), ids=BAD)
def test_a_good_article_that_goes_bad_is_taken_out_and_comes_back(corpus, root, data, kind, said):
    before = contents(root)
    good = (corpus / "munition.txt").read_bytes()
    (corpus / "munition.txt").write_bytes(data)
    report, _ = resync(corpus, root)
    assert changes(report) == {"munition.txt": (REMOVED, "")}
    assert [type(error) for error in report.errors] == [kind]
    with closing(Snapshot.open(root, None)) as snapshot:
        assert "munition.txt" not in snapshot.stamps()
        assert snapshot.search_words("Pjöngjang", 5) == []
    again, _ = resync(corpus, root)  # nothing new, but it is said again
    assert (again.written, len(again.errors)) == (False, 1)
    (corpus / "munition.txt").write_bytes(good)
    assert changes(resync(corpus, root)[0]) == {"munition.txt": (ADDED, "")}
    assert contents(root) == before


def test_no_readable_article_leaves_the_old_index(corpus, root):
    before = contents(root)
    for name in ARTICLES:
        (corpus / name).write_bytes(b"\xff\xff")
    with pytest.raises(CorpusError, match="none of 3 articles can be read") as caught:
        build(corpus, root)
    assert "munition.txt" in caught.value.message
    assert caught.value.hint
    assert contents(root) == before


@pytest.mark.parametrize("place", ["missing", "empty", "file"])
def test_no_folder_of_articles(tmp_path, place):
    folder = tmp_path / "corpus"
    if place == "empty":
        folder.mkdir()
    elif place == "file":
        folder.write_bytes(b"Text")
    with pytest.raises(CorpusError) as caught:
        build(folder, tmp_path / "index")
    assert str(folder) in caught.value.message
    assert ".txt" in caught.value.message + caught.value.hint
    assert not (tmp_path / "index").exists()


def test_touching_writes_nothing(corpus, root):
    files = {path: (path.stat().st_mtime_ns, path.read_bytes()) for path in state(root)}
    for name in ARTICLES:
        os.utime(corpus / name, ns=(1, 1))
    report, embedded = resync(corpus, root)
    assert (report.written, report.generation, embedded) == (False, 1, [])
    assert {path: (path.stat().st_mtime_ns, path.read_bytes()) for path in state(root)} == files


def state(root):
    return sorted(path for path in root.rglob("*") if path.is_file() and path.suffix != ".lock")


def test_full_starts_anew_and_reuses_vectors(corpus, root):
    embedder = HashEmbedder()
    report = build(corpus, root, embedder, full=True)
    assert embedder.passages == []
    assert changes(report) == dict.fromkeys(ARTICLES, (ADDED, ""))
    assert generation(root).name == "gen-000002"


def hidden_edit(path, old, new):
    """Edit a file so that neither size nor modification time tells."""
    status = path.stat()
    data = path.read_bytes()
    assert old in data
    assert len(old) == len(new)
    path.write_bytes(data.replace(old, new))
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))
    assert path.stat().st_size == status.st_size


def test_an_edit_that_keeps_size_and_time_is_found(corpus, root, tmp_path):
    hidden_edit(corpus / "munition.txt", b"8.000", b"9.000")
    report, embedded = resync(corpus, root)
    assert changes(report) == {"munition.txt": (CHANGED, "")}
    assert ["9.000" in text for text in embedded] == [True]
    equals_fresh(corpus, root, tmp_path)


class TestIsStale:
    def stale(self, corpus, root):
        with closing(Snapshot.open(root, None)) as snapshot:
            return is_stale(corpus, snapshot)

    def test_a_folder_as_it_was_indexed(self, corpus, root):
        assert not self.stale(corpus, root)

    def test_a_touched_article(self, corpus, root):
        os.utime(corpus / "wetter.txt", ns=(1, 1))
        assert not self.stale(corpus, root)

    def test_an_edit_of_the_same_size(self, corpus, root):
        data = (corpus / "munition.txt").read_bytes()
        (corpus / "munition.txt").write_bytes(data.replace(b"8.000", b"9.000"))
        os.utime(corpus / "munition.txt", ns=(1, 1))
        assert self.stale(corpus, root)

    def test_an_edit_of_the_same_time(self, corpus, root):
        status = (corpus / "wetter.txt").stat()
        with (corpus / "wetter.txt").open("ab") as file:
            file.write(b"!")
        os.utime(corpus / "wetter.txt", ns=(status.st_atime_ns, status.st_mtime_ns))
        assert self.stale(corpus, root)

    def test_a_new_article(self, corpus, root):
        write_corpus(corpus, {"süd/neu.txt": b"Neu"})
        assert self.stale(corpus, root)

    def test_a_removed_article(self, corpus, root):
        (corpus / "wetter.txt").unlink()
        assert self.stale(corpus, root)

    def test_a_renamed_article(self, corpus, root):
        (corpus / "wetter.txt").rename(corpus / "z.txt")
        assert self.stale(corpus, root)

    def test_a_new_file_that_cannot_be_read_does_not_count(self, corpus, root):
        write_corpus(corpus, {"bild.txt": b"\xff\xd8\xff"})
        assert not self.stale(corpus, root)

    def test_an_article_that_cannot_be_read_any_more(self, corpus, root):
        (corpus / "wetter.txt").write_bytes(b"\xff")
        assert self.stale(corpus, root)

    def test_other_files_do_not_count(self, corpus, root):
        write_corpus(corpus, {"notiz.doc": b"Neu", ".versteckt.txt": b"Neu"})
        assert not self.stale(corpus, root)

    def test_a_folder_that_is_gone(self, corpus, root, tmp_path):
        corpus.rename(tmp_path / "elsewhere")
        with pytest.raises(CorpusError):
            self.stale(corpus, root)

    def test_after_a_sync_it_is_up_to_date(self, corpus, root):
        write_corpus(corpus, {"süd/neu.txt": b"Neu", "wetter.txt": b"Anders"})
        build(corpus, root)
        assert not self.stale(corpus, root)


def test_an_unreadable_article_does_not_hide_a_broken_link(corpus, root):
    (corpus / "wetter.txt").unlink()
    (corpus / "wetter.txt").symlink_to("weg.txt")
    report, _ = resync(corpus, root)
    assert changes(report) == {"wetter.txt": (REMOVED, "")}
    said = [s.path for s in report.skipped] + [e.path for e in report.errors]
    assert said == ["wetter.txt"]


def test_an_article_without_permission_is_reported(corpus, tmp_path):
    (corpus / "wetter.txt").chmod(0)
    with permissions_refuse():
        report = build(corpus, tmp_path / "index")
    assert [type(error) for error in report.errors] == [ArticleReadError]
    assert "ermission denied" in report.errors[0].message
    assert sorted(changes(report)) == ["munition.txt", "süd/präsident.txt"]


# --- any edit script -------------------------------------------------------------------

QUESTIONS = ["Munition", "Präsident in Köln", "Regen 3,5", "Wer ist Lawrow?", "drei Züge", "8000"]
TERMS = [("words", "regen"), ("words", "8000"), ("parts", "munition"), ("names", "lavrov")]


def rankings(root):
    """Both halves' answers to some questions, places in the stead of ids."""
    found = []
    with closing(Snapshot.open(root, None)) as snapshot:
        for question in QUESTIONS:
            query = HashEmbedder().vectors([question])[0]
            for hits in (
                snapshot.search_vectors(query, 3),
                snapshot.search_vectors(query, 100),
                snapshot.search_words(question, 3),
                snapshot.search_words(question, 100),
            ):
                passages = snapshot.passages([i for i, _ in hits])
                found.append(
                    [
                        (p.article_id, p.start, round(score, 6))
                        for p, (_, score) in zip(passages, hits, strict=True)
                    ]
                )
        found.append([snapshot.document_frequency(*term) for term in TERMS])
    return found


NAMES = [
    "a.txt", "A.txt", "b.txt", "ü/c.txt", "ü/d.txt", "é.txt", "e\u0301.txt", "n.jsonl", "n.md",
]  # fmt: skip
TEXTS = [
    *ARTICLES.values(),
    "Regen fällt. ".encode() * 120,
    "Regen fällt. ".encode() * 60 + "\r\n\r\nLawrow reist nach Köln.\r\n".encode(),
    "Mehr zum Thema\nDrei Züge\n\nDer Präsident sah drei Züge.".encode(),
    b'{"id": "a", "text": "Drei Z\\u00fcge fahren."}\n{"id": "b", "text": "Regen kommt."}\n',
    b'{"id": "b", "text": "Regen kommt."}\n{"id": "a", "text": "Vier Z\\u00fcge fahren."}\n',
    b"\xff kein UTF-8",
    b"",
]
name = st.sampled_from(NAMES)
text = st.one_of(
    st.sampled_from(TEXTS),
    st.text(max_size=30).map(str.encode),
    st.text("Regn8.0 \r\n\u2028Lawroö,", max_size=200).map(str.encode),
)
step = st.one_of(
    st.tuples(st.just("write"), name, text),
    st.tuples(st.just("append"), name, text),
    st.tuples(st.just("delete"), name),
    st.tuples(st.just("rename"), name, name),
    st.tuples(st.just("swap"), name, name),
    st.tuples(st.just("copy"), name, name),
    st.tuples(st.just("touch"), name),
    st.tuples(st.just("turn"), name),
    st.tuples(st.just("sync")),
)


def perform(corpus, step):
    """One step of an edit script; steps that cannot be done do nothing."""
    kind, *arguments = step
    paths = [corpus / a for a in arguments if isinstance(a, str)]
    if kind == "write":
        paths[0].write_bytes(arguments[1])
    elif not paths[0].exists():
        pass
    elif kind == "append":
        paths[0].write_bytes(paths[0].read_bytes() + arguments[1])
    elif kind == "delete":
        paths[0].unlink()
    elif kind == "rename":
        paths[0].rename(paths[1])
    elif kind == "touch":
        os.utime(paths[0])
    elif kind == "turn":  # neither size nor time show it
        status = paths[0].stat()
        paths[0].write_bytes(paths[0].read_bytes()[::-1])
        os.utime(paths[0], ns=(status.st_atime_ns, status.st_mtime_ns))
    elif kind == "copy":
        paths[1].write_bytes(paths[0].read_bytes())
    elif kind == "swap" and paths[1].exists():
        first, second = (path.read_bytes() for path in paths)
        paths[0].write_bytes(second)
        paths[1].write_bytes(first)


@given(
    script=st.lists(step, min_size=1, max_size=12),
    large_share=st.sampled_from([0, 100]),
    recent_share=st.sampled_from([0, 0.3, 100]),
    gathered=st.sampled_from([1, 3, 16_384]),
)
@example(
    script=[
        ("write", "a.txt", TEXTS[0]),
        ("copy", "a.txt", "ü/d.txt"),
        ("sync",),
        ("rename", "a.txt", "ü/c.txt"),
        ("copy", "ü/c.txt", "b.txt"),
        ("sync",),
        ("swap", "ü/c.txt", "fix.txt"),
        ("rename", "ü/d.txt", "a.txt"),
    ],
    large_share=0,
    recent_share=0,
    gathered=1,
)
@example(
    script=[
        ("write", "n.jsonl", TEXTS[-4]),
        ("write", "é.txt", TEXTS[0]),
        ("write", "a.txt", TEXTS[3]),
        ("sync",),
        ("write", "n.jsonl", TEXTS[-3]),
        ("rename", "é.txt", "e\u0301.txt"),
        ("rename", "a.txt", "A.txt"),
        ("sync",),
        ("turn", "A.txt"),
        ("touch", "n.jsonl"),
    ],
    large_share=100,
    recent_share=100,
    gathered=3,
)
@settings(
    max_examples=50,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
def test_after_any_edit_script_a_sync_equals_a_fresh_build(
    tmp_path_factory, script, large_share, recent_share, gathered
):
    def synced():
        with (
            mock.patch("index.plan._LARGE_SHARE", large_share),
            mock.patch("index.vectorwriter._RECENT_SHARE", recent_share),
            mock.patch("index.writer._GATHERED", gathered),
        ):
            build(corpus, root)

    base = tmp_path_factory.mktemp("script")
    corpus, root = base / "corpus", base / "index"
    write_corpus(corpus, {"fix.txt": "Fest: Präsident, 8.000 Züge.\r\n".encode()})
    (corpus / "ü").mkdir()
    for entry in script:
        if entry == ("sync",):
            synced()
        else:
            perform(corpus, entry)
    if not (corpus / "fix.txt").exists() or not (corpus / "fix.txt").read_bytes().strip():
        write_corpus(corpus, {"fix.txt": b"Fest"})
    synced()
    with closing(Snapshot.open(root, None)) as snapshot:
        assert not is_stale(corpus, snapshot)
    equals_fresh(corpus, root, base)
    assert not build(corpus, root).written
