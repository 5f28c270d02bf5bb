"""Sensei's direct messages to a person are deleted in a workspace on loopback, also after interruptions."""

from collections.abc import Iterator

import pytest

from bot.adapters.slack import SlackChat, connect
from bot.errors import UserError
from bot.ports.chat import OutgoingMessage
from bot.ports.personal_data import DirectMessages
from bot.workflows.privacy.message_deletion import MessageDeletion
from tests.fakes.slack import Fails, Loses, Person, Slack, ratelimited


@pytest.fixture(name="slack")
def a_workspace() -> Iterator[Slack]:
    with Slack() as slack:
        yield slack


@pytest.fixture(name="chat")
def a_chat(slack: Slack) -> SlackChat:
    return connect(slack.bot_token, slack.api_url)


@pytest.fixture(name="ada")
def somebody(slack: Slack, chat: SlackChat) -> Person:
    ada = slack.person("Ada")
    for number in range(3):
        slack.channels[ada.dm].messages.append(
            {"type": "message", "user": slack.bot_user, "text": f"{number}", "ts": slack.stamp()}
        )
    slack.channels[ada.dm].messages.append(
        {"type": "message", "user": ada.id, "text": "mine", "ts": slack.stamp()}
    )
    return ada


def texts(slack: Slack, channel: str) -> list[str]:
    return [message["text"] for message in slack.messages(channel)]


def test_messages_to_the_person_alone_go_and_all_others_stay(
    slack: Slack, chat: SlackChat, ada: Person
) -> None:
    bo = slack.person("Bo")
    both = chat.conversation([ada.id, bo.id])
    for channel in (both, chat.conversation([bo.id])):
        chat.post(channel, OutgoingMessage("for others too"), f"key:{channel}")
    work = MessageDeletion(chat)
    assert work.count([ada.id]) == DirectMessages(3)
    assert len(texts(slack, ada.dm)) == 4
    assert work.delete([ada.id]) == DirectMessages(3)
    assert texts(slack, ada.dm) == ["mine"]
    assert texts(slack, both) == texts(slack, bo.dm) == ["for others too"]
    assert work.delete([ada.id]) == DirectMessages(0)


def test_a_rate_limit_is_waited_for(slack: Slack, chat: SlackChat, ada: Person) -> None:
    waited: list[float] = []

    def wait(seconds: float) -> None:
        waited.append(seconds)
        chat.caller.limits._held.clear()  # as if the time had passed

    slack.fault(ratelimited(30), "chat.delete")
    assert MessageDeletion(chat, wait).delete([ada.id]) == DirectMessages(3)
    assert waited == [30.0]


def test_a_deletion_that_was_killed_is_finished_when_it_is_repeated(
    slack: Slack, chat: SlackChat, ada: Person
) -> None:
    def die(_seconds: float) -> None:
        raise KeyboardInterrupt

    slack.fault(Loses(), "chat.delete")  # the message is gone, but nobody has heard of it
    with pytest.raises(KeyboardInterrupt):
        MessageDeletion(chat, die).delete([ada.id])
    assert texts(slack, ada.dm) == ["0", "1", "mine"]
    again = connect(slack.bot_token, slack.api_url)
    assert MessageDeletion(again).delete([ada.id]) == DirectMessages(2)
    assert texts(slack, ada.dm) == ["mine"]


def test_what_slack_refuses_is_counted_or_said(slack: Slack, chat: SlackChat, ada: Person) -> None:
    slack.fault(Fails("cant_delete_message"), "chat.delete")
    assert MessageDeletion(chat).delete([ada.id]) == DirectMessages(2, refused=1)
    slack.fault(Fails("account_inactive"), "chat.delete")
    with pytest.raises(UserError, match="Nothing was deleted"):
        MessageDeletion(chat).delete([ada.id])
    chat.check_token()
    assert MessageDeletion(chat).delete([ada.id]) == DirectMessages(1)
