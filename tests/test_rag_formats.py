"""Answers from articles that are no plain text: the quote, its page, and its check."""

from dataclasses import replace

import format_samples as samples
import pytest
from fakes import HashEmbedder, write_corpus

from rag.assemble import Assistant
from rag.config import Config
from rag.quotes import check_quote
from rag.types import NoticeKind
from ui.render import about, answer_text, answer_values, place
from ui.source import source_view
from ui.words import WORDS

FILES = {
    "blatt.html": samples.PAGE.encode(),
    "bericht.pdf": samples.pdf([["Titel"], ["Der Deich bei Brake ist sieben Meter hoch."]]),
    "news.jsonl": b'{"title": "Zoo", "text": "Im Zoo leben neun Affen.", "date": "2024-03-05"}\n'
,
}  # fmt: skip


@pytest.fixture
def assistant(tmp_path):
    corpus = write_corpus(tmp_path / "corpus", FILES)
    config = Config(corpus, tmp_path / "cache", tmp_path / "index", abstain_below=0.0)
    made = Assistant(config, HashEmbedder())
    made.sync()
    yield made
    made.close()


def quote_of(assistant, question):
    answer = assistant.ask(question)
    return answer, answer.citations[0].quote


def test_a_quote_from_a_page_cites_the_line_of_its_extract(assistant):
    _, quote = quote_of(assistant, "Wie viele Fahrzeuge waren es im Jahr 2019 am Tag?")
    assert quote.article_id == "blatt.html"
    assert samples.PAGE_TEXT.split("\n")[quote.line_start - 1] == quote.text
    assert check_quote(assistant.config.corpus, quote, assistant.snapshot)
    assert about(quote) == (
        "Brücke über den Rhein gesperrt · Jörg Müller · 2024-03-05T09:30:00+01:00"
        " · https://blatt.example/köln/brücke"
    )


def test_a_quote_from_a_pdf_has_its_page(assistant):
    answer, quote = quote_of(assistant, "Wie hoch ist der Deich bei Brake?")
    assert (quote.page_start, quote.page_end) == (2, 2)
    assert "bericht.pdf:2 (S. 2)" in answer_text(answer, assistant.config.corpus)
    assert answer_values(answer, 0.1)["quotes"][0]["page_start"] == 2
    assert place(replace(quote, page_end=3), assistant.config.corpus, WORDS["en"]).endswith(
        "(p. 2–3)"
    )


def test_a_quote_from_a_dump_names_its_entry_and_date(assistant):
    answer, quote = quote_of(assistant, "Wie viele Affen leben im Zoo?")
    assert quote.source == "news.jsonl#line-1:2"
    assert "Zoo · 2024-03-05" in answer_text(answer, assistant.config.corpus)


FAULTS = {
    "text": lambda quote: replace(quote, text=quote.text.replace("2019", "2018")),
    "line": lambda quote: replace(quote, line_start=quote.line_start - 1),
    "extract": lambda quote: replace(quote, extract="0" * 64),
    "file": lambda quote: replace(quote, sha256="0" * 64),
    "place": lambda quote: replace(quote, start=quote.start - 1, end=quote.end - 1),
}


@pytest.mark.parametrize("fault", sorted(FAULTS))
def test_a_forged_quote_is_found(assistant, fault):
    _, quote = quote_of(assistant, "Wie viele Fahrzeuge waren es im Jahr 2019 am Tag?")
    assert not check_quote(assistant.config.corpus, FAULTS[fault](quote), assistant.snapshot)


def test_without_its_extract_a_quote_does_not_stand(assistant):
    _, quote = quote_of(assistant, "Wie viele Fahrzeuge waren es im Jahr 2019 am Tag?")
    assert not check_quote(assistant.config.corpus, quote)


def test_an_extract_with_another_text_is_found(assistant):
    _, quote = quote_of(assistant, "Wie viele Fahrzeuge waren es im Jahr 2019 am Tag?")

    class Forged:
        def extracted(self, article_id, sha256):
            return None

        def extract_text(self, extract):
            return samples.PAGE_TEXT + " "

    assert not check_quote(assistant.config.corpus, quote, Forged())


def test_a_page_that_changed_is_not_quoted_from_the_old_extract(assistant):
    page = samples.PAGE.replace("52.000", "53.000")
    write_corpus(assistant.config.corpus, {"blatt.html": page.encode()})
    answer = assistant.ask("Wie viele Fahrzeuge waren es im Jahr 2019 am Tag?")
    assert all(c.quote.article_id != "blatt.html" for c in answer.citations)
    assert NoticeKind.ARTICLE_CHANGED in {notice.kind for notice in answer.notices}


def test_the_source_panel_shows_the_extract(assistant):
    _, quote = quote_of(assistant, "Wie viele Fahrzeuge waren es im Jahr 2019 am Tag?")
    view = source_view(assistant.config.corpus, quote, extracts=assistant.snapshot)
    assert view.stands
    assert view.line_count == len(samples.PAGE_TEXT.split("\n"))
    [marked] = [line for line in view.lines if any(mark for _, mark in line.parts)]
    assert marked.number == quote.line_start
