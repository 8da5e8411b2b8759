import unicodedata

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from index.spelling import name_key
from index.words import Word, compound_parts, content_words, stem_of, words


def only(text: str) -> Word:
    found = words(text)
    assert len(found) == 1, found
    return found[0]


def keys(word: Word) -> set[str]:
    return {word.stem, *word.parts}


@pytest.mark.parametrize(
    "forms",
    [
        ("Pjöngjang", "Pjoengjang", "Pjongjang", "PJÖNGJANG", "pjöngjang"),
        ("Präsident", "praesident", "prasident", "Präsidenten", "PRÄSIDENT"),
        ("Straße", "Strasse", "STRASSE", "strasse", "Straßen"),
        ("Überläufer", "Ueberlaeufer", "ÜBERLÄUFER"),
        ("Größe", "Groesse", "Grösse"),
        ("Minister", "Ministers", "Ministern"),
    ],
)
def test_spellings_and_inflections_of_a_word_share_their_stem(forms):
    assert len({only(form).stem for form in forms}) == 1


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Schule", "Schuld"),
        ("Armee", "Armenien"),
        ("Nordkorea", "Südkorea"),
        ("Kiew", "Kino"),
        ("Käse", "Kasse"),
    ],
)
def test_other_words_keep_other_stems(one, other):
    assert only(one).stem != only(other).stem


@pytest.mark.parametrize(
    "text", ["Pra\u0308sident", "Prä\u00adsi\u00addent", "Pra\u0308\u00adsident"]
)
def test_decomposed_umlauts_and_soft_hyphens_stay_in_the_word(text):
    word = only(text)
    assert (word.surface, word.start, word.end) == (text, 0, len(text))
    assert word.stem == stem_of("Präsident")


def test_hyphenated_and_closed_compounds_meet():
    closed = only("Artilleriemunition")
    first, second = words("Artillerie-Munition")
    assert {first.stem, second.stem} == set(closed.parts)
    assert closed.stem not in closed.parts


@pytest.mark.parametrize(
    ("compound", "members"),
    [
        ("Munitionsversorgung", ("munition", "versorgung")),
        ("Außenministerin", ("außen", "ministerin")),
        ("Munitionslieferung", ("munition", "lieferung")),
        ("Haus", ()),
        ("Präsident", ()),
        ("", ()),
    ],
)
def test_compounds_fall_into_dictionary_words(compound, members):
    assert compound_parts(compound) == members


def test_parts_of_a_compound_are_stems():
    assert set(only("Munitionsversorgung").parts) == {stem_of("Munition"), stem_of("Versorgung")}


def test_a_verb_in_lower_case_is_no_compound():
    assert only("zugesichert").parts == ()  # not Zug + sicher


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("8000", "8000"),
        ("8.000", "8000"),
        ("8 000", "8000"),
        ("8\u00a0000", "8000"),
        ("8\u202f000", "8000"),
        ("8\u2009000", "8000"),
        ("8'000", "8000"),
        ("1.234.567", "1234567"),
        ("007", "7"),
        ("3,5", "3k5"),
    ],
)
def test_numbers_lose_their_grouping(text, key):
    word = only(text)
    assert (word.stem, word.is_number, word.surface) == (key, True, text)


@pytest.mark.parametrize(
    ("text", "stems"),
    [
        ("24. Oktober 2024", ["24", stem_of("Oktober"), "2024"]),
        ("8.0001", ["8", "1"]),  # no group of three
        ("3,5 Prozent", ["3k5", stem_of("Prozent")]),
        ("Kim-8000", [stem_of("Kim"), "8000"]),
        ("G7", ["g", "7"]),
    ],
)
def test_digits_and_letters_are_words_of_their_own(text, stems):
    assert [word.stem for word in words(text)] == stems


def test_different_numbers_stay_different():
    found = [only(n).stem for n in ("8.000", "10.000", "800", "80.000", "3,5", "35", "5,3")]
    assert len(set(found)) == 7


@pytest.mark.parametrize(("text", "digits"), [("drei", "3"), ("Zwölf", "12"), ("dreißig", "30")])
def test_a_number_word_carries_its_digits(text, digits):
    assert digits in only(text).parts
    assert not only(text).is_number


@pytest.mark.parametrize(
    "names",
    [
        ("Lawrow", "Lavrov", "Лавров"),
        ("Selenskyj", "Zelensky", "Selenski", "Зеленский"),
        ("Schoigu", "Shoigu", "Шойгу"),
        ("Chruschtschow", "Khrushchov", "Хрущов"),
        ("Jelzin", "Yeltsin"),
    ],
)
def test_transliterations_of_a_name_share_their_key(names):
    assert len({only(name).name_key for name in names}) == 1


@pytest.mark.parametrize(
    ("one", "other"),
    [("Lawrow", "Lavrenti"), ("Scholz", "Schulz"), ("Kim", "Kin"), ("Putin", "Patin")],
)
def test_other_names_keep_other_keys(one, other):
    assert name_key(one) != name_key(other)


@pytest.mark.parametrize("form", ["Лаврова", "Лаврову", "Лавровым", "Лаврове"])
def test_a_cyrillic_name_meets_its_latin_form_in_every_case(form):
    assert only("Lawrow").name_key in only(form).parts


def test_a_stress_mark_changes_no_cyrillic_word():
    plain, stressed = only("Москва"), only("Москва\u0301")
    assert (stressed.stem, stressed.parts, stressed.name_key) == (
        plain.stem,
        plain.parts,
        plain.name_key,
    )
    assert stressed.surface == "Москва\u0301"


def test_a_breve_is_part_of_a_cyrillic_letter():
    assert only("Шои\u0306гу").stem == only("Шойгу").stem == "шойгу"


def test_stop_words_are_words_without_content():
    text = "Wie viele Schuss lieferte der Präsident?"
    assert [word.surface for word in content_words(text)] == ["Schuss", "lieferte", "Präsident"]
    assert len(words(text)) == 6


def test_capital_letters_are_seen():
    assert [word.capitalised for word in words("Ämter über Öl 8")] == [True, False, True, False]


def test_punctuation_and_emoji_are_no_words():
    assert words("„…“ – 🌧️ !?\u2028\x00_\u0301") == []


texts = st.one_of(
    st.text(max_size=60),
    st.text(alphabet="aäÄßeoué й8.,' \u00a0\u00ad\u0301\u0308иЛ-İŉǰ²Ⅷ٣ʰﬁ", max_size=30),
)


@given(texts)
@example("а\u0301")
@example("ИÀ\u0301")
@settings(max_examples=300, deadline=None)
def test_any_text_gives_slices_in_order_and_plain_keys(text):
    end = 0
    for word in words(text):
        assert end <= word.start < word.end <= len(text)
        assert word.surface == text[word.start : word.end]
        for key in (word.stem, *word.parts, word.name_key):
            assert key == "" or key.isalnum(), (word, key)
        end = word.end


european = st.text(st.characters(max_codepoint=0x52F, exclude_categories=["Cs"]), max_size=40)


@given(european)
@settings(max_examples=200, deadline=None)
def test_composed_and_decomposed_text_have_the_same_keys(text):
    composed, decomposed = (
        [(w.stem, w.parts, w.name_key) for w in words(unicodedata.normalize(form, text))]
        for form in ("NFC", "NFD")
    )
    assert composed == decomposed


@given(texts, texts)
@settings(max_examples=100, deadline=None)
def test_text_around_does_not_change_a_word(before, after):
    found = words(f"{before}\n| Lawrow |\n{after}")
    assert only("Lawrow").stem in [word.stem for word in found]
    assert sum(word.surface == "Lawrow" for word in found) >= 1
