"""What people do in Slack about their one-to-ones, with the real listeners."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa

from bot.domain.decisions.records import DecisionState
from bot.domain.dojo.people import Weekday, WorkingHours
from bot.domain.one_to_ones.calendar_events import CalendarProblem
from bot.domain.one_to_ones.records import OneToOne, OneToOneState, Worth
from bot.domain.pairing.states import PairState
from bot.workflows.chat.outbox import send_message
from bot.workflows.one_to_ones.message_keys import AFTER, make_about, make_key
from tests.entrypoints.webhooks import now
from tests.fakes.slack import Person, look
from tests.waiting import wait_for
from tests.workflows.articulation.talking import ADA, SEN, SOL, Talking, talking
from tests.workflows.whole_dojo import PARTICIPANT

ADDRESS = "https://calendar.google.com/calendar/ical/secret/basic.ics"
OTHER_ADDRESS = "https://calendar.google.com/calendar/ical/secret-too/basic.ics"
BO = "Bo & Bo"
WEEK = timedelta(days=7)


class Meeting(Talking):
    """Ada and Sen plan in Slack."""

    def plans(self, person: Person, days: int = 7, clock: str = "10:00", partner: str = "") -> dict[str, Any]:
        """Let somebody plan a one-to-one; return what was wrong."""
        assert not person.command("/dojo one-to-one").failed
        return self.sends(person, days, clock, partner)

    def sends(self, person: Person, days: int, clock: str, partner: str = "") -> dict[str, Any]:
        day = (now() + timedelta(days=days)).date()
        fills: dict[Any, Any] = {"join.day": str(day), "join.clock": clock}
        if partner:
            fills["join.with"] = partner
        errors: dict[str, Any] = person.submit(fills).errors
        self.settle()
        return errors

    def known(self) -> list[OneToOne]:
        with self.here.store.read() as tx:
            participant, sensei = self.member(ADA).person, self.member(SEN).person
            return list(tx.one_to_ones.known_of(participant, sensei, now() - 99 * WEEK, ()))

    def home_of(self, person: Person) -> str:
        self.shows_home(person)
        assert person.home
        return " ".join(look.text(person.home.document).split())

    def had(self) -> OneToOne:
        """Let the two have met an hour ago, and be asked about it."""
        participant, sensei = self.member(ADA), self.member(SEN)
        with self.here.store.begin() as tx:
            made = tx.one_to_ones.plan(
                participant.cohort, participant.person, sensei.person, now() - timedelta(hours=1), now()
            )
            for person in (participant.person, sensei.person):
                key = make_key(AFTER, made.id, person)
                send_message(tx, key, AFTER, make_about(made.id, person), now())
        self.settle()
        return made

    def question_of(self, person: Person) -> dict[str, Any]:
        return next(said for said in reversed(person.messages) if "one_to_ones.worth" in json.dumps(said))


@pytest.fixture
def it(own_engine: sa.Engine) -> Iterator[Meeting]:
    with talking(own_engine) as made:
        made.__class__ = Meeting
        assert isinstance(made, Meeting)
        yield made
        assert made.slack.problems == []


def test_either_plans_and_both_see_it_without_a_message(it: Meeting) -> None:
    before = (it.heard(it.ada), it.heard(it.sen))
    assert it.plans(it.ada) == {}
    said = it.form(it.ada)
    assert "Planned for " in said
    assert "Sen & ˋSonsˋ can see it in their Home tab." in said
    assert it.plans(it.sen, days=8, clock="11:30") == {}
    assert [meeting.state for meeting in it.known()] == [OneToOneState.PLANNED] * 2
    for person, other in ((it.ada, SEN), (it.sen, ADA)):
        home = it.home_of(person)
        assert "Your next one-to-one" in home
        assert f"with @{it.people[other].id}" in home
    assert (it.heard(it.ada), it.heard(it.sen)) == before


def test_a_time_outside_the_others_hours_is_planned_with_a_hint(it: Meeting) -> None:
    zone = it.member(SEN).profile
    assert zone
    nights = WorkingHours(zone.hours.time_zone, tuple(Weekday), begins=0, ends=60)
    with it.here.store.begin() as tx:
        tx.members.set_profile(it.member(SEN).enrolment, replace(zone, hours=nights))
    hint = "The time is outside Sen & ˋSonsˋ's working hours."
    assert it.plans(it.ada, clock="22:00") == {}
    assert hint in it.form(it.ada)
    assert it.plans(it.sen, clock="23:30") == {}, "Ada's hours count, not those of whoever plans"
    assert "The time is outside Ada" in it.form(it.sen)
    every = WorkingHours(zone.hours.time_zone, tuple(Weekday), begins=0, ends=24 * 60)
    with it.here.store.begin() as tx:
        tx.members.set_profile(it.member(SEN).enrolment, replace(zone, hours=every))
    assert it.plans(it.ada, days=8, clock="22:00") == {}
    assert "Planned for" in it.form(it.ada)
    assert "working hours" not in it.form(it.ada)


def test_a_time_is_read_in_ones_own_zone(it: Meeting) -> None:
    it.plans(it.ada, clock="10:30")
    [meeting] = it.known()
    assert f"{meeting.at.astimezone(ZoneInfo('Europe/London')):%H:%M}" == "10:30"
    assert "Europe/London" in it.form(it.ada)


def test_one_is_moved_and_cancelled(it: Meeting) -> None:
    it.plans(it.ada)
    [meeting] = it.known()
    assert it.ada.modal
    it.ada.click(it.ada.modal, f"one_to_ones.move:{meeting.id}")
    assert it.ada.modal.title == "Move a one-to-one"
    assert it.sends(it.ada, 9, "15:00") == {}
    said = it.form(it.ada)
    assert "Moved to " in said
    assert "I won't message Sen & ˋSonsˋ about this, so please tell them." in said
    [moved] = it.known()
    assert moved.id == meeting.id
    assert moved.at.date() == (now() + timedelta(days=9)).date()
    it.ada.click(it.ada.modal, f"one_to_ones.cancel:{meeting.id}")
    assert "Cancelled. I won't message Sen & ˋSonsˋ about this, so please tell them." in it.form(it.ada)
    assert [found.state for found in it.known()] == [OneToOneState.CANCELLED]
    assert "none yet" in it.home_of(it.sen)


@pytest.mark.parametrize(
    ("days", "clock", "field", "said"),
    [
        (-1, "10:00", "clock", "in the past"),
        (300, "10:00", "day", "within the next 180 days"),
        (7, "10:00", "clock", "already have a one-to-one at this time"),
    ],
)
def test_a_time_that_cannot_be_is_refused_in_the_form(
    it: Meeting, days: int, clock: str, field: str, said: str
) -> None:
    it.plans(it.ada)
    assert said in it.plans(it.sen, days, clock)[field]
    assert len(it.known()) == 1


def test_nobody_outside_the_pair_plans_or_cancels(it: Meeting) -> None:
    it.plans(it.ada)
    [meeting] = it.known()
    assert "You're not in a pair now" in it.answered(it.sol, "/dojo one-to-one")
    it.sol.command("/dojo one-to-one")
    body = it.sol._payload("block_actions") | {
        "actions": [{"action_id": "one_to_ones.cancel", "type": "button", "value": str(meeting.id)}],
        "container": {"type": "message", "channel_id": it.sol.dm, "message_ts": "1.1"},
        "response_url": it.slack.response_url(it.sol.id, it.sol.dm, None),
    }
    it.sol._bring("interactive", body)
    it.settle()
    assert [found.state for found in it.known()] == [OneToOneState.PLANNED]


def test_a_sensei_of_two_chooses_with_whom(it: Meeting) -> None:
    it.joins(BO, PARTICIPANT)
    it.pairs(BO, SEN)
    enrolment = it.member(ADA).enrolment
    assert it.plans(it.sen, partner=str(enrolment)) == {}
    [meeting] = it.known()
    assert meeting.participant == it.member(ADA).person


def test_a_pair_that_ended_meanwhile_has_no_one_to_ones(it: Meeting) -> None:
    it.plans(it.ada)
    with it.here.store.begin() as tx:
        [pair] = tx.pairings.by_person(it.member(ADA).person)
        tx.pairings.set_state(pair.id, PairState.ENDED, now())
    assert "one-to-one" not in it.home_of(it.ada)
    assert "You're not in a pair now" in it.answered(it.ada, "/dojo one-to-one")


def opens_calendar(it: Meeting, person: Person) -> None:
    person.command("/dojo one-to-one")
    assert person.modal
    person.click(person.modal, "one_to_ones.calendar")


def test_a_calendar_is_saved_shown_to_nobody_and_removed(it: Meeting) -> None:
    opens_calendar(it, it.sen)
    assert "names neither" not in it.form(it.sen)
    assert it.sen.submit({"join.address": ADDRESS, "join.title": "Dojo hour"}).errors == {}
    assert "Your calendar is saved." in it.form(it.sen)
    assert "secret" not in it.form(it.sen)
    assert [job.argument for job in it.waiting("calendar")] == [{"enrolment": it.member(ADA).enrolment}]
    opens_calendar(it, it.ada)
    assert "has added a calendar" in it.form(it.ada)
    assert "secret" not in it.form(it.ada)
    with it.here.store.begin() as tx:
        link = tx.calendar_links.find(it.member(ADA).enrolment)
        assert link
        assert (link.address, link.title) == (ADDRESS, "Dojo hour")
        assert link.added_by == it.member(SEN).person
        tx.calendar_links.mark_read(it.member(ADA).enrolment, now(), CalendarProblem.REFUSED)
    assert "there's no such calendar" in it.home_of(it.sen)
    assert "no such calendar" not in it.home_of(it.ada)
    opens_calendar(it, it.sen)
    assert "I last looked at it" in it.form(it.sen)
    assert "there's no such calendar" in it.form(it.sen)
    assert "enter it again" in it.form(it.sen)
    assert it.sen.modal
    it.sen.click(it.sen.modal, f"one_to_ones.forget_calendar:{it.member(ADA).enrolment}")
    assert "Removed." in it.form(it.sen)
    with it.here.store.read() as tx:
        assert tx.calendar_links.find(it.member(ADA).enrolment) is None


def test_an_address_elsewhere_is_refused_in_the_form(it: Meeting) -> None:
    opens_calendar(it, it.ada)
    errors = it.ada.submit({"join.address": "https://evil.example/secret.ics"}).errors
    assert "I can read calendars only from calendar.google.com" in errors["address"]
    with it.here.store.read() as tx:
        assert tx.calendar_links.find(it.member(ADA).enrolment) is None


def test_a_title_of_few_letters_is_refused_in_the_form(it: Meeting) -> None:
    opens_calendar(it, it.ada)
    for title in ("e", "1:1", " a  b "):
        errors = it.ada.submit({"join.address": ADDRESS, "join.title": title}).errors
        assert "at least 4 letters" in errors["title"]
    assert it.ada.submit({"join.address": ADDRESS, "join.title": "Dojo"}).errors == {}


def test_a_sensei_of_two_adds_a_calendar_for_each(it: Meeting) -> None:
    it.joins(BO, PARTICIPANT)
    it.pairs(BO, SEN)
    ada, bo = it.member(ADA).enrolment, it.member(BO).enrolment
    for enrolment, address in ((ada, ADDRESS), (bo, OTHER_ADDRESS)):
        opens_calendar(it, it.sen)
        assert "that name the other person" in it.form(it.sen)
        filled: dict[Any, Any] = {"join.address": address, "join.with": str(enrolment)}
        assert it.sen.submit(filled).errors == {}
    with it.here.store.read() as tx:
        links = tx.calendar_links.find_all({ada, bo})
    assert [(link.enrolment, link.address) for link in links] == [(ada, ADDRESS), (bo, OTHER_ADDRESS)]
    assert len({link.looks_for for link in links}) == 2
    opens_calendar(it, it.sen)
    assert it.sen.modal
    assert "for your one-to-ones with Bo &amp; Bo" in json.dumps(it.sen.modal.document)
    it.sen.click(it.sen.modal, f"one_to_ones.forget_calendar:{bo}")
    assert "Removed." in it.form(it.sen)
    with it.here.store.read() as tx:
        assert [link.enrolment for link in tx.calendar_links.find_all({ada, bo})] == [ada]


def test_one_that_is_in_a_calendar_is_moved_there(it: Meeting) -> None:
    ada, sen = it.member(ADA), it.member(SEN)
    at = now() + timedelta(days=2)
    with it.here.store.begin() as tx:
        tx.calendar_links.save(ada.enrolment, ADDRESS, sen.person, "digest", "")
        made = tx.one_to_ones.plan(ada.cohort, ada.person, sen.person, at, now(), "event")
    it.ada.command("/dojo one-to-one")
    assert "If it's moved there" in it.form(it.ada)
    assert f"one_to_ones.move:{made.id}" not in json.dumps(it.ada.modal.document if it.ada.modal else "")
    # A form that somebody opened before the calendar had it.
    day = str((at + timedelta(days=3)).date())
    values = {
        "day": {"join.day": {"type": "datepicker", "selected_date": day}},
        "clock": {"join.clock": {"type": "timepicker", "selected_time": "10:00"}},
    }
    view = {
        "type": "modal",
        "callback_id": "one_to_ones.plan",
        "private_metadata": f"move:{made.id}",
        "id": "V1",
        "state": {"values": values},
    }
    body = it.ada._payload("view_submission") | {"view": view}
    it.ada._bring("interactive", body)
    it.settle()
    assert [meeting.at for meeting in it.known()] == [at]
    with it.here.store.begin() as tx:
        tx.calendar_links.remove(ada.enrolment)
    it.ada.command("/dojo one-to-one")
    assert f"one_to_ones.move:{made.id}" in json.dumps(it.ada.modal.document if it.ada.modal else "")


def test_whether_the_hour_was_worth_it_is_for_the_two_of_them(it: Meeting) -> None:
    meeting = it.had()
    it.sen.click(it.question_of(it.sen), "one_to_ones.worth")
    assert it.sen.submit({"join.answer": "partly"}).errors == {}
    it.settle()
    for person in (it.ada, it.sen):
        assert "partly" in json.dumps(it.question_of(person))
    with it.here.store.read() as tx:
        [note] = tx.one_to_ones.notes(meeting.id)
    assert (note.person, note.worth) == (it.member(SEN).person, Worth.PARTLY)
    assert it.heard(it.sol) == []


def test_what_was_decided_can_become_a_draft_of_the_participant(it: Meeting) -> None:
    it.had()
    it.ada.click(it.question_of(it.ada), "one_to_ones.decided")
    said = "We queue <all> & retry twice. The rest waits."
    assert it.ada.submit({"join.text": said, "join.keep": ["draft"]}).errors == {}
    it.settle()
    with it.here.store.read() as tx:
        [draft] = tx.decisions.by_person(it.member(ADA).person)
    assert (draft.state, draft.private, draft.title) == (
        DecisionState.DRAFT,
        True,
        "We queue <all> & retry twice",
    )
    last = it.heard(it.ada)[-1]
    assert "is made from what you wrote after your one-to-one" in last
    assert "It counts once you confirm it" in last
    assert "We queue" in json.dumps(it.question_of(it.sen))


def test_one_draft_is_made_of_a_one_to_one(it: Meeting) -> None:
    it.had()
    for said in ("We queue.", "We queue and wait."):
        it.ada.click(it.question_of(it.ada), "one_to_ones.decided")
        fills: dict[Any, Any] = {"join.text": said}
        if "draft decision" in it.form(it.ada):
            fills["join.keep"] = ["draft"]
        assert it.ada.submit(fills).errors == {}
        it.settle()
    with it.here.store.read() as tx:
        [draft] = tx.decisions.by_person(it.member(ADA).person)
    assert draft.title == "We queue"
    assert "and wait" in json.dumps(it.question_of(it.sen))


def test_what_was_written_can_be_taken_back(it: Meeting) -> None:
    meeting = it.had()
    for said in ("We queue.", ""):
        it.ada.click(it.question_of(it.ada), "one_to_ones.decided")
        assert it.ada.submit({"join.text": said}).errors == {}
        it.settle()
    assert "We queue" not in json.dumps(it.question_of(it.sen))
    with it.here.store.read() as tx:
        assert [note.decided for note in tx.one_to_ones.notes(meeting.id)] == [""]
    it.ada.click(it.question_of(it.ada), "one_to_ones.decided")
    wrong = it.ada.submit({"join.text": " ", "join.keep": ["draft"]}).errors
    assert "untick the draft" in wrong["text"]


def test_a_brief_can_be_read_at_any_time_by_the_two_who_meet(it: Meeting) -> None:
    it.plans(it.ada)
    [meeting] = it.known()
    for person, other in ((it.ada, "Sen"), (it.sen, "Ada")):
        person.command("/dojo one-to-one")
        assert person.modal
        person.click(person.modal, f"one_to_ones.show_brief:{meeting.id}")
        assert person.modal.title == "Brief"
        said = it.form(person)
        assert f"Your one-to-one with {other}" in said
        assert "In the last two weeks" in said
        person.click(person.modal, "one_to_ones.plan")
        assert "Choose" not in it.form(person)
        assert person.modal.title == "One-to-ones"


def test_nobody_else_reads_a_brief(it: Meeting) -> None:
    it.plans(it.ada)
    [meeting] = it.known()
    body = it.sol._payload("block_actions") | {
        "actions": [{"action_id": "one_to_ones.show_brief", "type": "button", "value": str(meeting.id)}],
        "container": {"type": "message", "channel_id": it.sol.dm, "message_ts": "1.1"},
        "response_url": it.slack.response_url(it.sol.id, it.sol.dm, None),
    }
    it.sol._bring("interactive", body)
    wait_for(lambda: it.sol.told)
    assert "You're not in a pair now" in it.whispered(it.sol)
    assert it.sol.modal is None


def test_a_sensei_writes_what_was_decided_and_makes_no_draft(it: Meeting) -> None:
    it.had()
    it.sen.click(it.question_of(it.sen), "one_to_ones.decided")
    assert "draft decision" not in it.form(it.sen)
    assert it.sen.submit({"join.text": "Retry twice."}).errors == {}
    it.settle()
    with it.here.store.read() as tx:
        assert tx.decisions.by_person(it.member(ADA).person) == []
    assert "Retry twice." in json.dumps(it.question_of(it.ada))


def _chosen(value: str) -> dict[str, Any]:
    return {"type": "radio_buttons", "selected_option": {"value": value}}


def test_nobody_else_answers_about_their_hour(it: Meeting) -> None:
    meeting = it.had()
    for form, fills in (
        (
            "one_to_ones.worth",
            {"answer": {"join.answer": {"type": "radio_buttons", "selected_option": None}}},
        ),
        ("one_to_ones.decided", {"text": {"join.text": {"type": "plain_text_input", "value": "Mine"}}}),
    ):
        view = {
            "type": "modal", "callback_id": form, "private_metadata": str(meeting.id), "id": "V1",
            "state": {"values": fills},
        }  # fmt: skip
        it.sol._bring("interactive", it.sol._payload("view_submission") | {"view": view})
    it.settle()
    with it.here.store.read() as tx:
        assert tx.one_to_ones.notes(meeting.id) == []
    assert SOL in it.people
