"""When a milestone opens, each capstone's tree is read once, in the week before its date."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from bot.domain.dojo.people import DateKind
from bot.workflows.milestones.baselines import add_milestone_baselines
from tests.entrypoints.webhooks import now
from tests.workflows.dojo.test_few_statements import counted
from tests.workflows.milestones.ruled import BO, Ruled


def added(it: Ruled, days: int = 0) -> int:
    """How many readings are added in so many days."""
    with it.here.store.begin() as tx:
        return add_milestone_baselines(tx, now() + timedelta(days=days))


def test_each_active_capstone_is_read_once_for_a_milestone_and_date(it: Ruled) -> None:
    it.capstone(BO)
    assert added(it) == 2
    assert added(it) == 0
    jobs = it.waiting("baseline")
    assert {job.argument["capstone"] for job in jobs} >= {it.desk.id}
    assert all(
        f"baseline:{it.desk.repository}:design." in job.id
        for job in jobs
        if job.argument["capstone"] == it.desk.id
    )
    it.dates(days=20)
    assert added(it) == 0
    assert added(it, 13) == 2


def test_a_look_takes_as_many_queries_for_one_capstone_as_for_many(it: Ruled, own_engine: sa.Engine) -> None:
    added(it)
    with counted(own_engine) as one:
        assert added(it) == 0
    it.capstone(BO)
    added(it)
    with counted(own_engine) as two:
        assert added(it) == 0
    assert one.statements == two.statements


@pytest.mark.parametrize(("days", "read"), [(8, 0), (7, 1), (0, 1), (-1, 0)])
def test_it_is_read_from_a_week_before_to_the_date(it: Ruled, days: int, read: int) -> None:
    it.dates(days=days)
    assert added(it) == read


def test_capstones_that_ended_and_cohorts_without_milestones_are_not_read(it: Ruled) -> None:
    with it.here.store.begin() as tx:
        tx.capstones.end(it.desk.id)
    assert added(it) == 0
    with it.here.store.begin() as tx:
        other = tx.cohorts.add("autumn", now())
        tx.cohorts.add_date(other.id, DateKind.END, "", now().date())
    assert added(it) == 0
