"""The drafter that scores every likely span exactly: for networks made by `rag.training`.

The network reads ``question </s> evidence`` and writes an answer's tokens. Instead of
searching token by token, the likeliest first tokens of each evidence are taken and the
decoder is given the text that follows each of them (`rag.chains`): in that one pass the
probability of every span that begins there comes out, that of its tokens and of ending,
each among what grounded decoding allows. Two passes of a shallow decoder replace a search
of many, and nothing is pruned after the first token.

The probabilities of an evidence sum to one over its spans and the abstention; confidence is
p / (p + p_abstain) for the best span, as in `rag.seq2seq`.
"""

from __future__ import annotations

import math
import threading
from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np

from index.errors import ContextOverflowError, ModelError
from index.types import ModelIdentity
from rag.chains import Chain, Piece, chain_from, pieces_of
from rag.seq2seqmodel import Loaded, encode
from rag.texttokens import Encoded
from rag.types import Draft, DraftSpan

STARTS = 24
"""Starts of spans that are followed, in all evidence together."""
MAX_SPAN_TOKENS = 31
"""Longest span, as in training."""
READ_CHARS = 350
"""Sentences read together: about as in training. From 250 to 900 made no difference beyond
chance on 400 questions of M2QA's tuning half (AUROC 0.59 to 0.62 on news)."""
Scored = tuple[float, Piece, int, int]
"""Log-probability of a span, its piece, its start and end in the evidence text."""


class ExactDrafter:
    """A `rag.draft.Drafter` around a network of our own make.

    An evidence is read in runs of sentences, and answered by the one that is surest.

    Calls from several threads wait for each other.

    Args:
        loaded: model and tokenizer; the model's output layer is its embedding.
        starts: see `STARTS`.
    """

    def __init__(self, loaded: Loaded, *, starts: int = STARTS) -> None:
        self._loaded = loaded
        self._starts = starts
        self._shared = loaded.model.get_output_embeddings().weight
        self._lock = threading.Lock()

    @property
    def identity(self) -> ModelIdentity:
        """Name and digest of the weights; `dim` is 0."""
        return self._loaded.identity

    def draft(self, question: str, evidence: Sequence[str], language: str) -> Draft:
        """See `rag.draft.Drafter.draft`."""
        import torch

        with self._lock, torch.inference_mode():
            asked, pieces = self._read(question, evidence)
            if not pieces:
                return Draft((), 0.0, True)
            states, mask = self._encoder_states(asked, pieces)
            chains, firsts, silences = self._begin(pieces, states, mask)
            scored = [
                span
                for chain, score, steps in zip(
                    chains, firsts, self._follow(chains, states, mask), strict=True
                )
                for span in _spans(chain, pieces[chain.piece], score, steps, self._loaded.eos)
            ]
        return chosen(scored, pieces, silences)

    def _read(self, question: str, evidence: Sequence[str]) -> tuple[tuple[int, ...], list[Piece]]:
        """The question's tokens and the pieces that hold a word."""
        asked, *read = map(self._plain, encode(self._loaded.tokenizer, [question, *evidence]))
        room = self._loaded.input_limit - len(asked.ids) - 3
        if room < 4 * MAX_SPAN_TOKENS:
            raise ContextOverflowError(
                len(asked.ids), self._loaded.input_limit, hint="ask a shorter question"
            )
        cut = partial(pieces_of, chars=READ_CHARS, room=room, overlap=2 * MAX_SPAN_TOKENS)
        pieces = (
            piece
            for number, (text, encoded) in enumerate(zip(evidence, read, strict=True))
            for piece in cut(number, text, encoded)
        )
        return asked.ids, [piece for piece in pieces if piece.entries]

    def _plain(self, encoded: Encoded) -> Encoded:
        """Without special tokens: a text that spells one out holds an unknown word there."""
        unknown, control = self._loaded.tokenizer.unk_token_id, self._loaded.control
        return replace(encoded, ids=tuple(unknown if i in control else i for i in encoded.ids))

    def _encoder_states(self, asked: Sequence[int], pieces: Sequence[Piece]) -> tuple[Any, Any]:
        """States (pieces, tokens, width) and the mask of tokens."""
        import torch

        start, eos, pad = self._loaded.start[0], self._loaded.eos, self._loaded.pad
        unknown = self._loaded.tokenizer.unk_token_id
        rows = [
            [start, *(unknown if i < 0 else i for i in (*asked, eos, *piece.ids)), eos]
            for piece in pieces
        ]
        size = max(map(len, rows))
        ids = torch.tensor([row + [pad] * (size - len(row)) for row in rows])
        mask = torch.tensor([[1] * len(row) + [0] * (size - len(row)) for row in rows])
        encoder = self._loaded.model.get_encoder()
        return encoder(input_ids=ids, attention_mask=mask).last_hidden_state, mask

    def _begin(
        self, pieces: Sequence[Piece], states: Any, mask: Any
    ) -> tuple[list[Chain], list[float], list[float]]:
        """Chains, the log-probability of each one's first token, of each piece's silence."""
        import torch

        start = torch.tensor([[self._loaded.start[0]]] * len(pieces))
        written = self._decoder_states(start, states, mask)[:, 0]
        starts: list[tuple[float, int, int]] = []
        silences = []
        for number, piece in enumerate(pieces):
            allowed = [self._loaded.abstain, *piece.entries]
            chances = (self._shared[allowed] @ written[number]).double().log_softmax(0).tolist()
            if not all(map(math.isfinite, chances)):
                raise ModelError(
                    "the drafter gave values that are not numbers",
                    hint="its weights are damaged or overflow in their number format",
                )
            silences.append(chances[0])
            known = dict(zip(allowed, chances, strict=True))
            pairs = enumerate(zip(piece.ids, piece.begins, strict=True))
            starts += [(known[token], number, at) for at, (token, begin) in pairs if begin >= 0]
        kept = likeliest(starts, pieces, self._starts)
        eos = self._loaded.eos
        chains = [chain_from(pieces[n], n, at, MAX_SPAN_TOKENS, eos) for _, n, at in kept]
        return chains, [score for score, _, _ in kept], silences

    def _follow(self, chains: Sequence[Chain], states: Any, mask: Any) -> list[list[list[float]]]:
        """For each chain and token the log-probabilities of its choices."""
        import torch

        start, pad = self._loaded.start[0], self._loaded.pad
        size = max(len(chain.tokens) for chain in chains)
        rows = [[start, *c.tokens, *[pad] * (size - len(c.tokens))] for c in chains]
        wide = max(len(choice) for chain in chains for choice in chain.choices)
        choices = torch.full((len(chains), size, wide), -1)
        for number, chain in enumerate(chains):
            for step, choice in enumerate(chain.choices):
                choices[number, step, : len(choice)] = torch.tensor(choice)
        of = torch.tensor([chain.piece for chain in chains])
        written = self._decoder_states(torch.tensor(rows), states[of], mask[of])[:, 1:]
        logits = (self._shared[choices.clamp(min=0)] @ written[..., None]).squeeze(-1)
        logits = logits.double().masked_fill(choices < 0, -math.inf)
        found: list[list[list[float]]] = logits.log_softmax(-1).tolist()
        return found

    def _decoder_states(self, written: Any, states: Any, mask: Any) -> Any:
        decoder = self._loaded.model.get_decoder()
        return decoder(
            input_ids=written,
            encoder_hidden_states=states,
            encoder_attention_mask=mask,
            use_cache=False,
        ).last_hidden_state


def likeliest(
    starts: Sequence[tuple[float, int, int]], pieces: Sequence[Piece], most: int
) -> list[tuple[float, int, int]]:
    """The starts to follow: the likeliest ones, and the best one of each evidence.

    Args:
        starts: log-probability of the first token, number of the piece, place in it.
        pieces: the pieces.
        most: how many; more if there is more evidence.
    """
    ranked = sorted(starts, key=lambda start: (-start[0], start[1:]))
    best: dict[int, tuple[float, int, int]] = {}
    for start in ranked:
        best.setdefault(pieces[start[1]].evidence, start)
    return list(dict.fromkeys([*best.values(), *ranked]))[: max(most, len(best))]


def chosen(scored: Iterable[Scored], pieces: Sequence[Piece], silences: Sequence[float]) -> Draft:
    """The draft from spans with their log-probabilities.

    Several ways to write one span count together. An evidence's silence is the least of its
    pieces', that is of the one that has most to say.

    Args:
        scored: the spans.
        pieces: the pieces.
        silences: log-probability that a piece has no answer.
    """
    chances: dict[tuple[int, int, int], dict[int, float]] = {}
    numbers = {id(piece): number for number, piece in enumerate(pieces)}
    for score, piece, start, end in scored:
        ways = chances.setdefault((piece.evidence, start, end), {})
        number = numbers[id(piece)]
        ways[number] = float(np.logaddexp(ways.get(number, -math.inf), score))
    best: dict[int, tuple[float, float, int, int]] = {}
    for (evidence, start, end), ways in chances.items():
        number, score = max(ways.items(), key=lambda item: item[1])
        odds = score - silences[number]
        if evidence not in best or (-odds, start, end) < best[evidence][1:]:
            best[evidence] = (score, -odds, start, end)
    if not best:
        return Draft((), 0.0, True)
    ranked = sorted(best.items(), key=lambda item: (item[1][1], item[0]))
    odds = -ranked[0][1][1]
    spans = tuple(
        DraftSpan(evidence, start, end, math.exp(min(0.0, score)))
        for evidence, (score, _, start, end) in ranked
    )
    return Draft(spans, 1.0 / (1.0 + math.exp(min(700.0, -odds))), abstained=odds <= 0.0)


def _spans(
    chain: Chain, piece: Piece, score: float, steps: Sequence[Sequence[float]], eos: int
) -> Iterable[Scored]:
    """All spans of a chain with their log-probabilities."""
    begin = piece.begins[chain.start]
    for step, choice in enumerate(chain.choices):
        end = piece.ends[chain.start + step]
        if end > begin and eos in choice:
            yield score + steps[step][choice.index(eos)], piece, begin, end
        score += steps[step][0]
