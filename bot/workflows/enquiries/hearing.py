"""Hearing what people ask: keeping their words, and the job that answers them.

Each function is called in the transaction that handles a delivery. Slack may report an edit or a deletion
before the message itself, and anything twice.
"""

from datetime import datetime, timedelta

from bot.domain.dojo.people import CohortRole, EnrolmentState, Member
from bot.domain.enquiries.limits import DAY, HOUR, LIMITS, WAITING_FOR, AskedLately, Limit, find_limit
from bot.domain.enquiries.records import AnswerState, Enquiry, EnquiryMessage, Place
from bot.ports.chat import PostedMessage
from bot.ports.jobs import Job
from bot.ports.store import Tx
from bot.workflows.chat.actors import Clock
from bot.workflows.chat.outbox import send_message
from bot.workflows.enquiries.cohorts import is_over
from bot.workflows.enquiries.handovers import forget_words

ENQUIRY, DELETION = "enquiry", "enquiry_deletion"
"""The workflows that answer a message, and that delete an answer from the chat."""
LIMITED = "enquiries.limited"
"""The kind of message that says why a message was not kept."""
_BETWEEN_NOTICES = timedelta(minutes=10)
_ROLES = (CohortRole.PARTICIPANT, CohortRole.SENSEI, CohortRole.LEAD)


def find_asker(tx: Tx, team: str, user: str, at: datetime) -> Member | None:
    """Return a person's membership in which they may ask: an active one in a cohort that isn't over.

    Of several, it is the one in the newest cohort, and there the one as a participant.
    """
    person = tx.members.by_chat(team, user)
    found = [
        member
        for member in (tx.members.roles(person) if person else ())
        if member.state is EnrolmentState.ACTIVE and _is_running(tx, member.cohort, team, at)
    ]
    newest = [member for member in found if member.cohort == found[0].cohort]
    return min(newest, key=lambda member: _ROLES.index(member.role), default=None)


def may_still_ask(tx: Tx, enrolment: int, at: datetime) -> bool:
    """Return whether the author of an enquiry is still an active member of a cohort that isn't over."""
    member = tx.members.get(enrolment)
    return member.state is EnrolmentState.ACTIVE and not is_over(tx, member.cohort, at)


def hear_message(  # noqa: PLR0913, PLR0917 - what was said, where, and when
    tx: Tx,
    enrolment: int,
    place: Place,
    channel: str,
    thread: str,
    ts: str,
    text: str,
    clock: Clock,
) -> None:
    """Keep what somebody asked, and answer it, unless it exceeds a limit.

    ``thread`` is the first message of the thread, which is ``ts`` itself if they begin one.
    """
    at, words, known = clock(), text.strip(), tx.enquiries.find(channel, thread)
    if not words or (known is not None and tx.enquiries.find_message(known.id, ts) is not None):
        return
    if (limit := find_limit(words, _count_asked(tx, enrolment, known, at))) is not None:
        _say_limited(tx, enrolment, PostedMessage(channel, thread), place, limit, at)
        return
    enquiry = tx.enquiries.open(enrolment, place, channel, thread, at)
    message = tx.enquiries.add_message(enquiry.id, ts, words, at)
    _add_job(tx, enquiry, message.id, 0, at)


def hear_edit(  # noqa: PLR0913, PLR0917 - what was said, where, and when
    tx: Tx,
    enrolment: int,
    place: Place,
    channel: str,
    thread: str,
    ts: str,
    text: str,
    clock: Clock,
) -> None:
    """Replace the words of a message, and answer it anew. One that isn't known counts as just asked.

    Words that its author removed are never kept: not if there are none left, and not beyond a limit. There,
    only the new ones are kept, unless they are too long, and nothing is answered.
    """
    enquiry, words = tx.enquiries.find(channel, thread), text.strip()
    message = tx.enquiries.find_message(enquiry.id, ts) if enquiry else None
    if enquiry is None or message is None:
        hear_message(tx, enrolment, place, channel, thread, ts, text, clock)
        return
    if words == message.text or message.deleted_at is not None:
        return
    if not words:
        hear_deletion(tx, enrolment, place, channel, thread, ts, clock)
        return
    at = clock()
    asked = _count_asked(tx, enrolment, enquiry, at)
    limit = Limit.EDITS if message.revision >= LIMITS.edits else find_limit(words, asked)
    tx.enquiries.edit_message(message.id, "" if limit is Limit.LENGTH else words, at)
    tx.erasures.forget_enquiry_answers(enquiry.enrolment)
    if limit is not None:
        _say_limited(tx, enrolment, PostedMessage(channel, thread), place, limit, at, is_edit=True)
        return
    if not answer_with_later(tx, enquiry, message.id, at):
        _add_job(tx, enquiry, message.id, message.revision + 1, at)


def hear_deletion(  # noqa: PLR0913, PLR0917 - what was deleted, where, and when
    tx: Tx, enrolment: int, place: Place, channel: str, thread: str, ts: str, clock: Clock
) -> None:
    """Delete the words of a message, and the answer to it.

    A message that isn't known may still arrive, so a row without words is stored for it.
    """
    at = clock()
    enquiry = tx.enquiries.find(channel, thread) or tx.enquiries.open(enrolment, place, channel, thread, at)
    message = tx.enquiries.add_message(enquiry.id, ts, "", at)
    tx.enquiries.delete_message(message.id, at)
    tx.erasures.forget_enquiry_answers(enquiry.enrolment)
    if (answer := tx.enquiries.answer_to(message.id)) is not None:
        tx.enquiries.set_answer_state(answer.id, AnswerState.WITHDRAWN)
        about = {"answer": answer.id, "enrolment": enquiry.enrolment}
        tx.jobs.add(Job(f"{DELETION}:{answer.id}", DELETION, about, at))
    newest = find_newest(tx, enquiry.id)
    if newest is not None and not is_answered(tx, newest):
        # It was left to the message that is gone now.
        about = {"message": newest.id, "enrolment": enquiry.enrolment}
        tx.jobs.add(Job(f"{ENQUIRY}:{newest.id}:after:{message.id}", ENQUIRY, about, at))
    if newest is None:
        forget_words(tx, enquiry.id, at)


def refresh_answer(tx: Tx, answer: int, at: datetime) -> None:
    """Show an answer again, since its row has changed, such as what its reader said about it."""
    kept = tx.enquiries.get_answer(answer)
    enquiry = tx.enquiries.get(kept.enquiry) if kept else None
    if kept is not None and enquiry is not None:
        about = {"message": kept.message, "enrolment": enquiry.enrolment, "again": True}
        tx.jobs.add(Job(f"{ENQUIRY}:{kept.message}:again:{int(at.timestamp() * 1000)}", ENQUIRY, about, at))


def answer_with_later(tx: Tx, enquiry: Enquiry, message: int, at: datetime) -> bool:
    """Answer the later message anew whose answer is for this message too, as if it was edited itself.

    Return False if there is none: this message has an answer of its own, or gets one.
    """
    if tx.enquiries.answer_to(message) is not None:
        return False
    later = [one for one in tx.enquiries.messages(enquiry.id) if one.id > message and one.deleted_at is None]
    if not later:
        return False
    covering = next((one for one in later if tx.enquiries.answer_to(one.id)), later[-1])
    tx.enquiries.edit_message(covering.id, covering.text, at)
    _add_job(tx, enquiry, covering.id, covering.revision + 1, at)
    return True


def find_newest(tx: Tx, enquiry: int) -> EnquiryMessage | None:
    """Return the newest message of an enquiry that isn't deleted, or None."""
    return next((one for one in reversed(tx.enquiries.messages(enquiry)) if one.deleted_at is None), None)


def is_answered(tx: Tx, message: EnquiryMessage) -> bool:
    """Return whether a message has an answer to its newest words."""
    answer = tx.enquiries.answer_to(message.id)
    return answer is not None and answer.revision >= message.revision


def find_reached_limit(tx: Tx, enrolment: int, words: str, at: datetime) -> Limit | None:
    """Return the limit that a question in a new thread would exceed, or None."""
    return find_limit(words, _count_asked(tx, enrolment, None, at))


def _add_job(tx: Tx, enquiry: Enquiry, message: int, revision: int, at: datetime) -> None:
    identity = f"{ENQUIRY}:{message}:{revision}" if revision else f"{ENQUIRY}:{message}"
    # With the enrolment, an erasure finds the job and the engine's record of its workflow.
    about = {"message": message, "enrolment": enquiry.enrolment, "revision": revision}
    tx.jobs.add(Job(identity, ENQUIRY, about, at))


def _count_asked(tx: Tx, enrolment: int, enquiry: Enquiry | None, at: datetime) -> AskedLately:
    return AskedLately(
        tx.enquiries.count_unanswered(enrolment, at - WAITING_FOR, enquiry.id if enquiry else None),
        tx.enquiries.count_asked([enrolment], at - HOUR),
        tx.enquiries.count_asked([enrolment], at - DAY),
        tx.enquiries.count_asked_in(tx.members.get(enrolment).cohort, at - DAY),
    )


def _say_limited(  # noqa: PLR0913, PLR0917 - who asked, where, why not, and when
    tx: Tx,
    enrolment: int,
    thread: PostedMessage,
    place: Place,
    limit: Limit,
    at: datetime,
    *,
    is_edit: bool = False,
) -> None:
    """Say why something gets no answer: once within ten minutes, and where nobody else reads it."""
    prefix = f"{LIMITED}:{enrolment}:{limit}{':edit' if is_edit else ''}:"
    jobs = f"message:{prefix}"
    if tx.jobs.list_waiting(jobs) or tx.jobs.begin_times_since(jobs, at - _BETWEEN_NOTICES):
        return
    about = {"enrolment": enrolment, "why": limit.value, "edit": is_edit}
    if place is not Place.CHANNEL:
        about |= {"channel": thread.channel, "thread": thread.ts}
    send_message(tx, f"{prefix}{int(at.timestamp() * 1000)}", LIMITED, about, at)


def _is_running(tx: Tx, cohort: int, team: str, at: datetime) -> bool:
    return tx.cohorts.get(cohort).workspace in {None, team} and not is_over(tx, cohort, at)
