"""From trained weights to the shipped file, and from it to the folder of the drafter."""

from __future__ import annotations

import hashlib
import json
import shutil
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import tiny_drafter
from safetensors.torch import load_file
from safetensors.torch import save as packed

from index import e5, modelcache
from index.errors import ModelError, ModelUnavailableError
from index.modelfolder import quiet
from index.types import ModelIdentity
from rag import packaged
from rag.bart import PARTS, chosen_pieces
from rag.draft import load_drafter
from rag.exact import ExactDrafter
from rag.packaged import MANIFEST, NAME, ROWS, WEIGHTS, packaged_drafter, read_manifest
from rag.pieces import ABSTAIN, ABSTAINED
from rag.training import export

FACTS = {"run": "winzig", "step": 7, "plan": {"Größe": 1}}
TEXT = "Der Turm ist „hoch“, sagte er."


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A cache in whose place for the packaged encoder a tiny one stands."""
    root = tmp_path_factory.mktemp("cache")
    target = root / "models" / f"{e5.NAME}-{e5.SHA256[:12]}-v{modelcache.FORMAT}"
    modelcache.built(target, e5.SHA256, tiny_drafter.save_encoder)
    return root


@pytest.fixture(scope="module")
def encoder(cache: Path) -> Path:
    return e5.packaged_model(cache)


@pytest.fixture(scope="module")
def sound(encoder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("project") / "weights"
    export.ship(tiny_drafter.trained(encoder), tiny_drafter.rows(), FACTS, folder)
    return folder


@pytest.fixture
def shipped(sound: Path, tmp_path: Path) -> Path:
    """A copy that a test may damage."""
    return Path(shutil.copytree(sound, tmp_path / "weights"))


@pytest.fixture(scope="module")
def made(cache: Path, sound: Path) -> Path:
    return packaged_drafter(cache, sound)


def edit(path: Path, **changes: Any) -> None:
    values = json.loads(path.read_text(encoding="utf-8"))
    path.write_text(json.dumps(values | changes), encoding="utf-8")


def refused(shipped: Path, cache: Path, kind: type[ModelError]) -> ModelError:
    before = {path.name for path in (cache / "models").iterdir() if path.suffix != ".lock"}
    with pytest.raises(ModelError) as caught:
        packaged_drafter(cache, shipped)
    assert type(caught.value) is kind
    assert "install the project again" in caught.value.hint
    left = {path.name for path in (cache / "models").iterdir() if path.suffix != ".lock"}
    assert left == before
    return caught.value


def test_what_is_shipped(sound: Path, encoder: Path) -> None:
    data = (sound / WEIGHTS).read_bytes()
    assert {path.name for path in sound.iterdir()} == {WEIGHTS, MANIFEST}
    assert json.loads((sound / MANIFEST).read_text(encoding="utf-8")) == {
        "name": NAME,
        "sha256": hashlib.sha256(data).hexdigest(),
        "bytes": len(data),
        "encoder_sha256": e5.SHA256,
        "training": FACTS,
    }
    weights = load_file(sound / WEIGHTS)
    assert weights.pop(ROWS).tolist() == tiny_drafter.rows()
    trained = tiny_drafter.trained(encoder)
    assert set(weights) == set(trained)
    assert all(weights[name].equal(trained[name]) for name in trained)


def test_the_folder_is_made_once(made: Path, cache: Path, sound: Path) -> None:
    sha256 = read_manifest(sound).sha256
    assert made == cache / "models" / f"{NAME}-{sha256[:12]}-v{modelcache.FORMAT}"
    assert modelcache.is_whole(made, sha256)
    assert modelcache.verify_model(made) == ()
    before = (made / "model.safetensors").stat()
    assert packaged_drafter(cache, sound) == made
    after = (made / "model.safetensors").stat()
    assert (after.st_ino, after.st_mtime_ns) == (before.st_ino, before.st_mtime_ns)


def test_a_damaged_folder_is_made_again(cache: Path, shipped: Path, made: Path) -> None:
    weights = made / "model.safetensors"
    whole = weights.read_bytes()
    weights.write_bytes(whole[:-1])
    assert packaged_drafter(cache, shipped) == made
    assert weights.read_bytes() == whole
    assert modelcache.verify_model(made) == ()


def test_trained_parts_are_restored_exactly_and_the_others_are_the_encoders(
    made: Path, encoder: Path
) -> None:
    state, bert = load_file(made / "model.safetensors"), load_file(encoder / "model.safetensors")
    trained = tiny_drafter.trained(encoder)
    for name, weight in trained.items():
        assert state.pop(name).equal(weight.float())
        assert weight.dtype.itemsize == 2
    for new, old in PARTS.items():
        for kind in ("weight", "bias"):
            theirs = bert[f"encoder.layer.0.{new}.{kind}"]
            assert state.pop(f"model.encoder.layers.0.{old}.{kind}").equal(theirs)
    for part in ("encoder", "decoder"):
        for kind in ("weight", "bias"):
            theirs = bert[f"embeddings.LayerNorm.{kind}"]
            assert state.pop(f"model.{part}.layernorm_embedding.{kind}").equal(theirs)
        positions = state.pop(f"model.{part}.embed_positions.weight")
        summed = (
            bert["embeddings.position_embeddings.weight"]
            + (bert["embeddings.token_type_embeddings.weight"][0])
        )
        assert positions[2:].equal(summed)
    words, shared = bert["embeddings.word_embeddings.weight"], state.pop("model.shared.weight")
    for number, row in enumerate(tiny_drafter.rows()):
        assert number == ABSTAINED or shared[number].equal(words[row])
    assert (shared[ABSTAINED] @ shared.mean(0)) < 0  # turned away from the words
    assert not state.pop("final_logits_bias", shared[0] * 0).any()
    assert set(state) <= {"lm_head.weight"}


def test_the_encoder_computes_what_the_packaged_one_does(made: Path, encoder: Path) -> None:
    import torch
    from transformers import AutoModelForSeq2SeqLM, BertModel

    bert_state = load_file(encoder / "model.safetensors")
    with quiet(), torch.inference_mode():
        bert = BertModel.from_pretrained(encoder, add_pooling_layer=False).eval()
        bart = AutoModelForSeq2SeqLM.from_pretrained(made).eval()
        layer = bart.get_encoder().layers[1]
        for theirs, ours in PARTS.items():  # the trained layer is put back
            for kind in ("weight", "bias"):
                weight = layer.get_parameter(f"{ours}.{kind}")
                weight.copy_(bert_state[f"encoder.layer.1.{theirs}.{kind}"])
        pieces = [i for i in range(len(tiny_drafter.rows())) if i != ABSTAINED][:40]
        rows = torch.tensor([[tiny_drafter.rows()[i] for i in pieces]])
        wanted = bert(input_ids=rows).last_hidden_state
        found = bart.get_encoder()(input_ids=torch.tensor([pieces])).last_hidden_state
    assert torch.allclose(found, wanted, atol=1e-4)


def test_transformers_alone_loads_the_folder_and_generates(made: Path) -> None:
    import torch
    from transformers import AutoModelForSeq2SeqLM, AutoTokenizer

    with quiet():
        tokenizer = AutoTokenizer.from_pretrained(made)
        model, report = AutoModelForSeq2SeqLM.from_pretrained(made, output_loading_info=True)
    assert not report["missing_keys"]
    assert not report["unexpected_keys"]
    given = tokenizer("Wie hoch?", TEXT, return_tensors="pt")
    asked, read = (tokenizer(t, add_special_tokens=False)["input_ids"] for t in ("Wie hoch?", TEXT))
    assert given["input_ids"].tolist() == [[0, *asked, 2, *read, 2]]
    assert tokenizer.convert_tokens_to_ids(ABSTAIN) == ABSTAINED
    [written] = model.generate(**given, max_new_tokens=6, do_sample=False).tolist()
    greedy = [0]
    while len(greedy) < 7 and greedy[1:][-1:] != [2]:
        with torch.inference_mode():
            logits = model(**given, decoder_input_ids=torch.tensor([greedy])).logits
        greedy.append(int(logits[0, -1].argmax()))
    assert written == greedy


def test_the_tokenizer_has_the_chosen_pieces(made: Path, encoder: Path) -> None:
    from transformers import AutoTokenizer

    tokenizer = AutoTokenizer.from_pretrained(made)
    pieces = [piece for piece, _ in chosen_pieces(encoder, tiny_drafter.rows())]
    assert tokenizer.convert_ids_to_tokens(list(range(len(pieces)))) == pieces
    assert tokenizer.tokenize("Der Turm ﬁel.") == "▁Der ▁Turm ▁ f i e l .".split()


@pytest.mark.parametrize("size", [0, 7, 100, -1])
def test_truncated_weights_are_refused(shipped: Path, tmp_path: Path, size: int) -> None:
    path = shipped / WEIGHTS
    wanted = read_manifest(shipped).sha256
    path.write_bytes(path.read_bytes()[:size])
    found = hashlib.sha256(path.read_bytes()).hexdigest()
    empty = planted(tmp_path)
    error = refused(shipped, empty, ModelError)
    assert error.message == f"{path}: sha256 {found}, expected {wanted}"


def planted(tmp_path: Path) -> Path:
    """A cache that holds the encoder's place only; it is not read."""
    target = tmp_path / "cache" / "models" / f"{e5.NAME}-{e5.SHA256[:12]}-v{modelcache.FORMAT}"
    modelcache.built(target, e5.SHA256, lambda folder: (folder / "config.json").touch())
    return tmp_path / "cache"


def test_other_weights_are_refused(shipped: Path, tmp_path: Path) -> None:
    weights = load_file(shipped / WEIGHTS)
    weights[ROWS] = weights[ROWS].flip(0)
    (shipped / WEIGHTS).write_bytes(packed(weights))
    assert str(shipped / WEIGHTS) in refused(shipped, planted(tmp_path), ModelError).message


def test_missing_weights_are_named(shipped: Path, tmp_path: Path) -> None:
    (shipped / WEIGHTS).unlink()
    error = refused(shipped, planted(tmp_path), ModelUnavailableError)
    assert error.message == f"{shipped / WEIGHTS}: cannot be read: No such file or directory"


def test_weights_for_another_encoder_are_refused(shipped: Path, tmp_path: Path) -> None:
    edit(shipped / MANIFEST, encoder_sha256="0" * 64)
    message = refused(shipped, planted(tmp_path), ModelError).message
    assert message == (f"{shipped / WEIGHTS}: made for the encoder {'0' * 64}, here is {e5.SHA256}")


@pytest.mark.parametrize("content", [None, b"", b"{", b"[]", b'{"sha256": "00"}', b"\xff\xfe"])
def test_a_missing_or_damaged_manifest_is_named(
    shipped: Path, tmp_path: Path, content: bytes | None
) -> None:
    (shipped / MANIFEST).unlink()
    if content is not None:
        (shipped / MANIFEST).write_bytes(content)
    error = refused(shipped, planted(tmp_path), ModelUnavailableError)
    assert error.message.startswith(f"{shipped / MANIFEST}: the packaged drafter has no readable")


def test_a_cache_that_cannot_be_written_says_so(sound: Path, tmp_path: Path) -> None:
    (tmp_path / "cache").write_bytes(b"")
    with pytest.raises(ModelUnavailableError, match="cannot be written") as caught:
        packaged_drafter(tmp_path / "cache", sound)
    assert "cache directory" in caught.value.hint


def test_a_checkpoint_becomes_a_folder(cache: Path, encoder: Path, tmp_path: Path) -> None:
    import torch

    run = cache / "training" / "winzig"
    run.mkdir(parents=True, exist_ok=True)
    trained = {name: weight.float() for name, weight in tiny_drafter.trained(encoder).items()}
    torch.save({"model": trained, "step": 7, "plan": {}}, run / "checkpoint.pt")
    rows = json.dumps(tiny_drafter.rows())
    (cache / "training" / "pieces.json").write_text(rows, encoding="utf-8")
    arguments = ["--cache", str(cache), "--run", "winzig", "--to"]
    export.main([*arguments, str(tmp_path / "neu" / "modell")])
    state = load_file(tmp_path / "neu" / "modell" / "model.safetensors")
    assert all(state[name].equal(weight) for name, weight in trained.items())
    export.main([*arguments, str(tmp_path / "zufall"), "--random-decoder"])
    drawn = load_file(tmp_path / "zufall" / "model.safetensors")
    changed = {name for name in state if not state[name].equal(drawn[name])}
    assert changed == {name for name in trained if name.startswith("model.decoder")}


def test_the_packaged_drafter_is_found_by_its_name(
    cache: Path, sound: Path, made: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    there = partial(packaged_drafter, shipped=sound)
    monkeypatch.setattr(packaged, "packaged_drafter", there)
    drafter = load_drafter("beleg", cache=cache)
    digest = hashlib.sha256((made / "model.safetensors").read_bytes()).hexdigest()
    assert isinstance(drafter, ExactDrafter)
    assert drafter.identity == ModelIdentity(NAME, digest, 0)
    [span] = drafter.draft("Wie hoch?", [TEXT], "de").spans
    named = load_drafter(str(made), cache=cache)
    assert isinstance(named, ExactDrafter)
    assert named.identity == ModelIdentity(made.name, digest, 0)
    assert named.draft("Wie hoch?", [TEXT], "de").spans == (span,)


def test_the_packaged_drafter_without_its_weights_says_so(
    cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    there = partial(packaged_drafter, shipped=tmp_path / "weights")
    monkeypatch.setattr(packaged, "packaged_drafter", there)
    with pytest.raises(ModelUnavailableError, match=r"drafter\.json") as caught:
        load_drafter("beleg", cache=cache)
    assert "install the project again" in caught.value.hint
