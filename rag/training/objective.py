"""What the network is trained to do, as losses over a batch.

* ``grounded``: the log-likelihood of the answer under grounded decoding, which is what
  drafting compares spans by;
* ``free``: the same among all tokens of the batch, so that decoding without a grammar is
  sound, too;
* ``pointer``: half of the heads of the last cross-attention look at the token that is to be
  written (a supervised copy mechanism; See et al. 2017, arXiv:1704.04368);
* ``span``: start and end of the answer from the encoder's states, as extractive readers are
  trained (Devlin et al. 2019, section 4.3). Its two vectors are not part of the drafter.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional

from rag.pieces import ABSTAINED, BOS, EOS, PAD
from rag.training.examples import Example

WEIGHTS: Mapping[str, float] = {"grounded": 1.0, "free": 0.2, "pointer": 0.3, "span": 0.5}
_IGNORED = -1
_LOW = -1e4


@dataclass(frozen=True, slots=True)
class Batch:
    """Examples as tensors; B examples, T input tokens, S target tokens, C choices.

    Args:
        ids: (B, T) int64.
        mask: (B, T) int64, 1 for tokens.
        written: (B, S) int64, decoder input.
        target: (B, S) int64, PAD behind the end.
        places: (B, S) int64, -1 behind the end.
        first: (B, C) int64, choices of the first token, -1 behind the last.
        later: (B, S - 1, 8) int64, choices of the others, -1 behind the last.
        span: (B, 2) int64, positions of the first and last answer token, 0 for none.
        evidence: (B, T) bool, position 0 and the evidence.
    """

    ids: Tensor
    mask: Tensor
    written: Tensor
    target: Tensor
    places: Tensor
    first: Tensor
    later: Tensor
    span: Tensor
    evidence: Tensor


def collate(examples: Sequence[Example]) -> Batch:
    """A batch of examples."""
    ids = _padded([e.ids for e in examples], PAD)
    target = _padded([e.target for e in examples], PAD)
    written = functional.pad(target[:, :-1], (1, 0), value=BOS)
    steps = target.shape[1] - 1
    later = torch.full((len(examples), steps, 8), _IGNORED)
    for row, example in enumerate(examples):
        for step, choices in enumerate(example.choices[1:]):
            later[row, step, : len(choices)] = torch.tensor(choices)
    places = _padded([e.places for e in examples], _IGNORED)
    position = torch.arange(ids.shape[1])[None]
    firsts = torch.tensor([[e.first] for e in examples])
    ends = torch.tensor([[len(e.ids) - 1] for e in examples])
    return Batch(
        ids=ids,
        mask=(torch.arange(ids.shape[1])[None] <= ends).long(),
        written=written,
        target=target,
        places=places,
        first=_padded([e.choices[0] for e in examples], _IGNORED),
        later=later,
        span=torch.tensor([(e.places[0], e.places[-1]) for e in examples]),
        evidence=((position >= firsts) & (position < ends)) | (position == 0),
    )


def losses(
    batch: Batch, states: Tensor, written: Tensor, looked: Tensor, shared: Tensor, heads: Tensor
) -> dict[str, Tensor]:
    """Each loss, a mean over examples.

    Args:
        batch: the batch.
        states: (B, T, width) of the encoder.
        written: (B, S, width) of the decoder.
        looked: (B, heads, S, T) attention of the last cross-attention.
        shared: (vocabulary, width) the embedding.
        heads: (width, 2) start and end vectors.
    """
    steps = (batch.target != PAD).float()
    first = _choice_loss(written[:, 0], batch.first, shared)
    later = _choice_loss(written[:, 1:], batch.later, shared)
    halves = looked[:, : looked.shape[1] // 2].mean(1).float()
    seen = halves.gather(2, batch.places.clamp(min=0)[..., None]).squeeze(2)
    pointer = -(seen + 1e-6).log() * steps
    logits = (states.float() @ heads).masked_fill(~batch.evidence[..., None], _LOW)
    span = sum(functional.cross_entropy(logits[..., k], batch.span[:, k]) for k in (0, 1))
    return {
        "grounded": (first + (later * steps[:, 1:]).sum(1)).mean(),
        "free": _free_loss(batch, written, shared),
        "pointer": pointer.sum(1).mean(),
        "span": span / 2,  # type: ignore[dict-item]
    }


def total(parts: Mapping[str, Tensor]) -> Tensor:
    """The weighted sum of the losses."""
    return torch.stack([WEIGHTS[name] * loss for name, loss in parts.items()]).sum()


def _choice_loss(written: Tensor, choices: Tensor, shared: Tensor) -> Tensor:
    """Cross-entropy of the first choice among the choices."""
    rows = shared[choices.clamp(min=0)].to(written.dtype)
    logits = (rows @ written[..., None]).squeeze(-1).float()
    logits = logits.masked_fill(choices < 0, _LOW)
    return logits.logsumexp(-1) - logits[..., 0]


def _free_loss(batch: Batch, written: Tensor, shared: Tensor) -> Tensor:
    """Cross-entropy among the tokens of the batch."""
    known = torch.unique(torch.cat([batch.ids.flatten(), torch.tensor([ABSTAINED, EOS, PAD])]))
    real = batch.target != PAD
    wanted = torch.searchsorted(known, batch.target[real])
    logits = written[real] @ shared[known].to(written.dtype).T
    return functional.cross_entropy(logits.float(), wanted, reduction="sum") / len(batch.ids)


def _padded(rows: Sequence[Sequence[int]], fill: int) -> Tensor:
    size = max(map(len, rows))
    return torch.tensor([[*row, *([fill] * (size - len(row)))] for row in rows])


def forward(model: Any, batch: Batch, looks: list[Tensor]) -> tuple[Tensor, Tensor, Tensor]:
    """Encoder states, decoder states and last cross-attention of a batch.

    Args:
        model: the network, with a hook that appends attentions to `looks`.
        batch: the batch.
        looks: emptied here, filled by the hook.
    """
    looks.clear()
    states = model.model.encoder(input_ids=batch.ids, attention_mask=batch.mask)
    written = model.model.decoder(
        input_ids=batch.written,
        encoder_hidden_states=states.last_hidden_state,
        encoder_attention_mask=batch.mask,
        use_cache=False,
    )
    return states.last_hidden_state, written.last_hidden_state, looks[-1]
