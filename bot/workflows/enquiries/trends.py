"""Reads what a cohort asks Sensei, in figures."""

from datetime import datetime

from bot.domain.enquiries.trends import PERIOD, Trends, find_trends
from bot.ports.store import Tx


def read_trends(tx: Tx, cohort: int, at: datetime) -> Trends:
    """Return a cohort's figures of the last four weeks."""
    enrolments = [member.enrolment for member in tx.members.of(cohort)]
    since = at - PERIOD
    return find_trends(
        tx.enquiries.count_asked(enrolments, since), tx.enquiries.count_feedback(cohort, since)
    )
