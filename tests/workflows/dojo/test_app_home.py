"""What App Homes are gathered from, and that they are shown as they now are: on both databases."""

import json
from collections.abc import Iterator
from datetime import date, timedelta

import pytest
import sqlalchemy as sa

from bot.domain.dojo.people import CohortRole, DateKind, EnrolmentState
from bot.domain.pairing.states import PairState
from bot.domain.pull_requests.records import Account, AskedQuestion, QuestionState, Trigger
from bot.ports.chat import Urgency
from bot.workflows.chat.actors import find_actor
from bot.workflows.chat.home_refresh import refresh_home
from bot.workflows.dojo import app_home
from tests.fakes.slack import Fails, Slack, look, outage
from tests.workflows.slacked import WEB, Cohort

P, S, L = CohortRole.PARTICIPANT, CohortRole.SENSEI, CohortRole.LEAD


@pytest.fixture(name="it")
def a_cohort(engine: sa.Engine) -> Iterator[Cohort]:
    with Slack() as slack:
        yield Cohort(engine, slack)


def shown(it: Cohort, person: str) -> str:
    """Let somebody's Home be published a second later; return what they see, those who are named by name."""
    it.clock += timedelta(seconds=1)
    with it.store.begin() as tx:
        refresh_home(tx, person, it.now())
    with it.store.begin() as tx:
        [job] = [job for job in tx.jobs.due(it.now(), 10_000) if job.argument == {"person": person}]
        tx.jobs.mark_begun(job.id, it.now())
    it.run(job)
    home = it.accounts[person].home
    assert home
    return look.text(home, names={account.id: account.account.name for account in it.accounts.values()})


def asks(it: Cohort, person: str, text: str, days: int = 0) -> int:
    """Let a question be open in a repository of a participant's; return its comment's number."""
    number = it.number * 1000 + len(it.accounts) * 10 + days
    with it.store.begin() as tx:
        account = Account(number, f"login{number}")
        tx.members.prove(person, account, it.now())
        capstone = tx.capstones.add(
            cohort=f"cohort {it.number}",
            repository=number,
            owner="desk",
            name=f"r{number}",
            default_branch="main",
            installation=1,
            participant=account,
            sensei=None,
            publish=None,
            at=it.now(),
        )
        pull = tx.pull_requests.save(
            capstone.id,
            7,
            state="open",
            draft=False,
            author=account,
            head="a" * 40,
            base_ref="main",
            at=it.now(),
        )
        round_ = tx.rounds.begin(pull.id, Trigger.OPENED, "a" * 40, it.now())
        question = AskedQuestion(
            id=0,
            round=round_.id,
            check="speed.1",
            text=text,
            fingerprint=f"{number}",
            path="a.py",
            side="head",
            line_start=1,
            line_end=1,
            quote="x",
            inline=True,
            comment=None,
            state=QuestionState.KEPT,
        )
        tx.questions.add(round_.id, [question], it.now() - timedelta(days=days))
        [one] = tx.questions.of(pull.id)
        tx.questions.mark_asked(one.id, it.now() - timedelta(days=days), inline=True)
        tx.questions.set_comment(one.id, number)
    return number


def test_a_participant_sees_their_sensei_their_questions_and_the_dates(it: Cohort) -> None:
    ada, sen = it.joins("Ada", P), it.joins("Sen", S)
    it.pairs(ada, sen)
    number = asks(it, ada, "What does a timeout cost here?", days=3)
    with it.store.begin() as tx:
        tx.cohorts.add_date(it.id, DateKind.MIDWAY, "", it.now().date() + timedelta(days=9))
    text = " ".join(shown(it, ada).split())
    for words in ("Sen", "What does a timeout cost here?", "for 3 days", "Midway milestone", "in 9 days"):
        assert words in text
    home = it.accounts[ada].home
    assert home
    assert f"{WEB}/desk/r{number}/pull/7#discussion_r{number}" in json.dumps(home.document)


def test_a_proposal_is_nobodys_sensei_yet(it: Cohort) -> None:
    ada, sen = it.joins("Ada", P), it.joins("Sen", S)
    it.pairs(ada, sen, PairState.PROPOSED)
    assert "You don't have one yet" in " ".join(shown(it, ada).split())
    assert "Ada" not in shown(it, sen)


def test_a_sensei_sees_their_participants_and_those_for_whom_they_stand_in(it: Cohort) -> None:
    ada, bo, cy = (it.joins(name, P) for name in ("Ada", "Bo", "Cy"))
    sen, other = it.joins("Sen", S), it.joins("Other", S)
    it.pairs(ada, sen)
    it.pairs(bo, other)
    it.pairs(cy, other)
    asks(it, ada, "Why this store?", days=9)
    asks(it, bo, "Why that queue?")
    text = shown(it, sen)
    assert "Why this store?" in text
    assert "Why that queue?" not in text
    home = it.accounts[sen].home
    assert home
    assert [
        block["accessory"]["text"]["text"] for block in home.document["blocks"] if "accessory" in block
    ] == ["Plan", "Profile"]
    with it.store.begin() as tx:
        today = it.now().date()
        tx.absences.add(it.id, other, today, today + timedelta(days=3), sen)
    text = shown(it, sen)
    assert "Why that queue?" in text
    assert "you're standing in for @Other" in " ".join(text.split())
    assert "Sen" in shown(it, bo)


def test_a_lead_sees_who_is_stuck_unpaired_full_and_not_reached_and_nobodys_words(it: Cohort) -> None:
    lead, sen = it.joins("Lead", L), it.joins("Sen", S, capacity=1)
    ada, bo = it.joins("Ada", P), it.joins("Bo", P)
    gone = it.unlinked("Cy", P)
    it.pairs(ada, sen)
    asks(it, ada, "My secret trade-off?", days=8)
    asks(it, bo, "Another?", days=7)
    text = " ".join(shown(it, lead).split())
    assert "@Ada – 1 question, the oldest open for 8 days" in text
    assert "@Bo – 1 question" not in text
    assert "@Bo, Cy" in text
    assert "@Sen – 1 of 1" in text
    assert "1 person has no Slack account linked" in text
    assert "secret trade-off" not in text
    assert gone


def test_nobodys_home_shows_what_is_another_participants(it: Cohort) -> None:
    ada, bo = it.joins("Ada", P), it.joins("Bo", P)
    asks(it, ada, "Ada's question?")
    with it.store.begin() as tx:
        tx.never_pairs.add(it.id, ada, bo, "a confidence", it.now())
    for person in (bo, it.joins("Sen", S), it.joins("Lead", L)):
        text = shown(it, person)
        assert "Ada's question?" not in text
        assert "confidence" not in text


def test_a_participant_sees_their_own_holidays_and_nobody_elses(it: Cohort) -> None:
    ada, bo = it.joins("Ada", P), it.joins("Bo", P)
    first = it.now().date() + timedelta(days=9)
    with it.store.begin() as tx:
        tx.absences.add(it.id, ada, first, first + timedelta(days=1), None)
    assert "When you are away" in shown(it, ada)
    assert "deputy" not in shown(it, ada)
    assert "When you are away" not in shown(it, bo)


def test_who_left_sees_a_guests_home_and_is_on_no_list(it: Cohort) -> None:
    lead, ada = it.joins("Lead", L), it.joins("Ada", P)
    with it.store.begin() as tx:
        tx.members.set_state(tx.members.roles(ada)[0].enrolment, EnrolmentState.LEFT)
    assert "You're not in" in shown(it, ada)
    assert "Ada" not in shown(it, lead)


def test_several_changes_of_one_moment_are_one_look(it: Cohort) -> None:
    ada = it.joins("Ada", P)
    with it.store.begin() as tx:
        refresh_home(tx, ada, it.now())
        refresh_home(tx, ada, it.now())
    with it.store.begin() as tx:
        due = [job for job in tx.jobs.due(it.now(), 10_000) if job.argument == {"person": ada}]
    assert len(due) == 1


def test_a_change_while_it_is_shown_is_shown_as_well(it: Cohort, monkeypatch: pytest.MonkeyPatch) -> None:
    ada = it.joins("Ada", P)
    publish = it.chat.publish_home

    def slowly(user: str, view: dict[str, object], urgency: Urgency) -> None:
        monkeypatch.undo()
        publish(user, view, urgency)
        with it.store.begin() as tx:
            tx.cohorts.add_date(it.id, DateKind.FINAL, "", it.now().date())

    monkeypatch.setattr(it.chat, "publish_home", slowly)
    assert "Final milestone" in shown(it, ada)


def test_slack_that_fails_is_tried_again_and_one_that_refuses_is_let_be(it: Cohort) -> None:
    ada = it.joins("Ada", P)
    it.slack.fault(outage(), "views.publish", times=2)
    assert "Your sensei" in shown(it, ada)
    it.clock += timedelta(minutes=1)
    it.slack.fault(Fails("token_revoked"), "views.publish")
    assert shown(it, ada)


def test_the_day_is_that_of_whoever_looks(it: Cohort) -> None:
    ada = it.joins("Ada", P)
    it.clock = it.clock.replace(hour=23, minute=30)  # tomorrow in Berlin
    with it.store.begin() as tx:
        actor = find_actor(tx, it.slack.team, it.accounts[ada].id)
        assert app_home.local_today(actor, it.now) == it.now().date() + timedelta(days=1)
        assert app_home.gather_home(tx, actor, it.now, WEB).today > date(2026, 11, 26)


def test_a_lead_sees_which_sensei_could_not_be_asked(it: Cohort) -> None:
    lead, ada, bo = it.joins("Lead", L), it.joins("Ada", P), it.joins("Bo", P)
    it.pairs(ada, it.unlinked("Sen", S), PairState.APPROVED)
    it.pairs(bo, it.joins("Sol", S), PairState.APPROVED)
    text = " ".join(shown(it, lead).split())
    assert "Waiting for a sensei's answer (2)" in text
    assert text.count("I couldn't ask Sen, because I don't know their Slack account.") == 1
    assert text.index("Ada with Sen") < text.index("I couldn't ask Sen") < text.index("Bo with Sol")
