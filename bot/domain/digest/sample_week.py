"""A sample week of a fictional sensei, for ``sensei demo``."""

from datetime import date, timedelta

from bot.domain.digest.calendar import NearMilestone, SenseiCalendar
from bot.domain.digest.matters import DigestMaterial, DriftedDecision, Matter, ParticipantMatters, Place
from bot.domain.dojo.people import WorkingHours
from bot.domain.triage.due_rulings import DueReason, DueRuling
from bot.domain.triage.records import Milestone

SENSEI = "Hana Sato"
WEEK = "2027-W04"
MONDAY = date(2027, 1, 25)
_HOURS = WorkingHours("Europe/London")
_DESIGN = NearMilestone(Milestone.DESIGN, date(2027, 1, 29), 4)


def make_sample_week() -> DigestMaterial:
    """Return a busy week with five participants, in the week of the design milestone."""
    ida = _participant(
        1,
        "Ida Lund",
        disputes=(_matter(5, "ida/desk", 14, gate=True),),
        rulings=(_due(1, "cost", "Performance and cost"),),
    )
    leo = _participant(
        2,
        "Leo Marsh",
        rulings=(_due(2, "security", "Security", gate=True), _due(2, "risk", "Risk-aware system design")),
        gates_unruled=("Security",),
    )
    nina = _participant(3, "Nina Costa", questions=(_matter(3, "nina/claims", 8),) * 2)
    raj = _participant(
        4,
        "Raj Patel",
        handovers=(_matter(4, "raj/search", 21),),
        growth=("First unaided decision: Reliability.",),
    )
    sofia = _participant(
        5,
        "Sofia Bruno",
        read_on=_ago(17),
        drifted=(DriftedDecision(2, _ago(6), asked=True, place=Place("sofia/triage", 5)),),
    )
    return DigestMaterial(SenseiCalendar(MONDAY, _HOURS, milestone=_DESIGN), (ida, leo, nina, raj, sofia), {})


def _participant(capstone: int, name: str, **matters: object) -> ParticipantMatters:
    usual = {"read_on": MONDAY, "enrolled_on": _ago(28), "gate_level": 2}
    return ParticipantMatters(capstone, name, **{**usual, **matters})  # type: ignore[arg-type]  # plain values


def _ago(days: int) -> date:
    return MONDAY - timedelta(days=days)


def _matter(days: int, repository: str, pull_request: int, *, gate: bool = False) -> Matter:
    return Matter(_ago(days), gate, Place(repository, pull_request), "Security" if gate else "")


def _due(capstone: int, criterion: str, title: str, *, gate: bool = False) -> DueRuling:
    return DueRuling(capstone, criterion, title, gate, DueReason.MILESTONE, None)
