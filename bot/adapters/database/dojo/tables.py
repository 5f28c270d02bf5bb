"""The tables of a cohort's people: what they said of themselves, who is paired with whom, the calendar.

A person stands in columns of their own alone, never within JSON: so that forgetting one, or finding that two
are one, is a matter of keys.
"""

from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from bot.adapters.database.model_calls.tables import NEVER_AGAIN
from bot.adapters.database.pull_requests.tables import key_to, one_of
from bot.domain.dojo.people import DateKind
from bot.domain.pairing.states import GOING_ON, PairState
from bot.domain.pull_requests.link_codes import CodeState

_GOING_ON = ", ".join(f"'{state}'" for state in GOING_ON)
_GOES_ON = f"state IN ({_GOING_ON})"
_ONE_OF_A_KIND = f"kind <> '{DateKind.OTHER}'"


def _or_nobody() -> Any:
    return sa.ForeignKey("person.id", ondelete="SET NULL")


class PersonNameRow(SQLModel, table=True):
    """The name that a person goes by."""

    __tablename__ = "person_name"

    person_id: str = Field(primary_key=True, sa_column_args=[key_to("person.id")])
    name: str


class ProfileRow(SQLModel, table=True):
    """What somebody said of themselves. ``begins`` and ``ends`` are minutes after their midnight."""

    __tablename__ = "profile"
    __table_args__ = (
        sa.CheckConstraint("0 <= begins AND begins < ends AND ends <= 1440", name="hours_within_a_day"),
        sa.CheckConstraint("capacity >= 0", name="capacity_not_negative"),
    )

    enrolment_id: int = Field(primary_key=True, sa_column_args=[key_to("enrolment.id")])
    time_zone: str
    days: list[str] = Field(sa_type=sa.JSON)
    begins: int
    ends: int
    skills: dict[str, int] = Field(sa_type=sa.JSON)
    stacks: list[str] = Field(sa_type=sa.JSON)
    goals: str = Field(sa_type=sa.Text)
    capacity: int
    brief: str = Field(sa_type=sa.Text)


class PreferenceRow(SQLModel, table=True):
    """Whom somebody would like to work with; the dearest has the lowest ``rank``."""

    __tablename__ = "preference"

    enrolment_id: int = Field(primary_key=True, sa_column_args=[key_to("profile.enrolment_id")])
    person_id: str = Field(primary_key=True, sa_column_args=[key_to("person.id")], index=True)
    rank: int


class NeverPairRow(SQLModel, table=True):
    """Two people who must not be paired, as one of them asked in confidence."""

    __tablename__ = "never_pair"
    __table_args__ = (
        sa.UniqueConstraint("cohort_id", "author_id", "other_id"),
        sa.CheckConstraint("author_id <> other_id", name="two_people"),
        NEVER_AGAIN,
    )

    id: int | None = Field(default=None, primary_key=True)
    cohort_id: int = Field(sa_column_args=[key_to("cohort.id")])
    author_id: str = Field(sa_column_args=[key_to("person.id")], index=True)
    other_id: str = Field(sa_column_args=[key_to("person.id")], index=True)
    reason: str = Field(sa_type=sa.Text)
    created_at: datetime


class AbsenceRow(SQLModel, table=True):
    """A sensei's holiday, both days included."""

    __tablename__ = "absence"
    __table_args__ = (
        sa.UniqueConstraint("cohort_id", "sensei_id", "first_day"),
        sa.CheckConstraint("first_day <= last_day", name="ends_after_it_begins"),
        NEVER_AGAIN,
    )

    id: int | None = Field(default=None, primary_key=True)
    cohort_id: int = Field(sa_column_args=[key_to("cohort.id")])
    sensei_id: str = Field(sa_column_args=[key_to("person.id")], index=True)
    first_day: date
    last_day: date
    deputy_id: str | None = Field(default=None, sa_column_args=[_or_nobody()], index=True)


class LinkCodeRow(SQLModel, table=True):
    """A one-time code that somebody was given; only its digest is known here.

    ``id`` is random. ``login`` is the account that it was asked for, ``account_id`` and ``account_login`` the
    one that has written it, in a comment of the code host.
    """

    __tablename__ = "link_code"
    __table_args__ = (one_of("state", CodeState),)

    person_id: str = Field(primary_key=True, sa_column_args=[key_to("person.id")])
    id: str = Field(max_length=32, unique=True)
    digest: str = Field(max_length=64, unique=True)
    state: str = CodeState.GIVEN
    login: str | None = None
    account_id: int | None = Field(default=None, sa_type=sa.BigInteger, index=True)
    account_login: str | None = None
    comment_id: int | None = Field(default=None, sa_type=sa.BigInteger)
    inline: bool = False
    expires_at: datetime = Field(index=True)


class ProposalRow(SQLModel, table=True):
    """One solve. ``by_id`` None: the operator, or a lead who was erased since."""

    __tablename__ = "proposal"
    __table_args__ = (NEVER_AGAIN,)

    id: int | None = Field(default=None, primary_key=True)
    cohort_id: int = Field(sa_column_args=[key_to("cohort.id")], index=True)
    by_id: str | None = Field(default=None, sa_column_args=[_or_nobody()], index=True)
    at: datetime


class UnassignedRow(SQLModel, table=True):
    """A participant for whom a proposal has nobody."""

    __tablename__ = "unassigned"

    proposal_id: int = Field(primary_key=True, sa_column_args=[key_to("proposal.id")])
    participant_id: str = Field(primary_key=True, sa_column_args=[key_to("person.id")], index=True)
    blame: str


class PairRow(SQLModel, table=True):
    """A participant with a sensei, and what became of it."""

    __tablename__ = "pairing"

    __table_args__ = (
        one_of("state", PairState),
        sa.CheckConstraint("participant_id <> sensei_id", name="two_people"),
        sa.Index(
            "ix_pairing_goes_on",
            "cohort_id",
            "participant_id",
            unique=True,
            sqlite_where=sa.text(_GOES_ON),
            postgresql_where=sa.text(_GOES_ON),
        ),
        NEVER_AGAIN,
    )

    id: int | None = Field(default=None, primary_key=True)
    cohort_id: int = Field(sa_column_args=[key_to("cohort.id")], index=True)
    proposal_id: int = Field(sa_column_args=[key_to("proposal.id")], index=True)
    participant_id: str = Field(sa_column_args=[key_to("person.id")], index=True)
    sensei_id: str = Field(sa_column_args=[key_to("person.id")], index=True)
    state: str = PairState.PROPOSED
    fit: int
    reasons: list[dict[str, Any]] = Field(sa_type=sa.JSON)
    locked: bool = False
    why: str = Field(default="", sa_type=sa.Text)
    changed_at: datetime


class CohortDateRow(SQLModel, table=True):
    """A day in a cohort's calendar; of each kind but ``other`` there is one."""

    __tablename__ = "cohort_date"
    __table_args__ = (
        one_of("kind", DateKind),
        sa.Index(
            "ix_cohort_date_one_of_a_kind",
            "cohort_id",
            "kind",
            unique=True,
            sqlite_where=sa.text(_ONE_OF_A_KIND),
            postgresql_where=sa.text(_ONE_OF_A_KIND),
        ),
        NEVER_AGAIN,
    )

    id: int | None = Field(default=None, primary_key=True)
    cohort_id: int = Field(sa_column_args=[key_to("cohort.id")], index=True)
    kind: str
    title: str
    day: date
