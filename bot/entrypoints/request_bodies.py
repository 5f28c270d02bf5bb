"""Limits on request bodies: how long each may take to arrive, and how many bytes they may total.

Anyone who can reach the port can start a large body and never finish it. So when the budget is used up, the
oldest unfinished body is dropped for the others, as with connections (``connection_limits``). A complete body
counts until it has been handled.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager

_SMALL = 128 * 1024
"""Bytes of each body that the budget doesn't count, so that large bodies can't displace ordinary ones."""

CountBytes = Callable[[int], None]
"""Counts that many additional bytes of a body, or raises ``RequestRefusedError``."""


class RequestRefusedError(Exception):
    """A request is refused with an HTTP status and a reason."""

    def __init__(self, status: int, reason: str) -> None:
        super().__init__(reason)
        self.status = status
        self.reason = reason


class BodyBudget:
    """The total bytes of all bodies. It is used on one event loop, so it needs no lock."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._held = 0
        self._unfinished: dict[BodyShare, None] = {}  # an ordered set

    @contextmanager
    def share(self) -> "Iterator[BodyShare]":
        """Yield the share of one body; its bytes are released at the end of the block."""
        share = BodyShare(self)
        try:
            yield share
        finally:
            self.release(share)

    def note_begun(self, share: "BodyShare") -> None:
        """Record that a body is starting to arrive."""
        self._unfinished[share] = None

    def note_whole(self, share: "BodyShare") -> None:
        """Record that a body is complete, or no longer awaited."""
        self._unfinished.pop(share, None)

    def count(self, share: "BodyShare", more: int) -> None:
        """Count bytes of a share, dropping older unfinished bodies if necessary.

        Raises:
            RequestRefusedError: no older unfinished body holds any bytes.
        """
        while more and self._held + more > self._most:
            oldest = next((other for other in self._unfinished if other.counted), share)
            if oldest is share:
                raise RequestRefusedError(503, "too many large ones")
            self.release(oldest)
            oldest.end()
        self._held += more
        share.counted += more

    def release(self, share: "BodyShare") -> None:
        """Release the bytes of a share."""
        self._held -= share.counted
        share.counted = 0
        self._unfinished.pop(share, None)


class BodyShare:
    """The bytes of one body; ``counted`` is how many of them the budget counts."""

    def __init__(self, budget: BodyBudget) -> None:
        self.counted = 0
        self._budget = budget
        self._taken = 0
        self._ended = False
        self._deadline: asyncio.Timeout | None = None

    @asynccontextmanager
    async def reading(self, until: float) -> AsyncIterator[CountBytes]:
        """Read the body until a deadline, given in the event loop's time.

        Raises:
            RequestRefusedError: it took too long, or was dropped for others.
        """
        try:
            async with asyncio.timeout_at(until) as self._deadline:
                self._budget.note_begun(self)
                yield self._take
        except TimeoutError:
            if not self._ended:
                raise RequestRefusedError(408, "too slow") from None
        finally:
            self._budget.note_whole(self)
        if self._ended:
            raise RequestRefusedError(503, "too many large ones")

    def end(self) -> None:
        """Stop reading the body."""
        self._ended = True
        if self._deadline is not None:
            self._deadline.reschedule(asyncio.get_running_loop().time())

    def _take(self, more: int) -> None:
        if self._ended:
            raise RequestRefusedError(503, "too many large ones")
        self._budget.count(self, max(0, self._taken + more - _SMALL) - max(0, self._taken - _SMALL))
        self._taken += more
