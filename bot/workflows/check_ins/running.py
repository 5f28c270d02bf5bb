"""The workflow ``check_in``: when a check-in is due, it decides again whether the participant is asked."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Protocol

import structlog

from bot.domain.check_ins.due_times import DueTime, find_monday
from bot.domain.check_ins.holds import ONLY_UNPROMPTED, Hold, HoldReason, find_holds
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
_A_DAY = timedelta(days=1)
_WAITS = frozenset({HoldReason.BUDGET, HoldReason.AWAY, HoldReason.SNOOZED})
"""Reasons that put a check-in off within its week. The others leave it out."""


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
            self._give_back(steps, argument, decided["day"])
            raise
        if asked.get("outcome") != ASKED:
            self._give_back(steps, argument, decided["day"])
        return asked

    def _give_back(self, steps: Steps, argument: Json, day: str) -> None:
        """Free the day that was kept for a check-in that doesn't come. For one asked for, none was kept."""

        def give_back(tx: Tx) -> None:
            if not argument["asked_for"]:
                tx.unprompted.give_back(argument["person"], date.fromisoformat(day), Feature.CHECK_IN)

        steps.tx("give_back", give_back)

    def _decide(self, tx: Tx, argument: Json) -> Json:
        at = self.now()
        one = find_participant(tx, argument["cohort"], argument["person"], argument["enrolment"], at)
        if one is None:
            return {"outcome": "not_needed"}
        settle_newest(tx, one.member.enrolment, at)
        if argument["asked_for"]:
            return _decide_asked_for(tx, one, at)
        planned = date.fromisoformat(argument["day"])
        if find_monday(planned) != find_monday(one.calendar.day_of(at)):
            return {"outcome": "late"}
        due = None if argument["waited"] else one.calendar.find_in_week(find_monday(planned))
        if due is not None and due.at > at:  # the rhythm or their hours have changed since
            tx.jobs.add(make_job(one, due, again=at if due.day == planned else None))
            return {"outcome": "later", "why": []}
        return self._decide_now(tx, one, planned, at)

    def _decide_now(self, tx: Tx, one: Participant, planned: date, at: datetime) -> Json:
        """Decide whether a check-in that is due is asked now, later this week, or not at all."""
        facts = gather_facts(tx, one.member.cohort, [one], at)[one.member.enrolment]
        holds = find_holds(facts, one.calendar)
        if any(hold.reason not in _WAITS for hold in holds):
            return _hold(holds)
        due = self._find_due(tx, one, at, is_used=facts.has_message)
        if due is None:
            return _hold(holds)
        if due.at > at:
            tx.jobs.add(make_job(one, due, waited=True, again=at if due.day == planned else None))
            return {"outcome": "later", "why": _name_reasons(holds)}
        tx.unprompted.take(one.member.person, facts.today, Feature.CHECK_IN)
        return {"outcome": "ask", "day": facts.today.isoformat()}

    def _find_due(self, tx: Tx, one: Participant, at: datetime, *, is_used: bool) -> DueTime | None:
        """Return when they are asked, from now on and within this week; None if they can't be.

        A day that has its message, or that is kept for another, is left out.
        """
        today = one.calendar.day_of(at)
        if not is_used and not self.is_kept(tx, one.member.person, today):
            return one.calendar.find_late(at)
        return one.calendar.find_in_week(find_monday(today), today + _A_DAY)


def _decide_asked_for(tx: Tx, one: Participant, at: datetime) -> Json:
    facts = gather_facts(tx, one.member.cohort, [one], at)[one.member.enrolment]
    holds = [hold for hold in find_holds(facts, one.calendar) if hold.reason not in ONLY_UNPROMPTED]
    return _hold(holds) if holds else {"outcome": "ask", "day": facts.today.isoformat()}


def _hold(holds: Sequence[Hold]) -> Json:
    return {"outcome": "held", "why": _name_reasons(holds)}


def _name_reasons(holds: Sequence[Hold]) -> list[str]:
    return [hold.reason.value for hold in holds]
