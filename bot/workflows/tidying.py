"""What is forgotten, so that what is kept does not grow for ever.

Nothing of a round is: its rows, its workflow and what it did outside say what was asked of whom.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from bot.ports.engine import Engine
from bot.ports.store import Store

log = structlog.get_logger(__name__)

LOOKS = ("reconcile", "sweep", "baseline")
"""Workflows that look anew each time they are run: none rests on what an old one has found."""
# GitHub brings a delivery again for three days at most; until then its id tells that it was here.
KEPT = timedelta(days=30)
COUNTED = timedelta(days=365)
EVERY = timedelta(days=1)


@dataclass
class Tidying:
    """``tidy`` may be called at any time, and does something once a day. Half of it done is no harm."""

    store: Store
    engine: Engine
    now: Callable[[], datetime]
    _last: datetime | None = None

    def tidy(self) -> None:
        """Forget old looks, deliveries that were handled, and counts of what was refused."""
        moment = self.now()
        if self._last and moment - self._last < EVERY:
            return
        workflows = self.engine.forget(LOOKS, moment - KEPT)
        with self.store.begin() as tx:
            jobs = tx.jobs.forget(LOOKS, moment - KEPT)
            deliveries = tx.deliveries.forget(moment - KEPT)
            tx.deliveries.uncount(moment - COUNTED)
        self._last = moment
        log.info("tidied", workflows=workflows, jobs=jobs, deliveries=deliveries)
