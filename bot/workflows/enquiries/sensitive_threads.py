"""Threads that stay with people, because something in them is sensitive."""

from bot.domain.enquiries.answering import find_sensitive
from bot.domain.enquiries.records import AnswerState, Kind
from bot.ports.store import Tx


def is_sensitive(tx: Tx, enquiry: int, but: int | None = None) -> bool:
    """Return whether anything in a thread is sensitive. Then all of it stays with people.

    What a follow-up is about is only known from what was said before: "It happened again." A model may have
    recognised it, too; ``but`` is the message of which its verdict doesn't count, because it's answered anew.
    """
    if any(find_sensitive(message.text) for message in tx.enquiries.messages(enquiry)):
        return True
    return any(
        answer.kind is Kind.SENSITIVE and answer.state is not AnswerState.WITHDRAWN and answer.message != but
        for answer in tx.enquiries.answers(enquiry)
    )
