"""Members of cohorts: their roles, names, profiles and accounts."""

import uuid
from collections.abc import Collection, Hashable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col, select

from bot.adapters.database.dojo.merging_people import merge_people
from bot.adapters.database.dojo.tables import (
    CohortRow,
    EnrolmentRow,
    IdentityRow,
    PersonNameRow,
    PersonRow,
    PreferenceRow,
    ProfileRow,
)
from bot.adapters.database.pull_requests.tables import CapstoneRow
from bot.adapters.database.transaction_reads import keep_read, read_once
from bot.adapters.database.upserts import insert_or_update
from bot.domain.dojo.people import (
    CohortRole,
    EnrolmentState,
    Member,
    Profile,
    Weekday,
    WorkingHours,
)
from bot.domain.pull_requests.records import Account
from bot.errors import UserError

_CHAT, _HOST = "slack", "github"
_MEMBER_ROWS = (EnrolmentRow, CohortRow, PersonNameRow, ProfileRow, PreferenceRow, IdentityRow)
_PREFERRED = (
    sa.select(
        sa.func.aggregate_strings(
            sa.cast(col(PreferenceRow.rank), sa.String) + ":" + col(PreferenceRow.person_id), " "
        )
    )
    .where(col(PreferenceRow.enrolment_id) == col(EnrolmentRow.id))
    .correlate(EnrolmentRow)
    .scalar_subquery()
)
"""The ids of the people whom a member prefers, each with its rank, as in ``0:ada 1:bo``; NULL for none."""
_MEMBERS = (
    sa.select(
        EnrolmentRow, col(CohortRow.workspace), col(PersonNameRow.name), ProfileRow, _PREFERRED, IdentityRow
    )
    .join(CohortRow, col(CohortRow.id) == col(EnrolmentRow.cohort_id))
    .outerjoin(PersonNameRow, col(PersonNameRow.person_id) == col(EnrolmentRow.person_id))
    .outerjoin(ProfileRow, col(ProfileRow.enrolment_id) == col(EnrolmentRow.id))
    .outerjoin(IdentityRow, col(IdentityRow.person_id) == col(EnrolmentRow.person_id))
    .order_by(col(EnrolmentRow.id), col(IdentityRow.id))
)
"""Any number of members, with a row for each account of a member."""
_ENROLMENT = sa.select(col(EnrolmentRow.person_id)).where(col(EnrolmentRow.id) == sa.bindparam("enrolment"))
# Made once, since these are asked so often that making them takes longer than the database's answer.
_OF_PEOPLE = _MEMBERS.where(col(EnrolmentRow.person_id).in_(sa.bindparam("people", expanding=True)))
_OF_ENROLMENT = _MEMBERS.where(col(EnrolmentRow.person_id).in_(_ENROLMENT))


@dataclass
class SqlMembers:
    """The ``enrolment``, ``profile``, ``preference``, ``person_name`` and ``identity`` tables.

    ``tenant`` is the code host that the accounts belong to.
    """

    session: Session
    tenant: str

    def join(self, cohort: int, person: str, role: CohortRole, at: datetime) -> Member:
        """Enrol a person in a role, or reactivate them with their earlier profile."""
        query = select(EnrolmentRow).where(
            EnrolmentRow.cohort_id == cohort, EnrolmentRow.person_id == person, EnrolmentRow.role == role
        )
        row = self.session.exec(query).first()
        row = row or EnrolmentRow(cohort_id=cohort, person_id=person, role=role, created_at=at)
        row.state = EnrolmentState.ACTIVE
        self.session.add(row)
        self.session.flush()
        return self.get(row.id or 0)

    def of(
        self, cohort: int, role: CohortRole | None = None, people: Collection[str] | None = None
    ) -> Sequence[Member]:
        """List a cohort's members, or some of them, by name, including those who are paused or have left."""
        if people is None:
            wanted = [
                col(EnrolmentRow.cohort_id) == cohort,
                *([col(EnrolmentRow.role) == role] if role else []),
            ]
            found: Iterable[Member] = self._read_members(_MEMBERS.where(*wanted))
        else:
            known = self.of_people(people)
            found = (one for one in known if one.cohort == cohort and role in {None, one.role})
        return sorted(
            found, key=lambda member: (member.name.casefold(), member.name, member.person, member.enrolment)
        )

    def roles(self, person: str) -> Sequence[Member]:
        """List a person's roles in all cohorts, including roles they have left, newest cohort first."""
        return self.of_people([person])

    def of_people(self, people: Collection[str]) -> Sequence[Member]:
        """List the roles of some people in all cohorts, newest cohort first."""
        wanted = frozenset(people)
        if not wanted:
            return ()
        return read_once(
            self.session,
            _by_people(wanted),
            _MEMBER_ROWS,
            lambda: _sort_roles(self._read_members(_OF_PEOPLE, people=list(wanted))),
        )

    def get(self, enrolment: int) -> Member:
        """Return the member with this enrolment."""
        [member] = (role for role in self._read_roles(enrolment) if role.enrolment == enrolment)
        return member

    def _read_roles(self, enrolment: int) -> tuple[Member, ...]:
        """Return all roles of the person who has an enrolment, since they are needed next."""

        def load() -> tuple[Member, ...]:
            roles = _sort_roles(self._read_members(_OF_ENROLMENT, enrolment=enrolment))
            for role in roles[:1]:
                keep_read(self.session, _by_people(frozenset({role.person})), _MEMBER_ROWS, roles)
            return roles

        return read_once(self.session, ("members.by_enrolment", enrolment), _MEMBER_ROWS, load)

    def _read_members(self, query: Any, **parameters: Any) -> list[Member]:
        """Read members with a query that is made from ``_MEMBERS``."""
        rows = self.session.execute(query, parameters)
        members = []
        for _, same in groupby(rows, lambda row: row[0].id):
            found = list(same)
            row, workspace, name, profile, preferred, _ = found[0]
            accounts = [account for *_, account in found if account is not None]
            members.append(
                self._as_member(
                    row, workspace, name, accounts, _as_profile(profile, preferred) if profile else None
                )
            )
        return members

    def _as_member(
        self,
        row: EnrolmentRow,
        workspace: str | None,
        name: str | None,
        accounts: Sequence[IdentityRow],
        profile: Profile | None,
    ) -> Member:
        chat_accounts = [
            account
            for account in accounts
            if account.provider == _CHAT and workspace in {None, account.tenant}
        ]
        host_accounts = [
            account for account in accounts if (account.provider, account.tenant) == (_HOST, self.tenant)
        ]
        logins = [account.login for account in (*chat_accounts, *host_accounts) if account.login]
        return Member(
            enrolment=row.id or 0,
            cohort=row.cohort_id,
            person=row.person_id,
            name=name or next(iter(logins), ""),
            role=CohortRole(row.role),
            state=EnrolmentState(row.state),
            chat=next((account.external_id for account in chat_accounts), None),
            code=next((account.login for account in host_accounts if account.verified_at), None),
            profile=profile,
        )

    def set_profile(self, enrolment: int, profile: Profile) -> None:
        """Store a member's profile, replacing any earlier one."""
        values = {
            "time_zone": profile.hours.time_zone,
            "days": [str(day) for day in profile.hours.days],
            "begins": profile.hours.begins,
            "ends": profile.hours.ends,
            "skills": dict(profile.skills),
            "stacks": list(profile.stacks),
            "goals": profile.goals,
            "capacity": profile.capacity,
            "brief": profile.brief,
        }
        statement = insert_or_update(self.session, ProfileRow).values(enrolment_id=enrolment, **values)
        self._execute(statement.on_conflict_do_update(index_elements=["enrolment_id"], set_=values))
        self._execute(sa.delete(PreferenceRow).where(col(PreferenceRow.enrolment_id) == enrolment))
        self.session.expire_all()
        self.session.add_all(
            PreferenceRow(enrolment_id=enrolment, person_id=person, rank=rank)
            for rank, person in enumerate(dict.fromkeys(profile.prefers))
        )
        self.session.flush()

    def set_state(self, enrolment: int, state: EnrolmentState) -> None:
        """Store whether a member is active, paused or has left."""
        self.session.get_one(EnrolmentRow, enrolment).state = state
        self.session.flush()

    def set_name(self, person: str, name: str) -> None:
        """Store a person's name."""
        statement = insert_or_update(self.session, PersonNameRow).values(person_id=person, name=name)
        self._execute(statement.on_conflict_do_update(index_elements=["person_id"], set_={"name": name}))

    def by_chat(self, workspace: str, user: str) -> str | None:
        """Return the person with this chat account."""
        identity = self._find_identity(_CHAT, workspace, user)
        return identity.person_id if identity else None

    def find_or_add_by_chat(self, workspace: str, user: str, name: str, at: datetime) -> str:
        """Return the person with this chat account, adding them if new. Update their name."""
        identity = self._find_identity(_CHAT, workspace, user) or self._add_identity(
            _CHAT, workspace, user, at
        )
        identity.login, identity.verified_at = name, identity.verified_at or at
        self.session.flush()
        if name:
            self.set_name(identity.person_id, name)
        return identity.person_id

    def by_host_account(self, account: int) -> str | None:
        """Return the person with this account at the code host."""

        def load() -> str | None:
            identity = self._find_identity(_HOST, self.tenant, str(account))
            return identity.person_id if identity else None

        return read_once(self.session, _by_account(self.tenant, str(account)), (IdentityRow,), load)

    def find_or_add_by_host_account(self, account: Account, at: datetime) -> str:
        """Return the person with this account at the code host. Add a new one without proof."""
        number = str(account.id)
        identity = self._find_identity(_HOST, self.tenant, number) or self._add_identity(
            _HOST, self.tenant, number, at
        )
        identity.login = account.login
        self.session.flush()
        return identity.person_id

    def prove(self, person: str, account: Account, at: datetime) -> str:
        """Store that a person has proved that an account is theirs; return the person."""
        self.check_proof(person, account)
        host_accounts = self._host_identities(person)
        found = self._find_identity(_HOST, self.tenant, str(account.id))
        if found and found.person_id != person:
            merge_people(self.session, gone=found.person_id, kept=person)
        for identity in host_accounts:  # the others were entered by someone else, without proof
            if identity.external_id != str(account.id):
                self.session.delete(identity)
        self.session.flush()
        proved = found or IdentityRow(
            person_id=person, provider=_HOST, tenant=self.tenant, external_id=str(account.id), login=""
        )
        proved.person_id, proved.login = person, account.login
        proved.verified_at = proved.verified_at or at
        self.session.add(proved)
        self.session.flush()
        return person

    def check_proof(self, person: str, account: Account) -> None:
        """Raise the error that ``prove`` would raise, without changing anything."""
        proved = (identity for identity in self._host_identities(person) if identity.verified_at)
        other = next((identity for identity in proved if identity.external_id != str(account.id)), None)
        if other:
            raise UserError(
                f"You've already linked a different GitHub account, @{other.login}.",
                f"Comment as @{other.login}. The person who runs Sensei can let you use another account.",
            )
        found = self._find_identity(_HOST, self.tenant, str(account.id))
        is_elsewhere = found is not None and found.person_id != person
        if found and is_elsewhere and (found.verified_at or self._has_chat_account(found.person_id)):
            raise UserError(
                f"The GitHub account @{account.login} already belongs to someone else here.",
                "Nothing was changed. Ask a lead of your dojo, who can see whose account it is.",
            )

    def disprove(self, person: str, at: datetime) -> Sequence[Account]:
        """Remove the proof of a person's accounts and move their capstones; return the accounts."""
        proved = [identity for identity in self._host_identities(person) if identity.verified_at]
        if not proved:
            return []
        other = PersonRow(id=uuid.uuid4().hex, created_at=at)
        self.session.add(other)
        self.session.flush()
        for identity in proved:
            identity.person_id, identity.verified_at = other.id, None
        for column, role in (("participant_id", CohortRole.PARTICIPANT), ("sensei_id", CohortRole.SENSEI)):
            capstones = select(CapstoneRow).where(getattr(CapstoneRow, column) == person)
            for capstone in self.session.exec(capstones).all():
                setattr(capstone, column, other.id)
                self.join(capstone.cohort_id, other.id, role, at)
        self.session.flush()
        return [Account(int(identity.external_id), identity.login) for identity in proved]

    def _host_identities(self, person: str) -> Sequence[IdentityRow]:
        return self.session.exec(
            select(IdentityRow).where(
                IdentityRow.person_id == person,
                IdentityRow.provider == _HOST,
                IdentityRow.tenant == self.tenant,
            )
        ).all()

    def _has_chat_account(self, person: str) -> bool:
        query = select(IdentityRow.id).where(IdentityRow.person_id == person, IdentityRow.provider == _CHAT)
        return self.session.exec(query).first() is not None

    def _find_identity(self, provider: str, tenant: str, account: str) -> IdentityRow | None:
        query = select(IdentityRow).where(
            IdentityRow.provider == provider, IdentityRow.tenant == tenant, IdentityRow.external_id == account
        )
        return self.session.exec(query).first()

    def _add_identity(self, provider: str, tenant: str, account: str, at: datetime) -> IdentityRow:
        person = PersonRow(id=uuid.uuid4().hex, created_at=at)
        self.session.add(person)
        self.session.flush()
        identity = IdentityRow(
            person_id=person.id, provider=provider, tenant=tenant, external_id=account, login=""
        )
        self.session.add(identity)
        return identity

    def _execute(self, statement: Any) -> None:
        self.session.connection().execute(statement)


def keep_host_account(session: Session, identity: IdentityRow) -> None:
    """Let ``SqlMembers.by_host_account`` know whose account was just read."""
    key = _by_account(identity.tenant, identity.external_id)
    keep_read(session, key, (IdentityRow,), identity.person_id)


def _by_account(tenant: str, account: str) -> Hashable:
    return "members.by_host_account", tenant, account


def _by_people(people: frozenset[str]) -> Hashable:
    """Return under which key the roles of some people are kept in a transaction."""
    return "members.of_people", people


def _sort_roles(members: Iterable[Member]) -> tuple[Member, ...]:
    return tuple(sorted(members, key=lambda member: (-member.cohort, member.enrolment)))


def _list_preferred(text: str | None) -> tuple[str, ...]:
    """Return the people in a column ``_PREFERRED``, by rank."""
    ranked = [(int(rank), person) for rank, _, person in (one.partition(":") for one in (text or "").split())]
    return tuple(person for _, person in sorted(ranked))


def _as_profile(row: ProfileRow, preferred: str | None) -> Profile:
    days = tuple(Weekday(day) for day in row.days)
    return Profile(
        hours=WorkingHours(row.time_zone, days, row.begins, row.ends),
        skills=dict(row.skills),
        stacks=tuple(row.stacks),
        goals=row.goals,
        prefers=_list_preferred(preferred),
        capacity=row.capacity,
        brief=row.brief,
    )
