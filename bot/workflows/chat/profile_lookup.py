"""Looking up a person's profile in the chat before a form opens, without making the form late."""

import threading
from concurrent.futures import Future
from dataclasses import dataclass, field

import structlog

from bot.errors import PermanentError, TransientError, UserError
from bot.ports.chat import Chat, ChatUser

log = structlog.get_logger(__name__)

LONGEST_WAIT = 0.8
"""Seconds. The form must be open within three, and the lookup only fills in a name and a time zone."""

_AT_ONCE = 8  # lookups that may hang; while they do, forms open at once


@dataclass(frozen=True)
class ProfileLookup:
    """Looks up profiles in threads of its own, and waits at most ``seconds`` for one."""

    chat: Chat
    seconds: float = LONGEST_WAIT
    _free: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(_AT_ONCE))

    def find(self, user: str) -> ChatUser | None:
        """Return a user's profile, or None if the chat doesn't answer in time or doesn't know the user."""
        if not self._free.acquire(blocking=False):
            log.info("slack.not_met", why="busy")
            return None
        found: Future[ChatUser] = Future()
        threading.Thread(target=self._ask, args=(user, found), name="slack-lookup", daemon=True).start()
        try:
            return found.result(self.seconds)
        except (UserError, TransientError, PermanentError, TimeoutError) as failed:
            log.info("slack.not_met", why=type(failed).__name__)
            return None

    def _ask(self, user: str, found: "Future[ChatUser]") -> None:
        try:
            found.set_result(self.chat.user(user))
        except BaseException as failed:  # noqa: BLE001 - the caller gets it, whatever it is
            found.set_exception(failed)
        finally:
            self._free.release()
