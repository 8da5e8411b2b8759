"""An NLI model as judge of citations, in the place of the rule, where one is named.

Any sequence-classification checkpoint with safetensors whose configuration names its
labels (entailment, neutral, contradiction, or not_entailment). It judges; it never decides what is
answered. Its own error is measured in `eval.judge_error`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from index.errors import ContextOverflowError, ModelError
from index.modelfolder import Source, check_folder, find_model, quiet, weights_sha256
from index.types import ModelIdentity

ENTAILMENT, NEUTRAL, CONTRADICTION = LABELS = ("entailment", "neutral", "contradiction")
NOT_ENTAILMENT = "not_entailment"
_SPELLINGS = {
    "entailment": ENTAILMENT, "entail": ENTAILMENT, "entails": ENTAILMENT,
    "neutral": NEUTRAL, "unknown": NEUTRAL,
    "contradiction": CONTRADICTION, "contradict": CONTRADICTION, "contradicts": CONTRADICTION,
    "not_entailment": NOT_ENTAILMENT, "non_entailment": NOT_ENTAILMENT,
}  # fmt: skip


class NliJudge:
    """Says whether premises carry a claim; callable as `eval.entailment.Entails`.

    Args:
        model: the sequence classifier.
        tokenizer: its tokenizer.
        identity: which model it is.
    """

    def __init__(self, model: Any, tokenizer: Any, identity: ModelIdentity) -> None:
        self._model = model
        self._tokenizer = tokenizer
        self.identity = identity
        self.labels = label_names(model.config.id2label, identity.name)
        self.limit_tokens = _limit(model.config, tokenizer)
        self.cut = 0  # premises that were longer than the model reads

    def __call__(self, premise_texts: Sequence[str], claim: str) -> bool:
        """True if the premises together carry the claim; no premise carries nothing."""
        if not premise_texts or not claim.strip():
            return False
        return self.judge([(" ".join(premise_texts), claim)])[0] == ENTAILMENT

    def judge(self, pairs: Sequence[tuple[str, str]]) -> list[str]:
        """The label of each pair of premise and hypothesis.

        A premise that is too long is cut at its end, and counted in `cut`.

        Raises:
            ContextOverflowError: a hypothesis alone is longer than the model reads.
        """
        import torch

        for _, hypothesis in pairs:
            tokens = len(self._tokenizer(hypothesis)["input_ids"]) + 2
            if tokens >= self.limit_tokens:
                raise ContextOverflowError(tokens, self.limit_tokens, hint="shorten the claim")
        premises, hypotheses = [p for p, _ in pairs], [h for _, h in pairs]
        whole = self._tokenizer(premises, hypotheses)["input_ids"]
        self.cut += sum(len(ids) > self.limit_tokens for ids in whole)
        batch = self._tokenizer(
            premises,
            hypotheses,
            truncation="only_first",
            max_length=self.limit_tokens,
            padding=True,
            return_tensors="pt",
        )
        with torch.inference_mode():
            logits = self._model(**batch).logits
        return [self.labels[int(i)] for i in logits.argmax(dim=-1)]


def load_judge(model: str, *, allow_download: bool = False) -> NliJudge:
    """Load an NLI model.

    Args:
        model: a folder, or a hub name that is looked up in the local cache.
        allow_download: fetch a hub name that is not in the cache.

    Raises:
        ModelUnavailableError: it is not on this machine.
        ModelError: it is not safe to load, cannot be loaded, or does not name its labels.
    """
    source = find_model(model, allow_download=allow_download)
    check_folder(source)
    classifier, tokenizer = _load(source)
    identity = ModelIdentity(
        source.name, weights_sha256(source.folder), int(classifier.config.hidden_size)
    )
    return NliJudge(classifier, tokenizer, identity)


def label_names(id2label: dict[int, str], model: str) -> dict[int, str]:
    """Class number -> label, from the model's own configuration.

    Raises:
        ModelError: a label's name does not say what it means, or none is entailment.
    """
    spelled = {
        int(number): _SPELLINGS.get(str(name).lower().replace("-", "_").replace(" ", "_"))
        for number, name in id2label.items()
    }
    known = {number: label for number, label in spelled.items() if label is not None}
    if len(known) < len(spelled) or ENTAILMENT not in known.values():
        raise ModelError(
            f"{model}: labels {', '.join(map(str, id2label.values()))} do not say which is "
            "entailment",
            hint=f"name them in id2label of its config.json: {', '.join(LABELS)}",
        )
    return known


def _load(source: Source) -> tuple[Any, Any]:
    with quiet():
        from safetensors import SafetensorError
        from transformers import AutoModelForSequenceClassification, AutoTokenizer

        kept = {"local_files_only": True, "trust_remote_code": False}
        try:
            tokenizer = AutoTokenizer.from_pretrained(source.folder, **kept)
            model = AutoModelForSequenceClassification.from_pretrained(
                source.folder, use_safetensors=True, **kept
            )
        except (OSError, ValueError, RuntimeError, KeyError, ImportError, SafetensorError) as error:
            raise ModelError(
                f"{source.name} in {source.folder} cannot be loaded: {error}",
                hint="name a folder with a sequence-classification model and its tokenizer",
            ) from error
    return model.eval(), tokenizer


def _limit(config: Any, tokenizer: Any) -> int:
    """Most tokens of a pair; positions of the RoBERTa family start behind the padding id."""
    positions = int(getattr(config, "max_position_embeddings", 0) or 512)
    padding = int(getattr(config, "pad_token_id", 0) or 0)
    return min(int(tokenizer.model_max_length), positions - padding - 1)
