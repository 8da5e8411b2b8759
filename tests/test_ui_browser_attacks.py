"""The attack set on the page: no script runs, nothing leaves, no quote is not in its file."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pytest
from attacks import ATTACKS, Attack, write
from browser import (
    FRAMEWORK_LEAKS,
    Visitor,
    ask,
    marked,
    served,
    wait_for_mark,
    wait_for_mark_in_view,
)
from fakes import HashEmbedder
from playwright.sync_api import Error, Page, expect

from rag.config import DRAFTER_PACKAGED
from rag.draft import load_drafter
from rag.types import Answer, Quote

BIG = [attack for attack in ATTACKS if attack.name in {"megabyte_line", "long_word"}]
SMALL = [attack for attack in ATTACKS if attack.kind != "size"]
FAIR_TO_ABSTAIN = frozenset(
    "homoglyph zero_width zalgo normal_forms q_sql q_near q_long q_controls c0_controls"
    " c1_controls".split()
)
"""What was asked is written in other characters than what stands there, or drowned in others."""
FEWEST_ANSWERED = {"none": 89, DRAFTER_PACKAGED: 89}
"""Of the answerable attacks, by drafter; three less than measured."""
PANELS = ".bl-log, .bl-start, .bl-source, .bl-corpus"
TAGS = frozenset(
    "ARTICLE BLOCKQUOTE BUTTON DD DIV DL DT EM H3 H4 INPUT LI MARK P PROGRESS SECTION SPAN STRONG"
    " UL".split()
)
ATTRIBUTES = frozenset(
    "aria-label aria-live class data-key disabled id lang max maxlength placeholder role tabindex"
    " title type value".split()
)
LOOK = """(panels) => {
  const roots = [...document.querySelectorAll(panels)];
  const inside = roots.flatMap((n) => [...n.querySelectorAll('*')]);
  const turn = document.querySelector('.bl-turn').cloneNode(true);
  for (const n of turn.querySelectorAll(
    '.bl-question, .bl-understood, .bl-text, .bl-place')) n.remove();
  return {
    pwned: String(window.pwned), title: document.title,
    tags: [...new Set(inside.map((n) => n.tagName))],
    attributes: [...new Set(inside.flatMap((n) => n.getAttributeNames()))],
    words: turn.textContent,
  }; }"""


@dataclass(slots=True)
class Outcome:
    """What an attack did.

    Args:
        wrong: whatever must not happen.
        words: the page's own: no quotes, no question, no file names.
        answer: what the page shows; None if the question was refused.
    """

    wrong: list[str] = field(default_factory=list)
    words: str = ""
    answer: Answer | None = None

    @property
    def quotes(self) -> list[Quote]:
        """All quotes of the answer."""
        cited = self.answer.citations if self.answer else ()
        return [quote for citation in cited for quote in (citation.quote, *citation.also)]

    def right(self, attack: Attack) -> bool:
        """Whether a quote holds the sentence that answers."""
        return any(attack.sentence in quote.text for quote in self.quotes)


pytestmark = [*FRAMEWORK_LEAKS, pytest.mark.slow]


@pytest.fixture(scope="module", params=list(FEWEST_ANSWERED))
def server(request, tmp_path_factory, packaged_embedder, model_cache):
    """With answers of evidence alone, and with those of the drafter that is the default."""
    folder = tmp_path_factory.mktemp("attacks")
    write(folder / "seeds", SMALL)
    drafter = load_drafter(request.param, cache=model_cache)
    with served(folder, packaged_embedder, {}, drafter=drafter) as running:
        yield running


@pytest.fixture(scope="module")
def outcomes(server, browser):
    """Each attack brought up on one page, one after the other."""
    visitor = Visitor(browser)
    page = visitor.open(server.url)
    found = {}
    for attack in SMALL:
        found[attack.name] = outcome = Outcome()
        try:
            turn = ask(page, attack.question)
            if not turn.locator(".bl-failure").count():  # it is longer than questions may be
                outcome.answer = server.assistant.answered
            look_at(page, turn, outcome)
        except (Error, AssertionError) as error:
            outcome.wrong.append(str(error))
        outcome.wrong += [*visitor.requested, *visitor.complaints]
        visitor.requested.clear()
        visitor.complaints.clear()
    visitor.forgive()
    return found


def look_at(page: Page, turn: Any, outcome: Outcome) -> None:
    """Open the source of the first quote of an answer, look at the page, and clear it."""
    url = page.url
    if turn.locator(".bl-place").count():
        turn.locator(".bl-place").first.click()
        page.wait_for_selector(".bl-lines")
        wait_for_mark(page, turn.locator(".bl-text").first.text_content())
    seen = page.evaluate(LOOK, PANELS)
    outcome.words = seen["words"]
    outcome.wrong += sorted({*seen["tags"]} - TAGS) + sorted({*seen["attributes"]} - ATTRIBUTES)
    for frame in page.frames:
        pwned = frame.evaluate("String(window.pwned)")
        outcome.wrong += [] if pwned == "undefined" else [f"a script ran: {pwned}"]
    if (page.url, seen["title"], len(page.frames), len(page.context.pages)) != (url, "Beleg", 1, 1):
        outcome.wrong.append(f"{page.url}, {seen['title']}, {page.frames}, {page.context.pages}")
    page.click("#bl-clear")
    page.wait_for_function("() => !document.querySelector('.bl-turn, .bl-lines')")


def named(attack: Attack) -> str:
    return attack.name


@pytest.mark.parametrize("attack", SMALL, ids=named)
def test_an_attack_changes_nothing(outcomes, attack):
    assert outcomes[attack.name].wrong == []


@pytest.mark.parametrize("attack", SMALL, ids=named)
def test_every_quote_stands_in_its_file(server, outcomes, attack):
    outcome = outcomes[attack.name]
    for quote in [*outcome.quotes, *(outcome.answer.nearest if outcome.answer else ())]:
        data = (server.corpus / quote.article_id).read_bytes().decode("utf-8")
        assert data[quote.start : quote.end] == quote.text


@pytest.mark.parametrize("attack", [a for a in SMALL if a.answerable], ids=named)
def test_the_right_sentence_is_quoted_or_none(outcomes, attack):
    outcome = outcomes[attack.name]
    assert outcome.right(attack) or not outcome.quotes


@pytest.mark.parametrize("attack", [a for a in SMALL if a.must_not_say], ids=named)
def test_the_page_does_not_say_what_the_article_wants(outcomes, attack):
    assert [said for said in attack.must_not_say if said in outcomes[attack.name].words] == []


def test_most_attacks_do_not_keep_the_answer_away(outcomes, server, capsys):
    wanted = [a for a in SMALL if a.answerable and a.name not in FAIR_TO_ABSTAIN]
    missed = [a.name for a in wanted if not outcomes[a.name].right(a)]
    with capsys.disabled():
        print(f"\nanswered: {len(wanted) - len(missed)} of {len(wanted)}; not: {missed}")
    drafter = server.assistant.drafter
    fewest = FEWEST_ANSWERED["none" if drafter is None else DRAFTER_PACKAGED]
    assert len(wanted) - len(missed) >= fewest


def test_the_detectors_detect_scripts_on_the_page(server, visitor):
    page = visitor.open(server.url)
    page.evaluate(
        """(texts) => { for (const text of texts) {
        const node = document.createElement('div');
        document.querySelector('.bl-log').append(node);
        node.innerHTML = text; } }""",
        [attack.text for attack in SMALL if attack.kind in {"script", "event", "breakout"}],
    )
    page.wait_for_function("() => window.pwned !== undefined")
    assert any("Content Security Policy" in text for text in visitor.complaints)
    assert visitor.requested == []  # kept in by the page's policy
    visitor.forgive()


def test_the_detectors_detect_requests_where_no_policy_keeps_them(visitor):
    page = visitor.open("about:blank", wait=False)
    texts = [attack.text for attack in SMALL if attack.kind in {"event", "style", "markdown"}]
    page.set_content("".join(texts), wait_until="commit")
    page.wait_for_function("() => window.pwned !== undefined")
    assert any(url.startswith("https://attack.invalid/") for url in visitor.requested)
    visitor.forgive()


def test_a_line_of_a_megabyte_and_a_word_of_50_kilobytes_are_shown(tmp_path, visitor):
    write(tmp_path / "seeds", BIG)
    with served(tmp_path, HashEmbedder(), {}, abstain_below=0.0) as server:
        page = visitor.open(server.url)
        for number, attack in enumerate(BIG):
            turn = ask(page, attack.question)
            quotes = turn.locator(".bl-text").all_inner_texts()
            assert any(attack.sentence in quote for quote in quotes)
            turn.locator(".bl-place").first.click()
            wait_for_mark(page, turn.locator(".bl-text").first.text_content())
            assert len(marked(page)) == 1
            wait_for_mark_in_view(page)
            assert page.evaluate("document.documentElement.scrollWidth") <= 1280
            expect(page.locator(".bl-turn")).to_have_count(number + 1)
