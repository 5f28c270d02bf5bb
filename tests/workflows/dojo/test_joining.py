"""People join, and say what they bring: by the real listeners, on both databases."""

import pytest

from bot.domain.chat.events import Submission
from bot.domain.dojo.people import CohortRole, EnrolmentState, WorkingHours
from bot.errors import UserError
from bot.workflows.chat import forms
from bot.workflows.chat.actors import find_actor
from tests.entrypoints.webhooks import now
from tests.workflows.peopled import Peopled, texts

PARTICIPANT, SENSEI, LEAD = CohortRole.PARTICIPANT, CohortRole.SENSEI, CohortRole.LEAD


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
    assert "You've joined the dojo dojo as a participant" in said
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
    assert "Your profile is saved" in texts(bo.messages)[-1]
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
        tx.cohorts.set_workspace(other, "T0ELSEWHERE")
        actor = find_actor(tx, it.slack.team, it.slack.person("Bo").id)
        sent = Submission(it.slack.team, actor.user, "people.join", f"cohort:{other}")
        with pytest.raises(UserError, match="no longer in this workspace"):
            forms.find_faults(it.features(), tx, actor, sent, now)


def test_guests_join_and_can_nothing_else(on_sqlite: Peopled) -> None:
    bo = on_sqlite.slack.person("Bo")
    for word in ("profile", "brief", "never", "pause", "resume", "leave", "away", "link"):
        assert "You are not in the dojo yet" in bo.command(f"/dojo {word}").text
    assert "as a participant or as a sensei" in bo.command("/dojo join lead").text
