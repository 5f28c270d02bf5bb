"""Whether this process can work now, answered in time even where finding out takes for ever."""

import asyncio
import time
from collections.abc import Callable

from bot.entrypoints.bounded_threads import BoundedThreads


class Readiness:
    """Runs one check at a time, however many ask: a check that hangs costs one thread and one connection.

    ``check`` says why this process cannot work now, or None. Whoever asks while it runs waits for its
    result, until it has run for ``seconds``; whoever asks later hears at once that it hangs. When it ends,
    the next one who asks begins another.
    """

    def __init__(self, check: Callable[[], str | None], seconds: float) -> None:
        self._check = check
        self._seconds = seconds
        self._threads = BoundedThreads("readiness", 1)
        self._running: asyncio.Task[str | None] | None = None
        self._began = 0.0

    async def why_not(self) -> str | None:
        """Say why this process cannot work now, or None."""
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
            return f"it could not be found out whether the database works ({type(failed).__name__})"
        return running.result()
