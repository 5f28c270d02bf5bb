"""The workflow ``check_in``: when a check-in is due, it decides again whether the participant is asked."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

import structlog

from bot.domain.check_ins.asking_times import PlannedCheckIn, find_asking_time, find_due
from bot.domain.check_ins.due_times import DueTime, find_monday
from bot.domain.check_ins.holds import ONLY_UNPROMPTED, Hold, find_holds
from bot.ports.engine import Json, Steps
from bot.ports.store import Tx
from bot.workflows.chat.unprompted import Feature, IsKept
from bot.workflows.check_ins.endings import settle_newest
from bot.workflows.check_ins.participants import Participant, find_participant
from bot.workflows.check_ins.schedule import make_job
from bot.workflows.check_ins.standings import gather_facts
from bot.workflows.jobs.retry import GaveUpError

log = structlog.get_logger(__name__)

ASKED = "asked"
"""The outcome of what asks, if the participant gets a message."""


class AsksCheckIn(Protocol):
    """Chooses what a check-in asks, and asks it. Implemented in ``asking``."""

    def run(self, steps: Steps, argument: Json) -> Json:
        """Ask a participant; return the outcome, ``asked`` if they get a message.

        ``argument`` has the ``enrolment``, the ``day`` as an ISO date where the participant is, and whether
        they ``asked_for`` it.
        """


@dataclass(frozen=True)
class CheckInWorkflow:
    """The workflow ``check_in``."""

    asking: AsksCheckIn
    now: Callable[[], datetime]
    is_kept: IsKept

    def run(self, steps: Steps, argument: Json) -> Json:
        """Ask a participant, or note why not.

        The outcome is that of what asks, or: ``not_needed`` (they are no longer a participant), ``late`` (the
        week is over), ``later`` (put off within the week) or ``held``, with the reasons in ``why``. Without a
        reason, no day of the week is left on which they work.
        """
        decided = steps.tx("decide", lambda tx: self._decide(tx, argument))
        if decided["outcome"] != "ask":
            log.info("check_in.not_asked", enrolment=argument["enrolment"], **decided)
            return decided
        known = {name: argument[name] for name in ("enrolment", "asked_for")}
        try:
            asked = self.asking.run(steps, {**known, "day": decided["day"]})
        except GaveUpError:
            self._give_back(steps, argument, decided)
            raise
        if asked.get("outcome") != ASKED:
            self._give_back(steps, argument, decided)
        return asked

    def _give_back(self, steps: Steps, argument: Json, decided: Json) -> None:
        """Free the day that was kept for a check-in that doesn't come. For one asked for, none was kept."""

        def give_back(tx: Tx) -> None:
            if not argument["asked_for"]:
                day = date.fromisoformat(decided["taken"])
                tx.unprompted.give_back(argument["person"], day, Feature.CHECK_IN)

        steps.tx("give_back", give_back)

    def _decide(self, tx: Tx, argument: Json) -> Json:
        at = self.now()
        one = find_participant(tx, argument["cohort"], argument["person"], argument["enrolment"], at)
        if one is None:
            return {"outcome": "not_needed"}
        settle_newest(tx, one.member.enrolment, at)
        if argument["asked_for"]:
            return _decide_asked_for(tx, one, at)
        day = date.fromisoformat(argument["day"])
        if find_monday(day) != find_monday(one.calendar.day_of(at)):
            return {"outcome": "late"}
        planned = PlannedCheckIn(DueTime(day, at), waited=argument["waited"])
        due = find_due(one.calendar, planned)
        if due is not None and due.at > at:  # the rhythm or their hours have changed since
            tx.jobs.add(make_job(one, due, again=at if due.day == day else None))
            return {"outcome": "later", "why": []}
        return self._decide_now(tx, one, planned, at)

    def _decide_now(self, tx: Tx, one: Participant, planned: PlannedCheckIn, at: datetime) -> Json:
        """Decide whether a check-in that is due is asked now, later this week, or not at all."""
        facts = gather_facts(tx, one.member.cohort, [one], at)[one.member.enrolment]
        holds = find_holds(facts, one.calendar)
        person, today = one.member.person, facts.message_day or facts.today
        is_kept = self.is_kept(tx, person, today)
        due = find_asking_time(one.calendar, facts, planned, at, is_kept=is_kept)
        if due is None:
            return _hold(holds)
        if due.at > at:
            tx.jobs.add(make_job(one, due, waited=True, again=at if due.day == planned.due.day else None))
            return {"outcome": "later", "why": _name_reasons(holds)}
        tx.unprompted.take(person, today, Feature.CHECK_IN)
        return {"outcome": "ask", "day": facts.today.isoformat(), "taken": today.isoformat()}


def _decide_asked_for(tx: Tx, one: Participant, at: datetime) -> Json:
    facts = gather_facts(tx, one.member.cohort, [one], at)[one.member.enrolment]
    holds = [hold for hold in find_holds(facts, one.calendar) if hold.reason not in ONLY_UNPROMPTED]
    return _hold(holds) if holds else {"outcome": "ask", "day": facts.today.isoformat()}


def _hold(holds: Sequence[Hold]) -> Json:
    return {"outcome": "held", "why": _name_reasons(holds)}


def _name_reasons(holds: Sequence[Hold]) -> list[str]:
    return [hold.reason.value for hold in holds]
