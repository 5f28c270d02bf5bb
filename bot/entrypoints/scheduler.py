"""Running periodic work: APScheduler provides the ticks, and one thread calls the pump."""

import threading
import time
from collections.abc import Callable, Sequence
from functools import partial

import structlog
from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.interval import IntervalTrigger

log = structlog.get_logger(__name__)


# Seconds. Waiting for an SQLite lock can take 30, and one turn of the pump may wait more than once.
LONGEST_SILENCE = 120.0


class Scheduler:
    """Calls ``pump`` every second and after ``wake``, and each of ``look_round`` every ``every`` seconds.

    ``pump`` returns the number of rows it processed; unless that is zero, it is called again at once. The
    argument of each function in ``look_round`` says whether this is the first call. If one fails, that is
    logged, and the next one is called.
    """

    def __init__(
        self,
        pump: Callable[[], int],
        look_round: Sequence[Callable[[bool], None]],
        every: float,
        silence: float = LONGEST_SILENCE,
    ) -> None:
        """Create a scheduler that reports a failure after ``silence`` seconds without a successful turn."""
        self._pump = pump
        self._silence = silence
        self._last_success = time.monotonic()
        self._look_round = look_round
        self._awake = threading.Event()
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="pump", daemon=True)
        self._scheduler = BackgroundScheduler(
            job_defaults={"max_instances": 1, "coalesce": True, "misfire_grace_time": None}
        )
        self._scheduler.add_job(self.wake, IntervalTrigger(seconds=1))
        self.also(lambda: self._run_look_round(starting=False), every)

    def also(self, function: Callable[[], int | None], seconds: float) -> None:
        """Call a function at regular intervals; a failure is logged, and the calls continue."""
        self._scheduler.add_job(self._call_guarded, IntervalTrigger(seconds=seconds), [function])

    def start(self) -> None:
        """Call each function in ``look_round`` once, then start."""
        self._run_look_round(starting=True)
        self._last_success = time.monotonic()
        self._scheduler.start()
        self._thread.start()

    def stop(self) -> None:
        """Stop after the current turn."""
        self._scheduler.shutdown(wait=False)
        self._stopping.set()
        self._awake.set()
        self._thread.join()

    def wake(self) -> None:
        """Call the pump now."""
        self._awake.set()

    def idle(self) -> float:
        """Return the seconds since the last successful turn of the pump; there is a turn every second."""
        return time.monotonic() - self._last_success

    def why_not(self) -> str | None:
        """Return the reason why the pump does not work, or None."""
        if not self._thread.is_alive():
            return "the pump, which starts due work, has stopped"
        if (idle := self.idle()) > self._silence:
            return f"the pump, which starts due work, has made no progress for {idle:.0f} s; the log says why"
        return None

    def _run_look_round(self, *, starting: bool) -> None:
        for part in self._look_round:
            self._call_guarded(partial(part, starting))

    def _run(self) -> None:
        while not self._stopping.is_set():
            self._awake.wait()
            self._awake.clear()
            while not self._stopping.is_set() and self._call_guarded(self._run_turn):
                pass

    def _run_turn(self) -> int:
        moved = self._pump()
        self._last_success = time.monotonic()
        return moved

    def _call_guarded(self, function: Callable[[], int | None]) -> int | None:
        try:
            return function()
        except Exception:  # catches everything at the boundary of these threads; the next tick tries again
            log.exception("worker.failed")
            return 0
