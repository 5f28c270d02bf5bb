"""Replying in the thread of Sensei's own message: the only messages whose text is stored."""

import json
from typing import Any

import pytest
from structlog.testing import capture_logs

from bot.domain.articulation.conversations import ConversationState
from bot.domain.dojo.people import EnrolmentState
from bot.domain.pull_requests.records import QuestionState
from bot.workflows.articulation.private_talks import refresh_talk
from tests.entrypoints.webhooks import now
from tests.workflows.articulation.talking import ADA, SEN, Talking

CANARY = "zanzibar-canary-4711"


def replies(it: Talking, text: str, message: dict[str, Any] | None = None) -> dict[str, Any]:
    """Let Ada reply in the thread of a message, by default that of the question."""
    said = it.ada.says(text, thread=(message or it.ada.messages[0])["ts"])
    it.settle()
    return said


def test_a_reply_to_the_question_is_an_answer_as_it_was_typed(it: Talking) -> None:
    number = it.asks_in_private()
    replies(it, "Because a &lt;b&gt; &amp; c")
    assert it.words_of(number) == ["Because a <b> & c"]
    assert it.question(number).state is QuestionState.ANSWERED
    assert "I've saved your answer." in it.heard(it.ada)[0]
    assert len(it.ada.messages) == 1  # no help, as for other direct messages


def test_a_reply_to_the_follow_up_is_an_answer_too(it: Talking) -> None:
    number = it.asks_in_private()
    replies(it, "Because.")
    it.probes(number)
    replies(it, "No.", it.newest("articulation.answer"))
    assert it.words_of(number) == ["Because.", "No."]
    assert "I've saved your answer." in it.heard(it.ada)[1]


def test_an_edit_replaces_and_a_deletion_removes_the_words(it: Talking) -> None:
    number = it.asks_in_private()
    first, second = replies(it, f"{CANARY} one"), replies(it, f"{CANARY} two")
    it.ada.edits(first, "Mended.")
    it.settle()
    assert it.words_of(number) == ["Mended.", f"{CANARY} two"]
    it.ada.deletes(second)
    it.settle()
    assert it.words_of(number) == ["Mended."]
    assert CANARY not in it.stored_text()


def test_an_edit_or_a_deletion_may_overtake_the_message(it: Talking) -> None:
    number = it.asks_in_private()
    thread = it.ada.messages[0]["ts"]
    base = {"type": "message", "user": it.ada.id, "thread_ts": thread}
    mended, gone = (
        {**base, "ts": f"17.{place}", "text": f"{CANARY} {place}"} for place in ("000001", "000002")
    )
    it.ada.edits(mended, "Mended.")
    it.ada.deletes(gone)
    it.settle()
    for late in (mended, gone):
        it.slack.event({**late, "channel": it.ada.dm, "channel_type": "im"}, "message.im")
        it.settle()
    assert it.words_of(number) == ["Mended."]
    assert CANARY not in it.stored_text()


def test_a_preview_that_slack_adds_is_no_edit(it: Talking) -> None:
    it.asks_in_private()
    said = replies(it, "See https://example.org")
    before = len(it.here.kept)
    it.ada.edits(said, said["text"])
    it.settle()
    assert len(it.here.kept) == before


def test_of_a_long_reply_the_beginning_is_stored_and_its_author_told(it: Talking) -> None:
    number = it.asks_in_private()
    replies(it, "x" * 3001)
    assert it.words_of(number) == ["x" * 3000]
    assert "I've saved the first 3,000 and will read only those." in it.heard(it.ada)[-1]


def test_a_reply_with_only_a_file_is_no_answer(it: Talking) -> None:
    number = it.asks_in_private()
    replies(it, "")
    assert it.words_of(number) == []
    assert "I can't read files, so I haven't saved anything" in it.heard(it.ada)[-1]


@pytest.mark.parametrize(
    ("state", "said"),
    [
        (
            ConversationState.RECORDED,
            "This decision is already recorded, so I haven't saved your last reply.",
        ),
        (ConversationState.CLOSED, "This question is no longer open, so I haven't saved your last reply."),
    ],
)
def test_a_late_reply_gets_one_sentence_and_its_text_is_never_stored(
    it: Talking, state: ConversationState, said: str
) -> None:
    number = it.asks_in_private()
    it.turns(number, state=state)
    if state is ConversationState.CLOSED:
        it.withdraws_question(number)
    count = len(it.ada.messages)
    it.ada.says(CANARY, thread=it.ada.messages[0]["ts"])
    it.slack.settle()
    assert CANARY not in it.stored_text()  # not even while it waits to be handled
    it.settle()
    replies(it, f"{CANARY} again")
    [told] = it.heard(it.ada)[count:]
    assert said in told
    assert CANARY not in it.stored_text()


def test_who_has_deleted_their_answers_can_answer_again(it: Talking) -> None:
    number = it.asks_in_private()
    it.ada.deletes(replies(it, CANARY))
    it.settle()
    it.turns(number, state=ConversationState.CLOSED)
    with it.here.store.begin() as tx:
        refresh_talk(tx, number, now())
    it.settle()
    assert "Answer ]" in it.heard(it.ada)[0]
    replies(it, "On second thoughts: we evict.")
    assert it.words_of(number) == ["On second thoughts: we evict."]
    assert [job.argument for job in it.waiting("hear")] == [{"question": number}]


def test_no_text_of_any_other_direct_message_is_ever_stored(it: Talking) -> None:
    """Of whoever may not ask: neither in the database, nor while it waits to be handled, nor in the log."""
    number = it.asks_in_private()
    other = it.asks_in_private()
    for name in (ADA, SEN):
        it.sets(name, EnrolmentState.PAUSED)
    strangers = it.ada.messages[0]["ts"]
    with capture_logs() as logs:
        it.ada.says(CANARY)  # not in a thread
        own = it.ada.says(CANARY)
        it.ada.says(CANARY, thread=own["ts"])  # in a thread of their own
        it.ada.says(CANARY, thread="1.000001")  # in a thread that doesn't exist
        it.sen.says(CANARY)
        it.sen.says(CANARY, thread=strangers)  # the time stamp of another person's question
        it.ada.edits({**own, "thread_ts": own["ts"]}, f"{CANARY} edited")
        it.ada.deletes(own)
        it.ada.edits({**own, "thread_ts": "1.000001"}, f"{CANARY} edited")
        it.slack.settle()
        assert CANARY not in it.stored_text()
        it.settle()
    assert CANARY not in it.stored_text() + str(logs)
    assert it.words_of(number) == it.words_of(other) == []
    assert CANARY not in json.dumps([call.args for call in it.slack.calls], default=str)


def test_a_public_conversation_hears_nothing_in_slack(it: Talking) -> None:
    number = it.asks_in_private()
    with it.engine.begin() as connection:
        connection.exec_driver_sql(f"UPDATE conversation SET private = {'false'}")
    replies(it, CANARY)
    assert it.words_of(number) == []
    assert CANARY not in it.stored_text()
