"""Opening the pane, and mentions of the app: what is read of them, and what is kept."""

from typing import Any

import pytest

from bot.domain.chat.events import (
    EVENT,
    HomeOpened,
    Mention,
    Other,
    PaneOpened,
    payload_to_keep,
    read_payload,
)

CANARY = "zanzibar-canary-4711"
CONTEXT = {"channel_id": CANARY, "entities": [{"type": "slack#/types/channel_id", "value": CANARY}]}
MENTION: dict[str, Any] = {
    "type": "app_mention",
    "user": "U1",
    "text": f"<@U0APP> what is {CANARY} &lt;b&gt;,\n<@U2|bo>?",
    "ts": "2.2",
    "channel": "C1",
    "team": "T1",
}
OPENED: dict[str, dict[str, Any]] = {
    "the direct messages": {
        "type": "app_home_opened",
        "tab": "messages",
        "user": "U1",
        "channel": "D1",
        "context": CONTEXT,
    },
    "a thread": {
        "type": "assistant_thread_started",
        "assistant_thread": {
            "user_id": "U1",
            "channel_id": "D1",
            "thread_ts": "1.1",
            "context": CONTEXT,
        },
    },
}
EXPECTED = {
    "the direct messages": PaneOpened("T1", "U1", "D1"),
    "a thread": PaneOpened("T1", "U1", "D1", "1.1"),
}


def body(event: dict[str, Any]) -> dict[str, Any]:
    authorizations = [{"user_id": "U0APP", "is_bot": True, "team_id": "T1"}]
    return {
        "team_id": "T1",
        "event_id": "E1",
        "token": "t",
        "event": event,
        "authorizations": authorizations,
    }


@pytest.mark.parametrize("what", OPENED)
def test_who_opens_the_pane_is_known_and_not_what_they_look_at(what: str) -> None:
    assert read_payload(EVENT, body(OPENED[what])) == EXPECTED[what]
    kept = payload_to_keep(body(OPENED[what]))
    assert CANARY not in str(kept)
    assert read_payload(EVENT, kept) == EXPECTED[what]
    assert kept["event"]["user"] == "U1", "where an export and an erasure look for it"


def test_the_home_tab_is_not_the_pane() -> None:
    home = {**OPENED["the direct messages"], "tab": "home", "view": {"blocks": [CANARY]}}
    assert read_payload(EVENT, body(home)) == HomeOpened("T1", "U1")
    kept = payload_to_keep(body(home))
    assert CANARY not in str(kept)
    assert read_payload(EVENT, kept) == HomeOpened("T1", "U1")


def test_a_mention_is_read_as_it_was_typed_without_the_app() -> None:
    found = read_payload(EVENT, body(MENTION))
    assert found == Mention("T1", "U1", "C1", "2.2", "2.2", f"what is {CANARY} <b>,\n<@U2>?")
    assert CANARY not in repr(found)
    inside = read_payload(EVENT, body({**MENTION, "thread_ts": "1.1"}))
    assert isinstance(inside, Mention)
    assert (inside.thread, inside.ts) == ("1.1", "2.2")


def test_of_a_mention_the_text_is_kept_only_if_it_may_be() -> None:
    whole = body({**MENTION, "blocks": [CANARY], "files": [CANARY]})
    with_text = payload_to_keep(whole, text=True)
    assert str(with_text).count(CANARY) == 1
    assert read_payload(EVENT, with_text) == read_payload(EVENT, whole)
    without = payload_to_keep(whole)
    assert CANARY not in str(without)
    assert read_payload(EVENT, without) == Mention("T1", "U1", "C1", "2.2", "2.2")


NOT_HEARD: dict[str, dict[str, Any]] = {
    "another app": {**MENTION, "bot_id": "B1"},
    "Slackbot": {**MENTION, "user": "USLACKBOT"},
    "nobody": {**MENTION, "user": ""},
    "another workspace": {**MENTION, "team": "T2"},
    "a person of another workspace": {**MENTION, "user_team": "T2"},
    "no channel": {**MENTION, "channel": ""},
    "no place": {**MENTION, "ts": None},
    "what somebody looks at": {**OPENED["a thread"], "type": "assistant_thread_context_changed"},
    "another tab": {**OPENED["the direct messages"], "tab": "about"},
    "a thread of nobody": {"type": "assistant_thread_started", "assistant_thread": {"thread_ts": "1.1"}},
    "a thread without a place": {"type": "assistant_thread_started", "assistant_thread": ["U1"]},
    "another shape": {"type": ["app_mention"]},
}


@pytest.mark.parametrize("what", NOT_HEARD)
def test_anything_else_is_not_heard(what: str) -> None:
    assert isinstance(read_payload(EVENT, body(NOT_HEARD[what])), Other)
    payload_to_keep(body(NOT_HEARD[what]), text=True)
