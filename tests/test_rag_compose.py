"""Drafted answers: spans cut from checked quotes, one claim for each distinct answer."""

import re

import pytest
from fakes import HashEmbedder, write_corpus

from index.types import ModelIdentity
from rag.answer import Reader, answer
from rag.assemble import Assistant
from rag.config import Config
from rag.quotes import check_quote
from rag.types import AbstainReason, Draft, DraftSpan
from ui.render import answer_text

FILES = {
    "a.txt": "Der Turm\r\n\r\nDer Turm ist „330 Meter“ hoch und steht in Köln.\r\n".encode(),
    "b.txt": "\ufeffDer Turm ist 330 Meter hoch, sagt die Stadt.\n".encode(),
    "c.txt": "Der Turm ist „312 Meter“ hoch, sagt Köln.".encode(),
}


class ScriptedDrafter:
    """Gives the first match of a pattern in each evidence text; abstains without one."""

    def __init__(self, pattern):
        self.pattern, self.read = pattern, []

    @property
    def identity(self):
        return ModelIdentity("scripted", "0" * 64, 0)

    def draft(self, question, evidence, language):
        self.read.append((question, tuple(evidence), language))
        spans = tuple(
            DraftSpan(i, match.start(), match.end(), 0.9)
            for i, text in enumerate(evidence)
            if (match := re.search(self.pattern, text))
        )
        return Draft(spans, 0.9 if spans else 0.0, not spans)


@pytest.fixture
def ask(tmp_path):
    corpus = write_corpus(tmp_path / "corpus", FILES)
    assistant = Assistant(
        Config(corpus=corpus, cache=tmp_path / "cache", abstain_below=0.0, drafter="none"),
        HashEmbedder(),
    )
    assistant.sync()

    def asked(question, drafter):
        reader = Reader(corpus, assistant.snapshot, assistant.embedder, 8, 3, 0.0, drafter)
        result = answer(question, reader)
        assert all(check_quote(corpus, citation.quote) for citation in result.citations)
        return result

    yield asked
    assistant.close()


def test_equal_spans_are_one_claim_with_all_its_quotes(ask):
    result = ask("Wie hoch ist der Turm?", ScriptedDrafter(r"\d+ Meter"))
    assert result.drafted
    by_text = {claim.text: claim.citations for claim in result.claims}
    assert set(by_text) == {"330 Meter", "312 Meter"}
    assert len(by_text["330 Meter"]) == 2
    quotes = {citation.number: citation.quote for citation in result.citations}
    for text, numbers in by_text.items():
        assert all(text in quotes[number].text for number in numbers)


def test_text_is_the_spans_with_their_marks(ask, tmp_path):
    result = ask("Wo steht der Turm?", ScriptedDrafter("Köln"))
    assert result.text == "Köln [1]"
    assert [citation.quote.source for citation in result.citations] == ["a.txt:3"]
    shown = answer_text(result, tmp_path / "corpus")
    assert shown.startswith("Antwort: Köln [1]\n\n[1] Der Turm ist „330 Meter“ hoch")


def test_an_abstaining_drafter_refuses_and_shows_the_nearest(ask):
    result = ask("Wie alt ist der Turm?", ScriptedDrafter("Jahre alt"))
    assert result.abstained
    assert result.abstention.reason is AbstainReason.DRAFTER_ABSTAINED
    assert result.citations == ()
    assert result.nearest


def test_broad_questions_are_not_drafted(ask):
    drafter = ScriptedDrafter("Turm")
    assert not ask("Was sagt a.txt zu dem Turm?", drafter).drafted
    assert drafter.read == []


def test_the_drafter_reads_the_quotes_in_the_language_of_the_question(ask):
    drafter = ScriptedDrafter("330 Meter")
    ask("How high is the Turm in Köln?", drafter)
    [(question, evidence, language)] = drafter.read
    assert (question, language) == ("How high is the Turm in Köln?", "en")
    assert any("Der Turm ist „330 Meter“ hoch und steht in Köln." in text for text in evidence)
