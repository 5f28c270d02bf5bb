"""What askers say about Sensei's answers, and what follows from it: a gap, or the offer to ask a person."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from bot.domain.chat.events import Acted, Click, Submission
from bot.domain.enquiries.records import Answer, AnswerSource, Feedback, FeedbackReason, Kind
from bot.domain.sources.markdown_files import redact
from bot.errors import UserError
from bot.ports.chat import OutgoingMessage, View
from bot.ports.engine import Json
from bot.ports.store import Tx
from bot.rendering.enquiries import slack_forms as rendering
from bot.rendering.enquiries import slack_handovers
from bot.rendering.enquiries.slack_forms import MOST_OF_A_GAP
from bot.workflows.articulation.question_contexts import find_name
from bot.workflows.chat.actors import Actor, Clock
from bot.workflows.chat.features import AddressedMessage
from bot.workflows.chat.outbox import send_message
from bot.workflows.enquiries.handover_contexts import find_first_reader
from bot.workflows.enquiries.handover_forms import OwnAnswer, require_own_answer
from bot.workflows.enquiries.handover_messages import tell_in_thread

OFFER = "enquiries.offer"
"""The kind of message that offers to ask a person."""
_UNHELPFUL = 2
"""After so many answers in a thread that didn't help, Sensei offers a person."""
_GAP_KINDS = frozenset({Kind.FACT, Kind.HOW_TO, Kind.RUBRIC, Kind.LOGISTICS})
"""What a handbook could answer."""
_OFF = frozenset({FeedbackReason.WRONG, FeedbackReason.NOT_MY_QUESTION, FeedbackReason.TOO_VAGUE})
"""The reasons for which a handbook may lack a page."""

RefreshAnswer = Callable[[Tx, int, datetime], object]
"""Shows an answer again, since what was said about it has changed."""


@dataclass(frozen=True)
class FeedbackButtons:
    """The buttons below an answer, and what the form for why it didn't help does."""

    refresh: RefreshAnswer

    def rate_helpful(self, tx: Tx, actor: Actor, acted: Acted, clock: Clock) -> None:
        """Store that an answer helped."""
        value = acted.value if isinstance(acted, Click) and isinstance(acted.value, str) else ""
        own = require_own_answer(tx, actor, value)
        tx.enquiries.rate(own.answer.id, Feedback.HELPFUL)
        self.refresh(tx, own.answer.id, clock())

    def save(self, tx: Tx, actor: Actor, acted: Acted, clock: Clock) -> None:
        """Store that an answer didn't help, and why."""
        if not isinstance(acted, Submission):
            return
        own, reason, at = require_own_answer(tx, actor, acted.metadata), _read_reason(acted), clock()
        if reason is None:
            return
        tx.enquiries.rate(own.answer.id, Feedback.NOT_HELPFUL, reason)
        if _ticks_gap(acted) and _may_be_gap(own.answer) and _is_gap(own.answer, reason):
            text = redact(acted.text(rendering.GAP_TEXT)[:MOST_OF_A_GAP])
            tx.handbooks.add_gap(own.asker.cohort, text, at.date())
        self.refresh(tx, own.answer.id, at)
        _offer_person(tx, own, reason, at)


def open_form(tx: Tx, actor: Actor, argument: str, _clock: Clock) -> View:
    """Ask why an answer didn't help."""
    own = require_own_answer(tx, actor, argument)
    message = tx.enquiries.get_message(own.answer.message)
    words = message.text if message is not None and _may_be_gap(own.answer) else ""
    return rendering.not_helpful_form(str(own.answer.id), words)


def check_form(tx: Tx, actor: Actor, sent: Submission, _clock: Clock) -> Mapping[str, str]:
    """Return an error for a field that is missing, or that doesn't fit the others."""
    try:
        own = require_own_answer(tx, actor, sent.metadata)
    except UserError as error:
        return {rendering.REASON: f"{error.what} {error.remedy}".strip()}
    reason = _read_reason(sent)
    if reason is None:
        return {rendering.REASON: "Please choose a reason."}
    if not _ticks_gap(sent):
        return {}
    if not _is_gap(own.answer, reason):
        return {
            rendering.GAP: "That reason doesn't mean a page is missing. Untick the box, or choose another "
            "reason."
        }
    if not any(character.isalnum() for character in sent.text(rendering.GAP_TEXT)):
        return {rendering.GAP_TEXT: "Please say what the handbook should answer, or untick the box."}
    return {}


def write_offer(tx: Tx, about: Json) -> AddressedMessage | None:
    """Offer to ask a person, unless one has been asked since."""
    answer = tx.enquiries.get_answer(about["answer"])
    enquiry = tx.enquiries.get(answer.enquiry) if answer else None
    if answer is None or enquiry is None or tx.handovers.waiting(enquiry.id) is not None:
        return None
    asker = tx.members.get(enquiry.enrolment)
    reader = find_first_reader(tx, asker, datetime.fromisoformat(about["at"]))
    if reader is None:
        return None
    message: OutgoingMessage = slack_handovers.offer_message(answer.id, find_name(tx, reader.person))
    return tell_in_thread(enquiry, asker.person, message)


def _offer_person(tx: Tx, own: OwnAnswer, reason: FeedbackReason, at: datetime) -> None:
    """Offer to ask a person, once in a thread, if the asker would rather or Sensei hasn't helped twice."""
    unhelpful = sum(
        answer.feedback is Feedback.NOT_HELPFUL for answer in tx.enquiries.answers(own.enquiry.id)
    )
    if unhelpful < _UNHELPFUL and reason is not FeedbackReason.WANTED_A_PERSON:
        return
    if tx.handovers.waiting(own.enquiry.id) is None and find_first_reader(tx, own.asker, at) is not None:
        about = {"enrolment": own.enquiry.enrolment, "answer": own.answer.id, "at": at.isoformat()}
        send_message(tx, f"{OFFER}:{own.enquiry.enrolment}:{own.enquiry.id}", OFFER, about, at)


def _may_be_gap(answer: Answer) -> bool:
    return answer.kind in _GAP_KINDS and answer.source is not AnswerSource.FIXED


def _is_gap(answer: Answer, reason: FeedbackReason) -> bool:
    """Return whether a handbook may lack a page: no source covers the question, or what they say was off."""
    return answer.source is AnswerSource.NOTHING or reason in _OFF


def _ticks_gap(sent: Submission) -> bool:
    return rendering.SHOW in sent.chosen(rendering.GAP)


def _read_reason(sent: Submission) -> FeedbackReason | None:
    chosen = sent.text(rendering.REASON)
    return FeedbackReason(chosen) if chosen in set(FeedbackReason) else None
