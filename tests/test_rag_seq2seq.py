from __future__ import annotations

import json
import math
import shutil
import threading
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import tiny_seq2seq as tiny
from tiny_seq2seq import assert_whole

from index.errors import ContextOverflowError, ModelError
from index.modelfolder import quiet
from index.types import ModelIdentity
from rag.grounded import Grounding
from rag.prompts import draft_prompt
from rag.seq2seq import Recorder, Seq2SeqDrafter
from rag.seq2seqmodel import Loaded, describe, encode, load_model
from rag.types import Draft

QUESTION = "Wie viele Container hat Nordkorea verschifft?"


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    root = tmp_path_factory.mktemp("seq2seq")
    with quiet():
        return {family: tiny.save(family, root / family) for family in tiny.FAMILIES}


@pytest.fixture(params=tiny.FAMILIES)
def loaded(folders: dict[str, Path], request: pytest.FixtureRequest) -> Loaded:
    return load_model(str(folders[request.param]))


@pytest.fixture
def t5(folders: dict[str, Path]) -> Loaded:
    return load_model(str(folders["t5"]))


def shuffle(model: Any, seed: int) -> None:
    """Gives a model other random weights of the same spread."""
    import torch

    torch.manual_seed(seed)
    with torch.no_grad():
        for weight in model.parameters():
            if weight.dim() > 1:
                weight.normal_(0.0, 0.3 + 0.2 * (seed % 3))


def train(loaded: Loaded, text: str, target: list[int]) -> None:
    """Overfits a model until it writes these tokens for this prompt."""
    import torch

    model = loaded.model
    torch.manual_seed(0)
    with torch.no_grad():
        for weight in model.parameters():
            if weight.dim() > 1:
                weight.normal_(0.0, 0.15)
    optimizer = torch.optim.AdamW(model.parameters(), lr=0.01)
    ids = torch.tensor([loaded.tokenizer(text, verbose=False)["input_ids"]])
    given = torch.tensor([[*loaded.start, *target[:-1]]])
    wanted = torch.tensor([*loaded.start[1:], *target])
    for _ in range(400):
        logits = model(input_ids=ids, decoder_input_ids=given).logits[0]
        loss = torch.nn.functional.cross_entropy(logits, wanted)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        optimizer.zero_grad()
        if loss < 0.05:
            return
    raise AssertionError("the lesson was not learnt")


def target(loaded: Loaded, answer: str) -> list[int]:
    """How a model is taught to write an answer: tokenised alone, then the end."""
    return [*encode(loaded.tokenizer, [answer])[0].ids, loaded.eos]


def cut(draft: Draft, evidence: Sequence[str]) -> list[str]:
    return [evidence[span.evidence][span.start : span.end] for span in draft.spans]


@pytest.mark.parametrize("beams", [1, 3])
def test_every_random_model_writes_whole_words_of_the_evidence(loaded: Loaded, beams: int) -> None:
    drafter = Seq2SeqDrafter(loaded, beams=beams, max_span_tokens=16)
    for seed in range(4):
        shuffle(loaded.model, seed)
        draft = drafter.draft(QUESTION, tiny.TEXTS, ("de", "en")[seed % 2])
        assert [span.evidence for span in draft.spans] != []
        assert len({span.evidence for span in draft.spans}) == len(tiny.TEXTS)
        for span in draft.spans:
            assert_whole(tiny.TEXTS[span.evidence], span.start, span.end)
            assert 0.0 <= span.probability <= 1.0
        chances = [span.probability for span in draft.spans]
        assert chances == sorted(chances, reverse=True)
        assert 0.0 <= draft.confidence <= 1.0
        assert draft.abstained == (draft.confidence <= 0.5)


def test_without_the_constraint_the_same_models_write_no_evidence(loaded: Loaded) -> None:
    import torch

    ids = torch.tensor([loaded.tokenizer(draft_prompt(QUESTION, tiny.TEXTS, "de"))["input_ids"]])
    grounding = Grounding(tiny.TEXTS, lambda texts: encode(loaded.tokenizer, texts), eos=loaded.eos)
    verbatim = 0
    for seed in range(6):
        shuffle(loaded.model, seed)
        written = loaded.model.generate(
            input_ids=ids,
            attention_mask=torch.ones_like(ids),
            decoder_input_ids=torch.tensor([loaded.start]),
            max_new_tokens=12,
        )[0].tolist()[len(loaded.start) :]
        run = tuple(token for token in written if token not in loaded.control)
        words = loaded.tokenizer.decode(run).strip()
        verbatim += bool(grounding.places(run)) or any(
            words and words.lower() in text.lower() for text in tiny.TEXTS
        )
    assert verbatim <= 1


def all_chances(loaded: Loaded, grounding: Grounding, prompt: str) -> dict[tuple[int, ...], float]:
    """Probability of every output, by walking the whole automaton without any search."""
    import torch

    ids = torch.tensor([loaded.tokenizer(prompt)["input_ids"]])
    found: dict[tuple[int, ...], float] = {}
    open_: list[tuple[tuple[int, ...], float]] = [((), 1.0)]
    while open_:
        prefix, chance = open_.pop()
        given = torch.tensor([[*loaded.start, *prefix]])
        with torch.inference_mode():
            scores = loaded.model(input_ids=ids, decoder_input_ids=given).logits[0, -1]
        allowed = grounding.allowed(prefix)
        for token, share in zip(allowed, scores[allowed].softmax(-1).tolist(), strict=True):
            if token == grounding.eos or token == grounding.abstain:
                found[prefix] = chance * share
            else:
                open_.append(((*prefix, token), chance * share))
    return found


def test_probabilities_are_those_of_an_exhaustive_walk(loaded: Loaded) -> None:
    evidence = ["Das „ist“ 8.000 👍🏽 viel.", "Ja: das ist viel"]
    shuffle(loaded.model, 3)
    drafter = Seq2SeqDrafter(loaded, beams=40, max_span_tokens=7)
    draft = drafter.draft(QUESTION, evidence, "de")
    grounding = Grounding(
        evidence,
        lambda texts: encode(loaded.tokenizer, texts),
        eos=loaded.eos,
        control=loaded.control,
        max_tokens=7,
    )
    chances = all_chances(loaded, grounding, draft_prompt(QUESTION, evidence, "de"))
    assert sum(chances.values()) == pytest.approx(1.0, abs=1e-4)
    abstention = chances.pop(())
    by_words: dict[str, float] = defaultdict(float)
    for run, chance in chances.items():
        for words in {evidence[p.evidence][p.start : p.end] for p in grounding.places(run)}:
            by_words[words] += chance
    for span, words in zip(draft.spans, cut(draft, evidence), strict=True):
        best = max(chance for key, chance in by_words.items() if key in evidence[span.evidence])
        assert span.probability == pytest.approx(best, rel=1e-2)
        assert by_words[words] == pytest.approx(best, rel=1e-2)
    assert {span.evidence for span in draft.spans} == {0, 1}
    top = draft.spans[0].probability
    assert draft.confidence == pytest.approx(top / (top + abstention), rel=1e-3)


@pytest.mark.parametrize("answer", ["Das ist viel", "8.000 Container"])
def test_the_choice_of_a_trained_model_is_honoured(loaded: Loaded, answer: str) -> None:
    evidence = [tiny.TEXTS[1], tiny.TEXTS[0]]
    train(loaded, draft_prompt(QUESTION, evidence, "de"), target(loaded, answer))
    for beams in (1, 4):
        draft = Seq2SeqDrafter(loaded, beams=beams).draft(QUESTION, evidence, "de")
        assert cut(draft, evidence)[0] == answer
        assert [span.evidence for span in draft.spans] == [1, 0]
        assert draft.spans[0].probability > 0.5
        assert draft.confidence > 0.9
        assert not draft.abstained


@pytest.mark.parametrize("token", [None, 4])
def test_a_model_can_abstain(folders: dict[str, Path], tmp_path: Path, token: int | None) -> None:
    shutil.copytree(folders["t5"], tmp_path / "t5")
    config = json.loads((tmp_path / "t5" / "config.json").read_text(encoding="utf-8"))
    config |= {} if token is None else {"beleg_abstain_token_id": token}
    (tmp_path / "t5" / "config.json").write_text(json.dumps(config), encoding="utf-8")
    loaded = load_model(str(tmp_path / "t5"))
    assert loaded.abstain == token
    refusal = [loaded.eos] if token is None else [token, loaded.eos]
    train(loaded, draft_prompt(QUESTION, tiny.TEXTS[:2], "de"), refusal)
    draft = Seq2SeqDrafter(loaded).draft(QUESTION, tiny.TEXTS[:2], "de")
    assert draft.abstained
    assert draft.confidence < 0.1
    for span in draft.spans:  # what it would have said
        assert_whole(tiny.TEXTS[span.evidence], span.start, span.end)


def test_the_same_words_in_two_sources_are_given_for_both(t5: Loaded) -> None:
    evidence = ["Es waren 8.000 Container.", "Nichts davon", "Er zählte 8.000 und 8.000."]
    train(t5, draft_prompt(QUESTION, evidence, "de"), target(t5, "8.000"))
    draft = Seq2SeqDrafter(t5).draft(QUESTION, evidence, "de")
    assert [(span.evidence, span.start, span.end) for span in draft.spans[:2]] == [
        (0, 9, 14),
        (2, 10, 15),
    ]
    assert draft.spans[0].probability == draft.spans[1].probability > draft.spans[2].probability
    assert [span.evidence for span in draft.spans] == [0, 2, 1]


@pytest.mark.parametrize("evidence", [[], [""], [" – \u2028… "]])
def test_evidence_without_a_word_gives_no_span(t5: Loaded, evidence: list[str]) -> None:
    assert Seq2SeqDrafter(t5).draft(QUESTION, evidence, "de") == Draft((), 0.0, True)


def test_evidence_without_a_word_does_not_disturb_the_others(t5: Loaded) -> None:
    draft = Seq2SeqDrafter(t5).draft(QUESTION, ["", "Ja", "…"], "de")
    assert [(span.evidence, span.start, span.end) for span in draft.spans] == [(1, 0, 2)]


def test_the_lowest_ranked_evidence_is_left_out_first(t5: Loaded) -> None:
    evidence = ["Das ist viel.", "Container", "Oktober " * 40]
    tokens = len(t5.tokenizer(draft_prompt("Wann?", evidence[:2], "de"))["input_ids"])
    drafter = Seq2SeqDrafter(replace(t5, input_limit=tokens))
    found = drafter.draft("Wann?", evidence, "de").spans
    assert sorted(span.evidence for span in found) == [0, 1]


def test_one_evidence_that_does_not_fit_is_an_error(t5: Loaded) -> None:
    drafter = Seq2SeqDrafter(replace(t5, input_limit=50))
    with pytest.raises(ContextOverflowError) as caught:
        drafter.draft(QUESTION, ["Oktober " * 40, "Ja"], "de")
    assert caught.value.limit == 50
    assert caught.value.tokens > 50
    assert caught.value.hint


def test_the_models_limits_are_found(folders: dict[str, Path], tmp_path: Path) -> None:
    limits = {name: load_model(str(folder)).input_limit for name, folder in folders.items()}
    assert limits == {
        "t5": 2000, "umt5": 2000, "bart": 1500, "mbart": 1500, "bert": 1500, "t5gemma2": 1500,
    }  # fmt: skip
    with quiet():
        unlimited = tiny.save("t5", tmp_path / "t5", model_max_length=int(1e30))
    assert load_model(str(unlimited)).input_limit == 1024


def test_positions_that_are_counted_from_the_padding_are_no_positions() -> None:
    from transformers import EncoderDecoderConfig, EncoderDecoderModel, RobertaConfig

    part = RobertaConfig(
        vocab_size=200, hidden_size=8, num_hidden_layers=1, num_attention_heads=1,
        intermediate_size=8, max_position_embeddings=26, pad_token_id=1,
    ).to_dict()  # fmt: skip
    decoder = {**part, "is_decoder": True, "add_cross_attention": True}
    with quiet():
        model = EncoderDecoderModel(EncoderDecoderConfig(encoder=part, decoder=decoder))
    loaded = describe(model, tiny.fast(tiny.word_piece()), ModelIdentity("roberta", "", 0))
    assert (loaded.input_limit, loaded.output_limit) == (24, 22)
    drafter = Seq2SeqDrafter(loaded, prompt=lambda question, evidence, _: " ".join(evidence))
    assert drafter.draft(QUESTION, ["das " * 22], "de").spans  # 22 and two special ones
    with pytest.raises(ContextOverflowError):
        drafter.draft(QUESTION, ["das " * 23], "de")


def test_a_span_is_not_longer_than_the_decoder_can_write(folders: dict[str, Path]) -> None:
    loaded = load_model(str(folders["bart"]))
    drafter = Seq2SeqDrafter(replace(loaded, output_limit=2))
    for span in drafter.draft(QUESTION, tiny.TEXTS, "de").spans:
        text = tiny.TEXTS[span.evidence][span.start : span.end]
        assert len(encode(loaded.tokenizer, [text])[0].ids) <= 4


def test_the_decoder_begins_as_the_model_wants(folders: dict[str, Path]) -> None:
    assert load_model(str(folders["mbart"])).start == (1, 5)  # </s>, then the language
    assert load_model(str(folders["bert"])).start == (3,)
    assert load_model(str(folders["t5"])).start == (0,)


@pytest.mark.parametrize("family", ["bart", "bert", "t5gemma2"])
def test_an_article_cannot_write_special_tokens_into_the_input(
    folders: dict[str, Path], family: str
) -> None:
    loaded = load_model(str(folders[family]))
    assert loaded.tokenizer("Das </s> ist <s>")["input_ids"].count(loaded.eos) == 1


def test_weights_that_are_not_numbers_are_an_error(t5: Loaded) -> None:
    import torch

    with torch.no_grad():
        t5.model.get_output_embeddings().weight.fill_(math.nan)
    with pytest.raises(ModelError, match="not numbers"):
        Seq2SeqDrafter(t5).draft(QUESTION, ["Ja"], "de")


@pytest.mark.parametrize("beams", [1, 2])
@pytest.mark.parametrize("family", tiny.FAMILIES)
def test_the_library_says_nothing(
    folders: dict[str, Path], family: str, beams: int, capfd: pytest.CaptureFixture[str]
) -> None:
    from transformers.utils.logging import warning_once

    warning_once.cache_clear()  # what it says once it would have said to an earlier test
    drafter = Seq2SeqDrafter(load_model(str(folders[family])), beams=beams)
    drafter.draft(QUESTION, tiny.TEXTS * 6, "de")
    assert capfd.readouterr() == ("", "")


def test_threads_wait_for_each_other(folders: dict[str, Path]) -> None:
    drafter = Seq2SeqDrafter(load_model(str(folders["bart"])))
    expected = drafter.draft(QUESTION, tiny.TEXTS[:2], "de")
    found: list[Draft] = []

    def ask() -> None:
        found.append(drafter.draft(QUESTION, tiny.TEXTS[:2], "de"))

    threads = [threading.Thread(target=ask) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [expected] * 3


def test_a_beam_without_a_way_on_ends(t5: Loaded) -> None:
    import torch

    grounding = Grounding(["Ja"], lambda texts: encode(t5.tokenizer, texts), eos=1)
    recorder = Recorder(grounding, 1)
    recorder.rows = [0]
    masked = recorder(torch.tensor([[0, 99, 98]]), torch.zeros(1, 120))
    assert masked.isfinite().nonzero().tolist() == [[0, 1]]
    assert recorder.read([[0, 99, 1], [0, 99], [0, 1]], 0) == []


def test_the_prompt_numbers_the_sources() -> None:
    assert draft_prompt("Wer {x}?", ["Das %s", "Ja"], "de") == (
        "Beantworte die Frage mit einem wörtlichen Ausschnitt aus den Quellen.\n"
        "Frage: Wer {x}?\nQuelle 1: Das %s\nQuelle 2: Ja\nAntwort:"
    )
    assert draft_prompt("Who?", ["Yes"], "en") == (
        "Answer the question with a verbatim span of the sources.\n"
        "Question: Who?\nSource 1: Yes\nAnswer:"
    )
    assert draft_prompt("Qui ?", [], "fr") == draft_prompt("Qui ?", [], "de")
