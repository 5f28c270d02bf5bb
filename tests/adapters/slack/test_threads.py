"""A thread's status, title and suggested questions, and messages that grow while they are read."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bot.adapters.slack import SlackChat, client
from bot.adapters.slack.failures import MethodRefusedError
from bot.adapters.slack.rate_limits import RateLimits
from bot.adapters.slack.requests import SlackRequests
from bot.errors import TransientError
from bot.ports.chat import (
    FeatureUnavailableError,
    OutgoingMessage,
    PostedMessage,
    SuggestedPrompt,
    TokenRejectedError,
)
from bot.rendering.chat.slack_streams import stream_parts
from bot.rendering.chat.slack_text import mrkdwn_object
from bot.rendering.chat.slack_value_rules import UnsendableError
from tests.fakes.slack import Fails, Loses, Person, Slack, outage, ratelimited

WHOLE = OutgoingMessage("Whole", ({"type": "section", "text": mrkdwn_object("*Whole*")},))
PROMPTS = (SuggestedPrompt("Rubric", "What does the rubric mean by evals?"),)
CODES = {
    "access_denied",
    "channel_type_not_supported",
    "feature_not_enabled",
    "method_not_supported_for_channel_type",
    "missing_recipient_user_id",
    "missing_scope",
    "not_agent_app",
    "not_allowed",
    "restricted_action",
    "restricted_action_thread_locked",
    "team_access_not_granted",
    "unknown_method",
    "msg_too_long",
    "a_code_of_tomorrow",
}
"""How Slack says that it has no such feature, or not for this app or conversation."""


class Clock:
    """Time that passes when somebody sleeps."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds


@pytest.fixture(name="slack")
def a_workspace() -> Iterator[Slack]:
    with Slack() as slack:
        yield slack


@pytest.fixture(name="ada")
def somebody(slack: Slack) -> Person:
    return slack.person("Ada Lovelace")


@pytest.fixture(name="clock")
def a_clock() -> Clock:
    return Clock()


@pytest.fixture(name="chat")
def a_chat(slack: Slack, clock: Clock) -> SlackChat:
    return SlackChat(SlackRequests(client(slack.bot_token, slack.api_url), RateLimits(clock, clock.sleep)))


def since() -> datetime:
    return datetime.now(UTC) - timedelta(minutes=1)


def test_a_status_a_title_and_questions_are_shown_in_a_thread(
    slack: Slack, chat: SlackChat, ada: Person
) -> None:
    asked = ada.says("What is an eval?")["ts"]
    chat.set_status(ada.dm, asked, "is looking it up")
    chat.set_title(ada.dm, asked, "What is an eval?")
    chat.suggest_prompts(ada.dm, None, "What would you like to know?", PROMPTS)
    assert slack.statuses == {(ada.dm, asked): "is looking it up"}
    assert slack.titles == {(ada.dm, asked): "What is an eval?"}
    assert slack.prompts == {
        (ada.dm, ""): {
            "title": "What would you like to know?",
            "prompts": [{"title": "Rubric", "message": "What does the rubric mean by evals?"}],
        }
    }
    chat.set_status(ada.dm, asked, "")
    assert slack.statuses == {}
    chat.set_status(ada.dm, asked, "is looking it up")
    chat.post(ada.dm, WHOLE, "k:1", asked)
    assert slack.statuses == {}, "the answer takes its place"


def test_what_would_not_be_understood_is_not_sent(slack: Slack, chat: SlackChat, ada: Person) -> None:
    asked = ada.says("?")["ts"]
    posted = PostedMessage(ada.dm, asked)
    refused: list[Callable[[], Any]] = [
        lambda: chat.set_status(ada.dm, asked, "x" * 101),
        lambda: chat.set_title(ada.dm, asked, " "),
        lambda: chat.set_title(ada.dm, asked, "two\nlines"),
        lambda: chat.set_title(ada.dm, asked, "<!channel>"),
        lambda: chat.suggest_prompts(ada.dm, None, "Ask", PROMPTS * 5),
        lambda: chat.suggest_prompts(ada.dm, None, "Ask", ()),
        lambda: chat.append_stream(posted, ""),
        lambda: chat.append_stream(posted, "x" * 12_001),
        lambda: chat.append_stream(posted, "<@U0123>"),
        lambda: chat.append_stream(posted, "[here](http:/x)"),
        lambda: chat.append_stream(posted, "https://evil.example"),
        lambda: chat.append_stream(posted, "@channel"),
    ]
    for send in refused:
        with pytest.raises(UnsendableError):
            send()
    assert slack.calls == []


def _calls(chat: SlackChat, ada: Person, thread: str) -> dict[str, Callable[[], Any]]:
    return {
        "assistant.threads.setStatus": lambda: chat.set_status(ada.dm, thread, "is looking it up"),
        "assistant.threads.setTitle": lambda: chat.set_title(ada.dm, thread, "Evals"),
        "assistant.threads.setSuggestedPrompts": lambda: chat.suggest_prompts(ada.dm, thread, "Ask", PROMPTS),
        "chat.startStream": lambda: chat.start_stream(ada.dm, thread, ada.id),
    }


def test_without_the_feature_each_says_so_in_one_way(
    slack: Slack, chat: SlackChat, ada: Person, clock: Clock, subtests: pytest.Subtests
) -> None:
    asked = ada.says("?")["ts"]
    for method, call in _calls(chat, ada, asked).items():
        for code in sorted(CODES):
            with subtests.test(method, code=code):
                clock.sleep(60)
                slack.fault(Fails(code), method)
                with pytest.raises(FeatureUnavailableError):
                    call()
        with subtests.test(method, code="outage"):
            slack.fault(outage(), method)
            with pytest.raises(TransientError):
                call()
        clock.sleep(60)
        with subtests.test(method, code="revoked"):
            slack.fault(Fails("token_revoked"), method)
            with pytest.raises(TokenRejectedError):
                call()
            chat.check_token()


def test_an_app_of_an_earlier_manifest_lacks_only_the_feature(
    slack: Slack, chat: SlackChat, ada: Person
) -> None:
    asked = ada.says("?")["ts"]
    slack.is_agent = False
    with pytest.raises(FeatureUnavailableError):
        chat.suggest_prompts(ada.dm, None, "Ask", PROMPTS)
    slack.scopes -= {"assistant:write", "app_mentions:read"}
    with pytest.raises(FeatureUnavailableError, match="assistant:write"):
        chat.set_title(ada.dm, asked, "Evals")
    chat.set_status(ada.dm, asked, "is looking it up")
    chat.stop_stream(chat.start_stream(ada.dm, asked, ada.id), WHOLE, "k:1")
    assert ada.messages[-1]["text"] == "Whole"


def test_a_thread_that_is_gone_gets_nothing(slack: Slack, chat: SlackChat, ada: Person) -> None:
    calls = _calls(chat, ada, "1700000000.000001")
    with pytest.raises(FeatureUnavailableError):
        calls.pop("chat.startStream")()
    for call in calls.values():
        call()
    assert (slack.statuses, slack.titles, slack.prompts) == ({}, {}, {})


def test_a_message_grows_and_becomes_an_ordinary_one(slack: Slack, chat: SlackChat, ada: Person) -> None:
    asked = ada.says("?")["ts"]
    posted = chat.start_stream(ada.dm, asked, ada.id)
    assert chat.append_stream(posted, "An eval is ")
    assert chat.append_stream(posted, "a test\\.")
    assert [message["text"] for message in ada.messages] == ["An eval is a test\\."]
    assert "metadata" not in ada.messages[0]
    chat.stop_stream(posted, WHOLE, "k:1")
    [message] = ada.messages
    assert (message["text"], message["blocks"][0]["text"]["text"]) == ("Whole", "*Whole*")
    assert message["thread_ts"] == asked
    assert chat.find(ada.dm, "k:1", since(), asked) == posted
    assert chat.find_stream(ada.dm, asked, since()) is None
    assert not chat.append_stream(posted, "more")
    chat.stop_stream(posted, WHOLE, "k:1")
    assert len(ada.messages) == 1
    [start] = slack.asked("chat.startStream")
    assert (start.args["recipient_user_id"], start.args["recipient_team_id"]) == (ada.id, slack.team)


@pytest.mark.parametrize("how", ["by Slack", "by its reader"])
def test_a_stream_that_was_ended_still_becomes_the_whole_message(
    slack: Slack, chat: SlackChat, ada: Person, how: str
) -> None:
    asked = ada.says("?")["ts"]
    posted = chat.start_stream(ada.dm, asked, ada.id)
    assert chat.append_stream(posted, "An eval")
    if how == "by Slack":
        slack.expire_streams()
    else:
        ada.stops(ada.messages[0])
    assert not chat.append_stream(posted, " is a test")
    chat.stop_stream(posted, WHOLE, "k:1")
    assert [message["text"] for message in ada.messages] == ["Whole"]
    assert chat.find(ada.dm, "k:1", since(), asked) == posted


@pytest.mark.parametrize("lost", ["chat.startStream", "chat.stopStream", "chat.update"])
def test_after_a_lost_answer_the_one_message_is_found_and_finished(
    slack: Slack, chat: SlackChat, ada: Person, lost: str
) -> None:
    asked = ada.says("?")["ts"]
    chat.post(ada.dm, OutgoingMessage("Earlier"), "k:0", asked)
    slack.fault(Loses(), lost)
    with pytest.raises(TransientError):
        chat.stop_stream(chat.start_stream(ada.dm, asked, ada.id), WHOLE, "k:1")
    found = chat.find(ada.dm, "k:1", since(), asked) or chat.find_stream(ada.dm, asked, since())
    assert found is not None
    chat.stop_stream(found, WHOLE, "k:1")
    assert [message["text"] for message in ada.messages] == ["Earlier", "Whole"]
    assert not slack.streams


def test_only_our_own_unfinished_messages_in_the_thread_are_found(
    slack: Slack, chat: SlackChat, ada: Person
) -> None:
    asked, other = ada.says("?")["ts"], ada.says("And?")["ts"]
    ada.says("I mean", thread=asked)
    chat.start_stream(ada.dm, other, ada.id)
    assert chat.find_stream(ada.dm, asked, since()) is None
    root = ada.opens_thread()
    assert chat.find_stream(ada.dm, root, since()) is None
    posted = chat.start_stream(ada.dm, asked, ada.id)
    assert chat.find_stream(ada.dm, asked, since()) == posted
    assert chat.find_stream(ada.dm, asked, datetime.now(UTC) + timedelta(hours=1)) is None


def test_whatever_slack_refuses_of_a_part_the_whole_message_is_shown(
    slack: Slack, chat: SlackChat, ada: Person
) -> None:
    asked = ada.says("?")["ts"]
    posted = chat.start_stream(ada.dm, asked, ada.id)
    slack.fault(Fails("a_code_of_tomorrow"), "chat.appendStream")
    assert not chat.append_stream(posted, "An eval")
    chat.stop_stream(posted, WHOLE, "k:1")
    assert [message["text"] for message in ada.messages] == ["Whole"]


def test_a_message_that_is_gone_is_left_alone(slack: Slack, chat: SlackChat, ada: Person) -> None:
    asked = ada.says("?")["ts"]
    posted = chat.start_stream(ada.dm, asked, ada.id)
    chat.delete(posted)
    assert not chat.append_stream(posted, "more")
    chat.stop_stream(posted, WHOLE, "k:1")
    assert ada.messages == []


def test_where_slack_lets_no_message_grow_the_caller_learns_it(
    slack: Slack, chat: SlackChat, ada: Person
) -> None:
    group = chat.conversation([ada.id, slack.person("Ben").id])
    first = chat.post(group, WHOLE, "k:0")
    with pytest.raises(FeatureUnavailableError, match="channel_type_not_supported"):
        chat.start_stream(group, first.ts, ada.id)
    with pytest.raises(FeatureUnavailableError):
        chat.set_status(group, first.ts, "is looking it up")
    channel = slack.channel(ada)
    asked = ada.says("?", channel)["ts"]
    chat.stop_stream(chat.start_stream(channel, asked, ada.id), WHOLE, "k:1")
    assert slack.messages(channel)[-1]["text"] == "Whole"


def test_a_refusal_of_the_end_is_a_bug_unless_it_is_known(slack: Slack, chat: SlackChat, ada: Person) -> None:
    posted = chat.start_stream(ada.dm, ada.says("?")["ts"], ada.id)
    calls: dict[str, Callable[[], Any]] = {
        "chat.appendStream": lambda: chat.append_stream(posted, "more"),
        "chat.stopStream": lambda: chat.stop_stream(posted, WHOLE, "k:1"),
    }
    slack.fault(Fails("no_such_code"), "chat.stopStream")
    with pytest.raises(MethodRefusedError):
        calls["chat.stopStream"]()
    for method, call in calls.items():
        slack.fault(ratelimited(7), method)
        with pytest.raises(TransientError) as limited:
            call()
        assert limited.value.retry_in == 7


def test_every_part_of_any_text_may_be_sent_and_shows_nothing_but_words(
    slack: Slack, chat: SlackChat, ada: Person, subtests: pytest.Subtests
) -> None:
    texts = {
        "mentions": "Ask <@U0123> or <!channel>, @here and @everyone.",
        "links": "See [this](https://evil.example/a) or <https://evil.example|that>, http://x.example.",
        "formats": "*bold* _it_ ~no~ `code` # head\n> quote\n| a | b |",
        "escapes": r"\[x\](y) & &lt;b&gt; \\",
        "invisible": "a\u202eb\u2066c",
        "long": "A sentence of some words. " * 200,
        "one long word": "x" * 3000,
    }
    for name, text in texts.items():
        with subtests.test(name):
            parts = stream_parts(text)
            assert parts
            posted = chat.start_stream(ada.dm, ada.says("?")["ts"], ada.id)
            assert all(chat.append_stream(posted, part) for part in parts)
            assert "<" not in ada.messages[-1]["text"]
    assert len(stream_parts(texts["long"])) > 5
    assert stream_parts("") == []
    assert "".join(stream_parts("One. Two?\n\nThree")) == "One. Two?\n\nThree"


def test_when_many_have_grown_within_a_minute_the_next_is_an_ordinary_one_at_once(
    slack: Slack, chat: SlackChat, ada: Person, clock: Clock
) -> None:
    asked = ada.says("?")["ts"]
    begun = clock.now
    for number in range(18):
        chat.stop_stream(chat.start_stream(ada.dm, asked, ada.id), WHOLE, f"k:{number}")
    assert clock.now - begun < 60
    with pytest.raises(FeatureUnavailableError):
        chat.start_stream(ada.dm, asked, ada.id)
    assert len(slack.asked("chat.startStream")) == 18
    clock.sleep(60)
    chat.start_stream(ada.dm, asked, ada.id)
