"""Spellings that mean the same: diacritics, and names from other alphabets.

Owns no dictionary and knows nothing of German grammar; that is `index.words`.
"""

from __future__ import annotations

import re
import unicodedata

_CYRILLIC = dict(zip("абвгдежзийклмнопрстуфхцчшщъыьэюя", (
    "a b v g d e zh z i j k l m n o p r s t u f kh z ch sh shch _ y _ e ju ja"
).split(), strict=True)) | {"ё": "e", "і": "i", "ї": "i", "є": "e", "ґ": "g"}  # fmt: skip
_KEY_RULES = tuple(
    (re.compile(pattern), to)
    for pattern, to in (
        ("schtsch|shch", "s"),
        ("tsch|tch", "c"),
        ("sch|sh|zh", "s"),
        ("kh|ch", "c"),
        ("tz|ts|z", "s"),
        ("ph", "f"),
        ("th", "t"),
        ("ou|oo", "u"),
        ("w", "v"),
        ("ck|q", "k"),
        ("x", "ks"),
        ("[jyi]+", "i"),
        (r"(.)\1+", r"\1"),
        ("(?<=..)e$", ""),
    )
)


def fold(text: str) -> str:
    """Lower case without diacritics; ß becomes ss."""
    decomposed = unicodedata.normalize("NFKD", text.lower().replace("ß", "ss"))
    return "".join(char for char in decomposed if not unicodedata.combining(char))


def name_key(word: str) -> str:
    """Key that ignores how a name was transliterated: Lawrow = Lavrov = Лавров.

    Args:
        word: one word in Latin letters, any case.
    """
    key = letters(fold(word))
    for pattern, to in _KEY_RULES:
        key = pattern.sub(to, key)
    return key


def letters(text: str) -> str:
    """Only the letters and digits of a text."""
    return "".join(char for char in text if char.isalnum())


def transliterate(text: str) -> str:
    """Cyrillic letters in lower case, written in Latin ones."""
    return "".join(_CYRILLIC.get(char, char) for char in text).replace("_", "")
