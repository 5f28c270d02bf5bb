"""Hears what people ask in channels, where they mention Sensei.

Others read the answer, so it never comes from the asker's own documents. Sensei doesn't read channels: it
hears only the messages that mention it, also in the thread of its answer, and learns of no deletion there.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.domain.chat.events import Mention
from bot.domain.enquiries.records import Place
from bot.ports.engine import Json
from bot.ports.store import Tx
from bot.rendering.enquiries.slack_pane import elsewhere_message
from bot.workflows.chat.actors import Clock
from bot.workflows.chat.features import AddressedMessage, Kept
from bot.workflows.chat.outbox import send_message
from bot.workflows.enquiries.hearing import find_asker, hear_edit

ELSEWHERE = "enquiries.elsewhere"
"""The kind of message that tells somebody to ask outside another person's thread."""
_BETWEEN_HINTS = timedelta(minutes=10)


@dataclass(frozen=True)
class EnquiryMentions:
    """Keeps what members of running cohorts ask in channels. ``now`` says which cohorts run."""

    now: Clock

    def keep(self, tx: Tx, mention: Mention) -> Kept:
        """Return what may be stored of a mention: its text only if it can be answered.

        Of others, its place is stored, so that their authors get a reply, which nobody else sees.
        """
        asker = find_asker(tx, mention.team, mention.user, self.now())
        is_theirs = asker is not None and _is_theirs(tx, asker.enrolment, mention)
        return Kept.TEXT if is_theirs else Kept.REFERENCE

    def hear(self, tx: Tx, mention: Mention, clock: Clock) -> bool:
        """Answer a question in its thread. Return False if it is none, or its author may not ask.

        A thread is the enquiry of whoever asked first in it; anyone else is told where to ask instead. Slack
        sends an edit like a new mention.
        """
        asker = find_asker(tx, mention.team, mention.user, clock())
        if asker is None:
            return False
        if not _is_theirs(tx, asker.enrolment, mention):
            _point_elsewhere(tx, asker.enrolment, clock())
            return True
        enquiry = tx.enquiries.find(mention.channel, mention.thread)
        is_known = enquiry is not None and tx.enquiries.find_message(enquiry.id, mention.ts) is not None
        if not mention.text and not is_known:
            return False
        where = (mention.channel, mention.thread, mention.ts)
        hear_edit(tx, asker.enrolment, Place.CHANNEL, *where, mention.text, clock)
        return True


def write_elsewhere(tx: Tx, about: Json) -> AddressedMessage:
    """Tell somebody that a thread is another person's, and where to ask."""
    return AddressedMessage((tx.members.get(about["enrolment"]).person,), elsewhere_message())


def _is_theirs(tx: Tx, enrolment: int, mention: Mention) -> bool:
    enquiry = tx.enquiries.find(mention.channel, mention.thread)
    return enquiry is None or enquiry.enrolment == enrolment


def _point_elsewhere(tx: Tx, enrolment: int, at: datetime) -> None:
    """Tell somebody in their direct messages where to ask: once within ten minutes."""
    prefix = f"{ELSEWHERE}:{enrolment}:"
    jobs = f"message:{prefix}"
    if tx.jobs.list_waiting(jobs) or tx.jobs.begin_times_since(jobs, at - _BETWEEN_HINTS):
        return
    send_message(tx, f"{prefix}{int(at.timestamp() * 1000)}", ELSEWHERE, {"enrolment": enrolment}, at)
