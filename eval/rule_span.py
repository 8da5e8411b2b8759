"""The baselines of reading: the best sentence of a text, and a span that a rule cuts out of it.

What a drafter has to beat. The sentence is chosen by the features of `rag.evidence` that need
neither an index nor an embedder; the span by the kind of the question: a date for "wann", a
number and its noun for "wie viele", a name for "wer", a place after a preposition for "wo",
a clause for "warum", else the longest noun phrase that the question does not hold. Rules for
German. Pure; no I/O, no models.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator, Sequence

from index.words import Word, content_words, is_known, words
from rag.coverage import Keys, coverage, credit, keys_of
from rag.evidence import NEUTRAL_COVERAGE, SENTENCE_WEIGHTS, carried_words, expected_type
from rag.question import Kind, Question, read_question
from rag.sentences import Sentence, split_sentences
from rag.types import Draft, DraftSpan

Span = tuple[int, int]

_MONTH = (
    r"(?:Januar|Jänner|Februar|März|April|Mai|Juni|Juli|August|September|Oktober|November|Dezember)"
)
_DAY = (
    r"(?:Mon|Diens|Donners|Frei|Sams|Sonn)tag(?:abend|morgen|nachmittag|s)?\b|Mittwoch\w*"
    r"|Sonnabend"
)
_DIGITS = r"\d+(?:[.,:]\d+)*"
_NUMBER_WORD = (
    r"(?:zwei|drei|vier|fünf|sechs|sieben|acht|neun|zehn|elf|zwölf|dutzend)\b"
    r"|\w*(?:zehn|zig|ßig|hundert|tausend)\b"
)
_COUNT = rf"(?:{_DIGITS}|{_NUMBER_WORD})"
_PERIOD = r"(?:Sekunde|Minute|Stunde|Tag|Woche|Monat|Jahr)[ens]*\b"
_DATE = re.compile(
    rf"(?:(?:{_DAY}),?\s+)?(?:den\s+)?\d{{1,2}}\.\s*(?:{_MONTH}|\d{{1,2}}\.)(?:\s*\d{{2,4}})?"
    rf"|(?:(?:Anfang|Mitte|Ende)\s+)?{_MONTH}\b(?:\s+(?:1[0-9]|20)\d\d)?"
    rf"|{_DAY}|\b(?:1[0-9]|20)\d\d\b|{_DIGITS}\s+Uhr"
    rf"|\b(?:vor|nach|seit|in)\s+(?:\w+\s+)?(?:{_COUNT}|eine[mnr])\s+(?:\w+\s+)?{_PERIOD}"
    rf"|\b(?:gestern|heute|morgen|vorgestern)\b"
    rf"|\b\w+(?:e[mnrs])\s+(?:{_PERIOD}|Sommer|Winter|Herbst|Frühjahr|Frühling)"
)
_NUMBER = re.compile(
    rf"\b{_COUNT}(?:\s*[%€$]|(?:\s+(?:Millionen|Milliarden|Mio\.|Mrd\.))?"
    r"(?:\s+[a-zäöüß]+(?:e|en|er))?\s+[A-ZÄÖÜ][\w-]+)?",
    re.IGNORECASE | re.UNICODE,
)
_WHY = re.compile(
    r"\b(?:weil|denn|wegen|aufgrund|damit|angesichts|infolge)\b[^,.;:!?]*"
    r"|(?:^|(?<=, ))[Dd]a\b[^,.;:!?]*|\bum\b[^,.;:!?]*\bzu\b[^,.;:!?]*",
    re.IGNORECASE,
)
_NOUN = r"[A-ZÄÖÜ]\w*(?:[-/&.’'][\w]+)*"
_NAME = re.compile(rf"\b{_NOUN}(?:\s+(?:(?:von|van|de|der|und)\s+)?{_NOUN})*")
_DETERMINER = (
    r"(?:d(?:er|ie|as|em|en|es)|(?:k?ein|mein|dein|sein|ihr|unser)(?:e[mnrs]?)?|dies\w{1,2})"
)
_CORE = rf"(?:{_DETERMINER}\s+)?(?:[a-zäöüß]{{3,}}e[mnrs]?\s+){{0,2}}{_NOUN}(?:\s+{_NOUN})*"
_PHRASE = re.compile(rf"\b{_CORE}(?:\s+(?:der|des|von)\s+{_CORE})?")
_PLACE = re.compile(
    rf"\b(?:in|im|ins|an|am|auf|bei|beim|aus|nach|vor|unter|hinter|neben)\s+{_CORE}"
)


def sentence_draft(question: str, context: str) -> Draft:
    """The sentence that carries most of the question.

    Args:
        question: as asked, in German.
        context: the text to read.

    Returns:
        The sentence; confidence is the share of the question's words that it carries, rare
        words counting more. Never abstains unless the text has no sentence.
    """
    asked = read_question(question)
    found = best_sentence(asked, context)
    return _draft(None if found is None else (found[0].start, found[0].end), found)


def rule_draft(question: str, context: str) -> Draft:
    """The best sentence cut to what the kind of the question asks for; whole if nothing fits.

    Args:
        question: as asked, in German.
        context: the text to read.
    """
    asked = read_question(question)
    found = best_sentence(asked, context)
    if found is None:
        return _draft(None, None)
    start, end = found[0].start, found[0].end
    first, last = rule_span(asked, context[start:end])
    return _draft((start + first, start + last), found)


def best_sentence(question: Question, context: str) -> tuple[Sentence, float] | None:
    """The best sentence of a text and the share of the question that it carries, in [0, 1].

    Source: the weights of `rag.evidence.SENTENCE_WEIGHTS` without cosines and rank.
    """
    sentences = split_sentences(context)
    if not sentences:
        return None
    keys = [keys_of(context[s.start : s.end]) for s in sentences]
    weight = _rarity(keys)
    asked = carried_words(question)
    best: tuple[float, Sentence, float] | None = None
    for i, sentence in enumerate(sentences):
        carried = coverage(asked, keys[i], weight)
        share = NEUTRAL_COVERAGE if carried is None else carried
        near = context[sentences[max(0, i - 1)].start : sentence.end]
        around = coverage(asked, keys_of(near), weight) or 0.0
        typed = expected_type(question, context[sentence.start : sentence.end])
        values = {
            "carried": share,
            "carried_near": around,
            "typed": float(typed),
            "heading": float(sentence.heading),
        }
        score = sum(SENTENCE_WEIGHTS[name] * value for name, value in values.items())
        if best is None or score > best[0]:
            best = (score, sentence, share)
    assert best is not None
    return best[1], min(1.0, best[2])


def rule_span(question: Question, sentence: str) -> Span:
    """What of a sentence answers a question of this kind, as ``[start, end)``.

    Args:
        question: the question, read.
        sentence: its best sentence, not blank.
    """
    asked = {key for word in question.content for key in (word.stem, *word.parts)}
    by_kind = {
        Kind.DATE: _dates,
        Kind.NUMBER: _numbers,
        Kind.PERSON: _names,
        Kind.PLACE: _places,
        Kind.REASON: _reasons,
    }
    chosen = by_kind[question.kind](sentence, asked) if question.kind in by_kind else None
    return chosen or _longest_phrase(sentence, asked) or (0, len(sentence))


def _dates(sentence: str, asked: set[str]) -> Span | None:
    return next(_fresh(_DATE, sentence, asked), None)


def _numbers(sentence: str, asked: set[str]) -> Span | None:
    """The first number that counts a word of the question, else the first new number."""
    spans = [match.span() for match in _NUMBER.finditer(sentence)]
    new = [span for span in spans if words(sentence[slice(*span)])[0].stem not in asked]
    counting = (span for span in new if _carries(sentence[slice(*span)], asked))
    return next(counting, new[0] if new else None)


def _names(sentence: str, asked: set[str]) -> Span | None:
    """The first capitalised words with one among them that is in no dictionary."""
    for start, end in _fresh(_NAME, sentence, asked):
        if any(not is_known(word.surface) for word in content_words(sentence[start:end])):
            return start, end
    return None


def _places(sentence: str, asked: set[str]) -> Span | None:
    found = (match.span() for match in _PLACE.finditer(sentence))
    return next((span for span in found if not _carries(sentence[slice(*span)], asked)), None)


def _reasons(sentence: str, asked: set[str]) -> Span | None:
    match = _WHY.search(sentence)
    return (match.start(), match.start() + len(match.group().rstrip())) if match else None


def _longest_phrase(sentence: str, asked: set[str]) -> Span | None:
    return max(_fresh(_PHRASE, sentence, asked), key=lambda span: span[1] - span[0], default=None)


def _fresh(pattern: re.Pattern[str], sentence: str, asked: set[str]) -> Iterator[Span]:
    """Matches without their leading stop words that hold no word of the question."""
    for match in pattern.finditer(sentence):
        found = words(match.group())
        first = next((word for word in found if not word.is_stop), None)
        if first is not None and not _carries(match.group(), asked):
            yield match.start() + first.start, match.end()


def _carries(text: str, asked: set[str]) -> bool:
    return any(not asked.isdisjoint((word.stem, *word.parts)) for word in content_words(text))


def _rarity(keys: Sequence[Keys]) -> Callable[[Word], float]:
    """Inverse frequency of a word among the sentences of a text, at least 0.1."""

    def weight(word: Word) -> float:
        frequency = sum(credit(word, of_one) > 0 for of_one in keys)
        return max(0.1, math.log((len(keys) + 1) / (frequency + 0.5)))

    return weight


def _draft(span: Span | None, found: tuple[Sentence, float] | None) -> Draft:
    if span is None or found is None:
        return Draft((), 0.0, True)
    return Draft((DraftSpan(0, *span, found[1]),), found[1], False)
