from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import tiny_seq2seq as tiny
from huggingface_hub import constants
from safetensors.torch import load_file, save_file

from index.errors import ModelError, ModelUnavailableError
from index.modelfolder import quiet
from index.types import ModelIdentity
from rag.draft import Drafter, load_drafter


@pytest.fixture(scope="module")
def saved(tmp_path_factory: pytest.TempPathFactory) -> Path:
    with quiet():
        return tiny.save("t5", tmp_path_factory.mktemp("drafter") / "entwürfe")


@pytest.fixture
def folder(saved: Path, tmp_path: Path) -> Path:
    """A copy that a test may damage."""
    return Path(shutil.copytree(saved, tmp_path / "modell"))


def edit(path: Path, **changes: Any) -> None:
    """Changes values of a JSON file."""
    values = json.loads(path.read_text(encoding="utf-8"))
    path.write_text(json.dumps(values | changes), encoding="utf-8")


def refused(folder: Path) -> ModelError:
    with pytest.raises(ModelError) as caught:
        load_drafter(str(folder), cache=folder.parent)
    assert caught.value.hint
    assert folder.name in caught.value.message
    return caught.value


def test_none_is_no_drafter(tmp_path: Path) -> None:
    assert load_drafter("none", cache=tmp_path) is None
    assert list(tmp_path.iterdir()) == []


def test_a_folder_gives_a_drafter(saved: Path) -> None:
    drafter: Drafter | None = load_drafter(str(saved), cache=saved.parent)
    assert drafter is not None
    digest = hashlib.sha256((saved / "model.safetensors").read_bytes()).hexdigest()
    assert drafter.identity == ModelIdentity("entwürfe", digest, 0)
    assert drafter.draft("Wer?", ["„Größe“ 👍🏽"], "de").spans


def test_a_hub_name_is_found_in_the_local_cache(
    saved: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(tmp_path))
    home = tmp_path / "models--owner--drafter"
    shutil.copytree(saved, home / "snapshots" / ("0" * 40))
    (home / "refs").mkdir()
    (home / "refs" / "main").write_text("0" * 40, encoding="utf-8")
    drafter = load_drafter("owner/drafter", cache=tmp_path)
    assert drafter is not None
    assert drafter.identity.name == "owner/drafter"


def test_an_unknown_hub_name_says_what_is_missing_and_how_to_get_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(tmp_path / "hub"))
    with pytest.raises(ModelUnavailableError) as caught:
        load_drafter("google/flan-t5-base", cache=tmp_path)
    assert "google/flan-t5-base" in caught.value.message
    assert str(tmp_path / "hub") in caught.value.message
    assert "hf download google/flan-t5-base" in caught.value.hint


@pytest.mark.parametrize("name", ["", "nichts", "./nichts", "a/b/c"])
def test_a_missing_folder_is_named(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)  # "" is the working folder, which holds no model
    with pytest.raises(ModelUnavailableError) as caught:
        load_drafter(name, cache=tmp_path)
    assert caught.value.hint


def test_an_empty_folder_says_what_belongs_there(tmp_path: Path) -> None:
    with pytest.raises(ModelUnavailableError, match=r"no \*\.safetensors") as caught:
        load_drafter(str(tmp_path), cache=tmp_path)
    assert "encoder-decoder" in caught.value.hint


def test_pickled_weights_are_refused_unread(folder: Path) -> None:
    (folder / "model.safetensors").unlink()
    (folder / "pytorch_model.bin").write_bytes(b"cos\nsystem\n(S'exit 1'\ntR.")
    assert "pickle" in refused(folder).message


@pytest.mark.parametrize("size", [0, 7, 100, -1, -5000])
def test_truncated_weights_are_refused(folder: Path, size: int) -> None:
    weights = folder / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:size])
    assert "cannot be loaded" in refused(folder).message


def test_a_missing_weight_is_not_made_up(folder: Path) -> None:
    weights = load_file(folder / "model.safetensors")
    name = next(name for name in sorted(weights) if "EncDecAttention" in name)
    del weights[name]
    save_file(weights, folder / "model.safetensors", metadata={"format": "pt"})
    assert name in refused(folder).message


def test_weights_of_another_size_are_refused(folder: Path) -> None:
    edit(folder / "config.json", d_ff=48)
    refused(folder)


def test_a_model_without_a_decoder_of_answers_is_refused(folder: Path) -> None:
    edit(folder / "config.json", model_type="bert")
    assert "encoder-decoder" in refused(folder).message


@pytest.mark.parametrize("damage", ["{", "", "[]"])
def test_a_damaged_configuration_is_refused(folder: Path, damage: str) -> None:
    (folder / "config.json").write_text(damage, encoding="utf-8")
    refused(folder)


def test_code_of_the_model_is_not_run(folder: Path) -> None:
    witness = folder / "ran"
    code = f"from pathlib import Path\nPath({str(witness)!r}).touch()\nclass Model: pass\n"
    (folder / "own.py").write_text(code, encoding="utf-8")
    (folder / "custom_generate").mkdir()
    (folder / "custom_generate" / "generate.py").write_text(code, encoding="utf-8")
    edit(
        folder / "config.json",
        model_type="own",
        auto_map={"AutoConfig": "own.Model", "AutoModelForSeq2SeqLM": "own.Model"},
    )
    refused(folder)
    edit(folder / "config.json", model_type="t5")
    assert load_drafter(str(folder), cache=folder.parent) is not None
    assert not witness.exists()


def test_a_tokenizer_without_offsets_is_refused(folder: Path) -> None:
    from transformers import ByT5Tokenizer

    for path in folder.glob("tokenizer*"):
        path.unlink()
    with quiet():
        ByT5Tokenizer().save_pretrained(folder)
    error = refused(folder)
    assert "ByT5Tokenizer" in error.message
    assert "fast tokenizer" in error.hint


def test_a_missing_tokenizer_is_refused(folder: Path) -> None:
    for path in folder.glob("tokenizer*"):
        path.unlink()
    refused(folder)


def test_a_tokenizer_of_another_model_is_refused(folder: Path) -> None:
    with quiet():
        tiny.fast(tiny.byte_level()).save_pretrained(folder)
    assert "340" in refused(folder).message


def test_an_abstain_token_outside_the_vocabulary_is_refused(folder: Path) -> None:
    edit(folder / "config.json", beleg_abstain_token_id=100_000)
    assert "100000" in refused(folder).message


def test_a_model_that_does_not_say_how_it_begins_is_refused(folder: Path) -> None:
    edit(folder / "config.json", decoder_start_token_id=None, bos_token_id=None)
    edit(folder / "generation_config.json", decoder_start_token_id=None, bos_token_id=None)
    edit(folder / "tokenizer_config.json", bos_token=None)
    assert "decoder_start_token_id" in refused(folder).message


def test_importing_the_seam_is_quick() -> None:
    code = (
        "import sys, rag.draft, rag.seq2seq, rag.types\n"
        "assert not {'torch', 'transformers', 'tokenizers'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
