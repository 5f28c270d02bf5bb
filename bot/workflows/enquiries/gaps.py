"""What participants say that a cohort's handbook lacks, and how they use Sensei, for whoever runs it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from bot.domain.dojo.cohort_choice import CohortChoice
from bot.domain.enquiries.trends import Trends
from bot.domain.pairing.records import OPERATOR
from bot.errors import UserError
from bot.ports.store import Tx
from bot.workflows.dojo.cohorts import find_cohort
from bot.workflows.enquiries.trends import read_trends


@dataclass(frozen=True, slots=True)
class HandbookGaps:
    """A cohort's gaps, newest first: their numbers, days and words. Nothing says who asked."""

    cohort: str
    trends: Trends
    gaps: Sequence[tuple[int, date, str]]


def list_gaps(tx: Tx, name: str, at: datetime) -> HandbookGaps:
    """Return a cohort's gaps, with its figures of the last four weeks.

    Raises:
        UserError: there is no such cohort.
    """
    cohort = find_cohort(tx, CohortChoice(name))
    return HandbookGaps(cohort.name, read_trends(tx, cohort.id, at), tx.handbooks.gaps(cohort.id))


def close_gap(tx: Tx, name: str, gap: int) -> str:
    """Delete a gap; return the cohort's name.

    Raises:
        UserError: there is no such cohort, or it has no such gap.
    """
    cohort = find_cohort(tx, CohortChoice(name))
    if not tx.handbooks.close_gap(cohort.id, gap):
        raise UserError(
            f"{cohort.name} has no gap {gap}, so nothing was changed.",
            "`sensei handbook gaps COHORT` lists the gaps with their numbers.",
        )
    tx.audit(OPERATOR, "handbook.close_gap", f"cohort:{cohort.id}")
    return cohort.name
