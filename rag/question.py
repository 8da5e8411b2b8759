"""What a question asks: language, kind, scope, and the words that must be carried.

Pure. Decides nothing about answers; unknown kinds are OTHER.
"""

from __future__ import annotations

import enum
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

from index.errors import QuestionError
from index.words import Word, content_words, is_known, words

MAX_QUESTION_CHARS = 2000

_FUNCTION_WORDS = {
    "de": "der die das und ist wer was wie wann wo warum welche welcher welches hat haben wurde "
    "wurden sind ein eine einen von für mit nach nicht auf dem den des im am zu zum sich wie viele "
    "worum gibt sagte bei über wem wen wessen laut weshalb wozu in will",
    "en": "the and is are was were who what how when where why which did does do has have many "
    "much of for with not to a an in about said say by from will whom whose",
    "fr": "le la les et est sont qui que quoi quel quelle quels combien quand où pourquoi comment "
    "une des du de dans pour avec par il elle a au aux ce cette dit",
    "ru": "кто что где когда как почему зачем сколько какой какая какие чем на из по ли",
}
_LANGUAGE_WORDS = {name: frozenset(listed.split()) for name, listed in _FUNCTION_WORDS.items()}


class Kind(enum.Enum):
    """What sort of answer a question expects."""

    NUMBER = "number"
    DATE = "date"
    PERSON = "person"
    PLACE = "place"
    REASON = "reason"
    BROAD = "broad"
    OTHER = "other"


_OFFICE = (
    r"(minist(er|re)|pr(ä|e|é)sident|politi(k|c)|general|person|chef|sprecher|botschafter|ambassad)"
)
_KINDS = (
    (Kind.BROAD, r"\bworum\b.*\b(geht|handelt)|\bwovon handel|\bworüber (bericht|schreib|geht)"
     r"|\bfass(e|t|en)?\b.*\bzusammen|\bzusammenfass|\büberblick\b|\bwas steh(t|en) in\b"
     r"|\b(wichtigste|zentrale)n? (themen|punkte|aussagen)|\bwas ist das thema\b|\bum was geht"
     r"|\bwhat\b.*\babout\s*\??$|\bsummar|\bmain (points|topics)|\boverview\b"
     r"|\bde quoi (parle|s['’]agit)|\br[ée]sum[eé]|\bо ч[её]м\b|\bперескаж|\bкратко\b"),
    (Kind.NUMBER, r"\bwie ?viele?[rsnm]?\b|\bwie (hoch|gro(ß|ss)|lange?|oft|weit|alt|schnell|teuer)"
     r"\b|\bwelche (anzahl|menge|zahl)|\bwelche[rn]? anteil|^\W*(an)?zahl de[rs]\b"
     r"|\bhow (many|much|old|long|often|far|big|large|high)\b|\bwhat (number|share|percentage)"
     r"|^\W*number of\b|\bcombien\b|\bquel(le)? (nombre|part|pourcentage)\b|\bсколько\b"
     r"|\bкако(й|е) (процент|количество|число)|\bprozent\b.*\?"),
    (Kind.DATE, r"\bwann\b|\bwelche[mnrs]? (datum|jahr(en?)?|monat|woche|wochentag|tag|zeitpunkt)\b"
     r"|\bwievielten\b|\bwhen\b|\b(what|which) (day|date|year|month|week)\b|\bquand\b"
     r"|\bquel(le)? (jour|date|ann[ée]e|mois|semaine)\b|\bкогда\b|\bв каком (году|месяце)"
     r"|\bкакого числа\b"),
    (Kind.PLACE, r"\b(wo|woher|wohin)\b|\b(in|an) welche[mnr] (stadt|land|orte?|region|gebiet)\b"
     r"|\bwhere\b|\b(which|what) (city|country|place|region)\b|\boù\b|^\W*ou\b"
     r"|\b(dans|en) quel(le)? (ville|pays|r[ée]gion|lieu)\b|\b(где|куда|откуда)\b"
     r"|\bв как(ом|ой) (городе|стране|регионе)"),
    (Kind.REASON, r"\b(warum|weshalb|wieso|weswegen|wozu|wofür)\b"
     r"|\b(aus|mit) welche[mnr] (grund|gründen|begründung)\b|\bwhy\b|\bfor what reason"
     r"|\bpourquoi\b|\b(почему|зачем)\b"),
    (Kind.PERSON, r"\b(wer|wem|wen|wessen)\b|\bwhom?\b|\bwhose\b|\bqui\b|\b(кто|кого|кому|кем)\b"
     rf"|\bwelche[rnm]? \w*{_OFFICE}|\bwie hei(ß|ss)(t|en) de[rn] \w*{_OFFICE}"
     rf"|\bwie hei(ß|ss)(t|en) die \w*{_OFFICE}|\bwhich \w*{_OFFICE}|\bquel(le)? \w*{_OFFICE}"),
)  # fmt: skip
_KIND_PATTERNS = tuple((kind, re.compile(pattern)) for kind, pattern in _KINDS)
_TOKEN = re.compile(r"[\w.\-/]+")
_ARTICLE_WORD = re.compile(
    r"artikel[ns]?|datei(?:en)?|text(?:en?|s)?|beitr(?:ag|äge|ägen)|articles?|files?|стать[яеюи]"
)
_LAW_ARTICLE = re.compile(r"[1-9]\d{0,2}\W+(?:des|der|dieses|abs|absatz|satz|gg|of|du|de|un)\b")
_CONNECTORS = frozenset("und oder and or et ou и или nummer nr".split())


@dataclass(frozen=True, slots=True)
class Question:
    """A question, read.

    Args:
        text: as asked, in NFC, control characters replaced by blanks.
        language: "de", "en", "fr" or "ru", by its function words.
        kind: what sort of answer it expects.
        content: its words without stop words.
        names: the content words that name somebody or something: written with a capital and
            in no dictionary of the question's language, nor compounds of words that are.
        numbers: the content words that are numbers, in digits or as words.
        article_ids: articles that it names, empty for no restriction.
    """

    text: str
    language: str
    kind: Kind
    content: tuple[Word, ...]
    names: tuple[Word, ...]
    numbers: tuple[Word, ...]
    article_ids: tuple[str, ...] = ()

    @property
    def answer_language(self) -> str:
        """Language of the words around the answer: "de" for German, else "en"."""
        return "de" if self.language == "de" else "en"


def read_question(text: str, article_ids: Iterable[str] = ()) -> Question:
    """Read a question.

    Args:
        text: what the user typed.
        article_ids: all articles of the corpus, to recognise one that is named.

    Raises:
        QuestionError: empty, or longer than 2,000 characters.
    """
    plain = "".join(_plain(char) for char in unicodedata.normalize("NFC", text))
    clean = " ".join(plain.split())
    if not clean:
        raise QuestionError("the question is empty", hint="type a question, for example: Wer ...?")
    if len(clean) > MAX_QUESTION_CHARS:
        raise QuestionError(
            f"the question has {len(clean)} characters, at most {MAX_QUESTION_CHARS} are read",
            hint="ask a shorter question; articles belong into the corpus folder",
        )
    named, references = _named_articles(clean, tuple(article_ids))
    content = tuple(
        word
        for word in content_words(clean)
        if not any(start <= word.start < end for start, end in references)
    )
    language = _language(clean)
    return Question(
        text=clean,
        language=language,
        kind=_kind(clean),
        content=content,
        names=tuple(word for word in content if _is_name(word, language)),
        numbers=tuple(word for word in content if is_numeric(word)),
        article_ids=named,
    )


def _plain(char: str) -> str:
    """Control and format characters become blanks; a soft hyphen disappears."""
    if char == "\u00ad":
        return ""
    return " " if unicodedata.category(char) in {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"} else char


def _kind(text: str) -> Kind:
    """The first kind whose pattern fits the text, as it is or with its umlauts restored."""
    lower = text.lower()
    forms = (lower, lower.replace("ae", "ä").replace("oe", "ö").replace("ue", "ü"))
    found = (kind for kind, pattern in _KIND_PATTERNS if any(map(pattern.search, forms)))
    return next(found, Kind.OTHER)


def _language(text: str) -> str:
    lower = [word.surface.lower() for word in words(text)]
    counts = {name: sum(w in listed for w in lower) for name, listed in _LANGUAGE_WORDS.items()}
    cyrillic = sum("\u0400" <= word[0] <= "\u04ff" for word in lower)
    if 2 * cyrillic > len(lower):
        return "ru"
    best = max(counts, key=lambda name: counts[name])
    return best if counts[best] > counts["de"] else "de"


def is_numeric(word: Word) -> bool:
    """True for a number in digits or as a number word."""
    return word.is_number or any(part.isdigit() for part in word.parts)


def _is_name(word: Word, language: str) -> bool:
    if is_numeric(word) or not word.capitalised or is_known(word.surface, language):
        return False
    return language != "de" or not word.parts


def _named_articles(
    text: str, article_ids: tuple[str, ...]
) -> tuple[tuple[str, ...], list[tuple[int, int]]]:
    """Articles named by a phrase like "Artikel 002 und 003" or by file name, and where."""
    lower = text.lower() if len(text.lower()) == len(text) else text
    named: dict[str, None] = {}
    spans = []
    keyword: int | None = None
    for token in _TOKEN.finditer(lower):
        wanted = token.group().rstrip(".-")
        end = token.start() + len(wanted)
        if _ARTICLE_WORD.fullmatch(wanted):
            keyword = token.start()
        elif found := _articles_called(wanted, lower[:end], article_ids, keyword is not None):
            if not (keyword is not None and _LAW_ARTICLE.match(lower, token.start())):
                named.update(dict.fromkeys(found))
                spans.append((token.start() if keyword is None else keyword, end))
        elif wanted not in _CONNECTORS:
            keyword = None
    return tuple(named), spans


def _articles_called(
    wanted: str, text_before: str, article_ids: tuple[str, ...], announced: bool
) -> list[str]:
    """Articles that a token names: by any handle if announced, else by a whole file name."""
    if announced and (called := [i for i in article_ids if wanted in _handles(i)]):
        return called
    if not any(mark in wanted for mark in "._"):
        return []
    names = {i: unicodedata.normalize("NFC", i).lower() for i in article_ids}
    if "/" in wanted:
        return [i for i, name in names.items() if f"/{name}".endswith(f"/{wanted}")]
    return [i for i, name in names.items() if _ends_in_file_name(text_before, name, wanted)]


def _ends_in_file_name(text: str, article_id: str, wanted: str) -> bool:
    name = article_id.rsplit("/", 1)[-1]
    whole = text.endswith(name) and not text[: len(text) - len(name)][-1:].isalnum()
    return whole or ("_" in wanted and wanted == name.rsplit(".", 1)[0])


def resolve_articles(names: Iterable[str], article_ids: Iterable[str]) -> tuple[str, ...]:
    """The articles that a user named.

    Args:
        names: id, file name, its stem, or a number that begins it ("002"), any case.
        article_ids: all articles of the corpus.

    Raises:
        QuestionError: a name fits no article.
    """
    known = tuple(article_ids)
    found: dict[str, None] = {}
    for name in names:
        wanted = unicodedata.normalize("NFC", name).lower()
        called = [i for i in known if wanted in _handles(i)]
        if not called:
            example = f", for example {known[0]}" if known else ""
            raise QuestionError(
                f"no article {name!r} in the index",
                hint=f"name it as it stands below the corpus{example}",
            )
        found.update(dict.fromkeys(called))
    return tuple(found)


def _handles(article_id: str) -> set[str]:
    """The ways to name an article: its id, file name, stem, or a number that begins it."""
    lower = unicodedata.normalize("NFC", article_id).lower()
    name = lower.rsplit("/", 1)[-1]
    stem = name.rsplit(".", 1)[0]
    first = re.split(r"[_\-\s]", stem)[0]
    return {lower, name, stem, first} if any(map(str.isdigit, first)) else {lower, name, stem}
