"""The clock and the hand that moves rows on: APScheduler ticks, one thread pumps."""

import threading
import time
from collections.abc import Callable

import structlog
from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.interval import IntervalTrigger

log = structlog.get_logger(__name__)


# Seconds. What waits for a lock of SQLite's waits for thirty; a turn of the pump may do so more than once.
LONGEST_SILENCE = 120.0


class Scheduler:
    """Calls ``pump`` every second, and at once when ``wake`` is called; ``look_round`` every so many seconds.

    ``look_round`` is told whether this is the first time.
    ``pump`` returns how much it moved: where that was something there may be more.
    """

    def __init__(
        self,
        pump: Callable[[], int],
        look_round: Callable[[bool], None],
        every: float,
        silence: float = LONGEST_SILENCE,
    ) -> None:
        """After ``silence`` seconds in which no turn of the pump went well, nothing moves any more."""
        self._pump = pump
        self._silence = silence
        self._went_well = time.monotonic()
        self._look_round = look_round
        self._awake = threading.Event()
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="pump", daemon=True)
        self._scheduler = BackgroundScheduler(
            job_defaults={"max_instances": 1, "coalesce": True, "misfire_grace_time": None}
        )
        self._scheduler.add_job(self.wake, IntervalTrigger(seconds=1))
        self.also(lambda: look_round(False), every)

    def also(self, do: Callable[[], None], seconds: float) -> None:
        """Do something every so many seconds; a failure is logged, and it is done again."""
        self._scheduler.add_job(self._guarded, IntervalTrigger(seconds=seconds), [do])

    def start(self) -> None:
        """Look round once, and begin."""
        self._guarded(lambda: self._look_round(True))
        self._went_well = time.monotonic()
        self._scheduler.start()
        self._thread.start()

    def stop(self) -> None:
        """End after what is being moved."""
        self._scheduler.shutdown(wait=False)
        self._stopping.set()
        self._awake.set()
        self._thread.join()

    def wake(self) -> None:
        """Pump now."""
        self._awake.set()

    def idle(self) -> float:
        """Return the seconds since a turn of the pump went well; there is one every second."""
        return time.monotonic() - self._went_well

    def why_not(self) -> str | None:
        """Say why nothing moves, or None."""
        if not self._thread.is_alive():
            return "the pump has ended"
        if (idle := self.idle()) > self._silence:
            return f"the pump has moved nothing for {idle:.0f} s; the log says why"
        return None

    def _run(self) -> None:
        while not self._stopping.is_set():
            self._awake.wait()
            self._awake.clear()
            while not self._stopping.is_set() and self._guarded(self._turn):
                pass

    def _turn(self) -> int:
        moved = self._pump()
        self._went_well = time.monotonic()
        return moved

    def _guarded(self, do: Callable[[], int | None]) -> int | None:
        try:
            return do()
        except Exception:  # the boundary of these threads: the next tick tries again
            log.exception("worker.failed")
            return 0
