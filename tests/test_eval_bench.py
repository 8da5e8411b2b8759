"""The bench's logic: ratios, tables, workers, what is missing, and a tiny run of it all."""

import json
import os
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from fakes import HashEmbedder, build, write_corpus

from eval.bench import asking, commands, embedding, limits, quality, retrieval, syncing
from eval.bench.building import prepared
from eval.bench.command import main
from eval.bench.errors import MissingPackageError, MixedRunsError, WorkerError
from eval.bench.limits import EncoderSizes
from eval.bench.machine import machine
from eval.bench.order import Order, build_parser, quick, read_order
from eval.bench.search_ways import BelegSearch, PlainMeaning, passage_texts, timed
from eval.bench.standin import Neighbourhoods, describe
from eval.bench.table import markdown_table, text_table
from eval.bench.texts import questions, real_articles, sample_passages
from eval.bench.texts import write_corpus as write_bench_corpus
from eval.bench.values import BELEG, PLAIN, Rounds, Row, as_json, faster, missing, p95, rows_of
from eval.bench.ways import need
from eval.bench.worker import Worker
from eval.retrieval import Case
from eval.sync_cost import HashedVectors


class TestRatios:
    def test_they_are_taken_round_by_round(self):
        # the machine was half as fast in the second round: each round's own ratio is 2
        ours, plain = Rounds("a", (10.0, 5.0, 10.0)), Rounds("a", (5.0, 2.5, 5.0))
        assert faster(ours, plain, "passages/s") == 2.0
        assert faster(ours, plain, "ms") == 0.5

    @pytest.mark.parametrize("other", [Rounds("b", (5.0, 2.5)), Rounds("a", (5.0,))])
    def test_they_come_from_one_run(self, other):
        with pytest.raises(MixedRunsError, match="a ratio needs rounds of one run"):
            faster(Rounds("a", (10.0, 5.0)), other, "ms")

    def test_nothing_is_compared_with_nothing(self):
        assert faster(Rounds("a", (0.0,)), Rounds("a", (0.0,)), "ms") == 0.0

    def test_rows_hold_the_median_and_the_ratio(self):
        ways = {PLAIN: Rounds("a", (4.0, 8.0, 6.0)), BELEG: Rounds("a", (2.0, 2.0, 3.0))}
        assert rows_of("part", "what", "ms", ways, {BELEG: "note"}) == [
            Row("part", "what", PLAIN, 6.0, "ms", 3),
            Row("part", "what", BELEG, 2.0, "ms", 3, 2.0, "note"),
        ]

    def test_shares_have_no_ratio(self):
        ways = {PLAIN: Rounds("a", (0.5,)), BELEG: Rounds("a", (1.0,))}
        assert [row.faster for row in rows_of("part", "R@5", "share", ways)] == [None, None]

    def test_p95_is_a_measured_value(self):
        assert p95([float(i) for i in range(1, 101)]) == 95.0


ROWS = [
    Row("embedding", "passages", PLAIN, 25.0, "passages/s", 3, None, "64 passages"),
    Row("embedding", "passages", BELEG, 100.0, "passages/s", 3, 4.0),
    missing("embedding", "passages", "txtai", "not installed: pip install txtai"),
    Row("sync", "nothing changed", BELEG, 0.0346, "s", 3),
]
KNOWN = {
    "machine": {
        "cpu": "A CPU", "cores": 2, "memory_gib": 8.0, "flags": ["avx2"], "load_average": 0.1,
    },
    "software": {"commit": "0123456789abcdef", "dirty": True},
}  # fmt: skip


class TestTable:
    def test_as_text(self):
        assert text_table(ROWS, KNOWN) == [
            "A CPU, 2 cores, 8.0 GiB, avx2; commit 0123456789 with changes; load 0.1 at the start",
            "",
            "embedding",
            "  passages         plain   25 passages/s      64 passages",
            "  passages         Beleg  100 passages/s  4x",
            "  passages         txtai               -      not installed: pip install txtai",
            "",
            "sync",
            "  nothing changed  Beleg        0.0346 s",
        ]

    def test_as_markdown(self):
        assert markdown_table(ROWS) == [
            "| measured | Beleg (times better than plain) | plain | others |  |",
            "|---|--:|--:|---|---|",
            "| **embedding** | | | | |",
            "| passages | 100 passages/s (4x) | 25 passages/s "
            "| txtai not installed: pip install txtai | 64 passages |",
            "| **sync** | | | | |",
            "| nothing changed | 0.0346 s |  |  |  |",
        ]

    def test_as_json(self):
        assert as_json(ROWS)[1:3] == [
            {"part": "embedding", "what": "passages", "way": BELEG, "value": 100.0,
             "unit": "passages/s", "rounds": 3, "faster_than_plain": 4.0, "note": ""},
            {"part": "embedding", "what": "passages", "way": "txtai", "value": None, "unit": "",
             "rounds": 0, "faster_than_plain": None, "note": "not installed: pip install txtai"},
        ]  # fmt: skip


def makes_nothing() -> None:
    need("no_such_module", "no-such-package")


class TestWorker:
    def test_an_object_of_another_process_answers(self):
        with Worker(Counter, "abca") as worker:
            assert worker.call("most_common", 1) == [("a", 2)]
            assert worker.ready_s > 0
            assert worker.peak_mib() > 1

    def test_it_tells_what_went_wrong_and_goes_on(self):
        with Worker(Counter, "abca") as worker:
            with pytest.raises(WorkerError, match=r"takes from 1 to 2 positional"):
                worker.call("most_common", 1, 2)
            assert worker.call("total") == 4

    def test_a_missing_package_is_named(self):
        with pytest.raises(MissingPackageError, match="not installed: pip install no-such-package"):
            Worker(makes_nothing)

    def test_a_process_that_ends_is_noticed(self):
        with pytest.raises(WorkerError, match="exit code 3"):
            Worker(os._exit, 3)


class TestEmbedding:
    def test_ways_are_compared_in_turns_and_missing_ones_named(self):
        ways = {
            PLAIN: (FakeWay, (1.0,)),
            BELEG: (FakeWay, (0.25,)),
            "engine": (makes_nothing, ()),
        }
        rows = embedding.measure(ways, ["Ein Absatz"] * 4, ["Eine Frage?"], 2)
        found = {(row.what, row.way): row for row in rows}
        assert found["passages", "engine"].note == "not installed: pip install no-such-package"
        assert found["passages", BELEG].value == 16.0  # 4 passages in 0.25 s
        assert found["passages", BELEG].faster == 4.0
        assert found["passages", BELEG].rounds == 2
        assert found["passages", BELEG].note == "cosine to plain: mean 1.0000, 5 % below 1.0000"
        assert found["passages", PLAIN].note.startswith("4 passages of 10 characters")
        assert found["one question", BELEG].value == 250.0
        assert found["peak memory", PLAIN].value


class FakeWay:
    """A way of embedding that says it takes so long."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds

    def passages(self, texts):
        return self.seconds, np.full((len(texts), 4), 3.0, dtype=np.float32)

    def questions(self, texts):
        return [self.seconds for _ in texts]


class TestSearch:
    def test_recall_is_the_share_of_the_nearest_that_was_found(self):
        # scores of the four passages: 1.0, 0.8, 0.8, 0.0; ten are wanted, four are there
        vectors = np.array([[1, 0], [0.8, 0.6], [0.8, -0.6], [0, 1]], dtype=np.float32)
        query = np.array([[1, 0]], dtype=np.float32)
        assert retrieval.recall(vectors, query, [[0, 1, 2, 3]]) == 1.0
        assert retrieval.recall(vectors, query, [[0, 2]]) == 0.5

    def test_equally_near_passages_count_as_found(self):
        vectors = np.tile(np.array([[1, 0]], dtype=np.float32), (20, 1))
        query = np.array([[1, 0]], dtype=np.float32)
        assert retrieval.recall(vectors, query, [list(range(10, 20))]) == 1.0

    def test_three_searches_are_made_however_long_they_take(self):
        seconds, found = timed(lambda question: [question], range(10), budget_s=0.0)
        assert len(seconds) == 3
        assert found == [[0], [1], [2]]

    def test_beleg_and_an_exact_scan_find_the_same(self, tmp_path):
        build(write_corpus(tmp_path / "corpus"), tmp_path / "index")
        ours = BelegSearch(str(tmp_path / "index"))
        texts = ["Munition", "Regen", "Präsident"]

        fake = HashEmbedder()
        np.save(tmp_path / "vectors.npy", fake.vectors(passage_texts(tmp_path / "index")))
        plain = PlainMeaning(str(tmp_path / "vectors.npy"))
        queries = fake.vectors(texts)
        best = [ids[0] for ids in ours.meaning(queries, 3, 1.0)[1]]
        assert best == [ids[0] for ids in plain.meaning(queries, 3, 1.0)[1]]
        assert ours.words(texts, 3, 1.0)[1][0]
        assert len(ours.opening(2)[1]) == 2

    def test_a_prepared_index_is_taken_as_it_is(self, tmp_path):
        build(write_corpus(tmp_path / "corpus"), tmp_path / "index")
        assert prepared(tmp_path).note == f"from {tmp_path.name}"
        (tmp_path / "note.txt").write_text("laws\n", encoding="utf-8")
        assert prepared(tmp_path).note == "laws"
        assert prepared(tmp_path).passages == 5

    def test_large_sizes_leave_the_slow_ones_out_and_say_so(self, tmp_path, monkeypatch):
        build(write_corpus(tmp_path / "corpus"), tmp_path / "index")
        np.save(tmp_path / "vectors.npy", np.eye(5, 64, dtype=np.float32))
        few = retrieval.Limits(rounds=1, budget_s=0.1, plain_words=3, peers=3)
        queries = np.eye(2, 64, dtype=np.float32)
        rows = retrieval.measure(prepared(tmp_path), queries, ["Munition?", "Regen?"], few)
        left = {(row.what, row.way) for row in rows if "left out beyond 3" in row.note}
        assert left == {
            ("by words", "plain (rank_bm25)"),
            *((kind, way) for kind in ("by meaning", "by words") for way in ("txtai", "haystack")),
        }
        values = {(row.what, row.way): row.value for row in rows}
        assert values["recall@10 against exact", PLAIN] == 1.0
        assert values["by meaning, p95", BELEG]


class TestTexts:
    def test_a_corpus_grows_by_articles_put_together(self, tmp_path):
        corpus = write_bench_corpus(tmp_path / "articles", 200, None)
        files = sorted((tmp_path / "articles").rglob("*.txt"))
        real = list(real_articles(None))
        assert len(files) == corpus.articles > len(real) == 5
        assert files[0].read_text(encoding="utf-8") == real[0]
        assert 0 < corpus.made_share < 1
        assert sum(len(path.read_text(encoding="utf-8")) for path in files) == 200 * 500
        assert write_bench_corpus(tmp_path / "articles", 999, None) == corpus  # there already

    def test_passages_and_questions_of_the_seeds(self, tmp_path):
        passages = sample_passages(tmp_path, None, 8)
        assert len(passages) == 8
        assert min(map(len, passages)) >= 300
        assert len(set(questions(None, 5))) == 5


class TestStandIn:
    SAMPLE = HashedVectors().embed_queries([f"Satz {i}" for i in range(50)])

    def test_vectors_depend_on_the_text_alone(self):
        fake = Neighbourhoods(self.SAMPLE)
        together = fake.embed_passages(["eins", "zwei", "eins"], progress=lambda count: None)
        assert np.array_equal(together[0], together[2])
        assert np.array_equal(together[1:2], fake.embed_queries(["zwei"]))
        np.testing.assert_allclose(np.linalg.norm(together, axis=1), 1.0, rtol=1e-6)
        assert together[0] @ together[1] < 0.9

    def test_rows_say_that_they_are_no_model_s(self):
        assert describe(Neighbourhoods(self.SAMPLE)) == "vectors: stand-in-neighbourhoods"
        assert describe(HashedVectors()) == "vectors: hashed-text"


class TestQuality:
    def test_ranks_of_each_way_in_one_table(self, tmp_path):
        (tmp_path / "a.txt").write_text("Hund", encoding="utf-8")
        (tmp_path / "b.txt").write_text("Katze", encoding="utf-8")
        ways = {
            PLAIN: (FakeSearcher, (["b.txt"],)),
            BELEG: (FakeSearcher, (["b.txt", "a.txt"],)),
            "txtai": (makes_nothing, ()),
        }
        cases = [Case("Hund?", "a.txt"), Case("Katze?", "b.txt")]
        rows = quality.measure(ways, tmp_path, cases)
        values = {(row.what, row.way): row.value for row in rows}
        assert values["R@5", PLAIN] == 0.5
        assert values["R@5", BELEG] == 1.0
        assert values["paragraphs found", "txtai"] is None
        notes = {row.note for row in rows if row.what == "R@5"}
        assert notes == {"2 paragraphs, 2 questions"}


class FakeSearcher(quality.Searcher):
    """Finds the same for every question."""

    def __init__(self, found: list[str]) -> None:
        self.found = found

    def _index(self, folder: Path) -> None:
        assert len(list(folder.glob("*.txt"))) == 2

    def _find(self, question: str) -> list[str]:
        return self.found


class TestAsk:
    def test_stages_have_their_share_of_the_time(self):
        rows = asking._warm_rows(FakeAsking(), ["Eine?", "Zwei?"], 2)
        found = {row.what: (row.value, row.note) for row in rows}
        assert found["warm: median"] == (1000.0, "2 questions a round")
        assert found["warm: search"] == (250.0, "25.0% of the time")
        assert found["search, warm: embed"] == (10.0, "")
        assert "warm: draft" not in found  # without a drafter

    def test_a_cold_step_that_some_round_has_not_counts_as_nothing(self):
        rows = asking._cold_rows([{"import": 1.0, "load": 2.0}, {"import": 3.0}])
        assert [(row.what, row.value) for row in rows] == [
            ("cold: import", 2.0),
            ("cold: load", 1.0),
        ]


class FakeAsking:
    """Answers as a worker would."""

    def call(self, method, asked):
        return {
            "warm": ([1.0, 1.0], {"retrieve": [0.25, 0.25], "read": [0.0, 0.0]}),
            "search": [0.02, 0.02],
            "search_steps": {"embed": [0.01, 0.01]},
        }[method]

    def peak_mib(self):
        return 100.0


class TestCommands:
    def test_time_and_memory_of_a_command(self, tmp_path):
        seconds, mib = commands.run_once(["--help"], tmp_path / "log")
        assert seconds > 0
        assert mib > 5
        assert "usage: beleg" in (tmp_path / "log").read_text(encoding="utf-8")

    def test_a_command_that_fails_is_told(self, tmp_path):
        with pytest.raises(WorkerError, match=r"beleg index .*: exit code 1\nerror: "):
            commands.run_once(["index", str(tmp_path / "nothing")], tmp_path / "log")

    def test_rows(self):
        rows = commands.rows({"ask": [(1.0, 100.0), (3.0, 200.0), (2.0, 300.0)]})
        assert [(row.what, row.value, row.unit) for row in rows] == [
            ("ask: time", 2.0, "s"),
            ("ask: peak memory", 200.0, "MiB"),
        ]


class TestLimits:
    SIZES = EncoderSizes(layers=2, hidden=4, wide=8, vocabulary=10)

    def test_operations_are_counted_from_the_sizes(self):
        # weights of a layer: four products of 4 x 4, two of 4 x 8 = 128; two layers: 256
        assert self.SIZES.weights == 256
        # 3 tokens: 2 * 3 * 256 products and sums, and 4 * 2 * 9 * 4 for the attention
        assert self.SIZES.operations(3) == 1536 + 288

    def test_bounds_and_how_near_they_are(self):
        found = [
            Row(limits.PART, "memory, copied", "machine", 1.0, "GB/s"),
            Row(limits.PART, "arithmetic, float32", "machine", 1824e-9, "GFLOP/s"),
            Row(limits.PART, "arithmetic, bfloat16", "machine", 3648e-9, "GFLOP/s"),
        ]
        bounds = limits.bounds(found, self.SIZES, 3.0, [1000])
        values = {row.what: row.value for row in bounds}
        assert values["embedding at most, float32"] == pytest.approx(1.0)
        assert values["embedding at most, bfloat16"] == pytest.approx(2.0)
        scan = values["exact scan of 1,000 vectors at least, float32"]
        assert scan == pytest.approx(0.016)  # 16 kB at 1 GB/s
        measured = [Row("embedding", "passages", BELEG, 0.5, "passages/s")]
        near = limits.reached(measured, bounds)
        assert [row.value for row in near] == pytest.approx([0.5, 0.25])


class TestOrder:
    def test_options(self, tmp_path):
        arguments = ["--quick", "--sizes", "10,20", "--rounds", "1", "--parts", "sync,embedding"]
        order = read_order(build_parser().parse_args(arguments), tmp_path)
        assert order.sizes == (10, 20)
        assert order.parts == ("embedding", "sync")
        assert (order.rounds, order.limits.rounds) == (1, 1)
        assert order.sample == quick(Order(tmp_path, tmp_path)).sample
        assert "work" not in order.told()

    @pytest.mark.parametrize("option", [["--parts", "speed"], ["--sizes", "0"]])
    def test_what_is_refused(self, option, capsys):
        with pytest.raises(SystemExit):
            build_parser().parse_args(option)
        assert "error:" in capsys.readouterr().err

    def test_the_machine_is_described(self):
        known = machine()
        assert known["cores"] >= 1
        assert set(known) == {"cpu", "flags", "cores", "memory_gib", "load_average"}


def test_one_article_of_many_is_synced(tmp_path):
    rows = syncing.measure(tmp_path, 20, None, 1)
    assert [row.what for row in rows] == [
        "full build without a model", "nothing changed", "one article changed", "peak memory",
    ]  # fmt: skip
    assert "vectors: hashed-text" in rows[0].note
    assert not (tmp_path / "sync").exists()


def test_a_tiny_run_without_a_model(tmp_path, capsys):
    parts = "search,embedded,quality"
    arguments = ["--quick", "--parts", parts, "--encoder", "hashed", "--sizes", "40"]
    arguments += ["--work", str(tmp_path / "work"), "--json", str(tmp_path / "out.json")]
    arguments += ["--markdown", str(tmp_path / "out.md")]
    assert main(arguments) == 0
    report = json.loads((tmp_path / "out.json").read_text(encoding="utf-8"))
    assert set(report) == {
        "machine", "software", "order", "seconds", "load_average", "failed", "rows",
    }  # fmt: skip
    rows = {(row["what"], row["way"]): row for row in report["rows"]}
    assert rows["recall@10 against exact", "Beleg"]["value"] == 1.0
    assert {row["part"] for row in report["rows"]} >= {
        "8 passages really embedded", "32 passages really embedded",
    }  # fmt: skip
    assert "stand-in" in rows["index, vectors", "Beleg"]["note"]
    assert rows["R@5", "Beleg"]["note"].startswith("needs --data")
    assert rows["by meaning, median", "Beleg"]["faster_than_plain"] > 0
    said = capsys.readouterr()
    assert "recall@10 against exact" in said.out
    assert said.err.startswith("search ...\nembedded ...\n")
    assert (tmp_path / "out.md").read_text(encoding="utf-8").startswith("| measured |")


@pytest.mark.slow
def test_a_tiny_run_with_the_model(tmp_path, model_cache):
    arguments = ["--quick", "--rounds", "1", "--parts", "embedding,ask,commands,limits"]
    arguments += ["--cache", str(model_cache), "--json", str(tmp_path / "out.json")]
    assert main(arguments) == 0
    report = json.loads((tmp_path / "out.json").read_text(encoding="utf-8"))
    values = {(row["what"], row["way"]): row["value"] for row in report["rows"]}
    assert values["warm: median", "Beleg"] > 0
    assert values["ask: peak memory", "Beleg"] > 50
    assert values["passages", "Beleg"] > 0
    assert values["embedding at most, float32", "machine"] > 0
