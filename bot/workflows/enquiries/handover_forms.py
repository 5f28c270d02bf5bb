"""The form in which somebody passes their question on to a person, and the button that takes it back."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.domain.chat.events import Acted, Click, Submission
from bot.domain.dojo.people import CohortRole, EnrolmentState, Member
from bot.domain.enquiries.records import (
    Answer,
    AnswerSource,
    AnswerState,
    Enquiry,
    Feedback,
    HandoverReason,
    HandoverState,
)
from bot.domain.enquiries.summaries import MOST_OF_A_SUMMARY, write_summary
from bot.domain.text.numbers import parse_number
from bot.errors import UserError
from bot.ports.chat import View
from bot.ports.store import Tx
from bot.rendering.enquiries import slack_forms as rendering
from bot.rendering.enquiries.slack_forms import ShownReader
from bot.workflows.articulation.question_contexts import find_name
from bot.workflows.chat.actors import Actor, Clock, refusal
from bot.workflows.enquiries.handover_contexts import (
    HandoverContext,
    Reader,
    find_on_duty,
    list_readers,
    load_handover,
)
from bot.workflows.enquiries.handovers import hand_over, withdraw
from bot.workflows.enquiries.sensitive_threads import is_sensitive

_ON_DUTY = "duty"
"""In a form, the key of whoever is on duty begins with this; that of a chosen person is their id."""


@dataclass(frozen=True, slots=True)
class OwnAnswer:
    """An answer to the person who acts, with its thread.

    ``is_sensitive``: something in the thread is for a person, so Sensei gives no advice there.
    """

    answer: Answer
    enquiry: Enquiry
    asker: Member
    is_sensitive: bool


def refuse_button(actor: Actor) -> UserError:
    """Return the error for a button that isn't the actor's, or whose question was deleted."""
    if not actor.here:
        return refusal(actor)
    return UserError("This button isn't for you, or the question is gone. Nothing was changed.")


def require_own_answer(tx: Tx, actor: Actor, argument: str) -> OwnAnswer:
    """Return an answer that the actor was given.

    Raises:
        UserError: it isn't theirs, or was deleted. The error doesn't reveal which.
    """
    answer = tx.enquiries.get_answer(parse_number(argument) or 0)
    enquiry = tx.enquiries.get(answer.enquiry) if answer else None
    if answer is None or enquiry is None or answer.state is AnswerState.WITHDRAWN:
        raise refuse_button(actor)
    asker = tx.members.get(enquiry.enrolment)
    if asker.person != actor.person or asker.state is EnrolmentState.LEFT:
        raise refuse_button(actor)
    return OwnAnswer(answer, enquiry, asker, is_sensitive(tx, enquiry.id))


def open_form(tx: Tx, actor: Actor, argument: str, clock: Clock) -> View:
    """Show somebody who would read their question, and the summary."""
    own = require_own_answer(tx, actor, argument)
    _require_new(tx, own)
    choices = _require_choices(tx, own, clock())
    asked = tx.enquiries.get_message(own.answer.message)
    words = asked.text if asked is not None else ""
    metadata = f"{own.answer.id}:{_join_keys(choices)}"
    return rendering.handover_form(
        choices, write_summary(words, own.answer), metadata, is_sensitive=own.is_sensitive
    )


def check_form(tx: Tx, actor: Actor, sent: Submission, clock: Clock) -> Mapping[str, str]:
    """Return an error for a field if the question can't be passed on. What was typed stays in the form."""
    try:
        own = require_own_answer(tx, actor, sent.metadata.partition(":")[0])
        _require_new(tx, own)
        _require_choice(tx, own, sent, clock())
    except UserError as error:
        return {rendering.SUMMARY: f"{error.what} {error.remedy}".strip()}
    if not any(character.isalnum() for character in sent.text(rendering.SUMMARY)):
        return {rendering.SUMMARY: "Please say in a few words what you'd like to know."}
    return {}


def save(tx: Tx, actor: Actor, acted: Acted, clock: Clock) -> None:
    """Pass the question on with the summary as the asker left it."""
    if not isinstance(acted, Submission):
        return
    own = require_own_answer(tx, actor, acted.metadata.partition(":")[0])
    _require_new(tx, own)
    chosen = _require_choice(tx, own, acted, clock())
    summary = acted.text(rendering.SUMMARY)[:MOST_OF_A_SUMMARY]
    reason = _find_reason(tx, own)
    hand_over(tx, own.enquiry.id, reason, summary, None if chosen.startswith(_ON_DUTY) else chosen, clock())


def take_back(tx: Tx, actor: Actor, acted: Acted, clock: Clock) -> None:
    """Withdraw a question that waits for a person."""
    context = require_own_handover(tx, actor, acted)
    if context.handover.state is HandoverState.ANSWERED:
        raise UserError("Your question has been answered already, so I haven't taken it back.")
    withdraw(tx, context.handover.id, clock())


def require_own_handover(tx: Tx, actor: Actor, acted: Acted) -> HandoverContext:
    """Return a hand-over of the actor's own question.

    Raises:
        UserError: it isn't theirs, or was deleted. The error doesn't reveal which.
    """
    value = acted.value if isinstance(acted, Click) and isinstance(acted.value, str) else ""
    context = load_handover(tx, parse_number(value) or 0)
    if context is None or actor.person is None or context.asker.person != actor.person:
        raise refuse_button(actor)
    return context


def _require_new(tx: Tx, own: OwnAnswer) -> None:
    if tx.handovers.waiting(own.enquiry.id) is not None:
        raise UserError(
            "I've already passed on a question from this thread, and it still waits for an answer.",
            "To change it, take it back first.",
        )


def _require_choices(tx: Tx, own: OwnAnswer, at: datetime) -> Sequence[ShownReader]:
    """Return who could read the question, the likeliest first.

    In a sensitive matter, the asker chooses one person: their sensei, or a lead.

    Raises:
        UserError: nobody is there.
    """
    on_duty, readers = find_on_duty(tx, own.asker, at), list_readers(tx, own.asker, at)
    if on_duty is not None and not own.is_sensitive:
        return [_show(tx, on_duty, f"{_ON_DUTY}.{on_duty.person}")]
    if not readers:
        raise _nobody_there(own.asker)
    ordered = sorted(readers, key=lambda reader: (reader.is_lead, reader.is_deputy))
    return [_show(tx, reader, reader.person) for reader in ordered]


def _nobody_there(asker: Member) -> UserError:
    remedy = "I haven't passed anything on. Please ask whoever runs Sensei."
    if asker.role is CohortRole.PARTICIPANT:
        return UserError(
            "You don't have a sensei yet, and I can't reach a lead of your cohort in Slack.", remedy
        )
    return UserError("I can't find another lead in this cohort.", remedy)


def _require_choice(tx: Tx, own: OwnAnswer, sent: Submission, at: datetime) -> str:
    """Return the key of the reader whom the asker saw and chose.

    Raises:
        UserError: they can't read it any more, such as if the sensei has changed.
    """
    shown = sent.metadata.partition(":")[2].split(" ")
    chosen = sent.text(rendering.READER) or (shown[0] if len(shown) == 1 else "")
    if chosen not in shown or chosen not in {choice.key for choice in _require_choices(tx, own, at)}:
        raise UserError(
            "I haven't sent this, because the person who'd read it has changed.",
            "Copy your text, close the form and open it again.",
        )
    return chosen


def _find_reason(tx: Tx, own: OwnAnswer) -> HandoverReason:
    if own.is_sensitive:
        return HandoverReason.SENSITIVE
    if own.answer.source is AnswerSource.NOTHING:
        return HandoverReason.NO_SOURCE
    said = {answer.feedback for answer in tx.enquiries.answers(own.enquiry.id)}
    return HandoverReason.NOT_HELPFUL if Feedback.NOT_HELPFUL in said else HandoverReason.REQUESTED


def _show(tx: Tx, reader: Reader, key: str) -> ShownReader:
    name = find_name(tx, reader.person)
    return ShownReader(key, name, is_deputy=reader.is_deputy, is_lead=reader.is_lead)


def _join_keys(choices: Sequence[ShownReader]) -> str:
    return " ".join(choice.key for choice in choices)
