"""Exports, erasures and merged people: nothing of a one-to-one is anybody else's."""

import json
from datetime import UTC, datetime

from bot.adapters.database.trace_search import SqlTraceSearch
from bot.domain.dojo.people import CohortRole
from bot.domain.one_to_ones.records import Worth
from bot.domain.pull_requests.records import Account
from bot.workflows.privacy.export import find_person
from tests.workflows.one_to_ones.meetings import DAY, HOUR, Meetings

WEDNESDAY = datetime(2026, 12, 2, 10, tzinfo=UTC)
ADDRESS = "https://calendar.example/secret-of-sen.ics"


def met(it: Meetings) -> tuple[str, str, int]:
    """Ada and Sen have met, have said what came of it, and have planned another hour."""
    sen = it.joins("Sen Sei", CohortRole.SENSEI)
    ada = it.enrols("Ada", sen)
    enrolment = it.adds_calendar(sen, ada, ADDRESS, "The dojo hour of Sen")
    held = it.plans(ada, sen, WEDNESDAY)
    with it.store.begin() as tx:
        tx.calendar_links.mark_read(enrolment, datetime(2026, 12, 9, tzinfo=UTC), "")
        tx.one_to_ones.set_decided(held.id, ada, "Ada's words about the queue", it.now())
        tx.one_to_ones.set_decided(held.id, sen, "Sen's words about the queue", it.now())
        tx.one_to_ones.set_worth(held.id, sen, Worth.NO, it.now())
    it.lives(WEDNESDAY + HOUR)
    it.plans(ada, sen, WEDNESDAY + 7 * DAY)
    it.meets.keep()
    return ada, sen, enrolment


def document(it: Meetings, person: str) -> str:
    with it.store.read() as tx:
        return json.dumps(tx.people.document(find_person(tx, person)), ensure_ascii=False)


def test_an_export_has_ones_own_words_and_not_the_others(it: Meetings) -> None:
    ada, sen, _ = met(it)
    mine, theirs = document(it, ada), document(it, sen)
    assert "Ada's words" in mine
    assert "Ada's words" not in theirs
    assert "Sen's words" in theirs
    assert "Sen's words" not in mine
    assert "secret-of-sen" in theirs
    assert "secret-of-sen" not in mine
    assert "The dojo hour" not in mine
    for text, other in ((mine, sen), (theirs, ada)):
        assert other not in text
        assert '"one_to_ones"' in text


def erase(it: Meetings, person: str) -> dict[str, int]:
    with it.store.begin() as tx:
        subject = find_person(tx, person)
        traces = tx.people.traces(subject)
        tx.erasures.erase_person(subject, traces)
    whole = SqlTraceSearch(it.engine)
    whole.clean()
    return dict(whole.search(traces).left)


def test_nothing_is_left_of_a_sensei_who_is_erased(it: Meetings) -> None:
    ada, sen, enrolment = met(it)
    assert erase(it, sen) == {}
    with it.store.read() as tx:
        assert tx.one_to_ones.planned_with({ada, sen}, datetime(2026, 1, 1, tzinfo=UTC)) == []
        assert tx.calendar_links.find(enrolment) is None
    assert work(it) == []
    assert "Ada's words" not in document(it, ada)


def test_nothing_is_left_of_a_participant_who_is_erased(it: Meetings) -> None:
    ada, sen, enrolment = met(it)
    assert erase(it, ada) == {}
    with it.store.read() as tx:
        assert tx.one_to_ones.planned_with({ada, sen}, datetime(2026, 1, 1, tzinfo=UTC)) == []
        assert tx.calendar_links.find(enrolment) is None
    assert work(it) == []


def test_nothing_is_left_of_a_deputy_who_is_erased(it: Meetings) -> None:
    sen, sol = it.joins("Sen Sei", CohortRole.SENSEI), it.joins("Sol", CohortRole.SENSEI)
    ada = it.enrols("Ada", sen)
    held = it.plans(ada, sen, WEDNESDAY)
    it.goes_away(sen, WEDNESDAY.date(), WEDNESDAY.date(), sol)
    it.lives(WEDNESDAY + HOUR)
    with it.store.begin() as tx:
        tx.one_to_ones.set_decided(held.id, sol, "Sol's words about the queue", it.now())
    assert f'"id": {held.id}' in document(it, sol)
    assert sol not in document(it, ada)
    assert erase(it, sol) == {}
    with it.store.read() as tx:
        assert tx.one_to_ones.find(held.id) is None
    assert work(it) == []


def work(it: Meetings) -> list[str]:
    """The jobs and effects about one-to-ones that are left."""
    with it.engine.connect() as connection:
        names = [
            *connection.exec_driver_sql("SELECT id FROM job").scalars(),
            *connection.exec_driver_sql("SELECT key FROM effect").scalars(),
        ]
    return [name for name in names if "one_to_one" in name or name.startswith("calendar:")]


def test_two_who_turn_out_to_be_one_keep_their_one_to_ones(it: Meetings) -> None:
    sen = it.joins("Sen Sei", CohortRole.SENSEI)
    with it.store.begin() as tx:
        account = Account(it.number + 7_700_000, f"ada{it.number}")
        gone = tx.members.find_or_add_by_host_account(account, it.now())
        tx.members.join(it.id, gone, CohortRole.PARTICIPANT, it.now())
    it.pairs(gone, sen)
    held = it.plans(gone, sen, WEDNESDAY)
    it.adds_calendar(gone, gone, ADDRESS)
    kept = it.joins("Ada", CohortRole.PARTICIPANT)
    with it.store.begin() as tx:
        tx.one_to_ones.set_decided(held.id, gone, "Mine", it.now())
        tx.members.prove(kept, account, it.now())
    [meeting] = it.planned(kept)
    assert meeting.id == held.id
    with it.store.read() as tx:
        assert [note.person for note in tx.one_to_ones.notes(held.id)] == [kept]
        [member] = tx.members.roles(kept)
        link = tx.calendar_links.find(member.enrolment)
    assert link
    assert link.added_by == kept


def test_a_deputy_who_turns_out_to_be_another_is_still_who_met(it: Meetings) -> None:
    sen, sol = it.joins("Sen Sei", CohortRole.SENSEI), it.joins("Sol", CohortRole.SENSEI)
    ada = it.enrols("Ada", sen)
    held = it.plans(ada, sen, WEDNESDAY)
    account = Account(it.number + 7_800_000, f"sol{it.number}")
    with it.store.begin() as tx:
        gone = tx.members.find_or_add_by_host_account(account, it.now())
        tx.one_to_ones.note_attendee(held.id, gone)
        tx.members.prove(sol, account, it.now())
        found = tx.one_to_ones.find(held.id)
    assert found
    assert found.attendee == sol
