"""What a drafter is told: the question and the numbered evidence, as one text.

Constants and one pure function. An answer does not depend on the drafter obeying: what it
writes is grounded by `rag.grounded`, so evidence that gives orders gives them in vain.
"""

from __future__ import annotations

from collections.abc import Sequence

DRAFT_PROMPTS = {
    "de": (
        "Beantworte die Frage mit einem wörtlichen Ausschnitt aus den Quellen.",
        "Quelle",
        "Frage",
        "Antwort",
    ),
    "en": (
        "Answer the question with a verbatim span of the sources.",
        "Source",
        "Question",
        "Answer",
    ),
}
"""Instruction and the words for source, question and answer, by language."""


def draft_prompt(question: str, evidence: Sequence[str], language: str) -> str:
    """The input of a drafter.

    Args:
        question: as asked.
        evidence: the texts, best first; they are numbered from 1.
        language: "de" or "en"; another one gets the German words.
    """
    instruction, source, asked, answer = DRAFT_PROMPTS.get(language, DRAFT_PROMPTS["de"])
    sources = [f"{source} {number}: {text}" for number, text in enumerate(evidence, start=1)]
    return "\n".join([instruction, f"{asked}: {question}", *sources, f"{answer}:"])
