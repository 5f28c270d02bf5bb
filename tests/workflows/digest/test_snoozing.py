"""Putting a row off in Slack, and the digest as it is after things were done."""

import json
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from bot.domain.dojo.people import EnrolmentState
from bot.domain.pull_requests.records import QuestionState
from bot.ports.jobs import Job
from bot.workflows.chat.digest_refresh import SENSEI_DIGEST, make_digest_key
from bot.workflows.chat.outbox import send_message
from bot.workflows.pull_requests.dispute_rulings import settle_question
from tests.entrypoints.webhooks import now
from tests.fakes.slack import Person
from tests.workflows.articulation.talking import ADA, SEN, SOL, Talking, talking

FAR = timedelta(days=20)


class Digested(Talking):
    """Sen has a digest in which Ada's dispute is a row."""

    dispute: int
    digest: int

    def prepare(self) -> None:
        self.dispute = self.asks(QuestionState.DISPUTED)
        sen = self.member(SEN)
        with self.here.store.begin() as tx:
            rows = [f"dispute:{self.capstone.id}", f"rulings:{self.capstone.id}"]
            made = tx.digests.add(sen.cohort, sen.person, "sensei", "2026-W49", rows, now())
            key = make_digest_key(SENSEI_DIGEST, sen.person, made.id)
            send_message(tx, key, SENSEI_DIGEST, {"digest": made.id}, now())
        self.digest = made.id
        self.settle()

    def digest_of(self, person: Person) -> str:
        """The digest before somebody, as they read it."""
        [found] = [said for said in self.heard(person) if "Your week" in said]
        return found

    def opens(self, person: Person) -> bool:
        """Let somebody click the row's button; return whether the form opened."""
        [message] = [said for said in self.sen.messages if "digest.snooze" in json.dumps(said)]
        before = len(person.told)
        person.click(message, "digest.snooze:1")
        return len(person.told) == before

    def puts_off(self, day: date) -> dict[str, Any]:
        """Let Sen put the row off until a day; return what was wrong."""
        assert self.opens(self.sen)
        errors: dict[str, Any] = self.sen.submit({"join.until": day.isoformat()}).errors
        self.settle()
        return errors


@pytest.fixture
def it(own_engine: sa.Engine) -> Iterator[Digested]:
    with talking(own_engine) as made:
        made.__class__ = Digested
        assert isinstance(made, Digested)
        made.prepare()
        yield made
        assert made.slack.problems == []


def test_a_row_that_was_put_off_says_until_when_and_loses_its_buttons(it: Digested) -> None:
    until = now().date() + FAR
    assert it.puts_off(until) == {}
    text = it.digest_of(it.sen)
    assert f"1 dispute to decide. Snoozed until {until:%a} {until.day} {until:%b}." in text
    assert "[" not in text
    with it.here.store.read() as tx:
        person = it.member(SEN).person
        assert tx.snoozes.of([person])[person] == {f"dispute:{it.capstone.id}": until}


def test_the_day_must_be_one_to_come_within_eight_weeks(it: Digested) -> None:
    assert it.puts_off(now().date() - timedelta(days=2)) == {"until": "Choose a day after today."}
    assert it.puts_off(now().date() + timedelta(days=60)) == {
        "until": "Choose a day within the next eight weeks."
    }
    assert "Snoozed" not in it.digest_of(it.sen)


def test_a_row_is_ticked_once_it_is_done_and_cannot_be_put_off(it: Digested) -> None:
    [stale] = [said for said in it.sen.messages if "digest.snooze" in json.dumps(said)]
    with it.here.store.begin() as tx:
        settle_question(tx, it.dispute, stands=True, withdrawn=False, at=now())
    it.settle()
    assert f"1. ✓ {mention_free(ADA)} · disputes to decide: nothing left to do." in it.digest_of(it.sen)
    it.sen.click(stale, "digest.snooze:1")
    assert "There's nothing left to do about this item" in it.whispered(it.sen)


def test_a_digest_is_its_readers_alone(it: Digested) -> None:
    assert not it.opens(it.sol)
    assert not it.opens(it.ada)
    assert "Your role in this dojo doesn't allow that." in it.whispered(it.sol)


def test_whoever_is_no_longer_a_sensei_can_change_nothing(it: Digested) -> None:
    assert it.opens(it.sen)
    it.sets(SEN, EnrolmentState.LEFT)
    it.sen.submit({"join.until": (now().date() + FAR).isoformat()})
    it.settle()
    with it.here.store.read() as tx:
        person = it.member(SEN).person
        assert tx.snoozes.of([person])[person] == {}


def test_a_row_about_someone_who_has_another_sensei_names_nobody(it: Digested) -> None:
    it.pairs_end(SEN)
    it.pairs(ADA, SOL)
    about, key = {"digest": it.digest}, make_digest_key(SENSEI_DIGEST, it.member(SEN).person, it.digest)
    with it.here.store.begin() as tx:
        argument = {"key": key, "kind": SENSEI_DIGEST, "about": about}
        tx.jobs.add(Job("rewrite:try", "rewrite", argument, now()))
    it.settle()
    text = it.digest_of(it.sen)
    assert text.count("You no longer guide this participant") == 2
    assert "Ada" not in text


def test_a_digest_is_rewritten_for_a_week(it: Digested) -> None:
    before = it.digest_of(it.sen)
    with it.engine.begin() as connection:
        connection.execute(sa.text("UPDATE digest SET at = :at"), {"at": now() - timedelta(days=8)})
    with it.here.store.begin() as tx:
        settle_question(tx, it.dispute, stands=True, withdrawn=False, at=now())
    it.settle()
    assert it.digest_of(it.sen) == before


def mention_free(name: str) -> str:
    """A name as Slack shows it in a message."""
    return name.replace("*", "∗")
