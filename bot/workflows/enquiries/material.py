"""What an answer is written from: the thread as it is now, and the people around its author."""

from dataclasses import dataclass
from datetime import datetime

from bot.domain.enquiries.answering import Asked, find_sensitive
from bot.domain.enquiries.records import Enquiry, EnquiryMessage, Place
from bot.ports.store import Tx
from bot.workflows.articulation.question_contexts import find_name
from bot.workflows.enquiries.handover_contexts import find_first_reader
from bot.workflows.enquiries.hearing import find_newest


@dataclass(frozen=True, slots=True)
class EnquiryMaterial:
    """A message that Sensei answers, in its thread. ``asked`` has what a model may see of the thread."""

    enquiry: Enquiry
    message: EnquiryMessage
    asked: Asked
    is_sensitive: bool

    @property
    def is_public(self) -> bool:
        """Whether others can read the answer."""
        return self.enquiry.place is Place.CHANNEL

    @property
    def search_words(self) -> str:
        """What to search for: the newest message, and what the thread began with."""
        first, newest = self.asked.messages[0], self.asked.messages[-1]
        return newest if first == newest else f"{newest}\n{first}"


def load_material(tx: Tx, message: int) -> EnquiryMaterial | None:
    """Return what an answer is written from, or None if the message gets none.

    It is gone, or its author has written another one since, whose answer is for both.
    """
    found = tx.enquiries.get_message(message)
    enquiry = tx.enquiries.get(found.enquiry) if found else None
    if found is None or enquiry is None or found.deleted_at is not None:
        return None
    newest = find_newest(tx, enquiry.id)
    if newest != found and tx.enquiries.answer_to(found.id) is None:
        return None
    messages = [one for one in tx.enquiries.messages(enquiry.id) if one.id <= found.id and one.text]
    earlier = [answer for answer in tx.enquiries.answers(enquiry.id) if answer.message < found.id]
    answered = max((answer.message for answer in earlier), default=0)
    sensitive = {one.id for one in messages if find_sensitive(one.text)}
    # No model reads what is sensitive, not even later in the thread.
    shown = tuple(one.text for one in messages if one.id == found.id or one.id not in sensitive)
    asked = Asked(shown, tuple(answer for answer in earlier if answer.text), _list_others(tx, enquiry))
    return EnquiryMaterial(enquiry, found, asked, any(one > answered for one in sensitive))


def find_helper(tx: Tx, enrolment: int, at: datetime) -> str:
    """Return the name of whom somebody could ask instead: their sensei, today's deputy or a lead; or ""."""
    reader = find_first_reader(tx, tx.members.get(enrolment), at)
    return find_name(tx, reader.person) if reader else ""


def _list_others(tx: Tx, enquiry: Enquiry) -> frozenset[str]:
    """Return the names of the other people in a cohort."""
    asker = tx.members.get(enquiry.enrolment)
    return frozenset(
        member.name for member in tx.members.of(asker.cohort) if member.person != asker.person and member.name
    )
