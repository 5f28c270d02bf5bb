"""The jobs that read calendars: when one was added, and then once a day."""

from datetime import datetime, timedelta

from bot.ports.jobs import Job
from bot.ports.store import Tx

KIND = "calendar"
"""The workflow that reads a calendar."""
_A_DAY = timedelta(hours=24)


def read_soon(tx: Tx, enrolment: int, at: datetime) -> None:
    """Read the calendar of an enrolment now, because it was just added."""
    stamp = int(at.timestamp() * 1000)
    tx.jobs.add(Job(f"calendar:{enrolment}:{stamp}", KIND, {"enrolment": enrolment}, at))


def list_daily_jobs(tx: Tx, at: datetime) -> list[Job]:
    """Return the jobs of the calendars that were not read for a day. Each runs once on a date, in UTC."""
    return [
        Job(f"calendar:{link.enrolment}:{at:%Y-%m-%d}", KIND, {"enrolment": link.enrolment}, at)
        for link in tx.calendar_links.to_read(at - _A_DAY)
    ]
