"""The workflow ``one_to_one``: sends a brief, or the question after the hour, once to each of the two.

It decides again when it runs: the one-to-one may have moved, or its reader may be away by now. Each message
takes the day of its reader, on which Sensei then writes nothing else unasked. If the day is taken, a message
waits for their next working day, as long as it still makes sense then.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta

from bot.domain.dojo.local_days import day_in, load_zone
from bot.ports.engine import RETRY_SEPARATOR, Json, Steps
from bot.ports.store import Tx
from bot.workflows.chat.outbox import send_message
from bot.workflows.one_to_ones.message_keys import make_about, make_key
from bot.workflows.one_to_ones.readers import MeetingReader, find_reader
from bot.workflows.one_to_ones.schedule import make_job

TakesDay = Callable[[Tx, str, date, str], bool]
"""Takes a person's day for a kind of message; returns False if another kind has taken it.

A kind that has taken a day can take it again.
"""


@dataclass(frozen=True)
class OneToOneSending:
    """The workflow."""

    take_day: TakesDay
    now: Callable[[], datetime]

    def run(self, steps: Steps, argument: Json) -> Json:
        """Send a message.

        The outcome is ``sent``, ``later``, ``late`` (there is no moment left that makes sense), or
        ``not_needed`` (it moved, it is off, or this person isn't one of the two any more).
        """
        return steps.tx("send", lambda tx: self._send(tx, argument))

    def _send(self, tx: Tx, argument: Json) -> Json:
        meeting, at = tx.one_to_ones.find(argument["one_to_one"]), self.now()
        reader = find_reader(tx, meeting, argument["person"]) if meeting else None
        if reader is None or reader.meeting.at != datetime.fromisoformat(argument["at"]):
            return {"outcome": "not_needed"}
        kind: str = argument["kind"]
        due = reader.find_time(kind, at)
        if due is not None and due <= at:
            today = day_in(reader.hours.time_zone, at)
            if self.take_day(tx, reader.person, today, kind):
                _send_now(tx, reader, kind, at)
                return {"outcome": "sent"}
            due = reader.find_time(kind, _begin_of_day(reader, today + timedelta(days=1)))
        if due is None:
            return {"outcome": "late"}
        _put_back(tx, reader, kind, due, at)
        return {"outcome": "later"}


def _begin_of_day(reader: MeetingReader, day: date) -> datetime:
    return datetime.combine(day, time(), load_zone(reader.hours.time_zone))


def _send_now(tx: Tx, reader: MeetingReader, kind: str, at: datetime) -> None:
    number, person = reader.meeting.id, reader.person
    send_message(tx, make_key(kind, number, person), kind, make_about(number, person), at)


def _put_back(tx: Tx, reader: MeetingReader, kind: str, due: datetime, at: datetime) -> None:
    """Add the job again under another id, since each id runs only once."""
    job = make_job(reader, kind, due)
    again = f"{job.id}{RETRY_SEPARATOR}{int(at.timestamp() * 1000)}"
    tx.jobs.add(replace(job, id=again))
