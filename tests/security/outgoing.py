"""All that left the process, and who may have read it: requests, answers to Slack, logs, metrics, exports."""

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from tests.fakes.github import GitHub
from tests.fakes.messages import Messages
from tests.fakes.slack import Slack
from tests.fakes.slack.model import Call, StoredFile

EVERYBODY = "everybody"
"""Stands for readers that nobody has counted: of a repository, a log, or a page of metrics."""
MODEL = "the model"
FORGED = "VFORGED"
"""How the id of a view begins that was never opened; that of who says to have it follows."""
_IN_A_CHANNEL = {
    "chat.postMessage",
    "chat.update",
    "chat.postEphemeral",
    "chat.startStream",
    "chat.appendStream",
    "chat.stopStream",
    "assistant.threads.setStatus",
    "assistant.threads.setTitle",
    "assistant.threads.setSuggestedPrompts",
}
"""Requests that only those in the channel that they name can read."""
_UNSEEN = re.compile("[\u00ad\u200b-\u200f\u2060\ufeff]")


@dataclass(frozen=True)
class Sent:
    """Something that left the process. ``to`` are the names of its readers; ``where`` says what it was."""

    where: str
    to: frozenset[str]
    text: str


def all_sent(github: GitHub, slack: Slack, messages: Messages) -> Iterator[Sent]:
    """Yield every request that the fakes have recorded, and every answer to what Slack has sent."""
    for asked in github.requests:
        what = f"{asked.method} {asked.path}"
        yield Sent(f"GitHub: {what}", frozenset({EVERYBODY}), as_text([asked.path, asked.query, asked.body]))
    for call in slack.calls:
        yield Sent(f"Slack: {call.method}", readers(slack, call), as_text(call.args))
    for delivery in slack.deliveries:
        user = delivery.payload.get("user_id") or delivery.payload.get("user", {})
        user = user.get("id") if isinstance(user, dict) else user
        for attempt in delivery.attempts:
            yield Sent("Slack: an acknowledgement", _names(slack, [user]), as_text(attempt.body))
    for told in slack.told:
        yield Sent("Slack: told by a response_url", _names(slack, [told.user]), as_text(told.document))
    for file in slack.files.values():
        yield Sent(f"Slack: the file {file.name}", _viewers(slack, file), _file_text(file))
    for request in messages.requests:
        yield Sent("the model", frozenset({MODEL}), as_text(request.body))


def readers(slack: Slack, call: Call) -> frozenset[str]:
    """Return the names of those who read a request to Slack; everybody if that can't be told."""
    if call.method in _IN_A_CHANNEL:
        channel = slack.channels.get(str(call.args.get("channel") or call.args.get("channel_id")))
        return _names(slack, channel.members) if channel else frozenset({EVERYBODY})
    if call.method in {"views.open", "views.push"}:
        return _names(slack, [slack.whose(str(call.args["trigger_id"]))])
    if call.method == "views.update":
        return _names(slack, _openers(slack, str(call.args["view_id"])))
    if call.method == "files.completeUploadExternal" and "channel_id" in call.args:
        return _names(slack, slack.channels[str(call.args["channel_id"])].members)
    if call.method == "views.publish":
        return _names(slack, [str(call.args["user_id"])])
    return frozenset({EVERYBODY})


def _viewers(slack: Slack, file: StoredFile) -> frozenset[str]:
    """Return the names of those before whom a file was shown; everybody's if it can't be told."""
    shown = [
        channel
        for channel in slack.channels.values()
        if any(file.id in as_text(message) for message in channel.messages)
    ]
    return _names(slack, [member for channel in shown for member in channel.members])


def _file_text(file: StoredFile) -> str:
    """Return a page's text, and the words beside a picture: nobody can search what is drawn."""
    return as_text([file.name, file.alt_text, (file.content or b"").decode("utf-8", "ignore")])


def _openers(slack: Slack, view: str) -> Iterator[str]:
    """Yield before whom a form was opened, or who says that it was."""
    if view.startswith(FORGED):
        yield view.removeprefix(FORGED)
    for call in slack.calls:
        if call.method in {"views.open", "views.push"} and call.answer.get("view", {}).get("id") == view:
            yield slack.whose(str(call.args["trigger_id"]))


def _names(slack: Slack, users: Iterable[Any]) -> frozenset[str]:
    known = {slack.accounts[user].name for user in users if user in slack.accounts}
    return frozenset(known or {EVERYBODY})


def as_text(value: Any) -> str:
    """Return everything in a value as one text, with JSON in it parsed and without unseen characters."""
    if isinstance(value, str):
        try:
            parsed = json.loads(value)
        except ValueError:
            parsed = None
        inner = as_text(parsed) if isinstance(parsed, dict | list) else ""
        return _UNSEEN.sub("", value) + "\0" + inner
    if isinstance(value, bytes):
        return as_text(value.decode("utf-8", "replace"))
    if isinstance(value, dict):
        return "\0".join(as_text(part) for pair in value.items() for part in pair)
    if isinstance(value, list | tuple):
        return "\0".join(map(as_text, value))
    return str(value)


def leaks(sent: Iterable[Sent], canary: str, may_read: frozenset[str]) -> list[str]:
    """Return where a canary went that others than ``may_read`` can read; a part of it is enough."""
    found = re.compile("|".join(re.escape(part) for part in (canary, canary[::-1])), re.IGNORECASE)
    return [
        f"{one.where}, read by {', '.join(sorted(one.to))}"
        for one in sent
        if found.search(one.text) and not one.to <= may_read
    ]
