"""Compute draft levels from a ledger, only for the sensei who decides.

They are never displayed. A draft is not a decision: nothing here passes or fails anyone.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from bot.domain.ledger.evidence import CheckState
from bot.domain.ledger.ledger import Ledger
from bot.domain.rubrics.rubric import Criterion, Rubric

_UNDECIDED = (CheckState.CONTESTED, CheckState.NOT_ASSESSED)


@dataclass(frozen=True, slots=True)
class WithheldLevel:
    """A check that prevents a level from being drafted, because it is contested or not assessed."""

    check: str
    state: CheckState


@dataclass(frozen=True, slots=True)
class DraftLevel:
    """One criterion's draft: a level from 0 to 4, or None and the checks that prevent a level.

    If none of its checks apply, the level is None and there are no such checks.
    """

    criterion: str
    level: int | None
    withheld: tuple[WithheldLevel, ...] = ()


@dataclass(frozen=True, slots=True)
class DraftLevels:
    """The drafts of all criteria, in the rubric's order.

    ``overall`` is their weighted mean, without criteria whose checks do not apply, or None while a level is
    missing. ``not_ready_yet`` names the gate criteria below the rubric's ``gate_level``. A gate criterion
    without a level is not among them, but is no sign of readiness either.
    """

    criteria: tuple[DraftLevel, ...]
    overall: float | None
    not_ready_yet: tuple[str, ...]


def draft_levels(ledger: Ledger, rubric: Rubric) -> DraftLevels:
    """Compute the draft levels of a ledger. The ledger must be for this rubric with the same packs.

    Raises:
        ValueError: the ledger is for another rubric.
    """
    checks = {check.id for criterion in rubric.criteria for check in criterion.checks}
    if (ledger.rubric, ledger.version, set(ledger.checks)) != (rubric.id, rubric.version, checks):
        raise ValueError(f"the ledger was not made for {rubric.id} {rubric.version} with these packs")
    states = ledger.states()
    drafts = tuple(_draft_level(criterion, states) for criterion in rubric.criteria)
    return DraftLevels(drafts, _compute_overall(drafts, rubric), _list_below_gate(drafts, rubric))


def _draft_level(criterion: Criterion, states: Mapping[str, CheckState]) -> DraftLevel:
    """Check one level after the other. The first level that is not reached determines the result."""
    reached: int | None = None
    for level in sorted({check.level for check in criterion.checks}):
        of_level = {check.id: states[check.id] for check in criterion.checks if check.level == level}
        applicable = {
            check: state for check, state in of_level.items() if state is not CheckState.NOT_APPLICABLE
        }
        if undecided := {check: state for check, state in applicable.items() if state in _UNDECIDED}:
            return DraftLevel(criterion.id, None, tuple(WithheldLevel(*item) for item in undecided.items()))
        if any(state is not CheckState.MET for state in applicable.values()):
            return DraftLevel(criterion.id, reached or 0)
        if applicable:
            reached = level
    return DraftLevel(criterion.id, reached)


def _compute_overall(drafts: tuple[DraftLevel, ...], rubric: Rubric) -> float | None:
    if any(draft.withheld for draft in drafts):
        return None
    weighted = [
        (criterion.weight, draft.level)
        for draft, criterion in zip(drafts, rubric.criteria, strict=True)
        if draft.level is not None
    ]
    total = sum(weight for weight, _ in weighted)
    return sum(weight * level for weight, level in weighted) / total if weighted else None


def _list_below_gate(drafts: tuple[DraftLevel, ...], rubric: Rubric) -> tuple[str, ...]:
    return tuple(
        criterion.id
        for draft, criterion in zip(drafts, rubric.criteria, strict=True)
        if criterion.gate and draft.level is not None and draft.level < rubric.gate_level
    )
