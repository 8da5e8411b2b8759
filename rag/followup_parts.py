"""Follow-ups that are a part of a question, or ask for a part of what was counted. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from index.errors import QuestionError
from index.words import is_known
from rag.followup_words import LOCATIVE, Mention, mentions
from rag.question import read_question

Reading = tuple[str, bool, tuple[str, ...]]
"""Words that leaned, whether one reading is sure enough to take, and the readings."""

_NOUNS = r"(?-i:(?:[^\W\d_]+en? )?[A-ZÄÖÜ][\w-]*)"
_FREE = (
    r"(?:(?:seit|bis|ab) (?:wann|wo)|wann|wohin|woher|wo|warum|wieso|weshalb|weswegen|wozu|wofür"
    r"|womit|worüber|wodurch|wie lange|wie oft|(?:mit|von|bei|zu|nach|für|gegen|über|an) we[mn]"
    rf"|(?:in|an|aus|bei|mit|auf|zu|seit|bis|nach|für|gegen|über|von) welche[mnrs]? {_NOUNS}"
    r"|since when|when|where|why|how long|how often|with whom"
    r"|depuis quand|quand|où|pourquoi|comment|когда|где|почему|зачем|куда|откуда)"
)
_END = r"[\s?!.]*$"
BARE_FREE = re.compile(
    rf"(?P<wh>{_FREE}(?: genau| exactly)?)"
    rf"(?: (?:war|ist|geschah|passierte) (?:das|dies)| was (?:that|this))?{_END}",
    re.IGNORECASE,
)
_STARTS_FREE = re.compile(rf"{_FREE}(?: genau| exactly)?(?= \w)", re.IGNORECASE)
_BARE_WHO = re.compile(rf"(?P<who>wer|wen|wem|was|who|what|qui|кто){_END}", re.IGNORECASE)
_BARE_COUNT = re.compile(rf"(?:wie ?viele?|how many)(?P<what> .+?)?{_END}", re.IGNORECASE)
_COUNTED = re.compile(
    r"(?P<de>[Ww]ie ?viele?) (?P<what_de>(?:[^\W\d_]+(?:e|en|er) )?[A-ZÄÖÜ][\w-]*"
    r"(?: (?:[A-ZÄÖÜ][\w-]*|(?:aus|der|des|von) [A-ZÄÖÜ][\w-]*))*) (?=[a-zäöü])"
    r"|(?P<en>[Hh]ow many) (?P<what_en>[\w-]+(?: [\w-]+){0,3}?) "
    r"(?=(?:is|are|was|were|did|do|does|has|have|had|will|can|died) )"
    r"|(?P<fr>[Cc]ombien) (?P<what_fr>(?:de |d')[\w-]+(?: [\w-]+){0,3}?) (?=(?:sont|ont|étaient) )"
    r"|(?P<ru>[Сс]колько) (?P<what_ru>(?:\w+(?:их|ых) )*\w+) (?=\w)"
)
_OF_THEM = re.compile(
    r" ?\b(?P<words>davon|von (?:ihnen|diesen|denen)|of (?:them|these|those)"
    r"|d['’]entre (?:eux|elles)|из них)\b"
)
_HOW_MANY = re.compile(r"\b(?:wie ?viele?|welche|how many|combien|сколько)\b", re.IGNORECASE)
_COUNT_OF_WHAT = re.compile(
    r"wie ?viele?(?= (?:sind|waren|wurden|haben|hatten|starben|fielen) (?!es\b|davon|von ihnen))",
    re.IGNORECASE,
)
_AUXILIARY = re.compile(
    r"(?:hat|haben|hatte|hatten|ist|sind|war|waren|wird|werden|wurde|wurden|will|wollen|kann|können"
    r"|konnte|soll|sollen|muss|did|does|do|is|are|was|were|has|have|had|will|can) ",
    re.IGNORECASE,
)
_TIME_ASKED = re.compile(r"(?:(?:seit|bis) )?(?:wann|when)\b|in welche[mnr] (?:jahr|monat)", re.I)
_NO_ROOM = re.compile(r"(?:wo|where|wie (?!viele?\b|lange\b|oft\b)\w+) ", re.IGNORECASE)
_BARE_ADVERB = re.compile(
    r"(?P<word>(?P<now>heute|jetzt|inzwischen|aktuell|gestern|now|today)|dann|davor|vorher|sonst"
    r"|danach|er|sie|es|he|she|it|they|then)" + _END,
    re.IGNORECASE,
)
_YEAR = re.compile(r"\b(?:1[5-9]|20)\d\d\b")
_BARE_YEAR = re.compile(rf"(?:im jahre? |in )?(?P<year>(?:1[5-9]|20)\d\d){_END}", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Turn:
    """One question of a conversation.

    Args:
        question: as it was understood.
        answer: the bare answer, empty when there was none.
    """

    question: str
    answer: str


def answer_name(answer: str, language: str) -> Mention | None:
    """The name that an answer consists of."""
    plain = " ".join(answer.split()).strip(" .") if len(answer) <= 200 else ""
    for mention in mentions(f", {plain}", language):
        if mention.first == 2 and mention.end == len(plain) + 2 and mention.is_name:
            return replace(mention, is_genitive=False)
    return None


def language_of(text: str) -> str:
    """Language of a text, German when it holds no word."""
    try:
        return read_question(text).language
    except QuestionError:
        return "de"


def as_question(text: str) -> str:
    """A text with a capital and a question mark."""
    text = text.strip()
    ended = text if text.endswith(("?", ")")) else text.rstrip(" .!") + "?"
    return ended[:1].upper() + ended[1:]


def part(asked: str, turn: Turn, *, led: bool) -> Reading | None:
    """A part of a question, put into the one before."""
    before, language = turn.question, language_of(turn.question)
    if bare := BARE_FREE.match(asked):
        return _ask_anew(bare["wh"], turn, language)
    if bare := _BARE_WHO.match(asked):
        return _ask_who(bare["who"].lower(), before, language)
    if bare := _BARE_ADVERB.match(asked):
        now = bool(bare["now"]) and not _TIME_ASKED.match(before)
        return _appended(bare["word"], bare["word"], before, asked=not now)
    if bare := _BARE_YEAR.match(asked):
        return _in_year(bare["year"], before)
    if bare := _BARE_COUNT.match(asked):
        return _count_anew((bare["what"] or "").strip(), before, language)
    plain = asked.rstrip(" ?!.")
    for mention in mentions(f", {plain}", language):
        if mention.first == 2 and mention.end == len(plain) + 2:
            if not (led or mention.preposition or mention.is_place) and is_known(plain):
                return None
            swap = _fill_slot if mention.preposition else _swap_name
            return swap(plain, mention, before, language)
    return None


def _ask_anew(wh: str, turn: Turn, language: str) -> Reading:
    """Ask when, where or why of what the question before asked."""
    before = turn.question
    if start := _STARTS_FREE.match(before):
        return wh, True, (wh + before[start.end() :],)
    if counted := _COUNTED.match(before):
        stated = _stated(_what(counted), before[counted.end() :], language)
        return wh, bool(stated), (f"{wh} {stated}",) if stated else ()
    who = re.match(r"Wer (?P<verb>[a-zäöüß]+) (?P<rest>.+)", before)
    if who and (name := answer_name(turn.answer, "de")):
        verb = _plural(who["verb"]) if name.genders == "p" else who["verb"]
        return wh, bool(verb), (f"{wh} {verb} {name.words} {who['rest']}",) if verb else ()
    if _AUXILIARY.match(before) and not (language == "de" and before.startswith("Was ")):
        return wh, True, (f"{wh} {before[0].lower()}{before[1:]}",)
    asks = re.match(r"(?:wer|wen|wem|was|welche[rsmn]?|who|what|which) ", before, re.IGNORECASE)
    return wh, bool(asks), (f"{as_question(wh)} ({before})",) if asks else ()


def _plural(verb: str) -> str:
    known = {"hat": "haben", "ist": "sind", "war": "waren", "wurde": "wurden", "traf": "trafen"}
    return known.get(verb, verb + "n" if verb.endswith("te") else "")


def _what(counted: re.Match[str]) -> str:
    return next(found for name in ("de", "en", "fr", "ru") if (found := counted[f"what_{name}"]))


def _stated(what: str, rest: str, language: str) -> str:
    """A question without its "how many", what it counted back in the sentence; empty if unsure."""
    verb, _, tail = rest.partition(" ")
    if language == "en":
        if verb not in ("did", "do", "does"):
            return f"{verb} {what} {tail}"
        cut = re.search(r" (?:to|in|from|into|at|by|during|on|for)\b|\?", tail)
        return f"{verb} {tail[: cut.start()]} {what}{tail[cut.start() :]}" if cut else ""
    named = [found for found in mentions(f", {tail}", language) if found.first == 2]
    subject = next((found for found in reversed(named) if not found.preposition), None)
    if language != "de" or (subject and verb.endswith("en")):
        return ""
    if verb.endswith("en") or verb == "sind":
        return f"{verb} {what} {tail}"
    return f"{verb} {tail[: subject.end - 2]} {what}{tail[subject.end - 2 :]}" if subject else ""


def _ask_who(who: str, before: str, language: str) -> Reading:
    """Ask who did it; sure of a passive only, as a subject is there already."""
    start = _STARTS_FREE.match(before)
    if start and who == "wer" and re.match(r" wurden? ", before[start.end() :]):
        return who, True, ("Von wem" + before[start.end() :],)
    counted = _COUNTED.match(before)
    stated = _stated(_what(counted), before[counted.end() :], language) if counted else ""
    stated = before[start.end() + 1 :] if start else stated
    verb, _, tail = stated.partition(" ")
    subject = next((m for m in mentions(f", {tail}", language) if m.first == 2), None)
    if who != "wer" or language != "de" or verb.endswith("en") or not subject:
        return who, False, ()
    return who, False, (f"Wer {verb}{tail[subject.end - 2 :]}",)


def _count_anew(what: str, before: str, language: str) -> Reading | None:
    """Ask how many: of something else, or of the one thing that stood there uncounted."""
    counted = _COUNTED.match(before)
    if what:
        named = any(m.first == 2 and m.end == len(what) + 2 for m in mentions(f", {what}", "de"))
        if not named or not counted or mentions(f", {what}", "de")[0].preposition:
            return None
        return what, True, (before[: counted.end() - len(_what(counted)) - 1] + what + " "
                            + before[counted.end() :],)  # fmt: skip
    if counted:
        return "wie viele", True, (before,)
    start = _STARTS_FREE.match(before)
    bare = [m for m in mentions(before, language) if m.genders == "p" and not m.is_name]
    bare = [m for m in bare if not m.article and not m.preposition]
    if not start or len(bare) != 1 or language != "de":
        return "wie viele", False, ()
    rest = before[start.end() : bare[0].start - 1] + before[bare[0].end :]
    return "wie viele", True, (f"Wie viele {bare[0].words}{rest}",)


def _in_year(year: str, before: str) -> Reading:
    years = list(_YEAR.finditer(before))
    if not years:
        return _appended(year, f"im Jahr {year}", before, asked=bool(_TIME_ASKED.match(before)))
    return year, True, tuple(before[: m.start()] + year + before[m.end() :] for m in years)


def _fill_slot(asked: str, new: Mention, before: str, language: str) -> Reading:
    """A place for a place, a time for a time, else the same preposition."""
    old = [m for m in mentions(before, language) if m.preposition and m.is_time == new.is_time]
    if new.preposition in LOCATIVE:
        old = [m for m in old if m.preposition in LOCATIVE]
    else:
        old = [m for m in old if m.preposition == new.preposition]
    if old and not _NO_ROOM.match(before):
        return asked, True, tuple(before[: m.first] + asked + before[m.end :] for m in old)
    blocked = (_TIME_ASKED if new.is_time else _NO_ROOM).match(before)
    return _appended(asked, asked, before, asked=bool(blocked))


def _appended(words: str, phrase: str, before: str, *, asked: bool) -> Reading:
    """The question before with a further phrase, unless it asks for just that."""
    if asked:
        return words, False, ()
    body = before[:-1]
    late = re.search(r" (?:hat|haben|wurden?|sind|ist) .*(?P<last> ge\w+(?:t|en))$", body)
    cut = late.start("last") if late else len(body)
    return words, True, (f"{body[:cut]} {phrase}{body[cut:]}?",)


def _swap_name(asked: str, new: Mention, before: str, language: str) -> Reading:
    """A name for a name, and a thing for what was counted."""
    counted = _COUNTED.match(before)
    if counted and not new.is_name and not new.article:
        return _count_anew(asked, before, language) or (asked, False, ())
    old = [m for m in mentions(before, language) if m.is_name and m.words.count(" und ") == 0]
    old = [m for m in old if not m.preposition] or ([] if new.article else old)
    readings = tuple(
        before[: m.start] + asked + ("s" if m.is_genitive else "") + before[m.end :] for m in old
    )
    return asked, True, readings


def of_counted(asked: str, turn: Turn) -> Reading | None:
    """A part of what the question before counted."""
    among = re.search(r"(?<!, )\b(?:darunter|unter ihnen)\b", asked)
    found = among or _OF_THEM.search(asked)
    count = _HOW_MANY.search(asked)
    counted = _COUNTED.match(turn.question)
    if counted and (bare := _COUNT_OF_WHAT.match(asked)):
        return bare.group(), True, (f"{bare.group()} {_what(counted)}{asked[bare.end() :]}",)
    if not found or not (count or among or asked.startswith("davon ")):
        return None
    words = found.group().strip()
    inside = any(m.end <= found.start() for m in mentions(asked, language_of(asked)))
    if inside and not among:
        return None
    if not counted:
        return words, False, ()
    what = _what(counted)
    if among:
        dative = re.sub(r"e(?= [A-ZÄÖÜ])", "en", what)
        dative += "" if dative.endswith(("n", "s")) else "n"
        return words, True, (f"{asked[: among.start()]}unter {dative}{asked[among.end() :]}",)
    if not count:
        return part(asked[found.end() :].strip(), turn, led=True)
    cut = count.end() if count.group().lower() != "welche" else count.start()
    rest = asked[count.end() : found.start()] + asked[found.end() :]
    return words, True, (f"{asked[:cut]} {what}{rest}",)
