"""Which rules of recurrence Sensei counts: those that calendar programs write, and that are quick to count.

Days are counted one period after the other, from the first one on. A rule with ``INTERVAL=0`` never gets to
the next, and one that never matches is counted to the year 9999. So a short list says what is allowed.
"""

import calendar
from collections.abc import Iterable, Mapping
from datetime import date
from types import MappingProxyType
from typing import Any

_ALWAYS = frozenset({"FREQ", "INTERVAL", "COUNT", "UNTIL", "WKST"})
_PARTS: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        "DAILY": _ALWAYS | {"BYDAY"},
        "WEEKLY": _ALWAYS | {"BYDAY"},
        "MONTHLY": _ALWAYS | {"BYDAY", "BYMONTHDAY", "BYSETPOS"},
        "YEARLY": _ALWAYS | {"BYDAY", "BYMONTHDAY", "BYMONTH"},
    }
)
"""The parts that a rule may have, by its frequency."""
_SHORTEST_MONTH = 28
_WEEKS_OF_EACH_MONTH = 4
_MOST_WEEKS_OF_A_MONTH = 5
_SOME_YEAR = 2001  # not a leap year
_MOST_ZONE_PARTS = 100

Rule = Any
"""A rule as the library gives it: a list of values by the name of each part."""
Component = Any


def is_bounded(rule: Rule) -> bool:
    """Return whether a rule repeats at most once a day, and matches a day again and again.

    Raises:
        ValueError, TypeError: a part isn't what the standard allows.
    """
    frequencies = [str(value).upper() for value in rule.get("FREQ", [])]
    if len(frequencies) != 1 or not set(rule) <= _PARTS.get(frequencies[0], frozenset()):
        return False
    [frequency] = frequencies
    interval = min((int(value) for value in rule.get("INTERVAL", [1])), default=1)
    days = [str(value).upper() for value in rule.get("BYDAY", [])]
    places = [_find_place(day) for day in days]
    month_days = [abs(int(value)) for value in rule.get("BYMONTHDAY", [])]
    positions = [abs(int(value)) for value in rule.get("BYSETPOS", [])]
    months = [int(value) for value in rule.get("BYMONTH", [])]
    return (
        interval >= 1
        and (frequency != "DAILY" or interval == 1 or not days)
        and not (any(places) and (month_days or positions))  # such as the first Monday, if it's the 20th
        and not (positions and (month_days or not days))
        # Without a day, it's the first event's: from 30 January on, each February.
        and not (months and not days and not month_days)
        and _come_again([*places, *positions], interval)
        and _exist(month_days, months, interval)
    )


def is_bounded_zone(zone: Component) -> bool:
    """Return whether the offsets of a time zone that a calendar defines are quick to find."""
    parts = [part for part in zone.subcomponents if part.name in {"STANDARD", "DAYLIGHT"}]
    if len(parts) > _MOST_ZONE_PARTS:
        return False
    return all(is_bounded_zone_rule(rule) for part in parts for rule in as_list(part.get("RRULE")))


def is_bounded_zone_rule(rule: Rule) -> bool:
    """Return whether a rule of a time zone changes its offset once a year."""
    return [str(value).upper() for value in rule.get("FREQ", [])] == ["YEARLY"] and is_bounded(rule)


def as_list(found: Any) -> list[Any]:
    """Return the values of a property, which the library gives as a list only if there are several."""
    if found is None:
        return []
    return found if isinstance(found, list) else [found]


def ends_before(rule: Rule, day: date) -> bool:
    """Return whether a rule is over on a day."""
    return any(value.timetuple()[:3] < day.timetuple()[:3] for value in rule.get("UNTIL", []))


def _find_place(day: str) -> int:
    """Return the number in ``-1SU`` or ``2TU`` without its sign; 0 for ``TU``."""
    return abs(int(day[:-2] or 0))


def _come_again(places: Iterable[int], interval: int) -> bool:
    """Return whether a period has days at these places: a month may have a fifth Tuesday, or none."""
    most = _MOST_WEEKS_OF_A_MONTH if interval == 1 else _WEEKS_OF_EACH_MONTH
    return all(place <= most for place in places)


def _exist(days: Iterable[int], months: Iterable[int], interval: int) -> bool:
    """Return whether there are such days: 30 February never comes."""
    lengths = [calendar.monthrange(_SOME_YEAR, month)[1] for month in months]
    if not lengths:
        lengths = [31 if interval == 1 else _SHORTEST_MONTH]
    return all(1 <= day <= min(lengths) for day in days)
