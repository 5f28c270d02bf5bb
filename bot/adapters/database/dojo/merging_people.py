"""Two people who turn out to be one: everything of the one becomes the other's."""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col, select

from bot.adapters.database.dojo.tables import (
    AbsenceRow,
    LinkCodeRow,
    NeverPairRow,
    PairRow,
    PersonNameRow,
    PreferenceRow,
    ProfileRow,
    ProposalRow,
    UnassignedRow,
)
from bot.adapters.database.pull_requests.tables import (
    CapstoneRow,
    EffectRow,
    EnrolmentRow,
    IdentityRow,
    JobRow,
    PersonRow,
)
from bot.domain.pairing.states import GOING_ON, PairState

_PLAIN: tuple[tuple[Any, str], ...] = (
    (CapstoneRow, "participant_id"),
    (CapstoneRow, "sensei_id"),
    (AbsenceRow, "deputy_id"),
    (ProposalRow, "by_id"),
    (IdentityRow, "person_id"),
)
"""Columns in which the same person may stand any number of times."""

_FURTHER = [PairState.PROPOSED, PairState.APPROVED, PairState.ACTIVE]


def merge(session: Session, *, gone: str, kept: str) -> None:
    """Let everything of a person be another's, who they are; the audit trail alone goes on to name them.

    Where both have the same thing, the one that is kept has it as it was: their role's state, their profile,
    their name. Of two pairs that go on in a cohort the one that came further stays. What would tie a person
    to themselves goes.
    """
    session.flush()
    _pairs(session, gone, kept)
    _between(session, gone, kept)
    _enrolments(session, gone=gone, kept=kept)
    _move(session, AbsenceRow, "sensei_id", ("cohort_id", "first_day"), gone=gone, kept=kept)
    _move(session, UnassignedRow, "participant_id", ("proposal_id",), gone=gone, kept=kept)
    _move(session, PersonNameRow, "person_id", (), gone=gone, kept=kept)
    for table, column in _PLAIN:
        _point(session, table, column, gone, kept)
    _do(
        session,
        sa.update(AbsenceRow)
        .where(col(AbsenceRow.deputy_id) == col(AbsenceRow.sensei_id))
        .values(deputy_id=None),
    )
    _do(session, sa.delete(LinkCodeRow).where(col(LinkCodeRow.person_id) == gone))
    _jobs(session, gone, kept)
    _do(session, sa.delete(PersonRow).where(col(PersonRow.id) == gone))
    session.expire_all()


def _pairs(session: Session, gone: str, kept: str) -> None:
    both = (gone, kept)
    _do(
        session,
        sa.delete(PairRow).where(col(PairRow.participant_id).in_(both), col(PairRow.sensei_id).in_(both)),
    )
    going_on = select(PairRow).where(col(PairRow.participant_id).in_(both), col(PairRow.state).in_(GOING_ON))
    cohorts: dict[int, list[PairRow]] = {}
    for row in session.exec(going_on):
        cohorts.setdefault(row.cohort_id, []).append(row)
    for rows in cohorts.values():
        rows.sort(key=lambda row: (_FURTHER.index(PairState(row.state)), row.participant_id == kept))
        for row in rows[:-1]:
            row.state = PairState.ENDED if row.state == PairState.ACTIVE else PairState.REPLACED
    session.flush()
    _point(session, PairRow, "participant_id", gone, kept)
    _point(session, PairRow, "sensei_id", gone, kept)


def _between(session: Session, gone: str, kept: str) -> None:
    """Move what somebody asked for about others, and others about them."""
    both = (gone, kept)
    _do(
        session,
        sa.delete(NeverPairRow).where(
            col(NeverPairRow.author_id).in_(both), col(NeverPairRow.other_id).in_(both)
        ),
    )
    _move(session, NeverPairRow, "author_id", ("cohort_id", "other_id"), gone=gone, kept=kept)
    _move(session, NeverPairRow, "other_id", ("cohort_id", "author_id"), gone=gone, kept=kept)
    _move(session, PreferenceRow, "person_id", ("enrolment_id",), gone=gone, kept=kept)


def _enrolments(session: Session, gone: str, kept: str) -> None:
    rows = session.exec(select(EnrolmentRow).where(col(EnrolmentRow.person_id).in_((gone, kept)))).all()
    mine = {(row.cohort_id, row.role): row for row in rows if row.person_id == kept}
    for row in rows:
        if row.person_id != gone:
            continue
        if (same := mine.get((row.cohort_id, row.role))) is None:
            row.person_id = kept
            continue
        if session.get(ProfileRow, same.id) is None and (profile := session.get(ProfileRow, row.id)):
            _hand_over(session, profile, same.id or 0)
        session.flush()
        _do(session, sa.delete(EffectRow).where(col(EffectRow.key) == f"confirm:{row.id}"))
        _do(session, sa.delete(EnrolmentRow).where(col(EnrolmentRow.id) == row.id))
    session.flush()
    own = select(EnrolmentRow.id).where(EnrolmentRow.person_id == kept)
    _do(
        session,
        sa.delete(PreferenceRow).where(
            col(PreferenceRow.person_id) == kept, col(PreferenceRow.enrolment_id).in_(own)
        ),
    )


def _hand_over(session: Session, profile: ProfileRow, enrolment: int) -> None:
    """Make a profile another enrolment's, with whom it prefers."""
    session.add(ProfileRow(**{**profile.model_dump(), "enrolment_id": enrolment}))
    session.flush()
    _do(
        session,
        sa.update(PreferenceRow)
        .where(col(PreferenceRow.enrolment_id) == profile.enrolment_id)
        .values(enrolment_id=enrolment),
    )


def _jobs(session: Session, gone: str, kept: str) -> None:
    """Let what is due about the one be about the other."""
    for job in session.exec(select(JobRow).where(col(JobRow.started_at).is_(None))):
        if gone in str(job.argument):
            job.argument = _renamed(job.argument, gone, kept)
    session.flush()


def _renamed(value: Any, gone: str, kept: str) -> Any:
    match value:
        case dict():
            return {key: _renamed(part, gone, kept) for key, part in value.items()}
        case list():
            return [_renamed(part, gone, kept) for part in value]
        case _:
            return kept if value == gone else value


def _move(  # noqa: PLR0913 - what, where, and who
    session: Session, table: Any, column: str, same: Sequence[str], *, gone: str, kept: str
) -> None:
    """Point a column from the one to the other, except where the other has the same already."""
    other = sa.orm.aliased(table)
    mine = getattr(table, column) == gone
    has = sa.exists().where(
        getattr(other, column) == kept, *(getattr(other, key) == getattr(table, key) for key in same)
    )
    _do(session, sa.delete(table).where(mine, has))
    _point(session, table, column, gone, kept)


def _point(session: Session, table: Any, column: str, gone: str, kept: str) -> None:
    _do(session, sa.update(table).where(getattr(table, column) == gone).values({column: kept}))


def _do(session: Session, statement: Any) -> None:
    session.connection().execute(statement)
