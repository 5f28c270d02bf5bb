"""Why a participant isn't asked now, each reason alone and all together."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from bot.domain.check_ins.due_times import CheckInCalendar
from bot.domain.check_ins.holds import (
    ONLY_UNPROMPTED,
    CapstoneStanding,
    CheckInFacts,
    Hold,
    HoldReason,
    find_holds,
    find_quiet_until,
)
from bot.domain.check_ins.records import DEFAULT_RHYTHM, Rhythm
from bot.domain.dojo.people import Absence, EnrolmentState, Weekday, WorkingHours

TODAY = date(2026, 12, 2)  # a Wednesday
DAY = timedelta(days=1)
DESK = CapstoneStanding(1, has_access=True, is_held=False)
FREE = CheckInFacts(TODAY, EnrolmentState.ACTIVE, True, (DESK,))
CALENDAR = CheckInCalendar(DEFAULT_RHYTHM, WorkingHours("Europe/Berlin"))


def test_a_participant_with_a_capstone_is_asked() -> None:
    assert find_holds(FREE, CALENDAR) == ()


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ({"state": EnrolmentState.LEFT}, Hold(HoldReason.LEFT)),
        ({"state": EnrolmentState.PAUSED}, Hold(HoldReason.PAUSED)),
        ({"is_linked": False}, Hold(HoldReason.NOT_LINKED)),
        ({"is_in_chat": False}, Hold(HoldReason.NO_CHAT)),
        ({"capstones": ()}, Hold(HoldReason.NO_CAPSTONE)),
        ({"capstones": (replace(DESK, has_access=False),)}, Hold(HoldReason.NO_ACCESS)),
        ({"capstones": (replace(DESK, is_held=True),)}, Hold(HoldReason.ON_HOLD)),
        ({"open_questions": 2}, Hold(HoldReason.QUESTIONS_OPEN, count=2)),
        ({"is_open": True}, Hold(HoldReason.OPEN_CHECK_IN)),
        ({"is_open": True, "open_until": TODAY + DAY}, Hold(HoldReason.OPEN_CHECK_IN, TODAY + DAY)),
        ({"decided_on": TODAY - DAY}, Hold(HoldReason.DECIDED_LATELY, date(2026, 12, 8))),
        ({"asked_on": date(2026, 11, 30)}, Hold(HoldReason.ASKED_THIS_WEEK)),
        ({"asked_today": True}, Hold(HoldReason.ASKED_TODAY)),
        ({"asked_today": True, "asked_on": TODAY}, Hold(HoldReason.ASKED_THIS_WEEK)),
        ({"has_message": True}, Hold(HoldReason.BUDGET)),
    ],
)
def test_each_reason_is_given(facts: dict[str, Any], expected: Hold) -> None:
    assert find_holds(replace(FREE, **facts), CALENDAR) == (expected,)


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"rhythm": Rhythm(0)}, Hold(HoldReason.RHYTHM_OFF)),
        ({"rhythm": Rhythm(0, Weekday.SAT)}, Hold(HoldReason.RHYTHM_OFF)),
        ({"rhythm": Rhythm(1, Weekday.SAT)}, Hold(HoldReason.NO_WORKING_DAY)),
        ({"hours": WorkingHours("Europe/Berlin", (Weekday.TUE,))}, Hold(HoldReason.NO_WORKING_DAY)),
        ({"first_day": TODAY + DAY}, Hold(HoldReason.COHORT_NOT_STARTED, TODAY + DAY)),
        ({"last_day": TODAY - DAY}, Hold(HoldReason.COHORT_OVER)),
        ({"snoozed_until": TODAY + DAY}, Hold(HoldReason.SNOOZED, TODAY + DAY)),
        ({"defences": (TODAY,)}, Hold(HoldReason.DEFENCE, TODAY + DAY)),
        ({"defences": (TODAY + DAY,)}, Hold(HoldReason.DEFENCE, TODAY + 2 * DAY)),
        ({"defences": (TODAY, TODAY + 2 * DAY)}, Hold(HoldReason.DEFENCE, TODAY + 3 * DAY)),
        (
            {"absences": (Absence(1, "ada", TODAY - DAY, TODAY + DAY, None),)},
            Hold(HoldReason.AWAY, TODAY + 2 * DAY),
        ),
    ],
)
def test_so_is_each_reason_in_the_calendar(changes: dict[str, Any], expected: Hold) -> None:
    assert find_holds(FREE, replace(CALENDAR, **changes)) == (expected,)


def test_a_rhythm_that_fits_on_a_later_day_of_the_week_holds_nothing() -> None:
    fridays = replace(CALENDAR, hours=WorkingHours("Europe/Berlin", (Weekday.MON, Weekday.FRI)))
    assert find_holds(FREE, fridays) == ()


def test_what_is_past_holds_nothing() -> None:
    facts = replace(FREE, asked_on=TODAY - 7 * DAY, decided_on=TODAY - 14 * DAY)
    over = (Absence(1, "ada", TODAY - 3 * DAY, TODAY - DAY, None),)
    defences = (TODAY - DAY, TODAY + 2 * DAY)
    past = replace(
        CALENDAR, snoozed_until=TODAY, first_day=TODAY, last_day=TODAY, absences=over, defences=defences
    )
    assert find_holds(facts, past) == ()


@pytest.mark.parametrize(
    ("decided", "quiet_until"),
    [
        (date(2026, 12, 2), date(2026, 12, 9)),  # a week later they are asked again
        (date(2026, 12, 4), date(2026, 12, 11)),
        (date(2026, 12, 5), date(2026, 12, 12)),
    ],
)
def test_a_decision_keeps_sensei_quiet_for_five_working_days(decided: date, quiet_until: date) -> None:
    assert find_quiet_until(CALENDAR, decided) == quiet_until
    asked = replace(FREE, decided_on=decided)
    held = [find_holds(replace(asked, today=decided + number * DAY), CALENDAR) != () for number in range(9)]
    assert held == [True] * 7 + [False] * 2


def test_another_capstone_may_still_be_asked_about() -> None:
    others = (replace(DESK, has_access=False), replace(DESK, is_held=True), DESK)
    assert find_holds(replace(FREE, capstones=others), CALENDAR) == ()


def test_all_reasons_are_given_those_of_the_enrolment_first() -> None:
    facts = replace(FREE, state=EnrolmentState.PAUSED, capstones=(), open_questions=1, has_message=True)
    assert [hold.reason for hold in find_holds(facts, CALENDAR)] == [
        HoldReason.PAUSED,
        HoldReason.NO_CAPSTONE,
        HoldReason.QUESTIONS_OPEN,
        HoldReason.BUDGET,
    ]


def test_what_somebody_asked_for_comes_whatever_was_planned() -> None:
    assert {HoldReason.BUDGET, HoldReason.DEFENCE} <= ONLY_UNPROMPTED
    assert not ONLY_UNPROMPTED & {HoldReason.PAUSED, HoldReason.NO_CAPSTONE, HoldReason.OPEN_CHECK_IN}
