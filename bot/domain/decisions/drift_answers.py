"""Parse a model's answer about the decisions that a change may have overtaken.

The answer has the schema ``review``. A question's ``check`` is the decision's number as text. A verdict
``drop`` about that number says that the change leaves the decision as it is. A decision without either is
unanswered.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from bot.domain.guardrails.model_wording import ShownText
from bot.domain.review.lenient_values import as_list
from bot.domain.review.model_answers import AnswerLimits, ParsedAnswer, ProposedQuestion, parse_read

_LIMITS = AnswerLimits(movements=0, concerns=0, questions=6, strengths=0)


@dataclass(frozen=True, slots=True)
class DriftAnswer:
    """``questions`` has the first question about each decision, by number; ``unaffected`` the others."""

    questions: Mapping[int, ProposedQuestion]
    unaffected: frozenset[int]


def parse_drift(document: Any, numbers: Collection[int], shown: ShownText) -> ParsedAnswer[DriftAnswer]:
    """Parse the answer about the decisions with these numbers. ``shown`` is all that the model saw.

    A question whose words the guardrails refuse has a ``problem``: its place counts, and its words don't.
    """
    entries = document if isinstance(document, Mapping) else {}
    asked = [_write_number(item) for item in as_list(entries.get("questions"))]
    parsed = parse_read({"questions": asked}, {str(number) for number in numbers}, (), _LIMITS, shown)
    questions: dict[int, ProposedQuestion] = {}
    for question in parsed.answer.questions:
        if question.check is not None:
            questions.setdefault(int(question.check), question)
    dropped = frozenset(
        verdict["n"]
        for verdict in as_list(entries.get("verdicts"))
        if isinstance(verdict, Mapping) and verdict.get("verdict") == "drop"
        if isinstance(verdict.get("n"), int) and verdict["n"] in numbers
    )
    return ParsedAnswer(DriftAnswer(questions, dropped - questions.keys()), parsed.dropped)


def _write_number(item: Any) -> Any:
    """Return a question whose ``check`` is text, also if the model wrote a number."""
    if isinstance(item, Mapping) and isinstance(item.get("check"), int):
        return {**item, "check": str(item["check"])}
    return item
