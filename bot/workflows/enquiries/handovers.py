"""Brings an enquiry to the person who answers it, in their working hours, and keeps all messages right.

A person gets one message about a hand-over. Once somebody else is on duty, it says who answers now. Every
key begins with the asker's enrolment, with which it is erased.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import structlog

from bot.domain.dojo.people import EnrolmentState, Member
from bot.domain.dojo.permissions import Action, Relation, is_allowed
from bot.domain.dojo.working_moments import next_working_moment
from bot.domain.enquiries.records import Addressee, Handover, HandoverReason, HandoverState
from bot.ports.engine import Json
from bot.ports.store import Store, Tx
from bot.workflows.chat.actors import Clock, make_actor
from bot.workflows.chat.home_refresh import refresh_home
from bot.workflows.chat.outbox import is_on_its_way, rewrite_message, send_message
from bot.workflows.chat.working_hours import find_hours
from bot.workflows.enquiries.cohorts import is_over
from bot.workflows.enquiries.handover_contexts import (
    HandoverContext,
    Reader,
    find_own_sensei,
    find_reader,
    is_confirmed_sensei,
    load_handover,
)

log = structlog.get_logger(__name__)

HANDOVER, NOTE = "enquiries.handover", "enquiries.passed_on"
ANSWERED, NOBODY = "enquiries.answered", "enquiries.nobody"
"""The kinds of messages: to the person asked, and to the asker that it was passed on, what a person answered,
and that nobody can answer."""


def hand_over(  # noqa: PLR0913, PLR0917 - what is passed on, why, and to whom
    tx: Tx, enquiry: int, reason: HandoverReason, summary: str, chosen: str | None, at: datetime
) -> Handover:
    """Pass an enquiry on to whoever is on duty, or to one person whom the asker has chosen."""
    handover = tx.handovers.add(enquiry, reason, summary, at, chosen)
    deliver(tx, handover.id, at)
    context = load_handover(tx, handover.id)
    if context is not None:
        send_message(tx, _key(NOTE, context), NOTE, _about(context), at)
    return handover


def deliver(tx: Tx, handover: int, at: datetime) -> None:
    """Bring a hand-over that waits to the person who may answer it now, unless they have it already.

    If nobody can answer it, the asker hears so, once for each person who no longer can. If the asker has
    left or the cohort is over, it is withdrawn.
    """
    context = load_handover(tx, handover)
    if context is None or context.handover.state is not HandoverState.WAITING:
        return
    if _is_pointless(tx, context, at):
        withdraw(tx, handover, at)
        return
    reader = find_reader(tx, context, at)
    if reader is None:
        _tell_asker(tx, context, at)
    else:
        _bring(tx, context, reader, at)
    refresh_messages(tx, handover, at)


def is_overlooked(tx: Tx, handover: Handover, at: datetime) -> bool:
    """Return whether a hand-over that waits is still to be brought to somebody, or the asker to be told."""
    context = load_handover(tx, handover.id)
    if context is None:
        return False
    if _is_pointless(tx, context, at):
        return True
    reader = find_reader(tx, context, at)
    if reader is not None:
        return reader.person != handover.to
    return handover.told_at is not None or not is_on_its_way(tx, f"{_key(NOBODY, context)}:", at)


def _is_pointless(tx: Tx, context: HandoverContext, at: datetime) -> bool:
    """Return whether nobody waits for an answer any more."""
    return context.asker.state is EnrolmentState.LEFT or is_over(tx, context.asker.cohort, at)


def withdraw(tx: Tx, handover: int, at: datetime) -> None:
    """End a hand-over that waits, and take its summary out of the message of whoever has it."""
    tx.handovers.withdraw(handover)
    refresh_messages(tx, handover, at)


def forget_words(tx: Tx, enquiry: int, at: datetime) -> None:
    """Withdraw what waits of an enquiry that went away, and remove the summaries of what was answered."""
    for handover in tx.handovers.of(enquiry):
        tx.handovers.withdraw(handover.id)
        tx.handovers.erase_summary(handover.id)
        refresh_messages(tx, handover.id, at)


def refresh_forgotten(tx: Tx, before: datetime, at: datetime) -> None:
    """Let the messages about old hand-overs say that they were deleted. Call it before they are forgotten."""
    for enrolment, handover in tx.handovers.unmoved_since(before):
        for key, about in list_cards(tx, enrolment, handover):
            rewrite_message(tx, key, HANDOVER, about, at)


def refresh_messages(tx: Tx, handover: int, at: datetime) -> None:
    """Write all messages about a hand-over again that were sent."""
    context = load_handover(tx, handover)
    if context is None:
        return
    for key, about in list_cards(tx, context.asker.enrolment, handover):
        rewrite_message(tx, key, HANDOVER, about, at)
        refresh_home(tx, about["reader"], at)
    rewrite_message(tx, _key(NOTE, context), NOTE, _about(context), at)
    if context.handover.answered_at is not None:
        refresh_answer(tx, context, context.handover.answered_at, at)


def send_answer(tx: Tx, handover: int, at: datetime) -> None:
    """Bring a new answer to the asker, and show it to everybody who had the question."""
    context = load_handover(tx, handover)
    if context is None or context.handover.answered_at is None:
        return
    key, about = _answer_key(context, context.handover.answered_at)
    send_message(tx, key, ANSWERED, about, at)
    refresh_messages(tx, handover, at)


def refresh_answer(tx: Tx, context: HandoverContext, answered_at: datetime, at: datetime) -> None:
    """Write the message with an answer again. ``answered_at`` is when it was given."""
    key, about = _answer_key(context, answered_at)
    rewrite_message(tx, key, ANSWERED, about, at)


def list_cards(tx: Tx, enrolment: int, handover: int) -> list[tuple[str, Json]]:
    """List the keys of the messages that brought a hand-over to somebody, and what they are about."""
    prefix = f"message:{':'.join((HANDOVER, str(enrolment), str(handover), ''))}"
    found: list[tuple[str, Json]] = []
    for effect in tx.effects.find_by_prefix(prefix):
        reader, _, stamp = effect.removeprefix(prefix).partition(":")
        about = {"enrolment": enrolment, "handover": handover, "reader": reader, "stamp": int(stamp)}
        found.append((effect.removeprefix("message:"), about))
    return found


def may_answer(tx: Tx, context: HandoverContext, person: str, at: datetime) -> bool:
    """Return whether a person may answer a hand-over now.

    While a sensei is away, they still may, unless the asker has chosen somebody.
    """
    reader = find_reader(tx, context, at)
    is_theirs = reader is not None and reader.person == person
    if not is_theirs and context.handover.addressee is Addressee.ON_DUTY:
        is_own = find_own_sensei(tx, context.asker) == person
        is_theirs = is_own and is_confirmed_sensei(tx, person, context.asker.cohort)
    roles = make_actor(tx, person, "", "").roles(context.asker.cohort)
    return is_theirs and is_allowed(Action.ENQUIRY_ANSWER, roles, Relation.THEIRS)


def card_key(about: Json) -> str:
    """Return the key of the message that brought a hand-over to somebody."""
    return f"{HANDOVER}:{about['enrolment']}:{about['handover']}:{about['reader']}:{about['stamp']}"


def _bring(tx: Tx, context: HandoverContext, reader: Reader, at: datetime) -> None:
    asker, handover = context.asker, context.handover
    due = next_working_moment(find_hours(tx, reader.person, asker.cohort), at)
    tx.handovers.note_told(handover.id, reader.person, due)
    if _is_brought(tx, context, reader):
        return
    about = {**_about(context), "reader": reader.person, "stamp": to_milliseconds(at)}
    send_message(tx, card_key(about), HANDOVER, about, due)
    refresh_home(tx, reader.person, at)


def _is_brought(tx: Tx, context: HandoverContext, reader: Reader) -> bool:
    """Return whether a reader has a hand-over, or will.

    A message that began but that nobody posted doesn't count: somebody else was on duty when it was due.
    """
    prefix = f"message:{_key(HANDOVER, context)}:{reader.person}:"
    return bool(tx.effects.find_by_prefix(prefix) or tx.jobs.list_waiting(prefix))


def _tell_asker(tx: Tx, context: HandoverContext, at: datetime) -> None:
    about = {**_about(context), "was": context.handover.to}
    tx.handovers.note_told(context.handover.id, None, None)
    send_message(tx, f"{_key(NOBODY, context)}:{to_milliseconds(at)}", NOBODY, about, at)


def _key(kind: str, context: HandoverContext) -> str:
    return f"{kind}:{context.asker.enrolment}:{context.handover.id}"


def _about(context: HandoverContext) -> dict[str, object]:
    return {"enrolment": context.asker.enrolment, "handover": context.handover.id}


def _answer_key(context: HandoverContext, answered_at: datetime) -> tuple[str, Json]:
    stamp = to_milliseconds(answered_at)
    return f"{_key(ANSWERED, context)}:{stamp}", {**_about(context), "stamp": stamp}


def to_milliseconds(at: datetime) -> int:
    """Return a time as it is written in keys."""
    return int(at.timestamp() * 1000)


@dataclass(frozen=True)
class HandoverDeliveries:
    """The periodic look for hand-overs that have got another reader, or lost theirs."""

    store: Store
    now: Clock

    def look(self) -> int:
        """Bring them to whoever is there, one at a time: others can write meanwhile. Return how many."""
        with self.store.read() as tx:
            waiting = [
                handover
                for cohort in tx.cohorts.all()
                for _, handover in tx.handovers.waiting_of(_list_enrolments(tx.members.of(cohort.id)))
                if self._is_overlooked(tx, handover)
            ]
        return sum(self._deliver(handover.id) for handover in waiting)

    def _is_overlooked(self, tx: Tx, handover: Handover) -> bool:
        try:
            return is_overlooked(tx, handover, self.now())
        except Exception:
            log.exception("handover.not_looked_at", handover=handover.id)
            return False

    def _deliver(self, handover: int) -> bool:
        """Bring one that waits. If that fails, it doesn't keep the others; the next look tries it again."""
        try:
            with self.store.begin() as tx:
                deliver(tx, handover, self.now())
        except Exception:
            log.exception("handover.not_delivered", handover=handover)
            return False
        return True


def _list_enrolments(members: Sequence[Member]) -> list[int]:
    return [member.enrolment for member in members]
