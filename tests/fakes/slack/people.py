"""People: what they type, click and fill in, and what they see come of it."""

import copy
import html
import re
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tests.fakes.slack import judge
from tests.fakes.slack.methods import STOPPED
from tests.fakes.slack.model import Account, Attempt, Delivery, Ephemeral, Json, Shown
from tests.waiting import FUSE

if TYPE_CHECKING:
    from tests.fakes.slack import Slack

Key = str | tuple[str, str]


class CannotDo(AssertionError):  # noqa: N818 - said as people say it
    """What a person cannot do in Slack either: the button is not there, a field must be filled."""


@dataclass
class Outcome:
    """What came of a command, a click or a submission, as its author sees it.

    ``answer`` is what the acknowledgement itself said; ``errors`` are those of a form, by block id;
    ``failed`` means that Slack told the person that the app did not answer.
    """

    delivery: Delivery
    attempt: Attempt

    @property
    def failed(self) -> bool:
        return not self.attempt.acknowledged

    @property
    def answer(self) -> Json:
        return self.attempt.body

    @property
    def text(self) -> str:
        return str(self.answer.get("text", ""))

    @property
    def errors(self) -> dict[str, str]:
        found = self.answer.get("errors", {})
        return dict(found) if isinstance(found, dict) else {}

    @property
    def trigger(self) -> str:
        return str(self.delivery.payload.get("trigger_id", ""))


class Person:
    """Somebody in the workspace. Each method waits for what the person would wait for, and no longer.

    ``team`` is the workspace that they belong to: another one for those who share a channel by Slack Connect.
    """

    def __init__(self, slack: "Slack", account: Account) -> None:
        self._slack = slack
        self.account = account
        self.team: str = slack.team

    @property
    def id(self) -> str:
        return self.account.id

    @property
    def dm(self) -> str:
        """The conversation with the app, open or not."""
        with self._slack.lock:
            return (self._slack.conversation_of([self.id]) or self._slack.open([self.id])).id

    @property
    def messages(self) -> list[Json]:
        """What the app has said to them in direct messages."""
        return [each for each in self._slack.messages(self.dm) if each["user"] == self._slack.bot_user]

    @property
    def told(self) -> list[Ephemeral]:
        """What they alone were shown."""
        with self._slack.lock:
            return [each for each in self._slack.told if each.user == self.id]

    @property
    def modal(self) -> Shown | None:
        """The form before them."""
        with self._slack.lock:
            stack = self._slack.modals.get(self.id)
            return stack[-1] if stack else None

    @property
    def home(self) -> Shown | None:
        """Their App Home."""
        with self._slack.lock:
            return self._slack.homes.get(self.id)

    def says(self, text: str, channel: str | None = None, thread: str | None = None) -> Json:
        """Write a message; the app hears of it if it has subscribed to such messages."""
        slack = self._slack
        where = slack.channels[channel or self.dm]
        message: Json = {"type": "message", "user": self.id, "text": text, "ts": slack.stamp()}
        if thread:
            message["thread_ts"] = thread
            for first in where.messages:
                if first["ts"] == thread and "user" in first:
                    message["parent_user_id"] = first["user"]
        with slack.lock:
            where.messages.append(message)
        kind = {"im": "im", "mpim": "mpim"}.get(where.kind, "channel")
        slack.event(
            {**message, "channel": where.id, "channel_type": kind, "event_ts": message["ts"]},
            f"message.{kind}s" if kind == "channel" else f"message.{kind}",
        )
        return copy.deepcopy(message)

    def mentions_app(self, text: str, channel: str, thread: str | None = None) -> Json:
        """Write a message in a channel that mentions the app with ``{app}``; the app hears of it there."""
        slack = self._slack
        message = self.says(text.replace("{app}", f"<@{slack.bot_user}>"), channel, thread)
        if slack.channels[channel].has_app and "app_mentions:read" in slack.scopes:
            event = {**message, "type": "app_mention", "team": self.team, "channel": channel}
            slack.event({**event, "event_ts": message["ts"]}, "app_mention")
        return message

    def opens_thread(self) -> str:
        """Begin a thread in the pane of an app with the older assistant view; return its first message."""
        slack = self._slack
        root: Json = {
            "type": "message",
            "subtype": "assistant_app_thread",
            "user": slack.bot_user,
            "text": "New conversation",
            "ts": slack.stamp(),
        }
        dm = self.dm
        with slack.lock:
            slack.channels[dm].messages.append(root)
        thread = {"user_id": self.id, "context": {}, "channel_id": dm, "thread_ts": root["ts"]}
        slack.event(
            {"type": "assistant_thread_started", "assistant_thread": thread, "event_ts": slack.stamp()}
        )
        return str(root["ts"])

    def stops(self, message: Json) -> None:
        """Stop a message that grows."""
        with self._slack.lock:
            self._slack.streams[message["ts"]] = STOPPED

    def edits(self, message: Json, text: str) -> None:
        """Change one of their messages in the conversation with the app."""
        changed = {**message, "text": text, "edited": {"user": self.id, "ts": self._slack.stamp()}}
        self._changes("message_changed", message, {"message": changed})

    def deletes(self, message: Json) -> None:
        """Delete one of their messages in the conversation with the app.

        In the place of one with replies, Slack leaves a tombstone, and says that the message changed.
        """
        if any(each.get("thread_ts") == message["ts"] for each in self._slack.messages(self.dm)):
            tombstone = {
                "type": "message",
                "subtype": "tombstone",
                "user": "USLACKBOT",
                "text": "This message was deleted.",
                "hidden": True,
                "thread_ts": message["ts"],
                "ts": message["ts"],
            }
            with self._slack.lock:
                said = self._slack.channels[self.dm].messages
                said[:] = [tombstone if each["ts"] == message["ts"] else each for each in said]
            before = {**message, "thread_ts": message["ts"]}
            self._changes("message_changed", before, {"message": tombstone})
            return
        self._changes("message_deleted", message, {"deleted_ts": message["ts"]})

    def _changes(self, subtype: str, message: Json, details: Json) -> None:
        slack, ts = self._slack, self._slack.stamp()
        event = {"type": "message", "subtype": subtype, "channel": self.dm, "channel_type": "im", "ts": ts}
        slack.event(
            {**event, "hidden": True, "event_ts": ts, "previous_message": message, **details}, "message.im"
        )

    def command(self, text: str, channel: str | None = None) -> Outcome:
        """Type a slash command, in the conversation with the app unless another is named."""
        slack = self._slack
        name, _, rest = text.partition(" ")
        where = channel or self.dm
        payload: Json = {
            "token": "deprecated",
            "team_id": slack.team,
            "team_domain": slack.domain,
            "channel_id": where,
            "channel_name": "directmessage" if where == self.dm else "general",
            "user_id": self.id,
            "user_name": self.id.lower(),
            "command": name,
            "text": _escaped(rest),
            "api_app_id": slack.app_id,
            "is_enterprise_install": "false",
            "response_url": slack.response_url(self.id, where, None),
            "trigger_id": slack.trigger(self.id),
        }
        outcome = self._bring("slash_commands", payload)
        if outcome.answer.get("text") or outcome.answer.get("blocks"):
            blocks = outcome.answer.get("blocks")
            said = judge.of_message(blocks) if blocks else []
            if said:  # Slack shows nothing then; in a test nobody should have to wonder why
                slack.problems.append(f"the answer to {text!r}: {said}")
            slack.tell(self.id, where, outcome.answer)
        elif outcome.failed:
            slack.tell(self.id, where, {"text": f"{name} failed with the error “operation_timeout”"})
        return outcome

    def click(self, where: Json | Shown, action: str, value: Any = None, index: int = 0) -> Outcome:
        """Click a button or choose in a menu, of a message, a form or the App Home.

        ``value`` is what is chosen, or which of several buttons with the same action is meant. ``index``
        tells those apart that have no value.
        """
        slack = self._slack
        document = where.document if isinstance(where, Shown) else where
        block, element = _element(document, action, value, index)
        act: Json = {
            "type": element["type"],
            "action_id": action,
            "block_id": block["block_id"],
            "action_ts": slack.stamp(),
            **_chosen(element, value),
        }
        if element["type"] == "button":
            act |= {"text": element["text"], **({"value": element["value"]} if "value" in element else {})}
        payload = self._payload("block_actions") | {"actions": [act]}
        if isinstance(where, Shown):
            if element["type"] != "button":
                where.values[block["block_id"], action] = {"type": element["type"], **_chosen(element, value)}
            payload |= {
                "container": {"type": "view", "view_id": where.id},
                "view": self._view(where),
            }
        else:
            channel = slack.channel_of(where["ts"])
            payload |= {
                "container": {
                    "type": "message",
                    "message_ts": where["ts"],
                    "channel_id": channel,
                    "is_ephemeral": False,
                },
                "channel": {"id": channel, "name": "directmessage"},
                "message": copy.deepcopy(where),
                "state": {"values": {}},
                "response_url": slack.response_url(self.id, channel, where["ts"]),
            }
        outcome = self._bring("interactive", payload)
        slack.after_click()
        return outcome

    def uses_shortcut(self, message: Json, callback: str, channel: str | None = None) -> Outcome:
        """Choose a shortcut of the app in the menu of a message."""
        slack = self._slack
        where = channel or slack.channel_of(message["ts"])
        payload = self._payload("message_action") | {
            "callback_id": callback,
            "action_ts": slack.stamp(),
            "message_ts": message["ts"],
            "channel": {"id": where, "name": "directmessage"},
            "message": copy.deepcopy(message),
            "response_url": slack.response_url(self.id, where, None),
        }
        outcome = self._bring("interactive", payload)
        slack.after_click()
        return outcome

    def submit(self, values: Mapping[Key, Any] | None = None, view: Shown | None = None) -> Outcome:
        """Fill the form before them in, and send it.

        ``values`` are by action id, or by (block id, action id): a text, the value of an option, a list of
        them, the id of a user, a date as 2026-03-01, a time as 09:30.
        """
        shown = view or self.modal
        if shown is None:
            raise CannotDo("there is no form")
        self._fill(shown, values or {})
        _complete(shown)
        shown.errors = {}
        payload = self._payload("view_submission") | {"view": self._view(shown), "response_urls": []}
        outcome = self._bring("interactive", payload)
        if outcome.failed:
            shown.errors = {"": "We had some trouble connecting. Try again?"}
        else:
            self._follow(shown, outcome.answer)
        return outcome

    def closes(self) -> Outcome | None:
        """Close the form before them; the app hears of it where the view asks for that."""
        shown = self.modal
        if shown is None:
            raise CannotDo("there is no form")
        self._slack.modals[self.id].pop()
        if not shown.document.get("notify_on_close"):
            return None
        payload = self._payload("view_closed") | {"view": self._view(shown), "is_cleared": False}
        payload.pop("trigger_id")
        return self._bring("interactive", payload)

    def opens_home(self, tab: str = "home") -> Delivery | None:
        """Open the app's Home; the app may show it anew."""
        event: Json = {
            "type": "app_home_opened",
            "user": self.id,
            "channel": self.dm,
            "tab": tab,
            "event_ts": self._slack.stamp(),
        }
        home = self.home
        if home is not None:
            event["view"] = self._view(home)
        return self._slack.event(event, "app_home_opened")

    def _fill(self, shown: Shown, values: Mapping[Key, Any]) -> None:
        for key, value in values.items():
            block_id, action = (None, key) if isinstance(key, str) else key
            for block, element in _fields(shown):
                if element["action_id"] == action and block_id in {None, block["block_id"]}:
                    at = block["block_id"], action
                    shown.values[at] = {"type": element["type"], **_chosen(element, value)}
                    break
            else:
                raise CannotDo(f"there is no field {key!r} in {shown.title!r}")

    def _payload(self, kind: str) -> Json:
        slack = self._slack
        return {
            "type": kind,
            "team": {"id": slack.team, "domain": slack.domain},
            "user": {
                "id": self.id,
                "username": self.id.lower(),
                "name": self.id.lower(),
                "team_id": self.team,
            },
            "api_app_id": slack.app_id,
            "token": "deprecated",
            "trigger_id": slack.trigger(self.id),
            "enterprise": None,
            "is_enterprise_install": False,
        }

    def _view(self, shown: Shown) -> Json:
        document = copy.deepcopy(shown.document)
        document["state"] = {"values": _state(shown)}
        return document

    def _bring(self, kind: str, payload: Json) -> Outcome:
        delivery = Delivery(kind, payload)
        attempt = self._slack.courier.now(delivery)
        return Outcome(delivery, attempt)

    def _follow(self, shown: Shown, answer: Json) -> None:
        """Do with the form what the acknowledgement says."""
        slack = self._slack
        action = answer.get("response_action")
        with slack.lock:
            stack = slack.modals.get(self.id, [])
            if action == "errors":
                blocks = {each["block_id"] for each in shown.document["blocks"] if each["type"] == "input"}
                strange = set(answer["errors"]) - blocks
                if strange:
                    slack.problems.append(f"errors for blocks that are no inputs: {sorted(strange)}")
                shown.errors = dict(answer["errors"])
                return
            if action == "clear":
                slack.modals[self.id] = []
                return
            if action in {"update", "push"}:
                said = judge.of_view(answer["view"])
                if said:
                    slack.problems.append(f"the view of a response_action: {said}")
                    return
                if action == "update":
                    slack.replace(shown, answer["view"])
                else:
                    stack.append(Shown(self.id, slack.view_document(answer["view"], shown.document)))
                return
            if shown in stack:
                stack.remove(shown)


def _element(document: Json, action: str, value: Any, index: int) -> tuple[Json, Json]:
    found = [
        (block, element)
        for block in document.get("blocks", [])
        for element in judge.elements_of(block)
        if element.get("action_id") == action
    ]
    if value is not None and len(found) > 1:
        found = [it for it in found if _offers(it[1], value)]
    if len(found) <= index:
        raise CannotDo(f"there is no {action!r}" + (f" with the value {value!r}" if value else ""))
    return found[index]


def _offers(element: Json, value: Any) -> bool:
    """Say whether a button has this value, or a menu this choice; of other fields any value is taken."""
    if element["type"] == "button":
        return bool(element.get("value") == value)
    values = [each["value"] for each in judge.options_of(element)]
    return not values or value in values or isinstance(value, list)


def _option(element: Json, value: str) -> Json:
    for each in judge.options_of(element):
        if each["value"] == value:
            return copy.deepcopy(each)
    raise CannotDo(f"{element['action_id']!r} offers no {value!r}")


_STATES = {  # the name under which a state holds what was chosen, and under which a view proposes it
    "users_select": ("selected_user", "initial_user"),
    "multi_users_select": ("selected_users", "initial_users"),
    "datepicker": ("selected_date", "initial_date"),
    "timepicker": ("selected_time", "initial_time"),
    "static_select": ("selected_option", "initial_option"),
    "radio_buttons": ("selected_option", "initial_option"),
    "overflow": ("selected_option", "initial_option"),
    "multi_static_select": ("selected_options", "initial_options"),
    "checkboxes": ("selected_options", "initial_options"),
}


def _chosen(element: Json, value: Any) -> Json:
    if element["type"] == "button":
        return {}
    name, _ = _STATES.get(element["type"], ("value", ""))
    if name == "selected_option":
        return {name: None if value is None else _option(element, value)}
    if name == "selected_options":
        most = element.get("max_selected_items")
        if most and len(value) > most:
            raise CannotDo(f"{element['action_id']!r} takes {most}")
        return {name: [_option(element, each) for each in value]}
    return {name: _typed(element, value) if name == "value" else value}


def _typed(element: Json, value: Any) -> str | None:
    text = "" if value is None else str(value)
    name = element["action_id"]
    if len(text) > element.get("max_length", 3000):
        raise CannotDo(f"{name!r} takes {element.get('max_length', 3000)} characters")
    if text and len(text) < element.get("min_length", 0):
        raise CannotDo(f"{name!r} wants {element['min_length']} characters")
    if element["type"] == "number_input" and text:
        number = float(text)
        low, high = element.get("min_value"), element.get("max_value")
        if (low and number < float(low)) or (high and number > float(high)):
            raise CannotDo(f"{name!r} takes {low} to {high}")
    if element["type"] == "email_text_input" and text and "@" not in text:
        raise CannotDo(f"{name!r} takes an address")
    return text or None


def _initial(element: Json) -> Json:
    name, initial = _STATES.get(element["type"], ("value", "initial_value"))
    several = name in {"selected_options", "selected_users"}
    return {name: copy.deepcopy(element.get(initial) or ([] if several else None))}


def _fields(shown: Shown) -> list[tuple[Json, Json]]:
    return [
        (block, element)
        for block in shown.document["blocks"]
        for element in judge.elements_of(block)
        if element["type"] not in {"button", "overflow"}
    ]


def _state(shown: Shown) -> Json:
    state: Json = {}
    for block, element in _fields(shown):
        at = block["block_id"], element["action_id"]
        value = shown.values.get(at, {"type": element["type"], **_initial(element)})
        state.setdefault(at[0], {})[at[1]] = value
    return state


def _complete(shown: Shown) -> None:
    """Refuse, as Slack's own client does, to send a form of which a part is missing."""
    if shown.document["type"] != "modal" or shown.document.get("submit") is None:
        raise CannotDo("this view has no button to send it")
    state = _state(shown)
    for block, element in _fields(shown):
        if block["type"] != "input" or block.get("optional"):
            continue
        value = state[block["block_id"]][element["action_id"]]
        if not any(part for name, part in value.items() if name != "type"):
            raise CannotDo(f"{element['action_id']!r} must be filled in")


def waited(until: Any, seconds: float = FUSE) -> Any:
    """Return what ``until()`` returns once that is true."""
    last = time.monotonic() + seconds
    while not (found := until()):
        assert time.monotonic() < last, "waited in vain"
        time.sleep(0.01)
    return found


def _escaped(typed: str) -> str:
    """What Slack sends of what was typed; a mention, ``<@U123>``, comes with a name."""
    parts = re.split(r"<@([UW][A-Z0-9]+)>", typed)
    for index, part in enumerate(parts):
        parts[index] = f"<@{part}|{part.lower()}>" if index % 2 else html.escape(part, quote=False)
    return "".join(parts)
