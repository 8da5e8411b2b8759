"""Quotes against files and claims against quotes, with seeded faults."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eval.entailment import is_bare_span, rule_entails
from eval.evidence_metrics import (
    CitedClaim,
    citation_precision,
    citation_recall,
    cited_claims,
    date_fidelity,
    has_right_lines,
    is_verbatim,
    line_precision,
    name_fidelity,
    number_fidelity,
    quote_coverage,
    quote_precision,
    staleness,
)
from index.types import Article
from rag.types import Answer, Citation, Claim, Quote, Verdict, VerdictLabel

# offsets: BOM 0, "Öl." 1-3, CR 4, LF 5, "Kein" 6-9, blank 10, "Gas." 11-14, U+2028 15,
# "Neu." 16-19, LF 20
TEXT = "\ufeffÖl.\r\nKein Gas.\u2028Neu.\n"
ARTICLE = Article("ä/eins.txt", "a" * 64, TEXT, 30, 0)
READ = {ARTICLE.id: ARTICLE}.get
GAS = Quote(ARTICLE.id, ARTICLE.sha256, 2, 2, 6, 15, "Kein Gas.")  # U+2028 breaks no line
BOTH = Quote(ARTICLE.id, ARTICLE.sha256, 1, 2, 1, 15, "Öl.\r\nKein Gas.")

CHANGED_DIGIT = replace(GAS, text="Kein Gaz.")
SHIFTED_LINE = replace(GAS, line_start=3, line_end=3)
OTHER_ARTICLE = replace(GAS, article_id="ä/zwei.txt")
STALE = replace(GAS, sha256="b" * 64)
SHIFTED_OFFSETS = replace(GAS, start=7, end=16)
EMPTY = replace(GAS, start=6, end=6, text="")
FROM_THE_END = replace(GAS, start=-15, end=-6)  # what Python would slice as "Kein Gas."


def test_the_fixture_is_what_it_says() -> None:
    assert TEXT[6:15] == TEXT[-15:-6] == GAS.text
    assert TEXT[1:15] == BOTH.text


@pytest.mark.parametrize(
    ("quote", "verbatim", "right_lines"),
    [
        (GAS, True, True),
        (BOTH, True, True),
        (replace(GAS, start=6, end=21, text=TEXT[6:21]), True, True),  # with its line break
        (CHANGED_DIGIT, False, False),
        (SHIFTED_LINE, True, False),
        (replace(BOTH, line_end=1), True, False),
        (OTHER_ARTICLE, False, False),
        (STALE, True, True),
        (SHIFTED_OFFSETS, False, True),  # still in line 2
        (EMPTY, False, False),
        (FROM_THE_END, False, False),
        (replace(GAS, end=99), False, False),
    ],
)
def test_one_quote(quote: Quote, verbatim: bool, right_lines: bool) -> None:
    assert is_verbatim(quote, READ) is verbatim
    assert has_right_lines(quote, READ) is right_lines


def test_shares_of_quotes() -> None:
    quotes = [GAS, BOTH, CHANGED_DIGIT, SHIFTED_LINE]
    assert quote_precision(quotes, READ) == 0.75  # all but the changed one
    assert line_precision(quotes, READ) == 0.5  # GAS and BOTH
    assert staleness([GAS, STALE, OTHER_ARTICLE, BOTH], READ) == 0.5  # changed file, missing file


def test_coverage_counts_claims_not_quotes() -> None:
    # proved; proved by its second quote; only a fabricated quote; no quote at all
    claims = [[GAS], [CHANGED_DIGIT, BOTH], [CHANGED_DIGIT, CHANGED_DIGIT], []]
    assert quote_coverage(claims, READ) == 0.5


def test_nothing_is_neither_good_nor_bad() -> None:
    assert quote_precision([], READ) is None
    assert line_precision([], READ) is None
    assert quote_coverage([], READ) is None
    assert staleness([], READ) is None
    assert citation_recall([]) is None
    assert citation_precision([]) is None
    assert number_fidelity([]) is None
    assert date_fidelity([]) is None
    assert name_fidelity([]) is None


def words_entail(premise_texts: Sequence[str], claim: str) -> bool:
    return set(claim.split()) <= {word for text in premise_texts for word in text.split()}


@pytest.mark.parametrize(
    ("claims", "recall", "precision"),
    [
        ([CitedClaim("a b", ("a b",))], 1.0, 1.0),
        # each half is needed: neither carries alone, nor do the others without it
        ([CitedClaim("a b", ("a", "b"))], 1.0, 1.0),
        # c is irrelevant (does not carry alone, the rest does); a b is needed: 1 of 2
        ([CitedClaim("a b", ("a b", "c"))], 1.0, 0.5),
        # both carry alone, so neither is irrelevant
        ([CitedClaim("a b", ("a b", "b a"))], 1.0, 1.0),
        # not carried: none of its citations is precise, though b helps
        ([CitedClaim("a b", ("b", "c"))], 0.0, 0.0),
        # no citation: recall 0 of 1; no citation to be precise counts 0
        ([CitedClaim("a", ())], 0.0, 0.0),
        # claims 1 of 2 carried; citations: 1 precise of 1 + 0 of 2
        ([CitedClaim("a", ("a",)), CitedClaim("b", ("c", "d"))], 0.5, 1 / 3),
        # averaging over citations, not over claims: (1 + 0) + 1 of 3, where claims would give 0.75
        ([CitedClaim("a", ("a", "x")), CitedClaim("b", ("b",))], 1.0, 2 / 3),
        # an uncited claim lowers recall only: 1 of 2, and 1 of 1
        ([CitedClaim("a", ("a",)), CitedClaim("b", ())], 0.5, 1.0),
    ],
)
def test_alce(claims: list[CitedClaim], recall: float, precision: float) -> None:
    assert citation_recall(claims, words_entail) == recall
    assert citation_precision(claims, words_entail) == pytest.approx(precision)


def test_the_predicate_is_never_asked_without_a_premise() -> None:
    def entails(premise_texts: Sequence[str], claim: str) -> bool:
        assert premise_texts
        return claim == "b"

    claims = [CitedClaim("a", ()), CitedClaim("a", ("x",)), CitedClaim("b", ("x",))]
    assert citation_recall(claims, entails) == pytest.approx(1 / 3)
    assert citation_precision(claims, entails) == 0.5


WORDS = st.lists(st.sampled_from("abc"), max_size=3).map(" ".join)
CLAIMS = st.lists(st.builds(CitedClaim, WORDS, st.lists(WORDS, max_size=3).map(tuple)), min_size=1)


@given(CLAIMS)
def test_alce_lies_in_the_unit_interval_and_knows_no_order(claims: list[CitedClaim]) -> None:
    recall = citation_recall(claims, words_entail)
    precision = citation_precision(claims, words_entail)
    assert recall is not None
    assert precision is not None
    assert 0 <= recall <= 1
    assert 0 <= precision <= 1
    mirrored = [CitedClaim(claim.text, claim.quotes[::-1]) for claim in reversed(claims)]
    assert citation_recall(mirrored, words_entail) == recall
    assert citation_precision(mirrored, words_entail) == precision
    if recall == 0:
        assert precision == 0


def test_cited_claims_keeps_a_citation_that_leads_nowhere() -> None:
    supported = Verdict(VerdictLabel.SUPPORTED, 1.0)
    answer = Answer(
        "Was?",
        "de",
        "Kein Gas [1][7]. Öl [2].",
        (Claim("Kein Gas [1][7].", (1, 7), supported), Claim("Öl [2].", (2,), supported)),
        (Citation(1, GAS), Citation(2, BOTH)),
    )
    claims = cited_claims(answer)
    assert claims == (
        CitedClaim("Kein Gas.", ("Kein Gas.", "")),
        CitedClaim("Öl.", ("Öl.\r\nKein Gas.",)),
    )
    assert citation_recall(claims) == 1.0
    assert citation_precision(claims) == pytest.approx(2 / 3)  # [7] is irrelevant


WOOD = (
    "Robert Wood erklärte am 24. Oktober 2024, dass bereits 8.000 nordkoreanische Soldaten "
    "in der Region Kursk eingetroffen seien."
)
DENIAL = "Weder Moskau noch Pjöngjang bestätigten die Angaben über Truppenbewegungen."
MILLIONS = "Das kostet 8 Millionen Euro."


@pytest.mark.parametrize(
    ("premises", "claim"),
    [
        ([WOOD], WOOD),
        ([WOOD], "8.000"),
        ([WOOD], "8000 nordkoreanische Soldaten"),
        ([WOOD], "in der Region Kursk"),
        ([WOOD], "Am 24.10.2024 erklärte Robert Wood"),  # another notation of the date
        ([WOOD], "In Kursk seien bereits 8.000 Soldaten eingetroffen."),  # another order
        ([DENIAL], DENIAL),
        ([DENIAL], "Pjöngjang"),  # a bare span needs no negation
        ([DENIAL], "Truppenbewegungen"),
        ([WOOD, DENIAL], WOOD),  # the other quote's negation does not matter
        ([f"{DENIAL} {WOOD}"], WOOD),  # nor does the other sentence's
        (["Putins Sprecher kam.", "Er heißt Peskow."], "Sprecher Peskow"),  # from both together
        # one sentence is evidence enough, whatever another says of the same thing
        (
            ["Moskau bestätigte die Angaben nicht. Wood nannte die Angaben falsch."],
            "Wood nannte die Angaben falsch.",
        ),
        # two sentences carry it; the third, which it does not touch, may negate
        (["Putins Sprecher kam. Er heißt Peskow. Niemand lachte."], "Sprecher Peskow"),
        # one quote is evidence enough, whatever another denies
        (
            ["Putins Sprecher kam. Er heißt Peskow.", "Peskow lachte nicht."],
            "Putins Sprecher heißt Peskow",
        ),
        ([MILLIONS], "8.000.000"),
        (["„Das ist ein Sieg“, sagte er."], "»das ist ein Sieg«"),
    ],
)
def test_rule_entails(premises: list[str], claim: str) -> None:
    assert rule_entails(premises, claim)


@pytest.mark.parametrize(
    ("premises", "claim"),
    [
        ([WOOD], WOOD.replace("8.000", "9.000")),  # changed digit
        ([WOOD], WOOD.replace("2024", "2023")),
        ([WOOD], WOOD.replace("Oktober", "November")),
        ([WOOD], WOOD.replace("Robert", "Richard")),
        ([WOOD], "Kurs"),  # words are whole
        ([WOOD], WOOD.replace("bereits", "nicht")),  # added negation
        ([DENIAL], DENIAL.replace("Weder ", "")),  # dropped negation
        ([DENIAL], "Pjöngjang bestätigten die Angaben"),  # cut before the negation, verbatim
        (["Moskau hat Wood nicht eingeladen."], "Moskau hat Wood"),  # states something
        (["Der Premier bestätigte keine Verluste."], "Der Premier bestätigte Verluste."),
        ([DENIAL], WOOD),  # citation to another sentence
        ([MILLIONS], "8"),  # the number is cut
        ([WOOD], "000 nordkoreanische Soldaten"),
        ([WOOD], "er ist es"),  # nothing that could be checked
        ([WOOD], ""),
        ([WOOD], "„…“"),
        ([], "8.000"),
        ([""], "8.000"),
    ],
)
def test_rule_refuses(premises: list[str], claim: str) -> None:
    assert not rule_entails(premises, claim)


def test_bare_spans() -> None:
    for bare in ("8.000", "Robert Wood", "in der Region Kursk", "24. Oktober", "die „Bild“"):
        assert is_bare_span(bare)
    for stating in ("Moskau hat Wood", "kein Gas", "bestätigte Angaben", "Putin war Agent"):
        assert not is_bare_span(stating)


@given(
    st.sampled_from([WOOD, DENIAL, MILLIONS]), st.lists(st.sampled_from([WOOD, DENIAL, MILLIONS]))
)
def test_a_quote_carries_itself_whatever_stands_beside_it(claim: str, others: list[str]) -> None:
    assert rule_entails([*others, claim], claim)
    assert rule_entails([claim, *others], claim)


def test_fidelity_is_a_share_of_answers() -> None:
    answers = [
        CitedClaim("8.000 Soldaten am 24. Oktober in Kursk", (WOOD,)),
        CitedClaim("9.000 Soldaten am 25. Oktober in Kiew", (WOOD,)),  # all three wrong
        CitedClaim("am 24. November", (WOOD,)),  # 24 is there; the date and the word are not
        CitedClaim("ja", (WOOD,)),  # states none
    ]
    assert number_fidelity(answers) == 0.75
    assert date_fidelity(answers) == 0.5
    assert name_fidelity(answers) == 0.5
