"""Hears what people ask in their direct messages with the app, and in the threads of what they asked."""

from dataclasses import dataclass

from bot.domain.chat.events import ReplyChange, ThreadReply
from bot.domain.enquiries.records import Place
from bot.ports.store import Tx
from bot.workflows.chat.actors import Clock
from bot.workflows.chat.features import Kept
from bot.workflows.enquiries.hearing import find_asker, hear_deletion, hear_edit, hear_message, may_still_ask

FORM_KEYS = "enquiry_form:"
"""How the keys of messages begin that show what somebody asked in the form."""


@dataclass(frozen=True, slots=True)
class _Asked:
    """The enrolment whose enquiry it is, and where they asked. It ``may_ask`` more, or only delete."""

    enrolment: int
    place: Place
    may_ask: bool


@dataclass(frozen=True)
class EnquiryReplies:
    """Keeps what members of running cohorts ask. ``now`` says which cohorts run.

    If it isn't ``is_on``, people can only delete what they asked before.
    """

    now: Clock
    is_on: bool = True

    def keep(self, tx: Tx, reply: ThreadReply) -> Kept:
        """Return what may be stored of a message: its text only if it can be answered."""
        asked = self._find_asked(tx, reply, self.now)
        if asked is None:
            return Kept.NOTHING
        if reply.change is ReplyChange.DELETED:
            return Kept.REFERENCE
        return Kept.TEXT if asked.may_ask else Kept.NOTHING

    def hear(self, tx: Tx, reply: ThreadReply, clock: Clock) -> bool:
        """Keep, change or delete what somebody asked. Return False if it is no question to Sensei."""
        asked = self._find_asked(tx, reply, clock)
        if asked is None:
            return False
        where = (tx, asked.enrolment, asked.place, reply.channel, reply.thread, reply.ts)
        if reply.change is ReplyChange.DELETED:
            hear_deletion(*where, clock)
            return True
        is_edit = reply.change is ReplyChange.EDITED
        if not asked.may_ask or not (is_edit or reply.text.strip()):
            return False
        hear = hear_edit if is_edit else hear_message
        hear(*where, reply.text, clock)
        return True

    def _find_asked(self, tx: Tx, reply: ThreadReply, now: Clock) -> _Asked | None:
        """Return whose enquiry a message belongs to, or None.

        A thread that isn't known yet is one too, unless it is under a message of Sensei's: people write
        faster than their first message is handled. Not all of Sensei's messages are known, so Slack says
        whose it is.
        """
        enquiry = tx.enquiries.find(reply.channel, reply.thread)
        if enquiry is not None:
            if tx.members.get(enquiry.enrolment).person != tx.members.by_chat(reply.team, reply.user):
                return None
            may_ask = self.is_on and may_still_ask(tx, enquiry.enrolment, now())
            return _Asked(enquiry.enrolment, enquiry.place, may_ask)
        is_asked_there = reply.parent in {"", reply.user} or _is_below_form(tx, reply)
        if not self.is_on or not is_asked_there:
            return None
        if not reply.begins_thread and tx.effects.find_key("message:", f"{reply.channel} {reply.thread}"):
            return None
        asker = find_asker(tx, reply.team, reply.user, now())
        return _Asked(asker.enrolment, Place.DIRECT, may_ask=True) if asker else None


def _is_below_form(tx: Tx, reply: ThreadReply) -> bool:
    """Return whether a thread begins with a question from the form, which Sensei posted for its asker."""
    return tx.effects.find_key(FORM_KEYS, f"{reply.channel} {reply.thread}") is not None
