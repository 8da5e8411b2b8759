"""The command `beleg`: index, ask, search, chat, check, eval.

Answers go to standard output, progress and errors to standard error. The one place that
reads the environment, and the one that turns an `AssistantError` into a message: exit
code 1; wrong usage exits with 2; a bug keeps its traceback. Heavy imports stand inside
the functions that run, so that ``--help`` is quick.
"""

from __future__ import annotations

import argparse
import atexit
import gc
import os
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

from index.errors import AssistantError, QuestionError
from rag.config import DRAFTER_PACKAGED
from ui.converse import add_chat
from ui.evaluate import add_eval
from ui.opening import complain, open_assistant, prepare, sync_shown
from ui.words import WORDS

if TYPE_CHECKING:
    from rag.assemble import Assistant


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command.

    Args:
        arguments: without the program's name; None for those of the process.

    Returns:
        Exit code: 0, or 1 if something could not be done.
    """
    options = build_parser(os.environ).parse_args(arguments)
    options.say = WORDS[_language(os.environ)]
    if arguments is None:
        _tidy_rarely()
    try:
        run: Callable[[argparse.Namespace], int] = options.run
        code = run(options)
        sys.stdout.flush()  # a reader that went away is noticed here, not at the very end
        return code
    except AssistantError as error:
        return complain(error)
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1


def _tidy_rarely() -> None:
    """Look for unreachable objects rarely, and not at all when the process ends.

    Models and dictionaries are millions of objects that stay until the end: looking through
    them took 1.2 s of a search's 9.5 s while they were loaded and 1 s when it was done.
    """
    gc.set_threshold(50_000, 20, 20)
    atexit.register(gc.freeze)


def build_parser(environment: Mapping[str, str]) -> argparse.ArgumentParser:
    """The command line; defaults come from BELEG_CORPUS, BELEG_INDEX and BELEG_CACHE."""
    parser = argparse.ArgumentParser(
        prog="beleg",
        description="Answers questions about a folder of articles and proves every answer "
        "with file and line, offline.",
    )
    parser.add_argument("--version", action="version", version=f"beleg {version('beleg')}")
    commands = parser.add_subparsers(title="commands", required=True, metavar="COMMAND")
    common = _common_options(environment)

    _add_index(commands, common)
    _add_ask(commands, common)

    search = commands.add_parser("search", parents=[common], help="list the nearest passages")
    search.add_argument("question", metavar="query", help="what to look for")
    search.add_argument("-n", "--limit", type=_count, default=10, metavar="N", help="default 10")
    _add_articles(search)
    search.set_defaults(run=run_search)

    add_chat(commands, common)

    check = commands.add_parser("check", parents=[common], help="compare the index with the disk")
    check.set_defaults(run=run_check)
    add_eval(commands, environment)
    return parser


def _add_index(
    commands: argparse._SubParsersAction[argparse.ArgumentParser],
    common: argparse.ArgumentParser,
) -> None:
    index = commands.add_parser("index", parents=[common], help="bring the index up to date")
    index.add_argument("folder", nargs="?", type=Path, metavar="FOLDER", help="same as --corpus")
    index.add_argument("--full", action="store_true", help="rebuild it from the articles alone")
    either = index.add_mutually_exclusive_group()
    either.add_argument(
        "--dry-run",
        action="store_true",
        help="say what a sync would do; embed and write nothing",
    )
    either.add_argument(
        "--watch",
        action="store_true",
        help="stay, and sync after each change of the folder, until Ctrl-C",
    )
    index.set_defaults(run=run_index)


def _add_ask(
    commands: argparse._SubParsersAction[argparse.ArgumentParser],
    common: argparse.ArgumentParser,
) -> None:
    ask = commands.add_parser("ask", parents=[common], help="answer a question with quotes")
    ask.add_argument("question", help='the question; "-" reads one a line from standard input')
    ask.add_argument("--sync", action="store_true", help="bring the index up to date first")
    _add_articles(ask)
    ask.add_argument(
        "--drafter",
        default=DRAFTER_PACKAGED,
        metavar="MODEL",
        help="beleg: the packaged model (default); none: the evidence, word for word; or "
        "another encoder-decoder: a folder or a hub name",
    )
    ask.add_argument("--max-quotes", type=_count, default=3, metavar="N", help="default 3")
    ask.set_defaults(run=run_ask)


def _add_articles(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--article",
        action="append",
        default=[],
        metavar="NAME",
        help="only this article (file name or its first part; may be repeated)",
    )


def _common_options(environment: Mapping[str, str]) -> argparse.ArgumentParser:
    """Options of every command: where things are, which model, what to print."""
    common = argparse.ArgumentParser(add_help=False)
    for name, variable, default, text in (
        ("corpus", "BELEG_CORPUS", "seeds", "folder of articles"),
        ("index", "BELEG_INDEX", ".beleg", "folder of the index"),
        ("cache", "BELEG_CACHE", "~/.cache/beleg", "folder for converted models"),
    ):
        common.add_argument(
            f"--{name}",
            type=Path,
            metavar="FOLDER",
            default=Path(environment.get(variable) or default).expanduser(),
            help=f"{text} (default: {default}, or {variable})",
        )
    common.add_argument(
        "--embedder", metavar="MODEL", help="another embedding model: a folder or a hub name"
    )
    common.add_argument(
        "--allow-download",
        action="store_true",
        help="fetch a named model that is not on this machine",
    )
    common.add_argument(
        "--max-mb", type=_count, default=20, metavar="N", help="leave larger files out (default 20)"
    )
    common.add_argument("--json", action="store_true", help="print one JSON object a line")
    return common


def _count(text: str) -> int:
    """A number of things to show; argparse turns the error into a usage error."""
    if (number := int(text)) < 1:
        raise argparse.ArgumentTypeError(f"{number} is less than 1")
    return number


def run_index(options: argparse.Namespace) -> int:
    """Bring the index up to date, or say what that would do; 1 if an article is left out.

    With ``--watch``: 0 when it is told to stop, whatever was left out meanwhile.
    """
    if options.folder is not None:
        options.corpus = options.folder
    assistant = open_assistant(options)
    if options.watch:
        from ui.watching import run_watch

        return run_watch(assistant, options)
    left_out = sync_shown(
        assistant, options, full=options.full, dry_run=options.dry_run, stream=sys.stdout
    )
    return 1 if left_out else 0


def run_ask(options: argparse.Namespace) -> int:
    """Answer a question, or each line of standard input; a missing index is built first."""
    from rag.question import read_question

    assistant = open_assistant(options, drafter=options.drafter, max_quotes=options.max_quotes)
    if options.question != "-":
        read_question(options.question)  # a question that cannot be asked costs no model
    prepare(assistant, options, sync=options.sync)
    assistant.load()
    if options.question != "-":
        _answer(assistant, options, options.question)
        return 0
    failed = False
    options.json = True
    for line in sys.stdin:
        if line.strip():
            try:
                _answer(assistant, options, line)
            except QuestionError as error:
                failed = bool(complain(error))
    return 1 if failed else 0


def _answer(assistant: Assistant, options: argparse.Namespace, question: str) -> None:
    from ui.render import answer_json, answer_text

    started = time.perf_counter()
    answer = assistant.ask(question, options.article)
    seconds = time.perf_counter() - started
    text = answer_json(answer, seconds) if options.json else answer_text(answer, options.corpus)
    print(text, flush=True)


def run_search(options: argparse.Namespace) -> int:
    """List the passages nearest to a question."""
    from rag.question import read_question, resolve_articles
    from ui.render import hits_json, hits_text

    assistant = open_assistant(options)
    question = read_question(options.question).text
    prepare(assistant, options, sync=False)
    scope = resolve_articles(options.article, assistant.snapshot.stamps())
    hits = assistant.search(question, options.limit, scope).hits
    print(hits_json(hits) if options.json else hits_text(hits, options.corpus))
    return 0


def run_check(options: argparse.Namespace) -> int:
    """Compare the index with itself and with the folder; 1 if something is wrong."""
    from index.check import check_index
    from index.generations import repair_hint
    from ui.render import check_json, check_text

    assistant = open_assistant(options)
    root = assistant.config.index_folder
    damaged = check_index(root, assistant.model)
    pending = () if damaged else assistant.pending()
    manifest = None if damaged else assistant.snapshot.manifest
    text = check_json if options.json else check_text
    print(text(damaged, pending, manifest, options.say))
    if damaged:
        print(f"hint: {repair_hint(root)}", file=sys.stderr)
    elif pending:
        print(f"hint: beleg index --corpus {options.corpus}", file=sys.stderr)
    return 1 if damaged or pending else 0


def _language(environment: Mapping[str, str]) -> str:
    wanted = environment.get("BELEG_LANG") or environment.get("LANG") or ""
    return "de" if wanted.lower().startswith("de") else "en"
