import threading
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import pytest
from fakes import ARTICLES, HashEmbedder

from index.errors import ConfigError, QuestionError
from index.sync import SyncReport
from rag.assemble import Assistant
from rag.config import Config
from rag.types import Answer, Interim, Step
from ui.chat_handlers import Handlers
from ui.chat_words import PAGE_WORDS
from ui.conversation import Conversation
from ui.corpus_values import Notice, corpus_value, sync_notice, upload_notice
from ui.desk import Desk, SyncStep
from ui.examples import example_questions
from ui.folder import MOST_LINES, Folder, Status
from ui.serve import password_check, read_users


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    corpus = tmp_path / "corpus"
    for name, data in ARTICLES.items():
        (corpus / name).parent.mkdir(parents=True, exist_ok=True)
        (corpus / name).write_bytes(data)
    config = Config(
        corpus=corpus,
        cache=tmp_path / "cache",
        index=tmp_path / "index",
        drafter="none",
        abstain_below=0.0,
    )
    assistant = Assistant(config, HashEmbedder())
    assistant.sync()
    desk = Desk(assistant, tmp_path / "feedback.jsonl")
    yield desk
    desk.close()


def test_an_answer_comes_after_what_is_being_done(desk: Desk) -> None:
    *steps, answer = desk.ask("Was hat Nordkorea verschifft?")
    assert [step.step for step in steps if isinstance(step, Interim)] == [
        Step.SEARCHING,
        Step.READING,
    ]
    assert isinstance(answer, Answer)


def test_a_question_that_cannot_be_asked_does_not_wait(desk: Desk) -> None:
    with pytest.raises(QuestionError, match="is empty"):
        list(desk.ask(" "))
    with pytest.raises(QuestionError, match=r"no article .nix\.txt."):
        list(desk.ask("Wer?", ["nix.txt"]))


def test_many_threads_get_their_own_answers(desk: Desk) -> None:
    asked = [
        "Was sagte Lawrow?",
        "Wo traf Selenskyj den Kanzler?",
        "Wie viel Regen fiel in Ústí?",
    ] * 8
    answers: dict[int, Answer] = {}

    def ask(number: int) -> None:
        *_, answer = desk.ask(asked[number])
        assert isinstance(answer, Answer)
        answers[number] = answer

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(len(asked))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [answers[number].question for number in range(len(asked))] == asked
    assert len({answers[number].text for number in range(0, len(asked), 3)}) == 1


def test_a_sync_tells_its_steps_and_the_next_question_sees_it(desk: Desk) -> None:
    assert not desk.folder.status().stale
    (desk.folder.corpus / "neu.txt").write_text("Der Flamingo Ottokar frisst Algen.\n")
    assert desk.folder.status(fresh=True).stale
    *steps, report = desk.sync()
    assert isinstance(report, SyncReport)
    assert report.embedded == 1
    assert [(s.done, s.total) for s in steps if isinstance(s, SyncStep)] == [(0, 1), (1, 1)]
    status = desk.folder.status()
    assert (status.stale, ("neu.txt", 1) in status.articles) == (False, True)
    *_, answer = desk.ask("Was frisst der Flamingo?")
    assert isinstance(answer, Answer)
    assert answer.citations[0].quote.article_id == "neu.txt"


def test_a_look_is_shared_for_a_while(desk: Desk) -> None:
    before = desk.folder.status(fresh=True)
    (desk.folder.corpus / "neu.txt").write_text("Neu.\n")
    assert desk.folder.status() is before
    assert desk.folder.status(fresh=True).stale


def test_a_folder_without_an_index_says_so(tmp_path: Path) -> None:
    status = Folder(tmp_path, tmp_path / "none").status()
    assert status.stale
    assert "no index" in status.problem


def test_a_bug_ends_the_turn_and_is_not_hidden(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> Iterator[Answer]:
        raise ZeroDivisionError
        yield

    monkeypatch.setattr(desk, "ask", broken)
    asked = Handlers(desk, "seeds").ask("Wer?", [], Conversation("de"))
    waiting, failed = (value["turns"][0] for value, _ in islice(asked, 2))
    assert waiting["status"] in ("In der Warteschlange …", "Das Modell wird geladen …")
    assert failed["failure"]["message"] == PAGE_WORDS["de"]["bug"]
    with pytest.raises(ZeroDivisionError):
        next(asked)


def test_lines_are_those_of_the_file(desk: Desk) -> None:
    name, lines, count = desk.folder.lines("süd/präsident.txt", 3, 4)
    assert (name, count) == ("süd/präsident.txt", 5)
    assert lines == [
        "Selenskyj traf in Köln den Kanzler.\u2028Beide lobten die Munitionsversorgung.",
        "Mehr zum Thema",
    ]


@pytest.mark.parametrize(
    ("article", "first", "last"),
    [
        ("wetter.txt", 0, 1),
        ("wetter.txt", 2, 1),
        ("wetter.txt", 1, 99),
        ("wetter.txt", 1, 1 + MOST_LINES),
        ("../../etc/passwd", 1, 1),
        ("/etc/passwd", 1, 1),
        ("", 1, 1),
    ],
)
def test_no_other_lines_are_read(desk: Desk, article: str, first: int, last: int) -> None:
    with pytest.raises(QuestionError):
        desk.folder.lines(article, first, last)


def test_search_gives_passages(desk: Desk) -> None:
    hits = desk.search("Regen in Ústí", 2)
    assert [hit.rank for hit in hits] == [1, 2]
    assert hits[0].passage.article_id == "wetter.txt"


def test_examples_are_questions_about_the_articles(tmp_path: Path) -> None:
    seeds = Path("seeds")
    names = tuple(sorted(path.name for path in seeds.glob("*.txt")))
    questions = example_questions(seeds, names, "", "de")
    assert questions == (
        "Wann ratifizierte die Staatsduma den Vertrag?",
        "Wer stellte neue Militärhilfen für die Ukraine in Aussicht?",
        f"Worum geht es in {names[0]}?",
    )
    assert example_questions(tmp_path, ("gone.txt",), "", "en") == ()


def test_the_corpus_panel() -> None:
    status = Status((("a\x1b.txt", 3),), 7, "2026-11-22T08:00:00+00:00", "e5", stale=True)
    value = corpus_value(status, "de", "", True, None)
    assert value["articles"] == [{"name": "a\\x1b.txt", "lines": "3 Zeilen"}]
    assert (value["stale"], value["state"]) == (True, PAGE_WORDS["de"]["stale"])
    assert ["Antwortmodell", "keines: die Belege selbst"] in value["facts"]
    many = Status(tuple((f"{n}.txt", 1) for n in range(600)))
    assert corpus_value(many, "en", "beleg", False, None)["more"] == "… and 100 more"


def test_a_sync_step_tells_rate_and_time_left() -> None:
    notice = sync_notice(SyncStep(30, 120, 10.0), PAGE_WORDS["de"])
    assert notice == Notice("Abgleich: 30 von 120 Passagen, 3,0 je Sekunde, noch 30 s", done=0.25)
    assert sync_notice(SyncStep(0, 0, 0.0), PAGE_WORDS["en"]).done == 1.0


def test_uploads_that_exist_wait_for_a_decision() -> None:
    notice = upload_notice(["a.txt"], ["b.txt"], [], PAGE_WORDS["de"])
    assert notice == Notice(
        "Aufgenommen: a.txt\nb.txt gibt es schon. Ersetzen?", existing=("b.txt",)
    )


def test_users_are_read_from_a_private_file(tmp_path: Path) -> None:
    path = tmp_path / "users"
    path.write_text("änne:geheim:teil\n\nbob:x\n")
    path.chmod(0o600)
    users = read_users(path)
    assert users == {"änne": "geheim:teil", "bob": "x"}
    check = password_check(users)
    tried = [("änne", "geheim:teil"), ("änne", "x"), ("bob", "x"), ("eve", ""), ("eve", "x")]
    assert [check(*pair) for pair in tried] == [True, False, True, False, False]


@pytest.mark.parametrize(
    ("text", "mode", "told"),
    [("a:b\n", 0o644, "others may read"), ("ab\n", 0o600, "line 1"), ("\n", 0o600, "nobody")],
)
def test_a_users_file_that_will_not_do(tmp_path: Path, text: str, mode: int, told: str) -> None:
    path = tmp_path / "users"
    path.write_text(text)
    path.chmod(mode)
    with pytest.raises(ConfigError, match=told):
        read_users(path)
