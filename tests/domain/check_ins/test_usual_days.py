"""Why a check-in comes on another day than the usual one: what is true of that day, and nothing more."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from bot.domain.check_ins.due_times import CheckInCalendar
from bot.domain.check_ins.holds import CapstoneStanding, CheckInFacts
from bot.domain.check_ins.records import DEFAULT_RHYTHM, MoveReason
from bot.domain.check_ins.usual_days import find_missed_day, find_move_reason
from bot.domain.dojo.people import Absence, EnrolmentState, Weekday, WorkingHours

WEDNESDAY = date(2026, 12, 2)
DAY = timedelta(days=1)
THURSDAY = WEDNESDAY + DAY
CALENDAR = CheckInCalendar(DEFAULT_RHYTHM, WorkingHours("Europe/Berlin"))
DESK = CapstoneStanding(1, has_access=True, is_held=False)
FACTS = CheckInFacts(THURSDAY, EnrolmentState.ACTIVE, True, (DESK,))


@pytest.mark.parametrize(
    ("calendar", "facts", "reason"),
    [
        ({"absences": (Absence(1, "ada", WEDNESDAY, WEDNESDAY, None),)}, {}, MoveReason.AWAY),
        ({"snoozed_until": THURSDAY}, {}, MoveReason.SNOOZED),
        ({"defences": (WEDNESDAY,)}, {}, MoveReason.DEFENCE),
        ({"defences": (THURSDAY,)}, {}, MoveReason.DEFENCE),
        ({}, {"decided_on": date(2026, 11, 26)}, MoveReason.DECIDED),
        ({}, {"decided_on": date(2026, 11, 20)}, MoveReason.OTHER),
    ],
)
def test_what_stood_in_the_way_on_the_usual_day_is_the_reason(
    calendar: dict[str, Any], facts: dict[str, Any], reason: MoveReason
) -> None:
    found = find_move_reason(replace(CALENDAR, **calendar), replace(FACTS, **facts), had_message=False)
    assert found is reason


def test_another_message_on_the_usual_day_is_a_reason_if_there_is_no_other() -> None:
    assert find_move_reason(CALENDAR, FACTS, had_message=True) is MoveReason.MESSAGE
    away = replace(CALENDAR, absences=(Absence(1, "ada", WEDNESDAY, WEDNESDAY, None),))
    assert find_move_reason(away, FACTS, had_message=True) is MoveReason.AWAY


def test_on_the_usual_day_there_is_no_reason() -> None:
    for today in (WEDNESDAY, WEDNESDAY - DAY):
        assert find_move_reason(CALENDAR, replace(FACTS, today=today), had_message=True) is None


def test_for_whoever_never_works_on_the_rhythms_day_the_next_working_day_is_the_usual_one() -> None:
    from_thursday = replace(CALENDAR, hours=WorkingHours("Europe/Berlin", (Weekday.THU, Weekday.FRI)))
    assert find_move_reason(from_thursday, FACTS, had_message=True) is None
    assert find_missed_day(from_thursday, THURSDAY + DAY) == THURSDAY
    mondays = replace(CALENDAR, hours=WorkingHours("Europe/Berlin", (Weekday.MON,)))
    assert find_missed_day(mondays, THURSDAY) is None


def test_before_the_cohorts_first_day_no_day_was_missed() -> None:
    assert find_missed_day(replace(CALENDAR, first_day=THURSDAY), THURSDAY) is None
