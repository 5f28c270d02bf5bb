"""Who is told that a sensei's holiday or its deputy has changed."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
import sqlalchemy as sa

from bot.adapters.database import open_store
from bot.domain.chat.events import Submission
from bot.domain.pairing.states import PairState
from bot.errors import UserError
from bot.rendering.pairing import slack_forms
from bot.workflows.chat.actors import make_actor
from bot.workflows.dojo.absence_changes import AbsenceChanges
from bot.workflows.pairing import absence_news, deputies
from tests import databases
from tests.fakes.steps import Straight
from tests.workflows.circle import Circle
from tests.workflows.pairing.test_deputies import FIRST, circle, goes, shown_to_lead


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[sa.Engine]:
    with open_store(databases.migrated_file(tmp_path / "sensei.db")) as made:
        yield made


NOON = datetime(2026, 12, 7, 12, tzinfo=UTC)


def chooses(it: Circle, deputy: str, lead: str = "Lea") -> None:
    """Let a lead choose a deputy with the form."""
    with it.store.begin() as tx:
        actor = make_actor(tx, it.people[lead], "", "")
        holiday = f"{it.cohort} {it.people['Sen']} {FIRST}"
        values = {slack_forms.WITH: it.people[deputy]}
        sent = Submission(it.workspace, "U1", "pairing.deputy", holiday, values)
        deputies.FEATURE.forms["pairing.deputy"].submit(tx, actor, sent, it.now)


def removes(it: Circle) -> None:
    """Let Sen remove the holiday, as ``/dojo away off`` does."""
    changes = AbsenceChanges(
        deputies.find_deputy, absence_news.announce_absence, absence_news.announce_removal
    )
    with it.store.begin() as tx:
        [absence] = tx.absences.ending_since(it.cohort, FIRST)
        changes.remove(tx, it.cohort, absence, it.now())


def said(it: Circle) -> list[tuple[str, str]]:
    """Run what is due; return who read what, except what leads read in their message about the holiday."""
    flow = absence_news.DeputyNotices(it.store, it.now)
    for job in it.jobs("pairing.away"):
        if job.due_at <= it.now():
            with it.store.begin() as tx:
                tx.jobs.mark_begun(job.id, it.now())
            flow.away(Straight(it.store), job.argument)
    names = {person: name for name, person in it.people.items()}
    return sorted((names[letter.to[0]], letter.message.text) for _, letter in it.run())


def test_whoever_a_lead_replaces_as_deputy_hears_of_it_and_so_does_the_sensei(engine: sa.Engine) -> None:
    it = circle(engine)
    goes(it, "Sol")
    it.clock = NOON
    said(it)
    it.wait(minutes=1)
    chooses(it, "Sam")
    it.wait(minutes=1)
    assert said(it) == [
        (
            "Ada",
            (
                "Sen is away up to and including 11 December. Meanwhile, you can ask Sam, the deputy. I'm "
                "telling Sam too."
            ),
        ),
        (
            "Sam",
            (
                "Sen is away up to and including 11 December. You're the deputy, and I'm telling their "
                "participants to ask you."
            ),
        ),
        ("Sen", "A lead has chosen Sam as your deputy from 7 December to 11 December, instead of Sol."),
        (
            "Sol",
            (
                "Sam is now the deputy for Sen from 7 December to 11 December, instead of you. Please tell "
                "Sam what is still open."
            ),
        ),
    ]
    assert said(it) == []


def test_a_lead_may_go_back_to_the_deputy_before(engine: sa.Engine) -> None:
    it = circle(engine)
    goes(it, "Sol")
    it.clock = NOON
    said(it)
    for deputy in ("Sam", "Sol"):
        it.wait(minutes=1)
        chooses(it, deputy)
        heard = dict(said(it))
        assert sorted(heard) == ["Ada", "Sam", "Sen", "Sol"]
        assert f"ask {deputy}" in heard["Ada"]


def test_before_a_holiday_only_the_sensei_and_the_deputies_hear_of_a_choice(engine: sa.Engine) -> None:
    it = circle(engine)
    goes(it, "Sol")
    said(it)
    chooses(it, "Sam")
    assert [who for who, _ in said(it)] == ["Sen", "Sol"]
    it.clock = NOON
    assert [who for who, _ in said(it)] == ["Ada", "Sam"]


def test_the_same_deputy_again_changes_and_sends_nothing(engine: sa.Engine) -> None:
    it = circle(engine)
    goes(it, "Sol")
    it.clock = NOON
    said(it)
    it.wait(minutes=1)
    with pytest.raises(UserError, match="already the deputy"):
        chooses(it, "Sol")
    assert it.jobs() == [] or {job.argument.get("which") for job in it.jobs()} == {"ends"}


def test_a_lead_has_one_message_about_a_holiday_which_shows_how_it_is(engine: sa.Engine) -> None:
    it = circle(engine)
    goes(it, "Sol")
    [(_, first)] = said(it)
    assert "The deputy is Sol." in first
    it.wait(minutes=1)
    chooses(it, "Sam")
    assert "Lea" not in dict(said(it))
    text, has_button = shown_to_lead(it)
    assert ("The deputy is Sam." in text, has_button) == (True, True)
    it.clock = datetime(2026, 12, 12, 12, tzinfo=UTC)
    assert "Lea" not in dict(said(it))
    assert shown_to_lead(it) == (
        "Sen was away from 7 December to 11 December, inclusive. Sam was the deputy.",
        False,
    )


def test_all_who_know_of_a_holiday_hear_that_it_was_removed(engine: sa.Engine) -> None:
    it = circle(engine)
    it.participant("Cy")
    it.put("Cy", "Sen", PairState.ACTIVE)
    it.never("Cy", "Sol")
    goes(it, "Sol")
    it.clock = NOON
    said(it)
    removes(it)
    heard = said(it)
    assert heard == [
        ("Ada", "Sen has cancelled their holiday, so you can ask them again."),
        ("Cy", "Sen has cancelled their holiday, so you can ask them again."),
        (
            "Sol",
            (
                "Sen has cancelled their holiday, so you're no longer the deputy. Please tell them what is "
                "still open."
            ),
        ),
    ]
    assert shown_to_lead(it) == (
        "Sen has cancelled their holiday (7 December to 11 December), so they need no deputy.",
        False,
    )


def test_nobody_but_leads_hears_that_a_future_holiday_was_removed(engine: sa.Engine) -> None:
    it = circle(engine)
    goes(it, "Sol")
    said(it)
    removes(it)
    assert said(it) == []
    assert not shown_to_lead(it)[1]


def test_who_has_no_deputy_before_and_after_a_choice_reads_it_once(engine: sa.Engine) -> None:
    it = circle(engine)
    it.never("Ada", "Sol")
    it.never("Ada", "Sam")
    goes(it, "Sol")
    it.clock = NOON
    assert "There's no deputy" in dict(said(it))["Ada"]
    it.wait(minutes=1)
    chooses(it, "Sam")
    assert "Ada" not in dict(said(it))
