"""Senseis' holidays: by the real listeners, on both databases."""

from bot.domain.dojo.local_days import day_in
from bot.domain.dojo.people import CohortRole, Profile, WorkingHours
from tests.entrypoints.webhooks import now
from tests.fakes.slack import Person, look
from tests.fakes.slack.people import Key
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
        "2099-01-01 2099-01-02 Nobody": "No other active sensei in this dojo is called",
        "2099-01-01 2099-01-02 Sen": "No other active sensei in this dojo is called",
        "off 2099-01-01": "no holiday that starts on that day",
    }.items():
        assert told in sen.command(f"/dojo away {typed}").text
    sen.command("/dojo away 2099-01-01 2099-01-09")
    sen.command(f"/dojo away 2099-02-01 2099-02-02 <@{dan.id}|dan>")
    it.settle()
    assert [("Your deputy is Dan" in each) for each in texts(sen.messages)] == [True, True]
    assert len(it.told) == 2
    assert "Thu 1 Jan 2099" in listed(it, sen)
    sen.command("/dojo away off 2099-01-01")
    it.settle()
    assert "Thu 1 Jan 2099" not in listed(it, sen)


def test_a_participants_holiday_has_no_deputy_and_only_they_hear_of_it(it: Peopled) -> None:
    lea, sen = it.here.enrolled("Lea", LEAD), it.here.enrolled("Sen", SENSEI)
    ada = it.here.enrolled("Ada", PARTICIPANT)
    assert "Only senseis have a deputy" in ada.command("/dojo away 2099-01-01 2099-01-02 Sen").text
    assert "use `/dojo pause`." in ada.command("/dojo away 2099-01-01 2099-12-01").text
    ada.command("/dojo away 2099-01-01 2099-01-09")
    it.settle()
    assert "I send you no check-ins, reminders or briefs" in texts(ada.messages)[-1]
    shown = listed(it, ada)
    assert "Thu 1 Jan 2099" in shown
    assert "deputy" not in shown.casefold()
    days: dict[Key, str] = {"join.first": "2099-02-01", "join.last": "2099-02-03"}
    assert ada.submit(days).errors == {}
    it.settle()
    assert "Sun 1 Feb 2099" in listed(it, ada)
    form = ada.modal
    assert form
    first = next(block for block in form.document["blocks"] if "accessory" in block)["accessory"]
    ada.click(form, first["action_id"])
    it.settle()
    assert "has been removed" in texts(ada.messages)[-1]
    ada.command("/dojo away off 2099-02-01")
    it.settle()
    assert "You have no holidays yet" in listed(it, ada)
    assert it.told == []
    assert lea.messages == sen.messages == []
    assert len(it.audited("absence.add")) == len(it.audited("absence.remove")) == 2


def test_whoever_is_both_has_the_deputy_of_a_sensei(it: Peopled) -> None:
    sen, dan = it.here.enrolled("Sen", SENSEI), it.here.enrolled("Dan", SENSEI)
    it.deputy = it.member(dan, SENSEI).person
    sensei = it.member(sen, SENSEI)
    with it.here.store.begin() as tx:
        tx.members.join(sensei.cohort, sensei.person, PARTICIPANT, now())
    sen.command("/dojo away 2099-01-01 2099-01-09")
    it.settle()
    assert "Your deputy is Dan" in texts(sen.messages)[-1]
    assert len(it.told) == 1


def listed(it: Peopled, person: Person) -> str:
    """Return what ``/dojo away`` alone shows."""
    assert person.command("/dojo away").text == ""
    assert person.modal
    assert it.slack.problems == []
    return look.text(person.modal)


def test_a_holiday_is_chosen_in_a_calendar_and_removed_by_a_button(it: Peopled) -> None:
    sen, dan = it.here.enrolled("Sen", SENSEI), it.here.enrolled("Dan", SENSEI)
    member = it.member(sen, SENSEI)
    with it.here.store.begin() as tx:
        tx.members.set_profile(member.enrolment, Profile(WorkingHours("Pacific/Auckland")))
    assert "in your time zone, Pacific/Auckland" in " ".join(listed(it, sen).split())
    form = sen.modal
    assert form
    picker = next(block for block in form.document["blocks"] if block.get("block_id") == "first")
    assert picker["element"]["initial_date"] == day_in("Pacific/Auckland", now()).isoformat()
    days: dict[Key, str] = {"join.first": "2099-02-01", "join.last": "2099-02-03"}
    assert "before the first" in sen.submit({**days, "join.last": "2099-01-31"}).errors["last"]
    assert "longer than 60" in sen.submit({**days, "join.last": "2099-06-01"}).errors["last"]
    past: dict[Key, str] = {"join.first": "2001-01-01", "join.last": "2001-01-02"}
    assert "in the past" in sen.submit(past).errors["last"]
    far: dict[Key, str] = {"join.first": "2999-01-01", "join.last": "2999-01-02"}
    assert "too far" in sen.submit(far).errors["first"]
    for nobody in (sen, it.here.ada):
        assert "another active sensei" in sen.submit({**days, "join.deputy": nobody.id}).errors["deputy"]
    assert it.here.kept == []
    assert sen.submit({**days, "join.deputy": dan.id}).errors == {}
    it.settle()
    assert "Your deputy is Dan" in texts(sen.messages)[-1]
    assert len(it.told) == 1
    sen.command("/dojo away 2099-03-01")
    it.settle()
    text = listed(it, sen)
    assert text.index("Sun 1 Feb 2099") < text.index("Sun 1 Mar 2099")
    form = sen.modal
    assert form
    first = next(block for block in form.document["blocks"] if "accessory" in block)["accessory"]
    sen.click(form, first["action_id"])
    shown = sen.modal
    assert shown
    assert "Sun 1 Feb 2099" not in look.text(shown)  # at once
    assert "Sun 1 Mar 2099" in look.text(shown)
    it.settle()
    assert "has been removed" in texts(sen.messages)[-1]
    assert "Sun 1 Feb 2099" not in listed(it, sen)
    assert [action for action, _ in it.audited("absence.remove")] == [member.person]


def test_nobody_removes_anothers_holiday_and_no_eleventh_is_stored(on_sqlite: Peopled) -> None:
    it = on_sqlite
    sen, dan = it.here.enrolled("Sen", SENSEI), it.here.enrolled("Dan", SENSEI)
    for day in range(1, 11):
        sen.command(f"/dojo away 2099-01-{day:02}")
    dan.command("/dojo away 2099-05-05")
    it.settle()
    assert "as many as I can store" in " ".join(listed(it, sen).split())
    form = sen.modal
    assert form
    assert not form.document.get("submit")
    ids = [block["accessory"]["action_id"] for block in form.document["blocks"] if "accessory" in block]
    assert len(ids) == 10
    listed(it, dan)
    form = dan.modal
    assert form
    for block in form.document["blocks"]:
        if "accessory" in block:
            block["accessory"]["value"] = ids[0].partition(":")[2]
            dan.click(form, block["accessory"]["action_id"])
    it.settle()
    assert it.audited("absence.remove") == []
