"""Buttons about pairs in App Homes: a sensei's answer, and the way back to a proposal for leads.

A Home can be out of date. So a click in one is checked before it is stored, and the person is told at once.
"""

from bot.domain.chat.events import Acted, Click
from bot.domain.dojo.permissions import Action
from bot.domain.pairing.parties import may_see
from bot.domain.pairing.states import PairState
from bot.errors import UserError
from bot.ports.store import Tx
from bot.rendering.pairing.wording import describe_decision
from bot.workflows.chat.actors import Actor, Clock
from bot.workflows.pairing import boards
from bot.workflows.pairing.chat_permissions import numbers_in, require_lead, require_proposal
from bot.workflows.pairing.lookups import require_own_pair


def check_answer(tx: Tx, actor: Actor, click: Click, _clock: Clock) -> None:
    """Refuse a sensei's answer from their App Home if the pair is no longer waiting for it.

    Raises:
        UserError: the pair was decided, or isn't theirs.
    """
    if not click.home:
        return
    pair = require_own_pair(tx, numbers_in(click)[0], actor.person or "")
    if pair.state is not PairState.APPROVED:
        raise UserError("You no longer need to answer this.", describe_decision(pair.state))


def check_board(tx: Tx, actor: Actor, click: Click, _clock: Clock) -> None:
    """Refuse to show a proposal to a lead if no pair in it is waiting for them.

    A pair of their own, as a participant, doesn't count: the answer would tell them that there is one.

    Raises:
        UserError: every pair has been decided, or the actor is not a lead of its cohort.
    """
    proposal = require_proposal(tx, click)
    lead = require_lead(actor, Action.PAIR_PROPOSE, proposal.cohort)
    pairs = tx.pairings.by_proposal(proposal.id)
    if not any(pair.state is PairState.PROPOSED and may_see(pair, lead) for pair in pairs):
        raise UserError("Every pair in this proposal has been decided, so there is nothing left to do.")


def show_board(tx: Tx, actor: Actor, acted: Acted, clock: Clock) -> None:
    """Send a lead a proposal again, as their newest message."""
    proposal = require_proposal(tx, acted)
    lead = require_lead(actor, Action.PAIR_PROPOSE, proposal.cohort)
    boards.send_again(tx, proposal.id, lead, clock())
