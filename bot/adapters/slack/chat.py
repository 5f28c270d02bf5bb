"""``ports.chat.Chat`` for Slack."""

import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from bot.adapters.slack.failures import MethodRefusedError, NotFoundError
from bot.adapters.slack.metadata import has_key, key_metadata
from bot.adapters.slack.requests import DEFAULT_API_URL, SlackRequests, client
from bot.adapters.slack.streams import append_stream, end_stream, start_stream
from bot.adapters.slack.threads import set_status, set_title, suggest_prompts
from bot.adapters.slack.uploads import bring_page, share_file, upload_picture
from bot.errors import PermanentError, UserError
from bot.ports.chat import (
    ChatUser,
    OutgoingMessage,
    PostedMessage,
    SuggestedPrompt,
    Urgency,
    View,
    Workspace,
)
from bot.rendering.chat.slack_validation import checked_message, checked_view
from bot.rendering.chat.slack_value_rules import UnsendableError

# Slack's clock stamps messages, but the time to search from is by our clock.
_CLOCK_SKEW = timedelta(minutes=2)
_MAY_NOT_DELETE = frozenset({"cant_delete_message", "compliance_exports_prevent_deletion"})
_PAGE = 200
_SLACKBOT = "USLACKBOT"  # a bot, although Slack's is_bot is false for it
_MOST_USERS = 8  # in a group message, without the app
_MOST_OPENED = 20_000  # remembered conversations: a few megabytes


def connect(token: str, api_url: str = DEFAULT_API_URL) -> "SlackChat":
    """Return the chat of a bot token's workspace. Nothing is sent yet."""
    return SlackChat(SlackRequests(client(token, api_url)))


@dataclass
class SlackChat:
    """``ports.chat.Chat`` for Slack. It validates every message and view before sending it."""

    caller: SlackRequests
    _lock: threading.Lock = field(default_factory=threading.Lock, init=False, repr=False)
    _workspace: Workspace | None = field(default=None, init=False, repr=False)
    _opened: dict[tuple[str, ...], str] = field(default_factory=dict, init=False, repr=False)

    def why_rejected(self) -> str | None:
        """Return why Slack rejects the token and what to do, or None."""
        return self.caller.token.why_rejected()

    def check_token(self) -> None:
        """Ask Slack whether it accepts the token."""
        self.caller.check_token("auth.test", "Checking the bot token")

    def workspace(self) -> Workspace:
        """Return the workspace where the app is installed, with the app's user. Slack is asked only once."""
        with self._lock:
            if self._workspace is None:
                found = self.caller.write("auth.test", "Looking up the workspace", {})
                self._workspace = Workspace(
                    found["team_id"], found.get("team", ""), found["user_id"], found.get("url", "")
                )
            return self._workspace

    def user(self, user: str, urgency: Urgency = Urgency.NORMAL) -> ChatUser:
        """Return a user by id; raise UserError if there is none."""
        here = self.workspace().id
        try:
            asked = {"user": user}
            found = self.caller.read("users.info", f"Looking up user {user}", asked, urgency)["user"]
        except NotFoundError as gone:
            raise UserError(f"Slack has no user with the id {user}.", gone.remedy) from None
        return _read_user(found, here)

    def user_by_email(self, email: str) -> ChatUser | None:
        """Return a user by e-mail address, or None. The address never appears in an error."""
        here = self.workspace().id
        try:
            found = self.caller.read("users.lookupByEmail", "Looking up an address", {"email": email})
        except NotFoundError as gone:
            if gone.code != "users_not_found":
                raise
            return None
        return _read_user(found["user"], here)

    def conversation(self, users: Sequence[str], urgency: Urgency = Urgency.NORMAL) -> str:
        """Open the direct message with one user, or a group message with several.

        Slack returns the same conversation for the same people, but limits how many can be opened per minute.
        So each is opened once and remembered until posting there fails.
        """
        people = tuple(sorted(set(users)))
        if not 1 <= len(people) <= _MOST_USERS:
            raise UnsendableError(f"a conversation must have 1 to {_MOST_USERS} people, not {len(people)}")
        known = self._opened.get(people)
        if known is not None:
            return known
        body = {"users": ",".join(people)}
        activity = "Opening a conversation"
        answer = self.caller.write("conversations.open", activity, body, urgency=urgency)
        found: str = answer["channel"]["id"]
        with self._lock:
            if len(self._opened) >= _MOST_OPENED:
                self._opened.clear()
            self._opened[people] = found
        return found

    def _forget(self, channel: str) -> None:
        with self._lock:
            self._opened = {users: known for users, known in self._opened.items() if known != channel}

    def post(
        self, channel: str, message: OutgoingMessage, key: str, thread: str | None = None
    ) -> PostedMessage:
        """Post a message with ``key`` in its metadata. Links don't unfold; plain names notify no one."""
        checked_message(message)
        body = {
            "channel": channel,
            "text": message.text,
            "blocks": list(message.blocks) or None,
            "metadata": key_metadata(key),
            "thread_ts": thread,
            "unfurl_links": False,
            "unfurl_media": False,
            "link_names": False,
            "parse": "none",
        }
        try:
            posted = self.caller.write("chat.postMessage", "Posting a message", body, channel)
        except PermanentError:
            self._forget(channel)
            raise
        return PostedMessage(posted["channel"], posted["ts"])

    def find(
        self, channel: str, key: str, since: datetime, thread: str | None = None
    ) -> PostedMessage | None:
        """Return our own message with ``key`` in its metadata, if it was posted since the given time."""
        bot_user = self.workspace().bot_user
        for message in self._read_messages(channel, (since - _CLOCK_SKEW).timestamp(), thread):
            if message.get("user") == bot_user and has_key(message, key):
                return PostedMessage(channel, message["ts"])
        return None

    def own_messages(self, channel: str) -> Sequence[PostedMessage]:
        """List our own messages in a conversation and in its threads, newest first."""
        bot_user = self.workspace().bot_user
        found = {
            message["ts"]
            for begun in self._read_messages(channel, 0, None)
            for message in (begun, *self._read_replies(channel, begun))
            if message.get("user") == bot_user
        }
        return [PostedMessage(channel, ts) for ts in sorted(found, key=float, reverse=True)]

    def _read_replies(self, channel: str, begun: dict[str, Any]) -> Iterator[dict[str, Any]]:
        if begun.get("reply_count"):
            yield from self._read_messages(channel, 0, begun["ts"])

    def _read_messages(self, channel: str, since: float, thread: str | None) -> Iterator[dict[str, Any]]:
        method = "conversations.replies" if thread else "conversations.history"
        params: dict[str, str | int] = {
            "channel": channel,
            "oldest": f"{since:.6f}",
            "limit": _PAGE,
            "include_all_metadata": 1,
        }
        if thread:
            params["ts"] = thread
        while True:
            found = self.caller.read(method, "Looking for a message", params)
            yield from found.get("messages", [])
            cursor = (found.get("response_metadata") or {}).get("next_cursor")
            if not cursor:
                return
            params["cursor"] = str(cursor)

    def update(self, posted: PostedMessage, message: OutgoingMessage) -> None:
        """Replace a message's content; its metadata stays. Do nothing if the message is gone."""
        self._update(posted, message)

    def _update(self, posted: PostedMessage, message: OutgoingMessage, key: str | None = None) -> None:
        checked_message(message)
        body = {
            "channel": posted.channel,
            "ts": posted.ts,
            "text": message.text,
            "blocks": list(message.blocks),  # an empty list removes the old blocks
            "metadata": None if key is None else key_metadata(key),
            "link_names": False,
            "parse": "none",
        }
        try:
            self.caller.write("chat.update", "Updating a message", body)
        except MethodRefusedError as refused:
            if refused.code not in {"message_not_found", "cant_update_message"}:
                raise

    def delete(self, posted: PostedMessage) -> bool:
        """Delete one of our messages. Return False if the workspace doesn't allow it."""
        body = {"channel": posted.channel, "ts": posted.ts}
        try:
            self.caller.write("chat.delete", "Deleting a message", body)
        except MethodRefusedError as refused:
            if refused.code not in {"message_not_found", *_MAY_NOT_DELETE}:
                raise
            return refused.code == "message_not_found"
        return True

    def set_status(self, channel: str, thread: str, status: str) -> None:
        """Show below a thread what Sensei does; an empty status removes it."""
        set_status(self.caller, channel, thread, status)

    def set_title(self, channel: str, thread: str, title: str) -> None:
        """Set a thread's title in a person's list of conversations."""
        set_title(self.caller, channel, thread, title)

    def suggest_prompts(
        self, channel: str, thread: str | None, title: str, prompts: Sequence[SuggestedPrompt]
    ) -> None:
        """Suggest questions in a thread, or else below the newest message."""
        suggest_prompts(self.caller, channel, thread, title, prompts)

    def start_stream(self, channel: str, thread: str, recipient: str) -> PostedMessage:
        """Start a message that grows while it is read. It has no metadata yet."""
        return start_stream(self.caller, self.workspace().id, channel, thread, recipient)

    def append_stream(self, posted: PostedMessage, markdown: str) -> bool:
        """Add safe Markdown to a stream. Return False if it has ended."""
        return append_stream(self.caller, posted, markdown)

    def stop_stream(self, posted: PostedMessage, message: OutgoingMessage, key: str) -> None:
        """End a stream, and replace its content. Both requests set the key, so a lost answer is found."""
        checked_message(message)
        if end_stream(self.caller, posted, key):
            self._update(posted, message, key)

    def find_stream(self, channel: str, thread: str, since: datetime) -> PostedMessage | None:
        """Return our newest message in a thread that has no metadata, if it was begun since a time."""
        bot_user = self.workspace().bot_user
        found = [
            PostedMessage(channel, message["ts"])
            for message in self._read_messages(channel, (since - _CLOCK_SKEW).timestamp(), thread)
            if message.get("user") == bot_user and message["ts"] != thread and not message.get("metadata")
        ]
        return found[-1] if found else None

    def upload_picture(self, name: str, content: bytes, alternative_text: str) -> str:
        """Store a PNG that nobody sees until a message shows it; return its id."""
        try:
            return upload_picture(self.caller, name, content, alternative_text)
        except MethodRefusedError as refused:  # a workspace may forbid files, or those of this size
            raise PermanentError(
                f"Uploading a picture: Slack refused ({refused.code}).",
                "Ask the workspace's administrators whether apps may upload files.",
            ) from None

    def delete_picture(self, picture: str) -> None:
        """Delete one of our pictures. Do nothing if it is gone."""
        try:
            self.caller.write("files.delete", "Deleting a picture", {"file": picture})
        except MethodRefusedError as refused:
            if refused.code not in {"file_not_found", "file_deleted"}:
                raise

    def bring_page(self, name: str, content: bytes) -> str:
        """Bring an HTML page to Slack, where nobody sees it; return the file's id."""
        return bring_page(self.caller, name, content)

    def share_file(self, file: str, title: str, channel: str, comment: str) -> None:
        """Show a file in a conversation, once its bytes are there. ``comment`` is safe mrkdwn."""
        share_file(self.caller, file, title, channel, comment)

    def has_file(self, channel: str, file: str, since: datetime) -> bool:
        """Return whether a file was shared in a conversation since the given time."""
        return any(
            shared.get("id") == file
            for message in self._read_messages(channel, (since - _CLOCK_SKEW).timestamp(), None)
            for shared in message.get("files") or ()
        )

    def open_view(self, trigger: str, view: View) -> str:
        """Open a modal for the user of a trigger, and return its id."""
        body = {"trigger_id": trigger, "view": checked_view(view)}
        answer = self.caller.write("views.open", "Opening a form", body, urgency=Urgency.PRESSING)
        found: str = answer["view"]["id"]
        return found

    def update_view(self, view_id: str, view: View) -> None:
        """Replace an open modal. Do nothing if it was closed."""
        body = {"view_id": view_id, "view": checked_view(view)}
        try:
            self.caller.write("views.update", "Updating a form", body, urgency=Urgency.PRESSING)
        except MethodRefusedError as refused:
            if refused.code not in {"not_found", "view_not_found"}:
                raise

    def publish_home(self, user: str, view: View, urgency: Urgency = Urgency.NORMAL) -> None:
        """Publish a user's App Home."""
        body = {"user_id": user, "view": checked_view(view)}
        self.caller.write("views.publish", "Publishing the App Home", body, urgency=urgency)


def _read_user(user: dict[str, Any], here: str) -> ChatUser:
    """Read a user object; ``here`` is the workspace of the app.

    ``is_app_user`` says only that a person has authorised this app, so it excludes nobody.
    https://docs.slack.dev/reference/objects/user-object
    """
    profile = user.get("profile") or {}
    names = profile.get("display_name"), profile.get("real_name"), user.get("real_name"), user.get("name")
    return ChatUser(
        user["id"],
        next((name for name in names if name), user["id"]),
        user.get("tz") or "UTC",  # bots and people from other workspaces have none
        bool(user.get("is_bot")) or user["id"] == _SLACKBOT,
        bool(user.get("deleted")),
        bool(user.get("is_restricted") or user.get("is_ultra_restricted")),
        _is_foreign(user, here),
    )


def _is_foreign(user: dict[str, Any], here: str) -> bool:
    """Return whether a user is a member of other workspaces only.

    Slack sets ``is_stranger`` only for people with whom the app shares no channel. In an organisation,
    ``enterprise_user`` lists all workspaces of a person.
    """
    enterprise = user.get("enterprise_user") or {}
    teams = {user.get("team_id"), *(enterprise.get("teams") or ())}
    return bool(user.get("is_stranger")) or here not in teams
