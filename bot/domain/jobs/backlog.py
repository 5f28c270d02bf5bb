"""How the work stands: what waits, since when, and what gave up."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Backlog:
    """What the database says at a moment. Deliveries that are ``deferred`` wait for a question's comment.

    ``oldest_delivery`` is when the first of those that wait for nothing came, ``oldest_job`` when the first
    that is overdue was due; None where there is none. ``rounds`` counts by state. ``spent_today`` are USD
    since midnight UTC, calls in flight at the most that they may cost.
    """

    at: datetime
    waiting: int = 0
    deferred: int = 0
    failed: int = 0
    oldest_delivery: datetime | None = None
    overdue: int = 0
    oldest_job: datetime | None = None
    rounds: Mapping[str, int] = field(default_factory=dict)
    dead_letters: int = 0
    spent_today: float = 0.0

    def age(self, moment: datetime | None) -> float:
        """Return the seconds since a moment; 0 where there is none."""
        return max((self.at - moment).total_seconds(), 0.0) if moment else 0.0
