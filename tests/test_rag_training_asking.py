import random

import pytest

from rag.training.making.asides import side_questions
from rag.training.making.asking import Asked, questions_of
from rag.training.making.clauses import parse
from rag.training.making.leads import lead_questions

SEEDS = range(40)

CASES = [
    ("Im Juni 1990 gründete Max Frisch die Firma Alpha.", "wann", "Juni 1990"),
    ("Die Anlage wurde am 3. März 1920 in Berlin eröffnet.", "tag", "3. März 1920"),
    ("Die Anlage wurde am 3. März 1920 in Berlin eröffnet.", "land_stadt", "Berlin"),
    ("Der Verein wurde 1905 von Karl Meier gegründet.", "jahr", "1905"),
    ("Der Verein wurde 1905 von Karl Meier gegründet.", "von_wem", "Karl Meier"),
    ("Der Schriftsteller Max Frisch lebte lange Zeit in Zürich.", "welcher", "Max Frisch"),
    ("Der König verließ die Hauptstadt im 12. Jahrhundert.", "jahrhundert", "12. Jahrhundert"),
    ("Die meisten Siedler stammten aus Schweden.", "woher", "Schweden"),
    ("Seit 2008 wird das Rennen jährlich ausgetragen.", "seit_wann", "2008"),
    ("Etwa 1.200 Menschen leben heute in dem Dorf.", "wie_viele", "1.200"),
    ("Der Turm ist seit dem Umbau 120 Meter hoch.", "wie_mass", "120 Meter"),
    ("Das Parlament regiert das Land zwölf Jahre.", "wie_lange", "zwölf Jahre"),
    ("Wegen des Krieges wurde das Theater geschlossen.", "warum", "Wegen des Krieges"),
    (
        "Das Spiel wurde abgesagt, weil der Platz gesperrt war.",
        "warum",
        "weil der Platz gesperrt war",
    ),
    ("Der Nil gilt als längster Fluss der Erde.", "als_was", "längster Fluss der Erde"),
    ("Der Stadtrat besteht aus gewählten Vertretern.", "woraus", "gewählten Vertretern"),
    ("Das Haus wurde durch ein Erdbeben zerstört.", "wodurch", "ein Erdbeben"),
    ("Im Jahr 2011 reiste der Präsident nach Deutschland.", "wohin", "Deutschland"),
    ("Der Hund ist das älteste Haustier.", "was_ist", "das älteste Haustier"),
]


def _all(sentence: str, title: str = "") -> set[Asked]:
    return {a for seed in SEEDS for a in questions_of(sentence, random.Random(seed), title)}


@pytest.mark.parametrize(("sentence", "kind", "answer"), CASES)
def test_a_constituent_is_asked_for_and_answered_by_its_span(
    sentence: str, kind: str, answer: str
) -> None:
    found = {sentence[a.start : a.end] for a in _all(sentence) if a.kind == f"clause:{kind}"}
    assert found == {answer}


@pytest.mark.parametrize(
    "sentence",
    [
        "Als er 1920 nach Hause kam, war niemand mehr da.",
        "Gründung und Ausbau, Zerstörung.",
        "Es wurde 1990 in Berlin gegründet.",
        "In den 1950er Jahren wurde versucht, die Produktion zu steigern.",
    ],
)
def test_what_is_not_surely_understood_is_not_asked(sentence: str) -> None:
    assert _all(sentence) == set()


def test_the_verb_comes_second_and_the_prefield_is_lower_cased() -> None:
    asked = _all("Die alte Brücke wurde 1945 zerstört.")
    assert "Wann wurde die alte Brücke zerstört?" in {a.question for a in asked}


def test_a_pronoun_is_replaced_by_the_person_of_the_title() -> None:
    asked = _all("Er starb 1991 in Zürich.", "Max Frisch")
    questions = {a.question for a in asked}
    assert "Wo starb Max Frisch?" in questions or "Wo ist Max Frisch gestorben?" in questions
    assert not any(" er " in question for question in questions)


def test_a_second_verb_shares_its_subject() -> None:
    sentence = "Der Verein entstand 1905 und wurde 1933 verboten."
    assert {sentence[a.start : a.end] for a in _all(sentence) if "jahr" in a.kind} == {
        "1905",
        "1933",
    }


def test_the_lead_sentence_tells_birth_death_and_profession() -> None:
    lead = (
        "Albert Einstein (* 14. März 1879 in Ulm; + 18. April 1955 in Princeton) "
        "war ein deutscher Physiker."
    )
    asked = lead_questions(lead, "Albert Einstein", random.Random(1))
    spans = {a.kind.removeprefix("lead:"): lead[a.start : a.end] for a in asked}
    assert spans.pop("nation", "deutscher") == "deutscher"
    assert spans == {
        "geboren": "14. März 1879",
        "geburtsort": "Ulm",
        "gestorben": "18. April 1955",
        "sterbeort": "Princeton",
        "beruf": "deutscher Physiker",
    }


def test_asides_are_asked_for() -> None:
    sentence = "Tim Cook, Chef von Apple, besuchte die Internationale Fernmeldeunion (IF)."
    answers = {sentence[a.start : a.end] for a in side_questions(sentence, random.Random(1))}
    assert answers == {"Tim Cook", "Chef von Apple", "Internationale Fernmeldeunion"}


def test_the_prefield_ends_before_the_finite_verb() -> None:
    (clause,) = parse("Am Ende des Krieges lag die Stadt in Trümmern.")
    assert clause.verb.text == "lag"
    assert clause.first.prep == "am"
