"""Whose defences a sensei may run now, and the defences that buttons are about."""

from datetime import datetime

from bot.domain.defences.records import Defence, DefenceQuestion
from bot.domain.dojo.permissions import Action
from bot.domain.pull_requests.records import Capstone
from bot.domain.text.numbers import parse_number
from bot.errors import UserError
from bot.ports.store import Tx
from bot.workflows.chat.actors import Actor
from bot.workflows.triage.responsibilities import find_role


def require_capstone(tx: Tx, actor: Actor, value: str, at: datetime) -> Capstone:
    """Return the capstone that a value names, if the actor is its participant's sensei or deputy now.

    Raises:
        UserError: they aren't, it has ended, or it doesn't exist. The words are the same.
    """
    number = parse_number(value)
    if actor.person is not None and number is not None and number in tx.standings.names([number]):
        capstone = tx.capstones.get(number)
        role = find_role(tx, actor.person, Action.DEFENCE_RUN, capstone.id, at)
        if role is not None and not capstone.ended:
            return capstone
    raise not_theirs()


def require_question(tx: Tx, actor: Actor, value: str, at: datetime) -> tuple[Defence, DefenceQuestion]:
    """Return the question that a value names, with its defence, if the actor may run it now.

    Raises:
        UserError: they may not, it is no longer part of the newest defence, or it doesn't exist.
    """
    number = parse_number(value) or 0
    defence = tx.defences.by_question(number)
    if defence is None:
        raise not_theirs()
    require_capstone(tx, actor, str(defence.capstone), at)
    newest = tx.defences.newest([defence.capstone]).get(defence.capstone)
    if newest is None or newest.id != defence.id:
        raise UserError(
            "This question is no longer part of the defence, so I haven't saved anything.",
            "`/dojo defence` opens the questions of now.",
        )
    return defence, next(question for question in defence.questions if question.id == number)


def not_theirs() -> UserError:
    """Return the error for whoever is not the participant's sensei or deputy now."""
    return UserError(
        "You're not this participant's sensei or deputy now, so nothing was changed.",
        "`/dojo defence` lists your participants.",
    )
