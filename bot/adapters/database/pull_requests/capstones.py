"""Enrolled repositories, and their participants and senseis."""

import uuid
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import NoResultFound
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, func, select

from bot.adapters.database.dojo.members import keep_host_account
from bot.adapters.database.dojo.tables import CohortRow, EnrolmentRow, IdentityRow, PersonRow
from bot.adapters.database.pull_requests.tables import CapstoneRow
from bot.adapters.database.transaction_reads import keep_read, read_once
from bot.domain.pull_requests.records import ERASED, Account, Capstone, PublishPolicy

_PROVIDER = "github"
_CAPSTONE_ROWS = (CapstoneRow, CohortRow, IdentityRow)
_PARTICIPANT, _SENSEI = aliased(IdentityRow), aliased(IdentityRow)


def _is_account(identity: Any, person: Any) -> Any:
    """Join people with their accounts at the code host."""
    return sa.and_(
        identity.person_id == person,
        identity.provider == _PROVIDER,
        identity.tenant == sa.bindparam("tenant"),
    )


_CAPSTONES = (
    sa.select(CapstoneRow, CohortRow, _PARTICIPANT, _SENSEI)
    .join(CohortRow, col(CohortRow.id) == col(CapstoneRow.cohort_id))
    .outerjoin(_PARTICIPANT, _is_account(_PARTICIPANT, col(CapstoneRow.participant_id)))
    .outerjoin(_SENSEI, _is_account(_SENSEI, col(CapstoneRow.sensei_id)))
    .order_by(
        col(CapstoneRow.owner),
        col(CapstoneRow.name),
        col(CapstoneRow.id),
        col(_PARTICIPANT.id),
        col(_SENSEI.id),
    )
)
"""Any number of capstones by name. If people have several accounts at the code host, the last one counts."""
_ACTIVE = _CAPSTONES.where(
    col(CapstoneRow.tenant) == sa.bindparam("tenant"), col(CapstoneRow.state) == "active"
)
# Made once, since these are asked so often that making them takes longer than the database's answer.
_BY_ID = _CAPSTONES.where(col(CapstoneRow.id) == sa.bindparam("capstone"))
_BY_PARTICIPANT = _ACTIVE.where(col(CapstoneRow.participant_id) == sa.bindparam("person"))


def _utc() -> datetime:
    return datetime.now(UTC)


@dataclass
class SqlCapstones:
    """The ``capstone``, ``cohort``, ``person``, ``identity`` and ``enrolment`` tables.

    ``tenant`` is the code host to which the ids belong.
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
        """Enrol a repository, or update an enrolled one; None keeps the old value.

        If another repository is enrolled under this name, its enrolment ends, as it must have been deleted.
        """
        self._end_others(repository, owner, name)
        cohort_id = self._ensure_cohort(cohort, at)
        row = self._find_row(repository)
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
        row.participant_id = self._ensure_person(participant, cohort_id, "participant", at)
        if sensei:
            row.sensei_id = self._ensure_person(sensei, cohort_id, "sensei", at)
        if publish:
            row.publish = publish
        self.session.add(row)
        self.session.flush()
        return self._as_capstone(row)

    def get(self, capstone: int) -> Capstone:
        """Return a capstone."""
        found = read_once(
            self.session,
            _capstone_key(capstone),
            _CAPSTONE_ROWS,
            lambda: next(iter(self._read(_BY_ID, capstone=capstone)), None),
        )
        if found is None:
            raise NoResultFound(f"no capstone has the id {capstone}")
        return found

    def by_repository(self, repository: int) -> Capstone | None:
        """Return the active capstone of a repository, by its id at the code host."""
        row = self._find_row(repository)
        return self._as_capstone(row) if row and row.state == "active" else None

    def last_of(self, repository: int) -> Capstone | None:
        """Return the capstone of a repository, by its id at the code host, even if it has ended."""
        row = self._find_row(repository)
        return self._as_capstone(row) if row else None

    def by_name(self, full_name: str) -> Capstone | None:
        """Return the active capstone last known under a full name, ignoring case."""
        owner, _, name = full_name.partition("/")
        query = select(CapstoneRow).where(
            CapstoneRow.tenant == self.tenant,
            func.lower(CapstoneRow.owner) == owner.lower(),
            func.lower(CapstoneRow.name) == name.lower(),
            CapstoneRow.state == "active",
        )
        row = self.session.exec(query).first()
        return self._as_capstone(row) if row else None

    def all(self) -> Sequence[Capstone]:
        """List the active capstones by name."""
        return self._read(_ACTIVE)

    def by_participant(self, person: str) -> Sequence[Capstone]:
        """List a participant's active capstones by name."""

        def load() -> tuple[Capstone, ...]:
            found = tuple(self._read(_BY_PARTICIPANT, person=person))
            for capstone in found:
                keep_read(self.session, _capstone_key(capstone.id), _CAPSTONE_ROWS, capstone)
            return found

        return read_once(self.session, ("capstones.by_participant", person), _CAPSTONE_ROWS, load)

    def by_sensei(self, sensei: str) -> Sequence[Capstone]:
        """List a sensei's active capstones by name."""
        return self._read(_ACTIVE.where(col(CapstoneRow.sensei_id) == sensei))

    def set_sensei(self, cohort: int, participant: str, sensei: str | None) -> None:
        """Set the sensei of a participant's active capstones in a cohort; None removes the sensei."""
        query = select(CapstoneRow).where(
            CapstoneRow.tenant == self.tenant,
            CapstoneRow.state == "active",
            CapstoneRow.cohort_id == cohort,
            CapstoneRow.participant_id == participant,
        )
        for row in self.session.exec(query):
            row.sensei_id = sensei
        self.session.flush()

    def set_name(self, repository: int, owner: str, name: str) -> None:
        """Store a repository's new name."""
        if row := self._find_row(repository):
            row.owner, row.name = owner, name

    def set_default_branch(self, repository: int, default_branch: str) -> None:
        """Store a repository's default branch."""
        if row := self._find_row(repository):
            row.default_branch = default_branch

    def set_installation(self, repository: int, installation: int | None) -> None:
        """Store the installation that gives access to a repository; None if there is none."""
        if row := self._find_row(repository):
            row.installation_id = installation

    def clear_installation(self, installation: int) -> None:
        """Remove an installation from all of its repositories."""
        self.session.connection().execute(
            sa.update(CapstoneRow)
            .where(col(CapstoneRow.tenant) == self.tenant, col(CapstoneRow.installation_id) == installation)
            .values(installation_id=None)
        )

    def set_publishing(
        self, capstone: int, publish: PublishPolicy | None = None, held: bool | None = None
    ) -> None:
        """Set which posts need no human approval. Pass None to keep a setting."""
        row = self.session.get_one(CapstoneRow, capstone)
        if publish is not None:
            row.publish = publish
        if held is not None:
            row.held = held

    def end(self, capstone: int) -> None:
        """End an enrolment. The rows remain until the retention period ends."""
        row = self.session.get_one(CapstoneRow, capstone)
        row.state, row.ended_at = "ended", self.now()

    def _end_others(self, repository: int, owner: str, name: str) -> None:
        other = self.by_name(f"{owner}/{name}")
        if other and other.repository != repository:
            self.end(other.id)

    def _find_row(self, repository: int) -> CapstoneRow | None:
        query = select(CapstoneRow).where(
            CapstoneRow.tenant == self.tenant, CapstoneRow.repository_id == repository
        )
        return self.session.exec(query).first()

    def _as_capstone(self, row: CapstoneRow) -> Capstone:
        [capstone] = self._read(_BY_ID, capstone=row.id)
        return capstone

    def _read(self, query: Any, **parameters: Any) -> list[Capstone]:
        """Read capstones with a query that is made from ``_CAPSTONES``."""
        found: dict[int | None, Capstone] = {}
        for row, cohort, participant, sensei in self.session.execute(
            query, {"tenant": self.tenant, **parameters}
        ):
            found[row.id] = _make_capstone(row, cohort, participant, sensei)
            if participant is not None:
                keep_host_account(self.session, participant)
        return list(found.values())

    def _ensure_cohort(self, name: str, at: datetime) -> int:
        row = self.session.exec(select(CohortRow).where(CohortRow.name == name)).first()
        if row is None:
            row = CohortRow(name=name, created_at=at)
            self.session.add(row)
            self.session.flush()
        if row.id is None:
            raise AssertionError("a flushed row has an id")
        return row.id

    def _ensure_person(self, account: Account, cohort: int, role: str, at: datetime) -> str:
        """Return the opaque id of an account's person, adding and enrolling them if necessary."""
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


def _capstone_key(capstone: int) -> Hashable:
    """Return under which key a capstone is kept in a transaction."""
    return "capstones.get", capstone


def _make_capstone(
    row: CapstoneRow, cohort: CohortRow, participant: IdentityRow | None, sensei: IdentityRow | None
) -> Capstone:
    return Capstone(
        id=row.id or 0,
        cohort=row.cohort_id,
        repository=row.repository_id,
        owner=row.owner,
        name=row.name,
        default_branch=row.default_branch,
        installation=row.installation_id,
        participant=_as_account(participant) if participant else ERASED,
        sensei=_as_account(sensei) if sensei else None,
        publish=PublishPolicy(row.publish or cohort.publish),
        held=row.held or cohort.held,
        ended=row.state == "ended",
    )


def _as_account(identity: IdentityRow) -> Account:
    return Account(int(identity.external_id), identity.login)
