"""The README shows what the commands print, and names no command that does not exist."""

import re
from pathlib import Path

import pytest

from ui.cli import build_parser, main

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
BLOCKS = re.findall(
    r"```\n\$ make ask Q=\"(?P<question>[^\"]+)\"\n(?P<output>.*?)```", README, re.S
)
FIRST = re.search(r'make ask Q="([^"]+)"', README)[1]
FIRST_OUTPUT = re.search(r"```\n(Antwort.*?)```", README, re.S)[1]


def ask(question, tmp_path, model_cache, monkeypatch, capsys):
    monkeypatch.chdir(ROOT)
    index = tmp_path / "index"
    places = ["--corpus", "seeds", "--cache", str(model_cache), "--index", str(index)]
    assert main(["ask", *places, "--", question]) == 0
    return capsys.readouterr().out


def test_there_are_examples():
    assert len(BLOCKS) == 4


@pytest.mark.slow
@pytest.mark.parametrize(("question", "shown"), [(FIRST, FIRST_OUTPUT), *BLOCKS])
def test_readme_shows_what_is_printed(question, shown, tmp_path, model_cache, monkeypatch, capsys):
    printed = ask(question, tmp_path, model_cache, monkeypatch, capsys)
    if shown.endswith("  ...\n"):
        assert printed.startswith(shown.removesuffix("  ...\n"))
    else:
        assert printed == shown


def test_commands_of_the_readme_exist():
    named = set(re.findall(r"^beleg (\w+)", README, re.M))
    help_text = build_parser({"BELEG_CORPUS": "x"}).format_help()
    assert named
    assert all(re.search(rf"^\s+{name}\b", help_text, re.M) for name in named)


def test_make_targets_of_the_readme_exist():
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    named = set(re.findall(r"^(?:\$ )?make (\w+)", README, re.M))
    assert named >= {"ask", "test"}
    assert all(re.search(rf"^{name}:", makefile, re.M) for name in named)


def test_the_project_speaks_of_itself_alone():
    for name in ("README.md", "CHANGELOG.md", "Makefile", "pyproject.toml", "constraints.txt"):
        text = (ROOT / name).read_text(encoding="utf-8")
        assert not re.search(r"/work\b|/root\b|/tmp\b|pypi|index-url", text), name
