"""Finds the workspace where the app is installed. It asks Slack until Slack answers, then never again."""

import threading
import time

import structlog

from bot.errors import PermanentError, TransientError
from bot.ports.chat import Chat, Workspace

log = structlog.get_logger(__name__)

_PAUSE = 5.0  # seconds after a failed attempt
_PATIENCE = 2.0  # seconds, of the three that Slack waits for an answer


class WorkspaceLookup:
    """Looks up the workspace. Thread-safe: one thread asks Slack, and the others wait briefly for it."""

    def __init__(self, chat: Chat, pause: float = _PAUSE) -> None:
        self._chat = chat
        self._pause = pause
        self._known: Workspace | None = None
        self._why = "Slack has not been asked yet"
        self._not_before = 0.0
        self._asking = threading.Lock()

    def look(self) -> None:
        """Ask Slack, unless the workspace is known."""
        if self._known is None and self._asking.acquire(timeout=_PATIENCE):
            try:
                self._ask()
            finally:
                self._asking.release()

    def id(self) -> str | None:
        """Return the workspace's id, or None while it is not known."""
        self.look()
        return self._known.id if self._known else None

    def why_not(self) -> str | None:
        """Return why the workspace is not known, or None if it is known."""
        return None if self._known else self._why

    def _ask(self) -> None:
        if self._known is not None or time.monotonic() < self._not_before:
            return
        try:
            self._known = self._chat.workspace()
        except (TransientError, PermanentError) as failed:
            self._why = str(failed)
            self._not_before = time.monotonic() + self._pause
            log.warning("slack.unknown", why=str(failed))
