"""Gathers the next one-to-ones of a person for their App Home."""

from collections.abc import Sequence
from datetime import datetime

from bot.domain.dojo.app_home import OneToOneHome, ShownOneToOne, ShownPerson
from bot.domain.dojo.permissions import Action, Relation, is_allowed
from bot.domain.one_to_ones.records import OneToOne
from bot.ports.store import Tx
from bot.workflows.chat.actors import Actor, participants_of
from bot.workflows.chat.addresses import chat_address
from bot.workflows.dojo.member_messages import find_name
from bot.workflows.dojo.one_to_one_parties import MeetingPair, find_attendee, list_pairs_of


def gather_one_to_ones(tx: Tx, actor: Actor, pairs: Sequence[MeetingPair], at: datetime) -> OneToOneHome:
    """Return the next one-to-one of each pair, and the problems of the calendars that a person added.

    ``pairs`` are those in which they take part. Those whose one-to-ones they may not plan are left out.
    """
    own = [pair for pair in pairs if may_plan(actor, pair)]
    if not own:
        return OneToOneHome()
    planned = tx.one_to_ones.planned_with({pair.participant for pair in own}, at)
    shown = []
    for pair in own:
        coming = next((meeting for meeting in planned if pair.has(meeting)), None)
        if coming is not None:
            shown.append(show_meeting(tx, coming, actor.person or ""))
    links = tx.calendar_links.find_all({pair.enrolment for pair in own})
    problems = [link.problem for link in links if link.problem and link.added_by == actor.person]
    return OneToOneHome(tuple(sorted(shown, key=lambda meeting: meeting.at)), tuple(problems), can_plan=True)


def list_own_pairs(tx: Tx, actor: Actor, cohort: int, at: datetime) -> list[MeetingPair]:
    """List the pairs of a cohort whose one-to-ones a person may plan: their own, and as today's deputy."""
    if actor.person is None:
        return []
    theirs = participants_of(tx, actor.person, cohort, at)
    pairs = list_pairs_of(tx, cohort, {actor.person, *theirs})
    concerned = {actor.person, *theirs}
    return [pair for pair in pairs if pair.participant in concerned and may_plan(actor, pair)]


def may_plan(actor: Actor, pair: MeetingPair) -> bool:
    """Return whether a person who takes part in a pair may plan its one-to-ones."""
    relation = Relation.OWN if actor.person == pair.participant else Relation.THEIRS
    return is_allowed(Action.ONE_TO_ONE_PLAN, actor.roles(pair.cohort), relation)


def show_meeting(tx: Tx, meeting: OneToOne, reader: str) -> ShownOneToOne:
    """Return a one-to-one as one of its people sees it: with the other's name."""
    attendee = find_attendee(tx, meeting)
    if reader != meeting.participant:
        return ShownOneToOne(show_person(tx, meeting.participant), meeting.at, is_off=attendee is None)
    deputy = show_person(tx, attendee) if attendee and attendee != meeting.sensei else None
    return ShownOneToOne(show_person(tx, meeting.sensei), meeting.at, deputy, is_off=attendee is None)


def show_person(tx: Tx, person: str) -> ShownPerson:
    """Return a person's name and account in the chat."""
    return ShownPerson(find_name(tx, person), chat_address(tx, person))
