"""The workflow that makes a weekly digest and sends it: once a week, and only in its reader's hours."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from bot.ports.engine import RETRY_SEPARATOR, Json, Steps
from bot.ports.jobs import Job
from bot.ports.store import Store, Tx
from bot.workflows.chat.digest_refresh import make_digest_key
from bot.workflows.chat.unprompted import Feature, send_unprompted
from bot.workflows.digest.recipients import find_recipient
from bot.workflows.digest.schedule import find_message_time

MakePicture = Callable[[Steps, int], str | None]
"""Draws and uploads the picture of a digest; returns its id in the chat, or None if there is none.

It has steps of its own, and raises nothing if the chat doesn't take the picture.
"""


class DigestMaker(Protocol):
    """Chooses the rows of one role's digests, and names their kind of message."""

    @property
    def kind(self) -> str:
        """Return the kind of message."""

    def choose_rows(self, tx: Tx, cohort: int, person: str, at: datetime) -> list[str] | None:
        """Return the keys of the rows, or None if the person needs no digest."""


@dataclass(frozen=True)
class DigestWorkflow:
    """The workflow ``digest``. ``makers`` are by role. Without ``picture``, digests have none."""

    store: Store
    makers: Mapping[str, DigestMaker]
    now: Callable[[], datetime]
    picture: MakePicture | None = None

    def run(self, steps: Steps, argument: Json) -> Json:
        """Make a digest and send it.

        The outcome is ``sent``, ``later`` (their hours or time zone have changed), ``late`` (the week is over
        or they are away) or ``not_needed``.
        """
        chosen = steps.step("choose", lambda: self._choose(argument))
        if chosen["outcome"] == "later":
            steps.tx("wait", lambda tx: self._put_back(tx, argument, chosen))
        if chosen["outcome"] != "chosen":
            return {"outcome": chosen["outcome"]}
        digest: int = steps.tx("make", lambda tx: self._make(tx, argument, chosen["rows"]))["digest"]
        picture = self.picture(steps, digest) if self.picture else None
        outcome: Json = steps.tx("send", lambda tx: self._send(tx, argument, digest, picture))
        return outcome

    def _choose(self, argument: Json) -> Json:
        """Read the rows. This takes a while, so it keeps no writer waiting."""
        at, role, week = self.now(), argument["role"], argument["week"]
        cohort, person = argument["cohort"], argument["person"]
        with self.store.read() as tx:
            reader = find_recipient(tx, cohort, person, role, at)
            if reader is None or role not in self.makers:
                return {"outcome": "not_needed"}
            due = reader.find_delivery(week, at)
            if due is None:
                return {"outcome": "late"}
            if due > at:
                return {"outcome": "later", "due": due.isoformat(), "at": at.isoformat()}
            rows = self.makers[role].choose_rows(tx, cohort, person, at)
        return {"outcome": "not_needed"} if rows is None else {"outcome": "chosen", "rows": rows}

    def _put_back(self, tx: Tx, argument: Json, chosen: Json) -> Json:
        """Add the job again under another id, since each id runs only once."""
        identity = ":".join(("digest", *(str(argument[name]) for name in _NAMES)))
        stamp = int(datetime.fromisoformat(chosen["at"]).timestamp() * 1000)
        again = f"{identity}{RETRY_SEPARATOR}{stamp}"
        tx.jobs.add(Job(again, "digest", argument, datetime.fromisoformat(chosen["due"])))
        return {}

    def _make(self, tx: Tx, argument: Json, rows: list[str]) -> Json:
        values = (argument["cohort"], argument["person"], argument["role"], argument["week"])
        made = tx.digests.add(*values, rows, self.now())
        return {"digest": made.id}

    def _send(self, tx: Tx, argument: Json, digest: int, picture: str | None) -> Json:
        """Send the digest now or, if this step comes late after a crash, when its reader works again.

        Once its week is over, it is not sent: the next one is near.
        """
        if picture is not None:
            tx.digests.set_picture(digest, picture)
        at, kind = self.now(), self.makers[argument["role"]].kind
        due = find_message_time(tx, digest, at)
        if due is None:
            return {"outcome": "late"}
        key = make_digest_key(kind, argument["person"], digest)
        feature = FEATURES[argument["role"]]
        send_unprompted(tx, feature, key, kind, {"digest": digest}, due)
        return {"outcome": "sent"}


FEATURES: Mapping[str, Feature] = {"sensei": Feature.SENSEI_DIGEST, "lead": Feature.LEAD_DIGEST}
"""What takes a reader's day for the digest of a role."""
_NAMES = ("cohort", "person", "role", "week")
