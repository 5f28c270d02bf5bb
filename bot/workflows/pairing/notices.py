"""The kinds and keys of messages about pairs, and the jobs that send or rewrite them.

``bot.workflows.pairing.chat_messages`` writes their text at the time of sending.
"""

from collections.abc import Sequence
from datetime import datetime

from bot.domain.pairing.records import Pair
from bot.domain.pairing.states import PairState
from bot.ports.engine import Json
from bot.ports.store import Tx
from bot.workflows.chat import outbox
from bot.workflows.chat.addresses import chat_address
from bot.workflows.chat.home_refresh import refresh_homes_with_leads
from bot.workflows.pairing.lookups import is_enrolled, leads_of

ASK, BOARD, INTRODUCTION = "pairing.ask", "pairing.board", "pairing.introduction"
ENDED, LEFT, UNREACHABLE = "pairing.ended", "pairing.left", "pairing.unreachable"
REFUSED, NOTHING_NEW, WHY = "pairing.refused", "pairing.nothing_new", "pairing.why"
DELAYED = "pairing.delayed"
"""Kinds of messages."""


def ask_key(pair: int) -> str:
    """Return the key of the message in which a sensei is asked about a pair."""
    return f"pairing.ask:{pair}"


def board_key(proposal: int, lead: str) -> str:
    """Return the key of the message in which a lead sees a proposal."""
    return f"pairing.board:{proposal}:{lead}"


def ask_sensei(tx: Tx, pair: Pair, at: datetime) -> None:
    """Ask the sensei of an approved pair."""
    outbox.send_message(tx, ask_key(pair.id), ASK, {"pair": pair.id}, at)


def introduce(tx: Tx, pair: Pair, at: datetime) -> None:
    """Introduce the two people of a pair. If one has no account in the chat, ask the leads to do it."""
    outbox.send_message(tx, f"pairing.introduction:{pair.id}", INTRODUCTION, {"pair": pair.id}, at)
    if not all(chat_address(tx, person) for person in (pair.participant, pair.sensei)):
        tell_leads(tx, pair.cohort, f"{UNREACHABLE}:{pair.id}", {"pair": pair.id}, at)


def tell_both_sides(tx: Tx, pair: Pair, by: str, at: datetime) -> None:
    """Tell both people that their pair has ended, except a person who ended it or has left."""
    for side, person in (("participant", pair.participant), ("sensei", pair.sensei)):
        if person != by and is_enrolled(tx, person, pair.cohort):
            outbox.send_message(tx, f"{ENDED}:{pair.id}:{side}", ENDED, {"pair": pair.id, "side": side}, at)


def confirm_change(tx: Tx, pair: Pair, at: datetime) -> None:
    """Confirm to a participant that their pair has ended, as they asked."""
    about = {"pair": pair.id, "side": "participant", "asked": True}
    outbox.send_message(tx, f"{ENDED}:{pair.id}:participant", ENDED, about, at)


def tell_leads(tx: Tx, cohort: int, key: str, about: Json, at: datetime) -> None:
    """Send each lead a separate message, whose key starts with its kind."""
    kind = key.partition(":")[0]
    for lead in leads_of(tx, cohort):
        outbox.send_message(tx, f"{key}:{lead.person}", kind, {**about, "lead": lead.person}, at)


def refresh_pair(tx: Tx, pair: Pair, at: datetime) -> None:
    """Rewrite the messages that show a pair: the leads' boards and the question to the sensei.

    ``pair`` is in its state before the change.
    """
    refresh_boards(tx, [pair], at)
    if pair.state in {PairState.APPROVED, PairState.ACTIVE}:
        outbox.rewrite_message(tx, ask_key(pair.id), ASK, {"pair": pair.id}, at)


def refresh_boards(tx: Tx, pairs: Sequence[Pair], at: datetime) -> None:
    """Rewrite the boards that show some pairs."""
    for proposal in sorted({pair.proposal for pair in pairs}):
        refresh_board(tx, proposal, at)


def refresh_board(tx: Tx, number: int, at: datetime) -> None:
    """Rewrite the board of a proposal for each lead."""
    proposal = tx.pairings.get_proposal(number)
    for lead in leads_of(tx, proposal.cohort) if proposal else ():
        about = {"proposal": number, "lead": lead.person}
        outbox.rewrite_message(tx, board_key(number, lead.person), BOARD, about, at)


def refresh_pair_homes(tx: Tx, pair: Pair, at: datetime) -> None:
    """Update the App Homes of both people and of the leads."""
    refresh_homes_with_leads(tx, pair.cohort, (pair.participant, pair.sensei), at)
