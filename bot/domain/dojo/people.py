"""The people of a cohort: what each is there, when they work, what they look for and what they bring.

Plain values, as the store hands them out. ``person`` is always our own opaque id; names are for show.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from types import MappingProxyType


class CohortRole(StrEnum):
    """What somebody is in a cohort; one person may be several things."""

    PARTICIPANT = "participant"
    SENSEI = "sensei"
    LEAD = "lead"


class EnrolmentState(StrEnum):
    """``PAUSED`` keeps everything and is paired with nobody anew; who ``LEFT`` may join again."""

    ACTIVE = "active"
    PAUSED = "paused"
    LEFT = "left"


class Weekday(StrEnum):
    """Days by name: numbers begin on Monday here and on Sunday there."""

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
    """When somebody works, by their own clock: minutes after midnight, ``begins < ends <= 1440``.

    ``time_zone`` is an IANA name. Who works across midnight gives the longer part.
    """

    time_zone: str
    days: tuple[Weekday, ...] = MONDAY_TO_FRIDAY
    begins: int = 9 * 60
    ends: int = 17 * 60


MOST_INTEREST = 3
"""Skills are rated 1 to 3: by participants how much they look for one, by senseis how much they bring."""


@dataclass(frozen=True, slots=True)
class Profile:
    """What somebody said of themselves on joining; each may leave all but the hours empty.

    ``skills`` are ids of a rubric's criteria, each rated 1 to 3; ``stacks`` ids of stack packs. ``prefers``
    are people whom they would like to work with, the dearest first. ``capacity`` is how many participants a
    sensei takes; of others it means nothing. ``brief`` is what a participant's capstone is about.
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
    """Somebody in a cohort in one role. ``chat`` is their id in the chat's workspace, ``code`` their login.

    Either is None where they have not shown yet that it is theirs. ``profile`` is None until they joined or
    were imported with one.
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
    """Two people who must not be paired, as ``author`` asked in confidence. Nobody else learns of it."""

    id: int
    author: str
    other: str
    reason: str


@dataclass(frozen=True, slots=True)
class Absence:
    """A sensei's holiday, both days included, and who stands in for them; None: nobody yet."""

    id: int
    sensei: str
    first: date
    last: date
    deputy: str | None


class DateKind(StrEnum):
    """What a date of a cohort is. Levels count at the three milestones."""

    START = "start"
    DESIGN = "design"
    MIDWAY = "midway"
    FINAL = "final"
    END = "end"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class CohortDate:
    """A day in a cohort's calendar."""

    id: int
    kind: DateKind
    title: str
    day: date


@dataclass(frozen=True, slots=True)
class Cohort:
    """A cohort: ``weights`` are what its pairing is scored by, ``workspace`` where in the chat it lives."""

    id: int
    name: str
    workspace: str | None = None
    weights: Mapping[str, int] = field(default_factory=lambda: MappingProxyType({}))


MERGED = "person.merged"
"""The action in the audit trail that says that two people turned out to be one: ``was`` went."""
