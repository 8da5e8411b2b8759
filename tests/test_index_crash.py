"""A writer that is killed at any point, and a test of the test: careless writers are noticed."""

import contextlib
import hashlib
import io
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest
from fakes import HashEmbedder, build

from index import generations

HERE = Path(__file__).parent
UNTRACEABLE = 77


def run(*arguments):
    """Run Python in a process of its own, with a single thread, so that it can fork."""
    done = subprocess.run(
        [sys.executable, *arguments],
        cwd=HERE,
        env={**os.environ, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"},
        capture_output=True,
        encoding="utf-8",
        timeout=300,
    )
    if done.returncode == UNTRACEABLE:
        pytest.skip(done.stdout)
    return done


def test_twenty_killed_writers_lose_nothing_and_need_no_repair():
    done = run("crash.py", "--points", "20", "--seed", "1")
    assert done.returncode == 0, done.stdout + done.stderr
    *rows, left, total = done.stdout.splitlines()
    assert total == "20 of 20"
    table = "\n".join(rows)
    for kind in ("write", "pwrite64", "fsync", "rename", "mkdir", "unlink", "before", "during"):
        assert re.search(rf"\b{kind}\b", table), table
    for state in ("none", "old", "new"):
        assert state in left


def pointed_first(corpus, root, **options):
    """CURRENT names a generation that is not complete yet."""
    commit = generations.commit

    def careless(root, building, manifest):
        digest = hashlib.sha256(manifest.to_json().encode()).hexdigest()
        (root / "CURRENT").write_text(f"{building.stem} {digest}\n", encoding="ascii")
        return commit(root, building, manifest)

    generations.commit = careless
    build(corpus, root, **options)


def in_two_steps(corpus, root, **options):
    """Between them, the index holds a corpus that never was."""
    part = root.parent / "part"
    shutil.copytree(corpus, part, dirs_exist_ok=True)
    (part / "neu.txt").unlink()
    build(part, root, **options)
    build(corpus, root, **options)


def with_a_file_of_its_own(corpus, root, **options):
    """Nobody clears it away."""
    (root / "journal.tmp").write_bytes(b"begun")
    build(corpus, root, **options)
    (root / "journal.tmp").unlink()


def with_other_vectors(corpus, root, **options):
    """All checksums are right; the answers are not."""
    embedder = HashEmbedder()
    embedder.vectors = lambda texts: -HashEmbedder().vectors(texts)
    build(corpus, root, embedder, **options)


CARELESS = {
    pointed_first: ("fsync", 0, "before", "StoreCorruptError: .* No such file"),
    in_two_steps: ("rename", 2, "before", "holds something else than each of: old, new"),
    with_a_file_of_its_own: ("rename", 0, "after", "after a new sync: left over: journal.tmp"),
    with_other_vectors: ("rename", 1, "after", r"does not answer like a clean index \(new\)"),
}
"""Where to kill each, and what is to be noticed: call, which of its kind, moment, message."""


def write_ten_bytes(path):
    with path.open("wb", buffering=0) as file:
        file.write(b"0123456789")


def tell():
    """In a process of its own: print what is noticed of careless writers, and of the tracer."""
    from crash import Bench, Point, Untraceable, crashed, traced

    told = {}
    try:
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / "file"
            for moment in ("before", "during", "after"):
                traced(lambda: write_ten_bytes(file), Point("", "write", 1, moment))
                told[moment] = file.read_text()
            bench = Bench(Path(folder))
            for writer, (call, which, moment, _) in CARELESS.items():
                bench.writer = writer
                kinds = [kind for kind, _ in bench.calls("sync")]
                number = [i for i, kind in enumerate(kinds) if kind == call][which]
                with contextlib.redirect_stdout(io.StringIO()) as output:
                    code = crashed(bench, [Point("sync", call, number, moment)])
                told[writer.__name__] = (code, output.getvalue())
    except Untraceable as reason:
        print(reason)
        raise SystemExit(UNTRACEABLE) from None
    json.dump(told, sys.stdout)


@pytest.fixture(scope="module")
def told():
    done = run("-c", "import test_index_crash; test_index_crash.tell()")
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_a_write_is_stopped_before_during_and_after_it(told):
    written = [told[moment] for moment in ("before", "during", "after")]
    assert written == ["", "01234", "0123456789"]


@pytest.mark.parametrize("writer", CARELESS, ids=lambda writer: writer.__name__)
def test_a_careless_writer_is_noticed(writer, told):
    call, _, moment, message = CARELESS[writer]
    code, output = told[writer.__name__]
    assert code == 1
    assert re.search(rf"^FAILED --only sync:{call}:\d+:{moment}$", output, re.MULTILINE), output
    assert re.search(message, output), output
    assert output.endswith("0 of 1\n")
