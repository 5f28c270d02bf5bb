"""From a proposal to an introduction, and to its end: on both databases."""

import sqlalchemy as sa

from bot.domain.people import EnrolmentState
from bot.ports.dojo import PairState
from bot.workflows import pairing
from tests.workflows.circle import Circle


def test_a_proposal_becomes_an_introduction(engine: sa.Engine) -> None:
    it = Circle(engine)
    it.sensei("Sen", 1, skills={"security": 3})
    it.sensei("Sol", 1, skills={"risk": 3})
    it.participant("Ada", skills={"security": 3})
    it.participant("Bo", skills={"risk": 3})
    assert it.propose()["outcome"] == "proposed"
    assert it.who() == {"Ada": ("Sen", "proposed"), "Bo": ("Sol", "proposed")}
    sent = it.run()
    assert it.readers(sent, "pairing.board") == [("Lea",)]
    with it.store.begin() as tx:
        done = pairing.approve(tx, it.cohort, [one.id for one in it.pairs()] if False else [p.id for p in tx.pairings.going_on(it.cohort)], it.people["Lea"], it.now())
    assert len(done.done) == 2
    sent = it.run()
    assert sorted(it.readers(sent, "pairing.ask")) == [("Sen",), ("Sol",)]
    with it.store.begin() as tx:
        pairing.accept(tx, it.pair("Ada").id if False else next(p.id for p in tx.pairings.of_person(it.people["Ada"])), it.people["Sen"], it.now())
    sent = it.run()
    assert it.readers(sent, "pairing.introduction") == [("Ada", "Sen")]
    assert it.who() == {"Ada": ("Sen", "active"), "Bo": ("Sol", "approved")}
    it.wait(hours=24)
    sent = it.run()
    assert it.readers(sent, "pairing.introduction") == [("Bo", "Sol")]
    assert it.who()["Bo"] == ("Sol", "active")
    it.state("Sen", EnrolmentState.PAUSED)
    sent = it.run()
    print(sent)
    assert it.pair("Ada").state is PairState.ENDED
