"""The machine and the software that numbers come from; reads, changes nothing."""

from __future__ import annotations

import os
import re
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from eval.provenance import software

FLAGS = ("avx2", "avx512f", "avx512_vnni", "avx_vnni", "avx512_bf16", "amx_bf16", "amx_int8")
"""What decides which fast paths of the libraries a processor can take."""
BENCH_PACKAGES = (
    "haystack-ai", "numba", "onnxruntime", "openvino", "rank-bm25", "scipy", "txtai",
)  # fmt: skip
"""Versions recorded besides those of `eval.provenance`."""


def machine() -> dict[str, Any]:
    """Processor, its flags of use, cores that this process may use, memory, load."""
    cpuinfo = _text("/proc/cpuinfo")
    memory = re.search(r"^MemTotal:\s+(\d+) kB", _text("/proc/meminfo"), re.M)
    model = re.search(r"^model name\s*: (.*)$", cpuinfo, re.M)
    flags = re.search(r"^flags\s*: (.*)$", cpuinfo, re.M)
    known = set(flags[1].split()) if flags else set()
    return {
        "cpu": model[1] if model else "unknown",
        "flags": [flag for flag in FLAGS if flag in known],
        "cores": len(os.sched_getaffinity(0)),
        "memory_gib": round(int(memory[1]) / 2**20, 1) if memory else None,
        "load_average": round(os.getloadavg()[0], 2),
    }


def provenance() -> dict[str, Any]:
    """Commit, versions and platform; see `eval.provenance.software`."""
    known = software()
    known["versions"] |= {name: found for name in BENCH_PACKAGES if (found := _version(name))}
    return known


def _version(package: str) -> str | None:
    try:
        return version(package)
    except PackageNotFoundError:
        return None


def _text(path: str) -> str:
    try:
        return Path(path).read_text(encoding="utf-8")
    except OSError:  # not Linux
        return ""
