"""Counts a cohort's people from its rows."""

from bot.domain.dojo.headcount import Headcount, count_people
from bot.ports.store import Tx
from bot.workflows.dojo import sensei_confirmation


def count_cohort(tx: Tx, cohort: int) -> Headcount:
    """Return how many people a cohort has in each role."""
    members = tx.members.of(cohort)
    return count_people(members, sensei_confirmation.find_unconfirmed(tx, members))
