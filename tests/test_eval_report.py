"""The HTML report: whole, safe, readable without the network, whatever is missing in it."""

import copy
import random
import re
from functools import cache
from html.parser import HTMLParser

import pytest

from eval.measure import ANSWERING, FAITHFULNESS, RETRIEVAL
from eval.numbers import Numbers
from eval.report import html_report
from eval.report_questions import MOST_QUESTIONS
from eval.report_values import percent, shown, three
from eval.summary import difference, summarise

SENTENCES = (
    "Nordkorea lieferte Russland nach ukrainischen Angaben zwölf Millionen Schuss "
    "Artilleriemunition.",
    "„Die Partnerschaft ist in der Tat von strategischer Natur“, sagte Lawrow am Montag in Moskau.",
    "Im Juni unterzeichneten Wladimir Putin und Kim Jong-un einen Vertrag über eine umfassende "
    "strategische Partnerschaft.",
    "Weder Moskau noch Pjöngjang bestätigten die Angaben über entsprechende Truppenbewegungen.",
)
ANSWERABLE = {
    "number": ("de", "Wie viele Schuss Artilleriemunition lieferte Nordkorea?", "zwölf Millionen"),
    "who_said": ("de", "Wer nannte die Partnerschaft „strategisch“?", "Lawrow"),
    "date": ("de", "Wann wurde der Vertrag unterzeichnet?", "Im Juni"),
    "typo": ("de", "wer hat den vertrag ueber die strategishce partnerschaft unterschriben", "Kim"),
    "cross_lingual": ("ru", "Кто подписал договор о партнёрстве?", "Wladimir Putin"),
    "broad": ("en", "Has anybody confirmed that troops were moved?", "Weder Moskau noch Pjöngjang"),
}
UNANSWERABLE = {
    "absent_fact": ("de", "Wie viele Raketen lieferte Nordkorea?"),
    "wrong_year": ("de", "Wo unterschrieben Putin und Kim im Juni 2022 den Vertrag?"),
    "false_premise": ("fr", "Pourquoi Lavrov a-t-il critiqué la Corée du Nord ?"),
    "off_topic": ("de", "Wer gewann 2024 die Fußball-Europameisterschaft?"),
}
EVIL = (
    "<script>alert(1)</script><img src=x onerror=alert(1)>\"'><a href='javascript:alert(1)'>"
    "\x1b[31mred\u202eabc\u2066\u200b</style>\x00\ud800"
)
VOID = {"meta", "input", "br"}


def a_quote(rng: random.Random, text: str, number: int | None) -> dict:
    line = rng.randint(1, 22)
    return {
        "article_id": f"00{rng.randint(0, 4)}_76f1e17f13bba951.txt",
        "sha256": f"{rng.getrandbits(256):064x}",
        "line_start": line,
        "line_end": line,
        "start": 100,
        "end": 100 + len(text),
        "text": text,
        "number": number,
        "also": False,
    }


def a_result(rng: random.Random, place: int, kind: str, skill: float, split: str) -> dict:
    answerable = kind in ANSWERABLE
    language, question = (ANSWERABLE if answerable else UNANSWERABLE)[kind][:2]
    confidence = min(1.0, max(0.0, rng.gauss(0.5 + skill * (0.5 if answerable else -0.4), 0.22)))
    abstained, hit = confidence < 0.39, rng.random() < skill + 0.2
    texts = rng.sample(SENTENCES, rng.randint(1, 3))
    quotes = [a_quote(rng, text, i) for i, text in enumerate(texts, 1)]
    gold = [f"{quotes[0]['article_id']}:{quotes[0]['line_start'] + (0 if hit else 1)}"]
    ok = (not abstained and hit) if answerable else abstained
    metrics = dict.fromkeys((*RETRIEVAL, *ANSWERING)) | dict.fromkeys(FAITHFULNESS, 1.0)
    metrics |= {"right": float(ok), "staleness": 0.0, "abstention_recall": None}
    metrics["false_refusal"] = float(abstained) if answerable else None
    if answerable:
        metrics |= {"answered": float(not abstained), "gold_line_hit": float(hit and not abstained)}
        metrics["answer_f1"] = 0.0 if abstained else rng.choice((0.0, 0.4, 0.8, 1.0))
    else:
        metrics["abstention_recall"] = float(abstained)
    return {
        "id": f"{split[0]}{place:03}",
        "split": split,
        "kind": kind,
        "language": language,
        "question": question,
        "answerable": answerable,
        "answers": [ANSWERABLE[kind][2]] if answerable else [],
        "gold": gold if answerable else [],
        "text": "" if abstained else " ".join(f"{q['text']} [{q['number']}]" for q in quotes),
        "claims": [],
        "quotes": [] if abstained else quotes,
        "nearest": [quote | {"number": None} for quote in quotes] if abstained else [],
        "abstained": abstained,
        "reason": "unknown_terms" if abstained else None,
        "terms": ["Raketen"] if abstained else [],
        "confidence": confidence,
        "metrics": metrics,
        "right_if_answered": answerable and hit,
        "ok": ok,
        "failure": None if ok else "refused an answerable question" if abstained else "wrong line",
        "latency_s": rng.uniform(0.02, 0.2),
        "stages_s": {"retrieve": rng.uniform(0.01, 0.09), "quotes": rng.uniform(0.002, 0.02)},
    }


def some_results(skill: float, each: int) -> list[dict]:
    rng = random.Random(7)
    kinds = (*ANSWERABLE, *UNANSWERABLE)
    return [
        a_result(rng, place, kind, skill, split)
        for split in ("dev", "test")
        for place, kind in enumerate(kinds * each)
    ]


def a_report(systems: dict[str, float], each: int = 3) -> dict:
    """A report as `eval.run` makes it; the higher a system's skill the better it is."""
    results = {name: some_results(skill, each) for name, skill in systems.items()}
    columns = {name: Numbers.of(found) for name, found in results.items()}
    names = list(systems)
    count = len(results[names[0]])
    comparison = None
    if len(names) == 2:
        found = difference(columns[names[0]], columns[names[1]])
        comparison = {"first": names[0], "second": names[1], **found}
    return {
        "format": 1,
        "created": "2025-11-22T02:30:00+00:00",
        "set": {
            "path": "eval/sets/seeds.jsonl",
            "name": "seeds",
            "sha256": "ab" * 32,
            "questions": count,
            "dev": count // 2,
            "test": count // 2,
        },
        "provenance": {
            "commit": "0123456789abcdef0123456789abcdef01234567",
            "dirty": True,
            "models": {
                "embedder": {"name": "multilingual-e5-small", "sha256": "cd" * 32, "dim": 384}
            },
            "index": {"generation": 3, "articles": 5, "passages": 61, "analyser": "de-4"},
            "settings": {"drafter": "none", "max_quotes": 3, "abstain_below": 0.39},
            "versions": {"numpy": "2.3.5", "torch": "2.9.1"},
            "python": "3.11.2",
            "platform": "Linux x86-64",
        },
        "systems": {
            name: {"summary": summarise(columns[name]), "results": results[name]} for name in names
        },
        "comparison": comparison,
    }


@cache
def _sample(*names: str) -> dict:
    return a_report({name: 0.35 + 0.25 * i for i, name in enumerate(names)})


def sample(*names: str) -> dict:
    return copy.deepcopy(_sample(*(names or ("extractive",))))


class Page(HTMLParser):
    """Reads a page strictly: every element closed in order, ids unique."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.open, self.ids, self.attributes, self.text = [], [], [], []
        self.tags: list[str] = []
        self.feed(page)
        self.close()
        assert self.open == []
        assert len(self.ids) == len(set(self.ids))

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes += [(tag, name, value or "") for name, value in attrs]
        self.ids += [value for name, value in attrs if name == "id"]
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes += [(tag, name, value or "") for name, value in attrs]

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if not self.open or self.open[-1] not in ("style", "script"):
            self.text.append(data)

    @property
    def words(self) -> str:
        return " ".join("".join(self.text).split())


def every_place(value: object, path: tuple = ()):
    """The path of every value within a report; the second system is made like the first."""
    if "drafter" in path[:-1]:
        return
    yield path
    for key, item in value.items() if isinstance(value, dict) else ():
        yield from every_place(item, (*path, key))
    for key, item in enumerate(value) if isinstance(value, list) else ():
        yield from every_place(item, (*path, key))


def replaced(report: dict, path: tuple, value: object) -> dict:
    changed = copy.deepcopy(report)
    place = changed
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = value
    return changed


def small() -> dict:
    """Two systems with a result of each sort, and one of every list and table."""
    report = sample("extractive", "drafter")
    for system in report["systems"].values():
        sorts = {result["abstained"]: result for result in system["results"]}
        system["results"] = [sorts[True], sorts[False]]
        for result in system["results"]:
            result["metrics"] = {"right": 1.0}
            result["quotes"], result["nearest"] = result["quotes"][:1], result["nearest"][:1]
        summary = system["summary"]["test"]
        system["summary"] = {"test": summary}
        metrics = ("right", "quote_precision", "answered")
        summary["metrics"] = {metric: summary["metrics"][metric] for metric in metrics}
        for key in ("risk_coverage", "calibration"):
            summary[key] = summary[key][:1]
        for key in ("by_kind", "by_language"):
            (kind, _), *_ = summary[key].items()
            part = {"questions": 3, "metrics": {"right": dict(summary["metrics"]["right"])}}
            summary[key] = {kind: part}
    return report


def test_one_file_that_loads_nothing():
    page = html_report(sample("extractive", "drafter"))
    read = Page(page)
    assert not re.search(r"(?i)https?:|//[a-z]|url\(|@import|\bfetch\(|XMLHttp|import\(", page)
    loading = {"src", "srcset", "data", "action", "style", "xlink:href", "poster"}
    assert not [a for a in read.attributes if a[1] in loading or a[1].startswith("on")]
    assert {a[2][0] for a in read.attributes if a[1] == "href"} == {"#"}
    assert not {"link", "iframe", "img", "object", "embed", "form", "base"} & set(read.tags)
    targets = {a[2][1:] for a in read.attributes if a[1] == "href"}
    assert targets <= set(read.ids)


def test_the_policy_allows_only_the_pages_own_script():
    import base64
    import hashlib

    page = html_report(sample())
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', page)[1]
    for tag in ("script", "style"):
        (inside,) = re.findall(f"<{tag}>(.*?)</{tag}>", page, re.DOTALL)
        digest = base64.b64encode(hashlib.sha256(inside.encode()).digest()).decode()
        assert f"{tag}-src 'sha256-{digest}'" in policy
    assert policy.startswith("default-src 'none'")


def test_two_systems_stand_side_by_side():
    report = sample("extractive", "drafter")
    read = Page(html_report(report))
    first, second = (report["systems"][n]["summary"]["test"] for n in ("extractive", "drafter"))
    for summary in (first, second):
        gold = summary["metrics"]["gold_line_hit"]
        low, high = (percent(gold[bound]).replace("\u00a0", " ") for bound in ("low", "high"))
        assert f"95 %: {low} to {high} · n 18" in read.words
    test = report["comparison"]["mcnemar"]
    assert f"Right only in drafter: {test['only_second']} questions" not in read.words
    assert f"right only in drafter: {test['only_second']}" in read.words
    assert f"p = {test['p_value']:.3g}" in read.words
    assert "Answer F1, drafter minus extractive" in read.words


def test_faithfulness_never_stands_without_coverage():
    report = sample("extractive", "drafter")
    cards = html_report(report).split('<div class="card">')[1:]
    for title in ("Quotes verbatim", "Lines right", "Numbers kept", "Backed by quotes"):
        (of_test, *others) = [card for card in cards if f"<h4>{title}</h4>" in card]
        assert len(others) == 2  # dev and all
        for name in ("extractive", "drafter"):
            answered = report["systems"][name]["summary"]["test"]["metrics"]["answered"]
            assert f"at coverage {percent(answered['value']).replace('<', '&lt;')}" in of_test


def test_every_plot_is_there_and_says_what_it_shows():
    page = html_report(sample("extractive", "drafter"))
    plots = re.findall(r'<svg class="plot".*?</svg>', page, re.DOTALL)
    titles = [re.search(r"<title[^>]*>([^<]+)</title>", plot)[1] for plot in plots]
    assert titles[:9] == [
        "What it answers",
        "What it leaves unanswered",
        "Risk and coverage",
        "Is its confidence honest? – extractive",
        "Is its confidence honest? – drafter",
        "Can it tell the two apart? – extractive",
        "Can it tell the two apart? – drafter",
        "Time for one question",
        "What it answers",
    ]
    assert all(re.search(r"<desc[^>]*>[^<]{10,}</desc>", plot) for plot in plots)
    assert all('role="img"' in plot for plot in plots)
    assert not re.search(r"(nan|inf|None)[\"' ,]", "".join(plots))


def test_every_question_is_there_with_failures_first():
    report = sample("extractive", "drafter")
    page = html_report(report)
    verdicts = re.findall(r'class="q" data-verdict="([^"]*)"', page)
    results = report["systems"]["extractive"]["results"]
    assert len(verdicts) == len(results)
    wrong = [verdict.count("wrong-") for verdict in verdicts]
    assert wrong == sorted(wrong, reverse=True)
    assert {"wrong differ wrong-0", "right"} <= set(verdicts)
    for result in results:
        assert f" · {result['split']} · {result['language']} · {result['id']}" in page


def test_a_question_shows_its_proof():
    report = sample()
    (result,) = report["systems"]["extractive"]["results"] = [
        next(r for r in report["systems"]["extractive"]["results"] if r["ok"] and r["quotes"])
    ]
    result |= {"answers": ["zwölf Millionen"], "text": "zwölf Millionen [1]"}
    quote = result["quotes"][0] | {
        "text": "Es waren zwölf Millionen Schuss.", "line_start": 12, "line_end": 13
    }  # fmt: skip
    also = quote | {"also": True, "article_id": "b.txt", "line_start": 7, "line_end": 7}
    result |= {"quotes": [quote, also], "gold": ["b.txt:7", "c.txt:1"]}
    page = html_report(report)
    assert '<p class="answer" dir="auto"><mark>zwölf Millionen</mark> [1]</p>' in page
    assert "Es waren <mark>zwölf Millionen</mark> Schuss." in page
    assert f"<code>{quote['article_id']}:12-13</code> <small>" in page
    assert 'also <code>b.txt:7</code> <span class="badge">gold line</span>' in page
    assert "<code>b.txt:7</code> <code>c.txt:1</code></dd>" in page


def test_nothing_of_a_report_becomes_markup():
    """Every text and every name of the report, one after the other in one page, is hostile."""
    report = small()
    del report["systems"]["drafter"]
    for path in list(every_place(report)):
        value = report
        for key in path:
            value = value[key]
        if isinstance(value, str):
            report = replaced(report, path, EVIL)
    evil = report["systems"].pop("extractive")
    report["systems"][EVIL] = evil
    evil["summary"][EVIL] = copy.deepcopy(evil["summary"]["test"])
    for key in ("by_kind", "by_language", "metrics", "latency_s", "abstention"):
        evil["summary"]["test"][key][EVIL] = {"value": 0.5, "median": 1, "questions": 1}
    for result in evil["results"]:
        result["metrics"][EVIL] = 1.0
    report["provenance"][EVIL] = {EVIL: EVIL}
    page = html_report(report)
    read = Page(page)
    page.encode("utf-8")
    assert read.tags.count("script") == 1
    assert read.tags.count("style") == 1
    assert "img" not in read.tags
    assert {a[2][0] for a in read.attributes if a[1] == "href"} == {"#"}
    assert not [a for a in read.attributes if a[1].startswith("on") or a[1] == "style"]
    assert not set("\x1b\u202e\u2066\u200b\x00\ud800") & set(page)
    assert r"\x1b[31mred\u202eabc\u2066\u200b</style>\x00\ud800" in read.words


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a\r\nb\tc", "a\nb c"),
        ("a\rb\x7f", r"a\x0db\x7f"),
        ("\ufeffKim\u00adJong\u200dun", "\\ufeffKim\u00adJong\u200dun"),
        ("\u2028\u061c\U000e0041", r"\u2028\u061c\U000e0041"),
        ("„Grüße“ 👩‍🚀", "„Grüße“ 👩‍🚀"),
    ],
)
def test_hidden_characters_are_shown(text, expected):
    assert shown(text) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (1, "100 %"), (0, "0 %"), (0.9996, "99.9 %"), (0.0001, "< 0.1 %"),
        (0.5, "50 %"), (0.123, "12.3 %"), (None, "–"),
    ],
)  # fmt: skip
def test_only_all_is_a_hundred_percent(value, expected):
    assert percent(value) == expected.replace(" ", "\u00a0")


def test_what_rounds_to_one_is_not_one():
    assert [three(value) for value in (1.0, 0.9999, 0.5)] == ["1.000", "0.999+", "0.500"]


STRANGE = ("text", -3.5, 10**400, [], {}, [None], {"x": None}, float("nan"), True)


@pytest.mark.parametrize("values", [(None,), STRANGE], ids=["null", "strange"])
def test_any_value_may_be_missing_or_strange(values):
    """Each value of a report in turn; every fourth page is read, which takes its time."""
    report = small()
    for i, path in enumerate(list(every_place(report))[1:]):
        page = html_report(replaced(report, path, values[i % len(values)]))
        if i % 4 == 0:
            Page(page)


def test_unknown_keys_are_ignored():
    report = small()
    report["more"] = {"a": [1, {"b": None}]}
    report["systems"]["extractive"]["summary"]["test"]["more"] = [{}]
    report["systems"]["extractive"]["results"][0]["more"] = {"a": 1}
    Page(html_report(report))


@pytest.mark.parametrize(
    "report", [{}, {"systems": {}}, {"systems": None}, {"systems": {"extractive": {}}}]
)
def test_nothing_to_report(report):
    assert "This report holds no results." in Page(html_report(report)).words


def test_a_set_too_large_for_single_questions():
    report = sample()
    report["set"]["questions"] = 4500
    del report["systems"]["extractive"]["results"]
    read = Page(html_report(report))
    assert "This report holds no single questions; the set has 4500 questions." in read.words
    assert "Can it tell the two apart?" not in read.words  # needs single questions
    assert "Risk and coverage" in read.words


def test_questions_beyond_the_most_are_counted():
    report = sample()
    few = report["systems"]["extractive"]["results"]
    report["systems"]["extractive"]["results"] = [
        result | {"id": f"{result['id']}-{i}"} for i in range(20) for result in few
    ]
    page = html_report(report)
    assert page.count('<details class="q"') == MOST_QUESTIONS
    assert f"{20 * len(few) - MOST_QUESTIONS} questions more" in page


def test_results_that_were_left_out_are_not_counted_as_all():
    report = sample()
    report["systems"]["extractive"]["results_left_out"] = 5
    read = Page(html_report(report))
    assert "5 questions more are in the numbers but not on this page" in read.words
    assert "Can it tell the two apart?" not in read.words
    assert "Why answers failed" not in read.words


def test_a_set_of_ones_own_is_not_held_to_the_projects_aims():
    report = sample()
    assert "Aim: at least 90\u00a0%" in html_report(report)
    report["set"]["name"] = "my questions"
    assert "Aim" not in html_report(report)


def test_no_number_of_a_judge_stands_without_its_error():
    made = sample()
    made["provenance"]["models"]["nli"] = {"name": "tiny", "sha256": "0" * 64, "dim": 0}
    assert "nli: its own error was not measured" in html_report(made)
    made["judges"] = {
        "nli": {"accuracy": 0.61, "false_entail": 0.2, "missed_entail": 0.3, "pairs": 9105}
    }
    page = html_report(made)
    assert "not measured" not in page
    assert "accuracy 0.61, false entailment 0.2, missed entailment 0.3, on 9105 pairs" in page
