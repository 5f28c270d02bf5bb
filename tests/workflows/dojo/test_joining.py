"""People join, and say what they bring: by the real listeners, on both databases."""

from dataclasses import replace

import pytest

from bot.domain.chat.events import Submission, Value
from bot.domain.dojo.people import MONDAY_TO_FRIDAY, CohortRole, EnrolmentState, WorkingHours
from bot.errors import UserError
from bot.ports.chat import ChatUser
from bot.workflows.chat import forms
from bot.workflows.chat.actors import find_actor
from tests.entrypoints.webhooks import now
from tests.fakes.slack import Person, look
from tests.fakes.slack.model import Shown
from tests.fakes.slack.people import Key
from tests.workflows.peopled import Peopled, texts

PARTICIPANT, SENSEI, LEAD = CohortRole.PARTICIPANT, CohortRole.SENSEI, CohortRole.LEAD


def chooses(it: Peopled, person: Person, role: CohortRole) -> Shown:
    """Let somebody choose their role; return the form for it."""
    person.command("/dojo join")
    assert person.modal
    assert not person.modal.document.get("submit")
    person.click(person.modal, f"home.join:{role}")
    assert it.slack.problems == []
    return person.modal


def inputs(form: Shown) -> list[str]:
    return [block["block_id"] for block in form.document["blocks"] if block["type"] == "input"]


def test_somebody_joins_with_what_slack_knows_and_says_the_rest(it: Peopled) -> None:
    bo = it.slack.person("Bo Peep & <!channel>", tz="America/New_York")
    form = chooses(it, bo, PARTICIPANT)
    assert inputs(form) == ["name", "a_lot", "stacks", "brief", "begins", "ends", "time_zone"]
    done = bo.submit(
        {
            "join.a_lot": ["security"],
            "join.stacks": ["google-adk"],
            "join.begins": "08:30",
            "join.ends": "23:59",
            "join.brief": "A desk for refunds.",
        }
    )
    assert done.errors == {}
    it.settle()
    mine = it.member(bo)
    profile = mine.profile
    assert profile
    assert profile.hours == WorkingHours("America/New_York", MONDAY_TO_FRIDAY, 510, 1440)
    assert dict(profile.skills) == {"security": 3}
    assert (mine.name, mine.state) == ("Bo Peep & <!channel>", EnrolmentState.ACTIVE)
    [said] = texts(bo.messages)
    assert "You've joined the dojo dojo as a participant" in said
    assert "[● Link GitHub ]" in look.text(bo.messages[-1])
    assert it.audited("people.join") == [(mine.person, f"enrolment:{mine.enrolment}")]
    # The rest is in the profile; only what differs differs, and what was rated otherwise stays.
    bo.command("/dojo profile")
    assert bo.modal
    assert bo.modal.document["private_metadata"] == f"enrolment:{mine.enrolment}"
    rest: dict[Key, object] = {
        "join.some": ["risk"],
        "join.goals": "To measure & to decide.",
        "join.days": ["wed", "mon"],
    }
    bo.submit({**rest, "join.prefers": [it.here.ada.id]})
    it.settle()
    again = it.member(bo).profile
    assert again
    assert (again.goals, again.brief) == ("To measure & to decide.", "A desk for refunds.")
    assert dict(again.skills) == {"security": 3, "risk": 2}
    assert again.prefers == (it.member(it.here.ada).person,)
    assert [str(day) for day in again.hours.days] == ["mon", "wed"]
    assert "Your profile is saved" in texts(bo.messages)[-1]
    bo.command("/dojo brief")
    bo.submit({"join.brief": "A till."})
    it.settle()
    assert it.member(bo).profile.brief == "A till."  # type: ignore[union-attr]
    # Whoever joins again keeps what the short form doesn't ask for.
    bo.command("/dojo leave")
    bo.submit()
    it.settle()
    chooses(it, bo, PARTICIPANT)
    bo.submit()
    it.settle()
    back = it.member(bo).profile
    assert back
    assert (back.goals, back.prefers, back.hours, back.brief) == (
        again.goals,
        again.prefers,
        again.hours,
        "A till.",
    )
    assert dict(back.skills) == {"security": 3, "risk": 2}


def test_a_sensei_is_asked_for_what_a_sensei_needs(on_sqlite: Peopled) -> None:
    tom = on_sqlite.slack.person("Tom", tz="Europe/London")
    form = chooses(on_sqlite, tom, SENSEI)
    assert inputs(form) == ["name", "a_lot", "stacks", "capacity", "begins", "ends", "time_zone"]
    tom.submit({"join.capacity": "4"})
    on_sqlite.settle()
    profile = on_sqlite.member(tom, SENSEI).profile
    assert profile
    assert (profile.capacity, profile.hours.time_zone) == (4, "Europe/London")


def test_a_form_of_the_version_before_still_lets_people_join(it: Peopled) -> None:
    """It asks for the role in a field, has all fields, and may be open during an upgrade."""
    bo = it.slack.person("Bo")
    with it.here.store.begin() as tx:
        cohort = tx.cohorts.by_name("dojo")
        assert cohort
        known = ChatUser(bo.id, "Bo", "Europe/Madrid", is_bot=False, gone=False)
        actor = replace(find_actor(tx, it.slack.team, bo.id), profile=known)
        values: dict[str, Value] = {
            "role": "sensei",
            "name": "Bo",
            "a_lot": ("security",),
            "some": ("risk",),
            "stacks": (),
            "goals": "To teach.",
            "days": ("mon",),
            "begins": "09:00",
            "ends": "17:00",
            "time_zone": "Europe/Madrid",
            "prefers": (),
            "capacity": "3",
            "brief": None,
        }
        sent = Submission(it.slack.team, bo.id, "people.join", f"cohort:{cohort.id}", values)
        assert forms.find_faults(it.features(), tx, actor, sent, now) == {}
        it.features().forms["people.join"].submit(tx, actor, sent, now)
    profile = it.member(bo, SENSEI).profile
    assert profile
    assert (profile.goals, profile.capacity, dict(profile.skills)) == (
        "To teach.",
        3,
        {"security": 3, "risk": 2},
    )


def test_each_fault_stands_at_its_field_and_nothing_is_lost(it: Peopled) -> None:
    bo, stranger = it.slack.person("Bo"), it.slack.person("Cy")
    chooses(it, bo, PARTICIPANT)
    done = bo.submit(
        {
            "join.time_zone": "Europe/Madird",
            "join.begins": "17:00",
            "join.ends": "09:00",
            "join.a_lot": ["security"],
            "join.brief": "x" * 1501,
        }
    )
    assert set(done.errors) == {"time_zone", "ends", "brief"}
    assert "Did you mean Europe/Madrid?" in done.errors["time_zone"]
    assert it.here.kept == []
    done = bo.submit(
        {
            "join.time_zone": "europe/madrid",
            "join.begins": "09:00",
            "join.ends": "17:00",
            "join.brief": "A desk.",
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
    bo.command("/dojo profile")
    wrong: dict[Key, object] = {
        "join.some": ["security"],
        "join.prefers": [stranger.id],
        "join.goals": "x" * 1001,
    }
    assert set(bo.submit(wrong).errors) == {"some", "prefers", "goals"}


def test_a_form_that_names_a_cohort_of_another_workspace_lets_nobody_in(it: Peopled) -> None:
    with it.here.store.begin() as tx:
        other = tx.cohorts.add("elsewhere", now()).id
        tx.cohorts.set_workspace(other, "T0ELSEWHERE")
        actor = find_actor(tx, it.slack.team, it.slack.person("Bo").id)
        sent = Submission(it.slack.team, actor.user, "people.join", f"cohort:{other}")
        with pytest.raises(UserError, match="no longer in this workspace"):
            forms.find_faults(it.features(), tx, actor, sent, now)


def test_guests_join_and_can_nothing_else(on_sqlite: Peopled) -> None:
    bo = on_sqlite.slack.person("Bo")
    for word in ("profile", "brief", "never", "pause", "resume", "leave", "away", "link"):
        assert "You're not in this dojo." in bo.command(f"/dojo {word}").text
    assert "as a participant or as a sensei" in bo.command("/dojo join lead").text


def test_leads_hear_of_who_joins_and_not_of_who_changes_their_answers(on_sqlite: Peopled) -> None:
    it = on_sqlite
    it.here.enrolled("Lea", LEAD)
    bo, tom = it.slack.person("Bo", tz="Europe/London"), it.slack.person("Tom", tz="Europe/London")
    chooses(it, bo, PARTICIPANT)
    bo.submit()
    it.settle()
    [news] = news_waiting(it)
    chooses(it, bo, PARTICIPANT)  # the same form once more
    bo.submit()
    chooses(it, tom, SENSEI)  # of whom leads are asked
    tom.submit()
    it.settle()
    assert news_waiting(it) == [news]


def news_waiting(it: Peopled) -> list[str]:
    with it.here.store.begin() as tx:
        return list(tx.jobs.list_waiting("message:news:"))
