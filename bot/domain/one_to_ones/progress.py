"""What moved between two one-to-ones: criteria whose checks have more or less evidence than before."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from bot.domain.ledger.evidence import CheckState
from bot.domain.triage.criterion_evidence import CriterionEvidence
from bot.domain.triage.records import CriterionSnapshot

_SUPPORTED = frozenset({CheckState.MET, CheckState.PARTLY_MET})


@dataclass(frozen=True, slots=True)
class Movement:
    """A criterion, by its id, and by how many checks its evidence grew and shrank."""

    criterion: str
    gained: int
    lost: int


def pick_snapshots(snapshots: Sequence[CriterionSnapshot], day: date) -> Mapping[str, CriterionSnapshot]:
    """Return, by criterion, the last snapshot of a week that had begun on a day, or else the first after.

    ``snapshots`` are one capstone's, oldest first.
    """
    picked: dict[str, CriterionSnapshot] = {}
    for snapshot in snapshots:
        if snapshot.week <= day or snapshot.criterion not in picked:
            picked[snapshot.criterion] = snapshot
    return picked


def find_movements(
    before: Mapping[str, CriterionSnapshot], evidence: Mapping[str, CriterionEvidence]
) -> list[Movement]:
    """Return the criteria that moved, in the rubric's order. One without a snapshot counts as not moved.

    A check that is contested now has lost evidence, since something speaks against it.
    """
    moved = []
    for criterion, shown in evidence.items():
        if criterion not in before:
            continue
        then = before[criterion]
        states = [check.state for check in shown.checks]
        supported = sum(state in _SUPPORTED for state in states)
        contested = states.count(CheckState.CONTESTED)
        change = supported - (then.met + then.partly_met)
        lost = max(-change, 0, contested - then.contested)
        if change > 0 or lost > 0:
            moved.append(Movement(criterion, max(change, 0), lost))
    return moved
