"""A chat in which the dojo lives: Slack, as one workspace sees the app.

Messages and views are JSON as Slack's API takes it, made by ``bot.rendering.slack`` and looked over by its
one validator before they leave.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

Block = dict[str, Any]
View = dict[str, Any]


@dataclass(frozen=True, slots=True)
class OutgoingMessage:
    """What is posted. ``text`` is what notifications and screen readers say: it is never empty."""

    text: str
    blocks: tuple[Block, ...] = ()


@dataclass(frozen=True, slots=True)
class PostedMessage:
    """Where a message stands."""

    channel: str
    ts: str


@dataclass(frozen=True, slots=True)
class ChatUser:
    """Somebody in the workspace as it has them now. ``time_zone`` is an IANA name."""

    id: str
    name: str
    time_zone: str
    is_bot: bool
    gone: bool


@dataclass(frozen=True, slots=True)
class Workspace:
    """The workspace, and the app's own user in it."""

    id: str
    name: str
    bot_user: str
    url: str


class TriggerExpiredError(Exception):
    """A view was opened later than three seconds after the click: the person has to click again."""


class Chat(Protocol):
    """What Sensei does in the chat. Every method is one or a few requests.

    Raises, all of them:
        TransientError: try again, not before ``retry_in``: rate limits, outages. The request may have been
            done (a lost answer), so a post is looked for before it is tried again.
        PermanentError: the token was revoked, the app, channel or user is gone.
    """

    def workspace(self) -> Workspace:
        """Say where the app is installed, and as whom."""

    def user(self, user: str) -> ChatUser:
        """Look somebody up by id; raise UserError where there is nobody."""

    def user_by_email(self, email: str) -> ChatUser | None:
        """Look somebody up by the address of their account."""

    def conversation(self, users: Sequence[str]) -> str:
        """Open the direct message with one user, or the group of several with the app; the same each time."""

    def post(
        self, channel: str, message: OutgoingMessage, key: str, thread: str | None = None
    ) -> PostedMessage:
        """Post a message that carries ``key`` in its metadata. Not idempotent: see ``find``."""

    def find(
        self, channel: str, key: str, since: datetime, thread: str | None = None
    ) -> PostedMessage | None:
        """Find our own message that carries ``key``, among those since a moment."""

    def update(self, posted: PostedMessage, message: OutgoingMessage) -> None:
        """Replace what a message says; where it is gone, nothing is done."""

    def open_view(self, trigger: str, view: View) -> str:
        """Open a modal for who has just clicked; return its id. Raise TriggerExpired when it is too late."""

    def update_view(self, view_id: str, view: View) -> None:
        """Replace a modal that is open; where it was closed, nothing is done."""

    def publish_home(self, user: str, view: View) -> None:
        """Show somebody their App Home."""
