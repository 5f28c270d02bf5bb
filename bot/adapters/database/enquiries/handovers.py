"""Enquiries that went to a person."""

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from bot.adapters.database.enquiries.tables import EnquiryHandoverRow, EnquiryRow
from bot.domain.enquiries.records import (
    BETWEEN_REPLIES,
    Addressee,
    Feedback,
    Handover,
    HandoverReason,
    HandoverState,
    Reply,
)


@dataclass
class SqlHandovers:
    """The ``enquiry_handover`` table."""

    session: Session

    def add(
        self, enquiry: int, reason: HandoverReason, summary: str, at: datetime, chosen: str | None = None
    ) -> Handover:
        """Store a hand-over, or return the one that waits."""
        if (known := self.waiting(enquiry)) is not None:
            return known
        addressee = Addressee.ON_DUTY if chosen is None else Addressee.PERSON
        row = EnquiryHandoverRow(
            enquiry_id=enquiry,
            reason=reason,
            summary=summary,
            at=at,
            addressee=addressee,
            chosen_id=chosen,
        )
        self.session.add(row)
        self.session.get_one(EnquiryRow, enquiry).moved_at = at
        self.session.flush()
        return _as_handover(row)

    def get(self, handover: int) -> Handover | None:
        """Return a hand-over, or None."""
        row = self.session.get(EnquiryHandoverRow, handover)
        return _as_handover(row) if row else None

    def waiting(self, enquiry: int) -> Handover | None:
        """Return the hand-over of an enquiry that waits, or None."""
        return next((one for one in self.of(enquiry) if one.state is HandoverState.WAITING), None)

    def of(self, enquiry: int) -> Sequence[Handover]:
        """List the hand-overs of an enquiry, oldest first."""
        query = select(EnquiryHandoverRow).where(EnquiryHandoverRow.enquiry_id == enquiry)
        return [_as_handover(row) for row in self.session.exec(query.order_by(col(EnquiryHandoverRow.id)))]

    def waiting_of(self, enrolments: Collection[int]) -> Sequence[tuple[int, Handover]]:
        """List the hand-overs of some people that wait, oldest first, each with its enrolment."""
        query = (
            select(EnquiryRow.enrolment_id, EnquiryHandoverRow)
            .join(EnquiryRow, col(EnquiryRow.id) == col(EnquiryHandoverRow.enquiry_id))
            .where(
                col(EnquiryRow.enrolment_id).in_(enrolments),
                EnquiryHandoverRow.state == HandoverState.WAITING,
            )
            .order_by(col(EnquiryHandoverRow.id))
        )
        return [(enrolment, _as_handover(row)) for enrolment, row in self.session.exec(query)]

    def note_told(self, handover: int, person: str | None, at: datetime | None) -> None:
        """Store who was told of a hand-over last, and when; None if nobody has it any more."""
        row = self.session.get_one(EnquiryHandoverRow, handover)
        row.to_id, row.told_at = person, at
        self.session.flush()

    def unmoved_since(self, before: datetime) -> Sequence[tuple[int, int]]:
        """List the hand-overs of the enquiries that ``Enquiries.forget`` deletes, with their enrolments."""
        query = (
            select(EnquiryRow.enrolment_id, EnquiryHandoverRow.id)
            .join(EnquiryRow, col(EnquiryRow.id) == col(EnquiryHandoverRow.enquiry_id))
            .where(EnquiryRow.moved_at < before)
            .order_by(col(EnquiryHandoverRow.id))
        )
        return [(enrolment, handover or 0) for enrolment, handover in self.session.exec(query)]

    def add_reply(self, handover: int, person: str, reference: str, text: str, at: datetime) -> None:
        """Add a person's reply to their answer. One with a reference that is known changes nothing."""
        row = self.session.get_one(EnquiryHandoverRow, handover)
        parts = _split(row)
        if reference in {known for known, _ in parts}:
            return
        _join(row, [*parts, (reference, text)])
        row.answered_by_id, row.answered_at = person, row.answered_at or at
        row.state = HandoverState.ANSWERED
        self.session.get_one(EnquiryRow, row.enquiry_id).moved_at = at
        self.session.flush()

    def change_reply(self, handover: int, reference: str, text: str) -> None:
        """Replace the words of a reply, or delete it if ``text`` is empty."""
        row = self.session.get_one(EnquiryHandoverRow, handover)
        parts = dict(_split(row))
        parts[reference] = text
        _join(row, list(parts.items()))
        if not row.answer and row.state == HandoverState.ANSWERED:
            # Without a summary, there is nothing to answer any more.
            row.state = HandoverState.WAITING if row.summary else HandoverState.WITHDRAWN
            row.answered_by_id = row.answered_at = row.feedback = None
        self.session.flush()

    def rate(self, handover: int, feedback: Feedback) -> None:
        """Store what the asker said about the answer. A later one replaces it."""
        self.session.get_one(EnquiryHandoverRow, handover).feedback = feedback
        self.session.flush()

    def withdraw(self, handover: int) -> None:
        """End a hand-over that waits, and delete its summary."""
        row = self.session.get_one(EnquiryHandoverRow, handover)
        if row.state == HandoverState.WAITING:
            row.state, row.summary = HandoverState.WITHDRAWN, ""
            self.session.flush()

    def erase_summary(self, handover: int) -> None:
        """Delete the summary of a hand-over."""
        self.session.get_one(EnquiryHandoverRow, handover).summary = ""
        self.session.flush()


def _split(row: EnquiryHandoverRow) -> list[tuple[str, str]]:
    """Return the references and words of an answer's replies."""
    replies = _as_handover(row)
    return [
        (reply.reference, words) for reply, words in zip(replies.replies, replies.paragraphs, strict=True)
    ]


def _join(row: EnquiryHandoverRow, parts: Sequence[tuple[str, str]]) -> None:
    row.answer = BETWEEN_REPLIES.join(words for _, words in parts if words)
    row.replies = json.dumps([[reference, len(words)] for reference, words in parts])


def _as_handover(row: EnquiryHandoverRow) -> Handover:
    return Handover(
        row.id or 0,
        row.enquiry_id,
        HandoverReason(row.reason),
        row.summary,
        HandoverState(row.state),
        row.at,
        Addressee(row.addressee),
        row.chosen_id or "",
        row.to_id or "",
        row.told_at,
        row.answered_at,
        row.answered_by_id or "",
        row.answer,
        tuple(Reply(reference, length) for reference, length in json.loads(row.replies)),
        Feedback(row.feedback) if row.feedback else None,
    )
