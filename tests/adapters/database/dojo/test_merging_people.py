"""People who turn out to be one, on both databases."""

from datetime import date, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from bot.adapters.database.transaction import SqlTx
from bot.domain.check_ins.records import Topic
from bot.domain.dojo.people import (
    Profile,
)
from bot.domain.pairing.records import UnassignedParticipant
from bot.domain.pairing.states import PairState
from bot.errors import UserError
from bot.ports.jobs import Job
from tests.adapters.database.dojo.cohort_run import (  # noqa: F401 - fixtures
    HOURS,
    NOW,
    PARTICIPANT,
    SENSEI,
    Run,
    a_database,
    a_run,
    account,
)


def test_who_was_enrolled_by_login_alone_becomes_the_one_who_proves_it(it: Run) -> None:
    """Everything of the one is the other's, and no row names the one who went but the audit trail."""
    tx, members, cohort = it.tx, it.tx.members, it.cohort.id
    winter = tx.cohorts.add("winter", NOW).id
    old, ada, bo = it.code(7), it.chat("U1", name="Ada"), it.chat("U2")
    sen, kim = it.chat("U3", SENSEI), it.chat("U4", SENSEI)
    enrolled = it.enrolment(old)
    said = Profile(HOURS, {"risk": 2}, prefers=(sen, ada), goals="To learn")
    members.set_profile(enrolled, said)
    members.join(winter, old, SENSEI, NOW)
    members.set_profile(it.enrolment(bo), Profile(HOURS, prefers=(old, ada, kim)))
    capstone = tx.capstones.add(
        cohort="autumn",
        repository=70,
        owner="ada",
        name="desk",
        default_branch="main",
        installation=None,
        participant=account(7),
        sensei=account(7),
        publish=None,
        at=NOW,
    )
    waits = it.pair(ada, kim, PairState.APPROVED)
    active = it.pair(old, sen, PairState.ACTIVE)
    themselves = it.pair(ada, old, PairState.REPLACED)
    for author, other, why in ((old, kim, "his"), (ada, kim, "hers"), (bo, old, ""), (ada, old, "self")):
        it.tx.never_pairs.add(cohort, author, other, why, NOW)
    it.tx.absences.add(winter, old, date(2027, 1, 1), date(2027, 1, 2), ada)
    it.tx.link_codes.issue(old, "a" * 64, NOW + timedelta(hours=1))
    proposal = tx.pairings.propose(
        cohort, old, NOW, [UnassignedParticipant(old, "capacity"), UnassignedParticipant(ada, "x")]
    )
    tx.jobs.add(Job("home:x", "home", {"person": old, "of": [old, sen]}, NOW))
    tx.audit(old, "x", f"person:{old}")

    assert members.prove(ada, account(7), NOW) == ada == members.by_host_account(7)
    assert {(one.cohort, one.role) for one in members.roles(ada)} == {
        (cohort, PARTICIPANT),
        (cohort, SENSEI),
        (winter, SENSEI),
    }
    assert list(members.roles(old)) == []
    [mine] = [one for one in members.roles(ada) if one.role is PARTICIPANT]
    assert (mine.chat, mine.code, mine.name) == ("U1", "login-7", "Ada")
    assert mine.profile == Profile(HOURS, {"risk": 2}, prefers=(sen,), goals="To learn")
    [of_bo] = members.roles(bo)
    assert of_bo.profile
    assert of_bo.profile.prefers == (ada, kim)
    assert [one.id for one in tx.capstones.by_participant(ada)] == [capstone.id]
    assert [one.id for one in tx.capstones.by_sensei(ada)] == [capstone.id]
    assert tx.pairings.get(themselves) is None
    states = {pair.id: pair.state for pair in tx.pairings.by_person(ada)}
    assert states == {waits: PairState.REPLACED, active: PairState.ACTIVE}
    assert [(one.other, one.reason) for one in it.tx.never_pairs.by_author(ada)] == [(kim, "hers")]
    assert it.tx.never_pairs.forbidden(cohort) == {(ada, kim), (kim, ada), (bo, ada), (ada, bo)}
    [absence] = it.tx.absences.ending_since(winter, date(2027, 1, 1))
    assert (absence.sensei, absence.deputy) == (ada, None)
    again = tx.pairings.get_proposal(proposal.id)
    assert again
    assert (again.by, again.unassigned) == (ada, (UnassignedParticipant(ada, "x"),))
    assert it.tx.link_codes.by_digest("a" * 64) is None
    [job] = [job for job in tx.jobs.due(NOW, 99) if job.kind == "home"]
    assert job.argument == {"person": ada, "of": [ada, sen]}
    assert named(tx, old) == {"audit_event"}
    assert members.prove(ada, account(7), NOW) == ada, "again is the same"


def named(tx: SqlTx, person: str) -> set[str]:
    """The tables that hold an opaque id anywhere."""
    connection = tx.members.session.connection()
    found = set()
    for table in sa.inspect(connection).get_table_names():
        rows: Any = connection.exec_driver_sql(f"SELECT * FROM {table}")
        if any(person in str(row) for row in rows):
            found.add(table)
    return found


@pytest.mark.contract
@pytest.mark.parametrize(
    ("mine", "theirs", "same", "other"),
    [
        (PairState.PROPOSED, PairState.ACTIVE, PairState.REPLACED, PairState.ACTIVE),
        (PairState.ACTIVE, PairState.PROPOSED, PairState.ACTIVE, PairState.REPLACED),
        (PairState.APPROVED, PairState.APPROVED, PairState.APPROVED, PairState.REPLACED),
        (PairState.ACTIVE, PairState.ACTIVE, PairState.ACTIVE, PairState.ENDED),
        (PairState.VETOED, PairState.PROPOSED, PairState.VETOED, PairState.PROPOSED),
    ],
)
def test_of_two_who_are_one_the_pair_that_came_further_goes_on(
    it: Run, mine: PairState, theirs: PairState, same: PairState, other: PairState
) -> None:
    ada, old = it.chat("U1"), it.code(7)
    one, two = it.pair(ada, it.chat("U3", SENSEI), mine), it.pair(old, it.chat("U4", SENSEI), theirs)
    it.tx.members.prove(ada, account(7), NOW)
    assert {pair.id: pair.state for pair in it.tx.pairings.by_person(ada)} == {one: same, two: other}


def test_an_account_that_is_somebody_elses_or_a_second_one_is_refused(it: Run) -> None:
    members = it.tx.members
    ada, bo, kim = it.chat("U1"), it.chat("U2"), it.chat("U3")
    members.prove(ada, account(7), NOW)
    with pytest.raises(UserError, match="@login-7 already belongs to someone else"):
        members.prove(bo, account(7), NOW)
    with pytest.raises(UserError, match="already linked a different GitHub account, @login-7"):
        members.prove(ada, account(8), NOW)
    assert members.by_host_account(8) is None
    # Two in the chat of whom one was imported with the other's login: nobody may take it by writing first.
    session = members.session
    it.code(9, None)
    session.connection().execute(
        sa.text("UPDATE identity SET person_id = :kim WHERE external_id = '9'"), {"kim": kim}
    )
    session.expire_all()
    with pytest.raises(UserError, match="belongs to someone else"):
        members.prove(bo, account(9), NOW)
    # What was only said of them makes room for what they show.
    assert members.prove(kim, account(10), NOW) == kim
    assert members.by_host_account(9) is None
    assert members.roles(kim)[0].code == "login-10"


def test_check_ins_rhythms_and_unprompted_messages_move_unless_the_other_has_them(it: Run) -> None:
    kept, gone = it.chat("U1"), it.code(7)
    day = date(2026, 11, 25)
    capstone = it.tx.capstones.add(
        cohort="autumn",
        repository=7,
        owner="ada",
        name="desk",
        default_branch="main",
        installation=9,
        participant=account(7),
        sensei=None,
        publish=None,
        at=NOW,
    ).id
    mine, theirs = it.enrolment(kept), it.enrolment(gone)
    it.tx.rhythms.snooze(theirs, day)
    it.tx.check_ins.add(mine, capstone, day, Topic.GATE, None, False, NOW)
    it.tx.check_ins.add(theirs, capstone, day, Topic.DRIFT, None, False, NOW)
    it.tx.check_ins.add(theirs, capstone, day + timedelta(days=7), Topic.DRIFT, None, False, NOW)
    it.tx.unprompted.take(kept, day, "levels", "1")
    it.tx.unprompted.take(gone, day, "handover", "2")
    it.tx.unprompted.take(gone, day + timedelta(days=1), "handover", "3")
    it.tx.members.prove(kept, account(7), NOW)
    found = it.tx.check_ins.of(mine)
    assert [(made.day, made.topic) for made in reversed(found)] == [
        (day, Topic.GATE),
        (day + timedelta(days=7), Topic.DRIFT),
    ]
    assert it.tx.rhythms.choices([mine])[mine].snoozed_until == day
    assert it.tx.unprompted.taken_by([kept, gone], day) == {
        (kept, day): "levels",
        (kept, day + timedelta(days=1)): "handover",
    }
