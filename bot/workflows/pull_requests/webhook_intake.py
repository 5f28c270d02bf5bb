"""Storing deliveries quickly: one thread writes, and commits all waiting deliveries together.

Each commit waits for the disk: 16 deliveries need 16 waits in separate commits, but only one in a shared
commit. If the database hangs, so does the thread. A waiting delivery is dropped once its sender has received
an error.
"""

import queue
import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import CancelledError, Future
from contextlib import suppress
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime

import structlog

from bot.errors import TransientError
from bot.ports.deliveries import Delivery
from bot.ports.metrics import Metrics, NoMetrics
from bot.ports.store import Store, Tx

log = structlog.get_logger(__name__)

_MOST_TOGETHER = 200
_MOST_WAITING = 2000
_PATIENCE = 2.0
"""Seconds: Slack waits for three, https://docs.slack.dev/apis/events-api/#responding"""


REFUSED_AT: ContextVar[float] = ContextVar("refused_at", default=float("inf"))
"""Deadline, by ``time.monotonic``, after which the current sender receives an error."""


@dataclass(slots=True)
class _Waiting:
    delivery: Delivery | None
    stored: "Future[bool]"

    def forget(self, stored: "Future[bool]") -> None:
        """Free the body of a cancelled delivery, since the writer may hang for hours."""
        if stored.cancelled():
            self.delivery = None


class WebhookIntake:
    """Stores deliveries, and calls ``on_new`` when there are new ones."""

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
        """Start the writer."""
        self._thread.start()

    def stop(self) -> None:
        """Write the waiting deliveries, and stop the writer."""
        self._queue.put(None)
        self._thread.join()
        self.flush()

    def receive(self, delivery: Delivery) -> bool:
        """Store a delivery and return once it is committed; False if its id was received before.

        Raises:
            TransientError: it could not be stored, or not in time. If the writer had already started, the
            delivery may be stored after all; if it is sent again, its id is then known.
        """
        if time.monotonic() >= REFUSED_AT.get():
            raise TransientError("The database answered too late.")
        stored = self.begin(delivery)
        try:
            return stored.result(self._patience)
        except (TimeoutError, CancelledError):
            stored.cancel()
            raise TransientError("The database did not answer in time.") from None

    def begin(self, delivery: Delivery) -> "Future[bool]":
        """Start to store a delivery. The result is that of ``receive``; a caller that gives up cancels it.

        Raises:
            TransientError: too many deliveries are waiting already.
        """
        if self._queue.qsize() >= _MOST_WAITING:
            raise TransientError("The database does not answer, and too many deliveries are waiting for it.")
        waiting = _Waiting(delivery, Future())
        waiting.stored.add_done_callback(waiting.forget)
        self._queue.put(waiting)
        return waiting.stored

    def refuse(self, reason: str) -> None:
        """Count a refused request. Counts are written only occasionally, so refusals are cheap."""
        self._measures.count_refused(reason)
        with self._lock:
            self._refused[reason] += 1

    def flush(self) -> None:
        """Write the counts of refused requests."""
        with self._lock:
            counts, self._refused = self._refused, Counter()
        if counts:
            log.warning("webhook.refused", **{key.replace(" ", "_"): times for key, times in counts.items()})
            with self._store.begin() as tx:
                for reason, count in counts.items():
                    tx.deliveries.count_refused(reason, count, self._now())

    def _write(self) -> None:
        while True:
            waiting = [self._queue.get()]
            with suppress(queue.Empty):
                while len(waiting) < _MOST_TOGETHER:
                    waiting.append(self._queue.get_nowait())
            batch = [
                entry
                for entry in waiting
                if entry is not None and entry.stored.set_running_or_notify_cancel()
            ]
            if batch:
                self._store_batch(batch)
            if None in waiting:
                return

    def _store_batch(self, batch: list[_Waiting]) -> None:
        try:
            with self._store.begin_without_turn() as tx:
                new = _store_new(tx, [entry.delivery for entry in batch if entry.delivery], self._now)
        except Exception:  # whatever the error, the senders need a response
            log.exception("delivery.unkept", deliveries=len(batch))
            for entry in batch:
                entry.stored.set_exception(TransientError("The delivery could not be stored."))
            return
        for entry, is_new in zip(batch, new, strict=True):
            entry.stored.set_result(is_new)
            self._measures.count_received(new=is_new)
        self._on_new()


def _store_new(tx: Tx, deliveries: Sequence[Delivery], now: Callable[[], datetime]) -> list[bool]:
    """Store deliveries; return which of them are new.

    Known ids are looked up first: storing one again would wait for a transaction that is handling it.
    """
    known = tx.deliveries.find_known([delivery.guid for delivery in deliveries])
    return [delivery.guid not in known and tx.deliveries.receive(delivery, now()) for delivery in deliveries]
