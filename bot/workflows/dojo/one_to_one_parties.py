"""Who takes part in a one-to-one: a participant, and their sensei or the deputy of that day.

A one-to-one belongs to the pair that planned it. Once the pair has ended, it counts no more: nobody is shown
it or is written to about it, and a new pair plans its own.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from bot.domain.dojo.people import CohortRole, EnrolmentState
from bot.domain.one_to_ones.records import OneToOne, OneToOneState
from bot.domain.pairing.states import PairState
from bot.ports.store import Tx


@dataclass(frozen=True, slots=True)
class MeetingPair:
    """An active pair. ``enrolment`` is its participant's."""

    cohort: int
    participant: str
    sensei: str
    enrolment: int

    def has(self, meeting: OneToOne) -> bool:
        """Return whether a one-to-one is this pair's."""
        return (meeting.cohort, meeting.participant, meeting.sensei) == (
            self.cohort,
            self.participant,
            self.sensei,
        )


def list_pairs_of(tx: Tx, cohort: int, people: Collection[str]) -> list[MeetingPair]:
    """List the active pairs of a cohort in which any of these people takes part, in order of their ids."""
    pairs = [pair for pair in tx.pairings.ongoing(cohort, people) if pair.state is PairState.ACTIVE]
    members = tx.members.of(cohort, CohortRole.PARTICIPANT, {pair.participant for pair in pairs})
    enrolments = {
        member.person: member.enrolment for member in members if member.state is not EnrolmentState.LEFT
    }
    return [
        MeetingPair(cohort, pair.participant, pair.sensei, enrolments[pair.participant])
        for pair in pairs
        if pair.participant in enrolments
    ]


def find_pair(tx: Tx, meeting: OneToOne) -> MeetingPair | None:
    """Return the pair of a one-to-one, or None if the pair has ended."""
    pairs = list_pairs_of(tx, meeting.cohort, {meeting.participant})
    return next((pair for pair in pairs if pair.has(meeting)), None)


def is_on(tx: Tx, meeting: OneToOne) -> bool:
    """Return whether a one-to-one is planned, and its pair goes on."""
    return meeting.state is OneToOneState.PLANNED and find_pair(tx, meeting) is not None


def note_attendee(tx: Tx, meeting: OneToOne, at: datetime) -> None:
    """Store who meets the participant once a one-to-one has begun, if nobody is stored yet."""
    if meeting.attendee is None and meeting.at <= at and (attendee := find_attendee(tx, meeting)):
        tx.one_to_ones.note_attendee(meeting.id, attendee)


def find_attendee(tx: Tx, meeting: OneToOne) -> str | None:
    """Return who meets the participant: their sensei, or the deputy if the sensei is away that day.

    Return None if the participant is away, or the sensei without a deputy. A deputy never stands in for a
    participant with whom they must not be paired, nor for themselves. Who was noted as having met them stays
    it, whatever holidays are entered or removed afterwards.
    """
    if meeting.attendee is not None:
        return meeting.attendee
    begun = [
        absence
        for absence in tx.absences.not_over(meeting.cohort, meeting.at)
        if absence.has_begun(meeting.at)
    ]
    if any(absence.sensei == meeting.participant for absence in begun):
        return None
    away = [absence for absence in begun if absence.sensei == meeting.sensei]
    if not away:
        return meeting.sensei
    forbidden = tx.never_pairs.forbidden(meeting.cohort)
    able = (
        absence.deputy
        for absence in away
        if absence.deputy
        and absence.deputy != meeting.participant
        and (meeting.participant, absence.deputy) not in forbidden
    )
    return next(able, None)
