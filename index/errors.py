"""Every error that Beleg raises on purpose.

Each message says what happened, to which value and against which bound; `hint`
says what to do. Bugs are not wrapped: they keep their traceback.

    AssistantError
    ├── ConfigError
    ├── CorpusError
    ├── QuestionError
    ├── ArticleError
    │   ├── ArticleDecodeError
    │   ├── ArticleReadError
    │   └── EmptyArticleError
    ├── UploadError
    │   └── UploadExistsError
    ├── FeedbackError
    ├── StoreError
    │   ├── StoreNotFoundError
    │   ├── StoreCorruptError
    │   ├── StoreMismatchError
    │   ├── StoreBusyError
    │   └── StoreWriteError
    ├── ModelError
    │   ├── ModelUnavailableError
    │   └── ContextOverflowError
    ├── DraftError
    └── QuestionFileError
"""

from __future__ import annotations

from pathlib import Path

from index.paths import display_id


class AssistantError(Exception):
    """Base of all errors that a user can do something about.

    Args:
        message: what happened, with the value and the bound.
        hint: what to do about it, as one sentence or command.
    """

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class ConfigError(AssistantError):
    """A setting is unknown or out of range."""


class CorpusError(AssistantError):
    """The folder of articles is missing, empty or holds nothing readable."""

    def __init__(self, path: Path, message: str, *, hint: str = "") -> None:
        super().__init__(message, hint=hint)
        self.path = path


class QuestionError(AssistantError):
    """The question cannot be asked: empty, too long or not text."""


class ArticleError(AssistantError):
    """One article cannot be used; the rest of the corpus goes on."""

    def __init__(self, path: str, message: str, *, hint: str = "") -> None:
        super().__init__(message, hint=hint)
        self.path = path


class ArticleDecodeError(ArticleError):
    """The bytes of an article are not UTF-8 text.

    Args:
        path: article id (POSIX path relative to the corpus root).
        offset_bytes: 0-based offset of the first bad byte.
        reason: what is wrong with it.
    """

    def __init__(self, path: str, offset_bytes: int, reason: str, *, hint: str = "") -> None:
        super().__init__(path, f"{display_id(path)}: {reason} at byte {offset_bytes}", hint=hint)
        self.offset_bytes = offset_bytes
        self.reason = reason


class ArticleReadError(ArticleError):
    """The file of an article cannot be read (permission, vanished, not a file)."""


class EmptyArticleError(ArticleError):
    """The article holds no text (no byte, or white space only)."""


class UploadError(AssistantError):
    """A file given through the browser cannot become an article.

    Args:
        name: the name that the browser gave for it.
    """

    def __init__(self, name: str, message: str, *, hint: str = "") -> None:
        super().__init__(message, hint=hint)
        self.name = name


class UploadExistsError(UploadError):
    """There is an article of that name, with other content; nothing was overwritten.

    Args:
        name: the name that the browser gave for the file.
        article_id: the article that is there.
    """

    def __init__(self, name: str, article_id: str, *, hint: str = "") -> None:
        message = f"{display_id(article_id)}: there is an article of this name already"
        super().__init__(name, message, hint=hint)
        self.article_id = article_id


class FeedbackError(AssistantError):
    """What a user thinks of an answer cannot be written down.

    Args:
        path: the file for it.
    """

    def __init__(self, path: Path, message: str, *, hint: str = "") -> None:
        super().__init__(message, hint=hint)
        self.path = path


class StoreError(AssistantError):
    """Base of all errors about the index on disk."""

    def __init__(self, path: Path, message: str, *, hint: str = "") -> None:
        super().__init__(message, hint=hint)
        self.path = path


class StoreNotFoundError(StoreError):
    """There is no index at that place yet."""


class StoreCorruptError(StoreError):
    """A file of the index is missing, truncated or altered."""


class StoreMismatchError(StoreError):
    """The index was made by another model or another format version.

    Args:
        path: folder of the index.
        what: the property that differs ("model", "format version").
        stored: its value in the index.
        current: its value in this program.
    """

    def __init__(self, path: Path, what: str, stored: str, current: str, *, hint: str = "") -> None:
        super().__init__(
            path,
            f"{path}: index made with another {what}: {stored} in the index, {current} now",
            hint=hint,
        )
        self.what = what
        self.stored = stored
        self.current = current


class StoreBusyError(StoreError):
    """Another process is writing this index."""


class StoreWriteError(StoreError):
    """The index cannot be written (disk full, read-only folder)."""


class ModelError(AssistantError):
    """Base of all errors about models."""


class ModelUnavailableError(ModelError):
    """A model's files or its package cannot be found on this machine."""


class ContextOverflowError(ModelError):
    """An input is longer than the model can read.

    Args:
        tokens: length of the input in tokens.
        limit: the model's limit in tokens.
    """

    def __init__(self, tokens: int, limit: int, *, hint: str = "") -> None:
        super().__init__(f"input of {tokens} tokens, the model reads at most {limit}", hint=hint)
        self.tokens = tokens
        self.limit = limit


class DraftError(AssistantError):
    """A drafter returned something that cannot be used.

    Args:
        message: what is wrong.
        raw: what the drafter returned.
    """

    def __init__(self, message: str, raw: str, *, hint: str = "") -> None:
        super().__init__(message, hint=hint)
        self.raw = raw


class QuestionFileError(AssistantError):
    """An entry of a question file is wrong.

    Args:
        path: the file.
        line: 1-based line of the bad entry.
    """

    def __init__(self, path: Path, line: int, message: str, *, hint: str = "") -> None:
        super().__init__(f"{path}:{line}: {message}", hint=hint)
        self.path = path
        self.line = line
