"""One spelling for texts that say the same: the ground on which answers are compared.

Owns the German answer normalisation. It shares no code with `index` and `rag`,
so that a fault in their normalisation cannot hide itself in the measurement.
Pure; no I/O.
"""

from __future__ import annotations

import re
import unicodedata

ARTICLES = frozenset("der die das den dem des ein eine einen einem einer eines a an the".split())
"""Dropped from answers: the German list of MLQA and the English one of SQuAD."""

DECIMAL_MARK = "\ue000"
"""Stands for the decimal comma while punctuation is removed."""

MINUS_MARK = "\ue001"
"""Stands for the sign of a negative number while punctuation is removed."""

_FOLDS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"})
_SYMBOLS = str.maketrans({"%": " prozent ", "€": " euro ", "$": " dollar "})
_INVISIBLE = frozenset({"Cf", "Co"})

_THOUSANDS = re.compile(r"(?<![\d.,])[1-9]\d{0,2}([.'’ ])\d{3}(?:\1\d{3})*(?![.'’]?\d)")
_DECIMAL = re.compile(r"(?<![\d.,])(\d+)[.,](\d+)(?![.,]?\d)")
_MINUS = re.compile(r"(?<![^\s(])[-−](?=\d)")
_INNER_MARK = re.compile(r"(?<=[^\W\d_])[.'’](?=[^\W\d_])")
_CITATION_MARK = re.compile(r"\s*\[\d+\]")


def strip_citation_marks(text: str) -> str:
    """The text without its ``[n]`` marks and the blanks before them."""
    return _CITATION_MARK.sub("", text)


def visible(text: str) -> str:
    """The text in NFKC without invisible characters (soft hyphen, zero-width blanks, BOM)."""
    composed = unicodedata.normalize("NFKC", text)
    return "".join(c for c in composed if unicodedata.category(c) not in _INVISIBLE)


def fold(text: str) -> str:
    """The `visible` text in lower case, with ä ae, ö oe, ü ue, ß ss written alike."""
    return visible(text).lower().translate(_FOLDS)


def mark_numbers(text: str) -> str:
    """Numbers in one notation: ``8.000``, ``8 000``, ``8'000`` become ``8000``.

    A point, blank or apostrophe before groups of exactly three digits is a
    thousands separator, unless the number starts with 0. Any other point or
    comma between two digit runs is a decimal mark and becomes `DECIMAL_MARK`;
    so ``8,000`` is German for eight. A minus before a digit, after white space
    or an opening bracket, becomes `MINUS_MARK`; in ``2014-2016`` there is none.
    """
    text = _THOUSANDS.sub(lambda found: re.sub(r"\D", "", found.group()), text)
    text = _DECIMAL.sub(rf"\1{DECIMAL_MARK}\2", text)
    return _MINUS.sub(MINUS_MARK, text)


def normalise_answer(text: str) -> str:
    """An answer as it is compared: folded words and numbers, one blank between them.

    In this order: `fold`; numbers in one notation (`mark_numbers`); ``%``,
    ``€`` and ``$`` become words; points and apostrophes between letters vanish
    (``U.S.`` is ``us``), every other punctuation mark or symbol, all quotation
    marks and hyphens among them, separates words; articles are dropped, unless
    nothing else is there.

    Source: SQuAD 1.1 ``normalize_answer`` (Rajpurkar et al. 2016,
    arXiv:1606.05250) and its German form in MLQA (Lewis et al. 2020,
    arXiv:1910.07475); number and umlaut spelling are this project's.
    """
    marked = _INNER_MARK.sub("", mark_numbers(fold(text))).translate(_SYMBOLS)
    spaced = "".join(" " if unicodedata.category(c)[0] in "PS" else c for c in marked)
    words = spaced.replace(DECIMAL_MARK, ",").replace(MINUS_MARK, "-").split()
    return " ".join([word for word in words if word not in ARTICLES] or words)


def answer_tokens(text: str) -> list[str]:
    """The words of the normalised answer, in order."""
    return normalise_answer(text).split()
