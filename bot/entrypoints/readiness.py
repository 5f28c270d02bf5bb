"""Readiness of this process. Callers get a timely answer even if the check itself hangs."""

import asyncio
import time
from collections.abc import Callable

from bot.entrypoints.bounded_threads import BoundedThreads


class Readiness:
    """Runs one check at a time for all callers: a check that hangs costs one thread and one connection.

    ``check`` returns why this process cannot work now, or None. Callers wait for the running check until it
    has run for ``seconds``; after that, every caller learns at once that it hangs. Once it ends, the next
    caller starts another.
    """

    def __init__(self, check: Callable[[], str | None], seconds: float) -> None:
        self._check = check
        self._seconds = seconds
        self._threads = BoundedThreads("readiness", 1)
        self._running: asyncio.Task[str | None] | None = None
        self._began = 0.0

    async def why_not(self) -> str | None:
        """Return why this process cannot work now, or None."""
        if self._running is None or self._running.done():
            self._began = time.monotonic()
            self._running = asyncio.create_task(self._threads.run(self._check))
        running = self._running
        waited = time.monotonic() - self._began
        await asyncio.wait({running}, timeout=max(0.0, self._seconds - waited))
        if not running.done():
            waited = time.monotonic() - self._began
            return f"the database has not answered for {max(1, round(waited))} s"
        if failed := running.exception():
            return f"the database check failed ({type(failed).__name__})"
        return running.result()
