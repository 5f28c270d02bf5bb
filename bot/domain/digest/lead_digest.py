"""A lead's weekly digest: names, dates, counts, ruled levels and cost, but no words and no draft levels."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from bot.domain.digest.ruled_levels import LevelSpread
from bot.domain.dojo.app_home import FullSensei, StuckParticipant
from bot.domain.dojo.people import Absence, CohortDate
from bot.domain.enquiries.trends import Trends
from bot.domain.triage.shown import ShownAppeal

DATES_AHEAD = timedelta(days=28)
"""A date is mentioned this long before it."""
ABSENCES_AHEAD = timedelta(days=14)
"""A sensei's absence without a deputy is mentioned this long before it begins."""
HANDOVER_DAYS = 5
"""A question that was passed on to a sensei is mentioned once it has waited for so many days."""


@dataclass(frozen=True, slots=True)
class QuestionNoise:
    """How many questions were asked, and of how many someone said that they were wrong.

    ``asked`` were first asked in the period, ``withdrawn`` withdrawn in it. ``disputed`` are those whose
    participant disputed them and that were not withdrawn.
    """

    asked: int
    withdrawn: int
    disputed: int


@dataclass(frozen=True, slots=True)
class DateAhead:
    """A date of the cohort's calendar.

    ``unruled`` is for a milestone that is open: on how many participants each sensei has not ruled
    completely, by the sensei's name. An empty name stands for participants without a sensei.
    """

    id: int
    title: str
    day: date
    unruled: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True, slots=True)
class UncoveredAbsence:
    """A sensei who is or will be away, has participants, and has no deputy."""

    id: int
    sensei: str
    first: date
    last: date
    participants: int


@dataclass(frozen=True, slots=True)
class WeekCost:
    """What a model's calls cost in USD: of each capstone, the highest first, and the day's budget.

    The budget is the installation's, or None if there is none.
    """

    by_capstone: tuple[tuple[str, float], ...]
    day_budget: float | None

    @property
    def total(self) -> float:
        """Return the cost of the whole cohort."""
        return sum(usd for _, usd in self.by_capstone)


@dataclass(frozen=True, slots=True)
class WaitingHandover:
    """A question that somebody passed on to a person. ``is_yours``: the reader is that person.

    ``answerer`` is the person's name, or empty if nobody is there.
    """

    id: int
    asker: str
    answerer: str
    since: date
    is_yours: bool = False


@dataclass(frozen=True, slots=True)
class LeadDigest:
    """A lead's digest. ``today`` is the lead's. ``stuck`` and ``full`` pair each entry with a person's id.

    ``waiting`` are questions that have waited long for a person, and those for this lead. ``gaps`` counts
    what participants say that the handbook lacks.
    """

    cohort: str
    today: date
    appeals: tuple[ShownAppeal, ...]
    stuck: tuple[tuple[str, StuckParticipant], ...]
    full: tuple[tuple[str, FullSensei], ...]
    uncovered: tuple[UncoveredAbsence, ...]
    dates: tuple[DateAhead, ...]
    noise: QuestionNoise
    cost: WeekCost
    levels: tuple[LevelSpread, ...]
    waiting: tuple[WaitingHandover, ...] = ()
    trends: Trends = field(default_factory=Trends)
    gaps: int = 0

    @property
    def is_quiet(self) -> bool:
        """Return whether nothing needs the lead."""
        parts = self.appeals, self.waiting, self.stuck, self.full, self.uncovered, self.dates
        return not any(parts)

    @property
    def keys(self) -> tuple[str, ...]:
        """Return a key for each row: what it is about, and an id."""
        return (
            *(f"appeal:{appeal.appeal}" for appeal in self.appeals),
            *(f"enquiry:{handover.id}" for handover in self.waiting),
            *(f"stuck:{person}" for person, _ in self.stuck),
            *(f"full:{person}" for person, _ in self.full),
            *(f"away:{absence.id}" for absence in self.uncovered),
            *(f"date:{ahead.id}" for ahead in self.dates),
        )


def pick_dates(
    dates: Sequence[CohortDate], today: date, unruled: Mapping[str, Sequence[tuple[str, int]]]
) -> tuple[DateAhead, ...]:
    """Return the dates to mention. ``unruled`` is by the kind of date, for the milestone that is open.

    An open milestone is mentioned even after its date, while anyone has no ruling for it.
    """
    picked = []
    for entry in dates:
        waiting = tuple(unruled.get(entry.kind, ()))
        if today <= entry.day <= today + DATES_AHEAD or (entry.day < today and waiting):
            picked.append(DateAhead(entry.id, entry.title, entry.day, waiting))
    return tuple(picked)


def needs_deputy(absence: Absence, today: date) -> bool:
    """Return whether an absence without a deputy is close enough to be mentioned."""
    return absence.deputy is None and absence.first <= today + ABSENCES_AHEAD
