import logging
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bot.adapters.slack import SlackChat, SlackOwnApp, client, connect
from bot.adapters.slack.failures import MethodRefusedError
from bot.adapters.slack.rate_limits import LONGEST_WAIT, PER_MINUTE, PRESSING_WAIT, RateLimits
from bot.adapters.slack.requests import SlackRequests
from bot.errors import PermanentError, TransientError, UserError
from bot.ports.chat import (
    OutgoingMessage,
    PictureUnusableError,
    PostedMessage,
    TokenRejectedError,
    TriggerExpiredError,
    Urgency,
)
from bot.rendering.chat.slack_text import mrkdwn_object, plain_object
from bot.rendering.chat.slack_value_rules import UnsendableError
from tests.fakes.slack import Cuts, Fails, Hangs, Loses, Person, Slack, outage, ratelimited
from tests.fakes.slack.faults import Fault

HELLO = OutgoingMessage("Hello", ({"type": "section", "text": mrkdwn_object("*Hello*")},))
OTHER = OutgoingMessage("Hello again")
HOME = {"type": "home", "blocks": [{"type": "section", "text": plain_object("Welcome")}]}
FORM = {
    "type": "modal",
    "title": plain_object("Join"),
    "submit": plain_object("Save"),
    "blocks": [
        {
            "type": "input",
            "block_id": "name",
            "label": plain_object("Name"),
            "element": {"type": "plain_text_input", "action_id": "join.name"},
        }
    ],
}


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
    return slack.person("Ada Lovelace", "ada@dojo.example", "Europe/London")


@pytest.fixture(name="chat")
def a_chat(slack: Slack) -> SlackChat:
    clock = Clock()
    return SlackChat(SlackRequests(client(slack.bot_token, slack.api_url), RateLimits(clock, clock.sleep)))


def since() -> datetime:
    return datetime.now(UTC) - timedelta(seconds=1)


def test_it_knows_where_it_is_and_asks_once(slack: Slack, chat: SlackChat) -> None:
    assert chat.workspace().id == slack.team
    assert chat.workspace().bot_user == slack.bot_user
    assert len(slack.asked("auth.test")) == 1


def test_people_are_looked_up_by_id_and_by_address(slack: Slack, chat: SlackChat, ada: Person) -> None:
    found = chat.user(ada.id)
    assert (found.name, found.time_zone, found.is_bot, found.gone) == (
        "Ada Lovelace", "Europe/London", False, False
    )  # fmt: skip
    assert chat.user_by_email("ADA@dojo.example") == found
    assert chat.user_by_email("nobody@dojo.example") is None
    ada.account.display_name, ada.account.tz, ada.account.deleted = "Ada 🦊", None, True
    found = chat.user(ada.id)
    assert (found.name, found.time_zone, found.gone) == ("Ada 🦊", "UTC", True)
    with pytest.raises(UserError, match="UNOBODY"):
        chat.user("UNOBODY")


def test_the_same_people_have_the_same_conversation(slack: Slack, chat: SlackChat, ada: Person) -> None:
    ben = slack.person("Ben")
    assert chat.conversation([ada.id]) == ada.dm
    group = chat.conversation([ada.id, ben.id])
    assert chat.conversation([ben.id, ada.id, ada.id]) == group
    assert group not in {ada.dm, ben.dm}
    for nobody in ([], [f"U{n}" for n in range(9)]):
        with pytest.raises(UnsendableError):
            chat.conversation(nobody)


def test_a_conversation_is_asked_for_once_until_posting_there_is_refused(
    slack: Slack, chat: SlackChat, ada: Person
) -> None:
    for _ in range(60):  # more than Slack lets be opened in a minute
        assert chat.conversation([ada.id]) == ada.dm
    assert len(slack.asked("conversations.open")) == 1
    slack.fault(Fails("channel_not_found"), "chat.postMessage")
    with pytest.raises(PermanentError):
        chat.post(ada.dm, HELLO, "message:1")
    assert chat.conversation([ada.id]) == ada.dm
    assert len(slack.asked("conversations.open")) == 2


def test_a_message_is_posted_changed_and_found_by_its_key(slack: Slack, chat: SlackChat, ada: Person) -> None:
    began = since()
    posted = chat.post(ada.dm, HELLO, "message:1")
    reply = chat.post(ada.dm, OTHER, "message:2", thread=posted.ts)
    (call, _) = slack.asked("chat.postMessage")
    assert (call.args["unfurl_links"], call.args["link_names"], call.args["parse"]) == (False, False, "none")
    assert chat.find(ada.dm, "message:1", began) == posted
    assert chat.find(ada.dm, "message:2", began) is None, "it stands in a thread"
    assert chat.find(ada.dm, "message:2", began, thread=posted.ts) == reply
    assert chat.find(ada.dm, "message:1", began + timedelta(hours=1)) is None
    chat.update(posted, OTHER)
    (message, _) = ada.messages
    assert (message["text"], "blocks" in message) == ("Hello again", False)
    assert chat.find(ada.dm, "message:1", began) == posted, "it keeps its key"
    chat.update(PostedMessage(ada.dm, "1.000000"), OTHER)


PNG = b"\x89PNG and more"


def shows(picture: str) -> OutgoingMessage:
    return OutgoingMessage("Look", ({"type": "image", "slack_file": {"id": picture}, "alt_text": "Look"},))


def test_a_picture_is_stored_for_nobody_and_then_shown(slack: Slack, chat: SlackChat, ada: Person) -> None:
    picture = chat.upload_picture("week.png", PNG, "x" * 1001)
    stored = slack.files[picture]
    assert (stored.content, stored.finished, len(stored.alt_text)) == (PNG, True, 1000)
    assert all(not call.args.get("channel_id") for call in slack.asked("files.completeUploadExternal"))
    chat.post(chat.conversation([ada.id]), shows(picture), "k")
    assert ada.messages[0]["blocks"][0]["slack_file"] == {"id": picture}
    chat.delete_picture(picture)
    chat.delete_picture(picture)  # gone already
    assert slack.files == {}


def test_a_picture_that_is_not_ready_is_told_from_a_message_that_is_wrong(
    slack: Slack, chat: SlackChat, ada: Person
) -> None:
    picture, there = chat.upload_picture("week.png", PNG, "Look"), chat.conversation([ada.id])
    slack.slow_files = 1
    with pytest.raises(PictureUnusableError):
        chat.post(there, shows(picture), "k")
    posted = chat.post(there, shows(picture), "k")
    chat.delete_picture(picture)
    with pytest.raises(PictureUnusableError):
        chat.update(posted, shows(picture))


@pytest.mark.parametrize("step", ["files.getUploadURLExternal", "upload", "files.completeUploadExternal"])
@pytest.mark.parametrize("fault", [outage(), Cuts(), Loses(), ratelimited()], ids=type)
def test_an_upload_that_fails_passes_and_leaves_at_most_a_file_that_nobody_sees(
    slack: Slack, chat: SlackChat, fault: Fault, step: str
) -> None:
    slack.fault(fault, step)
    with pytest.raises(TransientError):
        chat.upload_picture("week.png", PNG, "Look")
    assert slack.posted() == []
    assert len(slack.files) <= 1


def test_without_its_scope_a_picture_is_refused_for_good(slack: Slack, chat: SlackChat) -> None:
    slack.scopes.remove("files:write")
    with pytest.raises(PermanentError, match="the app lacks the scope files:write"):
        chat.upload_picture("week.png", PNG, "Look")


def test_our_own_messages_are_listed_and_deleted_and_no_others(
    slack: Slack, chat: SlackChat, ada: Person
) -> None:
    first, second = chat.post(ada.dm, HELLO, "message:1"), chat.post(ada.dm, OTHER, "message:2")
    theirs = {"type": "message", "user": ada.id, "text": "Hello", "ts": slack.stamp()}
    slack.channels[ada.dm].messages.append(theirs)
    slack.most_on_a_page = 2
    assert chat.own_messages(ada.dm) == [second, first]
    assert chat.delete(first)
    assert chat.delete(first), "it is gone already"
    assert not chat.delete(PostedMessage(ada.dm, theirs["ts"]))
    assert chat.own_messages(ada.dm) == [second]
    assert theirs in slack.channels[ada.dm].messages


def test_our_own_messages_in_threads_are_listed_too(slack: Slack, chat: SlackChat, ada: Person) -> None:
    asked = ada.says("Who knows?")
    answered = chat.post(ada.dm, HELLO, "message:1", asked["ts"])
    ada.says("And who else?", thread=asked["ts"])
    later = chat.post(ada.dm, OTHER, "message:2")
    assert chat.own_messages(ada.dm) == [later, answered]


def test_only_our_own_messages_are_found(slack: Slack, chat: SlackChat, ada: Person) -> None:
    forged = {"event_type": "sensei", "event_payload": {"key": "message:1"}}
    message = {"type": "message", "user": ada.id, "text": "Hello", "ts": slack.stamp(), "metadata": forged}
    slack.channels[ada.dm].messages.append(message)
    assert chat.find(ada.dm, "message:1", since()) is None


def test_a_message_is_found_on_a_later_page(slack: Slack, chat: SlackChat, ada: Person) -> None:
    posted = chat.post(ada.dm, HELLO, "first")
    for number in range(7):
        chat.post(ada.dm, HELLO, f"other:{number}")
    slack.most_on_a_page = 3
    assert chat.find(ada.dm, "first", since()) == posted
    assert chat.find(ada.dm, "none", since()) is None
    assert len(slack.asked("conversations.history")) == 6


def test_a_lost_answer_is_found_and_nothing_is_sent_twice(slack: Slack, chat: SlackChat, ada: Person) -> None:
    slack.fault(Loses(), "chat.postMessage")
    with pytest.raises(TransientError, match="did not answer"):
        chat.post(ada.dm, HELLO, "message:1")
    assert len(slack.asked("chat.postMessage")) == 1
    found = chat.find(ada.dm, "message:1", since())
    assert found is not None
    assert [each["ts"] for each in ada.messages] == [found.ts]


def test_a_message_may_be_late_in_the_list(slack: Slack, chat: SlackChat, ada: Person) -> None:
    posted = chat.post(ada.dm, HELLO, "message:1")
    slack.lag = 3600
    assert chat.find(ada.dm, "message:1", since()) is None
    slack.lag = 0
    assert chat.find(ada.dm, "message:1", since()) == posted


def test_a_form_opens_within_three_seconds_and_once(slack: Slack, chat: SlackChat, ada: Person) -> None:
    trigger = slack.trigger(ada.id)
    view = chat.open_view(trigger, FORM)
    assert ada.modal is not None
    assert ada.modal.id == view
    with pytest.raises(TriggerExpiredError):
        chat.open_view(trigger, FORM)
    slack.trigger_seconds = -1
    with pytest.raises(TriggerExpiredError):
        chat.open_view(slack.trigger(ada.id), FORM)
    chat.update_view(view, {**FORM, "title": plain_object("Changed")})
    assert ada.modal.title == "Changed"
    slack.modals.clear()
    chat.update_view(view, FORM)


def test_a_home_is_shown(slack: Slack, chat: SlackChat, ada: Person) -> None:
    chat.publish_home(ada.id, HOME)
    chat.publish_home(ada.id, HOME)
    assert ada.home is not None
    slack.home_enabled = False
    with pytest.raises(PermanentError, match="App Home"):
        chat.publish_home(ada.id, HOME)


@pytest.mark.parametrize(
    "send",
    [
        lambda chat: chat.post("D1", OutgoingMessage("<!channel>"), "k"),
        lambda chat: chat.post("D1", HELLO, ""),
        lambda chat: chat.update(PostedMessage("D1", "1.0"), OutgoingMessage("")),
        lambda chat: chat.open_view("1", {"type": "modal", "title": plain_object("x"), "blocks": []}),
        lambda chat: chat.update_view("V1", {**FORM, "colour": "red"}),
        lambda chat: chat.publish_home("U1", {**HOME, "blocks": [{"type": "data_table"}]}),
    ],
)
def test_nothing_leaves_that_the_validator_refuses(
    slack: Slack, chat: SlackChat, send: Callable[[SlackChat], object]
) -> None:
    with pytest.raises(UnsendableError):
        send(chat)
    assert slack.calls == []


TRANSIENT: list[tuple[Any, float | None]] = [
    (ratelimited(7), 7.0),
    (ratelimited(None), 60.0),
    (ratelimited(999_999), 3700.0),
    (Fails("internal_error"), None),
    (Fails("service_unavailable", 503, {"Retry-After": "5"}), 5.0),
    (outage(), None),
    (outage(502), None),
    (Fails("", 200), None),
    (Cuts(), None),
]


@pytest.mark.parametrize(("fault", "retry_in"), TRANSIENT)
def test_what_passes_is_tried_again_later(
    slack: Slack, chat: SlackChat, ada: Person, fault: Any, retry_in: float | None
) -> None:
    slack.fault(fault, "chat.postMessage")
    with pytest.raises(TransientError) as told:
        chat.post(ada.dm, HELLO, "k")
    assert told.value.retry_in == retry_in
    assert slack.bot_token not in str(told.value)
    assert ada.messages == []
    assert slack.unmet() == []


def test_a_slack_that_says_nothing_is_left_after_a_while(slack: Slack, ada: Person) -> None:
    chat = SlackChat(SlackRequests(client(slack.bot_token, slack.api_url, timeout=1)))
    slack.fault(Hangs(30), "users.info")
    began = time.monotonic()
    with pytest.raises(TransientError):
        chat.user(ada.id)
    assert time.monotonic() - began < 10


PERMANENT = [
    "token_revoked", "invalid_auth", "account_inactive", "not_in_channel", "channel_not_found",
    "user_not_found", "is_archived", "missing_scope", "restricted_action", "token_expired",
]  # fmt: skip


@pytest.mark.parametrize("error", PERMANENT)
def test_what_does_not_pass_is_told_with_a_remedy(
    slack: Slack, chat: SlackChat, ada: Person, error: str
) -> None:
    slack.fault(Fails(error), "chat.postMessage")
    with pytest.raises(PermanentError) as told:
        chat.post(ada.dm, HELLO, "k")
    assert told.value.what
    assert told.value.remedy
    assert slack.bot_token not in str(told.value)


@pytest.mark.parametrize("error", ["invalid_blocks", "msg_too_long", "metadata_too_large", "no_text"])
def test_what_slack_refuses_although_we_checked_is_a_bug(
    slack: Slack, chat: SlackChat, ada: Person, error: str
) -> None:
    slack.fault(Fails(error), "chat.postMessage")
    with pytest.raises(UnsendableError, match=error):
        chat.post(ada.dm, HELLO, "k")


def test_what_nobody_knows_is_a_bug(slack: Slack, chat: SlackChat, ada: Person) -> None:
    slack.fault(Fails("something_new"), "chat.postMessage")
    with pytest.raises(MethodRefusedError, match="something_new"):
        chat.post(ada.dm, HELLO, "k")


def test_a_scope_that_is_missing_is_named(slack: Slack, chat: SlackChat, ada: Person) -> None:
    chat.post(ada.dm, HELLO, "k")
    slack.scopes.discard("im:history")
    with pytest.raises(PermanentError, match="im:history"):
        chat.find(ada.dm, "k", since())


def test_a_revoked_token_and_a_removed_app_are_told(slack: Slack, chat: SlackChat, ada: Person) -> None:
    slack.revoke()
    with pytest.raises(PermanentError, match="revoked"):
        chat.post(ada.dm, HELLO, "k")
    slack.uninstall()
    with pytest.raises(PermanentError, match="removed"):
        connect(slack.bot_token, slack.api_url).post(ada.dm, HELLO, "k")


def test_no_token_and_no_message_is_in_any_log(
    slack: Slack, ada: Person, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    chat = connect(slack.bot_token, slack.api_url)
    chat.post(ada.dm, OutgoingMessage("A secret word"), "k")
    slack.fault(Cuts(), "*", 2)
    with pytest.raises(TransientError):
        chat.user(ada.id)
    with pytest.raises(TransientError):
        chat.user_by_email("ada@dojo.example")
    for word in (slack.bot_token, "A secret word", "ada@dojo.example"):
        assert word not in caplog.text


def test_a_method_that_slack_puts_off_is_not_asked_before_its_time(slack: Slack, ada: Person) -> None:
    clock = Clock()
    chat = SlackChat(SlackRequests(client(slack.bot_token, slack.api_url), RateLimits(clock, clock.sleep)))
    slack.fault(ratelimited(30), "users.info")
    with pytest.raises(TransientError):
        chat.user(ada.id)
    with pytest.raises(TransientError) as told:
        chat.user(ada.id)
    assert told.value.retry_in == pytest.approx(30)
    assert len(slack.asked("users.info")) == 1
    assert chat.conversation([ada.id]), "others go on"
    clock.now += 30
    assert chat.user(ada.id).id == ada.id


def test_a_channel_gets_one_post_a_second_and_others_need_not_wait() -> None:
    clock = Clock()
    limits = RateLimits(clock, clock.sleep)
    for _ in range(3):
        limits.wait("chat.postMessage", "C1", "Posting")
    assert clock.now == pytest.approx(1002)
    limits.wait("chat.postMessage", "C2", "Posting")
    assert clock.now == pytest.approx(1002)


def test_whoever_would_wait_long_is_told_when_to_come_again() -> None:
    clock = Clock()
    limits = RateLimits(clock, lambda _: None)  # others that wait at the same time
    for _ in range(int(LONGEST_WAIT) + 1):
        limits.wait("chat.postMessage", "C1", "Posting")
    with pytest.raises(TransientError) as told:
        limits.wait("chat.postMessage", "C1", "Posting")
    assert told.value.retry_in == pytest.approx(LONGEST_WAIT + 1)


def test_a_form_that_would_open_too_late_is_refused_at_once() -> None:
    clock = Clock()
    limits = RateLimits(clock, clock.sleep)
    limits.hold("views.open", PRESSING_WAIT + 0.1)
    limits.hold("views.update", PRESSING_WAIT + 0.1)
    with pytest.raises(TransientError):
        limits.wait("views.open", "", "Opening a form", Urgency.PRESSING)
    limits.wait("views.update", "", "Updating a form")


@pytest.mark.parametrize("method", [*PER_MINUTE, "no.such.method"])
def test_no_method_is_asked_oftener_than_slack_allows(method: str) -> None:
    clock = Clock()
    limits = RateLimits(clock, clock.sleep)
    made = []
    most = PER_MINUTE.get(method, 18)
    for _ in range(most * 3):
        clock.now += 20 / most
        try:
            limits.wait(method, "", "Asking")
        except TransientError as told:
            clock.now += told.retry_in or 0
            limits.wait(method, "", "Asking")
        made.append(clock.now)
    assert all(later - earlier > 59.999 for earlier, later in zip(made, made[most:], strict=False))


def test_the_forms_of_many_people_within_a_minute_all_open(slack: Slack, chat: SlackChat) -> None:
    """Nobody but Slack refuses a form, although more are opened than Slack promises to take."""
    people = [slack.person(f"P{n}") for n in range(PER_MINUTE["views.open"] + 30)]
    for person in people:
        chat.open_view(slack.trigger(person.id), FORM)
        assert person.modal
        chat.update_view(person.modal.id, FORM)
        chat.user(person.id, Urgency.PRESSING)


def test_a_form_waits_only_where_slack_has_asked_for_a_pause(slack: Slack, ada: Person) -> None:
    clock = Clock()
    chat = SlackChat(SlackRequests(client(slack.bot_token, slack.api_url), RateLimits(clock, clock.sleep)))
    slack.fault(ratelimited(30), "views.open")
    for _ in range(2):
        with pytest.raises(TransientError) as told:
            chat.open_view(slack.trigger(ada.id), FORM)
        assert told.value.retry_in == pytest.approx(30)
    assert len(slack.asked("views.open")) == 1
    clock.now += 30
    assert chat.open_view(slack.trigger(ada.id), FORM)


def test_background_work_leaves_half_of_a_minute_to_people() -> None:
    clock = Clock()
    limits = RateLimits(clock, clock.sleep)
    half = PER_MINUTE["views.publish"] // 2

    def publishes(urgency: Urgency) -> bool:
        try:
            limits.wait("views.publish", "", "Publishing", urgency)
        except TransientError:
            return False
        return True

    assert [publishes(Urgency.BACKGROUND) for _ in range(half + 1)] == [*[True] * half, False]
    assert [publishes(Urgency.NORMAL) for _ in range(half + 1)] == [*[True] * half, False]
    assert publishes(Urgency.PRESSING), "a person's click"
    clock.now += 60
    for _ in range(half):
        limits.wait("views.publish", "", "Publishing", Urgency.PRESSING)
    assert not publishes(Urgency.BACKGROUND), "what people needed counts"


def test_once_slack_rejects_the_token_it_is_left_alone_until_it_accepts_it(
    slack: Slack, chat: SlackChat, ada: Person
) -> None:
    slack.revoke()
    for _ in range(3):
        with pytest.raises(TokenRejectedError, match="SENSEI_SLACK_BOT_TOKEN"):
            chat.post(ada.dm, HELLO, "k")
    assert len(slack.calls) == 1
    assert "token was revoked" in str(chat.why_rejected())
    with pytest.raises(TokenRejectedError):
        chat.check_token()
    slack.refused.clear()
    chat.check_token()
    assert chat.why_rejected() is None
    chat.post(ada.dm, HELLO, "k")
    assert len(ada.messages) == 1


def test_many_at_once_keep_within_what_a_strict_slack_takes(slack: Slack) -> None:
    slack.strict_limits = True
    people = [slack.person(f"P{n}") for n in range(4)]
    chat = connect(slack.bot_token, slack.api_url)
    failures: list[Exception] = []

    def send(person: Person) -> None:
        try:
            for number in range(2):
                chat.post(person.dm, HELLO, f"{person.id}:{number}")
        except Exception as failed:  # noqa: BLE001 - told below
            failures.append(failed)

    threads = [threading.Thread(target=send, args=(each,)) for each in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert failures == []
    assert [len(each.messages) for each in people] == [2] * 4


def test_it_says_what_a_token_may(slack: Slack) -> None:
    itself = SlackOwnApp(slack.api_url)
    facts = itself.facts(slack.bot_token)
    assert (facts.workspace.name, facts.is_bot, facts.scopes) == ("Dojo", True, frozenset(slack.scopes))
    itself.check_socket_token(slack.app_token)
    with pytest.raises(PermanentError):
        itself.facts("xoxb-wrong")
    with pytest.raises(PermanentError):
        itself.check_socket_token(slack.bot_token)
    slack.app_scopes.clear()
    with pytest.raises(PermanentError, match="connections:write"):
        itself.check_socket_token(slack.app_token)
