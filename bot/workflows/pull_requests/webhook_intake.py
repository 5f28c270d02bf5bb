"""Storing deliveries quickly: one thread writes, and commits all waiting deliveries together.

Each commit waits for the disk: 16 deliveries need 16 waits in separate commits, but only one in a shared
commit. If the database hangs, so does the thread. A delivery whose sender has received an error is not stored
afterwards: the writer asks just before it commits, and then stores the others without it.
"""

import queue
import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from contextlib import suppress
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime

import structlog

from bot.errors import TransientError, UnconfirmedError
from bot.ports.deliveries import Delivery
from bot.ports.metrics import Metrics, NoMetrics
from bot.ports.store import Store

log = structlog.get_logger(__name__)

_MOST_TOGETHER = 200
_MOST_WAITING = 2000
_PATIENCE = 2.0
"""Seconds: Slack waits for three, https://docs.slack.dev/apis/events-api/#responding"""
_GRACE = 0.3
"""Further seconds for a commit that has begun: it can't be stopped, and nearly always ends soon."""

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

    def claim(self) -> bool:
        """Stop the sender from giving up; return False if they already have."""
        return self.stored.running() or (
            not self.stored.cancelled() and self.stored.set_running_or_notify_cancel()
        )


class _GivenUpError(Exception):
    """A sender has given up while their delivery was being stored, so this transaction must not commit."""


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
            UnconfirmedError: its commit has begun, but did not end in time, or failed. If it is stored after
            all and sent again, its id is then known.
            TransientError: it was not stored in time, and won't be stored.
        """
        remaining = REFUSED_AT.get() - time.monotonic()
        if remaining <= 0:
            raise TransientError("The database answered too late.")
        return await_result(self.begin(delivery), min(self._patience, remaining))

    def begin(self, delivery: Delivery) -> "Future[bool]":
        """Start to store a delivery. The result is that of ``receive``; a caller that gives up cancels it.

        Raises:
            TransientError: too many deliveries are waiting already.
        """
        if self._queue.qsize() >= _MOST_WAITING:
            raise TransientError("The database is not answering, and too many deliveries are waiting for it.")
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
            batch = [entry for entry in waiting if entry is not None]
            while not self._try_to_store(batch):
                pass
            if None in waiting:
                return

    def _try_to_store(self, batch: list[_Waiting]) -> bool:
        """Store a batch, or report why that failed; return False if it must be tried without some of it."""
        waiting = _list_wanted(batch)
        if not waiting:
            return True
        try:
            with self._store.begin_without_turn() as tx:
                # Known ids first: storing one again would wait for a transaction that is handling it. Most of
                # the waiting is for this statement, so who has given up is known only after it.
                known = tx.deliveries.find_known([delivery.guid for _, delivery in waiting])
                wanted = _list_wanted([entry for entry, _ in waiting])
                new = [
                    delivery.guid not in known and tx.deliveries.receive(delivery, self._now())
                    for _, delivery in wanted
                ]
                _claim_all([entry for entry, _ in wanted])
        except _GivenUpError:
            return False
        except Exception:  # whatever the error, the senders need a response
            log.exception("delivery.unkept", deliveries=len(waiting))
            _report_failure([entry for entry, _ in waiting])
            return True
        for (entry, _), is_new in zip(wanted, new, strict=True):
            entry.stored.set_result(is_new)
            self._measures.count_received(new=is_new)
        if wanted:
            self._on_new()
        return True


def _list_wanted(entries: Sequence[_Waiting]) -> list[tuple[_Waiting, Delivery]]:
    """List those whose senders still wait. Each body is read once: who gives up frees it at any moment."""
    return [
        (entry, delivery)
        for entry in entries
        if not entry.stored.cancelled() and (delivery := entry.delivery)
    ]


def await_result(stored: "Future[bool]", seconds: float, grace: float = _GRACE) -> bool:
    """Wait for the result of ``begin``, and then give up.

    Raises:
        TransientError: as in ``receive``.
    """
    try:
        return stored.result(seconds)
    except TimeoutError:
        if stored.cancel():
            raise TransientError("The database did not answer in time.") from None
    try:
        return stored.result(grace)
    except TimeoutError:
        raise UnconfirmedError("The database did not confirm a commit in time.") from None


def _claim_all(entries: Sequence[_Waiting]) -> None:
    """Stop the senders from giving up.

    Raises:
        _GivenUpError: one of them already has.
    """
    # Look first: those that are claimed can't give up while the rest is tried again.
    if any(entry.stored.cancelled() for entry in entries) or not all(entry.claim() for entry in entries):
        raise _GivenUpError


def _report_failure(entries: Sequence[_Waiting]) -> None:
    for entry in entries:
        # Only those whose commit had begun are claimed. Its answer may have been lost.
        failed = UnconfirmedError if entry.stored.running() else TransientError
        if entry.claim():
            entry.stored.set_exception(failed("The delivery could not be stored."))
