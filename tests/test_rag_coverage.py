"""How much of a question a text carries, worked by hand."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.words import Word, content_words
from rag.coverage import NAME_MATCH, PART_MATCH, Keys, coverage, credit, keys_of

NOTHING = Keys(frozenset(), frozenset(), frozenset())


def _credit(word: str, text: str) -> float:
    (found,) = content_words(word)
    return credit(found, keys_of(text))


def _one(word: Word) -> float:
    return 1.0


@pytest.mark.parametrize(
    ("word", "text"),
    [
        ("Soldaten", "Er sah einen Soldaten."),
        ("lieferte", "Nordkorea hat Munition geliefert."),
        ("Außenminister", "Der Aussenminister kam."),
        ("Pjöngjang", "pjoengjang schweigt"),
        ("verlegt", "Truppen wurden verlegt."),
        ("8.000", "Es waren 8000 Mann."),
        ("8000", "Es waren 8\u00a0000 Mann."),
        ("3,5", "Es waren 3,5 Prozent."),
        ("12", "Es waren zwölf Millionen."),
        ("Ko\u0308ln", "Er war in Köln."),
    ],
)
def test_the_word_itself_counts_in_full(word: str, text: str) -> None:
    assert _credit(word, text) == 1.0


@pytest.mark.parametrize(
    ("word", "text"),
    [
        ("Lawrow", "Lavrov kam."),
        ("Lavrov", "Sergej Lawrow kam."),
        ("Selenskyj", "Zelensky kam."),
        ("Лавров", "Lawrow kam."),
        ("Лаврова", "Lawrow kam."),
    ],
)
def test_another_spelling_of_a_name_counts_nearly_in_full(word: str, text: str) -> None:
    assert _credit(word, text) == NAME_MATCH


def test_a_name_is_met_only_by_a_capitalised_word() -> None:
    assert _credit("Lavrov", "lawrow") == 0.0


def test_members_of_compounds_count_less() -> None:
    assert _credit("Munition", "Die Artilleriemunition fehlt.") == PART_MATCH
    assert _credit("Artilleriemunition", "Die Munition der Artillerie fehlt.") == PART_MATCH
    half = _credit("Artilleriemunition", "Die Munition fehlt.")
    assert half == pytest.approx(PART_MATCH / 2)


@pytest.mark.parametrize(
    ("word", "text"),
    [
        ("8.000", "Es waren 80.000 Mann."),
        ("8.000", "Es waren 8 Mann."),
        ("3,5", "Es waren 35 Prozent."),
        ("2024", "Es war 2023, am 20. 2. um 4 Uhr."),
        ("Kursk", "Es war in Kiew."),
        ("Putin", ""),
        ("Путин", "Трамп приехал."),
    ],
)
def test_what_is_not_there_does_not_count(word: str, text: str) -> None:
    assert _credit(word, text) == 0.0


def test_coverage_is_the_weighted_share() -> None:
    """Weights 3 and 1, of which the word of weight 3 is carried: 3/4."""
    asked = content_words("Munition Moskau")
    weights = {"Munition": 3.0, "Moskau": 1.0}
    found = coverage(asked, keys_of("Die Munition fehlt."), lambda word: weights[word.surface])
    assert found == pytest.approx(0.75)
    assert coverage(asked, keys_of("Moskau hat Munition."), _one) == pytest.approx(1.0)
    assert coverage(asked, NOTHING, _one) == 0.0
    assert coverage([], keys_of("Moskau"), _one) is None


@given(
    st.lists(st.sampled_from("Munition Moskau 8.000 Lawrow Artilleriemunition Лавров".split())),
    st.lists(st.sampled_from("Munition Moskau 8000 Lavrov Artillerie nicht Kursk".split())),
    st.sampled_from("Munition Moskau 8000 Lavrov Artillerie".split()),
)
@settings(max_examples=150, deadline=None)
def test_more_text_never_carries_less(asked: list[str], text: list[str], more: str) -> None:
    question = content_words(" ".join(asked))
    before = coverage(question, keys_of(" ".join(text)), _one)
    after = coverage(question, keys_of(" ".join([*text, more])), _one)
    if not question:
        assert before is after is None
        return
    assert before is not None
    assert after is not None
    assert 0.0 <= before <= after <= 1.0
    full = coverage(question, keys_of(" ".join(asked)), _one)
    assert full == pytest.approx(1.0)
