import dataclasses
import shutil
import threading
from contextlib import closing

import numpy as np
import pytest
from fakes import ARTICLES, HashEmbedder, build, contents, generation, resign, write_corpus

from index.articles import load_article
from index.errors import (
    StoreCorruptError,
    StoreError,
    StoreMismatchError,
    StoreNotFoundError,
)
from index.manifest import FORMAT_VERSION
from index.passages import split_article
from index.store import Snapshot
from index.sync import sync

QUERIES = ["Munition aus Pjöngjang", "Präsident in Köln", "Regen", "3,5 Liter", "Nichts davon", ""]


@pytest.fixture(scope="module")
def corpus(tmp_path_factory):
    return write_corpus(tmp_path_factory.mktemp("store") / "corpus")


@pytest.fixture(scope="module")
def built(corpus):
    build(corpus, corpus.parent / "index")
    return corpus.parent / "index"


@pytest.fixture
def root(built, tmp_path):
    return shutil.copytree(built, tmp_path / "index")


@pytest.fixture
def snapshot(built):
    with closing(Snapshot.open(built, HashEmbedder().identity)) as opened:
        yield opened


def test_everything_comes_back(corpus, snapshot):
    articles = [load_article(corpus, name) for name in sorted(ARTICLES)]
    assert list(snapshot.stamps()) == sorted(ARTICLES)
    for article in articles:
        stamp = snapshot.stamps()[article.id]
        assert (stamp.sha256, stamp.size_bytes) == (article.sha256, article.size_bytes)
        assert stamp.mtime_ns == (corpus / article.id).stat().st_mtime_ns
        assert snapshot.line_counts()[article.id] == article.line_count
        stored = snapshot.article_passages(article.id)
        assert [dataclasses.replace(p, id=-1) for p in stored] == list(split_article(article))
    assert snapshot.manifest.articles == 3
    assert snapshot.manifest.passages == len(snapshot.passage_ids()) == 5


def test_vectors_are_those_of_their_passages(snapshot):
    for passage in snapshot.passages(snapshot.passage_ids()):
        expected = HashEmbedder().vectors([passage.text])[0]
        assert snapshot.vector(passage.id).tolist() == expected.tolist()


def test_the_three_parts_hold_the_same_ids(snapshot):
    ids = snapshot.passage_ids()
    assert sorted(snapshot.lexical_ids()) == snapshot.vectors.ids.tolist() == ids
    assert ids == sorted(ids)


def test_passages_come_in_the_order_asked_for(snapshot):
    ids = snapshot.passage_ids()[::-1]
    assert [p.id for p in snapshot.passages([*ids, ids[0]])] == [*ids, ids[0]]
    assert snapshot.passages([]) == []
    with pytest.raises(StoreCorruptError, match="passage 999999 is missing"):
        snapshot.passages([999_999])


def test_more_passages_than_one_query_can_name(tmp_path):
    corpus = write_corpus(
        tmp_path / "corpus", {f"{n}.txt": f"Wort{n} für Köln\r\n".encode() for n in range(1100)}
    )
    build(corpus, tmp_path / "index")
    with closing(Snapshot.open(tmp_path / "index", None)) as opened:
        ids = opened.passage_ids()
        assert [p.id for p in opened.passages(ids)] == ids
        assert len(ids) == 1100


def brute_force(snapshot, query, article_ids=None):
    """(article, start) -> inner product, over the texts themselves."""
    passages = snapshot.passages(snapshot.passage_ids())
    chosen = [p for p in passages if article_ids is None or p.article_id in article_ids]
    scores = HashEmbedder().vectors([p.text for p in chosen]).reshape(-1, 64) @ query
    return {(p.article_id, p.start): s for p, s in zip(chosen, scores.tolist(), strict=True)}


def searched(snapshot, query, limit=100, article_ids=None):
    hits = snapshot.search_vectors(query, limit, article_ids)
    passages = snapshot.passages([i for i, _ in hits])
    return [((p.article_id, p.start), s) for p, (_, s) in zip(passages, hits, strict=True)]


def agrees(snapshot, query, limit, article_ids=None):
    """Whether a search gives what brute force gives, up to the last bits of a float."""
    expected = brute_force(snapshot, query, article_ids)
    got = searched(snapshot, query, limit, article_ids)
    best = sorted(expected.values(), reverse=True)[:limit]
    assert [score for _, score in got] == pytest.approx(best, abs=1e-5)
    assert [expected[place] for place, _ in got] == pytest.approx(best, abs=1e-5)
    assert len({place for place, _ in got}) == len(got)


@pytest.mark.parametrize("question", QUERIES)
@pytest.mark.parametrize(
    "article_ids", [None, ["munition.txt"], ["süd/präsident.txt", "wetter.txt"], ["x.txt"], []]
)
def test_dense_search_is_brute_force(snapshot, question, article_ids):
    query = HashEmbedder().vectors([question])[0]
    for limit in (1, 2, 100):
        agrees(snapshot, query, limit, article_ids)


def test_dense_search_is_brute_force_on_random_vectors(snapshot):
    random = np.random.default_rng(8)
    for query in random.normal(size=(50, 64)).astype(np.float32):
        agrees(snapshot, query / np.linalg.norm(query), 3)


def test_equal_vectors_stand_in_order_of_article_and_offset_wherever_the_list_is_cut(tmp_path):
    corpus = write_corpus(tmp_path / "corpus", {"m.txt": "Köln grüßt".encode()})
    build(corpus, tmp_path / "index")
    for name in ("z.txt", "b.txt", "n.txt", "a.txt"):  # ids in another order than names
        write_corpus(corpus, {name: "Köln grüßt".encode()})
        build(corpus, tmp_path / "index")
    with closing(Snapshot.open(tmp_path / "index", None)) as opened:
        query = HashEmbedder().vectors(["Köln"])[0]
        for limit in range(1, 6):
            names = [place[0] for place, _ in searched(opened, query, limit)]
            assert names == ["a.txt", "b.txt", "m.txt", "n.txt", "z.txt"][:limit]


def test_document_frequency_counts_passages(snapshot):
    assert snapshot.document_frequency("words", "munition") == 1
    assert snapshot.document_frequency("parts", "munition") == 1
    assert snapshot.document_frequency("names", "lavrov") == 1
    assert snapshot.document_frequency("words", "8000") == 1
    assert snapshot.document_frequency("words", "xylophon") == 0


def test_a_snapshot_can_be_read_by_several_threads(snapshot):
    query = HashEmbedder().vectors(["Regen in Köln"])[0]
    expected = searched(snapshot, query), snapshot.search_words("Regen Köln", 5)
    wrong = []

    def read():
        for _ in range(30):
            got = searched(snapshot, query), snapshot.search_words("Regen Köln", 5)
            if got != expected:
                wrong.append(got)

    threads = [threading.Thread(target=read) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


def test_ids_rise_and_are_never_used_again(tmp_path):
    corpus = write_corpus(tmp_path / "corpus")
    root = tmp_path / "index"
    seen: dict[int, str] = {}
    before: set[int] = set()
    steps = [
        {},
        {"wetter.txt": b"Sonne"},
        {"neu.txt": "Über Nacht\r\nkam Schnee.".encode()},
        {"neu.txt": None},  # the highest id goes
        {"zuletzt.txt": "Später kam Tau.".encode()},
    ]
    for step in steps:
        for name, data in step.items():
            write_corpus(corpus, {name: data}) if data else (corpus / name).unlink()
        build(corpus, root)
        with closing(Snapshot.open(root, None)) as opened:
            now = {p.id: p.text for p in opened.passages(opened.passage_ids())}
            next_id = opened.manifest.next_id
        assert all(seen[i] == now[i] for i in seen.keys() & now.keys())
        assert all(i > max(seen, default=0) for i in now.keys() - before)
        before = set(now)
        seen |= now
        assert next_id == max(seen) + 1
    assert sorted(seen) == list(range(1, len(seen) + 1))


REPAIR = "beleg index --full"


@pytest.mark.parametrize(
    "other",
    [
        HashEmbedder("other-model").identity,
        HashEmbedder(dim=32).identity,
        dataclasses.replace(HashEmbedder().identity, sha256="f" * 64),
    ],
)
def test_an_index_of_another_model_is_refused(root, other):
    with pytest.raises(StoreMismatchError, match="another model") as caught:
        Snapshot.open(root, other)
    assert caught.value.stored == str(HashEmbedder().identity)
    assert caught.value.current == str(other)
    assert REPAIR in caught.value.hint
    assert str(root) in caught.value.message


def test_sync_refuses_an_index_of_another_model_and_full_replaces_it(corpus, root):
    other = HashEmbedder("other-model")
    with pytest.raises(StoreMismatchError):
        build(corpus, root, other)
    with closing(Snapshot.open(root, HashEmbedder().identity)):
        pass  # untouched
    build(corpus, root, other, full=True)
    Snapshot.open(root, other.identity).close()
    with pytest.raises(StoreMismatchError):
        Snapshot.open(root, HashEmbedder().identity)


@pytest.mark.parametrize(
    ("key", "value", "what"),
    [
        ("format", 999, "format version"),
        ("format", None, "format version"),
        ("analyser", "beleg-words-0 älter", "word analysis"),
    ],
)
def test_an_index_of_another_version_is_refused(root, key, value, what):
    resign(root, lambda manifest: manifest.update({key: value}))
    with pytest.raises(StoreMismatchError, match=what) as caught:
        Snapshot.open(root, None)
    assert caught.value.stored == str(value)
    assert REPAIR in caught.value.hint


def test_a_manifest_of_a_later_format_is_not_read_further(root):
    resign(
        root,
        lambda m: (
            m.clear(),
            m.update({"format": FORMAT_VERSION + 1, "völlig": "anders", "files": {}}),
        ),
    )
    with pytest.raises(
        StoreMismatchError, match=f"format version: {FORMAT_VERSION + 1} in the index"
    ):
        Snapshot.open(root, None)


@pytest.mark.parametrize("place", ["missing", "empty", "file", "below a file"])
def test_no_index_is_reported_as_such(tmp_path, place):
    root = tmp_path / "index"
    if place == "empty":
        root.mkdir()
    elif place != "missing":
        root.write_bytes(b"")
    with pytest.raises(StoreNotFoundError) as caught:
        Snapshot.open(root / "below" if place == "below a file" else root, None)
    assert "beleg index" in caught.value.hint


FILES = ["CURRENT", "manifest.json", "corpus.sqlite", "vectors.faiss"]


def path_of(root, name):
    return root / name if name == "CURRENT" else generation(root) / name


def refused(corpus, root, kind=StoreCorruptError):
    """The index is refused by readers and writers, and a full build repairs it."""
    with pytest.raises(kind) as caught:
        Snapshot.open(root, None)
    with pytest.raises(kind):
        build(corpus, root)
    assert REPAIR in caught.value.hint
    build(corpus, root, full=True)
    assert contents(root) == contents(corpus.parent / "index")
    return caught.value


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("position", [0.0, 0.1, 0.33, 0.5, 0.77, 0.999])
def test_a_flipped_byte_is_refused(corpus, root, name, position):
    path = path_of(root, name)
    data = bytearray(path.read_bytes())
    data[int(position * len(data))] ^= 0x01
    path.write_bytes(data)
    error = refused(corpus, root)
    assert str(root) in error.message


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("left", [0.0, 0.5, 1.0])
def test_a_truncated_file_is_refused(corpus, root, name, left):
    path = path_of(root, name)
    data = path.read_bytes()
    path.write_bytes(data[: min(int(left * len(data)), len(data) - 1)])
    refused(corpus, root)


@pytest.mark.parametrize("name", FILES)
def test_a_byte_too_many_is_refused(corpus, root, name):
    path = path_of(root, name)
    path.write_bytes(path.read_bytes() + b"\n")
    refused(corpus, root)


@pytest.mark.parametrize("name", FILES[1:])
def test_a_missing_file_is_refused(corpus, root, name):
    path_of(root, name).unlink()
    refused(corpus, root)


@pytest.mark.parametrize("name", FILES)
def test_a_folder_in_the_place_of_a_file_is_refused(root, name):
    path = path_of(root, name)
    path.unlink()
    path.mkdir()
    with pytest.raises(StoreCorruptError) as caught:
        Snapshot.open(root, None)
    assert REPAIR in caught.value.hint


@pytest.mark.parametrize("mask", [0x01, 0x02, 0x20, 0x30, 0x80, 0xFF])
def test_every_byte_of_the_pointer_counts(root, mask):
    data = (root / "CURRENT").read_bytes()
    for at in range(len(data)):
        (root / "CURRENT").write_bytes(data[:at] + bytes([data[at] ^ mask]) + data[at + 1 :])
        with pytest.raises(StoreError):
            Snapshot.open(root, None)
    for length in range(len(data)):
        (root / "CURRENT").write_bytes(data[:length])
        with pytest.raises(StoreError):
            Snapshot.open(root, None)
    (root / "CURRENT").write_bytes(data)
    Snapshot.open(root, None).close()


def test_every_byte_of_the_manifest_counts(root):
    path = path_of(root, "manifest.json")
    data = path.read_bytes()
    for at in range(len(data)):
        path.write_bytes(data[:at] + bytes([data[at] ^ 0x04]) + data[at + 1 :])
        with pytest.raises(StoreCorruptError):
            Snapshot.open(root, None)


@pytest.mark.parametrize("name", ["../index", "gen-000001/../gen-000001", "/etc", "gen-000001.tmp"])
def test_the_pointer_cannot_lead_out_of_the_folder(root, name):
    digest = (root / "CURRENT").read_text(encoding="ascii").split()[1]
    shutil.copytree(generation(root), root / "gen-000001.tmp")
    (root / "CURRENT").write_text(f"{name} {digest}\n", encoding="ascii")
    with pytest.raises(StoreCorruptError):
        Snapshot.open(root, None)


def test_a_swapped_database_of_the_same_size_is_refused(corpus, root, tmp_path):
    """Both files whole, each from another index: only the checksums tell."""
    other = write_corpus(
        tmp_path / "other", {**ARTICLES, "wetter.txt": ARTICLES["wetter.txt"][::1]}
    )
    write_corpus(
        other, {"wetter.txt": "Das Wetter\n\nIn Ústí fielen 9,5 Liter Regen 🌧️.\n".encode()}
    )
    build(other, tmp_path / "index2")
    shutil.copy(path_of(tmp_path / "index2", "corpus.sqlite"), path_of(root, "corpus.sqlite"))
    refused(corpus, root)


def test_large_files_are_hashed_by_the_check_only(root, monkeypatch):
    from index import generations

    monkeypatch.setattr(generations, "_HASH_AT_OPEN_BYTES", 10)
    folder, manifest = generations.current_folder(root)
    path = folder / "vectors.faiss"
    data = bytearray(path.read_bytes())
    data[-30] ^= 1  # inside the ids or vectors, so that the file still opens
    path.write_bytes(data)
    assert generations.damage(folder, manifest, thorough=False) == []
    found = generations.damage(folder, manifest, thorough=True)
    assert found == [f"{path}: content differs from the checksum in the manifest"]


def test_an_open_snapshot_goes_on_after_a_sync_replaced_it(tmp_path):
    corpus = write_corpus(tmp_path / "corpus")
    root = tmp_path / "index"
    build(corpus, root)
    query = HashEmbedder().vectors(["Munition"])[0]
    with closing(Snapshot.open(root, None)) as old:
        assert old.is_current()
        (corpus / "munition.txt").unlink()
        write_corpus(corpus, {"neu.txt": "Ganz anderer Text über Züge".encode()})
        build(corpus, root)
        assert not old.folder.exists()
        assert not old.is_current()
        # nothing of this was read before the files were removed
        assert old.search_words("Munition", 5)[0][0] in old.passage_ids()
        assert searched(old, query, 1)[0][0] == ("munition.txt", 0)
        assert list(old.stamps()) == sorted(ARTICLES)
        assert old.document_frequency("words", "munition") == 1
        with closing(Snapshot.open(root, None)) as new:
            assert "munition.txt" not in new.stamps()


def test_nothing_is_embedded_when_nothing_is_new(corpus, root):
    def refuse():
        raise AssertionError("the model was loaded")

    report = sync(corpus, root, HashEmbedder().identity, refuse)
    assert not report.written
