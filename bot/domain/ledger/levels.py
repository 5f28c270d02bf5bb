"""Draft levels: what a ledger would come to, for the sensei who rules and for nobody else.

No surface shows them. A draft is no ruling, and nothing here passes or fails anyone.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from bot.domain.ledger.evidence import CheckState
from bot.domain.ledger.ledger import Ledger
from bot.domain.rubrics.rubric import Criterion, Rubric

_UNDECIDED = (CheckState.CONTESTED, CheckState.NOT_ASSESSED)


@dataclass(frozen=True, slots=True)
class WithheldLevel:
    """A check for whose sake a level cannot be given: it is contested, or not assessed."""

    check: str
    state: CheckState


@dataclass(frozen=True, slots=True)
class DraftLevel:
    """One criterion's draft: a level from 0 to 4, or None with the checks that withhold it.

    None without any is a criterion of which no check applies.
    """

    criterion: str
    level: int | None
    withheld: tuple[WithheldLevel, ...] = ()


@dataclass(frozen=True, slots=True)
class DraftLevels:
    """The drafts of all criteria, in the rubric's order.

    ``overall`` is their weighted mean, criteria of which nothing applies left out; None while one is
    withheld. ``not_ready_yet`` names the gate criteria below the rubric's ``gate_level``, for a milestone;
    a withheld one is not among them, and is no readiness either.
    """

    criteria: tuple[DraftLevel, ...]
    overall: float | None
    not_ready_yet: tuple[str, ...]


def draft_levels(ledger: Ledger, rubric: Rubric) -> DraftLevels:
    """Compute the drafts. The ledger must be of this rubric, with the same packs.

    Raises:
        ValueError: it is of another one.
    """
    checks = {check.id for criterion in rubric.criteria for check in criterion.checks}
    if (ledger.rubric, ledger.version, set(ledger.checks)) != (rubric.id, rubric.version, checks):
        raise ValueError(f"the ledger is not of {rubric.id} {rubric.version} with these packs")
    states = ledger.states()
    drafts = tuple(_draft(criterion, states) for criterion in rubric.criteria)
    return DraftLevels(drafts, _overall(drafts, rubric), _below_the_gate(drafts, rubric))


def _draft(criterion: Criterion, states: Mapping[str, CheckState]) -> DraftLevel:
    """Climb from level to level; the first that is not reached decides."""
    reached: int | None = None
    for level in sorted({check.level for check in criterion.checks}):
        here = {check.id: states[check.id] for check in criterion.checks if check.level == level}
        applicable = {check: state for check, state in here.items() if state is not CheckState.NOT_APPLICABLE}
        if undecided := {check: state for check, state in applicable.items() if state in _UNDECIDED}:
            return DraftLevel(criterion.id, None, tuple(WithheldLevel(*item) for item in undecided.items()))
        if any(state is not CheckState.MET for state in applicable.values()):
            return DraftLevel(criterion.id, reached or 0)
        if applicable:
            reached = level
    return DraftLevel(criterion.id, reached)


def _overall(drafts: tuple[DraftLevel, ...], rubric: Rubric) -> float | None:
    if any(draft.withheld for draft in drafts):
        return None
    weighted = [
        (criterion.weight, draft.level)
        for draft, criterion in zip(drafts, rubric.criteria, strict=True)
        if draft.level is not None
    ]
    total = sum(weight for weight, _ in weighted)
    return sum(weight * level for weight, level in weighted) / total if weighted else None


def _below_the_gate(drafts: tuple[DraftLevel, ...], rubric: Rubric) -> tuple[str, ...]:
    return tuple(
        criterion.id
        for draft, criterion in zip(drafts, rubric.criteria, strict=True)
        if criterion.gate and draft.level is not None and draft.level < rubric.gate_level
    )
