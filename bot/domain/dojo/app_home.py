"""What an App Home shows, as plain values that are gathered from rows and laid out later.

Participants see what is theirs, senseis what is their participants'. Leads see names, dates and counts, and
nobody's words.
"""

from dataclasses import dataclass
from datetime import date

from bot.domain.dojo.people import Absence, CohortDate, EnrolmentState
from bot.domain.pull_requests.records import QuestionState

STUCK_DAYS = 7
"""A participant is stuck if a question of theirs has been open for more days than this."""


@dataclass(frozen=True, slots=True)
class ShownPerson:
    """A person's name, and the id of their account in the chat if they have one."""

    name: str
    chat: str | None = None


@dataclass(frozen=True, slots=True)
class ShownQuestion:
    """A question in a list. ``days`` is how long it has been in its state; ``address`` is a URL."""

    text: str
    address: str
    days: int
    state: QuestionState = QuestionState.ASKED


@dataclass(frozen=True, slots=True)
class ParticipantHome:
    """What a participant sees. ``deputy`` stands in for the sensei today; ``capstone`` is ``owner/name``."""

    state: EnrolmentState
    sensei: ShownPerson | None
    deputy: ShownPerson | None
    questions: tuple[ShownQuestion, ...]
    code: str | None
    brief: str
    capstone: str | None


@dataclass(frozen=True, slots=True)
class SenseiParticipant:
    """A participant as their sensei sees them; ``moved`` counts the checks that moved in the last seven days.

    ``standing_in_for`` names the sensei who is away today, if this sensei is only the deputy.
    """

    person: ShownPerson
    state: EnrolmentState
    questions: tuple[ShownQuestion, ...]
    moved: int
    standing_in_for: str = ""


@dataclass(frozen=True, slots=True)
class SenseiAbsence:
    """A sensei's absence, and the deputy's name."""

    absence: Absence
    deputy: str | None


@dataclass(frozen=True, slots=True)
class SenseiHome:
    """What a sensei sees; ``waiting``: a lead has yet to confirm them as a sensei."""

    state: EnrolmentState
    capacity: int
    participants: tuple[SenseiParticipant, ...]
    absences: tuple[SenseiAbsence, ...]
    code: str | None
    waiting: bool = False


@dataclass(frozen=True, slots=True)
class StuckParticipant:
    """A participant whose questions have been open too long: how many, and the days of the oldest."""

    name: str
    questions: int
    days: int


@dataclass(frozen=True, slots=True)
class FullSensei:
    """A sensei with no room left: ``load`` pairs of a ``capacity``."""

    name: str
    load: int
    capacity: int


@dataclass(frozen=True, slots=True)
class LeadHome:
    """What a lead sees of the cohort. Names are in the order in which they are shown.

    ``without_chat`` have no Slack account, ``without_code`` no linked GitHub account.
    """

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
    """Everything that one person's App Home shows. A guest's only has the cohort's name, if there is one."""

    name: str
    cohort: str
    today: date
    participant: ParticipantHome | None = None
    sensei: SenseiHome | None = None
    lead: LeadHome | None = None
    dates: tuple[CohortDate, ...] = ()

    @property
    def is_guest(self) -> bool:
        """Say whether the person has no role in the cohort."""
        return self.participant is None and self.sensei is None and self.lead is None
