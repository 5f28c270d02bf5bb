"""The pairing buttons in the chat: a proposal's buttons for leads, and the sensei's *Accept*."""

from bot.domain.chat.events import Acted, Click
from bot.domain.dojo.permissions import Action
from bot.domain.pairing.parties import is_party
from bot.errors import UserError
from bot.ports.store import Tx
from bot.workflows.chat import outbox
from bot.workflows.chat.actors import Actor, Clock
from bot.workflows.pairing import boards, lifecycle, notices
from bot.workflows.pairing.chat_commands import add_proposal_job, count_unpaired
from bot.workflows.pairing.chat_permissions import (
    numbers_in,
    require_lead,
    require_pair,
    require_proposal,
    too_old,
)
from bot.workflows.pairing.own_pairs import require_visible


def approve(tx: Tx, actor: Actor, acted: Acted, clock: Clock) -> None:
    """Approve a pair."""
    pair = require_pair(tx, acted)
    lead = require_lead(actor, Action.PAIR_APPROVE, pair.cohort)
    require_visible(pair, lead)
    result = lifecycle.approve(tx, pair.cohort, [pair.id], lead, clock())
    if result.refused and is_party(pair, lead):
        # The error might name what the participant asked in confidence.
        raise UserError(
            "This pair can't be approved. Nothing was changed.",
            "To find new pairs, choose “Work out pairs again” in the proposal.",
        )
    if result.refused:
        raise UserError(result.refused[0])


def approve_all(tx: Tx, actor: Actor, acted: Acted, clock: Clock) -> None:
    """Approve all of a proposal's waiting pairs, and tell the lead if some can't be approved."""
    proposal = require_proposal(tx, acted)
    lead = require_lead(actor, Action.PAIR_APPROVE, proposal.cohort)
    result = lifecycle.approve_all(tx, proposal.id, lead, clock())
    if result.refused:
        # An error would undo the approvals, so refusals are reported in a message.
        stamp = f"{proposal.id}:{clock():%Y%m%dT%H%M%S%f}"
        about = {"lead": lead, "cohort": proposal.cohort, "refused": len(result.refused)}
        outbox.send_message(tx, f"pairing.refused:{stamp}", notices.REFUSED, about, clock())


def choose_more(tx: Tx, actor: Actor, acted: Acted, clock: Clock) -> None:
    """Decline, lock or unlock a pair, as chosen in its menu (``decline 12``, for example)."""
    word = str(acted.value or "").partition(" ")[0] if isinstance(acted, Click) else ""
    pair = require_pair(tx, acted)
    lead = require_lead(actor, Action.PAIR_CHANGE, pair.cohort)
    require_visible(pair, lead)
    if word == "decline":
        lifecycle.decline(tx, pair.id, "", lead, clock())
    elif word in {"lock", "unlock"}:
        lifecycle.lock(tx, pair.id, lead, clock(), locked=word == "lock")
    else:
        raise too_old()


def decline(tx: Tx, actor: Actor, acted: Acted, clock: Clock) -> None:
    """Take back an approved pair."""
    pair = require_pair(tx, acted)
    lead = require_lead(actor, Action.PAIR_CHANGE, pair.cohort)
    require_visible(pair, lead)
    lifecycle.decline(tx, pair.id, "", lead, clock())


def work_out_again(tx: Tx, actor: Actor, acted: Acted, clock: Clock) -> None:
    """Propose pairs again, with as few changes as possible."""
    proposal = require_proposal(tx, acted)
    add_proposal_job(tx, actor, proposal.cohort, clock, again=True)


def require_unpaired(tx: Tx, actor: Actor, click: Click, _clock: Clock) -> None:
    """Refuse to propose pairs if nobody needs a sensei.

    Raises:
        UserError: nobody does, or the actor is not a lead of the cohort.
    """
    cohort = numbers_in(click)[0]
    lead = require_lead(actor, Action.PAIR_PROPOSE, cohort)
    if not count_unpaired(tx, cohort, lead):
        raise UserError(
            "There are no pairs to propose: every active participant has a sensei, or is waiting for a "
            "sensei's answer."
        )


def propose(tx: Tx, actor: Actor, acted: Acted, clock: Clock) -> None:
    """Propose pairs for the participants without a sensei in the cohort that the button names."""
    add_proposal_job(tx, actor, numbers_in(acted)[0], clock, again=False)


def turn_page(tx: Tx, actor: Actor, acted: Acted, clock: Clock) -> None:
    """Show another page of a proposal in the lead's message."""
    number, page = (*numbers_in(acted), 1)[:2]
    proposal = require_proposal(tx, acted)
    lead = require_lead(actor, Action.PAIR_PROPOSE, proposal.cohort)
    key = page_key(number, lead)
    tx.effects.begin(key, clock())
    tx.effects.finish(key, str(page), clock())
    boards.rewrite_board(tx, number, lead, clock())


def page_key(proposal: int, lead: str) -> str:
    """Return the key that stores which page of a board a lead is on."""
    return f"pairing.page:{proposal}:{lead}"


def accept(tx: Tx, actor: Actor, acted: Acted, clock: Clock) -> None:
    """Accept a pair on behalf of its sensei."""
    lifecycle.accept(tx, numbers_in(acted)[0], actor.person or "", clock())
