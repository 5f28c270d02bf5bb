"""The workflow ``calendar``: reads a pair's calendar, and stores the times of their one-to-ones.

No word of a calendar is stored: an event is known by a digest of its id, and by its time.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from bot.domain.dojo.people import EnrolmentState
from bot.domain.one_to_ones.calendar_events import (
    HORIZON,
    CalendarProblem,
    DatedEvent,
    EventFilter,
    digest_name,
)
from bot.domain.one_to_ones.records import CalendarLink
from bot.ports.calendars import Calendars, UnreadableCalendarError
from bot.ports.engine import Json, Steps
from bot.ports.store import Store, Tx
from bot.workflows.chat.home_refresh import refresh_home
from bot.workflows.chat.working_hours import find_hours
from bot.workflows.dojo.member_messages import find_name
from bot.workflows.dojo.one_to_one_parties import MeetingPair, list_pairs_of
from bot.workflows.jobs.retry import insist
from bot.workflows.one_to_ones.calendar_changes import apply_events


@dataclass(frozen=True)
class CalendarReading:
    """The workflow."""

    store: Store
    calendars: Calendars
    now: Callable[[], datetime]

    def run(self, steps: Steps, argument: Json) -> Json:
        """Read a calendar.

        The outcome is ``read``, ``unreadable``, ``replaced``: another one was entered meanwhile, and is read
        on its own, or ``gone``: it was removed, or whoever added it is no longer in the pair; then its
        address is forgotten.
        """
        found = insist(steps, "read", lambda: self._read(argument["enrolment"]))
        return steps.tx("save", lambda tx: self._save(tx, argument["enrolment"], found))

    def _read(self, enrolment: int) -> Json:
        at = self.now()
        with self.store.read() as tx:
            known = _find(tx, enrolment)
            if known is None:
                return {"of": "", "events": [], "problem": ""}
            link, pair = known
            other = pair.sensei if link.added_by == pair.participant else pair.participant
            wanted = EventFilter(find_name(tx, other), link.title)
            zone = find_hours(tx, link.added_by, pair.cohort).time_zone
        found = {"of": link.fingerprint, "events": []}
        if digest_name(wanted.name) != link.looks_for:
            return {**found, "problem": CalendarProblem.RENAMED.value}
        try:
            events = self.calendars.read(link.address, wanted, at, at + HORIZON, zone)
        except UnreadableCalendarError as unreadable:
            return {**found, "problem": unreadable.problem.value}
        return {
            **found,
            "events": [[event.key, event.at.isoformat()] for event in events],
            "problem": "" if events else CalendarProblem.NO_EVENTS.value,
        }

    def _save(self, tx: Tx, enrolment: int, found: Json) -> Json:
        at = self.now()
        known = _find(tx, enrolment)
        if known is None:
            tx.calendar_links.remove(enrolment)
            return {"outcome": "gone"}
        link, pair = known
        if found["of"] != link.fingerprint:
            return {"outcome": "replaced"}
        problem = str(found["problem"])
        if not problem or problem == CalendarProblem.NO_EVENTS:
            events = [DatedEvent(key, datetime.fromisoformat(moment)) for key, moment in found["events"]]
            apply_events(tx, pair, events, at)
        if problem != link.problem:
            refresh_home(tx, link.added_by, at)
        tx.calendar_links.mark_read(enrolment, at, problem)
        return {"outcome": "unreadable" if problem else "read"}


def _find(tx: Tx, enrolment: int) -> tuple[CalendarLink, MeetingPair] | None:
    """Return a calendar and its pair, or None if it was removed, or if whoever added it left the pair."""
    link = tx.calendar_links.find(enrolment)
    member = tx.members.get(enrolment) if link else None
    if link is None or member is None or member.state is EnrolmentState.LEFT:
        return None
    pairs = list_pairs_of(tx, member.cohort, {member.person})
    pair = next((pair for pair in pairs if pair.enrolment == enrolment), None)
    is_theirs = pair is not None and link.added_by in {pair.participant, pair.sensei}
    return (link, pair) if pair and is_theirs else None
