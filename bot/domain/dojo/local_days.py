"""Days in people's time zones. A person's day ends at midnight in their own time zone."""

from datetime import date, datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError


def load_zone(name: str) -> ZoneInfo:
    """Return a time zone by its IANA name; UTC if the name is empty or unknown."""
    try:
        return ZoneInfo(name or "UTC")
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return ZoneInfo("UTC")


def day_in(zone: str, moment: datetime) -> date:
    """Return the date in a time zone at a moment."""
    return moment.astimezone(load_zone(zone)).date()
