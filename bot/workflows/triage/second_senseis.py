"""Who can be the second sensei for an appeal: checked when a lead chooses, and again whenever it matters."""

from collections.abc import Sequence

from bot.domain.dojo.people import CohortRole, EnrolmentState, Member
from bot.domain.triage.records import WAITING_APPEALS, Appeal, AppealState
from bot.ports.store import Tx


def list_candidates(tx: Tx, appeal: Appeal) -> Sequence[Member]:
    """List the senseis whom a lead can name for an appeal, by name. They are on Slack."""
    return [sensei for sensei in _list_eligible(tx, appeal) if sensei.chat]


def _list_eligible(tx: Tx, appeal: Appeal) -> Sequence[Member]:
    """List the active senseis who may rule on an appeal, by name.

    The sensei who ruled, the participant, and senseis with whom they must not be paired are left out.
    """
    ruling, cohort = tx.rulings.find(appeal.ruling), tx.capstones.get(appeal.capstone).cohort
    forbidden = tx.never_pairs.forbidden(cohort)
    return [
        sensei
        for sensei in tx.members.of(cohort, CohortRole.SENSEI)
        # A sensei whom no lead has confirmed is paused.
        if sensei.state is EnrolmentState.ACTIVE
        and sensei.person not in {appeal.person, ruling.sensei if ruling else None}
        and (appeal.person, sensei.person) not in forbidden
    ]


def find_second(tx: Tx, appeal: Appeal) -> str | None:
    """Return the second sensei of a waiting appeal, or None if a lead has yet to name one who can rule."""
    if appeal.state is not AppealState.ASSIGNED:
        return None
    eligible = {sensei.person for sensei in _list_eligible(tx, appeal)}
    return appeal.second if appeal.second in eligible else None


def find_waiting_appeal(tx: Tx, capstone: int, criterion: str) -> Appeal | None:
    """Return the appeal that waits against the newest ruling on a criterion, or None."""
    last = tx.rulings.latest([capstone])[capstone].get(criterion)
    appeal = tx.appeals.by_ruling([last.id]).get(last.id) if last else None
    return appeal if appeal is not None and appeal.state in WAITING_APPEALS else None
