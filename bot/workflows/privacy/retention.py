"""Deleting old data, to limit storage, and to store no personal text for longer than needed.

No part of a round is deleted while its capstone is active: its rows, its workflow and its effects record the
questions that were asked. ``RetentionPeriods`` has the periods; docs/privacy.md explains them to people.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import structlog

from bot.errors import TransientError
from bot.ports.engine import Engine
from bot.ports.personal_data import Clones, WorkflowRecords
from bot.ports.store import Store, Tx

log = structlog.get_logger(__name__)

REPEATED_WORKFLOWS = (
    "reconcile",
    "sweep",
    "baseline",
    "fetch",
    "hear",
    "home",
    "rewrite",
    "pairing.why",
    "calendar",
    "digest",
    "one_to_one",
    "snapshot",
    "check_in",
    "check_in_reminder",
    "enquiry",
    "enquiry_deletion",
    "enquiry_form",
    "pane",
    "handbook",
)
"""Workflows that start afresh on each run: none uses the result of an earlier one."""
REPEATED_KEPT = timedelta(days=30)
DIGESTS_KEPT = timedelta(days=90)
"""How long the keys of a digest's rows are stored. Its message is refreshed for a week."""
ENQUIRIES_KEPT = timedelta(days=90)
"""How long an enquiry is stored after the last message or hand-over, even if one still waits."""
INTERVAL = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class RetentionPeriods:
    """How long each kind of data is stored.

    ``deliveries``: the ids of handled deliveries. GitHub may repeat a delivery for three days, and its id
    shows that it was handled. ``answers``: a model's answers; the record of their cost remains. ``ended``:
    capstones, counted from their end. ``refusals``: the counts of requests that were not deliveries.
    """

    deliveries: timedelta = timedelta(days=30)
    answers: timedelta = timedelta(days=90)
    ended: timedelta = timedelta(days=365)
    refusals: timedelta = timedelta(days=365)


@dataclass
class Retention:
    """Deletes old data once a day. ``tidy`` may be called at any time, and can safely be interrupted.

    Without ``records`` and ``clones``, capstones that ended are not deleted. ``on_forgetting`` is told that
    the enquiries that nobody has moved since a time are about to be deleted, and the time now.
    """

    store: Store
    engine: Engine
    now: Callable[[], datetime]
    keep: RetentionPeriods = field(default_factory=RetentionPeriods)
    records: WorkflowRecords | None = None
    clones: Clones | None = None
    on_forgetting: Callable[[Tx, datetime, datetime], None] | None = None
    _last_run: datetime | None = None

    def tidy(self) -> None:
        """Delete old workflows, deliveries, codes, enquiries, answers, counts, and capstones long ended."""
        moment = self.now()
        if self._last_run and moment - self._last_run < INTERVAL:
            return
        workflows = self.engine.forget(REPEATED_WORKFLOWS, moment - REPEATED_KEPT)
        with self.store.begin() as tx:
            jobs = tx.jobs.forget(REPEATED_WORKFLOWS, moment - REPEATED_KEPT)
            deliveries = tx.deliveries.forget(moment - self.keep.deliveries)
            tx.deliveries.forget_refusals(moment - self.keep.refusals)
            codes = tx.link_codes.forget_expired(moment)
            digests = tx.digests.forget(moment - DIGESTS_KEPT)
            tx.unprompted.forget(moment.date() - REPEATED_KEPT)
            tx.snoozes.forget_over(moment.date() - INTERVAL)
            tx.rulings.forget_locks(moment)
            if self.on_forgetting is not None:
                self.on_forgetting(tx, moment - ENQUIRIES_KEPT, moment)
            enquiries = tx.enquiries.forget(moment - ENQUIRIES_KEPT)
            tx.erasures.forget_askers(moment - ENQUIRIES_KEPT)
            answers = tx.erasures.forget_answers(moment - self.keep.answers)
            ended = tx.erasures.ended_capstones(moment - self.keep.ended)
        capstones = sum(self._try_to_forget(capstone) for capstone in ended)
        self._last_run = moment
        log.info(
            "tidied",
            workflows=workflows,
            jobs=jobs,
            deliveries=deliveries,
            codes=codes,
            digests=digests,
            enquiries=enquiries,
            answers=answers,
            capstones=capstones,
        )

    def _try_to_forget(self, capstone: int) -> bool:
        try:
            return self._forget_capstone(capstone)
        except TransientError:
            raise
        except Exception:  # one capstone must not keep the others from being deleted
            log.exception("capstone.not_forgotten", capstone=capstone)
            return False

    def _forget_capstone(self, capstone: int) -> bool:
        """Delete an ended capstone unless its workflows run. Its rows name the rest, so they go last."""
        if self.records is None or self.clones is None:
            return False
        with self.store.read() as tx:
            scope = tx.people.capstone_scope(capstone)
        workflows = self.records.by_scope(scope)
        if not all(workflow.ended for workflow in workflows):
            return False
        for repository in scope.repositories:
            self.clones.remove(repository)
        self.records.forget([workflow.id for workflow in workflows])
        with self.store.begin() as tx:
            if capstone not in tx.erasures.ended_capstones(self.now() - self.keep.ended):
                return False  # it was enrolled again in the meantime
            tx.erasures.erase_capstone(capstone)
            tx.audit("sensei", "capstone.forgotten", f"capstone:{capstone}")
        return True
