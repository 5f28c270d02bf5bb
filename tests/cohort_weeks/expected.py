"""What a digest must say, worked out from what the test did, and without the bot's own code for digests.

The rules and the points are those of ``docs/triage.md`` and ``docs/digest.md``.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from tests.cohort_weeks.facts import Asked, Facts, Guide, Guided

MOST_ROWS, MOST_A_WEEK, MOST_DAYS, NEAR = 7, 3, 10, 10
GATE, MILESTONE, A_DAY = 15, 20, 2
SILENT, OLD, STUCK = 10, 7, 7
KINDS = ("dispute", "rulings", "risk")


@dataclass(frozen=True, order=True)
class Row:
    """A row as a digest shows it: about whom, what, and how many with which detail."""

    name: str
    kind: str
    what: str
    number: int
    gates: int = 0


@dataclass(frozen=True)
class Expected:
    """A digest: its rows in order, and how many things of the other rows can wait."""

    rows: tuple[Row, ...]
    rest: int


@dataclass(frozen=True)
class Rubric:
    """The ids of all criteria in order, and those that are gates with the level that they need."""

    criteria: Sequence[str]
    gates: frozenset[str]
    gate_level: int


def find_delivery(zone: str, guide: Guide | None, monday: date) -> datetime | None:
    """Return when the digest of a week is sent: at nine on the first day on which its reader works."""
    for day in (monday + timedelta(days=offset) for offset in range(5)):
        if guide is None or guide.works_on(day):
            return datetime.combine(day, time(9), ZoneInfo(zone))
    return None


class Expectations:
    """Works out digests."""

    def __init__(self, facts: Facts, rubric: Rubric) -> None:
        self.facts, self.rubric = facts, rubric

    def expect(self, guide: Guide, at: datetime) -> Expected:
        """Return a sensei's digest at a moment."""
        found = [
            (cost, row)
            for one in self.facts.guided
            if self.is_responsible(guide, one, at)
            for cost, row in self._list_rows(one, guide, at)
        ]
        numbers = {one.name: one.capstone for one in self.facts.guided}
        found.sort(
            key=lambda pair: (
                -pair[0],
                pair[1].name.casefold(),
                f"{pair[1].kind}:{numbers[pair[1].name]}",
            )
        )
        rows = [row for _, row in found]
        waiting = [1 if row.kind == "risk" else row.number for row in rows[MOST_ROWS:]]
        return Expected(tuple(rows[:MOST_ROWS]), sum(waiting))

    def count_due(self, one: Guided, guide: Guide, at: datetime) -> int:
        """Return how many rulings a sensei is asked for about a participant now."""
        return len(self._find_due(one, guide, at))

    def list_stuck(self, at: datetime) -> dict[str, tuple[int, int]]:
        """Return the participants that are stuck, with their old questions and the days of the oldest."""
        zone = ZoneInfo(self.facts.lead_zone)
        today, found = at.astimezone(zone).date(), {}
        for one in self.facts.guided:
            ages = [
                (today - question.since.astimezone(zone).date()).days
                for question in one.asked
                if question.state == "asked"
            ]
            if old := [age for age in ages if age > STUCK]:
                found[one.name] = len(old), max(old)
        return found

    def is_responsible(self, guide: Guide, one: Guided, at: datetime) -> bool:
        own = one.sensei
        if own is None or own.left:
            return False
        return own is guide or (own.deputy is guide and own.is_away(own.today(at)))

    def _list_rows(self, one: Guided, guide: Guide, at: datetime) -> Iterator[tuple[int, Row]]:
        today = guide.today(at)
        near = self._is_near(guide, today)
        disputed = [question for question in one.asked if question.state == "disputed"]
        if disputed:
            days = max(self._count_days(guide, question.since, today) for question in disputed)
            gate = any(question.gate for question in disputed)
            yield _cost(100, days, gate=gate), Row(one.name, "dispute", "waits", len(disputed))
        if due := self._find_due(one, guide, at):
            gates = sum(criterion in self.rubric.gates for criterion in due)
            days = self._count_unruled_days(one, guide, due, today)
            row = Row(one.name, "rulings", "due", len(due), gates)
            yield _cost(30, days, gate=gates > 0, milestone=near), row
        yield from self._list_risks(one, guide, today, near=near)

    def _list_risks(self, one: Guided, guide: Guide, today: date, *, near: bool) -> Iterator[tuple[int, Row]]:
        flags: list[tuple[str, int, int]] = []
        ruled = [one.ruled.get(gate) for gate in sorted(self.rubric.gates)]
        missing = sum(ruling is None or ruling.level < self.rubric.gate_level for ruling in ruled)
        if near and missing:
            flags.append(("gates", missing, 0))
        waiting = [self._count_days(guide, question.since, today) for question in _list_open(one)]
        if waiting and max(waiting) > OLD:
            flags.append(("old question", max(waiting), max(waiting)))
        zone = ZoneInfo(guide.zone)
        read = max((one.read or one.enrolled).astimezone(zone).date(), self.facts.start)
        silent = guide.count_days(read, today)
        if silent >= SILENT:
            flags.append(("nothing to read", silent, silent))
        if flags:
            gates = flags[0][0] == "gates"
            cost = _cost(20, max(days for _, _, days in flags), gate=gates, milestone=gates)
            yield cost, Row(one.name, "risk", flags[0][0], flags[0][1])

    def _find_due(self, one: Guided, guide: Guide, at: datetime) -> list[str]:
        today = guide.today(at)
        milestone = self.facts.find_open_milestone(today)
        if milestone:
            return [
                criterion
                for criterion in self.rubric.criteria
                if criterion not in one.ruled or one.ruled[criterion].milestone != milestone
            ]
        zone = ZoneInfo(guide.zone)
        monday = datetime.combine(today - timedelta(days=today.weekday()), time(), zone)
        this_week = {criterion for criterion, ruling in one.ruled.items() if ruling.at >= monday}
        moved = [
            criterion
            for criterion in self.rubric.criteria
            if criterion not in this_week and _has_moved(one, criterion)
        ]
        moved.sort(key=lambda criterion: (criterion not in self.rubric.gates, _ruled_at(one, criterion)))
        return moved[: max(MOST_A_WEEK - len(this_week), 0)]

    def _count_unruled_days(self, one: Guided, guide: Guide, due: Sequence[str], today: date) -> int:
        if any(criterion not in one.ruled for criterion in due):
            return self._count_days(guide, one.enrolled, today)
        return max(self._count_days(guide, one.ruled[criterion].at, today) for criterion in due)

    def _count_days(self, guide: Guide, since: datetime, today: date) -> int:
        return guide.count_days(since.astimezone(ZoneInfo(guide.zone)).date(), today)

    def _is_near(self, guide: Guide, today: date) -> bool:
        _, day = self.facts.milestone
        if self.facts.find_open_milestone(today):
            return guide.count_days(today, day) <= NEAR
        return today <= day and guide.count_days(today, day) <= NEAR


def _list_open(one: Guided) -> list[Asked]:
    return [question for question in one.asked if question.state == "asked"]


def _has_moved(one: Guided, criterion: str) -> bool:
    shown = one.evidence.get(criterion, frozenset())
    return one.ruled[criterion].evidence != shown if criterion in one.ruled else bool(shown)


def _ruled_at(one: Guided, criterion: str) -> float:
    return one.ruled[criterion].at.timestamp() if criterion in one.ruled else float("-inf")


def _cost(points: int, days: int, *, gate: bool = False, milestone: bool = False) -> int:
    return points + GATE * gate + MILESTONE * milestone + A_DAY * min(days, MOST_DAYS)
