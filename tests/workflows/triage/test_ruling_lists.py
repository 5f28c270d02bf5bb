"""What waits for a sensei: in a list by participant, and counted in their App Home."""

from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
import sqlalchemy as sa

from bot.adapters import slack as adapter
from bot.domain.pull_requests.records import Account, QuestionState
from bot.domain.triage.records import NewRuling, RulerRole, Verdict
from bot.workflows.check_ins.home import describe_next
from bot.workflows.dojo.app_home import HomePublisher
from tests.entrypoints.webhooks import now
from tests.fakes.slack import Person, look
from tests.fakes.steps import Straight
from tests.workflows.dojo.test_few_statements import counted
from tests.workflows.triage.triaging import ADA, SEN, SOL, Triaging, triaging
from tests.workflows.whole_dojo import PARTICIPANT

DAY = timedelta(days=1)


@pytest.fixture
def it(own_engine: sa.Engine) -> Iterator[Triaging]:
    with triaging(own_engine) as made:
        yield made
        assert made.slack.problems == []


def home(it: Triaging, person: Person) -> str:
    it.shows_home(person)
    assert person.home
    return " ".join(look.text(person.home).split())


def listed(it: Triaging, person: Person) -> str:
    person.command("/dojo triage")
    return it.form(person)


def ruled(it: Triaging, criterion: str, days_ago: int) -> int:
    """Let Sen have ruled on something else that was evidence then."""
    new = NewRuling(
        it.capstone.id,
        criterion,
        Verdict.AGREED,
        1,
        1,
        "",
        "",
        "old",
        it.member(SEN).person,
        RulerRole.SENSEI,
    )
    with it.here.store.begin() as tx:
        return tx.rulings.add(new, now() - days_ago * DAY).id


def another_capstone(it: Triaging, name: str) -> int:
    """Let another participant of Sen's have a capstone with evidence for two criteria."""
    it.joins(name, PARTICIPANT)
    it.pairs(name, SEN)
    number = 1000 + len(it.people)
    account = Account(number, f"login{number}")
    with it.here.store.begin() as tx:
        tx.members.prove(it.member(name).person, account, now())
        made = tx.capstones.add(
            cohort="dojo",
            repository=number,
            owner=account.login,
            name="desk",
            default_branch="main",
            installation=9,
            participant=account,
            sensei=None,
            publish=None,
            at=now(),
        )
    own, it.capstone = it.capstone, made
    it.finds("speed.1")
    it.finds("safety.1")
    it.capstone = own
    return made.id


def test_an_empty_list_is_one_line(it: Triaging) -> None:
    assert listed(it, it.sen).endswith("Nothing is waiting for your ruling.")
    assert "Waiting for you" not in home(it, it.sen)


def test_rulings_are_grouped_by_participant_with_gates_first(it: Triaging) -> None:
    it.finds("speed.1")
    it.finds("safety.1")
    ruled(it, "speed", 20)
    another_capstone(it, "Bo")
    form = listed(it, it.sen)
    order = (
        "· ada/desk – 2 rulings",
        "The quality safety · gate No ruling yet [● Rule ]",
        "The quality speed New evidence · last ruling",
        f"login{1000 + len(it.people)}/desk – 2 rulings The quality safety",
        "Between milestones, I ask for at most 3 rulings a week for each participant.",
    )
    places = [form.index(part) for part in order]
    assert places == sorted(places)
    assert "Waiting for you – 4 rulings [● Open ]" in home(it, it.sen)
    assert it.sen.home
    it.sen.click(it.sen.home, "triage.list")
    assert "The quality safety" in it.form(it.sen)


def test_a_list_of_one_participant_leads_back_to_all(it: Triaging) -> None:
    it.finds("speed.1")
    other = another_capstone(it, "Bo")
    it.sends_click(it.sen, "triage.list", str(other))
    form = it.form(it.sen)
    assert "ada/desk" not in form
    it.presses(it.sen, "triage.list")
    assert "ada/desk" in it.form(it.sen)


def test_a_long_list_has_pages(it: Triaging) -> None:
    for number in range(11):
        another_capstone(it, f"P{number}")
    assert "1–20 of 22." in listed(it, it.sen)
    it.presses(it.sen, "triage.list_page")
    form = it.form(it.sen)
    assert "21–22 of 22." in form
    assert form.count("[ Rule ]") == 2


def test_a_deputy_sees_for_whom_they_stand_in(it: Triaging) -> None:
    it.finds("speed.1")
    assert "ada/desk" not in listed(it, it.sol)
    it.goes_away(SEN, SOL)
    assert f"ada/desk – 1 ruling · you're standing in for @{it.sen.id}" in listed(it, it.sol)
    assert "Waiting for you – 1 ruling" in home(it, it.sol)
    it.never_with(SOL)
    assert "ada/desk" not in listed(it, it.sol)


@pytest.mark.contract
def test_an_appeal_waits_for_the_second_sensei_alone(it: Triaging) -> None:
    it.finds("speed.1")
    it.reads()
    ruling = ruled(it, "speed", 3)
    with it.here.store.begin() as tx:
        appeal = tx.appeals.ask(ruling, it.member(ADA).person, "It <holds> & more", now())
        assert appeal
        tx.appeals.assign(appeal.id, it.member(SOL).person, now())
    assert "Nothing is waiting for your ruling." in listed(it, it.sen)
    assert "Waiting for you – 1 appeal" in home(it, it.sol)
    form = listed(it, it.sol)
    assert "Appeals – a lead has named you as the second sensei" in form
    it.presses(it.sol, "triage.rule")
    form = it.form(it.sol)
    assert (
        "asks for a second opinion on that ruling. Your ruling will be final. Their reason: It <holds> & more"
        in form
    )
    assert "Something doesn't apply" not in form
    assert not it.rules(it.sol, "3", reason="Seen", sentence="You were right.").errors
    assert it.rulings()[-1].role is RulerRole.SECOND
    assert it.rulings()[-1].appeal == appeal.id


def test_the_home_counts_disputes_as_well(it: Triaging) -> None:
    it.asks(QuestionState.DISPUTED)
    assert "Waiting for you – 1 dispute [● Open ]" in home(it, it.sen)
    assert "aiting: 1 dispute. You can decide in the direct messages that I sent you." in listed(it, it.sen)


def test_other_homes_say_nothing_about_triage(it: Triaging) -> None:
    it.finds("speed.1")
    it.reads()
    for person in (it.ada, it.sol, it.lea):
        assert "Waiting for you" not in home(it, person)


def test_eight_participants_cost_no_more_statements_than_one(it: Triaging) -> None:
    it.finds("speed.1")
    asked: list[Callable[[], object]] = [lambda: home(it, it.sen), lambda: listed(it, it.sen)]
    few = []
    for ask in asked:
        with counted(it.engine) as counts:
            ask()
        few.append(counts.statements)
    for number in range(7):
        another_capstone(it, f"P{number}")
    for ask, before in zip(asked, few, strict=True):
        with counted(it.engine) as counts:
            ask()
        assert counts.statements == before
    assert few[0] <= 100
    assert few[1] <= 40


def test_a_participants_home_asks_for_no_ledger(it: Triaging) -> None:
    it.finds("speed.1")
    with counted(it.engine) as with_triage:
        home(it, it.ada)
    chat = adapter.connect(it.slack.bot_token, it.slack.api_url)
    about = {"workspace": it.slack.team, "user": it.ada.id}
    with counted(it.engine) as without:
        publisher = HomePublisher(
            chat, it.here.store, "https://github.com", now, describe_check_in=describe_next
        )
        publisher.home(Straight(it.here.store), about)
    assert with_triage == without


def test_a_capstone_whose_sensei_was_named_at_enrolment_counts_too(it: Triaging) -> None:
    it.finds("speed.1")
    it.pairs_end(SEN)
    with it.here.store.begin() as tx:
        tx.members.prove(it.member(SOL).person, Account(3, "sol"), now())
        tx.capstones.set_sensei(it.capstone.cohort, it.member(ADA).person, it.member(SOL).person)
    assert "ada/desk" in listed(it, it.sol)
    assert "ada/desk" not in listed(it, it.sen)
