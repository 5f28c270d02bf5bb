"""Keeping deliveries fast: one writer, who commits all that wait together.

Each commit waits for the disk: sixteen senders who each commit wait for one another, together they wait once.
"""

import queue
import threading
from collections import Counter
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

import structlog

from bot.ports.measuring import Measures, Unmeasured
from bot.ports.store import Delivery, Store

log = structlog.get_logger(__name__)

_MOST_TOGETHER = 200


@dataclass(frozen=True, slots=True)
class _Waiting:
    delivery: Delivery
    kept: "Future[bool]"


class Receiver:
    """Keeps deliveries. ``on_new`` is called when there is something to handle."""

    def __init__(
        self,
        store: Store,
        now: Callable[[], datetime],
        on_new: Callable[[], None],
        measures: Measures | None = None,
    ) -> None:
        self._store = store
        self._measures = measures or Unmeasured()
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
        """Keep a delivery, and return once it is safe; False if its id was received before."""
        waiting = _Waiting(delivery, Future())
        self._queue.put(waiting)
        return waiting.kept.result()

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
            batch = [one for one in waiting if one is not None]
            if batch:
                self._keep(batch)
            if len(batch) < len(waiting):
                return

    def _keep(self, batch: list[_Waiting]) -> None:
        try:
            with self._store.begin() as tx:
                new = [tx.deliveries.receive(one.delivery, self._now()) for one in batch]
        except Exception as failed:  # the senders must hear of it, whatever it is
            log.exception("delivery.unkept", deliveries=len(batch))
            for one in batch:
                one.kept.set_exception(failed)
            return
        for one, is_new in zip(batch, new, strict=True):
            one.kept.set_result(is_new)
            self._measures.received(new=is_new)
        self._on_new()
