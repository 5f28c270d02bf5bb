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
class Named:
    """Somebody as they are shown: by name, and by their account in the chat where they have one."""

    name: str
    chat: str | None = None


@dataclass(frozen=True, slots=True)
class Question:
    """A question as a list shows it: ``about`` are its words, ``days`` how long it has been as it is."""

    about: str
    address: str
    days: int
    state: QuestionState = QuestionState.ASKED


@dataclass(frozen=True, slots=True)
class Participating:
    """A participant's own. ``deputy`` stands in for the sensei today. ``capstone`` is ``owner/name``."""

    state: EnrolmentState
    sensei: Named | None
    deputy: Named | None
    questions: tuple[Question, ...]
    code: str | None
    brief: str
    capstone: str | None


@dataclass(frozen=True, slots=True)
class TheirParticipant:
    """A participant as their sensei sees them; ``moved`` counts what moved in the last seven days.

    ``standing_in_for`` is the sensei who is away today, where this one is a deputy.
    """

    who: Named
    state: EnrolmentState
    questions: tuple[Question, ...]
    moved: int
    standing_in_for: str = ""


@dataclass(frozen=True, slots=True)
class Away:
    """A sensei's absence, and who stands in."""

    absence: Absence
    deputy: str | None


@dataclass(frozen=True, slots=True)
class Guiding:
    """A sensei's own; ``waits``: a lead has yet to confirm that they are one."""

    state: EnrolmentState
    capacity: int
    participants: tuple[TheirParticipant, ...]
    absences: tuple[Away, ...]
    code: str | None
    waits: bool = False


@dataclass(frozen=True, slots=True)
class Stuck:
    """Somebody whose questions wait too long: how many, the longest for so many days."""

    name: str
    questions: int
    days: int


@dataclass(frozen=True, slots=True)
class Loaded:
    """A sensei whose capacity is used up."""

    name: str
    load: int
    capacity: int


@dataclass(frozen=True, slots=True)
class Leading:
    """The cohort as its lead sees it. Names are in the order in which they are shown."""

    participants: int
    senseis: int
    stuck: tuple[Stuck, ...]
    unpaired: tuple[str, ...]
    overloaded: tuple[Loaded, ...]
    without_chat: tuple[str, ...]
    without_code: tuple[str, ...]
    away: tuple[tuple[str, Away], ...]


@dataclass(frozen=True, slots=True)
class Home:
    """All that one person's App Home shows; a guest's has no cohort's but its name, where there is one."""

    name: str
    cohort: str
    today: date
    participating: Participating | None = None
    guiding: Guiding | None = None
    leading: Leading | None = None
    dates: tuple[CohortDate, ...] = ()

    @property
    def is_guest(self) -> bool:
        """Say whether they are nothing in the cohort yet."""
        return self.participating is None and self.guiding is None and self.leading is None
