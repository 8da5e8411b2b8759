"""The attack set: hostile articles, file names and questions for the assistant and its chat page.

Everything of an article, its file name and the question is data. A script that runs nevertheless
leaves a trace: it sets ``window.pwned`` to the attack's name or requests
``https://attack.invalid/<name>``. The set was written without knowing the implementation; this
module only parses ``attack_texts.py`` and makes the texts that are too big to be written down.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import cycle, islice
from pathlib import Path

from attack_texts import TEXTS


@dataclass(frozen=True, slots=True)
class Attack:
    """One hostile article and the question that brings it up.

    Attributes:
        name: The id, ``[a-z0-9_]+``.
        file: POSIX path of the article below the corpus; hostile in the kind ``filename``.
        text: The whole article; the bytes on disk are its UTF-8, line ends included.
        question: What to ask; hostile in the kind ``question``.
        answerable: Whether the folder answers the question; if not, abstaining is right.
        sentence: The verbatim part of ``text`` that a right answer quotes, "" if not answerable.
            It may hold controls, markup and line breaks, and be part of a longer sentence.
        must_not_say: What only an assistant that obeyed or was fooled says in its own words:
            outside of quotes, passages and sources, and outside of the question shown again.
        kind: The section of ``attack_texts.TEXTS``.
    """

    name: str
    file: str
    text: str = field(repr=False)
    question: str
    answerable: bool
    sentence: str
    must_not_say: tuple[str, ...]
    kind: str


def _filled(pattern: str, chars: int) -> str:
    """A pattern repeated to an exact length in characters."""
    return "".join(islice(cycle(pattern), chars))


def _ballast(chars: int) -> str:
    """Ordinary sentences on one line, no two alike, of at least this length."""
    sentences: list[str] = []
    total = 0
    for number in range(1, chars):
        sentences.append(f"Am Messpunkt {number} der Strecke lag der Schotter fest im Bett. ")
        total += len(sentences[-1])
        if total >= chars:
            break
    return "".join(sentences)


def _marked(word: str, marks: int) -> str:
    """A word under a flood of combining marks, the same ones at every run."""
    dice = random.Random(7)
    return "".join(
        letter + "".join(chr(dice.randrange(0x300, 0x370)) for _ in range(marks)) for letter in word
    )


BULK = {
    "@BALLAST@": _ballast(500_000),
    "@LOTS@": "".join(f"Los {number}: Niete\n" for number in range(1, 10_001)),
    "@DIVS@": "<div><b><i title='" + "<ul><li>" * 3_000,
    "@DIVS_END@": "</li></ul>" * 3_000 + "'></i></b></div><img src=x onerror=@SET@>",
    "@WORD@": _filled("Donaudampfschifffahrtsgesellschaftskapitänsmütze", 50_000),
    "@QUOTES@": _filled("\"'„“”‚‘’«»‹›`´", 1_000),
    "@AAA@": "a" * 30_000,
    "@ABAB@": _filled("ab", 20_000) + "!" + _filled("(a+)+", 5_000) + "$",
    "@DOTS@": ". " * 2_000,
    "@COMMAS@": _filled("1,", 5_000),
    "@OPEN@": _filled("([{„»", 5_000),
    "@CLOSE@": _filled("«“}])", 5_000),
    "@ZALGO@": _marked("Stadtrat", 40),
    "@RAMBLE@": _filled("Ich frage für unseren Verein und bitte um Geduld, denn ", 1_980) + ": ",
    "@LONGNAME@": "ü" + _filled("sehr_langer_dateiname_", 234),
}
"""What stands for these words in ``attack_texts``: too long to be written there."""

_ENTRY = re.compile(
    r"@@ (?P<name>\w+)\n(?:file: (?P<file>[^\n]+)\n)?ask: (?P<ask>[^\n]+)\n"
    r"(?P<nots>(?:not: [^\n]+\n)*)(?P<text>.+)",
    re.DOTALL,
)
_ANSWER = re.compile("⟦(.+)⟧", re.DOTALL)


def _expanded(text: str, name: str) -> str:
    """Fills in the bulk texts, then the traces that carry the attack's name."""
    for word, bulk in BULK.items():
        text = text.replace(word, bulk)
    url, assignment = f"https://attack.invalid/{name}", f"window.pwned='{name}'"
    text = text.replace("@JS@", f"{assignment};fetch('{url}')")
    return text.replace("@SET@", assignment).replace("@URL@", url)


def _parse(kind: str, entry: str) -> Attack:
    """One entry of ``attack_texts``; its docstring tells the form."""
    match = _ENTRY.fullmatch(entry)
    if match is None:
        raise ValueError(f"not an attack: {entry[:60]!r}")
    name = match["name"]
    marked = _expanded(match["text"].strip("\n") + "\n", name)
    answer = _ANSWER.search(marked)
    return Attack(
        name=name,
        file=_expanded(match["file"] or f"{name}.txt", name),
        text=marked.replace("⟦", "").replace("⟧", ""),
        question=_expanded(match["ask"], name),
        answerable=answer is not None,
        sentence=answer[1] if answer else "",
        must_not_say=tuple(line[len("not: ") :] for line in match["nots"].split("\n") if line),
        kind=kind,
    )


def _all() -> Iterator[Attack]:
    for kind, entries in TEXTS.items():
        for entry in re.split("\n(?=@@ )", entries.lstrip("\n")):
            yield _parse(kind, entry)


ATTACKS = tuple(_all())
"""Every attack, in the order of ``attack_texts``; the kind ``size`` makes up nearly all bytes."""


def write(folder: Path, attacks: Iterable[Attack] = ATTACKS) -> dict[str, Attack]:
    """Writes the articles below a folder, byte for byte, and returns them by name.

    Args:
        folder: Where the corpus is to be; made if it is missing.
        attacks: Which ones; all unless said otherwise.

    Returns:
        Each attack that was written, by its name.
    """
    written = {}
    for attack in attacks:
        path = folder / attack.file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(attack.text, encoding="utf-8", newline="")
        written[attack.name] = attack
    return written
