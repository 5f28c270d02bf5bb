"""Whether a cohort still runs, in which people ask."""

from datetime import datetime

from bot.domain.dojo.people import DateKind
from bot.domain.enquiries.limits import DAY
from bot.ports.store import Tx


def is_over(tx: Tx, cohort: int, at: datetime) -> bool:
    """Return whether a cohort's last day is past, wherever its people are."""
    ends = [entry.day for entry in tx.cohorts.dates(cohort) if entry.kind is DateKind.END]
    return bool(ends) and (at - DAY).date() > ends[0]
