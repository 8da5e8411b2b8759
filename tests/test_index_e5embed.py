from __future__ import annotations

import gc
import json
import os
import random
import subprocess
import sys
import threading
from pathlib import Path

import e5_sample
import numpy as np
import pytest

from index import e5
from index.e5embed import E5Embedder
from index.e5file import parse
from index.e5tokens import build_splitter
from index.embed import PACKAGED, REFERENCE, Embedder, load_embedder, load_reference
from index.errors import ModelUnavailableError, StoreMismatchError
from index.store import Snapshot
from index.sync import sync
from index.types import ModelIdentity

TINY = ModelIdentity("tiny", "00", e5_sample.HIDDEN)
WORDS = ["a", "ü", "ab", "～", "x", "ﬁ", "👋🏽"]


def splitter(folder: Path, data: bytes) -> Path:
    build_splitter(parse(data)).save(str(folder / "splitter.json"))
    return folder / "splitter.json"


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> dict[int, E5Embedder]:
    """The sample network, by number of threads."""
    data = e5_sample.write()
    path = splitter(tmp_path_factory.mktemp("tiny"), data)
    return {threads: E5Embedder(parse(data), path, TINY, threads) for threads in (1, 2, 3)}


def texts_of(seed: int, words: list[str], count: int, longest: int) -> list[str]:
    chance = random.Random(seed)
    return [" ".join(chance.choices(words, k=chance.randrange(longest + 1))) for _ in range(count)]


def assert_same_whatever_the_batch(
    embedders: list[Embedder], texts: list[str], batches: int
) -> None:
    """Bit for bit: alone, in random company and order, with each of the embedders."""
    chance = random.Random(7)
    alone = {text: embedders[0].embed_passages([text])[0].tobytes() for text in texts}
    for number in range(batches):
        batch = chance.choices(texts, k=chance.randrange(1, 9))
        got = embedders[number % len(embedders)].embed_passages(batch)
        assert [row.tobytes() for row in got] == [alone[text] for text in batch]


def test_the_batch_and_the_threads_do_not_change_a_bit(tiny: dict[int, E5Embedder]) -> None:
    texts = texts_of(1, WORDS, 40, 28)
    assert_same_whatever_the_batch(list(tiny.values()), texts, 200)


def test_vectors_are_those_of_sentence_transformers(
    tiny: dict[int, E5Embedder], tiny_model: Path, tmp_path: Path
) -> None:
    texts = texts_of(2, WORDS, 30, 60)  # some are longer than the 32 tokens of the sample
    wanted = load_embedder(str(tiny_model), cache=tmp_path)
    assert (tiny[1].embed_passages(texts) * wanted.embed_passages(texts)).sum(axis=1).min() > 0.999
    assert (tiny[1].embed_queries(texts) * wanted.embed_queries(texts)).sum(axis=1).min() > 0.999


@pytest.mark.parametrize("text", ["", "\0", " \n ", "\N{SNOWMAN}" * 1000, "👋🏽", "a" * 1_000_000])
def test_odd_texts_get_a_vector_of_length_one(tiny: dict[int, E5Embedder], text: str) -> None:
    got = tiny[2].embed_passages([text, "a"])
    assert got.dtype == np.float32
    assert np.linalg.norm(got, axis=1) == pytest.approx([1, 1], abs=1e-6)


def test_no_texts_give_an_empty_matrix(tiny: dict[int, E5Embedder]) -> None:
    assert tiny[1].embed_passages([]).shape == (0, e5_sample.HIDDEN)
    assert tiny[1].embed_queries([]).dtype == np.float32


def test_progress_adds_up_and_may_stop_it(tiny: dict[int, E5Embedder]) -> None:
    steps: list[int] = []
    tiny[2].embed_passages(["ein Text"] * 300, progress=steps.append)
    assert sum(steps) == 300
    assert min(steps) > 0
    assert len(steps) > 1

    def stop(_: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        tiny[2].embed_passages(["a"] * 300, progress=stop)
    assert tiny[2].embed_passages(["a"]).tobytes() == tiny[1].embed_passages(["a"]).tobytes()


def test_threads_wait_for_each_other(tiny: dict[int, E5Embedder]) -> None:
    texts = texts_of(3, WORDS, 12, 20)
    wanted = tiny[1].embed_queries(texts).tobytes()
    got: list[bytes] = []
    threads = [
        threading.Thread(target=lambda: got.append(tiny[2].embed_queries(texts).tobytes()))
        for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert got == [wanted] * 4


def test_rows_are_those_of_the_whole_table() -> None:
    file = parse(e5_sample.write())
    shape = e5_sample.VOCABULARY, e5_sample.HIDDEN
    table = file.weights("emb.word", *shape)
    numbers = [3, 0, 15, 3]
    assert (file.rows("emb.word", numbers, *shape) == table[numbers]).all()
    assert file.rows("emb.word", [], *shape).shape == (0, e5_sample.HIDDEN)


@pytest.mark.parametrize("name", ["emb.word", "emb.pos", "l0.q.w", "l0.oln.b"])
def test_a_file_without_a_tensor_is_refused(tmp_path: Path, name: str) -> None:
    data = e5_sample.write(leave_out=name)
    made = splitter(tmp_path, data)
    with pytest.raises(ModelUnavailableError, match=f"tensor {name} is missing"):
        E5Embedder(parse(data), made, TINY, 1).embed_queries(["a"])


@pytest.mark.parametrize("damage", ["other", "shorter", "empty", "missing"])
def test_a_damaged_data_file_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, damage: str
) -> None:
    path = tmp_path / "model.bin"
    data = e5_sample.write()
    contents = {"other": data[:-1] + b"\xff", "shorter": data[:-1], "empty": b""}
    if damage in contents:
        path.write_bytes(contents[damage])
    monkeypatch.setattr(e5, "locate", lambda: path)
    with pytest.raises(ModelUnavailableError, match=r"sha256|cannot be read") as caught:
        load_embedder(None, cache=tmp_path)
    assert "pip install" in caught.value.hint


def test_openvino_does_not_report_its_import(tmp_path: Path) -> None:
    code = (
        "import sys, socket, json, threading\n"
        "socket.socket.connect = lambda *a: print('connects', flush=True)\n"
        "from index.e5graph import import_openvino\n"
        "import_openvino()\n"
        "names = ('openvino_telemetry', 'torch', 'transformers', 'sentence_transformers')\n"
        "print(json.dumps([name for name in names if name in sys.modules]))\n"
    )
    run = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, "HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert json.loads(run.stdout) == []
    assert list(tmp_path.iterdir()) == []


def test_an_index_of_the_older_identity_is_refused(
    tiny: dict[int, E5Embedder], tmp_path: Path
) -> None:
    corpus = tmp_path / "corpus"
    corpus.mkdir()
    (corpus / "a.txt").write_text("Ein Satz über Köln.\n", encoding="utf-8")
    older = ModelIdentity(REFERENCE.name, REFERENCE.sha256, e5_sample.HIDDEN)
    made = E5Embedder.__new__(E5Embedder)
    made.__dict__ |= {**tiny[1].__dict__, "_identity": older}
    sync(corpus, tmp_path / "index", older, lambda: made)
    newer = ModelIdentity(PACKAGED.name, PACKAGED.sha256, e5_sample.HIDDEN)
    with pytest.raises(StoreMismatchError):
        Snapshot.open(tmp_path / "index", newer)


SEEDS = Path(__file__).parent.parent / "seeds"


def paragraphs() -> list[str]:
    files = sorted(SEEDS.rglob("*.txt"))
    return [p for f in files for p in f.read_text(encoding="utf-8").split("\n") if len(p) > 40][:60]


@pytest.mark.slow
def test_packaged_vectors_do_not_depend_on_the_batch(model_cache: Path) -> None:
    embedders = [load_embedder(None, cache=model_cache, threads=n) for n in (1, 2)]
    words = " ".join(paragraphs()).split()
    texts = paragraphs()[:20] + texts_of(4, words, 20, 90) + ["", "Wort " * 600]
    assert_same_whatever_the_batch(embedders, texts, 40)


@pytest.mark.slow
def test_packaged_vectors_are_close_to_those_in_32_bits(
    model_cache: Path, packaged_embedder: Embedder
) -> None:
    texts = paragraphs()
    reference = load_reference(model_cache)
    assert reference.identity == REFERENCE
    wanted = reference.embed_passages(texts)
    cosines = (packaged_embedder.embed_passages(texts) * wanted).sum(axis=1)
    assert cosines.mean() >= 0.9999
    assert cosines.min() >= 0.999


@pytest.mark.slow
def test_packaged_rows_are_those_of_the_whole_table() -> None:
    file = e5.packaged_file()
    shape = file.sizes.vocabulary, file.sizes.hidden
    numbers = [0, 1, 250_001, shape[0] - 1, *random.Random(5).choices(range(shape[0]), k=500)]
    table = file.weights("emb.word", *shape)
    assert (file.rows("emb.word", numbers, *shape) == table[numbers]).all()
    del table
    gc.collect()


@pytest.mark.slow
def test_packaged_model_is_loaded_without_torch_and_in_little_memory(model_cache: Path) -> None:
    code = (
        "import sys; from pathlib import Path\n"
        "from index.embed import load_embedder\n"
        f"made = load_embedder(None, cache=Path({str(model_cache)!r}))\n"
        "made.embed_queries(['Wer gewann die Wahl?'])\n"
        "status = Path('/proc/self/status').read_text().split()\n"
        "print('torch' in sys.modules, int(status[status.index('VmRSS:') + 1]) // 1024)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    torch_loaded, resident_mb = done.stdout.split()
    assert torch_loaded == "False"
    assert int(resident_mb) < 450  # measured: 345
