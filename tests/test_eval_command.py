"""`beleg eval` from the options to the files, the table and the exit code."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from fakes import HashEmbedder, write_corpus
from test_eval_judge import save_model

from eval.command import Order, evaluate
from eval.provenance import file_sha256
from eval.results import read_report
from index.errors import ConfigError, QuestionFileError
from rag.config import Config
from ui.cli import main

PROJECT = Path(__file__).parent.parent
ROW = {"id": "1", "split": "test", "question": "Wie viele Container wurden verschifft?",
       "lang": "de", "kind": "number", "answerable": True, "answers": ["8.000"],
       "gold": ["munition.txt:3"],       "note": ""}  # fmt: skip


@pytest.fixture
def place(tmp_path):
    write_corpus(tmp_path / "corpus")
    rows = [ROW, ROW | {"id": "2", "split": "dev", "question": "Wie viel Regen fiel in Ústí?",
                        "answers": [], "gold": ["wetter.txt:3"]}]  # fmt: skip
    lines = (json.dumps(row, ensure_ascii=False) for row in rows)
    (tmp_path / "set.jsonl").write_text("\n".join(lines), encoding="utf-8")
    return tmp_path


def ordered(place, name="r", **values):
    config = Config(
        corpus=place / "corpus",
        cache=place / "cache",
        index=place / "index",
        drafter="none",
        abstain_below=0.0,
    )
    return Order(
        config,
        questions=place / "set.jsonl",
        json=place / f"{name}.json",
        html=place / f"{name}.html",
        **values,
    )


def run(place, name="r", **values):
    said = []
    code = evaluate(ordered(place, name, **values), said.append, HashEmbedder())
    return code, "\n".join(said)


def test_a_report_says_where_its_numbers_come_from(place):
    code, said = run(place)
    report = read_report(place / "r.json")
    assert code == 0
    assert "set, test: 1 questions, 1 answerable" in said
    assert report["set"] == {
        "path": str(place / "set.jsonl"), "name": "set", "questions": 2, "dev": 1, "test": 1,
        "sha256": file_sha256(place / "set.jsonl"),
    }  # fmt: skip
    found = report["provenance"]
    assert found["models"]["embedder"]["name"] == "hash-words"
    assert (found["index"]["generation"], found["index"]["articles"]) == (1, 3)
    assert found["settings"]["extractive"]["max_quotes"] == 3
    assert "cache" not in found["settings"]["extractive"]
    assert {"beleg", "torch", "faiss-cpu"} <= found["versions"].keys()
    assert (place / "r.html").read_text(encoding="utf-8").startswith("<!")


def test_one_half_alone(place):
    run(place, split="dev")
    report = read_report(place / "r.json")
    assert [r["id"] for r in report["systems"]["extractive"]["results"]] == ["2"]
    assert set(report["systems"]["extractive"]["summary"]) == {"dev", "all"}


def test_a_baseline_compares_equal_and_is_green(place):
    run(place, baseline=place / "base.json")
    code, said = run(place, "again", compare=place / "base.json", gate=place / "base.json")
    assert code == 0
    assert "extractive: 0 worse, 0 better, 2 as before" in said
    assert said.endswith("green")


def test_a_red_gate_is_exit_code_1_with_its_reasons(place):
    run(place, baseline=place / "base.json")
    baseline = json.loads((place / "base.json").read_text(encoding="utf-8"))
    for result in baseline["systems"]["extractive"]["results"]:
        result["metrics"] |= {"answer_f1": 1.0}
    (place / "base.json").write_text(json.dumps(baseline), encoding="utf-8")
    code, said = run(place, gate=place / "base.json")
    assert code == 1
    assert "RED\n  extractive: answer f1 is" in said


def test_a_baseline_of_another_set_is_refused_before_the_run(place):
    run(place, baseline=place / "base.json")
    with (place / "set.jsonl").open("a", encoding="utf-8") as file:
        file.write("\n" + json.dumps(ROW | {"id": "3"}))
    (place / "r.json").unlink()
    with pytest.raises(ConfigError, match="different question sets"):
        run(place, gate=place / "base.json")
    assert not (place / "r.json").exists()


def test_the_gate_needs_the_test_half(place):
    with pytest.raises(ConfigError, match="the gate judges the test half"):
        run(place, split="dev", gate=place / "base.json")


def test_a_bad_entry_is_named_by_its_line(place):
    with (place / "set.jsonl").open("a", encoding="utf-8") as file:
        file.write("\n" + json.dumps(ROW))
    with pytest.raises(QuestionFileError, match=r"set\.jsonl:3: id '1' occurs twice"):
        run(place)


def test_judges_are_shown_with_their_error(place):
    pair = {"premise": "Es regnet.", "hypothesis": "Es regnet.", "label": "entailment"}
    (place / "pairs.jsonl").write_text(json.dumps(pair), encoding="utf-8")
    model = save_model(place / "nli", favourite=2)
    _, said = run(place, nli=str(model), calibrate=place / "pairs.jsonl")
    report = read_report(place / "r.json")
    assert report["judges"]["rule"]["accuracy"] == 1
    assert report["judges"]["nli"]["missed_entail"] == 1
    assert report["provenance"]["models"]["nli"]["name"] == "nli"
    metrics = report["systems"]["extractive"]["summary"]["all"]["metrics"]
    assert metrics["nli_citation_recall"]["value"] == 0
    assert metrics["citation_recall"]["value"] == 1
    assert "nli: accuracy 0.000, false entail –, missed entail 1.000 on 1 pairs" in said


def test_the_command_line(place, tiny_model, capsys, monkeypatch):
    monkeypatch.chdir(place)
    monkeypatch.setenv("BELEG_CORPUS", str(place / "mine"))
    monkeypatch.setenv("BELEG_INDEX", str(place / "my-index"))
    arguments = ["eval", "--corpus", "corpus", "--cache", "cache", "--embedder", str(tiny_model)]
    assert main([*arguments, "--set", "set.jsonl", "--write-baseline", "base.json"]) == 0
    assert "set, test: 1 questions" in capsys.readouterr().out
    assert (place / "reports" / "eval.json").exists()
    assert (place / "reports" / "eval.html").exists()
    assert not (place / "my-index").exists()  # the user's own index is not touched
    assert main([*arguments, "--set", "set.jsonl", "--gate", "none.json"]) == 1
    assert "error: none.json: cannot be read as a report" in capsys.readouterr().err


def test_help_is_quick_and_loads_no_model_library():
    code = "import sys; from ui.cli import main\n"
    code += "try: main(['eval', '--help'])\nexcept SystemExit: pass\n"
    code += "sys.exit(any(m in sys.modules for m in ('torch', 'faiss', 'numpy', 'eval.command')))"
    done = subprocess.run([sys.executable, "-c", code], cwd=PROJECT, capture_output=True)
    assert done.returncode == 0
    assert b"--write-baseline" in done.stdout
