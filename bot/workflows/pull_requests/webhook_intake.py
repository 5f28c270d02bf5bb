"""Keeping deliveries fast: one writer, who commits all that wait together.

Each commit waits for the disk: sixteen senders who each commit wait for one another, together they wait once.
Where the database hangs, the writer hangs; what waits for it is dropped as soon as its sender is told no.
"""

import queue
import threading
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import CancelledError, Future
from contextlib import suppress
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime

import structlog

from bot.errors import TransientError
from bot.ports.metrics import Metrics, NoMetrics
from bot.ports.store import Delivery, Store

log = structlog.get_logger(__name__)

_MOST_TOGETHER = 200
_MOST_WAITING = 2000
_PATIENCE = 2.0
"""Seconds: Slack waits for three, https://docs.slack.dev/apis/events-api/#responding"""


REFUSED_AT: ContextVar[float] = ContextVar("refused_at", default=float("inf"))
"""When, by ``time.monotonic``, the sender handled here was or will be told that nothing was kept."""


@dataclass(slots=True)
class _Waiting:
    delivery: Delivery | None
    kept: "Future[bool]"

    def forget(self, kept: "Future[bool]") -> None:
        """Let the body go where nobody waits any more: the writer may be stuck for hours."""
        if kept.cancelled():
            self.delivery = None


class WebhookIntake:
    """Keeps deliveries. ``on_new`` is called when there is something to handle."""

    def __init__(
        self,
        store: Store,
        now: Callable[[], datetime],
        on_new: Callable[[], None],
        measures: Metrics | None = None,
        patience: float = _PATIENCE,
    ) -> None:
        self._patience = patience
        self._store = store
        self._measures = measures or NoMetrics()
        self._now = now
        self._on_new = on_new
        self._queue: queue.SimpleQueue[_Waiting | None] = queue.SimpleQueue()
        self._refused: Counter[str] = Counter()
        self._lock = threading.Lock()
        self._thread = threading.Thread(target=self._write, name="receiver", daemon=True)

    def start(self) -> None:
        """Begin to write."""
        self._thread.start()

    def stop(self) -> None:
        """Write what waits, and end."""
        self._queue.put(None)
        self._thread.join()
        self.flush()

    def receive(self, delivery: Delivery) -> bool:
        """Keep a delivery, and return once it is safe; False if its id was received before.

        Raises:
            TransientError: it could not be kept, or not in time. What the writer had begun may be kept after
                all; its id is known then, if it is sent again.
        """
        if time.monotonic() >= REFUSED_AT.get():
            raise TransientError("The database answered too late.")
        kept = self.begin(delivery)
        try:
            return kept.result(self._patience)
        except (TimeoutError, CancelledError):
            kept.cancel()
            raise TransientError("The database did not answer in time.") from None

    def begin(self, delivery: Delivery) -> "Future[bool]":
        """Begin to keep a delivery. The result is that of ``receive``; who gives up cancels it.

        Raises:
            TransientError: too many wait already.
        """
        if self._queue.qsize() >= _MOST_WAITING:
            raise TransientError("The database does not answer, and too many deliveries wait for it.")
        waiting = _Waiting(delivery, Future())
        waiting.kept.add_done_callback(waiting.forget)
        self._queue.put(waiting)
        return waiting.kept

    def refuse(self, reason: str) -> None:
        """Count what was no delivery; written now and then, so that nobody can make us write."""
        self._measures.refused(reason)
        with self._lock:
            self._refused[reason] += 1

    def flush(self) -> None:
        """Write the counts of what was refused."""
        with self._lock:
            counts, self._refused = self._refused, Counter()
        if counts:
            log.warning("webhook.refused", **{key.replace(" ", "_"): n for key, n in counts.items()})
            with self._store.begin() as tx:
                for reason, count in counts.items():
                    tx.deliveries.refused(reason, count, self._now())

    def _write(self) -> None:
        while True:
            waiting = [self._queue.get()]
            with suppress(queue.Empty):
                while len(waiting) < _MOST_TOGETHER:
                    waiting.append(self._queue.get_nowait())
            batch = [one for one in waiting if one is not None and one.kept.set_running_or_notify_cancel()]
            if batch:
                self._keep(batch)
            if None in waiting:
                return

    def _keep(self, batch: list[_Waiting]) -> None:
        try:
            with self._store.begin() as tx:
                new = [tx.deliveries.receive(one.delivery, self._now()) for one in batch if one.delivery]
        except Exception:  # the senders must hear of it, whatever it is
            log.exception("delivery.unkept", deliveries=len(batch))
            for one in batch:
                one.kept.set_exception(TransientError("The delivery could not be kept."))
            return
        for one, is_new in zip(batch, new, strict=True):
            one.kept.set_result(is_new)
            self._measures.received(new=is_new)
        self._on_new()
