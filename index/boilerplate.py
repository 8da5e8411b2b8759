"""Which lines of an article are not the article: links, image credits, signatures, appeals.

So is what imitates a quote with its place, as Beleg shows them. Pure rules over lines, for
German news and a little English. They hold back: a line that is marked wrongly is lost as
evidence, one that is missed only costs a rank.
Source of all lengths: chosen on German news pages; each stands beside its reason.
"""

from __future__ import annotations

import re
from itertools import pairwise

from index.types import Article

_HEADLINE_CHARS = 140  # a linked headline is shorter; a sentence of prose ends in a full stop
_LINKS = 12  # lists of links are shorter; more short lines are a table or a poem
_LINE_CHARS = 200  # a heading and its headline, a caption and its credit
_CREDIT_CHARS = 90  # "Foto:" and the names, not a sentence that begins so
_SIGNATURE_CHARS = 60  # "(dpa/AFP)", "(V.Blanchet--LPdF)"
_APPEAL_CHARS = 1500  # an article in one line that ends in an appeal is longer
_APPEAL_MARKERS = 2  # one alone ("Newsletter") is often news

_HEADING = (
    r"[^\w=]{0,4}(?:lesen sie (?:dazu |hierzu )?(?:auch|mehr|hier|weiter)|lies auch|lest auch"
    r"|mehr (?:zum thema|zu diesem thema|dazu|aus dem ressort)|auch interessant"
    r"|das könnte (?:sie|dich|euch) auch interessieren|lese-?tipps?|zum weiterlesen"
    r"|empfohlene(?:r redaktionelle)?r? (?:inhalte?|artikel|beiträge)|verwandte artikel"
    r"|(?:weitere|ähnliche) (?:artikel|beiträge|meldungen)(?: zum thema)?|meistgelesen"
    r"|read (?:more|also|next)|also read|more on this (?:story|topic)|you (?:may|might) also like"
    r"|related (?:articles|stories|coverage|content)|recommended (?:for you|stories))"
)
_HEADING_ALONE = re.compile(rf"{_HEADING}\W{{0,4}}", re.IGNORECASE)
_HEADING_AND_LINK = re.compile(
    rf"{_HEADING}(?:\s*[:：|>»]\s*|\s+[–—-]\s+|\s*\t\s*|\s{{2,}})\S.*", re.IGNORECASE
)
_TERMINAL = re.compile(r"[.!?…:;][\"'»«“”‘’)\]]*$")
_FULL_STOP = re.compile(r"\.[\"'»«“”‘’)\]]*$")

_IMAGE = (
    r"(?:(?:symbol|archiv|titel|vorschau|beitrags)?(?:bild|foto)s?(?:quelle|nachweis|rechte)?"
    r"|photo|image|picture)(?: credit)?"
)
_CREDIT = re.compile(rf"{_IMAGE}\s*:\s*\S.*", re.IGNORECASE)
_CREDIT_IN_BRACKETS = re.compile(
    rf"[(\[](?:{_IMAGE}|grafik|quelle|source|credit)\s*:[^()]*(?:\([^()]*\)[^()]*)*[)\]]",
    re.IGNORECASE,
)
# Words of a caption or a sentence; a credit holds names, "privat", "picture alliance".
_CAPTION = re.compile(
    r"\b(?:vor|am|im|in|bei|mit|der|die|das|dem|den|des|eine?|auf|nach|ist|sind|hat|wird"
    r"|at|the|with|during|is|are)\b"
)

_AGENCY = (
    r"(?:dpa|AFP|AFX|AP|APA|rtr|Reuters|KNA|epd|SID|sda|dapd|ddp|dts|DJ|TASS|Interfax|ANSA|EFE"
    r"|Xinhua|KCNA|Yonhap|RIA|IANS)"
)
_SIGNATURE = re.compile(
    rf"\((?:[a-z]{{2,5}}[/,;-]\s?)*(?:mit )?(?:Material (?:von|der) )?{_AGENCY}"
    rf"(?:(?:\s?[/,;+-]\s?| und )(?:{_AGENCY}|[a-z]{{2,5}}))*\)"
    rf"|{_AGENCY}(?:/(?:{_AGENCY}|[a-z]{{2,5}}))+"
    r"|\((?:\w+\.[ ]?)*[\w’'-]+--[A-Za-z]{2,10}\)"
)

_PLACE = re.compile(
    r"(?:also |ebenso )?[^\s:]{1,300}\.(?:txt|md|x?html?|pdf|docx|rss|atom|xml|jsonl)"
    r"(?:#entry:\d{1,9})?:\d{1,9}(?:-\d{1,9})?",
    re.IGNORECASE,
)
_NUMBERED = re.compile(r"\[\d{1,3}\]\s")

_QUOTED = re.compile(r"„[^“”\"]*[“”\"]|“[^“”]*”|»[^«»]*«|«[^«»]*»|\"[^\"]*\"")
_OUR = r"\bunser(?:e[nmrs]?)? (?:\w+ )?"
_YOU = r"(?-i:Sie)"  # "sie" would be "they"
# One way in which a publisher speaks of itself to its readers, each.
_OWN = (
    rf"{_OUR}(?:artikel|beitr[aä]ge?n?|arbeit|journalismus|berichterstattung|redaktion|texte)\b"
    r"|\bour (?:\w+ )?(?:articles?|journalism|reporting|work|newsroom)\b",
    rf"{_OUR}(?:website|webseite|kan[aä]le?n?|accounts?|app|podcasts?)\b|\bnewsletter\b"
    r"|\bour (?:\w+ )?(?:website|channel|podcast|app)\b",
    r"\b(?:wenn|falls|hat|haben) (?:euch|ihnen|dir)\b[^.!?]{0,60}\bgef(?:allen|ällt)\b"
    r"|\bif you (?:like|enjoy)",
)
# One kind of call to the readers, each.
_CALL = (
    r"\bteilt (?:sie|ihn|es|unsere) (?:gern|bitte|überall|artikel|beiträge)"
    rf"|\bteilt (?:bitte )?diesen (?:artikel|beitrag)|\bteilen {_YOU} (?:diesen|den|unsere|uns)\b"
    r"|\bshare (?:this article|this story|our)\b",
    rf"\bunterstütz(?:en {_YOU}|t|e) (?:uns\b|unser)|\bsupport (?:us\b|our\b)",
    rf"\bspenden {_YOU}|\bspendet (?:jetzt|bitte|uns)\b|\bjetzt spenden\b"
    r"|\bmit (?-i:Ihrer|eurer|Eurer|deiner) spende\b|\bdonate (?:now|today|here)\b",
    rf"\babonnieren {_YOU}|\b{_YOU}\b[^.!?]{{0,60}}\babonnieren\b|\babonniert (?:uns\b|unser)"
    r"|\b(?:jetzt|hier) (?:\w+ ){0,3}abonnieren\b|\bsubscribe (?:to our|now|today)\b",
    rf"\bfolg(?:en {_YOU}|t|e) uns\b|\bfollow us\b",
    rf"\bmelden {_YOU} sich\b[^.!?]{{0,60}}\ban\b|\bsign up (?:for our|now)\b",
    rf"\bbitten wir (?:euch|{_YOU})\b",
)
_OWN_MARKERS = tuple(re.compile(marker, re.IGNORECASE) for marker in _OWN)
_CALL_MARKERS = tuple(re.compile(marker, re.IGNORECASE) for marker in _CALL)


def boilerplate_lines(article: Article) -> frozenset[int]:
    """The 1-based numbers of the lines that are not content.

    Marked are headings of link lists with the links below them, image credits,
    agency signatures, appeals to share, to donate or to subscribe, and imitations of
    a quote with its place, "[1] ..." above "seeds/a.txt:4". Blank lines are never marked.
    """
    starts = (*article.line_starts, len(article.text))
    lines = [_stripped(article.text, start, end) for start, end in pairwise(starts)]
    marked = {number for number, line in enumerate(lines, 1) if _stands_alone(line)}
    for index, line in enumerate(lines):
        if len(line) <= _LINE_CHARS and _HEADING_ALONE.fullmatch(line):
            marked.add(index + 1)
            marked.update(_links_below(lines, index))
        if _PLACE.fullmatch(line):
            marked.update(_imitation(lines, index))
    return frozenset(marked)


def _stripped(text: str, start: int, end: int) -> str:
    """The line without white space around it; a long one cut, it is only prose."""
    return text[start : min(end, start + 2 * _APPEAL_CHARS)].strip("\ufeff \t\r\n\u00a0")


def _stands_alone(line: str) -> bool:
    """Whether the line is boilerplate whatever stands around it."""
    if not line or len(line) > _APPEAL_CHARS:
        return False
    if len(line) <= _LINE_CHARS and (_is_link(line) or _is_credit(line) or _is_signature(line)):
        return True
    return _is_appeal(line)


def _is_link(line: str) -> bool:
    return bool(_HEADING_AND_LINK.fullmatch(line)) and not _FULL_STOP.search(line)


def _is_credit(line: str) -> bool:
    if _CREDIT_IN_BRACKETS.fullmatch(line) or line[0] == "©":
        return True
    if _TERMINAL.search(line):
        return False
    if "©" in line:
        return True
    names = len(line) <= _CREDIT_CHARS and not _CAPTION.search(line)
    return names and _CREDIT.fullmatch(line) is not None


def _is_signature(line: str) -> bool:
    return len(line) <= _SIGNATURE_CHARS and _SIGNATURE.fullmatch(line) is not None


def _is_appeal(line: str) -> bool:
    spoken = _QUOTED.sub(" ", line)  # what people say of their own work is news
    calls = sum(marker.search(spoken) is not None for marker in _CALL_MARKERS)
    own = sum(marker.search(spoken) is not None for marker in _OWN_MARKERS)
    return calls >= 1 and calls + own >= _APPEAL_MARKERS


def _links_below(lines: list[str], heading: int) -> list[int]:
    """1-based numbers of the headlines that follow a heading of links.

    Headlines directly below the heading end at a blank line; if a blank line comes
    first, blank lines stand between them too.

    Args:
        lines: the stripped lines.
        heading: 0-based index of the heading.
    """
    spaced = heading + 1 < len(lines) and not lines[heading + 1]
    found: list[int] = []
    for index in range(heading + 1, len(lines)):
        if not lines[index] and spaced:
            continue
        if not is_headline(lines[index]) or len(found) == _LINKS:
            break
        found.append(index + 1)
    return found


def _imitation(lines: list[str], place: int) -> list[int]:
    """1-based numbers of the lines of an imitated quote: its place, and the numbered text above.

    Args:
        lines: the stripped lines.
        place: 0-based index of a line that names a file and a line of it.
    """
    for index in range(place - 1, -1, -1):
        numbered = _NUMBERED.match(lines[index])
        if not lines[index] or (numbered and _PLACE.fullmatch(lines[index], numbered.end())):
            break
        if numbered:
            return list(range(index + 1, place + 2))
    return [place + 1]


def is_headline(line: str) -> bool:
    """Whether the stripped line reads like a title: short, without a mark at its end."""
    return 0 < len(line) < _HEADLINE_CHARS and not _TERMINAL.search(line)
