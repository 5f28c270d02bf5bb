"""Tells leads who is waiting for a sensei, after people have joined or come back.

Leads decide on pairs, so nothing is proposed without them. Each lead gets at most one such message a day. It
waits a few minutes, so that it covers everyone who comes back together. Sensei keeps the last two up to
date.
"""

from collections import Counter
from datetime import datetime, timedelta

from bot.domain.dojo.people import CohortRole, EnrolmentState
from bot.domain.pairing.parties import may_see
from bot.ports.engine import Json
from bot.ports.store import Tx
from bot.rendering.pairing import slack_waiting_participants as rendering
from bot.workflows.chat import outbox
from bot.workflows.chat.features import AddressedMessage
from bot.workflows.dojo.cohort_roles import is_lead, leads_of

WAITING = "pairing.waiting"
BUNDLED = timedelta(minutes=10)
"""How long a message waits for more people to come back."""
_A_DAY = timedelta(days=1)


def tell_leads(tx: Tx, cohort: int, at: datetime) -> None:
    """Tell each lead who is waiting for a sensei, unless a message that will say so is already waiting."""
    for lead in leads_of(tx, cohort):
        messages = f"{WAITING}:{cohort}:{lead.person}:"
        if tx.jobs.list_waiting(f"message:{messages}"):
            continue
        begun = tx.jobs.begin_times_since(f"message:{messages}", at - _A_DAY)
        due = max(at + BUNDLED, begun[-1] + _A_DAY) if begun else at + BUNDLED
        key = f"{messages}{int(at.timestamp() * 1000)}"
        outbox.send_message(tx, key, WAITING, {"cohort": cohort, "lead": lead.person, "key": key}, due)
        sent = _list_keys(tx, cohort, lead.person)
        tx.effects.begin(_keys_key(cohort, lead.person), at)
        tx.effects.finish(_keys_key(cohort, lead.person), " ".join([*sent[-1:], key]), at)
    refresh_messages(tx, cohort, at)


def refresh_messages(tx: Tx, cohort: int, at: datetime) -> None:
    """Update the latest messages to each lead."""
    for lead in leads_of(tx, cohort):
        for key in _list_keys(tx, cohort, lead.person):
            about = {"cohort": cohort, "lead": lead.person, "key": key}
            outbox.rewrite_message(tx, key, WAITING, about, at)


def _list_keys(tx: Tx, cohort: int, lead: str) -> list[str]:
    """Return the keys of the latest messages to a lead: at most the one that waits and the one before."""
    _, keys = tx.effects.find(_keys_key(cohort, lead))
    return (keys or "").split()


def _keys_key(cohort: int, lead: str) -> str:
    return f"{WAITING}:{cohort}:{lead}"


def find_waiting(tx: Tx, cohort: int, lead: str) -> list[str]:
    """Return the names of the active participants without a pair, also without a proposed one.

    The lead who reads it isn't among them: as a participant, they don't know of their own proposed pair.
    """
    paired = {pair.participant for pair in tx.pairings.ongoing(cohort)}
    members = tx.members.of(cohort, CohortRole.PARTICIPANT)
    return sorted(
        member.name
        for member in members
        if member.state is EnrolmentState.ACTIVE and member.person not in paired | {lead}
    )


def _count_free_places(tx: Tx, cohort: int, lead: str) -> int:
    """Return how many more participants the active senseis accept, as far as a lead may know."""
    loads = Counter(pair.sensei for pair in tx.pairings.ongoing(cohort) if may_see(pair, lead))
    return sum(
        max(member.profile.capacity - loads[member.person], 0)
        for member in tx.members.of(cohort, CohortRole.SENSEI)
        if member.state is EnrolmentState.ACTIVE and member.profile
    )


def write_waiting(tx: Tx, about: Json) -> AddressedMessage | None:
    """Tell a lead who is waiting for a sensei. None if there is no one and nothing was posted."""
    cohort, lead = about["cohort"], about["lead"]
    _, posted = tx.effects.find(f"message:{about['key']}")
    waiting = find_waiting(tx, cohort, lead)
    if not is_lead(tx, lead, cohort) or not (waiting or posted):
        return None
    name = tx.cohorts.get(cohort).name
    return AddressedMessage(
        (lead,), rendering.waiting_participants(name, waiting, _count_free_places(tx, cohort, lead), cohort)
    )
