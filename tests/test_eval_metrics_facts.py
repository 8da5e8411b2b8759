"""Normalisation, and the facts that a rule can read from a text."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eval.facts import (
    PartialDate,
    content_words,
    dates,
    dates_kept,
    lower_case_words,
    names,
    names_kept,
    negation_count,
    numbers,
    numbers_kept,
    sentences,
)
from eval.normalise import fold, normalise_answer, strip_citation_marks

GERMAN_LETTERS = st.text(alphabet="abÄäÖöÜüßẞ „“”»«‚‘-–…!?,;\u00ad\u200b\u00a0", max_size=30)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Die Straße", "strasse"),
        ("STRASSE", "strasse"),
        ("GROẞ", "gross"),
        ("Ärger, Öl & Übung", "aerger oel uebung"),
        ("A\u0308rger", "aerger"),  # decomposed
        ("Aerger", "aerger"),
        ("„Guten Tag“, »ja« und “nein” ‚so‘ 'gut'", "guten tag ja und nein so gut"),
        ("Mili\u00adtär", "militaer"),  # soft hyphen
        ("Choe Son-hui", "choe son hui"),
        ("Choe Son Hui", "choe son hui"),
        ("U.S. z.B. gibt's", "us zb gibts"),
        ("ein Haus, the house", "haus house"),
        ("  viel\u00a0 Raum\n", "viel raum"),
        ("die", "die"),  # nothing but an article
        ("", ""),
        ("…!“", ""),
    ],
)
def test_words_in_one_spelling(text: str, expected: str) -> None:
    assert normalise_answer(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("8.000", "8000"),
        ("8 000", "8000"),
        ("8\u202f000", "8000"),  # narrow no-break space
        ("8'000", "8000"),
        ("8.000.", "8000"),  # the sentence ends
        ("1.234.567", "1234567"),
        ("1.234,56", "1234,56"),
        ("1,5", "1,5"),
        ("1.5", "1,5"),
        ("0.500", "0,500"),  # no thousands without a leading digit above 0
        ("8,000", "8,000"),  # a German decimal
        ("1.234.56", "1 234 56"),  # not a number
        ("24.10.2024", "24 10 2024"),
        ("14:30", "14 30"),
        ("2024 100", "2024 100"),  # a year is no group of three
        ("2014-2016", "2014 2016"),
        ("-5", "-5"),
        ("−5 %", "-5 prozent"),
        ("5%", "5 prozent"),
        ("5 €", "5 euro"),
        ("Su-57", "su 57"),
    ],
)
def test_numbers_in_one_notation(text: str, expected: str) -> None:
    assert normalise_answer(text) == expected


@given(GERMAN_LETTERS)
def test_normalising_twice_changes_nothing(text: str) -> None:
    once = normalise_answer(text)
    assert normalise_answer(once) == once
    assert set(once) <= set("abeous ")


@given(GERMAN_LETTERS)
def test_both_spellings_of_umlauts_agree(text: str) -> None:
    spelled = text
    for letter, pair in {"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "Ä": "Ae", "Ö": "OE"}.items():
        spelled = spelled.replace(letter, pair)
    assert normalise_answer(text) == normalise_answer(spelled)
    assert fold(text.upper()) == fold(text)


@given(st.integers(1, 10**9))
def test_every_grouping_is_the_same_number(value: int) -> None:
    grouped = f"{value:,}"
    for separator in (".", " ", "'", "’", "\u00a0", "\u2009"):
        assert normalise_answer(grouped.replace(",", separator)) == str(value)
        assert numbers(grouped.replace(",", separator)) == {Decimal(value)}


def test_citation_marks_go_and_other_brackets_stay() -> None:
    assert strip_citation_marks("8.000 [1] und [12], [sic]") == "8.000 und, [sic]"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("8.000 von 10 000", {"8000", "10000"}),
        ("1,5 Millionen und 2 Mrd. Euro", {"1500000", "2000000000"}),
        ("8-Millionen-Stadt, 3 Tausend", {"8000000", "3000"}),
        ("8,0", {"8"}),
        ("bei -5 Grad", {"-5"}),
        ("die 14-jährige in der Su-57", {"14", "57"}),
        ("am 24. Oktober 2024", {"24", "2024"}),
        ("am 24.10.2024", {"24", "2024"}),  # the month may be written as a word
        ("2014–2016", {"2014", "2016"}),
        ("am 24. Oktober 300 Menschen", {"24", "300"}),
        ("acht", set()),
        ("", set()),
    ],
)
def test_numbers(text: str, expected: set[str]) -> None:
    assert numbers(text) == {Decimal(value) for value in expected}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("am 24. Oktober 2024", {PartialDate(10, 24, 2024)}),
        ("am 24. Oktober", {PartialDate(10, 24)}),
        ("24.Okt. 2024", {PartialDate(10, 24, 2024)}),
        ("am 24. 10. 2024", {PartialDate(10, 24, 2024)}),
        ("24.10.24 und 1.2.99", {PartialDate(10, 24, 2024), PartialDate(2, 1, 1999)}),
        ("am 3.10. und 4.11.", {PartialDate(10, 3), PartialDate(11, 4)}),
        ("2024-10-24", {PartialDate(10, 24, 2024)}),
        ("im MÄRZ 2022", {PartialDate(3, None, 2022)}),
        ("5. Jänner 2020", {PartialDate(1, 5, 2020)}),
        ("October 24, 2024", {PartialDate(10, 24, 2024)}),
        ("24 October 2024", {PartialDate(10, 24, 2024)}),
        ("31.13.2024", set()),  # no such month
        ("im Oktober", set()),  # a word, not a date
        ("Version 3.10", set()),
        ("8.000", set()),
    ],
)
def test_dates(text: str, expected: set[PartialDate]) -> None:
    assert dates(text) == expected


def test_a_date_may_be_given_with_more_detail_in_the_quote_but_not_less() -> None:
    quote = ["Das war am 24.10.2024."]
    for kept in ("24. Oktober 2024", "24. Oktober", "Oktober 2024"):
        assert dates_kept(kept, quote)
    for lost in ("25. Oktober", "24. Oktober 2023", "24. November"):
        assert not dates_kept(lost, quote)
    assert not dates_kept("24. Oktober 2024", ["am 24. Oktober", "im Jahr 2024"])
    assert dates_kept("kein Datum", [])


def test_numbers_are_kept_by_value() -> None:
    quotes = ["Rund 8.000 Soldaten", "und 1,5 Millionen Euro am 3.10."]
    for kept in ("8000", "8 000 Soldaten", "1.500.000", "3. 10", "ohne Zahl"):
        assert numbers_kept(kept, quotes)
    for lost in ("8.001", "800", "80.000", "1,5", "8", "8.000 und 9"):
        assert not numbers_kept(lost, quotes)
    assert not numbers_kept("8.000", [])


def test_names_are_capitalised_words_but_not_function_words() -> None:
    found = names("Der US-Präsident traf Putin. Er sagte nichts über Nordkorea, Keine Frage.")
    assert found == {"us", "praesident", "putin", "nordkorea", "frage"}
    assert lower_case_words("Der große Putin ist in Moskau") == {"grosse"}


def test_names_kept_allows_the_genitive_only() -> None:
    quotes = ["Putins Sprecher, Sergei Lawrow"]
    for kept in ("Putin", "Lawrows", "Sergei", "Der Sprecher", "niemand"):
        assert names_kept(kept, quotes)
    for lost in ("Lawrov", "Putina", "Sergej Lawrow", "Kim"):
        assert not names_kept(lost, quotes)


def test_content_words_leave_out_what_is_counted_elsewhere() -> None:
    text = "Am 24. Oktober hat Moskau die 8.000 Soldaten nicht für uns bestätigt"
    assert content_words(text) == {"moskau", "soldaten", "fuer", "uns", "bestaetigt"}


def test_negation_count() -> None:
    assert negation_count("Weder Moskau noch Kiew sagten nichts; das ist nie KEINE Frage.") == 4
    assert negation_count("Wir doesn't know") == 1
    assert negation_count("Nichte, Keiner-Straße") == 1  # whole words: "keiner"
    assert negation_count("") == 0


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Das ist groß. Der Rest.", ["Das ist groß.", "Der Rest."]),
        ("„Ist es wahr?“ »Ja.« Gut!", ["„Ist es wahr?“", "»Ja.«", "Gut!"]),
        ("Am 3. Oktober kam Dr. Öz, z. B. Montag.", ["Am 3. Oktober kam Dr. Öz, z. B. Montag."]),
        ("Titel\r\nzweite zeile", ["Titel", "zweite zeile"]),
        ("Ende.\nneu. 12 Leute", ["Ende.", "neu.", "12 Leute"]),
        ("Ende.\u2028Neu", ["Ende.", "Neu"]),
        ("so … Und", ["so …", "Und"]),
        ("sagte er. und", ["sagte er. und"]),
        (" \n", []),
    ],
)
def test_sentences(text: str, expected: list[str]) -> None:
    assert sentences(text) == expected


PIECES = ["24. Oktober", " 2024", "3.10.", "1,5", " Mio.", "-", "8.000", "Öl", "„", "\u00ad", "\n"]


@given(st.text(max_size=60) | st.lists(st.sampled_from(PIECES)).map("".join))
def test_a_text_keeps_its_own_facts(text: str) -> None:
    assert numbers_kept(text, [text])
    assert dates_kept(text, [text])
    assert names_kept(text, [text])
    assert "".join("".join(sentences(text)).split()) == "".join(text.split())
