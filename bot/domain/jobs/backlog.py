"""The backlog of work: waiting items, their age, and workflows that have given up."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

PERIODIC_WORKFLOWS = frozenset({"reconcile", "sweep"})
"""Workflows that Sensei starts every few minutes. A failed one isn't a dead letter: the next takes over."""


@dataclass(frozen=True, slots=True)
class Backlog:
    """The backlog at the moment ``at``, as counted in the database.

    ``deferred`` deliveries wait until a question is posted; ``waiting`` ones can be handled now.
    ``oldest_delivery`` is when the first ``waiting`` one arrived, ``oldest_job`` when the first overdue job
    was due; None if there is none. ``failed_jobs`` could not be started; Sensei will try again. ``rounds``
    counts rounds by state. ``spent_today`` is in USD since midnight UTC; a call in progress counts at its
    maximum cost.
    """

    at: datetime
    waiting: int = 0
    deferred: int = 0
    failed: int = 0
    oldest_delivery: datetime | None = None
    overdue: int = 0
    failed_jobs: int = 0
    oldest_job: datetime | None = None
    rounds: Mapping[str, int] = field(default_factory=dict)
    dead_letters: int = 0
    spent_today: float = 0.0

    def age(self, moment: datetime | None) -> float:
        """Return the seconds since a given time; 0 for None."""
        return max((self.at - moment).total_seconds(), 0.0) if moment else 0.0
