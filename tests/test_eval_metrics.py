"""Retrieval and answer metrics: each expected value is worked by hand beside it."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eval.metrics import (
    MAX_ALIGNED,
    all_answers_f1,
    exact_match,
    gold_line_recall_at_k,
    gold_line_success_at_k,
    ndcg_at_k,
    recall_at_k,
    reciprocal_rank,
    right_file_wrong_line_at_k,
    success_at_k,
    token_f1,
)
from index.types import Passage

IDS = st.integers(0, 9)
RANKED = st.lists(IDS, max_size=12)
GOLD = st.sets(IDS, min_size=1)
K = st.integers(1, 12)
TEXT = st.lists(st.sampled_from(["Öl", "oel", "8.000", "der", "nicht", "Straße", "„x“"])).map(
    " ".join
)


def span(article_id: str, line_start: int, line_end: int) -> Passage:
    return Passage(-1, article_id, 0, 1, line_start, line_end, "ä")


@pytest.mark.parametrize(
    ("ranked", "k", "expected"),
    [
        (["b", "a", "c"], 1, 0.0),  # {b} holds none of {a, d}
        (["b", "a", "c"], 2, 0.5),  # a is one of two
        (["d", "a", "c"], 2, 1.0),
        (["a", "a", "c"], 3, 0.5),  # a twice is still one of two
        ([], 5, 0.0),
    ],
)
def test_recall_at_k(ranked: list[str], k: int, expected: float) -> None:
    assert recall_at_k(ranked, {"a", "d"}, k) == expected


def test_success_at_k_needs_one_gold_item_only() -> None:
    assert [success_at_k(["b", "a", "c"], ["a", "d"], k) for k in (1, 2, 3)] == [0.0, 1.0, 1.0]


def test_reciprocal_rank_is_of_the_first_gold_item() -> None:
    assert reciprocal_rank(["x", "y", "a", "d"], {"a", "d"}) == 1 / 3
    assert reciprocal_rank(["a", "d"], {"a", "d"}) == 1.0
    assert reciprocal_rank(["x"], {"a"}) == 0.0
    assert reciprocal_rank([], {"a"}) == 0.0


@pytest.mark.parametrize(
    ("ranked", "k", "expected"),
    [
        # discounts 1/log2(2), 1/log2(3), 1/log2(4) = 1, 0.63093, 0.5; ideal: 1.63093
        (["b", "a", "c"], 3, 0.386853),  # 0.63093 / 1.63093
        (["a", "b", "d"], 3, 0.919721),  # 1.5 / 1.63093
        (["d", "a", "c"], 3, 1.0),
        (["b", "a", "d"], 1, 0.0),  # the ideal for k=1 is 1, found 0
        (["a", "b", "c"], 1, 1.0),  # only one place to fill, and it is filled
        (["a", "a", "c"], 3, 0.613147),  # 1 / 1.63093: the second a gains nothing
        ([], 3, 0.0),
    ],
)
def test_ndcg_at_k(ranked: list[str], k: int, expected: float) -> None:
    assert ndcg_at_k(ranked, {"a", "d"}, k) == pytest.approx(expected, abs=1e-6)


GOLD_LINES = {("ä.txt", 3), ("ä.txt", 7), ("b/ß.txt", 1)}


@pytest.mark.parametrize(
    ("spans", "k", "recall", "success", "wrong_line"),
    [
        ([span("ä.txt", 2, 3)], 5, 1 / 3, 1.0, 0.0),  # last line counts
        ([span("ä.txt", 3, 7)], 5, 2 / 3, 1.0, 0.0),  # both lines of ä.txt
        ([span("ä.txt", 4, 6)], 5, 0.0, 0.0, 1.0),  # right file, between its gold lines
        ([span("ß.txt", 1, 1)], 5, 0.0, 0.0, 0.0),  # another file: only the path's end is alike
        ([span("c.txt", 3, 3), span("ä.txt", 7, 7)], 1, 0.0, 0.0, 0.0),  # k cuts the right one
        ([span("ä.txt", 4, 4), span("b/ß.txt", 1, 2)], 2, 1 / 3, 1.0, 0.0),
        ([span("ä.txt", 4, 4), span("b/ß.txt", 1, 2)], 1, 0.0, 0.0, 1.0),
        ([], 5, 0.0, 0.0, 0.0),
    ],
)
def test_gold_lines(
    spans: list[Passage], k: int, recall: float, success: float, wrong_line: float
) -> None:
    assert gold_line_recall_at_k(spans, GOLD_LINES, k) == recall
    assert gold_line_success_at_k(spans, GOLD_LINES, k) == success
    assert right_file_wrong_line_at_k(spans, GOLD_LINES, k) == wrong_line


def test_retrieval_metrics_refuse_questions_without_gold() -> None:
    for metric in (recall_at_k, success_at_k, ndcg_at_k):
        with pytest.raises(ValueError, match="no gold items"):
            metric(["a"], set(), 1)
    with pytest.raises(ValueError, match="no gold items"):
        reciprocal_rank(["a"], [])
    with pytest.raises(ValueError, match="no gold items"):
        gold_line_recall_at_k([span("ä.txt", 1, 1)], [], 1)


def test_k_below_one_is_refused() -> None:
    with pytest.raises(ValueError, match="k is 0, must be at least 1"):
        recall_at_k(["a"], {"a"}, 0)


@given(RANKED, GOLD, K)
def test_retrieval_metrics_lie_in_the_unit_interval(
    ranked: list[int], gold: set[int], k: int
) -> None:
    recall = recall_at_k(ranked, gold, k)
    assert 0 <= recall <= success_at_k(ranked, gold, k) <= 1
    assert 0 <= ndcg_at_k(ranked, gold, k) <= 1
    assert 0 <= reciprocal_rank(ranked, gold) <= 1
    assert recall <= recall_at_k(ranked, gold, k + 1)


@given(st.permutations(range(6)), st.sets(st.integers(0, 5), min_size=1), K)
def test_moving_a_gold_item_up_never_hurts(ranked: list[int], gold: set[int], k: int) -> None:
    better = sorted(ranked, key=lambda item: item not in gold)  # stable: gold first
    assert ndcg_at_k(better, gold, k) == pytest.approx(1.0)
    assert ndcg_at_k(ranked, gold, k) <= 1.0
    assert reciprocal_rank(ranked, gold) <= reciprocal_rank(better, gold) == 1.0


@given(RANKED, GOLD, K)
def test_names_of_the_items_do_not_matter(ranked: list[int], gold: set[int], k: int) -> None:
    renamed, renamed_gold = [f"ü{i}" for i in ranked], {f"ü{i}" for i in gold}
    assert ndcg_at_k(ranked, gold, k) == ndcg_at_k(renamed, renamed_gold, k)
    assert recall_at_k(ranked, gold, k) == recall_at_k(renamed, renamed_gold, k)


@pytest.mark.parametrize(
    ("prediction", "answers", "match", "f1"),
    [
        ("8.000 Soldaten", ["8000 Soldaten"], 1.0, 1.0),
        # 3 words each, "8000" and "soldaten" in common: 2*2 / (3+3)
        ("8000 nordkoreanische Soldaten", ["rund 8.000 Soldaten"], 0.0, 2 / 3),
        # against the second answer 2*1 / (1+2); against the first 0
        ("Moskau", ["Pjöngjang", "Moskau heute"], 0.0, 2 / 3),
        # "nie" twice said, once gold: one in common, 2*1 / (2+1)
        ("nie nie", ["nie"], 0.0, 2 / 3),
        ("Die „Straße“", ["der STRASSE"], 1.0, 1.0),
        ("Pjoengjang", ["Pjöngjang"], 1.0, 1.0),
        ("", [], 1.0, 1.0),  # silence where no answer exists
        ("", ["Moskau"], 0.0, 0.0),  # silence where one exists
        ("Moskau", [], 0.0, 0.0),  # an answer where none exists
        ("…", [], 1.0, 1.0),  # marks only are nothing said
        ("ja", ["nein"], 0.0, 0.0),
    ],
)
def test_exact_match_and_token_f1(
    prediction: str, answers: list[str], match: float, f1: float
) -> None:
    assert exact_match(prediction, answers) == match
    assert token_f1(prediction, answers) == pytest.approx(f1)


@given(TEXT, st.lists(TEXT, min_size=1, max_size=3))
def test_token_f1_bounds(prediction: str, answers: list[str]) -> None:
    f1 = token_f1(prediction, answers)
    assert exact_match(prediction, answers) <= f1 <= 1
    assert f1 <= token_f1(prediction, [*answers, "Öl"])  # one more accepted answer cannot hurt
    assert token_f1(prediction, [prediction]) == 1
    assert token_f1(prediction, answers[:1]) == token_f1(answers[0], [prediction])  # symmetric


@pytest.mark.parametrize(
    ("predictions", "answers", "expected"),
    [
        (["8.000", "10.000"], [["10000"], ["8000"]], 1.0),  # in whatever order
        # "8000 soldaten" against "8000": 2*1/(2+1) = 2/3; one of two answers: 2/3 / 2
        (["8.000 Soldaten"], [["8.000"], ["10.000"]], 1 / 3),
        # one of the two is superfluous: 1 / 2
        (["8.000", "9.000"], [["8.000", "achttausend"]], 0.5),
        # the same answer twice finds only one partner: 1 / 2
        (["8.000", "8000"], [["8.000"], ["10.000"]], 0.5),
        # "rot blau" gets 2/3 from either; "rot" only from "rot": best 2/3 + 1, over 2
        (["rot blau", "rot"], [["rot"], ["blau"]], 5 / 6),
        ([], [], 1.0),
        ([], [["8.000"]], 0.0),
        (["8.000"], [], 0.0),
    ],
)
def test_all_answers_f1(predictions: list[str], answers: list[list[str]], expected: float) -> None:
    assert all_answers_f1(predictions, answers) == pytest.approx(expected)


@given(
    st.lists(TEXT, min_size=1, max_size=4),
    st.lists(st.lists(TEXT, min_size=1), min_size=1, max_size=4),
)
def test_all_answers_f1_is_the_best_of_all_pairings(
    predictions: list[str], answers: list[list[str]]
) -> None:
    size = max(len(predictions), len(answers))
    padded = [*predictions, *[None] * (size - len(predictions))]
    sums = (
        sum(
            token_f1(said, gold)
            for said, gold in zip(order, answers, strict=False)
            if said is not None
        )
        for order in itertools.permutations(padded)
    )
    assert all_answers_f1(predictions, answers) == pytest.approx(max(sums) / size)


def test_all_answers_f1_refuses_what_it_cannot_pair() -> None:
    with pytest.raises(ValueError, match="without accepted spellings"):
        all_answers_f1(["8.000"], [[]])
    too_many = [str(i) for i in range(MAX_ALIGNED + 1)]
    with pytest.raises(ValueError, match="13 answers to pair, at most 12"):
        all_answers_f1(too_many, [[text] for text in too_many])
