"""Replies in threads of direct messages: which are read, and what is kept of them."""

from typing import Any

import pytest

from bot.domain.chat.events import (
    EVENT,
    DirectMessage,
    Other,
    ReplyChange,
    ThreadReply,
    payload_to_keep,
    read_payload,
)

CANARY = "zanzibar-canary-4711"
WRITTEN = {
    "user": "U1",
    "ts": "2.2",
    "thread_ts": "1.1",
    "parent_user_id": "U9",
    "text": f"{CANARY} &lt;b&gt; &amp; <@U2|bo>",
}
IM = {"type": "message", "channel_type": "im", "channel": "D1"}
REPLIES: dict[ReplyChange, dict[str, Any]] = {
    ReplyChange.WRITTEN: {**IM, **WRITTEN},
    ReplyChange.EDITED: {**IM, "subtype": "message_changed", "message": WRITTEN},
    ReplyChange.DELETED: {**IM, "subtype": "message_deleted", "previous_message": WRITTEN},
}


def body(event: dict[str, Any]) -> dict[str, Any]:
    return {"team_id": "T1", "event_id": "E1", "token": "t", "event": event}


@pytest.mark.parametrize("change", REPLIES)
def test_a_reply_is_read_with_its_thread_and_as_it_was_typed(change: ReplyChange) -> None:
    found = read_payload(EVENT, body(REPLIES[change]))
    typed = f"{CANARY} <b> & <@U2>"
    assert found == ThreadReply("T1", "U1", "D1", "1.1", "2.2", change, typed, "U9")
    assert CANARY not in repr(found)


@pytest.mark.parametrize("change", REPLIES)
def test_what_is_kept_reads_the_same_and_has_the_text_only_if_it_may(change: ReplyChange) -> None:
    event = {**REPLIES[change], "blocks": [CANARY], "files": [CANARY]}
    found = read_payload(EVENT, body(event))
    assert isinstance(found, ThreadReply)
    with_text = payload_to_keep(body(event), found, text=True)
    assert read_payload(EVENT, with_text) == found
    assert str(with_text).count(CANARY) == 1
    without = payload_to_keep(body(event), found)
    assert CANARY not in str(without)
    bare = read_payload(EVENT, without)
    assert isinstance(bare, ThreadReply)
    assert (bare.reference, bare.thread, bare.change, bare.text) == ("D1 2.2", "1.1", change, "")


@pytest.mark.parametrize("change", REPLIES)
def test_of_a_reply_to_nothing_of_ours_no_text_is_kept(change: ReplyChange) -> None:
    kept = payload_to_keep(body(REPLIES[change]))
    assert CANARY not in str(kept)
    assert isinstance(read_payload(EVENT, kept), DirectMessage if change is ReplyChange.WRITTEN else Other)


@pytest.mark.parametrize("thread", ["2.2", "1.1"])
def test_a_tombstone_in_the_place_of_a_message_with_replies_is_a_deletion(thread: str) -> None:
    tombstone = {
        "subtype": "tombstone",
        "user": "USLACKBOT",
        "ts": "2.2",
        "thread_ts": thread,
        "text": "This message was deleted.",
        "hidden": True,
    }
    before = {**WRITTEN, "thread_ts": thread, "reply_count": 1}
    event = {**IM, "subtype": "message_changed", "message": tombstone, "previous_message": before}
    found = read_payload(EVENT, body(event))
    assert isinstance(found, ThreadReply)
    assert (found.user, found.ts, found.change, found.thread) == (
        "U1",
        "2.2",
        ReplyChange.DELETED,
        thread,
    )
    kept = payload_to_keep(body(event), found)
    assert CANARY not in str(kept)
    read = read_payload(EVENT, kept)
    assert isinstance(read, ThreadReply)
    assert (read.ts, read.change) == ("2.2", ReplyChange.DELETED)
    apps = {**event, "previous_message": {**before, "bot_id": "B1"}}
    assert isinstance(read_payload(EVENT, body(apps)), Other)


NO_REPLIES: dict[str, dict[str, Any]] = {
    "another conversation": {**IM, **WRITTEN, "channel_type": "channel"},
    "the app itself": {**IM, **WRITTEN, "bot_id": "B1"},
    "an edit by the app": {**IM, "subtype": "message_changed", "message": {**WRITTEN, "bot_id": "B1"}},
    "a preview": {
        **IM,
        "subtype": "message_changed",
        "message": WRITTEN,
        "previous_message": {"text": WRITTEN["text"]},
    },
    "another subtype": {**IM, **WRITTEN, "subtype": "bot_message"},
    "nobody": {**IM, **WRITTEN, "user": ""},
    "no message": {**IM, "subtype": "message_changed", "message": "text"},
}


def test_a_message_that_begins_a_thread_is_one_in_its_own_thread() -> None:
    for place in ({}, {"thread_ts": "2.2"}):
        event = {name: value for name, value in {**IM, **WRITTEN}.items() if name != "thread_ts"}
        read = read_payload(EVENT, body({**event, **place}))
        assert isinstance(read, ThreadReply)
        assert (read.thread, read.ts, read.begins_thread) == ("2.2", "2.2", True)


@pytest.mark.parametrize("what", NO_REPLIES)
def test_anything_else_is_no_reply(what: str) -> None:
    assert not isinstance(read_payload(EVENT, body(NO_REPLIES[what])), ThreadReply)
