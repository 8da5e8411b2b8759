from __future__ import annotations

import hashlib
import json
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import e5_sample
import numpy as np
import pytest

from index import e5
from index.embed import (
    Embedder,
    SentenceTransformerEmbedder,
    batches,
    load_embedder,
    prompts,
)
from index.errors import ModelError, ModelUnavailableError
from index.types import ModelIdentity

GOLDEN = Path(__file__).parent / "golden"


class FakeModel:
    """Stands for a sentence-transformers model: two numbers made of the whole input."""

    max_seq_length = 8

    def __init__(self, *, broken: bool = False) -> None:
        self.calls: list[list[str]] = []
        self.broken = broken
        self.inside = False

    def tokenizer(self, texts: list[str], *, verbose: bool) -> dict[str, list[list[int]]]:
        return {"input_ids": [[0, *map(len, text.split()), 2] for text in texts]}

    def encode(self, texts: list[str], *, prompt: str, **settings: Any) -> np.ndarray:
        assert settings["show_progress_bar"] is False
        assert not self.inside, "two threads in one model"
        self.inside = True
        time.sleep(0.001)
        self.calls.append([prompt + text for text in texts])
        self.inside = False
        return np.array([vector(prompt + text) for text in texts]) * (np.nan if self.broken else 1)


def vector(text: str) -> tuple[float, float]:
    angle = int.from_bytes(hashlib.blake2b(text.encode(), digest_size=2).digest(), "big") / 65536
    return np.cos(angle), np.sin(angle)


def embedder(model: FakeModel) -> SentenceTransformerEmbedder:
    return SentenceTransformerEmbedder(
        model,  # type: ignore[arg-type]
        name="fake",
        sha256="00",
        query_prompt="query: ",
        passage_prompt="passage: ",
    )


def test_vectors_stand_in_the_order_of_the_texts() -> None:
    texts = ["kurz", "ein sehr viel längerer Text", "mittel lang", "", "„Zitat“"]
    got = embedder(FakeModel()).embed_passages(texts)
    assert got.dtype == np.float32
    assert got == pytest.approx(np.array([vector("passage: " + text) for text in texts]))


def test_questions_get_the_other_prompt() -> None:
    model = FakeModel()
    got = embedder(model).embed_queries(["Wer?"])
    assert got == pytest.approx(np.array([vector("query: Wer?")]))
    assert model.calls[-1] == ["query: Wer?"]


def test_no_texts_give_an_empty_matrix() -> None:
    made = embedder(FakeModel())
    assert made.embed_passages([]).shape == (0, 2)
    assert made.embed_queries([]).shape == (0, 2)
    assert made.embed_queries([]).dtype == np.float32


def test_identity_has_the_length_of_the_vectors() -> None:
    assert embedder(FakeModel()).identity == ModelIdentity("fake", "00", 2)


def test_progress_adds_up_to_the_number_of_texts() -> None:
    steps: list[int] = []
    embedder(FakeModel()).embed_passages(["ein Text"] * 3000, progress=steps.append)
    assert sum(steps) == 3000
    assert len(steps) > 1


def test_vectors_that_are_not_numbers_are_refused() -> None:
    with pytest.raises(ModelError, match="not numbers"):
        embedder(FakeModel(broken=True)).embed_queries(["Wer?"])


def test_threads_wait_for_each_other() -> None:
    made = embedder(FakeModel())
    errors: list[BaseException] = []

    def ask() -> None:
        try:
            for _ in range(20):
                made.embed_queries(["Wer?", "Wo?"])
        except BaseException as error:
            errors.append(error)

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []


@pytest.mark.parametrize(
    ("lengths", "budget", "expected"),
    [
        ([], 10, []),
        ([3, 9, 5, 2], 10, [[1], [2, 0], [3]]),  # 9; 2 x 5; 2
        ([99, 1], 10, [[0], [1]]),  # a text longer than the budget is alone
        ([0, 0], 10, [[0, 1]]),
        ([4, 4, 4], 8, [[0, 1], [2]]),
    ],
)
def test_batches_keep_to_the_budget(
    lengths: list[int], budget: int, expected: list[list[int]]
) -> None:
    assert list(batches(lengths, budget)) == expected


@pytest.mark.parametrize(
    ("name", "declared", "expected"),
    [
        ("m", {"query": "query: ", "passage": "passage: "}, ("query: ", "passage: ")),
        ("m", {"query": "q: ", "document": "d: "}, ("q: ", "d: ")),
        ("m", {"query": "", "document": ""}, ("", "")),
        ("intfloat/multilingual-e5-large", {}, ("query: ", "passage: ")),
        ("intfloat/e5-base-v2", {"query": "", "document": ""}, ("query: ", "passage: ")),
        ("intfloat/multilingual-e5-large-instruct", {}, ("", "")),
        ("owner/plane50", {}, ("", "")),
    ],
)
def test_prompts_are_the_models_own(
    name: str, declared: dict[str, str | None], expected: tuple[str, str]
) -> None:
    assert prompts(name, declared) == expected


def test_importing_the_module_loads_no_model_library() -> None:
    code = (
        "import sys, index.embed; print({'torch', 'transformers', 'tokenizers'} & {*sys.modules})"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "set()\n"


def test_a_missing_model_is_reported_before_anything_is_loaded(tmp_path: Path) -> None:
    with pytest.raises(ModelUnavailableError, match="no model folder"):
        load_embedder(str(tmp_path / "nowhere"), cache=tmp_path)


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A tiny model as a folder."""
    root = tmp_path_factory.mktemp("sample")
    data = e5_sample.write()
    (root / "sample.bin").write_bytes(data)
    e5.convert(root / "sample.bin", hashlib.sha256(data).hexdigest(), root / "tiny")
    return root / "tiny"


def test_a_folder_is_loaded_without_a_word(
    sample: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    made = load_embedder(str(sample), cache=tmp_path, threads=None)
    weights = (sample / "model.safetensors").read_bytes()
    assert made.identity == ModelIdentity("tiny", hashlib.sha256(weights).hexdigest(), 32)
    got = made.embed_passages(["a ü", "ab " * 100, ""])
    assert np.linalg.norm(got, axis=1) == pytest.approx([1, 1, 1], abs=1e-5)
    assert capfd.readouterr() == ("", "")


def test_the_batch_does_not_change_a_vector(sample: Path, tmp_path: Path) -> None:
    made = load_embedder(str(sample), cache=tmp_path)
    together = made.embed_passages(["a", "a ü ab a ü ab", "ü"])
    assert together[:1] == pytest.approx(made.embed_passages(["a"]), abs=1e-5)


def test_damaged_weights_are_reported(sample: Path, tmp_path: Path) -> None:
    folder = tmp_path / "broken"
    folder.mkdir()
    for name in ("config.json", "tokenizer.json", "tokenizer_config.json"):
        (folder / name).write_bytes((sample / name).read_bytes())
    (folder / "model.safetensors").write_bytes(b"\xff" * 64)
    with pytest.raises(ModelError, match="cannot be loaded"):
        load_embedder(str(folder), cache=tmp_path)


@pytest.fixture(scope="module")
def packaged(model_cache: Path) -> Embedder:
    return load_embedder(None, cache=model_cache)


@pytest.mark.slow
def test_packaged_vectors_agree_with_the_golden_ones(packaged: Embedder) -> None:
    golden = json.loads((GOLDEN / "e5_vectors.json").read_text(encoding="utf-8"))["vectors"]
    for entry in golden:
        embed = packaged.embed_queries if entry["kind"] == "query" else packaged.embed_passages
        got = embed([entry["text"]])[0]
        engine = np.array(entry["engine"])
        assert got[:5] == pytest.approx(np.array(entry["first_five"]), abs=1e-3), entry["text"]
        assert got @ engine / np.linalg.norm(engine) >= 0.999, entry["text"]


@pytest.mark.slow
def test_packaged_identity_is_that_of_the_file(packaged: Embedder) -> None:
    assert packaged.identity == ModelIdentity("multilingual-e5-small-q4-bf16", e5.SHA256, 384)


@pytest.mark.slow
def test_packaged_model_finds_the_answer_across_languages(packaged: Embedder) -> None:
    passages = [
        "Die Außenministerin reiste am Montag nach Moskau.",
        "Der Verein gewann das Spiel mit 3:1 Toren.",
        "Die Inflation stieg im September auf 2,3 Prozent.",
    ]
    questions = ["Wohin reiste die Ministerin?", "Who won the match?", "Какова инфляция?"]
    scores = packaged.embed_queries(questions) @ packaged.embed_passages(passages).T
    assert scores.argmax(axis=1).tolist() == [0, 1, 2]


@pytest.mark.slow
def test_packaged_model_cuts_what_is_too_long(packaged: Embedder) -> None:
    long = packaged.embed_passages(["Wort " * 2000, "Wort " * 3000])
    assert np.linalg.norm(long, axis=1) == pytest.approx([1, 1], abs=1e-5)
    assert long[0] @ long[1] == pytest.approx(1, abs=1e-5)
