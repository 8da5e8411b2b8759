import ast
from pathlib import Path

import pytest

PROJECT = Path(__file__).parent.parent
LAYERS = ("index", "rag", "eval", "ui")
"""Each may import itself and those on its left."""
MODULES = sorted(path for layer in LAYERS for path in (PROJECT / layer).rglob("*.py"))
MOST_LINES = 300
MOST_FUNCTION_LINES = 40


def named(path: Path) -> str:
    return str(path.relative_to(PROJECT))


def imported(source: str, package: tuple[str, ...]) -> set[str]:
    """All modules that a source imports, wherever in it; relative ones resolved."""
    found = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else ()
            found.add(".".join((*base, *([node.module] if node.module else []))))
        elif (
            isinstance(node, ast.Call)
            and getattr(node.func, "attr", getattr(node.func, "id", ""))
            in ("import_module", "__import__")
            and isinstance(node.args[0], ast.Constant)
        ):
            found.add(str(node.args[0].value))
    return found


def wrong_imports(source: str, package: tuple[str, ...]) -> set[str]:
    """Imports of a layer on the right of this one."""
    right = LAYERS[LAYERS.index(package[0]) + 1 :]
    return {name for name in imported(source, package) if name.split(".")[0] in right}


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("import rag.types", {"rag.types"}),
        ("from ui import cli", {"ui"}),
        ("from index import types\nimport json, evaluation", set()),
        ("def f():\n    from rag.answer import answer", {"rag.answer"}),
        ("if TYPE_CHECKING:\n    import eval.run", {"eval.run"}),
        ("import importlib\nimportlib.import_module('ui.cli')", {"ui.cli"}),
        ("from . import store\nfrom .errors import StoreError", set()),
    ],
)
def test_the_test_sees_every_kind_of_import(source, expected):
    assert wrong_imports(source, ("index",)) == expected


@pytest.mark.parametrize("path", MODULES, ids=named)
def test_imports_only_point_left(path):
    package = path.relative_to(PROJECT).parent.parts
    assert wrong_imports(path.read_text(encoding="utf-8"), package) == set()


@pytest.mark.parametrize("path", MODULES, ids=named)
def test_modules_are_short(path):
    assert len(path.read_text(encoding="utf-8").split("\n")) - 1 <= MOST_LINES


@pytest.mark.parametrize("path", MODULES, ids=named)
def test_functions_are_short(path):
    long = {
        node.name: node.end_lineno - node.lineno + 1
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and node.end_lineno - node.lineno + 1 > MOST_FUNCTION_LINES
    }
    assert long == {}


@pytest.mark.parametrize("path", [*MODULES, *sorted((PROJECT / "tests").glob("*.py"))], ids=named)
def test_eval_is_imported_by_its_modules_only(path):
    """``import eval`` would hide the function of that name."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            bound = {alias.asname or alias.name.split(".")[0] for alias in node.names}
            assert "eval" not in bound


def test_every_package_is_named_for_the_build():
    import tomllib

    settings = tomllib.loads((PROJECT / "pyproject.toml").read_text(encoding="utf-8"))
    packages = {str(path.parent.relative_to(PROJECT)).replace("/", ".") for path in MODULES}
    assert packages == set(settings["tool"]["setuptools"]["packages"])


@pytest.mark.parametrize("path", MODULES, ids=named)
def test_a_module_begins_by_saying_what_it_is(path):
    assert ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))
