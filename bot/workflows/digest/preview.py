"""Digests as they would be sent, for whoever runs Sensei. Nothing is sent or stored."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from bot.domain.digest.delivery_times import find_delivery, find_monday, name_week, parse_week
from bot.domain.digest.sensei_digest import make_digest
from bot.domain.digest.shown import ShownDigest, show_digest
from bot.errors import UserError
from bot.ports.store import Tx
from bot.rendering.digest.terminal import DigestPreview
from bot.workflows.digest.gathering import DigestGatherer
from bot.workflows.digest.recipients import Recipient, list_recipients
from bot.workflows.triage.due import start_of


@dataclass(frozen=True)
class DigestPreviews:
    """Makes previews of senseis' digests in one cohort."""

    gatherer: DigestGatherer
    now: datetime

    def list(self, tx: Tx, cohort: int, name: str = "", week: str = "") -> Sequence[DigestPreview]:
        """Return the previews, by name: of all senseis or one, for this week or a later one.

        Raises:
            UserError: nobody has this name, or it is not a week that is still to come.
        """
        names = {member.person: member.name for member in tx.members.of(cohort)}
        found = [
            recipient
            for recipient in list_recipients(tx, cohort, self.now)
            if recipient.role == "sensei" and name.casefold() in {"", names[recipient.person].casefold()}
        ]
        if name and not found:
            raise UserError(
                f"No active sensei of this cohort is called {name}.", "`sensei people list` shows all names."
            )
        monday = read_week(week) if week else None
        return [self._preview(tx, recipient, names[recipient.person], monday) for recipient in found]

    def _preview(self, tx: Tx, recipient: Recipient, name: str, monday: date | None) -> DigestPreview:
        zone = recipient.hours.time_zone
        first = find_monday(recipient.hours, self.now)
        chosen = monday or first
        if chosen < first:
            raise UserError(f"{name_week(chosen)} is over.", "Name this week or a later one.")
        not_before = max(self.now, start_of(chosen, zone))
        at = find_delivery(recipient.hours, recipient.absences, chosen, not_before)
        week = name_week(chosen)
        made = tx.digests.made_for(recipient.cohort, [week])
        is_made = (recipient.person, recipient.role, week) in made
        shown = self._show(tx, recipient, at or not_before)
        return DigestPreview(name, week, zone, at, is_made, shown)

    def _show(self, tx: Tx, recipient: Recipient, at: datetime) -> ShownDigest | None:
        material = self.gatherer.gather(tx, recipient.cohort, recipient.person, at)
        if not material.participants:
            return None
        return show_digest(material, [row.key for row in make_digest(material).rows])


def read_week(text: str) -> date:
    """Return the Monday of a week that someone typed.

    Raises:
        UserError: it is not an ISO week.
    """
    try:
        return parse_week(text)
    except ValueError:
        raise UserError(f"{text} is not a week.", "Write it like 2026-W48.") from None
