from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import pytest
import tiny_seq2seq as tiny
from hypothesis import given, settings
from hypothesis import strategies as st
from tiny_seq2seq import assert_whole

from rag.grounded import Grounding, Place
from rag.seq2seqmodel import encode, rising
from rag.texttokens import NO_TOKEN, Encoded
from rag.wordspans import word_spans

EOS = 1
ABSTAIN = 4
TOKENIZERS: dict[str, Callable[[], Any]] = {
    "unigram": tiny.unigram,
    "unigram-nfkc-bytes": lambda: tiny.unigram(normalise=True, byte_fallback=True),
    "byte-level": tiny.byte_level,
    "wordpiece": tiny.word_piece,
    "whole-text": tiny.whole_text,
}
MADE = {name: tiny.fast(make(), split_special_tokens=True) for name, make in TOKENIZERS.items()}


@pytest.fixture(params=TOKENIZERS)
def tokenizer(request: pytest.FixtureRequest) -> Any:
    return MADE[request.param]


def ground(tokenizer: Any, texts: Sequence[str], **settings: Any) -> Grounding:
    return Grounding(texts, lambda given: encode(tokenizer, given), eos=EOS, **settings)


def letters(texts: Sequence[str]) -> list[Encoded]:
    """One token for each character that is no blank; its code is the token."""
    found = [[(ord(c), (i, i + 1)) for i, c in enumerate(t) if not c.isspace()] for t in texts]
    return [Encoded(tuple(c for c, _ in f), tuple(o for _, o in f)) for f in found]


def codes(text: str) -> tuple[int, ...]:
    return tuple(ord(char) for char in text if not char.isspace())


def outputs(grounding: Grounding) -> Iterator[tuple[int, ...]]:
    """All finished runs."""
    open_ = [()]
    while open_:
        prefix = open_.pop()
        for token in grounding.allowed(prefix):
            if token not in (grounding.eos, grounding.abstain):
                open_.append((*prefix, token))
            elif prefix:
                yield prefix


def walk(grounding: Grounding, chance: random.Random) -> tuple[int, ...]:
    """A random finished output; empty where it abstains."""
    prefix: tuple[int, ...] = ()
    while True:
        token = chance.choice(grounding.allowed(prefix))
        if token == grounding.eos or (not prefix and token == grounding.abstain):
            return prefix
        prefix = (*prefix, token)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("„Das ist viel“, sagte er.", ["Das", "ist", "viel", "sagte", "er"]),
        ("»Nein« (ja) ‚so‘ [SEP]", ["Nein", "ja", "so", "SEP"]),
        ("8.000 Schuss, 3,5 Liter, 24.10.2024, 2:1", "8.000 Schuss 3,5 Liter 24.10.2024 2:1"),
        ("am 24. Oktober. Der", ["am", "24", "Oktober", "Der"]),
        ("Ende.Der Rest,und", ["Ende", "Der", "Rest", "und"]),
        ("40\u00a0% und 40% §5", ["40", "%", "und", "40%", "§5"]),
        ("-5 Grad, $100, €40, −3 (+7)", ["-5", "Grad", "$100", "€40", "−3", "+7"]),
        ("Nicht-Angriffspakt Arbeits- und", ["Nicht-Angriffspakt", "Arbeits", "und"]),
        ("Köln–Bonn, 2014–2022, km/h", ["Köln", "Bonn", "2014–2022", "km/h"]),
        ("z.B. U.S. spiegel.de", ["z.B", "U.S", "spiegel.de"]),
        ("Bürger:innen Bürger*innen O’Neill geht's", "Bürger:innen Bürger*innen O’Neill geht's"),
        ("Frage: 👨‍👩‍👧 🇩🇪! ❤️, 1️⃣", ["Frage", "👨‍👩‍👧", "🇩🇪", "❤️", "1️⃣"]),
        ("\ufeffDer Mu\u00adni\u00ad cafe\u0301\u200b.", ["Der", "Mu\u00adni", "cafe\u0301"]),
        ("a\u2028b\u00a0c\u202fd", ["a", "b", "c", "d"]),
        (" – … \u0301 \u200d ", []),
        ("", []),
    ],
)
def test_words_go_by_the_characters(text: str, expected: list[str] | str) -> None:
    wanted = expected.split() if isinstance(expected, str) else expected
    assert [text[start:end].strip(",") for start, end in word_spans(text)] == wanted


def test_a_run_is_mapped_to_its_place() -> None:
    text = "Er sagte: „Das ist viel“."
    grounding = Grounding([text], letters, eos=EOS)
    assert grounding.places(codes("Das ist")) == (Place(0, 11, 18),)
    assert grounding.places(codes("as ist")) == ()
    assert grounding.places(codes("Das is")) == ()
    assert grounding.places(codes("„Das")) == (Place(0, 11, 14),)
    assert grounding.places(codes("viel“.")) == (Place(0, 19, 23),)
    assert grounding.places(codes("„")) == ()
    assert grounding.places(codes(": „Das")) == ()
    assert grounding.places(codes("sagte: „Das")) == (Place(0, 3, 14),)
    assert grounding.places(()) == ()


def test_the_next_tokens() -> None:
    grounding = Grounding(["ab a, abc"], letters, eos=EOS, abstain=ABSTAIN)
    assert grounding.allowed(()) == [ABSTAIN, ord("a")]
    assert grounding.allowed((ABSTAIN,)) == [EOS]
    assert grounding.allowed(codes("a")) == [EOS, ord(","), ord("b")]
    assert grounding.allowed(codes("a,")) == [EOS, ord("a")]
    assert grounding.allowed(codes("ab")) == [EOS, ord("a"), ord("c")]
    assert grounding.allowed(codes("abc")) == [EOS]
    assert grounding.allowed(codes("x")) == [EOS]
    assert grounding.allowed_in(codes("x"), 0) == []
    assert Grounding(["ab"], letters, eos=EOS).allowed(()) == [EOS, ord("a")]


def test_all_places_are_known_the_best_evidence_first() -> None:
    grounding = Grounding(["ab cd", "cd ab cd", ""], letters, eos=EOS)
    assert grounding.places(codes("cd")) == (Place(0, 3, 5), Place(1, 0, 2), Place(1, 6, 8))
    assert grounding.allowed_in((), 0) == grounding.allowed_in((), 1) == [ord("a"), ord("c")]
    assert grounding.allowed_in(codes("cd"), 0) == [EOS]
    assert grounding.allowed_in(codes("cd"), 1) == [EOS, ord("a")]
    assert grounding.allowed_in((), 2) == []


def test_a_span_ends_within_the_bound() -> None:
    grounding = Grounding(["abcd ef ghijkl mn,„((qrs"], letters, eos=EOS, max_tokens=5)
    said = ["abcd", "ef", "mn", "mn,", "mn,„", "mn,„(", "qrs", "(qrs", "((qrs"]
    assert sorted(outputs(grounding)) == sorted(map(codes, said))
    assert grounding.allowed(codes("ef")) == [EOS]  # "ghijkl" would be too long


def test_tokens_of_control_are_never_crossed() -> None:
    grounding = Grounding(["ab|cd ef"], letters, eos=EOS, control=frozenset({ord("|"), ord("f")}))
    assert sorted(outputs(grounding)) == sorted(map(codes, ["ab", "cd"]))


def test_punctuation_that_touches_a_word_may_be_said_with_it() -> None:
    grounding = Grounding(["– „ab“. (c) …"], letters, eos=EOS)
    said = {run: grounding.places(run)[0] for run in outputs(grounding)}
    ab, c, both = Place(0, 3, 5), Place(0, 9, 10), Place(0, 3, 10)
    expected = {
        **dict.fromkeys(["ab", "„ab", "ab“", "„ab“", "ab“.", "„ab“."], ab),
        **dict.fromkeys(["c", "(c", "c)", "(c)"], c),
        **dict.fromkeys(["ab“. (c", "„ab“. (c", "ab“. (c)", "„ab“. (c)"], both),
    }
    assert said == {codes(text): place for text, place in expected.items()}


def test_offsets_that_go_back_are_no_tokens() -> None:
    assert rising([7, 8, 9, 5], [(0, 3), (0, 0), (1, 2), (3, 4)]) == Encoded(
        (7, 8, NO_TOKEN, 5), ((0, 3), (3, 3), (3, 3), (3, 4))
    )
    grounding = Grounding(
        ["ab cd ef"],
        lambda texts: (
            [rising([7, 8, 9], [(0, 2), (6, 8), (3, 5)]) for _ in texts][:1]
            + [Encoded((), ())] * (len(texts) - 1)
        ),
        eos=EOS,
    )
    assert NO_TOKEN not in {token for run in outputs(grounding) for token in run}


def by_hand(table: dict[str, list[tuple[int, int, int]]]) -> Callable[..., list[Encoded]]:
    """An encoder that knows each text's tokens: id, start, end."""
    return lambda texts: [
        Encoded(tuple(t for t, _, _ in table[text]), tuple((a, b) for _, a, b in table[text]))
        for text in texts
    ]


def test_tokens_of_one_character_stay_together() -> None:
    # NFKC makes three characters of ½; bytes are another case
    parts = [(11, 0, 1), (12, 0, 1), (13, 0, 1)]
    encoder = by_hand({"½ x": [*parts, (14, 2, 3)], "½": parts, "x": [(14, 0, 1)]})
    grounding = Grounding(["½ x"], encoder, eos=EOS)
    assert sorted(outputs(grounding)) == [(11, 12, 13), (11, 12, 13, 14), (14,)]


def test_a_mark_belongs_to_its_word_unless_the_tokenizer_dropped_it() -> None:
    text, word = "e\u0301 x", "e\u0301"
    kept = by_hand({text: [(11, 0, 1), (12, 1, 2), (14, 3, 4)], word: [(11, 0, 1), (12, 1, 2)],
                    "x": [(14, 0, 1)]})  # fmt: skip
    assert sorted(outputs(Grounding([text], kept, eos=EOS))) == [(11, 12), (11, 12, 14), (14,)]
    dropped = by_hand({text: [(11, 0, 1), (14, 3, 4)], word: [(11, 0, 1)], "x": [(14, 0, 1)]})
    grounding = Grounding([text], dropped, eos=EOS)
    assert sorted(outputs(grounding)) == [(11,), (11, 14), (14,)]
    assert grounding.places((11,)) == (Place(0, 0, 2),)


def test_another_way_in_never_says_a_word_twice() -> None:
    encoder = by_hand({
        "„ab cd ef": [(10, 0, 1), (11, 1, 6), (12, 6, 9)],  # 11 reaches over the blank
        "ab": [(20, 0, 2)], "cd": [(21, 0, 2)], "ef": [(22, 0, 2)],
    })  # fmt: skip
    grounding = Grounding(["„ab cd ef"], encoder, eos=EOS)
    assert sorted(outputs(grounding)) == [
        (10, 11), (10, 11, 12), (11,), (11, 12), (12,), (20,), (21,), (21, 12), (22,),
    ]  # fmt: skip
    assert grounding.places((21, 12)) == (Place(0, 4, 9),)


@pytest.mark.parametrize("name", sorted(TOKENIZERS.keys() - {"whole-text"}))
def test_every_run_of_words_can_be_said(name: str) -> None:
    """But for tokens that reach over blanks: then only where a token begins or ends."""
    texts = ["Er sagte „Das ist viel“ (8.000, 3,5 %), 👨‍👩‍👧 U\u0308ber-all!", "Das ist ½ m²"]
    grounding = ground(MADE[name], texts, max_tokens=200)
    said = {place for run in outputs(grounding) for place in grounding.places(run)}
    wanted = {
        Place(i, start, end)
        for i, text in enumerate(texts)
        for start, _ in word_spans(text)
        for _, end in word_spans(text)
        if end > start
    }
    assert said == wanted


def test_an_answer_may_begin_as_if_nothing_stood_before_it(tokenizer: Any) -> None:
    text = "Er sagte: „Das ist viel“, zweimal."
    grounding = ground(tokenizer, [text])
    for answer in ("Das ist viel", "zweimal", "sagte"):
        run = encode(tokenizer, [answer])[0].ids
        start = text.index(answer)
        assert grounding.places(run) == (Place(0, start, start + len(answer)),)


def test_unknown_words_keep_their_offsets() -> None:
    tokenizer = tiny.fast(tiny.word_piece())
    text = "Der 北京 ἀρχή 😀."
    grounding = ground(tokenizer, [text])
    unknown = tokenizer.unk_token_id
    run = encode(tokenizer, [text])[0].ids
    assert unknown in run
    places = {place for found in outputs(grounding) for place in grounding.places(found)}
    assert {text[p.start : p.end] for p in places} >= {"北京", "ἀρχή", "😀", "ἀρχή 😀"}


def test_lower_case_tokens_give_the_text_as_it_is_written() -> None:
    tokenizer = tiny.fast(tiny.word_piece())
    text = "Das GRÖẞTE Café\u0301 der MUNITION"
    grounding = ground(tokenizer, [text])
    for answer in ("das größte", "munition"):
        places = grounding.places(encode(tokenizer, [answer])[0].ids)
        assert [text[p.start : p.end].lower() for p in places] == [answer]


@pytest.mark.parametrize("seed", range(4))
def test_random_walks_end_at_whole_words(tokenizer: Any, seed: int) -> None:
    chance = random.Random(seed)
    texts = list(tiny.TEXTS)
    chance.shuffle(texts)
    grounding = ground(tokenizer, texts, abstain=ABSTAIN, max_tokens=12)
    for _ in range(150):
        run = walk(grounding, chance)
        places = grounding.places(run)
        assert bool(places) == bool(run)
        assert len(run) <= 12
        for place in places:
            assert_whole(texts[place.evidence], place.start, place.end)


def test_special_tokens_in_a_text_are_text(tokenizer: Any) -> None:
    control = frozenset(tokenizer.all_special_ids) - {tokenizer.unk_token_id}
    grounding = ground(tokenizer, ["Das </s> ist <pad> viel<s>"], control=control)
    said = {place for run in outputs(grounding) for place in grounding.places(run)}
    assert said >= {Place(0, 0, 3), Place(0, 9, 12), Place(0, 19, 23)}
    assert not control & {token for run in outputs(grounding) for token in run}


ODD = st.text(
    st.sampled_from(
        "abÄß 8.0,-–„“«»()'’%€\u00a0\u00ad\u200d\ufe0f\u0301\u2028\ufeff👩🏽🇩🇪½ﬁ北…\r\n<s>"
    ),
    max_size=30,
)


@settings(max_examples=60, deadline=None)
@given(texts=st.lists(ODD, min_size=1, max_size=3), seed=st.integers(0, 99))
@pytest.mark.parametrize("name", TOKENIZERS)
def test_any_text_gives_whole_words_only(name: str, texts: list[str], seed: int) -> None:
    grounding = ground(MADE[name], texts, max_tokens=10)
    chance = random.Random(seed)
    starts = [{start for start, _ in word_spans(text)} for text in texts]
    ends = [{end for _, end in word_spans(text)} for text in texts]
    for _ in range(10):
        run = walk(grounding, chance)
        assert bool(grounding.places(run)) == bool(run)
        for place in grounding.places(run):
            assert place.start in starts[place.evidence]
            assert place.end in ends[place.evidence]
            assert place.start < place.end
