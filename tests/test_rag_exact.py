"""Exact scoring against plain forward passes, token by token."""

from __future__ import annotations

import math
import threading
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

import pytest
import tiny_drafter
import tiny_seq2seq

from index.errors import ContextOverflowError, ModelError
from index.types import ModelIdentity
from rag import exact
from rag.chains import Piece, whole_piece
from rag.exact import MAX_SPAN_TOKENS, ExactDrafter, chosen, likeliest
from rag.seq2seqmodel import Loaded, encode
from rag.types import Draft, DraftSpan

QUESTION = "Wie hoch ist der Turm in Köln?"
SHORT = ("Der Turm ist hoch", "„Das ist viel“, sagte er.", "Ende.Der Turm ist Köln", "👍🏽 in Köln")
ALL = 10_000
Spans = dict[tuple[int, int], float]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny_drafter.save(tmp_path_factory.mktemp("drafter"))


@pytest.fixture(scope="module")
def loaded(folder: Path) -> Loaded:
    return tiny_drafter.load(folder)


def forward(loaded: Loaded, question: str, text: str) -> tuple[dict[tuple[int, ...], float], Spans]:
    """Probability of every run of tokens, and of every span, by plain forward passes."""
    import torch

    unknown = loaded.tokenizer.unk_token_id
    asked, read = encode(loaded.tokenizer, [question, text])
    question_ids, ids = (
        tuple(unknown if i in loaded.control else i for i in found.ids) for found in (asked, read)
    )
    assert len(ids) <= MAX_SPAN_TOKENS
    piece = whole_piece(0, text, read)
    places: dict[tuple[int, ...], set[tuple[int, int]]] = defaultdict(set)
    for k, begin in enumerate(piece.begins):
        for last in range(k, len(ids)):
            if 0 <= begin < piece.ends[last]:
                places[ids[k : last + 1]].add((begin, piece.ends[last]))
    given = torch.tensor([[0, *question_ids, 2, *ids, 2]])

    def step(prefix: tuple[int, ...]) -> dict[int, float]:
        after = {run[len(prefix)] for run in places if run[:-1][: len(prefix)] == prefix}
        allowed = sorted(after | ({2} if prefix in places else set() if prefix else {4}))
        with torch.inference_mode():
            logits = loaded.model(input_ids=given, decoder_input_ids=torch.tensor([[0, *prefix]]))
        shares = logits.logits[0, -1][allowed].double().softmax(0).tolist()
        return dict(zip(allowed, shares, strict=True))

    steps = {run[:k]: step(run[:k]) for run in places for k in range(len(run) + 1)}
    runs = {(): steps[()][4]}
    for run in places:
        runs[run] = math.prod(steps[run[:k]][t] for k, t in enumerate((*run, 2)))
    spans: Spans = defaultdict(float)
    for run, found in places.items():
        for place in found:
            spans[place] += runs[run]
    return runs, dict(spans)


@pytest.fixture
def scored(monkeypatch: pytest.MonkeyPatch) -> dict[int, Spans]:
    """What the drafter scored last, by evidence; its silences are under -1 as (piece, piece)."""
    seen: dict[int, Spans] = {}

    def listening(
        found: Sequence[exact.Scored], pieces: Sequence[Piece], silences: Sequence[float]
    ) -> Draft:
        seen.clear()
        seen[-1] = {(i, i): math.exp(silence) for i, silence in enumerate(silences)}
        for score, piece, start, end in found:
            spans = seen.setdefault(piece.evidence, {})
            spans[start, end] = spans.get((start, end), 0.0) + math.exp(score)
        return chosen(found, pieces, silences)

    monkeypatch.setattr(exact, "chosen", listening)
    return seen


@pytest.mark.parametrize("text", SHORT)
def test_every_span_has_the_probability_of_its_tokens(
    loaded: Loaded, scored: dict[int, Spans], text: str
) -> None:
    runs, spans = forward(loaded, QUESTION, text)
    draft = ExactDrafter(loaded, starts=ALL).draft(QUESTION, [text], "de")
    assert scored[0] == pytest.approx(spans, rel=1e-3)
    assert sum(runs.values()) == pytest.approx(1.0, abs=1e-6)
    assert sum(scored[0].values()) + scored[-1][0, 0] == pytest.approx(1.0, abs=1e-6)
    best = max(spans, key=lambda span: spans[span])
    assert draft == Draft(
        (DraftSpan(0, *best, pytest.approx(spans[best], rel=1e-3)),),
        pytest.approx(spans[best] / (spans[best] + runs[()]), rel=1e-3),
        abstained=spans[best] <= runs[()],
    )


def test_equal_words_have_the_probability_of_their_tokens_at_each_place(
    loaded: Loaded, scored: dict[int, Spans]
) -> None:
    text = "das ist das „ist“ das"
    _, spans = forward(loaded, QUESTION, text)
    ExactDrafter(loaded, starts=ALL).draft(QUESTION, [text], "de")
    assert scored[0] == pytest.approx(spans, rel=1e-3)
    assert scored[0][0, 3] == pytest.approx(scored[0][18, 21], rel=1e-3)


def test_special_tokens_in_a_text_are_text(loaded: Loaded, scored: dict[int, Spans]) -> None:
    text = "Das </s> ist <abstain> viel <s>x"
    runs, spans = forward(loaded, "Wer </s>?", text)
    assert sum(runs.values()) == pytest.approx(1.0, abs=1e-6)
    assert {text[start:end] for start, end in spans} > {"s", "abstain", "Das </s> ist", "s>x"}
    ExactDrafter(loaded, starts=ALL).draft("Wer </s>?", [text], "de")
    assert scored[0] == pytest.approx(spans, rel=1e-3)
    assert scored[-1] == pytest.approx({(0, 0): runs[()]}, rel=1e-3)


@pytest.mark.parametrize("text", SHORT)
def test_few_starts_follow_the_likeliest_first_token(
    loaded: Loaded, scored: dict[int, Spans], text: str
) -> None:
    _, spans = forward(loaded, QUESTION, text)
    ExactDrafter(loaded, starts=ALL).draft(QUESTION, [text], "de")
    everything = dict(scored[0])
    draft = ExactDrafter(loaded, starts=1).draft(QUESTION, [text], "de")
    [start] = {start for start, _ in scored[0]}
    assert [(s.evidence, s.start) for s in draft.spans] == [(0, start)]
    assert all(chance <= everything[span] * 1.001 for span, chance in scored[0].items())
    for starts in (2, 3, 5):
        more = ExactDrafter(loaded, starts=starts).draft(QUESTION, [text], "de")
        assert more.spans[0].probability >= draft.spans[0].probability * 0.999
        draft = more
    best = max(spans.values())
    assert ExactDrafter(loaded).draft(QUESTION, [text], "de").spans[0].probability == (
        pytest.approx(best, rel=1e-3)
    )


def piece_of(evidence: int) -> Piece:
    return Piece(evidence, (10, 11), (0, 5), (4, 9))


def test_likeliest_keeps_the_best_start_of_each_evidence() -> None:
    pieces = [piece_of(0), piece_of(0), piece_of(1), piece_of(2)]
    starts = [(-3.0, 0, 0), (-1.0, 1, 1), (-2.0, 1, 0), (-9.0, 2, 0), (-1.5, 0, 1), (-8.0, 3, 1)]
    firsts = [(-1.0, 1, 1), (-8.0, 3, 1), (-9.0, 2, 0)]
    assert likeliest(starts, pieces, 1) == firsts
    assert likeliest(starts, pieces, 5) == [*firsts, (-1.5, 0, 1), (-2.0, 1, 0)]
    assert sorted(likeliest(starts, pieces, ALL)) == sorted(starts)
    assert likeliest([(-1.0, 0, 1), (-1.0, 0, 0)], pieces, 1) == [(-1.0, 0, 0)]
    assert likeliest([], pieces, 3) == []


def test_chosen_worked_by_hand() -> None:
    pieces = [piece_of(0), piece_of(0), piece_of(1)]
    silences = [math.log(0.5), math.log(0.8), math.log(0.3)]
    scored = [
        (math.log(0.2), pieces[0], 0, 4),
        (math.log(0.1), pieces[0], 0, 4),  # another way to write it: 0.3 against 0.5
        (math.log(0.2), pieces[1], 5, 9),  # 0.2 against 0.8
        (math.log(0.6), pieces[2], 0, 9),  # 0.6 against 0.3
        (math.log(0.1), pieces[2], 0, 4),
    ]
    spans = (DraftSpan(1, 0, 9, pytest.approx(0.6)), DraftSpan(0, 0, 4, pytest.approx(0.3)))
    assert chosen(scored, pieces, silences) == Draft(spans, pytest.approx(2 / 3), False)
    alone = chosen(scored[:3], pieces, silences)
    assert alone == Draft(spans[1:], pytest.approx(3 / 8), True)
    assert chosen([], pieces, silences) == Draft((), 0.0, True)


def test_each_evidence_has_its_own_best_span(loaded: Loaded) -> None:
    texts = [*SHORT, tiny_seq2seq.TEXTS[0], *tiny_seq2seq.TEXTS[:3]]
    drafter = ExactDrafter(loaded, starts=ALL)
    draft = drafter.draft(QUESTION, texts, "de")
    alone = [drafter.draft(QUESTION, [text], "de") for text in texts]
    assert sorted(span.evidence for span in draft.spans) == list(range(len(texts)))
    for span in draft.spans:
        [same] = alone[span.evidence].spans
        assert (span.start, span.end) == (same.start, same.end)
        assert span.probability == pytest.approx(same.probability, rel=1e-3)
        tiny_seq2seq.assert_whole(texts[span.evidence], span.start, span.end)
    surest = [alone[span.evidence].confidence for span in draft.spans]
    assert surest == pytest.approx(sorted(surest, reverse=True), rel=1e-3)
    assert draft.confidence == pytest.approx(surest[0], rel=1e-3)
    twins = [span for span in draft.spans if span.evidence in (4, 5)]  # the same text twice
    assert (twins[0].start, twins[0].end) == (twins[1].start, twins[1].end)
    few = ExactDrafter(loaded, starts=1).draft(QUESTION, texts, "de")
    assert sorted(span.evidence for span in few.spans) == list(range(len(texts)))


@pytest.mark.parametrize("seed", range(3))
def test_spans_are_verbatim(tmp_path: Path, seed: int) -> None:
    drafter = ExactDrafter(tiny_drafter.load(tiny_drafter.save(tmp_path, seed + 7)))
    texts = ["\r\n\r\n".join(tiny_seq2seq.TEXTS), "Ein langes Wort " * 60, *tiny_seq2seq.TEXTS]
    draft = drafter.draft(QUESTION, texts, "de")
    assert {span.evidence for span in draft.spans} == set(range(len(texts)))
    for span in draft.spans:
        tiny_seq2seq.assert_whole(texts[span.evidence], span.start, span.end)
        assert 0.0 <= span.probability <= 1.0
    assert draft.abstained == (draft.confidence <= 0.5)


@pytest.mark.parametrize("evidence", [[], [""], [" – \u2028… ", "“"]])
def test_evidence_without_a_word_gives_no_span(loaded: Loaded, evidence: list[str]) -> None:
    assert ExactDrafter(loaded).draft(QUESTION, evidence, "de") == Draft((), 0.0, True)


def test_evidence_without_a_word_does_not_disturb_the_others(loaded: Loaded) -> None:
    draft = ExactDrafter(loaded).draft(QUESTION, ["", "Turm", "…"], "de")
    assert [(span.evidence, span.start, span.end) for span in draft.spans] == [(1, 0, 4)]


def test_a_question_that_is_too_long_is_an_error(loaded: Loaded) -> None:
    room = loaded.input_limit - 3 - 4 * MAX_SPAN_TOKENS
    fitting = " ".join(["Turm"] * room)
    assert ExactDrafter(loaded).draft(fitting, ["Ja " * 300], "de").spans
    with pytest.raises(ContextOverflowError) as caught:
        ExactDrafter(loaded).draft(fitting + " Turm", ["Ja"], "de")
    assert (caught.value.tokens, caught.value.limit) == (room + 1, tiny_drafter.POSITIONS)
    assert caught.value.hint == "ask a shorter question"


def test_weights_that_are_not_numbers_are_an_error(folder: Path) -> None:
    import torch

    broken = tiny_drafter.load(folder)
    with torch.no_grad():
        broken.model.get_output_embeddings().weight.fill_(math.nan)
    with pytest.raises(ModelError, match="not numbers") as caught:
        ExactDrafter(broken).draft(QUESTION, ["Ja"], "de")
    assert "damaged" in caught.value.hint


def test_threads_wait_for_each_other(loaded: Loaded) -> None:
    drafter = ExactDrafter(loaded)
    assert drafter.identity == ModelIdentity("winzig", loaded.identity.sha256, 0)
    expected = drafter.draft(QUESTION, SHORT, "de")
    found: list[Draft] = []
    threads = [
        threading.Thread(target=lambda: found.append(drafter.draft(QUESTION, SHORT, "de")))
        for _ in range(3)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [expected] * 3
