"""Whoever has other hours in another cohort is asked in the hours of the cohort that asks, and once a day."""

from datetime import date

from bot.domain.dojo.people import CohortRole, Profile, Weekday, WorkingHours
from bot.workflows.chat.unprompted import Feature
from bot.workflows.chat.working_hours import find_own_day
from bot.workflows.check_ins.askable import is_free
from tests.workflows.check_ins.checked import DAY, Checked

ELSEWHERE = WorkingHours("Pacific/Honolulu", (Weekday.MON, Weekday.TUE))


def guides_elsewhere(it: Checked) -> None:
    """Let Ada be a sensei in a newer cohort, with other hours in a zone where it is the day before."""
    with it.store.begin() as tx:
        cohort = tx.cohorts.add(f"later than {it.cohort}", it.now())
        member = tx.members.join(cohort.id, it.person, CohortRole.SENSEI, it.now())
        tx.members.set_profile(member.enrolment, Profile(ELSEWHERE))


def test_the_hours_of_a_newer_cohort_keep_nobody_from_being_asked(it: Checked) -> None:
    it.shows()
    guides_elsewhere(it)
    assert it.asks() == "asked"


def test_a_persons_messages_of_a_day_are_counted_by_one_date(it: Checked) -> None:
    it.shows()
    guides_elsewhere(it)
    assert it.asks() == "asked"
    with it.store.read() as tx:
        own_day = find_own_day(tx, it.person, it.now())
        assert tx.unprompted.taken(it.person, own_day) == Feature.CHECK_IN
        assert tx.unprompted.taken(it.person, DAY) is None
    assert own_day == date(2026, 11, 25)


def test_a_message_of_that_date_leaves_no_room_for_a_check_in(it: Checked) -> None:
    guides_elsewhere(it)
    with it.store.begin() as tx:
        member = tx.members.get(it.enrolment)
        assert is_free(tx, member, it.now())
        tx.unprompted.take(it.person, find_own_day(tx, it.person, it.now()), Feature.HANDOVER, "x")
        assert not is_free(tx, member, it.now())
