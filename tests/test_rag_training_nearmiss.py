import re
from random import Random

import pytest

from rag.sentences import split_sentences
from rag.training.missing.names import find_names, is_german
from rag.training.missing.nearmiss import asks_other, names_of, swapped, without_answer
from rag.training.missing.vary import varied

CONTEXT = (
    "Angela Merkel wurde 2005 Kanzlerin und besuchte im März Frankreich. "
    "Barack Obama gewann 2008 die Wahl. "
    "Im Jahr 1998 hatte Gerhard Schröder in Spanien verloren."
)
POOL = ("Helmut Kohl", "Willy Brandt", "Jacques Chirac")


def swaps(question: str, answer: str, context: str = CONTEXT) -> dict[str, set[str]]:
    """All swaps of 80 draws by kind."""
    start = context.index(answer)
    found: dict[str, set[str]] = {}
    for seed in range(80):
        drawn = swapped(question, context, (start, start + len(answer)), POOL, Random(seed))
        if drawn is not None:
            found.setdefault(drawn[1], set()).add(drawn[0])
    return found


@pytest.mark.parametrize(
    ("question", "answer", "kind", "pattern"),
    [
        ("Wer wurde 2005 Kanzlerin?", "Angela Merkel", "year", r"Wer wurde \d{4} Kanzlerin\?"),
        ("Wann wurde Merkel gewählt?", "2005", "name", r"Wann wurde \w+ gewählt\?"),
        ("Was war Merkels Amt?", "Kanzlerin", "name", r"Was war \w+[s’] Amt\?"),
        ("Wann war sie in Frankreich?", "März", "place", r"Wann war sie in [\w-]+\?"),
        ("Wie hieß die deutsche Kanzlerin?", "Angela Merkel", "place", r"Wie hieß die \w+e Kanz.*"),
        ("Wie heißt die Kanzlerin?", "Angela Merkel", "role", r"Wie heißt die \w+in\?"),
        ("Wen besuchte sie im März?", "Frankreich", "month", r"Wen besuchte sie im \w+\?"),
        ("Wo war die größte Feier?", "Frankreich", "antonym", r"Wo war die kleinste Feier\?"),
        ("Who won the third round?", "Obama", "ordinal", r"Who won the \w+ round\?"),
        ("Wer gewann nicht?", "Schröder", "negation", r"Wer gewann\?"),
    ],
)
def test_one_thing_is_swapped_by_its_like(question, answer, kind, pattern):
    changed = swaps(question, answer)[kind]
    assert all(re.fullmatch(pattern, new) and new != question for new in changed)


def test_nothing_of_the_answers_sentence_replaces_anything():
    years = swaps("Wer wurde 2005 Kanzlerin?", "Angela Merkel")["year"]
    names = swaps("Wann gewann Barack Obama?", "2008")["name"]
    assert "Wer wurde 2008 Kanzlerin?" in years  # another sentence's year is the hard one
    assert "Wann gewann Gerhard Schröder?" in names
    assert not any("2005" in question for question in years)
    assert not any("Obama" in question for question in names)


def test_a_swap_that_the_context_answers_is_left_out():
    context = "Ada Lovelace starb 1852 in London. Alan Turing starb 1954 in Wilmslow."
    changed = swaps("Wo starb Ada Lovelace?", "London", context)["name"]
    assert "Wo starb Alan Turing?" not in changed


def test_a_question_without_anything_to_swap_gives_none():
    assert swaps("Warum?", "2005") == {}


def test_the_same_seed_gives_the_same_question():
    draws = {swapped("Wann gewann Obama?", CONTEXT, (82, 86), POOL, Random(3)) for _ in range(5)}
    assert len(draws) == 1


def test_sentences_with_the_answer_are_cut_out():
    spans = [(s.start, s.end) for s in split_sentences(CONTEXT)]
    left = without_answer(CONTEXT, ["Barack Obama"], spans)
    assert left == CONTEXT.replace("Barack Obama gewann 2008 die Wahl. ", "")
    assert without_answer(CONTEXT, [CONTEXT], spans) is None
    assert without_answer(CONTEXT, ["steht nirgends"], spans) is None
    assert without_answer("Nur 5. Und 55.", ["5"], [(0, 6), (7, 14)]) == "Und 55."


def test_a_fact_of_the_context_is_not_asked():
    context = (
        "Gerhard Schröder ist 60 Jahre alt, verheiratet und hat zwei Kinder. Er studierte Jura."
    )
    questions = {asks_other("Wer ist das?", context, (0, 16), Random(i)) for i in range(60)}
    asked = " ".join(found[0] for found in questions if found)
    assert "Gerhard Schröder" in asked
    assert not re.search("alt|verheiratet|Kinder|studiert|Mutter", asked)


def test_another_question_word_only_where_the_sentence_is_silent():
    context = "Sie heirateten 1909 heimlich."
    found = {asks_other("Wann heirateten sie?", context, (15, 19), Random(i)) for i in range(20)}
    assert found == {("Wo heirateten sie?", "word"), ("Warum heirateten sie?", "word")}


def test_names_are_told_from_german_nouns():
    assert names_of("Gestern traf Angela Merkel den Präsidenten im Garten bei Wladimir Putin.") == [
        "Angela Merkel",
        "Wladimir Putin",
    ]
    assert [name.article for name in find_names("Wann sanken der Iran und Kuba?")] == ["der", ""]


@pytest.mark.parametrize(
    "text", ["Was zeigte der Obelisk?", "Welche Partei?", "An wen schrieb er?"]
)
def test_german_questions_are_told(text):
    assert is_german(text)
    assert not is_german("What was the name of the king in Berlin?")


def test_variants_keep_question_words_names_and_numbers():
    question = "Wann übernahm Angela Merkel 2005 nicht die größte Fraktion?"
    variants = {varied(question, Random(seed), 0.5) for seed in range(200)}
    assert len(variants) > 20
    for variant in variants:
        lower = variant.lower()
        assert all(word in lower for word in ("wann", "angela merkel", "2005", "nicht"))


def test_most_variants_are_mild():
    question = "Wer hat die Berliner Philharmonie gebaut?"
    variants = [varied(question, Random(seed)) for seed in range(400)]
    mild = [v for v in variants if v.rstrip("?").lower() == question.rstrip("?").lower()]
    assert 0.5 < len(mild) / len(variants) < 0.9
    assert varied(question, Random(1), 0.0) == question
