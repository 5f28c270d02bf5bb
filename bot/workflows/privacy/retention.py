"""What is forgotten, so that what is kept does not grow for ever, and nobody's words stay longer than needed.

Nothing of a round is while its capstone goes on: its rows, its workflow and what it did outside say what was
asked of whom. What is kept how long is in ``RetentionPeriods``; docs/privacy.md tells it to people.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import structlog

from bot.ports.engine import Engine
from bot.ports.personal_data import Clones, WorkflowRecords
from bot.ports.store import Store

log = structlog.get_logger(__name__)

LOOKS = ("reconcile", "sweep", "baseline", "home", "rewrite", "pairing.why")
"""Workflows that look, or show, anew each time they are run: none rests on what an old one has found."""
LOOKED = timedelta(days=30)
EVERY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class RetentionPeriods:
    """How long each kind is kept.

    ``deliveries``: the ids of those that were handled. GitHub brings one again for three days at most; until
    then its id tells that it was here. ``answers``: a model's, whose bill is kept. ``ended``: capstones,
    after their end. ``refusals``: counts of requests that were no deliveries.
    """

    deliveries: timedelta = timedelta(days=30)
    answers: timedelta = timedelta(days=90)
    ended: timedelta = timedelta(days=365)
    refusals: timedelta = timedelta(days=365)


@dataclass
class Retention:
    """``tidy`` may be called at any time, and does something once a day. Half of it done is no harm.

    Without ``records`` and ``clones`` capstones that ended are kept.
    """

    store: Store
    engine: Engine
    now: Callable[[], datetime]
    keep: RetentionPeriods = field(default_factory=RetentionPeriods)
    records: WorkflowRecords | None = None
    clones: Clones | None = None
    _last: datetime | None = None

    def tidy(self) -> None:
        """Forget old looks, deliveries, codes, answers and counts, and capstones that ended long ago."""
        moment = self.now()
        if self._last and moment - self._last < EVERY:
            return
        workflows = self.engine.forget(LOOKS, moment - LOOKED)
        with self.store.begin() as tx:
            jobs = tx.jobs.forget(LOOKS, moment - LOOKED)
            deliveries = tx.deliveries.forget(moment - self.keep.deliveries)
            tx.deliveries.uncount(moment - self.keep.refusals)
            codes = tx.members.tidy(moment)
            answers = tx.erasures.answers(moment - self.keep.answers)
            ended = tx.erasures.ended(moment - self.keep.ended)
        capstones = sum(self._forget(capstone) for capstone in ended)
        self._last = moment
        log.info(
            "tidied",
            workflows=workflows,
            jobs=jobs,
            deliveries=deliveries,
            codes=codes,
            answers=answers,
            capstones=capstones,
        )

    def _forget(self, capstone: int) -> bool:
        """Forget a capstone that ended, unless something goes on there; its rows last, as they say whose."""
        if self.records is None or self.clones is None:
            return False
        with self.store.begin() as tx:
            scope = tx.people.scope_of(capstone)
        workflows = self.records.of(scope)
        if not all(each.ended for each in workflows):
            return False
        for repository in scope.repositories:
            self.clones.remove(repository)
        self.records.forget([each.id for each in workflows])
        with self.store.begin() as tx:
            if capstone not in tx.erasures.ended(self.now() - self.keep.ended):
                return False  # it was enrolled again meanwhile
            tx.erasures.capstone(capstone)
            tx.audit("sensei", "capstone.forgotten", f"capstone:{capstone}")
        return True
