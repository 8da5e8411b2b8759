"""Follow-up questions: what stands alone, what is resolved visibly, what is asked back."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rag.followup import AskBack, Turn, Understood, understand

TREATY = Turn("Wo unterzeichneten Putin und Kim den Vertrag?", "in Pjöngjang")
SENT = Turn("Wie viele Soldaten schickte Nordkorea?", "10.000")
SENT_TO = Turn("Wie viele Soldaten schickte Nordkorea nach Russland?", "10.000")
COUNT = Turn("Wie viele nordkoreanische Soldaten sind in Russland?", "8.000")
DIED = Turn("Wie viele Soldaten starben 2024 in Kursk?", "2.000")
TRIP = Turn("Wann reiste Lawrow nach Nordkorea?", "im Juli")
MINISTER = Turn("Wer ist Außenministerin?", "Choe Son Hui")
SAID = Turn("Was sagte Lawrow in Moskau?", "")
BOTH = Turn("Was sagte Putin über Kim?", "")
MET = Turn("Wer traf Kim in Wonsan?", "Lawrow")
SIGNED = Turn("Wann wurde der Vertrag unterzeichnet?", "im Juni 2024")
YES_NO = Turn("Hat Nordkorea Soldaten nach Russland geschickt?", "Ja")
TALK = Turn("Worüber sprach Putin mit Kim?", "")
DEAL = Turn("Wer unterzeichnete das Abkommen?", "")
SPEECH = Turn("Wann hielt Putin eine Rede in Moskau?", "")
WHERE = Turn("Wo traf Lawrow die Außenministerin?", "Wonsan")
EN_TREATY = Turn("Where did Putin and Kim sign the treaty?", "Pyongyang")
EN_SENT = Turn("How many soldiers did North Korea send to Russia?", "10,000")
EN_COUNT = Turn("How many North Korean soldiers are in Russia?", "8,000")
EN_TRIP = Turn("When did Lavrov travel to Wonsan?", "in July")

RESOLVED = [
    # an interrogative alone takes the place of the one before
    (TREATY, "Und wann?", "Wann unterzeichneten Putin und Kim den Vertrag?"),
    (TREATY, "Wann?", "Wann unterzeichneten Putin und Kim den Vertrag?"),
    (TREATY, "wann genau", "Wann genau unterzeichneten Putin und Kim den Vertrag?"),
    (TREATY, "Und warum?", "Warum unterzeichneten Putin und Kim den Vertrag?"),
    (TREATY, "Wann war das?", "Wann unterzeichneten Putin und Kim den Vertrag?"),
    (TRIP, "Wo?", "Wo reiste Lawrow nach Nordkorea?"),
    (TRIP, "Mit wem?", "Mit wem reiste Lawrow nach Nordkorea?"),
    (TRIP, "Und aus welchem Grund?", "Aus welchem Grund reiste Lawrow nach Nordkorea?"),
    (TRIP, "Und wie lange?", "Wie lange reiste Lawrow nach Nordkorea?"),
    (SENT, "Warum?", "Warum schickte Nordkorea Soldaten?"),
    (SENT_TO, "Seit wann?", "Seit wann schickte Nordkorea Soldaten nach Russland?"),
    (COUNT, "Seit wann?", "Seit wann sind nordkoreanische Soldaten in Russland?"),
    (DIED, "Und warum?", "Warum starben Soldaten 2024 in Kursk?"),
    (MET, "Wann?", "Wann traf Lawrow Kim in Wonsan?"),
    (MINISTER, "Seit wann?", "Seit wann ist Choe Son Hui Außenministerin?"),
    (YES_NO, "Wann?", "Wann hat Nordkorea Soldaten nach Russland geschickt?"),
    (SAID, "Und wann?", "Wann? (Was sagte Lawrow in Moskau?)"),
    (SIGNED, "Und wer?", "Von wem wurde der Vertrag unterzeichnet?"),
    (SIGNED, "Und von wem?", "Von wem wurde der Vertrag unterzeichnet?"),
    (SIGNED, "Wo?", "Wo wurde der Vertrag unterzeichnet?"),
    # the same slot is filled anew
    (COUNT, "Und in Kursk?", "Wie viele nordkoreanische Soldaten sind in Kursk?"),
    (COUNT, "Und auf der Krim?", "Wie viele nordkoreanische Soldaten sind auf der Krim?"),
    (DIED, "Und in Sudscha?", "Wie viele Soldaten starben 2024 in Sudscha?"),
    (SENT_TO, "Und nach China?", "Wie viele Soldaten schickte Nordkorea nach China?"),
    (SENT, "Und nach Russland?", "Wie viele Soldaten schickte Nordkorea nach Russland?"),
    (TALK, "Und mit Xi?", "Worüber sprach Putin mit Xi?"),
    (DIED, "Und 2023?", "Wie viele Soldaten starben 2023 in Kursk?"),
    (DIED, "2025?", "Wie viele Soldaten starben 2025 in Kursk?"),
    (SENT, "Und 2023?", "Wie viele Soldaten schickte Nordkorea im Jahr 2023?"),
    (SENT, "Und im Mai?", "Wie viele Soldaten schickte Nordkorea im Mai?"),
    (SENT, "Und Südkorea?", "Wie viele Soldaten schickte Südkorea?"),
    (SENT, "Und die Ukraine?", "Wie viele Soldaten schickte die Ukraine?"),
    (SENT, "Und Panzer?", "Wie viele Panzer schickte Nordkorea?"),
    (SENT, "Und wie viele Panzer?", "Wie viele Panzer schickte Nordkorea?"),
    (SAID, "Und Putin?", "Was sagte Putin in Moskau?"),
    (SAID, "Und in Wonsan?", "Was sagte Lawrow in Wonsan?"),
    (Turn("Was forderte Nordkoreas Regierung?", ""), "Und Südkorea?",
     "Was forderte Südkoreas Regierung?"),
    (Turn("Warum schickte Nordkorea Soldaten?", ""), "Wie viele?",
     "Wie viele Soldaten schickte Nordkorea?"),
    # a part of what was counted
    (COUNT, "Und wie viele davon sind in Kursk?",
     "Wie viele nordkoreanische Soldaten sind in Kursk?"),
    (COUNT, "Wie viele von ihnen starben?", "Wie viele nordkoreanische Soldaten starben?"),
    (COUNT, "Wie viele starben davon?", "Wie viele nordkoreanische Soldaten starben?"),
    (COUNT, "Und davon in Kursk?", "Wie viele nordkoreanische Soldaten sind in Kursk?"),
    (COUNT, "Wie viele Offiziere sind darunter?",
     "Wie viele Offiziere sind unter nordkoreanischen Soldaten?"),
    (COUNT, "Wie viele sind in Kursk?", "Wie viele nordkoreanische Soldaten sind in Kursk?"),
    (COUNT, "Sind darunter Offiziere?",
     "Sind unter nordkoreanischen Soldaten Offiziere?"),
    # pronouns
    (MINISTER, "Wann war sie in Moskau?", "Wann war Choe Son Hui in Moskau?"),
    (TRIP, "Und was sagte er dort?", "Was sagte Lawrow in Nordkorea?"),
    (SAID, "Wen hat er getroffen?", "Wen hat Lawrow getroffen?"),
    (SAID, "Wer hat ihm widersprochen?", "Wer hat Lawrow widersprochen?"),
    (SAID, "Worum ging es in seiner Rede?", "Worum ging es in Lawrows Rede?"),
    (SAID, "Was will er mit seiner Rede?", "Was will Lawrow mit seiner Rede?"),
    (MINISTER, "Wie alt ist ihre Tochter?", "Wie alt ist Choe Son Huis Tochter?"),
    (TREATY, "Wann trafen sie sich wieder?", "Wann trafen Putin und Kim sich wieder?"),
    (COUNT, "Wo kämpfen sie?", "Wo kämpfen nordkoreanische Soldaten?"),
    (SIGNED, "Wo wurde er ratifiziert?", "Wo wurde der Vertrag ratifiziert?"),
    (SIGNED, "Wer hat ihn ratifiziert?", "Wer hat den Vertrag ratifiziert?"),
    (SIGNED, "Was sagte Lawrow darüber?", "Was sagte Lawrow über den Vertrag?"),
    (SIGNED, "Wer hat diesen Vertrag ratifiziert?", "Wer hat den Vertrag ratifiziert?"),
    (DEAL, "Wann wurde es ratifiziert?", "Wann wurde das Abkommen ratifiziert?"),
    (SENT, "Was geschah dort?", "Was geschah in Nordkorea?"),
    (WHERE, "Was geschah dort?", "Was geschah in Wonsan?"),
    (COUNT, "Was machen die Soldaten dort?", "Was machen die Soldaten in Russland?"),
    (TREATY, "Was hat Lawrow dort gesagt?", "Was hat Lawrow in Pjöngjang gesagt?"),
    (SPEECH, "Wie lange dauerte sie?", "Wie lange dauerte die Rede?"),
    # English
    (EN_TREATY, "And when?", "When did Putin and Kim sign the treaty?"),
    (EN_TREATY, "Why?", "Why did Putin and Kim sign the treaty?"),
    (EN_SENT, "When?", "When did North Korea send soldiers to Russia?"),
    (EN_SENT, "And South Korea?", "How many soldiers did South Korea send to Russia?"),
    (EN_COUNT, "And in Kursk?", "How many North Korean soldiers are in Kursk?"),
    (EN_COUNT, "How many of them are in Kursk?", "How many North Korean soldiers are in Kursk?"),
    (EN_COUNT, "And how many of these died?", "How many North Korean soldiers died?"),
    (EN_TRIP, "What did he say there?", "What did Lavrov say in Wonsan?"),
    (EN_TRIP, "Who is his wife?", "Who is Lavrov's wife?"),
    (EN_TREATY, "When did they meet again?", "When did Putin and Kim meet again?"),
    # French and Russian
    (Turn("Où Poutine et Kim ont-ils signé le traité ?", ""), "Et quand ?",
     "Quand Poutine et Kim ont-ils signé le traité ?"),
    (Turn("Combien de soldats nord-coréens sont en Russie ?", ""),
     "Et combien d'entre eux sont à Koursk ?", "Combien de soldats nord-coréens sont à Koursk ?"),
    (Turn("Где Путин и Ким подписали договор?", ""), "А когда?",
     "Когда Путин и Ким подписали договор?"),
    (Turn("Сколько северокорейских солдат находится в России?", ""),
     "А сколько из них погибло?", "Сколько северокорейских солдат погибло?"),
]  # fmt: skip

ASKED_BACK = [
    (BOTH, "Was antwortete er?", "er", ("Was antwortete Putin?", "Was antwortete Kim?")),
    (TALK, "Wie alt ist er?", "er", ("Wie alt ist Putin?", "Wie alt ist Kim?")),
    (TREATY, "Wann wurde er ratifiziert?", "er",
     ("Wann wurde Putin ratifiziert?", "Wann wurde Kim ratifiziert?",
      "Wann wurde der Vertrag ratifiziert?")),
    (TREATY, "Und Xi?", "Xi",
     ("Wo unterzeichneten Xi und Kim den Vertrag?",
      "Wo unterzeichneten Putin und Xi den Vertrag?")),
    (MET, "Wann reiste er ab?", "er", ("Wann reiste Kim ab?", "Wann reiste Lawrow ab?")),
    (SENT, "Was sagte er?", "er", ()),
    (MINISTER, "Was geschah dort?", "dort", ()),
    (SENT, "Was sagte Lawrow dazu?", "dazu", ()),
    (SENT, "Wer sagt das?", "das", ()),
    (TRIP, "Wie viele davon starben?", "davon", ()),
    (TREATY, "Was sagte er zu ihm?", "er", ()),
    (SENT, "Und dann?", "dann", ()),
    (SENT, "Und wer?", "wer", ("Wer schickte Soldaten?",)),
    (TREATY, "Und wer?", "wer", ()),
    (Turn("Wie alt ist Kim?", "42"), "Und in Kursk?", "in Kursk", ()),
    (EN_TREATY, "What did he say?", "he", ("What did Putin say?", "What did Kim say?")),
    (EN_SENT, "What did she say?", "she", ()),
]  # fmt: skip

STANDS_ALONE = [
    "Und was sagte Lawrow in Moskau über den Vertrag?",
    "Und wie viele Soldaten schickte Südkorea nach Vietnam?",
    "Was sagte Putin, als er Kim traf?",
    "Wer ist Kim und was will er?",
    "Als er in Moskau ankam, was sagte Lawrow zu den Journalisten?",
    "Bei seinem Besuch in Pjöngjang: Was vereinbarte Putin?",
    "Worum geht es?",
    "Worum geht es in dem Artikel über Kursk?",
    "Gibt es Verletzte?",
    "Wie viele Tote gibt es?",
    "Was gibt es Neues aus Seoul?",
    "Warum warf Putin seinen Verbündeten Untätigkeit vor?",
    "Wann hat Panama seine Botschaft in Peking eröffnet?",
    "Wie heißt der Botschafter, der bei den Gesprächen dabei war?",
    "Wie heißt die Ministerin, die Lawrow in Wonsan empfing?",
    "Was tat Seoul, damit Nordkorea die Truppen abzieht?",
    "Warum lehnte Kim es ab, Russland in der Ukraine zu unterstützen?",
    "Was sagte Lawrow darüber, dass Soldaten in Kursk kämpfen?",
    "Können Sie mir sagen, wer Choe Son Hui ist?",
    "Wer verlor bei dem Unglück sein Leben?",
    "Wie viele Menschen verloren ihr Leben?",
    "Wer sagte das Treffen in Seoul ab?",
    "Was plant Pjöngjang dieses Jahr?",
    "Wann traf Lawrow Kim Jong Un?",
    "Wer ist Choe Son Hui?",
    "Wer leitet den Nachrichtendienst?",
    "Nordkorea Soldaten Kursk",
    "Wie ist die Lage in der Ukraine?",
    "Wie viele Rundfunkhörer gab es in Deutschland im Jahr 1944?",
    "Wann kommt der Regen, und wie lange bleibt er?",
    "When did Lavrov say that he would travel to Wonsan?",
    "Is there a treaty between Russia and North Korea?",
    "How much does it cost to register a domain name?",
    "Who lost his job in Kursk?",
    "How fast was the minibus going when it left the road?",
    "Où Poutine a-t-il rencontré Kim ?",
    "Где встретились Путин и Ким?",
]


@pytest.mark.parametrize(("before", "question", "expected"), RESOLVED)
def test_a_follow_up_is_resolved(before, question, expected):
    assert understand(question, [before]) == Understood(expected, changed=True)


@pytest.mark.parametrize(("before", "question", "words", "options"), ASKED_BACK)
def test_what_several_or_none_can_mean_is_asked_back(before, question, words, options):
    assert understand(question, [before]) == AskBack(words, options)


@pytest.mark.parametrize("question", STANDS_ALONE)
@pytest.mark.parametrize("before", [TREATY, COUNT, MINISTER, EN_SENT], ids=["1", "2", "3", "4"])
def test_a_question_that_stands_alone_is_untouched(question, before):
    assert understand(question, [before]) == Understood(question, changed=False)


@pytest.mark.parametrize("question", [row[1] for row in RESOLVED + ASKED_BACK] + ["", "?", " \n"])
def test_the_first_question_is_untouched(question):
    assert understand(question, []) == Understood(question, changed=False)


def test_a_conversation_chains():
    asked = ["Wie viele nordkoreanische Soldaten sind in Russland?", "Und in Kursk?", "Seit wann?"]
    turns: list[Turn] = []
    for question in asked:
        found = understand(question, turns)
        assert isinstance(found, Understood)
        turns.append(Turn(found.question, ""))
    assert turns[-1].question == "Seit wann sind nordkoreanische Soldaten in Kursk?"


def test_the_turn_before_the_last_is_asked_when_the_last_gives_nothing():
    turns = [SAID, Turn("Wie viele Soldaten sind in Russland?", "8.000")]
    assert understand("Was sagte er über China?", turns) == Understood(
        "Was sagte Lawrow über China?", changed=True
    )


@pytest.mark.parametrize(
    "before",
    [
        Turn("", ""),
        Turn("?", "?"),
        Turn("<script>alert(1)</script>", "<b>" * 9),
        Turn("Wo? " * 900, "Kim " * 9000),
        Turn("\x00\x1b[31m\u202e", "\ud800"),
        Turn("Wo ist " + "Kim und " * 240 + "Putin?", ""),
    ],
)
@pytest.mark.parametrize(
    "question",
    ["Und wann?", "Wer ist er?", "Und Xi?", "Wie viele davon?", "Was sagt sie dort?", "In Kursk?"],
)
def test_hostile_turns_give_a_value(before, question):
    found = understand(question, [before])
    texts = found.options if isinstance(found, AskBack) else (found.question,)
    assert len(texts) <= 4
    assert all(text.strip() and len(text) <= 2000 for text in texts)


@pytest.mark.parametrize(
    "unit", ["a", "er ", "Und ", "Kim ", "in Kim ", "davon ", "<p>", "\x00", "2023 "]
)
def test_a_long_question_is_untouched(unit):
    question = unit * (100_000 // len(unit))
    assert understand(question, [TREATY]) == Understood(question, changed=False)


PIECES = st.sampled_from(
    "Und wann wo er sie es ihm seine dort davon dazu von ihnen dieser Vertrag der die den in Kursk "
    "Kim Putin 2023 wie viele Soldaten Wer Was sagte hat , ? he they there of them".split()
)
TEXTS = st.text(max_size=80) | st.lists(PIECES, max_size=12).map(" ".join)


@given(TEXTS)
def test_nothing_before_changes_nothing(question):
    assert understand(question, ()) == Understood(question, changed=False)


@settings(max_examples=300)
@given(TEXTS, st.lists(st.builds(Turn, TEXTS, TEXTS), min_size=1, max_size=3))
def test_any_text_gives_a_value_and_the_same_again(question, before):
    found = understand(question, before)
    assert understand(question, before) == found
    if isinstance(found, AskBack):
        assert found.words
        assert len(found.options) <= 4
        assert all(option.strip() and len(option) <= 2000 for option in found.options)
    elif found.changed:
        assert found.question.strip()
        assert len(found.question) <= 2000
    else:
        assert found.question == question
