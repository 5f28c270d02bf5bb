"""People join, say what they bring, pause and leave: by the real listeners, on both databases."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from bot.adapters.database import open_store
from bot.domain.chat.events import Submission
from bot.domain.dojo.people import CohortRole, EnrolmentState, WorkingHours
from bot.errors import UserError
from bot.rendering.chat.slack_validation import checked_view
from bot.rendering.dojo import slack_joining as rendering
from bot.rendering.dojo.slack_joining import FilledForm
from bot.workflows.chat import forms
from bot.workflows.chat.actors import find_actor
from tests import databases
from tests.entrypoints.webhooks import now
from tests.workflows.peopled import WORDS, Peopled, peopled, texts

PARTICIPANT, SENSEI, LEAD = CohortRole.PARTICIPANT, CohortRole.SENSEI, CohortRole.LEAD


@pytest.fixture
def it(own_engine: sa.Engine) -> Iterator[Peopled]:
    with peopled(own_engine) as made:
        yield made


@pytest.fixture
def on_sqlite(tmp_path: Path) -> Iterator[Peopled]:
    with open_store(databases.migrated_file(tmp_path / "sensei.db")) as engine, peopled(engine) as made:
        yield made


def test_somebody_joins_with_what_slack_knows_and_says_the_rest(it: Peopled) -> None:
    bo = it.slack.person("Bo Peep & <!channel>", tz="America/New_York")
    bo.command("/dojo join")
    done = bo.submit(
        {
            "join.a_lot": ["security"],
            "join.some": ["risk"],
            "join.stacks": ["google-adk"],
            "join.goals": "To measure & to decide.",
            "join.begins": "08:30",
            "join.ends": "23:59",
            "join.days": ["wed", "mon"],
            "join.prefers": [it.here.ada.id],
            "join.brief": "A desk for refunds.",
        }
    )
    assert done.errors == {}
    it.settle()
    mine = it.member(bo)
    profile = mine.profile
    assert profile
    assert profile.hours == WorkingHours("America/New_York", profile.hours.days, 510, 1440)
    assert [str(day) for day in profile.hours.days] == ["mon", "wed"]
    assert dict(profile.skills) == {"security": 3, "risk": 2}
    assert profile.prefers == (it.member(it.here.ada).person,)
    assert (mine.name, mine.state) == ("Bo Peep & <!channel>", EnrolmentState.ACTIVE)
    [said] = texts(bo.messages)
    assert "You are in the dojo dojo as a participant" in said
    assert it.audited("people.join") == [(mine.person, f"enrolment:{mine.enrolment}")]
    # The same again, and only what differs differs; what was rated otherwise stays.
    bo.command("/dojo profile")
    assert bo.modal
    assert bo.modal.document["private_metadata"] == f"enrolment:{mine.enrolment}"
    bo.submit({"join.goals": "Less."})
    it.settle()
    again = it.member(bo).profile
    assert again
    assert (again.goals, again.brief, again.skills) == ("Less.", "A desk for refunds.", profile.skills)
    assert again.hours == profile.hours
    assert "Your profile is kept" in texts(bo.messages)[-1]
    bo.command("/dojo brief")
    bo.submit({"join.brief": "A till."})
    it.settle()
    assert it.member(bo).profile.brief == "A till."  # type: ignore[union-attr]


def test_each_fault_stands_at_its_field_and_nothing_is_lost(it: Peopled) -> None:
    bo, stranger = it.slack.person("Bo"), it.slack.person("Cy")
    bo.command("/dojo join")
    done = bo.submit(
        {
            "join.time_zone": "Europe/Madird",
            "join.begins": "17:00",
            "join.ends": "09:00",
            "join.a_lot": ["security"],
            "join.some": ["security"],
            "join.prefers": [stranger.id],
            "join.goals": "x" * 1001,
            "join.role": "sensei",
            "join.brief": "A desk.",
        }
    )
    assert set(done.errors) == {"time_zone", "ends", "some", "prefers", "goals", "brief"}
    assert "Did you mean Europe/Madrid?" in done.errors["time_zone"]
    assert it.here.kept == []
    done = bo.submit(
        {
            "join.time_zone": "europe/madrid",
            "join.begins": "09:00",
            "join.ends": "17:00",
            "join.some": [],
            "join.prefers": [],
            "join.goals": "x",
            "join.role": "participant",
        }
    )
    assert done.errors == {}
    it.settle()
    profile = it.member(bo).profile
    assert profile
    assert (profile.brief, dict(profile.skills), profile.hours.time_zone) == (
        "A desk.",
        {"security": 3},
        "Europe/Madrid",
    )


def test_a_form_that_names_a_cohort_of_another_workspace_lets_nobody_in(it: Peopled) -> None:
    with it.here.store.begin() as tx:
        other = tx.cohorts.add("elsewhere", now()).id
        tx.cohorts.lives_in(other, "T0ELSEWHERE")
        actor = find_actor(tx, it.slack.team, it.slack.person("Bo").id)
        sent = Submission(it.slack.team, actor.user, "people.join", f"cohort:{other}")
        with pytest.raises(UserError, match="not there any more"):
            forms.find_faults(it.features(), tx, actor, sent, now)


def test_a_sensei_waits_for_a_lead(it: Peopled) -> None:
    lead = it.here.enrolled("Lea", LEAD)
    other = it.here.enrolled("Leo", LEAD)
    sen = it.slack.person("Sen")
    sen.command("/dojo join sensei")
    sen.submit({"join.capacity": "3"})
    it.settle()
    assert it.member(sen, SENSEI).state is EnrolmentState.PAUSED
    assert "A lead confirms it" in texts(sen.messages)[-1]
    assert "has yet to confirm" in sen.command("/dojo resume").text
    [offer] = lead.messages
    assert f"Sen (<@{sen.id}>) would like to be a sensei" in offer["text"]
    # Nobody else can: not by the button, wherever they have it from.
    it.here.ada.click(offer, rendering.CONFIRM)
    it.settle()
    assert it.member(sen, SENSEI).state is EnrolmentState.PAUSED
    lead.click(offer, rendering.CONFIRM)
    it.settle()
    mine = it.member(sen, SENSEI)
    assert (mine.state, mine.profile.capacity if mine.profile else 0) == (EnrolmentState.ACTIVE, 3)
    assert "you are a sensei" in texts(sen.messages)[-1]
    assert [("Confirmed." in texts(each.messages)[-1]) for each in (lead, other)] == [True, True]
    assert len(it.audited("sensei.confirm")) == 1
    # The other lead's click comes too late, and is told so.
    other.click(offer, rendering.DECLINE)
    it.settle()
    assert it.member(sen, SENSEI).state is EnrolmentState.ACTIVE
    assert "Nobody waits for that any more" in texts(other.messages)[-1]
    # Who leaves and comes back was confirmed already.
    sen.command("/dojo leave")
    sen.submit()
    it.settle()
    sen.command("/dojo join sensei")
    sen.submit()
    it.settle()
    assert it.member(sen, SENSEI).state is EnrolmentState.ACTIVE


def test_who_was_declined_may_ask_again_a_day_later(on_sqlite: Peopled) -> None:
    it, lead, sen = on_sqlite, on_sqlite.here.enrolled("Lea", LEAD), on_sqlite.slack.person("Sen")
    for times in (1, 2):
        sen.command("/dojo join sensei")
        sen.submit()
        it.settle()
        assert it.member(sen, SENSEI).state is EnrolmentState.PAUSED
        assert len(lead.messages) == times
        lead.click(lead.messages[-1], rendering.DECLINE)
        it.settle()
        assert it.member(sen, SENSEI).state is EnrolmentState.LEFT
        it.a_day_passes()


def test_a_lead_sees_whose_account_it_is_whatever_name_they_typed(on_sqlite: Peopled) -> None:
    it, lead = on_sqlite, on_sqlite.here.enrolled("Lea", LEAD)
    sen, mallory = it.slack.person("Sen"), it.slack.person("Mallory")
    mallory.command("/dojo join sensei")
    mallory.submit({"join.name": f"Sen (<@{sen.id}>)"})
    it.settle()
    [offer] = lead.messages
    for shown in (offer["text"], texts([offer])[0]):
        assert f"<@{mallory.id}>" in shown
        assert f"<@{sen.id}>" not in shown


def test_leads_are_asked_once_and_see_when_nobody_waits_any_more(on_sqlite: Peopled) -> None:
    it, lead, sen = on_sqlite, on_sqlite.here.enrolled("Lea", LEAD), on_sqlite.slack.person("Sen")
    for _ in (1, 2):
        sen.command("/dojo join sensei")
        sen.submit()
        it.settle()
    assert len(lead.messages) == 1
    sen.command("/dojo leave")
    sen.submit()
    it.settle()
    assert "They are not one now." in lead.messages[0]["text"]
    it.a_day_passes()
    sen.command("/dojo join sensei")
    sen.submit()
    it.settle()
    assert len(lead.messages) == 2
    lead.click(lead.messages[-1], rendering.CONFIRM)
    it.settle()
    assert it.member(sen, SENSEI).state is EnrolmentState.ACTIVE
    assert all("elements" not in str(each["blocks"]) for each in lead.messages)


def test_a_pause_and_leaving_end_the_pair_and_keep_the_rest(it: Peopled) -> None:
    ada = it.here.ada
    person = it.member(ada).person
    assert "confirms it in a moment" in ada.command("/dojo pause").text
    it.settle()
    assert it.member(ada).state is EnrolmentState.PAUSED
    assert it.parted == [person]
    assert "You are paused" in texts(ada.messages)[-1]
    assert "You are paused already" in ada.command("/dojo pause").text
    ada.command("/dojo resume")
    it.settle()
    assert it.member(ada).state is EnrolmentState.ACTIVE
    assert "You are not paused" in ada.command("/dojo resume").text
    ada.command("/dojo leave")
    assert ada.modal
    assert "This is kept" in str(ada.modal.document)
    assert it.member(ada).state is EnrolmentState.ACTIVE
    ada.submit()
    it.settle()
    assert it.member(ada).state is EnrolmentState.LEFT
    assert it.parted == [person, person]
    assert "You have left" in texts(ada.messages)[-1]
    for action in ("people.pause", "people.resume", "people.leave"):
        assert [actor for actor, _ in it.audited(action)] == [person]


def test_a_never_pair_is_its_authors_alone(it: Peopled) -> None:
    ada, bo, lead = it.here.ada, it.here.enrolled("Bo", SENSEI), it.here.enrolled("Lea", LEAD)
    secret = "He shouted at me in May"
    ada.command("/dojo never")
    assert ada.submit({}).errors == {"other": "Choose somebody, or take something back."}
    assert ada.submit({"never.other": ada.id}).errors == {"other": "This is you."}
    ada.submit({"never.other": bo.id, "join.reason": secret})
    it.settle()
    assert len(it.barred) == 1
    assert "Kept, in confidence. You have named one person" in texts(ada.messages)[-1]
    her, him = it.member(ada).person, it.member(bo, SENSEI)
    with it.here.store.begin() as tx:
        assert (her, him.person) in tx.members.forbidden(him.cohort)
    # It is in no other row, and in nothing that anybody was shown, but for herself.
    assert secret not in it.everything_kept()
    assert not any(secret in each for each in texts(it.slack.posted()))
    for somebody in (bo, lead):
        somebody.command("/dojo never")
        assert somebody.modal
        assert "Ada" not in str(somebody.modal.document)
        assert secret not in str(somebody.modal.document)
        somebody.closes()
    ada.command("/dojo never")
    assert ada.modal
    assert secret in str(ada.modal.document)
    with it.here.store.begin() as tx:
        [entry] = tx.members.nevers_by(her)
    # Nor can somebody else take it back, whatever they send.
    lead.command("/dojo never")
    lead.submit({"never.other": bo.id})
    it.settle()
    lead.command("/dojo never")
    assert lead.modal
    theirs = {"text": {"type": "plain_text", "text": "Bo"}, "value": str(entry.id)}
    chosen = {"type": "multi_static_select", "selected_options": [theirs]}
    lead.modal.values["withdraw", "join.withdraw"] = chosen
    assert "not there any more" in lead.submit().errors["withdraw"]
    it.settle()
    with it.here.store.begin() as tx:
        assert [each.id for each in tx.members.nevers_by(her)] == [entry.id]
    ada.submit({"join.withdraw": [str(entry.id)]})
    it.settle()
    with it.here.store.begin() as tx:
        assert tx.members.nevers_by(her) == []
    assert "Taken back." in texts(ada.messages)[-1]


def test_a_senseis_holiday_has_a_deputy_named_or_found(it: Peopled) -> None:
    sen, dan = it.here.enrolled("Sen", SENSEI), it.here.enrolled("Dan", SENSEI)
    it.deputy = it.member(dan, SENSEI).person
    for typed, told in {
        "2099-13-01": "is no day",
        "9999-12-20 9999-12-31": "is too far in the past or future",
        "2099-01-02 2099-01-01": "ends before it begins",
        "2001-01-01": "These days are over",
        "2099-01-01 2099-12-01": "longer than 60 days",
        "2099-01-01 2099-01-02 Nobody": "Nobody who can stand in is called so",
        "2099-01-01 2099-01-02 Sen": "Nobody who can stand in is called so",
        "off 2099-01-01": "no holiday that begins then",
    }.items():
        assert told in sen.command(f"/dojo away {typed}").text
    sen.command("/dojo away 2099-01-01 2099-01-09")
    sen.command(f"/dojo away 2099-02-01 2099-02-02 <@{dan.id}|dan>")
    it.settle()
    assert [("Dan stands in" in each) for each in texts(sen.messages)] == [True, True]
    assert len(it.told) == 2
    assert "Thu 1 Jan 2099" in str(sen.command("/dojo away").answer)
    sen.command("/dojo away off 2099-01-01")
    it.settle()
    assert "Thu 1 Jan 2099" not in str(sen.command("/dojo away").answer)
    assert "not yours" in it.here.ada.command("/dojo away").text


def test_guests_join_and_can_nothing_else(on_sqlite: Peopled) -> None:
    bo = on_sqlite.slack.person("Bo")
    for word in ("profile", "brief", "never", "pause", "resume", "leave", "away", "link"):
        assert "You are not in the dojo yet" in bo.command(f"/dojo {word}").text
    assert "as a participant or as a sensei" in bo.command("/dojo join lead").text


@pytest.mark.parametrize(
    "name", ["x" * 80, "👩‍👩‍👧‍👦" * 11, "שלום עולם", "<!channel> & <@U123>", "\u202eevil\x00"]
)
def test_every_form_is_one_that_slack_takes(name: str) -> None:
    full = FilledForm(
        name,
        "Europe/Madrid",
        (),
        0,
        1440,
        dict.fromkeys(WORDS.skills, 1),
        WORDS.stacks,
        "é👩" * 500,
        ["U1"],
        20,
        name,
    )
    for role in (PARTICIPANT, SENSEI):
        for joins in (True, False):
            for filled in (full, FilledForm()):
                view = rendering.enrol(filled, WORDS, name, role=role, joins=joins, metadata="cohort:1")
                checked_view({**view, "callback_id": "people.join"})
    checked_view(rendering.leave(name, sensei=True, participant=True, metadata="cohort:1"))
    checked_view(rendering.brief("👩" * 1500, "enrolment:1"))
