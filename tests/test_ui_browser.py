"""The chat page in a real browser: asking, reading answer and article side by side, habits."""

from __future__ import annotations

import json
import re

import pytest
from browser import (
    FRAMEWORK_LEAKS,
    ask,
    done,
    greeted,
    marked,
    places,
    served,
    wait_for_mark,
    wait_for_mark_in_view,
)
from fakes import HashEmbedder
from playwright.sync_api import expect

from index.types import ModelIdentity
from rag.types import Draft, DraftSpan

pytestmark = [*FRAMEWORK_LEAKS]
SHELLS = "Wie viele Schuss Artilleriemunition lieferte Nordkorea?"
SHELLS_FILE, SHELLS_LINE = "004_fc018e94312481a9.txt", 12
SOLDIERS = "Wie viele nordkoreanische Soldaten sind in Russland?"
NOWHERE = "Wie viele Einwohner hat Bielefeld?"
LEANS = "Und wie viele davon sind in Kursk?"
TWO_PEOPLE = "Was sagte Putin über Kim?"
UNNAMED_BUTTONS = """() => [...document.querySelectorAll('button, [role=button], input, textarea')]
  .filter((n) => n.checkVisibility() && !n.disabled && !n.closest('[aria-hidden=true]'))
  .filter((n) => !(n.innerText || n.getAttribute('aria-label') || n.getAttribute('title')
    || (n.labels && n.labels.length)))
  .map((n) => n.outerHTML.slice(0, 200))"""


@pytest.fixture(scope="module")
def server(tmp_path_factory, packaged_embedder):
    with served(tmp_path_factory.mktemp("page"), packaged_embedder) as running:
        yield running


@pytest.fixture
def page(server, visitor):
    return visitor.open(server.url)


def source_line(server, number=SHELLS_LINE):
    text = (server.corpus / SHELLS_FILE).read_bytes().decode("utf-8")
    return text.splitlines()[number - 1]


def test_enter_asks_and_the_quote_says_file_and_line(server, page):
    turn = ask(page, SHELLS)
    assert turn.locator(".bl-question").inner_text() == SHELLS
    assert places(turn)[0] == f"seeds/{SHELLS_FILE}, Zeile {SHELLS_LINE}"
    quote = turn.locator(".bl-quote.bl-cited .bl-text").first.inner_text()
    assert "zwölf Millionen Schuss" in quote
    assert quote in source_line(server)
    assert page.locator("#bl-question textarea").input_value() == ""


def test_the_button_asks(page):
    page.fill("#bl-question textarea", SHELLS)
    page.click("#bl-send")
    assert SHELLS_FILE in places(done(page, 0))[0]


def test_a_chosen_quote_is_marked_in_its_line_and_in_view(server, page):
    turn = ask(page, SHELLS)
    quote = turn.locator(".bl-text").first.inner_text()
    turn.locator(".bl-place").first.click()
    wait_for_mark(page, quote)
    assert marked(page) == [(SHELLS_LINE, quote)]
    wait_for_mark_in_view(page)
    shown = page.locator(f"#bl-line-{SHELLS_LINE} .bl-raw").inner_text()
    assert shown == source_line(server)
    assert page.locator(".bl-source h3").inner_text() == SHELLS_FILE


def test_the_arrows_step_through_the_quotes_of_an_answer(page):
    turn = ask(page, SOLDIERS)
    quotes = turn.locator(".bl-text").all_inner_texts()
    lines = [int(place.rsplit(" ", 1)[1]) for place in places(turn)]
    assert len(quotes) > 1
    turn.locator(".bl-place").first.click()
    for position, quote in enumerate(quotes):
        wait_for_mark(page, quote)
        assert marked(page) == [(lines[position], quote)]
        wait_for_mark_in_view(page)
        expect(page.locator(".bl-steps")).to_contain_text(f"{position + 1} von {len(quotes)}")
        following = page.get_by_role("button", name="Nächster Beleg")
        if position + 1 < len(quotes):
            following.click()
    expect(following).to_be_disabled()
    page.get_by_role("button", name="Voriger Beleg").click()
    wait_for_mark(page, quotes[-2])


def test_without_an_answer_there_is_a_reason_and_what_is_not_an_answer(page):
    turn = ask(page, NOWHERE)
    refusal = turn.locator(".bl-refusal")
    assert refusal.locator("strong").inner_text() == "Keine Antwort"
    assert refusal.locator("p").inner_text() == "Die Artikel sagen das nicht deutlich genug."
    assert "ohne die Frage zu beantworten" in turn.locator(".bl-quotes h4").inner_text()
    assert turn.locator(".bl-quote").count() == turn.locator(".bl-nearest").count() > 0
    turn.locator(".bl-place").first.click()
    wait_for_mark(page, turn.locator(".bl-text").first.inner_text())


def test_a_follow_up_says_how_it_was_understood(page):
    first = ask(page, SOLDIERS)
    assert first.locator(".bl-understood").count() == 0
    second = ask(page, LEANS)
    understood = second.locator(".bl-understood").inner_text()
    assert understood == "verstanden als: Wie viele nordkoreanische Soldaten sind in Kursk?"
    assert second.locator(".bl-question").inner_text() == LEANS
    assert second.locator(".bl-cited").count() > 0


def test_what_can_mean_two_things_is_asked_back_and_a_choice_answers(page):
    ask(page, TWO_PEOPLE)
    back = ask(page, "Was antwortete er?")
    assert back.locator("p").inner_text() == "Worauf bezieht sich »er«?"
    options = back.locator("button.bl-option")
    assert options.all_inner_texts() == ["Was antwortete Putin?", "Was antwortete Kim?"]
    options.last.click()
    chosen = done(page, 2)
    assert chosen.locator(".bl-question").inner_text() == "Was antwortete Kim?"
    assert chosen.locator(":is(.bl-quote, .bl-refusal)").count() > 0


def test_an_example_question_is_answered(page):
    example = page.locator(".bl-start .bl-option").first
    text = example.inner_text()
    example.click()
    turn = done(page, 0)
    assert turn.locator(".bl-question").inner_text() == text
    assert turn.locator(".bl-cited").count() > 0
    expect(page.locator(".bl-start button")).to_have_count(0)


@pytest.mark.parametrize(
    ("locale", "language", "send"),
    [("de-AT", "de", "Fragen"), ("en-GB", "en", "Ask"), ("fr-FR", "en", "Ask")],
)
def test_the_browser_decides_the_first_language(server, visitor, locale, language, send):
    page = visitor.open(server.url, locale=locale)
    expect(page.locator("#bl-send")).to_have_text(send)
    expect(page.locator("html")).to_have_attribute("lang", language)


def test_the_language_is_switched_with_all_that_stands_there(page):
    ask(page, SHELLS)
    english = page.get_by_role("button", name="English")
    english.click()
    expect(english).to_have_attribute("aria-pressed", "true")
    expect(page.locator("#bl-send")).to_have_text("Ask")
    expect(page.locator("html")).to_have_attribute("lang", "en")
    expect(page.locator(".bl-place").first).to_have_text(f"seeds/{SHELLS_FILE}, line {SHELLS_LINE}")
    expect(page.locator("#bl-question")).to_contain_text("Question")
    for name in ("Clear history", "Save history", "Sync"):
        expect(page.get_by_role("button", name=name)).to_be_visible()
    page.get_by_role("button", name="Deutsch").click()
    expect(page.locator("#bl-send")).to_have_text("Fragen")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_colours_follow_the_system_and_can_be_switched(server, visitor, scheme):
    page = visitor.open(server.url, color_scheme=scheme)
    paper = "() => getComputedStyle(document.body).backgroundColor"
    colours = {"light": "rgb(246, 247, 249)", "dark": "rgb(20, 24, 30)"}
    other = colours.keys() - {scheme}
    page.wait_for_function(f"(c) => ({paper})() === c", arg=colours[scheme])
    page.get_by_role("button", name="Hell oder dunkel").click()
    page.wait_for_function(f"(c) => ({paper})() === c", arg=colours[other.pop()])
    switched = page.evaluate(paper)
    page.reload()
    greeted(page)
    page.wait_for_function(f"(c) => ({paper})() === c", arg=switched)


def test_on_a_phone_nothing_is_wider_and_the_source_is_below(server, visitor):
    page = visitor.open(server.url, viewport={"width": 390, "height": 844})
    wide = "document.documentElement.scrollWidth"
    assert page.evaluate(wide) <= 390
    turn = ask(page, SOLDIERS)
    assert page.evaluate(wide) <= 390
    chat, side = page.locator("#bl-log").bounding_box(), page.locator("#bl-side").bounding_box()
    assert side["y"] >= chat["y"] + chat["height"]
    turn.locator(".bl-place").first.click()
    wait_for_mark(page, turn.locator(".bl-text").first.inner_text())
    wait_for_mark_in_view(page)
    assert page.evaluate(wide) <= 390
    page.get_by_role("button", name="Zur Antwort").click()
    expect(turn.locator(".bl-place").first).to_be_focused()
    expect(turn.locator(".bl-place").first).to_be_in_viewport()


def test_the_number_of_a_long_line_stays_in_view(server, visitor):
    page = visitor.open(server.url, viewport={"width": 390, "height": 844})
    turn = ask(page, SHELLS)
    turn.locator(".bl-place").first.click()
    wait_for_mark(page, turn.locator(".bl-text").first.inner_text())
    above = page.evaluate(
        """(number) => {
        const lines = document.querySelector('.bl-lines');
        const line = document.querySelector(`#bl-line-${number}`);
        const top = (node) => node.getBoundingClientRect().top - lines.getBoundingClientRect().top;
        lines.scrollTop += top(line) + 80;
        return [top(line), top(line.querySelector('.bl-gutter'))]; }""",
        SHELLS_LINE,
    )
    assert above[0] == pytest.approx(-80, abs=2)
    assert -1 <= above[1] <= 10


def test_the_keyboard_alone_is_enough(page):
    def tab_to(selector):
        for _ in range(40):
            if page.evaluate("(s) => document.activeElement.matches(s)", selector):
                return
            page.keyboard.press("Tab")
        raise AssertionError(f"Tab does not reach {selector}")

    page.evaluate("document.activeElement.blur()")
    tab_to("#bl-question textarea")
    page.keyboard.type(SHELLS)
    page.keyboard.press("Enter")
    turn = done(page, 0)
    tab_to("body *:not(textarea)")
    page.evaluate("document.querySelector('.bl-switches button').focus()")
    tab_to(".bl-place")
    outline = "() => getComputedStyle(document.activeElement).outlineStyle"
    assert page.evaluate(outline) == "solid"
    page.keyboard.press("Enter")
    wait_for_mark(page, turn.locator(".bl-text").first.inner_text())
    expect(turn.locator(".bl-place").first).to_be_focused()
    assert page.evaluate(outline) == "solid"


def test_everything_has_a_name_for_those_who_do_not_see(page):
    turn = ask(page, SOLDIERS)
    turn.locator(".bl-place").first.click()
    expect(page.locator(".bl-line mark")).to_have_count(1)
    turn.get_by_role("button", name="Hilfreich", exact=True).click()
    expect(turn.get_by_role("textbox", name="Warum?")).to_be_focused()
    assert page.evaluate(UNNAMED_BUTTONS) == []
    assert page.get_by_role("log").count() == 1
    assert page.get_by_role("article", name=f"Ihre Frage: {SOLDIERS}").count() == 1
    expect(page.get_by_role("textbox", name="Frage", exact=True)).to_be_visible()
    assert page.locator("[role=status]").count() > 0


def test_a_copied_quote_names_its_source(server, visitor):
    page = visitor.open(server.url, permissions=["clipboard-read", "clipboard-write"])
    turn = ask(page, SHELLS)
    quote = turn.locator(".bl-text").first.inner_text()
    turn.get_by_role("button", name="Kopieren").first.click()
    expect(turn.get_by_role("button", name="Kopiert")).to_be_visible()
    copied = page.evaluate("() => navigator.clipboard.readText()")
    assert copied == f"„{quote}“ (seeds/{SHELLS_FILE}, Zeile {SHELLS_LINE})"
    expect(turn.get_by_role("button", name="Kopieren").first).to_be_visible()


def test_an_opinion_is_kept_with_its_reason(server, page):
    turn = ask(page, SHELLS)
    turn.get_by_role("button", name="Hilfreich", exact=True).click()
    reason = "Genau die Zahl – danke! \u202e<b>"
    turn.get_by_role("textbox", name="Warum?").fill(reason)
    turn.get_by_role("textbox", name="Warum?").press("Enter")
    expect(turn.locator(".bl-foot")).to_contain_text("auf diesem Rechner gespeichert")
    last = json.loads(server.desk.feedback.read_text(encoding="utf-8").splitlines()[-1])
    assert (last["helpful"], last["reason"], last["question"]) == (True, reason, SHELLS)
    assert last["quotes"][0]["source"] == f"{SHELLS_FILE}:{SHELLS_LINE}"


def test_a_thumb_down_needs_no_reason(server, page):
    turn = ask(page, NOWHERE)
    turn.get_by_role("button", name="Nicht hilfreich").click()
    turn.get_by_role("button", name="Absenden").click()
    expect(turn.locator(".bl-foot")).to_contain_text("Danke")
    last = json.loads(server.desk.feedback.read_text(encoding="utf-8").splitlines()[-1])
    assert (last["helpful"], last["reason"], last["abstained"]) == (False, "", True)


def test_the_conversation_is_saved_as_markdown(page):
    turn = ask(page, SHELLS)
    quote = turn.locator(".bl-text").first.inner_text()
    ask(page, NOWHERE)
    with page.expect_download() as saving:
        page.click("#bl-export")
    assert re.fullmatch(r"beleg-\d{8}-\d{6}\.md", saving.value.suggested_filename)
    text = saving.value.path().read_text(encoding="utf-8")
    assert quote in text
    assert f"{SHELLS_FILE}:{SHELLS_LINE}" in text
    assert "## Frage 2" in text
    assert NOWHERE in text


def test_clearing_empties_the_conversation_and_the_source(page):
    turn = ask(page, SHELLS)
    turn.locator(".bl-place").first.click()
    expect(page.locator(".bl-line mark")).to_have_count(1)
    page.click("#bl-clear")
    expect(page.locator(".bl-turn")).to_have_count(0)
    expect(page.locator(".bl-line")).to_have_count(0)
    expect(page.locator(".bl-start .bl-option").first).to_be_visible()
    again = ask(page, LEANS)  # nothing is left to lean on
    assert again.locator(".bl-understood").count() == 0


def test_two_people_see_only_their_own(server, visitor):
    one, two = visitor.open(server.url), visitor.open(server.url)
    for page, question in ((one, SHELLS), (two, NOWHERE)):
        page.fill("#bl-question textarea", question)
        page.press("#bl-question textarea", "Enter")
    assert places(done(one, 0))[0].startswith(f"seeds/{SHELLS_FILE}")
    assert done(two, 0).locator(".bl-refusal").count() == 1
    for page, question in ((one, SHELLS), (two, NOWHERE)):
        assert page.locator(".bl-question").all_inner_texts() == [question]


def test_the_first_paint_is_measured(server, visitor, capsys):
    page = visitor.open(server.url)
    paint = page.evaluate(
        "() => performance.getEntriesByName('first-contentful-paint').map((e) => e.startTime)"
    )
    assert len(paint) == 1
    with capsys.disabled():
        print(f"\nfirst contentful paint: {paint[0] / 1000:.2f} s")


class Scripted:
    """A drafter that gives the first match of a pattern in each evidence text."""

    identity = ModelIdentity("scripted", "0" * 64, 0)

    def draft(self, question, evidence, language):
        found = [re.search(r"\d+ Meter", text) for text in evidence]
        spans = [DraftSpan(i, m.start(), m.end(), 0.9) for i, m in enumerate(found) if m]
        return Draft(tuple(spans), 0.9 if spans else 0.0, not spans)


def test_a_drafted_answer_has_numbers_that_lead_to_its_quotes(tmp_path, visitor):
    files = {
        "a.txt": "Der Turm\r\n\r\nDer Turm ist „330 Meter“ hoch und steht in Köln.\r\n".encode(),
        "b.txt": "\ufeffDer Turm ist 312 Meter hoch, sagt die Stadt.\n".encode(),
    }
    with served(tmp_path, HashEmbedder(), files, drafter=Scripted(), abstain_below=0.0) as server:
        page = visitor.open(server.url)
        turn = ask(page, "Wie hoch ist der Turm?")
        claims = turn.locator(".bl-claim").all_inner_texts()
        assert sorted(claims) == ["312 Meter", "330 Meter"]
        assert turn.locator(".bl-cite").all_inner_texts() == ["1", "2"]
        for number, claim in enumerate(claims, 1):
            turn.get_by_role("button", name=f"Stelle zeigen {number}", exact=True).click()
            quote = turn.locator(".bl-quote").nth(number - 1).locator(".bl-text").inner_text()
            wait_for_mark(page, quote)
            assert claim in quote
            wait_for_mark_in_view(page)
