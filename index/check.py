"""Looking over an index in full: damage of its files, and parts that disagree.

Reads only. Every finding is one sentence; the remedy is always the same, a rebuild.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from index import generations
from index.generations import DATABASE
from index.store import Snapshot, check_identity
from index.types import ModelIdentity


def check_index(root: Path, model: ModelIdentity | None) -> list[str]:
    """Find damage.

    Args:
        root: folder of the index.
        model: the embedder in use; None to accept any.

    Returns:
        One sentence for each finding; empty when the index is whole.

    Raises:
        StoreError: there is no index, its manifest is damaged, or it is of another model.
    """
    folder, manifest = generations.current_folder(root)
    check_identity(root, manifest, model)
    found = generations.damage(folder, manifest, thorough=True)
    if found:
        return found
    with closing(Snapshot.open(root, model)) as snapshot:
        found += _disagreements(snapshot)
    uri = f"{(folder / DATABASE).absolute().as_uri()}?mode=ro&immutable=1"
    with closing(sqlite3.connect(uri, uri=True)) as database:
        rows = database.execute("PRAGMA integrity_check").fetchall()
        found += [f"{folder / DATABASE}: {row[0]}" for row in rows if row[0] != "ok"]
    return found


def _disagreements(snapshot: Snapshot) -> list[str]:
    """Ids that stand in one part of the index and not in another."""
    passages = set(snapshot.passage_ids())
    vectors = {int(i) for i in snapshot.vector_ids()}
    lexical = set(snapshot.lexical_ids())
    found = [
        f"{snapshot.folder}: {len(passages ^ other)} passages differ between corpus and {name}"
        for name, other in (("vectors", vectors), ("lexical index", lexical))
        if passages != other
    ]
    if len(passages) != snapshot.manifest.passages:
        count = f"{len(passages)} passages, {snapshot.manifest.passages} in the manifest"
        found.append(f"{snapshot.folder}: {count}")
    if passages and max(passages) >= snapshot.manifest.next_id:
        found.append(f"{snapshot.folder}: id {max(passages)} was not given out yet")
    return found
