"""What an App Home shows to whom: plain values, gathered from rows, before they are laid out.

A participant sees their own, a sensei their participants', a lead names, dates and counts: nobody's words.
"""

from dataclasses import dataclass
from datetime import date

from bot.domain.dojo.people import Absence, CohortDate, EnrolmentState
from bot.domain.pull_requests.records import QuestionState

STUCK_DAYS = 7
"""A question that waits longer than this means that somebody is stuck."""


@dataclass(frozen=True, slots=True)
class ShownPerson:
    """Somebody as they are shown: by name, and by their account in the chat where they have one."""

    name: str
    chat: str | None = None


@dataclass(frozen=True, slots=True)
class ShownQuestion:
    """A question as a list shows it: ``about`` are its words, ``days`` how long it has been as it is."""

    about: str
    address: str
    days: int
    state: QuestionState = QuestionState.ASKED


@dataclass(frozen=True, slots=True)
class ParticipantHome:
    """A participant's own. ``deputy`` stands in for the sensei today. ``capstone`` is ``owner/name``."""

    state: EnrolmentState
    sensei: ShownPerson | None
    deputy: ShownPerson | None
    questions: tuple[ShownQuestion, ...]
    code: str | None
    brief: str
    capstone: str | None


@dataclass(frozen=True, slots=True)
class SenseiParticipant:
    """A participant as their sensei sees them; ``moved`` counts what moved in the last seven days.

    ``standing_in_for`` is the sensei who is away today, where this one is a deputy.
    """

    who: ShownPerson
    state: EnrolmentState
    questions: tuple[ShownQuestion, ...]
    moved: int
    standing_in_for: str = ""


@dataclass(frozen=True, slots=True)
class SenseiAbsence:
    """A sensei's absence, and who stands in."""

    absence: Absence
    deputy: str | None


@dataclass(frozen=True, slots=True)
class SenseiHome:
    """A sensei's own; ``waits``: a lead has yet to confirm that they are one."""

    state: EnrolmentState
    capacity: int
    participants: tuple[SenseiParticipant, ...]
    absences: tuple[SenseiAbsence, ...]
    code: str | None
    waits: bool = False


@dataclass(frozen=True, slots=True)
class StuckParticipant:
    """Somebody whose questions wait too long: how many, the longest for so many days."""

    name: str
    questions: int
    days: int


@dataclass(frozen=True, slots=True)
class FullSensei:
    """A sensei whose capacity is used up."""

    name: str
    load: int
    capacity: int


@dataclass(frozen=True, slots=True)
class LeadHome:
    """The cohort as its lead sees it. Names are in the order in which they are shown."""

    participants: int
    senseis: int
    stuck: tuple[StuckParticipant, ...]
    unpaired: tuple[str, ...]
    overloaded: tuple[FullSensei, ...]
    without_chat: tuple[str, ...]
    without_code: tuple[str, ...]
    away: tuple[tuple[str, SenseiAbsence], ...]


@dataclass(frozen=True, slots=True)
class Home:
    """All that one person's App Home shows; a guest's has no cohort's but its name, where there is one."""

    name: str
    cohort: str
    today: date
    participating: ParticipantHome | None = None
    guiding: SenseiHome | None = None
    leading: LeadHome | None = None
    dates: tuple[CohortDate, ...] = ()

    @property
    def is_guest(self) -> bool:
        """Say whether they are nothing in the cohort yet."""
        return self.participating is None and self.guiding is None and self.leading is None
