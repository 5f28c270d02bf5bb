"""A transaction asks for a row once, and again as soon as it has written what may have changed it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime

import pytest
import sqlalchemy as sa
from sqlmodel import Session

from bot.adapters.database.dojo.tables import EnrolmentRow, PersonRow
from bot.adapters.database.pull_requests.tables import CapstoneRow
from bot.adapters.database.transaction import SqlStore, SqlTx
from bot.domain.check_ins.records import Topic
from bot.domain.dojo.people import CohortRole, EnrolmentState, Member, Profile, WorkingHours
from bot.domain.pull_requests.records import Account, PublishPolicy

NOW = datetime(2026, 12, 2, 10, tzinfo=UTC)
ADA = Account(1, "ada")


@pytest.fixture
def store(engine: sa.Engine) -> SqlStore:
    """Ada is a participant with a capstone."""
    made = SqlStore(engine, "github.com", lambda: NOW)
    with made.begin() as tx:
        cohort = tx.cohorts.add("dojo", NOW).id
        tx.cohorts.set_workspace(cohort, "T1")
        person = tx.members.find_or_add_by_chat("T1", "U1", "Ada", NOW)
        tx.members.join(cohort, person, CohortRole.PARTICIPANT, NOW)
        tx.members.prove(person, ADA, NOW)
        tx.capstones.add(
            cohort="dojo",
            repository=1,
            owner="ada",
            name="desk",
            default_branch="main",
            installation=9,
            participant=ADA,
            sensei=None,
            publish=None,
            at=NOW,
        )
    return made


@contextmanager
def counted(engine: sa.Engine) -> Iterator[list[str]]:
    """List the statements that are sent meanwhile."""
    sent: list[str] = []

    def note(*event: object) -> None:
        sent.append(str(event[2]))

    sa.event.listen(engine, "before_cursor_execute", note)
    yield sent
    sa.event.remove(engine, "before_cursor_execute", note)


def ada(tx: SqlTx) -> Member:
    [member] = tx.members.roles(tx.members.by_host_account(ADA.id) or "")
    return member


def test_what_was_read_is_not_asked_for_again(store: SqlStore, engine: sa.Engine) -> None:
    with store.begin() as tx:
        member, [capstone] = ada(tx), tx.capstones.by_participant(ada(tx).person)
        with counted(engine) as sent:
            assert ada(tx) == member
            assert tx.members.of(member.cohort, CohortRole.PARTICIPANT, [member.person]) == [member]
            assert tx.capstones.by_participant(member.person) == (capstone,)
            assert tx.capstones.get(capstone.id) == capstone
        assert not sent


def test_the_next_transaction_asks_again(store: SqlStore, engine: sa.Engine) -> None:
    with store.read() as tx:
        person = ada(tx).person
    with store.begin() as tx:
        tx.members.set_name(person, "Ada L.")
    with store.read() as tx, counted(engine) as sent:
        assert ada(tx).name == "Ada L."
    assert sent


_WRITES: list[tuple[Callable[[SqlTx, Member], object], Callable[[Member], object], object]] = [
    (
        lambda tx, it: tx.members.set_state(it.enrolment, EnrolmentState.PAUSED),
        lambda it: it.state,
        EnrolmentState.PAUSED,
    ),
    (lambda tx, it: tx.members.set_name(it.person, "Lovelace"), lambda it: it.name, "Lovelace"),
    (
        lambda tx, it: tx.members.set_profile(it.enrolment, Profile(WorkingHours("UTC"))),
        lambda it: it.profile and it.profile.hours.time_zone,
        "UTC",
    ),
    (lambda tx, it: tx.cohorts.set_workspace(it.cohort, "T2"), lambda it: it.chat, None),
]


@pytest.mark.parametrize(("write", "read", "expected"), _WRITES, ids=["row", "upsert", "profile", "cohort"])
def test_a_member_is_read_again_after_any_write_to_what_they_consist_of(
    store: SqlStore,
    write: Callable[[SqlTx, Member], object],
    read: Callable[[Member], object],
    expected: object,
) -> None:
    with store.begin() as tx:
        member = ada(tx)
        assert tx.members.get(member.enrolment) == member
        assert read(member) != expected
        write(tx, member)
        assert read(ada(tx)) == expected
        assert read(tx.members.get(member.enrolment)) == expected
        [found] = tx.members.of(member.cohort, people=[member.person])
        assert read(found) == expected


def test_an_account_that_moves_to_another_person_is_seen(store: SqlStore) -> None:
    with store.begin() as tx:
        member = ada(tx)
        assert member.code == "ada"
        tx.members.disprove(member.person, NOW)
        assert tx.members.by_host_account(ADA.id) != member.person
        assert tx.members.get(member.enrolment).code is None
        assert not tx.capstones.by_participant(member.person)


def test_a_capstone_is_read_again_after_a_change_that_no_query_has_sent_yet(store: SqlStore) -> None:
    with store.begin() as tx:
        [capstone] = tx.capstones.by_participant(ada(tx).person)
        tx.capstones.set_publishing(capstone.id, PublishPolicy.SENSEI_FIRST)
        assert tx.capstones.get(capstone.id).publish is PublishPolicy.SENSEI_FIRST
        tx.capstones.clear_installation(9)
        assert tx.capstones.get(capstone.id).installation is None
        tx.capstones.end(capstone.id)
        assert not tx.capstones.by_participant(ada(tx).person)


def test_what_was_read_of_a_deleted_person_is_forgotten(store: SqlStore) -> None:
    with store.begin() as tx:
        member = ada(tx)
        tx.members.session.flush()
        tx.members.session.connection().execute(
            sa.text("DELETE FROM identity WHERE person_id = :person"), {"person": member.person}
        )
        assert tx.members.get(member.enrolment).chat is None
        assert tx.members.roles(member.person)
        tx.members.session.connection().execute(sa.delete(CapstoneRow))
        tx.members.session.connection().execute(sa.delete(PersonRow))
        assert not tx.members.roles(member.person)


def test_deleting_what_rows_belong_to_forgets_them(store: SqlStore) -> None:
    with store.begin() as tx:
        member, [capstone] = ada(tx), tx.capstones.by_participant(ada(tx).person)
        tx.check_ins.add(member.enrolment, capstone.id, date(2026, 12, 2), Topic.GATE, None, False, NOW)
        assert tx.check_ins.of(member.enrolment)
        tx.members.session.connection().execute(sa.delete(EnrolmentRow))
        assert not tx.check_ins.of(member.enrolment)
        assert not tx.members.roles(member.person)


def test_a_savepoint_that_is_undone_undoes_what_was_read_in_it(store: SqlStore) -> None:
    with store.begin() as tx:
        member = ada(tx)
        nested = tx.members.session.begin_nested()
        tx.members.set_name(member.person, "Nobody")
        assert ada(tx).name == "Nobody"
        nested.rollback()
        assert ada(tx).name == "Ada"


def test_a_taken_day_is_seen_at_once(store: SqlStore) -> None:
    day = date(2026, 12, 2)
    with store.begin() as tx:
        person = ada(tx).person
        assert tx.unprompted.taken(person, day) is None
        assert tx.unprompted.take(person, day, "check_in")
        assert not tx.unprompted.take(person, day, "reminder", "other")
        assert tx.unprompted.taken_by([person], day) == {(person, day): "check_in"}
        assert tx.unprompted.take(person, day, "check_in", "question")
        assert tx.unprompted.has_message(person, day)
        tx.unprompted.give_back(person, day, "check_in")
        assert tx.unprompted.has_message(person, day), "it has its message"
        assert not tx.unprompted.take(person, day, "check_in", "another")


def test_what_was_read_before_a_rollback_is_read_again(engine: sa.Engine, store: SqlStore) -> None:
    with engine.connect() as connection, Session(connection) as session:
        tx = SqlTx(session, "github.com", lambda: NOW)
        member = ada(tx)
        tx.members.set_state(member.enrolment, EnrolmentState.PAUSED)
        assert ada(tx).state is EnrolmentState.PAUSED
        session.rollback()
        assert ada(tx).state is EnrolmentState.ACTIVE
