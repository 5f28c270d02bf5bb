"""Once a week it is saved how far each criterion has got: before anyone's digest, and once."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import pytest
import sqlalchemy as sa

from bot.domain.triage.records import CriterionSnapshot
from bot.workflows.digest import snapshots
from bot.workflows.digest.snapshots import add_snapshot_jobs, take_missing, week_of
from tests.fakes.slack import Slack
from tests.fakes.steps import Straight
from tests.workflows.digest.weekly_cohort import LOADER, SAFETY, SPEED, WeeklyCohort

MONDAY = date(2026, 11, 23)


@pytest.fixture(name="it")
def a_cohort(engine: sa.Engine) -> Iterator[WeeklyCohort]:
    with Slack() as slack:
        yield WeeklyCohort(engine, slack)


def saved(it: WeeklyCohort, person: str) -> dict[tuple[str, date], CriterionSnapshot]:
    with it.store.read() as tx:
        found = tx.snapshots.of([it.capstones[person]], MONDAY - timedelta(weeks=9))
    return {(snapshot.criterion, snapshot.week): snapshot for snapshot in found}


def takes(it: WeeklyCohort, week: date = MONDAY) -> dict[str, object]:
    return it.snapshots.run(Straight(it.store), {"cohort": it.id, "week": week.isoformat()})


def test_the_states_and_the_ruled_level_of_each_criterion_are_saved(
    it: WeeklyCohort, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(snapshots, "_AT_ONCE", 2)
    people = [it.enrols(f"P{number}") for number in range(3)]
    it.shows(people[0], "speed.1", missing="a failing case")
    sen = it.joins("Sen")
    it.rules(people[0], sen, SPEED, 2)
    it.rules(people[0], sen, SPEED, 1)
    assert takes(it) == {"outcome": "done", "capstones": 3}
    speed = saved(it, people[0])[SPEED, MONDAY]
    assert (speed.met, speed.partly_met, speed.open, speed.level) == (0, 1, 1, 1)
    assert saved(it, people[2])[SAFETY, MONDAY].not_assessed == 1


def test_each_week_is_saved_for_itself_and_once(it: WeeklyCohort) -> None:
    ada = it.enrols("Ada")
    it.shows(ada, "speed.1")
    takes(it)
    takes(it)
    it.shows(ada, "speed.1", "speed.2")
    it.clock += timedelta(weeks=1)
    takes(it, MONDAY + timedelta(weeks=1))
    met = {week: snapshot.met for (criterion, week), snapshot in saved(it, ada).items() if criterion == SPEED}
    assert met == {MONDAY: 1, MONDAY + timedelta(weeks=1): 2}


def test_after_a_long_outage_the_present_state_is_not_saved_as_that_of_an_earlier_week(
    it: WeeklyCohort,
) -> None:
    ada = it.enrols("Ada")
    it.shows(ada, "speed.1")
    it.clock += timedelta(weeks=1)
    assert takes(it) == {"outcome": "late"}
    assert saved(it, ada) == {}


def test_what_was_missed_is_taken_without_touching_the_rest(it: WeeklyCohort) -> None:
    ada = it.enrols("Ada")
    takes(it)
    it.shows(ada, "speed.1")
    bea = it.enrols("Bea")
    with it.store.begin() as tx:
        assert take_missing(tx, LOADER, list(it.capstones.values()), MONDAY) == 2
    with it.store.begin() as tx:
        assert take_missing(tx, LOADER, list(it.capstones.values()), MONDAY) == 0
    assert saved(it, ada)[SPEED, MONDAY].met == 0
    assert (SPEED, MONDAY) in saved(it, bea)


def test_a_week_begins_where_monday_begins_first(it: WeeklyCohort) -> None:
    sunday = datetime(2026, 11, 22, 10, tzinfo=UTC)
    assert week_of(sunday - timedelta(seconds=1)) == MONDAY - timedelta(weeks=1)
    assert week_of(sunday) == MONDAY
    with it.store.begin() as tx:
        add_snapshot_jobs(tx, sunday + timedelta(days=3))
        job = f"snapshot:{it.id}:2026-11-23"
        assert tx.jobs.find_due_time(job) == sunday + timedelta(days=3), "at once, and not overdue"
        tx.jobs.mark_begun(job, sunday)
        add_snapshot_jobs(tx, sunday + timedelta(days=3))
        assert job not in tx.jobs.list_waiting("snapshot:")
