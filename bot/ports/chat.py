"""The chat: Slack, within one workspace.

Messages and views are JSON in the form of Slack's API. ``bot.rendering`` builds them, and a validator checks
them before they are sent.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum, auto
from typing import Any, Protocol

from bot.errors import PermanentError, TransientError

Block = dict[str, Any]
View = dict[str, Any]


@dataclass(frozen=True, slots=True)
class OutgoingMessage:
    """A message to post. ``text`` is for notifications and screen readers, and is never empty."""

    text: str
    blocks: tuple[Block, ...] = ()


@dataclass(frozen=True, slots=True)
class PostedMessage:
    """Where a message was posted."""

    channel: str
    ts: str


@dataclass(frozen=True, slots=True)
class SuggestedPrompt:
    """A question that a person can ask with a click. ``title`` is on the button, ``message`` is sent."""

    title: str
    message: str


@dataclass(frozen=True, slots=True)
class ChatUser:
    """A user of the workspace. ``time_zone`` is an IANA name; ``gone`` means the user was deactivated.

    ``is_guest`` means that they see only some channels, ``is_foreign`` that they belong to another workspace,
    with which ours shares a channel.
    """

    id: str
    name: str
    time_zone: str
    is_bot: bool
    gone: bool
    is_guest: bool = False
    is_foreign: bool = False


@dataclass(frozen=True, slots=True)
class Workspace:
    """A workspace and the app's user there."""

    id: str
    name: str
    bot_user: str
    url: str


class AccountMemory(Protocol):
    """Accounts that were looked up recently. ``words`` are user ids or e-mail addresses."""

    def recall(self, workspace: str, words: Collection[str]) -> Mapping[str, ChatUser]:
        """Return the accounts that are still remembered, without their names."""

    def remember(self, workspace: str, users: Mapping[str, ChatUser]) -> None:
        """Remember accounts of people who can be imported."""


class Urgency(Enum):
    """How soon a request must be made, if many are waiting for the chat's rate limits.

    ``PRESSING``: a person has just clicked, and would lose what they asked for. ``NORMAL``: a person waits,
    but loses nothing. ``BACKGROUND``: nobody waits.
    """

    PRESSING = auto()
    NORMAL = auto()
    BACKGROUND = auto()


class TokenRejectedError(PermanentError):
    """The chat no longer accepts the token. Nothing can be sent until it works again or is replaced."""


class PictureUnusableError(TransientError):
    """The chat can't show a message's picture: it isn't ready yet, or it was deleted. Nothing was sent."""


class FeatureUnavailableError(PermanentError):
    """The workspace, the app or this conversation doesn't have this feature. Nothing was done: do without."""


class TriggerExpiredError(Exception):
    """More than three seconds passed between the click and the view. The person must click again."""


class Chat(Protocol):
    """Everything that Sensei does in the chat. Each method makes one or a few requests.

    All methods raise:
        TransientError: a rate limit or an outage. Try again after ``retry_in``. The request may have
            succeeded although its answer was lost, so look for the post before you try again.
        PermanentError: the token was revoked (``TokenRejectedError``), or the app, channel or user is gone.

    Once the chat has rejected the token, all but pressing requests fail without being made, until
    ``check_token`` or another request succeeds.
    """

    def why_rejected(self) -> str | None:
        """Return why the chat rejects the token and what to do, or None. Makes no request."""

    def check_token(self) -> None:
        """Ask the chat whether it accepts the token."""

    def workspace(self) -> Workspace:
        """Return the workspace in which the app is installed."""

    def user(self, user: str, urgency: Urgency = Urgency.NORMAL) -> ChatUser:
        """Return a user by id; raise UserError if there is none."""

    def user_by_email(self, email: str) -> ChatUser | None:
        """Return a user by the email address of their account, or None."""

    def conversation(self, users: Sequence[str], urgency: Urgency = Urgency.NORMAL) -> str:
        """Open a direct or group message. The same users always get the same channel, which is returned."""

    def post(
        self, channel: str, message: OutgoingMessage, key: str, thread: str | None = None
    ) -> PostedMessage:
        """Post a message with ``key`` in its metadata. It isn't idempotent; use ``find`` before a retry."""

    def find(
        self, channel: str, key: str, since: datetime, thread: str | None = None
    ) -> PostedMessage | None:
        """Return Sensei's message with ``key`` in its metadata, posted since the given time, or None."""

    def update(self, posted: PostedMessage, message: OutgoingMessage) -> None:
        """Replace a message's content. If the message is gone, nothing happens."""

    def set_status(self, channel: str, thread: str, status: str) -> None:
        """Show below a thread what Sensei does, such as "is looking it up", until its next message there.

        An empty status removes it. All three of these may raise FeatureUnavailableError. If the thread is
        gone, nothing happens.
        """

    def set_title(self, channel: str, thread: str, title: str) -> None:
        """Set the title under which a thread appears in a person's list of conversations with Sensei."""

    def suggest_prompts(
        self, channel: str, thread: str | None, title: str, prompts: Sequence[SuggestedPrompt]
    ) -> None:
        """Suggest one to four questions below a title, in a thread or else below the newest message."""

    def start_stream(self, channel: str, thread: str, recipient: str) -> PostedMessage:
        """Start a message that grows while ``recipient`` reads it.

        It has no key until it is stopped. If the request fails with a TransientError, or the process dies,
        the message may be there: look with ``find`` and then with ``find_stream``, and stop what they return.

        Raises:
            FeatureUnavailableError: post an ordinary message instead.
        """

    def append_stream(self, posted: PostedMessage, markdown: str) -> bool:
        """Add safe Markdown to a stream. Return False if it has ended, because of its age or its reader."""

    def stop_stream(self, posted: PostedMessage, message: OutgoingMessage, key: str) -> None:
        """End a stream, and replace what it showed with a message that has a key.

        It is idempotent, and works for streams that have ended already. If the message is gone, nothing
        happens.
        """

    def find_stream(self, channel: str, thread: str, since: datetime) -> PostedMessage | None:
        """Return the newest stream of Sensei's in a thread that was started since a time and never stopped.

        Sensei posts no other messages without a key in threads.
        """

    def upload_picture(self, name: str, content: bytes, alternative_text: str) -> str:
        """Store a PNG that nobody sees until a message shows it; return its id.

        It isn't idempotent, and a message can show the picture only some seconds later: until then, ``post``
        and ``update`` raise ``PictureUnusableError``.
        """

    def delete_picture(self, picture: str) -> None:
        """Delete one of Sensei's own pictures. If it is gone already, nothing happens."""

    def bring_page(self, name: str, content: bytes) -> str:
        """Bring an HTML page to the chat, where nobody sees it before it is shared; return its id.

        It isn't idempotent. A page that is never shared is lost.
        """

    def share_file(self, file: str, title: str, channel: str, comment: str) -> None:
        """Show a page in a conversation. It isn't idempotent; use ``has_file`` before a retry."""

    def has_file(self, channel: str, file: str, since: datetime) -> bool:
        """Return whether a file was shared in a conversation since the given time."""

    def own_messages(self, channel: str) -> Sequence[PostedMessage]:
        """List Sensei's own messages in a conversation and in its threads, newest first."""

    def delete(self, posted: PostedMessage) -> bool:
        """Delete one of Sensei's own messages; return False if the workspace doesn't allow it.

        If the message is gone already, nothing happens.
        """

    def open_view(self, trigger: str, view: View) -> str:
        """Open a modal for the person who has just clicked; return its id. Always pressing.

        Raises:
            TriggerExpiredError: the click was too long ago.
        """

    def update_view(self, view_id: str, view: View) -> None:
        """Replace an open modal. Always pressing. If it was closed, nothing happens."""

    def publish_home(self, user: str, view: View, urgency: Urgency = Urgency.NORMAL) -> None:
        """Publish a user's App Home."""
