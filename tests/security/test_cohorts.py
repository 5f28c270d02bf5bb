"""What somebody is in one cohort gives them nothing in another, and a form acts where it was opened."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from bot.adapters.database import open_store
from bot.domain.dojo.people import CohortRole, EnrolmentState, Profile, Weekday, WorkingHours
from bot.domain.pull_requests.permissions import CapstoneRole
from bot.domain.pull_requests.records import Account
from bot.workflows.pull_requests.account_roles import role_on
from tests import databases
from tests.entrypoints.webhooks import now
from tests.fakes.slack import Person
from tests.workflows.peopled import Peopled, peopled
from tests.workflows.running_dojo import ADA, SEN, START, Dojo

DEP = Account(6, "dep")
PROFILE = Profile(WorkingHours("Europe/London", (Weekday.MON,), 540, 1020), {}, (), "", (), 0, "")


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[sa.Engine]:
    with open_store(databases.migrated_file(tmp_path / "sensei.db")) as made:
        yield made


@pytest.mark.parametrize("never", [True, False])
def test_a_deputy_acts_only_in_the_cohort_of_the_holiday(engine: sa.Engine, never: bool) -> None:
    it = Dojo(engine)
    today, here = START.date(), it.capstone.cohort
    with it.store.begin() as tx:
        older = tx.cohorts.add("older", it.now()).id
        sen, dep, ada = (
            tx.members.find_or_add_by_host_account(account, it.now()) for account in (SEN, DEP, ADA)
        )
        for cohort in (older, here):
            for person in (sen, dep):
                tx.members.join(cohort, person, CohortRole.SENSEI, it.now())
        if never:
            tx.never_pairs.add(here, ada, dep, "in confidence", it.now())
        tx.absences.add(older, sen, today, today, dep)
        assert role_on(tx, it.capstone, DEP, START) is CapstoneRole.OTHER
    it.ask(777)
    it.deliver(*it.comment("/sensei defer Let it be.", DEP, thread=777))
    assert it.questions() == ["asked"]
    with it.store.begin() as tx:
        tx.absences.add(here, sen, today, today, dep)
        assert role_on(tx, it.capstone, DEP, START) is (CapstoneRole.OTHER if never else CapstoneRole.SENSEI)


# -- a form that stayed open while its author came into another cohort


@pytest.fixture
def people(engine: sa.Engine) -> Iterator[Peopled]:
    with peopled(engine) as made:
        yield made


def joins_another(it: Peopled, *whom: Person) -> None:
    with it.here.store.begin() as tx:
        newer = tx.cohorts.add("newer", now()).id
        tx.cohorts.set_workspace(newer, it.slack.team)
        for each in whom:
            person = tx.members.by_chat(it.slack.team, each.id)
            assert person
            member = tx.members.join(newer, person, CohortRole.PARTICIPANT, now())
            tx.members.set_profile(member.enrolment, PROFILE)


def enrolled(it: Peopled, who: Person) -> dict[str, tuple[str, str]]:
    """By the cohort's name: the state of somebody's enrolment, and their capstone's brief."""
    with it.here.store.begin() as tx:
        members = tx.members.roles(tx.members.by_chat(it.slack.team, who.id) or "")
        return {
            tx.cohorts.get(one.cohort).name: (one.state.value, one.profile.brief if one.profile else "")
            for one in members
        }


def test_a_form_to_leave_ends_what_it_named(people: Peopled) -> None:
    ada = people.here.ada
    ada.command("/dojo leave")
    joins_another(people, ada)
    ada.submit()
    people.settle()
    assert {name: state for name, (state, _) in enrolled(people, ada).items()} == {
        "dojo": "left",
        "newer": "active",
    }


def test_a_form_of_a_brief_keeps_it_where_it_was_opened(people: Peopled) -> None:
    ada = people.here.ada
    here = people.member(ada)
    with people.here.store.begin() as tx:
        tx.members.set_profile(here.enrolment, PROFILE)
    ada.command("/dojo brief")
    joins_another(people, ada)
    assert not ada.submit({"join.brief": "Fewer errors."}).errors
    people.settle()
    assert enrolled(people, ada) == {"dojo": ("active", "Fewer errors."), "newer": ("active", "")}


def test_what_is_said_in_confidence_counts_where_the_form_was_opened(people: Peopled) -> None:
    ada, sen = people.here.ada, people.here.enrolled("Sen", CohortRole.SENSEI)
    ada.command("/dojo never")
    joins_another(people, ada)
    assert not ada.submit({"never.other": sen.id}).errors
    people.settle()
    with people.here.store.begin() as tx:
        kept = {cohort.name: len(tx.never_pairs.forbidden(cohort.id)) for cohort in tx.cohorts.all()}
    assert (kept["dojo"] > 0, kept["newer"]) == (True, 0)


@pytest.mark.parametrize("command", ["/dojo leave", "/dojo brief", "/dojo never"])
def test_a_form_of_a_dojo_that_somebody_has_left_changes_nothing(people: Peopled, command: str) -> None:
    ada = people.here.ada
    here = people.member(ada)
    with people.here.store.begin() as tx:
        tx.members.set_profile(here.enrolment, PROFILE)
    ada.command(command)
    joins_another(people, ada)
    with people.here.store.begin() as tx:
        tx.members.set_state(here.enrolment, EnrolmentState.LEFT)
    sen = people.here.enrolled("Sen", CohortRole.SENSEI)
    ada.submit({"never.other": sen.id} if command == "/dojo never" else {})
    people.settle()
    assert enrolled(people, ada) == {"dojo": ("left", ""), "newer": ("active", "")}
    assert not people.audited("never.add")
    assert not people.audited("people.leave")
