"""A tiny encoder of twelve layers, and a handful of texts to train on."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from rag.bart import chosen_pieces
from rag.pieces import SPECIAL, Piece, drafter_tokenizer
from rag.training.sources import Row, Text

FOREIGN = ("▁文", "▁سلام")
"""Pieces in letters that the drafter's languages do not have."""


def row(number: int, question: str, context: str, *answers: str, language: str = "de-de") -> Row:
    """A row whose source is its number, so that its windows are told apart."""
    spans = tuple((at := context.index(a), at + len(a)) for a in answers)
    return Row(question, context, spans, language, f"row{number}")


_LONG = " ".join(
    f"Im Jahr {1700 + n} zählte die Gemeinde Überlingen {n + 40} Häuser und {n + 3} Mühlen."
    for n in range(40)
)
ROWS = (
    row(
        0,
        "Wer entwarf 1896 die Brücke über die Spree?",
        "Die Brücke über die Spree ist 154 Meter lang.\r\nSie wurde 1896 von Otto Stahn entworfen. "
        "Die Weihe hielt Kaiser Wilhelm II. im Mai. Nach dem Krieg baute Santiago Calatrava um.",
        "Otto Stahn",
    ),
    row(
        1,
        "Wie viele Einwohner hatte Überlingen im Jahr 1850?",
        f"{_LONG} Im Jahr 1850 hatte Überlingen 2.700 Einwohner. {_LONG.replace('17', '18')}",
        "2.700",
        "2.700 Einwohner",
    ),
    row(
        2,
        "Who led the Normans in the 10th century?",
        "The Normans came from Norway and Denmark. Their leader was Rollo, who swore fealty to "
        "King Charles III of West Francia. The identity emerged in the 10th century.",
        "Rollo",
        language="en-en",
    ),
    row(3, "Wann starb der Müller?", "Der Müller lebte in Köln. Seine Frau starb 1920 in Bonn."),
    row(
        4,
        "В каком году построили башню?",
        "Der Turm wurde 1905 gebaut. Er steht in Dresden und ist 40 Meter hoch. Er ist „schön“.",
        "1905",
        language="ru-de",
    ),
    row(
        5,
        "Was kostete die Orgel?",
        "Die Orgel stammt aus Görlitz. Sie kostete 8.000 Taler – viel Geld! Auch die Glocke "
        "kostete 8.000 Taler.",
        "8.000 Taler",
    ),
)
UNMARKED = (
    row(8, "Wie heißt die Hauptstadt von Peru?", "Lima ist die Hauptstadt von Peru."),
    row(9, "Wo liegt der Baikalsee?", "Der Baikalsee liegt in Sibirien."),
)
TEXTS = (
    Text(
        "Nil",
        (
            (
                "Der Nil ist ein Fluss in Ägypten, der im Altertum den Namen Hapi getragen hat.",
                "Der Nil gilt als längster Fluss der Erde.",
            ),
            ("Der Verein wurde 1905 von Karl Meier gegründet.", "Sie badeten gern."),
        ),
    ),
    Text(
        "Max Frisch",
        (
            (
                "Max Frisch (* 15. Mai 1911 in Zürich; † 4. April 1991) war ein Schriftsteller.",
                "Im Juni 1990 gründete Max Frisch die Firma Alpha.",
                "Der Schriftsteller Max Frisch lebte lange Zeit in Zürich.",
            ),
        ),
    ),
    Text(
        "Anlage",
        (
            (
                "Die Anlage wurde am 3. März 1920 in Berlin eröffnet.",
                "Wegen des Krieges wurde das Theater geschlossen.",
                "Im Jahr 2011 reiste der Präsident nach Deutschland.",
            ),
            ("Das Haus wurde durch ein Erdbeben zerstört.", "Etwa 1.200 Menschen leben dort."),
        ),
    ),
)


def pieces() -> list[Piece]:
    """Words of the texts, whole and without what is before them, and all single letters."""
    texts = [r.question + " " + r.context for r in (*ROWS, *UNMARKED)]
    texts += [line for t in TEXTS for paragraph in t.paragraphs for line in paragraph]
    texts.append("kam a b c d e f g h i j k l m x y z")
    words = dict.fromkeys(re.findall(r"[^\W\d]+|\d", " ".join(texts)))
    signs = dict.fromkeys(sorted(set("".join(texts)) - set("".join(words)) - set(" \r\n")))
    letters = dict.fromkeys(sorted(set("".join(words))))
    found = {f"▁{word}": -6.0 for word in words} | {"▁": -3.0}
    found |= dict.fromkeys(letters, -9.0) | dict.fromkeys(signs, -5.0)
    found |= {"en": -7.0, "er": -7.0} | dict.fromkeys(FOREIGN, -8.0)
    return [(text, 0.0) for text in SPECIAL] + list(found.items())


NUMBERS = [0, 1, 2, 3, 0, *range(4, len(pieces()))]
"""All pieces of the tiny encoder as the drafter's, by number; the fifth is to abstain."""


def write_tokenizer(like: Path, to: Path) -> None:
    """A tokenizer with the pieces of this module, otherwise as that of another encoder."""
    settings = json.loads((like / "tokenizer.json").read_text(encoding="utf-8"))
    settings["model"]["vocab"] = pieces()
    settings["added_tokens"] = [t for t in settings["added_tokens"] if t["content"] in SPECIAL]
    (to / "tokenizer.json").write_text(json.dumps(settings), encoding="utf-8")


def write_encoder(like: Path, to: Path) -> None:
    """A folder as the packaged encoder's, with random weights."""
    import torch
    from transformers import BertConfig, BertModel

    write_tokenizer(like, to)
    config = BertConfig(
        vocab_size=len(pieces()),
        hidden_size=32,
        num_hidden_layers=12,
        num_attention_heads=4,
        intermediate_size=48,
        max_position_embeddings=320,
        layer_norm_eps=1e-12,
    )
    torch.manual_seed(0)
    model = BertModel(config, add_pooling_layer=False)
    with torch.no_grad():
        for parameter in model.parameters():
            parameter += 0.05 * torch.randn_like(parameter)
        model.embeddings.word_embeddings.weight.mul_(20)  # each token known in every layer
    model.save_pretrained(to)


def tokenizer_of(encoder: Path) -> Any:
    """The drafter's tokenizer with all pieces of an encoder."""
    return drafter_tokenizer(encoder, chosen_pieces(encoder, NUMBERS))
