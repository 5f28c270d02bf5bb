"""One-to-ones, notes and calendars, on both databases."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from bot.adapters.database.transaction import SqlStore, SqlTx
from bot.domain.dojo.people import CohortRole
from bot.domain.one_to_ones.records import OneToOneState, Worth

NOW = datetime(2026, 11, 30, 9, tzinfo=UTC)
DAY = timedelta(days=1)


class Pair:
    """Two people of a cohort."""

    def __init__(self, tx: SqlTx) -> None:
        self.cohort = tx.cohorts.add("dojo", NOW).id
        self.ada = tx.members.find_or_add_by_chat("T1", "UADA", "Ada", NOW)
        self.sen = tx.members.find_or_add_by_chat("T1", "USEN", "Sen", NOW)
        self.enrolment = tx.members.join(self.cohort, self.ada, CohortRole.PARTICIPANT, NOW).enrolment


@pytest.fixture
def tx(engine: sa.Engine) -> Iterator[SqlTx]:
    with SqlStore(engine, "github.com").begin() as made:
        yield made


def test_one_to_ones_are_listed_by_time_and_only_planned_ones(tx: SqlTx) -> None:
    it = Pair(tx)
    later, first, off = (
        tx.one_to_ones.plan(it.cohort, it.ada, it.sen, NOW + days * DAY, NOW) for days in (3, 1, 2)
    )
    tx.one_to_ones.cancel(off.id)
    assert [found.id for found in tx.one_to_ones.between(NOW, NOW + 9 * DAY)] == [first.id, later.id]
    assert [found.id for found in tx.one_to_ones.between(NOW + 2 * DAY, NOW + 3 * DAY)] == [later.id]
    for person in (it.ada, it.sen):
        assert [found.id for found in tx.one_to_ones.planned_with({person}, NOW)] == [first.id, later.id]
    assert tx.one_to_ones.planned_with({"someone"}, NOW) == []
    assert tx.one_to_ones.find(first.id) == first
    assert tx.one_to_ones.find(999_999) is None
    assert tx.one_to_ones.last_before(it.ada, it.sen, NOW + 3 * DAY) == first
    assert tx.one_to_ones.last_before(it.ada, it.sen, NOW + DAY) is None
    assert tx.one_to_ones.last_before(it.sen, it.ada, NOW + 9 * DAY) is None


def test_one_to_ones_move_and_belong_to_events(tx: SqlTx) -> None:
    it = Pair(tx)
    meeting = tx.one_to_ones.plan(it.cohort, it.ada, it.sen, NOW - DAY, NOW, "event")
    by_hand = tx.one_to_ones.plan(it.cohort, it.ada, it.sen, NOW + DAY, NOW)
    assert tx.one_to_ones.known_of(it.ada, it.sen, NOW, ()) == [by_hand]
    assert tx.one_to_ones.known_of(it.ada, it.sen, NOW, {"event"}) == [meeting, by_hand]
    tx.one_to_ones.move(meeting.id, NOW + 2 * DAY)
    tx.one_to_ones.adopt(by_hand.id, "other")
    moved, adopted = (tx.one_to_ones.find(found.id) for found in (meeting, by_hand))
    assert moved
    assert moved.at == NOW + 2 * DAY
    assert adopted
    assert adopted.event == "other"
    tx.one_to_ones.cancel(meeting.id)
    tx.one_to_ones.cancel(by_hand.id, forget_event=True)
    off, forgotten = (tx.one_to_ones.find(found.id) for found in (meeting, by_hand))
    assert off
    assert (off.state, off.event) == (OneToOneState.CANCELLED, "event")
    assert forgotten
    assert (forgotten.state, forgotten.event) == (OneToOneState.CANCELLED, "")


def test_each_of_the_two_has_one_note(tx: SqlTx) -> None:
    it = Pair(tx)
    meeting = tx.one_to_ones.plan(it.cohort, it.ada, it.sen, NOW, NOW)
    tx.one_to_ones.set_decided(meeting.id, it.ada, "Queue", NOW)
    tx.one_to_ones.set_worth(meeting.id, it.ada, Worth.PARTLY, NOW + DAY)
    tx.one_to_ones.set_worth(meeting.id, it.sen, Worth.YES, NOW)
    notes = {note.person: note for note in tx.one_to_ones.notes(meeting.id)}
    assert (notes[it.ada].worth, notes[it.ada].decided) == (Worth.PARTLY, "Queue")
    assert notes[it.ada].at == NOW + DAY
    assert (notes[it.sen].worth, notes[it.sen].decided) == (Worth.YES, "")


def test_a_participant_has_one_calendar(tx: SqlTx) -> None:
    it = Pair(tx)
    tx.calendar_links.save(it.enrolment, "https://a.example/secret", it.ada, "digest", "")
    tx.calendar_links.mark_read(it.enrolment, NOW, "refused")
    found = tx.calendar_links.find(it.enrolment)
    assert found
    assert (found.problem, found.read_at) == ("refused", NOW)
    assert "secret" not in repr(found)
    assert tx.calendar_links.to_read(NOW) == []
    assert tx.calendar_links.to_read(NOW + DAY) == [found]
    tx.calendar_links.save(it.enrolment, "https://b.example/secret", it.sen, "another", "Dojo hour")
    again = tx.calendar_links.find(it.enrolment)
    assert again
    assert (again.address, again.added_by) == ("https://b.example/secret", it.sen)
    assert (again.looks_for, again.title) == ("another", "Dojo hour")
    assert again.fingerprint != found.fingerprint
    assert (again.read_at, again.problem) == (None, "")
    assert tx.calendar_links.to_read(NOW) == tx.calendar_links.find_all({it.enrolment}) == [again]
    tx.calendar_links.remove(it.enrolment)
    tx.calendar_links.remove(it.enrolment)
    tx.calendar_links.mark_read(it.enrolment, NOW, "")
    assert tx.calendar_links.find(it.enrolment) is None
