"""A cohort in a transaction that is undone after each test, on both databases."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime

import pytest
import sqlalchemy as sa

from bot.adapters.database.transaction import SqlStore, SqlTx
from bot.domain.dojo.people import (
    Cohort,
    CohortRole,
    Weekday,
    WorkingHours,
)
from bot.domain.pairing.states import PairState
from bot.domain.pull_requests.records import Account
from tests import databases

NOW = datetime(2026, 11, 26, 9, tzinfo=UTC)
PARTICIPANT, SENSEI, LEAD = CohortRole.PARTICIPANT, CohortRole.SENSEI, CohortRole.LEAD
HOURS = WorkingHours("Asia/Kolkata", (Weekday.SUN, Weekday.MON), 0, 1440)


@pytest.fixture(name="shared", scope="module", params=["sqlite", "postgresql"])
def a_database(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[sa.Engine]:
    """The tests of this file share it, each in a transaction that is undone."""
    with databases.opened(request.param, tmp_path_factory.mktemp("database")) as made:
        yield made


class _Undone(Exception):  # noqa: N818 - unwinds a transaction
    pass


@dataclass
class Run:
    """A cohort in a transaction."""

    tx: SqlTx
    cohort: Cohort = field(init=False)

    def __post_init__(self) -> None:
        self.cohort = self.tx.cohorts.add("autumn", NOW)
        self.tx.cohorts.set_workspace(self.cohort.id, "T1")

    def chat(self, user: str, role: CohortRole | None = PARTICIPANT, name: str = "") -> str:
        """Somebody of the chat, in a role."""
        person = self.tx.members.find_or_add_by_chat("T1", user, name or user.title(), NOW)
        if role:
            self.tx.members.join(self.cohort.id, person, role, NOW)
        return person

    def code(self, number: int, role: CohortRole | None = PARTICIPANT) -> str:
        """Somebody who is known by an account at the code host alone."""
        person = self.tx.members.find_or_add_by_host_account(account(number), NOW)
        if role:
            self.tx.members.join(self.cohort.id, person, role, NOW)
        return person

    def enrolment(self, person: str, role: CohortRole = PARTICIPANT) -> int:
        [found] = [one for one in self.tx.members.roles(person) if one.role is role]
        return found.enrolment

    def pair(self, participant: str, sensei: str, state: PairState = PairState.PROPOSED) -> int:
        proposal = self.tx.pairings.propose(self.cohort.id, "operator", NOW, [])
        made = self.tx.pairings.add(proposal.id, participant, sensei, fit=1, reasons=[], at=NOW)
        self.tx.pairings.set_state(made.id, state, NOW)
        return made.id


def account(number: int) -> Account:
    return Account(number, f"login-{number}")


@pytest.fixture(name="it")
def a_run(shared: sa.Engine) -> Iterator[Run]:
    store = SqlStore(shared, "github.com", lambda: NOW)
    try:
        with store.begin() as tx:
            yield Run(tx)
            raise _Undone
    except _Undone:
        pass
