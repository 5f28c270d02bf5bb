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
    capstone = _find_capstone(tx, actor, parse_number(value), at)
    if capstone is None:
        raise UserError(
            "You're not this participant's sensei or deputy now, so nothing was changed.",
            "`/dojo defence` lists your participants.",
        )
    return capstone


def require_question(tx: Tx, actor: Actor, value: str, at: datetime) -> tuple[Defence, DefenceQuestion]:
    """Return the question that a value names, with its defence, if the actor may run it now.

    Raises:
        UserError: they may not, it is no longer part of the newest defence, or it doesn't exist. The words
            are the same.
    """
    number = parse_number(value) or 0
    defence = tx.defences.by_question(number)
    if defence is not None and _find_capstone(tx, actor, defence.capstone, at) is not None:
        newest = tx.defences.newest([defence.capstone]).get(defence.capstone)
        if newest is not None and newest.id == defence.id:
            return defence, next(question for question in defence.questions if question.id == number)
    raise UserError(
        "This question isn't in a current defence of one of your participants, so I haven't saved anything.",
        "`/dojo defence` shows the current questions.",
    )


def _find_capstone(tx: Tx, actor: Actor, number: int | None, at: datetime) -> Capstone | None:
    if actor.person is None or number is None or number not in tx.standings.names([number]):
        return None
    capstone = tx.capstones.get(number)
    role = find_role(tx, actor.person, Action.DEFENCE_RUN, capstone.id, at)
    return capstone if role is not None and not capstone.ended else None
