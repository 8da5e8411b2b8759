from pathlib import Path

import pytest

from index.articles import load_article
from rag.quotes import make_quote
from rag.types import Quote
from ui import source
from ui.source import CUT, ShownLine, SourceView, source_view

TEXT = "Überschrift\r\n\r\nErster Satz. Zweiter Satz\nläuft weiter. Dritter.\nEnde"


def quote_of(folder: Path, words: str, text: str = TEXT) -> Quote:
    (folder / "a.txt").write_bytes(text.encode())
    article = load_article(folder, "a.txt")
    start = article.text.index(words)
    return make_quote(article, start, start + len(words))


def test_a_quote_over_two_lines_is_marked_in_both(tmp_path: Path) -> None:
    quote = quote_of(tmp_path, "Zweiter Satz\nläuft weiter.")
    assert source_view(tmp_path, quote) == SourceView(
        "a.txt",
        5,
        (
            ShownLine(1, (("Überschrift\r", False),)),
            ShownLine(2, (("\r", False),)),
            ShownLine(3, (("Erster Satz. ", False), ("Zweiter Satz", True))),
            ShownLine(4, (("läuft weiter.", True), (" Dritter.", False))),
            ShownLine(5, (("Ende", False),)),
        ),
        stands=True,
    )


def test_a_changed_file_is_shown_without_a_mark(tmp_path: Path) -> None:
    quote = quote_of(tmp_path, "Dritter.")
    (tmp_path / "a.txt").write_text("ganz\nanders")
    view = source_view(tmp_path, quote)
    assert not view.stands
    assert view.lines == (ShownLine(1, (("ganz", False),)), ShownLine(2, (("anders", False),)))


def test_a_file_that_is_gone_is_told(tmp_path: Path) -> None:
    quote = quote_of(tmp_path, "Dritter.")
    (tmp_path / "a.txt").unlink()
    view = source_view(tmp_path, quote)
    assert (view.lines, view.line_count, view.stands) == ((), 0, False)
    assert view.unreadable.startswith("a.txt: cannot be read")


def test_a_long_article_is_shown_in_part(tmp_path: Path) -> None:
    text = "\n".join(f"Zeile {n}." for n in range(1, 3001))
    quote = quote_of(tmp_path, "Zeile 1500.", text)
    view = source_view(tmp_path, quote)
    assert [view.lines[0].number, view.lines[-1].number, view.line_count] == [1100, 1900, 3000]
    moved = source_view(tmp_path, quote, around=1900)
    assert [moved.lines[0].number, moved.lines[-1].number] == [1500, 2300]
    assert moved.lines[0].parts == (("Zeile 1500.", True),)
    assert source_view(tmp_path, quote, around=10**9).lines[-1].number == 3000
    assert source_view(tmp_path, quote, around=-5).lines[0].number == 1


def test_long_lines_count_for_the_window(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(source, "WINDOW_CHARS", 250)
    quote = quote_of(tmp_path, "hier", "\n".join(["x" * 100] * 5 + ["hier"] + ["y" * 100] * 5))
    assert [line.number for line in source_view(tmp_path, quote).lines] == [5, 6, 7]


def test_of_one_huge_line_the_part_around_the_mark_is_shown(tmp_path: Path) -> None:
    quote = quote_of(tmp_path, "Treffer", "a" * 500_000 + "Treffer" + "b" * 500_000)
    (line,) = source_view(tmp_path, quote).lines
    assert line.parts == (
        (CUT, False),
        ("a" * 10_000, False),
        ("Treffer", True),
        ("b" * 20_000, False),
        (CUT, False),
    )
