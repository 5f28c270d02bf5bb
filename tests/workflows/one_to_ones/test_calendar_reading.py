"""A calendar plans, moves and cancels one-to-ones; what can't be read changes nothing."""

from datetime import UTC, datetime

import pytest

from bot.domain.dojo.people import CohortRole
from bot.domain.one_to_ones.calendar_events import CalendarProblem
from bot.domain.pairing.states import PairState
from tests.adapters.calendars.ics import calendar, event
from tests.fakes.steps import Straight
from tests.workflows.one_to_ones.meetings import DAY, HOUR, Meetings

WEEKLY = event("DTSTART;TZID=Europe/Berlin:20261201T100000", "RRULE:FREQ=WEEKLY;COUNT=3", title="Sen / Ada")
FIRST = datetime(2026, 12, 1, 9, tzinfo=UTC)


def pair(it: Meetings, address_of: str = "/secret.ics", body: bytes = b"") -> tuple[str, str, int]:
    """Ada, her sensei, and her enrolment; the sensei has given a calendar."""
    sen = it.joins("Sen Sei", CohortRole.SENSEI)
    ada = it.enrols("Ada", sen)
    assert it.host
    address = it.host.serves(address_of, body or calendar(WEEKLY))
    return ada, sen, it.adds_calendar(sen, ada, address)


def reads(it: Meetings, enrolment: int) -> str:
    return str(it.runs("calendar", {"enrolment": enrolment})["outcome"])


def times(it: Meetings, person: str) -> list[str]:
    return [f"{meeting.at:%m-%d %H:%M}" for meeting in it.planned(person)]


def problem(it: Meetings, enrolment: int) -> str:
    with it.store.read() as tx:
        link = tx.calendar_links.find(enrolment)
    assert link
    assert link.read_at == it.now()
    return link.problem


def test_a_calendar_is_read_when_it_is_added_and_then_once_a_day(it: Meetings) -> None:
    ada, sen, _ = pair(it)
    it.lives(it.now() + 2 * HOUR)
    assert times(it, ada) == times(it, sen) == ["12-01 09:00", "12-08 09:00", "12-15 09:00"]
    assert it.host
    assert len(it.host.asked) == 1
    it.lives(it.now() + 3 * DAY)
    assert len(it.host.asked) == 4


def test_what_moves_and_what_goes_follows_the_calendar(it: Meetings) -> None:
    ada, _, enrolment = pair(it)
    assert reads(it, enrolment) == "read"
    first = it.planned(ada)[0]
    assert it.host
    moved = event("RECURRENCE-ID;TZID=Europe/Berlin:20261201T100000", "DTSTART:20261202T150000Z")
    shorter = WEEKLY.replace("COUNT=3", "COUNT=2")
    it.host.serves("/secret.ics", calendar(shorter, moved))
    assert reads(it, enrolment) == "read"
    assert times(it, ada) == ["12-02 15:00", "12-08 09:00"]
    assert it.planned(ada)[0].id == first.id


def test_a_time_entered_by_hand_is_not_doubled_and_what_a_person_cancelled_stays_off(it: Meetings) -> None:
    ada, sen, enrolment = pair(it)
    by_hand = it.plans(ada, sen, FIRST)
    reads(it, enrolment)
    assert it.planned(ada)[0].id == by_hand.id
    assert len(it.planned(ada)) == 3
    with it.store.begin() as tx:
        tx.one_to_ones.cancel(by_hand.id)
    reads(it, enrolment)
    assert times(it, ada) == ["12-08 09:00", "12-15 09:00"]


def test_what_the_calendar_took_away_it_can_bring_again(it: Meetings) -> None:
    ada, _, enrolment = pair(it)
    reads(it, enrolment)
    assert it.host
    other = event("DTSTART:20261203T100000Z", uid="other", title="Sen / Ada")
    it.host.serves("/secret.ics", calendar(other))
    reads(it, enrolment)
    assert times(it, ada) == ["12-03 10:00"]
    it.host.serves("/secret.ics", calendar(WEEKLY))
    reads(it, enrolment)
    assert times(it, ada) == ["12-01 09:00", "12-08 09:00", "12-15 09:00"]


@pytest.mark.parametrize(
    ("status", "body", "expected"),
    [
        (404, b"", CalendarProblem.REFUSED),
        (503, b"", CalendarProblem.NO_ANSWER),
        (200, b"<html>", CalendarProblem.NO_CALENDAR),
    ],
)
def test_what_cannot_be_read_changes_nothing(
    it: Meetings, status: int, body: bytes, expected: CalendarProblem
) -> None:
    ada, _, enrolment = pair(it)
    reads(it, enrolment)
    assert it.host
    it.host.serves("/secret.ics", body, status)
    it.clock += HOUR
    assert reads(it, enrolment) == "unreadable"
    assert problem(it, enrolment) == expected
    it.clock = FIRST - HOUR
    assert len(times(it, ada)) == 3


def test_a_calendar_without_their_name_says_so_until_a_title_is_given(it: Meetings) -> None:
    ada, sen, enrolment = pair(it, body=calendar(event("DTSTART:20261203T100000Z", title="Dojo hour")))
    assert reads(it, enrolment) == "unreadable"
    assert problem(it, enrolment) == CalendarProblem.NO_EVENTS
    assert it.host
    it.adds_calendar(sen, ada, "https://calendar.example/secret.ics", "dojo hour")
    assert reads(it, enrolment) == "read"
    assert times(it, ada) == ["12-03 10:00"]
    assert problem(it, enrolment) == ""


def test_a_former_senseis_calendar_is_forgotten_and_not_fetched(it: Meetings) -> None:
    ada, sen, enrolment = pair(it)
    sol = it.joins("Sol", CohortRole.SENSEI)
    with it.store.begin() as tx:
        [former] = [it for it in tx.pairings.by_person(ada) if it.sensei == sen]
        tx.pairings.set_state(former.id, PairState.ENDED, it.now())
    it.pairs(ada, sol)
    assert reads(it, enrolment) == "gone"
    assert it.host
    assert it.host.asked == []
    with it.store.read() as tx:
        assert tx.calendar_links.find(enrolment) is None


def test_a_partner_who_takes_another_name_does_not_choose_what_is_read(it: Meetings) -> None:
    """Sen's calendar also has a doctor. Whoever is called so must not learn when."""
    doctor = event("DTSTART:20261203T100000Z", uid="private", title="Doctor")
    ada, sen, enrolment = pair(it, body=calendar(WEEKLY, doctor))
    assert reads(it, enrolment) == "read"
    assert it.host
    asked = len(it.host.asked)
    with it.store.begin() as tx:
        tx.members.set_name(ada, "Doctor Weber")
    it.clock += HOUR
    assert reads(it, enrolment) == "unreadable"
    assert problem(it, enrolment) == CalendarProblem.RENAMED
    assert len(it.host.asked) == asked
    assert times(it, sen) == ["12-01 09:00", "12-08 09:00", "12-15 09:00"]
    with it.store.begin() as tx:
        tx.members.set_name(ada, " ada ")
    assert reads(it, enrolment) == "read"


def test_a_participants_calendar_is_not_searched_for_another_sensei(it: Meetings) -> None:
    sen, sol = (it.joins(name, CohortRole.SENSEI) for name in ("Sen Sei", "Sol"))
    ada = it.enrols("Ada", sen)
    assert it.host
    enrolment = it.adds_calendar(ada, ada, it.host.serves("/secret.ics", calendar(WEEKLY)))
    with it.store.begin() as tx:
        [former] = tx.pairings.by_person(ada)
        tx.pairings.set_state(former.id, PairState.ENDED, it.now())
    it.pairs(ada, sol)
    assert reads(it, enrolment) == "unreadable"
    assert problem(it, enrolment) == CalendarProblem.RENAMED
    assert it.host.asked == []


def test_what_was_read_from_one_address_is_not_stored_for_another(it: Meetings) -> None:
    ada, sen, enrolment = pair(it)
    assert it.host
    other = it.host.serves("/other.ics", calendar(event("DTSTART:20261203T100000Z", title="Sen / Ada")))
    steps = Straight(it.store, before={"save": lambda: it.adds_calendar(ada, ada, other)})
    assert it.runs("calendar", {"enrolment": enrolment}, steps)["outcome"] == "replaced"
    assert times(it, sen) == []
    with it.store.read() as tx:
        link = tx.calendar_links.find(enrolment)
    assert link
    assert (link.address, link.read_at) == (other, None)
    assert reads(it, enrolment) == "read"
    assert times(it, sen) == ["12-03 10:00"]


@pytest.mark.parametrize("rule", ["RRULE:FREQ=DAILY;INTERVAL=0", "RRULE:FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30"])
def test_an_event_that_never_ends_is_left_out_and_nothing_stops(it: Meetings, rule: str) -> None:
    ada, _, enrolment = pair(it, body=calendar(event(rule, uid="2", title="Sen / Ada"), WEEKLY))
    assert reads(it, enrolment) == "read"
    assert times(it, ada) == ["12-01 09:00", "12-08 09:00", "12-15 09:00"]


def test_no_word_of_a_calendar_is_stored(it: Meetings) -> None:
    _, _, enrolment = pair(it, body=calendar(WEEKLY.replace("Sen / Ada", "Sen confidential words")))
    reads(it, enrolment)
    with it.engine.connect() as connection:
        for table in ("one_to_one", "job", "effect"):
            rows = connection.exec_driver_sql(f"SELECT * FROM {table}").all()
            assert "confidential" not in str(rows)
            assert "secret.ics" not in str(rows)
