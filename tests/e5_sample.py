"""A tiny data file in the packaged encoder's format, written byte by byte."""

from __future__ import annotations

import struct
import unicodedata
from functools import cache

HIDDEN, LAYERS, HEADS, WIDE, VOCABULARY, POSITIONS, TYPES = 32, 1, 2, 64, 16, 32, 2
PIECES = ["<s>", "<pad>", "</s>", "<unk>", "▁", "a", "ü", "▁a", "▁ü", "～", "fi", "ab", "<mask>"]
SCORES = [0, 0, 0, 0, -4, -5, -6, -2, -3, -7, -3.5, -2.5, 0]
# scale 0.5; byte 0 is 0x1F: weight 0 is (15 - 8) / 2, weight 16 is (1 - 8) / 2; the others are 0
Q4_BLOCK = struct.pack("<e", 0.5) + bytes([0x1F]) + bytes([0x88] * 15)


@cache
def normalisation() -> dict[int, str]:
    """NFKC without "～", with the spaces and controls of SentencePiece."""
    entries = {}
    for code in range(0x110000):
        if not 0xD800 <= code < 0xE000:
            text = unicodedata.normalize("NFKC", chr(code))
            if text != chr(code):
                entries[code] = text
    del entries[ord("～")]
    return entries | {1: "", 9: " ", 10: " ", 0x200B: " "}


def tensors() -> dict[str, tuple[int, int]]:
    """Type (0 float32, 1 Q4_0) and number of weights by name."""
    entries = {
        "emb.word": (1, VOCABULARY * HIDDEN),
        "emb.pos": (0, POSITIONS * HIDDEN),
        "emb.type": (0, TYPES * HIDDEN),
        "emb.ln.w": (0, HIDDEN),
        "emb.ln.b": (0, HIDDEN),
    }
    for name, rows, columns in [
        *((name, HIDDEN, HIDDEN) for name in ("q", "k", "v", "ao")),
        ("fi", WIDE, HIDDEN),
        ("fo", HIDDEN, WIDE),
    ]:
        entries[f"l0.{name}.w"] = (1, rows * columns)
        entries[f"l0.{name}.b"] = (0, rows)
    for name in ("aln.w", "aln.b", "oln.w", "oln.b"):
        entries[f"l0.{name}"] = (0, HIDDEN)
    return entries


def write(*, leave_out: str = "") -> bytes:
    """The whole file.

    Args:
        leave_out: name of a tensor that is not written.
    """
    head = b"E5S1" + struct.pack(
        "<I7ifi", 1, HIDDEN, LAYERS, HEADS, WIDE, VOCABULARY, POSITIONS, TYPES, 1e-12, 32
    )
    blob = [piece.encode() for piece in PIECES]
    ends = [sum(map(len, blob[:i])) for i in range(len(blob) + 1)]
    head += struct.pack("<5iQ", len(blob), 0, 2, 1, 3, ends[-1])
    head += struct.pack(f"<{len(ends)}I", *ends) + struct.pack(f"<{len(SCORES)}f", *SCORES)
    head += b"".join(blob)
    entries = b"".join(
        struct.pack(f"<IB{len(text)}I", code, len(text), *map(ord, text))
        for code, text in sorted(normalisation().items())
    )
    head += struct.pack("<iI", len(normalisation()), len(entries)) + entries
    wanted = {name: kind for name, kind in tensors().items() if name != leave_out}
    directory_bytes = 4 + sum(2 + len(name) + 21 for name in wanted)
    offset = len(head) + directory_bytes
    directory, body = struct.pack("<i", len(wanted)), b""
    for number, (name, (kind, count)) in enumerate(wanted.items()):
        raw = Q4_BLOCK * (count // 32) if kind else _floats(number, count)
        directory += struct.pack("<H", len(name)) + name.encode()
        directory += struct.pack("<BIQQ", kind, count, offset + len(body), len(raw))
        body += raw
    return head + directory + body


def _floats(seed: int, count: int) -> bytes:
    return struct.pack(f"<{count}f", *((seed * 31 + i * 17) % 23 / 23 - 0.5 for i in range(count)))
