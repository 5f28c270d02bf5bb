"""Parses Slack's requests into commands, clicks, forms and events.

The requests have already been verified. Unknown ones become ``Other`` and are ignored.
https://docs.slack.dev/interactivity/handling-user-interaction
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import Any

from bot.domain.chat.slack_escapes import escape, unescape, unescape_message
from bot.domain.text.storable_text import make_storable

Value = str | tuple[str, ...] | None
"""A field's value: a text, one or several choices, or nothing."""

COMMAND, ACTION, VIEW, EVENT = "slack.command", "slack.action", "slack.view", "slack.event"
"""The event names under which deliveries are stored."""
SHORTCUT = "slack.shortcut"
"""The use of a message's shortcut. It opens a form, and nothing of it is stored."""


@dataclass(frozen=True, slots=True)
class SlashCommand:
    """``/dojo text``, with the text as its author typed it. ``trigger`` can open a view for three seconds."""

    team: str
    user: str
    channel: str = ""
    text: str = ""
    trigger: str = ""
    response_url: str = ""


@dataclass(frozen=True, slots=True)
class Click:
    """A button or menu was used.

    ``id`` is its action id without the suffix that makes it unique. If it is in
    a view, ``view`` is that view's id and ``metadata`` its metadata. If it is in a message, ``channel`` and
    ``ts`` identify the message.
    """

    team: str
    user: str
    id: str
    value: Value = None
    channel: str = ""
    ts: str = ""
    view: str = ""
    metadata: str = ""
    home: bool = False
    trigger: str = ""
    response_url: str = ""


@dataclass(frozen=True, slots=True)
class Submission:
    """A form was submitted. ``id`` is its callback id. ``values`` are by block id, one field per block."""

    team: str
    user: str
    id: str
    metadata: str = ""
    values: Mapping[str, Value] = field(default_factory=lambda: MappingProxyType({}))
    view: str = ""

    def text(self, block: str) -> str:
        """Return a field's text or choice, without surrounding spaces; empty if it was left empty."""
        value = self.values.get(block)
        return value.strip() if isinstance(value, str) else ""

    def chosen(self, block: str) -> tuple[str, ...]:
        """Return a field's choices in the order in which they were chosen."""
        value = self.values.get(block)
        return (value,) if isinstance(value, str) else value or ()


@dataclass(frozen=True, slots=True)
class MessageShortcut:
    """A person chose a shortcut in a message's menu. ``id`` is its callback id.

    ``author`` is the account that wrote the message, or empty if an app wrote it; ``text`` is what it says.
    """

    team: str
    user: str
    id: str
    author: str = ""
    text: str = ""
    trigger: str = ""
    response_url: str = ""


@dataclass(frozen=True, slots=True)
class HomeOpened:
    """A person opened their App Home."""

    team: str
    user: str


@dataclass(frozen=True, slots=True)
class DirectMessage:
    """A person wrote to the app in their direct messages with it. What they wrote isn't kept, or read."""

    team: str
    user: str


@dataclass(frozen=True, slots=True)
class PaneOpened:
    """A person opened their direct messages with the app, or began a thread in the app's pane.

    ``thread`` is the thread's first message, which is the app's. It is empty for the direct messages as a
    whole, and always in an app with Slack's newer agent view.
    """

    team: str
    user: str
    channel: str
    thread: str = ""


@dataclass(frozen=True, slots=True)
class Mention:
    """A person mentioned the app in a channel. ``thread`` is the first message of its thread, maybe itself.

    ``text`` is as its author typed it, without the mention of the app.
    """

    team: str
    user: str
    channel: str
    thread: str
    ts: str
    text: str = field(default="", repr=False)


class ReplyChange(StrEnum):
    """What a person has done with a reply."""

    WRITTEN = "written"
    EDITED = "edited"
    DELETED = "deleted"


@dataclass(frozen=True, slots=True)
class ThreadReply:
    """A person's message in a thread of their direct messages with the app, written, edited or deleted.

    ``thread`` is the first message of the thread: the message itself, if it begins one. ``parent`` is the
    account that wrote the first message, or empty if Slack doesn't say. ``text`` is as its author typed it.
    It is read, and stored, only if a feature keeps it: the thread begins with a message of the app that asks
    for a reply, or its author may ask Sensei.
    """

    team: str
    user: str
    channel: str
    thread: str
    ts: str
    change: ReplyChange
    text: str = field(default="", repr=False)
    parent: str = ""

    @property
    def reference(self) -> str:
        """Identifies the message in the workspace."""
        return f"{self.channel} {self.ts}"

    @property
    def begins_thread(self) -> bool:
        """Whether the message is in no other message's thread."""
        return self.thread == self.ts


@dataclass(frozen=True, slots=True)
class Uninstalled:
    """The app was removed from the workspace."""

    team: str


@dataclass(frozen=True, slots=True)
class TokensRevoked:
    """The app's token is no longer valid."""

    team: str


@dataclass(frozen=True, slots=True)
class Other:
    """A request that is ignored. ``team`` is empty if the request names no workspace."""

    team: str = ""
    user: str = ""


Acted = SlashCommand | Click | Submission
Happened = (
    Acted
    | MessageShortcut
    | HomeOpened
    | PaneOpened
    | Mention
    | DirectMessage
    | ThreadReply
    | Uninstalled
    | TokensRevoked
    | Other
)


def parse_event(event: str, payload: bytes) -> Happened:
    """Parse a stored delivery."""
    try:
        body = json.loads(payload)
    except (ValueError, RecursionError):
        return Other()
    return read_payload(event, body) if isinstance(body, dict) else Other()


def read_payload(event: str, body: Mapping[str, Any]) -> Happened:
    """Parse a request's body. ``event`` is one of the five. Requests without a workspace are ignored."""
    reader = {
        COMMAND: _read_command,
        ACTION: _read_click,
        VIEW: _read_submission,
        SHORTCUT: _read_shortcut,
        EVENT: _read_event,
    }.get(event)
    happened = reader(body) if reader else Other()
    return happened if happened.team else Other()


def payload_to_keep(
    body: Mapping[str, Any], reply: ThreadReply | None = None, *, text: bool = False
) -> dict[str, Any]:
    """Return the part of a body that is stored.

    It leaves out the blocks that Sensei sent, the legacy verification token and the response addresses.
    Anyone with a response address can post for half an hour, and only the answer needs it. Of a message, it
    keeps only who wrote it, and to whom; of a ``reply`` that a feature keeps, also its place and, with
    ``text``, its text. Of a mention, it keeps the place and, with ``text``, the text. It never keeps what a
    person was looking at.
    """
    event = body.get("event")
    if reply is not None:
        body = {**body, "event": _keep_reply(reply, text=text)}
    elif isinstance(event, Mapping) and (names := _KEPT.get(_text(event, "type"))):
        names = (*names, "text") if text and event["type"] == "app_mention" else names
        body = {**body, "event": _pick(event, names)}
    body = {name: value for name, value in body.items() if name not in _UNKEPT}
    for shown in ("view", "message"):
        if isinstance(body.get(shown), dict):
            body[shown] = {name: value for name, value in body[shown].items() if name != "blocks"}
    return body


def _keep_reply(reply: ThreadReply, *, text: bool) -> dict[str, Any]:
    """Return the event of a reply as Slack sends it, with nothing but what is read of it."""
    written = {"user": reply.user, "ts": reply.ts, "thread_ts": reply.thread}
    if reply.parent:
        written["parent_user_id"] = reply.parent
    if text:
        written["text"] = escape(reply.text)
    event: dict[str, Any] = {"type": "message", "channel_type": "im", "channel": reply.channel}
    match reply.change:
        case ReplyChange.WRITTEN:
            return {**event, **written}
        case ReplyChange.EDITED:
            return {**event, "subtype": "message_changed", "message": written}
        case ReplyChange.DELETED:
            return {**event, "subtype": "message_deleted", "previous_message": written}


def _pick(event: Mapping[str, Any], names: tuple[str, ...]) -> dict[str, Any]:
    """Return some values of an event, and of its thread, if it has one, only where it is and whose.

    Whose it is stands where all other events have it, so that their data is found.
    """
    picked = {name: event[name] for name in names if name in event}
    if isinstance(thread := picked.get("assistant_thread"), Mapping):
        picked["assistant_thread"] = {name: thread[name] for name in _THREAD if name in thread}
        picked["user"] = _text(event, "assistant_thread", "user_id")
    return picked


_AUTHOR = ("type", "user", "team", "user_team", "source_team", "bot_id")
_THREAD = ("user_id", "channel_id", "thread_ts")
_KEPT: Mapping[str, tuple[str, ...]] = {
    "message": (*_AUTHOR, "subtype", "channel_type"),
    "app_mention": (*_AUTHOR, "channel", "ts", "thread_ts"),
    "app_home_opened": (*_AUTHOR, "channel", "tab"),
    "assistant_thread_started": (*_AUTHOR, "assistant_thread"),
}
"""What is kept of an event that may contain words, or what a person was looking at."""
_UNKEPT = frozenset({"token", "is_enterprise_install", "response_url", "response_urls"})


def delivery_id(event: str, body: Mapping[str, Any]) -> str:
    """Return an id that stays the same if Slack sends a request again, or an empty string.

    An open form's view has a fixed id, but gets a new hash after each answer with errors.
    """
    if event == EVENT:
        return _text(body, "event_id")
    if event == VIEW:
        view, hash_ = _text(body, "view", "id"), _text(body, "view", "hash")
        return f"{view}:{hash_}" if view else ""
    return _text(body, "trigger_id")


def _read_command(body: Mapping[str, Any]) -> Happened:
    return SlashCommand(
        _text(body, "team_id"),
        _text(body, "user_id"),
        _text(body, "channel_id"),
        unescape(_text(body, "text")),
        _text(body, "trigger_id"),
        _text(body, "response_url"),
    )


def _read_click(body: Mapping[str, Any]) -> Happened:
    actions = body.get("actions")
    first = actions[0] if isinstance(actions, list) and actions else None
    if not isinstance(first, dict):
        return Other(_read_team(body), _text(body, "user", "id"))
    return Click(
        _read_team(body),
        _text(body, "user", "id"),
        _text(first, "action_id").partition(":")[0],
        _read_value(first),
        _text(body, "container", "channel_id") or _text(body, "channel", "id"),
        _text(body, "container", "message_ts") or _text(body, "message", "ts"),
        _text(body, "view", "id"),
        _text(body, "view", "private_metadata"),
        _text(body, "view", "type") == "home",
        _text(body, "trigger_id"),
        _text(body, "response_url"),
    )


def _read_submission(body: Mapping[str, Any]) -> Happened:
    if body.get("type") != "view_submission":
        return Other(_read_team(body), _text(body, "user", "id"))
    state = body["view"].get("state") if isinstance(body.get("view"), dict) else None
    blocks = state.get("values") if isinstance(state, dict) else None
    values: dict[str, Value] = {}
    for block, fields in (blocks or {}).items() if isinstance(blocks, dict) else ():
        entered = next(iter(fields.values()), None) if isinstance(fields, dict) else None
        if isinstance(entered, dict):
            values[block] = _read_value(entered)
    return Submission(
        _read_team(body),
        _text(body, "user", "id"),
        _text(body, "view", "callback_id"),
        _text(body, "view", "private_metadata"),
        values,
        _text(body, "view", "id"),
    )


def _read_shortcut(body: Mapping[str, Any]) -> Happened:
    if body.get("type") != "message_action":
        return Other(_read_team(body), _text(body, "user", "id"))
    is_an_apps = bool(_text(body, "message", "bot_id"))
    return MessageShortcut(
        _read_team(body),
        _text(body, "user", "id"),
        _text(body, "callback_id"),
        "" if is_an_apps else _text(body, "message", "user"),
        unescape_message(_text(body, "message", "text")),
        _text(body, "trigger_id"),
        _text(body, "response_url"),
    )


def _read_event(body: Mapping[str, Any]) -> Happened:  # noqa: PLR0911 - one for each type of event
    whose = [_text(body, "event", name) for name in ("user_team", "source_team")]
    team = _one_team(body, _text(body, "team_id"), *whose)
    user = _text(body, "event", "user")
    match _text(body, "event", "type"):
        case "message":
            return _read_message(body, _one_team(body, team, _text(body, "event", "team")), user)
        case "app_home_opened" if _text(body, "event", "tab") == "home":
            return HomeOpened(team, user)
        case "app_home_opened" if _text(body, "event", "tab") == "messages":
            return PaneOpened(team, user, _text(body, "event", "channel"))
        case "assistant_thread_started":
            return _read_thread_start(body, team)
        case "app_mention":
            return _read_mention(body, _one_team(body, team, _text(body, "event", "team")), user)
        case "app_uninstalled":
            return Uninstalled(team)
        case "tokens_revoked":
            return TokensRevoked(team)
    return Other(team, user)


def _read_message(body: Mapping[str, Any], team: str, user: str) -> Happened:
    if (reply := _read_reply(body, team)) is not None:
        return reply
    return DirectMessage(team, user) if _is_for_the_app(body) else Other(team, user)


_REPLIES = {
    None: (ReplyChange.WRITTEN, ()),
    "file_share": (ReplyChange.WRITTEN, ()),
    "thread_broadcast": (ReplyChange.WRITTEN, ()),
    "message_changed": (ReplyChange.EDITED, ("message",)),
    "message_deleted": (ReplyChange.DELETED, ("previous_message",)),
}


def _read_reply(body: Mapping[str, Any], team: str) -> ThreadReply | None:
    """Return a person's message in their direct messages with the app, if its place is known, or None.

    If a message has replies, Slack doesn't report that it was deleted, but that its text changed to a
    tombstone's, which is Slackbot's.
    """
    event = body.get("event")
    if not isinstance(event, Mapping) or _text(event, "channel_type") != "im":
        return None
    subtype = event.get("subtype")
    change, path = _REPLIES.get(subtype if isinstance(subtype, str) else None, (None, ()))
    if change is ReplyChange.EDITED and _text(event, "message", "subtype") == "tombstone":
        change, path = _REPLIES["message_deleted"]
    user, ts, thread = (_text(event, *path, name) for name in ("user", "ts", "thread_ts"))
    if change is None or not ts or not _is_persons(event, path, user):
        return None
    text = unescape(_text(event, *path, "text"))
    before = unescape(_text(event, "previous_message", "text"))
    if change is ReplyChange.EDITED and text and text == before:
        return None  # Slack has only added a preview
    parent = _text(event, *path, "parent_user_id")
    return ThreadReply(team, user, _text(event, "channel"), thread or ts, ts, change, text, parent)


def _read_thread_start(body: Mapping[str, Any], team: str) -> Happened:
    user, channel, thread = (_text(body, "event", "assistant_thread", name) for name in _THREAD)
    return PaneOpened(team, user, channel, thread) if user and thread else Other(team, user)


def _read_mention(body: Mapping[str, Any], team: str, user: str) -> Happened:
    """Return a mention in a channel. Slack also has group messages, but not direct ones, sent as mentions.

    An edit of a message that mentions the app comes as a mention of the same message.
    """
    event = body.get("event")
    channel, ts = _text(body, "event", "channel"), _text(body, "event", "ts")
    if not isinstance(event, Mapping) or not _is_persons(event, (), user) or not channel or not ts:
        return Other(team, user)
    text = unescape(_text(body, "event", "text"))
    for app in _app_users(body):
        text = text.replace(f"<@{app}>", "")
    return Mention(team, user, channel, _text(body, "event", "thread_ts") or ts, ts, text.strip())


def _app_users(body: Mapping[str, Any]) -> list[str]:
    """Return the app's own users, for which Slack delivers a request."""
    listed = body.get("authorizations")
    people = listed if isinstance(listed, list) else []
    return [_text(one, "user_id") for one in people if isinstance(one, Mapping)]


def _is_persons(event: Mapping[str, Any], path: tuple[str, ...], user: str) -> bool:
    message = event.get(path[0]) if path else event
    is_app = not isinstance(message, Mapping) or bool(message.get("bot_id")) or bool(event.get("bot_id"))
    return bool(user) and user != _SLACKBOT and not is_app


def _is_for_the_app(body: Mapping[str, Any]) -> bool:
    """Return whether a message is one that a person has just written to the app, perhaps with a file.

    Slack also reports the app's own messages, those of other apps, and changes to messages, which have
    other subtypes.
    """
    event = body.get("event")
    if not isinstance(event, Mapping) or _text(event, "channel_type") != "im":
        return False
    is_persons = bool(_text(event, "user")) and not event.get("bot_id") and _text(event, "user") != _SLACKBOT
    return is_persons and event.get("subtype") in {None, "file_share"}


_SLACKBOT = "USLACKBOT"
_SINGLE = (
    "value",
    "selected_user",
    "selected_conversation",
    "selected_channel",
    "selected_date",
    "selected_time",
)
_SEVERAL = ("selected_users", "selected_conversations", "selected_channels")


def _read_value(entered: Mapping[str, Any]) -> Value:
    """Return the value of a field or button of any type."""
    if isinstance(options := entered.get("selected_options"), list):
        return tuple(_text(option, "value") for option in options if isinstance(option, dict))
    if isinstance(option := entered.get("selected_option"), dict):
        return _text(option, "value")
    for name in _SEVERAL:
        if isinstance(several := entered.get(name), list):
            return tuple(make_storable(value) for value in several if isinstance(value, str))
    return next(
        (make_storable(entered[name]) for name in _SINGLE if isinstance(entered.get(name), str)), None
    )


def _read_team(body: Mapping[str, Any]) -> str:
    whose = _text(body, "user", "team_id")
    return _one_team(body, _text(body, "team", "id") or whose, whose)


def _one_team(body: Mapping[str, Any], team: str, *whose: str) -> str:
    """Return the workspace of a request, or an empty string if its author belongs to another workspace.

    In a channel shared by two workspaces (Slack Connect), Slack sends the other workspace's requests as if
    they came from ours. People in an organisation with several workspaces may have the organisation's id.
    """
    organisation = _text(body, "enterprise", "id") or _text(body, "enterprise_id")
    return team if set(whose) <= {"", team, organisation} else ""


def _text(body: Mapping[str, Any], *path: str) -> str:
    found: Any = body
    for name in path:
        found = found.get(name) if isinstance(found, Mapping) else None
    return make_storable(found) if isinstance(found, str) else ""
