"""Reading a question: language, kind, named articles, and what cannot be asked."""

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.errors import QuestionError
from rag.overview import is_overview
from rag.question import MAX_QUESTION_CHARS, Kind, read_question, resolve_articles

KINDS = {
    Kind.NUMBER: [
        "Wie viele Soldaten schickte Nordkorea?",
        "wieviel schuss munition",
        "Wie vielen Soldaten dankte er?",
        "Auf wie viele Soldaten schätzt Seoul die Truppen?",
        "Wie hoch ist der Anteil an der Munition?",
        "wie gross ist der anteil",
        "Welchen Anteil der Munition stellt Nordkorea?",
        "Anzahl der Soldaten in Kursk?",
        "How many soldiers were sent?",
        "how much ammunition",
        "Combien de soldats ?",
        "Quel pourcentage des munitions ?",
        "Сколько солдат?",
        "Какой процент боеприпасов?",
    ],
    Kind.DATE: [
        "Wann wurde der Vertrag ratifiziert?",
        "seit wann dauert der krieg",
        "An welchem Tag trafen sie sich?",
        "In welchem Jahr war Kim Il Sung in Moskau?",
        "Aus welchem Monat stammt die Schätzung?",
        "Am wievielten trafen sie sich?",
        "When did they meet?",
        "In what year was it?",
        "Quand se sont-ils rencontrés ?",
        "En quelle année ?",
        "Когда они встретились?",
        "В каком году это было?",
    ],
    Kind.PERSON: [
        "Wer ist Choe Son Hui?",
        "mit wem sprach lawrow",
        "Wessen Außenministerin ist Choe?",
        "Welcher Verteidigungsminister empfing die Delegation?",
        "Wie heißt der Chef des Nachrichtendienstes?",
        "wie heisst die aussenministerin",
        "Who met Kim in Wonsan?",
        "Which minister visited Pyongyang?",
        "Qui a rencontré Kim ?",
        "Quel ministre a visité Pyongyang ?",
        "Кто встретил Кима?",
        "Кого встретил Лавров?",
    ],
    Kind.PLACE: [
        "Wo trafen sich Kim und Lawrow?",
        "wohin reiste lawrow danach",
        "In welcher Stadt war das Treffen?",
        "An welchem Ort wurde die Tafel enthüllt?",
        "Where did they meet?",
        "In which city was the meeting?",
        "Où se sont-ils rencontrés ?",
        "ou se trouve wonsan",
        "Dans quelle ville ?",
        "Где они встретились?",
        "В каком городе?",
    ],
    Kind.REASON: [
        "Warum reiste Lawrow nach Wonsan?",
        "wieso dankte er",
        "Wofür bedankte sich Lawrow?",
        "wofuer bedankte sich lawrow",
        "Mit welcher Begründung?",
        "Aus welchem Grund kam er?",
        "Why did he come?",
        "Pourquoi est-il venu ?",
        "Почему он приехал?",
        "Зачем он приехал?",
    ],
    Kind.BROAD: [
        "Worum geht es in den Artikeln?",
        "worum geht es in den texten",
        "Worüber berichten die Artikel?",
        "worueber berichten die artikel",
        "Fasse Artikel 003 zusammen.",
        "Gib mir einen Überblick!",
        "gib mir einen ueberblick",
        "Was steht in Artikel 002?",
        "What are the articles about?",
        "Summarize the articles.",
        "De quoi parlent les articles ?",
        "Résume les articles.",
        "resume les articles",
        "О чём статьи?",
        "о чем статьи",
    ],
    Kind.OTHER: [
        "Was sagte Putin über Satellitenbilder?",
        "Nenne die Waffen.",
        "Was vereinbarten Russland und Nordkorea in Wonsan?",
        "wie reagierte kiew",
        "Wie heißt der Fluss?",
        "What did he say about Kursk?",
        "Que dit Poutine ?",
        "Что сказал Путин?",
        "Wovor warnte der Woiwode?",
    ],
}

LANGUAGES = {
    "de": [
        "Wer ist Choe Son Hui?",
        "Wann traf Lawrow Kim?",
        "wie viele soldaten",
        "Wo liegt Wonsan?",
        "Nenne die Minister",
        "Soldaten in Kursk",
        "Gab es Tote?",
        "Hat Nordkorea Truppen entsandt?",
        "artillerie munition nordkorea",
        "Ist Pjöngjang Partner Moskaus?",
        "Hat Trump was gesagt?",
        "Wer war in Alaska?",
        "Waffen?",
        "In welchem Jahr starb Kim Il Sung?",
        "Was will Putin?",
        "Was bedeutet «спецоперация»?",
    ],
    "en": [
        "Who is Choe Son Hui?",
        "When did Lavrov meet Kim?",
        "how many soldiers",
        "Where is Wonsan?",
        "Name the ministers",
        "Soldiers in the Kursk region",
        "Were soldiers killed?",
        "Has North Korea sent troops?",
        "Whom did Lavrov thank?",
        "Did Trump meet Putin in Alaska?",
        "Summarize the articles",
        "Who was in Alaska?",
        "What happened in Wonsan?",
        "How old is Kim?",
    ],
    "fr": [
        "Qui est Choe Son Hui ?",
        "Quand Lavrov a-t-il rencontré Kim ?",
        "combien de soldats",
        "Où se trouve Wonsan ?",
        "Qu'a dit Poutine ?",
        "De quoi parlent les articles ?",
        "Quel ministre a signé l'accord ?",
        "Qui a remercié Kim ?",
        "Y a-t-il eu des morts ?",
        "Quelle ville ?",
    ],
    "ru": [
        "Кто такая Цой Сон Хи?",
        "Когда Лавров встретил Кима?",
        "сколько солдат",
        "О чём статьи?",
        "Что такое KCNA?",
        "Кто Choe Son Hui?",
        "Сколько Schuss Munition?",
    ],
}


@pytest.mark.parametrize(
    ("kind", "question"),
    [(kind, question) for kind, listed in KINDS.items() for question in listed],
)
def test_kind(kind: Kind, question: str) -> None:
    assert read_question(question).kind is kind
    assert read_question(question.upper()).kind is kind
    assert read_question(f"  {question.rstrip('?!. ')}\n").kind is kind


def test_language_of_short_questions() -> None:
    rows = [(language, question) for language, listed in LANGUAGES.items() for question in listed]
    wrong = [
        (question, language, found)
        for language, question in rows
        if (found := read_question(question).language) != language
    ]
    assert len(wrong) <= 0.05 * len(rows), wrong


@pytest.mark.parametrize(
    ("question", "around"),
    [
        ("Wer ist Kim?", "de"),
        ("Who is Kim?", "en"),
        ("Qui est Kim ?", "en"),
        ("Кто такой Ким?", "en"),
    ],
)
def test_the_words_around_the_answer_are_german_or_english(question: str, around: str) -> None:
    assert read_question(question).answer_language == around


def test_content_names_and_numbers() -> None:
    question = read_question(
        "Wie viele Soldaten schickte Sergej Lawrow 2024 nach Kursk, zwölf oder 10.000?"
    )
    assert [word.surface for word in question.content] == [
        *("Soldaten", "schickte", "Sergej", "Lawrow", "2024", "Kursk", "zwölf", "10.000"),
    ]
    assert {"Lawrow", "Kursk"} <= {word.surface for word in question.names}
    assert not {"Soldaten", "schickte"} & {word.surface for word in question.names}
    assert [word.surface for word in question.numbers] == ["2024", "zwölf", "10.000"]


def test_every_part_of_a_korean_name_counts() -> None:
    question = read_question("Wann traf Kim Jong Un Choe Son Hui am Denkmal von Kim Il Sung?")
    found = {word.surface for word in question.content}
    assert {"Kim", "Jong", "Un", "Choe", "Son", "Hui", "Il", "Sung"} <= found


# --- articles

IDS = (
    "000_76f1e17f13bba951.txt",
    "002_c85b777be68d70fb.txt",
    "004_fc018e94312481a9.txt",
    "4_vertrag.txt",
    "51.txt",
    "süd/mein artikel.txt",
    "a/lage.txt",
    "b/lage.txt",
    "nordkorea_1.txt",
)


def _named(question: str) -> tuple[str, ...]:
    return read_question(question, IDS).article_ids


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("Was sagt Artikel 002 zu den Gesprächen?", ["002_c85b777be68d70fb.txt"]),
        ("was sagt artikel 002 zu den gesprächen", ["002_c85b777be68d70fb.txt"]),
        ("Was steht in der Datei „004_fc018e94312481a9.txt“?", ["004_fc018e94312481a9.txt"]),
        ("Was steht in 004_fc018e94312481a9.txt.", ["004_fc018e94312481a9.txt"]),
        ("Was steht in 004_fc018e94312481a9?", ["004_fc018e94312481a9.txt"]),
        ("Fasse Artikel 4 zusammen", ["4_vertrag.txt"]),
        ("What does article 002 say?", ["002_c85b777be68d70fb.txt"]),
        ("Que dit l'article 002 ?", ["002_c85b777be68d70fb.txt"]),
        ("О чём статья 002?", ["002_c85b777be68d70fb.txt"]),
        (
            "Vergleiche die Artikel 002 und 004!",
            ["002_c85b777be68d70fb.txt", "004_fc018e94312481a9.txt"],
        ),
        (
            "Artikel 000, 002 und 004",
            ["000_76f1e17f13bba951.txt", "002_c85b777be68d70fb.txt", "004_fc018e94312481a9.txt"],
        ),
        ("Was steht in mein artikel.txt?", ["süd/mein artikel.txt"]),
        ("Was steht in b/lage.txt?", ["b/lage.txt"]),
        ("Was steht in lage.txt?", ["a/lage.txt", "b/lage.txt"]),
        ("Was steht in su\u0308d/mein artikel.txt?", ["süd/mein artikel.txt"]),  # umlaut in two
    ],
)
def test_an_article_is_named(question: str, expected: list[str]) -> None:
    assert list(_named(question)) == expected


@pytest.mark.parametrize(
    "question",
    [
        "Was regelt Artikel 4 des Abkommens?",
        "Was besagt Artikel 4 des Vertrags über die strategische Partnerschaft?",
        "Worauf beruft sich Artikel 51 der UN-Charta?",
        "Was sagt Artikel 51 Absatz 2?",
        "what does article 51 of the un charter say",
        "Welche Artikel erwähnen Nordkorea?",
        "Gibt es einen Artikel über Kursk?",
        "Was steht in Artikel 007?",
        "Wer hat 002 gesagt?",
        "Was liegt in der Lage?",
        "Wie viele der 004 Soldaten?",
    ],
)
def test_no_article_is_named(question: str) -> None:
    assert _named(question) == ()


def test_the_name_of_an_article_is_not_searched_for() -> None:
    question = read_question("Was sagt Artikel 002 zu den Gesprächen am 6. November?", IDS)
    found = [word.surface for word in question.content]
    assert found == ["sagt", "Gesprächen", "6", "November"]
    law = read_question("Was sagt Artikel 4 des Abkommens?", IDS)
    assert "4" in [word.surface for word in law.content]


def test_a_broad_question_about_a_named_article_is_an_overview() -> None:
    assert is_overview(read_question("Worum geht es in Artikel 002?", IDS))
    assert not is_overview(read_question("Was sagt Artikel 002 zu den Gesprächen?", IDS))
    assert not is_overview(read_question("Worum geht es bei der Partnerschaft?", IDS))


# --- what cannot be asked, and odd characters


@pytest.mark.parametrize("text", ["", " ", "\n\t", "\x00\x1b", "\u200b\u202e\u2028\ufeff", "\xad"])
def test_an_empty_question_is_refused(text: str) -> None:
    with pytest.raises(QuestionError, match="question is empty") as caught:
        read_question(text)
    assert caught.value.hint


@pytest.mark.parametrize("length", [MAX_QUESTION_CHARS + 1, 100_000])
def test_a_long_question_is_refused_with_both_lengths(length: int) -> None:
    with pytest.raises(QuestionError) as caught:
        read_question("w" * length)
    assert str(length) in caught.value.message
    assert str(MAX_QUESTION_CHARS) in caught.value.message
    assert caught.value.hint


def test_the_longest_question_is_read() -> None:
    assert len(read_question("w" * MAX_QUESTION_CHARS).text) == MAX_QUESTION_CHARS


def test_control_characters_become_blanks() -> None:
    question = read_question("Wer\x1b[31m ist\u202e\r\n Kim\x00?\u2028")
    assert question.text == "Wer [31m ist Kim ?"
    assert read_question("Nord\u00adkorea?").text == "Nordkorea?"


@pytest.mark.parametrize("text", ["Was ist das?", "wer wie was", "und oder aber", "???", "😀 !"])
def test_stop_words_alone_leave_no_content(text: str) -> None:
    assert read_question(text).content == ()


@given(st.text(max_size=120))
@settings(max_examples=300, deadline=None)
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        question = read_question(text, IDS)
    except QuestionError:
        return
    assert question.text == " ".join(question.text.split())
    assert not {"Cc", "Cf", "Cs", "Zl", "Zp"} & set(map(unicodedata.category, question.text))
    for word in question.content:
        assert question.text[word.start : word.end] == word.surface
    assert set(question.names) <= set(question.content)
    assert set(question.numbers) <= set(question.content)
    assert set(question.article_ids) <= set(IDS)
    assert read_question(question.text, IDS) == question


# --- articles named by --article


def test_articles_are_resolved_by_any_of_their_names() -> None:
    names = ["002", "LAGE.txt", "su\u0308d/mein artikel.txt", "004_fc018e94312481a9"]
    assert resolve_articles(names, IDS) == (
        "002_c85b777be68d70fb.txt",
        "a/lage.txt",
        "b/lage.txt",
        "süd/mein artikel.txt",
        "004_fc018e94312481a9.txt",
    )
    assert resolve_articles([], IDS) == ()


@pytest.mark.parametrize("name", ["007", "", "nordkorea", "../002_c85b777be68d70fb.txt", "00"])
def test_an_unknown_article_is_refused_by_name(name: str) -> None:
    with pytest.raises(QuestionError) as caught:
        resolve_articles(["002", name], IDS)
    assert repr(name) in caught.value.message
    assert IDS[0] in caught.value.hint
