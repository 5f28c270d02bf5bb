"""Our own pace: so many requests a minute for each method, and one post a second for each channel.

Numbers from https://docs.slack.dev/apis/web-api/rate-limits: what Slack guarantees, of which nine tenths are
used here. Bursts are tolerated by Slack and allowed here, within the minute.
"""

import threading
import time
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from bot.errors import TransientError

_TIER_2, _TIER_3, _TIER_4 = 18, 45, 90
PER_MINUTE: Mapping[str, int] = {
    "auth.test": 90,
    "chat.postMessage": 240,  # "several hundred a minute" in one workspace
    "chat.update": _TIER_3,
    "conversations.history": _TIER_3,
    "conversations.open": _TIER_3,
    "conversations.replies": _TIER_3,
    "users.info": _TIER_4,
    "users.lookupByEmail": _TIER_3,
    "views.open": _TIER_4,
    "views.publish": _TIER_4,
    "views.update": _TIER_4,
}
"""Requests a minute; a method that is not here has the smallest tier that we use."""

CHANNEL_SECONDS = 1.0
"""Seconds between two posts into one channel."""

LONGEST_WAIT = 3.0
"""Seconds that a request waits for its turn; whoever would wait longer is told when to come again."""

_MOST_CHANNELS = 5_000


@dataclass
class RateLimits:
    """Turns for one token. A method that Slack has put off is not asked before its time."""

    monotonic: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep
    _lock: threading.Lock = field(default_factory=threading.Lock, init=False, repr=False)
    _made: dict[str, deque[float]] = field(default_factory=dict, init=False, repr=False)
    _posted: dict[str, float] = field(default_factory=dict, init=False, repr=False)
    _held: dict[str, float] = field(default_factory=dict, init=False, repr=False)

    def wait(self, method: str, channel: str, what: str) -> None:
        """Wait for the turn of a request, which is made now.

        Raises:
            TransientError: its turn comes later than ``LONGEST_WAIT``; ``retry_in`` says when.
        """
        with self._lock:
            now = self.monotonic()
            turn = self._turn(method, channel, now)
            if turn - now > LONGEST_WAIT:
                raise TransientError(f"{what}: Slack's rate limit was reached.", turn - now)
            self._made.setdefault(method, deque()).append(turn)
            if channel:
                self._posted[channel] = turn
        if turn > now:
            self.sleep(turn - now)

    def hold(self, method: str, seconds: float) -> None:
        """Ask a method no more for so long: Slack has said so."""
        with self._lock:
            self._held[method] = max(self._held.get(method, 0.0), self.monotonic() + seconds)

    def _turn(self, method: str, channel: str, now: float) -> float:
        turn = max(now, self._held.get(method, 0.0))
        made = self._made.setdefault(method, deque())
        while made and made[0] <= now - 60:
            made.popleft()
        most = PER_MINUTE.get(method, _TIER_2)
        if len(made) >= most:
            turn = max(turn, made[-most] + 60)
        if channel:
            if len(self._posted) > _MOST_CHANNELS:
                self._posted = {it: at for it, at in self._posted.items() if at > now - CHANNEL_SECONDS}
            turn = max(turn, self._posted.get(channel, now - CHANNEL_SECONDS) + CHANNEL_SECONDS)
        return turn
