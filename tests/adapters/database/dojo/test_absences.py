"""Holidays of sensei, on both databases."""

from datetime import date

from bot.domain.dojo.people import Profile, WorkingHours
from tests.adapters.database.dojo.cohort_run import (  # noqa: F401 - fixtures
    NOW,
    PARTICIPANT,
    SENSEI,
    Run,
    a_database,
    a_run,
)


def test_a_holiday_that_begins_on_the_same_day_is_replaced(it: Run) -> None:
    sen, kim = it.chat("U1", SENSEI), it.chat("U2", SENSEI)
    cohort = it.cohort.id
    first = it.tx.absences.add(cohort, sen, date(2026, 12, 20), date(2026, 12, 24), kim)
    assert it.tx.absences.add(cohort, sen, date(2026, 12, 20), date(2026, 12, 31), None) == first
    it.tx.absences.add(cohort, kim, date(2026, 12, 1), date(2026, 12, 30), sen)
    found = it.tx.absences.ending_since(cohort, date(2026, 12, 31))
    assert [(one.sensei, one.last, one.deputy) for one in found] == [(sen, date(2026, 12, 31), None)]
    assert [one.sensei for one in it.tx.absences.ending_since(cohort, date(2026, 12, 30))] == [kim, sen]
    assert list(it.tx.absences.ending_since(cohort, date(2027, 1, 1))) == []
    assert [one.sensei for one in it.tx.absences.ending_since(cohort, date.min, sen)] == [sen]
    assert [one.sensei for one in it.tx.absences.not_over(cohort, NOW, kim)] == [kim]
    assert not it.tx.absences.remove(cohort + 1, first)
    assert it.tx.absences.remove(cohort, first)
    assert not it.tx.absences.remove(cohort, first)


def test_a_holiday_is_in_the_persons_own_time_zone_as_a_sensei_if_they_are_one(it: Run) -> None:
    ada = it.chat("U1", PARTICIPANT)
    it.tx.members.set_profile(it.enrolment(ada), Profile(WorkingHours("Asia/Tokyo")))
    it.tx.absences.add(it.cohort.id, ada, date(2026, 12, 1), date(2026, 12, 2), None)
    assert [one.time_zone for one in it.tx.absences.ending_since(it.cohort.id, date.min)] == ["Asia/Tokyo"]
    it.tx.members.join(it.cohort.id, ada, SENSEI, NOW)
    it.tx.members.set_profile(it.enrolment(ada, SENSEI), Profile(WorkingHours("Europe/Berlin")))
    assert [one.time_zone for one in it.tx.absences.ending_since(it.cohort.id, date.min)] == ["Europe/Berlin"]
