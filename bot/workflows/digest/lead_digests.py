"""Leads' digests: choosing their rows, writing their message from current rows, and previews of them."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime

from bot.domain.digest.lead_digest import LeadDigest
from bot.domain.dojo.people import CohortRole, EnrolmentState
from bot.ports.engine import Json
from bot.ports.store import Tx
from bot.rendering.digest.slack_lead import lead_message, preview_lines
from bot.rendering.text.safe_text import one_line
from bot.workflows.chat.actors import Clock
from bot.workflows.chat.features import AddressedMessage, Feature
from bot.workflows.digest.lead_material import LeadReader, gather_lead_digest
from bot.workflows.digest.picture_content import picture_blocks
from bot.workflows.digest.schedule import is_over
from bot.workflows.triage.capstone_ledgers import LedgerLoader

LEAD_DIGEST = "digest.lead"
"""The kind of message that is a lead's digest."""


@dataclass(frozen=True)
class LeadDigests:
    """Makes and writes leads' digests. ``load`` returns the loader of ledgers; ``day_budget`` is in USD."""

    load: Callable[[], LedgerLoader]
    day_budget: float | None
    now: Clock
    kind: str = LEAD_DIGEST

    def feature(self) -> Feature:
        """Return the feature that writes the messages."""
        return Feature(words={self.kind: self.write})

    def choose_rows(self, tx: Tx, cohort: int, person: str, at: datetime) -> list[str]:
        """Return the keys of a digest's rows."""
        return list(self._gather(tx, LeadReader(cohort, person, at)).keys)

    def write(self, tx: Tx, about: Json) -> AddressedMessage | None:
        """Write a digest from current rows. Its figures stay those of when it was made.

        Return None if it is a week old or was not sent in time, or if its reader is no longer a lead.
        """
        stored = tx.digests.find(about["digest"])
        if stored is None or is_over(tx, stored, self.kind, self.now()):
            return None
        if not any(lead == stored.person for lead, _ in _list_leads(tx, stored.cohort)):
            return None
        digest = self._gather(tx, LeadReader(stored.cohort, stored.person, stored.at))
        picture = picture_blocks(tx, self.load().library.rubric, stored)
        return AddressedMessage((stored.person,), lead_message(digest, picture))

    def _gather(self, tx: Tx, reader: LeadReader) -> LeadDigest:
        return gather_lead_digest(tx, self.load(), reader, self.day_budget)


def preview_leads(tx: Tx, digests: LeadDigests, cohort: int) -> Iterator[str]:
    """Yield each lead's digest as it would be now, for a terminal. Nothing is stored or sent."""
    for number, (person, name) in enumerate(_list_leads(tx, cohort)):
        if number:
            yield ""
        yield f"To {one_line(name)}"
        digest = gather_lead_digest(
            tx, digests.load(), LeadReader(cohort, person, digests.now()), digests.day_budget
        )
        yield from preview_lines(digest)


def _list_leads(tx: Tx, cohort: int) -> list[tuple[str, str]]:
    """List a cohort's active leads: ids and names."""
    return [
        (member.person, member.name)
        for member in tx.members.of(cohort, CohortRole.LEAD)
        if member.state is EnrolmentState.ACTIVE
    ]
