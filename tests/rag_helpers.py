"""What several tests of `rag` share: articles without a file, sources over a folder, real sed."""

from __future__ import annotations

import hashlib
import subprocess
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from index.articles import find_articles, load_article
from index.passages import split_article
from index.types import Article, ArticleStamp, Passage
from rag.evidence import Evidence
from rag.quotes import Sources


def article(text: str, article_id: str = "a.txt") -> Article:
    """An article that is on no disk."""
    raw = text.encode("utf-8")
    return Article(article_id, hashlib.sha256(raw).hexdigest(), text, len(raw), 0)


def evidence(text: str, article_id: str = "a.txt", score: float = 0.0) -> Evidence:
    """Evidence for a text that is a whole article."""
    return Evidence(
        article=article(text, article_id),
        start=0,
        end=len(text),
        quote_start=0,
        features=(),
        score=score,
    )


def write(folder: Path, files: Mapping[str, str | bytes]) -> Path:
    """Write files; text as UTF-8 with its line ends untouched."""
    for name, content in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        raw = content.encode("utf-8") if isinstance(content, str) else content
        (folder / name).write_bytes(raw)
    return folder


def indexed(folder: Path) -> tuple[dict[str, ArticleStamp], list[Passage]]:
    """What an index would remember of a folder: stamps and passages."""
    stamps, passages = {}, []
    for file in find_articles(folder)[0]:
        loaded = load_article(folder, file.id)
        stamps[file.id] = loaded.stamp
        passages += split_article(loaded)
    return stamps, passages


def sources(folder: Path) -> Sources:
    """Sources over a folder that has not changed since it was indexed."""
    return Sources(folder, indexed(folder)[0])


def sed(path: Path, ranges: Iterable[tuple[int, int]]) -> list[bytes]:
    """What ``sed -n 'A,Bp' path`` prints for each line range, in one run of the real sed."""
    wanted: Sequence[tuple[int, int]] = list(ranges)
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder)
        script = "\n".join(f"{a},{b}w {out / str(i)}" for i, (a, b) in enumerate(wanted))
        (out / "script").write_text(script, encoding="utf-8")
        subprocess.run(
            ["sed", "-n", "-f", str(out / "script"), str(path)],
            check=True,
            env={"LC_ALL": "C", "PATH": "/usr/bin:/bin"},
        )
        return [(out / str(i)).read_bytes() for i in range(len(wanted))]
