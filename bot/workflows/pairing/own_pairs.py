"""Keeps leads from deciding, as leads, what concerns themselves as a participant or sensei."""

from bot.domain.dojo.people import CohortRole, EnrolmentState
from bot.domain.pairing.parties import is_listed, may_see, may_swap
from bot.domain.pairing.records import Pair, Proposal
from bot.errors import UserError
from bot.ports.store import Tx
from bot.rendering.pairing.wording import NO_OTHER_LEAD
from bot.workflows.pairing.lookups import find_enrolment, pair_of


def require_visible(pair: Pair, lead: str) -> None:
    """Refuse to let a lead act on their own pair while they don't know of it as a participant.

    Call it before anything that depends on the pair's state, because an error could reveal that state.

    Raises:
        UserError: the lead is the participant, and the pair hasn't been introduced.
    """
    if not may_see(pair, lead):
        raise UserError(
            "This concerns you as a participant, so another lead must decide. Nothing was changed.",
            NO_OTHER_LEAD,
        )


def require_impartial_swap(lead: str, pair: Pair, sensei: str, other: Pair | None = None) -> None:
    """Refuse a swap that concerns the lead. ``sensei`` is the new one, or empty if none is chosen yet.

    Raises:
        UserError: the lead is part of one of the pairs, before or after the swap.
    """
    if not may_swap(lead, pair, sensei, other):
        raise UserError(
            "This swap concerns you, so another lead has to make it. Nothing was changed.", NO_OTHER_LEAD
        )


def has_role(tx: Tx, lead: str, cohort: int, role: CohortRole) -> bool:
    """Return whether a lead also has another role in a cohort."""
    member = find_enrolment(tx, lead, cohort, role)
    return member is not None and member.state is not EnrolmentState.LEFT


def lacks_sensei(tx: Tx, lead: str, cohort: int) -> bool:
    """Return whether a lead is also an active participant who hasn't been introduced to a sensei."""
    member = find_enrolment(tx, lead, cohort, CohortRole.PARTICIPANT)
    is_active = member is not None and member.state is EnrolmentState.ACTIVE
    return is_active and pair_of(tx, lead, cohort) is None


def lacks_sensei_anywhere(tx: Tx, lead: str) -> bool:
    """Return whether a lead lacks a sensei in one of their cohorts."""
    return any(lacks_sensei(tx, lead, member.cohort) for member in tx.members.roles(lead))


def has_content_for(tx: Tx, proposal: Proposal, lead: str) -> bool:
    """Return whether a proposal contains anything that a lead may see."""
    return any(unassigned.participant != lead for unassigned in proposal.unassigned) or any(
        is_listed(pair, lead) for pair in tx.pairings.by_proposal(proposal.id)
    )
