"""Reads what a cohort asks Sensei, in figures."""

from datetime import datetime

from bot.domain.enquiries.trends import PERIOD, Trends, find_trends
from bot.ports.store import Tx


def read_trends(tx: Tx, cohort: int, at: datetime) -> Trends:
    """Return a cohort's figures of the last four weeks."""
    since = at - PERIOD
    asked = tx.enquiries.count_asked_by(cohort, since)
    return find_trends(asked, tx.enquiries.count_feedback(cohort, since))
