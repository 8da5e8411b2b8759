"""Answering end to end: a fake embedder on a toy corpus, the real one on the seeds."""

import shutil
from pathlib import Path

import pytest
from fakes import HashEmbedder, write_corpus

from index.errors import QuestionError
from rag.assemble import Assistant
from rag.config import Config
from rag.quotes import check_quote
from rag.types import AbstainReason, NoticeKind, VerdictLabel

SEEDS = Path(__file__).parent.parent / "seeds"
FILES = {
    "a.txt": (
        "Brücke über die Elbe\r\n"
        "Die Polizei zählte 300 Besucher an der Brücke. Der Bau kostete 12 Millionen Euro.\r\n"
        "Lesen Sie auch\r\nBrücke wird teurer als Besucher dachten\r\n"
    ).encode(),
    "b.txt": "\ufeffDie Veranstalter zählten 500 Besucher an der Brücke.\n".encode(),
    "c.txt": "Die Polizei zählte 300 Besucher an der Brücke.\n".encode(),
}


@pytest.fixture
def assistant(tmp_path):
    corpus = write_corpus(tmp_path / "corpus", FILES)
    config = Config(corpus=corpus, cache=tmp_path / "cache", abstain_below=0.0, drafter="none")
    made = Assistant(config, HashEmbedder())
    made.sync()
    yield made
    made.close()


def sources(answer):
    return [citation.quote.source for citation in answer.citations]


def test_numbers_that_differ_stand_side_by_side(assistant):
    answer = assistant.ask("Wie viele Besucher wurden an der Brücke gezählt?")
    # the same sentence in two files is one citation with both places
    assert len(answer.citations) == 2
    [twice] = [c for c in answer.citations if c.also]
    assert {twice.quote.source, *(q.source for q in twice.also)} == {"a.txt:2", "c.txt:1"}
    assert "b.txt:1" in sources(answer)
    [notice] = [n for n in answer.notices if n.kind is NoticeKind.NUMBERS_DIFFER]
    assert {detail.split(" ")[0] for detail in notice.details} == {"300", "500"}


def test_every_claim_is_its_quote(assistant):
    answer = assistant.ask("Was kostete der Bau?")
    for claim, citation in zip(answer.claims, answer.citations, strict=True):
        assert claim.text == citation.quote.text
        assert claim.verdict.label is VerdictLabel.SUPPORTED
        assert f"{claim.text} [{citation.number}]" in answer.text
        assert check_quote(assistant.config.corpus, citation.quote)


def test_boilerplate_is_not_offered_beside_content(assistant):
    answer = assistant.ask("Wird die Brücke teurer als Besucher dachten?")
    assert "a.txt:4" not in sources(answer)


def test_boilerplate_answers_when_nothing_else_is_there(tmp_path):
    text = "Lesen Sie auch\nZerstörer kentert bei Stapellauf\n".encode()
    corpus = write_corpus(tmp_path / "corpus", {"a.txt": text})
    config = Config(
        corpus=corpus, cache=tmp_path, index=tmp_path / "index", abstain_below=0.0, drafter="none"
    )
    assistant = Assistant(config, HashEmbedder())
    assistant.sync()
    assert sources(assistant.ask("Welcher Zerstörer kentert?")) == ["a.txt:2"]
    assistant.close()


@pytest.mark.parametrize("question", ["der die das", "?!", "und oder aber"])
def test_nothing_to_search_for(assistant, question):
    answer = assistant.ask(question)
    assert answer.abstained
    assert answer.abstention.reason is AbstainReason.NO_CONTENT_WORDS
    assert answer.citations == ()


def test_threshold_one_always_abstains_and_shows_the_nearest(assistant):
    config = Config(
        corpus=assistant.config.corpus,
        cache=assistant.config.cache,
        abstain_below=1.0,
        drafter="none",
    )
    strict = Assistant(config, HashEmbedder())
    answer = strict.ask("Was kostete der Bau?")
    strict.close()
    assert answer.abstained
    assert answer.text == ""
    assert answer.nearest
    assert all(check_quote(config.corpus, quote) for quote in answer.nearest)


def test_unknown_article_is_refused(assistant):
    with pytest.raises(QuestionError, match=r"no article 'x\.txt'"):
        assistant.ask("Was kostete der Bau?", ["x.txt"])


def test_a_changed_article_is_quoted_as_it_is_now(assistant):
    path = assistant.config.corpus / "b.txt"
    text = "Neue erste Zeile.\n" + path.read_text(encoding="utf-8").removeprefix("\ufeff")
    path.write_text(text, encoding="utf-8")
    answer = assistant.ask("Wie viele Besucher zählten die Veranstalter?")
    assert "b.txt:2" in sources(answer)
    assert NoticeKind.INDEX_OUT_OF_DATE in {notice.kind for notice in answer.notices}


def test_a_changed_sentence_is_never_quoted(assistant):
    path = assistant.config.corpus / "b.txt"
    path.write_text("Die Veranstalter zählten 900 Besucher an der Brücke.\n", encoding="utf-8")
    answer = assistant.ask("Wie viele Besucher zählten die Veranstalter?")
    assert not any(source.startswith("b.txt") for source in sources(answer))
    assert not any("500" in claim.text for claim in answer.claims)


def test_when_all_articles_are_gone_the_answer_says_so(assistant):
    shutil.copy(assistant.config.corpus / "c.txt", assistant.config.corpus / "z.txt")
    for name in FILES:
        (assistant.config.corpus / name).unlink()
    answer = assistant.ask("Was kostete der Bau?")
    assert answer.abstained
    assert answer.abstention.reason is AbstainReason.STALE
    assert NoticeKind.ARTICLE_CHANGED in {notice.kind for notice in answer.notices}


def test_an_overview_takes_one_sentence_of_each_article(assistant):
    answer = assistant.ask("Worum geht es in den Artikeln?")
    assert sources(answer) == ["a.txt:2", "b.txt:1", "c.txt:1"]
    assert answer.language == "de"


def test_index_made_elsewhere_is_picked_up(assistant):
    (assistant.config.corpus / "d.txt").write_text("Die Fähre fährt um 7 Uhr ab.\n", "utf-8")
    other = Assistant(assistant.config, HashEmbedder())
    other.sync()
    other.close()
    assert sources(assistant.ask("Wann fährt die Fähre ab?"))[0] == "d.txt:1"


@pytest.fixture(scope="module")
def seeds(tmp_path_factory, model_cache):
    index = tmp_path_factory.mktemp("index")
    assistant = Assistant(Config(corpus=SEEDS, cache=model_cache, index=index, drafter="none"))
    assistant.sync()
    yield assistant
    assistant.close()


@pytest.mark.slow
@pytest.mark.parametrize(
    ("question", "source"),
    [
        ("Wie viele Schuss Artilleriemunition lieferte Nordkorea?", "004_fc018e94312481a9.txt:12"),
        ("Wer ist nordkoreanischer Verteidigungsminister?", "002_c85b777be68d70fb.txt:8"),
        ("Wann ratifizierte die Staatsduma den Vertrag?", "000_76f1e17f13bba951.txt:4"),
        ("Wer warf den Verbündeten Untätigkeit vor?", "001_1bb135a6ea5fcf72.txt:11"),
        ("wieviel prozent der munition stellt nordkorea", "003_1797432d70e2703f.txt:12"),
        ("When did the State Duma ratify the treaty?", "000_76f1e17f13bba951.txt:4"),
    ],
)
def test_seeds_are_answered(seeds, question, source):
    assert sources(seeds.ask(question))[0] == source


@pytest.mark.slow
@pytest.mark.parametrize(
    "question",
    [
        "Wie wird das Wetter morgen in Berlin?",
        "Wie viele Raketen hat Nordkorea an Russland geliefert?",
        "Wer gewann 2024 die Fußball-Europameisterschaft?",
    ],
)
def test_seeds_do_not_say(seeds, question):
    assert seeds.ask(question).abstained


@pytest.mark.slow
def test_an_article_can_be_named(seeds):
    answer = seeds.ask("Was sagt Artikel 002 zu den Gesprächen?")
    assert 2 <= len(answer.citations) <= 5
    assert all(source.startswith("002_") for source in sources(answer))
