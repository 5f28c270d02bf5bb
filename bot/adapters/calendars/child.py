"""The code of the process that reads one calendar: from standard input, with an answer in JSON."""

import ctypes
import json
import os
import resource
import signal
import sys
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from bot.adapters.calendars.ical_events import read_events
from bot.domain.one_to_ones.calendar_events import CalendarProblem, EventFilter
from bot.ports.calendars import UnreadableCalendarError

_PR_SET_PDEATHSIG = 1  # <sys/prctl.h>


def main(parent: int) -> None:
    """Read the calendar from standard input under the limits in its first line, and exit."""
    head, _, content = sys.stdin.buffer.read().partition(b"\n")
    task = json.loads(head)
    _set_limits(task)
    if os.getppid() == parent:
        sys.stdout.write(json.dumps(_read(task, content)))
        sys.stdout.flush()
    os._exit(0)


def _set_limits(task: Mapping[str, Any]) -> None:
    """Let the kernel end this process. Where it limits no memory (macOS), the other limits bound that too."""
    for limit, most in (
        (resource.RLIMIT_DATA, task["memory_bytes"]),
        (resource.RLIMIT_CPU, task["processor_seconds"]),
        (resource.RLIMIT_CORE, 0),
    ):
        _, hard = resource.getrlimit(limit)
        bounded = most if hard == resource.RLIM_INFINITY else min(most, hard)
        try:
            resource.setrlimit(limit, (bounded, hard))
        except (ValueError, OSError):
            continue
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


def _read(task: Mapping[str, Any], content: bytes) -> Mapping[str, Any]:
    wanted = EventFilter(task["name"], task["title"])
    first, last = (datetime.fromisoformat(task[name]) for name in ("first", "last"))
    try:
        events = read_events(content, wanted, first, last, task["zone"])
    except UnreadableCalendarError as unreadable:
        return {"problem": unreadable.problem.value}
    except (MemoryError, RecursionError):
        return {"problem": CalendarProblem.TOO_LARGE.value}
    except Exception:  # noqa: BLE001 - the libraries promise nothing about what they raise
        return {"problem": CalendarProblem.NO_CALENDAR.value}
    return {"events": [[event.key, event.at.isoformat()] for event in events]}
