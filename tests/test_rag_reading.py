"""What a drafter reads, and the way of its spans back to sentences and quotes."""

from __future__ import annotations

import math
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest
from rag_helpers import evidence, indexed, sources, write

from index.types import Hit, Passage
from rag.decide import Decision
from rag.evidence import FEATURES, Evidence
from rag.quotes import Sources
from rag.reading import (
    EVIDENCE_WEIGHT,
    KEEP_MARGIN,
    MOST_SPANS,
    UNSCORED_MARGIN,
    WEIGHTS,
    Reading,
    Unit,
    confidence,
    kept,
    readings,
    signals,
    units,
)
from rag.types import Draft, DraftSpan

SENTENCES = (
    "Präsident Yoon sprach in Köln.",
    "Er nannte „8.000 Container“ 👍🏽.",
    "Die Straße blieb gesperrt.",
    "Übrigens fielen 3,5 Liter.",
    "Niemand lachte.",
)
TEXT = "\ufeff" + " ".join(SENTENCES[:3]) + "\r\n\r\n" + " ".join(SENTENCES[3:]) + "\r\n"
FILES = {"süd/a.txt": TEXT, "b.txt": "Niemand lachte. Nur Bonn jubelte.\n"}


@pytest.fixture
def found(tmp_path: Path) -> Sources:
    return sources(write(tmp_path, FILES))


def at(text: str, part: str) -> tuple[int, int]:
    start = text.index(part)
    return start, start + len(part)


def hit(part: str, *, article: str = "süd/a.txt", boilerplate: bool = False) -> Hit:
    """A passage as the index holds it; it may cut sentences."""
    start, end = at(FILES[article], part)
    return Hit(Passage(1, article, start, end, 1, 1, part, boilerplate), 1.0, 1)


def read(found: Sources, *hits: Hit, most: int = 9) -> list[str]:
    return [unit.text for unit in units(hits, found, most)]


def sentence(found: Sources, number: int, score: float, article: str = "süd/a.txt") -> Evidence:
    loaded = found.article(article)
    assert loaded is not None
    place = found.sentences(loaded)[number]
    return Evidence(loaded, place.start, place.end, place.start, (1.0,), score)


def unit(found: Sources, first: int, last: int, article: str = "süd/a.txt") -> Unit:
    start, end = sentence(found, first, 0.0, article), sentence(found, last, 0.0, article)
    return Unit(start.article, start.start, end.end)


def draft(read: list[Unit], *spans: tuple[int, str, float]) -> Draft:
    """A draft of these words of the units."""
    made = (DraftSpan(i, *at(read[i].text, words), chance) for i, words, chance in spans)
    return Draft(tuple(made), 0.7, False)


def test_sentences_that_are_not_neighbours_are_not_read_as_one(found: Sources) -> None:
    middle = hit("Er nannte „8.000 Container“ 👍🏽.")
    whole = hit(TEXT[1:].rstrip())
    assert read(found, middle, whole) == [
        SENTENCES[1],
        SENTENCES[0],
        TEXT[TEXT.index(SENTENCES[2]) :].rstrip(),
    ]
    assert read(found, middle, whole, most=2) == [SENTENCES[1], SENTENCES[0]]


def test_units_begin_and_end_with_sentences(found: Sources) -> None:
    assert read(found, hit("nannte „8.000 Container“ 👍🏽. Die")) == [" ".join(SENTENCES[1:3])]
    assert read(found, hit(TEXT)) == [TEXT.strip("\ufeff\r\n")]
    assert read(found, hit("lachte. Nur", article="b.txt"), hit("Liter")) == [
        "Niemand lachte. Nur Bonn jubelte.",
        SENTENCES[3],
    ]
    for made in units([hit("ß")], found):
        assert made.article.text[made.start : made.end] == made.text == SENTENCES[2]


def test_no_sentence_is_read_twice(found: Sources) -> None:
    assert read(
        found, hit("Container"), hit("Er nannte „8"), hit("Container“ 👍🏽. Die Straße")
    ) == [
        SENTENCES[1],
        SENTENCES[2],
    ]
    assert read(found, hit("Straße"), hit("Köln. Er nannte „8.000 Container“ 👍🏽. Die")) == [
        SENTENCES[2],
        " ".join(SENTENCES[:2]),
    ]
    same = read(found, hit("Niemand"), hit("Niemand", article="b.txt"))
    assert same == [SENTENCES[4]] * 2  # in two articles


def test_passages_of_the_index_are_read_once(tmp_path: Path) -> None:
    text = TEXT + "Die Straße nach Norden blieb gesperrt, weil „viel“ Regen fiel.\r\n" * 40
    stamps, passages = indexed(write(tmp_path, {"lang.txt": text}))
    there = Sources(tmp_path, stamps)
    hits = [Hit(passage, 1.0, rank) for rank, passage in enumerate(reversed(passages), 1)]
    assert len(hits) > 2
    made = sorted(units(hits, there, 99), key=lambda unit: unit.start)
    assert [made[0].start, made[-1].end] == [1, len(text.rstrip())]
    assert all(text[a.end : b.start].isspace() for a, b in pairwise(made))
    assert units(hits, there) == sorted(made, key=lambda unit: -unit.start)[:4]


def test_boilerplate_is_read_last(found: Sources) -> None:
    hits = hit("Köln", boilerplate=True), hit("Liter"), hit("Straße")
    assert read(found, *hits) == [SENTENCES[3], SENTENCES[2], SENTENCES[0]]
    assert read(found, *hits, most=2) == [SENTENCES[3], SENTENCES[2]]
    assert read(found, *hits, most=0) == []


def test_an_article_that_is_gone_is_passed_over(tmp_path: Path) -> None:
    there = sources(write(tmp_path, FILES))
    (tmp_path / "b.txt").unlink()
    hits = hit("Bonn", article="b.txt"), hit("Köln")
    assert read(there, *hits, most=1) == [SENTENCES[0]]
    assert units([], there) == []


def test_a_span_is_brought_back_to_its_sentence(found: Sources) -> None:
    texts = [unit(found, 2, 4), unit(found, 0, 1)]
    known = [sentence(found, 3, 5.0), sentence(found, 0, -1.0)]
    spans = draft(texts, (0, "3,5 Liter", 0.5), (1, "Köln", 0.25))
    assert readings(spans, texts, known, found) == [
        Reading(known[0], *at(TEXT, "3,5 Liter"), math.log(0.5) + EVIDENCE_WEIGHT * 5.0),
        Reading(known[1], *at(TEXT, "Köln"), math.log(0.25) - EVIDENCE_WEIGHT),
    ]
    assert [r.text for r in readings(spans, texts, known, found)] == ["3,5 Liter", "Köln"]
    assert readings(spans, texts, known, found)[0].evidence is known[0]


def test_the_drafter_and_the_evidence_both_count(found: Sources) -> None:
    texts = [unit(found, 0, 0), unit(found, 3, 3)]
    known = [sentence(found, 0, 0.0), sentence(found, 3, math.log(2) / EVIDENCE_WEIGHT + 0.1)]
    spans = draft(texts, (0, "Köln", 0.5), (1, "Liter", 0.25))
    assert [r.text for r in readings(spans, texts, known, found)] == ["Liter", "Köln"]
    known[1] = replace(known[1], score=known[1].score - 0.2)
    assert [r.text for r in readings(spans, texts, known, found)] == ["Köln", "Liter"]


def test_a_sentence_that_was_not_scored_counts_below_the_others(found: Sources) -> None:
    texts = [unit(found, 0, 4)]
    spans = draft(texts, (0, "8.000 Container", 1.0))
    [made] = readings(spans, texts, [sentence(found, 0, 4.0), sentence(found, 2, 3.0)], found)
    second = sentence(found, 1, 3.0 - UNSCORED_MARGIN)
    first = sentence(found, 0, 0.0)
    # "Er" leans on the sentence before, which is quoted with it
    assert made.evidence == replace(second, quote_start=first.start, features=())
    assert made.score == pytest.approx(EVIDENCE_WEIGHT * (3.0 - UNSCORED_MARGIN))
    [alone] = readings(spans, texts, [], found)
    assert alone.score == pytest.approx(-EVIDENCE_WEIGHT * UNSCORED_MARGIN)


def test_a_span_over_a_sentence_end_has_both_sentences(found: Sources) -> None:
    texts = [unit(found, 1, 3)]
    known = [sentence(found, 2, 7.0), sentence(found, 3, 9.0)]
    words = "gesperrt.\r\n\r\nÜbrigens fielen"
    [made] = readings(draft(texts, (0, words, 0.5)), texts, known, found)
    assert made.text == words
    assert made.evidence == replace(known[0], end=known[1].end)
    assert made.score == pytest.approx(math.log(0.5) + EVIDENCE_WEIGHT * 7.0)
    assert made.evidence.text == f"{SENTENCES[2]}\r\n\r\n{SENTENCES[3]}"


def test_a_sentence_that_stands_elsewhere_too_counts_there(found: Sources) -> None:
    also = sentence(found, 0, 2.0, "b.txt")
    known = [replace(sentence(found, 4, 2.0), also=(also,))]
    texts = [unit(found, 0, 1, "b.txt"), unit(found, 3, 4)]
    spans = draft(texts, (0, "Niemand", 0.5), (1, "Niemand", 0.5))
    [there, main] = readings(spans, texts, known, found)
    assert there.evidence == also
    assert main.evidence is known[0]
    assert there.score == main.score


def test_a_probability_of_nought_has_a_logarithm(found: Sources) -> None:
    texts = [unit(found, 0, 0)]
    [made] = readings(draft(texts, (0, "Köln", 0.0)), texts, [sentence(found, 0, 0.0)], found)
    assert made.score == pytest.approx(math.log(1e-12))
    assert readings(Draft((), 0.0, True), texts, [], found) == []


def test_near_spans_are_kept() -> None:
    scores = [0.0, -0.4 * KEEP_MARGIN, -KEEP_MARGIN, -1.1 * KEEP_MARGIN]
    made = [Reading(evidence("Ja"), 0, 2, score) for score in scores]
    assert kept(made) == made[:3]
    assert kept([made[0], *made[:2] * 3]) == [made[0], *made[:2] * 3][:MOST_SPANS]
    assert kept(made[2:]) == made[2:]
    assert kept(made[:1]) == made[:1]
    assert kept([]) == []


def span_of(text: str, words: str) -> Reading:
    return Reading(evidence(text), *at(text, words), 0.0)


@pytest.mark.parametrize(
    ("chance", "logit"), [(0.5, 0.0), (0.75, math.log(3)), (0.0, -8), (1.0, 8), (1 - 1e-9, 8)]
)
def test_signals_worked_by_hand(chance: float, logit: float) -> None:
    best = span_of("Scholz kam am 3. Mai nach Köln.", "Köln")
    decision, said = Decision(0.2, (), ()), Draft((), chance, False)
    wanted = {
        "one": 1.0, "drafter": logit, "evidence": math.log(0.25), "agrees": 1.0, "cosine": 0.75,
    }  # fmt: skip
    assert signals(decision, said, best, scored(best.evidence)) == pytest.approx(wanted)
    other = scored(evidence("Macron kam nicht."))
    wanted["agrees"] = 0.0
    assert signals(decision, said, best, other) == pytest.approx(wanted)


def scored(found: Evidence) -> Evidence:
    return replace(found, features=tuple(0.75 if name == "cosine" else 0.0 for name in FEATURES))


def test_confidence_is_logistic() -> None:
    values = {name: number / 4 - 1 for number, name in enumerate(WEIGHTS)}
    score = sum(WEIGHTS[name] * value for name, value in values.items())
    assert confidence(values) == pytest.approx(1 / (1 + math.exp(-score)))
    assert confidence({"drafter": 1e9}) == pytest.approx(1.0)
    assert confidence({"drafter": -1e9}) == pytest.approx(0.0, abs=1e-20)
    assert confidence({}) == 0.5


def test_confidence_rises_with_the_drafters() -> None:
    best = span_of(SENTENCES[0], "Köln")
    drafts = [Draft((), chance / 100, False) for chance in range(101)]
    decision = Decision(0.4, (), ())
    values = [signals(decision, draft, best, scored(best.evidence)) for draft in drafts]
    assert all(set(found) == set(WEIGHTS) for found in values)
    assert all(before < after for before, after in pairwise(map(confidence, values)))
