"""Limits how many forms a person may open. Slack allows about 90 per minute across all users.

While all people together open many, each may open fewer. So a few people who open form after form can't use
up what Slack allows and keep the others from theirs.

The counts are in memory, because a limit per minute need not outlive the process, and a form must open within
three seconds.
"""

import threading
import time
from collections import OrderedDict, deque
from collections.abc import Callable
from dataclasses import dataclass, field

from bot.errors import UserError

A_MINUTE = 20
"""Maximum forms, pages and windows shown to a person per minute."""
CROWD = 60
"""If all people together were shown this many within a minute, each may be shown ``IN_A_CROWD``."""
IN_A_CROWD = 5
_MINUTE = 60.0
_MOST_PEOPLE = 5_000


class TooManyFormsError(UserError):
    """The person has reached the maximum number of forms per minute."""


class AlreadyWarnedError(Exception):
    """The person opens too many forms, and was already warned within the last minute."""


@dataclass(slots=True)
class _Opened:
    at: deque[float] = field(default_factory=lambda: deque(maxlen=A_MINUTE))
    warned: float = float("-inf")


@dataclass
class FormRateLimit:
    """Counts the forms of each account in the chat. Thread-safe."""

    monotonic: Callable[[], float] = time.monotonic
    _lock: threading.Lock = field(default_factory=threading.Lock, init=False, repr=False)
    _people: OrderedDict[str, _Opened] = field(default_factory=OrderedDict, init=False, repr=False)
    _all: deque[float] = field(default_factory=lambda: deque(maxlen=CROWD), init=False, repr=False)

    def take(self, user: str) -> None:
        """Count one more form for a person.

        Raises:
            TooManyFormsError: they have reached the maximum per minute.
            AlreadyWarnedError: the same, and they were already warned within the last minute.
        """
        with self._lock:
            now = self.monotonic()
            opened = self._find_counts(user)
            recent = sum(now - at < _MINUTE for at in opened.at)
            most = IN_A_CROWD if self._is_crowded(now) else A_MINUTE
            if recent < most:
                opened.at.append(now)
                self._all.append(now)
                return
            if now - opened.warned < _MINUTE:
                raise AlreadyWarnedError
            opened.warned = now
        raise TooManyFormsError(
            f"You've opened {recent} forms or pages in the last minute, so I haven't opened another one.",
            "Nothing was changed. Please try again in a minute.",
        )

    def _is_crowded(self, now: float) -> bool:
        return len(self._all) == CROWD and now - self._all[0] < _MINUTE

    def _find_counts(self, user: str) -> _Opened:
        """Return a person's counts. If there are too many people, forget the least recent."""
        opened = self._people.setdefault(user, _Opened())
        self._people.move_to_end(user)
        if len(self._people) > _MOST_PEOPLE:
            self._people.popitem(last=False)
        return opened
