"""The command that measures latency runs as the README shows it."""

import re

import pytest

from eval.latency import main, percentile
from index.errors import ConfigError


def test_percentile_is_a_measured_value():
    assert percentile([3.0, 1.0, 2.0, 4.0], 0.5) == 2.0
    assert percentile([3.0, 1.0, 2.0, 4.0], 0.95) == 4.0


@pytest.mark.slow
def test_it_needs_no_drafter(model_cache, capsys):
    arguments = ["--corpus", "seeds", "--cache", str(model_cache), "--runs", "1"]
    assert main(arguments) == 0
    said = capsys.readouterr().out
    assert re.match(r"warm ask, 1 runs: median \d+ ms, p95 \d+ ms\n", said)
    assert re.search(r"^resident memory, at most \d+ MiB$", said, re.M)
    assert "draft" not in said


@pytest.mark.slow
def test_a_search_is_compared_with_exact_scoring_only(model_cache):
    with pytest.raises(ConfigError, match="drafter none"):
        main(["--corpus", "seeds", "--cache", str(model_cache), "--runs", "1", "--search"])
