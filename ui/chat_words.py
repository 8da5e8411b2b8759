"""The words of the page, in German and English. Every key exists in both."""

from __future__ import annotations

from ui.words import WORDS

_PAGE = {
    "de": {
        "tagline": "Antworten, die zeigen, wo es steht",
        "language": "Sprache",
        "theme": "Hell oder dunkel",
        "question": "Frage",
        "placeholder": "Frage zu den Artikeln …",
        "send": "Fragen",
        "clear": "Verlauf löschen",
        "export": "Verlauf speichern",
        "empty": "Fragen Sie etwas. Jede Antwort zeigt die Stelle, an der sie steht.",
        "examples": "Zum Beispiel",
        "you": "Ihre Frage",
        "understood": "verstanden als",
        "waiting": "In der Warteschlange …",
        "searching": "Sucht in den Artikeln …",
        "reading": "Liest die Fundstellen …",
        "drafting": "Formuliert die Antwort …",
        "found": "Gefunden und geprüft",
        "quotes": "Belege",
        "verbatim": "wörtlich, gegen die Datei geprüft",
        "line": "Zeile",
        "lines_to": "Zeilen",
        "page": "S.",
        "show": "Stelle zeigen",
        "copy": "Kopieren",
        "copied": "Kopiert",
        "copy_failed": "Kopieren nicht möglich",
        "helpful": "Hilfreich",
        "unhelpful": "Nicht hilfreich",
        "reason": "Warum? (freiwillig)",
        "rate": "Absenden",
        "rated": "Danke, auf diesem Rechner gespeichert.",
        "no_answer_title": "Keine Antwort",
        "ask_back_none": "Worauf bezieht sich »{term}«? Bitte die Frage vollständig stellen.",
        "ask_back": "Worauf bezieht sich »{term}«?",
        "source": "Quelle",
        "source_empty": "Wählen Sie einen Beleg: Hier erscheint der Artikel mit Zeilennummern.",
        "previous": "Voriger Beleg",
        "next": "Nächster Beleg",
        "position": "{at} von {of}",
        "earlier": "Frühere Zeilen",
        "later": "Weitere Zeilen",
        "gone": "Die Datei hat sich geändert: Der Beleg steht dort nicht mehr so. "
        "Fragen Sie noch einmal, nachdem der Index abgeglichen ist.",
        "unreadable": "Die Datei ist nicht mehr lesbar: {reason}",
        "to_answer": "Zur Antwort",
        "corpus": "Artikel",
        "passages": "Passagen",
        "corpus_lines": "{lines} Zeilen",
        "last_sync": "Letzter Abgleich",
        "model": "Suchmodell",
        "drafter": "Antwortmodell",
        "drafter_none": "keines: die Belege selbst",
        "more": "… und {count} weitere",
        "scope": "Nur in diesen Artikeln suchen",
        "upload": "Artikel hinzufügen (hierher ziehen oder auswählen)",
        "uploaded": "Aufgenommen: {names}",
        "replace": "Ersetzen",
        "keep": "Nicht ersetzen",
        "exists": "{name} gibt es schon. Ersetzen?",
        "stale": "Der Ordner hat sich geändert. Der Index ist nicht auf dem Stand.",
        "fresh": "Der Index ist auf dem Stand des Ordners.",
        "sync": "Abgleichen",
        "syncing": "Abgleich: {done} von {total} Passagen, {rate} je Sekunde, noch {left} s",
        "synced": "Abgeglichen",
        "preparing": "Das Modell wird geladen …",
        "error": "Fehler",
        "bug": "Unerwarteter Fehler; Näheres steht im Protokoll des Programms.",
    },
    "en": {
        "tagline": "Answers that show where it stands",
        "language": "Language",
        "theme": "Light or dark",
        "question": "Question",
        "placeholder": "Ask about the articles …",
        "send": "Ask",
        "clear": "Clear history",
        "export": "Save history",
        "empty": "Ask something. Every answer shows the place where it stands.",
        "examples": "For example",
        "you": "Your question",
        "understood": "understood as",
        "waiting": "Waiting in line …",
        "searching": "Searching the articles …",
        "reading": "Reading what was found …",
        "drafting": "Drafting the answer …",
        "found": "Found and checked",
        "quotes": "Evidence",
        "verbatim": "verbatim, checked against the file",
        "line": "line",
        "lines_to": "lines",
        "page": "p.",
        "show": "Show the place",
        "copy": "Copy",
        "copied": "Copied",
        "copy_failed": "Cannot copy",
        "helpful": "Helpful",
        "unhelpful": "Not helpful",
        "reason": "Why? (optional)",
        "rate": "Send",
        "rated": "Thank you, saved on this machine.",
        "no_answer_title": "No answer",
        "ask_back_none": "What does “{term}” refer to? Please ask the whole question.",
        "ask_back": "What does “{term}” refer to?",
        "source": "Source",
        "source_empty": "Choose a piece of evidence: the article appears here with line numbers.",
        "previous": "Previous quote",
        "next": "Next quote",
        "position": "{at} of {of}",
        "earlier": "Earlier lines",
        "later": "Later lines",
        "gone": "The file has changed: the quote no longer stands there like this. "
        "Ask again once the index is synced.",
        "unreadable": "The file cannot be read any more: {reason}",
        "to_answer": "Back to the answer",
        "corpus": "Articles",
        "passages": "Passages",
        "corpus_lines": "{lines} lines",
        "last_sync": "Last sync",
        "model": "Search model",
        "drafter": "Answer model",
        "drafter_none": "none: the evidence itself",
        "more": "… and {count} more",
        "scope": "Search only in these articles",
        "upload": "Add articles (drop them here or choose)",
        "uploaded": "Added: {names}",
        "replace": "Replace",
        "keep": "Do not replace",
        "exists": "{name} exists already. Replace it?",
        "stale": "The folder has changed. The index is out of date.",
        "fresh": "The index is up to date with the folder.",
        "sync": "Sync",
        "syncing": "Sync: {done} of {total} passages, {rate} a second, {left} s left",
        "synced": "Synced",
        "preparing": "Loading the model …",
        "error": "Error",
        "bug": "Unexpected error; the program's log tells more.",
    },
}

PAGE_WORDS = {language: WORDS[language] | words for language, words in _PAGE.items()}
"""By language: the words around answers and those of the page."""


def language_of(accepted: str) -> str:
    """The interface language for a browser.

    Args:
        accepted: its ``Accept-Language`` header, such as ``de-AT,de;q=0.9,en;q=0.8``.

    Returns:
        "de" or "en", whichever comes first; "en" for a browser that wants neither.
    """
    wanted: list[tuple[float, str]] = []
    for part in accepted.split(","):
        name, _, quality = part.strip().partition(";q=")
        try:
            weight = float(quality or 1)
        except ValueError:
            continue
        wanted.append((-weight, name.lower()[:2]))
    known = (name for _, name in sorted(wanted, key=lambda pair: pair[0]) if name in PAGE_WORDS)
    return next(known, "en")
