"""One sentence in several articles is one evidence with all its sources; two facts never are."""

from __future__ import annotations

from pathlib import Path

import pytest
from fakes import HashEmbedder, build
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from rag_helpers import evidence, write

from rag.assemble import Assistant
from rag.config import Config
from rag.evidence import collapse
from rag.quotes import check_quote

SENTENCE = "Lawrow dankte Nordkorea am 24. Oktober „nicht“ für 8.000 Container."

SAME = {
    "word for word": SENTENCE,
    "other quotation marks": SENTENCE.replace("„", "»").replace("“", "«"),
    "straight quotation marks": SENTENCE.replace("„", '"').replace("“", '"'),
    "no quotation marks": SENTENCE.replace("„", "").replace("“", ""),
    "number without grouping": SENTENCE.replace("8.000", "8000"),
    "number grouped by a thin blank": SENTENCE.replace("8.000", "8\u202f000"),
    "non-breaking spaces": SENTENCE.replace(" ", "\u00a0"),
    "wrapped": SENTENCE.replace(" für", "\r\nfür"),
    "soft hyphen": SENTENCE.replace("Container", "Con\u00adtainer"),
    "umlaut in two code points": SENTENCE.replace("ü", "u\u0308"),
    "exclamation mark": SENTENCE.replace("Container.", "Container!"),
}

DIFFERENT = [
    # numbers
    ("Es waren 8.000 Soldaten.", "Es waren 10.000 Soldaten."),
    ("Es waren 8.000 Soldaten.", "Es waren 8 Soldaten."),
    ("Es waren 1,5 Prozent.", "Es waren 15 Prozent."),
    ("Es waren zwei Tote.", "Es waren drei Tote."),
    ("Er kam am 3.10. nach Köln.", "Er kam am 10.3. nach Köln."),
    ("Köln siegte 2:1.", "Köln siegte 1:2."),
    ("Es waren 40 Prozent.", "Es waren 40 Millionen."),
    # names
    ("Meier kam nach Köln.", "Meyer kam nach Köln."),
    ("Lawrow kam nach Wonsan.", "Lavrov kam nach Wonsan."),
    ("Choe Son Hui reiste ab.", "Choe Sun Hui reiste ab."),
    ("Putin rief Kim an.", "Putin rief Xi an."),
    # negations
    ("Moskau bestätigte das nicht.", "Moskau bestätigte das."),
    ("Es gibt keine Beweise.", "Es gibt Beweise."),
    ("Er war nie in Kursk.", "Er war in Kursk."),
    ("Niemand war in Kursk.", "Er war in Kursk."),
    ("Weder Kim noch Putin kam.", "Kim und Putin kamen."),
    ("Er ging ohne Begleitung.", "Er ging mit Begleitung."),
    # word order
    ("Russland schlug Japan.", "Japan schlug Russland."),
    ("Nordkorea liefert Russland Waffen.", "Russland liefert Nordkorea Waffen."),
    # verbs and their particles
    ("Kim lehnte den Pakt ab.", "Kim nahm den Pakt an."),
    ("Sie sagte zu.", "Sie sagte ab."),
]

DIFFERENT_IN_A_STOP_WORD = [
    ("Kim Jong Il besuchte Moskau.", "Kim Jong Un besuchte Moskau."),
    ("Kim kam vor dem Krieg.", "Kim kam nach dem Krieg."),
    ("Es waren über 100 Tote.", "Es waren unter 100 Tote."),
    ("Er besuchte Moskau.", "Sie besuchte Moskau."),
    ("Waffen gingen aus Russland nach Nordkorea.", "Waffen gingen nach Russland aus Nordkorea."),
    ("Der Präsident schlug den Minister.", "Den Präsidenten schlug der Minister."),
    ("Moskau könnte siegen.", "Moskau wird siegen."),
    ("Das gilt seit Juni.", "Das gilt bis Juni."),
]

DIFFERENT_IN_A_LETTER = [
    ("Moskau fordert Wachstum.", "Moskau fördert Wachstum."),
    ("Muller kam nach Köln.", "Müller kam nach Köln."),
    ("Der Mann fiel in Kursk.", "Die Männer fielen in Kursk."),
    ("Der Preis stieg um 5 € an.", "Der Preis stieg um 5 $ an."),
    ("Es waren -5 Grad in Köln.", "Es waren 5 Grad in Köln."),
]


def _collapsed(*texts: str) -> int:
    """How many pieces of evidence are left of sentences in as many articles."""
    return len(collapse([evidence(text, f"{i}.txt") for i, text in enumerate(texts)]))


@pytest.mark.parametrize("variant", sorted(SAME))
def test_a_near_duplicate_keeps_both_sources(variant: str) -> None:
    first = evidence(SENTENCE, "a.txt", 2.0)
    second = evidence(SAME[variant], "b/a.txt", 1.0)
    (kept,) = collapse([first, second])
    assert kept.text == SENTENCE
    assert [(other.article.id, other.text) for other in kept.also] == [("b/a.txt", SAME[variant])]


def test_all_sources_are_listed_in_order() -> None:
    found = [evidence(text, f"{i}.txt") for i, text in enumerate(SAME.values())]
    stranger = evidence("Choe schwieg.", "x.txt")
    kept = collapse([found[0], stranger, *found[1:]])
    assert [e.article.id for e in kept] == ["0.txt", "x.txt"]
    assert [e.article.id for e in kept[0].also] == [e.article.id for e in found[1:]]
    assert kept[1] == stranger


@pytest.mark.parametrize(("one", "other"), DIFFERENT)
def test_two_facts_stay_apart(one: str, other: str) -> None:
    assert _collapsed(one, other) == 2
    assert _collapsed(other, one, one) == 2


@pytest.mark.parametrize(("one", "other"), DIFFERENT_IN_A_STOP_WORD)
def test_a_stop_word_can_carry_the_difference(one: str, other: str) -> None:
    assert _collapsed(one, other) == 2


@pytest.mark.parametrize(("one", "other"), DIFFERENT_IN_A_LETTER)
def test_a_letter_or_sign_can_carry_the_difference(one: str, other: str) -> None:
    assert _collapsed(one, other) == 2


def test_texts_without_words_collapse_only_if_equal() -> None:
    assert _collapsed("…", "…") == 1
    assert _collapsed("…", "???") == 2
    assert _collapsed("und", "oder") == 2


WORDS = "Moskau Seoul Peking Kiew liefert dementiert Munition Raketen Soldaten heute morgen".split()


@given(
    st.lists(st.sampled_from(WORDS), min_size=3, max_size=7, unique=True),
    st.integers(2, 90_000),
    st.data(),
)
@settings(max_examples=150, deadline=None)
def test_any_changed_word_number_or_order_stays_apart(
    words: list[str], number: int, data: st.DataObject
) -> None:
    base = [*words, str(number)]
    changed = list(base)
    at = data.draw(st.integers(0, len(words) - 1))
    edit = data.draw(st.sampled_from(["swap", "replace", "negate", "number", "drop"]))
    if edit == "swap":
        with_ = data.draw(st.integers(0, len(words) - 1).filter(lambda i: i != at))
        changed[at], changed[with_] = changed[with_], changed[at]
    elif edit == "replace":
        changed[at] = data.draw(st.sampled_from(WORDS).filter(lambda w: w != words[at]))
    elif edit == "negate":
        changed.insert(at, data.draw(st.sampled_from(["nicht", "kein", "nie", "ohne", "weder"])))
    elif edit == "number":
        changed[-1] = str(data.draw(st.integers(2, 90_000).filter(lambda n: n != number)))
    else:
        del changed[at]
    assume(changed != base)
    assert _collapsed(" ".join(base) + ".", " ".join(changed) + ".") == 2


def test_an_answer_lists_every_file_that_says_so(tmp_path: Path) -> None:
    """From files to citation: each further source is a checked quote with its own line."""
    corpus = write(
        tmp_path / "corpus",
        {
            "a.txt": "Titel\n\nPjöngjang verschiffte 8.000 Container nach Russland.\n",
            "b/a.txt": "Anderer Titel\r\n\r\nVorspann.\r\nPjöngjang verschiffte 8000 Container"
            " nach Russland. Danach schwieg es.\r\n",
            "c.txt": "Dritter Titel\n\nPjöngjang verschiffte 9.000 Container nach Russland.\n",
        },
    )
    build(corpus, tmp_path / "index")
    config = Config(
        corpus, tmp_path / "cache", index=tmp_path / "index", abstain_below=0.0, drafter="none"
    )
    answer = Assistant(config, HashEmbedder()).ask(
        "Wie viele Container verschiffte Pjöngjang nach Russland?"
    )
    sources = [
        sorted(quote.source for quote in (citation.quote, *citation.also))
        for citation in answer.citations
    ]
    assert ["a.txt:3", "b/a.txt:4"] in sources
    assert all("c.txt:3" not in found for found in sources if "a.txt:3" in found)
    for citation in answer.citations:
        assert all(check_quote(corpus, quote) for quote in (citation.quote, *citation.also))
