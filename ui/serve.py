"""Serving the page: closed by default, one address, nothing that leaves this machine.

The page may load and call nothing but its own server (Content-Security-Policy), is answered
only under the names it was asked to serve (against DNS rebinding), and is never framed.
"""

from __future__ import annotations

import base64
import contextlib
import hmac
import io
import os
import socket
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import gradio as gr

from index.errors import ConfigError
from ui.chat import page_style
from ui.programs import TOOLS_PATH

LOOPBACK = ("127.0.0.1", "localhost", "::1")
MAX_UPLOAD = "20mb"
THREADS = 80
"""People that may wait at the same time: each waiting question holds one thread."""

HEADERS = {
    "content-security-policy": "default-src 'self'; script-src 'self' 'unsafe-inline' "
    "'unsafe-eval'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; "
    "font-src 'self' data:; connect-src 'self'; worker-src 'self' blob:; object-src 'none'; "
    "base-uri 'self'; form-action 'self'; frame-ancestors 'none'",
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
}
"""Inline scripts and eval are what the framework itself needs; no script comes from elsewhere."""

CLOSED: dict[str, Any] = {
    "share": False,
    "inbrowser": False,
    "quiet": True,
    "show_error": True,
    "ssr_mode": False,
    "pwa": False,
    "enable_monitoring": False,
    "mcp_server": True,
    "footer_links": [],
    "max_threads": THREADS,
    "max_file_size": MAX_UPLOAD,
    "allowed_paths": [],
    "strict_cors": True,
    "state_session_capacity": 500,
}
"""Settings of the framework that are not a matter of choice."""


def serve(page: gr.Blocks, *, host: str, port: int, users: Mapping[str, str] | None = None) -> str:
    """Start serving in the background.

    Args:
        page: the page.
        host: address to listen at.
        port: 0 for any free one.
        users: passwords by name; None for nobody to log in.

    Returns:
        The page's address.

    Raises:
        ConfigError: the address is taken or not this machine's.
    """
    try:
        with contextlib.redirect_stdout(io.StringIO()):  # it announces itself even when quiet
            _, url, _ = page.launch(
                server_name=host,
                server_port=port or free_port(host),
                auth=password_check(users) if users else None,
                prevent_thread_lock=True,
                theme=theme(),
                css=page_style(),
                app_kwargs={
                    "docs_url": None,
                    "redoc_url": None,
                    "middleware": _middleware(host, users),
                },
                **CLOSED,
            )
    except OSError as error:
        raise ConfigError(
            f"cannot listen at {host}:{port}: {error}", hint="choose another: --port 7861"
        ) from error
    return str(url)


def free_port(host: str) -> int:
    """A port at which nobody listens at this moment."""
    family = socket.getaddrinfo(host, 0)[0][0]
    with socket.socket(family) as probe:
        probe.bind((host, 0))
        return int(probe.getsockname()[1])


def theme() -> gr.themes.Base:
    """A theme with the fonts of this machine only."""
    return gr.themes.Base(
        primary_hue="blue",
        font=["system-ui", "Segoe UI", "Roboto", "Helvetica", "Arial", "sans-serif"],
        font_mono=["ui-monospace", "Menlo", "Consolas", "monospace"],
    )


def read_users(path: Path) -> dict[str, str]:
    """Who may log in: a file with ``name:password`` lines that only its owner may read.

    Raises:
        ConfigError: it cannot be read, others may read it, or a line is not of this form.
    """
    try:
        mode = path.stat().st_mode
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path}: cannot be read: {error}", hint="name a text file") from error
    if os.name == "posix" and mode & 0o077:
        raise ConfigError(f"{path}: others may read it", hint=f"chmod 600 {path}")
    users: dict[str, str] = {}
    for number, line in enumerate(lines, 1):
        name, colon, password = line.partition(":")
        if line.strip() and not (name.strip() and colon and password):
            raise ConfigError(f"{path}, line {number}: not name:password", hint="one a line")
        if line.strip():
            users[name.strip()] = password
    if not users:
        raise ConfigError(f"{path}: names nobody", hint="write name:password lines into it")
    return users


def password_check(users: Mapping[str, str]) -> Callable[[str, str], bool]:
    """A check that takes as long for a wrong name as for a wrong password."""

    def check(name: str, password: str) -> bool:
        wanted = users.get(name, "")
        same = hmac.compare_digest(wanted.encode(), password.encode())
        return same and name in users

    return check


class ClosedHeaders:
    """ASGI middleware that puts `HEADERS` on every answer.

    Args:
        app: the application behind it.
    """

    def __init__(self, app: Any) -> None:
        self._app = app

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Answer one request."""

        async def sending(message: Any) -> None:
            if message["type"] == "http.response.start":
                added = [(name.encode(), value.encode()) for name, value in HEADERS.items()]
                message = {**message, "headers": [*message.get("headers", []), *added]}
            await send(message)

        await self._app(scope, receive, sending)


class ToolsLogin:
    """ASGI middleware: the tools for programs want name and password, as HTTP Basic.

    The framework's own login covers the page and its endpoints, not these.

    Args:
        app: the application behind it.
        check: whether a name and a password belong together.
    """

    def __init__(self, app: Any, check: Callable[[str, str], bool]) -> None:
        self._app = app
        self._check = check

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Answer one request."""
        if scope["type"] == "http" and TOOLS_PATH in scope["path"] and not self._known(scope):
            headers = [(b"www-authenticate", b'Basic realm="beleg", charset="UTF-8"')]
            start = {"type": "http.response.start", "status": 401, "headers": headers}
            await send(start)
            await send({"type": "http.response.body", "body": b"name and password, please"})
            return
        await self._app(scope, receive, send)

    def _known(self, scope: Any) -> bool:
        given = dict(scope["headers"]).get(b"authorization", b"").decode("latin-1")
        scheme, _, encoded = given.partition(" ")
        try:
            text = base64.b64decode(encoded, validate=True).decode("utf-8")
        except ValueError:
            return False
        name, _, password = text.partition(":")
        return scheme.lower() == "basic" and self._check(name, password)


def _middleware(host: str, users: Mapping[str, str] | None) -> list[Any]:
    from starlette.middleware import Middleware
    from starlette.middleware.trustedhost import TrustedHostMiddleware

    stack = [Middleware(ClosedHeaders)]
    if users:
        stack.append(Middleware(ToolsLogin, check=password_check(users)))
    if host in LOOPBACK:
        stack.append(Middleware(TrustedHostMiddleware, allowed_hosts=[*LOOPBACK, "[::1]"]))
    return stack
