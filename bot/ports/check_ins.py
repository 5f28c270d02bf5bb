"""Stored rhythms and check-ins, and the budget of one unprompted message a day."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from typing import Protocol

from bot.domain.check_ins.records import CheckIn, CheckInState, MoveReason, Rhythm, RhythmChoice, Topic


class CheckIns(Protocol):
    """Check-ins: of each enrolment and day at most one that was due, and one that was asked for."""

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

    def get(self, check_in: int) -> CheckIn | None:
        """Return a check-in, or None."""

    def find(self, enrolment: int, day: date, *, asked_for: bool = False) -> CheckIn | None:
        """Return the check-in that was due on a day, or that the participant asked for then, or None."""

    def by_question(self, question: int) -> CheckIn | None:
        """Return the check-in that asked a question, or None."""

    def of(self, enrolment: int) -> Sequence[CheckIn]:
        """List the check-ins of an enrolment, newest first."""

    def about(self, capstone: int) -> Sequence[CheckIn]:
        """List the check-ins about a capstone, whoever was asked, oldest first."""

    def newest(self, enrolments: Collection[int], *, unprompted: bool = False) -> Mapping[int, CheckIn]:
        """Return the newest check-in of each of some enrolments that has any, in one query.

        With ``unprompted``, leave out those that participants asked for.
        """

    def skipped_twice(self, capstones: Collection[int], since: datetime) -> Mapping[int, datetime]:
        """Return when the last check-in was skipped, where the one before was skipped too, in one query.

        The result is by capstone, without those whose last one was skipped before ``since``. Check-ins that
        wait for an answer, and those of a capstone's former participant, don't count.
        """

    def asked(self) -> Sequence[CheckIn]:
        """List all check-ins that are in the state ``asked``, oldest first."""

    def set_state(self, check_in: int, state: CheckInState, at: datetime, reason: str = "") -> None:
        """Store a check-in's state. It has ended at ``at``, unless the state is ``asked``."""

    def note_reminded(self, check_in: int, at: datetime) -> None:
        """Store when the participant was reminded."""

    def put_off(self, check_in: int, until: date | None) -> None:
        """Store the day on which Sensei comes back to a check-in, or None once it has."""

    def keep_code(self, enrolment: int, capstone: int, fingerprint: str, code: str) -> None:
        """Keep the code of the next question, in place of any that is kept already."""

    def drop_code(self, capstone: int) -> None:
        """Delete the code that is kept for a capstone's next questions."""

    def take_code(self, enrolment: int, fingerprint: str) -> str | None:
        """Return the code that is kept for a question, and delete it; None if there is none for it."""


class Rhythms(Protocol):
    """The rhythms of cohorts, and participants' own choices."""

    def of_cohorts(self, cohorts: Collection[int]) -> Mapping[int, Rhythm]:
        """Return the rhythm of each of some cohorts, the default where none was set. Runs one query."""

    def set_cohort(self, cohort: int, rhythm: Rhythm) -> None:
        """Store a cohort's rhythm."""

    def choices(self, enrolments: Collection[int]) -> Mapping[int, RhythmChoice]:
        """Return what each of some participants has chosen, empty where they chose nothing. One query."""

    def of_members(
        self, cohort: int, enrolments: Collection[int]
    ) -> tuple[Rhythm, Mapping[int, RhythmChoice]]:
        """Return a cohort's rhythm, and what each of some of its participants has chosen. One query."""

    def choose(self, enrolment: int, rhythm: Rhythm | None) -> None:
        """Store a participant's own rhythm, or that they keep the cohort's."""

    def snooze(self, enrolment: int, until: date | None) -> None:
        """Store the day before which a participant isn't asked, or that there is none."""


class Unprompted(Protocol):
    """Which days of people have their one unprompted message. Days are dates in the person's time zone."""

    def take(self, person: str, day: date, feature: str, message: str = "") -> bool:
        """Take a person's day for a message; return False if another message has it.

        A day that was taken without a ``message`` is kept for the first message of this feature.
        """

    def taken(self, person: str, day: date) -> str | None:
        """Return the feature that has a person's day, or None if it is free."""

    def has_message(self, person: str, day: date) -> bool:
        """Return whether a person's day has its message. One that a feature only keeps has none yet."""

    def taken_by(self, people: Collection[str], since: date) -> Mapping[tuple[str, date], str]:
        """Return the features that have days of some people from a day on, in one query."""

    def give_back(self, person: str, day: date, feature: str) -> None:
        """Free a day that a feature has taken without a message."""

    def forget(self, before: date) -> int:
        """Delete what is known of days before a date; return how many."""
