from __future__ import annotations

import gzip
import json
import lzma
import re
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
import torch
from tiny_training import (
    FOREIGN,
    NUMBERS,
    ROWS,
    TEXTS,
    UNMARKED,
    pieces,
    tokenizer_of,
    write_encoder,
)

from index import e5, modelcache
from rag.pieces import ABSTAIN, SPECIAL
from rag.training import train
from rag.training.network import teach_copying, warm_start
from rag.training.prepare import prepared
from rag.training.sources import (
    ARTICLES_FILE,
    QA_FILES,
    UNMARKED_FILES,
    WRITTEN_FILE,
    Row,
    Text,
    read_invented,
    read_rows,
    read_texts,
    read_written,
)
from rag.training.vocabulary import choose_pieces, count_pieces


@pytest.fixture(scope="module")
def encoder(tiny_model: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("encoder")
    write_encoder(tiny_model, folder)
    return folder


def write_lines(path: Path, records: list[dict[str, Any]]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    text = "".join(json.dumps(record, ensure_ascii=False) + "\n" for record in records)
    packed = {".gz": gzip.compress, ".xz": lzma.compress}.get(path.suffix, bytes)
    path.write_bytes(packed(text.encode()))


def test_rows_are_read_with_bare_answers(tmp_path: Path) -> None:
    context = "Er hieß „Müller“.\r\nSie kam aus Köln, sagte er."
    answers = [
        {"text": "„Müller“.", "start": 8},
        {"text": "Müller", "start": 9},
        {"text": " Köln,", "start": 31},
        {"text": "“.", "start": 15},
    ]
    first = {"question": " Wie hieß er? ", "context": context, "answers": answers}
    english = {"lang_question": "en", "lang_context": "ru", "question": "Who?", "context": "Он."}
    arabic = [{**english, "lang_question": "ar"}, {**english, "lang_context": "zh"}]
    write_lines(tmp_path / "a.jsonl", [first, *arabic])
    unmarked = {"question": "Wo?", "positive_context": "Dort."}
    write_lines(tmp_path / "b.x.jsonl.gz", [unmarked, {**english, "answers": []}])
    assert read_rows(tmp_path, ["a.jsonl", "b.x.jsonl.gz"]) == [
        Row("Wie hieß er?", context, ((9, 15), (32, 36)), "de-de", "a"),
        Row("Wo?", "Dort.", (), "de-de", "b"),
        Row("Who?", "Он.", (), "en-ru", "b"),
    ]


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match=r"mlqa_dev_de\.jsonl"):
        read_rows(tmp_path)


def test_articles_are_read_as_paragraphs_of_sentences(tmp_path: Path) -> None:
    text = "Öl ist flüssig.\nEs brennt.\n\n\n\nEs schwimmt.\n"
    write_lines(tmp_path / "a.jsonl.xz", [{"title": "Öl", "text": text}])
    paragraphs = (("Öl ist flüssig.", "Es brennt."), ("Es schwimmt.",))
    assert read_texts(tmp_path / "a.jsonl.xz") == [Text("Öl", paragraphs)]


def test_written_questions_stand_in_their_paragraph(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    written = {"title": "Nil", "paragraph": 1, "question": "Who?", "language": "en"}
    write_lines(path, [{**written, "answers": ["Karl Meier", "Meier"]}])
    context = "Der Verein wurde 1905 von Karl Meier gegründet. Sie badeten gern."
    assert read_written(path, TEXTS) == [
        Row("Who?", context, ((26, 36), (31, 36)), "en-de", "written")
    ]
    text = {"text": context, "questions": [{**written, "answers": ["1905"]}]}
    write_lines(tmp_path / "b.jsonl", [text, {"text": "Er kam.", "questions": []}])
    assert read_invented(tmp_path / "b.jsonl") == [
        Row("Who?", context, ((17, 21),), "en-de", "written")
    ]
    write_lines(path, [{**written, "answers": []}, {**written, "answers": ["Karl", "Maier"]}])
    with pytest.raises(ValueError, match=r"a\.jsonl:2: 'Maier' does not stand"):
        read_written(path, TEXTS)


def test_the_vocabulary_has_specials_letters_and_what_was_counted() -> None:
    specials = [(text, 0.0) for text in SPECIAL]
    body = [("▁der", -3.0), ("▁文", -1.0), ("文", -2.0), ("▁rare", -9.0), ("ü", -8.0), ("!", -7.0)]
    known = [*specials, *body, ("▁сло", -4.0), ("!", -1.0), ("سلام", -1.0)]
    counts = Counter({"▁der": 2, "سلام": 5, "▁none": 9})
    wanted = ["ü", "!", "سلام", "▁der", "▁сло", "▁rare"]
    chosen = [text for text, _ in choose_pieces(known, counts)]
    assert chosen == [*SPECIAL, ABSTAIN, *wanted]
    assert [p for p, _ in choose_pieces(known, counts, 9)] == chosen[:9]
    assert dict(choose_pieces(known, counts))["▁rare"] == -9.0


def test_pieces_are_counted_over_all_batches(encoder: Path) -> None:
    texts = ["Der Turm, der Turm", "Turm"] * 3
    counts = count_pieces(tokenizer_of(encoder), texts, batch=4)
    assert counts == Counter({"▁Turm": 9, "▁Der": 3, "▁der": 3, ",": 3})


@torch.no_grad()
def test_the_start_reads_as_the_encoder_does(encoder: Path) -> None:
    from transformers import BertModel

    bert = BertModel.from_pretrained(encoder, add_pooling_layer=False).eval()
    model = warm_start(encoder, NUMBERS)
    ids = torch.tensor([[0, 9, 17, 30, 8, 2], [0, 11, 2, 1, 1, 1]])
    mask = (ids != 1).long()
    old = torch.tensor(NUMBERS)[ids]
    wanted = bert(input_ids=old, attention_mask=mask).last_hidden_state[mask.bool()]
    given = model.model.encoder(input_ids=ids, attention_mask=mask).last_hidden_state[mask.bool()]
    assert torch.allclose(given, wanted, atol=2e-3)  # the layer norms' epsilons differ
    state, source = model.state_dict(), bert.state_dict()
    for layer, start in ((0, 9), (1, 11)):
        ours, theirs = f"model.decoder.layers.{layer}.", f"encoder.layer.{start}."
        assert state[f"{ours}fc1.weight"].equal(source[f"{theirs}intermediate.dense.weight"])
        for part in ("self_attn", "encoder_attn"):
            query = source[f"{theirs}attention.self.query.weight"]
            assert state[f"{ours}{part}.q_proj.weight"].equal(query)


@torch.no_grad()
def test_the_start_learns_to_copy(encoder: Path) -> None:
    model = warm_start(encoder, NUMBERS)
    before = {name: weight.clone() for name, weight in model.state_dict().items()}
    ids = torch.randint(5, len(NUMBERS), (16, 40), generator=torch.Generator().manual_seed(1))
    share = teach_copying(model, [(ids, torch.ones_like(ids))])
    assert 0.5 < share <= 1.0
    changed = {
        name for name, weight in model.state_dict().items() if not weight.equal(before[name])
    }
    cross = "model.decoder.layers.1.encoder_attn"
    assert changed == {
        f"{cross}.{part}.{kind}" for part in ("v_proj", "out_proj") for kind in ("weight", "bias")
    }
    wild = [(ids, (torch.rand(16, 40) < 0.5).long()) for _ in range(2)]
    assert 0.0 <= teach_copying(model, wild, ridge=1e6) <= 1.0


def test_the_vocabulary_is_made_once(
    encoder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "training"
    model, tokenizer, numbers = prepared(folder, encoder, ROWS, TEXTS)
    assert json.loads((folder / "pieces.json").read_text(encoding="utf-8")) == numbers
    assert numbers[:5] == [0, 1, 2, 3, 0]
    missing = {text for text, _ in pieces()} - set(tokenizer.get_vocab())
    assert missing == set(FOREIGN)
    assert model.model.shared.weight.shape == (len(numbers), 32)
    assert tokenizer.get_vocab_size() == len(numbers)
    assert "of tokens fit best to their own state" in capsys.readouterr().out
    (folder / "pieces.json").write_text(json.dumps(numbers[:50]), encoding="utf-8")
    assert prepared(folder, encoder, ROWS, TEXTS)[2] == numbers[:50]


def record(row: Row) -> dict[str, Any]:
    asked, read = row.language.split("-")
    answers = [{"text": row.context[a:b], "start": a} for a, b in row.spans]
    languages = {"lang_question": asked, "lang_context": read}
    return {"question": row.question, "context": row.context, "answers": answers, **languages}


def write_data(folder: Path) -> None:
    """Rows and articles, laid out as the command reads them."""
    for number, name in enumerate(QA_FILES):
        write_lines(folder / "train" / name, [record(row) for row in ROWS[number :: len(QA_FILES)]])
    for name in UNMARKED_FILES:
        write_lines(folder / "train" / name, [record(row) for row in UNMARKED])
    articles = {text.title: list(map(list, text.paragraphs)) for text in TEXTS}
    for line in WRITTEN_FILE.read_text(encoding="utf-8").splitlines():
        asked = json.loads(line)
        paragraphs = articles.setdefault(asked["title"], [])
        paragraphs += [["Er kam."] for _ in range(asked["paragraph"] + 1 - len(paragraphs))]
        paragraphs[asked["paragraph"]] += asked["answers"]
    texts = [
        {"title": title, "text": "\n\n".join(map("\n".join, paragraphs))}
        for title, paragraphs in articles.items()
    ]
    write_lines(folder / "corpora" / ARTICLES_FILE, texts)


def test_the_command_trains(
    tiny_model: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data, cache = tmp_path / "data", tmp_path / "cache"
    write_data(data)
    name = f"{e5.NAME}-{e5.SHA256[:12]}-v{modelcache.FORMAT}"
    modelcache.built(cache / "models" / name, e5.SHA256, lambda to: write_encoder(tiny_model, to))
    arguments = ["--data", str(data), "--cache", str(cache), "--run", "erster"]
    train.main([*arguments, "--steps", "3", "--decay", "2", "--frozen", "11"])
    said = re.search(r"(\d+) questions by people, (\d+) articles\n", capsys.readouterr().out)
    lines = WRITTEN_FILE.read_text(encoding="utf-8").splitlines()
    titles = {json.loads(line)["title"] for line in lines} | {text.title for text in TEXTS}
    assert said is not None
    assert int(said[1]) >= len(ROWS) + len(lines)  # and those of invented texts
    assert int(said[2]) == len(titles)
    made = {p.relative_to(cache / "training").as_posix() for p in cache.rglob("training/**/*.*")}
    assert made == {"pieces.json", "erster/checkpoint.pt", "erster/log.jsonl"}
    state = torch.load(cache / "training" / "erster" / "checkpoint.pt", weights_only=True)
    assert (state["step"], state["plan"]["steps"], state["plan"]["frozen"]) == (3, 3, 11)
    log = (cache / "training" / "erster" / "log.jsonl").read_text(encoding="utf-8").splitlines()
    assert [json.loads(line)["step"] for line in log] == [0, 1, 2]


def test_a_missing_file_ends_the_command(tmp_path: Path) -> None:
    write_data(tmp_path)
    (tmp_path / "corpora" / ARTICLES_FILE).unlink()
    with pytest.raises(FileNotFoundError, match=ARTICLES_FILE):
        train.main(["--data", str(tmp_path), "--cache", str(tmp_path / "cache")])
    assert not (tmp_path / "cache").exists()
