"""Syncs an index while no file may grow over a limit: a disk that fills up.

Usage: python full_disk.py CORPUS INDEX LIMIT_BYTES ...
Prints a JSON list with the class and the message of the error at each limit.
"""

from __future__ import annotations

import json
import resource
import sys
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parent), str(Path(__file__).parent.parent)]

from fakes import build  # noqa: E402

from index.errors import AssistantError  # noqa: E402


def main(corpus: Path, root: Path, limits: list[int]) -> None:
    results = []
    _, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    for limit in limits:
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, hard))
        try:
            build(corpus, root)
            results.append(["", "", ""])
        except AssistantError as error:
            results.append([type(error).__name__, error.message, error.hint])
        resource.setrlimit(resource.RLIMIT_FSIZE, (hard, hard))
    print(json.dumps(results))


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), [int(limit) for limit in sys.argv[3:]])
