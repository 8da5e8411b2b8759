"""German sentence segmentation with offsets: the unit that a quote is made of.

Rules of its own, because a quote must be at least a whole sentence: the library tried first
(sentencex 1.0.32) cuts after 150 of 221 German abbreviations and inside „…” and ‚…‘, and its
time grows with the square of a line's length. In doubt two sentences stay one: a quote too
long is still true, half a sentence may have lost its "nicht". A line break ends a sentence
unless the text is wrapped; text within quotation marks is never cut.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import deque
from dataclasses import dataclass
from itertools import pairwise

_CLOSERS = ")\\]\"'“”„«»‘’›‹"
_STOP = re.compile(  # "[3]" is a footnote
    rf"(?<![.!?…])(?P<mark>[.!?…]++)(?P<closers>(?:[{_CLOSERS}]|\[\d{{1,3}}\])*+)(?P<space>\s*+)"
)
_TERMINAL = re.compile(rf"[.!?…:][{_CLOSERS}]*$")
_MARGIN = re.compile(r"[\s\ufeff]+")  # a byte order mark belongs to the file, not to a sentence
_TAIL_CHARS = 80  # looked at before and after a stop; no abbreviation or date is longer
_WRAPPING = "()[]\"'“”„«»‘’›‹‚–—-"
_NEXT_WORD = re.compile(r"[^\w\n]*+(?P<word>\w++)")
_LETTERS_LAST = re.compile(r"(?:^|[\s(„“»«\"])[^\W\d_]{2,}[a-zäöüß]$")
_CAPITALISED_FIRST = re.compile(r"[„“»\"]?[A-ZÄÖÜ][a-zäöüß]+[\s,]")
_ALNUM = re.compile(r"[^\W_]")
_BULLET = re.compile(r"\s*[-–—•*·]\s")
_NUMBERING = re.compile(r"\s*(?:\d{1,2}[.)]|[a-z]\))\s")
_WRAP_CHARS = (40, 120)
_WRAP_LEAST, _WRAP_SHARE = 2, 0.15  # lines that break off and go on with a small letter
_WRAP_FULL = 0.6  # a line shorter than this share of the widest one ends a paragraph

SENTENCE_STARTERS = frozenset(
    """
    Der Die Das Des Dem Den Ein Eine Einer Eines Einem Einen Er Sie Es Wir Ihr Ich Du Man Wer Was
    Wie Wo Wann Warum Weshalb Welche Welcher Welches Dies Diese Dieser Dieses Diesem Diesen Jede
    Jeder Jedes Jene Jener Alle Viele Einige Mehrere Beide Manche Mein Meine Sein Seine Seinem
    Seinen Seiner Ihre Ihrem Ihren Ihrer Unser Unsere Kein Keine Keiner Keinen In Im Ins Am An Auf
    Aus Bei Beim Bis Durch Für Gegen Hinter Mit Nach Neben Ohne Seit Trotz Um Unter Über Von Vom Vor
    Während Wegen Zu Zum Zur Zwischen Laut Angesichts Aufgrund Anstatt Statt Innerhalb Außerhalb
    Gemäß Mithilfe Und Oder Aber Doch Denn Sondern Sowohl Weder Entweder Auch Dann Danach Dabei
    Dadurch Dafür Dagegen Daher Damit Daneben Daran Darauf Daraufhin Daraus Darin Darüber Darum
    Darunter Davon Davor Dazu Da Dort Hier Hierbei Hierzu Heute Gestern Jetzt Nun Nur Noch Schon So
    Somit Sogar Wenn Falls Als Ob Obwohl Weil Nachdem Bevor Sobald Solange Indem Zudem Außerdem
    Ferner Jedoch Allerdings Dennoch Trotzdem Hingegen Später Früher Zuvor Zuletzt Zunächst Zwar
    Deshalb Deswegen Insgesamt Inzwischen Mittlerweile Bereits Bislang Bisher Derzeit Damals Nicht
    Nie Niemand Nichts Etwa Rund Knapp Kaum Ebenso Ebenfalls Weiter Weiterhin Weitere Stattdessen
    Gleichzeitig Vielmehr Tatsächlich Anders Erst Ja Nein
    The He She It They We This That These Those But And There
    """.split()
)
"""Capitalised within a text, these begin a sentence: no German noun or name looks like them."""
# An abbreviation that needs what follows it: no sentence ends here.
_LEADING = frozenset(
    """
    Dr Prof Dipl Hr Hrn Fr Frl Mr Mrs Ms Skt Hl hl Pfr Präs Abg Gen Sgt Col Capt Lt Gov Sen Rep Kard
    Ing Obst Bgm Vors Stv stv stellv bzw bspw vgl sog ca lt ggf ggfs evtl eigtl zzgl abzgl inkl exkl
    einschl ausschl insb insbes betr bzgl max min mind ehem vorm urspr amtl staatl städt kath evang
    ev christl islam jüd röm griech lat engl frz franz ital span poln russ ukrain türk chin jap
    korean amerik österr schweiz dt südl nördl östl westl geb gest gegr resp allg gen gez hrsg zw wg
    jährl tägl durchschn ungef internat königl wiss hist sowj ung dän vers cf Fa Fam Mag
    Maj Brig luth prot
    """.split()
)
# An abbreviation that may end a sentence, but only if what follows can begin nothing else.
_TRAILING = frozenset(
    """
    Nr No Nrn Art Abs Abb Abschn Abt Anh Anl Anm Aufl Ausg Az Bd Bde Bez Bl Buchst Fig Fn Fol Jg Kap
    Kl Lit Pkt Pos Rn Rz Rdnr Sp St Tab Tel Tit Vol Ziff Sept Okt Nov Dez Jan Feb Febr Mrz Apr Jun
    Jul Aug Jh Jhd Jhdt Jahrh usw etc al Mio Mrd Mill Tsd Bill Std Min Sek Stck Pers Chr Jr jr Sr sr
    Co Inc Ltd Corp pp ff Red Verf Hrsg Univ Mitgl verh jun sen mtl nachm vors zit übers Übers
    Ew Forts Uffz Komm ugs
    """.split()
)
_NEVER_LAST = re.compile(r"\b(?:z\.\s*B|d\.\s*h|i\.\s*e|e\.\s*g|s\.\s*o|m\.\s*a\.\s*W)\.$")
_BEFORE_ORDINAL = frozenset(
    """
    am dem den der des die das im zum zur vom beim ins bis seit ab und oder jeden jeder jedem jedes
    ein eine einen einem einer ihr sein ihre seine ihren seinen ihrem seinem mein unser nach vor
    dieser diesem diesen
    """.split()
)
_ORDINAL = re.compile(r"\d{1,2}(?:\.\d{1,2})?")
_ROMAN = re.compile(r"(?=[IVX])X{0,3}(?:IX|IV|V?I{0,3})")
_CONSONANTS = re.compile(r"[B-DF-HJ-NP-TV-XZ]?[b-df-hj-np-tv-xzß]{1,5}")
_DOTTED = re.compile(r"(?:[^\W\d_]{1,3}\.)+[^\W\d_]{1,4}")
_LIST_MARK = re.compile(r"\W*(?:\d{1,3}|[^\W\d_]|[IVX]+)\.")

_SPEECH_CHARS, _SPEECH_LEVELS = 3000, 8  # a mark not closed within this opens no speech
_CLOSED_BY = {
    "„": "“”\"", "“": "”“", "”": "”", "»": "«", "«": "»", "›": "‹", "‹": "›", "‚": "‘’", "‘": "’‘",
    '"': '"', "'": "'",
}  # fmt: skip
_Opened = deque[tuple[str, int]]
_MARKS = re.compile(f"[{''.join(_CLOSED_BY)}’]")


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence of an article: ``text[start:end]``, without outer white space.

    Args:
        start: first code point.
        end: one past the last code point.
        heading: a line without sentence end (headline, section heading, caption).
    """

    start: int
    end: int
    heading: bool


def split_sentences(text: str, start: int = 0, end: int | None = None) -> tuple[Sentence, ...]:
    """Split text into sentences.

    Args:
        text: the whole text of an article.
        start: split only from this code point on, which must begin a line.
        end: split only up to here.

    Returns:
        Sentences in order; between them stands nothing but white space.
    """
    stop = len(text) if end is None else end
    found = []
    for block_start, block_end in _blocks(text, start, stop):
        block = text[block_start:block_end]
        spans = _split_block(block)
        for i, (a, b) in enumerate(spans):
            heading = i == len(spans) - 1 and not _ends(block)
            found.append(Sentence(block_start + a, block_start + b, heading))
    return tuple(found)


def _ends(line: str) -> bool:
    return _TERMINAL.search(line.rstrip()[-_TAIL_CHARS:]) is not None


def _blocks(text: str, start: int, stop: int) -> list[tuple[int, int]]:
    """Runs of lines that belong together: single lines, or paragraphs of wrapped text."""
    lines = []
    at = start
    while at < stop:
        newline = text.find("\n", at, stop)
        line_end = stop if newline == -1 else newline
        lines.append((at, line_end))
        at = line_end + 1
    wrap_chars = _wrap_chars([text[a:b] for a, b in lines])
    blocks: list[tuple[int, int]] = []
    above = ""  # the line above, if it may go on
    for a, b in lines:
        line = text[a:b].strip()
        if above and line and _goes_on(above, line, wrap_chars):
            blocks[-1] = (blocks[-1][0], b)
        elif line:
            blocks.append((a, b))
        above = line if wrap_chars else ""
    return blocks


def _wrap_chars(lines: list[str]) -> int:
    """Width at which a text is wrapped; 0 if its lines are paragraphs."""
    full = [stripped for line in lines if (stripped := line.strip())]
    widest = max(map(len, full), default=0)
    if not _WRAP_CHARS[0] <= widest <= _WRAP_CHARS[1]:
        return 0
    broken = sum(b[0].islower() and not _ends(a) for a, b in pairwise(full))
    return widest if broken >= max(_WRAP_LEAST, _WRAP_SHARE * len(full)) else 0


def _goes_on(above: str, line: str, wrap_chars: int) -> bool:
    """Whether a line of wrapped text continues the line above."""
    if _BULLET.match(line) or (_ends(above) and _NUMBERING.match(line)):
        return False
    return line[0].islower() or len(above) >= _WRAP_FULL * wrap_chars


def _split_block(block: str) -> list[tuple[int, int]]:
    speech = _speech(block)
    opened = [a for a, _ in speech]
    cuts = [0]
    for stop in _STOP.finditer(block):
        at = stop.end("closers")
        inside = bisect_right(opened, at - 1) - 1
        if inside >= 0 and at < speech[inside][1]:
            continue
        if _is_end(block, stop, cuts[-1]):
            cuts.append(stop.end())
    spans = (_trim(block, a, b) for a, b in pairwise([*cuts, len(block)]))
    return [(a, b) for a, b in spans if a < b]


def _speech(block: str) -> list[tuple[int, int]]:
    """Spans in quotation marks, the outer ones only, rising and apart."""
    found: list[tuple[int, int]] = []
    opened: _Opened = deque(maxlen=_SPEECH_LEVELS)
    for match in _MARKS.finditer(block):
        mark, at = match.group(), match.start()
        before, after = block[at - 1 : at] or " ", block[at + 1 : at + 2] or " "
        while opened and at - opened[0][1] > _SPEECH_CHARS:
            opened.popleft()
        level = _closed_level(mark, before, after, opened)
        if level is not None:
            begin = opened[level][1]
            while len(opened) > level:
                opened.pop()
            while found and found[-1][0] > begin:
                found.pop()
            found.append((begin, at + 1))
        elif _opens(mark, before, after):
            opened.append((mark, at))
    return found


def _closed_level(mark: str, before: str, after: str, opened: _Opened) -> int | None:
    """Which of the opened quotations a mark closes, the innermost that fits."""
    if before in "([" or (before.isspace() and mark not in "«»"):
        return None
    if mark in "'’‘" and after.isalnum():
        return None
    levels = reversed(range(len(opened)))
    return next((i for i in levels if mark in _CLOSED_BY[opened[i][0]]), None)


def _opens(mark: str, before: str, after: str) -> bool:
    leads = not before.isalnum() and before not in ".,!?…;%"
    return mark in _CLOSED_BY and not after.isspace() and (leads or mark == "„")


def _is_end(block: str, stop: re.Match[str], start: int) -> bool:
    """Whether a sentence that began at `start` ends at this stop."""
    mark, at = stop["mark"], stop.start()
    follows = _NEXT_WORD.match(block, stop.end(), stop.end() + _TAIL_CHARS)
    word = follows["word"] if follows else ""
    if word and (word[0].islower() or word[0] == "_"):
        return False
    if not stop["space"]:
        return _is_run_on(block, stop)
    before = block[max(start, at - _TAIL_CHARS) : at]
    if not _ALNUM.search(before):
        return False
    if "!" in mark or "?" in mark:
        return True
    if mark != ".":
        return word in SENTENCE_STARTERS or not word
    if at - start < _TAIL_CHARS and _LIST_MARK.fullmatch(block[start : at + 1].strip()):
        return False
    return _dot_ends(before + ".", word)


def _is_run_on(block: str, stop: re.Match[str]) -> bool:
    """Whether the blank after a sentence was lost ("groß.Der"); not in "www.Bild.de"."""
    left = _LETTERS_LAST.search(block, max(0, stop.start() - _TAIL_CHARS), stop.start())
    right = _CAPITALISED_FIRST.match(block, stop.end())
    return left is not None and right is not None


def _dot_ends(before: str, word: str) -> bool:
    """Whether a full stop ends a sentence.

    Args:
        before: what stands before it, with the full stop.
        word: the next word, which begins with no small letter; empty if there is none.
    """
    tokens = [token.strip(_WRAPPING) for token in before[:-1].split()[-2:]]
    token = tokens[-1].rsplit("-", 1)[-1].rsplit("/", 1)[-1]
    starter = word in SENTENCE_STARTERS or not word
    small = token[:1].lower() + token[1:] if len(tokens) == 1 else token  # "Vgl. Art. 3"
    if _NEVER_LAST.search(before[-16:]) or token in _LEADING or small in _LEADING:
        return False
    if token[:1].isdigit():
        return _number_ends(token, tokens[-2] if len(tokens) > 1 else "", starter)
    abbreviated = (
        len(token) == 1
        or token in _TRAILING
        or token.endswith(("nr", "str"))
        or any(rule.fullmatch(token) for rule in (_DOTTED, _ROMAN, _CONSONANTS))
    )
    return starter or not abbreviated


def _number_ends(number: str, before: str, starter: bool) -> bool:
    """Whether a number with a full stop ends a sentence; if not it is an ordinal."""
    if _ORDINAL.fullmatch(number):
        return starter
    return starter or len(number) != 3 or before.lower() not in _BEFORE_ORDINAL


def _trim(block: str, start: int, end: int) -> tuple[int, int]:
    left = _MARGIN.match(block, start, end)
    piece = block[start:end].rstrip()
    return left.end() if left else start, start + len(piece)
