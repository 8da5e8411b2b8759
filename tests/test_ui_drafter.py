"""`--drafter MODEL` from the command line to the answer, with real loading code."""

import json
from pathlib import Path

import pytest
import tiny_seq2seq
from fakes import HashEmbedder, write_corpus

from rag.assemble import Assistant
from rag.config import Config
from ui.cli import main

SEEDS = Path(__file__).parent.parent / "seeds"
FILES = {
    "a.txt": "Der Turm ist „330 Meter“ hoch und steht in Köln.\r\n".encode(),
    "b.txt": "\ufeffDer Turm misst 312 Meter, sagt die Stadt – 40\u00a0% mehr.\n".encode(),
}


@pytest.fixture(scope="module")
def drafter(tmp_path_factory):
    return tiny_seq2seq.save("t5", tmp_path_factory.mktemp("drafter"))


def test_a_draft_stands_in_its_quote(tmp_path, drafter):
    corpus = write_corpus(tmp_path / "corpus", FILES)
    config = Config(
        corpus=corpus, cache=tmp_path / "cache", drafter=str(drafter), abstain_below=0.0
    )
    assistant = Assistant(config, HashEmbedder())
    assistant.sync()
    drafted = 0
    for question in ("Wie hoch ist der Turm?", "Wo steht der Turm?", "Was sagt die Stadt?"):
        answer = assistant.ask(question)
        drafted += answer.drafted
        quotes = {citation.number: citation.quote.text for citation in answer.citations}
        for claim in answer.claims:
            assert claim.text
            assert all(claim.text in quotes[number] for number in claim.citations)
    assistant.close()
    assert drafted  # the seed of the tiny model makes it say something


@pytest.mark.slow
def test_the_command_takes_a_folder(tmp_path, model_cache, drafter, capsys):
    places = ["--corpus", str(SEEDS), "--index", str(tmp_path), "--cache", str(model_cache)]
    question = "Wie viele Schuss Artilleriemunition lieferte Nordkorea?"
    assert main(["ask", *places, "--json", "--drafter", str(drafter), question]) == 0
    found = json.loads(capsys.readouterr().out)
    if found["abstained"]:
        assert found["reason"] in ("drafter_abstained", "unknown_terms")
    else:
        assert all(
            claim["text"] in quote["text"] for claim in found["claims"] for quote in claim["quotes"]
        )


def test_a_name_that_is_not_on_this_machine(tmp_path, tiny_model, capsys):
    corpus = write_corpus(tmp_path / "corpus", FILES)
    places = ["--corpus", str(corpus), "--index", str(tmp_path / "index"), "--cache", str(tmp_path)]
    named = ["--embedder", str(tiny_model), "--drafter", "google/flan-t5-base"]
    assert main(["ask", *places, *named, "Wie hoch ist der Turm?"]) == 1
    said = capsys.readouterr().err
    assert "google/flan-t5-base" in said
    assert "hint: " in said
