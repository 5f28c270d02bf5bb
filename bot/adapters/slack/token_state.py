"""Whether Slack accepts a token, according to its last answer."""

import threading
from dataclasses import dataclass, field

from bot.ports.chat import TokenRejectedError


@dataclass
class TokenState:
    """Remembers that Slack has rejected a token, so that no more requests are made with it. Thread-safe."""

    _lock: threading.Lock = field(default_factory=threading.Lock, init=False, repr=False)
    _rejected: TokenRejectedError | None = field(default=None, init=False)

    def require_accepted(self) -> None:
        """Raise TokenRejectedError if Slack has rejected the token."""
        rejected = self._rejected
        if rejected is not None:
            raise TokenRejectedError(rejected.what, rejected.remedy)

    def why_rejected(self) -> str | None:
        """Return why Slack rejects the token and what to do, or None if it accepts it."""
        rejected = self._rejected
        return str(rejected) if rejected else None

    def reject(self, why: TokenRejectedError) -> None:
        """Remember that Slack has rejected the token. The first reason is kept."""
        with self._lock:
            self._rejected = self._rejected or why

    def accept(self) -> None:
        """Remember that Slack has accepted the token."""
        with self._lock:
            self._rejected = None
