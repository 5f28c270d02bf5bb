"""What waits for a sensei about one participant, as plain values gathered from rows.

Days are dates in the sensei's time zone. Nothing here is in a participant's own words, and there are no draft
levels.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from bot.domain.digest.calendar import SenseiCalendar
from bot.domain.triage.due_rulings import DueRuling
from bot.domain.triage.records import Milestone


@dataclass(frozen=True, slots=True)
class Place:
    """Where something is at the code host. ``comment`` is None if it has no thread of its own."""

    repository: str
    pull_request: int
    comment: int | None = None


@dataclass(frozen=True, slots=True)
class Matter:
    """Something that waits since a day. ``gate``: it is about a criterion that is a gate.

    ``criterion`` is that criterion's title, and ``question`` the question's number, where they're known.
    """

    since: date
    gate: bool = False
    place: Place | None = None
    criterion: str = ""
    question: int = 0


@dataclass(frozen=True, slots=True)
class DriftedDecision:
    """A decision that may no longer hold: its code is gone, or a change contradicts it (``asked``)."""

    number: int
    since: date
    asked: bool
    place: Place | None = None


@dataclass(frozen=True, slots=True)
class AppealToDecide:
    """An appeal that the sensei was asked to decide. ``title`` is the criterion's."""

    criterion: str
    title: str
    gate: bool
    since: date


@dataclass(frozen=True, slots=True)
class WaitingEnquiry:
    """What the participant asked and passed on to the sensei. ``handover`` is its number."""

    handover: int
    since: date


@dataclass(frozen=True, slots=True)
class ParticipantMatters:
    """Everything about one capstone that may need its sensei.

    ``standing_in_for`` is the name of the sensei for whom the reader is only the deputy. ``read_on`` is the
    day of the last reading or, before the first one, of the enrolment. ``gates_unruled`` are the titles of
    gate criteria without a ruling at the gate level. ``growth`` are sentences for the one-to-one.
    ``check_ins_skipped_on`` is the day of the last check-in, if it and the one before were skipped.
    """

    capstone: int
    name: str
    standing_in_for: str = ""
    is_paused: bool = False
    has_access: bool = True
    read_on: date | None = None
    enrolled_on: date | None = None
    disputes: tuple[Matter, ...] = ()
    questions: tuple[Matter, ...] = ()
    handovers: tuple[Matter, ...] = ()
    enquiries: tuple[WaitingEnquiry, ...] = ()
    open_questions: tuple[Matter, ...] = ()
    drifted: tuple[DriftedDecision, ...] = ()
    rulings: tuple[DueRuling, ...] = ()
    appeals: tuple[AppealToDecide, ...] = ()
    gates_unruled: tuple[str, ...] = ()
    gate_level: int = 0
    growth: tuple[str, ...] = ()
    check_ins_skipped_on: date | None = None


@dataclass(frozen=True, slots=True)
class ComingRulings:
    """The rulings that will be due once a milestone opens, and about how many participants they are.

    They can be made from ``opens`` until ``closes``.
    """

    milestone: Milestone
    day: date
    opens: date
    closes: date
    rulings: int
    participants: int


@dataclass(frozen=True, slots=True)
class DigestMaterial:
    """All that a sensei's digest is made of. ``snoozed`` are rows to leave out, with the day they return.

    ``shown`` has the rows of the digest before this one, with the day since which every digest has had them.
    """

    calendar: SenseiCalendar
    participants: Sequence[ParticipantMatters]
    snoozed: dict[str, date]
    shown: Mapping[str, date] = field(default_factory=dict)
    coming: ComingRulings | None = None
