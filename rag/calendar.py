"""Months and weekdays by name, in the four languages in which questions are understood."""

from __future__ import annotations

from index.spelling import fold
from index.words import Word

_MONTHS = """
januar jaenner january janvier январь января январе
februar february février февраль февраля феврале
märz march mars март марта марте
april avril апрель апреля апреле
mai may май мая мае
juni june juin июнь июня июне
juli july juillet июль июля июле
august août август августа августе
september septembre сентябрь сентября сентябре
oktober october octobre октябрь октября октябре
november novembre ноябрь ноября ноябре
dezember december décembre декабрь декабря декабре
"""
_WEEKDAYS = """
montag monday lundi понедельник
dienstag tuesday mardi вторник
mittwoch wednesday mercredi среду
donnerstag thursday jeudi четверг
freitag friday vendredi пятницу
samstag sonnabend saturday samedi субботу
sonntag sunday dimanche воскресенье
"""


def _table(listed: str, kind: str) -> dict[str, str]:
    rows = enumerate(listed.strip().splitlines(), 1)
    return {fold(name): f"{kind}{number}" for number, row in rows for name in row.split()}


_NAMES = _table(_MONTHS, "month ") | _table(_WEEKDAYS, "weekday ")
_AMBIGUOUS = frozenset({"may", "mars", "march"})


def calendar_name(word: Word) -> str:
    """The month or weekday that a word names ("month 10"), or an empty string.

    Words that mean something else in lower case ("may", "march") count only with a capital.
    """
    key = fold(word.surface)
    if key in _AMBIGUOUS and not word.capitalised:
        return ""
    return _NAMES.get(key, "")
