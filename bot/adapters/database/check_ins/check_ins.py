"""Check-ins that were asked."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import islice

import sqlalchemy as sa
from sqlmodel import Session, col, select

from bot.adapters.database.check_ins.tables import CheckInCodeRow, CheckInRow
from bot.adapters.database.dojo.tables import EnrolmentRow
from bot.adapters.database.pull_requests.tables import CapstoneRow
from bot.adapters.database.transaction_reads import read_once
from bot.adapters.database.upserts import insert_or_update
from bot.domain.check_ins.records import CheckIn, CheckInState, MoveReason, Topic

_IN_A_ROW = 2
"""How many check-ins must be skipped before the sensei hears of it."""
# Made once, since these are asked so often that making them takes longer than the database's answer.
_BY_QUESTION = sa.select(CheckInRow).where(col(CheckInRow.question_id) == sa.bindparam("question"))
_OF_ENROLMENT = (
    sa.select(CheckInRow)
    .where(col(CheckInRow.enrolment_id) == sa.bindparam("enrolment"))
    .order_by(col(CheckInRow.id).desc())
)


@dataclass
class SqlCheckIns:
    """The ``check_in`` table."""

    session: Session

    def add(  # noqa: PLR0913, PLR0917 - one row's columns
        self,
        enrolment: int,
        capstone: int,
        day: date,
        topic: Topic,
        question: int | None,
        asked_for: bool,
        at: datetime,
        *,
        moved_by: MoveReason | None = None,
        offers_fortnight: bool = False,
    ) -> CheckIn:
        """Store a check-in that was asked, or return the one of this kind and day."""
        if (known := self.find(enrolment, day, asked_for=asked_for)) is not None:
            return known
        row = CheckInRow(
            enrolment_id=enrolment,
            capstone_id=capstone,
            day=day,
            topic=topic,
            question_id=question,
            state=CheckInState.ASKED,
            asked_for=asked_for,
            asked_at=at,
            moved_by=moved_by,
            offers_fortnight=offers_fortnight,
        )
        self.session.add(row)
        self.session.flush()
        return _as_check_in(row)

    def get(self, check_in: int) -> CheckIn | None:
        """Return a check-in, or None."""
        row = self.session.get(CheckInRow, check_in)
        return _as_check_in(row) if row else None

    def find(self, enrolment: int, day: date, *, asked_for: bool = False) -> CheckIn | None:
        """Return the check-in that was due on a day, or that the participant asked for then, or None."""
        wanted = day, asked_for
        return next((one for one in self.of(enrolment) if (one.day, one.asked_for) == wanted), None)

    def by_question(self, question: int) -> CheckIn | None:
        """Return the check-in that asked a question, or None."""

        def load() -> CheckIn | None:
            row = self.session.execute(_BY_QUESTION, {"question": question}).scalar_one_or_none()
            return _as_check_in(row) if row else None

        return read_once(self.session, ("check_ins.by_question", question), (CheckInRow,), load)

    def of(self, enrolment: int) -> Sequence[CheckIn]:
        """List the check-ins of an enrolment, newest first."""

        def load() -> tuple[CheckIn, ...]:
            rows = self.session.execute(_OF_ENROLMENT, {"enrolment": enrolment}).scalars()
            return tuple(_as_check_in(row) for row in rows)

        return read_once(self.session, ("check_ins.of", enrolment), (CheckInRow,), load)

    def about(self, capstone: int) -> Sequence[CheckIn]:
        """List the check-ins about a capstone, whoever was asked, oldest first."""
        query = select(CheckInRow).where(CheckInRow.capstone_id == capstone).order_by(col(CheckInRow.id))
        return [_as_check_in(row) for row in self.session.exec(query)]

    def newest(self, enrolments: Collection[int], *, unprompted: bool = False) -> Mapping[int, CheckIn]:
        """Return the newest check-in of each of some enrolments that has any, or the newest due one."""
        wanted = frozenset(enrolments)
        if len(wanted) == 1:
            due = (one for one in self.of(*wanted) if not (unprompted and one.asked_for))
            return {newest.enrolment: newest for newest in islice(due, 1)}
        last = (
            select(sa.func.max(CheckInRow.id))
            .where(col(CheckInRow.enrolment_id).in_(wanted))
            .group_by(col(CheckInRow.enrolment_id), col(CheckInRow.asked_for))
        )
        query = select(CheckInRow).where(col(CheckInRow.id).in_(last)).order_by(col(CheckInRow.id))
        found = read_once(
            self.session,
            ("check_ins.newest", wanted),
            (CheckInRow,),
            lambda: tuple(_as_check_in(row) for row in self.session.exec(query)),
        )
        # Of an enrolment's two, one that was due and one that was asked for, the later one counts.
        return {one.enrolment: one for one in found if not (unprompted and one.asked_for)}

    def skipped_twice(self, capstones: Collection[int], since: datetime) -> Mapping[int, datetime]:
        """Return when the last check-in was skipped, where the one before was skipped too, by capstone."""
        place = sa.func.row_number().over(
            partition_by=col(CheckInRow.capstone_id), order_by=col(CheckInRow.id).desc()
        )
        numbered = (
            sa.select(col(CheckInRow.id).label("id"), place.label("place"))
            .join(EnrolmentRow, col(EnrolmentRow.id) == col(CheckInRow.enrolment_id))
            .join(CapstoneRow, col(CapstoneRow.id) == col(CheckInRow.capstone_id))
            .where(
                col(CheckInRow.capstone_id).in_(capstones),
                col(EnrolmentRow.person_id) == col(CapstoneRow.participant_id),
                col(CheckInRow.state).in_([CheckInState.ANSWERED, CheckInState.SKIPPED]),
            )
            .subquery()
        )
        last_two = sa.select(numbered.c.id).where(numbered.c.place <= _IN_A_ROW)
        query = select(CheckInRow).where(
            col(CheckInRow.id).in_(last_two), CheckInRow.state == CheckInState.SKIPPED
        )
        skipped: dict[int, list[datetime]] = {}
        for row in self.session.exec(query.order_by(col(CheckInRow.id))):
            skipped.setdefault(row.capstone_id, []).append(row.ended_at or row.asked_at)
        return {
            capstone: times[-1]
            for capstone, times in skipped.items()
            if len(times) == _IN_A_ROW and times[-1] >= since
        }

    def asked(self) -> Sequence[CheckIn]:
        """List all check-ins that are in the state ``asked``, oldest first."""
        query = select(CheckInRow).where(CheckInRow.state == CheckInState.ASKED).order_by(col(CheckInRow.id))
        return [_as_check_in(row) for row in self.session.exec(query)]

    def set_state(self, check_in: int, state: CheckInState, at: datetime, reason: str = "") -> None:
        """Store a check-in's state."""
        row = self.session.get_one(CheckInRow, check_in)
        row.state, row.reason = state, reason
        row.ended_at = None if state is CheckInState.ASKED else at
        self.session.flush()

    def note_reminded(self, check_in: int, at: datetime) -> None:
        """Store when the participant was reminded."""
        self.session.get_one(CheckInRow, check_in).reminded_at = at
        self.session.flush()

    def put_off(self, check_in: int, until: date | None) -> None:
        """Store the day on which Sensei comes back to a check-in, or that it has."""
        self.session.get_one(CheckInRow, check_in).put_off_until = until
        self.session.flush()

    def keep_code(self, enrolment: int, capstone: int, fingerprint: str, code: str) -> None:
        """Keep the code of the next question, in place of any that is kept already."""
        kept = {"capstone_id": capstone, "fingerprint": fingerprint, "code": code}
        statement = insert_or_update(self.session, CheckInCodeRow).values(enrolment_id=enrolment, **kept)
        self.session.connection().execute(
            statement.on_conflict_do_update(index_elements=["enrolment_id"], set_=kept)
        )

    def drop_code(self, capstone: int) -> None:
        """Delete the code that is kept for a capstone's next questions."""
        self.session.exec(sa.delete(CheckInCodeRow).where(col(CheckInCodeRow.capstone_id) == capstone))

    def take_code(self, enrolment: int, fingerprint: str) -> str | None:
        """Return the code that is kept for a question, and delete it; None if there is none for it."""
        kept = col(CheckInCodeRow.enrolment_id) == enrolment, col(CheckInCodeRow.fingerprint) == fingerprint
        taken = sa.delete(CheckInCodeRow).where(*kept).returning(col(CheckInCodeRow.code))
        return self.session.connection().execute(taken).scalar_one_or_none()


def _as_check_in(row: CheckInRow) -> CheckIn:
    return CheckIn(
        row.id or 0,
        row.enrolment_id,
        row.capstone_id,
        row.day,
        Topic(row.topic),
        row.question_id,
        CheckInState(row.state),
        row.asked_for,
        row.reason,
        row.asked_at,
        row.reminded_at,
        row.ended_at,
        row.put_off_until,
        MoveReason(row.moved_by) if row.moved_by else None,
        row.offers_fortnight,
    )
