from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from random import Random
from typing import Any

import pytest
from tiny_training import ROWS, TEXTS, UNMARKED, row, tokenizer_of, write_tokenizer

from rag.chains import whole_piece
from rag.pieces import ABSTAINED, BOS, EOS
from rag.texttokens import Encoded
from rag.training.examples import Window, encode_windows
from rag.training.making.asides import side_questions
from rag.training.making.asking import questions_of
from rag.training.making.leads import lead_questions
from rag.training.sources import Row
from rag.training.windows import human_window, made_windows, stream, unrelated

DRAWN = 2_000


@pytest.fixture(scope="module")
def windows() -> list[Window]:
    return list(islice(stream(ROWS, UNMARKED, TEXTS, Random(1)), DRAWN))


@pytest.fixture(scope="module")
def tokenizer(tiny_model: Path, tmp_path_factory: pytest.TempPathFactory) -> Any:
    folder = tmp_path_factory.mktemp("tokenizer")
    write_tokenizer(tiny_model, folder)
    return tokenizer_of(folder)


def row_of(window: Window) -> Row | None:
    """The row that a window was made from; None for those of articles."""
    return next((r for r in ROWS if window.kind.split(":")[0] == r.source), None)


def all_asked() -> Iterator[tuple[str, str, str]]:
    """Question, kind and answer of everything that can be asked about the articles."""
    for seed in range(60):
        rng = Random(seed)
        for text in TEXTS:
            for paragraph in text.paragraphs:
                for line in paragraph:
                    found = [*lead_questions(line, text.title, rng), *questions_of(line, rng)]
                    found += [*questions_of(line, rng, text.title), *side_questions(line, rng)]
                    yield from ((a.question, a.kind, line[a.start : a.end]) for a in found)


def test_a_seed_gives_the_stream_again(windows: list[Window]) -> None:
    assert list(islice(stream(ROWS, UNMARKED, TEXTS, Random(1)), 300)) == windows[:300]
    assert list(islice(stream(ROWS, UNMARKED, TEXTS, Random(2)), 300)) != windows[:300]


def test_a_span_of_a_row_is_its_answer_at_its_place(windows: list[Window]) -> None:
    seen = set()
    for window in windows:
        asked = row_of(window)
        if asked is not None and window.spans:
            start = asked.context.index(window.evidence)
            spans = tuple((start + s, start + e) for s, e in window.spans)
            assert set(spans) <= set(asked.spans)
            assert spans[0] == asked.spans[0]
            seen.add(asked.source)
    assert seen == {r.source for r in ROWS if r.spans}


def test_a_span_of_an_article_is_what_was_asked_for(windows: list[Window]) -> None:
    answers = {(kind, answer) for _, kind, answer in all_asked()}
    joined = [joint.join(lines) for t in TEXTS for lines in t.paragraphs for joint in (" ", "\n")]
    made = [w for w in windows if w.spans and row_of(w) is None]
    for window in made:
        ((start, end),) = window.spans
        assert (window.kind, window.evidence[start:end]) in answers
        assert any(window.evidence in text for text in joined)
    assert len(made) > DRAWN / 4


def test_a_window_from_elsewhere_lacks_the_answer_of_its_row(windows: list[Window]) -> None:
    found = [(w, r) for w in windows if w.kind.endswith(":elsewhere") and (r := row_of(w))]
    for window, asked in found:
        (start, end), *_ = asked.spans
        assert asked.context[start:end].casefold() not in window.evidence.casefold()
        assert window.evidence in asked.context
    assert len(found) > 30


def test_an_answer_across_two_sentences_is_not_shown_as_elsewhere() -> None:
    context = f"Es ging los. Dann kam Ruhe. Alle gingen {'und gingen ' * 24}heim."
    asked = row(0, "Wie ging es?", context, "los. Dann kam Ruhe")
    found = [w for seed in range(200) if (w := human_window(asked, Random(seed)))]
    texts = {w.evidence for w in found if w.kind == "row0:elsewhere"}
    assert texts
    assert not any("los. Dann kam Ruhe" in text for text in texts)


def test_a_window_from_elsewhere_lacks_the_answer_of_its_made_question() -> None:
    answers: dict[tuple[str, str], set[str]] = {}
    for question, kind, answer in all_asked():
        answers.setdefault((question, f"{kind}:elsewhere"), set()).add(answer.casefold())
    rng, seen = Random(3), 0
    for _ in range(300):
        for window in made_windows(rng.choice(TEXTS), rng):
            for answer in answers.get((window.question, window.kind), ()):
                assert answer not in window.evidence.casefold()
                seen += 1
    assert seen > 100


def test_only_near_misses_have_no_span(windows: list[Window]) -> None:
    plain = {kind for _, kind, _ in all_asked()} | {r.source for r in ROWS}
    assert {w.kind in plain for w in windows if w.spans} == {True}
    assert {w.kind in plain for w in windows if not w.spans} == {False}


def test_shares_of_negatives(windows: list[Window]) -> None:
    human = [w for w in windows if (r := row_of(w)) and r.spans]
    made = [w for w in windows if row_of(w) is None and not w.kind.endswith(":unrelated")]
    foreign = [w for w in windows if w.kind.endswith(":unrelated")]
    assert 0.15 < sum(not w.spans for w in human) / len(human) < 0.35
    assert 0.35 < sum(not w.spans for w in made) / len(made) < 0.5
    assert 0.005 < len(foreign) / DRAWN < 0.04
    assert len(human) + len(made) + len(foreign) + sum(w.kind == "row3:none" for w in windows) == (
        DRAWN
    )


def test_windows_are_of_drawn_lengths(windows: list[Window]) -> None:
    sizes = [len(w.evidence) for w in windows if w.kind == "row1"]
    assert max(len(w.evidence) for w in windows) <= 850
    assert {size // 300 for size in sizes} == {0, 1, 2}
    assert all(w.evidence for w in windows)


def test_a_positive_window_is_never_longer_than_the_limit() -> None:
    clause = "und zählte Häuser, "
    long = row(0, "Wer kam?", f"Früher kam {clause * 60}dann kam Otto an. Danach war Ruhe.", "Otto")
    fits = row(0, "Wer kam?", f"Früher kam {clause * 40}dann kam Otto an. Danach war Ruhe.", "Otto")
    found = [human_window(long, Random(seed)) for seed in range(60)]
    assert {window.kind for window in found if window} == {"row0:elsewhere"}
    assert any((w := human_window(fits, Random(s))) and w.spans for s in range(9))


def test_an_unrelated_text_answers_nothing() -> None:
    window = unrelated(UNMARKED[0], ROWS[2], Random(1))
    assert (window.question, window.spans, window.kind) == (
        "Wie heißt die Hauptstadt von Peru?",
        (),
        "row8:unrelated",
    )
    assert window.evidence in ROWS[2].context


def example(tokenizer: Any, evidence: str, answer: str, question: str = "Wer?") -> Any:
    """The example of one window; None where it is left out."""
    start = evidence.index(answer)
    spans = ((start, start + len(answer)),) if answer else ()
    found = encode_windows([Window(question, evidence, spans, "k")], tokenizer, 288)
    return found[0] if found else None


def test_an_example_with_its_tokens(tokenizer: Any) -> None:
    made = example(tokenizer, "Er kam. Otto Stahn kam.", "Otto Stahn")
    otto, stahn, came, he = (tokenizer.token_to_id(p) for p in ("▁Otto", "▁Stahn", "▁kam", "▁Er"))
    assert made.ids == tuple(tokenizer.encode("Wer?", "Er kam. Otto Stahn kam.").ids)
    assert made.first == len(tokenizer.encode("Wer?").ids)
    assert made.target == (otto, stahn, EOS)
    assert [made.ids[at] for at in made.places] == [otto, stahn, stahn]
    assert made.choices == (
        (otto, ABSTAINED, *sorted({he, came, stahn})),
        (stahn, EOS),
        (EOS, came),
    )


def test_without_an_answer_the_target_is_to_abstain(tokenizer: Any) -> None:
    made = example(tokenizer, "Er kam.", "")
    he, came = tokenizer.token_to_id("▁Er"), tokenizer.token_to_id("▁kam")
    assert (made.target, made.places) == ((ABSTAINED, EOS), (0, 0))
    assert made.choices == ((ABSTAINED, *sorted({he, came})), (EOS,))


@pytest.mark.parametrize(
    ("evidence", "answer"),
    [
        ("Das Nilpferd kam.", "pferd"),
        ("Sie kostete 8.000 Taler.", "8"),
        ("Sie kostete 8.000 Taler.", "000"),
        ("Ein Moskau-naher Ort.", "naher"),
        ("a " * 32, "a " * 31 + "a"),
        ("a " * 300, "a"),
        ("– … !", ""),
    ],
)
def test_what_cannot_be_written_is_left_out(tokenizer: Any, evidence: str, answer: str) -> None:
    assert example(tokenizer, evidence, answer) is None


def test_the_longest_answer_is_kept(tokenizer: Any) -> None:
    text = "a " * 30 + "a"
    assert len(example(tokenizer, text, text).target) == 32


def test_of_many_alternatives_eight_are_kept(tokenizer: Any) -> None:
    made = example(tokenizer, " ".join(f"Otto {letter}" for letter in "xabcdefghiklm"), "Otto x")
    assert made.target[1] == made.choices[1][0]
    assert len(made.choices[1]) == len(set(made.choices[1])) == 8


def allowed(window: Window, tokenizer: Any, target: tuple[int, ...]) -> list[set[int]]:
    """What may stand in place of each target token, by looking at all places of the text."""
    encoding = tokenizer.encode(window.evidence, add_special_tokens=False)
    ids = (*encoding.ids, None)
    piece = whole_piece(0, window.evidence, Encoded(tuple(encoding.ids), tuple(encoding.offsets)))
    starts = [k for k, begin in enumerate(piece.begins) if begin >= 0]
    found = [{encoding.ids[k] for k in starts} | {ABSTAINED}]
    for step in range(1, len(target)):
        ends = [k + step for k in starts if tuple(encoding.ids[k : k + step]) == target[:step]]
        after = {ids[end] for end in ends} - {None}
        found.append(after | {EOS for end in ends if piece.ends[end - 1] >= 0})
    return found


def test_examples_of_the_stream_are_sound(windows: list[Window], tokenizer: Any) -> None:
    left_out = 0
    for window in windows[:500]:
        made = encode_windows([window], tokenizer, 288)
        left_out += not made
        for found in made:
            asked = tokenizer.encode(window.question, add_special_tokens=False).ids
            read = tokenizer.encode(window.evidence, add_special_tokens=False).ids
            assert found.ids == (BOS, *asked, EOS, *read, EOS)
            assert found.ids[found.first :] == (*read, EOS)
            assert len(found.target) == len(found.choices) == len(found.places)
            assert [choice[0] for choice in found.choices] == list(found.target)
            assert all(len(choice) == len(set(choice)) for choice in found.choices)
            if window.spans:
                (start, end), *_ = window.spans
                assert tuple(found.ids[at] for at in found.places[:-1]) == found.target[:-1]
                written = tokenizer.decode(found.target).strip(" .,?!“")
                assert written == tokenizer.decode(tokenizer.encode(window.evidence[start:end]).ids)
                oracle = allowed(window, tokenizer, found.target)
                assert list(map(set, found.choices)) == oracle
            else:
                assert found.target == (ABSTAINED, EOS)
    assert left_out < 25
