"""Waits, deadlines and heartbeats for calls."""

import queue
import random
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

T = TypeVar("T")

_FIRST_WAIT, _LONGEST_WAIT = 1.0, 30.0


@dataclass(frozen=True, slots=True)
class Timing:
    """The sources of time, in seconds, and of random numbers in [0, 1). Tests replace them."""

    monotonic: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep
    chance: Callable[[], float] = random.random

    def backoff(self, failures: int) -> float:
        """Return how long to wait after this many failures: doubling, with jitter."""
        return min(_FIRST_WAIT * 2.0 ** (failures - 1), _LONGEST_WAIT) * (0.5 + self.chance() / 2)


def run_within(
    seconds: float, work: Callable[[threading.Event], T], heartbeat: Callable[[], None], every: float
) -> T | None:
    """Return the result of ``work``, or None after ``seconds``, when the event passed to it is set.

    The work runs in a thread of its own, which is abandoned at the deadline. A timeout bounds one read of a
    socket, but not a whole exchange: a server that sends a byte now and then would block the caller for ever.
    Meanwhile ``heartbeat`` is called once in every ``every`` seconds.
    """
    results: queue.SimpleQueue[Callable[[], T]] = queue.SimpleQueue()
    stop = threading.Event()

    def run() -> None:
        try:
            result = work(stop)
        except BaseException as raised:  # noqa: BLE001 - raised again in the waiting thread
            error = raised

            def fail() -> T:
                raise error

            results.put(fail)
        else:
            results.put(lambda: result)

    if seconds <= 0:
        return None
    threading.Thread(target=run, name="model call", daemon=True).start()
    until = time.monotonic() + seconds
    try:
        while (left := until - time.monotonic()) > 0:
            try:
                return results.get(timeout=min(left, every))()
            except queue.Empty:
                heartbeat()
    finally:
        stop.set()
    return None
