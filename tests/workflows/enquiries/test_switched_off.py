"""Where Sensei answers no questions, it reads and keeps none, wherever people ask."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from bot.domain.enquiries.records import Place
from tests.entrypoints.webhooks import now
from tests.workflows.enquiries.asking import ADA, Asking, answers_with, asking

CANARY = "zanzibar-canary-4711"


@pytest.fixture(name="off")
def switched_off(own_engine: sa.Engine, tmp_path: Path) -> Iterator[Asking]:
    with asking(own_engine, tmp_path, answers_questions=False) as made:
        made.slack.events |= {"app_mention", "assistant_thread_started"}
        made.says(answers_with())
        yield made
        assert made.slack.problems == []


def test_a_direct_message_gets_a_reply_and_is_neither_read_nor_kept(off: Asking) -> None:
    said = off.asks(CANARY)
    off.asks(CANARY, said["ts"])
    [reply] = off.heard(off.ada)
    assert "I haven't saved your message" in reply
    assert "can ask me something" not in reply
    assert CANARY not in off.stored_text()


def test_neither_the_pane_nor_a_mention_is_heard(off: Asking) -> None:
    off.ada.opens_home("messages")
    off.ada.opens_thread()
    channel = off.slack.channel(off.ada)
    off.ada.mentions_app(f"{{app}} {CANARY}", channel)
    off.settle()
    assert off.slack.prompts == {}
    assert [said["user"] for said in off.slack.messages(channel)] == [off.ada.id]
    assert off.enquiries() == []
    assert CANARY not in off.stored_text()


def test_the_shortcut_says_so(off: Asking) -> None:
    off.ada.uses_shortcut(off.ada.says(CANARY, off.slack.channel(off.ada)), "enquiries.ask")
    assert off.ada.modal is None
    assert "I don't answer questions here." in off.whispered(off.ada)


def test_what_was_asked_before_can_still_be_deleted_but_not_continued(off: Asking) -> None:
    said = {"type": "message", "user": off.ada.id, "ts": "17.000001", "text": CANARY}
    with off.here.store.begin() as tx:
        enquiry = tx.enquiries.open(off.member(ADA).enrolment, Place.DIRECT, off.ada.dm, said["ts"], now())
        tx.enquiries.add_message(enquiry.id, said["ts"], CANARY, now())
    off.ada.edits(said, "Another canary")
    off.asks("And another canary", said["ts"])
    assert [one.text for one in off.messages()] == [CANARY]
    off.ada.deletes(said)
    off.settle()
    assert [one.text for one in off.messages()] == [""]
    assert "canary" not in off.stored_text()
