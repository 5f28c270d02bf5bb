"""Enquiries that went to a person."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from bot.adapters.database.enquiries.tables import EnquiryHandoverRow, EnquiryRow
from bot.domain.enquiries.records import Handover, HandoverReason, HandoverState


@dataclass
class SqlHandovers:
    """The ``enquiry_handover`` table."""

    session: Session

    def add(self, enquiry: int, reason: HandoverReason, summary: str, at: datetime) -> Handover:
        """Store a hand-over, or return the one that waits."""
        if (known := self.waiting(enquiry)) is not None:
            return known
        row = EnquiryHandoverRow(enquiry_id=enquiry, reason=reason, summary=summary, at=at)
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

    def note_told(self, handover: int, person: str, at: datetime) -> None:
        """Store who was told of a hand-over last."""
        row = self.session.get_one(EnquiryHandoverRow, handover)
        row.to_id, row.told_at = person, at
        self.session.flush()

    def answer(self, handover: int, person: str, text: str, at: datetime) -> None:
        """Store a person's answer."""
        row = self.session.get_one(EnquiryHandoverRow, handover)
        row.answered_by_id, row.answer, row.answered_at = person, text, at
        row.state = HandoverState.ANSWERED
        self.session.get_one(EnquiryRow, row.enquiry_id).moved_at = at
        self.session.flush()

    def set_state(self, handover: int, state: HandoverState) -> None:
        """Store a hand-over's state."""
        self.session.get_one(EnquiryHandoverRow, handover).state = state
        self.session.flush()


def _as_handover(row: EnquiryHandoverRow) -> Handover:
    return Handover(
        row.id or 0,
        row.enquiry_id,
        HandoverReason(row.reason),
        row.summary,
        HandoverState(row.state),
        row.at,
        row.to_id or "",
        row.told_at,
        row.answered_at,
        row.answered_by_id or "",
        row.answer,
    )
