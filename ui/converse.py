"""The subcommand ``beleg chat``: its options, and starting the page."""

from __future__ import annotations

import argparse
import os
import sys
import threading
import time
from pathlib import Path

from rag.config import DRAFTER_PACKAGED
from ui.opening import open_assistant, prepare

FEEDBACK = Path("reports/feedback.jsonl")
PORT = 7860


def add_chat(
    commands: argparse._SubParsersAction[argparse.ArgumentParser],
    common: argparse.ArgumentParser,
) -> None:
    """Add the subcommand.

    Args:
        commands: the subcommands of the program.
        common: the options of every command.
    """
    parser = commands.add_parser("chat", parents=[common], help="ask in the browser")
    parser.add_argument("--host", default="127.0.0.1", help="default: 127.0.0.1, this machine only")
    parser.add_argument("--port", type=int, default=PORT, help=f"default: {PORT}")
    parser.add_argument("--drafter", default=DRAFTER_PACKAGED, metavar="MODEL", help="as for ask")
    parser.add_argument(
        "--users", type=Path, metavar="FILE", help="name:password lines; only these may log in"
    )
    parser.add_argument(
        "--feedback",
        type=Path,
        metavar="FILE",
        default=FEEDBACK,
        help=f"where opinions about answers are appended (default: {FEEDBACK})",
    )
    parser.set_defaults(run=run_chat)


def run_chat(options: argparse.Namespace) -> int:
    """Serve the page until interrupted; a missing index is built first."""
    started = time.perf_counter()
    os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"  # before gradio is imported
    if not options.allow_download:
        os.environ["HF_HUB_OFFLINE"] = "1"
    from ui.chat import build_chat
    from ui.desk import Desk
    from ui.serve import read_users, serve

    users = read_users(options.users) if options.users else None
    assistant = open_assistant(options, drafter=options.drafter)
    prepare(assistant, options, sync=False)
    desk = Desk(assistant, options.feedback)
    page = build_chat(desk, str(options.corpus))
    url = serve(page, host=options.host, port=options.port, users=users)
    seconds = time.perf_counter() - started
    print(f"Beleg: {url} ({seconds:.1f} s)", file=sys.stderr, flush=True)
    try:
        threading.Event().wait()
    finally:
        page.close()
        desk.close()
    return 0
