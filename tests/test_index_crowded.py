"""Writers and readers in processes of their own; `crowded.py` is the whole test."""

import re
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import faiss
import pytest
from crowded import READERS, WRITERS, look, state
from fakes import HashEmbedder, build, generation, resign, write_corpus

from index.store import Snapshot
from rag.assemble import Assistant
from rag.config import Config

HERE = Path(__file__).parent


def looked(root):
    with closing(Snapshot.open(root, None)) as snapshot:
        return look(snapshot)


def test_two_writers_and_four_readers_see_whole_states_only():
    done = subprocess.run(
        [sys.executable, HERE / "crowded.py", "--seconds", "4", "--start", "fork"],
        capture_output=True,
        text=True,
        timeout=600,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    seen = re.findall(r"reader \d: (\d+) generations, (\d+) looks, (\d+) quotes", done.stdout)
    assert len(seen) == READERS
    assert all(int(count) > 1 for counts in seen for count in counts)
    assert len(re.findall(r"writer \d: \d+ syncs", done.stdout)) == WRITERS
    assert done.stdout.endswith("nothing went wrong\n")


def test_a_whole_state_is_recognised(tmp_path):
    for number in (4, 5):
        corpus = write_corpus(tmp_path / f"{number}", state(number))
        build(corpus, tmp_path / f"index{number}")
        assert looked(tmp_path / f"index{number}") == number


def test_two_states_at_once_are_noticed(tmp_path):
    corpus = write_corpus(tmp_path / "corpus", state(4))
    write_corpus(corpus, {"3.txt": state(7)["3.txt"]})
    build(corpus, tmp_path / "index")
    with pytest.raises(AssertionError, match=r"states \{4, 7\} at once"):
        looked(tmp_path / "index")


def test_a_state_with_an_article_too_few_is_noticed(tmp_path):
    corpus = write_corpus(tmp_path / "corpus", state(5))
    (corpus / "manchmal.txt").unlink()
    build(corpus, tmp_path / "index")
    with pytest.raises(AssertionError):
        looked(tmp_path / "index")


def test_vectors_of_another_generation_are_noticed(tmp_path):
    for number in (4, 6):
        build(write_corpus(tmp_path / f"{number}", state(number)), tmp_path / f"index{number}")
    other = faiss.read_index(str(generation(tmp_path / "index6") / "vectors.faiss"))
    faiss.write_index(other, str(generation(tmp_path / "index4") / "vectors.faiss"))
    resign(tmp_path / "index4")
    with pytest.raises(AssertionError):
        looked(tmp_path / "index4")


def test_a_sync_that_ends_while_a_question_begins_does_not_break_the_answer(tmp_path):
    corpus, root = write_corpus(tmp_path / "corpus", state(1)), tmp_path / "index"
    build(corpus, root)

    class Interrupted(Assistant):
        @property
        def drafter(self):  # asked for after the index was opened
            write_corpus(corpus, {"neu.txt": "Über Nacht fiel Schnee.".encode()})
            build(corpus, root)

    config = Config(corpus, tmp_path / "cache", index=root)
    with closing(Interrupted(config, HashEmbedder())) as assistant:
        answer = assistant.ask("Welcher Artikel steht im Zustand 1?")
    assert answer.hits
