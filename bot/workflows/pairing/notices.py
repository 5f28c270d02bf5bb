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
from bot.workflows.dojo.cohort_roles import is_lead, leads_of
from bot.workflows.pairing.boards import refresh_boards
from bot.workflows.pairing.lookups import is_enrolled

ASK, INTRODUCTION = "pairing.ask", "pairing.introduction"
ENDED, LEFT, UNREACHABLE = "pairing.ended", "pairing.left", "pairing.unreachable"
REFUSED, NOTHING_NEW, WHY = "pairing.refused", "pairing.nothing_new", "pairing.why"
DELAYED, REMINDER = "pairing.delayed", "pairing.reminder"
"""Kinds of messages."""
_MOST_PAIRS = 10
"""Maximum pairs of one change for which everyone's App Home is updated at once."""


def ask_key(pair: int) -> str:
    """Return the key of the message in which a sensei is asked about a pair."""
    return f"pairing.ask:{pair}"


def reminder_key(pair: int) -> str:
    """Return the key of the message that reminds a sensei of a pair."""
    return f"pairing.reminder:{pair}"


def ask_sensei(tx: Tx, pair: Pair, at: datetime) -> None:
    """Ask the sensei of an approved pair."""
    outbox.send_message(tx, ask_key(pair.id), ASK, {"pair": pair.id}, at)


def remind_sensei(tx: Tx, pair: Pair, at: datetime) -> None:
    """Remind the sensei of an approved pair, once."""
    outbox.send_message(tx, reminder_key(pair.id), REMINDER, {"pair": pair.id}, at)


def introduce(tx: Tx, pair: Pair, at: datetime) -> None:
    """Introduce the two people of a pair. If one has no account in the chat, ask the leads to do it."""
    outbox.send_message(tx, f"pairing.introduction:{pair.id}", INTRODUCTION, {"pair": pair.id}, at)
    if not all(chat_address(tx, person) for person in (pair.participant, pair.sensei)):
        tell_leads(tx, pair.cohort, f"{UNREACHABLE}:{pair.id}", {"pair": pair.id}, at)


def tell_both_sides(tx: Tx, pair: Pair, by: str, at: datetime, *, parted: bool) -> None:
    """Tell both people that their pair has ended, except a person who ended it or has left.

    ``parted`` means that ``by`` has paused or left. The leads hear that, so a sensei who is a lead would
    otherwise hear it twice.
    """
    for side, person in (("participant", pair.participant), ("sensei", pair.sensei)):
        hears_as_lead = parted and side == "sensei" and is_lead(tx, person, pair.cohort)
        if person != by and not hears_as_lead and is_enrolled(tx, person, pair.cohort):
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
    """Rewrite what shows a pair: the leads' boards, the sensei's question and reminder, and App Homes.

    ``pair`` is in its state before the change.
    """
    refresh_boards(tx, [pair], at)
    refresh_pair_homes(tx, pair.cohort, [pair], at)
    if pair.state in {PairState.APPROVED, PairState.ACTIVE}:
        outbox.rewrite_message(tx, ask_key(pair.id), ASK, {"pair": pair.id}, at)
        outbox.rewrite_message(tx, reminder_key(pair.id), REMINDER, {"pair": pair.id}, at)


def refresh_pair_homes(tx: Tx, cohort: int, pairs: Sequence[Pair], at: datetime) -> None:
    """Update the App Homes of the leads and of the people in some pairs.

    Of many pairs, only the leads' Homes are updated, because Slack allows about 90 updates a minute. The
    others are updated when they are opened.
    """
    people = [person for pair in pairs for person in (pair.participant, pair.sensei)]
    refresh_homes_with_leads(tx, cohort, people if len(pairs) <= _MOST_PAIRS else (), at)
