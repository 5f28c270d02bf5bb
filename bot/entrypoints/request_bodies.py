"""The bodies that are in hand: how long each may take to arrive, and how many bytes all may hold together.

Anybody who reaches the port can begin a large body and never end it. So the room is not for those who came
first: when it is full, the unfinished body that began first makes room for the others, as connections do
(``connections``). A body that has arrived keeps its bytes until it is done with.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager

_SMALL = 128 * 1024
"""Bytes of each body that the budget does not count, so that large ones keep no usual delivery away."""

Take = Callable[[int], None]
"""Takes so many bytes more for a body, or raises ``RequestRefusedError``."""


class RequestRefusedError(Exception):
    """A request is refused, with a status and a reason."""

    def __init__(self, status: int, reason: str) -> None:
        super().__init__(reason)
        self.status = status
        self.reason = reason


class BodyBudget:
    """Bytes of bodies in hand. All on one event loop, so nothing is locked."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._held = 0
        self._unfinished: dict[BodyShare, None] = {}  # a set that keeps its order

    @contextmanager
    def share(self) -> "Iterator[BodyShare]":
        """Let one body take bytes, until it is done with."""
        share = BodyShare(self)
        try:
            yield share
        finally:
            self.release(share)

    def begins(self, share: "BodyShare") -> None:
        """Note that a body begins to arrive."""
        self._unfinished[share] = None

    def is_whole(self, share: "BodyShare") -> None:
        """Note that nothing more of a body is awaited."""
        self._unfinished.pop(share, None)

    def count(self, share: "BodyShare", more: int) -> None:
        """Count bytes of a share; others may have to end for them.

        Raises:
            Refused: no other is unfinished that began before, and has any.
        """
        while more and self._held + more > self._most:
            oldest = next((one for one in self._unfinished if one.counted), share)
            if oldest is share:
                raise RequestRefusedError(503, "too many large ones")
            self.release(oldest)
            oldest.end()
        self._held += more
        share.counted += more

    def release(self, share: "BodyShare") -> None:
        """Give back what a share holds."""
        self._held -= share.counted
        share.counted = 0
        self._unfinished.pop(share, None)


class BodyShare:
    """One body's bytes. ``counted`` are those that the budget counts."""

    def __init__(self, budget: BodyBudget) -> None:
        self.counted = 0
        self._budget = budget
        self._taken = 0
        self._ended = False
        self._deadline: asyncio.Timeout | None = None

    @asynccontextmanager
    async def reading(self, until: float) -> AsyncIterator[Take]:
        """Let the body arrive, until a time of the event loop's.

        Raises:
            Refused: it took too long, or had to make room.
        """
        try:
            async with asyncio.timeout_at(until) as self._deadline:
                self._budget.begins(self)
                yield self._take
        except TimeoutError:
            if not self._ended:
                raise RequestRefusedError(408, "too slow") from None
        finally:
            self._budget.is_whole(self)
        if self._ended:
            raise RequestRefusedError(503, "too many large ones")

    def end(self) -> None:
        """Let the body arrive no further."""
        self._ended = True
        if self._deadline is not None:
            self._deadline.reschedule(asyncio.get_running_loop().time())

    def _take(self, more: int) -> None:
        if self._ended:
            raise RequestRefusedError(503, "too many large ones")
        self._budget.count(self, max(0, self._taken + more - _SMALL) - max(0, self._taken - _SMALL))
        self._taken += more
