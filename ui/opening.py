"""From the options of a command to an assistant with an index. Heavy imports stand inside."""

from __future__ import annotations

import argparse
import contextlib
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from typing import IO, TYPE_CHECKING

from index.errors import AssistantError, StoreNotFoundError

if TYPE_CHECKING:
    from rag.assemble import Assistant

_BAR = "{l_bar}{bar}| {n_fmt}/{total_fmt} [{elapsed}<{remaining}, {rate_noinv_fmt}]"
"""The usual bar of tqdm; but a slow model, too, is told in passages a second."""


def open_assistant(options: argparse.Namespace, **settings: object) -> Assistant:
    """The assistant that the options describe."""
    from rag.assemble import Assistant
    from rag.config import Config

    values = {
        "corpus": options.corpus,
        "cache": options.cache,
        "index": options.index,
        "embedder": options.embedder,
        "allow_download": options.allow_download,
        "max_mb": options.max_mb,
    }
    return Assistant(Config.from_mapping(values | settings))


def prepare(assistant: Assistant, options: argparse.Namespace, *, sync: bool) -> None:
    """Build a missing index; sync if asked to."""
    if not sync:
        try:
            assistant.snapshot.stamps()
        except StoreNotFoundError:
            sync = True
    if sync:
        sync_shown(assistant, options, full=False, stream=None)


def sync_shown(
    assistant: Assistant,
    options: argparse.Namespace,
    *,
    full: bool,
    stream: IO[str] | None,
    dry_run: bool = False,
) -> bool:
    """Sync with a progress bar, or say what a sync would do; True if an article is left out.

    Args:
        assistant: whose index.
        options: `json` and `say`.
        full: build it anew.
        stream: where the report goes; None for standard error, and only if there is news.
        dry_run: embed and write nothing.
    """
    from index.sync import preview
    from ui.sync_table import sync_json, table_text

    config = assistant.config
    started = time.perf_counter()
    if dry_run:
        place = (config.corpus, config.index_folder, assistant.model)
        report = preview(*place, full=full, max_bytes=config.max_bytes)
    else:
        with with_bar(options.say) as progress:
            report = assistant.sync(full=full, progress=progress)
    seconds = time.perf_counter() - started
    if stream is not None or report.written or report.errors or report.skipped:
        text = sync_json(report, seconds) if options.json else None
        print(text or table_text(report, seconds, options.say), file=stream or sys.stderr)
    return bool(report.errors)


@contextlib.contextmanager
def with_bar(
    say: Mapping[str, str], *, leave: bool = True
) -> Iterator[Callable[[int], Callable[[int], None]]]:
    """A progress bar with rate and remaining time, for `index.sync.sync`.

    It appears when there is something to embed, and only on a terminal.

    Args:
        say: the words.
        leave: the bar stays when all is embedded.
    """
    from tqdm import tqdm

    with contextlib.ExitStack() as stack:

        def progress(total: int) -> Callable[[int], None]:
            bar = stack.enter_context(
                tqdm(
                    desc=say["embedding"],
                    unit=f" {say['passage']}",
                    total=total,
                    leave=leave,
                    bar_format=_BAR,
                    file=sys.stderr,
                    disable=None if total else True,
                )
            )
            return lambda count: bar.update(count) and None

        yield progress


def complain(error: AssistantError) -> int:
    """Say what went wrong and what to do about it, on standard error; exit code 1."""
    from ui.render import shown

    print(f"error: {shown(error.message)}", file=sys.stderr)
    if error.hint:
        print(f"hint: {shown(error.hint)}", file=sys.stderr)
    return 1
