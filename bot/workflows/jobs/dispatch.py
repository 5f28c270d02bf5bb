"""Turning rows into workflows: waiting deliveries are handled, and due jobs are started.

The rows are the source of truth. A job is handed to the engine before it is marked as started, and the engine
starts each id only once. So a crash in between neither repeats nor loses it.
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Protocol

import structlog

from bot.errors import TransientError, UserError
from bot.ports.engine import Engine, UnknownWorkflowError
from bot.ports.jobs import Job
from bot.ports.metrics import Metrics, NoMetrics
from bot.ports.store import Store, Tx
from bot.workflows.jobs.fair_shares import (
    LIMITED_WORKFLOWS,
    MOST_HOMES,
    WELCOMES,
    FairShares,
    is_in_bulk,
)

log = structlog.get_logger(__name__)

MOST_AT_ONCE = 100
# Seconds until a job that had to wait is checked again. Less than the second between two turns of the pump:
# otherwise it would be due just after the next turn, and wait for the one after that.
RECHECK_SECONDS = 0.8
RESTART_SECONDS = 300.0  # until Sensei tries again to start a job that could not be started
LAST_KIND = "home"
"""App Homes start after all other work, just after messages to imported people. Until they can, both wait in
their rows, where waiting costs nothing."""
_OPENED = "user"  # the value in the argument of a Home that its owner has opened; those go first
_MOST_LAST = (
    2 * MOST_HOMES
)  # candidates; as many may have to wait because an earlier one of the same person runs
DUE_TOGETHER = {
    "check_in": ("checkin_now:", "checkin:"),  # first those that somebody asked for
    "check_in_reminder": ("check_in_reminder:",),
}
"""Kinds of jobs of which a whole cohort's are due at one moment, with all ways in which their ids begin.

In each turn, a few of them start after the others: messages, clicks and reviews mustn't wait for all of them.
"""
MOST_DUE_TOGETHER = 10
_BUG = "a bug; see the traceback in the log"


class DeliveryHandler(Protocol):
    """Handles deliveries; implemented in ``bot.workflows.pull_requests.event_handling``."""

    def wake(self, tx: Tx) -> None:
        """Release deliveries that waited for a question which has now been posted."""

    def handle(self, tx: Tx, guid: str) -> bool:
        """Handle a delivery; return False if none with this id is waiting."""

    def undone(self, tx: Tx, guid: str, why: UserError) -> None:
        """Close a delivery whose changes were rolled back, and inform its author of the reason."""

    def failed(self, tx: Tx, guid: str) -> None:
        """Inform the author of a delivery that a bug stopped it. Its changes were rolled back."""


def handle_delivery(store: Store, inbox: DeliveryHandler, guid: str) -> bool | None:
    """Handle a delivery, in a transaction of its own.

    Return False if a bug prevented that, and None if it must still wait or another thread has handled it.

    Raises:
        TransientError: the database failed. It is not the delivery's fault, so it stays in the queue.
    """
    try:
        return _handle_or_undo(store, inbox, guid)
    except TransientError:
        raise
    except Exception:  # one delivery must not stop the others
        log.exception("delivery.failed", delivery=guid)
        _close_failed(store, inbox, guid)
        return False


def _close_failed(store: Store, inbox: DeliveryHandler, guid: str) -> None:
    """Close a delivery that a bug stopped, and inform its author if that is possible."""
    try:
        with store.begin() as tx:
            inbox.failed(tx, guid)
            tx.deliveries.close(guid, "failed", _BUG)
    except TransientError:
        raise
    except Exception:  # the same bug may prevent that too
        log.exception("delivery.untold", delivery=guid)
        with store.begin() as tx:
            tx.deliveries.close(guid, "failed", _BUG)


def _handle_or_undo(store: Store, inbox: DeliveryHandler, guid: str) -> bool | None:
    try:
        with store.begin() as tx:
            if not inbox.handle(tx, guid):
                return None
            closed = tx.deliveries.get(guid) is None
    except UserError as why:  # its changes were rolled back
        with store.begin() as tx:
            inbox.undone(tx, guid, why)
        return True
    return True if closed else None


@dataclass(frozen=True)
class JobDispatcher:
    """Dispatches waiting work. ``pump`` may be called at any time, by one thread at a time.

    ``held`` returns the kinds of jobs that must not start now: while a service refuses our token, they wait
    in their rows, in order.
    """

    store: Store
    engine: Engine
    inbox: DeliveryHandler
    now: Callable[[], datetime]
    measures: Metrics = field(default_factory=NoMetrics)
    held: Callable[[], Collection[str]] = tuple

    def pump(self) -> int:
        """Handle waiting deliveries and start due jobs; return how many there were."""
        if self._is_idle():
            return 0
        handled = self.handle_deliveries()
        if handled:
            # An event may have released commands that waited for it. They may forbid what it would start.
            handled += self.handle_deliveries()
        return handled + self._start_jobs()

    def _is_idle(self) -> bool:
        # One transaction while there is nothing to do, as this is called every second.
        with self.store.read() as tx:
            waiting = tx.deliveries.deferred_pull_requests() or tx.deliveries.list_waiting(1)
            return not waiting and not tx.jobs.due(self.now(), 1, without=self.held())

    def handle_deliveries(self) -> int:
        """Handle the deliveries that are waiting; return how many there were."""
        with self.store.read() as tx:
            deferred = tx.deliveries.deferred_pull_requests()
            waiting = tx.deliveries.list_waiting(MOST_AT_ONCE)
        if deferred:
            with self.store.begin() as tx:
                self.inbox.wake(tx)
                waiting = tx.deliveries.list_waiting(MOST_AT_ONCE)
        for guid in waiting:
            well = handle_delivery(self.store, self.inbox, guid)
            if well is not None:
                self.measures.count_handled(well=well)
        return len(waiting)

    def _start_jobs(self) -> int:
        held = frozenset(self.held())
        with self.store.read() as tx:
            listed = {job.id: job for job in self._list_due(tx, held)}
        if not listed:
            return 0
        shared = any(job.kind in LIMITED_WORKFLOWS for job in listed.values())
        shares = FairShares(self.engine.going_on(LIMITED_WORKFLOWS) if shared else ())
        with self.store.begin() as tx:
            # Read again, since a workflow may have changed a job during the call to the engine.
            again = [job for job in self._list_due(tx, held) if job.id in listed]
            waiting = [job for job in again if self._must_wait(tx, job, shares)]
            for place, job in enumerate(job for job in waiting if not _comes_last(job)):
                later = self.now() + timedelta(
                    seconds=RECHECK_SECONDS, microseconds=place
                )  # in the same order
                tx.jobs.add(replace(job, due_at=later))
        due = [job for job in again if job not in waiting]
        for job in due:
            self._start_job(job)
        # After a full page of jobs that must wait, there may be others that needn't.
        page = sum(not _comes_last(job) for job in listed.values())
        return len(listed) if page == MOST_AT_ONCE else len(due)

    def _list_due(self, tx: Tx, held: Collection[str]) -> Sequence[Job]:
        """List due jobs: a page of those that come first, then candidates of those that come last."""
        now, kinds = self.now(), {LAST_KIND, *DUE_TOGETHER, *held}
        found = [*tx.jobs.due(now, MOST_AT_ONCE, without=kinds, without_prefix=WELCOMES)]
        for kind, prefixes in DUE_TOGETHER.items():
            for prefix in prefixes if kind not in held else ():
                found += tx.jobs.due_with_prefix(prefix, now, MOST_DUE_TOGETHER)
        if "message" not in held:
            found += tx.jobs.due_with_prefix(WELCOMES, now, _MOST_LAST)
        if LAST_KIND not in held:
            found += tx.jobs.due_of_kind(LAST_KIND, now, _MOST_LAST, first=_OPENED)
        return found

    def _start_job(self, job: Job) -> None:
        """Start a job. If that fails, store the reason and try again later, so that the others can start."""
        try:
            self.engine.run(job.kind, job.id, job.argument)
        except TransientError:
            raise  # not the job's fault
        except UnknownWorkflowError:  # for example after an older version was installed
            log.error("job.unknown", job=job.id, kind=job.kind)  # noqa: TRY400 - the traceback says no more
            self._postpone(job, f"this version of Sensei has no workflow called {job.kind}")
        except Exception:  # one job must not stop the others
            log.exception("job.failed", job=job.id, kind=job.kind)
            self._postpone(job, _BUG)
        else:
            with self.store.begin() as tx:
                tx.jobs.mark_begun(job.id, self.now())

    def _postpone(self, job: Job, why: str) -> None:
        with self.store.begin() as tx:
            tx.jobs.postpone(job.id, self.now() + timedelta(seconds=RESTART_SECONDS), why)

    def _must_wait(self, tx: Tx, job: Job, shares: FairShares) -> bool:
        """Return whether a job must wait.

        A round waits for the previous one on its pull request, because two at a time would each post a
        summary. Any job waits while its repository or person is using its full share of the engine.
        """
        if job.kind == "review" and tx.rounds.is_another_running(job.id):
            return True
        return not shares.take(job.id)


def _comes_last(job: Job) -> bool:
    return job.kind in {LAST_KIND, *DUE_TOGETHER} or is_in_bulk(job.id)
