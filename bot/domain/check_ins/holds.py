"""Why a participant isn't asked now: values that can be counted and shown, without any of their words."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from bot.domain.check_ins.due_times import CheckInCalendar, find_usual_weekday
from bot.domain.dojo.people import EnrolmentState

QUIET_DAYS = 5
"""After a decision, a participant isn't asked for so many working days. The day of the decision counts."""


class HoldReason(StrEnum):
    """A reason why a participant isn't asked now.

    The first ones concern their enrolment, the others pass by themselves. ``NO_WORKING_DAY``: they work
    neither on the rhythm's day of the week nor on a later one. ``NO_CHAT`` and ``NOT_LINKED``: their account
    in the chat or at the code host isn't known. ``NO_ACCESS``: the App isn't installed on their capstone.
    ``OPEN_CHECK_IN``: the last check-in is neither answered nor skipped. ``ASKED_TODAY``: they have
    asked for a check-in today. ``BUDGET``: they have had today's unprompted message. ``DEFENCE``: their
    defence is today or tomorrow.
    """

    LEFT = "left"
    COHORT_OVER = "cohort_over"
    COHORT_NOT_STARTED = "cohort_not_started"
    PAUSED = "paused"
    RHYTHM_OFF = "rhythm_off"
    NO_WORKING_DAY = "no_working_day"
    NO_CHAT = "no_chat"
    NOT_LINKED = "not_linked"
    NO_CAPSTONE = "no_capstone"
    NO_ACCESS = "no_access"
    ON_HOLD = "on_hold"
    AWAY = "away"
    SNOOZED = "snoozed"
    DEFENCE = "defence"
    DECIDED_LATELY = "decided_lately"
    QUESTIONS_OPEN = "questions_open"
    OPEN_CHECK_IN = "open_check_in"
    ASKED_THIS_WEEK = "asked_this_week"
    ASKED_TODAY = "asked_today"
    BUDGET = "budget"


ONLY_UNPROMPTED = frozenset(
    {
        HoldReason.COHORT_NOT_STARTED,
        HoldReason.RHYTHM_OFF,
        HoldReason.NO_WORKING_DAY,
        HoldReason.AWAY,
        HoldReason.SNOOZED,
        HoldReason.DEFENCE,
        HoldReason.DECIDED_LATELY,
        HoldReason.QUESTIONS_OPEN,
        HoldReason.ASKED_THIS_WEEK,
        HoldReason.ASKED_TODAY,
        HoldReason.BUDGET,
    }
)
"""Reasons that don't count if the participant asks for a check-in."""
WAITS = frozenset(
    {
        HoldReason.BUDGET,
        HoldReason.AWAY,
        HoldReason.SNOOZED,
        HoldReason.DEFENCE,
        HoldReason.DECIDED_LATELY,
    }
)
"""Reasons that put a check-in off within its week. The others leave it out."""
UNPLANNED = frozenset(
    {
        HoldReason.LEFT,
        HoldReason.COHORT_OVER,
        HoldReason.PAUSED,
        HoldReason.RHYTHM_OFF,
        HoldReason.NO_WORKING_DAY,
        HoldReason.NO_CHAT,
        HoldReason.NOT_LINKED,
        HoldReason.NO_CAPSTONE,
        HoldReason.NO_ACCESS,
        HoldReason.ON_HOLD,
    }
)
"""While one of these holds, no day is promised: it lasts until somebody does something."""


@dataclass(frozen=True, slots=True)
class Hold:
    """A reason, and the first day on which it no longer holds, or None if that isn't known.

    ``count`` is how many questions are open.
    """

    reason: HoldReason
    until: date | None = None
    count: int = 0


@dataclass(frozen=True, slots=True)
class CapstoneStanding:
    """Whether Sensei has access to a capstone, and whether it says nothing there because of a hold."""

    id: int
    has_access: bool
    is_held: bool


@dataclass(frozen=True, slots=True)
class CheckInFacts:
    """What decides whether a participant is asked on a day, ``today`` where they are.

    ``is_linked`` says whether their account at the code host is known, ``is_in_chat`` that in the chat.
    ``open_questions`` are those that wait for their answer. ``decided_on`` is the day of their last confirmed
    decision. ``asked_on`` is the day of their last check-in that they didn't ask for, and ``asked_today``
    says whether they have had one of any kind. ``is_open`` says whether the last one waits for an answer, and
    ``open_until`` is the day to which they have put it off. ``has_message`` says whether they have had
    today's unprompted message; ``message_day`` is the date by which these are counted, if it isn't ``today``.
    """

    today: date
    state: EnrolmentState
    is_linked: bool
    capstones: Sequence[CapstoneStanding] = ()
    open_questions: int = 0
    decided_on: date | None = None
    asked_on: date | None = None
    asked_today: bool = False
    is_open: bool = False
    open_until: date | None = None
    has_message: bool = False
    message_day: date | None = None
    is_in_chat: bool = True


def find_holds(facts: CheckInFacts, calendar: CheckInCalendar) -> tuple[Hold, ...]:
    """Return all reasons why a participant isn't asked on a day, those of their enrolment first."""
    return (
        *_find_enrolment_holds(facts, calendar),
        *_find_capstone_holds(facts),
        *_find_passing_holds(facts, calendar),
    )


def find_quiet_until(calendar: CheckInCalendar, decided_on: date) -> date:
    """Return the first day on which a participant may be asked again after a decision."""
    return calendar.add_working_days(decided_on, QUIET_DAYS)


def _find_enrolment_holds(facts: CheckInFacts, calendar: CheckInCalendar) -> list[Hold]:
    found = []
    if facts.state is EnrolmentState.LEFT:
        found.append(Hold(HoldReason.LEFT))
    if calendar.last_day is not None and facts.today > calendar.last_day:
        found.append(Hold(HoldReason.COHORT_OVER))
    if calendar.first_day is not None and facts.today < calendar.first_day:
        found.append(Hold(HoldReason.COHORT_NOT_STARTED, calendar.first_day))
    if facts.state is EnrolmentState.PAUSED:
        found.append(Hold(HoldReason.PAUSED))
    if calendar.rhythm.every_weeks < 1:
        found.append(Hold(HoldReason.RHYTHM_OFF))
    elif find_usual_weekday(calendar.rhythm, calendar.hours) is None:
        found.append(Hold(HoldReason.NO_WORKING_DAY))
    if not facts.is_in_chat:
        found.append(Hold(HoldReason.NO_CHAT))
    if not facts.is_linked:
        found.append(Hold(HoldReason.NOT_LINKED))
    return found


def _find_capstone_holds(facts: CheckInFacts) -> list[Hold]:
    accessible = [capstone for capstone in facts.capstones if capstone.has_access]
    if not facts.capstones:
        return [Hold(HoldReason.NO_CAPSTONE)]
    if not accessible:
        return [Hold(HoldReason.NO_ACCESS)]
    return [Hold(HoldReason.ON_HOLD)] if all(capstone.is_held for capstone in accessible) else []


def _find_passing_holds(facts: CheckInFacts, calendar: CheckInCalendar) -> list[Hold]:
    today, found = facts.today, []
    back = _find_return(calendar, today)
    if back is not None:
        found.append(Hold(HoldReason.AWAY, back))
    if calendar.snoozed_until is not None and today < calendar.snoozed_until:
        found.append(Hold(HoldReason.SNOOZED, calendar.snoozed_until))
    if calendar.is_near_defence(today):
        found.append(Hold(HoldReason.DEFENCE, _find_day_after_defence(calendar, today)))
    quiet = find_quiet_until(calendar, facts.decided_on) if facts.decided_on else today
    if today < quiet:
        found.append(Hold(HoldReason.DECIDED_LATELY, quiet))
    if facts.open_questions:
        found.append(Hold(HoldReason.QUESTIONS_OPEN, count=facts.open_questions))
    if facts.is_open:
        found.append(Hold(HoldReason.OPEN_CHECK_IN, facts.open_until))
    if facts.asked_on is not None and facts.asked_on.isocalendar()[:2] == today.isocalendar()[:2]:
        found.append(Hold(HoldReason.ASKED_THIS_WEEK))
    elif facts.asked_today:
        found.append(Hold(HoldReason.ASKED_TODAY))
    if facts.has_message:
        found.append(Hold(HoldReason.BUDGET))
    return found


def _find_return(calendar: CheckInCalendar, today: date) -> date | None:
    """Return the day on which a holiday is over, or None if they aren't away."""
    lasts = [absence.last for absence in calendar.absences if absence.first <= today <= absence.last]
    return date.fromordinal(max(lasts).toordinal() + 1) if lasts else None


def _find_day_after_defence(calendar: CheckInCalendar, today: date) -> date:
    """Return the first day, today or later, that is neither a defence's nor the one before it."""
    day = today
    while calendar.is_near_defence(day):
        day += timedelta(days=1)
    return day
