"""Whoever writes to Sensei is answered, once in ten minutes, and what they wrote is nowhere."""

import json
from datetime import timedelta
from typing import Any

import pytest
from structlog.testing import capture_logs

from bot.domain.chat.events import EVENT, DirectMessage, read_payload
from bot.domain.dojo.people import CohortRole
from bot.domain.pairing.states import PairState
from bot.ports.deliveries import Delivery
from bot.ports.jobs import Job
from bot.ports.store import Tx
from bot.workflows.chat.dispatch import ChatDispatch
from bot.workflows.dojo import direct_messages
from tests.entrypoints.webhooks import now
from tests.fakes.slack import Person, look
from tests.workflows.peopled import WEB, Peopled

CANARY = "zanzibar-canary-4711"


def answers(it: Peopled, person: Person) -> list[str]:
    it.settle()
    assert it.slack.problems == []
    for message in person.messages:
        assert look.notified(message) == set()
    return [" ".join(look.text(message).split()) for message in person.messages]


@pytest.fixture(autouse=True)
def _subscribed(on_sqlite: Peopled) -> None:
    on_sqlite.slack.events.add("message.im")


def test_a_guest_is_answered_with_the_ways_in(on_sqlite: Peopled) -> None:
    bo = on_sqlite.slack.person("Bo")
    bo.says("Hi, can I join?")
    [answer] = answers(on_sqlite, bo)
    assert "I can't answer this, and I haven't saved your message." in answer
    assert "You're not in dojo. [● Join as a participant ] [ Ask to be a sensei ]" in answer
    bo.click(bo.messages[0], "home.join:participant")
    assert bo.modal
    assert on_sqlite.slack.problems == []


def test_a_participant_is_told_who_their_sensei_is_and_what_to_do(on_sqlite: Peopled) -> None:
    it = on_sqlite
    ada, sen = it.here.ada, it.here.enrolled("Sen", CohortRole.SENSEI)
    participant, sensei = it.member(ada), it.member(sen, CohortRole.SENSEI)
    with it.here.store.begin() as tx:
        pairs(tx, participant.cohort, participant.person, sensei.person)
    ada.says("When do we meet?")
    [answer] = answers(it, ada)
    assert "Your sensei Sen. Write to them in the group message in which I introduced you" in answer
    assert "No open questions." in answer
    assert "[ Ask for another sensei ]" in answer
    assert sen.messages == []
    sen.says("Thanks")
    [answer] = answers(it, sen)
    assert "Your participants Ada Lovelace. The Home tab shows their open questions." in answer


def pairs(tx: Tx, cohort: int, participant: str, sensei: str) -> None:
    proposal = tx.pairings.propose(cohort, "operator", now(), ())
    pair = tx.pairings.add(proposal.id, participant, sensei, fit=1, reasons=(), at=now())
    tx.pairings.set_state(pair.id, PairState.ACTIVE, now())


def test_what_they_wrote_is_not_stored_logged_or_sent(
    on_sqlite: Peopled, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    it = on_sqlite
    ada = it.here.ada
    with capture_logs() as logs:
        ada.says(f"My password is {CANARY}")
        it.slack.event(
            {
                "type": "message",
                "channel_type": "im",
                "subtype": "file_share",
                "user": ada.id,
                "text": CANARY,
                "files": [{"name": CANARY}],
                "blocks": [{"type": "rich_text", "text": CANARY}],
            },
            "message.im",
        )
        it.slack.settle()
        stored = it.everything_kept()
        assert "channel_type" in stored  # both deliveries wait
        assert CANARY not in stored
        assert len(answers(it, ada)) == 1
    assert it.here.kept == [("slack.event", "handled"), ("slack.event", "ignored")]
    assert CANARY not in it.everything_kept()
    assert CANARY not in str(logs) + caplog.text + "".join(capfd.readouterr())
    assert CANARY not in str([call.args for call in it.slack.calls])


NOT_FOR_THE_APP: dict[str, dict[str, Any]] = {
    "an edit": {"subtype": "message_changed", "message": {"text": CANARY}},
    "a deletion": {"subtype": "message_deleted"},
    "a broadcast of a thread": {"subtype": "thread_broadcast", "text": CANARY},
    "somebody who joins": {"subtype": "channel_join", "text": CANARY},
    "another bot": {"subtype": "bot_message", "bot_id": "B1"},
    "Sensei itself": {"bot_id": "B1", "text": CANARY},
    "a group message": {"channel_type": "mpim", "text": CANARY},
    "a channel": {"channel_type": "channel", "text": CANARY},
    "nobody": {"user": ""},
    "Slackbot": {"user": "USLACKBOT", "text": CANARY},
    "another workspace": {"team": "T0ELSEWHERE", "text": CANARY},
}


@pytest.mark.parametrize("what", NOT_FOR_THE_APP)
def test_what_nobody_has_just_written_to_sensei_is_not_even_stored(on_sqlite: Peopled, what: str) -> None:
    it = on_sqlite
    event = {"type": "message", "channel_type": "im", "user": it.here.ada.id, **NOT_FOR_THE_APP[what]}
    it.slack.event(event, "message.im")
    assert answers(it, it.here.ada) == []
    assert it.here.kept == []


def test_one_answer_in_ten_minutes_for_each_person(on_sqlite: Peopled) -> None:
    it = on_sqlite
    clock = [now()]
    dispatch = ChatDispatch(it.features(), lambda: clock[0])
    ada, bo = it.here.ada.id, it.slack.person("Bo").id

    def replies(user: str, minutes: int) -> bool:
        clock[0] += timedelta(minutes=minutes)
        event = {"type": "message", "channel_type": "im", "user": user}
        payload = json.dumps({"team_id": it.slack.team, "event": event}).encode()
        with it.here.store.begin() as tx:
            answered = dispatch.handle(tx, Delivery("slack:1", EVENT, payload))
            for job in tx.jobs.due(clock[0], 10):
                tx.jobs.mark_begun(job.id, clock[0])
        return answered

    assert [replies(ada, 0), replies(ada, 1), replies(bo, 0), replies(ada, 8), replies(ada, 2)] == [
        True,
        False,
        True,
        False,
        True,
    ]
    # An answer that waits counts as well, however long.
    with it.here.store.begin() as tx:
        tx.jobs.add(Job(f"message:dm:{bo}:9", "message", {}, clock[0] + timedelta(days=1)))
    assert not replies(bo, 60)


def test_an_event_of_another_shape_is_nobodys_message() -> None:
    for event in ({"type": "message"}, {"type": "message", "channel_type": ["im"], "user": {"id": "U1"}}, 7):
        assert not isinstance(read_payload(EVENT, {"team_id": "T1", "event": event}), DirectMessage)
    assert direct_messages.feature(WEB).words
