"""From rows to workflows: deliveries that wait are handled, jobs that are due begin.

Rows are the authority. A job is given to the engine before it is marked as begun, and its id begins once, so
a crash in between repeats nothing and loses nothing.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Protocol

import structlog

from bot.errors import TransientError, UserError
from bot.ports.engine import Engine
from bot.ports.metrics import Metrics, NoMetrics
from bot.ports.store import Job, Store, Tx
from bot.workflows.jobs.fair_shares import KINDS, FairShares

log = structlog.get_logger(__name__)

MOST_AT_ONCE = 100
TURN = 1.0  # seconds until a job looks again whether those that it waits for have ended


class DeliveryHandler(Protocol):
    """Handles deliveries; ``bot.workflows.pull_requests.event_handling`` has the one that there is."""

    def wake(self, tx: Tx) -> None:
        """Let deliveries go on that were waiting for a question to be placed."""

    def handle(self, tx: Tx, guid: str) -> bool:
        """Do what one calls for; False if none of this id is waiting."""

    def undone(self, tx: Tx, guid: str, why: UserError) -> None:
        """Close one whose changes were undone, and tell its author why."""


@dataclass(frozen=True)
class JobDispatcher:
    """Moves what waits. ``pump`` may be called at any time, by one thread at a time."""

    store: Store
    engine: Engine
    inbox: DeliveryHandler
    now: Callable[[], datetime]
    measures: Metrics = field(default_factory=NoMetrics)

    def pump(self) -> int:
        """Handle what waits and begin what is due; return how much that was."""
        return self._deliveries() + self._jobs()

    def _deliveries(self) -> int:
        with self.store.begin() as tx:
            self.inbox.wake(tx)
            waiting = tx.deliveries.waiting(MOST_AT_ONCE)
        for guid in waiting:
            try:
                with self.store.begin() as tx:
                    self.inbox.handle(tx, guid)
                    closed = tx.deliveries.get(guid) is None  # else it waits for a question to be placed
                if closed:
                    self.measures.handled(well=True)
            except TransientError:
                raise  # it is no fault of the delivery's, which waits
            except UserError as why:  # what was tried of it is undone
                with self.store.begin() as tx:
                    self.inbox.undone(tx, guid, why)
                self.measures.handled(well=True)
            except Exception:  # one delivery must not stop the others
                log.exception("delivery.failed", delivery=guid)
                self.measures.handled(well=False)
                with self.store.begin() as tx:
                    tx.deliveries.close(guid, "failed", "a bug; the log has its trace")
        return len(waiting)

    def _jobs(self) -> int:
        with self.store.begin() as tx:
            listed = {job.id: job.kind for job in tx.jobs.due(self.now(), MOST_AT_ONCE)}
        shared = any(kind in KINDS for kind in listed.values())
        shares = FairShares(self.engine.going_on(KINDS) if shared else ())
        with self.store.begin() as tx:
            # Looked up once more: while the engine was asked, a workflow may have moved one.
            again = [job for job in tx.jobs.due(self.now(), MOST_AT_ONCE) if job.id in listed]
            waiting = [job for job in again if self._waits(tx, job, shares)]
            for place, job in enumerate(waiting):
                later = self.now() + timedelta(seconds=TURN, microseconds=place)  # in the same order
                tx.jobs.add(replace(job, due_at=later))
        due = [job for job in again if job not in waiting]
        for job in due:
            self.engine.run(job.kind, job.id, job.argument)
            with self.store.begin() as tx:
                tx.jobs.began(job.id, self.now())
        # Behind a page of jobs that wait there may be others that need not.
        return len(listed) if len(listed) == MOST_AT_ONCE else len(due)

    def _waits(self, tx: Tx, job: Job, shares: FairShares) -> bool:
        """Let a round wait for the one before it on its pull request: two would each make a summary.

        And let a job wait whose repository has its share of the engine.
        """
        if job.kind == "review" and tx.rounds.busy(job.id):
            return True
        return not shares.take(job.id)
