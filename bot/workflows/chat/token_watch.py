"""Pausing all that is sent while Slack rejects the bot token, for example because it was revoked.

Without a pause, each message would fail for itself and become a dead letter. Instead, its workflow puts its
job back (``PausedError``), and the dispatcher starts no such job until the token works again. Then everything
goes out, once and in order. A process that starts with a new token finds the jobs in their rows.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeVar

import structlog

from bot.errors import PermanentError, TransientError
from bot.ports.chat import Chat, TokenRejectedError
from bot.workflows.jobs.retry import PausedError

T = TypeVar("T")
log = structlog.get_logger(__name__)

PROBE_SECONDS = 30.0
"""Seconds between two questions to Slack whether the token works again."""


def pause_if_rejected(request: Callable[[], T]) -> T:
    """Make a request to the chat.

    Raises:
        PausedError: the chat rejects the token.
    """
    try:
        return request()
    except TokenRejectedError as rejected:
        raise PausedError(str(rejected)) from rejected


@dataclass
class TokenWatch:
    """Logs when sending is paused and when it resumes, and asks now and then whether it can resume."""

    chat: Chat
    monotonic: Callable[[], float] = time.monotonic
    _probed: float | None = field(default=None, init=False)

    def is_paused(self) -> bool:
        """Return whether Slack rejects the token."""
        return self.chat.why_rejected() is not None

    def look(self) -> None:
        """Compare the token's state with that of the last call. Call it every few seconds."""
        why, now = self.chat.why_rejected(), self.monotonic()
        if why is None:
            if self._probed is not None:
                log.info("slack.resumed")
            self._probed = None
        elif self._probed is None:
            log.error(
                "slack.paused",
                why=why,
                waiting="Messages will wait until the token works. None will be lost.",
            )
            self._probed = now
        elif now - self._probed >= PROBE_SECONDS:
            self._probed = now
            self._probe()

    def _probe(self) -> None:
        try:
            self.chat.check_token()
        except (TransientError, PermanentError) as failed:
            log.info("slack.still_paused", why=type(failed).__name__)
        else:
            self.look()
