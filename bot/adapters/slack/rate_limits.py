"""Our own rate limits: requests per minute for each method, and one post per second for each channel.

The numbers are nine tenths of what Slack guarantees: https://docs.slack.dev/apis/web-api/rate-limits. Slack
tolerates bursts, so bursts within the minute are allowed.

A request that is pressing, such as a form that someone has just asked for, ignores our numbers. It can't
wait, because Slack lets us open a form only within three seconds of the click. If we refused it ourselves,
the form would be lost for certain; Slack, which tolerates more than it guarantees, usually accepts it.
Pressing requests count like all others, so the others make room for them. Only a pause that Slack itself has
asked for stops them.

Background work gets half of each number, so that it can't use up a minute that people will need.
"""

import threading
import time
from bisect import insort
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from bot.errors import TransientError
from bot.ports.chat import Urgency

_TIER_2, _TIER_3, _TIER_4 = 18, 45, 90
PER_MINUTE: Mapping[str, int] = {
    "assistant.threads.setStatus": _TIER_4,  # it has a limit of its own, which is higher
    "assistant.threads.setSuggestedPrompts": _TIER_4,
    "assistant.threads.setTitle": _TIER_4,
    "auth.test": 90,
    "chat.appendStream": _TIER_4,
    "chat.delete": _TIER_3,
    "chat.postMessage": 240,  # "several hundred a minute" in one workspace
    "chat.startStream": _TIER_2,
    "chat.stopStream": _TIER_2,
    "chat.update": _TIER_3,
    "conversations.history": _TIER_3,
    "conversations.open": _TIER_3,
    "conversations.replies": _TIER_3,
    "files.completeUploadExternal": _TIER_4,
    "files.delete": _TIER_3,
    "files.getUploadURLExternal": _TIER_4,
    "users.info": _TIER_4,
    "users.lookupByEmail": 100,  # tier 3, in bursts: only imports use it, and they wait when Slack says so
    "views.open": _TIER_4,
    "views.publish": _TIER_4,
    "views.update": _TIER_4,
}
"""Maximum requests per minute, by method. Methods that are not listed get the lowest tier."""

CHANNEL_SECONDS = 1.0
"""Minimum seconds between two posts in the same channel."""

LONGEST_WAIT = 3.0
"""Maximum seconds that a request waits for its turn. If more are needed, an error says when to retry."""

PRESSING_WAIT = 0.5
"""The same for pressing requests, of the three seconds that they have."""

_MOST_CHANNELS = 5_000


@dataclass
class RateLimits:
    """The rate limits of one token. A method that Slack has limited is called only after the wait."""

    monotonic: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep
    _lock: threading.Lock = field(default_factory=threading.Lock, init=False, repr=False)
    _made: dict[str, deque[float]] = field(default_factory=dict, init=False, repr=False)
    _posted: dict[str, float] = field(default_factory=dict, init=False, repr=False)
    _held: dict[str, float] = field(default_factory=dict, init=False, repr=False)

    def wait(self, method: str, channel: str, activity: str, urgency: Urgency = Urgency.NORMAL) -> None:
        """Wait until a request may be made. The caller makes it straight afterwards.

        Raises:
            TransientError: the wait would be longer than ``LONGEST_WAIT``, or ``PRESSING_WAIT`` for a
                pressing request; ``retry_in`` is its length.
        """
        longest = PRESSING_WAIT if urgency is Urgency.PRESSING else LONGEST_WAIT
        with self._lock:
            now = self.monotonic()
            turn = self._find_turn(method, channel, now, urgency)
            if turn - now > longest:
                raise TransientError(f"{activity}: Slack's rate limit was reached.", turn - now)
            insort(self._made.setdefault(method, deque()), turn)
            if channel:
                self._posted[channel] = turn
        if turn > now:
            self.sleep(turn - now)

    def has_room(self, method: str) -> bool:
        """Return whether a request could be made now, without a wait."""
        with self._lock:
            now = self.monotonic()
            return self._find_turn(method, "", now, Urgency.NORMAL) <= now

    def hold(self, method: str, seconds: float) -> None:
        """Pause calls to a method for some seconds, at Slack's request."""
        with self._lock:
            self._held[method] = max(self._held.get(method, 0.0), self.monotonic() + seconds)

    def _find_turn(self, method: str, channel: str, now: float, urgency: Urgency) -> float:
        turn = max(now, self._held.get(method, 0.0))
        made = self._made.setdefault(method, deque())
        while made and made[0] <= now - 60:
            made.popleft()
        most = PER_MINUTE.get(method, _TIER_2)
        if urgency is Urgency.BACKGROUND:
            most //= 2
        if len(made) >= most and urgency is not Urgency.PRESSING:
            turn = max(turn, made[-most] + 60)
        if channel:
            if len(self._posted) > _MOST_CHANNELS:
                self._posted = {name: at for name, at in self._posted.items() if at > now - CHANNEL_SECONDS}
            turn = max(turn, self._posted.get(channel, now - CHANNEL_SECONDS) + CHANNEL_SECONDS)
        return turn
