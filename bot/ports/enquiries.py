"""Stored enquiries, hand-overs, handbooks and their gaps."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from typing import Protocol

from bot.domain.enquiries.records import (
    Answer,
    AnswerSource,
    AnswerState,
    Citation,
    Enquiry,
    EnquiryMessage,
    Feedback,
    FeedbackReason,
    Handbook,
    Handover,
    HandoverReason,
    Kind,
    Place,
    Rung,
)


class Enquiries(Protocol):
    """Enquiries with their messages and answers."""

    def open(self, enrolment: int, place: Place, channel: str, thread: str, at: datetime) -> Enquiry:
        """Return the enquiry of a thread; begin it if there is none."""

    def get(self, enquiry: int) -> Enquiry | None:
        """Return an enquiry, or None."""

    def find(self, channel: str, thread: str) -> Enquiry | None:
        """Return the enquiry of a thread, or None."""

    def place(self, enquiry: int, channel: str, thread: str) -> None:
        """Store where the thread of an enquiry is that was asked in a form.

        The message that began it gets the timestamp of the thread's first message. If something was asked in
        that thread before its place was known, that becomes part of this enquiry.
        """

    def of(self, enrolment: int) -> Sequence[Enquiry]:
        """List somebody's enquiries in a cohort, newest first."""

    def add_message(self, enquiry: int, ts: str, text: str, at: datetime) -> EnquiryMessage:
        """Store what the asker wrote, or return the message that is stored already."""

    def get_message(self, message: int) -> EnquiryMessage | None:
        """Return a message, or None."""

    def find_message(self, enquiry: int, ts: str) -> EnquiryMessage | None:
        """Return the message of an enquiry with this timestamp, or None."""

    def messages(self, enquiry: int) -> Sequence[EnquiryMessage]:
        """List the messages of an enquiry, oldest first, deleted ones too."""

    def edit_message(self, message: int, text: str, at: datetime) -> None:
        """Replace the words of a message that isn't deleted, and count its revision up."""

    def delete_message(self, message: int, at: datetime) -> None:
        """Delete the words of a message."""

    def count_asked(self, enrolments: Collection[int], since: datetime) -> int:
        """Count the messages of some people that were sent or edited since a time, with all their edits."""

    def count_asked_in(self, cohort: int, since: datetime) -> int:
        """Count the messages of a cohort's people since a time, in the same way."""

    def count_asked_by(self, cohort: int, since: datetime) -> Mapping[int, int]:
        """Count them by enrolment, in one query. Whoever asked nothing is left out."""

    def count_unanswered(self, enrolment: int, since: datetime, but: int | None = None) -> int:
        """Count somebody's enquiries whose newest message since a time has no answer to its newest words.

        The time is that of its last edit, if there is one. An answer is for the messages before it too.
        Deleted ones need none. ``but`` isn't counted.
        """

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
        """Store the answer to a message, in place of one to an earlier revision of it.

        An answer to this or a later revision stays as it is, and is returned.
        """

    def get_answer(self, answer: int) -> Answer | None:
        """Return an answer, or None."""

    def answer_to(self, message: int) -> Answer | None:
        """Return the answer to a message, or None."""

    def answers(self, enquiry: int) -> Sequence[Answer]:
        """List the answers of an enquiry, oldest first."""

    def set_answer_state(self, answer: int, state: AnswerState, ts: str = "") -> None:
        """Store whether an answer is shown, and where; ``ts`` stays as it is if it is empty."""

    def rate(self, answer: int, feedback: Feedback, reason: FeedbackReason | None = None) -> None:
        """Store what the asker said about an answer. A later one replaces it."""

    def count_feedback(
        self, cohort: int, since: datetime
    ) -> Mapping[tuple[Feedback, FeedbackReason | None, int], int]:
        """Count what each enrolment of a cohort said about the answers since a time."""

    def forget(self, before: datetime) -> int:
        """Delete the enquiries that nobody moved since a time; return how many."""


class Handovers(Protocol):
    """Enquiries that went to a person: at most one waits in each."""

    def add(
        self, enquiry: int, reason: HandoverReason, summary: str, at: datetime, chosen: str | None = None
    ) -> Handover:
        """Store a hand-over, or return the one that waits.

        It is for whoever is on duty, or for the person whom the asker has ``chosen``, and nobody else.
        """

    def get(self, handover: int) -> Handover | None:
        """Return a hand-over, or None."""

    def waiting(self, enquiry: int) -> Handover | None:
        """Return the hand-over of an enquiry that waits, or None."""

    def of(self, enquiry: int) -> Sequence[Handover]:
        """List the hand-overs of an enquiry, oldest first."""

    def waiting_of(self, enrolments: Collection[int]) -> Sequence[tuple[int, Handover]]:
        """List the hand-overs of some people that wait, oldest first, each with its enrolment."""

    def unmoved_since(self, before: datetime) -> Sequence[tuple[int, int]]:
        """List the hand-overs of the enquiries that ``Enquiries.forget`` deletes, with their enrolments.

        Each is an enrolment with the id of a hand-over.
        """

    def note_told(self, handover: int, person: str | None, at: datetime | None) -> None:
        """Store who was told of a hand-over last, and when; None if nobody has it any more."""

    def add_reply(self, handover: int, person: str, reference: str, text: str, at: datetime) -> None:
        """Add a person's reply to their answer. One with a reference that is known changes nothing."""

    def change_reply(self, handover: int, reference: str, text: str) -> None:
        """Replace the words of a reply, or delete them if ``text`` is empty.

        A reply that isn't known is then known to be deleted. If no words are left, the hand-over waits again
        or, if its summary is gone too, is withdrawn.
        """

    def rate(self, handover: int, feedback: Feedback) -> None:
        """Store what the asker said about the answer. A later one replaces it."""

    def withdraw(self, handover: int) -> None:
        """End a hand-over that waits, and delete its summary."""

    def erase_summary(self, handover: int) -> None:
        """Delete the summary of a hand-over."""


class Handbooks(Protocol):
    """Cohorts' handbooks, and the questions that they don't answer."""

    def of(self, cohort: int) -> Handbook | None:
        """Return a cohort's handbook, or None."""

    def all(self) -> Sequence[Handbook]:
        """List all handbooks, by cohort."""

    def set(self, cohort: int, place: str, link: str) -> None:
        """Store where a cohort's handbook is, in place of an earlier one."""

    def remove(self, cohort: int) -> bool:
        """Forget a cohort's handbook; return False if it has none."""

    def note_read(self, cohort: int, at: datetime, pages: int, problem: str) -> None:
        """Store what came of reading it. After a problem, ``pages`` are what is still known."""

    def add_gap(self, cohort: int, text: str, day: date) -> None:
        """Store a question that no source answers. Nothing says who asked it."""

    def gaps(self, cohort: int) -> Sequence[tuple[int, date, str]]:
        """List the ids, days and words of a cohort's gaps, newest first."""

    def close_gap(self, cohort: int, gap: int) -> bool:
        """Delete a gap; return False if the cohort has none with this id."""
