"""Values of a report: read without trust, written as safe text.

A report is a file that may come from another version or another hand: any value may be
missing, null or of the wrong type. What is wrong reads as None or as empty, never as a number.
Every text goes through `h` before it stands in the page. Pure; no I/O.
"""

from __future__ import annotations

import html
import math
import unicodedata
from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

Values: TypeAlias = Mapping[str, Any]

NONE = "–"
"""Stands where there is no value."""
_HARMLESS = "\n\u00ad\u200c\u200d"  # soft hyphen; joiners, part of ordinary words and emoji
_INVISIBLE = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}


def mapping(value: Any) -> Values:
    """The value if it is a mapping, with its keys as text, else an empty one."""
    return {str(key): item for key, item in value.items()} if isinstance(value, Mapping) else {}


def items(value: Any) -> Sequence[Any]:
    """The value if it is a list, else an empty one."""
    return value if isinstance(value, Sequence) and not isinstance(value, str | bytes) else ()


def mappings(value: Any) -> list[Values]:
    """The mappings of a list; all else in it is left out."""
    return [mapping(item) for item in items(value) if isinstance(item, Mapping)]


def number(value: Any) -> float | None:
    """A finite number, or None; true and false count as 1 and 0."""
    if not isinstance(value, int | float):
        return None
    try:
        found = float(value)
    except OverflowError:
        return None
    return found if math.isfinite(found) else None


def estimate(value: Any) -> tuple[float | None, float | None, float | None, int | None]:
    """Value, lower bound, upper bound and n of a metric, a mapping or a bare number."""
    if not isinstance(value, Mapping):
        return number(value), None, None, None
    count = number(value.get("n"))
    low, high = number(value.get("low")), number(value.get("high"))
    found = number(value.get("value", value.get("estimate")))
    return found, low, high, None if count is None else int(count)


def text(value: Any) -> str:
    """A value in one piece of plain text; None becomes a dash."""
    if value is None or value == "":
        return NONE
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:.4g}"
    if isinstance(value, Mapping):
        return ", ".join(f"{key}: {text(item)}" for key, item in value.items()) or NONE
    if isinstance(value, str):
        return value
    return ", ".join(text(item) for item in value) or NONE if items(value) else str(value)


def shown(value: str) -> str:
    r"""Text with nothing hidden in it.

    Control, format, separator and unassigned characters become escapes (``\x1b``, ``\u202e``):
    they could turn the reading direction around or hide words. A tab becomes a space, and
    CR LF one line feed; all else stays.
    """
    plain = value.replace("\r\n", "\n").replace("\t", " ")
    return "".join(
        _escape(char)
        if char not in _HARMLESS and unicodedata.category(char) in _INVISIBLE
        else char
        for char in plain
    )


def h(value: Any) -> str:
    """Any value as text of the page: hidden characters shown, nothing left of markup."""
    return html.escape(shown(text(value)), quote=True)


def slug(value: str) -> str:
    """A text as part of an element's id: ASCII letters, digits and hyphens."""
    return "".join(char if char.isascii() and char.isalnum() else "-" for char in value)


def percent(value: float | None) -> str:
    """A share as a percentage; only exactly 1 reads as 100 % and only exactly 0 as 0 %."""
    if value is None:
        return NONE
    written = f"{100 * value:.1f}"
    if written == "100.0" and value < 1:
        written = "99.9"
    if written == "0.0" and value > 0:
        return "<\u00a00.1\u00a0%"
    return f"{written.removesuffix('.0')}\u00a0%"


def three(value: float) -> str:
    """A number with three decimals; what only rounds to 1 does not read as 1."""
    written = f"{value:.3f}"
    return "0.999+" if written == "1.000" and value < 1 else written


def seconds(value: float | None) -> str:
    """A duration, in milliseconds below one second."""
    if value is None:
        return NONE
    if value < 0.0995:
        return f"{1000 * value:.2g}\u00a0ms"
    return f"{1000 * value:.0f}\u00a0ms" if value < 0.9995 else f"{value:.2f}\u00a0s"


def words_of(name: str) -> str:
    """A name of the code as words: ``right_file_wrong_line`` -> ``right file wrong line``."""
    return name.replace("_", " ").strip()


def _escape(char: str) -> str:
    code = ord(char)
    if code < 0x100:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"
