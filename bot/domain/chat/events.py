"""What somebody did in the chat, as Slack tells of it: commands, clicks, forms that were sent.

Parses what was verified and kept. What it does not know is ``Other``, which nobody acts on.
https://docs.slack.dev/interactivity/handling-user-interaction
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from bot.domain.text.storable_text import make_storable

Value = str | tuple[str, ...] | None
"""What was entered in one field: text, a choice, several choices, nothing."""

COMMAND, ACTION, VIEW, EVENT = "slack.command", "slack.action", "slack.view", "slack.event"
"""The events under which deliveries are kept."""


@dataclass(frozen=True, slots=True)
class SlashCommand:
    """``/dojo text``. ``trigger`` opens a view within three seconds."""

    team: str
    user: str
    channel: str = ""
    text: str = ""
    trigger: str = ""
    response_url: str = ""


@dataclass(frozen=True, slots=True)
class Click:
    """A button or menu was used. ``id`` is its action id up to a colon: what follows makes it unique.

    ``view`` is the id of the view that it stands in, ``metadata`` that view's; ``channel`` and ``ts`` are the
    message that it stands in.
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
    """A form was sent. ``id`` is its callback id; ``values`` are by block id, one field to a block."""

    team: str
    user: str
    id: str
    metadata: str = ""
    values: Mapping[str, Value] = field(default_factory=lambda: MappingProxyType({}))
    view: str = ""

    def text(self, block: str) -> str:
        """Return a field's text or choice, without blanks around it; nothing where it was left empty."""
        value = self.values.get(block)
        return value.strip() if isinstance(value, str) else ""

    def chosen(self, block: str) -> tuple[str, ...]:
        """Return what was chosen in a field, in that order."""
        value = self.values.get(block)
        return (value,) if isinstance(value, str) else value or ()


@dataclass(frozen=True, slots=True)
class HomeOpened:
    """Somebody looks at their App Home."""

    team: str
    user: str


@dataclass(frozen=True, slots=True)
class Uninstalled:
    """The app was taken out of the workspace."""

    team: str


@dataclass(frozen=True, slots=True)
class TokensRevoked:
    """The app's token is none any more."""

    team: str


@dataclass(frozen=True, slots=True)
class Other:
    """Something that nobody acts on. ``team`` is empty where it names none."""

    team: str = ""
    user: str = ""


Acted = SlashCommand | Click | Submission
Happened = Acted | HomeOpened | Uninstalled | TokensRevoked | Other


def parse_event(event: str, payload: bytes) -> Happened:
    """Return what a kept delivery tells of."""
    try:
        body = json.loads(payload)
    except (ValueError, RecursionError):
        return Other()
    return read_payload(event, body) if isinstance(body, dict) else Other()


def read_payload(event: str, body: Mapping[str, Any]) -> Happened:
    """Return what a request's body tells of; ``event`` is one of the four. Nobody acts for no workspace."""
    reader = {COMMAND: _command, ACTION: _click, VIEW: _submission, EVENT: _event}.get(event)
    happened = reader(body) if reader else Other()
    return happened if happened.team else Other()


def payload_to_keep(body: Mapping[str, Any]) -> dict[str, Any]:
    """Return what is kept of a body: not the token by which old apps knew Slack, nor what we showed.

    Nor the addresses at which whoever has them can speak for half an hour: only the answer needs them.
    """
    body = {name: value for name, value in body.items() if name not in _UNKEPT}
    for shown in ("view", "message"):
        if isinstance(body.get(shown), dict):
            body[shown] = {name: value for name, value in body[shown].items() if name != "blocks"}
    return body


_UNKEPT = frozenset({"token", "is_enterprise_install", "response_url", "response_urls"})


def delivery_id(event: str, body: Mapping[str, Any]) -> str:
    """Return what is the same when Slack brings a thing again; nothing if it has no such id.

    A form keeps its view's id while its hash changes with every answer that shows faults.
    """
    if event == EVENT:
        return _text(body, "event_id")
    if event == VIEW:
        view, hash_ = _text(body, "view", "id"), _text(body, "view", "hash")
        return f"{view}:{hash_}" if view else ""
    return _text(body, "trigger_id")


def _command(body: Mapping[str, Any]) -> Happened:
    return SlashCommand(
        _text(body, "team_id"),
        _text(body, "user_id"),
        _text(body, "channel_id"),
        _text(body, "text"),
        _text(body, "trigger_id"),
        _text(body, "response_url"),
    )


def _click(body: Mapping[str, Any]) -> Happened:
    actions = body.get("actions")
    first = actions[0] if isinstance(actions, list) and actions else None
    if not isinstance(first, dict):
        return Other(_team(body), _text(body, "user", "id"))
    return Click(
        _team(body),
        _text(body, "user", "id"),
        _text(first, "action_id").partition(":")[0],
        _entered(first),
        _text(body, "container", "channel_id") or _text(body, "channel", "id"),
        _text(body, "container", "message_ts") or _text(body, "message", "ts"),
        _text(body, "view", "id"),
        _text(body, "view", "private_metadata"),
        _text(body, "view", "type") == "home",
        _text(body, "trigger_id"),
        _text(body, "response_url"),
    )


def _submission(body: Mapping[str, Any]) -> Happened:
    if body.get("type") != "view_submission":
        return Other(_team(body), _text(body, "user", "id"))
    state = body["view"].get("state") if isinstance(body.get("view"), dict) else None
    blocks = state.get("values") if isinstance(state, dict) else None
    values: dict[str, Value] = {}
    for block, fields in (blocks or {}).items() if isinstance(blocks, dict) else ():
        entered = next(iter(fields.values()), None) if isinstance(fields, dict) else None
        if isinstance(entered, dict):
            values[block] = _entered(entered)
    return Submission(
        _team(body),
        _text(body, "user", "id"),
        _text(body, "view", "callback_id"),
        _text(body, "view", "private_metadata"),
        values,
        _text(body, "view", "id"),
    )


def _event(body: Mapping[str, Any]) -> Happened:
    whose = _text(body, "event", "user_team"), _text(body, "event", "source_team")
    team = _one_team(body, _text(body, "team_id"), *whose)
    user = _text(body, "event", "user")
    match _text(body, "event", "type"):
        case "app_home_opened" if _text(body, "event", "tab") == "home":
            return HomeOpened(team, user)
        case "app_uninstalled":
            return Uninstalled(team)
        case "tokens_revoked":
            return TokensRevoked(team)
    return Other(team, user)


_SINGLE = (
    "value",
    "selected_user",
    "selected_conversation",
    "selected_channel",
    "selected_date",
    "selected_time",
)
_SEVERAL = ("selected_users", "selected_conversations", "selected_channels")


def _entered(entered: Mapping[str, Any]) -> Value:
    """Return what a field or button holds, whatever kind of field it is."""
    if isinstance(options := entered.get("selected_options"), list):
        return tuple(_text(option, "value") for option in options if isinstance(option, dict))
    if isinstance(option := entered.get("selected_option"), dict):
        return _text(option, "value")
    for name in _SEVERAL:
        if isinstance(several := entered.get(name), list):
            return tuple(make_storable(each) for each in several if isinstance(each, str))
    return next(
        (make_storable(entered[name]) for name in _SINGLE if isinstance(entered.get(name), str)), None
    )


def _team(body: Mapping[str, Any]) -> str:
    whose = _text(body, "user", "team_id")
    return _one_team(body, _text(body, "team", "id") or whose, whose)


def _one_team(body: Mapping[str, Any], team: str, *whose: str) -> str:
    """Return the workspace in which something happened; nothing if whoever did it belongs to another.

    In a channel that two workspaces share (Slack Connect) what people of the other one do comes as from ours.
    People of an organisation with several workspaces may be given as the organisation's.
    """
    organisation = _text(body, "enterprise", "id") or _text(body, "enterprise_id")
    return team if set(whose) <= {"", team, organisation} else ""


def _text(body: Mapping[str, Any], *path: str) -> str:
    found: Any = body
    for name in path:
        found = found.get(name) if isinstance(found, Mapping) else None
    return make_storable(found) if isinstance(found, str) else ""
