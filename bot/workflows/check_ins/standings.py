"""Gathers what decides whether participants are asked now: in as many queries for one as for a cohort."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from bot.domain.check_ins.holds import CapstoneStanding, CheckInFacts
from bot.domain.check_ins.records import CheckIn, CheckInState
from bot.domain.pull_requests.records import QuestionState
from bot.ports.store import Tx
from bot.workflows.check_ins.participants import Participant


def gather_facts(
    tx: Tx, cohort: int, participants: Sequence[Participant], at: datetime
) -> Mapping[int, CheckInFacts]:
    """Return what is known about some participants of a cohort at a moment, by enrolment."""
    material = _Material(tx, cohort, participants, at)
    return {one.member.enrolment: material.describe(one) for one in participants}


class _Material:
    """The rows about some participants of a cohort, read once."""

    def __init__(self, tx: Tx, cohort: int, participants: Sequence[Participant], at: datetime) -> None:
        self._at = at
        people = {one.member.person for one in participants}
        by_person = tx.standings.capstones(cohort)
        self._capstones = {person: by_person.get(person, ()) for person in people}
        numbers = [capstone for capstones in self._capstones.values() for capstone in capstones]
        self._standings = _read_standings(tx, numbers)
        self._decided: dict[int, datetime] = {}
        for decision in tx.growth.decisions(numbers):
            self._decided[decision.capstone] = max(
                decision.at, self._decided.get(decision.capstone, decision.at)
            )
        self._asked = [
            question.capstone
            for question in tx.standings.questions(numbers)
            if question.state is QuestionState.ASKED
        ]
        enrolments = [one.member.enrolment for one in participants]
        self._newest = tx.check_ins.newest(enrolments)
        self._newest_unasked = tx.check_ins.newest(enrolments, unprompted=True)
        days = [one.calendar.day_of(at) for one in participants]
        self._taken = tx.unprompted.taken_by(people, min(days)) if days else {}

    def describe(self, one: Participant) -> CheckInFacts:
        member, today = one.member, one.calendar.day_of(self._at)
        capstones = self._capstones[member.person]
        decided = [self._decided[capstone] for capstone in capstones if capstone in self._decided]
        newest = self._newest.get(member.enrolment)
        unasked = self._newest_unasked.get(member.enrolment)
        is_asked_today = newest is not None and newest.day == today
        return CheckInFacts(
            today,
            member.state,
            member.chat is not None,
            [self._standings[capstone] for capstone in capstones if capstone in self._standings],
            open_questions=sum(capstone in capstones for capstone in self._asked),
            decided_on=one.calendar.day_of(max(decided)) if decided else None,
            asked_on=today if is_asked_today else unasked.day if unasked else None,
            is_open=_is_open(newest),
            has_message=(member.person, today) in self._taken,
        )


def _read_standings(tx: Tx, capstones: Sequence[int]) -> Mapping[int, CapstoneStanding]:
    if len(capstones) < _FEW:
        known = [tx.capstones.get(capstone) for capstone in capstones]
    else:
        wanted = frozenset(capstones)
        known = [capstone for capstone in tx.capstones.all() if capstone.id in wanted]
    return {
        capstone.id: CapstoneStanding(capstone.id, capstone.installation is not None, capstone.held)
        for capstone in known
    }


_FEW = 4
"""So many capstones are read one by one; more of them together with all others."""


def _is_open(check_in: CheckIn | None) -> bool:
    return check_in is not None and check_in.state is CheckInState.ASKED
