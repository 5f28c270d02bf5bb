"""Who is in a cohort, what they said and asked for, and who turns out to be whom; on both databases."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from bot.adapters.database.transaction import SqlStore, SqlTx
from bot.domain.dojo.people import (
    Cohort,
    CohortRole,
    DateKind,
    EnrolmentState,
    Profile,
    Weekday,
    WorkingHours,
)
from bot.domain.pairing.records import UnassignedParticipant
from bot.domain.pairing.states import PairState
from bot.domain.pull_requests.link_codes import CodeState
from bot.domain.pull_requests.records import Account
from bot.errors import UserError
from bot.ports.store import Job
from tests import databases

NOW = datetime(2026, 11, 26, 9, tzinfo=UTC)
PARTICIPANT, SENSEI, LEAD = CohortRole.PARTICIPANT, CohortRole.SENSEI, CohortRole.LEAD
HOURS = WorkingHours("Asia/Kolkata", (Weekday.SUN, Weekday.MON), 0, 1440)


@pytest.fixture(name="shared", scope="module", params=["sqlite", "postgresql"])
def a_database(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[sa.Engine]:
    """The tests of this file share it, each in a transaction that is undone."""
    with databases.opened(request.param, tmp_path_factory.mktemp("database")) as made:
        yield made


class _Undone(Exception):  # noqa: N818 - unwinds a transaction
    pass


@dataclass
class Run:
    """A cohort in a transaction."""

    tx: SqlTx
    cohort: Cohort = field(init=False)

    def __post_init__(self) -> None:
        self.cohort = self.tx.cohorts.add("autumn", NOW)
        self.tx.cohorts.lives_in(self.cohort.id, "T1")

    def chat(self, user: str, role: CohortRole | None = PARTICIPANT, name: str = "") -> str:
        """Somebody of the chat, in a role."""
        person = self.tx.members.chat("T1", user, name or user.title(), NOW)
        if role:
            self.tx.members.join(self.cohort.id, person, role, NOW)
        return person

    def code(self, number: int, role: CohortRole | None = PARTICIPANT) -> str:
        """Somebody who is known by an account at the code host alone."""
        person = self.tx.members.code(account(number), NOW)
        if role:
            self.tx.members.join(self.cohort.id, person, role, NOW)
        return person

    def enrolment(self, person: str, role: CohortRole = PARTICIPANT) -> int:
        [found] = [one for one in self.tx.members.roles(person) if one.role is role]
        return found.enrolment

    def pair(self, participant: str, sensei: str, state: PairState = PairState.PROPOSED) -> int:
        proposal = self.tx.pairings.propose(self.cohort.id, "operator", NOW, [])
        made = self.tx.pairings.add(proposal.id, participant, sensei, fit=1, reasons=[], at=NOW)
        self.tx.pairings.set(made.id, state, NOW)
        return made.id


def account(number: int) -> Account:
    return Account(number, f"login-{number}")


@pytest.fixture(name="it")
def a_run(shared: sa.Engine) -> Iterator[Run]:
    store = SqlStore(shared, "github.com", lambda: NOW)
    try:
        with store.begin() as tx:
            yield Run(tx)
            raise _Undone
    except _Undone:
        pass


def test_a_cohort_is_made_once_and_keeps_what_it_is_told(it: Run) -> None:
    again = it.tx.cohorts.add("autumn", NOW + timedelta(days=1))
    assert (again.id, again.workspace, dict(again.weights)) == (it.cohort.id, "T1", {})
    it.tx.cohorts.weigh(again.id, {"skills": 3})
    it.tx.cohorts.weigh(again.id, {"balance": 2})
    newer = it.tx.cohorts.add("winter", NOW + timedelta(days=1))
    assert [one.name for one in it.tx.cohorts.all()][:2] == ["winter", "autumn"]
    assert it.tx.cohorts.get(again.id) == it.tx.cohorts.named("autumn")
    assert dict(it.tx.cohorts.get(again.id).weights) == {"balance": 2}
    assert dict(newer.weights) == {}
    assert it.tx.cohorts.named("spring") is None


def test_a_day_of_a_kind_moves_and_other_days_are_many(it: Run) -> None:
    dates, cohort = it.tx.cohorts, it.cohort.id
    final = dates.date(cohort, DateKind.FINAL, "Final", date(2027, 2, 1))
    assert dates.date(cohort, DateKind.FINAL, "The final", date(2027, 3, 1)) == final
    talk = dates.date(cohort, DateKind.OTHER, "Talk", date(2027, 1, 5))
    assert dates.date(cohort, DateKind.OTHER, "Talk", date(2027, 1, 5)) == talk
    dates.date(cohort, DateKind.OTHER, "Talk", date(2027, 1, 4))
    winter = dates.add("winter", NOW)
    dates.date(winter.id, DateKind.FINAL, "Theirs", date(2027, 1, 1))
    assert [(one.kind, one.title, one.day.isoformat()) for one in dates.dates(cohort)] == [
        (DateKind.OTHER, "Talk", "2027-01-04"),
        (DateKind.OTHER, "Talk", "2027-01-05"),
        (DateKind.FINAL, "The final", "2027-03-01"),
    ]
    assert not dates.undate(winter.id, talk)
    assert dates.undate(cohort, talk)
    assert not dates.undate(cohort, talk)
    assert len(dates.dates(cohort)) == 2


def test_who_joins_twice_is_there_once_with_the_profile_that_they_had(it: Run) -> None:
    ada, bo = it.chat("U1"), it.chat("U2", SENSEI)
    members, enrolment = it.tx.members, it.enrolment(ada)
    said = Profile(HOURS, {"risk": 3}, ("openai",), "Ship «it» 🚢", (bo,), 2, "A desk")
    members.profile(enrolment, said)
    for state in EnrolmentState:
        members.state(enrolment, state)
        assert members.get(enrolment).state is state
    again = members.join(it.cohort.id, ada, PARTICIPANT, NOW)
    assert (again.enrolment, again.state, again.profile) == (enrolment, EnrolmentState.ACTIVE, said)
    members.profile(enrolment, Profile(HOURS, prefers=(bo, bo)))
    assert members.get(enrolment).profile == Profile(HOURS, prefers=(bo,))
    members.join(it.cohort.id, ada, LEAD, NOW)
    assert [one.role for one in members.roles(ada)] == [PARTICIPANT, LEAD]
    assert [one.person for one in members.of(it.cohort.id, PARTICIPANT)] == [ada]
    assert len(members.of(it.cohort.id)) == 3


def test_roles_begin_with_the_newest_cohort_and_hold_those_that_were_left(it: Run) -> None:
    ada = it.chat("U1")
    it.tx.members.state(it.enrolment(ada), EnrolmentState.LEFT)
    winter = it.tx.cohorts.add("winter", NOW)
    it.tx.members.join(winter.id, ada, SENSEI, NOW)
    assert [(one.cohort, one.state) for one in it.tx.members.roles(ada)] == [
        (winter.id, EnrolmentState.ACTIVE),
        (it.cohort.id, EnrolmentState.LEFT),
    ]


def test_people_are_listed_by_name_with_the_accounts_that_they_have_shown(it: Run) -> None:
    it.chat("U1", name="zoë")
    proved, claimed = it.chat("U2", name="Ömer"), it.code(7)
    it.chat("U3", name="ada")
    it.tx.members.prove(proved, account(8), NOW)
    other = it.tx.members.chat("T2", "U9", "Of another workspace", NOW)
    it.tx.members.join(it.cohort.id, other, PARTICIPANT, NOW)
    it.tx.members.known_as(claimed, "Bo")
    assert [(one.name, one.chat, one.code) for one in it.tx.members.of(it.cohort.id)] == [
        ("ada", "U3", None),
        ("Bo", None, None),
        ("Of another workspace", None, None),
        ("zoë", "U1", None),
        ("Ömer", "U2", "login-8"),
    ]


def test_a_chat_account_is_one_person_whose_name_is_as_it_was_last_heard(it: Run) -> None:
    ada = it.chat("U1", name="Ada")
    assert it.chat("U1", name="Ada Lovelace") == ada == it.tx.members.by_chat("T1", "U1")
    assert it.tx.members.by_chat("T2", "U1") is it.tx.members.by_code(1) is None
    assert it.tx.members.chat("T2", "U1", "Somebody", NOW) != ada
    assert it.tx.members.roles(ada)[0].name == "Ada Lovelace"
    bo = it.code(3)
    assert it.tx.members.code(Account(3, "renamed"), NOW) == bo == it.tx.members.by_code(3)
    assert it.tx.members.roles(bo)[0].name == "renamed"


def test_whom_somebody_avoids_is_known_in_both_orders_and_its_reason_by_them_alone(it: Run) -> None:
    ada, bo, sen = it.chat("U1"), it.chat("U2"), it.chat("U3", SENSEI)
    members, cohort = it.tx.members, it.cohort.id
    entry = members.never(cohort, ada, sen, "An old story.", NOW)
    assert members.never(cohort, ada, sen, "A newer story.", NOW) == entry
    members.never(it.tx.cohorts.add("winter", NOW).id, ada, bo, "Elsewhere", NOW)
    theirs = members.never(cohort, sen, ada, "The same story.", NOW)
    members.never(cohort, bo, ada, "", NOW)
    assert members.forbidden(cohort) == {(ada, sen), (sen, ada), (ada, bo), (bo, ada)}
    assert [(one.other, one.reason) for one in members.nevers_by(ada)] == [
        (sen, "A newer story."),
        (bo, "Elsewhere"),
    ]
    assert "story" not in str(members.forbidden(cohort))
    assert not members.unnever(bo, entry)
    assert members.unnever(ada, entry)
    assert not members.unnever(ada, entry)
    assert (ada, sen) in members.forbidden(cohort), "the other asked as well"
    assert members.unnever(sen, theirs)
    assert members.forbidden(cohort) == {(ada, bo), (bo, ada)}


def test_a_holiday_that_begins_on_the_same_day_is_replaced(it: Run) -> None:
    sen, kim = it.chat("U1", SENSEI), it.chat("U2", SENSEI)
    members, cohort = it.tx.members, it.cohort.id
    first = members.absent(cohort, sen, date(2026, 12, 20), date(2026, 12, 24), kim)
    assert members.absent(cohort, sen, date(2026, 12, 20), date(2026, 12, 31), None) == first
    members.absent(cohort, kim, date(2026, 12, 1), date(2026, 12, 30), sen)
    found = members.absences(cohort, date(2026, 12, 31))
    assert [(one.sensei, one.last, one.deputy) for one in found] == [(sen, date(2026, 12, 31), None)]
    assert [one.sensei for one in members.absences(cohort, date(2026, 12, 30))] == [kim, sen]
    assert list(members.absences(cohort, date(2027, 1, 1))) == []
    assert not members.unabsent(cohort + 1, first)
    assert members.unabsent(cohort, first)
    assert not members.unabsent(cohort, first)


def test_a_code_goes_from_hand_to_hand_and_the_newest_counts(it: Run) -> None:
    ada, bo = it.chat("U1"), it.chat("U2")
    members, hour = it.tx.members, timedelta(hours=1)
    members.code_for_link(ada, "a" * 64, NOW + hour)
    members.code_for_link(ada, "b" * 64, NOW + hour)
    members.code_for_link(bo, "c" * 64, NOW + hour)
    assert members.code_written("a" * 64) is None
    code = members.code_written("b" * 64)
    assert code
    assert (code.person, code.state, code.login, code.account) == (ada, CodeState.GIVEN, None, None)
    assert code == members.code_named(code.id) == members.code_of(ada)
    assert [code.is_open(NOW), code.is_open(NOW + hour)] == [True, False]
    members.code_posted(code.id, account(7), 4711, False, NOW + 2 * hour)
    posted = members.code_in(4711, inline=False)
    assert posted
    assert (posted.state, posted.account, posted.expires) == (CodeState.POSTED, account(7), NOW + 2 * hour)
    assert [posted.waits(NOW + hour), posted.waits(NOW + 2 * hour)] == [True, False]
    assert members.code_in(4711, inline=True) is None
    members.code_ended(code.id, CodeState.VOID)
    assert members.code_in(4711, inline=False) == replace(posted, state=CodeState.VOID)
    members.code_for_link(ada, "d" * 64, NOW + hour, "octocat")
    newer = members.code_of(ada)
    assert newer
    assert (newer.state, newer.login, newer.account) == (CodeState.GIVEN, "octocat", None)
    assert newer.id != code.id
    assert members.code_named(code.id) is None
    assert members.tidy(NOW + hour) == 0
    assert members.tidy(NOW + 2 * hour) == 2
    assert members.code_of(bo) is members.code_of(ada) is None


def test_who_was_enrolled_by_login_alone_becomes_the_one_who_proves_it(it: Run) -> None:
    """Everything of the one is the other's, and no row names the one who went but the audit trail."""
    tx, members, cohort = it.tx, it.tx.members, it.cohort.id
    winter = tx.cohorts.add("winter", NOW).id
    old, ada, bo = it.code(7), it.chat("U1", name="Ada"), it.chat("U2")
    sen, kim = it.chat("U3", SENSEI), it.chat("U4", SENSEI)
    enrolled = it.enrolment(old)
    said = Profile(HOURS, {"risk": 2}, prefers=(sen, ada), goals="To learn")
    members.profile(enrolled, said)
    members.join(winter, old, SENSEI, NOW)
    members.profile(it.enrolment(bo), Profile(HOURS, prefers=(old, ada, kim)))
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
        members.never(cohort, author, other, why, NOW)
    members.absent(winter, old, date(2027, 1, 1), date(2027, 1, 2), ada)
    members.code_for_link(old, "a" * 64, NOW + timedelta(hours=1))
    proposal = tx.pairings.propose(
        cohort, old, NOW, [UnassignedParticipant(old, "capacity"), UnassignedParticipant(ada, "x")]
    )
    tx.jobs.add(Job("home:x", "home", {"person": old, "of": [old, sen]}, NOW))
    tx.audit(old, "x", f"person:{old}")

    assert members.prove(ada, account(7), NOW) == ada == members.by_code(7)
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
    assert [one.id for one in tx.capstones.of_person(ada)] == [capstone.id]
    assert [one.id for one in tx.capstones.taught_by(ada)] == [capstone.id]
    assert tx.pairings.get(themselves) is None
    states = {pair.id: pair.state for pair in tx.pairings.of_person(ada)}
    assert states == {waits: PairState.REPLACED, active: PairState.ACTIVE}
    assert [(one.other, one.reason) for one in members.nevers_by(ada)] == [(kim, "hers")]
    assert members.forbidden(cohort) == {(ada, kim), (kim, ada), (bo, ada), (ada, bo)}
    [absence] = members.absences(winter, date(2027, 1, 1))
    assert (absence.sensei, absence.deputy) == (ada, None)
    again = tx.pairings.proposal(proposal.id)
    assert again
    assert (again.by, again.unassigned) == (ada, (UnassignedParticipant(ada, "x"),))
    assert members.code_written("a" * 64) is None
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
    assert {pair.id: pair.state for pair in it.tx.pairings.of_person(ada)} == {one: same, two: other}


def test_an_account_that_is_somebody_elses_or_a_second_one_is_refused(it: Run) -> None:
    members = it.tx.members
    ada, bo, kim = it.chat("U1"), it.chat("U2"), it.chat("U3")
    members.prove(ada, account(7), NOW)
    with pytest.raises(UserError, match="@login-7 on GitHub belongs to somebody else"):
        members.prove(bo, account(7), NOW)
    with pytest.raises(UserError, match="already shown that @login-7 is yours"):
        members.prove(ada, account(8), NOW)
    assert members.by_code(8) is None
    # Two in the chat of whom one was imported with the other's login: nobody may take it by writing first.
    session = members.session
    it.code(9, None)
    session.connection().execute(
        sa.text("UPDATE identity SET person_id = :kim WHERE external_id = '9'"), {"kim": kim}
    )
    session.expire_all()
    with pytest.raises(UserError, match="belongs to somebody else"):
        members.prove(bo, account(9), NOW)
    # What was only said of them makes room for what they show.
    assert members.prove(kim, account(10), NOW) == kim
    assert members.by_code(9) is None
    assert members.roles(kim)[0].code == "login-10"


def test_two_hundred_people_are_read_in_a_few_queries(it: Run) -> None:
    people = [it.tx.members.chat("T1", f"U{n:04}", f"Person {n:04}", NOW) for n in range(200)]
    for person in people:
        enrolled = it.tx.members.join(it.cohort.id, person, PARTICIPANT, NOW)
        it.tx.members.profile(enrolled.enrolment, Profile(HOURS, {"risk": 1}, prefers=(people[0],)))
    session, statements = it.tx.members.session, []
    session.expire_all()
    listen = sa.event.listens_for(session.get_bind(), "before_cursor_execute")
    listen(lambda *told: statements.append(told[2]))
    found = it.tx.members.of(it.cohort.id)
    assert len(found) == 200
    assert len(statements) == 4
