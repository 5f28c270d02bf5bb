"""Gathers the next one-to-ones of a person for their App Home."""

from datetime import datetime

from bot.domain.dojo.app_home import OneToOneHome, ShownOneToOne, ShownPerson
from bot.domain.dojo.permissions import Action, Relation, is_allowed
from bot.domain.one_to_ones.records import OneToOne
from bot.ports.store import Tx
from bot.workflows.chat.actors import Actor, participants_of
from bot.workflows.chat.addresses import chat_address
from bot.workflows.dojo.member_messages import find_name
from bot.workflows.dojo.one_to_one_parties import MeetingPair, find_attendee, list_pairs_of


def gather_one_to_ones(tx: Tx, actor: Actor, cohort: int, at: datetime) -> OneToOneHome:
    """Return the next one-to-one with each partner, and the problems of the calendars that they added."""
    pairs = list_own_pairs(tx, actor, cohort, at)
    if not pairs:
        return OneToOneHome()
    planned = tx.one_to_ones.planned_with({pair.participant for pair in pairs}, at)
    shown = []
    for pair in pairs:
        coming = next((meeting for meeting in planned if pair.has(meeting)), None)
        if coming is not None:
            shown.append(show_meeting(tx, coming, actor.person or ""))
    links = tx.calendar_links.find_all({pair.enrolment for pair in pairs})
    problems = [link.problem for link in links if link.problem and link.added_by == actor.person]
    return OneToOneHome(tuple(sorted(shown, key=lambda meeting: meeting.at)), tuple(problems), can_plan=True)


def list_own_pairs(tx: Tx, actor: Actor, cohort: int, at: datetime) -> list[MeetingPair]:
    """List the pairs of a cohort whose one-to-ones a person may plan: their own, and as today's deputy."""
    if actor.person is None:
        return []
    action, roles = Action.ONE_TO_ONE_PLAN, actor.roles(cohort)
    theirs = participants_of(tx, actor.person, cohort, at)
    return [
        pair
        for pair in list_pairs_of(tx, cohort, {actor.person, *theirs})
        if (pair.participant == actor.person and is_allowed(action, roles, Relation.OWN))
        or (pair.participant in theirs and is_allowed(action, roles, Relation.THEIRS))
    ]


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
