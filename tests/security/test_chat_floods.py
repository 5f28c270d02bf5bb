"""Anybody in the workspace can join: that gives nobody a way to have others written to without end."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.adapters.store import open_store
from bot.domain.people import CohortRole, EnrolmentState
from bot.rendering.slack import joining as rendering
from tests import databases
from tests.fakes.slack import Person
from tests.workflows.peopled import Peopled, peopled

SENSEI, LEAD = CohortRole.SENSEI, CohortRole.LEAD


@pytest.fixture
def it(tmp_path: Path) -> Iterator[Peopled]:
    with open_store(databases.migrated_file(tmp_path / "sensei.db")) as engine, peopled(engine) as made:
        yield made


def asks(it: Peopled, person: Person) -> str:
    """Ask to be a sensei; return what is wrong with it."""
    person.command("/dojo join sensei")
    errors = person.submit().errors
    it.settle()
    return str(errors or "")


def leaves(it: Peopled, person: Person) -> None:
    person.command("/dojo leave")
    person.submit()
    it.settle()


def test_a_sensei_whom_no_lead_has_confirmed_can_have_nobody_written_to(it: Peopled) -> None:
    sol, mallory = it.here.enrolled("Sol", SENSEI), it.slack.person("Mallory")
    asks(it, mallory)
    for typed in (f"2099-01-01 2099-01-02 <@{sol.id}>", "2099-01-01", "off 2099-01-01", ""):
        assert "not yours" in mallory.command(f"/dojo away {typed}").text
    it.settle()
    assert (it.told, it.audited("absence.add"), sol.messages) == ([], [], [])
    assert "/dojo away" not in str(mallory.command("/dojo help").answer)
    # What is their own stays theirs.
    mallory.command("/dojo profile")
    assert mallory.submit({"join.goals": "To teach."}).errors == {}
    assert "not yours" not in str(mallory.command("/dojo status").answer)
    assert "has yet to confirm" in mallory.command("/dojo resume").text
    it.settle()
    profile = it.member(mallory, SENSEI).profile
    assert profile
    assert profile.goals == "To teach."
    leaves(it, mallory)
    assert it.member(mallory, SENSEI).state is EnrolmentState.LEFT


def test_who_is_confirmed_can_enter_holidays(it: Peopled) -> None:
    lead, sen = it.here.enrolled("Lea", LEAD), it.slack.person("Sen")
    asks(it, sen)
    lead.click(lead.messages[-1], rendering.CONFIRM)
    it.settle()
    sen.command("/dojo away 2099-01-01")
    it.settle()
    assert len(it.told) == 1


def test_who_joins_and_leaves_again_and_again_asks_leads_once_a_day(it: Peopled) -> None:
    lead, mallory = it.here.enrolled("Lea", LEAD), it.slack.person("Mallory")
    assert asks(it, mallory) == ""
    for _ in range(3):
        leaves(it, mallory)
        assert "ask again a day after" in asks(it, mallory)
    assert len(lead.messages) == 1
    assert it.member(mallory, SENSEI).state is EnrolmentState.LEFT
    it.a_day_passes()
    assert asks(it, mallory) == ""
    assert len(lead.messages) == 2
    lead.click(lead.messages[-1], rendering.DECLINE)
    it.settle()
    assert "ask again a day after" in asks(it, mallory)
    assert len(lead.messages) == 2
    mallory.command("/dojo join")  # a participant needs nobody's word
    assert mallory.submit().errors == {}


def test_a_sensei_has_ten_holidays_to_come_at_most_and_each_is_told_once(it: Peopled) -> None:
    sen = it.here.enrolled("Sen", SENSEI)
    for day in (1, 1, *range(2, 12)):  # before any of them is entered
        sen.command(f"/dojo away 2099-01-{day:02}")
    it.settle()
    assert len(it.told) == 10
    assert "You already have 10 future holidays" in sen.command("/dojo away 2099-01-11").text
    sen.command("/dojo away 2099-01-10 2099-01-12")  # one that is there may change
    sen.command("/dojo away off 2099-01-01")
    it.settle()
    sen.command("/dojo away 2099-01-20")
    it.settle()
    assert len(it.told) == 12
