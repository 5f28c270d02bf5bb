"""Lets a cohort live for weeks: turns the clock from one moment to the next at which something happens."""

import heapq
import itertools
import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

from tests.cohort_weeks import code
from tests.cohort_weeks.expected import Expectations, Rubric
from tests.cohort_weeks.facts import Asked, Facts, Guide, Guided
from tests.cohort_weeks.inspection import Inspection
from tests.cohort_weeks.senseis import Desk
from tests.cohort_weeks.served import ASKS_GITHUB, READS_ALL, Served
from tests.cohort_weeks.world import MONDAY, ZONES, Plan, World
from tests.domain.ledgers import movement

_Do = Callable[[], None]
MOST_PLACES = 3
LATER_ZONE = "Asia/Tokyo"
"""Where the sensei goes who changes zone."""
_LOOK_ROUNDS = timedelta(hours=6)
CHECKS = {
    "integration": "integration.4",
    "validation": "validation.3",
    "reliability": "reliability.4",
    "performance_cost": "performance_cost.4",
    "security": "security.3",
    "delivery": "delivery.4",
}
"""The check for which the code of ``code.SHOWING`` is evidence."""


@dataclass
class Life:
    """The cohort, its calendar of what happens, and what came of it."""

    it: Served
    plan: Plan
    facts: Facts = field(init=False)
    _calendar: list[tuple[datetime, int, _Do]] = field(default_factory=list)
    _order: "itertools.count[int]" = field(default_factory=itertools.count)
    _texts: "itertools.count[int]" = field(default_factory=lambda: itertools.count(1))

    def __post_init__(self) -> None:
        self.facts = World(self.it, self.plan).make()
        rubric = self.it.library.rubric
        criteria = [criterion.id for criterion in rubric.criteria]
        gates = frozenset(criterion.id for criterion in rubric.criteria if criterion.gate)
        self.chance = random.Random(self.plan.seed)
        self.expectations = Expectations(self.facts, Rubric(criteria, gates, rubric.gate_level))
        self.desk = Desk(self.it, self.facts, {one.title: one.id for one in rubric.criteria})
        self.inspection = Inspection(self.it, self.facts, self.expectations)

    def live(self) -> Inspection:
        """Let all weeks pass; return what was seen of the digests."""
        for week in (MONDAY + timedelta(weeks=number) for number in range(self.plan.weeks)):
            self._plan_week(week)
        self._plan_changes()
        end = datetime.combine(MONDAY + timedelta(weeks=self.plan.weeks, days=-2), time(), UTC)
        self._run(end)
        return self.inspection

    def _run(self, end: datetime) -> None:
        """Turn the clock to the next job, act or look round until the end."""
        rounds = self.it.clock.at
        self._settle()
        while True:
            job = self.it.next_job() or end
            act = self._calendar[0][0] if self._calendar else end
            self.it.clock.at = max(self.it.clock.at, min(job, act, rounds, end))
            if self.it.clock.at >= end:
                return
            if self.it.clock.at >= rounds:
                self.it.look_round(self._left_out())
                rounds += _LOOK_ROUNDS
            self.inspection.expect_now()
            self._settle()
            while self._calendar and self._calendar[0][0] <= self.it.clock.at:
                heapq.heappop(self._calendar)[2]()
            self._settle()

    def _left_out(self) -> tuple[str, ...]:
        """Return the parts of look rounds that are left out.

        A reading at the milestone would find that evidence is gone that was only written into the database.
        """
        reads_all = self.plan.pushed >= len(self.facts.guided)
        return (ASKS_GITHUB,) if reads_all else (ASKS_GITHUB, READS_ALL)

    def _settle(self) -> None:
        self.it.settle()
        self.inspection.look()

    def _at(self, day: date, hour: float, zone: str, do: _Do) -> None:
        """Let something happen at an hour of somebody's day."""
        local = datetime.combine(day, time(), ZoneInfo(zone)) + timedelta(hours=hour)
        heapq.heappush(self._calendar, (local.astimezone(UTC), next(self._order), do))

    # What participants do.

    def _plan_week(self, monday: date) -> None:
        number = (monday - MONDAY).days // 7
        for offset, zone in itertools.product(range(5), (*ZONES, LATER_ZONE)):
            # A digest that nobody plans would otherwise go unmissed.
            self._at(monday + timedelta(days=offset), 9, zone, lambda: None)
        for one in self.facts.guided:
            day = monday + timedelta(days=self.chance.randrange(1, 4))
            if self._is_active(one, number):
                showing = self.chance.sample(sorted(code.SHOWING), self.chance.randrange(2, 5))
                self._at(day, 15, "UTC", partial(self._show, one, tuple(showing)))
            if self._asks_in(one) == number and one.number < self.plan.asked:
                self._at(day, 16, "UTC", partial(self._open_pull, one))
        for guide in self.facts.guides:
            day = monday + timedelta(days=1 + guide.number % 3)
            self._at(day, 10.5, guide.zone, partial(self._work, guide, monday))

    def _is_active(self, one: Guided, week: int) -> bool:
        """Return whether somebody changes their capstone: three quarters do, most of them every week."""
        kind = one.number % 8
        return kind < 5 or (kind == 5 and week % 2 == 0)

    def _asks_in(self, one: Guided) -> int | None:
        """Return in which week somebody opens a pull request that raises a question, if ever."""
        return {0: 1, 6: 0, 7: 1}.get(one.number % 8)

    def _show(self, one: Guided, criteria: tuple[str, ...]) -> None:
        """Let new evidence come to the default branch."""
        number = next(self._texts)
        pushes = one.number < self.plan.pushed
        for criterion in criteria:
            # A reading of the whole code cites three places at most, and the ones it has stay.
            if not pushes or len(one.evidence.get(criterion, ())) < MOST_PLACES:
                one.shows(criterion, f"text {number}")
        if pushes:
            self.it.github.push(one.repository, "main", code.show(criteria, number), by=one.user)
            return
        moved = [movement(CHECKS[criterion], quotes=(f"text_{number}()",)) for criterion in criteria]
        with self.it.store.begin() as tx:
            tx.ledgers.record(one.capstone, f"rows:{number}", moved, pending=False)

    def _open_pull(self, one: Guided) -> None:
        """Open a pull request that raises a question; some dispute it a day later, others never answer."""
        gate, number = one.number % 8 == 7, next(self._texts)
        files = code.log_words(number) if gate else code.drop_parameters(number)
        self.it.github.push(one.repository, f"asks-{number}", files, by=one.user)
        pull = self.it.github.open_pull(one.repository, f"asks-{number}", one.user)
        self._settle()
        [thread] = pull.threads
        one.read = self.it.clock.at
        one.asked.append(Asked(thread, gate, self.it.clock.at))
        if one.number % 8 != 6:
            later = self.it.clock.at.date() + timedelta(days=1)
            self._at(later, 11, "UTC", lambda: self._dispute(one, one.asked[-1]))

    def _dispute(self, one: Guided, asked: Asked) -> None:
        self.it.github.reply(asked.thread, "/sensei dispute This is a fixture.", one.user)
        asked.state, asked.since = "disputed", self.it.clock.at

    # What senseis do.

    def _work(self, guide: Guide, monday: date) -> None:
        """Let a sensei act on this week's digest; every third acts on its first row only."""
        digest = self.inspection.find_digest(guide, monday)
        if digest is None or guide.left or guide.is_away(guide.today(self.it.clock.at)):
            return
        self.desk.rules_on(guide, digest, monday, 1 if guide.number % 3 == 2 else 99)
        if guide.number % 2 == 0:
            self.desk.decides(guide, monday, stands=guide.number % 4 == 0)

    def _plan_changes(self) -> None:
        guides, second = self.facts.guides, MONDAY + timedelta(weeks=1)
        away, deputy = (guides[number] for number in self.plan.away)
        self._at(MONDAY + timedelta(days=2), 9.5, away.zone, lambda: self._go_away(away, deputy, second))
        moves = guides[self.plan.moves]
        self._at(second + timedelta(days=3), 12, moves.zone, lambda: self._move(moves, LATER_ZONE))
        if self.plan.leaves is not None:
            leaves = guides[self.plan.leaves]
            day = MONDAY + timedelta(weeks=4, days=2)
            self._at(day, 12, leaves.zone, lambda: self._leave(leaves))

    def _go_away(self, guide: Guide, deputy: Guide, first: date) -> None:
        last = first + timedelta(days=4)
        outcome = guide.person.command(f"/dojo away {first} {last} <@{deputy.person.id}>")
        assert not outcome.failed
        guide.away, guide.deputy = (first, last), deputy

    def _move(self, guide: Guide, zone: str) -> None:
        self._fill(guide, "/dojo profile", {"join.time_zone": zone})
        guide.zone = zone

    def _leave(self, guide: Guide) -> None:
        self._fill(guide, "/dojo leave", {})
        guide.left = True

    def _fill(self, guide: Guide, command: str, values: Mapping[Any, str]) -> None:
        assert not guide.person.command(command).failed
        outcome = guide.person.submit(values)
        assert (outcome.failed, outcome.errors) == (False, {})
