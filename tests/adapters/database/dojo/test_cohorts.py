"""Cohorts and their calendars, on both databases."""

from datetime import date, timedelta

from bot.domain.dojo.people import (
    DateKind,
)
from tests.adapters.database.dojo.cohort_run import (  # noqa: F401 - fixtures
    NOW,
    Run,
    a_database,
    a_run,
)


def test_a_cohort_is_made_once_and_keeps_what_it_is_told(it: Run) -> None:
    again = it.tx.cohorts.add("autumn", NOW + timedelta(days=1))
    assert (again.id, again.workspace, dict(again.weights)) == (it.cohort.id, "T1", {})
    it.tx.cohorts.set_weights(again.id, {"skills": 3})
    it.tx.cohorts.set_weights(again.id, {"balance": 2})
    newer = it.tx.cohorts.add("winter", NOW + timedelta(days=1))
    assert [one.name for one in it.tx.cohorts.all()][:2] == ["winter", "autumn"]
    assert it.tx.cohorts.get(again.id) == it.tx.cohorts.by_name("autumn")
    assert dict(it.tx.cohorts.get(again.id).weights) == {"balance": 2}
    assert dict(newer.weights) == {}
    assert it.tx.cohorts.by_name("spring") is None


def test_a_day_of_a_kind_moves_and_other_days_are_many(it: Run) -> None:
    dates, cohort = it.tx.cohorts, it.cohort.id
    final = dates.add_date(cohort, DateKind.FINAL, "Final", date(2027, 2, 1))
    assert dates.add_date(cohort, DateKind.FINAL, "The final", date(2027, 3, 1)) == final
    talk = dates.add_date(cohort, DateKind.OTHER, "Talk", date(2027, 1, 5))
    assert dates.add_date(cohort, DateKind.OTHER, "Talk", date(2027, 1, 5)) == talk
    dates.add_date(cohort, DateKind.OTHER, "Talk", date(2027, 1, 4))
    winter = dates.add("winter", NOW)
    dates.add_date(winter.id, DateKind.FINAL, "Theirs", date(2027, 1, 1))
    assert [(one.kind, one.title, one.day.isoformat()) for one in dates.dates(cohort)] == [
        (DateKind.OTHER, "Talk", "2027-01-04"),
        (DateKind.OTHER, "Talk", "2027-01-05"),
        (DateKind.FINAL, "The final", "2027-03-01"),
    ]
    assert not dates.remove_date(winter.id, talk)
    assert dates.remove_date(cohort, talk)
    assert not dates.remove_date(cohort, talk)
    assert len(dates.dates(cohort)) == 2
