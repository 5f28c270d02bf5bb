"""Reads the occurrences of events from an iCalendar file (RFC 5545).

Whoever publishes a calendar decides what is in it. So only events that are wanted are expanded, and of these
only as many as a person could attend: an event of each second would have millions of occurrences.
"""

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

import icalendar
import recurring_ical_events

from bot.domain.dojo.local_days import load_zone
from bot.domain.one_to_ones.calendar_events import MOST_EVENTS, CalendarProblem, DatedEvent, EventFilter
from bot.ports.calendars import UnreadableCalendarError

_EARLIEST_YEAR = 2000
"""Events that began earlier are left out: each of their days since would have to be counted."""
_FREQUENCIES = {"DAILY", "WEEKLY", "MONTHLY", "YEARLY"}
_ZONE = "X-WR-TIMEZONE"
_WRONG_VALUES = (ValueError, TypeError, LookupError, AttributeError, ArithmeticError)
"""What the libraries raise for values that the standard doesn't allow."""
_MOST_SERIES = 100
_MOST_DATES = 1000
_DIGITS_OF_A_KEY = 40

Component = Any
"""A part of a calendar. The library doesn't say what it contains."""


def read_events(
    content: bytes, wanted: EventFilter, first: datetime, last: datetime, zone: str
) -> Sequence[DatedEvent]:
    """Return the occurrences of the wanted events from ``first`` to ``last``, by time.

    There are ``MOST_EVENTS`` at most. ``zone`` is the time zone of times that name none. Events of a whole
    day and cancelled ones are left out.

    Raises:
        UnreadableCalendarError: this is not a calendar.
    """
    calendar = _parse(content)
    try:
        kept, recurring = _keep_wanted(calendar, wanted)
        found = recurring_ical_events.of(kept, skip_bad_series=True).between(first, last)
        events = {event.key: event for event in _list_events(found, recurring, zone)}
    except _WRONG_VALUES:
        raise UnreadableCalendarError(CalendarProblem.NO_CALENDAR) from None
    coming = [event for event in events.values() if first <= event.at <= last]
    return sorted(coming, key=lambda event: (event.at, event.key))[:MOST_EVENTS]


def _parse(content: bytes) -> Component:
    try:
        calendar = icalendar.Calendar.from_ical(content)
    except _WRONG_VALUES:
        raise UnreadableCalendarError(CalendarProblem.NO_CALENDAR) from None
    if calendar.name != "VCALENDAR":
        raise UnreadableCalendarError(CalendarProblem.NO_CALENDAR)
    return calendar


def _keep_wanted(calendar: Component, wanted: EventFilter) -> tuple[Component, frozenset[str]]:
    """Return a calendar with only the wanted series, and which of them recur, by their ids.

    A series is wanted if any of its parts is: a moved day may have lost its attendees.
    """
    series: dict[str, list[Component]] = {}
    for event in calendar.walk("VEVENT"):
        series.setdefault(str(event.get("UID", "")), []).append(event)
    kept = icalendar.Calendar()
    if _ZONE in calendar:
        kept[_ZONE] = calendar[_ZONE]  # what Google's calendars mean by times without a zone
    for zone in calendar.walk("VTIMEZONE"):
        kept.add_component(zone)
    recurring, number = set(), 0
    for identity, events in series.items():
        if number < _MOST_SERIES and _is_wanted(events, wanted) and all(map(_is_usable, events)):
            number += 1
            for event in events:
                kept.add_component(event)
            if len(events) > 1 or any(name in events[0] for name in ("RRULE", "RDATE", "RECURRENCE-ID")):
                recurring.add(identity)
    return kept, frozenset(recurring)


def _is_wanted(events: Iterable[Component], wanted: EventFilter) -> bool:
    return any(wanted.takes(str(event.get("SUMMARY", "")), _list_attendees(event)) for event in events)


def _list_attendees(event: Component) -> list[str]:
    """Return a text for each of an event's attendees and its organiser: their name and mail address."""
    people: dict[str, str] = {}
    for name in ("ATTENDEE", "ORGANIZER"):
        found = event.get(name, [])
        for attendee in found if isinstance(found, list) else [found]:
            address = str(attendee).lower().removeprefix("mailto:")
            called = str(getattr(attendee, "params", {}).get("CN", ""))
            people[address] = f"{called} {address}" if called else people.get(address, address)
    return list(people.values())


def _is_usable(event: Component) -> bool:
    """Return whether the days of an event can be read, and counted quickly."""
    try:
        return _is_bounded(event)
    except _WRONG_VALUES:
        return False


def _is_bounded(event: Component) -> bool:
    start = event.get("DTSTART")
    if start is None or start.dt.year < _EARLIEST_YEAR:
        return False
    rules = event.get("RRULE", [])
    rules = rules if isinstance(rules, list) else [rules]
    dates = [event.get(name, []) for name in ("RDATE", "EXDATE")]
    counted = sum(
        len(listed.dts) for found in dates for listed in (found if isinstance(found, list) else [found])
    )
    return counted <= _MOST_DATES and len(rules) <= 1 and all(map(_is_frequent, rules))


def _is_frequent(rule: Component) -> bool:
    """Return whether a rule repeats an event at most once a day."""
    named = {str(value).upper() for value in rule.get("FREQ", [])}
    return bool(named) and named <= _FREQUENCIES and not {"BYHOUR", "BYMINUTE", "BYSECOND"} & set(rule)


def _list_events(found: Iterable[Component], recurring: frozenset[str], zone: str) -> Iterator[DatedEvent]:
    for event in found:
        start = event["DTSTART"].dt
        if not isinstance(start, datetime) or str(event.get("STATUS", "")).upper() == "CANCELLED":
            continue
        identity = str(event.get("UID", ""))
        original = event.get("RECURRENCE-ID") if identity in recurring else None
        day = _to_utc(original.dt, zone).isoformat() if original and isinstance(original.dt, datetime) else ""
        digest = hashlib.sha256(f"{identity}\n{day}".encode()).hexdigest()
        yield DatedEvent(digest[:_DIGITS_OF_A_KEY], _to_utc(start, zone))


def _to_utc(moment: datetime, zone: str) -> datetime:
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=load_zone(zone))
    return moment.astimezone(UTC)
