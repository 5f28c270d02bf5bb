"""Slack's two ways in: what is kept, handled once, answered; and what no sender can make happen."""

import json
import logging
import os
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from bot.adapters import slack as adapter
from bot.domain.dojo.people import CohortRole
from bot.entrypoints import slack_listeners as entrypoint
from bot.workflows.chat.dispatch import UNDONE
from tests.entrypoints.slacking import Workspace, served
from tests.fakes.slack import UNTIL_TAKEN, Slack, encoded, outage, post, ratelimited, sign
from tests.waiting import FUSE, wait_for


@pytest.fixture(params=["socket", "http"])
def it(request: pytest.FixtureRequest, engine: sa.Engine) -> Iterator[Workspace]:
    with Slack() as slack, served(engine, slack, request.param) as made:
        yield made


@pytest.fixture
def over_http(engine: sa.Engine) -> Iterator[Workspace]:
    with Slack() as slack, served(engine, slack, "http") as made:
        yield made


def test_what_only_reads_is_answered_at_once_and_kept_nowhere(it: Workspace) -> None:
    done = it.ada.command("/dojo dates")
    assert done.answer["response_type"] == "ephemeral"
    assert done.text.startswith("Dates for dojo")
    assert it.kept == []


def test_a_shortcut_opens_its_form_with_the_message_which_is_kept_nowhere(it: Workspace) -> None:
    done = it.ada.uses_shortcut(it.ada.says("R&amp;D"), "try.note")
    assert not done.failed
    assert it.ada.modal
    assert it.ada.modal.document["private_metadata"] == "R&D"
    assert it.kept == []


def test_a_shortcut_that_is_refused_says_why_to_its_user_alone(it: Workspace) -> None:
    bo = it.enrolled("Bo", CohortRole.PARTICIPANT)
    it.ada.uses_shortcut(bo.says("Mine"), "try.note")
    assert it.ada.modal is None
    assert [told.document["text"] for told in it.ada.told] == ["That isn't yours. Choose one of yours."]
    assert not bo.told
    guest = it.slack.person("Guest")
    guest.uses_shortcut(guest.says("Mine"), "try.note")
    assert "You're not in this dojo." in str(guest.told[-1].document)


def test_a_shortcut_whose_form_cannot_be_opened_says_that_nothing_was_changed(it: Workspace) -> None:
    it.slack.fault(outage(), "views.open")
    it.ada.uses_shortcut(it.ada.says("Mine"), "try.note")
    assert "Nothing was changed." in str(it.ada.told[-1].document)


def test_a_mention_is_kept_with_no_more_than_may_be_and_heard_once(it: Workspace) -> None:
    it.slack.events.add("app_mention")
    channel = it.slack.channel(it.ada)
    for text in ("{app} keep zanzibar", "{app} quokka", "{app} drop it", "quagga"):
        it.ada.mentions_app(text, channel)
    it.slack.settle()
    with it.database.connect() as connection:
        kept = str([bytes(row[0]) for row in connection.exec_driver_sql("SELECT payload FROM delivery")])
    assert "zanzibar" in kept
    assert not [word for word in ("quokka", "drop", "authed", "deprecated") if word in kept]
    for delivery in it.slack.deliveries:
        assert it.slack.again(delivery).acknowledged
    it.handled()
    with it.database.connect() as connection:
        query = "SELECT subject FROM audit_event WHERE action = 'try.count' ORDER BY id"
        heard = [row[0] for row in connection.exec_driver_sql(query)]
    assert sorted(heard) == sorted([f"{it.ada.id}:keep zanzibar", f"{it.ada.id}:", f"{it.ada.id}:"])


def test_opening_the_pane_is_heard_and_what_is_looked_at_is_not_kept(it: Workspace) -> None:
    it.slack.events.add("assistant_thread_started")
    event = {"type": "app_home_opened", "tab": "messages", "user": it.ada.id, "channel": it.ada.dm}
    it.slack.event({**event, "context": {"entities": [{"value": "zanzibar"}]}})
    it.ada.opens_thread()
    it.ada.opens_home("about")
    it.slack.settle()
    with it.database.connect() as connection:
        kept = str([bytes(row[0]) for row in connection.exec_driver_sql("SELECT payload FROM delivery")])
    assert "zanzibar" not in kept
    it.handled()
    assert it.counted == 2
    assert it.kept == [("slack.event", "handled")] * 2


def test_what_changes_something_is_kept_before_it_is_answered_and_done_once(it: Workspace) -> None:
    done = it.ada.command("/dojo try now")
    assert done.text == "Noted."
    assert it.kept == [("slack.command", "stored")]
    it.handled()
    assert (it.counted, it.kept) == (1, [("slack.command", "handled")])


def test_nothing_is_kept_by_which_somebody_could_speak_for_the_app(it: Workspace) -> None:
    it.ada.command("/dojo try now")
    it.ada.click(it.offered(it.ada), "try.count")
    with it.database.connect() as connection:
        found = [bytes(row[0]) for row in connection.exec_driver_sql("SELECT payload FROM delivery")]
    assert len(found) == 2
    assert not [payload for payload in found if b"response_url" in payload or b'"token"' in payload]


def test_a_click_is_done_once_however_often_it_is_brought(it: Workspace) -> None:
    done = it.ada.click(it.offered(it.ada), "try.count")
    again = [it.slack.again(done.delivery) for _ in range(3)]
    it.handled()
    again.append(it.slack.again(done.delivery))
    it.handled()
    assert all(attempt.acknowledged for attempt in again)
    assert it.counted == 1


def test_clicks_at_once_are_all_kept(it: Workspace) -> None:
    offer = it.offered(it.ada)
    people = [it.enrolled(f"Person {n}", CohortRole.SENSEI) for n in range(12)]
    done = []
    threads = [
        threading.Thread(target=lambda who=person: done.append(who.click(offer, "try.count")))
        for person in people
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    it.handled()
    assert not any(outcome.failed for outcome in done)
    assert it.counted == len(people)


def test_a_command_that_is_refused_says_why_and_keeps_nothing(it: Workspace) -> None:
    done = it.ada.command("/dojo try never")
    it.handled()
    assert done.text == "Never is no day. Name one."
    assert (it.counted, it.kept) == (0, [])


def test_a_word_that_is_none_is_answered_with_the_nearest(it: Workspace) -> None:
    assert "`/dojo dates`" in it.ada.command("/dojo deadline").text
    assert "`/dojo status`" in it.ada.command("/dojo stauts").text
    assert "Did you mean" not in it.ada.command("/dojo <!channel>").text


def test_what_is_not_theirs_is_refused_before_it_is_kept(it: Workspace) -> None:
    it.ada.click(it.offered(it.ada), "try.lead")
    it.handled()
    assert it.ada.told[-1].text.startswith("Your role in this dojo doesn't allow that.")
    assert (it.counted, it.kept) == (0, [])


def test_a_stranger_is_told_how_to_come_in(it: Workspace) -> None:
    stranger = it.slack.person("Somebody")
    assert "To join, use `/dojo join`" in stranger.command("/dojo dates").text
    assert it.kept == []


def test_a_form_is_opened_looked_over_and_kept_once_it_is_right(it: Workspace) -> None:
    it.ada.click(it.offered(it.ada), "try.open")
    form = it.ada.modal
    assert form
    assert form.document["private_metadata"] == "42"
    wrong = it.ada.submit({"try.word": "now"})
    assert wrong.errors == {"word": "The word is another."}
    assert it.kept == []
    right = it.ada.submit({"try.word": "please"})
    it.slack.again(right.delivery)
    it.handled()
    assert it.ada.modal is None
    assert (it.counted, it.kept) == (1, [("slack.view", "handled")])


def test_a_form_is_opened_by_a_command_and_drawn_anew_by_a_click_in_it(it: Workspace) -> None:
    assert not it.ada.command("/dojo form").failed
    form = it.ada.modal
    assert form
    it.ada.click(form, "try.redraw")
    assert (form.title, form.document["private_metadata"]) == ("Anew", "anew")


def test_a_trigger_that_has_expired_asks_for_another_click(it: Workspace) -> None:
    offer = it.offered(it.ada)
    it.slack.trigger_seconds, before = 0.0, it.slack.trigger_seconds
    it.ada.click(offer, "try.open")
    assert it.ada.modal is None
    assert it.ada.told[-1].text.startswith("I couldn't open the form within")
    assert it.ada.command("/dojo form").text.startswith("I couldn't open the form within")
    it.slack.trigger_seconds = before
    it.ada.click(offer, "try.open")
    assert it.ada.modal


def test_a_form_that_slack_does_not_open_is_said(it: Workspace) -> None:
    offer = it.offered(it.ada)
    it.slack.fault(outage(), "views.open")
    it.ada.click(offer, "try.open")
    assert it.ada.told[-1].text.startswith("Slack didn't let me show this.")
    it.slack.fault(ratelimited(30), "views.open")
    assert it.ada.command("/dojo form").text == (
        "Slack is limiting how much I can open right now. "
        "Nothing was changed. Please try again in 30 seconds."
    )


@pytest.mark.contract
def test_what_cannot_be_kept_is_told_to_who_clicked(it: Workspace) -> None:
    offer = it.offered(it.ada)
    it.ada.click(offer, "try.open")
    it.keeps = False
    it.ada.click(offer, "try.count")
    assert it.ada.told[-1].text.startswith("I couldn't save this. Nothing was changed.")
    assert it.ada.command("/dojo try").text.startswith("I couldn't save this. Nothing was changed.")
    it.ada.submit({"try.word": "please"})
    assert it.ada.modal
    assert "couldn't save this" in json.dumps(it.ada.modal.document)
    it.handled()
    assert (it.counted, it.kept) == (0, [])


def test_an_event_that_cannot_be_kept_is_not_acknowledged_and_comes_again(it: Workspace) -> None:
    it.slack.retry_after = UNTIL_TAKEN
    it.slack.ack_seconds = 0.5  # nothing else says that it is not acknowledged; late is brought again
    it.keeps = False
    event = it.ada.opens_home()
    assert event
    wait_for(lambda: event.attempts)
    it.keeps = True
    it.slack.settle()
    assert not event.attempts[0].acknowledged
    assert event.acknowledged
    it.handled()
    assert it.kept == [("slack.event", "handled")]
    assert [name for name, _ in it.engine.jobs] == ["home"]


def test_an_event_that_is_brought_again_is_handled_once(it: Workspace) -> None:
    event = it.ada.opens_home()
    it.slack.settle()
    assert event
    it.slack.again(event)
    it.handled()
    assert len(it.kept) == 1


def test_events_that_nobody_acts_on_are_acknowledged_and_not_kept(it: Workspace) -> None:
    it.slack.events |= {"team_join", "reaction_added"}
    it.ada.opens_home(tab="about")
    joined = it.slack.event({"type": "team_join", "user": {"id": it.ada.id}, "event_ts": "1.0"})
    it.slack.settle()
    assert joined
    assert joined.acknowledged
    assert len(joined.attempts) == 1
    assert it.kept == []


def test_interactions_that_nobody_acts_on_are_acknowledged(it: Workspace) -> None:
    for kind in ("view_closed", "shortcut", "message_action", "block_suggestion", "something_new"):
        payload = it.ada._payload(kind) | {"callback_id": "x", "action_id": "x", "view": {"callback_id": "x"}}
        assert not it.ada._bring("interactive", payload).failed, kind
    assert it.kept == []


def test_what_another_workspace_sends_is_ignored(it: Workspace) -> None:
    offer = it.offered(it.ada)
    it.ada.command("/dojo dates")  # by now the app knows where it is
    it.slack.team, ours = "T0ELSEWHERE", it.slack.team
    it.ada.click(offer, "try.count")
    command = it.ada.command("/dojo try")
    it.ada.opens_home()
    it.slack.settle()
    it.slack.team = ours
    it.handled()
    assert not command.failed
    assert (command.answer, it.kept, it.counted) == ({}, [], 0)


def test_what_cannot_be_done_any_more_changes_nothing_and_is_told(it: Workspace) -> None:
    it.ada.click(it.offered(it.ada), "try.count:late", "too late")
    it.handled()
    assert it.counted == 0
    assert it.kept == [("slack.action", "ignored")]
    [(_, argument)] = [job for job in it.engine.jobs if job[0] == "message"]
    assert argument["kind"] == UNDONE
    assert "changed meanwhile" not in json.dumps(argument)


def test_who_leaves_the_dojo_between_click_and_turn_has_done_nothing(it: Workspace) -> None:
    it.ada.click(it.offered(it.ada), "try.count")
    with it.store.begin() as tx:
        person = tx.members.by_chat(it.slack.team, it.ada.id)
        assert person
        [member] = tx.members.roles(person)
        tx.members.set_state(member.enrolment, type(member.state)("left"))
    it.handled()
    assert it.counted == 0


def test_tokens_that_were_revoked_are_noted(it: Workspace) -> None:
    it.ada.command("/dojo dates")  # by now the app knows where it is
    it.slack.revoke()
    it.handled()
    with it.database.connect() as connection:
        query = "SELECT action FROM audit_event WHERE action LIKE 'workspace.%'"
        assert connection.exec_driver_sql(query).scalars().all() == ["workspace.tokens_revoked"]


def test_nothing_of_what_is_written_is_logged(it: Workspace, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    it.keeps = False
    it.ada.command("/dojo try my secret worry")
    it.keeps = True
    it.ada.command("/dojo try my secret worry")
    it.handled()
    ours = [r for r in caplog.records if not r.name.startswith(("tests.", "asyncio", "urllib3"))]
    assert "my secret worry" not in "\n".join(record.getMessage() for record in ours)


def test_an_address_is_verified_by_its_signature(over_http: Workspace) -> None:
    it = over_http
    assert it.slack.events_url
    body = json.dumps({"type": "url_verification", "challenge": "3eZbr", "token": "x"}).encode()
    kind = {"Content-Type": "application/json"}
    signed = post(it.slack.events_url, body, {**kind, **sign(it.slack.signing_secret, body)}, FUSE)
    assert (signed.status, signed.body) == (200, {"challenge": "3eZbr"})
    assert post(it.slack.events_url, body, kind, FUSE).status == 401


HOUR = 3600
_OTHER = sign("another-secret", b"{}")  # not with its time: by the time of the test that is too old

FORGERIES = {
    "unsigned": ({"X-Slack-Signature": ""}, 401, "unsigned"),
    "undated": ({"X-Slack-Request-Timestamp": ""}, 401, "unsigned"),
    "another secret": ({"X-Slack-Signature": _OTHER["X-Slack-Signature"]}, 401, "forged"),
    "no number": ({"X-Slack-Request-Timestamp": "soon"}, 401, "forged"),
    "no digits of ours": ({"X-Slack-Request-Timestamp": "١٢٣"}, 401, "forged"),
    "no ASCII": ({"X-Slack-Signature": "v0=é"}, 401, "forged"),
    "another version": ({"X-Slack-Signature": "v1=" + "0" * 64}, 401, "forged"),
    "no type of Slack's": ({"Content-Type": "text/plain"}, 415, "no type of Slack's"),
    "too large": ({"Content-Length": str(3 * 1024 * 1024)}, 413, "too large"),
}


@pytest.mark.parametrize("name", FORGERIES)
def test_what_slack_has_not_signed_is_refused_counted_and_not_handled(
    over_http: Workspace, name: str, caplog: pytest.LogCaptureFixture
) -> None:
    it = over_http
    caplog.set_level(logging.DEBUG)
    headers, status, reason = FORGERIES[name]
    body = json.dumps({"type": "event_callback", "secret": "do not log me"}).encode()
    right = {"Content-Type": "application/json", **sign(it.slack.signing_secret, body)}
    sent = {key: value.encode().decode("latin-1") for key, value in {**right, **headers}.items()}
    assert it.slack.events_url
    assert post(it.slack.events_url, body, sent, FUSE).status == status
    it.receiver.flush()
    with it.database.connect() as connection:
        rows = connection.exec_driver_sql("SELECT reason FROM refusal").scalars().all()
    assert rows == [f"slack: {reason}"]
    assert it.kept == []
    assert "do not log me" not in caplog.text


def test_a_request_that_is_played_again_later_is_refused(over_http: Workspace) -> None:
    it = over_http
    done = it.ada.click(it.offered(it.ada), "try.count")
    kind, body = encoded(done.delivery)
    assert it.slack.events_url
    for then in (time.time() - 301, time.time() + HOUR):
        old = {"Content-Type": kind, **sign(it.slack.signing_secret, body, then)}
        assert post(it.slack.events_url, body, old, FUSE).status == 401
    it.handled()
    assert it.counted == 1


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("application/json", b"[]"),
        ("application/json", b"{"),
        ("application/json", b"\xff\xfe"),
        ("application/json", b"[" * 100_000),
        ("application/x-www-form-urlencoded", b"payload=%5B%5D"),
        ("application/x-www-form-urlencoded", b"payload=%7B"),
        ("application/x-www-form-urlencoded", b"payload=%7B%22user%22%3A1%7D"),
        ("application/json", b'{"type":"event_callback","event":1,"user":[],"team":{"id":{}}}'),
    ],
)
def test_a_signed_body_of_any_shape_is_no_bug(over_http: Workspace, kind: str, body: bytes) -> None:
    it = over_http
    assert it.slack.events_url
    headers = {"Content-Type": kind, **sign(it.slack.signing_secret, body)}
    assert post(it.slack.events_url, body, headers, FUSE).status in {200, 400}
    assert it.kept == []


def test_bolt_takes_nothing_from_the_environment(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, engine: sa.Engine
) -> None:
    names = ("SLACK_CLIENT_ID", "SLACK_CLIENT_SECRET", "SLACK_BOT_TOKEN", "SLACK_SIGNING_SECRET")
    for name in names:
        monkeypatch.setenv(name, f"somebody's {name}")
    monkeypatch.setenv("HOME", str(tmp_path))
    with Slack() as slack, served(engine, slack, "http") as it:
        assert it.ada.command("/dojo dates").text.startswith("Dates for")
    assert all(os.environ[name] == f"somebody's {name}" for name in names)
    assert not (tmp_path / ".bolt-app-installation").exists()


def test_nobody_listens_over_http_without_a_secret() -> None:
    client = adapter.client("xoxb-none", "http://127.0.0.1:1/api/")
    app = entrypoint.app(None, client)  # type: ignore[arg-type]
    status, _, _ = entrypoint.handle_request(
        app, "{}", {"content-type": "application/json", **sign("", b"{}")}
    )
    assert status != 200


@pytest.mark.contract
def test_what_may_have_been_kept_is_not_called_unchanged(it: Workspace) -> None:
    offer = it.offered(it.ada)
    it.ada.click(offer, "try.open")
    it.confirms = False
    unsure = "I couldn't confirm that I saved this. If I did, I'll tell you in a direct message in a moment. "
    it.ada.click(offer, "try.count")
    assert (
        it.ada.told[-1].text
        == it.ada.command("/dojo try").text
        == f"{unsure}If you don't hear from me, please try again."
    )
    it.ada.submit({"try.word": "please"})
    assert it.ada.modal
    assert it.ada.modal.document["title"]["text"] == "Not confirmed"
    assert "Nothing was changed" not in json.dumps(it.ada.modal.document)
