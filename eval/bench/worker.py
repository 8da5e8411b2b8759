"""A process of its own for each way of doing the work, so that none disturbs another.

The way's object is made in the child; methods are called from here, their results come
back. Times are taken by those methods, in the child. What is compared takes turns.
"""

from __future__ import annotations

import multiprocessing
import time
import traceback
from collections.abc import Callable
from functools import partial
from multiprocessing.connection import Connection
from types import TracebackType
from typing import Any

from eval.bench.errors import MissingPackageError, WorkerError
from eval.crowd import memory_mib

_PATIENCE_S = 5


class Worker:
    """A child process that holds one object; use as a context manager.

    Args:
        make: a function of a module, called in the child: gives the object.
        arguments: of `make`.

    Attributes:
        ready_s: seconds from starting the process until the object was made.

    Raises:
        MissingPackageError: `make` raised it.
        WorkerError: `make` failed otherwise.
    """

    def __init__(self, make: Callable[..., Any], *arguments: Any) -> None:
        context = multiprocessing.get_context("spawn")
        self._pipe, child = context.Pipe()
        started = time.perf_counter()  # of the whole machine: the child reads the same clock
        self._process = context.Process(
            target=_serve, args=(child, started, make, arguments), daemon=True
        )
        self._process.start()
        child.close()
        try:
            self.ready_s: float = self._receive()
        except BaseException:
            self.close()
            raise

    def call(self, method: str, *arguments: Any) -> Any:
        """What the object's method gives.

        Raises:
            WorkerError: it raised, or the child died.
        """
        self._pipe.send((method, arguments))
        return self._receive()

    def peak_mib(self) -> float:
        """The most resident memory that the child has had, in MiB (Linux)."""
        return memory_mib(self._process.pid or 0, "VmHWM")

    def close(self) -> None:
        """End the child; it goes by itself unless it is at work."""
        self._pipe.close()
        self._process.join(_PATIENCE_S)
        self._process.terminate()
        self._process.join()

    def __enter__(self) -> Worker:
        """The worker itself."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """End the child."""
        self.close()

    def _receive(self) -> Any:
        try:
            kind, value = self._pipe.recv()
        except EOFError:
            self._process.join()
            code = self._process.exitcode
            raise WorkerError(f"the process is gone, exit code {code}") from None
        if kind == "missing":
            raise MissingPackageError(value)
        if kind == "error":
            raise WorkerError(value)
        return value


def _serve(
    pipe: Connection, started: float, make: Callable[..., Any], arguments: tuple[Any, ...]
) -> None:
    """The child: make the object, then answer calls until the pipe is closed."""
    made = _answer(pipe, lambda: make(*arguments), lambda _: time.perf_counter() - started)
    while made is not None:
        try:
            method, values = pipe.recv()
        except (EOFError, OSError):
            return
        _answer(pipe, partial(getattr(made, method), *values), lambda result: result)


def _answer(pipe: Connection, work: Callable[[], Any], tell: Callable[[Any], Any]) -> Any:
    """Do the work and send what is to be told of it, or what went wrong; gives the result."""
    try:
        result = work()
    except MissingPackageError as error:
        pipe.send(("missing", str(error)))
    except Exception:
        pipe.send(("error", traceback.format_exc()))
    else:
        pipe.send(("done", tell(result)))
        return result
    return None
