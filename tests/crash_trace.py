"""Stops a process before, during or after one of its calls that change files, by ptrace.

Linux on x86-64 only; elsewhere `Untraceable` is raised.
"""

from __future__ import annotations

import ctypes
import os
import platform
import signal
import sys
import traceback
from collections.abc import Callable
from typing import Any, NamedTuple

WRITES = ("write", "pwrite64")
CALLS = {  # of x86-64. Source: Linux, arch/x86/entry/syscalls/syscall_64.tbl
    1: "write", 2: "open", 18: "pwrite64", 20: "writev", 40: "sendfile", 74: "fsync",
    75: "fdatasync", 76: "truncate", 77: "ftruncate", 82: "rename", 83: "mkdir", 84: "rmdir",
    85: "creat", 86: "link", 87: "unlink", 88: "symlink", 257: "openat", 258: "mkdirat",
    263: "unlinkat", 264: "renameat", 265: "linkat", 266: "symlinkat", 285: "fallocate",
    296: "pwritev", 316: "renameat2", 326: "copy_file_range", 328: "pwritev2",
    56: "clone", 57: "fork", 58: "vfork", 435: "clone3",
}  # fmt: skip
TRACEME, GETREGS, SETREGS, SYSCALL, SETOPTIONS = 0, 12, 13, 24, 0x4200
SYSGOOD_AND_EXITKILL = 0x100001
RDX, RSI, ORIG_RAX = 12, 13, 15  # of 27 registers. Source: Linux, struct user_regs_struct
NO_CALL = 2**64 - 1


class Point(NamedTuple):
    """Where a writer is killed; `number` counts its calls that change files, from 0."""

    place: str
    call: str
    number: int
    moment: str

    def __str__(self) -> str:
        return ":".join(map(str, self))


class Untraceable(Exception):
    """A process cannot be traced here."""


def ptrace(request: int, pid: int, data: Any = 0) -> None:
    libc = ctypes.CDLL(None, use_errno=True)
    libc.ptrace.argtypes = [ctypes.c_long, ctypes.c_long, ctypes.c_void_p, ctypes.c_void_p]
    libc.ptrace.restype = ctypes.c_long
    if libc.ptrace(request, pid, 0, data) == -1:
        raise Untraceable(f"ptrace({request}): {os.strerror(ctypes.get_errno())}")


def forked(work: Callable[[], object], *, to_trace: bool = False) -> int:
    """Start a process that does the work; one to be traced stops first."""
    if child := os.fork():
        return child
    try:
        if to_trace:
            ptrace(TRACEME, 0)
            os.kill(os.getpid(), signal.SIGSTOP)
        work()
        os._exit(0)
    except BaseException:
        traceback.print_exc()
    finally:
        os._exit(1)


def killed(pid: int) -> int:
    """Kill a process; its exit code if it had ended before, else -9."""
    os.kill(pid, signal.SIGKILL)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


def changing(registers: Any) -> str:
    """The name of the call that a process begins, if it changes files."""
    call = CALLS.get(registers[ORIG_RAX], "")
    if call in ("clone", "fork", "vfork", "clone3"):
        raise RuntimeError("the writer starts a thread or a process, which is not traced")
    flags = registers[RSI if call == "open" else RDX]
    return "" if call in ("open", "openat") and not flags & (os.O_CREAT | os.O_TRUNC) else call


def traced(work: Callable[[], object], point: Point | None = None) -> list[tuple[str, int]]:
    """Do the work in a process, up to a point or to its end.

    Returns:
        Name and third argument of each call that changes files, up to that of the point.
    """
    if (sys.platform, platform.machine()) != ("linux", "x86_64"):
        raise Untraceable("the registers of Linux on x86-64 are meant")
    child = forked(work, to_trace=True)
    status = os.waitpid(child, 0)[1]
    if not os.WIFSTOPPED(status):
        raise Untraceable("ptrace is refused")
    ptrace(SETOPTIONS, child, SYSGOOD_AND_EXITKILL)
    seen: list[tuple[str, int]] = []
    registers = (ctypes.c_ulonglong * 27)()
    begins, reached = False, False
    while begins or not reached:
        ptrace(SYSCALL, child)
        status = os.waitpid(child, 0)[1]
        if point is None and os.WIFEXITED(status) and status == 0:
            return seen
        if not os.WIFSTOPPED(status) or os.WSTOPSIG(status) != signal.SIGTRAP | 0x80:
            raise RuntimeError(f"the writer ended with status {status}, not at {point}")
        begins = not begins
        if begins:
            ptrace(GETREGS, child, registers)
            if call := changing(registers):
                seen.append((call, registers[RDX]))
                if reached := point is not None and len(seen) > point.number:
                    falsify(child, registers, point, call)
    killed(child)
    return seen


def falsify(child: int, registers: Any, point: Point, call: str) -> None:
    """Change the call that a process begins: none at all, or half of a write."""
    if call != point.call:
        raise RuntimeError(f"{point}: this call is {call}")
    if point.moment == "before":
        registers[ORIG_RAX] = NO_CALL
    elif point.moment == "during":
        registers[RDX] //= 2
    ptrace(SETREGS, child, registers)
