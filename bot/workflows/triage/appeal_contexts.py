"""An appeal with its ruling, its capstone and the people around it."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.domain.dojo.people import CohortRole, EnrolmentState, Member
from bot.domain.pull_requests.records import Capstone
from bot.domain.triage.records import Appeal, AppealState, CriterionRuling
from bot.ports.store import Tx
from bot.workflows.triage.second_senseis import find_second


@dataclass(frozen=True, slots=True)
class AppealContext:
    """An appeal and what it is about. ``second`` can rule now; None if a lead has yet to name someone.

    ``participant`` is who appealed.
    """

    appeal: Appeal
    ruling: CriterionRuling
    capstone: Capstone
    participant: str
    second: str | None

    @property
    def state(self) -> AppealState:
        """Return the appeal's state. If its second sensei can't rule any more, it is as if just asked."""
        if self.appeal.state is AppealState.ASSIGNED and self.second is None:
            return AppealState.ASKED
        return self.appeal.state


def load_appeal(tx: Tx, appeal: int) -> AppealContext | None:
    """Return an appeal with its context, or None if the capstone is no longer its author's."""
    found = tx.appeals.find(appeal)
    ruling = tx.rulings.find(found.ruling) if found else None
    if found is None or ruling is None:
        return None
    capstone = tx.capstones.get(ruling.capstone)
    if found.person is None or tx.members.by_host_account(capstone.participant.id) != found.person:
        return None
    return AppealContext(found, ruling, capstone, found.person, find_second(tx, found))


def list_leads(tx: Tx, context: AppealContext) -> Sequence[Member]:
    """List the leads who can name a second sensei.

    The participant can't. The sensei who ruled can only if no other lead is on Slack.
    """
    leads = [
        lead
        for lead in tx.members.of(context.capstone.cohort, CohortRole.LEAD)
        if lead.state is EnrolmentState.ACTIVE and lead.person != context.participant
    ]
    others = [lead for lead in leads if lead.person != context.ruling.sensei]
    return others if any(lead.chat for lead in others) else leads
