"""Deleting Sensei's own direct messages to a person, if their erasure includes these.

It asks the chat which messages are still there, so an interrupted deletion can be repeated.
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from time import sleep
from typing import TypeVar

from bot.errors import PermanentError, TransientError, UserError
from bot.ports.chat import Chat, PostedMessage
from bot.ports.personal_data import DirectMessages
from bot.rendering.text.safe_text import count

T = TypeVar("T")

_MOST_TRIES = 5
_LONGEST_WAIT = 65.0  # seconds: a little more than Slack's rate limits, which last a minute


@dataclass(frozen=True)
class MessageDeletion:
    """Counts and deletes direct messages. ``wait`` sleeps for a number of seconds.

    ``others`` are further messages about these users, such as with their words to another person.
    """

    chat: Chat
    wait: Callable[[float], None] = sleep

    def count(self, users: Collection[str], others: Sequence[PostedMessage] = ()) -> DirectMessages:
        """Return how many messages would be deleted.

        Raises:
            UserError: the chat can't be asked.
        """
        return DirectMessages(len({*self._list(users), *others}))

    def delete(self, users: Collection[str], others: Sequence[PostedMessage] = ()) -> DirectMessages:
        """Delete all of Sensei's messages in its conversations with each of these users alone, and others.

        Raises:
            UserError: the chat can't be asked, or stopped answering. Messages deleted so far stay deleted.
        """
        deleted = refused = 0
        for message in dict.fromkeys([*self._list(users), *others]):
            if self._ask(lambda message=message: self.chat.delete(message), deleted):  # type: ignore[misc]
                deleted += 1
            else:
                refused += 1
        return DirectMessages(deleted, refused)

    def _list(self, users: Collection[str]) -> list[PostedMessage]:
        channels = [self._ask(lambda user=user: self.chat.conversation([user])) for user in sorted(users)]  # type: ignore[misc]
        return [
            message
            for channel in channels
            for message in self._ask(lambda channel=channel: self.chat.own_messages(channel))  # type: ignore[misc]
        ]

    def _ask(self, request: Callable[[], T], deleted: int = 0) -> T:
        """Make a request, waiting when the chat limits the rate. A hundred messages take two minutes."""
        for attempt in range(_MOST_TRIES):
            try:
                return request()
            except PermanentError as refused:
                raise _stopped(refused.what, deleted) from None
            except TransientError as failed:
                if attempt == _MOST_TRIES - 1:
                    raise _stopped(str(failed), deleted) from None
                self.wait(min(failed.retry_in or 2.0**attempt, _LONGEST_WAIT))
        raise AssertionError("the last attempt returns or raises")


def _stopped(why: str, deleted: int) -> UserError:
    done = (
        f"{count(deleted, 'message')} in Slack {'was' if deleted == 1 else 'were'} deleted" if deleted else ""
    )
    return UserError(
        f"{why} {f'{done}, but nothing else.' if done else 'Nothing was deleted.'}",
        "Run the command again later, or without --slack-messages to leave Sensei's messages in Slack.",
    )
