"""Reports on disk, baselines, and the comparison of two of them."""

import json

import pytest
from eval_fakes import report_of, result

from eval.compare import Change, compare, compare_text
from eval.results import Results, read_report, shortened, slim, write_report, write_result
from index.errors import ConfigError


def summarised(report):
    for system in report["systems"].values():
        system["summary"] = {
            "all": {"questions": 1, "metrics": {"x": {"value": 1 / 3}}, "ece": 0.1}
        }
    return report


def streamed(path, *results):
    with path.open("w", encoding="utf-8") as file:
        for one in results:
            write_result(file, one)
    return Results(path)


def test_a_report_comes_back_as_it_was_written(tmp_path):
    report = summarised(report_of(result("ä1", text="„Zitat“\u2028\n"), result("b")))
    write_report(report, tmp_path / "new" / "r.json")
    assert read_report(tmp_path / "new" / "r.json") == report
    assert [p.name for p in (tmp_path / "new").iterdir()] == ["r.json"]


def test_streamed_results_make_the_same_file_as_a_list(tmp_path):
    results = [result("a", text="Zeile\u2028zwei"), result("b")]
    report = report_of(*results)
    write_report(report, tmp_path / "list.json")
    report["systems"]["extractive"]["results"] = streamed(tmp_path / "r.jsonl", *results)
    write_report(report, tmp_path / "stream.json")
    assert (tmp_path / "list.json").read_bytes() == (tmp_path / "stream.json").read_bytes()


def test_streamed_results_are_a_sequence(tmp_path):
    results = [result(name) for name in "abc"]
    found = streamed(tmp_path / "r.jsonl", *results)
    assert list(found) == results
    assert (len(found), found[1], found[-1], found[1:]) == (3, results[1], results[2], results[1:])


@pytest.mark.parametrize("text", ["", "[]", "{", '{"format": 2}'])
def test_what_is_no_report_is_refused(tmp_path, text):
    (tmp_path / "r.json").write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError, match=r"r\.json: (cannot be read as|not) a report"):
        read_report(tmp_path / "r.json")


def test_an_absent_report_is_refused_with_a_hint(tmp_path):
    with pytest.raises(ConfigError) as caught:
        read_report(tmp_path / "none.json")
    assert "--write-baseline" in caught.value.hint


def test_a_baseline_holds_numbers_and_no_texts():
    report = summarised(report_of(result("a", text="geheim", metrics={"answer_f1": 1 / 3})))
    found = slim(report)
    text = json.dumps(found, ensure_ascii=False)
    assert "geheim" not in text
    assert "Frage" not in text
    kept = found["systems"]["extractive"]
    assert kept["summary"] == {"all": {"questions": 1, "metrics": {"x": {"value": 0.3333}}}}
    assert kept["results"][0]["metrics"]["answer_f1"] == 0.3333
    assert kept["results"][0]["id"] == "a"


def test_a_shortened_report_keeps_failures_first_and_says_what_is_missing():
    results = [result(str(i), ok=i not in (3, 5)) for i in range(6)]
    system = shortened(report_of(*results), 3)["systems"]["extractive"]
    assert [r["id"] for r in system["results"]] == ["0", "3", "5"]
    assert system["results_left_out"] == 3
    assert shortened(report_of(*results), 6)["systems"]["extractive"]["results"] == results


def test_a_comparison_says_what_became_of_each_question():
    wrong = {"ok": False, "failure": "gold line not quoted"}
    before = [result("a"), result("b", **wrong), result("c"), result("d"), result("only before")]
    after = [
        result("a", **wrong), result("b"), result("c", metrics={"answer_f1": 0.25}), result("d"),
        result("only after"),
    ]  # fmt: skip
    (found,) = compare(report_of(*before), report_of(*after))
    assert (found.system, found.questions) == ("extractive", 4)
    assert found.changes == (
        Change("a", False, "gold line not quoted", "Frage a?"),
        Change("b", True, "now right (was: gold line not quoted)", "Frage b?"),
        Change("c", False, "answer f1 0.500 -> 0.250", "Frage c?"),
    )
    assert compare_text([found]).splitlines() == [
        "extractive: 2 worse, 1 better, 1 as before",
        "  - a  gold line not quoted",
        "      Frage a?",
        "  - c  answer f1 0.500 -> 0.250",
        "      Frage c?",
        "  + b  now right (was: gold line not quoted)",
        "      Frage b?",
    ]


def test_a_comparison_with_itself_finds_nothing():
    report = summarised(report_of(result("a"), result("b", metrics={"answer_f1": 1 / 3})))
    assert compare(slim(report), report)[0].changes == ()


def test_reports_about_different_sets_are_not_compared():
    with pytest.raises(ConfigError, match="different question sets"):
        compare(report_of(), report_of(sha256="1" * 64))


def test_reports_without_a_common_system():
    other = {**report_of(), "systems": {}}
    assert compare_text(compare(report_of(), other)) == "no system stands in both reports"
