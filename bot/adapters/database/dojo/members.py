"""Who is in a cohort, what they said of themselves, and what they asked for."""

import uuid
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col, select

from bot.adapters.database.dojo.merging_people import merge
from bot.adapters.database.dojo.tables import (
    AbsenceRow,
    LinkCodeRow,
    NeverPairRow,
    PersonNameRow,
    PreferenceRow,
    ProfileRow,
)
from bot.adapters.database.pull_requests.tables import (
    CapstoneRow,
    CohortRow,
    EnrolmentRow,
    IdentityRow,
    PersonRow,
)
from bot.adapters.database.upserts import insert_or_update
from bot.domain.dojo.people import (
    Absence,
    CohortRole,
    EnrolmentState,
    Member,
    NeverPair,
    Profile,
    Weekday,
    WorkingHours,
)
from bot.domain.pull_requests.link_codes import CodeState, OneTimeCode
from bot.domain.pull_requests.records import Account
from bot.errors import UserError

_CHAT, _HOST = "slack", "github"


@dataclass
class SqlMembers:
    """The ``enrolment`` table and those around it. ``tenant`` is the code host whose accounts are meant."""

    session: Session
    tenant: str

    def join(self, cohort: int, person: str, role: CohortRole, at: datetime) -> Member:
        """Enrol somebody in a role, or make them active again; the profile that there was stays."""
        query = select(EnrolmentRow).where(
            EnrolmentRow.cohort_id == cohort, EnrolmentRow.person_id == person, EnrolmentRow.role == role
        )
        row = self.session.exec(query).first()
        row = row or EnrolmentRow(cohort_id=cohort, person_id=person, role=role, created_at=at)
        row.state = EnrolmentState.ACTIVE
        self.session.add(row)
        self.session.flush()
        return self.get(row.id or 0)

    def of(self, cohort: int, role: CohortRole | None = None) -> Sequence[Member]:
        """List a cohort's people, also the paused ones and those who left, by name."""
        which = [EnrolmentRow.cohort_id == cohort, *([EnrolmentRow.role == role] if role else [])]
        found = self._members(*which)
        return sorted(found, key=lambda one: (one.name.casefold(), one.name, one.person, one.enrolment))

    def roles(self, person: str) -> Sequence[Member]:
        """List everything that somebody is, in all cohorts, the newest cohort first; those they left too."""
        return sorted(
            self._members(EnrolmentRow.person_id == person), key=lambda one: (-one.cohort, one.enrolment)
        )

    def get(self, enrolment: int) -> Member:
        """Return one."""
        [member] = self._members(EnrolmentRow.id == enrolment)
        return member

    def _members(self, *which: Any) -> list[Member]:
        """Read members in four queries, however many they are."""
        rows = self.session.exec(
            select(EnrolmentRow, CohortRow.workspace, PersonNameRow.name)
            .join(CohortRow, col(CohortRow.id) == col(EnrolmentRow.cohort_id))
            .outerjoin(PersonNameRow, col(PersonNameRow.person_id) == col(EnrolmentRow.person_id))
            .where(*which)
        ).all()
        people = select(EnrolmentRow.person_id).where(*which)
        accounts: dict[str, list[IdentityRow]] = {}
        for identity in self.session.exec(
            select(IdentityRow).where(col(IdentityRow.person_id).in_(people)).order_by(col(IdentityRow.id))
        ):
            accounts.setdefault(identity.person_id, []).append(identity)
        enrolments = select(EnrolmentRow.id).where(*which)
        prefers: dict[int, list[str]] = {}
        for preference in self.session.exec(
            select(PreferenceRow)
            .where(col(PreferenceRow.enrolment_id).in_(enrolments))
            .order_by(col(PreferenceRow.rank), col(PreferenceRow.person_id))
        ):
            prefers.setdefault(preference.enrolment_id, []).append(preference.person_id)
        profiles = {
            row.enrolment_id: _profile(row, prefers.get(row.enrolment_id, []))
            for row in self.session.exec(
                select(ProfileRow).where(col(ProfileRow.enrolment_id).in_(enrolments))
            )
        }
        return [
            self._member(row, workspace, name, accounts.get(row.person_id, []), profiles.get(row.id or 0))
            for row, workspace, name in rows
        ]

    def _member(
        self,
        row: EnrolmentRow,
        workspace: str | None,
        name: str | None,
        accounts: Sequence[IdentityRow],
        profile: Profile | None,
    ) -> Member:
        chats = [one for one in accounts if one.provider == _CHAT and workspace in {None, one.tenant}]
        codes = [one for one in accounts if (one.provider, one.tenant) == (_HOST, self.tenant)]
        logins = [one.login for one in (*chats, *codes) if one.login]
        return Member(
            enrolment=row.id or 0,
            cohort=row.cohort_id,
            person=row.person_id,
            name=name or next(iter(logins), ""),
            role=CohortRole(row.role),
            state=EnrolmentState(row.state),
            chat=next((one.external_id for one in chats), None),
            code=next((one.login for one in codes if one.verified_at), None),
            profile=profile,
        )

    def profile(self, enrolment: int, profile: Profile) -> None:
        """Set what somebody said of themselves."""
        said = {
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
        row = insert_or_update(self.session, ProfileRow).values(enrolment_id=enrolment, **said)
        self._do(row.on_conflict_do_update(index_elements=["enrolment_id"], set_=said))
        self._do(sa.delete(PreferenceRow).where(col(PreferenceRow.enrolment_id) == enrolment))
        self.session.expire_all()
        self.session.add_all(
            PreferenceRow(enrolment_id=enrolment, person_id=person, rank=rank)
            for rank, person in enumerate(dict.fromkeys(profile.prefers))
        )
        self.session.flush()

    def state(self, enrolment: int, state: EnrolmentState) -> None:
        """Pause somebody, make them active again, or let them leave."""
        self.session.get_one(EnrolmentRow, enrolment).state = state
        self.session.flush()

    def known_as(self, person: str, name: str) -> None:
        """Note the name that a person goes by."""
        row = insert_or_update(self.session, PersonNameRow).values(person_id=person, name=name)
        self._do(row.on_conflict_do_update(index_elements=["person_id"], set_={"name": name}))

    def by_chat(self, workspace: str, user: str) -> str | None:
        """Return the person of a chat account."""
        identity = self._identity(_CHAT, workspace, user)
        return identity.person_id if identity else None

    def chat(self, workspace: str, user: str, name: str, at: datetime) -> str:
        """Return the person of a chat account; made where it is new. The name is kept as it is now."""
        identity = self._identity(_CHAT, workspace, user) or self._make(_CHAT, workspace, user, at)
        identity.login, identity.verified_at = name, identity.verified_at or at
        self.session.flush()
        if name:
            self.known_as(identity.person_id, name)
        return identity.person_id

    def by_code(self, account: int) -> str | None:
        """Return the person of an account at the code host."""
        identity = self._identity(_HOST, self.tenant, str(account))
        return identity.person_id if identity else None

    def code(self, account: Account, at: datetime) -> str:
        """Return the person of an account at the code host; made, unproved, where it is new."""
        number = str(account.id)
        identity = self._identity(_HOST, self.tenant, number) or self._make(_HOST, self.tenant, number, at)
        identity.login = account.login
        self.session.flush()
        return identity.person_id

    def prove(self, person: str, account: Account, at: datetime) -> str:
        """Note that an account at the code host is a person's, who has shown it; return who they now are."""
        self.may_prove(person, account)
        theirs = self._codes(person)
        found = self._identity(_HOST, self.tenant, str(account.id))
        if found and found.person_id != person:
            merge(self.session, gone=found.person_id, kept=person)
        for wrong in theirs:  # what somebody else said of them, and they have not shown
            if wrong.external_id != str(account.id):
                self.session.delete(wrong)
        self.session.flush()
        identity = found or IdentityRow(
            person_id=person, provider=_HOST, tenant=self.tenant, external_id=str(account.id), login=""
        )
        identity.person_id, identity.login = person, account.login
        identity.verified_at = identity.verified_at or at
        self.session.add(identity)
        self.session.flush()
        return person

    def may_prove(self, person: str, account: Account) -> None:
        """Refuse what ``prove`` would refuse; change nothing."""
        shown = (one for one in self._codes(person) if one.verified_at)
        if other := next((one for one in shown if one.external_id != str(account.id)), None):
            raise UserError(
                f"You have already shown that @{other.login} is yours on GitHub.",
                f"Comment as @{other.login}; the person who runs Sensei can let you take another account.",
            )
        found = self._identity(_HOST, self.tenant, str(account.id))
        elsewhere = found is not None and found.person_id != person
        if found and elsewhere and (found.verified_at or self._chats(found.person_id)):
            raise UserError(
                f"@{account.login} on GitHub belongs to somebody else here.",
                "Ask your dojo's lead, who can see who is enrolled with it; nothing was changed.",
            )

    def _codes(self, person: str) -> Sequence[IdentityRow]:
        return self.session.exec(
            select(IdentityRow).where(
                IdentityRow.person_id == person,
                IdentityRow.provider == _HOST,
                IdentityRow.tenant == self.tenant,
            )
        ).all()

    def disprove(self, person: str, at: datetime) -> Sequence[Account]:
        """Take back what somebody has shown; with an account goes whatever was enrolled by it."""
        shown = [one for one in self._codes(person) if one.verified_at]
        if not shown:
            return []
        other = PersonRow(id=uuid.uuid4().hex, created_at=at)
        self.session.add(other)
        self.session.flush()
        for identity in shown:
            identity.person_id, identity.verified_at = other.id, None
        for column, role in (("participant_id", CohortRole.PARTICIPANT), ("sensei_id", CohortRole.SENSEI)):
            theirs = select(CapstoneRow).where(getattr(CapstoneRow, column) == person)
            for capstone in self.session.exec(theirs).all():
                setattr(capstone, column, other.id)
                self.join(capstone.cohort_id, other.id, role, at)
        self.session.flush()
        return [Account(int(one.external_id), one.login) for one in shown]

    def _chats(self, person: str) -> bool:
        query = select(IdentityRow.id).where(IdentityRow.person_id == person, IdentityRow.provider == _CHAT)
        return self.session.exec(query).first() is not None

    def _identity(self, provider: str, tenant: str, account: str) -> IdentityRow | None:
        query = select(IdentityRow).where(
            IdentityRow.provider == provider, IdentityRow.tenant == tenant, IdentityRow.external_id == account
        )
        return self.session.exec(query).first()

    def _make(self, provider: str, tenant: str, account: str, at: datetime) -> IdentityRow:
        person = PersonRow(id=uuid.uuid4().hex, created_at=at)
        self.session.add(person)
        self.session.flush()
        identity = IdentityRow(
            person_id=person.id, provider=provider, tenant=tenant, external_id=account, login=""
        )
        self.session.add(identity)
        return identity

    def never(self, cohort: int, author: str, other: str, reason: str, at: datetime) -> int:
        """Keep that two people must not be paired. The same author and other again replaces the reason."""
        query = select(NeverPairRow).where(
            NeverPairRow.cohort_id == cohort, NeverPairRow.author_id == author, NeverPairRow.other_id == other
        )
        row = self.session.exec(query).first() or NeverPairRow(
            cohort_id=cohort, author_id=author, other_id=other, reason=reason, created_at=at
        )
        row.reason = reason
        self.session.add(row)
        self.session.flush()
        return row.id or 0

    def nevers_by(self, author: str) -> Sequence[NeverPair]:
        """List what somebody asked for; this is the one way to a reason."""
        query = select(NeverPairRow).where(NeverPairRow.author_id == author).order_by(col(NeverPairRow.id))
        return [
            NeverPair(row.id or 0, row.author_id, row.other_id, row.reason)
            for row in self.session.exec(query)
        ]

    def unnever(self, author: str, entry: int) -> bool:
        """Forget one that somebody asked for; False if they have none of this id."""
        return self._gone(NeverPairRow, col(NeverPairRow.id) == entry, col(NeverPairRow.author_id) == author)

    def forbidden(self, cohort: int) -> frozenset[tuple[str, str]]:
        """Return the pairs that must not be, in both orders, without who asked or why."""
        query = select(NeverPairRow.author_id, NeverPairRow.other_id).where(NeverPairRow.cohort_id == cohort)
        return frozenset(_both_ways(self.session.exec(query)))

    def absent(self, cohort: int, sensei: str, first: date, last: date, deputy: str | None) -> int:
        """Keep a sensei's holiday; return its id. One that begins on the same day is replaced."""
        query = select(AbsenceRow).where(
            AbsenceRow.cohort_id == cohort, AbsenceRow.sensei_id == sensei, AbsenceRow.first_day == first
        )
        row = self.session.exec(query).first() or AbsenceRow(
            cohort_id=cohort, sensei_id=sensei, first_day=first, last_day=last
        )
        row.last_day, row.deputy_id = last, deputy
        self.session.add(row)
        self.session.flush()
        return row.id or 0

    def absences(self, cohort: int, since: date) -> Sequence[Absence]:
        """List the holidays that end on a day or later, by their first day."""
        query = (
            select(AbsenceRow)
            .where(AbsenceRow.cohort_id == cohort, AbsenceRow.last_day >= since)
            .order_by(col(AbsenceRow.first_day), col(AbsenceRow.id))
        )
        return [
            Absence(row.id or 0, row.sensei_id, row.first_day, row.last_day, row.deputy_id)
            for row in self.session.exec(query)
        ]

    def unabsent(self, cohort: int, entry: int) -> bool:
        """Forget a holiday; False if there was none of this id."""
        return self._gone(AbsenceRow, col(AbsenceRow.id) == entry, col(AbsenceRow.cohort_id) == cohort)

    def code_for_link(self, person: str, digest: str, expires: datetime, login: str | None = None) -> None:
        """Keep the digest of a one-time code; a newer one replaces it."""
        given = {"id": uuid.uuid4().hex, "digest": digest, "state": CodeState.GIVEN, "login": login}
        posted = {"account_id": None, "account_login": None, "comment_id": None, "inline": False}
        fresh = {**given, **posted, "expires_at": expires}
        row = insert_or_update(self.session, LinkCodeRow).values(person_id=person, **fresh)
        self._do(row.on_conflict_do_update(index_elements=["person_id"], set_=fresh))
        self.session.expire_all()

    def code_written(self, digest: str) -> OneTimeCode | None:
        """Return the code of a digest."""
        return self._code(LinkCodeRow.digest == digest)

    def code_named(self, id_: str) -> OneTimeCode | None:
        """Return a code by its own id."""
        return self._code(LinkCodeRow.id == id_)

    def code_of(self, person: str) -> OneTimeCode | None:
        """Return the last code that somebody was given."""
        return self._code(LinkCodeRow.person_id == person)

    def code_in(self, comment: int, *, inline: bool) -> OneTimeCode | None:
        """Return the code that a comment has brought."""
        return self._code(LinkCodeRow.comment_id == comment, col(LinkCodeRow.inline).is_(inline))

    def code_posted(self, id_: str, account: Account, comment: int, inline: bool, expires: datetime) -> None:
        """Note which account has written a code, and until when its owner may confirm that."""
        row = self._code_row(LinkCodeRow.id == id_)
        row.state, row.expires_at = CodeState.POSTED, expires
        row.account_id, row.account_login = account.id, account.login
        row.comment_id, row.inline = comment, inline
        self.session.flush()

    def code_ended(self, id_: str, state: CodeState) -> None:
        """Say how a code ended."""
        self._code_row(LinkCodeRow.id == id_).state = state
        self.session.flush()

    def _code_row(self, *which: Any) -> LinkCodeRow:
        return self.session.exec(select(LinkCodeRow).where(*which)).one()

    def _code(self, *which: Any) -> OneTimeCode | None:
        row = self.session.exec(select(LinkCodeRow).where(*which)).first()
        if row is None:
            return None
        known = row.account_id is not None
        return OneTimeCode(
            id=row.id,
            person=row.person_id,
            state=CodeState(row.state),
            expires=row.expires_at,
            login=row.login,
            account=Account(row.account_id or 0, row.account_login or "") if known else None,
            comment=row.comment_id,
            inline=row.inline,
        )

    def tidy(self, before: datetime) -> int:
        """Forget the codes that expired before a moment; return how many."""
        return int(self._do(sa.delete(LinkCodeRow).where(col(LinkCodeRow.expires_at) < before)).rowcount)

    def _gone(self, table: Any, *which: sa.ColumnElement[bool]) -> bool:
        return bool(self._do(sa.delete(table).where(*which)).rowcount)

    def _do(self, statement: Any) -> Any:
        return self.session.connection().execute(statement)


def _profile(row: ProfileRow, prefers: Sequence[str]) -> Profile:
    days = tuple(Weekday(day) for day in row.days)
    return Profile(
        hours=WorkingHours(row.time_zone, days, row.begins, row.ends),
        skills=dict(row.skills),
        stacks=tuple(row.stacks),
        goals=row.goals,
        prefers=tuple(prefers),
        capacity=row.capacity,
        brief=row.brief,
    )


def _both_ways(pairs: Iterable[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    for one, other in pairs:
        yield one, other
        yield other, one
