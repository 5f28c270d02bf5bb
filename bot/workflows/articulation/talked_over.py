"""The button with which a sensei says that they've talked about questions that were left to them."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from bot.domain.articulation.conversations import TalkedWith
from bot.domain.chat.events import Acted, Click
from bot.domain.dojo.permissions import Action
from bot.domain.pull_requests.rulings import Ruler
from bot.domain.text.numbers import parse_number
from bot.errors import UserError
from bot.ports.engine import Json
from bot.ports.jobs import Job
from bot.ports.store import Tx
from bot.rendering.articulation import slack_handovers
from bot.workflows.articulation.private_talks import KEYS
from bot.workflows.articulation.question_contexts import (
    QuestionContext,
    find_reachable_participant,
    find_sensei,
    find_sensei_on_duty,
    load_context,
    name_place,
)
from bot.workflows.articulation.rulers import require_ruler
from bot.workflows.chat.actors import Actor, Clock, refusal
from bot.workflows.chat.features import AddressedMessage, Button
from bot.workflows.chat.home_refresh import refresh_home
from bot.workflows.chat.outbox import send_message

TALKED = "articulation.talked"
"""The kind of message that tells a participant in private that their sensei has said so."""


def buttons() -> dict[str, Button]:
    """Return the button by its name."""
    does = "note that you've talked"
    return {slack_handovers.TALKED: Button(Action.HANDOVER_CLOSE, do=_close, does=does)}


def _close(tx: Tx, actor: Actor, acted: Acted, clock: Clock) -> None:
    value = acted.value if isinstance(acted, Click) and isinstance(acted.value, str) else ""
    contexts = [load_context(tx, parse_number(number) or 0) for number in value.split()]
    known = [context for context in contexts if context is not None]
    if not known:
        raise refusal(actor)
    ruler = require_ruler(tx, actor, known[0], Action.HANDOVER_CLOSE, clock())
    if any(context.capstone.id != known[0].capstone.id for context in known):
        raise refusal(actor)
    left = [context for context in known if context.conversation and context.conversation.waits_for_sensei]
    if not left:
        these = "This question is" if len(known) == 1 else "These questions are"
        raise UserError(f"{these} no longer waiting for you, so I haven't changed anything.")
    close_handovers(tx, left, ruler, clock())


def close_handovers(tx: Tx, left: Sequence[QuestionContext], by: Ruler, at: datetime) -> None:
    """Store that somebody has talked about questions of one capstone, and tell the participant."""
    for context in left:
        if context.conversation is None:
            continue
        talked = replace(context.conversation, talked_with=TalkedWith(by.role.value))
        tx.conversations.save(talked, at)
        tx.audit(by.person, "questions.talked", f"question:{context.question.id}", role=by.role)
        _tell_participant(tx, context, talked.turn, at)
    on_duty = find_sensei_on_duty(tx, left[0], at)
    readers = (by.person, find_sensei(tx, left[0]), on_duty.person if on_duty else None)
    for person in dict.fromkeys(readers):
        if person:
            refresh_home(tx, person, at)


def _tell_participant(tx: Tx, context: QuestionContext, turn: int, at: datetime) -> None:
    """Tell the participant where they talked with Sensei about the question.

    In private as well where Sensei posts nothing: on a private or quiet pull request, and in a thread in
    which a sensei has written.
    """
    question, stamp = context.question.id, int(at.timestamp() * 1000)
    pull_request = context.pull_request
    is_silent = pull_request is None or pull_request.private or pull_request.quiet
    if context.is_private or is_silent or context.question.sensei_spoke:
        if find_reachable_participant(tx, context) is not None:
            send_message(tx, f"{KEYS}{question}:talked:{stamp}", TALKED, {"question": question}, at)
        return
    place = name_place(context.capstone, pull_request)
    about: Json = {"question": question, "turn": turn, "talked": True, "numbered": True}
    tx.jobs.add(Job(f"say:{place}:{question}.talked.{stamp}", "say", about, at))


def write_talked(tx: Tx, about: Json) -> AddressedMessage | None:
    """Tell a participant that their sensei says that they've talked, unless something else came of it."""
    context = load_context(tx, about["question"])
    talked_with = context.conversation.talked_with if context and context.conversation else None
    if context is None or context.participant is None or talked_with is None:
        return None
    message = slack_handovers.talked_message(context.question.text, talked_with, can_reply=context.is_private)
    return AddressedMessage((context.participant,), message)
