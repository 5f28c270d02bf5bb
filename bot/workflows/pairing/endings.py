"""Ends pairs: for a lead, for the participant, after a pause or departure, or for a confidential request.

Each function runs inside a transaction. Messages to people are added as jobs.
"""

from collections.abc import Sequence
from datetime import datetime

from bot.domain.dojo.people import CohortRole, EnrolmentState, Member
from bot.domain.pairing.records import OPERATOR, Pair
from bot.domain.pairing.states import PairAction, PairState, next_state
from bot.errors import UserError
from bot.ports.jobs import Job
from bot.ports.store import Tx
from bot.workflows.pairing import notices
from bot.workflows.pairing.lookups import pair_of, require_action
from bot.workflows.triage.deliveries import deliver_again

_PART = "pairing.part"
MOST_OF_A_REASON = 1000
"""Maximum characters of a stored reason; the forms accept no more."""


def end(tx: Tx, number: int, why: str, by: str, at: datetime) -> Pair:
    """End an active pair on behalf of a lead, and look for another sensei."""
    pair, state = require_action(tx, number, PairAction.END)
    end_pair(tx, pair, state, why, by, "pairing.end", at)
    search_again(tx, pair.cohort, [pair.participant], pair.id, at)
    return pair


def change(tx: Tx, participant: str, cohort: int, why: str, at: datetime) -> Pair:
    """Give a participant another sensei at their request.

    The two are not paired again. Leads read the reason, except the sensei, if they are a lead too. The
    participant can take the request back in their list of people with whom they don't want to be paired.

    Raises:
        UserError: they have no sensei yet, or the reason is empty.
    """
    pair = pair_of(tx, participant, cohort)
    if pair is None:
        raise UserError(
            "You don't have a sensei yet, so there is nothing to change.",
            "The leads decide who is paired with whom.",
        )
    if not why.strip():
        raise UserError(
            "The reason is missing. Nothing was changed.",
            "Say in a few words what would help you more. Your sensei can't read it.",
        )
    _, state = require_action(tx, pair.id, PairAction.CHANGE)
    tx.never_pairs.add(cohort, participant, pair.sensei, "Asked for another sensei.", at)
    end_pair(tx, pair, state, why, participant, "pairing.change", at)
    notices.confirm_change(tx, pair, at)
    search_again(tx, cohort, [participant], pair.id, at)
    return pair


def end_pairs_of(tx: Tx, person: str, cohort: int, at: datetime) -> tuple[Pair, ...]:
    """End all pairs of a person who has paused or left a cohort; other pairs stay the same.

    Call it after updating the enrolment. Another sensei is proposed for each of the person's participants,
    and the leads are told.
    """
    ended = []
    without_sensei = []
    members = tx.members.of(cohort)
    active = {member.person for member in members if member.state is EnrolmentState.ACTIVE}
    for pair in tx.pairings.ongoing(cohort):
        if person not in {pair.participant, pair.sensei}:
            continue
        state = next_state(PairAction.PART, pair.state)
        if state is None:
            continue
        end_pair(tx, pair, state, "", person, _PART, at)
        ended.append(pair)
        if pair.participant != person and pair.participant in active:
            without_sensei.append(pair.participant)
    if ended:
        last = max(pair.id for pair in ended)
        about = {
            "cohort": cohort,
            "person": person,
            "pairs": [pair.id for pair in ended],
            "paused": has_paused(members, person),
        }
        notices.tell_leads(tx, cohort, f"{notices.LEFT}:{last}", about, at)
        search_again(tx, cohort, without_sensei, last, at)
    return tuple(ended)


def has_paused(members: Sequence[Member], person: str) -> bool:
    """Return whether a person, given all members of a cohort, is paused. Leads don't pause as leads."""
    return any(
        member.person == person
        and member.role is not CohortRole.LEAD
        and member.state is EnrolmentState.PAUSED
        for member in members
    )


def end_barred_pairs(tx: Tx, cohort: int, at: datetime) -> tuple[Pair, ...]:
    """End the pairs that a confidential request forbids, without telling anyone why."""
    forbidden = tx.never_pairs.forbidden(cohort)
    ended = []
    for pair in tx.pairings.ongoing(cohort):
        state = next_state(PairAction.PART, pair.state)
        if state is not None and (pair.participant, pair.sensei) in forbidden:
            end_pair(tx, pair, state, "", OPERATOR, "pairing.barred", at)
            ended.append(pair)
    if ended:
        participants = [pair.participant for pair in ended]
        search_again(tx, cohort, participants, max(pair.id for pair in ended), at)
    return tuple(ended)


def end_pair(  # noqa: PLR0913, PLR0917 - a pair, and how it ends
    tx: Tx, pair: Pair, state: PairState, why: str, by: str, action: str, at: datetime
) -> None:
    """End a pair. If the two were introduced, tell both, and remove the sensei from the capstone."""
    tx.pairings.set_state(pair.id, state, at, shorten_reason(why))
    tx.audit(by, action, f"pair:{pair.id}")
    if pair.state is PairState.ACTIVE:
        tx.capstones.set_sensei(pair.cohort, pair.participant, None)
        deliver_again(tx, pair.cohort, [pair.participant], at)  # the cards say that it's no longer theirs
        notices.tell_both_sides(tx, pair, by, at, parted=action == _PART)
    notices.refresh_pair(tx, pair, at)


def search_again(tx: Tx, cohort: int, participants: Sequence[str], after: int, at: datetime) -> None:
    """Propose senseis for some participants only, after the pair ``after`` has ended.

    The job's id does not reveal how the pair ended: people can request the data stored about them, and this
    job is about two people.
    """
    if participants:
        argument = {"cohort": cohort, "by": OPERATOR, "only": sorted(participants)}
        tx.jobs.add(Job(f"pairing.propose:{cohort}:after.{after}", "pairing.propose", argument, at))


def shorten_reason(why: str) -> str:
    """Return a reason in its stored form."""
    return why.strip()[:MOST_OF_A_REASON]
