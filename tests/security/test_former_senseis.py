"""Whoever was a sensei, or is one of somebody else, sees and decides nothing about a participant."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.domain.pull_requests.records import Account, QuestionState
from bot.domain.triage.ruling_form import RulingFormKey, RulingTarget
from bot.rendering.triage.slack_ruling_form import FieldNames
from bot.workflows.triage.deliveries import OverlookedDeliveries
from bot.workflows.triage.responsibilities import find_responsibility, list_responsibilities
from tests import databases
from tests.entrypoints.webhooks import now
from tests.workflows.articulation.talking import ADA, SEN, SOME_DAYS
from tests.workflows.triage.holding_back import HoldingBack, holding_back


@pytest.fixture
def it(tmp_path: Path) -> Iterator[HoldingBack]:
    with databases.opened("sqlite", tmp_path) as engine, holding_back(engine) as made:
        yield made
        assert made.slack.problems == []


def is_named(it: HoldingBack) -> None:
    """Let Sen be Ada's sensei by enrolment alone, without a pair."""
    it.ends_pair()
    with it.here.store.begin() as tx:
        sen = tx.members.prove(it.member(SEN).person, Account(2, "sen"), now())
        tx.capstones.set_sensei(it.capstone.cohort, it.member(ADA).person, sen)
    it.settle()


def leaves(it: HoldingBack) -> None:
    assert not it.sen.command("/dojo leave").failed
    assert not it.sen.submit({}).errors
    it.settle(SOME_DAYS)


def test_a_sensei_named_at_enrolment_is_sent_nothing_once_they_have_left(it: HoldingBack) -> None:
    is_named(it)
    leaves(it)
    before = len(it.sen.messages)
    it.proposes("Why is the <secret> cache kept?")
    OverlookedDeliveries(it.here.store, now).look()
    it.settle(SOME_DAYS)
    assert len(it.sen.messages) == before
    with it.here.store.read() as tx:
        [listed] = list_responsibilities(tx, it.capstone.cohort, now())
        assert (listed.sensei, listed.on_duty) == (None, None)
        assert find_responsibility(tx, it.capstone.id, now()) == listed


def test_their_old_card_repeats_no_question_and_decides_nothing(it: HoldingBack) -> None:
    is_named(it)
    [question] = it.proposes("Why is the cache kept?")
    card = it.card(it.sen)
    assert "Why is the cache kept?" in str(card)
    leaves(it)
    it.sen.click(card, "triage.keep", str(question))
    it.settle(SOME_DAYS)
    assert it.states() == [QuestionState.PROPOSED]


def test_words_typed_about_one_participant_never_stay_in_the_form_for_another() -> None:
    """Slack keeps what was typed into blocks with the same id, and both have the same evidence: none."""
    ada, bob = (
        FieldNames.of(RulingFormKey(RulingTarget(capstone, "speed"), "d" * 64, 0)) for capstone in (1, 2)
    )
    assert {ada.choice, ada.reason, ada.sentence} & {bob.choice, bob.reason, bob.sentence} == set()
