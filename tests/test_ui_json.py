"""What programs read: one JSON object a line, with the documented fields."""

import io
import json
from pathlib import Path

import pytest
from fakes import write_corpus

from ui.cli import main

FILES = {
    "a.txt": "Der Zug fährt um 7 Uhr ab.\r\nEr hält in Köln.\r\n".encode(),
    "b.txt": "Die Fähre fährt um 9 Uhr ab.\n".encode(),
}
FIELDS = ["question", "answer", "abstained", "reason", "claims", "quotes", "hits", "seconds"]
QUOTE = ["article", "sha256", "line_start", "line_end", "start", "end", "text",
         "extract", "page_start", "page_end", "facts"]  # fmt: skip
HIT = ["article", "line_start", "line_end", "score"]


@pytest.fixture
def beleg(tmp_path, tiny_model, monkeypatch, capsys):
    write_corpus(tmp_path / "corpus", FILES)
    monkeypatch.chdir(tmp_path)

    def run(command, *arguments, stdin=""):
        monkeypatch.setattr("sys.stdin", io.StringIO(stdin))
        places = ["--corpus", "corpus", "--embedder", str(tiny_model), "--cache", "cache"]
        places += ["--drafter", "none"] if command == "ask" else []
        capsys.readouterr()
        code = main([command, *places, *arguments])
        streams = capsys.readouterr()
        return code, [json.loads(line) for line in streams.out.splitlines()], streams.err

    return run


def test_fields_of_an_answer(beleg):
    code, [found], _ = beleg("ask", "--json", "Worum geht es in den Artikeln?")
    assert code == 0
    assert list(found)[: len(FIELDS)] == FIELDS
    assert found["answer"] == "Der Zug fährt um 7 Uhr ab.\nDie Fähre fährt um 9 Uhr ab."
    assert [list(quote) for quote in found["quotes"]] == [QUOTE, QUOTE]
    assert [list(claim) for claim in found["claims"]] == [["text", "verdict", "quotes"]] * 2
    assert found["claims"][1]["quotes"] == found["quotes"][1:]
    assert found["quotes"][1]["article"] == "b.txt"
    text = Path("corpus/a.txt").read_bytes().decode()
    quote = found["quotes"][0]
    assert text[quote["start"] : quote["end"]] == quote["text"]


def test_fields_of_hits(beleg):
    code, [found], _ = beleg("ask", "--json", "Wann fährt die Fähre ab?")
    assert code == 0
    assert found["hits"]
    assert all(list(hit) == HIT for hit in found["hits"])


def test_abstained_means_null_and_no_quotes(beleg):
    _, [found], _ = beleg("ask", "--json", "der die das")
    assert found["abstained"] is True
    assert found["answer"] is None
    assert found["quotes"] == found["claims"] == []
    assert found["reason"] == "no_content_words"


def test_standard_input_gives_one_object_a_question(beleg):
    questions = "Worum geht es in den Artikeln?\n\n" + "x" * 3000 + "\nder die das\n"
    code, found, err = beleg("ask", "-", stdin=questions)
    assert [entry["question"] for entry in found] == [
        "Worum geht es in den Artikeln?",
        "der die das",
    ]
    assert code == 1
    assert "3000 characters" in err


def test_only_the_named_article(beleg):
    _, [found], _ = beleg("ask", "--json", "--article", "b", "Worum geht es in den Artikeln?")
    assert [quote["article"] for quote in found["quotes"]] == ["b.txt"]
    code, found, err = beleg("ask", "--json", "--article", "c", "Worum geht es?")
    assert (code, found) == (1, [])
    assert "'c'" in err


def test_search_gives_one_object_a_passage(beleg):
    code, found, _ = beleg("search", "--json", "Fähre")
    assert code == 0
    assert [hit["rank"] for hit in found] == [1, 2]
    assert {hit["article"] for hit in found} == {"a.txt", "b.txt"}


def test_index_and_check_in_json(beleg):
    code, [made], _ = beleg("index", "--json")
    assert (code, made["added"], made["errors"]) == (0, 2, [])
    code, [checked], _ = beleg("check", "--json")
    assert (code, checked["ok"], checked["articles"]) == (0, True, 2)
    Path("corpus/b.txt").write_text("Die Fähre fährt um 10 Uhr ab.\n", encoding="utf-8")
    code, [checked], err = beleg("check", "--json")
    assert (code, checked["ok"]) == (1, False)
    assert checked["stale"] == [{"article": "b.txt", "change": "changed"}]
    assert "beleg index" in err


def test_the_index_lies_in_the_current_folder_unless_said_otherwise(beleg, tmp_path):
    beleg("index", "--json")
    assert (tmp_path / ".beleg" / "CURRENT").is_file()
    assert sorted(path.name for path in (tmp_path / "corpus").iterdir()) == ["a.txt", "b.txt"]


def test_index_takes_the_folder_as_an_argument(beleg, tmp_path):
    write_corpus(tmp_path / "other", {"z.txt": b"Text."})
    _, [made], _ = beleg("index", "--json", "other")
    assert (made["added"], made["passages"]) == (1, 1)
