"""Builds the packaged encoder's tokenizer, or its first half, from its data file.

SentencePiece Unigram: normalise, turn spaces into "▁", take the most probable
sequence of pieces. The file lists what each code point becomes; that is NFKC
with a few exceptions (controls vanish, tabs, line breaks and zero-width
characters become spaces, "～" stays), so the tokenizer runs NFKC and the
exceptions around it. Beyond the file, NFKC also composes "u" + U+0308 to "ü".
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from index.e5file import E5File

if TYPE_CHECKING:
    from tokenizers import Tokenizer
    from tokenizers.normalizers import Normalizer

MASK = "<mask>"
_FIRST_MARK = 0xF0000  # private use, plane 15: NFKC leaves it alone
_SURROGATES = range(0xD800, 0xE000)


def build_tokenizer(file: E5File) -> Tokenizer:
    """The tokenizer of the file.

    Args:
        file: the parsed data file.

    Returns:
        A tokenizer whose encodings are ``<s> pieces </s>``; it neither truncates
        nor pads.
    """
    from tokenizers.processors import TemplateProcessing

    words = file.words
    pieces = list(zip(words.pieces, words.scores, strict=True))
    tokenizer = _with_pieces(file, pieces, words.unk)
    bos, eos = words.pieces[words.bos], words.pieces[words.eos]
    tokenizer.post_processor = TemplateProcessing(
        single=f"{bos} $A {eos}",
        pair=f"{bos} $A {eos} {eos} $B {eos}",
        special_tokens=[(bos, words.bos), (eos, words.eos)],
    )
    return tokenizer


def build_splitter(file: E5File) -> Tokenizer:
    """The tokenizer without its vocabulary: normalises and splits into words.

    The library's vocabulary takes 0.5 s to load and 280 MB (tokenizers 0.23); this
    takes neither, and `index.e5words` does the rest.

    Args:
        file: the parsed data file.

    Returns:
        A tokenizer whose tokens are words, "▁" first, and special tokens as they stand
        in the text; the ids mean nothing.
    """
    return _with_pieces(file, [(" ", 0.0)], 0)  # a space is in no word: each stays whole


def _with_pieces(file: E5File, pieces: list[tuple[str, float]], unk: int) -> Tokenizer:
    """The file's normalisation, splitting and special tokens around these pieces."""
    from tokenizers import AddedToken, Tokenizer
    from tokenizers.models import Unigram
    from tokenizers.pre_tokenizers import Metaspace

    words = file.words
    tokenizer = Tokenizer(Unigram(pieces, unk, byte_fallback=False))
    tokenizer.normalizer = build_normalizer(file.normalisation)
    tokenizer.pre_tokenizer = Metaspace(replacement="▁", prepend_scheme="always")
    special = [words.pieces[i] for i in (words.bos, words.pad, words.eos, words.unk)]
    tokenizer.add_special_tokens(
        [
            AddedToken(text, normalized=False, lstrip=text == MASK)
            for text in special + [MASK] * (MASK in words.pieces)
        ]
    )
    return tokenizer


def build_normalizer(wanted: Mapping[str, str]) -> Normalizer:
    """A normalizer that does with each single code point what the file says.

    Args:
        wanted: what a code point becomes; one that is not a key stays.

    Returns:
        Steps of the tokenizers library, runs of spaces collapsed at the end.
    """
    from tokenizers import Regex
    from tokenizers.normalizers import NFKC, Replace, Sequence

    exceptions = _exceptions(wanted)
    before: list[Normalizer] = []
    after: list[Normalizer] = []
    for target in ("", " "):
        if found := [char for char, text in exceptions.items() if text == target]:
            before.append(Replace(Regex(_character_class(found)), target))
    others = {char: text for char, text in exceptions.items() if text not in ("", " ")}
    for mark, (char, text) in enumerate(others.items(), _FIRST_MARK):
        before.append(Replace(char, chr(mark)))
        after.append(Replace(chr(mark), text))
    return Sequence([*before, NFKC(), *after, Replace(Regex(" {2,}"), " ")])


def _exceptions(wanted: Mapping[str, str]) -> dict[str, str]:
    """Code points for which the library's NFKC is not what the file wants.

    Compared over all of Unicode, so that the library's own Unicode version does
    not matter. A line feed between the code points keeps them from combining.
    """
    from tokenizers.normalizers import NFKC

    characters = [chr(code) for code in range(0x110000) if code not in _SURROGATES]
    characters.remove("\n")
    given = NFKC().normalize_str("\n".join(characters)).split("\n")
    pairs = zip(characters, given, strict=True)
    found = {char: wanted.get(char, char) for char, text in pairs if text != wanted.get(char, char)}
    return found | ({"\n": wanted["\n"]} if wanted.get("\n", "\n") != "\n" else {})


def _character_class(characters: list[str]) -> str:
    """A regular expression that matches any one of the characters."""
    return "[" + "".join(rf"\x{{{ord(char):X}}}" for char in characters) + "]"
