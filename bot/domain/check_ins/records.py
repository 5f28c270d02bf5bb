"""A participant's rhythm, and their check-ins."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from bot.domain.dojo.people import Weekday


@dataclass(frozen=True, slots=True)
class Rhythm:
    """How often somebody is asked: every so many weeks, on a day of the week, at a local time.

    ``minutes`` are minutes after midnight. ``every_weeks`` is 0 if they aren't asked at all.
    """

    every_weeks: int = 1
    weekday: Weekday = Weekday.WED
    minutes: int = 10 * 60


DEFAULT_RHYTHM = Rhythm()
"""Every Wednesday at 10:00."""
MOST_WEEKS = 4
"""The longest rhythm, in weeks."""


@dataclass(frozen=True, slots=True)
class RhythmChoice:
    """What a participant has chosen. ``rhythm`` is None while they keep the cohort's.

    ``snoozed_until`` is the day, in their time zone, before which they aren't asked, or None.
    """

    enrolment: int
    rhythm: Rhythm | None = None
    snoozed_until: date | None = None


class CheckInState(StrEnum):
    """The state of a check-in. One that nobody answered is ``SKIPPED``, never "missed"."""

    ASKED = "asked"
    ANSWERED = "answered"
    SKIPPED = "skipped"
    WITHDRAWN = "withdrawn"


SKIPS_TOLD = timedelta(weeks=4)
"""How long a sensei reads that the last two check-ins were skipped. If another comes, it counts anew."""


class Topic(StrEnum):
    """Why a check-in asks about its place, in the order in which topics are chosen."""

    DRIFT = "drift"
    OPEN_QUESTION = "open_question"
    GATE = "gate"
    CHANGE = "change"


class MoveReason(StrEnum):
    """Why a check-in came on another day than its participant's usual one.

    ``MESSAGE``: they had another unprompted message on that day. ``OTHER``: nothing is known, for instance
    after an outage.
    """

    AWAY = "away"
    SNOOZED = "snoozed"
    DEFENCE = "defence"
    DECIDED = "decided"
    MESSAGE = "message"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class CheckIn:
    """One check-in. ``day`` is the local date on which it was asked.

    ``asked_for``: the participant asked for it. They have at most one of these a day, and one that was due.
    ``reason`` is why they skipped it, in their own words, or empty. ``question`` is None once its question
    was erased. ``put_off_until`` is the day that they chose with *Later*, until Sensei has come back to it.
    ``moved_by`` is why it didn't come on their usual day, or None if it did. ``offers_fortnight``: it offers
    to ask every two weeks.
    """

    id: int
    enrolment: int
    capstone: int
    day: date
    topic: Topic
    question: int | None
    state: CheckInState
    asked_for: bool
    reason: str
    asked_at: datetime
    reminded_at: datetime | None
    ended_at: datetime | None
    put_off_until: date | None = None
    moved_by: MoveReason | None = None
    offers_fortnight: bool = False

    def find_return_day(self, today: date) -> date | None:
        """Return the day to which it is put off, unless it is past (Sensei couldn't ask then)."""
        until = self.put_off_until
        return until if until is not None and until >= today else None
