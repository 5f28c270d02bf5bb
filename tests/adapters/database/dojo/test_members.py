"""Members of cohorts, their profiles and accounts, on both databases."""

import pytest
import sqlalchemy as sa

from bot.domain.dojo.people import (
    EnrolmentState,
    Profile,
)
from bot.domain.pull_requests.records import Account
from tests.adapters.database.dojo.cohort_run import (  # noqa: F401 - fixtures
    HOURS,
    LEAD,
    NOW,
    PARTICIPANT,
    SENSEI,
    Run,
    a_database,
    a_run,
    account,
)


def test_who_joins_twice_is_there_once_with_the_profile_that_they_had(it: Run) -> None:
    ada, bo = it.chat("U1"), it.chat("U2", SENSEI)
    members, enrolment = it.tx.members, it.enrolment(ada)
    said = Profile(HOURS, {"risk": 3}, ("openai",), "Ship «it» 🚢", (bo,), 2, "A desk")
    members.set_profile(enrolment, said)
    for state in EnrolmentState:
        members.set_state(enrolment, state)
        assert members.get(enrolment).state is state
    again = members.join(it.cohort.id, ada, PARTICIPANT, NOW)
    assert (again.enrolment, again.state, again.profile) == (enrolment, EnrolmentState.ACTIVE, said)
    members.set_profile(enrolment, Profile(HOURS, prefers=(bo, bo)))
    assert members.get(enrolment).profile == Profile(HOURS, prefers=(bo,))
    members.join(it.cohort.id, ada, LEAD, NOW)
    assert [one.role for one in members.roles(ada)] == [PARTICIPANT, LEAD]
    assert [one.person for one in members.of(it.cohort.id, PARTICIPANT)] == [ada]
    assert len(members.of(it.cohort.id)) == 3


def test_roles_begin_with_the_newest_cohort_and_hold_those_that_were_left(it: Run) -> None:
    ada = it.chat("U1")
    it.tx.members.set_state(it.enrolment(ada), EnrolmentState.LEFT)
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
    other = it.tx.members.find_or_add_by_chat("T2", "U9", "Of another workspace", NOW)
    it.tx.members.join(it.cohort.id, other, PARTICIPANT, NOW)
    it.tx.members.set_name(claimed, "Bo")
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
    assert it.tx.members.by_chat("T2", "U1") is it.tx.members.by_host_account(1) is None
    assert it.tx.members.find_or_add_by_chat("T2", "U1", "Somebody", NOW) != ada
    assert it.tx.members.roles(ada)[0].name == "Ada Lovelace"
    bo = it.code(3)
    assert (
        it.tx.members.find_or_add_by_host_account(Account(3, "renamed"), NOW)
        == bo
        == it.tx.members.by_host_account(3)
    )
    assert it.tx.members.roles(bo)[0].name == "renamed"


@pytest.mark.contract
def test_two_hundred_people_are_read_in_a_few_queries(it: Run) -> None:
    people = [it.tx.members.find_or_add_by_chat("T1", f"U{n:04}", f"Person {n:04}", NOW) for n in range(200)]
    for person in people:
        enrolled = it.tx.members.join(it.cohort.id, person, PARTICIPANT, NOW)
        it.tx.members.set_profile(enrolled.enrolment, Profile(HOURS, {"risk": 1}, prefers=(people[0],)))
    session, statements = it.tx.members.session, []
    session.expire_all()
    listen = sa.event.listens_for(session.get_bind(), "before_cursor_execute")
    listen(lambda *told: statements.append(told[2]))
    found = it.tx.members.of(it.cohort.id)
    assert len(found) == 200
    assert len(statements) == 1
