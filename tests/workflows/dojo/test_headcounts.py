"""A cohort's people are counted alike wherever a lead or an operator reads the number."""

from bot.domain.dojo.people import EnrolmentState
from bot.domain.pairing.states import PairState
from bot.rendering.text.headcounts import describe_headcount
from bot.workflows.dojo.headcounts import count_cohort
from tests.workflows.whole_dojo import PARTICIPANT, SENSEI, WholeDojo


def test_the_home_and_the_list_of_people_count_alike(whole: WholeDojo) -> None:
    lea = whole.people["Lea"]
    for name in ("Paused", "Gone", "Bo"):
        whole.joins(name, PARTICIPANT)
    whole.joins("Lea", PARTICIPANT)
    whole.joins("Sen", SENSEI, capacity=1)
    whole.sets("Paused", EnrolmentState.PAUSED)
    whole.sets("Gone", EnrolmentState.LEFT)
    nia = whole.people["Nia"] = whole.slack.person("Nia")
    nia.command("/dojo join sensei")
    nia.submit({"join.name": "Nia", "join.time_zone": "Europe/London", "join.capacity": "2"})
    whole.settle()
    whole.pairs("Bo", "Sen", PairState.APPROVED)
    counted = "4 participants (1 paused), 1 sensei, 1 waiting to be confirmed as a sensei"
    people, status = whole.answered(lea, "/dojo people"), whole.answered(lea, "/dojo status")
    assert f"People in dojo – {counted}" in people
    assert counted in status
    with whole.here.store.read() as tx:
        assert describe_headcount(count_cohort(tx, whole.member("Lea").cohort)) == counted
    # A pair that waits for the sensei takes a place, and its participant is not without one, in both.
    assert "Bo – participant, waiting for Sen's answer" in people
    assert "Sen – sensei, 1 of 1 place taken" in people
    assert "Senseis with no free places • Sen – 1 of 1 place taken" in status
    # Neither asks for a sensei for somebody who is paused.
    assert people.count("without a sensei") == 2
    assert "Without a sensei (2) Ada Lovelace, Lea" in status
