"""The drafter around any transformers encoder-decoder, held to the evidence.

Importing this module is quick; torch and transformers are imported when a model is loaded.
Weights come from safetensors only, a model's own code is never run, and its generation
settings (repetition penalty, minimum length, ...) are left aside: they would make the
evidence unsayable.

Probabilities. At each step the model's distribution is taken over the allowed tokens only
(`rag.grounded`), abstaining among them, and an output's probability is the product over its
tokens and the end token. So all outputs and the abstention sum to one; words have the sum
of the outputs found that stand for them, in whichever source. No mean over tokens: inside a
word or name mostly one token is allowed, which costs nothing, and a long span is therefore
hardly punished for its length. Confidence weighs the best span against the
abstention, p / (p + p_abstain), the null-score rule of SQuAD 2.0 (Devlin et al. 2019,
section 4.3); a threshold on it is the caller's.
"""

from __future__ import annotations

import math
import threading
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from itertools import islice
from typing import Any

import numpy as np

from index.errors import ContextOverflowError, DraftError, ModelError
from index.types import ModelIdentity
from rag.grounded import MAX_SPAN_TOKENS, Grounding, Place
from rag.prompts import draft_prompt
from rag.seq2seqmodel import Loaded, encode, generation_settings
from rag.types import Draft, DraftSpan

BEAMS = 2
"""Spans followed at a time for each evidence, time grows with it; 1 is greedy decoding."""
Run = tuple[int, ...]
"""The tokens of an output, without the start tokens and the end token."""
_ROWS = 8  # decoded at a time: each holds a copy of the encoder's keys and values


class Seq2SeqDrafter:
    """A `rag.draft.Drafter` around a loaded encoder-decoder and its fast tokenizer.

    One pass of the encoder reads the question and all evidence; then each evidence has its
    best span searched for, so that sources that disagree each have their say. Calls from
    several threads wait for each other.

    Args:
        loaded: model, tokenizer and what is known of them.
        beams: spans followed at a time for each evidence, at least 1.
        max_span_tokens: longest span.
        prompt: makes the model's input from question, evidence and language.
    """

    def __init__(
        self,
        loaded: Loaded,
        *,
        beams: int = BEAMS,
        max_span_tokens: int = MAX_SPAN_TOKENS,
        prompt: Callable[[str, Sequence[str], str], str] = draft_prompt,
    ) -> None:
        self._loaded = loaded
        self._beams = beams
        self._max_span_tokens = min(max_span_tokens, loaded.output_limit)
        self._prompt = prompt
        self._lock = threading.Lock()  # neither the model nor the tokenizer is safe to share

    @property
    def identity(self) -> ModelIdentity:
        """Name and digest of the weights; `dim` is 0."""
        return self._loaded.identity

    def draft(self, question: str, evidence: Sequence[str], language: str) -> Draft:
        """See `rag.draft.Drafter.draft`.

        Where the input is longer than the model reads, the lowest-ranked evidence is left
        out. Where the same words stand in an evidence twice, the first place is given.
        """
        import torch

        with self._lock, torch.inference_mode():
            ids, count = self._input(question, evidence, language)
            grounding = self._grounding(evidence[:count])
            rows = [i for i in range(count) if grounding.allowed_in((), i)]
            if not rows:
                return Draft((), 0.0, True)
            hidden = self._encoder_states(ids)
            recorder = Recorder(grounding, len(self._loaded.start))
            found: list[tuple[Place, Run]] = []
            size = max(1, _ROWS // self._beams)
            for at in range(0, len(rows), size):
                found += self._search(hidden, rows[at : at + size], recorder)
        ways: dict[str, set[Run]] = defaultdict(set)
        for place, run in found:
            ways[cut(evidence, place)].add(run)
        chances = {text: log_sum(map(recorder.score, runs)) for text, runs in ways.items()}
        scored = [(chances[cut(evidence, place)], place) for place, _ in found]
        return self._chosen(scored, recorder.score((grounding.abstain,)))

    def _chosen(self, found: list[tuple[float, Place]], abstention: float) -> Draft:
        """The draft from spans with their log-probabilities, and abstaining's."""
        firsts: dict[int, tuple[float, Place]] = {}
        for score, place in sorted(found, key=lambda item: (-item[0], item[1])):
            firsts.setdefault(place.evidence, (score, place))
        ranked = list(firsts.values())
        best = ranked[0][0]
        spans = tuple(
            DraftSpan(place.evidence, place.start, place.end, math.exp(min(0.0, score)))
            for score, place in ranked
        )
        confidence = 1.0 / (1.0 + math.exp(min(700.0, abstention - best)))
        return Draft(spans, confidence, abstained=abstention >= best)

    def _input(self, question: str, evidence: Sequence[str], language: str) -> tuple[Any, int]:
        """Token ids of the prompt, (1, tokens) int64, and how many evidence texts it holds."""
        import torch

        limit = self._loaded.input_limit
        for count in range(len(evidence), 0, -1):
            text = self._prompt(question, evidence[:count], language)
            ids = self._loaded.tokenizer(text, verbose=False)["input_ids"]
            if len(ids) <= limit:
                return torch.tensor([ids]), count
        if not evidence:
            return None, 0
        raise ContextOverflowError(
            len(ids), limit, hint="ask a shorter question, or name a drafter that reads more"
        )

    def _grounding(self, evidence: Sequence[str]) -> Grounding:
        return Grounding(
            evidence,
            partial(encode, self._loaded.tokenizer),
            eos=self._loaded.eos,
            abstain=self._loaded.abstain,
            control=self._loaded.control,
            max_tokens=self._max_span_tokens,
        )

    def _encoder_states(self, ids: Any) -> Any:
        encoder = self._loaded.model.get_encoder()
        return encoder(input_ids=ids, return_dict=True).last_hidden_state

    def _search(
        self, hidden: Any, rows: Sequence[int], recorder: Recorder
    ) -> Iterator[tuple[Place, Run]]:
        """The best outputs about each of these evidence texts."""
        import torch
        from transformers.modeling_outputs import BaseModelOutput

        loaded = self._loaded
        recorder.rows = [row for row in rows for _ in range(self._beams)]
        sequences = loaded.model.generate(
            encoder_outputs=BaseModelOutput(last_hidden_state=hidden.repeat(len(rows), 1, 1)),
            attention_mask=torch.ones((len(rows), hidden.shape[1]), dtype=torch.long),
            decoder_input_ids=torch.tensor([loaded.start] * len(rows)),
            generation_config=self._settings(),
            logits_processor=[recorder],
        ).tolist()
        for at, row in enumerate(rows):
            outputs = sequences[at * self._beams : (at + 1) * self._beams]
            found = recorder.read(outputs, row)
            if not found:
                raise DraftError("the search ended without a span", str(outputs))
            yield from found

    def _settings(self) -> Any:
        """Settings of `generate` under which a beam's score is its log-probability."""
        beam = {"length_penalty": 0.0} if self._beams > 1 else {}
        return generation_settings(
            **beam,
            max_new_tokens=self._max_span_tokens + 1,
            num_beams=self._beams,
            num_return_sequences=self._beams,
            do_sample=False,
            decoder_start_token_id=self._loaded.start[0],
            eos_token_id=self._loaded.eos,
            pad_token_id=self._loaded.pad,
        )


class Recorder:
    """The hook into `generate`: keeps it to the evidence and notes the probabilities.

    Called at each step with what is written so far and the model's scores, it takes their
    softmax over all allowed tokens, then lets each row go on in its own evidence only.

    Args:
        grounding: what may be written.
        start: number of tokens that every output begins with.
    """

    def __init__(self, grounding: Grounding, start: int) -> None:
        self.rows: list[int] = []
        self._grounding = grounding
        self._start = start
        self._steps: dict[tuple[int, ...], dict[int, float]] = {}

    def __call__(self, input_ids: Any, scores: Any) -> Any:
        """Log-probabilities in place of scores; -inf for what the row must not write.

        Args:
            input_ids: (rows, tokens) int64.
            scores: (rows, vocabulary) float.
        """
        masked = scores.new_full(scores.shape, -math.inf)
        for at, (ids, evidence) in enumerate(zip(input_ids.tolist(), self.rows, strict=True)):
            prefix = tuple(ids[self._start :])
            tokens = self._grounding.allowed_in(prefix, evidence)
            if not tokens:  # a beam that is out already: there were fewer ways than beams
                masked[at, self._grounding.eos] = 0.0
                continue
            known = self._step(prefix, scores[at])
            masked[at, tokens] = scores.new_tensor([known[token] for token in tokens])
        return masked

    def read(self, outputs: Iterable[Sequence[int]], evidence: int) -> list[tuple[Place, Run]]:
        """The finished ones among outputs, and the first place of each.

        Args:
            outputs: what `generate` returned; beams out of ways may repeat another.
            evidence: only places in this one.
        """
        eos = self._grounding.eos
        written = [tuple(output[self._start :]) for output in outputs]
        found = []
        for run in sorted({run[: run.index(eos)] for run in written if eos in run}):
            places = (place for place in self._grounding.places(run) if place.evidence == evidence)
            found += [(place, run) for place in islice(places, 1)]
        return found

    def score(self, run: Run) -> float:
        """Log-probability of a run that was met, its end token included.

        Args:
            run: the tokens; those of a span, or the one that abstains.
        """
        if run == (self._grounding.abstain,):  # what comes after it is certain
            return self._steps[()][self._grounding.abstain]
        ended = (*run, self._grounding.eos)
        return sum(self._steps[ended[:k]][token] for k, token in enumerate(ended))

    def _step(self, prefix: tuple[int, ...], scores: Any) -> dict[int, float]:
        if prefix not in self._steps:
            allowed = self._grounding.allowed(prefix)
            chances = scores[allowed].double().log_softmax(dim=-1).tolist()
            if not all(map(math.isfinite, chances)):
                raise ModelError(
                    "the drafter gave values that are not numbers",
                    hint="its weights are damaged or overflow in their number format",
                )
            self._steps[prefix] = dict(zip(allowed, chances, strict=True))
        return self._steps[prefix]


def cut(evidence: Sequence[str], place: Place) -> str:
    """The words at a place."""
    return evidence[place.evidence][place.start : place.end]


def log_sum(scores: Iterable[float]) -> float:
    """Logarithm of the sum of probabilities that are given as logarithms."""
    return float(np.logaddexp.reduce(list(scores)))
