"""Chains and pieces against a brute force over all spans, and worked by hand."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pytest
import tiny_drafter
import tiny_seq2seq

from rag.chains import Chain, Piece, chain_from, pieces_of, whole_piece
from rag.sentences import split_sentences
from rag.seq2seqmodel import encode
from rag.texttokens import NO_TOKEN, Encoded
from rag.wordspans import word_spans

EOS = 2
TEXTS = (
    "Das ist viel, das ist der Turm und das ist viel",
    "Er sagte: „Das ist viel“, und „Das ist Köln“.",
    "Ende.Der Turm (das Wort)(der Turm) ist viel",
    "ﬁn ½\u202fm² und ½\u202fm³\r\n👍🏽 und 👍 in Köln–Bonn 8.000 Container",
    tiny_seq2seq.TEXTS[0],
)
NEWS = (
    "\ufeffDer Bürgermeister\r\n\r\nIn Köln lachten 👩‍👧 und 👍🏽 über „Größe“. Er sagte: „Das ist"
    " viel.“ Die Straße war gesperrt!\r\nÄpfel kosten 3,5 Euro. »Nein«, rief der Präsident am 24."
    " Oktober. Übrigens: Muni\u00adtion fehlt."
)


@pytest.fixture(scope="module")
def tokenizer(tmp_path_factory: pytest.TempPathFactory) -> Any:
    return tiny_drafter.load(tiny_drafter.save(tmp_path_factory.mktemp("drafter"))).tokenizer


def words_of(text: str, ids: tuple[int, ...]) -> Encoded:
    """One token for each run without a blank."""
    places, at = [], 0
    for word in text.split():
        at = text.index(word, at)
        places.append((at, at + len(word)))
        at += len(word)
    return Encoded(ids, tuple(places))


def spans_of(piece: Piece) -> set[tuple[int, int]]:
    return {(b, e) for b in piece.begins for e in piece.ends if 0 <= b < e}


def runs(piece: Piece) -> set[tuple[int, ...]]:
    """The tokens of all spans."""
    size = len(piece.ids)
    return {
        piece.ids[k : last + 1]
        for k in range(size)
        for last in range(k, size)
        if 0 <= piece.begins[k] < piece.ends[last]
    }


@pytest.mark.parametrize("text", TEXTS)
def test_choices_are_those_of_all_spans(tokenizer: Any, text: str) -> None:
    piece = whole_piece(0, text, encode(tokenizer, [text])[0])
    spans = runs(piece)
    starts = [k for k, begin in enumerate(piece.begins) if begin >= 0]
    assert {span[0] for span in spans} == set(piece.entries)
    for start in starts:
        chain = chain_from(piece, 0, start, 1000, EOS)
        stop = max(k for k, end in enumerate(piece.ends) if end >= 0) + 1
        assert (chain.piece, chain.start, chain.tokens) == (0, start, piece.ids[start:stop])
        for step, choice in enumerate(chain.choices):
            prefix = chain.tokens[: step + 1]
            after = {span[step + 1] for span in spans if span[:-1][: step + 1] == prefix}
            wanted = after | ({EOS} if prefix in spans else set())
            first = (*chain.tokens[step + 1 :], EOS)[0]
            assert choice == (first, *sorted(wanted - {first}))


def test_all_spans_are_the_pairs_of_words(tokenizer: Any) -> None:
    for text in TEXTS:
        piece = whole_piece(0, text, encode(tokenizer, [text])[0])
        starts, ends = zip(*word_spans(text), strict=True)
        assert spans_of(piece) == {(start, end) for start in starts for end in ends if start < end}


def test_a_chain_worked_by_hand() -> None:
    text = "ja so ja da"
    piece = whole_piece(3, text, words_of(text, (11, 10, 11, 12)))
    assert piece == Piece(3, (11, 10, 11, 12), (0, 3, 6, 9), (2, 5, 8, 11))
    assert piece.entries == (10, 11, 12)
    # "ja" may end, or go on with "so" or "da"; after "ja so" only the first place is left
    choices = ((10, EOS, 12), (11, EOS), (12, EOS), (EOS,))
    assert chain_from(piece, 7, 0, 9, EOS) == Chain(7, 0, (11, 10, 11, 12), choices)
    assert chain_from(piece, 7, 0, 2, EOS) == Chain(7, 0, (11, 10), ((10, EOS, 12), (EOS, 11)))
    assert chain_from(piece, 7, 2, 9, EOS) == Chain(7, 2, (11, 12), ((12, EOS, 10), (EOS,)))


def test_a_span_does_not_end_before_it_begins() -> None:
    text = "Ende.Der Rest"  # the full stop touches the words on both sides
    places = ((0, 4), (4, 5), (5, 8), (8, 13))
    piece = whole_piece(0, text, Encoded((10, 11, 12, 13), places))
    assert piece == Piece(0, (10, 11, 12, 13), (0, 5, 5, 9), (4, 4, 8, 13))
    assert chain_from(piece, 0, 1, 9, EOS).choices == ((12,), (13, EOS), (EOS,))
    assert chain_from(piece, 0, 0, 9, EOS).choices[:2] == ((11, EOS), (12, EOS))


def test_no_span_crosses_a_token_without_a_place() -> None:
    text = "ja so da ja so er"
    piece = whole_piece(0, text, words_of(text, (10, 11, NO_TOKEN, 10, 11, 12)))
    assert piece.begins == (0, 3, -1, 9, 12, 15)
    assert piece.ends == (2, 5, -1, 11, 14, 17)
    assert piece.entries == (10, 11, 12)
    assert chain_from(piece, 0, 0, 9, EOS) == Chain(0, 0, (10, 11), ((11, EOS), (EOS, 12)))


def sentences_in(text: str, piece: Piece) -> list[int]:
    """Numbers of the sentences that stand in a piece whole; no part of another does."""
    said = {at for pair in spans_of(piece) for at in pair}
    found = []
    for number, sentence in enumerate(split_sentences(text)):
        words = [w for w in word_spans(text) if sentence.start <= w[0] < sentence.end]
        whole = {start in said and end in said for start, end in words}
        assert len(whole) == 1
        found += [number] * whole.pop()
    return found


@pytest.mark.parametrize(
    ("chars", "expected"),
    [
        (11, [[0, 1], [1, 2], [2], [3]]),
        (1, [[0], [1], [2], [3]]),
        (17, [[0, 1, 2], [2], [3]]),
        (99, [[0, 1, 2, 3]]),
    ],
)
def test_windows_worked_by_hand(tokenizer: Any, chars: int, expected: list[list[int]]) -> None:
    text = "Eins. Zwei. Drei. Vier und mehr."
    encoded = encode(tokenizer, [text])[0]
    pieces = list(pieces_of(5, text, encoded, chars=chars, room=999, overlap=9))
    assert [sentences_in(text, piece) for piece in pieces] == expected
    assert {piece.evidence for piece in pieces} == {5}


@pytest.mark.parametrize("chars", [1, 40, 80, 120, 200, 1000])
@pytest.mark.parametrize("text", [NEWS, "\r\n\r\n".join(TEXTS), NEWS.replace(". ", ".\n\n")])
def test_windows_cover_every_sentence_and_share_one(tokenizer: Any, text: str, chars: int) -> None:
    encoded = encode(tokenizer, [text])[0]
    pieces = list(pieces_of(0, text, encoded, chars=chars, room=999, overlap=9))
    sentences = split_sentences(text)
    held = [sentences_in(text, piece) for piece in pieces]
    assert sorted({n for numbers in held for n in numbers}) == list(range(len(sentences)))
    for numbers, piece in zip(held, pieces, strict=True):
        assert numbers == list(range(numbers[0], numbers[-1] + 1))
        assert len(numbers) == 1 or (
            sentences[numbers[-1]].end - sentences[numbers[0]].start <= chars
        )
        for start, end in spans_of(piece):
            tiny_seq2seq.assert_whole(text, start, end)
    for before, after in pairwise(held):
        assert after[0] == (before[-1] if len(before) > 1 else before[-1] + 1)


def test_a_window_holds_its_first_word_as_the_text_alone_does(tokenizer: Any) -> None:
    text = "Ja. Der Turm ist hoch. Bonn ist viel.\r\nDas „Wort“."
    encoded = encode(tokenizer, [text])[0]
    pieces = list(pieces_of(0, text, encoded, chars=1, room=999, overlap=9))
    alone = encode(tokenizer, ["Ja.", "Der Turm ist hoch.", "Bonn ist viel.", "Das „Wort“."])
    assert [piece.ids for piece in pieces] == [found.ids for found in alone]
    assert [piece.begins[0] for piece in pieces] == [0, 4, 23, 39]  # "▁Der", "▁" before "Bonn"


def test_a_long_sentence_is_cut_with_overlap_and_loses_no_token() -> None:
    text = "Größe „wächst“ " * 100
    ids = tuple(range(100, 300))
    encoded = words_of(text, ids)
    pieces = list(pieces_of(0, text, encoded, chars=50, room=64, overlap=20))
    whole = whole_piece(0, text, encoded)
    # 44 tokens on each time: 0, 44, 88, 132; the fourth reaches the last token
    parts = [slice(0, 64), slice(44, 108), slice(88, 152), slice(132, 196), slice(176, 200)]
    assert pieces == [Piece(0, ids[p], whole.begins[p], whole.ends[p]) for p in parts]


@pytest.mark.parametrize("tokens", [1, 63, 64, 65, 84, 85, 108, 109])
def test_cuts_meet_at_any_length(tokens: int) -> None:
    text = "wort " * tokens
    ids = tuple(range(100, 100 + tokens))
    pieces = list(pieces_of(0, text, words_of(text, ids), chars=50, room=64, overlap=20))
    joined = pieces[0].ids
    for piece in pieces[1:]:
        assert piece.ids[:20] == joined[-20:]
        joined += piece.ids[20:]
    assert joined == ids
    assert max(len(piece.ids) for piece in pieces) <= 64


def test_nothing_leads_where_no_span_can_end() -> None:
    text = "Der (Tag) –"  # " (" begins "Tag" and ends "Der"; the dash ends no word
    places = ((0, 3), (3, 5), (5, 6), (6, 8), (8, 9), (9, 10), (10, 11))
    encoded = Encoded(tuple(range(10, 17)), places)
    piece = whole_piece(0, text, encoded)
    begins, ends = (0, 5, 5, -1, -1, -1, -1), (3, 3, -1, 8, 8, -1, -1)
    assert piece == Piece(0, encoded.ids, begins, ends)
    chain = Chain(0, 1, (11, 12, 13, 14), ((12,), (13,), (14, EOS), (EOS,)))
    assert chain_from(piece, 0, 1, 9, EOS) == chain
    assert list(pieces_of(0, text, encoded, chars=99, room=4, overlap=2)) == [
        Piece(0, encoded.ids[:4], begins[:4], ends[:4]),
        Piece(0, encoded.ids[2:6], begins[2:6], ends[2:6]),
        Piece(0, encoded.ids[4:], begins[4:], ends[4:]),
    ]
    cut, *_ = pieces_of(0, text, encoded, chars=99, room=3, overlap=1)  # within "Tag"
    assert cut == Piece(0, encoded.ids[:3], (0, -1, -1), ends[:3])
    assert chain_from(cut, 0, 0, 9, EOS) == Chain(0, 0, (10, 11), ((11, EOS), (EOS,)))


@pytest.mark.parametrize("text", ["", " \r\n", "…"])
def test_a_text_without_words_has_no_entries(tokenizer: Any, text: str) -> None:
    encoded = encode(tokenizer, [text])[0]
    pieces = list(pieces_of(0, text, encoded, chars=50, room=64, overlap=20))
    assert [piece.entries for piece in pieces] == [()] * len(pieces)
