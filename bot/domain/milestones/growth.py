"""Growth of one participant: what they decided with help and without, and what needed no second question.

What they defended alone, in the live defence, is counted apart from what they wrote.

It is counted from rows, never from words, and shown only to the participant and their sensei.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.domain.defences.records import DefenceOutcome, DefendedQuestion
from bot.domain.rubrics.rubric import Library


@dataclass(frozen=True, slots=True)
class CountedDecision:
    """A confirmed decision, as far as growth counts it. ``check`` is None if it belongs to none.

    ``helped``: a question led to it, and its author needed more than that question: Sensei said something
    other than a draft, a sensei wrote in the thread before the draft, or the decision still lacks a part.
    ``person`` is its author's opaque id, or None if it is not known.
    """

    capstone: int
    check: str | None
    helped: bool
    at: datetime
    person: str | None = None


@dataclass(frozen=True, slots=True)
class RaisedQuestion:
    """A question that was posted about a check. ``pull_request`` is its number at the host; ``at`` is when.

    Questions that a sensei withdrew, and those that ask whether a decision still holds, are left out.
    """

    capstone: int
    check: str
    pull_request: int
    answered: bool
    at: datetime


@dataclass(frozen=True, slots=True)
class TouchedCheck:
    """A check that a merged pull request moved. ``at`` is when the pull request was last changed.

    Pull requests in which Sensei was told to be quiet are left out: it would have asked nothing there.
    """

    capstone: int
    check: str
    pull_request: int
    at: datetime


@dataclass(frozen=True, slots=True)
class CriterionGrowth:
    """Counts for one criterion.

    ``assisted`` and ``unaided`` count decisions; ``settled`` counts checks that Sensei asked about once and
    not again. ``first_unaided`` and ``first_settled`` say when the first of them happened. ``defended``
    counts the questions of the live defence that were answered alone.
    """

    criterion: str
    title: str
    assisted: int = 0
    unaided: int = 0
    settled: int = 0
    first_unaided: datetime | None = None
    first_settled: datetime | None = None
    defended: int = 0


@dataclass(frozen=True, slots=True)
class Growth:
    """A capstone's growth: the criteria with anything to count, in the rubric's order.

    ``other`` counts decisions that belong to no criterion, such as those written by hand.
    """

    criteria: tuple[CriterionGrowth, ...] = ()
    other: int = 0

    @property
    def has_defended(self) -> bool:
        """Return whether a question was defended alone."""
        return any(one.defended for one in self.criteria)


@dataclass(frozen=True, slots=True)
class GrowthRows:
    """Everything about one capstone from which its growth is counted."""

    decisions: Sequence[CountedDecision] = ()
    questions: Sequence[RaisedQuestion] = ()
    touched: Sequence[TouchedCheck] = ()
    defended: Sequence[DefendedQuestion] = ()


def map_checks(library: Library) -> Mapping[str, str]:
    """Return the criterion of each check of a rubric and of all packs."""
    found = {check.id: criterion.id for criterion in library.rubric.criteria for check in criterion.checks}
    for pack in library.packs:
        for criterion, additions in pack.criteria.items():
            found |= {check.id: criterion for check in additions.checks}
    return found


def count_growth(rows: GrowthRows, library: Library) -> Growth:
    """Count a capstone's growth. Checks that the rubric no longer has count for no criterion."""
    criteria = map_checks(library)
    counted = [
        _count_criterion(criterion.id, criterion.title, rows, criteria)
        for criterion in library.rubric.criteria
    ]
    other = sum(criteria.get(decision.check or "") is None for decision in rows.decisions)
    return Growth(
        tuple(one for one in counted if one.assisted or one.unaided or one.settled or one.defended), other
    )


def list_first_unaided(growth: Growth, since: datetime) -> list[str]:
    """Return the titles of criteria with their first unaided decision after a moment."""
    return [one.title for one in growth.criteria if one.first_unaided and one.first_unaided > since]


def list_first_settled(growth: Growth, since: datetime) -> list[str]:
    """Return the titles of criteria with their first check after a moment that needed no second question."""
    return [one.title for one in growth.criteria if one.first_settled and one.first_settled > since]


def _count_criterion(
    criterion: str, title: str, rows: GrowthRows, criteria: Mapping[str, str]
) -> CriterionGrowth:
    decisions = [one for one in rows.decisions if criteria.get(one.check or "") == criterion]
    unaided = [decision.at for decision in decisions if not decision.helped]
    touched = [one for one in rows.touched if criteria.get(one.check) == criterion]
    asked: dict[str, list[RaisedQuestion]] = {}
    for question in rows.questions:
        if criteria.get(question.check) == criterion:
            asked.setdefault(question.check, []).append(question)
    settled = [at for questions in asked.values() if (at := _find_settled(questions, touched))]
    return CriterionGrowth(
        criterion,
        title,
        len(decisions) - len(unaided),
        len(unaided),
        len(settled),
        min(unaided, default=None),
        min(settled, default=None),
        sum(one.criterion == criterion and one.outcome is DefenceOutcome.ALONE for one in rows.defended),
    )


def _find_settled(questions: Sequence[RaisedQuestion], touched: Iterable[TouchedCheck]) -> datetime | None:
    """Return when a check was first left unasked by a later pull request, or None if it wasn't.

    It counts if all its questions were in one pull request, and one of them was answered. A later pull
    request has a higher number, and was still changed after the question was asked.
    """
    numbers = {question.pull_request for question in questions}
    if len(numbers) != 1 or not any(question.answered for question in questions):
        return None
    (asked_in,), asked_at = numbers, max(question.at for question in questions)
    later = (one.at for one in touched if one.pull_request > asked_in and one.at > asked_at)
    return min(later, default=None)
