"""Work that may hang, in threads: only so many, and nobody has to wait for them."""

import asyncio
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import TypeVar

T = TypeVar("T")


class BoundedThreads:
    """Runs functions in daemon threads, at most ``most`` at a time.

    Whoever waits may give up (``asyncio.timeout``). A function that has begun keeps its thread until it ends,
    so that functions which hang are never more than ``most``; one that has not begun never will.
    """

    def __init__(self, name: str, most: int) -> None:
        self._name = name
        self._free = asyncio.Semaphore(most)

    async def run(self, do: Callable[[], T]) -> T:
        """Return what ``do`` returns, or raise what it raises."""
        await self._free.acquire()
        loop = asyncio.get_running_loop()
        outcome: asyncio.Future[T] = loop.create_future()

        def end(deliver: Callable[[], None]) -> None:
            self._free.release()
            if not outcome.done():  # else nobody waits any more
                deliver()

        def work() -> None:
            deliver: Callable[[], None]
            try:
                result = do()
            except BaseException as failed:  # noqa: BLE001 - whoever waits hears of it, whatever it is
                problem = failed

                def deliver() -> None:
                    outcome.set_exception(problem)
            else:

                def deliver() -> None:
                    outcome.set_result(result)

            with suppress(RuntimeError):  # the server has ended meanwhile
                loop.call_soon_threadsafe(end, deliver)

        threading.Thread(target=work, name=self._name, daemon=True).start()
        return await outcome
