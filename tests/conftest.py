"""What every test gets: no network, no model hub, one shared model cache."""

from __future__ import annotations

import hashlib
import ipaddress
import os
import socket
from pathlib import Path
from typing import Any

import e5_sample
import pytest

from index import e5

os.environ["HF_HUB_OFFLINE"] = "1"
os.environ["TRANSFORMERS_OFFLINE"] = "1"


@pytest.fixture(scope="session")
def model_cache() -> Path:
    """Where the packaged model is unpacked once, for all tests and runs."""
    return Path(os.environ.get("BELEG_CACHE", Path.home() / ".cache" / "beleg"))


@pytest.fixture(scope="session")
def tiny_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a tiny random sentence-transformers model, for the real loading code."""
    root = tmp_path_factory.mktemp("models")
    data = e5_sample.write()
    (root / "sample.bin").write_bytes(data)
    e5.convert(root / "sample.bin", hashlib.sha256(data).hexdigest(), root / "tiny")
    return root / "tiny"


@pytest.fixture(autouse=True)
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """Refuses connections that leave this machine; loopback and local sockets work."""
    connect = socket.socket.connect

    def guarded(self: socket.socket, address: Any) -> None:
        if self.family in (socket.AF_INET, socket.AF_INET6) and not _is_loopback(address[0]):
            raise AssertionError(f"a test wants to connect to {address[0]}")
        connect(self, address)

    monkeypatch.setattr(socket.socket, "connect", guarded)


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:  # a name: connect() would look it up
        return host == "localhost"
