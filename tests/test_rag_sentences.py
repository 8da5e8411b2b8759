"""Where German sentences end: every case is what a reader of German would mark by hand."""

import re
import time
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from rag.sentences import Sentence, split_sentences

SEEDS = Path(__file__).parent.parent / "seeds"


def _texts(text: str) -> list[str]:
    return [text[s.start : s.end] for s in split_sentences(text)]


def _assert_split(marked: str) -> None:
    """Check a text whose sentence ends are marked by " | " (a blank stands there)."""
    expected = marked.split(" | ")
    assert _texts(" ".join(expected)) == expected


QUOTATIONS = [
    "„Wir bleiben. Wir gehen nicht. Nie!“ | Danach ging er.",
    "»Wir bleiben. Wir gehen nicht.« | Danach ging er.",
    "«Wir bleiben. Wir gehen nicht.» | Danach ging er.",
    "“Wir bleiben. Wir gehen nicht.” | Danach ging er.",
    '"Wir bleiben. Wir gehen nicht." | Danach ging er.',
    "„Wir bleiben. Wir gehen nicht.” | Danach ging er.",
    '„Wir bleiben. Wir gehen nicht." | Danach ging er.',
    "‚Wir bleiben. Wir gehen nicht.‘ | Danach ging er.",
    "›Wir bleiben. Wir gehen nicht.‹ | Danach ging er.",
    "„Wir bleiben. Wir gehen nicht“, sagte sie. | Danach ging er.",
    '"Wir bleiben. Wir gehen nicht", sagte er. | "Das ist sicher. Ganz sicher." | Er ging.',
    "Er sagte: „Wir bleiben. Kommt ihr? Ja!“ | Dann ging er.",
    "„Ist das so?“, fragte er. | „Ja.“ | Er ging.",
    "„Nein!“ rief er und lief. | Sie kam.",
    "Sie rief: »Halt!« und lief weg. | Er blieb.",
    "„Er sagte: ‚Komm her. Sofort.‘ Da kam ich.“ | Sie nickte.",
    '„Er las "Krieg. Und Frieden." Das war gut.“ | Sie nickte.',
    "„Nein. Er rief: ‚Ja. Ja.‘, ‚Gut. Gut.‘ und ‚Los. Los.‘ Ende.“ | „Ja. Gut.“ | Ende.",
    "„Wir bleiben.“ | „Wir gehen.“ | Ende.",
    'Er nannte es "gut". | Sie nicht.',
    'Der 6" lange Stab fehlt. | Er war da. | "Gut."',
    "Das ist Hans' Haus. | Das ist Peters. | Das ist Max’ Auto. | Es ist rot.",
    "Er sagte, „das ist gut. | Sie kam. | Er ging.",  # never closed: opens nothing
]
ABBREVIATIONS = [
    "Das gilt z. B. für Äpfel. | Birnen nicht.",
    "Das gilt z.B. Äpfeln. | Birnen nicht.",
    "Das gilt z. B. Die Linke ausgenommen. | Birnen nicht.",
    "Dr. Müller kam mit Prof. Dr. Meier. | Frau Prof. Schulz ging.",
    "Es kamen u. a. Dr. Müller und Frau Meier. | Sie gingen.",
    "Das heißt, d. h. Peter kommt. | Er geht.",
    "Peter bzw. Paul kommt ggf. Montag. | Er geht.",
    "Nach Abs. 2 S. 1 GG gilt das. | Anders Art. 5 Abs. 3 S. 2 Buchst. a BGB.",
    "In St. Petersburg regnet es. | In Moskau nicht.",
    "Haus Nr. 5 brennt. | Haus Nr. 6 nicht.",
    "Der Abg. Müller sprach. | Die sog. Wende kam, vgl. Kap. 3 und Abb. 4.",
    "Der ehem. Minister kam. | Der stellv. Vorsitzende ging.",
    "Der Staatssekretär a. D. Meier kam. | Er ging.",
    "Gen. Milley und Lt. Smith sprachen. | Lt. Polizei war es so.",
    "Vgl. Art. 3 GG. | Danach gilt es.",
    "Die Meier GmbH & Co. KG ging pleite. | Sie war alt.",
    "Es kostet 5 Mio. Euro. | Das ist viel.",
    "Es kostet 5 Mrd. | Das ist viel.",
    "Äpfel, Birnen usw. | Dann ging er.",
    "Er starb 44 v. Chr. in Rom. | Sie starb 30 v. Chr. | Danach kam Augustus.",
    "Er wohnt in Frankfurt a. M. | Sie wohnt in Bonn.",
    "Er kam am 31. Dez. 2024 an. | Sie im Jan. 2025.",
    "Er kam (s. S. 5). | Dann ging er.",
    "Mr. Smith und Gov. Walz sprachen. | The U.S. Army came.",
    "Das war die neue Art. | Die alte war besser.",  # a word that is an abbreviation too
    "Das ist so. | Heute nicht.",
    "Die EU schwieg. | Die USA auch, die DVRK nicht.",
]
NUMBERS = [
    "Der Vertrag wurde am 24. Oktober ratifiziert. | Danach war Ruhe.",
    "Der Vertrag galt am 24. Oktober. | Danach war Ruhe.",
    "Am 5. November kam er. | Am 6. ging er.",
    "Im 19. Jahrhundert war das so. | Heute nicht.",
    "Der 2. Weltkrieg endete 1945. | Der 1. endete 1918.",
    "Kaiser Wilhelm II. starb 1941. | Er lebte in Doorn.",
    "Papst Johannes Paul II. Wojtyla besuchte Polen. | Er war Pole.",
    "Es folgte Ludwig XIV. | Er war Franzose.",
    "8.000 Soldaten kamen. | 3,5 Prozent gingen.",
    "Es waren 8.000. | Die anderen blieben.",
    "Sie sind geschickt worden. | 8000 von ihnen sind verletzt.",
    "Es gab 3 Tote. | 12 Menschen wurden verletzt.",
    "Das sagte die UNO. | 2022 griff Russland an.",
    "Das war 1990. | 1991 kam er wieder.",
    "Der Spieltag endete 2:0. | Müller jubelte.",
    "Sie wurde am 3. 10. 1990 gefeiert. | Danach nicht.",
    "Seit dem 1.1. gilt das. | Danach nicht.",
    "Er ist 25. | Sie ist 30.",
    "Er kam am 5. | Danach ging er.",
    "Die 3. Division griff an. | Sein 100. Tor fiel in der 90. Minute.",
    "Der 1. FC Köln gewann. | Der 1. FC Nürnberg verlor.",
    "Vom 3. bis zum 5. Mai blieb er. | Er kam um 8.30 Uhr.",
    "Es waren 40 %. | Das ist viel.",
]
OTHERS = [
    "Der Baum ist groß. | Der Strauch ist klein.",
    "Kommt Lawrow? | Putin schweigt. | Halt! | Putin kommt.",
    "Ja! | Das ist es. | Nein? | Doch. | Was?! | Nein!!!",
    "Er wartete ... und ging. | Dann kam er.",
    "Er wartete… | Dann kam er.",
    "Er hat das ... Geld nicht genommen. | Ende.",  # half of it would say the opposite
    "Er hat das (...) Geld nicht genommen. | Ende.",
    "Im heiligen Krieg … stets. | Ende.",
    "J. R. R. Tolkien schrieb. | C. S. Lewis auch.",
    "John F. Kennedy starb 1963. | Er war Präsident.",
    "Mehr unter https://www.example.org/a.b?c=d. | Weiter geht es.",
    "Mehr auf www.Bild.de oder in report.pdf. | Weiter geht es.",
    "Er schrieb an max.mustermann@example.org. | Danach schlief er.",
    "Der Gouverneur (CDU) sprach. | (Er war müde.) | Dann ging er.",
    "Kämpfe gab es.[1][2] | Danach war Ruhe.",
    "Er sagte nichts. | – Sie auch nicht.",
    "Он пришёл. | Она ушла. | Пришёл мир. | Всё.",
    "He came. | She left. | The end.",
]


@pytest.mark.parametrize("marked", QUOTATIONS)
def test_direct_speech_stays_whole(marked: str) -> None:
    _assert_split(marked)


@pytest.mark.parametrize("marked", ABBREVIATIONS)
def test_an_abbreviation_does_not_end_a_sentence(marked: str) -> None:
    _assert_split(marked)


@pytest.mark.parametrize("marked", ABBREVIATIONS + NUMBERS)
def test_non_breaking_spaces_change_nothing(marked: str) -> None:
    expected = [sentence.replace(" ", "\u00a0") for sentence in marked.split(" | ")]
    assert _texts(" ".join(expected)) == expected


@pytest.mark.parametrize("marked", NUMBERS)
def test_ordinals_and_numbers(marked: str) -> None:
    _assert_split(marked)


@pytest.mark.parametrize("marked", OTHERS)
def test_ends_initials_ellipses_and_addresses(marked: str) -> None:
    _assert_split(marked)


def test_a_quotation_mark_never_closed_does_not_swallow_the_text() -> None:
    """The next closing mark far below belongs to something else."""
    sentences = ["Er nannte es „gut.", *["Die Lage war ernst."] * 300, "So ist es“, sagte er."]
    assert _texts(" ".join(sentences)) == sentences


def test_every_case_in_one_paragraph() -> None:
    """The cases do not disturb each other: no quotation swallows its neighbours."""
    cases = QUOTATIONS[:-2] + ABBREVIATIONS[3:8] + NUMBERS[:10]
    _assert_split(" | ".join(cases))


def test_a_lost_blank_between_sentences() -> None:
    assert _texts("Der Baum ist groß.Der Strauch nicht.") == [
        "Der Baum ist groß.",
        "Der Strauch nicht.",
    ]
    assert _texts("Siehe www.Spiegel.de und Node.js.") == ["Siehe www.Spiegel.de und Node.js."]


def test_in_doubt_sentences_stay_together() -> None:
    """An ordinal or the end of a sentence: too long a quote is true, half a one may not be."""
    assert len(_texts("Er siegte auf Platz 2. Amtszeiten zählte niemand.")) == 1
    assert len(_texts("Mit „Geduld … Zeit haben wir nicht“ endet es.")) == 1


# --- lines


def test_headings_are_lines_without_a_sentence_end() -> None:
    text = "Asien\n\nPjöngjang: Gespräche mit Moskau\n\nDer Minister kam. Er blieb.\nMehr zum Thema"
    assert [(text[s.start : s.end], s.heading) for s in split_sentences(text)] == [
        ("Asien", True),
        ("Pjöngjang: Gespräche mit Moskau", True),
        ("Der Minister kam.", False),
        ("Er blieb.", False),
        ("Mehr zum Thema", True),
    ]


def test_an_introduction_of_speech_is_no_heading() -> None:
    text = "Es folgt Text. NIS fügte hinzu:\n„Wir sehen zu. Immer.“\n"
    found = split_sentences(text)
    assert [(text[s.start : s.end], s.heading) for s in found] == [
        ("Es folgt Text.", False),
        ("NIS fügte hinzu:", False),
        ("„Wir sehen zu. Immer.“", False),
    ]


def test_crlf_bom_and_separators() -> None:
    text = "\ufeffTitel\r\n\r\nErster Satz. Zweiter\u2028Satz.\u2028Dritter Satz.\r\nEnde.\r\n"
    assert _texts(text) == [
        "Titel",
        "Erster Satz.",
        "Zweiter\u2028Satz.",
        "Dritter Satz.",
        "Ende.",
    ]


def test_bullet_lists() -> None:
    text = "Drei Punkte:\n- Punkt eins\n- Punkt zwei. Nicht mehr.\n1. Erstens kam er.\n2. Zweitens"
    assert _texts(text) == [
        "Drei Punkte:",
        "- Punkt eins",
        "- Punkt zwei.",
        "Nicht mehr.",
        "1. Erstens kam er.",
        "2. Zweitens",
    ]


_PARAGRAPHS = (
    "Der südkoreanische Nachrichtendienst gab am 24. Oktober bekannt, dass seit September etwa"
    " 5.000 Arbeiter nach Russland verlegt worden seien. Dr. Kim Son-ho sagte dazu: „Wir sehen"
    " das mit Sorge. Es wird nicht das Ende sein.“ Weder Moskau noch Pjöngjang äußerten sich.",
    "Russland hofft auf mehr Tourismus in Nordkorea. Die Agentur verwies auf die Wiederaufnahme"
    " der Zugverbindung, u. a. nach Wladiwostok. Im 19. Jahrhundert gab es dort noch keine Bahn.",
    "Nach Angaben des russischen Außenministeriums waren die beiden Minister zunächst am Moskauer"
    " Bahnhof zusammengetroffen, bevor die Gespräche im Ministerium fortgesetzt wurden. Dort"
    " enthüllten sie eine Tafel zum Gedenken an den Besuch von Kim Il Sung im Jahr 1949.",
)


def _wrapped(paragraph: str, width: int, newline: str) -> str:
    lines, line = [], ""
    for word in paragraph.split(" "):
        if line and len(line) + 1 + len(word) > width:
            lines.append(line)
            line = word
        else:
            line = f"{line} {word}" if line else word
    return newline.join([*lines, line])


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
@pytest.mark.parametrize("width", [60, 66, 70, 72, 76, 80])
def test_wrapped_text_has_the_sentences_of_its_paragraphs(width: int, newline: str) -> None:
    whole = (newline * 2).join(_PARAGRAPHS)
    wrapped = (newline * 2).join(_wrapped(p, width, newline) for p in _PARAGRAPHS)
    assert len(_texts(whole)) == 8
    assert [" ".join(text.split()) for text in _texts(wrapped)] == _texts(whole)


def test_indented_wrapped_text() -> None:
    wrapped = "\n\n".join("    " + _wrapped(p, 70, "\n    ") for p in _PARAGRAPHS)
    expected = [sentence for paragraph in _PARAGRAPHS for sentence in _texts(paragraph)]
    assert [" ".join(text.split()) for text in _texts(wrapped)] == expected


def test_one_paragraph_a_line_is_not_wrapped() -> None:
    """Lines of similar length that end sentences stay apart, headings among them too."""
    lines = [f"Die {n}. Meldung vom Tage handelt heute vom Wetter in Köln" for n in "123456"]
    text = "\n".join(f"{line}.\n{line}" for line in lines)
    assert _texts(text) == text.split("\n")


def test_a_part_of_a_text() -> None:
    text = "Eins. Zwei.\nDrei. Vier.\nFünf."
    start, end = text.index("Drei"), text.index("\nFünf")
    assert split_sentences(text, start, end) == (
        Sentence(start, start + 5, False),
        Sentence(start + 6, end, False),
    )


@pytest.mark.parametrize("text", ["", " \n\t\u2028 ", "\r\n\r\n", "\ufeff", "\ufeff\n"])
def test_nothing(text: str) -> None:
    assert split_sentences(text) == ()


# --- the five articles, by hand

BY_HAND = {
    "000": [
        (2, "“Der ehrenwerte Genosse", "russischen Kameraden stehen.”"),
        (3, "“Die Partnerschaft ist in der Tat", "Dialoges betrifft”, sagte er."),
        (4, "In Artikel 4 des Abkommens heißt es: “Befindet", "militärischen Beistand.”"),
        (4, "Die Staatsduma ratifizierte", "am 24. Oktober."),
        (5, "Diese Angaben wurden später", "Pentagon wiederholt."),
        (5, "Am Vorabend des Treffens", "Region Kursk eingetroffen seien."),
        (6, "Putin kommentierte die Daten", "dass sie etwas widerspiegeln”."),
    ],
    "001": [
        (2, '"Wir werden immer fest an der Seite', "Besuch in Moskau am Freitag."),
        (4, '"Die Situation auf der koreanischen', 'explosiv werden", warnte sie.'),
        (6, "Die US-Regierung geht laut", "nach Russland geschickt wurden."),
        (6, "8000 von ihnen sind demnach", "in das Kampfgeschehen eingreifen."),
        (7, "Weder Lawrow noch Choe erwähnten", "in ihren Statements."),
        (8, "An dem Bahnhof enthüllten", "in der damaligen Sowjetunion."),
        (12, "(V.Blanchet--LPdF)", "(V.Blanchet--LPdF)"),
    ],
    "002": [
        (8, "Der Verteidigungsminister der Demokr", "Nachrichtenagentur (KCNA)."),
        (10, "In der Meldung der Nachrichtenagentur", "am 6. November stattgefunden hätten."),
        (12, "Am Tag zuvor, dem 5. November, waren", "DVRK zusammengetroffen."),
        (14, "Der südkoreanische Nachrichtendienst (NIS)", "berichtete\u00a0Yonhap zuvor."),
        (16, "NIS fügte hinzu:", "NIS fügte hinzu:"),
        (18, '"Nordkoreanische Führungskräfte', 'Technologien weitergibt."'),
        (28, "Anmerkung: Allerdings hat Österreich", "auch Privatpersonen betrifft."),
    ],
    "003": [
        (6, "Schätzungen aus südkoreanischen", "technologische Hilfe erhält."),
        (12, "Ukrainische Geheimdienste schätzen", "Pjöngjang und Moskau unterstreicht."),
    ],
    "004": [
        (3, "Russlands Außenminister Lawrow in Nordkorea: Kim", "im Ukraine-Konflikt."),
        (7, "Dabei bezeichnete er", 'als "unbesiegbare Kampfbrüderschaft".'),
        (12, "Laut dem südkoreanischen", "Artillerie-Munition an Russland."),
        (12, "Zudem sagte Kims Regierung zu, rund 6.000", "Region Kursk zu entsenden."),
        (21, "Russland hofft auf mehr Tourismus", "in Nordkorea"),
    ],
}
COUNTS = {"000": 19, "001": 27, "002": 29, "003": 13, "004": 33}
HEADING_LINES = {
    "000": {7},
    "001": {1, 12},
    "002": {1, 3, 6, 26},
    "003": {1},
    "004": {1, 2, 8, 14, 15, 16, 17, 18, 19, 21},
}


@pytest.mark.parametrize("name", sorted(BY_HAND))
def test_the_seeds_by_hand(name: str) -> None:
    text = next(SEEDS.glob(f"{name}_*.txt")).read_bytes().decode("utf-8")
    found = [
        (text.count("\n", 0, s.start) + 1, text[s.start : s.end]) for s in split_sentences(text)
    ]
    for line, begin, end in BY_HAND[name]:
        matching = [t for n, t in found if n == line and t.startswith(begin) and t.endswith(end)]
        assert len(matching) == 1, (line, begin)
    assert len(found) == COUNTS[name]
    headings = {text.count("\n", 0, s.start) + 1 for s in split_sentences(text) if s.heading}
    assert headings == HEADING_LINES[name]


# --- properties

PIECES = (
    *("Er kam", "Straße", "wurden", "Dr", "z", "B", "8.000", "24", "8000 von", "Oktober", "XIV"),
    *(".", ". ", "! ", "? ", "... ", "…", ": ", ", ", " ", "  ", "\t", "\u00a0"),
    *("\n", "\n\n", "\r\n", "\r", "\x0b", "\x0c", "\x1c", "\x85", "\u2028", "\u2029", "\ufeff"),
    *"„“”»«›‹‚‘’\"'()[]",
    *("😀", "e\u0301", "- ", "1. "),
)


def _any_text() -> st.SearchStrategy[str]:
    anything = st.text(st.characters(exclude_categories=["Cs"]), max_size=15)
    return st.lists(st.one_of(st.sampled_from(PIECES), anything), max_size=80).map("".join)


@given(_any_text())
@example("„Er kam. " * 30)
@example("\n".join(["Er kam aus Köln und ging nach Bonn, weil es in Bonn"] * 6))
@settings(max_examples=300, deadline=None)
def test_sentences_cover_the_text_in_order(text: str) -> None:
    at = 0
    for sentence in split_sentences(text):
        assert not _content(text[at : sentence.start])
        assert at <= sentence.start < sentence.end <= len(text)
        quoted = text[sentence.start : sentence.end]
        assert quoted == quoted.strip()
        assert quoted[0] != "\ufeff"
        at = sentence.end
    assert not _content(text[at:])


def _content(text: str) -> str:
    """The text without white space and byte order marks around it."""
    return re.sub(r"\A[\s\ufeff]+|[\s\ufeff]+\Z", "", text)


@given(st.lists(st.sampled_from(QUOTATIONS[:-1] + NUMBERS + OTHERS), max_size=5), st.data())
@settings(max_examples=60, deadline=None)
def test_paragraphs_are_split_apart(cases: list[str], data: st.DataObject) -> None:
    """Line by line gives the same sentences as each line alone."""
    lines = [case.replace(" | ", " ") for case in cases]
    newline = data.draw(st.sampled_from(["\n", "\r\n", "\n\n"]))
    text = newline.join(lines)
    assert _texts(text) == [sentence for line in lines for sentence in _texts(line)]


def _cpu_seconds(unit: str, size_bytes: int) -> float:
    text = unit * (size_bytes // len(unit.encode("utf-8")))
    started = time.process_time()
    found = split_sentences(text)
    seconds = time.process_time() - started
    assert text[found[0].start : found[-1].end] == text.strip()
    return seconds


def test_a_line_of_two_megabytes() -> None:
    assert (
        _cpu_seconds("Der Vertrag galt am 24. Oktober. „Gut. Sehr gut.“ 8.000 gingen. ", 2**21) < 3
    )


@pytest.mark.parametrize(
    "unit",
    [
        *("„Er kam. ", '"Er kam. ', "'Er ‚kam. ", "»«›‹“”", "a", "1. ", "... ", "x. . "),
        *("(a. ", "A.", "x.”", "wurden. 8000 von ", "z. B. ", "Er kam\u2028"),
    ],
)
def test_no_line_takes_time_that_grows_with_its_square(unit: str) -> None:
    assert _cpu_seconds(unit, 400_000) < 3
