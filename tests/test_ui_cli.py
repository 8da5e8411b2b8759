"""The command line as a user meets it: messages, exit codes, and never a wrong quote."""

import gc
import json
import os
import re
import shutil
import subprocess
import sys
import unicodedata
from contextlib import closing
from dataclasses import asdict, dataclass
from itertools import product
from pathlib import Path

import pytest
from fakes import ARTICLES, generation, permissions_refuse, resign, write_corpus

from index.embed import PACKAGED, load_embedder
from index.store import Snapshot
from index.sync import sync
from rag.question import read_question
from ui.cli import main

PROJECT = Path(__file__).parent.parent
BROAD = "Worum geht es in den Artikeln?"
REPAIR = "beleg index --full"
SYNC = "beleg index"


@dataclass
class Done:
    """What a run of the command left: exit code and both streams."""

    code: int
    out: str
    err: str

    @property
    def said(self) -> str:
        return self.out + self.err


class Beleg:
    """Runs the command in a folder that holds ``corpus``."""

    def __init__(self, folder, model, capsys):
        self.corpus, self.index = folder / "corpus", folder / "index"
        self.cache, self.model, self.capsys = folder / "cache", model, capsys

    def __call__(self, command, *arguments, **changed):
        places = {
            "--corpus": self.corpus,
            "--index": self.index,
            "--cache": self.cache,
            "--embedder": self.model,
        } | {f"--{name}": value for name, value in changed.items()}
        if command == "ask":
            places = {"--drafter": "none"} | places
        named = [str(part) for place in places.items() for part in place]
        self.capsys.readouterr()
        code = main([command, *named, *arguments])
        streams = self.capsys.readouterr()
        assert "Traceback" not in streams.out + streams.err
        return Done(code, streams.out, streams.err)

    def ask(self, question):
        return self("ask", question)

    def indexed(self):
        """Ids of the articles in the index."""
        with closing(Snapshot.open(self.index, None)) as snapshot:
            return sorted(snapshot.stamps())


@pytest.fixture
def beleg(tmp_path, tiny_model, capsys, monkeypatch):
    for name in ("BELEG_CORPUS", "BELEG_INDEX", "BELEG_CACHE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("BELEG_LANG", "en")
    return Beleg(tmp_path, tiny_model, capsys)


@pytest.fixture(scope="session")
def prepared(tmp_path_factory, tiny_model):
    """A corpus and its index, to be copied."""
    folder = tmp_path_factory.mktemp("prepared")
    write_corpus(folder / "corpus")
    embedder = load_embedder(str(tiny_model), cache=folder)
    sync(folder / "corpus", folder / "index", embedder.identity, lambda: embedder)
    return folder


@pytest.fixture
def filled(beleg, prepared):
    shutil.copytree(prepared / "corpus", beleg.corpus)
    shutil.copytree(prepared / "index", beleg.index)
    return beleg


def refused(done, *parts):
    """An error with a remedy on standard error, and nothing on standard output."""
    assert done.code == 1
    assert done.out == ""
    assert done.err.startswith("error: ")
    assert "\nhint: " in done.err
    for part in parts:
        assert str(part) in done.err


PLACE = re.compile(
    r"^ +(?P<also>also |ebenso )?(?P<path>.*\.txt):(?P<first>\d+)(?:-(?P<last>\d+))?$"
)


def quotes_in(text):
    """The quotes of a text answer: (lines of the quote, path, first line, last line)."""
    found, quote = [], []
    for line in text.splitlines():
        match = PLACE.match(line)
        if match:
            lines = [] if match["also"] else quote
            found.append((lines, match["path"], match["first"], match["last"] or match["first"]))
            quote = []
        elif line.startswith(("[", "    ", "  – ")):
            quote.append(re.sub(r"^(\[\d+\]|  –)? *", "", line))
    return found


def sed(path, first, last):
    """Lines of a file as sed prints them."""
    command = ["sed", "-n", f"{first},{last}p", path]
    return subprocess.run(command, capture_output=True, check=True).stdout.decode("utf-8")


def quotes_in_json(value):
    """Every value in a JSON answer that claims to be a place in a file."""
    if isinstance(value, dict):
        if {"sha256", "start", "end", "text"} <= value.keys():
            yield value
        for inner in value.values():
            yield from quotes_in_json(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from quotes_in_json(inner)


def row(text, label):
    """The numbers of one row of the table of a sync."""
    return re.search(rf"^{label} +(\S.*)$", text, re.M)[1].split()


class TestIndex:
    def test_says_what_it_did(self, beleg):
        write_corpus(beleg.corpus)
        done = beleg("index")
        assert (done.code, done.err) == (0, "")
        assert row(done.out, "added") == ["3", "5", "0", "5"]
        assert row(done.out, "in the index")[:4] == ["3", "5", "0", "5"]
        assert "  added: süd/präsident.txt\n" in done.out
        again = beleg("index")
        assert again.code == 0
        assert row(again.out, "unchanged") == ["3", "5", "5", "0"]
        assert row(again.out, "in the index")[:4] == ["3", "5", "5", "0"]

    def test_speaks_german_where_it_is_asked_to(self, beleg, monkeypatch):
        write_corpus(beleg.corpus)
        monkeypatch.setenv("BELEG_LANG", "de_DE.UTF-8")
        assert row(beleg("index").out, "neu") == ["3", "5", "0", "5"]

    def test_tells_all_kinds_of_change(self, filled):
        (filled.corpus / "wetter.txt").rename(filled.corpus / "klima.txt")
        (filled.corpus / "munition.txt").unlink()
        write_corpus(filled.corpus, {"süd/präsident.txt": b"Anders.\r\n", "neu.txt": b"Neu."})
        done = filled("index")
        assert row(done.out, "added") == ["1", "1", "0", "1"]
        assert row(done.out, "changed") == ["1", "1", "0", "1"]
        assert row(done.out, "removed") == ["1", "2", "–", "–"]
        assert row(done.out, "renamed") == ["1", "1", "1", "0"]
        assert "  renamed: wetter.txt → klima.txt\n" in done.out
        assert filled.indexed() == ["klima.txt", "neu.txt", "süd/präsident.txt"]

    def test_environment_names_the_folders(self, beleg, monkeypatch, tmp_path):
        write_corpus(beleg.corpus)
        monkeypatch.setenv("BELEG_CORPUS", str(beleg.corpus))
        monkeypatch.setenv("BELEG_INDEX", str(tmp_path / "ix"))
        monkeypatch.setenv("BELEG_CACHE", str(tmp_path / "cache"))
        assert main(["index", "--embedder", str(beleg.model)]) == 0
        assert (tmp_path / "ix/CURRENT").exists()

    def test_a_place_that_cannot_be_written(self, beleg, tmp_path):
        write_corpus(beleg.corpus)
        (tmp_path / "index").write_bytes(b"a file")
        refused(beleg("index"), tmp_path / "index", "cannot be written", "--index")


def test_a_folder_to_watch_must_be_there(beleg):
    refused(beleg("index", "--watch"), beleg.corpus, "cannot list the folder")


class TestDryRun:
    def test_names_every_change_and_writes_nothing(self, filled):
        (filled.corpus / "wetter.txt").rename(filled.corpus / "klima.txt")
        (filled.corpus / "munition.txt").unlink()
        write_corpus(filled.corpus, {f"neu{n:02}.txt": f"Neu {n}.".encode() for n in range(25)})
        done = filled("index", "--dry-run")
        assert (done.code, done.err) == (0, "")
        assert done.out.startswith("Dry run: nothing was written.\n")
        assert row(done.out, "added") == ["25", "25", "0", "25"]
        assert all(f"  added: neu{n:02}.txt\n" in done.out for n in range(25))
        assert filled.indexed() == sorted(ARTICLES)
        real = filled("index").out
        for label in ("added", "removed", "renamed", "unchanged"):
            assert row(real, label) == row(done.out, label)

    def test_needs_no_index(self, beleg):
        write_corpus(beleg.corpus)
        done = beleg("index", "--dry-run", "--json")
        assert (done.code, json.loads(done.out)["table"]["added"]["embedded"]) == (0, 5)
        assert json.loads(done.out)["dry_run"] is True
        assert not beleg.index.exists()

    def test_of_a_full_build(self, filled):
        done = filled("index", "--dry-run", "--full")
        assert row(done.out, "added") == ["3", "5", "5", "0"]  # vectors are reused

    def test_ends_like_the_sync_with_an_article_that_cannot_be_read(self, filled):
        write_corpus(filled.corpus, {"bild.txt": b"\xff"})
        done = filled("index", "--dry-run")
        assert done.code == 1
        assert "Left out: bild.txt: " in done.out


class TestFolder:
    @pytest.mark.parametrize("command", ["index", "ask", "search"])
    @pytest.mark.parametrize("kind", ["missing", "empty", "file", "no text files"])
    def test_without_articles_is_refused(self, beleg, command, kind):
        if kind in ("empty", "no text files"):
            beleg.corpus.mkdir()
        if kind == "no text files":
            (beleg.corpus / "bild.jpg").write_bytes(b"\xff\xd8")
        if kind == "file":
            beleg.corpus.write_bytes(b"Text")
        done = beleg(command, *([] if command == "index" else ["Wer traf den Kanzler?"]))
        refused(done, beleg.corpus, "*.txt")
        assert not beleg.index.exists()

    @pytest.mark.parametrize("command", ["index", "ask"])
    def test_without_one_readable_article_is_refused(self, beleg, command):
        write_corpus(beleg.corpus, {"a.txt": "Präsident".encode("cp1252"), "b.txt": b""})
        done = beleg(command, *([] if command == "index" else ["Wer traf den Kanzler?"]))
        refused(done, beleg.corpus, "none of 2 articles can be read", "a.txt", "byte 2", "b.txt")

    @pytest.mark.parametrize("question", [BROAD, "Wie viele Container?"])
    def test_that_went_away_after_indexing_gives_no_quote(self, filled, question, tmp_path):
        filled.corpus.rename(tmp_path / "elsewhere")
        done = filled.ask(question)
        refused(done, filled.corpus)
        assert "8.000" not in done.said


BAD = {
    "cp1252": ("Ein Präsident".encode("cp1252"), ["byte 6", "iconv -f WINDOWS-1252"]),
    "UTF-16": ("Präsident".encode("utf-16"), ["byte 0", "UTF-16", "iconv -f UTF-16"]),
    "UTF-16 without BOM": ("Text".encode("utf-16-le"), ["byte 1", "NUL", "iconv -f UTF-16LE"]),
    "NUL": ("Größe\0".encode(), ["byte 7", "NUL"]),
    "empty": (b"", ["no text in it (0 bytes)", "delete the file"]),
    "white space": (b"\r\n \r\n", ["white space only"]),
}


class TestOneBadArticle:
    @pytest.mark.parametrize(("data", "parts"), BAD.values(), ids=BAD)
    def test_is_named_with_a_remedy_and_the_others_are_indexed(self, beleg, data, parts):
        write_corpus(beleg.corpus, ARTICLES | {"ärger.txt": data})
        done = beleg("index")
        assert done.code == 1
        assert "Left out: ärger.txt: " in done.said
        assert "Remedy: " in done.said
        for part in parts:
            assert part in done.said
        assert row(done.out, "added")[0] == "3"
        assert beleg.indexed() == sorted(ARTICLES)
        again = beleg("index")  # nothing to do, but it is not forgotten
        assert again.code == 1
        assert "ärger.txt" in again.said

    @pytest.mark.parametrize(("data", "parts"), BAD.values(), ids=BAD)
    def test_does_not_stop_a_question(self, beleg, data, parts):
        write_corpus(beleg.corpus, ARTICLES | {"ärger.txt": data})
        done = beleg.ask(BROAD)
        assert done.code == 0
        assert "ärger.txt" in done.err
        assert len(quotes_in(done.out)) == 3

    def test_without_permission(self, beleg):
        write_corpus(beleg.corpus, ARTICLES | {"ärger.txt": b"Text"})
        (beleg.corpus / "ärger.txt").chmod(0)
        with permissions_refuse():
            done = beleg("index")
        assert done.code == 1
        assert "ärger.txt: cannot be read: Permission denied" in done.said
        assert "chmod u+r" in done.said
        assert beleg.indexed() == sorted(ARTICLES)

    def test_that_was_good_before_is_taken_out(self, filled):
        (filled.corpus / "munition.txt").write_bytes("Größe".encode("cp1252"))
        done = filled("index")
        assert done.code == 1
        assert row(done.out, "removed")[0] == "1"
        assert "munition.txt" not in filled.indexed()

    def test_the_remedy_works(self, beleg):
        data = "Der Präsident sprach über Öl.".encode("cp1252")
        write_corpus(beleg.corpus, {"gut.txt": b"Text.", "mit Leer'zeichen.txt": data})
        done = beleg("index")
        command = re.search(r"iconv .*", done.said)[0]
        subprocess.run(command, shell=True, check=True)
        assert beleg("index").code == 0
        assert beleg.indexed() == ["gut.txt", "mit Leer'zeichen.txt"]


class TestLinks:
    def test_out_of_the_root_is_said_once_and_not_followed(self, beleg, tmp_path):
        write_corpus(beleg.corpus)
        write_corpus(tmp_path / "secret", {"geheim.txt": b"Geheimnis"})
        (beleg.corpus / "fremd.txt").symlink_to(tmp_path / "secret/geheim.txt")
        (beleg.corpus / "ordner").symlink_to(tmp_path / "secret")
        done = beleg("index")
        assert done.code == 0
        assert done.said.count("fremd.txt: a link that leads out of the folder") == 1
        assert done.said.count("ordner: a link that leads out of the folder") == 1
        assert beleg.indexed() == sorted(ARTICLES)

    def test_loops_are_said_once(self, beleg):
        write_corpus(beleg.corpus)
        (beleg.corpus / "kreis.txt").symlink_to("kreis.txt")
        (beleg.corpus / "süd/oben").symlink_to("..")
        done = beleg("index")
        assert done.code == 0
        assert done.said.count("kreis.txt: ") == 1
        assert done.said.count("süd/oben: ") == 1
        assert beleg.indexed() == sorted(ARTICLES)


COMMANDS = [("ask", BROAD), ("search", "Container"), ("index",)]


class TestDamagedIndex:
    @pytest.mark.parametrize("command", [*COMMANDS, ("check",)], ids=" ".join)
    def test_of_another_model(self, filled, command, tmp_path):
        from safetensors.numpy import load_file, save_file

        other = shutil.copytree(filled.model, tmp_path / "other")
        weights = load_file(other / "model.safetensors")
        for weight in weights.values():
            weight.flat[0] += 1
        save_file(weights, other / "model.safetensors", metadata={"format": "pt"})
        refused(filled(*command, embedder=other), "another model: tiny (", "other (", REPAIR)
        assert filled(*command).code == 0

    @pytest.mark.parametrize("command", [*COMMANDS, ("check",)], ids=" ".join)
    def test_of_another_format(self, filled, command):
        resign(filled.index, lambda manifest: manifest.update(format=1))
        refused(filled(*command), "another format version: 1 in the index, 4 now", REPAIR)

    @pytest.mark.parametrize(
        ("name", "damage"),
        [
            ("CURRENT", "flipped"),
            ("CURRENT", "truncated"),  # without CURRENT there is no index: it is built anew
            *product(
                ["manifest.json", "corpus.sqlite", "vectors.faiss"],
                ["flipped", "truncated", "missing"],
            ),
        ],
    )
    def test_is_refused_and_can_be_repaired(self, filled, name, damage):
        folder = filled.index if name == "CURRENT" else generation(filled.index)
        path = folder / name
        data = path.read_bytes()
        middle = len(data) // 2
        if damage == "flipped":
            path.write_bytes(data[:middle] + bytes([data[middle] ^ 1]) + data[middle + 1 :])
        elif damage == "truncated":
            path.write_bytes(data[:middle])
        else:
            path.unlink()
        before = sorted(filled.index.rglob("*"))
        for command in COMMANDS:
            refused(filled(*command), name, filled.index, REPAIR)
        assert sorted(filled.index.rglob("*")) == before
        assert filled("index", "--full").code == 0
        assert filled("check").code == 0
        assert len(quotes_in(filled.ask(BROAD).out)) == 3

    @pytest.mark.parametrize("name", ["CURRENT", "manifest.json", "corpus.sqlite", "vectors.faiss"])
    def test_check_finds_it(self, filled, name):
        whole = filled("check")
        assert whole.code == 0
        assert "3 articles, 5 passages" in whole.out
        folder = filled.index if name == "CURRENT" else generation(filled.index)
        data = (folder / name).read_bytes()
        (folder / name).write_bytes(data[:-9] + bytes([data[-9] ^ 0x10]) + data[-8:])
        done = filled("check")
        assert done.code == 1
        assert str(folder / name) in done.said
        assert REPAIR in done.err

    def test_check_without_an_index(self, beleg):
        write_corpus(beleg.corpus)
        refused(beleg("check"), beleg.index, "no index here", "beleg index")


class TestQuestion:
    @pytest.mark.parametrize("command", ["ask", "search"])
    @pytest.mark.parametrize(
        ("question", "said"),
        [
            ("", "the question is empty"),
            (" \t\r\n", "the question is empty"),
            ("\x00\x1b\x07\u202e\u2028", "the question is empty"),
            ("\udcff", "the question is empty"),
            ("Köln " * 20_000, "the question has 99999 characters, at most 2000"),
            ("ü" * 100_000, "the question has 100000 characters, at most 2000"),
        ],
        ids=["empty", "white space", "control characters", "not UTF-8", "long", "long word"],
    )
    def test_that_cannot_be_asked(self, filled, command, question, said):
        done = filled(command, question)
        refused(done, said)
        assert len(done.err) < 400

    @pytest.mark.parametrize("question", ["Wer ist das?", "der die das", "?", "🌧️", "and the"])
    def test_without_a_word_to_search_for_is_not_answered(self, filled, question):
        done = filled.ask(question)
        assert (done.code, done.err) == (0, "")
        assert quotes_in(done.out) == []
        assert re.match(r"(Keine Antwort|No answer)\. ", done.out)

    @pytest.mark.parametrize(
        "question",
        [
            "Wer\x1b[31m traf\x00 den \u202eKanzler?",
            "Wer traf den \udce4Kanzler?",
            'Kanzler" OR words:*',
            "NEAR(Kanzler, Köln) AND NOT -x",
        ],
    )
    def test_with_odd_characters_is_read(self, filled, question):
        for command in ("ask", "search"):
            done = filled(command, question)
            assert done.code == 0
            assert harmless(done.said)

    def test_the_longest_allowed(self, filled):
        assert filled.ask(("Kanzler " * 250)[:2000]).code == 0


class TestAnswer:
    def test_every_quote_stands_in_its_line(self, filled):
        done = filled.ask(BROAD)
        assert (done.code, done.err) == (0, "")
        found = quotes_in(done.out)
        assert len(found) == 3
        for lines, path, first, last in found:
            assert path.startswith(f"{filled.corpus}/")
            printed = sed(path, first, last)
            assert lines
            for line in lines:
                assert line.replace("\\u2028", "\u2028") in printed
        assert any(path.endswith("süd/präsident.txt") for _, path, _, _ in found)

    def test_every_quote_of_json_is_its_slice(self, filled):
        done = filled("ask", "--json", BROAD)
        values = json.loads(done.out)
        assert done.code == 0
        assert values["question"] == BROAD
        assert values["abstained"] is False
        quotes = list(quotes_in_json(values))
        assert len(quotes) >= 3
        for quote in quotes:
            name = quote.get("article") or quote["article_id"]
            text = (filled.corpus / name).read_bytes().decode("utf-8")
            assert text[quote["start"] : quote["end"]] == quote["text"] != ""
            path = filled.corpus / name
            assert quote["text"] in sed(path, quote["line_start"], quote["line_end"])

    def test_an_abstention_as_json(self, filled):
        values = json.loads(filled("ask", "--json", "Wer ist das?").out)
        assert values["abstained"] is True
        assert list(quotes_in_json(values)) == []

    def test_a_missing_index_is_built_first(self, beleg):
        write_corpus(beleg.corpus)
        done = beleg.ask(BROAD)
        assert done.code == 0
        assert row(done.err, "added")[0] == "3"
        assert len(quotes_in(done.out)) == 3
        assert beleg.indexed() == sorted(ARTICLES)

    def test_crlf_and_bom_do_not_show(self, beleg):
        write_corpus(
            beleg.corpus, {"a.txt": "\ufeffDer Präsident reist ab.\r\nEr bleibt.\r\n".encode()}
        )
        done = beleg.ask(BROAD)
        assert "Der Präsident reist ab.\n" in done.out
        assert "\r" not in done.out
        assert "ufeff" not in done.out

    def test_search_names_places(self, filled):
        done = filled("search", "Container aus Pjoengjang")
        first, text, *_ = done.out.splitlines()
        assert f"{filled.corpus}/munition.txt:1-3" in first
        assert "8.000 Container" in text


class TestOutOfDate:
    """The answer never shows a quote that is not in the file now, and says how to sync."""

    QUESTIONS = (
        BROAD,
        "Wie viele Container hat Pjöngjang verschifft?",
        "Was sagt Artikel munition?",
    )

    def shows_only_what_is_there(self, beleg, question, *, told=True):
        done = beleg.ask(question)
        assert done.code == 0
        for lines, path, first, last in quotes_in(done.out):
            printed = sed(path, first, last)
            assert all(line.replace("\\u2028", "\u2028") in printed for line in lines), path
        if told:
            assert re.search(r"Index ist nicht auf dem Stand|index is out of date", done.out)
            assert SYNC in done.out
        return done

    @pytest.mark.parametrize("question", QUESTIONS)
    def test_an_edited_article(self, filled, question):
        path = filled.corpus / "munition.txt"
        path.write_bytes(b"Neu davor.\r\n" + path.read_bytes().replace(b"8.000", b"12.500"))
        done = self.shows_only_what_is_there(filled, question)
        assert "8.000" not in done.said
        assert "munition.txt: changed since it was indexed" in done.out

    @pytest.mark.parametrize("question", QUESTIONS)
    def test_an_edit_that_keeps_size_and_time(self, filled, question):
        path = filled.corpus / "munition.txt"
        status = path.stat()
        path.write_bytes(path.read_bytes().replace(b"8.000", b"9.000"))
        os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))
        done = self.shows_only_what_is_there(filled, question)
        assert "8.000" not in done.said

    @pytest.mark.parametrize("question", QUESTIONS)
    def test_a_moved_article(self, filled, question):
        (filled.corpus / "munition.txt").rename(filled.corpus / "süd/moved.txt")
        done = self.shows_only_what_is_there(filled, question)
        assert "/munition.txt:3" not in done.out

    @pytest.mark.parametrize("question", QUESTIONS)
    def test_a_deleted_article(self, filled, question):
        (filled.corpus / "munition.txt").unlink()
        done = self.shows_only_what_is_there(filled, question)
        assert "8.000" not in done.said
        assert "munition.txt:3" not in done.out

    @pytest.mark.parametrize("question", QUESTIONS)
    def test_an_article_that_is_no_text_any_more(self, filled, question):
        (filled.corpus / "munition.txt").write_bytes("Größe 8.000".encode("cp1252"))
        done = self.shows_only_what_is_there(filled, question)
        assert "8.000" not in done.out

    def test_articles_that_swapped_their_names(self, filled):
        first, second = filled.corpus / "munition.txt", filled.corpus / "wetter.txt"
        one, other = first.read_bytes(), second.read_bytes()
        first.write_bytes(other)
        second.write_bytes(one)
        for question in self.QUESTIONS:
            self.shows_only_what_is_there(filled, question)

    def test_a_sync_ends_it(self, filled):
        path = filled.corpus / "munition.txt"
        path.write_bytes(path.read_bytes().replace(b"8.000", b"12.500"))
        assert filled("index").code == 0
        done = self.shows_only_what_is_there(filled, BROAD, told=False)
        assert "12.500" in done.out
        assert "out of date" not in done.out
        assert "auf dem Stand" not in done.out


BIDI = "\u202e\u2066\u200f"
EVIL = "Der \x1b[31mPräsident\x9b2J sagte\u202e: „Köln\x07 bleibt“\x08 heute.\r\n"


def harmless(text):
    """Nothing that a terminal would act on."""
    return not [
        char
        for char in text
        if char not in "\n\u00ad\u200c\u200d" and unicodedata.category(char) in {"Cc", "Cf", "Zl"}
    ]


class TestControlCharacters:
    def test_in_a_text_are_shown_escaped(self, beleg):
        write_corpus(beleg.corpus, {"a.txt": EVIL.encode()})
        for done in (beleg.ask(BROAD), beleg("search", "Präsident Köln")):
            assert done.code == 0
            assert harmless(done.said)
            for escape in ("\\x1b[31mPräsident", "\\x9b2J", "\\u202e", "\\x07", "\\x08"):
                assert escape in done.out

    @pytest.mark.parametrize("name", ["bö\x1b[2Jse.txt", f"ab{BIDI}txt.exe.txt", "a\n[9] Lüge.txt"])
    def test_in_a_file_name_are_shown_escaped(self, beleg, name):
        write_corpus(beleg.corpus, {name: "Der Präsident reist.".encode()})
        bad = name.replace(".txt", "2.txt")
        write_corpus(beleg.corpus, {bad: b"\xff"})
        (beleg.corpus / name.replace(".txt", "3.txt")).symlink_to("/etc/passwd")
        for done in (
            beleg("index"),
            beleg.ask(BROAD),
            beleg("search", "Präsident"),
            self.after_an_edit(beleg, name),
        ):
            assert harmless(done.said)
            assert re.search(r"\\x1b|\\u202e|\\x0a", done.said)
            assert not any(line.startswith("[9]") for line in done.said.splitlines())

    def after_an_edit(self, beleg, name):
        (beleg.corpus / name).write_bytes("Der Präsident bleibt.".encode())
        done = beleg.ask(BROAD)
        assert "changed since it was indexed" in done.out
        return done

    def test_joined_emoji_stay_whole(self, beleg):
        family = "👨\u200d👩\u200d👧"
        write_corpus(beleg.corpus, {"a.txt": f"Die Familie {family} reist nach Köln.".encode()})
        assert family in beleg.ask(BROAD).out


class TestUsage:
    @pytest.mark.parametrize(
        "arguments",
        [
            [],
            ["fly"],
            ["ask"],
            ["ask", "--corpus", "x", "--nope", "q"],
            ["search", "--corpus", "x", "-n", "many", "q"],
            ["search", "--corpus", "x", "-n", "0", "q"],
            ["search", "--corpus", "x", "-n", "-3", "q"],
            ["index", "--corpus"],
            ["index", "--watch", "--dry-run"],
        ],
        ids=" ".join,
    )
    def test_wrong_usage_exits_with_2(self, beleg, arguments, capsys):
        with pytest.raises(SystemExit) as caught:
            main(arguments)
        assert caught.value.code == 2
        streams = capsys.readouterr()
        assert streams.out == ""
        assert streams.err.startswith("usage: beleg")

    @pytest.mark.parametrize("option", [["--help"], ["--version"], ["ask", "--help"]])
    def test_help_exits_with_0(self, beleg, option, capsys):
        with pytest.raises(SystemExit) as caught:
            main(option)
        assert caught.value.code == 0
        assert "beleg" in capsys.readouterr().out

    def test_help_names_every_command(self, beleg, capsys):
        with pytest.raises(SystemExit):
            main(["--help"])
        shown = capsys.readouterr().out
        assert all(f"\n    {name} " in shown for name in ("index", "ask", "search", "check"))

    def test_a_model_that_is_not_there(self, beleg, tmp_path):
        write_corpus(beleg.corpus)
        refused(beleg("index", embedder=tmp_path / "none"), "no model folder", tmp_path / "none")

    @pytest.mark.parametrize("command", ["ask", "search"])
    def test_dictionaries_are_looked_for_in_the_cache_before_a_word_is(
        self, filled, monkeypatch, command
    ):
        order = []
        monkeypatch.setattr("rag.assemble.keep_in", lambda folder: order.append("cache"))

        def read(*given):
            order.append("word")
            return read_question(*given)

        monkeypatch.setattr("rag.question.read_question", read)
        filled(command, "Wie viele Container?")
        assert order[:2] == ["cache", "word"]

    @pytest.mark.parametrize("option", ["--help", "--version"])
    def test_help_loads_no_heavy_package(self, option):
        code = (
            "import sys\nfrom ui.cli import main\n"
            f"try:\n    main([{option!r}])\nexcept SystemExit:\n    pass\n"
            "heavy = {'torch', 'faiss', 'transformers', 'sentence_transformers', 'numpy', 'gradio',"
            " 'langchain_text_splitters', 'tokenizers', 'simplemma', 'filelock', 'sqlite3'}\n"
            "print('loaded:', sorted(heavy & {*sys.modules}))"
        )
        done = subprocess.run(
            [sys.executable, "-c", code], capture_output=True, text=True, cwd=PROJECT, check=True
        )
        assert done.stdout.endswith("loaded: []\n")

    def test_only_a_process_of_its_own_looks_for_unreachable_objects_rarely(self, beleg):
        before = gc.get_threshold()
        beleg("check")
        assert gc.get_threshold() == before
        code = (
            "import gc, sys\nfrom ui.cli import main\n"
            "sys.argv = ['beleg', 'check', *sys.argv[1:]]\nmain()\nprint(gc.get_threshold()[0])"
        )
        done = subprocess.run(
            [sys.executable, "-c", code, "--corpus", beleg.corpus, "--index", beleg.index],
            capture_output=True,
            text=True,
            cwd=PROJECT,
            check=True,
        )
        assert done.stdout == "50000\n"

    def test_a_reader_that_goes_away_leaves_no_word(self, filled):
        resign(filled.index, lambda manifest: manifest.update(model=asdict(PACKAGED)))
        arguments = ["--corpus", filled.corpus, "--index", filled.index, "--cache", filled.cache]
        code = (
            "import os, sys\nfrom ui.cli import main\n"
            "read, write = os.pipe(); os.close(read); os.dup2(write, 1)\n"
            "sys.exit(main(sys.argv[1:]))"
        )
        done = subprocess.run(
            [sys.executable, "-c", code, "check", *arguments],
            stderr=subprocess.PIPE,
            text=True,
            cwd=PROJECT,
        )
        assert (done.stderr, done.returncode) == ("", 1)
