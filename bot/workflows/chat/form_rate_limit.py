"""How many forms one person may open: Slack opens some ninety a minute for all people together.

Kept in memory: a limit of minutes need not outlive the process, and a form must open within three seconds.
"""

import threading
import time
from collections import OrderedDict, deque
from collections.abc import Callable
from dataclasses import dataclass, field

from bot.errors import UserError

A_MINUTE = 20
"""Forms, pages and windows that one person is shown in a minute."""
_MINUTE = 60.0
_MOST_PEOPLE = 5_000


class TooManyFormsError(UserError):
    """Somebody has opened as many forms within a minute as one person may."""


class AlreadyWarnedError(Exception):
    """Somebody opens too many forms, and was told so within the last minute."""


@dataclass(slots=True)
class _Opened:
    at: deque[float] = field(default_factory=lambda: deque(maxlen=A_MINUTE))
    told: float = float("-inf")


@dataclass
class FormRateLimit:
    """Counts what is opened for each person, by their id in the chat. Safe between threads."""

    monotonic: Callable[[], float] = time.monotonic
    _lock: threading.Lock = field(default_factory=threading.Lock, init=False, repr=False)
    _people: OrderedDict[str, _Opened] = field(default_factory=OrderedDict, init=False, repr=False)

    def take(self, user: str) -> None:
        """Let one more form be opened for somebody.

        Raises:
            TooManyForms: they have opened as many within a minute as one person may.
            ToldAlready: so they have, and this was raised for them within the last minute.
        """
        with self._lock:
            now = self.monotonic()
            opened = self._of(user)
            if len(opened.at) < A_MINUTE or now - opened.at[0] >= _MINUTE:
                opened.at.append(now)
                return
            if now - opened.told < _MINUTE:
                raise AlreadyWarnedError
            opened.told = now
        raise TooManyFormsError(
            f"You've opened {A_MINUTE} forms or pages in the last minute, so I haven't opened another one.",
            "Nothing was changed. Please try again in a minute.",
        )

    def _of(self, user: str) -> _Opened:
        """Return what is known of somebody; the one who was not seen for longest is forgotten."""
        opened = self._people.setdefault(user, _Opened())
        self._people.move_to_end(user)
        if len(self._people) > _MOST_PEOPLE:
            self._people.popitem(last=False)
        return opened
