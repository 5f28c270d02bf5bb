"""Senseis' holidays: by the real listeners, on both databases."""

from bot.domain.dojo.people import CohortRole
from tests.workflows.peopled import Peopled, texts

PARTICIPANT, SENSEI, LEAD = CohortRole.PARTICIPANT, CohortRole.SENSEI, CohortRole.LEAD


def test_a_senseis_holiday_has_a_deputy_named_or_found(it: Peopled) -> None:
    sen, dan = it.here.enrolled("Sen", SENSEI), it.here.enrolled("Dan", SENSEI)
    it.deputy = it.member(dan, SENSEI).person
    for typed, told in {
        "2099-13-01": "is not a date",
        "9999-12-20 9999-12-31": "is too far in the past or future",
        "2099-01-02 2099-01-01": "ends before it starts",
        "2001-01-01": "These days are in the past",
        "2099-01-01 2099-12-01": "longer than 60 days",
        "2099-01-01 2099-01-02 Nobody": "doesn't match exactly one",
        "2099-01-01 2099-01-02 Sen": "doesn't match exactly one",
        "off 2099-01-01": "no holiday that starts on that day",
    }.items():
        assert told in sen.command(f"/dojo away {typed}").text
    sen.command("/dojo away 2099-01-01 2099-01-09")
    sen.command(f"/dojo away 2099-02-01 2099-02-02 <@{dan.id}|dan>")
    it.settle()
    assert [("Your deputy is Dan" in each) for each in texts(sen.messages)] == [True, True]
    assert len(it.told) == 2
    assert "Thu 1 Jan 2099" in str(sen.command("/dojo away").answer)
    sen.command("/dojo away off 2099-01-01")
    it.settle()
    assert "Thu 1 Jan 2099" not in str(sen.command("/dojo away").answer)
    assert "don't have access" in it.here.ada.command("/dojo away").text
