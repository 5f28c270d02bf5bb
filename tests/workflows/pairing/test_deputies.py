"""Who stands in for a sensei on holiday, who hears of it, and what they may do; on both databases."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import pytest
import sqlalchemy as sa

from bot.domain.dojo.people import EnrolmentState, WorkingHours
from bot.domain.dojo.permissions import Action
from bot.domain.pairing.states import PairState
from bot.domain.pull_requests.permissions import CapstoneRole
from bot.domain.pull_requests.records import Account
from bot.errors import UserError
from bot.workflows.chat.actors import make_actor, participants_of, require_permission
from bot.workflows.dojo.app_home import gather_home
from bot.workflows.pairing import absence_news, deputies
from bot.workflows.pull_requests.account_roles import role_on
from tests.fakes.steps import Straight
from tests.workflows.circle import START, Circle

FIRST, LAST = date(2026, 12, 7), date(2026, 12, 11)
pytestmark = pytest.mark.usefixtures("_tidy")


@pytest.fixture
def _tidy(engine: sa.Engine) -> Iterator[None]:
    yield
    Circle(engine).close()


def circle(engine: sa.Engine) -> Circle:
    """Sen has Ada, and could be stood in for by Sol, who fits, better than by Sam, who is full."""
    it = Circle(engine)
    it.sensei("Sen", 2, hours=WorkingHours("Asia/Tokyo", begins=10 * 60, ends=22 * 60))
    it.sensei("Sol", 2)
    it.sensei("Sam", 1)
    it.participant("Ada")
    it.participant("Bo")
    it.put("Ada", "Sen", PairState.ACTIVE)
    it.put("Bo", "Sam", PairState.ACTIVE)
    return it


def goes(it: Circle, deputy: str | None, last: date = LAST) -> None:
    with it.store.begin() as tx:
        who = it.people[deputy] if deputy else None
        made = tx.absences.add(it.cohort, it.people["Sen"], FIRST, last, who)
        absence_news.announce_absence(tx, it.cohort, made, it.now())


def shown_to_lead(it: Circle) -> tuple[str, bool]:
    """What the leads' message about the holiday says after it was last rewritten; whether it has a button."""
    message = it.rewritten[-1].message
    return message.text, any(block["type"] == "actions" for block in message.blocks)


def due(it: Circle) -> list[tuple[str, tuple[str, ...]]]:
    """Run what is due, holidays too; return who got which message."""
    flow = absence_news.DeputyNotices(it.store, it.now)
    for job in it.jobs("pairing.away"):
        if job.due_at <= it.now():
            with it.store.begin() as tx:
                tx.jobs.mark_begun(job.id, it.now())
            flow.away(Straight(it.store), job.argument)
    names = {person: name for name, person in it.people.items()}
    sent = it.run()
    return sorted((kind, tuple(names[one] for one in letter.to)) for kind, letter in sent)


def test_nobody_is_sent_to_somebody_they_must_not_be_paired_with(engine: sa.Engine) -> None:
    """Not even where the one who stands in could do so for others."""
    it = circle(engine)
    it.participant("Eve")
    it.put("Eve", "Sen", PairState.ACTIVE)
    with it.store.begin() as tx:
        tx.never_pairs.add(it.cohort, it.people["Eve"], it.people["Sol"], "a secret", it.now())
    with it.store.begin() as tx:
        assert deputies.find_deputy(tx, it.cohort, it.people["Sen"], FIRST, LAST) == it.people["Sam"]


def test_somebody_else_is_looked_for_where_a_deputy_pauses(engine: sa.Engine) -> None:
    it = circle(engine)
    goes(it, "Sol")
    it.clock = datetime(2026, 12, 7, 3, tzinfo=UTC)
    due(it)
    it.state("Sol", EnrolmentState.PAUSED)
    with it.store.begin() as tx:
        deputies.end_pairs_and_deputies(tx, it.people["Sol"], it.cohort, it.now())
    with it.store.begin() as tx:
        [absence] = tx.absences.ending_since(it.cohort, FIRST)
    assert absence.deputy == it.people["Sam"]
    heard = due(it)
    assert {who for kind, who in heard if kind == absence_news.CHANGED} == {("Lea",), ("Sen",)}
    assert shown_to_lead(it) == (
        (
            "Sen is away from 7 December to 11 December, inclusive. The deputy is Sam. I'm telling the "
            "participants now."
        ),
        True,
    )
    assert {who for kind, who in heard if kind == absence_news.STANDS_IN} == {("Ada",), ("Sam",)}
    it.state("Sam", EnrolmentState.LEFT)
    it.wait(minutes=1)
    with it.store.begin() as tx:
        deputies.end_pairs_and_deputies(tx, it.people["Sam"], it.cohort, it.now())
    with it.store.begin() as tx:
        [absence] = tx.absences.ending_since(it.cohort, FIRST)
    assert absence.deputy is None
    assert (absence_news.STANDS_IN, ("Ada",)) in due(it)


def test_the_domain_finds_a_deputy_with_room(engine: sa.Engine) -> None:
    it = circle(engine)
    with it.store.begin() as tx:
        assert deputies.find_deputy(tx, it.cohort, it.people["Sen"], FIRST, LAST) == it.people["Sol"]
        tx.absences.add(it.cohort, it.people["Sol"], LAST, LAST, None)
    with it.store.begin() as tx:
        assert deputies.find_deputy(tx, it.cohort, it.people["Sen"], FIRST, LAST) == it.people["Sam"]
        tx.never_pairs.add(it.cohort, it.people["Ada"], it.people["Sam"], "a secret", it.now())
    with it.store.begin() as tx:
        assert deputies.find_deputy(tx, it.cohort, it.people["Sen"], FIRST, LAST) is None


def test_those_concerned_hear_once_at_the_beginning_and_once_at_the_end(engine: sa.Engine) -> None:
    it = circle(engine)
    goes(it, "Sol")
    goes(it, "Sol")
    assert {kind for kind, _ in due(it)} == {"pairing.deputy"}
    it.clock = datetime(2026, 12, 7, 0, 59, tzinfo=START.tzinfo)  # 9:59 in Tokyo
    assert due(it) == []
    it.wait(minutes=1)
    assert due(it) == [("pairing.stands_in", ("Ada",)), ("pairing.stands_in", ("Sol",))]
    it.wait(days=4, hours=23)
    assert due(it) == []
    it.wait(hours=1)
    assert due(it) == [("pairing.back", ("Ada",)), ("pairing.back", ("Sol",))]
    it.wait(days=9)
    assert due(it) == []


def test_a_deputy_never_stands_in_for_whom_they_must_not_be_paired_with(engine: sa.Engine) -> None:
    """Whoever chose them, and though it was asked only afterwards."""
    it = circle(engine)
    it.participant("Cy")
    it.put("Cy", "Sen", PairState.ACTIVE)
    goes(it, "Sol")
    it.never("Ada", "Sol")
    it.clock = datetime(2026, 12, 7, 12, tzinfo=START.tzinfo)
    flow = absence_news.DeputyNotices(it.store, it.now)
    for job in it.jobs("pairing.away"):
        flow.away(Straight(it.store), job.argument)
    said = {it.readers([one], one[0])[0]: one[1].message.text for one in it.run() if "stands_in" in one[0]}
    assert "There's no deputy" in said["Ada",]
    assert "Sol" in said["Cy",]
    with it.store.begin() as tx:
        assert participants_of(tx, it.people["Sol"], it.cohort, it.now()) == {it.people["Cy"]}
        shown = {
            name: gather_home(tx, make_actor(tx, it.people[name], "", ""), it.now, "https://github.example")
            for name in ("Ada", "Cy", "Sol")
        }
    assert [getattr(shown[name].participant, "deputy", None) is None for name in ("Ada", "Cy")] == [
        True,
        False,
    ]
    assert shown["Sol"].sensei
    assert [one.person.name for one in shown["Sol"].sensei.participants] == ["Cy"]


def test_a_holiday_that_was_taken_back_or_moved_is_told_as_it_is_then(engine: sa.Engine) -> None:
    it = circle(engine)
    goes(it, "Sol")
    goes(it, None, LAST + timedelta(days=1))
    due(it)
    it.clock = datetime(2026, 12, 7, 12, tzinfo=START.tzinfo)
    assert due(it) == [("pairing.stands_in", ("Ada",))]
    it.clock = datetime(2026, 12, 12, 12, tzinfo=START.tzinfo)
    assert due(it) == []
    it.wait(days=1)
    assert due(it) == [("pairing.back", ("Ada",))]
    goes(it, "Sol")
    with it.store.begin() as tx:
        for one in tx.absences.ending_since(it.cohort, FIRST):
            tx.absences.remove(it.cohort, one.id)
    it.wait(days=9)
    assert due(it) == []


BEGINS = datetime(2026, 12, 6, 15, tzinfo=UTC)  # midnight in Tokyo, where Sen is
ENDS = datetime(2026, 12, 11, 15, tzinfo=UTC)
A_MOMENT = timedelta(seconds=1)


@pytest.mark.parametrize(
    ("moment", "stands_in"),
    [(BEGINS - A_MOMENT, False), (BEGINS, True), (ENDS - A_MOMENT, True), (ENDS, False)],
)
def test_a_holiday_is_in_the_time_zone_of_who_has_it_wherever_the_others_are(
    engine: sa.Engine, moment: datetime, stands_in: bool
) -> None:
    it = circle(engine)
    it.says("Ada", hours=WorkingHours("America/Los_Angeles"))
    it.says("Sol", hours=WorkingHours("Pacific/Auckland"))
    goes(it, "Sol")
    it.clock = moment
    with it.store.begin() as tx:
        actors = {name: make_actor(tx, it.people[name], "", "") for name in ("Ada", "Sol")}
        homes = {name: gather_home(tx, actor, it.now, "") for name, actor in actors.items()}
        try:
            require_permission(tx, actors["Sol"], Action.BRIEF_SEE, it.now, it.people["Ada"])
            may = True
        except UserError:
            may = False
    assert homes["Ada"].participant
    assert homes["Sol"].sensei
    shown = homes["Ada"].participant.deputy is not None, bool(homes["Sol"].sensei.participants)
    assert (may, *shown) == (stands_in,) * 3


@pytest.mark.parametrize(
    ("moment", "role"),
    [
        (BEGINS - A_MOMENT, CapstoneRole.OTHER),
        (BEGINS, CapstoneRole.SENSEI),
        (ENDS - A_MOMENT, CapstoneRole.SENSEI),
        (ENDS, CapstoneRole.OTHER),
    ],
)
def test_a_deputy_is_the_sensei_at_the_code_host_meanwhile(
    engine: sa.Engine, moment: datetime, role: CapstoneRole
) -> None:
    it = circle(engine)
    number = 10_000 + it.cohort * 10
    accounts = {
        name: Account(number + n, f"{name.lower()}{it.cohort}")
        for n, name in enumerate(("Ada", "Sen", "Sol", "Sam"))
    }
    with it.store.begin() as tx:
        for name, account in accounts.items():
            tx.members.prove(it.people[name], account, it.now())
        capstone = tx.capstones.add(
            cohort=tx.cohorts.get(it.cohort).name,
            repository=number,
            owner="ada",
            name=f"desk{number}",
            default_branch="main",
            installation=9,
            participant=accounts["Ada"],
            sensei=accounts["Sen"],
            publish=None,
            at=it.now(),
        )
    goes(it, "Sol")
    with it.store.begin() as tx:
        assert role_on(tx, capstone, accounts["Sol"], moment) is role
        assert role_on(tx, capstone, accounts["Sam"], moment) is CapstoneRole.OTHER
        assert role_on(tx, capstone, accounts["Sen"], moment) is CapstoneRole.SENSEI
        assert role_on(tx, capstone, accounts["Ada"], moment) is CapstoneRole.PARTICIPANT
