"""What every test gets: no network, no model hub, one model cache; a browser if wanted."""

from __future__ import annotations

import hashlib
import ipaddress
import os
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import e5_sample
import pytest

from index import dictionaries, e5

os.environ["HF_HUB_OFFLINE"] = "1"
os.environ["TRANSFORMERS_OFFLINE"] = "1"
os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"


@pytest.fixture(scope="session")
def model_cache() -> Path:
    """Where the packaged model is unpacked once, for all tests and runs."""
    return Path(os.environ.get("BELEG_CACHE", Path.home() / ".cache" / "beleg"))


@pytest.fixture(scope="session", autouse=True)
def kept_dictionaries(model_cache: Path) -> Iterator[None]:
    """Tries of the dictionaries are made once for all tests, not in the cache of each."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("rag.assemble.keep_in", lambda _: None)
        dictionaries.keep_in(model_cache)
        yield


@pytest.fixture(scope="session")
def tiny_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a tiny random sentence-transformers model, for the real loading code."""
    root = tmp_path_factory.mktemp("models")
    data = e5_sample.write()
    (root / "sample.bin").write_bytes(data)
    e5.convert(root / "sample.bin", hashlib.sha256(data).hexdigest(), root / "tiny")
    return root / "tiny"


@pytest.fixture(scope="session")
def packaged_embedder(model_cache: Path) -> Any:
    """The embedding model that Beleg brings along."""
    from index.embed import load_embedder

    return load_embedder(None, cache=model_cache)


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """Debian's Chromium; a test without it fails and says how to get it."""
    from browser import launched

    with launched() as started:
        yield started


@pytest.fixture
def visitor(browser: Any) -> Iterator[Any]:
    """Opens pages; at the end, none may have asked for anything that is not on this machine."""
    from browser import Visitor

    opened = Visitor(browser)
    yield opened
    opened.close()


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
