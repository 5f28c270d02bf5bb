"""Gathers what decides whether participants are asked now: in as many queries for one as for a cohort."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from bot.domain.check_ins.holds import CapstoneStanding, CheckInFacts
from bot.domain.check_ins.records import CheckIn, CheckInState
from bot.domain.pull_requests.records import Capstone, QuestionState
from bot.ports.store import Tx
from bot.workflows.chat.working_hours import find_own_days
from bot.workflows.check_ins.askable import WAITS
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
        known = _read_capstones(tx, cohort, people)
        self._standings = {
            person: [
                CapstoneStanding(capstone.id, capstone.installation is not None, not capstone.speaks)
                for capstone in capstones
            ]
            for person, capstones in known.items()
        }
        numbers = [capstone.id for capstones in known.values() for capstone in capstones]
        owners = {capstone.id: person for person, capstones in known.items() for capstone in capstones}
        self._decided: dict[int, datetime] = {}
        for decision in tx.growth.decisions(numbers):
            if decision.person in {None, owners[decision.capstone]}:  # and not a former participant's
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
        asked = {one.question for one in self._newest.values() if one.state is CheckInState.ASKED}
        self._states = tx.questions.states(number for number in asked if number is not None)
        self._newest_unasked = tx.check_ins.newest(enrolments, unprompted=True)
        self._days = find_own_days(tx, people, at)
        self._taken = tx.unprompted.taken_by(people, min(self._days.values())) if people else {}

    def describe(self, one: Participant) -> CheckInFacts:
        member, today = one.member, one.calendar.day_of(self._at)
        standings = self._standings[member.person]
        capstones = {standing.id for standing in standings}
        decided = [self._decided[capstone] for capstone in capstones if capstone in self._decided]
        newest = self._newest.get(member.enrolment)
        unasked = self._newest_unasked.get(member.enrolment)
        is_open = self._is_open(newest)
        return CheckInFacts(
            today,
            member.state,
            member.code is not None,
            standings,
            open_questions=sum(capstone in capstones for capstone in self._asked),
            decided_on=one.calendar.day_of(max(decided)) if decided else None,
            asked_on=unasked.day if unasked else None,
            asked_today=newest is not None and newest.day == today,
            is_open=is_open,
            open_until=newest.find_return_day(today) if newest and is_open else None,
            has_message=(member.person, self._days[member.person]) in self._taken,
            message_day=self._days[member.person],
            is_in_chat=member.chat is not None,
        )

    def _is_open(self, check_in: CheckIn | None) -> bool:
        """Return whether a check-in waits for an answer, as ``is_waiting`` does for one."""
        if check_in is None or check_in.state is not CheckInState.ASKED:
            return False
        return check_in.question is None or self._states.get(check_in.question) in WAITS


def _read_capstones(tx: Tx, cohort: int, people: Collection[str]) -> Mapping[str, Sequence[Capstone]]:
    """Return people's active capstones in a cohort. Of a few people, those of all others aren't read."""
    if len(people) < _FEW:
        return {
            person: [
                capstone for capstone in tx.capstones.by_participant(person) if capstone.cohort == cohort
            ]
            for person in people
        }
    by_person = tx.standings.capstones(cohort)
    by_number = {capstone.id: capstone for capstone in tx.capstones.all()}
    return {
        person: [by_number[number] for number in by_person.get(person, ()) if number in by_number]
        for person in people
    }


_FEW = 4
"""The capstones of so many people are read one by one; those of more of them together with all others."""
