"""The subcommand ``beleg eval``: its options, and from options to an order.

What is done stands in `eval.command`; it is imported when the command runs.
"""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from pathlib import Path

from rag.config import DRAFTER_PACKAGED

SEEDS = Path("seeds")
EPILOG = """\
By default the set about the five articles in seeds/ is run. Results go to reports/eval.json and
reports/eval.html. The index of the evaluated folder is brought up to date first.
Exit code 1: the gate is red, or something could not be done."""


def add_eval(
    commands: argparse._SubParsersAction[argparse.ArgumentParser], environment: Mapping[str, str]
) -> None:
    """Add the subcommand.

    An evaluation has an index of its own (below the cache) and its own corpus: BELEG_CORPUS
    and BELEG_INDEX, which name the user's articles, are not looked at.

    Args:
        commands: the subcommands of the program.
        environment: BELEG_CACHE is read from it.
    """
    parser = commands.add_parser(
        "eval", help="measure answers and their proof on a question set", epilog=EPILOG
    )
    cache = environment.get("BELEG_CACHE") or "~/.cache/beleg"
    folders = {
        "--corpus": (SEEDS, "folder of the articles that the set asks about (default: seeds)"),
        "--index": (None, "folder of the index (default: one below the cache)"),
        "--cache": (Path(cache).expanduser(), "folder for models and indexes"),
    }
    for option, (default, told) in folders.items():
        parser.add_argument(option, type=Path, metavar="FOLDER", default=default, help=told)
    parser.add_argument("--embedder", metavar="MODEL", help="another embedding model")
    names = "beleg (default), none, a folder or a hub name"
    parser.add_argument("--drafter", default=DRAFTER_PACKAGED, metavar="MODEL", help=names)
    parser.add_argument("--nli", metavar="MODEL", help="NLI model that judges citations too")
    parser.add_argument(
        "--allow-download",
        action="store_true",
        help="fetch a named model that is not on this machine",
    )
    parser.add_argument(
        "--split", choices=("dev", "test", "all"), default="all", help="default: all"
    )
    parser.add_argument("--limit", type=int, metavar="N", help="first N rows of SQuAD-like rows")
    _add_files(parser)
    parser.set_defaults(run=run_eval)


def _add_files(parser: argparse.ArgumentParser) -> None:
    paths = {
        "--set": ("questions", "question set: Beleg's own format over --corpus, or SQuAD-like rows"
                  " (question, context, answers, answerable; .jsonl, .gz, .xz)"),
        "--json": ("json", "where the report goes (default: reports/eval.json)"),
        "--html": ("html", "where the HTML report goes (default: reports/eval.html)"),
        "--compare": ("compare", "tell question by question what changed since this report"),
        "--gate": ("gate", "compare with this baseline; exit code 1 if the answers got worse"),
        "--write-baseline": ("baseline", "write this run as a baseline: numbers, no texts"),
        "--calibrate-judge": ("calibrate", "labelled pairs (premise, hypothesis, label): show how"
                              " often each judge of citations is wrong itself"),
    }  # fmt: skip
    for option, (name, told) in paths.items():
        parser.add_argument(option, dest=name, type=Path, metavar="FILE", help=told)


def run_eval(options: argparse.Namespace) -> int:
    """Run the evaluation; 1 if the gate is red."""
    from eval.command import Order, evaluate
    from rag.config import Config

    config = Config.from_mapping(
        {
            "corpus": options.corpus,
            "cache": options.cache,
            "index": options.index,
            "embedder": options.embedder,
            "allow_download": options.allow_download,
            "drafter": options.drafter,
        }
    )
    names = ("questions", "json", "html", "baseline", "compare", "gate", "calibrate")
    given = {name: getattr(options, name) for name in names if getattr(options, name)}
    return evaluate(
        Order(config, split=options.split, limit=options.limit, nli=options.nli, **given)
    )
