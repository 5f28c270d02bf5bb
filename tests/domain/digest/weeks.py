"""A sensei's weeks: a busy one, a calm one and an empty one."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any

from bot.domain.digest.calendar import NearMilestone, SenseiCalendar
from bot.domain.digest.matters import (
    AppealToDecide,
    ComingRulings,
    DigestMaterial,
    DriftedDecision,
    Matter,
    ParticipantMatters,
    Place,
)
from bot.domain.dojo.people import WorkingHours
from bot.domain.triage.due_rulings import DueReason, DueRuling
from bot.domain.triage.records import Milestone

MONDAY = date(2026, 11, 30)
HOURS = WorkingHours("Europe/London")
CALENDAR = SenseiCalendar(MONDAY, HOURS)
NEAR = SenseiCalendar(MONDAY, HOURS, milestone=NearMilestone(Milestone.MIDWAY, date(2026, 12, 4), 4))
PLACE = Place("ada/desk", 4, 501)


def ago(days: int) -> date:
    """A day so many days before the Monday."""
    return MONDAY - timedelta(days=days)


def matter(days: int, *, gate: bool = False, question: int = 0) -> Matter:
    """Something that has waited for so many days."""
    return Matter(ago(days), gate, PLACE, "Security" if gate else "", question)


def ruling(criterion: str, *, gate: bool = False, ruled: int | None = None) -> DueRuling:
    """A due ruling, last made so many days ago, or never."""
    at = datetime(2026, 11, 30, 10, tzinfo=UTC) - timedelta(days=ruled) if ruled is not None else None
    return DueRuling(1, criterion, criterion.title(), gate, DueReason.MOVED, at)


def matters(capstone: int, name: str, **changes: Any) -> ParticipantMatters:
    """What waits about a participant who was read today and enrolled two weeks ago."""
    plain = {"read_on": MONDAY, "enrolled_on": ago(14), "gate_level": 2}
    return ParticipantMatters(capstone, name, **{**plain, **changes})


def material(
    *participants: ParticipantMatters,
    calendar: SenseiCalendar = CALENDAR,
    snoozed: dict[str, date] | None = None,
    shown: Mapping[str, date] | None = None,
) -> DigestMaterial:
    """A week with these participants."""
    return DigestMaterial(calendar, participants, snoozed or {}, shown or {})


COMING = ComingRulings(Milestone.FINAL, date(2026, 12, 18), date(2026, 12, 11), date(2027, 1, 1), 20, 2)
BUSY = material(
    matters(1, "Ada", disputes=(matter(3, gate=True), matter(0)), rulings=(ruling("speed", ruled=3),)),
    matters(
        2,
        "Ben",
        rulings=(ruling("security", gate=True), ruling("scope", ruled=20), ruling("cost", ruled=9)),
        gates_unruled=("Security",),
        standing_in_for="Sol",
    ),
    matters(3, "Cleo", questions=(matter(4), matter(6)), drifted=(DriftedDecision(3, ago(5), False),)),
    matters(4, "Dina", handovers=(matter(5),), growth=("Answered two questions without help.",)),
    matters(5, "Eve", is_paused=True),
    matters(6, "Finn", read_on=ago(17), open_questions=(matter(12),)),
    matters(7, "Gus", has_access=False),
    matters(
        8,
        "Hana",
        drifted=(
            DriftedDecision(5, ago(2), True, PLACE),
            DriftedDecision(2, ago(8), False),
        ),
    ),
    matters(9, "Ida", appeals=(AppealToDecide("security", "Security", True, ago(1)),), read_on=None),
    calendar=NEAR,
)
CALM = material(matters(1, "Ada", rulings=(ruling("speed", ruled=9),)), matters(2, "Ben"))
EMPTY = material(matters(1, "Ada"), matters(2, "Ben"))
