from pathlib import Path

import pytest

from index.articles import load_article
from index.boilerplate import boilerplate_lines
from index.types import Article

SEEDS = Path(__file__).parent.parent / "seeds"

PROSE = "Der Minister sprach am Montag in Köln über den Haushalt des kommenden Jahres."


def lines_of(text: str) -> list[int]:
    return sorted(boilerplate_lines(Article("a.txt", "", text, 0, 0)))


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("000_76f1e17f13bba951.txt", [7]),
        ("001_1bb135a6ea5fcf72.txt", [12]),
        ("002_c85b777be68d70fb.txt", [6, 26, 28]),
        ("003_1797432d70e2703f.txt", []),
        ("004_fc018e94312481a9.txt", [2, 14, 15, 16, 17, 18, 19]),
    ],
)
def test_the_boilerplate_of_the_seeds(name, expected):
    assert sorted(boilerplate_lines(load_article(SEEDS, name))) == expected


@pytest.mark.parametrize(
    "line",
    [
        "Lesen Sie auch",
        "Lesen Sie auch:",
        "► Lesen Sie dazu auch:",
        "LESETIPPS",
        "Lesetipp",
        "Auch interessant",
        "Das könnte Sie auch interessieren:",
        "Empfohlener redaktioneller Inhalt",
        "Mehr zum Thema",
        "Weitere Artikel zum Thema",
        "Read more",
        "Read also:",
        "Mehr zum Thema – Köln: Brücke gesperrt",
        "Mehr zum Thema\tKöln: Brücke gesperrt",
        "Lesen Sie auch: Wer zahlt die Brücke?",
        "(Bild: Erika Muster / Beispielfoto)",
        "[Foto: privat]",
        "(Quelle: Stadt Köln (Archiv))",
        "Foto: Erika Muster/dpa",
        "Archivfoto: imago images / Muster",
        "Die Brücke am Montag. Quelle: Beispiel © Erika Muster",
        "© 2024 Beispielverlag. Alle Rechte vorbehalten.",
        "(dpa)",
        "(dpa/AFP)",
        "(mak/dpa)",
        "(mit Material von dpa und AFP)",
        "(E.Muster--LPdF)",
        "(A.B.Muster-Süß--XY)",
        "dpa/lby",
        "Wenn Euch unsere Artikel gefallen, teilt sie gern überall, wo Ihr seid.",
        "Hat Ihnen der Text gefallen? Unterstützen Sie uns mit Ihrer Spende!",
        "Jetzt unseren Newsletter abonnieren",
        "Folgen Sie uns und abonnieren Sie den Kanal.",
        "If you enjoy our reporting, support us: donate today.",
    ],
)
def test_this_line_is_boilerplate(line):
    assert lines_of(f"{PROSE}\r\n\r\n  {line}\r\n{PROSE}") == [3]


@pytest.mark.parametrize(
    "line",
    [
        PROSE,
        "Das Bild zeigt den Minister mit einem Foto in der Hand.",
        "Bild: Der Minister sprach am Montag in Köln",
        "Bild: Der Minister sprach am Montag.",
        "Das Foto (Quelle: Stadt Köln) entstand am Montag.",
        "Die Brüder teilen sich das Erbe, teilt sie mit.",
        "Die Firma verschickte einen Newsletter; Kunden können ihn abonnieren.",
        '"Unterstützen Sie unsere Arbeit, folgen Sie uns", rief der Vorsitzende.',
        "„Abonnieren Sie unseren Newsletter“, stand auf dem Plakat.",
        "Damit unterstützen sie unsere Arbeit in unserer Redaktion, schrieb das Blatt.",
        "Unsere Redaktion hat die Belege auf unserer Website dokumentiert.",
        "Er spendet eine Million und teilt den Gewinn mit der Stadt.",
        "Mehr zum Thema sagte der Minister nicht.",
        "Auch interessant war die Rede des Ministers.",
        "Lesen Sie auch im Urlaub? Die meisten tun es.",
        "Mehr dazu: Der Minister sprach am Montag in Köln über den Haushalt.",
        "Die dpa meldete es zuerst (dpa).",
        "(Er lachte.)",
        "(2024)",
        "Reuters",
        "Kritik aus dem Ausland",
    ],
)
def test_this_line_is_content(line):
    assert lines_of(f"{PROSE}\n\n{line}\n{PROSE}") == []


def test_links_end_at_the_first_prose_line():
    text = f"Lesen Sie auch\nErste Meldung\nZweite „Meldung“\n{PROSE}\nZwischentitel\n{PROSE}"
    assert lines_of(text) == [1, 2, 3]


def test_links_end_at_a_blank_line():
    assert lines_of(f"Lesen Sie auch\nErste Meldung\n\nZwischentitel\n{PROSE}") == [1, 2]


def test_blank_lines_may_stand_between_links():
    text = f"Lesen Sie auch\n\nErste Meldung\n\nZweite Meldung\n\n{PROSE}"
    assert lines_of(text) == [1, 3, 5]


def test_a_heading_at_the_end_marks_itself():
    assert lines_of(f"{PROSE}\nLesen Sie auch") == [2]


def test_a_long_run_of_short_lines_is_not_a_list_of_links():
    text = "Mehr zum Thema\n" + "Zeile eines Gedichts\n" * 50
    assert lines_of(text) == list(range(1, 14))


def test_an_article_in_one_line_is_not_lost_to_the_appeal_at_its_end():
    appeal = "Unterstützen Sie uns! Abonnieren Sie unseren Newsletter!"
    assert lines_of(PROSE + " " + appeal) == [1]
    assert lines_of(PROSE * 30 + " " + appeal) == []


@pytest.mark.parametrize("text", ["", "\n", " \r\n\u2028\n", "\ufeff", "©", "(" * 500, "„" * 2000])
def test_odd_texts_do_no_harm(text):
    assert set(lines_of(text)) <= {1}


@pytest.mark.parametrize(
    "place",
    [
        "seeds/000_76f1e17f13bba951.txt:4",
        "    a.txt:12",
        "x/y.pdf:3-5",
        "news.rss#entry:3:7",
        "also seeds/a.txt:4",
        "A.TXT:1",
    ],
)
def test_an_imitated_quote_is_no_content(place):
    text = f"{PROSE}\n\n[1] Der Turm ist 911 Meter hoch.\nSagt der Turm.\n{place}\n{PROSE}\n"
    assert lines_of(text) == [3, 4, 5]


@pytest.mark.parametrize(
    "line",
    [
        f"{PROSE} (seeds/a.txt:4)",
        "Das Spiel endete 3:1.",
        "https://example.org/a.html",
        "a.txt: 4",
        "[1] Müller, Geschichte des Turms, 1998.",
    ],
)
def test_prose_that_names_a_place_is_content(line):
    assert lines_of(f"[1] {PROSE}\n{line}\n{PROSE}\n") == []


def test_a_place_takes_only_the_numbered_text_right_above_with_it():
    assert lines_of(f"[1] seeds/a.txt:4\n{PROSE}\nseeds/a.txt:4\n{PROSE}\n") == [3]
    assert lines_of(f"[1] {PROSE}\n\n{PROSE}\nseeds/a.txt:4\n{PROSE}\n") == [4]
