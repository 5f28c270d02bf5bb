"""Who comes back is not forgotten: leads hear who is waiting for a sensei, once for all of them."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from bot.adapters.database import open_store
from bot.domain.pairing.states import PairState
from bot.workflows.pairing.waiting_participants import BUNDLED
from tests import databases
from tests.workflows.whole_dojo import LEAD, PARTICIPANT, SENSEI, WholeDojo, whole_dojo

MESSAGE = "waiting for a sensei"


@pytest.fixture
def it(tmp_path: Path) -> Iterator[WholeDojo]:
    with open_store(databases.migrated_file(tmp_path / "sensei.db")) as engine, whole_dojo(engine) as made:
        yield made


def test_leads_hear_once_of_all_who_came_back_and_propose_with_one_click(it: WholeDojo) -> None:
    ada, lea, lou = it.people["Ada Lovelace"], it.people["Lea"], it.joins("Lou", LEAD)
    sen, bo = it.joins("Sen", SENSEI, capacity=2), it.joins("Bo", PARTICIPANT)
    for person in (ada, bo, sen):
        person.command("/dojo pause")
        person.submit()
    it.settle()
    for person in (ada, bo, sen):
        person.command("/dojo resume")
    it.settle()
    for person in (ada, bo):
        assert "I'm telling the leads that you're waiting for a sensei" in it.heard(person)[-1]
    assert "I'll ask you here before I pair you" in it.heard(sen)[-1]
    assert not [said for said in it.heard(lea) if MESSAGE in said]
    it.settle(BUNDLED)
    for lead in (lea, lou):
        [said] = [said for said in it.heard(lead) if MESSAGE in said]
        assert "2 participants in dojo are waiting for a sensei: Ada Lovelace, Bo" in said
        assert "The senseis have 2 free places." in said
    lea.click(next(it for it in lea.messages if MESSAGE in it["text"]), "pairing.propose")
    it.settle()
    with it.here.store.read() as tx:
        pairs = tx.pairings.ongoing(it.member("Lea").cohort)
    assert [pair.state for pair in pairs] == [PairState.PROPOSED] * 2
    # The message is kept up to date, and its button answers even now.
    [said] = [said for said in it.heard(lou) if MESSAGE in said]
    assert "No participant in dojo is waiting for a sensei any more." in said


def test_a_lead_hears_of_it_once_a_day_and_reads_the_latest_in_the_message(it: WholeDojo) -> None:
    lea = it.people["Lea"]
    for number, name in enumerate(("Ada Lovelace", "Bo")):
        person = it.joins(name, PARTICIPANT)
        person.command("/dojo pause")
        person.submit()
        it.settle()
        person.command("/dojo resume")
        it.settle()
        it.settle(BUNDLED)
        assert sum(MESSAGE in said for said in it.heard(lea)) == 1, number
    assert "Ada Lovelace, Bo" in next(said for said in it.heard(lea) if MESSAGE in said)
    [later] = [job for job in it.waiting("message") if job.argument["kind"] == "pairing.waiting"]
    assert timedelta(hours=23) < later.due_at - it.now() <= timedelta(days=1)


def test_nothing_is_said_of_people_who_have_been_proposed_meanwhile(it: WholeDojo) -> None:
    ada, lea = it.people["Ada Lovelace"], it.people["Lea"]
    it.joins("Sen", SENSEI)
    ada.command("/dojo pause")
    ada.submit()
    it.settle()
    ada.command("/dojo resume")
    it.settle()
    lea.command("/dojo pair")
    it.settle()
    it.settle(BUNDLED)
    assert not [said for said in it.heard(lea) if MESSAGE in said]
