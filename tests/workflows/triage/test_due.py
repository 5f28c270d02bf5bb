"""Which rulings are due for capstones, in the week and at the milestone of their sensei."""

from datetime import UTC, date, datetime, timedelta

import pytest
import sqlalchemy as sa

from bot.domain.triage.due_rulings import DueReason
from bot.domain.triage.records import Milestone
from bot.workflows.triage.due import find_due_rulings, make_calendar
from tests.workflows.triage.judging import LOADER, SAFETY, SPEED, Judging, moves


@pytest.fixture
def it(engine: sa.Engine) -> Judging:
    return Judging(engine)


def due(it: Judging, zone: str = "") -> list[tuple[str, DueReason]]:
    with it.store.read() as tx:
        calendar = make_calendar(tx, it.capstone.cohort, it.now(), zone)
        found = find_due_rulings(tx, LOADER, [it.capstone.id], calendar)
    return [(one.criterion, one.reason) for one in found[it.capstone.id]]


def test_what_has_evidence_is_due_until_it_is_ruled_on_and_again_when_it_moves_next_week(it: Judging) -> None:
    assert due(it) == [(SPEED, DueReason.MOVED)]
    it.opens()
    it.rules()
    assert due(it) == []
    it.reads(moves("speed.2", "cheap()"))
    assert due(it) == []
    it.wait(timedelta(days=7).total_seconds())
    assert due(it) == [(SPEED, DueReason.MOVED)]


def test_at_a_milestone_all_is_due_once_whoever_rules_in_whatever_zone(it: Judging) -> None:
    with it.milestone(it.now().date() + timedelta(7)):
        assert due(it) == [(SAFETY, DueReason.MILESTONE), (SPEED, DueReason.MILESTONE)]
        far_east = it.comes(zone="Asia/Tokyo")
        it.has_sensei(far_east)
        it.clock = it.clock.replace(hour=0, minute=1)
        it.opens(far_east)
        it.rules(far_east)
        it.wait(timedelta(days=1).total_seconds())
        for zone in ("Asia/Tokyo", "", "America/Los_Angeles"):
            assert due(it, zone) == [(SAFETY, DueReason.MILESTONE)]


def test_a_ruling_under_appeal_is_due_for_nobody_but_its_second_sensei(it: Judging) -> None:
    it.opens()
    it.rules()
    it.appeals()
    it.reads(moves("speed.2", "cheap()"))
    it.wait(timedelta(days=7).total_seconds())
    assert due(it) == []


def test_a_week_begins_on_monday_and_a_milestone_opens_where_its_day_begins_first(it: Judging) -> None:
    with it.milestone(date(2026, 12, 3)), it.store.read() as tx:
        calendar = make_calendar(tx, it.capstone.cohort, it.now(), "America/New_York")
    assert calendar.week_began == datetime(2026, 11, 23, 5, tzinfo=UTC)
    assert calendar.milestone is Milestone.DESIGN
    assert calendar.opened == datetime(2026, 11, 25, 10, tzinfo=UTC)


def test_rulings_of_many_capstones_take_as_many_queries_as_of_one(it: Judging) -> None:
    others = [Judging(it.engine).capstone.id for _ in range(3)]
    with it.store.read() as tx:
        calendar = make_calendar(tx, it.capstone.cohort, it.now())
    counts = []
    for capstones in ([it.capstone.id], [it.capstone.id, *others]):
        statements: list[str] = []

        def note(_c: object, _cursor: object, statement: str, *_: object) -> None:
            statements.append(statement)  # noqa: B023 - it is called within this turn of the loop

        sa.event.listen(it.engine, "before_cursor_execute", note)
        with it.store.read() as tx:
            assert len(find_due_rulings(tx, LOADER, capstones, calendar)) == len(capstones)
        sa.event.remove(it.engine, "before_cursor_execute", note)
        counts.append(sum(statement.startswith("SELECT") for statement in statements))
    assert counts[0] == counts[1] <= 8
