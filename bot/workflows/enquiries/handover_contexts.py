"""Hand-overs with the people around them: who asked, who may answer now, and whom else one could ask."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.domain.dojo.people import CohortRole, EnrolmentState, Member
from bot.domain.enquiries.records import Addressee, Enquiry, Handover
from bot.domain.pairing.states import PairState
from bot.ports.store import Tx
from bot.workflows.articulation.question_contexts import find_capstone_sensei, find_duty
from bot.workflows.chat.addresses import chat_address
from bot.workflows.dojo.sensei_confirmation import find_unconfirmed


@dataclass(frozen=True, slots=True)
class HandoverContext:
    """A hand-over, the thread that it is from, and who asked there."""

    handover: Handover
    enquiry: Enquiry
    asker: Member


@dataclass(frozen=True, slots=True)
class Reader:
    """A person who may read a hand-over, and in which role.

    ``is_deputy``: they stand in for the asker's sensei. ``is_lead``: they lead the cohort.
    """

    person: str
    is_deputy: bool = False
    is_lead: bool = False


def load_handover(tx: Tx, handover: int) -> HandoverContext | None:
    """Return a hand-over with its context, or None if it no longer exists."""
    found = tx.handovers.get(handover)
    enquiry = tx.enquiries.get(found.enquiry) if found else None
    if found is None or enquiry is None:
        return None
    return HandoverContext(found, enquiry, tx.members.get(enquiry.enrolment))


def find_reader(tx: Tx, context: HandoverContext, at: datetime) -> Reader | None:
    """Return who may answer a hand-over now, or None if nobody is there.

    If the asker has chosen somebody, it is that person or nobody.
    """
    if context.asker.state is EnrolmentState.LEFT:
        return None
    if context.handover.addressee is Addressee.ON_DUTY:
        return find_on_duty(tx, context.asker, at)
    chosen = context.handover.chosen
    return next((one for one in list_readers(tx, context.asker, at) if one.person == chosen), None)


def list_readers(tx: Tx, asker: Member, at: datetime) -> Sequence[Reader]:
    """List whom somebody could ask: whoever is on duty for them, their sensei, and the cohort's leads."""
    found = {lead: Reader(lead, is_lead=True) for lead in _list_leads(tx, asker)}
    if (sensei := find_own_sensei(tx, asker)) is not None and chat_address(tx, sensei) is not None:
        found[sensei] = Reader(sensei)
    if (on_duty := find_on_duty(tx, asker, at)) is not None:
        found[on_duty.person] = on_duty
    return list(found.values())


def find_first_reader(tx: Tx, asker: Member, at: datetime) -> Reader | None:
    """Return the first whom somebody could ask: whoever is on duty for them, or else a lead; or None."""
    return find_on_duty(tx, asker, at) or next(iter(list_readers(tx, asker, at)), None)


def find_on_duty(tx: Tx, asker: Member, at: datetime) -> Reader | None:
    """Return a participant's sensei or, while they are away, their deputy; None without one in the chat."""
    sensei = find_own_sensei(tx, asker)
    duty = find_duty(tx, asker.cohort, sensei, asker.person, at) if sensei else None
    if duty is None or not is_confirmed_sensei(tx, duty.person, asker.cohort):
        return None
    if chat_address(tx, duty.person) is None:
        return None
    return Reader(duty.person, is_deputy=duty.is_deputy)


def find_own_sensei(tx: Tx, asker: Member) -> str | None:
    """Return the sensei of a participant: that of their pair, or the one named at enrolment."""
    if asker.role is not CohortRole.PARTICIPANT:
        return None
    for pair in tx.pairings.by_person(asker.person):
        is_theirs = (pair.cohort, pair.participant) == (asker.cohort, asker.person)
        if is_theirs and pair.state is PairState.ACTIVE:
            return pair.sensei
    for capstone in tx.standings.capstones(asker.cohort).get(asker.person, ()):
        if (sensei := find_capstone_sensei(tx, tx.capstones.get(capstone), asker.person)) is not None:
            return sensei
    return None


def is_confirmed_sensei(tx: Tx, person: str, cohort: int) -> bool:
    """Return whether a person is a sensei of a cohort whom a lead has confirmed."""
    roles = [
        role
        for role in tx.members.roles(person)
        if (role.cohort, role.role) == (cohort, CohortRole.SENSEI) and role.state is not EnrolmentState.LEFT
    ]
    unconfirmed = find_unconfirmed(tx, roles)
    return any(role.enrolment not in unconfirmed for role in roles)


def _list_leads(tx: Tx, asker: Member) -> list[str]:
    """List the cohort's leads who can be reached in the chat, other than the asker."""
    return [
        lead.person
        for lead in tx.members.of(asker.cohort, CohortRole.LEAD)
        if lead.state is EnrolmentState.ACTIVE
        and lead.person != asker.person
        and chat_address(tx, lead.person) is not None
    ]
