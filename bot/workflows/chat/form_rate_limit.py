"""Limits how many forms a person may open: Slack opens about ninety a minute for all people together.

The counts are in memory. A limit per minute need not outlive the process, and a form must open within three
seconds.
"""

import threading
import time
from collections import OrderedDict, deque
from collections.abc import Callable
from dataclasses import dataclass, field

from bot.errors import UserError

A_MINUTE = 20
"""The most forms, pages and windows that a person is shown in a minute."""
_MINUTE = 60.0
_MOST_PEOPLE = 5_000


class TooManyFormsError(UserError):
    """A person has opened as many forms within a minute as they may."""


class AlreadyWarnedError(Exception):
    """A person opens too many forms, and was told so within the last minute."""


@dataclass(slots=True)
class _Opened:
    at: deque[float] = field(default_factory=lambda: deque(maxlen=A_MINUTE))
    warned: float = float("-inf")


@dataclass
class FormRateLimit:
    """Counts the forms of each person, by their account in the chat. Safe between threads."""

    monotonic: Callable[[], float] = time.monotonic
    _lock: threading.Lock = field(default_factory=threading.Lock, init=False, repr=False)
    _people: OrderedDict[str, _Opened] = field(default_factory=OrderedDict, init=False, repr=False)

    def take(self, user: str) -> None:
        """Count one more form for a person.

        Raises:
            TooManyFormsError: they have opened as many within a minute as they may.
            AlreadyWarnedError: the same, and they were told so within the last minute.
        """
        with self._lock:
            now = self.monotonic()
            opened = self._find_counts(user)
            if len(opened.at) < A_MINUTE or now - opened.at[0] >= _MINUTE:
                opened.at.append(now)
                return
            if now - opened.warned < _MINUTE:
                raise AlreadyWarnedError
            opened.warned = now
        raise TooManyFormsError(
            f"You've opened {A_MINUTE} forms or pages in the last minute, so I haven't opened another one.",
            "Nothing was changed. Please try again in a minute.",
        )

    def _find_counts(self, user: str) -> _Opened:
        """Return a person's counts. When there are too many people, the least recent one is forgotten."""
        opened = self._people.setdefault(user, _Opened())
        self._people.move_to_end(user)
        if len(self._people) > _MOST_PEOPLE:
            self._people.popitem(last=False)
        return opened
