"""What waits for which sensei at the command line, and who is meant by a name."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.domain.dojo.cohort_choice import CohortChoice
from bot.domain.dojo.people import CohortRole, EnrolmentState
from bot.domain.triage.records import ExemptSubject, Verdict
from bot.errors import UserError
from bot.workflows.triage.command_line import TriageCommands, WaitingSensei
from bot.workflows.triage.rulings import LOCK
from tests import databases
from tests.workflows.triage.judging import LOADER, SPEED, Judging, moves


@pytest.fixture
def it(tmp_path: Path) -> Iterator[Judging]:
    """A cohort of its own, since a list has everybody in it. What is stored is tried elsewhere."""
    with databases.opened("sqlite", tmp_path) as engine:
        made = Judging(engine)
        named(made, made.ada, "Ada Sample")
        named(made, made.sen, "Sen Sample")
        yield made


def commands(it: Judging) -> TriageCommands:
    def told(_tx: object, ruling: object, _at: object) -> None:
        it.told.append(ruling)  # type: ignore[arg-type]

    return TriageCommands(it.store, it.now, CohortChoice("dojo"), lambda: LOADER, told)


def named(it: Judging, person: str, name: str) -> None:
    with it.store.begin() as tx:
        tx.members.set_name(person, name)


def waiting(it: Judging, name: str | None = None) -> list[tuple[str, list[str]]]:
    found = commands(it).list_waiting(name)
    return [(sensei.name, [task.criterion for task in sensei.tasks]) for sensei in found]


def test_only_senseis_for_whom_something_waits_are_listed_but_a_named_one_always_is(it: Judging) -> None:
    named(it, it.comes(), "Bo Other")
    assert waiting(it) == [("Sen Sample", [SPEED])]
    assert waiting(it, "bo") == [("Bo Other", [])]
    it.opens()
    it.rules()
    assert waiting(it) == []


def test_a_deputy_has_the_task_too_while_the_sensei_is_away(it: Judging) -> None:
    deputy = it.comes()
    named(it, deputy, "Bo Other")
    with it.away(it.sen, deputy):
        assert waiting(it) == [("Bo Other", [SPEED]), ("Sen Sample", [SPEED])]


def test_an_appeal_waits_for_its_second_sensei_without_the_participants_name(it: Judging) -> None:
    second = it.comes()
    named(it, second, "Bo Other")
    it.opens()
    it.rules()
    it.wait(LOCK.total_seconds())
    appeal = it.appeals(second)
    [sensei] = commands(it).list_waiting()
    [task] = sensei.tasks
    assert (sensei.name, task.appeal, task.due) == ("Bo Other", appeal, None)
    assert task.participant == task.repository == f"ada/desk{it.number}"
    desk = commands(it).sit_down(sensei)
    desk.rule(desk.open(task), Verdict.CANNOT_JUDGE, None, "", "")
    assert waiting(it) == []


def test_whoever_has_left_or_waits_for_a_lead_is_no_sensei_here(it: Judging) -> None:
    it.sets_state(it.sen, EnrolmentState.LEFT)
    assert waiting(it) == []
    with pytest.raises(UserError, match="This cohort currently has no confirmed sensei"):
        waiting(it, "sen")


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("s", "Several senseis are called 's'"),
        ("Sen Simple", "Did you mean Sen Sample?"),
        (" ", "The senseis are"),
    ],
)
def test_a_name_that_is_not_one_senseis_lists_those_there_are(it: Judging, name: str, told: str) -> None:
    named(it, it.comes(), "Sol Other")
    with pytest.raises(UserError) as refused:
        waiting(it, name)
    assert told in str(refused.value)
    assert waiting(it, "sen  sample") == [("Sen Sample", [SPEED])]


def test_a_lead_or_participant_of_that_name_is_not_meant(it: Judging) -> None:
    named(it, it.comes(CohortRole.LEAD), "Lea Lead")
    for name in ("Lea Lead", "Ada Sample"):
        with pytest.raises(UserError, match="No confirmed sensei"):
            waiting(it, name)


def test_a_desk_rules_exempts_and_restores_for_its_sensei_as_the_operator(it: Judging) -> None:
    [sensei] = commands(it).list_waiting()
    desk = commands(it).sit_down(sensei)
    task = sensei.tasks[0]
    desk.exempt(task.capstone, ExemptSubject.CHECK, "speed.2", "No cache.")
    [granted] = desk.list_exemptions(task.capstone).values()
    assert granted.sensei == it.sen
    desk.restore(granted.id)
    shown = desk.open(task)
    desk.leave(task)
    assert "haven't opened" in it.refusal(lambda: desk.rule(shown, Verdict.AGREED, None, "", ""))
    earlier = desk.open(task)
    it.reads(moves("speed.2", "cheap()"))
    desk.open(task)
    assert "evidence changed" in it.refusal(lambda: desk.rule(earlier, Verdict.AGREED, None, "", ""))
    ruling = desk.rule(desk.open(task), Verdict.AGREED, None, "", "Fine.")
    assert (ruling.entered_by_operator, ruling.sensei) == (True, it.sen)
    actions = ("evidence.see", "exemption.grant", "exemption.end", "ruling.make")
    assert {actor for action in actions for actor, _ in it.audited(action)} == {"operator"}


def test_somebody_without_rulings_sits_at_an_empty_desk(it: Judging) -> None:
    desk = commands(it).sit_down(WaitingSensei(it.sen, "Sen", ()))
    assert [level.level for level in desk.find_scale()] == [0, 1, 2, 3, 4]
