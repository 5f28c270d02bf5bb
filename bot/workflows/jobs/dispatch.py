"""Turning rows into workflows: waiting deliveries are handled, and due jobs are started.

The rows are the source of truth. A job is handed to the engine before it is marked as started, and the engine
starts each id only once. So a crash in between neither repeats nor loses it.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Protocol

import structlog

from bot.errors import TransientError, UserError
from bot.ports.engine import Engine
from bot.ports.jobs import Job
from bot.ports.metrics import Metrics, NoMetrics
from bot.ports.store import Store, Tx
from bot.workflows.jobs.fair_shares import LIMITED_WORKFLOWS, FairShares

log = structlog.get_logger(__name__)

MOST_AT_ONCE = 100
RECHECK_SECONDS = 1.0  # until a job that had to wait is checked again


class DeliveryHandler(Protocol):
    """Handles deliveries; implemented in ``bot.workflows.pull_requests.event_handling``."""

    def wake(self, tx: Tx) -> None:
        """Release deliveries that waited for a question which has now been posted."""

    def handle(self, tx: Tx, guid: str) -> bool:
        """Handle a delivery; return False if none with this id is waiting."""

    def undone(self, tx: Tx, guid: str, why: UserError) -> None:
        """Close a delivery whose changes were rolled back, and inform its author of the reason."""


@dataclass(frozen=True)
class JobDispatcher:
    """Dispatches waiting work. ``pump`` may be called at any time, by one thread at a time."""

    store: Store
    engine: Engine
    inbox: DeliveryHandler
    now: Callable[[], datetime]
    measures: Metrics = field(default_factory=NoMetrics)

    def pump(self) -> int:
        """Handle waiting deliveries and start due jobs; return how many there were."""
        return self._handle_deliveries() + self._start_jobs()

    def _handle_deliveries(self) -> int:
        with self.store.read() as tx:
            deferred = tx.deliveries.deferred_pull_requests()
            waiting = tx.deliveries.list_waiting(MOST_AT_ONCE)
        if deferred:
            with self.store.begin() as tx:
                self.inbox.wake(tx)
                waiting = tx.deliveries.list_waiting(MOST_AT_ONCE)
        for guid in waiting:
            try:
                with self.store.begin() as tx:
                    self.inbox.handle(tx, guid)
                    closed = tx.deliveries.get(guid) is None  # otherwise it waits for a question to be posted
                if closed:
                    self.measures.count_handled(well=True)
            except TransientError:
                raise  # not the delivery's fault, so it stays in the queue
            except UserError as why:  # its changes were rolled back
                with self.store.begin() as tx:
                    self.inbox.undone(tx, guid, why)
                self.measures.count_handled(well=True)
            except Exception:  # one delivery must not stop the others
                log.exception("delivery.failed", delivery=guid)
                self.measures.count_handled(well=False)
                with self.store.begin() as tx:
                    tx.deliveries.close(guid, "failed", "a bug; see the traceback in the log")
        return len(waiting)

    def _start_jobs(self) -> int:
        with self.store.read() as tx:
            listed = {job.id: job.kind for job in tx.jobs.due(self.now(), MOST_AT_ONCE)}
        if not listed:
            return 0
        shared = any(kind in LIMITED_WORKFLOWS for kind in listed.values())
        shares = FairShares(self.engine.going_on(LIMITED_WORKFLOWS) if shared else ())
        with self.store.begin() as tx:
            # Read again, since a workflow may have changed a job during the call to the engine.
            again = [job for job in tx.jobs.due(self.now(), MOST_AT_ONCE) if job.id in listed]
            waiting = [job for job in again if self._must_wait(tx, job, shares)]
            for place, job in enumerate(waiting):
                later = self.now() + timedelta(
                    seconds=RECHECK_SECONDS, microseconds=place
                )  # in the same order
                tx.jobs.add(replace(job, due_at=later))
        due = [job for job in again if job not in waiting]
        for job in due:
            self.engine.run(job.kind, job.id, job.argument)
            with self.store.begin() as tx:
                tx.jobs.mark_begun(job.id, self.now())
        # After a full page of jobs that must wait, there may be others that needn't.
        return len(listed) if len(listed) == MOST_AT_ONCE else len(due)

    def _must_wait(self, tx: Tx, job: Job, shares: FairShares) -> bool:
        """Return whether a job must wait.

        A round waits for the previous one on its pull request, because two at a time would each post a
        summary. Any job waits while its repository or person is using its full share of the engine.
        """
        if job.kind == "review" and tx.rounds.is_another_running(job.id):
            return True
        return not shares.take(job.id)
