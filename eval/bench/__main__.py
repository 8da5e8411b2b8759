"""`python -m eval.bench`."""

from __future__ import annotations

from eval.bench.command import main

if __name__ == "__main__":
    raise SystemExit(main())
