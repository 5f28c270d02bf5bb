"""Merging two records of the same person."""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col, select

from bot.adapters.database.articulation.tables import PrivateMessageRow
from bot.adapters.database.check_ins.tables import CheckInRow, RhythmChoiceRow, UnpromptedMessageRow
from bot.adapters.database.decisions.tables import DecisionRow
from bot.adapters.database.defences.tables import DefenceRow, DefenceRulingRow
from bot.adapters.database.design_documents.tables import DesignDocumentRow
from bot.adapters.database.dojo.tables import (
    AbsenceRow,
    EnrolmentRow,
    IdentityRow,
    LinkCodeRow,
    NeverPairRow,
    PersonNameRow,
    PersonRow,
    PreferenceRow,
    ProfileRow,
)
from bot.adapters.database.jobs.tables import EffectRow, JobRow
from bot.adapters.database.one_to_ones.tables import CalendarLinkRow, OneToOneNoteRow, OneToOneRow
from bot.adapters.database.pairing.tables import PairRow, ProposalRow, UnassignedRow
from bot.adapters.database.pull_requests.tables import CapstoneRow
from bot.adapters.database.triage.digest_keys import rename_in_keys
from bot.adapters.database.triage.tables import (
    AppealRow,
    CriterionRulingRow,
    CriterionSnapshotRow,
    DigestRow,
    ExemptionRow,
    RulingLockRow,
    SnoozeRow,
)
from bot.domain.pairing.states import GOING_ON, PairState

_FREE_COLUMNS: tuple[tuple[Any, str], ...] = (
    (CapstoneRow, "participant_id"),
    (CapstoneRow, "sensei_id"),
    (AbsenceRow, "deputy_id"),
    (ProposalRow, "by_id"),
    (IdentityRow, "person_id"),
    (PrivateMessageRow, "person_id"),
    (DecisionRow, "person_id"),
    (CriterionRulingRow, "participant_id"),
    (CriterionRulingRow, "sensei_id"),
    (CriterionSnapshotRow, "participant_id"),
    (RulingLockRow, "sensei_id"),
    (ExemptionRow, "sensei_id"),
    (AppealRow, "person_id"),
    (AppealRow, "second_id"),
    (OneToOneRow, "participant_id"),
    (OneToOneRow, "sensei_id"),
    (OneToOneRow, "attendee_id"),
    (CalendarLinkRow, "added_by"),
    (DesignDocumentRow, "person_id"),
    (DefenceRow, "participant_id"),
    (DefenceRow, "prepared_by"),
    (DefenceRulingRow, "ruled_by"),
)
"""Columns in which the same person can appear any number of times."""

_PROGRESS = [PairState.PROPOSED, PairState.APPROVED, PairState.ACTIVE]


def merge_people(session: Session, *, gone: str, kept: str) -> None:
    """Move all rows of the person ``gone`` to ``kept``. Afterwards, only the audit trail names ``gone``.

    If both have a role, profile or name, the one of ``kept`` stays. If both have an ongoing pair in a cohort,
    the more advanced pair stays. Rows that would link the person to themselves are deleted.
    """
    session.flush()
    _merge_pairs(session, gone, kept)
    _merge_never_pairs_and_preferences(session, gone, kept)
    _merge_enrolments(session, gone=gone, kept=kept)
    _move_rows(session, AbsenceRow, "sensei_id", ("cohort_id", "first_day"), gone=gone, kept=kept)
    _move_rows(session, UnassignedRow, "participant_id", ("proposal_id",), gone=gone, kept=kept)
    _move_rows(session, PersonNameRow, "person_id", (), gone=gone, kept=kept)
    _move_rows(session, UnpromptedMessageRow, "person_id", ("day",), gone=gone, kept=kept)
    _move_rows(session, SnoozeRow, "person_id", ("item",), gone=gone, kept=kept)
    _move_rows(session, DigestRow, "person_id", ("cohort_id", "role", "week"), gone=gone, kept=kept)
    _move_rows(session, OneToOneNoteRow, "person_id", ("one_to_one_id",), gone=gone, kept=kept)
    rename_in_keys(session, gone, kept)
    for table, column in _FREE_COLUMNS:
        _repoint(session, table, column, gone, kept)
    _execute(
        session,
        sa.update(AbsenceRow)
        .where(col(AbsenceRow.deputy_id) == col(AbsenceRow.sensei_id))
        .values(deputy_id=None),
    )
    alone = col(OneToOneRow.participant_id).in_([col(OneToOneRow.sensei_id), col(OneToOneRow.attendee_id)])
    _execute(session, sa.delete(OneToOneRow).where(alone))
    _execute(session, sa.delete(LinkCodeRow).where(col(LinkCodeRow.person_id) == gone))
    _rename_person_in_jobs(session, gone, kept)
    _execute(session, sa.delete(PersonRow).where(col(PersonRow.id) == gone))
    session.expire_all()


def _merge_pairs(session: Session, gone: str, kept: str) -> None:
    both = (gone, kept)
    _execute(
        session,
        sa.delete(PairRow).where(col(PairRow.participant_id).in_(both), col(PairRow.sensei_id).in_(both)),
    )
    going_on = select(PairRow).where(col(PairRow.participant_id).in_(both), col(PairRow.state).in_(GOING_ON))
    cohorts: dict[int, list[PairRow]] = {}
    for row in session.exec(going_on):
        cohorts.setdefault(row.cohort_id, []).append(row)
    for rows in cohorts.values():
        rows.sort(key=lambda row: (_PROGRESS.index(PairState(row.state)), row.participant_id == kept))
        for row in rows[:-1]:
            row.state = PairState.ENDED if row.state == PairState.ACTIVE else PairState.REPLACED
    session.flush()
    _repoint(session, PairRow, "participant_id", gone, kept)
    _repoint(session, PairRow, "sensei_id", gone, kept)


def _merge_never_pairs_and_preferences(session: Session, gone: str, kept: str) -> None:
    """Move the person's never-pairs and preferences, and those about them."""
    both = (gone, kept)
    _execute(
        session,
        sa.delete(NeverPairRow).where(
            col(NeverPairRow.author_id).in_(both), col(NeverPairRow.other_id).in_(both)
        ),
    )
    _move_rows(session, NeverPairRow, "author_id", ("cohort_id", "other_id"), gone=gone, kept=kept)
    _move_rows(session, NeverPairRow, "other_id", ("cohort_id", "author_id"), gone=gone, kept=kept)
    _move_rows(session, PreferenceRow, "person_id", ("enrolment_id",), gone=gone, kept=kept)


def _merge_enrolments(session: Session, gone: str, kept: str) -> None:
    rows = session.exec(select(EnrolmentRow).where(col(EnrolmentRow.person_id).in_((gone, kept)))).all()
    mine = {(row.cohort_id, row.role): row for row in rows if row.person_id == kept}
    for row in rows:
        if row.person_id != gone:
            continue
        if (same := mine.get((row.cohort_id, row.role))) is None:
            row.person_id = kept
            continue
        _move_check_ins(session, row.id or 0, same.id or 0)
        if session.get(ProfileRow, same.id) is None and (profile := session.get(ProfileRow, row.id)):
            _hand_over(session, profile, same.id or 0)
        _hand_over_calendar(session, gone=row.id or 0, kept=same.id or 0)
        session.flush()
        _execute(session, sa.delete(EffectRow).where(col(EffectRow.key) == f"confirm:{row.id}"))
        _execute(session, sa.delete(EnrolmentRow).where(col(EnrolmentRow.id) == row.id))
    session.flush()
    own = select(EnrolmentRow.id).where(EnrolmentRow.person_id == kept)
    _execute(
        session,
        sa.delete(PreferenceRow).where(
            col(PreferenceRow.person_id) == kept, col(PreferenceRow.enrolment_id).in_(own)
        ),
    )


def _move_check_ins(session: Session, gone: int, kept: int) -> None:
    """Move the check-ins and the rhythm of an enrolment to another one, which keeps what it has."""
    _move_rows(session, CheckInRow, "enrolment_id", ("day", "asked_for"), gone=gone, kept=kept)
    _move_rows(session, RhythmChoiceRow, "enrolment_id", (), gone=gone, kept=kept)


def _hand_over(session: Session, profile: ProfileRow, enrolment: int) -> None:
    """Move a profile and its preferences to another enrolment."""
    session.add(ProfileRow(**{**profile.model_dump(), "enrolment_id": enrolment}))
    session.flush()
    _execute(
        session,
        sa.update(PreferenceRow)
        .where(col(PreferenceRow.enrolment_id) == profile.enrolment_id)
        .values(enrolment_id=enrolment),
    )


def _hand_over_calendar(session: Session, *, gone: int, kept: int) -> None:
    """Move the calendar of one enrolment to another, unless that has one."""
    calendar = session.get(CalendarLinkRow, gone)
    if calendar is not None and session.get(CalendarLinkRow, kept) is None:
        session.add(CalendarLinkRow(**{**calendar.model_dump(), "enrolment_id": kept}))


def _rename_person_in_jobs(session: Session, gone: str, kept: str) -> None:
    """Replace the person in the arguments of jobs that have not started."""
    for job in session.exec(select(JobRow).where(col(JobRow.started_at).is_(None))):
        if gone in str(job.argument):
            job.argument = _replace_person(job.argument, gone, kept)
    session.flush()


def _replace_person(value: Any, gone: str, kept: str) -> Any:
    match value:
        case dict():
            return {key: _replace_person(part, gone, kept) for key, part in value.items()}
        case list():
            return [_replace_person(part, gone, kept) for part in value]
        case _:
            return kept if value == gone else value


def _move_rows(  # noqa: PLR0913 - the rows, and both people
    session: Session, table: Any, column: str, same: Sequence[str], *, gone: str | int, kept: str | int
) -> None:
    """Change a column from ``gone`` to ``kept``. Delete rows that ``kept`` already has by ``same``."""
    other = sa.orm.aliased(table)
    mine = getattr(table, column) == gone
    has = sa.exists().where(
        getattr(other, column) == kept, *(getattr(other, key) == getattr(table, key) for key in same)
    )
    _execute(session, sa.delete(table).where(mine, has))
    _repoint(session, table, column, gone, kept)


def _repoint(session: Session, table: Any, column: str, gone: str | int, kept: str | int) -> None:
    _execute(session, sa.update(table).where(getattr(table, column) == gone).values({column: kept}))


def _execute(session: Session, statement: Any) -> None:
    session.connection().execute(statement)
