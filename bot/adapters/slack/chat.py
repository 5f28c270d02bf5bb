"""``ports.chat.Chat`` for Slack."""

import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from bot.adapters.slack.failures import MethodRefusedError, NotFoundError
from bot.adapters.slack.requests import API, SlackRequests, client
from bot.errors import PermanentError, UserError
from bot.ports.chat import ChatUser, OutgoingMessage, PostedMessage, View, Workspace
from bot.rendering.chat.slack_validation import UnsendableError, checked_key, checked_message, checked_view

EVENT_TYPE = "sensei"
"""The type of our messages' metadata, whose payload is ``{"key": …}``."""

# Slack's clock stamps messages and ours says since when: they may differ by so much.
_SKEW = timedelta(minutes=2)
_PAGE = 200
_MOST_USERS = 8  # of a group message, the app apart
_MOST_OPENED = 20_000  # conversations that are remembered: a few megabytes


def connect(token: str, api_url: str = API) -> "SlackChat":
    """Return the chat of the workspace that a bot token is of; nothing is sent yet."""
    return SlackChat(SlackRequests(client(token, api_url)))


@dataclass
class SlackChat:
    """Every message and view passes the validator here, whoever made it."""

    caller: SlackRequests
    _lock: threading.Lock = field(default_factory=threading.Lock, init=False, repr=False)
    _workspace: Workspace | None = field(default=None, init=False, repr=False)
    _opened: dict[tuple[str, ...], str] = field(default_factory=dict, init=False, repr=False)

    def workspace(self) -> Workspace:
        """Say where the app is installed, and as whom; asked once."""
        with self._lock:
            if self._workspace is None:
                found = self.caller.write("auth.test", "Looking at the workspace", {})
                self._workspace = Workspace(
                    found["team_id"], found.get("team", ""), found["user_id"], found.get("url", "")
                )
            return self._workspace

    def user(self, user: str) -> ChatUser:
        """Look somebody up by id."""
        try:
            return _user(self.caller.read("users.info", f"Looking up user {user}", user=user)["user"])
        except NotFoundError as gone:
            raise UserError(f"Slack knows nobody with the id {user}.", gone.remedy) from None

    def user_by_email(self, email: str) -> ChatUser | None:
        """Look somebody up by the address of their account; the address is in no error."""
        try:
            found = self.caller.read("users.lookupByEmail", "Looking up an address", email=email)
        except NotFoundError as gone:
            if gone.code != "users_not_found":
                raise
            return None
        return _user(found["user"])

    def conversation(self, users: Sequence[str]) -> str:
        """Open the direct message with one user, or the group of several with the app.

        Slack gives the same people the same conversation, and lets few be opened in a minute: each is asked
        for once, until posting there is refused.
        """
        wanted = sorted(set(users))
        if not 1 <= len(wanted) <= _MOST_USERS:
            raise UnsendableError(f"a conversation has 1 to {_MOST_USERS} people, not {len(wanted)}")
        known = self._opened.get(tuple(wanted))
        if known is not None:
            return known
        body = {"users": ",".join(wanted)}
        found: str = self.caller.write("conversations.open", "Opening a conversation", body)["channel"]["id"]
        with self._lock:
            if len(self._opened) >= _MOST_OPENED:
                self._opened.clear()
            self._opened[tuple(wanted)] = found
        return found

    def _forget(self, channel: str) -> None:
        with self._lock:
            self._opened = {users: known for users, known in self._opened.items() if known != channel}

    def post(
        self, channel: str, message: OutgoingMessage, key: str, thread: str | None = None
    ) -> PostedMessage:
        """Post a message that carries ``key``; no link in it unfolds, no bare name in it is notified."""
        checked_message(message)
        body = {
            "channel": channel,
            "text": message.text,
            "blocks": list(message.blocks) or None,
            "metadata": {"event_type": EVENT_TYPE, "event_payload": {"key": checked_key(key)}},
            "thread_ts": thread,
            "unfurl_links": False,
            "unfurl_media": False,
            "link_names": False,
            "parse": "none",
        }
        try:
            made = self.caller.write("chat.postMessage", "Posting a message", body, channel)
        except PermanentError:
            self._forget(channel)
            raise
        return PostedMessage(made["channel"], made["ts"])

    def find(
        self, channel: str, key: str, since: datetime, thread: str | None = None
    ) -> PostedMessage | None:
        """Find our own message that carries ``key``, among those since a moment."""
        ours = self.workspace().bot_user
        for message in self._messages(channel, since - _SKEW, thread):
            metadata = message.get("metadata") or {}
            if (
                message.get("user") == ours
                and metadata.get("event_type") == EVENT_TYPE
                and (metadata.get("event_payload") or {}).get("key") == key
            ):
                return PostedMessage(channel, message["ts"])
        return None

    def _messages(self, channel: str, since: datetime, thread: str | None) -> Iterator[dict[str, Any]]:
        method = "conversations.replies" if thread else "conversations.history"
        params: dict[str, str | int] = {
            "channel": channel,
            "oldest": f"{since.timestamp():.6f}",
            "limit": _PAGE,
            "include_all_metadata": 1,
        }
        if thread:
            params["ts"] = thread
        while True:
            found = self.caller.read(method, "Looking for a message", **params)
            yield from found.get("messages", [])
            cursor = (found.get("response_metadata") or {}).get("next_cursor")
            if not cursor:
                return
            params["cursor"] = str(cursor)

    def update(self, posted: PostedMessage, message: OutgoingMessage) -> None:
        """Replace what a message says; its metadata stays. Where it is gone, nothing is done."""
        checked_message(message)
        body = {
            "channel": posted.channel,
            "ts": posted.ts,
            "text": message.text,
            "blocks": list(message.blocks),  # an empty list takes away those that were there
            "link_names": False,
            "parse": "none",
        }
        try:
            self.caller.write("chat.update", "Changing a message", body)
        except MethodRefusedError as answered:
            if answered.code not in {"message_not_found", "cant_update_message"}:
                raise

    def open_view(self, trigger: str, view: View) -> str:
        """Open a modal for who has just clicked; return its id."""
        body = {"trigger_id": trigger, "view": checked_view(view)}
        found: str = self.caller.write("views.open", "Opening a form", body)["view"]["id"]
        return found

    def update_view(self, view_id: str, view: View) -> None:
        """Replace a modal that is open; where it was closed, nothing is done."""
        try:
            self.caller.write(
                "views.update", "Changing a form", {"view_id": view_id, "view": checked_view(view)}
            )
        except MethodRefusedError as answered:
            if answered.code not in {"not_found", "view_not_found"}:
                raise

    def publish_home(self, user: str, view: View) -> None:
        """Show somebody their App Home."""
        body = {"user_id": user, "view": checked_view(view)}
        self.caller.write("views.publish", "Showing the App Home", body)


def _user(found: dict[str, Any]) -> ChatUser:
    profile = found.get("profile") or {}
    names = profile.get("display_name"), profile.get("real_name"), found.get("real_name"), found.get("name")
    return ChatUser(
        found["id"],
        next((name for name in names if name), found["id"]),
        found.get("tz") or "UTC",  # bots and strangers have none
        bool(found.get("is_bot")),
        bool(found.get("deleted")),
    )
