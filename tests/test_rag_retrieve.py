"""Fusing the two halves of retrieval."""

from contextlib import closing

import pytest
from fakes import HashEmbedder, build, write_corpus

from index.store import Snapshot
from rag.retrieve import Retriever, fuse


def test_fuse_by_hand():
    # passage 7: first in both: 1/(5+1) + 0.5/(5+1); 8: dense second; 9: lexical second
    scores = fuse([(7, 0.9), (8, 0.8)], [(7, 3.0), (9, 1.0)], k=5, lexical_weight=0.5)
    assert scores == pytest.approx({7: 1 / 6 + 0.5 / 6, 8: 1 / 7, 9: 0.5 / 7})


def test_fuse_ignores_the_scale_of_scores():
    small = fuse([(1, 0.01), (2, 0.001)], [(2, 0.5), (1, 0.1)])
    large = fuse([(1, 99.0), (2, 98.0)], [(2, 7e9), (1, 1e9)])
    assert small == large


def test_hits_are_ranked_and_ties_go_by_place(tmp_path):
    same = "Der Rhein führt Hochwasser. ".encode()
    corpus = write_corpus(tmp_path / "corpus", {"b.txt": same, "a.txt": same, "c.txt": b"Anderes."})
    embedder = HashEmbedder()
    build(corpus, tmp_path / "index", embedder)
    with closing(Snapshot.open(tmp_path / "index", embedder.identity)) as snapshot:
        found = Retriever(snapshot, embedder).retrieve("Wo führt der Rhein Hochwasser?", 3)
    assert [hit.rank for hit in found.hits] == [1, 2, 3]
    assert {hit.passage.article_id for hit in found.hits[:2]} == {"a.txt", "b.txt"}
    assert found.hits[0].score >= found.hits[1].score > found.hits[2].score


def test_only_the_chosen_articles(tmp_path):
    corpus = write_corpus(tmp_path / "corpus")
    embedder = HashEmbedder()
    build(corpus, tmp_path / "index", embedder)
    with closing(Snapshot.open(tmp_path / "index", embedder.identity)) as snapshot:
        found = Retriever(snapshot, embedder).retrieve("Munition", 10, ["wetter.txt"])
    assert {hit.passage.article_id for hit in found.hits} == {"wetter.txt"}
