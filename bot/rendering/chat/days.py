"""How days are written in messages and forms: the same everywhere."""

from datetime import date


def say_day(day: date, today: date | None = None) -> str:
    """Return a day: ``Mon 7 Dec``, with its year if that is another one than today's."""
    year = f" {day.year}" if today is not None and day.year != today.year else ""
    return f"{day:%a} {day.day} {day:%b}{year}"
