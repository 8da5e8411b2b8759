"""The NLI judge, with a tiny random model, and the measurement of a judge's own error."""

import json
from collections import Counter

import pytest
import torch

from eval.entailment import rule_entails
from eval.judge import label_names, load_judge
from eval.judge_error import calibrate, judge_error, rule_label
from index.errors import ContextOverflowError, ModelError, ModelUnavailableError, QuestionFileError

WORDS = "in köln regnet es nicht heute".split()
LABELS = {0: "entailment", 1: "neutral", 2: "contradiction"}


def save_model(folder, labels=LABELS, favourite=0):
    """A random classifier over a few words that favours one class."""
    from tokenizers import Tokenizer, models, pre_tokenizers, processors
    from transformers import BertConfig, BertForSequenceClassification, PreTrainedTokenizerFast

    pieces = {w: i for i, w in enumerate(["[PAD]", "[UNK]", "[CLS]", "[SEP]", *WORDS])}
    tokenizer = Tokenizer(models.WordLevel(pieces, unk_token="[UNK]"))
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    tokenizer.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]",
        pair="[CLS] $A [SEP] $B [SEP]",
        special_tokens=[("[CLS]", 2), ("[SEP]", 3)],
    )
    PreTrainedTokenizerFast(
        tokenizer_object=tokenizer, pad_token="[PAD]", unk_token="[UNK]", cls_token="[CLS]",
        sep_token="[SEP]", model_max_length=20,
    ).save_pretrained(folder)  # fmt: skip
    torch.manual_seed(0)
    config = BertConfig(
        vocab_size=len(pieces), hidden_size=8, num_hidden_layers=1, num_attention_heads=1,
        intermediate_size=8, max_position_embeddings=32, num_labels=len(labels), id2label=labels,
        label2id={name: i for i, name in labels.items()},
    )  # fmt: skip
    model = BertForSequenceClassification(config)
    with torch.no_grad():
        model.classifier.weight.zero_()
        model.classifier.bias.zero_()
        model.classifier.bias[favourite] = 1.0
    model.save_pretrained(folder)
    return folder


def pairs(path, *rows):
    keys = ("premise", "hypothesis", "label")
    lines = (json.dumps(dict(zip(keys, r, strict=True)), ensure_ascii=False) for r in rows)
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def yes(tmp_path_factory):
    return save_model(tmp_path_factory.mktemp("nli") / "ja")


def test_labels_are_read_from_the_model(tmp_path, yes):
    assert load_judge(str(yes))(["in köln regnet es"], "es regnet")
    turned = {0: "CONTRADICTION", 1: "Neutral", 2: "Entailment"}
    other = load_judge(str(save_model(tmp_path / "m", turned, favourite=0)))
    assert other.judge([("es regnet", "es regnet nicht")]) == ["contradiction"]
    assert not other(["es regnet"], "es regnet nicht")


def test_the_judge_says_which_model_it_is(yes):
    judge = load_judge(str(yes))
    assert (judge.identity.name, judge.identity.dim, len(judge.identity.sha256)) == ("ja", 8, 64)


def test_nothing_is_carried_by_nothing(yes):
    judge = load_judge(str(yes))
    assert not judge([], "es regnet")
    assert not judge(["es regnet"], " ")


def test_a_long_premise_is_cut_and_counted_and_a_long_claim_refused(yes):
    judge = load_judge(str(yes))
    assert judge.limit_tokens == 20
    assert judge([" ".join(["regnet"] * 50)], "es regnet")
    assert judge.cut == 1
    with pytest.raises(ContextOverflowError):
        judge(["es regnet"], " ".join(["regnet"] * 50))


def test_a_batch_gives_what_single_pairs_give(yes):
    judge = load_judge(str(yes))
    asked = [("es regnet", "köln"), ("in köln regnet es heute nicht", "es regnet nicht")]
    assert judge.judge(asked) == [judge.judge([pair])[0] for pair in asked]


@pytest.mark.parametrize(
    "labels", [{0: "LABEL_0", 1: "LABEL_1"}, {0: "neutral", 1: "contradiction"}]
)
def test_a_model_that_does_not_name_its_labels_is_refused(labels):
    with pytest.raises(ModelError, match="do not say which is entailment") as caught:
        label_names(labels, "m")
    assert "id2label" in caught.value.hint


def test_two_labels_will_do():
    assert label_names({0: "not_entailment", 1: "entailment"}, "m") == {
        0: "not_entailment", 1: "entailment",
    }  # fmt: skip


def test_only_safetensors_of_this_machine_are_loaded(tmp_path, yes):
    with pytest.raises(ModelUnavailableError):
        load_judge("nobody/no-such-model")
    (tmp_path / "pickled").mkdir()
    (tmp_path / "pickled" / "pytorch_model.bin").write_bytes(b"x")
    with pytest.raises(ModelError, match="pickle"):
        load_judge(str(tmp_path / "pickled"))
    (tmp_path / "broken").mkdir()
    (tmp_path / "broken" / "model.safetensors").write_bytes(b"x")
    with pytest.raises(ModelError, match="cannot be loaded"):
        load_judge(str(tmp_path / "broken"))


def test_an_error_worked_by_hand():
    found = judge_error(Counter({
        ("entailment", "entailment"): 6, ("entailment", "neutral"): 2,
        ("neutral", "entailment"): 1, ("neutral", "neutral"): 4,
        ("contradiction", "neutral"): 3, ("not_entailment", "neutral"): 4,
    }))  # fmt: skip
    # right: 6 + 4 + 4 (neutral is a way of not being entailed); 12 are not entailed, 8 are
    assert found.accuracy == 14 / 20
    assert found.false_entail == 1 / 12
    assert found.missed_entail == 2 / 8
    assert found.confusion["neutral"] == {"entailment": 1, "neutral": 4}
    assert str(found) == (
        "accuracy 0.700, false entailment 0.083, missed entailment 0.250, on 20 pairs"
    )


def test_a_judge_of_two_labels_is_not_asked_for_three():
    counts = Counter({("contradiction", "not_entailment"): 3, ("entailment", "not_entailment"): 1})
    found = judge_error(counts)
    assert (found.accuracy, found.false_entail, found.missed_entail) == (0.75, 0, 1)
    only = judge_error(Counter({("neutral", "neutral"): 1}))
    assert (only.false_entail, only.missed_entail) == (0, None)


def test_both_judges_are_calibrated_on_a_file(tmp_path, yes):
    rows = [("In Köln regnet es.", "in Köln regnet es", "entailment"),
            ("In Köln regnet es.", "in Köln regnet es nicht", "contradiction")] * 20  # fmt: skip
    path, steps = pairs(tmp_path / "p.jsonl", *rows), []
    rule = calibrate(path, rule_label, steps.append)
    assert (rule.accuracy, rule.false_entail, rule.pairs, sum(steps)) == (1, 0, 40, 40)
    nli = calibrate(path, load_judge(str(yes)).judge)
    assert (nli.accuracy, nli.false_entail, nli.missed_entail) == (0.5, 1, 0)
    assert rule_entails(["In Köln regnet es."], "in Köln regnet es")


@pytest.mark.parametrize(
    "line", ["x", '{"premise": "a"}', '{"premise":"a","hypothesis":"b","label":"maybe"}']
)
def test_a_bad_pair_is_named_by_its_line(tmp_path, line):
    path = pairs(tmp_path / "p.jsonl", ("a", "b", "neutral"))
    path.write_text(path.read_text(encoding="utf-8") + line, encoding="utf-8")
    with pytest.raises(QuestionFileError, match=r"p\.jsonl:2: "):
        calibrate(path, rule_label)
    path.write_text("", encoding="utf-8")
    with pytest.raises(QuestionFileError, match="no row"):
        calibrate(path, rule_label)
