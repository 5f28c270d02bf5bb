"""The workflow ``read_by_sensei``: a pull request's check run says that a sensei has read the evidence.

It says so at most once a day, and only on the commit that Sensei has read last. A later push gets a check run
of its own, which says nothing about a sensei. No level, criterion or word of a ruling goes to the code host.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime

from bot.domain.dojo.local_days import day_in
from bot.domain.pull_requests.records import Capstone, PullRequest, Round, RoundState
from bot.domain.triage.records import CriterionRuling
from bot.ports.code_host import CheckOutput, CodeHost
from bot.ports.engine import Json, Steps
from bot.ports.store import Store, Tx
from bot.rendering.pull_requests import check_runs
from bot.workflows.chat.working_hours import find_hours
from bot.workflows.jobs.retry import insist
from bot.workflows.pull_requests.review_posting import HostedHead, ReviewPoster, mark_key
from bot.workflows.pull_requests.round_publishing import load_round, may_speak


@dataclass(frozen=True)
class SenseiMarks:
    """The workflow ``read_by_sensei``."""

    host: CodeHost
    store: Store
    now: Callable[[], datetime]

    def run(self, steps: Steps, argument: Json) -> Json:
        """Mark one pull request as read by a sensei on the day of a ruling."""
        pull_request: int = argument["pull_request"]
        begun = steps.tx("begin", lambda tx: self._begin(tx, pull_request, argument["ruling"]))
        if begun["round"] is None:
            return {"outcome": "done"}
        round_: str = begun["round"]
        day = date.fromisoformat(begun["day"])
        marked = insist(steps, "mark", lambda: self._mark(round_, day))
        if marked["outcome"] == "done" and marked["marked"]:
            steps.tx("end", lambda tx: self._end(tx, round_, day))
        return {"outcome": marked["outcome"]}

    def _begin(self, tx: Tx, number: int, ruling_id: int) -> Json:
        """Return the round whose check run to mark, or None; and the sensei's day."""
        ruling = tx.rulings.find(ruling_id)
        pull_request = tx.pull_requests.get(number)
        capstone = tx.capstones.get(pull_request.capstone)
        day = _find_day(tx, ruling, capstone) if ruling else None
        found = _find_markable(tx, pull_request, capstone)
        if day is None or found is None or _find_marked_day(tx, pull_request, capstone) == day.isoformat():
            return {"round": None}
        return {"round": found.id, "day": day.isoformat()}

    def _mark(self, round_: str, day: date) -> Json:
        """Update the check run, unless meanwhile nothing may be posted or the round is no longer the last."""
        with self.store.read() as tx:
            this_round, pull_request, capstone = load_round(tx, round_)
            newest = _find_markable(tx, pull_request, capstone)
        if newest is None or newest.id != round_:
            return {"marked": False}
        head = HostedHead(self.host.repository(capstone), pull_request.number, this_round.head)
        poster = ReviewPoster(self.host, self.store, self.now)
        check = poster.find_begun_check(lambda: head, round_)
        if check is None:
            return {"marked": False}
        poster.conclude(head.repository, check, CheckOutput(*check_runs.check_read(day), "success"))
        return {"marked": True}

    def _end(self, tx: Tx, round_: str, day: date) -> Json:
        _, pull_request, capstone = load_round(tx, round_)
        for key in (mark_key(round_), _day_key(pull_request, capstone)):
            tx.effects.begin(key, self.now())
            tx.effects.finish(key, day.isoformat(), self.now())
        return {}


def _find_markable(tx: Tx, pull_request: PullRequest, capstone: Capstone) -> Round | None:
    """Return the last published round if it read the head and may still speak, or None."""
    if pull_request.state != "open":
        return None
    published = [row for row in tx.rounds.of(pull_request.id) if row.state is RoundState.PUBLISHED]
    newest = published[-1] if published else None
    if newest is None or newest.head != pull_request.head:
        return None
    return newest if may_speak(tx, newest, pull_request, capstone) else None


def _find_day(tx: Tx, ruling: CriterionRuling, capstone: Capstone) -> date:
    """Return the day of a ruling where its sensei lives; in UTC once they were erased."""
    zone = find_hours(tx, ruling.sensei, capstone.cohort).time_zone if ruling.sensei else ""
    return day_in(zone, ruling.at)


def _find_marked_day(tx: Tx, pull_request: PullRequest, capstone: Capstone) -> str | None:
    """Return the day, in ISO format, on which a pull request was last marked, or None."""
    return tx.effects.find(_day_key(pull_request, capstone))[1]


def _day_key(pull_request: PullRequest, capstone: Capstone) -> str:
    return f"read:{capstone.repository}#{pull_request.number}"
