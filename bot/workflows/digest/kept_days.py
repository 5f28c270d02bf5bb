"""The days that are kept for digests, so that no lesser unprompted message takes them."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from bot.domain.dojo.people import EnrolmentState
from bot.ports.store import Tx
from bot.workflows.chat.digest_refresh import SENSEI_DIGEST, make_digest_key
from bot.workflows.digest.lead_digests import LEAD_DIGEST
from bot.workflows.digest.recipients import ROLES, Recipient, find_recipient

_SOON = timedelta(hours=1)
"""How long after its job began a digest is waited for. If none was made by then, none was needed."""
_A_WEEK = timedelta(days=7)
KINDS = {"sensei": SENSEI_DIGEST, "lead": LEAD_DIGEST}
"""The kinds of messages that are digests, by role."""


@dataclass(frozen=True)
class KeptDays:
    """Says which days are kept for digests."""

    now: Callable[[], datetime]

    def is_kept(self, tx: Tx, person: str, day: date) -> bool:
        """Return whether a digest of a person is still to come on a day, today where they are."""
        at = self.now()
        names = {role: name for name, role in ROLES.items()}
        recipients = (
            find_recipient(tx, member.cohort, person, names[member.role], at)
            for member in tx.members.roles(person)
            if member.role in names and member.state is EnrolmentState.ACTIVE
        )
        return any(_is_coming(tx, recipient, day, at) for recipient in recipients if recipient)


def _is_coming(tx: Tx, recipient: Recipient, day: date, at: datetime) -> bool:
    """Return whether a recipient gets this week's digest on a day, and hasn't got it yet."""
    week = recipient.find_week(at)
    newest = tx.digests.newest(recipient.cohort, recipient.person, recipient.role)
    if newest is not None and newest.week == week:
        key = make_digest_key(KINDS[recipient.role], recipient.person, newest.id)
        waiting = [tx.jobs.find_due_time(job) for job in tx.jobs.list_waiting(f"message:{key}")]
        return any(due is not None and recipient.day_of(due) <= day for due in waiting)
    due, job = recipient.find_delivery(week, at), recipient.make_id(week)
    if due is None or recipient.day_of(due) != day:
        return False
    begun = tx.jobs.begin_times_since(job, at - _A_WEEK)
    return not begun or bool(tx.jobs.list_waiting(job)) or at - begun[-1] < _SOON
