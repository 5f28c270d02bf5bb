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
    """A criterion, by its id, and how many of its checks moved since a snapshot.

    ``gained`` counts those with support that nothing contradicts, ``lost`` those that have no support any
    more, and ``against`` those against which something new speaks.
    """

    criterion: str
    gained: int
    lost: int
    against: int = 0


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
    """Return the criteria that moved, in the rubric's order. One without a snapshot counts as not moved."""
    moved = []
    for criterion, shown in evidence.items():
        if criterion not in before:
            continue
        then = before[criterion]
        supported = sum(check.state in _SUPPORTED for check in shown.checks)
        contested = sum(check.state is CheckState.CONTESTED for check in shown.checks)
        change = supported - (then.met + then.partly_met)
        lost = max(0, then.contested - contested - change)
        against = _count_new_doubts(then, shown, contested)
        if change > 0 or lost or against:
            moved.append(Movement(criterion, max(change, 0), lost, against))
    return moved


def _count_new_doubts(then: CriterionSnapshot, shown: CriterionEvidence, contested: int) -> int:
    """Return against how many checks something speaks now and nothing spoke then, at least.

    A snapshot doesn't tell an open check against which something spoke from one without any evidence.
    """
    doubted = sum(bool(check.weakens) and check.applies for check in shown.checks)
    return max(0, contested - then.contested, doubted - then.contested - then.open)
