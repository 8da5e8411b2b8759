"""The command `beleg`: index, ask, search, check.

Answers go to standard output, progress and errors to standard error. The one place that
reads the environment, and the one that turns an `AssistantError` into a message: exit
code 1; wrong usage exits with 2; a bug keeps its traceback. Heavy imports stand inside
the functions that run, so that ``--help`` is quick.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import IO, TYPE_CHECKING

from index.errors import AssistantError, QuestionError, StoreNotFoundError
from ui.evaluate import add_eval
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
    try:
        run: Callable[[argparse.Namespace], int] = options.run
        code = run(options)
        sys.stdout.flush()  # a reader that went away is noticed here, not at the very end
        return code
    except AssistantError as error:
        return _complain(error)
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1


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

    index = commands.add_parser("index", parents=[common], help="bring the index up to date")
    index.add_argument("folder", nargs="?", type=Path, metavar="FOLDER", help="same as --corpus")
    index.add_argument("--full", action="store_true", help="rebuild it from the articles alone")
    index.set_defaults(run=run_index)

    ask = commands.add_parser("ask", parents=[common], help="answer a question with quotes")
    ask.add_argument("question", help='the question; "-" reads one a line from standard input')
    ask.add_argument("--sync", action="store_true", help="bring the index up to date first")
    _add_articles(ask)
    ask.add_argument(
        "--drafter",
        default="none",
        metavar="MODEL",
        help="none: the evidence, word for word (default); beleg: the packaged model; or "
        "another encoder-decoder: a folder or a hub name",
    )
    ask.add_argument("--max-quotes", type=_count, default=3, metavar="N", help="default 3")
    ask.set_defaults(run=run_ask)

    search = commands.add_parser("search", parents=[common], help="list the nearest passages")
    search.add_argument("question", metavar="query", help="what to look for")
    search.add_argument("-n", "--limit", type=_count, default=10, metavar="N", help="default 10")
    _add_articles(search)
    search.set_defaults(run=run_search)

    check = commands.add_parser("check", parents=[common], help="compare the index with the disk")
    check.set_defaults(run=run_check)
    add_eval(commands, environment)
    return parser


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
    common.add_argument("--json", action="store_true", help="print one JSON object a line")
    return common


def _count(text: str) -> int:
    """A number of things to show; argparse turns the error into a usage error."""
    if (number := int(text)) < 1:
        raise argparse.ArgumentTypeError(f"{number} is less than 1")
    return number


def run_index(options: argparse.Namespace) -> int:
    """Bring the index up to date; 1 if an article had to be left out."""
    if options.folder is not None:
        options.corpus = options.folder
    left_out = _sync(_assistant(options), options, full=options.full, stream=sys.stdout)
    return 1 if left_out else 0


def run_ask(options: argparse.Namespace) -> int:
    """Answer a question, or each line of standard input; a missing index is built first."""
    from rag.question import read_question

    if options.question != "-":
        read_question(options.question)  # a question that cannot be asked costs no model
    assistant = _assistant(options, drafter=options.drafter, max_quotes=options.max_quotes)
    _prepare(assistant, options, sync=options.sync)
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
                failed = bool(_complain(error))
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

    question = read_question(options.question).text
    assistant = _assistant(options)
    _prepare(assistant, options, sync=False)
    scope = resolve_articles(options.article, assistant.snapshot.stamps())
    hits = assistant.search(question, options.limit, scope).hits
    print(hits_json(hits) if options.json else hits_text(hits, options.corpus))
    return 0


def run_check(options: argparse.Namespace) -> int:
    """Compare the index with itself and with the folder; 1 if something is wrong."""
    from index.check import check_index
    from index.generations import repair_hint
    from ui.render import check_json, check_text

    assistant = _assistant(options)
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


def _assistant(options: argparse.Namespace, **settings: object) -> Assistant:
    from rag.assemble import Assistant
    from rag.config import Config

    values = {
        "corpus": options.corpus,
        "cache": options.cache,
        "index": options.index,
        "embedder": options.embedder,
        "allow_download": options.allow_download,
    }
    return Assistant(Config.from_mapping(values | settings))


def _prepare(assistant: Assistant, options: argparse.Namespace, *, sync: bool) -> None:
    """Build a missing index; sync if asked to."""
    if not sync:
        try:
            assistant.snapshot.stamps()
        except StoreNotFoundError:
            sync = True
    if sync:
        _sync(assistant, options, full=False, stream=None)


def _sync(
    assistant: Assistant, options: argparse.Namespace, *, full: bool, stream: IO[str] | None
) -> bool:
    """Sync with a progress bar; True if an article had to be left out."""
    from tqdm import tqdm

    from ui.render import sync_json, sync_text

    say = options.say
    bar = tqdm(desc=say["embedding"], unit=f" {say['passage']}", file=sys.stderr, disable=None)

    def progress(total: int) -> Callable[[int], None]:
        bar.reset(total=total)
        return lambda count: bar.update(count) and None

    started = time.perf_counter()
    with bar:
        report = assistant.sync(full=full, progress=progress)
    seconds = time.perf_counter() - started
    text = sync_json(report, seconds) if options.json else sync_text(report, seconds, say)
    if stream is not None or report.written or report.errors or report.skipped:
        print(text, file=stream or sys.stderr)
    return bool(report.errors)


def _complain(error: AssistantError) -> int:
    from ui.render import shown

    print(f"error: {shown(error.message)}", file=sys.stderr)
    if error.hint:
        print(f"hint: {shown(error.hint)}", file=sys.stderr)
    return 1


def _language(environment: Mapping[str, str]) -> str:
    wanted = environment.get("BELEG_LANG") or environment.get("LANG") or ""
    return "de" if wanted.lower().startswith("de") else "en"
