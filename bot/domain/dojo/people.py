"""The people of a cohort: their roles, working hours, and what they look for and bring.

These are plain values that the store returns. ``person`` is always our own opaque id; names are only shown.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from types import MappingProxyType


class CohortRole(StrEnum):
    """A person's role in a cohort. One person may have several roles."""

    PARTICIPANT = "participant"
    SENSEI = "sensei"
    LEAD = "lead"


class EnrolmentState(StrEnum):
    """A ``PAUSED`` member keeps everything but gets no new pairs. A member who ``LEFT`` may join again."""

    ACTIVE = "active"
    PAUSED = "paused"
    LEFT = "left"


class Weekday(StrEnum):
    """Days of the week, by name because conventions differ on which day has which number."""

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
    """When a person works, in their own time zone: minutes after midnight, ``begins < ends <= 1440``.

    ``time_zone`` is an IANA name. People who work past midnight give the longer part.
    """

    time_zone: str
    days: tuple[Weekday, ...] = MONDAY_TO_FRIDAY
    begins: int = 9 * 60
    ends: int = 17 * 60


MOST_INTEREST = 3
"""The highest rating of a skill; the lowest is 1.

Participants rate how much they look for a skill, senseis how much of it they bring.
"""


@dataclass(frozen=True, slots=True)
class Profile:
    """What members say about themselves when they join; only the hours are required.

    ``skills`` are ids of a rubric's criteria with ratings, ``stacks`` are ids of stack packs. ``prefers`` are
    people whom they would like to work with, best first. ``capacity`` is how many participants a sensei
    takes, and means nothing for other roles. ``brief`` describes a participant's capstone.
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
    """A person in one role of a cohort; ``enrolment`` is the id of the two together.

    ``chat`` is their id in the chat's workspace and ``code`` their login at the code host. Either is None
    until they have shown that it is theirs. ``profile`` is None until they have joined or were imported.
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
    """Two people who must not be paired. ``author`` asked for it in confidence; nobody else learns of it."""

    id: int
    author: str
    other: str
    reason: str


@dataclass(frozen=True, slots=True)
class Absence:
    """A sensei's holiday, both days included. ``deputy`` is the person who stands in, or None."""

    id: int
    sensei: str
    first: date
    last: date
    deputy: str | None


class DateKind(StrEnum):
    """The kind of a date in a cohort's calendar. Levels count at the three milestones."""

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
    """A cohort. ``weights`` score its pairing; ``workspace`` is the id of its workspace in the chat."""

    id: int
    name: str
    workspace: str | None = None
    weights: Mapping[str, int] = field(default_factory=lambda: MappingProxyType({}))


MERGED = "person.merged"
"""The action in the audit trail for two people who turned out to be one; ``was`` is the one that went."""
