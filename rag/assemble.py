"""From a `Config` to an assistant: index, model and answering wired once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cached_property

from index.dictionaries import keep_in
from index.embed import PACKAGED, Embedder, load_embedder
from index.store import Snapshot
from index.sync import ArticleChange, SyncReport, is_stale, pending, sync
from index.types import ModelIdentity
from index.writer import Progress
from rag.answer import Reader, answer
from rag.config import Config
from rag.draft import Drafter, load_drafter
from rag.retrieve import Retrieved, Retriever
from rag.types import Answer, Interim


class Assistant:
    """Answers questions about one folder. Models are loaded when they are first needed.

    For one thread at a time: a question may close the generation that the last one read.

    Args:
        config: the settings.
        embedder: a loaded embedder, instead of the one that the config names.
    """

    def __init__(self, config: Config, embedder: Embedder | None = None) -> None:
        self.config = config
        self._given = embedder
        self._snapshot: Snapshot | None = None
        keep_in(config.cache)

    @cached_property
    def embedder(self) -> Embedder:
        """The embedding model.

        Raises:
            ModelError: it is not on this machine or cannot be loaded.
        """
        if self._given is not None:
            return self._given
        return load_embedder(
            self.config.embedder,
            cache=self.config.cache,
            allow_download=self.config.allow_download,
        )

    @cached_property
    def drafter(self) -> Drafter | None:
        """The drafting model; None to answer with the evidence itself.

        Raises:
            ModelError: it is not on this machine or cannot be loaded.
        """
        return load_drafter(
            self.config.drafter,
            cache=self.config.cache,
            allow_download=self.config.allow_download,
        )

    def load(self) -> None:
        """Load the models now instead of with the first question.

        Raises:
            ModelError: one is not on this machine or cannot be loaded.
        """
        _ = self.embedder, self.drafter

    @property
    def model(self) -> ModelIdentity:
        """Which embedder vectors must come from; the packaged one is not loaded for it."""
        if self._given is None and self.config.embedder is None:
            return PACKAGED
        return self.embedder.identity

    @property
    def snapshot(self) -> Snapshot:
        """The current generation of the index.

        Raises:
            StoreError: there is none, or it cannot be used.
        """
        if self._snapshot is None or not self._snapshot.is_current():
            self.close()
            self._snapshot = Snapshot.open(self.config.index_folder, self.model)
        return self._snapshot

    def sync(
        self, *, full: bool = False, progress: Callable[[int], Progress] | None = None
    ) -> SyncReport:
        """Bring the index up to date with the folder; see `index.sync.sync`."""
        return sync(
            self.config.corpus,
            self.config.index_folder,
            self.model,
            lambda: self.embedder,
            full=full,
            max_bytes=self.config.max_bytes,
            progress=progress,
        )

    def is_stale(self) -> bool:
        """True if the folder differs from the index; see `index.sync.is_stale`."""
        return is_stale(self.config.corpus, self.snapshot, max_bytes=self.config.max_bytes)

    def pending(self) -> tuple[ArticleChange, ...]:
        """What a sync would change; see `index.sync.pending`."""
        return pending(self.config.corpus, self.snapshot, max_bytes=self.config.max_bytes)

    def ask(
        self,
        question: str,
        article_ids: Sequence[str] = (),
        *,
        watch: Callable[[Interim], None] = lambda _: None,
    ) -> Answer:
        """Answer a question; see `rag.answer.answer`.

        Args:
            question: the question.
            article_ids: only these articles: id, file name, its stem, or the stem's first part
                ("002"); empty for all.
            watch: told what is being done.
        """
        config = self.config
        snapshot = self.snapshot  # asked for once: a sync may replace it meanwhile
        reader = Reader(
            corpus=config.corpus,
            snapshot=snapshot,
            embedder=self.embedder,
            passages=config.passages,
            max_quotes=config.max_quotes,
            abstain_below=config.abstain_below,
            drafter=self.drafter,
            watch=watch,
        )
        stale = is_stale(config.corpus, snapshot, max_bytes=config.max_bytes)
        return answer(question, reader, article_ids=article_ids, stale=stale)

    def search(self, question: str, limit: int, article_ids: Sequence[str] = ()) -> Retrieved:
        """Rank passages without answering; see `Retriever.retrieve`."""
        retriever = Retriever(self.snapshot, self.embedder)
        return retriever.retrieve(question, limit, article_ids or None)

    def close(self) -> None:
        """Close the index."""
        if self._snapshot is not None:
            self._snapshot.close()
            self._snapshot = None
