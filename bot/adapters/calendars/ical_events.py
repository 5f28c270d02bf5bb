"""Reads the occurrences of events from an iCalendar file (RFC 5545).

Whoever publishes a calendar decides what is in it. So only events that are wanted are expanded, and of these
only as many as a person could attend: an event of each second would have millions of occurrences. All the
same, this runs only in a process that has limits (``child.py``).
"""

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

import icalendar
import recurring_ical_events

from bot.adapters.calendars.bounded_rules import as_list, ends_before, is_bounded, is_bounded_zone
from bot.domain.dojo.local_days import load_zone
from bot.domain.one_to_ones.calendar_events import MOST_EVENTS, CalendarProblem, DatedEvent, EventFilter
from bot.ports.calendars import UnreadableCalendarError

_EARLIEST_YEAR = 2000
"""Events that began earlier are left out: each of their days since would have to be counted."""
_ZONE = "X-WR-TIMEZONE"
_WRONG_VALUES = (ValueError, TypeError, LookupError, AttributeError, ArithmeticError, OSError)
"""What the libraries raise for values that the standard doesn't allow. A zone's name is read as a path."""
_MOST_SERIES = 50
_LONGEST = timedelta(days=1)
_MOST_DATES = 1000
_DIGITS_OF_A_KEY = 40

Component = Any
"""A part of a calendar. The library doesn't say what it contains."""


def read_events(
    content: bytes, wanted: EventFilter, first: datetime, last: datetime, zone: str
) -> Sequence[DatedEvent]:
    """Return the occurrences of the wanted events from ``first`` to ``last``, by time.

    There is one a day at most, the first, and ``MOST_EVENTS`` in all. ``zone`` is the time zone of times that
    name none, and of these days. Events of a whole day and cancelled ones are left out.

    Raises:
        UnreadableCalendarError: this is not a calendar.
    """
    calendar = _parse(content)
    try:
        kept, recurring = _keep_wanted(calendar, wanted, first.date(), last.date())
        found = recurring_ical_events.of(kept, skip_bad_series=True).between(first, last)
        events = {event.key: event for event in _list_events(found, recurring, zone)}
    except _WRONG_VALUES:
        raise UnreadableCalendarError(CalendarProblem.NO_CALENDAR) from None
    coming = [event for event in events.values() if first <= event.at <= last]
    days: dict[date, DatedEvent] = {}
    for event in sorted(coming, key=lambda event: (event.at, event.key)):
        days.setdefault(event.at.astimezone(load_zone(zone)).date(), event)
    return list(days.values())[:MOST_EVENTS]


def _parse(content: bytes) -> Component:
    try:
        calendar = icalendar.Calendar.from_ical(content)
    except _WRONG_VALUES:
        raise UnreadableCalendarError(CalendarProblem.NO_CALENDAR) from None
    if calendar.name != "VCALENDAR":
        raise UnreadableCalendarError(CalendarProblem.NO_CALENDAR)
    return calendar


def _keep_wanted(
    calendar: Component, wanted: EventFilter, first: date, last: date
) -> tuple[Component, frozenset[str]]:
    """Return a calendar with only the wanted series, and which of them recur, by their ids.

    A series is wanted if any of its parts is: a moved day may have lost its attendees.
    """
    series: dict[str, list[Component]] = {}
    for event in calendar.walk("VEVENT"):
        series.setdefault(str(event.get("UID", "")), []).append(event)
    kept = icalendar.Calendar()
    if _ZONE in calendar:
        kept[_ZONE] = calendar[_ZONE]  # what Google's calendars mean by times without a zone
    trusted = _trusts_zones(calendar)
    recurring, number = set(), 0
    for identity, events in series.items():
        if number == _MOST_SERIES:
            break
        if not _is_wanted(events, wanted) or not all(_is_usable(event, trusted=trusted) for event in events):
            continue
        if not any(_may_come(event, first, last) for event in events):
            continue
        number += 1
        for event in events:
            kept.add_component(event)
        if len(events) > 1 or any(name in events[0] for name in ("RRULE", "RDATE", "RECURRENCE-ID")):
            recurring.add(identity)
    return kept, frozenset(recurring)


def _trusts_zones(calendar: Component) -> bool:
    """Return whether the times may be counted in the time zones that a calendar defines itself.

    A definition of a zone that everybody knows is never used.
    """
    zones = [zone for zone in calendar.walk("VTIMEZONE") if not _is_quick(zone)]
    return not zones or {str(zone.get("TZID", "")) for zone in zones} <= available_timezones()


def _is_quick(zone: Component) -> bool:
    try:
        return is_bounded_zone(zone)
    except _WRONG_VALUES:
        return False


def _may_come(event: Component, first: date, last: date) -> bool:
    """Return whether an event may take place from ``first`` to ``last``, or on the days around these."""
    if "RDATE" in event:
        return True
    try:
        if rules := as_list(event.get("RRULE")):
            return not all(ends_before(rule, first - _LONGEST) for rule in rules)
        return first - _LONGEST <= _find_day(event["DTSTART"].dt) <= last + _LONGEST
    except _WRONG_VALUES:
        return False


def _find_day(moment: date) -> date:
    return moment.date() if isinstance(moment, datetime) else moment


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


def _is_usable(event: Component, *, trusted: bool) -> bool:
    """Return whether the days of an event can be read, and counted quickly.

    ``trusted`` says whether that is so in time zones that the calendar defines.
    """
    try:
        return _is_bounded(event) and (trusted or all(map(_is_in_known_zone, _list_moments(event))))
    except _WRONG_VALUES:
        return False


def _is_bounded(event: Component) -> bool:
    start, end = event.get("DTSTART"), event.get("DTEND")
    if start is None or start.dt.year < _EARLIEST_YEAR:
        return False
    if "DURATION" in event and abs(event["DURATION"].dt) > _LONGEST:
        return False
    if end is not None and abs(_find_day(end.dt) - _find_day(start.dt)) > _LONGEST:
        return False
    rules = as_list(event.get("RRULE"))
    return len(_list_moments(event)) <= _MOST_DATES and len(rules) <= 1 and all(map(is_bounded, rules))


def _list_moments(event: Component) -> list[Any]:
    """Return the days, times and periods of an event."""
    single = [event[name].dt for name in ("DTSTART", "DTEND", "RECURRENCE-ID") if name in event]
    listed = [found for name in ("RDATE", "EXDATE") for found in as_list(event.get(name))]
    return single + [moment.dt for found in listed for moment in found.dts]


def _is_in_known_zone(moment: Any) -> bool:
    parts = moment if isinstance(moment, tuple) else (moment,)
    return all(isinstance(getattr(part, "tzinfo", None), ZoneInfo | None) for part in parts)


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
