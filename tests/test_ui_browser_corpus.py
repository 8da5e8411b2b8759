"""The corpus panel in a real browser: uploads, syncs, changes behind the page's back, scope."""

from __future__ import annotations

import pytest
from browser import FRAMEWORK_LEAKS, ask, marked, places, served, wait_for_mark
from fakes import HashEmbedder
from playwright.sync_api import expect

pytestmark = [*FRAMEWORK_LEAKS]
FILES = {
    "brücke.txt": (
        "Die Brücke\n\nDie Brücke über die Weser ist 412 Meter lang.\nSie wurde 1967 gebaut.\n"
    ).encode(),
    "turm.txt": "Der Turm\r\n\r\nDer Turm steht in Köln und ist 157 Meter hoch.\r\n".encode(),
}
BRIDGE = "Wie lang ist die Brücke über die Weser?"
FRESH = "Der Index ist auf dem Stand des Ordners."
STALE = "Der Ordner hat sich geändert. Der Index ist nicht auf dem Stand."


@pytest.fixture
def server(tmp_path):
    with served(tmp_path, HashEmbedder(), FILES, abstain_below=0.0) as running:
        yield running


@pytest.fixture
def page(server, visitor):
    return visitor.open(server.url)


def give(page, *files):
    """Upload files: (name, bytes) pairs."""
    page.locator("#bl-files input[type=file]").set_input_files(
        [{"name": name, "mimeType": "text/plain", "buffer": data} for name, data in files]
    )


def expect_state(page, text):
    expect(page.locator(".bl-state span")).to_have_text(text)


def names(page):
    return page.locator(".bl-articles .bl-name").all_inner_texts()


def quotes(turn):
    return " ".join(turn.locator(".bl-text").all_inner_texts())


def test_the_panel_says_what_is_there(page):
    assert names(page) == ["brücke.txt", "turm.txt"]
    assert page.locator(".bl-articles .bl-note").all_inner_texts() == ["4 Zeilen", "3 Zeilen"]
    expect_state(page, FRESH)
    facts = page.locator(".bl-facts").inner_text()
    for part in ("Artikel", "2", "Letzter Abgleich", "hash-words", "keines: die Belege selbst"):
        assert part in facts


def test_an_upload_is_synced_and_can_be_asked(server, page):
    name, data = "Zoo Köln, Teil 2 (neu).txt", "Im Zoo leben 41 Erdmännchen – „viele“.\n".encode()
    give(page, (name, data))
    notice = page.locator(".bl-corpus .bl-notice")
    expect(notice).to_contain_text("Abgeglichen")
    assert (server.corpus / name).read_bytes() == data
    assert names(page) == [name, "brücke.txt", "turm.txt"]
    expect_state(page, FRESH)
    turn = ask(page, "Wie viele Erdmännchen leben im Zoo?")
    assert places(turn)[0] == f"seeds/{name}, Zeile 1"
    turn.locator(".bl-place").first.click()
    wait_for_mark(page, turn.locator(".bl-text").first.inner_text())


def test_a_sync_shows_how_far_it_is(server, page):
    page.evaluate(
        """() => { window.seen = []; new MutationObserver(() => {
        const bar = document.querySelector('.bl-corpus progress');
        if (bar) window.seen.push([bar.value, bar.closest('[role=status]').innerText]);
        }).observe(document.body, {childList: true, subtree: true}); }"""
    )
    give(page, ("viel.txt", "".join(f"Absatz {i} über Züge.\n\n" for i in range(80)).encode()))
    expect(page.locator(".bl-corpus .bl-notice")).to_contain_text("Abgeglichen")
    seen = page.evaluate("() => window.seen")
    assert seen
    assert all(0 <= value <= 1 and "Passagen" in text for value, text in seen)


@pytest.mark.parametrize("replace", [True, False], ids=["replace", "keep"])
def test_nothing_is_overwritten_unasked(server, page, replace):
    before, after = FILES["turm.txt"], "Der Turm in Köln hat 509 Stufen.\n".encode()
    give(page, ("turm.txt", after))
    notice = page.locator(".bl-corpus .bl-notice")
    expect(notice).to_contain_text("turm.txt gibt es schon. Ersetzen?")
    assert (server.corpus / "turm.txt").read_bytes() == before
    page.get_by_role("button", name="Ersetzen" if replace else "Nicht ersetzen", exact=True).click()
    if replace:
        expect(notice).to_contain_text("Abgeglichen")
    else:
        expect(notice).to_have_count(0)
    assert (server.corpus / "turm.txt").read_bytes() == (after if replace else before)
    asked = ask(page, "Wie viele Stufen hat der Turm in Köln?")
    assert ("509 Stufen" in quotes(asked)) is replace


def test_the_question_whether_to_replace_stays_until_it_is_answered(page):
    give(page, ("turm.txt", b"Anders.\n"))
    choice = page.get_by_role("button", name="Ersetzen", exact=True)
    expect(choice).to_be_visible()
    page.wait_for_timeout(6_000)  # longer than the page looks away from the folder
    expect(choice).to_be_visible()


def test_the_same_bytes_again_are_no_question(server, page):
    give(page, ("turm.txt", FILES["turm.txt"]))
    expect(page.locator(".bl-corpus .bl-notice")).to_contain_text("Abgeglichen")
    assert (server.corpus / "turm.txt").read_bytes() == FILES["turm.txt"]


@pytest.mark.parametrize(
    ("name", "data", "why"),
    [
        ("latin.txt", b"Stra\xdfe\n", "latin.txt"),
        (".versteckt.txt", b"Hallo.\n", "hidden"),
        ("leer.txt", b" \n", "leer.txt"),
        ("bidi\u202etxt.txt", b"Hallo.\n", "U+202E"),
    ],
    ids=["not UTF-8", "hidden", "empty", "direction character"],
)
def test_a_refused_upload_says_why(server, page, name, data, why):
    give(page, (name, data))
    failure = page.locator(".bl-corpus .bl-failure")
    expect(failure).to_contain_text(why)
    expect(failure.locator(".bl-note")).not_to_be_empty()
    assert sorted(path.name for path in server.corpus.iterdir()) == sorted(FILES)


@pytest.mark.parametrize(
    ("name", "data", "why"),
    [
        ("bericht.doc", b"Text", "allowed"),
        ("groß.txt", b"x" * (20 * 1024 * 1024 + 1), "maximum allowed size"),
    ],
    ids=["another kind", "too big"],
)
def test_what_the_browser_refuses_by_itself_has_a_reason_too(server, page, name, data, why):
    give(page, (name, data))
    expect(page.get_by_text(why).first).to_be_visible()
    assert sorted(path.name for path in server.corpus.iterdir()) == sorted(FILES)


def test_an_article_edited_on_disk_is_noticed_and_can_be_synced(server, page):
    turn = ask(page, BRIDGE)
    assert "412 Meter" in quotes(turn)
    (server.corpus / "brücke.txt").write_text(
        "Neue Brücke\n\nNoch eine Zeile.\nDie Brücke über die Weser ist nun 555 Meter lang.\n",
        encoding="utf-8",
    )
    expect_state(page, STALE)
    turn.locator(".bl-place").first.click()
    problem = page.locator(".bl-source .bl-failure")
    expect(problem).to_contain_text("Der Beleg steht dort nicht mehr so")
    assert marked(page) == []
    expect(page.locator(".bl-line")).to_have_count(4)
    page.get_by_role("button", name="Abgleichen").click()
    expect_state(page, FRESH)
    again = ask(page, BRIDGE)
    assert "555 Meter" in quotes(again)
    assert "412 Meter" not in quotes(again)


def test_a_sync_made_elsewhere_is_picked_up(server, page):
    (server.corpus / "hafen.txt").write_text("Im Hafen liegen 23 Schlepper.\n", encoding="utf-8")
    server.sync_elsewhere()
    expect(page.locator(".bl-articles .bl-name")).to_have_count(3)
    expect_state(page, FRESH)
    turn = ask(page, "Wie viele Schlepper liegen im Hafen?")
    assert places(turn)[0] == "seeds/hafen.txt, Zeile 1"
    page.locator("#bl-scope input").click()
    expect(page.get_by_role("option", name="hafen.txt")).to_be_visible()


def test_a_deleted_article_goes_with_the_next_sync(server, page):
    turn = ask(page, BRIDGE)
    (server.corpus / "brücke.txt").unlink()
    expect_state(page, STALE)
    turn.locator(".bl-place").first.click()
    expect(page.locator(".bl-source .bl-failure")).to_contain_text("nicht mehr lesbar")
    page.get_by_role("button", name="Abgleichen").click()
    expect_state(page, FRESH)
    assert names(page) == ["turm.txt"]
    assert all("turm.txt" in place for place in places(ask(page, BRIDGE)))


def test_the_scope_restricts_what_is_quoted(page):
    box = page.locator("#bl-scope input")
    box.click()
    page.get_by_role("option", name="turm.txt").click()
    page.keyboard.press("Escape")
    turn = ask(page, BRIDGE)
    assert all(place.startswith("seeds/turm.txt") for place in places(turn))
    page.get_by_role("button", name="Remove turm.txt").or_(
        page.locator("#bl-scope .token-remove")
    ).first.click()
    assert any("brücke.txt" in place for place in places(ask(page, BRIDGE)))
