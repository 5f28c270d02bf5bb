"""Reads each calendar in a process of its own, with limits: whoever wrote it can harm only that process.

The libraries that read calendars keep what a calendar says about time zones for as long as a process runs. So
no calendar is read in the process of another, either.
"""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import structlog

from bot.adapters.reading_process.process import import_path, inherited_variables
from bot.domain.one_to_ones.calendar_events import MOST_EVENTS, CalendarProblem, DatedEvent, EventFilter
from bot.errors import TransientError
from bot.ports.calendars import UnreadableCalendarError

log = structlog.get_logger(__name__)

_START = (
    "import json, sys; sys.path[:] = json.loads(sys.argv[1]);"
    "from bot.adapters.calendars.child import main; main(int(sys.argv[2]))"
)
_STOPPED = {-signal.SIGINT, -signal.SIGTERM, -signal.SIGHUP}
"""How a process ends that the machine's service manager stops, with all others."""


@dataclass(frozen=True, slots=True)
class CalendarLimits:
    """What the reading of one calendar may take: bytes of memory, and seconds.

    ``processor_seconds`` bound its work, ``seconds`` the whole, also on a machine that is busy. A calendar of
    4 MB takes about three seconds, and 150 MB.
    """

    processor_seconds: int = 20
    memory_bytes: int = 512 * 1024 * 1024
    seconds: float = 60.0


DEFAULT_LIMITS = CalendarLimits()


def read_apart(  # noqa: PLR0913, PLR0917 - what is read, and within which limits
    content: bytes,
    wanted: EventFilter,
    first: datetime,
    last: datetime,
    zone: str,
    limits: CalendarLimits = DEFAULT_LIMITS,
) -> Sequence[DatedEvent]:
    """Return what ``ical_events.read_events`` finds, in another process.

    Raises:
        UnreadableCalendarError: it isn't a calendar, or reading it takes more than the limits.
        TransientError: this machine can't read it now.
    """
    task = {
        "name": wanted.name,
        "title": wanted.title,
        "first": first.isoformat(),
        "last": last.isoformat(),
        "zone": zone,
        "processor_seconds": limits.processor_seconds,
        "memory_bytes": limits.memory_bytes,
    }
    # With -I, nothing is imported from the current folder. The task isn't an argument: others can see those.
    command = [sys.executable, "-I", "-c", _START, json.dumps(import_path()), str(os.getpid())]
    try:
        done = subprocess.run(
            command,
            input=json.dumps(task).encode() + b"\n" + content,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=inherited_variables(),
            timeout=limits.seconds,
            check=False,
            process_group=0,  # so that a key that interrupts Sensei isn't taken for a limit
        )
    except OSError:
        raise TransientError("A process that reads a calendar couldn't be started.") from None
    except subprocess.TimeoutExpired:
        log.warning("calendar.stopped", status="late")
        raise UnreadableCalendarError(CalendarProblem.TOO_LARGE) from None
    if done.returncode in _STOPPED:
        raise TransientError("Sensei was stopped before a calendar was read.")
    if done.returncode:
        log.warning("calendar.stopped", status=done.returncode)
        raise UnreadableCalendarError(CalendarProblem.TOO_LARGE)
    return _parse(done.stdout)


def _parse(answer: bytes) -> Sequence[DatedEvent]:
    """Return the events of an answer. It comes from a process that has read what a stranger wrote."""
    try:
        found: Any = json.loads(answer)
        if problem := found.get("problem"):
            raise UnreadableCalendarError(CalendarProblem(problem))
        events = [DatedEvent(str(key), datetime.fromisoformat(at)) for key, at in found["events"]]
    except (ValueError, TypeError, LookupError, AttributeError):
        log.warning("calendar.stopped", status="no answer")
        raise UnreadableCalendarError(CalendarProblem.NO_CALENDAR) from None
    return events[:MOST_EVENTS]
