"""SQuAD-like sets: rows become articles and questions, and run end to end with flat memory."""

import gzip
import json
import lzma
import tracemalloc

import pytest
from fakes import HashEmbedder

from eval.command import Order, evaluate
from eval.numbers import Numbers
from eval.results import read_report
from eval.squad import SquadSet, article_id, gold_lines, is_squad_like
from index.errors import ConfigError, QuestionFileError
from rag.config import Config

CONTEXT = "Der Käse\r\n\r\nIn Köln reift der Käse 12 Wochen.\nIn Bonn sind es 8 Wochen."


def row(question, context=CONTEXT, answers=("12 Wochen",), **values):
    spans = [{"text": text, "start": context.index(text)} for text in answers]
    made = {"question": question, "context": context, "answers": spans, "answerable": bool(spans)}
    return made | values


def write(path, *rows):
    data = "".join(json.dumps(r, ensure_ascii=False) + "\n" for r in rows).encode()
    packed = {".gz": gzip.compress, ".xz": lzma.compress}.get(path.suffix, bytes)(data)
    path.write_bytes(packed)
    return path


@pytest.mark.parametrize("name", ["s.jsonl", "s.jsonl.gz", "s.jsonl.xz"])
def test_rows_become_questions_about_one_article_for_each_context(tmp_path, name):
    path = write(
        tmp_path / name,
        row("Wie lange in Köln?", id="a", lang_question="de", dataset="käse"),
        row("Wie lange in Ulm?", answers=()),
        row("Wo?", context="In Ulm.", answers=("Ulm",), id="a"),
    )
    (tmp_path / "corpus").mkdir()
    found = SquadSet(path)
    assert is_squad_like(path)
    assert found.write_corpus(tmp_path / "corpus") == (3, 2)
    first, second, third = found
    name = article_id(CONTEXT)
    assert (tmp_path / "corpus" / name).read_bytes().decode() == CONTEXT
    assert (first.id, first.split, first.language, first.kind) == ("1:a", "test", "de", "käse")
    assert (first.answers, [(g.article_id, g.line) for g in first.gold]) == (
        ("12 Wochen",), [(name, 3)],
    )  # fmt: skip
    assert (second.id, second.answerable, second.gold, second.answers) == ("2", False, (), ())
    assert (third.id, third.kind, third.language) == ("3:a", "squad", "und")
    assert [q.id for q in found] == ["1:a", "2", "3:a"]  # can be gone through again
    assert len(list(SquadSet(path, limit=2))) == 2


def test_gold_lines():
    at = CONTEXT.index
    assert gold_lines(CONTEXT, [("12 Wochen", at("12"))]) == (3,)
    assert gold_lines(CONTEXT, [("Wochen", at("Wochen")), ("8", at("8"))]) == (3, 4)
    assert gold_lines(CONTEXT, [("Wochen.\nIn", at("Wochen"))]) == (3, 4)
    assert gold_lines(CONTEXT, [("Wochen", 10_000)]) == (4,)  # a start that is off: the nearest
    assert gold_lines(CONTEXT, []) == (1, 3, 4)  # answered by the whole
    with pytest.raises(ValueError, match="answer 'Ulm' does not stand in the context"):
        gold_lines(CONTEXT, [("Ulm", 0)])


@pytest.mark.parametrize(
    ("second", "message"),
    [
        ("kein JSON", "not JSON"),
        ('{"question": "Q", "context": "C"}', "KeyError: 'answers'"),
        (json.dumps(row("Q", context=" ", answers=())), "the context not blank"),
        (json.dumps(row("Q") | {"answerable": False}), "false has no answers"),
        (json.dumps(row("Q") | {"context": "anders"}), "does not stand in the context"),
        (json.dumps([1]), "TypeError"),
    ],
)
def test_a_bad_row_is_named_by_its_line(tmp_path, second, message):
    path = write(tmp_path / "s.jsonl", row("Q"))
    path.write_text(path.read_text(encoding="utf-8") + second + "\n", encoding="utf-8")
    (tmp_path / "corpus").mkdir()
    with pytest.raises(QuestionFileError, match=f"s.jsonl:2: .*{message}"):
        SquadSet(path).write_corpus(tmp_path / "corpus")


def test_an_empty_file_and_one_that_is_absent_are_refused(tmp_path):
    (tmp_path / "s.jsonl").write_bytes(b"")
    for name in ("s.jsonl", "none.jsonl"):
        with pytest.raises(QuestionFileError, match="cannot be read"):
            is_squad_like(tmp_path / name)


def generated(count, contexts):
    for i in range(count):
        place = i % contexts
        context = (
            f"Ort{place} liegt am Fluss.\n\nIn Ort{place} wohnen {1000 + place} Menschen. "
            "Sie arbeiten im Hafen, in den Gärten und in der großen Fabrik am Rand der Stadt."
        )
        answers = (str(1000 + place),) if i % 3 else ()
        asked = f"Wie viele Menschen wohnen in Ort{place}?" if i % 3 else f"Wer regiert Ort{place}?"
        yield row(asked, context=context, answers=answers, dataset=f"gen{i % 2}")


def ordered(tmp_path, path, **values):
    config = Config(
        corpus=tmp_path / "unused", cache=tmp_path / "cache", abstain_below=0.0, drafter="none"
    )
    return Order(
        config, questions=path, json=tmp_path / "out/r.json", html=tmp_path / "out/r.html", **values
    )


def test_a_generated_set_runs_end_to_end(tmp_path):
    path = write(tmp_path / "gen.jsonl.gz", *generated(60, 20))
    said = []
    assert evaluate(ordered(tmp_path, path), said.append, HashEmbedder()) == 0
    report = read_report(tmp_path / "out/r.json")
    assert report["set"] | {"sha256": ""} == {
        "path": str(path), "name": "gen", "sha256": "", "questions": 60, "dev": 0, "test": 60,
    }  # fmt: skip
    assert report["provenance"]["index"]["articles"] == 20
    system = report["systems"]["extractive"]
    assert len(system["results"]) == 60
    summary = system["summary"]["test"]
    assert (summary["questions"], summary["answerable"]) == (60, 40)
    assert summary["metrics"]["retrieved_article_at_1"]["value"] == 1
    assert summary["metrics"]["quote_precision"]["value"] == 1
    assert {k: v["questions"] for k, v in summary["by_kind"].items()} == {"gen0": 30, "gen1": 30}
    assert "gen, test: 60 questions, 40 answerable, 20 not" in said[0]
    assert (tmp_path / "out/r.html").read_text(encoding="utf-8").startswith("<!")
    assert not (tmp_path / "unused").exists()


def test_a_limit_and_a_half_that_is_not_there(tmp_path):
    path = write(tmp_path / "gen.jsonl", *generated(9, 3))
    said = []
    evaluate(ordered(tmp_path, path, limit=4), said.append, HashEmbedder())
    assert "gen, test: 4 questions" in said[0]
    with pytest.raises(ConfigError, match="no questions of the half 'dev'"):
        evaluate(ordered(tmp_path, path, split="dev"), said.append, HashEmbedder())


def test_the_numbers_of_a_question_take_less_than_a_kilobyte():
    from eval_fakes import result

    def grown(count):
        tracemalloc.start()
        numbers = Numbers.of(result(str(i), text="x" * 5000) for i in range(count))
        size, _ = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        assert len(numbers) == count
        return size

    assert (grown(3000) - grown(1000)) / 2000 < 1000
