"""Enrolled repositories, and the people who answer for them."""

import uuid
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col, func, select

from bot.adapters.database.pull_requests.tables import (
    CapstoneRow,
    CohortRow,
    EnrolmentRow,
    IdentityRow,
    PersonRow,
)
from bot.domain.pull_requests.records import ERASED, Account, Capstone, PublishPolicy

_PROVIDER = "github"


def _utc() -> datetime:
    return datetime.now(UTC)


@dataclass
class SqlCapstones:
    """The ``capstone``, ``cohort``, ``person``, ``identity`` and ``enrolment`` tables.

    ``tenant`` is the code host whose numbers these are.
    """

    session: Session
    tenant: str
    now: Callable[[], datetime] = _utc

    def add(  # noqa: PLR0913 - one row's columns
        self,
        *,
        cohort: str,
        repository: int,
        owner: str,
        name: str,
        default_branch: str,
        installation: int | None,
        participant: Account,
        sensei: Account | None,
        publish: PublishPolicy | None,
        at: datetime,
    ) -> Capstone:
        """Enrol a repository, or change who answers for one that is enrolled; what is not named stays.

        A repository that had this name before, and was deleted, is no longer followed.
        """
        self._end_others(repository, owner, name)
        cohort_id = self._cohort(cohort, at)
        row = self._row(repository)
        if row is None:
            row = CapstoneRow(
                cohort_id=cohort_id,
                participant_id="",
                tenant=self.tenant,
                repository_id=repository,
                owner=owner,
                name=name,
                default_branch=default_branch,
                created_at=at,
            )
        row.cohort_id, row.state, row.ended_at = cohort_id, "active", None
        row.owner, row.name, row.default_branch = owner, name, default_branch
        row.installation_id = installation
        row.participant_id = self._person(participant, cohort_id, "participant", at)
        if sensei:
            row.sensei_id = self._person(sensei, cohort_id, "sensei", at)
        if publish:
            row.publish = publish
        self.session.add(row)
        self.session.flush()
        return self._known(row)

    def get(self, capstone: int) -> Capstone:
        """Return one."""
        return self._known(self.session.get_one(CapstoneRow, capstone))

    def of(self, repository: int) -> Capstone | None:
        """Return the active capstone of a repository."""
        row = self._row(repository)
        return self._known(row) if row and row.state == "active" else None

    def named(self, full_name: str) -> Capstone | None:
        """Return the active capstone of that name; case does not matter."""
        owner, _, name = full_name.partition("/")
        query = select(CapstoneRow).where(
            CapstoneRow.tenant == self.tenant,
            func.lower(CapstoneRow.owner) == owner.lower(),
            func.lower(CapstoneRow.name) == name.lower(),
            CapstoneRow.state == "active",
        )
        row = self.session.exec(query).first()
        return self._known(row) if row else None

    def all(self) -> Sequence[Capstone]:
        """List the active ones, by name."""
        return self._active()

    def of_person(self, person: str) -> Sequence[Capstone]:
        """List the active ones of a participant, by name."""
        return self._active(CapstoneRow.participant_id == person)

    def taught_by(self, sensei: str) -> Sequence[Capstone]:
        """List the active ones that somebody is the sensei of, by name."""
        return self._active(CapstoneRow.sensei_id == sensei)

    def taught(self, cohort: int, participant: str, sensei: str | None) -> None:
        """Say who is the sensei of a participant's active capstones in a cohort; None: nobody."""
        theirs = self._of_tenant(CapstoneRow.cohort_id == cohort, CapstoneRow.participant_id == participant)
        for row in self.session.exec(theirs):
            row.sensei_id = sensei
        self.session.flush()

    def renamed(self, repository: int, owner: str, name: str) -> None:
        """Note a repository's new name."""
        if row := self._row(repository):
            row.owner, row.name = owner, name

    def branch(self, repository: int, default_branch: str) -> None:
        """Note a repository's default branch."""
        if row := self._row(repository):
            row.default_branch = default_branch

    def installed(self, repository: int, installation: int | None) -> None:
        """Note by which installation a repository is reached."""
        if row := self._row(repository):
            row.installation_id = installation

    def uninstalled(self, installation: int) -> None:
        """Note that an installation has gone, with every repository it reached."""
        self.session.connection().execute(
            sa.update(CapstoneRow)
            .where(col(CapstoneRow.tenant) == self.tenant, col(CapstoneRow.installation_id) == installation)
            .values(installation_id=None)
        )

    def publishes(
        self, capstone: int, publish: PublishPolicy | None = None, held: bool | None = None
    ) -> None:
        """Change what is posted without a person."""
        row = self.session.get_one(CapstoneRow, capstone)
        if publish is not None:
            row.publish = publish
        if held is not None:
            row.held = held

    def end(self, capstone: int) -> None:
        """End an enrolment."""
        row = self.session.get_one(CapstoneRow, capstone)
        row.state, row.ended_at = "ended", self.now()

    def _end_others(self, repository: int, owner: str, name: str) -> None:
        other = self.named(f"{owner}/{name}")
        if other and other.repository != repository:
            self.end(other.id)

    def _row(self, repository: int) -> CapstoneRow | None:
        query = select(CapstoneRow).where(
            CapstoneRow.tenant == self.tenant, CapstoneRow.repository_id == repository
        )
        return self.session.exec(query).first()

    def _of_tenant(self, *which: Any) -> Any:
        query = select(CapstoneRow).where(
            CapstoneRow.tenant == self.tenant, CapstoneRow.state == "active", *which
        )
        return query.order_by(col(CapstoneRow.owner), col(CapstoneRow.name))

    def _active(self, *which: Any) -> list[Capstone]:
        rows = self.session.exec(self._of_tenant(*which)).all()
        accounts = self._accounts({row.participant_id for row in rows} | {row.sensei_id for row in rows})
        return [self._known(row, accounts) for row in rows]

    def _known(self, row: CapstoneRow, accounts: Mapping[str, Account] | None = None) -> Capstone:
        cohort = self.session.get_one(CohortRow, row.cohort_id)
        if row.id is None:
            raise AssertionError("a flushed row has an id")
        if accounts is None:
            accounts = self._accounts({row.participant_id, row.sensei_id})
        return Capstone(
            id=row.id,
            cohort=row.cohort_id,
            repository=row.repository_id,
            owner=row.owner,
            name=row.name,
            default_branch=row.default_branch,
            installation=row.installation_id,
            participant=accounts.get(row.participant_id) or ERASED,
            sensei=accounts.get(row.sensei_id or ""),
            publish=PublishPolicy(row.publish or cohort.publish),
            held=row.held or cohort.held,
            ended=row.state == "ended",
        )

    def _accounts(self, people: Collection[str | None]) -> dict[str, Account]:
        """Return people's accounts at the code host, as far as they have one."""
        query = select(IdentityRow).where(
            col(IdentityRow.person_id).in_(people),
            IdentityRow.provider == _PROVIDER,
            IdentityRow.tenant == self.tenant,
        )
        return {one.person_id: Account(int(one.external_id), one.login) for one in self.session.exec(query)}

    def _cohort(self, name: str, at: datetime) -> int:
        row = self.session.exec(select(CohortRow).where(CohortRow.name == name)).first()
        if row is None:
            row = CohortRow(name=name, created_at=at)
            self.session.add(row)
            self.session.flush()
        if row.id is None:
            raise AssertionError("a flushed row has an id")
        return row.id

    def _person(self, account: Account, cohort: int, role: str, at: datetime) -> str:
        """Return the opaque id of whoever has an account, enrolled in a role."""
        query = select(IdentityRow).where(
            IdentityRow.provider == _PROVIDER,
            IdentityRow.tenant == self.tenant,
            IdentityRow.external_id == str(account.id),
        )
        identity = self.session.exec(query).first()
        if identity is None:
            person = PersonRow(id=uuid.uuid4().hex, created_at=at)
            self.session.add(person)
            self.session.flush()
            identity = IdentityRow(
                person_id=person.id,
                provider=_PROVIDER,
                tenant=self.tenant,
                external_id=str(account.id),
                login=account.login,
            )
            self.session.add(identity)
        identity.login = account.login
        enrolled = select(EnrolmentRow).where(
            EnrolmentRow.cohort_id == cohort,
            EnrolmentRow.person_id == identity.person_id,
            EnrolmentRow.role == role,
        )
        if self.session.exec(enrolled).first() is None:
            self.session.add(
                EnrolmentRow(cohort_id=cohort, person_id=identity.person_id, role=role, created_at=at)
            )
        self.session.flush()
        return identity.person_id
