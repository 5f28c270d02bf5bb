"""Stores what a calendar says about a pair's one-to-ones."""

from collections.abc import Sequence
from datetime import datetime

from bot.domain.one_to_ones.calendar_events import DatedEvent, find_changes
from bot.domain.one_to_ones.records import OneToOne, OneToOneState
from bot.ports.store import Tx
from bot.workflows.chat.home_refresh import refresh_home
from bot.workflows.dojo.one_to_one_parties import MeetingPair
from bot.workflows.one_to_ones.message_keys import refresh_briefs


def apply_events(tx: Tx, pair: MeetingPair, events: Sequence[DatedEvent], at: datetime) -> bool:
    """Plan, move and cancel the one-to-ones of a pair as their calendar says; return whether any changed.

    One-to-ones that began before ``at`` stay as they are.
    """
    coming = [event for event in events if event.at > at]
    keys = {event.key for event in coming}
    known = tx.one_to_ones.known_of(pair.participant, pair.sensei, at, keys)
    changes = find_changes(known, coming, at)
    for event in changes.added:
        tx.one_to_ones.plan(pair.cohort, pair.participant, pair.sensei, event.at, at, event.key)
    for number, moved_to in changes.moved:
        tx.one_to_ones.move(number, moved_to)
    for number, key in changes.adopted:
        tx.one_to_ones.adopt(number, key)
    for number in changes.dropped:
        tx.one_to_ones.cancel(number, forget_event=True)
    _write_again(tx, {*changes.dropped, *(number for number, _ in changes.moved)}, at)
    if not changes.is_empty:
        for person in (pair.participant, pair.sensei):
            refresh_home(tx, person, at)
    return not changes.is_empty


def is_in_calendar(tx: Tx, pairs: Sequence[MeetingPair], meeting: OneToOne) -> bool:
    """Return whether a one-to-one of one of these pairs is in the calendar that its pair has now."""
    return bool(meeting.event) and any(
        pair.has(meeting) and tx.calendar_links.find(pair.enrolment) is not None for pair in pairs
    )


def drop_calendar(tx: Tx, pair: MeetingPair, at: datetime) -> None:
    """Forget the calendar of a pair, and cancel the coming one-to-ones that are in it."""
    tx.calendar_links.remove(pair.enrolment)
    dropped = [
        meeting.id
        for meeting in tx.one_to_ones.known_of(pair.participant, pair.sensei, at, ())
        if meeting.event and meeting.state is OneToOneState.PLANNED
    ]
    for number in dropped:
        tx.one_to_ones.cancel(number, forget_event=True)
    _write_again(tx, dropped, at)
    for person in (pair.participant, pair.sensei):
        refresh_home(tx, person, at)


def _write_again(tx: Tx, numbers: Sequence[int] | set[int], at: datetime) -> None:
    for number in sorted(numbers):
        if meeting := tx.one_to_ones.find(number):
            refresh_briefs(tx, meeting, at)
