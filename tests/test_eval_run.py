"""From results to a report: columns, summaries, two systems side by side, the table."""

import json
import math
from pathlib import Path

import numpy as np
import pytest
from eval_fakes import ABOUT, keep, result, silent
from fakes import write_corpus

from eval.numbers import Numbers
from eval.questions import EvalQuestion, GoldLine
from eval.results import Results
from eval.run import System, run, systems_of
from eval.summary import difference, summarise
from eval.table import table_text
from index.errors import QuestionError
from rag.config import Config

QUESTIONS = (
    EvalQuestion("d1", "dev", "Wie viele Container wurden verschifft?", "de", "number", True,
                 ("8.000",), (GoldLine("munition.txt", 3),), ""),
    EvalQuestion("t1", "test", "Wie viel Regen fiel in Ústí?", "de", "number", True,
                 ("3,5 Liter",), (GoldLine("wetter.txt", 3),), ""),
    EvalQuestion("t2", "test", "What did Yoon say?", "en", "who_said", True,
                 (), (GoldLine("munition.txt", 3),), ""),
    EvalQuestion("t3", "test", "Wer gewann die Wahl?", "de", "absent_fact", False, (), (), ""),
)  # fmt: skip


@pytest.fixture(scope="module")
def kept(tmp_path_factory):
    folder = tmp_path_factory.mktemp("kept")
    return keep(write_corpus(folder / "corpus"), folder / "index", QUESTIONS)


class Failing:
    def __init__(self, kept):
        self.kept = kept

    def ask(self, question):
        if "Regen" in question:
            raise QuestionError("the question is too long")
        return self.kept.ask(question)

    def search(self, question, limit):
        return self.kept.search(question, limit)


def test_a_run_measures_every_question_in_order(kept, tmp_path):
    steps = []
    system = System("extractive", kept.config)
    report = run([system], lambda _: kept, QUESTIONS, tmp_path, about=ABOUT,
                 progress=lambda: steps.append(1))  # fmt: skip
    results = report["systems"]["extractive"]["results"]
    assert [r["id"] for r in results] == ["d1", "t1", "t2", "t3"]
    assert [r["ok"] for r in results][3]
    assert len(steps) == 4
    assert report["comparison"] is None
    assert report["set"] == ABOUT["set"]
    assert isinstance(results, Results)
    json.dumps(report["systems"]["extractive"]["summary"], allow_nan=False)


def test_splits_kinds_and_languages_are_summarised(kept, tmp_path):
    summary = kept.report(tmp_path)["systems"]["extractive"]["summary"]
    assert {name: part["questions"] for name, part in summary.items()} == {
        "dev": 1, "test": 3, "all": 4,
    }  # fmt: skip
    test = summary["test"]
    assert test["answerable"] == 2
    assert {k: v["questions"] for k, v in test["by_kind"].items()} == {
        "number": 1, "who_said": 1, "absent_fact": 1,
    }  # fmt: skip
    assert {k: v["questions"] for k, v in test["by_language"].items()} == {"de": 2, "en": 1}
    assert test["metrics"]["answer_f1"]["n"] == 1  # t2 has no accepted strings
    assert test["by_kind"]["absent_fact"]["metrics"]["gold_line_hit"] == {
        "value": None, "low": None, "high": None, "n": 0,
    }  # fmt: skip
    assert test["abstention"] == {
        "precision": 1.0, "recall": 1.0, "false_refusal": 0.0, "abstained": 1, "unanswerable": 1,
    }  # fmt: skip
    assert set(test["latency_s"]) >= {"total", "read", "retrieve"}


def test_a_drafter_stands_beside_the_extractive_baseline(kept, tmp_path):
    mute = kept.changed(lambda q, _: silent(q.question))
    systems = [System("extractive", kept.config), System("drafter", kept.config)]
    assistants = {"extractive": kept, "drafter": mute}
    report = run(systems, lambda s: assistants[s.name], QUESTIONS, tmp_path, about=ABOUT)
    found = report["comparison"]
    right = [r["ok"] for r in report["systems"]["extractive"]["results"]][1:]
    assert (found["first"], found["second"], found["split"]) == ("extractive", "drafter", "test")
    assert found["mcnemar"]["only_first"] == sum(right[:2])
    assert found["mcnemar"]["only_second"] == 0
    assert found["f1_difference"]["value"] < 0
    assert "drafter against extractive, test: answer F1 -" in table_text(report)


def test_a_question_that_cannot_be_asked_does_not_end_the_run(kept, tmp_path):
    system = System("extractive", kept.config)
    report = run([system], lambda _: Failing(kept), QUESTIONS, tmp_path, about=ABOUT)
    results = report["systems"]["extractive"]["results"]
    assert len(results) == 4
    assert results[1]["failure"] == "the question is too long"


def test_a_plain_config_is_one_system():
    config = Config(corpus=Path("c"), cache=Path("k"), drafter="none")
    assert systems_of(config) == (System("extractive", config),)


def test_columns_keep_none_apart_from_zero_and_fill_what_came_late():
    numbers = Numbers()
    numbers.add(result("a", metrics={"answer_f1": None}))
    numbers.add(result("b", metrics={"answer_f1": 0.0, "new": 1.0}, stages_s={"draft": 2.0}))
    everything = numbers.everything()
    assert numbers.values("metric:answer_f1", everything).tolist() == [0.0]
    assert np.isnan(numbers.column("metric:new")).tolist() == [True, False]
    assert numbers.names("stage:") == ["read", "draft"]
    assert np.isnan(numbers.column("stage:read")).tolist() == [False, True]
    assert numbers.labels("split") == ["test"]


def test_a_summary_worked_by_hand():
    confidences, right = (0.9, 0.7, 0.2, 0.4), (True, False, True, False)
    results = [
        result(str(i), confidence=c, right_if_answered=r, answerable=i != 3, abstained=c < 0.5)
        for i, (c, r) in enumerate(zip(confidences, right, strict=True))
    ]
    found = summarise(Numbers.of(results))["test"]
    # thresholds 0.9, 0.7, 0.4, 0.2: of those answered 0, 1, 2, 2 are wrong
    assert [(p["coverage"], p["risk"]) for p in found["risk_coverage"]] == [
        (0.25, 0.0), (0.5, 0.5), (0.75, pytest.approx(2 / 3)), (1.0, 0.5),
    ]  # fmt: skip
    assert found["aurc"] == pytest.approx((0 + 1 / 2 + 2 / 3 + 1 / 2) / 4)
    assert found["auroc"] == pytest.approx(2 / 3)  # 0.9 and 0.7 are above 0.4, 0.2 is not
    assert found["abstention"] == {
        "precision": 0.5, "recall": 1.0, "false_refusal": pytest.approx(1 / 3),
        "abstained": 2, "unanswerable": 1,
    }  # fmt: skip
    # one question in each bin: |1 - 0.9| + |1 - 0.7| + |1 - 0.2| + |0 - 0.4| over 4
    assert found["ece"] == pytest.approx((0.1 + 0.3 + 0.8 + 0.4) / 4)
    assert found["latency_s"] == {
        "total": {"median": 0.5, "p95": 0.5}, "read": {"median": 0.1, "p95": 0.1},
    }  # fmt: skip


def test_a_long_risk_coverage_curve_is_thinned_and_keeps_its_end():
    results = [result(str(i), confidence=i / 1000) for i in range(1000)]
    points = summarise(Numbers.of(results))["test"]["risk_coverage"]
    assert len(points) == 200
    assert points[-1]["coverage"] == 1.0


def test_a_difference_leaves_out_questions_without_f1():
    first = Numbers.of([result("a", metrics={"answer_f1": None}), result("b")])
    second = Numbers.of([
        result("a", metrics={"answer_f1": None}, ok=False),
        result("b", metrics={"answer_f1": 0.75}),
    ])  # fmt: skip
    found = difference(first, second)
    assert found["f1_difference"] == {"value": 0.25, "low": 0.25, "high": 0.25}
    assert (found["mcnemar"]["only_first"], found["mcnemar"]["p_value"]) == (1, 1.0)
    with pytest.raises(ValueError, match="2 and 1 questions"):
        difference(first, Numbers.of([result("a")]))


def test_faithfulness_is_not_shown_without_coverage(kept, tmp_path):
    text = table_text(kept.report(tmp_path))
    assert "Faithfulness of the answers given (extractive: 2 of 2 answerable questions" in text
    assert text.index("Faithfulness") < text.index("quote precision")
    mute = kept.changed(lambda q, _: silent(q.question)).report(tmp_path / "mute")
    text = table_text(mute)
    assert "(extractive: 0 of 2 answerable questions answered)" in text
    assert "quote precision               –" in text


def test_a_judge_is_shown_with_its_own_error(kept, tmp_path):
    system = System("extractive", kept.config)
    error = {"accuracy": 0.8, "false_entail": 0.1, "missed_entail": None, "pairs": 50}
    about = {**ABOUT, "judges": {"nli": error}, "provenance": {"models": {"nli": {}}}}
    report = run(
        [system], lambda _: kept, QUESTIONS, tmp_path, about=about, judge=lambda p, c: True
    )
    text = table_text(report)
    assert "nli: accuracy 0.800, false entail 0.100, missed entail – on 50 pairs" in text
    assert "nli citation recall           1.000" in text
    del report["judges"]
    assert "nli: its own error was not measured" in table_text(report)


def test_no_number_of_a_summary_is_nan(kept, tmp_path):
    def numbers_in(value):
        if isinstance(value, dict):
            for part in value.values():
                yield from numbers_in(part)
        elif isinstance(value, list):
            for part in value:
                yield from numbers_in(part)
        elif isinstance(value, float):
            yield value

    assert not any(
        map(math.isnan, numbers_in(kept.report(tmp_path)["systems"]["extractive"]["summary"]))
    )
