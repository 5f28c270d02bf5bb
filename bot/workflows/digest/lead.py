"""The lead's weekly digest: made once a week for each lead, then sent with its picture."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from bot.domain.digest.lead_digest import LeadDigest
from bot.domain.dojo.local_days import load_zone
from bot.domain.dojo.people import CohortRole, EnrolmentState
from bot.ports.engine import Json, Steps
from bot.ports.store import Tx
from bot.rendering.digest.slack_lead import lead_message, preview_lines
from bot.workflows.chat.features import AddressedMessage, Feature
from bot.workflows.chat.outbox import send_message
from bot.workflows.chat.working_hours import find_hours
from bot.workflows.digest.lead_material import LeadReader, gather_lead_digest
from bot.workflows.digest.picture_content import LEAD, picture_blocks
from bot.workflows.digest.pictures import Pictures
from bot.workflows.triage.capstone_ledgers import LedgerLoader

MESSAGE = "digest.lead"


@dataclass(frozen=True)
class LeadDigests:
    """Makes and writes leads' digests. ``day_budget`` is in USD; ``load`` returns the loader of ledgers."""

    load: Callable[[], LedgerLoader]
    day_budget: float

    def feature(self) -> Feature:
        """Return the feature that writes the message."""
        return Feature(words={MESSAGE: self.write})

    def make(self, tx: Tx, cohort: int, person: str, week: str, moment: datetime) -> int | None:
        """Store a lead's digest of a week such as ``2026-W48``, or find the one that was made; return its id.

        Return None if they are no longer an active lead, or if the week is over for them.
        """
        if not _is_lead(tx, cohort, person) or _week_of(tx, cohort, person, moment) != week:
            return None
        digest = self._gather(tx, LeadReader(cohort, person, moment))
        return tx.digests.add(cohort, person, LEAD, week, digest.keys, moment).id

    def write(self, tx: Tx, about: Json) -> AddressedMessage | None:
        """Write a digest's message from current rows, or return None if its reader is no longer a lead."""
        stored = tx.digests.find(about["digest"])
        if stored is None or not _is_lead(tx, stored.cohort, stored.person):
            return None
        digest = self._gather(tx, LeadReader(stored.cohort, stored.person, stored.at))
        picture = picture_blocks(tx, self.load().library.rubric, stored)
        return AddressedMessage((stored.person,), lead_message(digest, picture))

    def preview(self, tx: Tx, cohort: int, person: str, moment: datetime) -> str:
        """Return a lead's digest as it would be now, for a terminal. Nothing is stored or sent."""
        return "\n".join(preview_lines(self._gather(tx, LeadReader(cohort, person, moment))))

    def _gather(self, tx: Tx, reader: LeadReader) -> LeadDigest:
        return gather_lead_digest(tx, self.load().library.rubric, reader, self.day_budget)


@dataclass(frozen=True)
class LeadDigestWorkflow:
    """The workflow ``digest`` for leads."""

    digests: LeadDigests
    pictures: Pictures
    now: Callable[[], datetime]

    def run(self, steps: Steps, argument: Json) -> Json:
        """Make a digest, draw its picture, and send it."""
        cohort, person, week = argument["cohort"], argument["person"], argument["week"]
        digest = steps.tx("make", lambda tx: self.digests.make(tx, cohort, person, week, self.now()))
        if digest is None:
            return {"outcome": "not needed"}
        self.pictures.make(steps, digest)
        steps.tx("send", lambda tx: self._send(tx, digest))
        return {"outcome": "done"}

    def _send(self, tx: Tx, digest: int) -> None:
        send_message(tx, f"digest:{digest}", MESSAGE, {"digest": digest}, self.now())


def _is_lead(tx: Tx, cohort: int, person: str) -> bool:
    return any(
        member.cohort == cohort and member.role is CohortRole.LEAD and member.state is EnrolmentState.ACTIVE
        for member in tx.members.roles(person)
    )


def _week_of(tx: Tx, cohort: int, person: str, moment: datetime) -> str:
    zone = load_zone(find_hours(tx, person, cohort).time_zone)
    return f"{moment.astimezone(zone):%G-W%V}"
