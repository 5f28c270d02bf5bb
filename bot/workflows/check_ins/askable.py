"""Whom a check-in may ask now, about which capstone, and in which hours."""

from dataclasses import dataclass
from datetime import date, datetime

from bot.domain.check_ins.due_times import find_usual_weekday
from bot.domain.check_ins.records import CheckIn, CheckInState, Rhythm
from bot.domain.dojo.local_days import day_in
from bot.domain.dojo.people import Absence, CohortRole, EnrolmentState, Member
from bot.domain.pairing.working_time import WorkingTime
from bot.domain.pull_requests.records import Capstone, QuestionState
from bot.ports.store import Tx
from bot.workflows.articulation.private_talks import question_key
from bot.workflows.articulation.question_contexts import find_capstone_sensei
from bot.workflows.chat.unprompted import Feature
from bot.workflows.chat.working_hours import find_member_hours, find_own_day

FREE = (None, Feature.CHECK_IN)
"""What has a day that is free for a check-in."""
WAITS = frozenset({QuestionState.ASKED, QuestionState.DEFERRED})
"""The states of a question that its participant hasn't answered or disputed."""


@dataclass(frozen=True, slots=True)
class Askable:
    """A participant who can be asked, and the capstones of theirs that they can be asked about."""

    member: Member
    capstones: tuple[Capstone, ...]


def find_askable(tx: Tx, enrolment: int) -> Askable | str:
    """Return whom to ask, or why they can't be asked."""
    member = find_member(tx, enrolment)
    if member is None or member.state is not EnrolmentState.ACTIVE:
        return "left" if member is None else "paused"
    if member.chat is None or member.code is None:
        return "not linked"
    owned = tx.capstones.by_participant(member.person)
    capstones = [capstone for capstone in owned if capstone.cohort == member.cohort]
    readable = [capstone for capstone in capstones if capstone.installation is not None]
    speaking = tuple(capstone for capstone in readable if capstone.speaks)
    if not speaking:
        return "held" if readable else "no access" if capstones else "no capstone"
    return Askable(member, speaking)


def find_member(tx: Tx, enrolment: int) -> Member | None:
    """Return the participant with an enrolment, or None if they have left or are no participant."""
    try:
        member = tx.members.get(enrolment)
    except ValueError:  # they were erased
        return None
    is_here = member.role is CohortRole.PARTICIPANT and member.state is not EnrolmentState.LEFT
    return member if is_here else None


def find_rhythm(tx: Tx, member: Member) -> Rhythm:
    """Return how often a participant is asked: by their own choice, or else as in the cohort."""
    own = tx.rhythms.choices([member.enrolment])[member.enrolment].rhythm
    return own or tx.rhythms.of_cohorts([member.cohort])[member.cohort]


def never_fits(tx: Tx, member: Member, rhythm: Rhythm) -> bool:
    """Return whether a rhythm never asks a participant, since they don't work from its day of the week on."""
    return rhythm.every_weeks > 0 and find_usual_weekday(rhythm, find_member_hours(tx, member)) is None


def count_left_out(tx: Tx, cohort: int) -> int:
    """Return how many participants keep the cohort's rhythm although it never asks them."""
    rhythm = tx.rhythms.of_cohorts([cohort])[cohort]
    members = [
        member
        for member in tx.members.of(cohort, CohortRole.PARTICIPANT)
        if member.state is not EnrolmentState.LEFT
    ]
    choices = tx.rhythms.choices([member.enrolment for member in members])
    return sum(
        choices[member.enrolment].rhythm is None and never_fits(tx, member, rhythm) for member in members
    )


def find_open(tx: Tx, enrolment: int) -> CheckIn | None:
    """Return the check-in that waits for an answer, or None."""
    return next((asked for asked in tx.check_ins.of(enrolment) if is_waiting(tx, asked)), None)


def is_waiting(tx: Tx, check_in: CheckIn) -> bool:
    """Return whether a check-in waits for its participant, who hasn't answered or disputed its question."""
    if check_in.state is not CheckInState.ASKED or check_in.question is None:
        return False
    question = tx.questions.get(check_in.question)
    return question is not None and question.state in WAITS


def has_arrived(tx: Tx, question: int) -> bool:
    """Return whether the message with a check-in's question is in the chat."""
    return tx.effects.find(f"message:{question_key(question)}")[1] is not None


def is_missing(tx: Tx, check_in: CheckIn) -> bool:
    """Return whether nothing shows that a check-in reached its participant, nor any reminder of it."""
    was_seen = check_in.reminded_at is not None or check_in.put_off_until is not None
    return check_in.question is not None and not was_seen and not has_arrived(tx, check_in.question)


def has_sensei(tx: Tx, member: Member) -> bool:
    """Return whether a participant has a sensei for one of their capstones."""
    owned = tx.capstones.by_participant(member.person)
    return any(
        find_capstone_sensei(tx, capstone, member.person) is not None
        for capstone in owned
        if capstone.cohort == member.cohort
    )


def find_working_time(tx: Tx, member: Member, at: datetime) -> WorkingTime:
    """Return when a participant works: their hours without the days on which they are away."""
    return WorkingTime(find_member_hours(tx, member), list_absences(tx, member, at))


def list_absences(tx: Tx, member: Member, at: datetime) -> list[Absence]:
    """List a person's absences that aren't over."""
    return list(tx.absences.not_over(member.cohort, at, member.person))


def find_today(tx: Tx, member: Member, at: datetime) -> date:
    """Return the date in a participant's time zone."""
    return day_in(find_member_hours(tx, member).time_zone, at)


def is_free(tx: Tx, member: Member, at: datetime) -> bool:
    """Return whether a participant is at work now, and can get a message of this feature today."""
    is_at_work = find_working_time(tx, member, at).next_moment(at) <= at
    return is_at_work and tx.unprompted.taken(member.person, find_own_day(tx, member.person, at)) in FREE
