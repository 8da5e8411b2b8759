"""What can go wrong while measuring; nothing that a user of Beleg meets.

MissingPackageError   a package that a comparison needs; becomes a row of the table
WorkerError           a measured process failed
MixedRunsError        a ratio between measurements that were not made together (a bug)
"""

from __future__ import annotations


class MissingPackageError(Exception):
    """A package that a comparison needs is not installed; the text says how to get it."""


class WorkerError(RuntimeError):
    """The child failed or is gone; the text holds its traceback."""


class MixedRunsError(ValueError):
    """A ratio was asked for between measurements that were not made together."""
