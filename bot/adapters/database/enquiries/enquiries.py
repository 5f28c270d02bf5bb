"""Enquiries with their messages and answers."""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Session, col, select

from bot.adapters.database.dojo.tables import EnrolmentRow
from bot.adapters.database.enquiries.tables import (
    EnquiryAnswerRow,
    EnquiryHandoverRow,
    EnquiryMessageRow,
    EnquiryRow,
)
from bot.domain.enquiries.records import (
    Answer,
    AnswerSource,
    AnswerState,
    Citation,
    Enquiry,
    EnquiryMessage,
    Feedback,
    FeedbackReason,
    Kind,
    Place,
    Rung,
)

_CHANGED_AT = sa.func.coalesce(col(EnquiryMessageRow.edited_at), col(EnquiryMessageRow.at))


@dataclass
class SqlEnquiries:
    """The ``enquiry``, ``enquiry_message`` and ``enquiry_answer`` tables."""

    session: Session

    def open(self, enrolment: int, place: Place, channel: str, thread: str, at: datetime) -> Enquiry:
        """Return the enquiry of a thread; begin it if there is none."""
        if (known := self.find(channel, thread)) is not None:
            return known
        row = EnquiryRow(
            enrolment_id=enrolment, place=place, channel=channel, thread=thread, asked_at=at, moved_at=at
        )
        self.session.add(row)
        self.session.flush()
        return _as_enquiry(row)

    def get(self, enquiry: int) -> Enquiry | None:
        """Return an enquiry, or None."""
        row = self.session.get(EnquiryRow, enquiry)
        return _as_enquiry(row) if row else None

    def find(self, channel: str, thread: str) -> Enquiry | None:
        """Return the enquiry of a thread, or None."""
        query = select(EnquiryRow).where(EnquiryRow.channel == channel, EnquiryRow.thread == thread)
        row = self.session.exec(query).one_or_none()
        return _as_enquiry(row) if row else None

    def place(self, enquiry: int, channel: str, thread: str) -> None:
        """Store where the thread of an enquiry is, and that its first message began it.

        What was asked there before that was known becomes part of it.
        """
        row = self.session.get_one(EnquiryRow, enquiry)
        if (other := self.find(channel, thread)) is not None and other.id != enquiry:
            self._move(other.id, enquiry)
        first = self.session.exec(
            select(EnquiryMessageRow).where(
                EnquiryMessageRow.enquiry_id == enquiry, EnquiryMessageRow.ts == row.thread
            )
        ).one_or_none()
        if first is not None:
            first.ts = thread
        row.channel, row.thread = channel, thread
        self.session.flush()

    def _move(self, source: int, target: int) -> None:
        """Move all that belongs to an enquiry to another one, and delete it."""
        for table in (EnquiryMessageRow, EnquiryAnswerRow, EnquiryHandoverRow):
            moved = sa.update(table).where(col(table.enquiry_id) == source)
            self.session.exec(moved.values(enquiry_id=target))
        old = self.session.get_one(EnquiryRow, source)
        row = self.session.get_one(EnquiryRow, target)
        row.moved_at = max(row.moved_at, old.moved_at)
        self.session.delete(old)
        self.session.flush()

    def of(self, enrolment: int) -> Sequence[Enquiry]:
        """List somebody's enquiries in a cohort, newest first."""
        query = select(EnquiryRow).where(EnquiryRow.enrolment_id == enrolment)
        return [_as_enquiry(row) for row in self.session.exec(query.order_by(col(EnquiryRow.id).desc()))]

    def add_message(self, enquiry: int, ts: str, text: str, at: datetime) -> EnquiryMessage:
        """Store what the asker wrote, or return the message that is stored already."""
        if (known := self.find_message(enquiry, ts)) is not None:
            return known
        row = EnquiryMessageRow(enquiry_id=enquiry, ts=ts, text=text, at=at)
        self.session.add(row)
        self.session.get_one(EnquiryRow, enquiry).moved_at = at
        self.session.flush()
        return _as_message(row)

    def get_message(self, message: int) -> EnquiryMessage | None:
        """Return a message, or None."""
        row = self.session.get(EnquiryMessageRow, message)
        return _as_message(row) if row else None

    def find_message(self, enquiry: int, ts: str) -> EnquiryMessage | None:
        """Return the message of an enquiry with this timestamp, or None."""
        query = select(EnquiryMessageRow).where(
            EnquiryMessageRow.enquiry_id == enquiry, EnquiryMessageRow.ts == ts
        )
        row = self.session.exec(query).one_or_none()
        return _as_message(row) if row else None

    def messages(self, enquiry: int) -> Sequence[EnquiryMessage]:
        """List the messages of an enquiry, oldest first, deleted ones too."""
        query = select(EnquiryMessageRow).where(EnquiryMessageRow.enquiry_id == enquiry)
        return [_as_message(row) for row in self.session.exec(query.order_by(col(EnquiryMessageRow.id)))]

    def edit_message(self, message: int, text: str, at: datetime) -> None:
        """Replace the words of a message that isn't deleted, and count its revision up."""
        row = self.session.get_one(EnquiryMessageRow, message)
        if row.deleted_at is None:
            row.text, row.revision, row.edited_at = text, row.revision + 1, at
            self.session.flush()

    def delete_message(self, message: int, at: datetime) -> None:
        """Delete the words of a message."""
        row = self.session.get_one(EnquiryMessageRow, message)
        row.text, row.deleted_at = "", row.deleted_at or at
        self.session.flush()

    def count_asked(self, enrolments: Collection[int], since: datetime) -> int:
        """Count the messages of some people that were sent or edited since a time, with all their edits."""
        return self._count_asked(col(EnquiryRow.enrolment_id).in_(enrolments), since)

    def count_asked_in(self, cohort: int, since: datetime) -> int:
        """Count the messages of a cohort's people since a time, in the same way."""
        members = select(EnrolmentRow.id).where(EnrolmentRow.cohort_id == cohort)
        return self._count_asked(col(EnquiryRow.enrolment_id).in_(members), since)

    def count_asked_by(self, cohort: int, since: datetime) -> Mapping[int, int]:
        """Count them by enrolment, in one query."""
        query = (
            select(EnquiryRow.enrolment_id, sa.func.sum(1 + col(EnquiryMessageRow.revision)))
            .join(EnquiryMessageRow, col(EnquiryRow.id) == col(EnquiryMessageRow.enquiry_id))
            .join(EnrolmentRow, col(EnrolmentRow.id) == col(EnquiryRow.enrolment_id))
            .where(EnrolmentRow.cohort_id == cohort, since <= _CHANGED_AT)
            .group_by(col(EnquiryRow.enrolment_id))
        )
        return {enrolment: int(count) for enrolment, count in self.session.exec(query)}

    def _count_asked(self, whose: sa.ColumnElement[bool], since: datetime) -> int:
        query = (
            select(sa.func.coalesce(sa.func.sum(1 + col(EnquiryMessageRow.revision)), 0))
            .select_from(EnquiryMessageRow)
            .join(EnquiryRow, col(EnquiryRow.id) == col(EnquiryMessageRow.enquiry_id))
            .where(whose, since <= _CHANGED_AT)
        )
        return int(self.session.exec(query).one())

    def count_unanswered(self, enrolment: int, since: datetime, but: int | None = None) -> int:
        """Count somebody's enquiries whose newest message since a time has no answer to its newest words."""
        newest = (
            select(EnquiryMessageRow.enquiry_id, sa.func.max(col(EnquiryMessageRow.id)).label("message"))
            .join(EnquiryRow, col(EnquiryRow.id) == col(EnquiryMessageRow.enquiry_id))
            .where(
                EnquiryRow.enrolment_id == enrolment,
                *(() if but is None else (EnquiryRow.id != but,)),
                col(EnquiryMessageRow.deleted_at).is_(None),
                since <= _CHANGED_AT,
            )
            .group_by(col(EnquiryMessageRow.enquiry_id))
            .subquery()
        )
        message = sa.orm.aliased(EnquiryMessageRow)
        answered = sa.exists().where(
            col(EnquiryAnswerRow.enquiry_id) == newest.c.enquiry_id,
            col(message.id) == newest.c.message,
            sa.or_(
                col(EnquiryAnswerRow.message_id) > newest.c.message,
                sa.and_(
                    col(EnquiryAnswerRow.message_id) == newest.c.message,
                    col(EnquiryAnswerRow.revision) >= message.revision,
                ),
            ),
        )
        query = select(sa.func.count()).select_from(newest).where(~answered)
        return self.session.exec(query).one()

    def keep_answer(  # noqa: PLR0913, PLR0917 - one row's columns
        self,
        message: int,
        revision: int,
        kind: Kind,
        rung: Rung | None,
        source: AnswerSource,
        text: str,
        citations: Sequence[Citation],
        refused: str,
        at: datetime,
    ) -> Answer:
        """Store the answer to a message, in place of one to an earlier revision of it."""
        row = self._find_answer(message)
        if row is not None and row.revision >= revision:
            return _as_answer(row)
        if row is None:
            asked = self.session.get_one(EnquiryMessageRow, message)
            row = EnquiryAnswerRow(
                enquiry_id=asked.enquiry_id,
                message_id=message,
                revision=revision,
                kind=kind,
                source=source,
                text=text,
                at=at,
            )
            self.session.add(row)
        row.revision, row.kind, row.rung, row.source = revision, kind, rung, source
        row.text, row.refused, row.at, row.state = text, refused, at, AnswerState.WRITTEN
        row.citations = json.dumps([[one.title, one.link, one.quote] for one in citations])
        row.feedback = row.feedback_reason = None
        self.session.flush()
        return _as_answer(row)

    def get_answer(self, answer: int) -> Answer | None:
        """Return an answer, or None."""
        row = self.session.get(EnquiryAnswerRow, answer)
        return _as_answer(row) if row else None

    def answer_to(self, message: int) -> Answer | None:
        """Return the answer to a message, or None."""
        row = self._find_answer(message)
        return _as_answer(row) if row else None

    def answers(self, enquiry: int) -> Sequence[Answer]:
        """List the answers of an enquiry, oldest first."""
        query = select(EnquiryAnswerRow).where(EnquiryAnswerRow.enquiry_id == enquiry)
        return [_as_answer(row) for row in self.session.exec(query.order_by(col(EnquiryAnswerRow.id)))]

    def set_answer_state(self, answer: int, state: AnswerState, ts: str = "") -> None:
        """Store whether an answer is shown, and where."""
        row = self.session.get_one(EnquiryAnswerRow, answer)
        row.state, row.ts = state, ts or row.ts
        if state is AnswerState.WITHDRAWN:
            row.text, row.citations = "", "[]"
        self.session.flush()

    def rate(self, answer: int, feedback: Feedback, reason: FeedbackReason | None = None) -> None:
        """Store what the asker said about an answer."""
        row = self.session.get_one(EnquiryAnswerRow, answer)
        row.feedback, row.feedback_reason = feedback, reason
        self.session.flush()

    def count_feedback(
        self, cohort: int, since: datetime
    ) -> Mapping[tuple[Feedback, FeedbackReason | None, int], int]:
        """Count what each enrolment of a cohort said about the answers since a time."""
        query = (
            select(
                EnquiryAnswerRow.feedback,
                EnquiryAnswerRow.feedback_reason,
                EnquiryRow.enrolment_id,
                sa.func.count(),
            )
            .select_from(EnquiryAnswerRow)
            .join(EnquiryRow, col(EnquiryRow.id) == col(EnquiryAnswerRow.enquiry_id))
            .join(EnrolmentRow, col(EnrolmentRow.id) == col(EnquiryRow.enrolment_id))
            .where(
                EnrolmentRow.cohort_id == cohort,
                EnquiryAnswerRow.at >= since,
                col(EnquiryAnswerRow.feedback).is_not(None),
            )
            .group_by(
                col(EnquiryAnswerRow.feedback),
                col(EnquiryAnswerRow.feedback_reason),
                col(EnquiryRow.enrolment_id),
            )
        )
        return {
            (Feedback(feedback or ""), FeedbackReason(reason) if reason else None, enrolment): count
            for feedback, reason, enrolment, count in self.session.exec(query)
        }

    def forget(self, before: datetime) -> int:
        """Delete the enquiries that nobody moved since a time."""
        old = sa.delete(EnquiryRow).where(col(EnquiryRow.moved_at) < before)
        return self.session.connection().execute(old).rowcount

    def _find_answer(self, message: int) -> EnquiryAnswerRow | None:
        query = select(EnquiryAnswerRow).where(EnquiryAnswerRow.message_id == message)
        return self.session.exec(query).one_or_none()


def _as_enquiry(row: EnquiryRow) -> Enquiry:
    return Enquiry(
        row.id or 0, row.enrolment_id, Place(row.place), row.channel, row.thread, row.asked_at, row.moved_at
    )


def _as_message(row: EnquiryMessageRow) -> EnquiryMessage:
    return EnquiryMessage(row.id or 0, row.enquiry_id, row.ts, row.text, row.revision, row.at, row.deleted_at)


def _as_answer(row: EnquiryAnswerRow) -> Answer:
    return Answer(
        row.id or 0,
        row.enquiry_id,
        row.message_id,
        row.revision,
        Kind(row.kind),
        Rung(row.rung) if row.rung else None,
        AnswerSource(row.source),
        row.text,
        tuple(Citation(*one) for one in json.loads(row.citations)),
        AnswerState(row.state),
        row.ts,
        row.at,
        row.refused,
        Feedback(row.feedback) if row.feedback else None,
        FeedbackReason(row.feedback_reason) if row.feedback_reason else None,
    )
