"""Which criteria of a capstone a sensei should rule on now.

Between milestones, at most ``MOST_A_WEEK`` of those whose evidence moved are due in one week, each at most
once. While a milestone is open, every criterion is due that has no ruling for it yet. A criterion none of
whose checks apply is never due.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bot.domain.triage.criterion_evidence import CriterionEvidence, find_moved
from bot.domain.triage.records import CriterionRuling, Milestone

MOST_A_WEEK = 3
"""Maximum rulings that Sensei asks for in a week about one capstone, while no milestone is open."""


class DueReason(StrEnum):
    """Why a ruling is due: the evidence moved, or a milestone is open."""

    MOVED = "moved"
    MILESTONE = "milestone"


@dataclass(frozen=True, slots=True)
class DueRuling:
    """A criterion on which a sensei should rule. ``ruled_at`` is when they last did, or None."""

    capstone: int
    criterion: str
    title: str
    gate: bool
    reason: DueReason
    ruled_at: datetime | None


@dataclass(frozen=True, slots=True)
class RulingCalendar:
    """When this week began for a sensei, and the milestone that is open.

    ``opened`` is when that milestone opened. Rulings for it that are older were made before its date was
    moved, and count only while their evidence is unchanged.
    """

    week_began: datetime
    milestone: Milestone | None = None
    opened: datetime | None = None


def pick_due_rulings(
    capstone: int,
    evidence: Mapping[str, CriterionEvidence],
    rulings: Mapping[str, CriterionRuling],
    calendar: RulingCalendar,
    under_appeal: Collection[str] = (),
) -> tuple[DueRuling, ...]:
    """Return the criteria that are due, the most urgent first.

    ``rulings`` are the newest by criterion. A second sensei decides about those ``under_appeal``. The first
    are gate criteria, then those without a ruling, then those whose last ruling is oldest.
    """
    if calendar.milestone is not None:
        chosen = [
            criterion
            for criterion, shown in evidence.items()
            if not is_ruled_for(rulings.get(criterion), calendar.milestone, calendar.opened, shown.digest)
        ]
        reason, most = DueReason.MILESTONE, len(chosen)
    else:
        this_week = {one for one, ruling in rulings.items() if ruling.at >= calendar.week_began}
        # What moves again after this week's ruling waits, or one busy criterion could be asked about daily.
        chosen = [moved for moved in find_moved(evidence, rulings) if moved not in this_week]
        reason, most = DueReason.MOVED, max(MOST_A_WEEK - len(this_week), 0)
    due = [
        _make_due(capstone, evidence[criterion], rulings.get(criterion), reason)
        for criterion in chosen
        if evidence[criterion].applies and criterion not in under_appeal
    ]
    return tuple(_sort_by_urgency(due)[:most])


def is_ruled_for(
    ruling: CriterionRuling | None, milestone: Milestone, opened: datetime | None, digest: str
) -> bool:
    """Return whether a ruling is the one that a milestone asks for.

    It was made for this milestone, and since its window ``opened``. If the milestone's date moved after the
    ruling, it still counts while the evidence is what it rested on (``digest``).
    """
    if ruling is None or ruling.milestone is not milestone:
        return False
    return opened is None or ruling.at >= opened or ruling.basis == digest


def _make_due(
    capstone: int, shown: CriterionEvidence, ruling: CriterionRuling | None, reason: DueReason
) -> DueRuling:
    criterion = shown.criterion
    ruled_at = ruling.at if ruling else None
    return DueRuling(capstone, criterion.id, criterion.title, criterion.gate, reason, ruled_at)


def _sort_by_urgency(due: Sequence[DueRuling]) -> list[DueRuling]:
    """Sort rulings. Those that are equally urgent keep the rubric's order."""
    return sorted(
        due,
        key=lambda ruling: (
            not ruling.gate,
            ruling.ruled_at.timestamp() if ruling.ruled_at else float("-inf"),
        ),
    )
