"""From a question to an answer: the only place that orders the steps.

Read the question, retrieve passages, score their sentences, decide, draft, cut the quotes,
check every quote against the disk. A quote that does not stand in the file now is dropped;
if none is left the answer abstains.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from itertools import islice
from pathlib import Path

from index.embed import Embedder
from index.store import Snapshot
from index.words import Word
from rag.compose import checked_quotes, drafted_answer, quoted_answer, refused
from rag.counting import counted
from rag.decide import ABSTAIN_BELOW, Decision, abstention, decide
from rag.draft import Drafter
from rag.evidence import Evidence, find_evidence
from rag.overview import is_overview, lead_sentences
from rag.question import Kind, Question, read_question, resolve_articles
from rag.quotes import Sources
from rag.reading import ABSTAIN_BELOW as DRAFTED_ABSTAIN_BELOW
from rag.reading import Reading, confidence, kept, readings, signals, units
from rag.retrieve import Retriever
from rag.types import (
    AbstainReason,
    Abstention,
    Answer,
    Draft,
    Interim,
    Notice,
    NoticeKind,
    Step,
)

BROAD_QUOTES = 5
"""Most quotes for a question about an article or a topic as a whole."""
QUOTE_MARGIN = 1.5
"""A further sentence is quoted if its score is at most this much below the best one's."""
FOREIGN_MARGIN = 0.5
"""The same for a question in another language, where only the embedder can compare."""
COUNTED_MARGIN = 4.0
"""The same where both sentences count what the question counts."""
NEAREST = 3


@dataclass
class Stages:
    """Seconds spent in each stage of one answer."""

    seconds: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Measure a block."""
        started = time.perf_counter()
        yield
        self.seconds[name] = self.seconds.get(name, 0.0) + time.perf_counter() - started


@dataclass(frozen=True, slots=True)
class Reader:
    """What answering needs.

    Args:
        corpus: folder of the articles.
        snapshot: the opened index.
        embedder: the model it was made with.
        passages: passages to read for one question.
        max_quotes: most quotes in an answer.
        abstain_below: confidence under which there is no answer; None for the calibrated one.
        drafter: drafts from the evidence; None to answer with the evidence itself.
        watch: told what is being done, for an interface that shows it.
    """

    corpus: Path
    snapshot: Snapshot
    embedder: Embedder
    passages: int
    max_quotes: int
    abstain_below: float | None = None
    drafter: Drafter | None = None
    watch: Callable[[Interim], None] = lambda _: None


def answer(
    text: str, reader: Reader, *, article_ids: Sequence[str] = (), stale: bool = False
) -> Answer:
    """Answer a question with quotes, or abstain.

    Args:
        text: the question.
        reader: index, model and settings.
        article_ids: only these articles, as `resolve_articles` takes them; empty for all.
        stale: whether the folder is known to differ from the index.

    Raises:
        QuestionError: the question is empty or too long, or an article is not in the index.
    """
    stages = Stages()
    stamps = reader.snapshot.stamps()
    with stages.stage("read"):
        question = read_question(text, stamps)
        sources = Sources(reader.corpus, stamps, reader.snapshot)
    scope = resolve_articles(article_ids, stamps) or question.article_ids
    if is_overview(question):
        result = _overview(question, reader, sources, scope, stages)
    elif not question.content:
        result = refused(question, Abstention(AbstainReason.NO_CONTENT_WORDS))
    else:
        result = _lookup(question, reader, sources, scope, stages)
    return _with_notices(result, sources, stale, stages)


def term_weight(snapshot: Snapshot) -> Callable[[Word], float]:
    """Inverse document frequency of a word of the question, at least 0.1.

    A word is looked up by its stem, its spelling as a name, then by its parts.
    """
    total = snapshot.manifest.passages
    known: dict[Word, float] = {}

    def frequency(word: Word) -> int:
        keys = [("words", word.stem), ("parts", word.stem), ("names", word.name_key)]
        keys += [(column, part) for part in word.parts for column in ("words", "names")]
        counts = (snapshot.document_frequency(column, key) for column, key in keys if key)
        return next((count for count in counts if count), 0)

    def weight(word: Word) -> float:
        if word not in known:
            known[word] = max(0.1, math.log((total + 1) / (frequency(word) + 0.5)))
        return known[word]

    return weight


def _lookup(
    question: Question,
    reader: Reader,
    sources: Sources,
    scope: Sequence[str],
    stages: Stages,
) -> Answer:
    retriever = Retriever(reader.snapshot, reader.embedder)
    reader.watch(Interim(Step.SEARCHING))
    with stages.stage("retrieve"):
        retrieved = retriever.retrieve(question.text, reader.passages, scope or None)
    weight = term_weight(reader.snapshot)
    reader.watch(Interim(Step.READING))
    with stages.stage("evidence"):
        found = find_evidence(question, retrieved, sources, reader.embedder, weight)
        decision = decide(question, found, weight)
    if not found:
        reason = AbstainReason.STALE if sources.changed else AbstainReason.NOTHING_FOUND
        result = refused(question, Abstention(reason))
    elif reader.drafter is None or _is_broad(question):
        result = _quoted(question, reader, sources, found, decision, stages)
    else:
        quotes = checked_quotes(sources, choose(question, found, reader.max_quotes))
        reader.watch(Interim(Step.DRAFTING, quotes))
        with stages.stage("draft"):
            read = units(retrieved.hits, sources)
            texts = [unit.text for unit in read]
            draft = reader.drafter.draft(question.text, texts, question.answer_language)
            spans = readings(draft, read, found, sources)
        result = _drafted(question, reader, sources, found, decision, draft, spans, stages)
    return replace(result, hits=retrieved.hits)


def _quoted(
    question: Question,
    reader: Reader,
    sources: Sources,
    found: Sequence[Evidence],
    decision: Decision,
    stages: Stages,
) -> Answer:
    """Refuse, or quote what was found."""
    threshold = ABSTAIN_BELOW if reader.abstain_below is None else reader.abstain_below
    refusal = abstention(decision, threshold)
    with stages.stage("quote"):
        if refusal is not None:
            nearest = checked_quotes(sources, found[:NEAREST])
            return refused(question, refusal, decision.confidence, nearest)
        broad = _is_broad(question)
        most = BROAD_QUOTES if broad else reader.max_quotes
        chosen = choose(question, found, most, broad=broad)
        return quoted_answer(question, sources, chosen, decision.confidence)


def _drafted(
    question: Question,
    reader: Reader,
    sources: Sources,
    found: Sequence[Evidence],
    decision: Decision,
    draft: Draft,
    spans: Sequence[Reading],
    stages: Stages,
) -> Answer:
    """Refuse, or give the drafted spans with their quotes."""
    below = DRAFTED_ABSTAIN_BELOW if reader.abstain_below is None else reader.abstain_below
    values = signals(decision, draft, spans[0], found[0]) if spans else {}
    sure = confidence(values) if spans else 0.0
    with stages.stage("quote"):
        if not spans or sure < below:
            reason = AbstainReason.DRAFTER_ABSTAINED
            refusal = Abstention(reason)
            if decision.missing:
                refusal = Abstention(AbstainReason.UNKNOWN_TERMS, decision.missing)
            nearest = checked_quotes(sources, found[:NEAREST])
            result = refused(question, refusal, sure, nearest)
        else:
            result = drafted_answer(question, sources, kept(spans), sure)
    return replace(result, signals=values)


def _is_broad(question: Question) -> bool:
    """Whether a question is about a text as a whole, which no short span answers."""
    return question.kind is Kind.BROAD or bool(question.article_ids)


def choose(
    question: Question, found: Sequence[Evidence], most: int, *, broad: bool = False
) -> list[Evidence]:
    """Which evidence to quote: the best, and others that come close and answer in kind.

    Where the question counts something, every sentence that counts it is wanted, so that
    sources that disagree stand side by side.

    Args:
        question: the question.
        found: best first, at least one.
        most: most sentences to take.
        broad: take the best ones even where they do not come close.
    """
    best = found[0]
    if broad:
        return [evidence for evidence in found[:most] if evidence.boilerplate == best.boilerplate]
    counting = bool(counted(question, best.quoted))
    margin = QUOTE_MARGIN if question.language == "de" else FOREIGN_MARGIN
    margin = COUNTED_MARGIN if counting else margin
    fitting = (
        evidence
        for evidence in found
        if best.score - evidence.score <= margin
        and evidence.boilerplate == best.boilerplate
        and evidence.feature("typed") >= best.feature("typed")
        and (not counting or counted(question, evidence.quoted))
    )
    return list(islice(fitting, most))


def _overview(
    question: Question, reader: Reader, sources: Sources, scope: Sequence[str], stages: Stages
) -> Answer:
    with stages.stage("evidence"):
        wanted = list(scope) or sorted(reader.snapshot.stamps())
        found = lead_sentences(wanted, reader.snapshot, sources, BROAD_QUOTES)
    if not found:
        return refused(question, Abstention(AbstainReason.STALE))
    with stages.stage("quote"):
        result = quoted_answer(question, sources, found, 1.0)
    left = len(wanted) - len({evidence.article.id for evidence in found})
    if left > 0:
        notice = Notice(NoticeKind.MORE_ARTICLES, (str(left),))
        result = replace(result, notices=(*result.notices, notice))
    return result


def _with_notices(result: Answer, sources: Sources, stale: bool, stages: Stages) -> Answer:
    notices = list(result.notices)
    if stale or sources.changed:
        notices.insert(0, Notice(NoticeKind.INDEX_OUT_OF_DATE))
    if sources.changed:
        changed = tuple(sources.changed[name] for name in sorted(sources.changed))
        notices.append(Notice(NoticeKind.ARTICLE_CHANGED, changed))
    return replace(result, notices=tuple(notices), stages_s=dict(stages.seconds))
