"""The tables of people and cohorts: enrolments, profiles, absences, link codes and the calendar.

People's ids have their own columns and are never inside JSON. So erasing a person or merging two people only
has to follow foreign keys.
"""

from datetime import date, datetime

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from bot.adapters.database.table_conventions import (
    NEVER_REUSE_IDS,
    allowed_values,
    cascading_key,
    nullable_person_key,
)
from bot.domain.dojo.people import DateKind
from bot.domain.pull_requests.link_codes import CodeState
from bot.domain.pull_requests.records import PublishPolicy

_ONE_OF_A_KIND = f"kind <> '{DateKind.OTHER}'"


class PersonNameRow(SQLModel, table=True):
    """A person's name."""

    __tablename__ = "person_name"

    person_id: str = Field(primary_key=True, sa_column_args=[cascading_key("person.id")])
    name: str


class ProfileRow(SQLModel, table=True):
    """A member's profile. ``begins`` and ``ends`` are minutes after midnight in their time zone."""

    __tablename__ = "profile"
    __table_args__ = (
        sa.CheckConstraint("0 <= begins AND begins < ends AND ends <= 1440", name="hours_within_a_day"),
        sa.CheckConstraint("capacity >= 0", name="capacity_not_negative"),
    )

    enrolment_id: int = Field(primary_key=True, sa_column_args=[cascading_key("enrolment.id")])
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
    """A person that a member would like to work with. The first choice has the lowest ``rank``."""

    __tablename__ = "preference"

    enrolment_id: int = Field(primary_key=True, sa_column_args=[cascading_key("profile.enrolment_id")])
    person_id: str = Field(primary_key=True, sa_column_args=[cascading_key("person.id")], index=True)
    rank: int


class NeverPairRow(SQLModel, table=True):
    """A confidential request never to pair two people."""

    __tablename__ = "never_pair"
    __table_args__ = (
        sa.UniqueConstraint("cohort_id", "author_id", "other_id"),
        sa.CheckConstraint("author_id <> other_id", name="two_people"),
        NEVER_REUSE_IDS,
    )

    id: int | None = Field(default=None, primary_key=True)
    cohort_id: int = Field(sa_column_args=[cascading_key("cohort.id")])
    author_id: str = Field(sa_column_args=[cascading_key("person.id")], index=True)
    other_id: str = Field(sa_column_args=[cascading_key("person.id")], index=True)
    reason: str = Field(sa_type=sa.Text)
    created_at: datetime


class AbsenceRow(SQLModel, table=True):
    """A holiday of a sensei or a participant, both days included. ``sensei_id`` is whoever is away."""

    __tablename__ = "absence"
    __table_args__ = (
        sa.UniqueConstraint("cohort_id", "sensei_id", "first_day"),
        sa.CheckConstraint("first_day <= last_day", name="ends_after_it_begins"),
        NEVER_REUSE_IDS,
    )

    id: int | None = Field(default=None, primary_key=True)
    cohort_id: int = Field(sa_column_args=[cascading_key("cohort.id")])
    sensei_id: str = Field(sa_column_args=[cascading_key("person.id")], index=True)
    first_day: date
    last_day: date
    deputy_id: str | None = Field(default=None, sa_column_args=[nullable_person_key()], index=True)


class LinkCodeRow(SQLModel, table=True):
    """A one-time code given to a person. Only its digest is stored.

    ``id`` is random. ``login`` is the account that it was requested for, if any. ``account_id`` and
    ``account_login`` identify the account that posted it, in the comment ``comment_id`` at the code host.
    """

    __tablename__ = "link_code"
    __table_args__ = (allowed_values("state", CodeState),)

    person_id: str = Field(primary_key=True, sa_column_args=[cascading_key("person.id")])
    id: str = Field(max_length=32, unique=True)
    digest: str = Field(max_length=64, unique=True)
    state: str = CodeState.GIVEN
    login: str | None = None
    account_id: int | None = Field(default=None, sa_type=sa.BigInteger, index=True)
    account_login: str | None = None
    comment_id: int | None = Field(default=None, sa_type=sa.BigInteger)
    inline: bool = False
    expires_at: datetime = Field(index=True)


class CohortDateRow(SQLModel, table=True):
    """A date in a cohort's calendar. Only the kind ``other`` can appear several times."""

    __tablename__ = "cohort_date"
    __table_args__ = (
        allowed_values("kind", DateKind),
        sa.Index(
            "ix_cohort_date_one_of_a_kind",
            "cohort_id",
            "kind",
            unique=True,
            sqlite_where=sa.text(_ONE_OF_A_KIND),
            postgresql_where=sa.text(_ONE_OF_A_KIND),
        ),
        NEVER_REUSE_IDS,
    )

    id: int | None = Field(default=None, primary_key=True)
    cohort_id: int = Field(sa_column_args=[cascading_key("cohort.id")], index=True)
    kind: str
    title: str
    day: date


class CohortRow(SQLModel, table=True):
    """A cohort. ``workspace`` is its chat workspace; ``weights`` are for its pairing score."""

    __tablename__ = "cohort"

    __table_args__ = (allowed_values("publish", PublishPolicy), NEVER_REUSE_IDS)

    id: int | None = Field(default=None, primary_key=True)
    name: str = Field(unique=True)
    publish: str = PublishPolicy.AUTOMATIC
    held: bool = False
    created_at: datetime
    workspace: str | None = None
    weights: dict[str, int] = Field(
        default_factory=dict, sa_type=sa.JSON, sa_column_kwargs={"server_default": "{}"}
    )


class PersonRow(SQLModel, table=True):
    """A person with an opaque id. Erasure deletes their identities, so no one can tell who they were."""

    __tablename__ = "person"

    id: str = Field(primary_key=True, max_length=32)
    created_at: datetime


class IdentityRow(SQLModel, table=True):
    """A person's account at a provider. ``external_id`` is the provider's id; ``login`` is for display."""

    __tablename__ = "identity"

    __table_args__ = (
        sa.UniqueConstraint("provider", "tenant", "external_id"),
        allowed_values("provider", ("github", "slack")),
        NEVER_REUSE_IDS,
    )

    id: int | None = Field(default=None, primary_key=True)
    person_id: str = Field(sa_column_args=[cascading_key("person.id")], index=True)
    provider: str
    tenant: str
    external_id: str
    login: str
    verified_at: datetime | None = None


class EnrolmentRow(SQLModel, table=True):
    """A person's role in a cohort."""

    __tablename__ = "enrolment"

    __table_args__ = (
        sa.UniqueConstraint("cohort_id", "person_id", "role"),
        allowed_values("role", ("participant", "sensei", "lead")),
        allowed_values("state", ("active", "paused", "left")),
        NEVER_REUSE_IDS,
    )

    id: int | None = Field(default=None, primary_key=True)
    cohort_id: int = Field(sa_column_args=[cascading_key("cohort.id")])
    person_id: str = Field(sa_column_args=[cascading_key("person.id")], index=True)
    role: str
    state: str = "active"
    created_at: datetime
