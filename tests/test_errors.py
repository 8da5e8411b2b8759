import re
from pathlib import Path

import pytest

from index import errors
from index.errors import AssistantError


def subclasses(base):
    return {c for c in base.__subclasses__() if c.__module__ == errors.__name__}


def drawn_tree() -> dict[str, str]:
    """Class -> base, as the docstring of the module draws them."""
    parents: dict[str, str] = {}
    above: list[str] = []
    for line in (errors.__doc__ or "").splitlines():
        match = re.fullmatch(r"    ([ │├└─]*)(\w+Error)", line)
        if match:
            depth = len(match[1]) // 4
            above[depth:] = [match[2]]
            parents[match[2]] = above[depth - 1] if depth else "Exception"
    return parents


def class_tree() -> dict[str, str]:
    found = {
        name: value
        for name, value in vars(errors).items()
        if isinstance(value, type) and issubclass(value, BaseException)
    }
    return {name: value.__bases__[0].__name__ for name, value in found.items()}


def test_the_tree_in_the_docstring_is_the_class_tree():
    assert drawn_tree() == class_tree()
    assert len(class_tree()) > 15


def test_no_other_module_defines_an_error_of_its_own():
    for package in ("index", "rag", "eval", "ui"):
        for path in (Path(__file__).parent.parent / package).rglob("*.py"):
            if path.name != "errors.py":
                source = path.read_text(encoding="utf-8")
                assert not re.search(r"^class \w+\((\w*Error|Exception)\)", source, re.M), path


@pytest.mark.parametrize(
    ("error", "message", "facts"),
    [
        (
            errors.ArticleDecodeError("ü/a.txt", 7, "not UTF-8", hint="iconv"),
            "ü/a.txt: not UTF-8 at byte 7",
            {"path": "ü/a.txt", "offset_bytes": 7, "reason": "not UTF-8", "hint": "iconv"},
        ),
        (
            errors.StoreMismatchError(Path("i"), "model", "A", "B", hint="rebuild"),
            "i: index made with another model: A in the index, B now",
            {"path": Path("i"), "what": "model", "stored": "A", "current": "B", "hint": "rebuild"},
        ),
        (
            errors.ContextOverflowError(600, 512, hint="shorter"),
            "input of 600 tokens, the model reads at most 512",
            {"tokens": 600, "limit": 512, "hint": "shorter"},
        ),
        (
            errors.QuestionFileError(Path("q.jsonl"), 3, "no question"),
            "q.jsonl:3: no question",
            {"path": Path("q.jsonl"), "line": 3, "hint": ""},
        ),
        (
            errors.UploadExistsError("ä.txt", "Ä\n.TXT", hint="replace it"),
            "Ä\\x0a.TXT: there is an article of this name already",
            {"name": "ä.txt", "article_id": "Ä\n.TXT", "hint": "replace it"},
        ),
        (errors.DraftError("no span", "raw „text“"), "no span", {"raw": "raw „text“"}),
    ],
)
def test_facts_and_message(error, message, facts):
    assert str(error) == error.message == message
    assert {name: getattr(error, name) for name in facts} == facts
    assert isinstance(error, AssistantError)


def test_a_message_shows_a_file_name_on_one_line():
    error = errors.ArticleDecodeError("a\n[2] \x1b[31m\u202e.txt", 0, "not UTF-8")
    assert error.message == "a\\x0a[2] \\x1b[31m\\u202e.txt: not UTF-8 at byte 0"
    assert error.path == "a\n[2] \x1b[31m\u202e.txt"
