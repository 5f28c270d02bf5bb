"""What somebody is in one cohort gives them nothing in another, and a form acts where it was opened."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from bot.adapters.store import open_store
from bot.domain.people import CohortRole
from bot.domain.pull_request_permissions import Role
from bot.domain.tracking import Account
from bot.workflows.standing_in import role_on
from tests import databases
from tests.workflows.dojo import ADA, SEN, START, Dojo

DEP = Account(6, "dep")


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[sa.Engine]:
    with open_store(databases.migrated_file(tmp_path / "sensei.db")) as made:
        yield made


@pytest.mark.parametrize("never", [True, False])
def test_a_deputy_acts_only_in_the_cohort_of_the_holiday(engine: sa.Engine, never: bool) -> None:
    it = Dojo(engine)
    today, here = START.date(), it.capstone.cohort
    with it.store.begin() as tx:
        older = tx.cohorts.add("older", it.now()).id
        sen, dep, ada = (tx.members.code(account, it.now()) for account in (SEN, DEP, ADA))
        for cohort in (older, here):
            for person in (sen, dep):
                tx.members.join(cohort, person, CohortRole.SENSEI, it.now())
        if never:
            tx.members.never(here, ada, dep, "in confidence", it.now())
        tx.members.absent(older, sen, today, today, dep)
        assert role_on(tx, it.capstone, DEP, today) is Role.OTHER
    it.ask(777)
    it.deliver(*it.comment("/sensei defer Let it be.", DEP, thread=777))
    assert it.questions() == ["asked"]
    with it.store.begin() as tx:
        tx.members.absent(here, sen, today, today, dep)
        assert role_on(tx, it.capstone, DEP, today) is (Role.OTHER if never else Role.SENSEI)
