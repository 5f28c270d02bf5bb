"""The workflow ``one_to_one``: sends a brief, or the question after the hour, once to each of the two.

It decides again when it runs: the one-to-one may have moved, or its reader may be away by now. On a day on
which its reader has had another unprompted message, it waits for their next working day, or isn't sent if
that is too late.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from bot.ports.engine import RETRY_SEPARATOR, Json, Steps
from bot.ports.store import Tx
from bot.workflows.chat.unprompted import Feature, send_unprompted
from bot.workflows.dojo.one_to_one_parties import note_attendee
from bot.workflows.one_to_ones.message_keys import AFTER, BRIEF, make_about, make_key
from bot.workflows.one_to_ones.readers import MeetingReader, find_reader
from bot.workflows.one_to_ones.schedule import make_job

_FEATURES = {BRIEF: Feature.BRIEF, AFTER: Feature.AFTERWARDS}


@dataclass(frozen=True)
class OneToOneSending:
    """The workflow."""

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
        note_attendee(tx, reader.meeting, at)
        due = reader.find_time(kind, at)
        if due is None:
            return {"outcome": "late"}
        if due > at:
            _put_back(tx, reader, kind, due, at)
            return {"outcome": "later"}
        number, person = reader.meeting.id, reader.person
        about, end = make_about(number, person), reader.find_end(kind)
        send_unprompted(tx, _FEATURES[kind], make_key(kind, number, person), kind, about, at, end)
        return {"outcome": "sent"}


def _put_back(tx: Tx, reader: MeetingReader, kind: str, due: datetime, at: datetime) -> None:
    """Add the job again under another id, since each id runs only once."""
    job = make_job(reader, kind, due)
    again = f"{job.id}{RETRY_SEPARATOR}{int(at.timestamp() * 1000)}"
    tx.jobs.add(replace(job, id=again))
