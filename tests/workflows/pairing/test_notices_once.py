"""A lead who is one of a pair hears of its end once, and an old button says that the pair is over."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.adapters.database import open_store
from bot.errors import UserError
from bot.workflows.chat.actors import find_actor
from tests import databases
from tests.entrypoints.webhooks import now
from tests.workflows.whole_dojo import LEAD, PARTICIPANT, SENSEI, WholeDojo, whole_dojo


@pytest.fixture
def it(tmp_path: Path) -> Iterator[WholeDojo]:
    with open_store(databases.migrated_file(tmp_path / "sensei.db")) as engine, whole_dojo(engine) as made:
        yield made


def test_a_sensei_who_is_a_lead_hears_of_a_pause_once(it: WholeDojo) -> None:
    kim, bo = it.joins("Kim", LEAD, SENSEI), it.joins("Bo", PARTICIPANT)
    it.pairs("Bo", "Kim")
    before = len(it.heard(kim))
    bo.command("/dojo pause")
    bo.submit()
    it.settle()
    [said] = it.heard(kim)[before:]
    assert "Bo has paused, so their pair with you has ended." in said


def test_a_lead_who_pauses_reads_only_the_confirmation(it: WholeDojo) -> None:
    max_ = it.joins("Max", LEAD, PARTICIPANT)
    it.joins("Sen", SENSEI)
    it.pairs("Max", "Sen")
    before = len(it.heard(max_))
    max_.command("/dojo pause")
    max_.submit()
    it.settle()
    [said] = it.heard(max_)[before:]
    assert "You're paused in dojo. Your pair with Sen has ended." in said


def test_an_old_button_for_another_sensei_says_that_the_pair_is_over(it: WholeDojo) -> None:
    ada, sen = it.people["Ada Lovelace"], it.joins("Sen", SENSEI)
    pair = it.pairs("Ada Lovelace", "Sen")
    sen.command("/dojo leave")
    sen.submit()
    it.settle()
    opens = it.features.forms["pairing.change"].open
    with it.here.store.read() as tx, pytest.raises(UserError, match="That pair has already ended"):
        opens(tx, find_actor(tx, it.slack.team, ada.id), str(pair.id), now)
