"""Running functions that may hang in a limited number of threads, so that callers can stop waiting."""

import asyncio
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import TypeVar

T = TypeVar("T")


class BoundedThreads:
    """Runs functions in daemon threads, at most ``most`` at a time.

    A caller may stop waiting (``asyncio.timeout``). A function that has started occupies its thread until it
    ends, so at most ``most`` functions can hang. One that has not started by then never starts.
    """

    def __init__(self, name: str, most: int) -> None:
        self._name = name
        self._free = asyncio.Semaphore(most)

    async def run(self, function: Callable[[], T]) -> T:
        """Return what ``do`` returns, or raise what it raises."""
        await self._free.acquire()
        loop = asyncio.get_running_loop()
        outcome: asyncio.Future[T] = loop.create_future()

        def finish(deliver: Callable[[], None]) -> None:
            self._free.release()
            if not outcome.done():  # otherwise, the caller has given up
                deliver()

        def call_function() -> None:
            deliver: Callable[[], None]
            try:
                result = function()
            except BaseException as error:  # noqa: BLE001 - the caller gets it, whatever it is
                problem = error

                def deliver() -> None:
                    outcome.set_exception(problem)
            else:

                def deliver() -> None:
                    outcome.set_result(result)

            with suppress(RuntimeError):  # the event loop has closed in the meantime
                loop.call_soon_threadsafe(finish, deliver)

        threading.Thread(target=call_function, name=self._name, daemon=True).start()
        return await outcome
