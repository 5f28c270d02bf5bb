"""The content of an App Home, as plain values gathered from rows and laid out later.

Participants see their own data, and senseis their participants' data. Leads see only names, dates and counts,
not what people wrote.
"""

from dataclasses import dataclass
from datetime import date, datetime

from bot.domain.articulation.waiting_questions import WaitingQuestion
from bot.domain.decisions.shown import NO_DECISIONS, DecisionDigest
from bot.domain.dojo.headcount import Headcount
from bot.domain.dojo.pending_requests import NO_REQUESTS, PendingRequests
from bot.domain.dojo.people import Absence, CohortDate, EnrolmentState
from bot.domain.pull_requests.records import QuestionState
from bot.domain.triage.shown import NOTHING_WAITS, RuledLevel, ShownAppeal, TriageCounts

STUCK_DAYS = 7
"""A participant is stuck if one of their questions has been open for more days than this."""


@dataclass(frozen=True, slots=True)
class ShownPerson:
    """A person's name, and the id of their chat account if they have one."""

    name: str
    chat: str | None = None


@dataclass(frozen=True, slots=True)
class ShownQuestion:
    """A question in a list. ``days`` counts days in its current state; ``address`` is a URL."""

    text: str
    address: str
    days: int
    state: QuestionState = QuestionState.ASKED


@dataclass(frozen=True, slots=True)
class ParticipantHome:
    """A participant's view. ``deputy`` is today's deputy, if any; ``capstone`` is ``owner/name``.

    ``pair`` is the id of their pair, or None while they have no sensei. ``private`` are the questions that
    wait for them in direct messages. ``levels`` are the newest rulings of senseis. ``next_check_in`` says, in
    Sensei's own words, when they are asked next; it is empty if that isn't known. ``defence_at`` is when
    their defence is, or None. ``absences`` are the holidays that aren't over.
    """

    state: EnrolmentState
    sensei: ShownPerson | None
    deputy: ShownPerson | None
    questions: tuple[ShownQuestion, ...]
    code: str | None
    brief: str
    capstone: str | None
    pair: int | None = None
    decisions: DecisionDigest = NO_DECISIONS
    private: tuple[WaitingQuestion, ...] = ()
    levels: tuple[RuledLevel, ...] = ()
    next_check_in: str = ""
    defence_at: datetime | None = None
    absences: tuple[Absence, ...] = ()


@dataclass(frozen=True, slots=True)
class SenseiParticipant:
    """A participant in their sensei's view. ``moved`` counts checks that moved in the last seven days.

    ``standing_in_for`` is the sensei who is away today, if this sensei is only the deputy. ``enrolment`` is
    the participant's, whose profile a button opens. ``decisions`` counts their confirmed decisions.
    ``skips_check_ins``: they skipped the last two check-ins. ``defence_at`` is when their defence is.
    """

    person: ShownPerson
    state: EnrolmentState
    questions: tuple[ShownQuestion, ...]
    moved: int
    standing_in_for: ShownPerson | None = None
    enrolment: int = 0
    decisions: int = 0
    skips_check_ins: bool = False
    defence_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class SenseiAbsence:
    """A sensei's absence, and the deputy."""

    absence: Absence
    deputy: ShownPerson | None


@dataclass(frozen=True, slots=True)
class SenseiHome:
    """A sensei's view. ``waiting`` means that no lead has confirmed them as a sensei yet.

    ``triage`` counts what they must decide.
    """

    state: EnrolmentState
    capacity: int
    participants: tuple[SenseiParticipant, ...]
    absences: tuple[SenseiAbsence, ...]
    code: str | None
    waiting: bool = False
    triage: TriageCounts = NOTHING_WAITS


@dataclass(frozen=True, slots=True)
class StuckParticipant:
    """A participant with overdue questions: how many, and how many days the oldest has been open."""

    person: ShownPerson
    questions: int
    days: int


@dataclass(frozen=True, slots=True)
class FullSensei:
    """A sensei with no free places: ``load`` pairs for a ``capacity``."""

    person: ShownPerson
    load: int
    capacity: int


@dataclass(frozen=True, slots=True)
class LeadHome:
    """A lead's view of the cohort. People are in display order.

    ``without_chat`` are people without a Slack account, ``without_code`` those without a GitHub account.
    """

    people: Headcount
    stuck: tuple[StuckParticipant, ...]
    unpaired: tuple[ShownPerson, ...]
    overloaded: tuple[FullSensei, ...]
    without_chat: tuple[ShownPerson, ...]
    without_code: tuple[ShownPerson, ...]
    away: tuple[tuple[ShownPerson, SenseiAbsence], ...]
    appeals: tuple[ShownAppeal, ...] = ()


@dataclass(frozen=True, slots=True)
class ShownOneToOne:
    """The next one-to-one with a person. ``deputy`` comes instead of a sensei who is away that day.

    ``is_off``: one of the two is away that day, and nobody stands in.
    """

    person: ShownPerson
    at: datetime
    deputy: ShownPerson | None = None
    is_off: bool = False


@dataclass(frozen=True, slots=True)
class OneToOneHome:
    """The next one-to-one with each person, by time.

    ``can_plan``: they are in a pair. ``problems`` are those of the calendars that they added
    (``CalendarProblem``).
    """

    meetings: tuple[ShownOneToOne, ...] = ()
    problems: tuple[str, ...] = ()
    can_plan: bool = False


@dataclass(frozen=True, slots=True)
class Home:
    """The full content of one person's App Home. A guest's has only the cohort's name, if there is one.

    ``leads`` are the cohort's. ``id`` is the cohort's id, or 0 if the person is in none.
    """

    name: str
    cohort: str
    today: date
    participant: ParticipantHome | None = None
    sensei: SenseiHome | None = None
    lead: LeadHome | None = None
    dates: tuple[CohortDate, ...] = ()
    pending: PendingRequests = NO_REQUESTS
    id: int = 0
    leads: tuple[ShownPerson, ...] = ()
    one_to_ones: OneToOneHome = OneToOneHome()

    @property
    def is_guest(self) -> bool:
        """Whether the person has no role in the cohort."""
        return self.participant is None and self.sensei is None and self.lead is None
