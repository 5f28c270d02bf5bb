"""Writes what everybody saw and did, day by day in their own time, as plain text."""

from collections.abc import Iterator
from datetime import date
from itertools import groupby
from textwrap import indent

from tests.cohort_month.month import Line, Month


def write_month(month: Month) -> str:
    """Return the month of all people, one after the other."""
    return "\n".join(text for name in month.here for text in _write_person(month, name))


def _write_person(month: Month, name: str) -> Iterator[str]:
    who = month.who(name)
    role = f"participant, with {who.sensei}" if who.sensei else "sensei"
    days = ", ".join(day.capitalize() for day in who.days)
    yield f"{'=' * 72}\n{name}: {role}; {who.zone}; {days}, {who.begins:02}:00 to {who.ends:02}:00\n"
    own = [line for line in month.lines if line.name == name]

    def day_of(line: Line) -> date:
        return who.local(line.at).date()

    for day, lines in groupby(sorted(own, key=lambda line: line.at), key=day_of):
        yield f"{'-' * 72}\n{name}, {day:%A} {day.day} {day:%B}\n"
        for line in lines:
            yield f"{who.local(line.at):%H:%M}\n{indent(line.text, '    ')}"
