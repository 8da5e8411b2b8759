from __future__ import annotations

import hashlib
import json
import logging
import warnings
from pathlib import Path

import pytest
from huggingface_hub import constants

from index.errors import ModelError, ModelUnavailableError
from index.modelfolder import Source, check_folder, find_model, quiet, weights_sha256


@pytest.fixture
def hub(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty Hugging Face cache."""
    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(tmp_path / "hub"))
    return tmp_path / "hub"


def put(hub: Path, name: str, *files: str) -> Path:
    """Puts a model of these files into the cache."""
    home = hub / f"models--{name.replace('/', '--')}"
    snapshot = home / "snapshots" / ("0" * 40)
    snapshot.mkdir(parents=True)
    (home / "refs").mkdir()
    (home / "refs" / "main").write_text("0" * 40, encoding="utf-8")
    for file in files:
        (snapshot / file).write_bytes(b"{}")
    return snapshot


def test_a_folder_is_taken_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "modell-größe").mkdir()
    folder = tmp_path / "modell-größe"
    assert find_model(str(folder)) == Source("modell-größe", folder)


def test_a_hub_name_is_found_in_the_local_cache(hub: Path) -> None:
    snapshot = put(hub, "owner/name", "config.json", "model.safetensors")
    assert find_model("owner/name") == Source("owner/name", snapshot)


def test_a_snapshot_without_weights_is_not_a_model(hub: Path) -> None:
    put(hub, "owner/name", "config.json")
    with pytest.raises(ModelUnavailableError):
        find_model("owner/name")


def test_an_unknown_hub_name_says_where_it_was_looked_for(hub: Path) -> None:
    with pytest.raises(ModelUnavailableError) as caught:
        find_model("owner/name")
    assert "owner/name" in caught.value.message
    assert str(hub) in caught.value.message
    assert "hf download owner/name" in caught.value.hint


def test_a_failed_download_says_why(hub: Path) -> None:
    with pytest.raises(ModelUnavailableError, match="the download failed") as caught:
        find_model("owner/name", allow_download=True)
    assert "network" in caught.value.hint


@pytest.mark.parametrize("name", ["./nowhere", "/nowhere/at/all", "nowhere", "a/b/c", "../x"])
def test_a_missing_folder_is_not_looked_for_on_the_hub(name: str) -> None:
    with pytest.raises(ModelUnavailableError, match="no model folder"):
        find_model(name, allow_download=True)


def test_pickled_weights_are_refused(tmp_path: Path) -> None:
    (tmp_path / "pytorch_model.bin").write_bytes(b"")
    with pytest.raises(ModelError, match="pickle") as caught:
        check_folder(Source("m", tmp_path))
    assert not isinstance(caught.value, ModelUnavailableError)
    assert "safetensors" in caught.value.hint


def test_pickled_weights_of_one_module_are_refused(tmp_path: Path) -> None:
    (tmp_path / "2_Dense").mkdir()
    (tmp_path / "model.safetensors").write_bytes(b"")
    (tmp_path / "pytorch_model.bin").write_bytes(b"")  # never read: safetensors stand beside it
    check_folder(Source("m", tmp_path))
    (tmp_path / "2_Dense" / "pytorch_model.bin").write_bytes(b"")
    with pytest.raises(ModelError, match="2_Dense"):
        check_folder(Source("m", tmp_path))


def test_a_folder_without_weights_is_refused(tmp_path: Path) -> None:
    (tmp_path / "onnx").mkdir()
    (tmp_path / "onnx" / "model.safetensors").write_bytes(b"")
    with pytest.raises(ModelUnavailableError, match=r"no \*\.safetensors"):
        check_folder(Source("m", tmp_path))


@pytest.mark.parametrize(
    ("modules", "message"),
    [
        (json.dumps([{"type": "custom_code.Transformer"}]), r"custom_code\.Transformer"),
        ("{}}", "not a list of modules"),
        ("[1]", "not a list of modules"),
    ],
)
def test_modules_with_code_of_their_own_are_refused(
    tmp_path: Path, modules: str, message: str
) -> None:
    (tmp_path / "model.safetensors").write_bytes(b"")
    (tmp_path / "modules.json").write_text(modules, encoding="utf-8")
    with pytest.raises(ModelError, match=message):
        check_folder(Source("m", tmp_path))


def test_the_digest_covers_all_weights_in_the_order_of_their_paths(tmp_path: Path) -> None:
    (tmp_path / "b.safetensors").write_bytes(b"two")
    (tmp_path / "a.safetensors").write_bytes(b"one")
    (tmp_path / "config.json").write_bytes(b"not counted")
    assert weights_sha256(tmp_path) == hashlib.sha256(b"onetwo").hexdigest()


def test_quiet_silences_and_restores(caplog: pytest.LogCaptureFixture) -> None:
    logger = logging.getLogger("sentence_transformers")
    level = logger.level
    with quiet():
        warnings.warn("loud", UserWarning, stacklevel=1)
        logger.warning("loud")
    assert logger.level == level
    assert caplog.text == ""
