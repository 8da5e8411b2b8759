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
from index.lexical import may_be_name
from index.words import Word, content_words, words

MAX_QUESTION_CHARS = 2000

_FUNCTION_WORDS = {
    "de": "der die das und ist wer was wie wann wo warum welche welcher welches hat haben wurde "
    "wurden sind ein eine einen von für mit nach nicht auf dem den des im am zu zum sich wie viele "
    "worum gibt sagte bei über wem wen wessen laut weshalb wozu",
    "en": "the and is are was were who what how when where why which did does do has have many "
    "much of for with not to a an in about said say by from",
    "fr": "le la les et est sont qui que quoi quel quelle quels combien quand où pourquoi comment "
    "une des du de dans pour avec par il elle a-t-il",
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


_KINDS = (
    (Kind.BROAD, r"\bworum\b.*\b(geht|handelt)|\bwovon handel|\bworüber (bericht|schreib|geht)"
     r"|\bfass(e|t|en)?\b.*\bzusammen|\bzusammenfass|\büberblick\b|\bwas steh(t|en) in\b"
     r"|\b(wichtigste|zentrale)n? (themen|punkte|aussagen)|\bum was geht"
     r"|\bwhat\b.*\babout\s*\??$|\bsummar|\bmain (points|topics)|\boverview\b"
     r"|\bde quoi (parle|s'agit)|\bрésum|\bо ч[её]м\b"),
    (Kind.NUMBER, r"\bwie ?viele?[rsnm]?\b|\bwie (hoch|groß|lange?|oft|weit|alt|schnell|teuer)\b"
     r"|\bwelche (anzahl|menge|zahl)|\bwelche[rn]? anteil|\bhow (many|much|old|long|often)\b"
     r"|\bwhat (number|share|percentage)|\bcombien\b|\bсколько\b|\bprozent\b.*\?"),
    (Kind.DATE, r"\bwann\b|\b(seit|bis|ab) wann\b|\b(an|in|zu) welche[mnr] (tag|datum|jahr|monat"
     r"|wochentag|zeitpunkt)|\bwhen\b|\b(what|which) (day|date|year|month)|\bquand\b|\bкогда\b"
     r"|\bв каком (году|месяце)"),
    (Kind.PLACE, r"^\W*(wo|woher|wohin)\b|\bwo\b|\bin welche[mnr] (stadt|land|ort|region)"
     r"|\bwhere\b|\bwhich (city|country|place)|\boù\b|\bгде\b|\bкуда\b"),
    (Kind.REASON, r"\b(warum|weshalb|wieso|weswegen|wozu|wofür)\b|\baus welche[mn] (grund|gründen)"
     r"|\bwhy\b|\bpourquoi\b|\bпочему\b|\bзачем\b"),
    (Kind.PERSON, r"\b(wer|wem|wen|wessen)\b|\bwhom?\b|\bwhose\b|\bqui\b|\bкто\b|\bкому\b|\bкем\b"
     r"|\bwelche[rnm]? (politiker|minister|präsident|person|außenminister|general)\w*"),
)  # fmt: skip
_KIND_PATTERNS = tuple((kind, re.compile(pattern, re.IGNORECASE)) for kind, pattern in _KINDS)
_ARTICLE_REFERENCE = re.compile(
    r"\b(?:artikel|datei|text|beitrag|article|file|статья|статье)n?\s+[\"'„“»«]?([\w.\-/]+)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Question:
    """A question, read.

    Args:
        text: as asked, control characters replaced by blanks.
        language: "de", "en", "fr" or "ru", by its function words.
        kind: what sort of answer it expects.
        content: its words without stop words.
        names: the content words that may name somebody or something.
        numbers: the content words written in digits.
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
    clean = " ".join("".join(_plain(char) for char in text).split())
    if not clean:
        raise QuestionError("the question is empty", hint="type a question, for example: Wer ...?")
    if len(clean) > MAX_QUESTION_CHARS:
        raise QuestionError(
            f"the question has {len(clean)} characters, at most {MAX_QUESTION_CHARS} are read",
            hint="ask a shorter question; articles belong into the corpus folder",
        )
    named, reference = _named_articles(clean, tuple(article_ids))
    content = tuple(
        word
        for word in content_words(clean)
        if not (reference and reference[0] <= word.start < reference[1])
    )
    return Question(
        text=clean,
        language=_language(clean),
        kind=_kind(clean),
        content=content,
        names=tuple(word for word in content if may_be_name(word) and _is_name(word, clean)),
        numbers=tuple(word for word in content if word.is_number),
        article_ids=named,
    )


def _plain(char: str) -> str:
    """Control and format characters become blanks; a soft hyphen disappears."""
    if char == "\u00ad":
        return ""
    return " " if unicodedata.category(char) in {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"} else char


def _kind(text: str) -> Kind:
    return next((kind for kind, pattern in _KIND_PATTERNS if pattern.search(text)), Kind.OTHER)


def _language(text: str) -> str:
    if sum("\u0400" <= char <= "\u04ff" for char in text) > len(text) / 4:
        return "ru"
    lower = [word.surface.lower() for word in words(text)]
    counts = {name: sum(w in listed for w in lower) for name, listed in _LANGUAGE_WORDS.items()}
    best = max(counts, key=lambda name: counts[name])
    return best if counts[best] > counts["de"] else "de"


def _is_name(word: Word, text: str) -> bool:
    """A capital in the middle of the sentence, a capital run, or letters unknown to German."""
    return word.start > 0 or not word.capitalised or text[: word.end].isupper()


def _named_articles(
    text: str, article_ids: tuple[str, ...]
) -> tuple[tuple[str, ...], tuple[int, int] | None]:
    """Articles that a phrase like "Artikel 002" names, and where the phrase stands."""
    for match in _ARTICLE_REFERENCE.finditer(text):
        wanted = match[1].rstrip(".").lower()
        named = tuple(i for i in article_ids if wanted in _handles(i))
        if named:
            return named, match.span()
    return (), None


def _handles(article_id: str) -> set[str]:
    """The ways to name an article: its id, file name, stem, or the stem's first part."""
    name = article_id.rsplit("/", 1)[-1].lower()
    stem = name.rsplit(".", 1)[0]
    return {article_id.lower(), name, stem, re.split(r"[_\-\s]", stem)[0]}
