"""The people in a cohort: their roles, working hours, skills and wishes.

The store returns these plain values. ``person`` is always our own opaque id; names are only for display.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from types import MappingProxyType

from bot.domain.dojo.local_days import day_in


class CohortRole(StrEnum):
    """A person's role in a cohort. One person may have several roles."""

    PARTICIPANT = "participant"
    SENSEI = "sensei"
    LEAD = "lead"


class EnrolmentState(StrEnum):
    """A member's state. ``PAUSED`` members get no new pairs; those who ``LEFT`` may join again."""

    ACTIVE = "active"
    PAUSED = "paused"
    LEFT = "left"


class Weekday(StrEnum):
    """Days of the week, stored by name because numbering conventions differ."""

    MON = "mon"
    TUE = "tue"
    WED = "wed"
    THU = "thu"
    FRI = "fri"
    SAT = "sat"
    SUN = "sun"


MONDAY_TO_FRIDAY = (Weekday.MON, Weekday.TUE, Weekday.WED, Weekday.THU, Weekday.FRI)


@dataclass(frozen=True, slots=True)
class WorkingHours:
    """Working hours in the person's own time zone: minutes after midnight, ``begins < ends <= 1440``.

    ``time_zone`` is an IANA name. People who work past midnight enter the longer of the two parts.
    """

    time_zone: str
    days: tuple[Weekday, ...] = MONDAY_TO_FRIDAY
    begins: int = 9 * 60
    ends: int = 17 * 60


MOST_INTEREST = 3
"""The highest rating for a skill; the lowest is 1.

Participants rate how much they want help with a skill, senseis how much of it they can offer.
"""


@dataclass(frozen=True, slots=True)
class Profile:
    """A member's description of themselves, from joining. Only the hours are required.

    ``skills`` are ids of a rubric's criteria with ratings, ``stacks`` are ids of stack packs. ``prefers`` are
    people they would like to work with, favourites first. ``capacity`` is how many participants a sensei
    accepts, and has no effect for other roles. ``brief`` describes a participant's capstone.
    """

    hours: WorkingHours
    skills: Mapping[str, int] = field(default_factory=lambda: MappingProxyType({}))
    stacks: tuple[str, ...] = ()
    goals: str = ""
    prefers: tuple[str, ...] = ()
    capacity: int = 0
    brief: str = ""


@dataclass(frozen=True, slots=True)
class Member:
    """A person in one role in a cohort. ``enrolment`` is the id of this combination.

    ``chat`` is their id in the chat's workspace and ``code`` their login at the code host. Either is None
    until the person has proved that it is theirs. ``profile`` is None until they join or are imported.
    """

    enrolment: int
    cohort: int
    person: str
    name: str
    role: CohortRole
    state: EnrolmentState
    chat: str | None = None
    code: str | None = None
    profile: Profile | None = None


@dataclass(frozen=True, slots=True)
class NeverPair:
    """Two people who must not be paired. ``author`` asked for it in confidence; nobody else can see it."""

    id: int
    author: str
    other: str
    reason: str


@dataclass(frozen=True, slots=True)
class Absence:
    """A holiday of a sensei or a participant, both days included. ``deputy`` is a person's id, or None.

    ``sensei`` is the person who is away; a participant has no deputy. The days are days in that person's
    ``time_zone``, wherever the people are who ask about them.
    """

    id: int
    sensei: str
    first: date
    last: date
    deputy: str | None
    time_zone: str = ""

    def has_begun(self, moment: datetime) -> bool:
        """Return whether the holiday has begun. It may be over."""
        return self.first <= day_in(self.time_zone, moment)

    def is_over(self, moment: datetime) -> bool:
        """Return whether the holiday is over."""
        return self.last < day_in(self.time_zone, moment)


class DateKind(StrEnum):
    """Kinds of dates in a cohort's calendar. Levels count only at the three milestones."""

    START = "start"
    DESIGN = "design"
    MIDWAY = "midway"
    FINAL = "final"
    END = "end"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class CohortDate:
    """A date in a cohort's calendar."""

    id: int
    kind: DateKind
    title: str
    day: date


@dataclass(frozen=True, slots=True)
class Cohort:
    """A cohort. ``weights`` are for scoring its pairs; ``workspace`` is the id of its chat workspace."""

    id: int
    name: str
    workspace: str | None = None
    weights: Mapping[str, int] = field(default_factory=lambda: MappingProxyType({}))


MERGED = "person.merged"
"""Audit action for merging two records of the same person. ``was`` is the id that was removed."""
