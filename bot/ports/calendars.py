"""Calendars that people publish at an address (``.ics``)."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from bot.domain.one_to_ones.calendar_events import CalendarProblem, DatedEvent, EventFilter


class UnreadableCalendarError(Exception):
    """A calendar can't be read. ``problem`` says why; nothing here contains its address."""

    def __init__(self, problem: CalendarProblem) -> None:
        super().__init__(problem.value)
        self.problem = problem


class Calendars(Protocol):
    """Reads calendars."""

    def read(
        self, address: str, wanted: EventFilter, first: datetime, last: datetime, zone: str
    ) -> Sequence[DatedEvent]:
        """Return the occurrences of the wanted events from ``first`` to ``last``, by time.

        ``zone`` is the time zone of times that name none.

        Raises:
            UnreadableCalendarError: it can't be read.
            TransientError: this machine can't read it now.
        """
