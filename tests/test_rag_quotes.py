"""Quotes against the disk: the oracles are the file's bytes and the real ``sed -n``."""

from __future__ import annotations

import random
import shutil
import tempfile
import unicodedata
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rag_helpers import article, indexed, sed, sources, write

from index.types import Passage
from rag.quotes import Sources, check_quote, make_quote, quote_span
from rag.sentences import split_sentences
from rag.types import Quote

SEEDS = Path(__file__).parent.parent / "seeds"
SUBJECTS = ["Der Minister", "Pjöngjang", "„Süd Korea“", "Frau Dr. Müller", "Lawrow", "Die KCNA"]
VERBS = ["lieferte", "dementierte nicht", "verlegte am 24. Oktober", "bestätigte", "schickte z. B."]
OBJECTS = ["8.000 Soldaten", "3,5 Mio. Schuss", "12 Raketen 🚀", "keine Waffen", "Café-Möbel"]
SPEECH = ["„Das ist wahr. Es bleibt so.“", "»Nein. Nie!«", '"Wir gehen. Bald."', "“Ja. Gut.”"]
PRONOUNS = ["Er blieb.", "Sie ging nicht.", "An ihnen lag es.", "8000 von ihnen starben."]


def _sentence(rng: random.Random, number: int) -> str:
    subject, verb, thing = map(rng.choice, (SUBJECTS, VERBS, OBJECTS))
    plain = f"{subject} {verb} {thing} im Fall {number}."
    speech = f"{subject} sagte zu Fall {number}: {rng.choice(SPEECH)}"
    return rng.choice([plain, plain, speech, rng.choice(PRONOUNS)])


def _prose(rng: random.Random, lines: int) -> str:
    made, number = [], 0
    for _ in range(lines):
        count = rng.choice([0, 1, 2, 3, 4])
        made.append(" ".join(_sentence(rng, number + i) for i in range(count)))
        number += count
    return "\n".join(made)


def _corpus(folder: Path) -> Path:
    """Files with every trap that has moved an offset or a line number somewhere."""
    rng = random.Random(20241024)
    prose = {name: _prose(rng, 18) for name in "abcdefgh"}
    long_line = " ".join(_sentence(rng, n) for n in range(52_000))
    return write(
        folder,
        {
            "lf.txt": prose["a"] + "\n",
            "no newline at end.txt": prose["b"],
            "crlf.txt": prose["c"].replace("\n", "\r\n") + "\r\n",
            "bom.txt": "\ufeff" + prose["d"] + "\n",
            "bom_crlf.txt": "\ufeff" + prose["e"].replace("\n", "\r\n"),
            "u2028.txt": prose["f"].replace(". ", ".\u2028 ").replace("Fall", "Fall\x85\x0b\x0c"),
            "süd/nfd.txt": unicodedata.normalize("NFD", prose["g"]),
            "emoji.txt": prose["h"].replace("lieferte", "👩\u200d🚀 lieferte\u00a0🇰🇵"),
            "twin_1.txt": "Titel\n\nDer Zwilling hat 2 Zeilen. Er bleibt.\n",
            "twin_2.txt": "Titel\n\nDer Zwilling hat 2 Zeilen. Er bleibt.\n",
            "old_mac.txt": "Eine Zeile.\rDieselbe Zeile.\rUnd noch immer.\nDie zweite.",
            "long.txt": "Vorspann\n\n" + long_line + "\nNachsatz. Ende.",
        },
    )


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return _corpus(tmp_path_factory.mktemp("corpus"))


@pytest.fixture(scope="module")
def quotes(corpus: Path) -> dict[str, list[Quote]]:
    """Quotes by article: all sentences reached from passages, at most 60 of a file."""
    stamps, passages = indexed(corpus)
    reader = Sources(corpus, stamps)
    found: dict[str, dict[Quote, None]] = {name: {} for name in stamps}
    for passage in random.Random(1).sample(passages, len(passages)):
        loaded = reader.article(passage.article_id)
        assert loaded is not None
        if len(found[loaded.id]) < 60:
            for index in reader.sentences_of(passage):
                span = quote_span(loaded, reader.sentences(loaded), index)
                found[loaded.id][make_quote(loaded, *span)] = None
    assert reader.changed == {}
    return {name: list(made) for name, made in found.items()}


def test_enough_cases(corpus: Path, quotes: dict[str, list[Quote]]) -> None:
    assert sum(map(len, quotes.values())) >= 300
    assert min(map(len, quotes.values())) >= 2
    longest = max((corpus / "long.txt").read_bytes().split(b"\n"), key=len)
    assert len(longest) > 2_000_000


def test_quote_precision_is_one(corpus: Path, quotes: dict[str, list[Quote]]) -> None:
    """Each quote stands in the bytes of its file, at its offsets, and check_quote agrees."""
    wrong = []
    for name, made in quotes.items():
        raw = (corpus / name).read_bytes()
        text = raw.decode("utf-8")
        for quote in made:
            verbatim = text[quote.start : quote.end] == quote.text and quote.text.encode() in raw
            if not (quote.article_id == name and verbatim and check_quote(corpus, quote)):
                wrong.append(quote)
    assert wrong == []


def test_line_precision_is_one(corpus: Path, quotes: dict[str, list[Quote]]) -> None:
    """What sed prints for the lines holds the quote from its first line to its last."""
    wrong = []
    for name, made in quotes.items():
        printed = sed(corpus / name, [(q.line_start, q.line_end) for q in made])
        for quote, lines in zip(made, printed, strict=True):
            before, found, after = lines.decode("utf-8").partition(quote.text)
            in_first_line = "\n" not in before
            in_last_line = "\n" not in after.removesuffix("\n")
            if not (found and in_first_line and in_last_line):
                wrong.append(quote)
    assert wrong == []


def test_no_sentence_of_a_file_is_out_of_reach(corpus: Path) -> None:
    stamps, passages = indexed(corpus)
    reader = Sources(corpus, stamps)
    reached: dict[str, set[int]] = {name: set() for name in stamps}
    for passage in passages:
        if passage.article_id != "long.txt":
            reached[passage.article_id].update(reader.sentences_of(passage))
    for name in stamps.keys() - {"long.txt"}:
        loaded = reader.article(name)
        assert loaded is not None
        assert reached[name] == set(range(len(reader.sentences(loaded)))), name


def test_two_files_with_equal_content_are_told_apart(
    corpus: Path, quotes: dict[str, list[Quote]]
) -> None:
    first, second = quotes["twin_1.txt"], quotes["twin_2.txt"]
    assert {q.article_id for q in first} == {"twin_1.txt"}
    assert {replace(q, article_id="twin_1.txt") for q in second} == set(first)


@given(
    st.lists(
        st.one_of(
            st.sampled_from(["Er kam. ", "Ja! ", "„A. B.“ ", "\n", "\r\n", "\r", "\u2028", "\x85"]),
            st.sampled_from(["\ufeff", "\x0b", "\x0c", "\x1c", "e\u0301", "😀", "8.000 ", "Titel"]),
            st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=8),
        ),
        max_size=40,
    ).map("".join)
)
@settings(max_examples=60, deadline=None)
def test_any_text(text: str) -> None:
    """Every sentence of any text is a quote that sed and the bytes confirm."""
    with tempfile.TemporaryDirectory() as folder:
        path = write(Path(folder), {"a.txt": text}) / "a.txt"
        loaded = article(text)
        made = [make_quote(loaded, s.start, s.end) for s in split_sentences(text)]
        if not made:
            return
        assert all(check_quote(Path(folder), quote) for quote in made)
        printed = sed(path, [(q.line_start, q.line_end) for q in made])
        for quote, lines in zip(made, printed, strict=True):
            before, found, after = lines.decode("utf-8").partition(quote.text)
            assert found
            assert "\n" not in before + after.removesuffix("\n")


# --- faults that check_quote must find

FAULTS: dict[str, Callable[[Quote], Quote]] = {
    "first line too early": lambda q: replace(q, line_start=q.line_start - 1),
    "last line too late": lambda q: replace(q, line_end=q.line_end + 1),
    "lines shifted": lambda q: replace(q, line_start=q.line_start + 1, line_end=q.line_end + 1),
    "start too early": lambda q: replace(q, start=q.start - 1),
    "span shifted": lambda q: replace(q, start=q.start + 1, end=q.end + 1),
    "end too late": lambda q: replace(q, end=q.end + 1),
    "end far behind the file": lambda q: replace(q, end=q.end + 10**9),
    "text cut at the end": lambda q: replace(q, text=q.text[:-1]),
    "text longer": lambda q: replace(q, text=q.text + " "),
    "empty": lambda q: replace(q, text="", end=q.start),
    "another case": lambda q: replace(q, text=q.text.swapcase()),
    "other quotation marks": lambda q: replace(q, text=f"{q.text[:-1]}‟"),
    "another file": lambda q: replace(q, article_id="twin_1.txt"),
    "a missing file": lambda q: replace(q, article_id="missing.txt"),
    "a folder": lambda q: replace(q, article_id="süd"),
    "wrong sha256": lambda q: replace(q, sha256=q.sha256[:-1] + "x"),
    "no sha256": lambda q: replace(q, sha256=""),
}


@pytest.mark.parametrize("fault", sorted(FAULTS))
def test_a_fault_is_found(fault: str, corpus: Path, quotes: dict[str, list[Quote]]) -> None:
    rng = random.Random(fault)
    for name in quotes.keys() - {"long.txt", "twin_1.txt", "twin_2.txt"}:
        for quote in rng.sample(quotes[name], min(5, len(quotes[name]))):
            assert check_quote(corpus, quote)
            assert not check_quote(corpus, FAULTS[fault](quote)), quote


def test_offsets_from_the_end_of_the_file_are_a_fault(tmp_path: Path) -> None:
    """Python would read them: text[-4:-1] is a slice too."""
    text = "Er kam nicht. Sie ging."
    write(tmp_path, {"a.txt": text})
    quote = make_quote(article(text), 0, 13)
    assert check_quote(tmp_path, quote)
    size = len(text)
    assert not check_quote(tmp_path, replace(quote, start=-size, end=13 - size))


@pytest.mark.parametrize(
    ("true", "false"), [("8.000", "9.000"), (" nicht", ""), ("keine", "eine"), ("24.", "23.")]
)
def test_a_changed_fact_is_found(
    true: str, false: str, corpus: Path, quotes: dict[str, list[Quote]]
) -> None:
    """A digit, a negation: in the quote alone, and with offsets that fit the false text."""
    holding = [q for made in quotes.values() for q in made if true in q.text]
    assert len(holding) >= 5
    for quote in holding[:20]:
        forged = replace(quote, text=quote.text.replace(true, false, 1))
        assert not check_quote(corpus, forged)
        assert not check_quote(corpus, replace(forged, end=quote.start + len(forged.text)))


@pytest.mark.parametrize(
    ("name", "damage"),
    [
        ("truncated", lambda raw: raw[:-1]),
        ("grown", lambda raw: raw + b"\n"),
        ("a line in front", lambda raw: b"\n" + raw),
        ("BOM lost", lambda raw: raw.removeprefix(b"\xef\xbb\xbf")),
        ("a digit changed", lambda raw: raw.replace(b"Fall", b"Fell", 1)),
        ("emptied", lambda raw: b""),
        ("another encoding", lambda raw: raw.decode("utf-8").encode("utf-16")),
    ],
)
def test_a_damaged_file_proves_nothing(
    name: str, damage: Callable[[bytes], bytes], tmp_path: Path, corpus: Path,
    quotes: dict[str, list[Quote]],
) -> None:  # fmt: skip
    copy = tmp_path / "bom.txt"
    shutil.copyfile(corpus / "bom.txt", copy)
    made = quotes["bom.txt"]
    assert all(check_quote(tmp_path, quote) for quote in made)
    copy.write_bytes(damage(copy.read_bytes()))
    assert not any(check_quote(tmp_path, quote) for quote in made)


def test_a_deleted_or_renamed_file_proves_nothing(
    tmp_path: Path, quotes: dict[str, list[Quote]], corpus: Path
) -> None:
    copy = tmp_path / "lf.txt"
    shutil.copyfile(corpus / "lf.txt", copy)
    assert all(check_quote(tmp_path, quote) for quote in quotes["lf.txt"])
    copy.rename(tmp_path / "other.txt")
    assert not any(check_quote(tmp_path, quote) for quote in quotes["lf.txt"])
    (tmp_path / "other.txt").unlink()
    assert not any(check_quote(tmp_path, quote) for quote in quotes["lf.txt"])


# --- what a quote takes in


def _quoted(text: str, begins: str) -> str:
    """What is quoted for the sentence that begins so."""
    loaded = article(text)
    sentences = split_sentences(text)
    index = next(i for i, s in enumerate(sentences) if text.startswith(begins, s.start))
    start, end = quote_span(loaded, sentences, index)
    return text[start:end]


@pytest.mark.parametrize("gap", [" ", "\n", "\n\n", "\r\n\r\n"])
@pytest.mark.parametrize("speech", ["„Wir gehen. Bald.“", "»Wir gehen.«", '"Wir gehen."'])
def test_speech_brings_its_introduction(gap: str, speech: str) -> None:
    text = f"Es regnete. NIS fügte hinzu:{gap}{speech}{gap}Danach schwieg er."
    assert _quoted(text, speech[:4] if gap != " " else "NIS") == f"NIS fügte hinzu:{gap}{speech}"


@pytest.mark.parametrize(
    "sentence",
    [
        "Er ging.",
        "Sie blieb nicht.",
        "Diese Angaben stimmen nicht.",
        "Dabei blieb es.",
        "Beide gaben eine Erklärung ab.",
        "Dessen Sprecher schwieg.",
        "An ihnen nahm keiner teil.",
        "8000 von ihnen sind in Kursk.",
        "Auch er kam.",
        "Danach sagte sie ab.",
        "Später blieb er weg.",
    ],
)
def test_a_pronoun_brings_the_sentence_before(sentence: str) -> None:
    text = f"Die Lage ist ernst. Lawrow traf Choe. {sentence} Ende."
    assert _quoted(text, sentence) == f"Lawrow traf Choe. {sentence}"


@pytest.mark.parametrize(
    "sentence",
    [
        "Lawrow ging.",
        "Lawrow sagte, er gehe.",
        "Die Ernte war gut.",
        "Im Juni kam Putin.",
        "8000 Soldaten kamen.",
    ],
)
def test_a_sentence_that_names_its_subject_stands_alone(sentence: str) -> None:
    assert _quoted(f"Choe kam. {sentence} Ende.", sentence) == sentence


def test_nothing_is_taken_in_across_paragraphs_or_from_headings() -> None:
    text = "Putin reist\nEr kommt am Montag. Er bleibt.\n\nEr schweigt.\n"
    assert _quoted(text, "Er kommt") == "Er kommt am Montag."
    assert _quoted(text, "Er bleibt") == "Er kommt am Montag. Er bleibt."
    assert _quoted(text, "Er schweigt") == "Er schweigt."


@pytest.mark.parametrize(
    ("name", "begins", "source", "first", "last"),
    [
        ("002", '"Nordkoreanische Führ', "16-18", "NIS fügte hinzu:", 'weitergibt."'),
        ("000", "“Der ehrenwerte", "1-2", "Die Außenministerin zitierte", "Kameraden stehen.”"),
        ("002", "Sie diskutierten", "12", "Am Tag zuvor, dem 5. November,", "berichtete die KCNA."),
        ("001", "8000 von ihnen", "6", "Die US-Regierung geht laut", "eingreifen."),
        ("004", "Laut dem südk", "12", "Laut dem südkoreanischen", "Munition an Russland."),
        ("003", "Dies schließt", "4", "Dies schließt das", "Bedrohungen vorsieht."),
    ],
)
def test_in_the_seeds(name: str, begins: str, source: str, first: str, last: str) -> None:
    article_id = next(SEEDS.glob(f"{name}_*.txt")).name
    reader = sources(SEEDS)
    loaded = reader.article(article_id)
    assert loaded is not None
    found = reader.sentences(loaded)
    index = next(i for i, s in enumerate(found) if loaded.text.startswith(begins, s.start))
    quote = make_quote(loaded, *quote_span(loaded, found, index))
    assert quote.source == f"{article_id}:{source}"
    assert quote.text.startswith(first)
    assert quote.text.endswith(last)
    assert check_quote(SEEDS, quote)


# --- files that changed since they were indexed

OLD = (
    "Titel\n\nNordkorea lieferte 8.000 Container. Lawrow dankte nicht.\n"
    "Choe reiste am 24. Oktober nach Moskau. Sie blieb zwei Tage.\n"
)


def _offered(folder: Path, old: Sources, passages: list[Passage]) -> list[Quote]:
    """All quotes that the passages of an old index still give."""
    made: dict[Quote, None] = {}
    for passage in passages:
        loaded = old.article(passage.article_id)
        for index in old.sentences_of(passage):
            assert loaded is not None
            sentence = old.sentences(loaded)[index]
            made[make_quote(loaded, sentence.start, sentence.end)] = None
    assert all(check_quote(folder, quote) for quote in made)
    return list(made)


def _edited(
    folder: Path, old_text: str, new_text: str | bytes | None
) -> tuple[Sources, list[Passage]]:
    write(folder, {"a.txt": old_text})
    stamps, passages = indexed(folder)
    (folder / "a.txt").unlink()
    if new_text is not None:
        write(folder, {"a.txt": new_text})
    return Sources(folder, stamps), passages


def test_an_unchanged_sentence_is_found_at_its_new_place(tmp_path: Path) -> None:
    new = "\ufeffNeuer Titel\r\n\r\nEin Satz davor.\r\n" + OLD.replace("8.000", "9.000")
    old, passages = _edited(tmp_path, OLD, new)
    offered = {quote.text: quote for quote in _offered(tmp_path, old, passages)}
    assert set(offered) == {
        "Titel",
        "Lawrow dankte nicht.",
        "Choe reiste am 24. Oktober nach Moskau.",
        "Sie blieb zwei Tage.",
    }
    assert offered["Lawrow dankte nicht."].source == "a.txt:6"
    assert offered["Sie blieb zwei Tage."].source == "a.txt:7"
    assert sed(tmp_path / "a.txt", [(6, 6), (7, 7)]) == [
        b"Nordkorea lieferte 9.000 Container. Lawrow dankte nicht.\n",
        b"Choe reiste am 24. Oktober nach Moskau. Sie blieb zwei Tage.\n",
    ]
    assert list(old.changed) == ["a.txt"]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("8.000", "80.000"),
        (" dankte nicht", " dankte"),
        ("24.", "25."),
        ("Lawrow", "Lavrov"),
        ("zwei Tage", "zwei Tage lang"),
        ("Choe reiste", "Es heißt, Choe reiste"),
    ],
)
def test_a_changed_sentence_is_never_offered(tmp_path: Path, old: str, new: str) -> None:
    reader, passages = _edited(tmp_path, OLD, OLD.replace(old, new))
    offered = [quote.text for quote in _offered(tmp_path, reader, passages)]
    kept = [s for s in split_sentences(OLD) if old not in OLD[s.start : s.end]]
    assert offered == [OLD[s.start : s.end] for s in kept]
    assert len(offered) == 4


@pytest.mark.parametrize(
    ("new", "reason"),
    [
        (None, "cannot be read"),
        ("", "no text"),
        (b"\xff\xfeA\x00", "UTF-16"),
        (b"\xe4\xf6", "UTF-8"),
    ],
)
def test_a_missing_or_unreadable_article_gives_no_quote(
    tmp_path: Path, new: str | bytes | None, reason: str
) -> None:
    reader, passages = _edited(tmp_path, OLD, new)
    assert _offered(tmp_path, reader, passages) == []
    assert reader.article("a.txt") is None
    assert reason in reader.changed["a.txt"]


def test_a_renamed_article_gives_no_quote_under_its_old_name(tmp_path: Path) -> None:
    write(tmp_path, {"a.txt": OLD, "b.txt": "Ein anderer Satz."})
    stamps, passages = indexed(tmp_path)
    (tmp_path / "a.txt").rename(tmp_path / "c.txt")
    reader = Sources(tmp_path, stamps)
    assert {q.article_id for q in _offered(tmp_path, reader, passages)} == {"b.txt"}
    assert set(reader.changed) == {"a.txt"}


def test_swapped_files_give_no_quote_of_each_other(tmp_path: Path) -> None:
    write(tmp_path, {"a.txt": "Er kam aus Köln.", "b.txt": "Sie kam aus Bonn."})
    stamps, passages = indexed(tmp_path)
    write(tmp_path, {"a.txt": "Sie kam aus Bonn.", "b.txt": "Er kam aus Köln."})
    reader = Sources(tmp_path, stamps)
    assert _offered(tmp_path, reader, passages) == []
    assert set(reader.changed) == {"a.txt", "b.txt"}


FACTS = [f"Am {n}. Mai kamen {n * 1000 + 7} Soldaten nicht nach Kursk." for n in range(1, 9)]
FACT_LINES = st.lists(
    st.lists(st.sampled_from(FACTS), min_size=1, max_size=3), min_size=1, max_size=5
)


@given(FACT_LINES, FACT_LINES, st.sampled_from(["\n", "\r\n", "\n\n"]))
@settings(max_examples=80, deadline=None)
def test_of_any_edit_exactly_the_common_sentences_are_offered(
    before: list[list[str]], after: list[list[str]], newline: str
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        new_text = newline.join(" ".join(line) for line in after)
        old, passages = _edited(root, "\n".join(" ".join(line) for line in before), new_text)
        offered = _offered(root, old, passages)
        common = {fact for line in before for fact in line}
        assert [quote.text for quote in sorted(offered, key=lambda q: q.start)] == [
            fact for line in after for fact in line if fact in common
        ]
        for quote, lines in zip(
            offered, sed(root / "a.txt", [(q.line_start, q.line_end) for q in offered]), strict=True
        ):
            assert quote.text.encode() in lines
            assert lines.count(b"\n") <= 1
