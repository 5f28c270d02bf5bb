"""Who may decide about a participant's question now: their sensei, or today's deputy."""

from datetime import datetime

from bot.domain.dojo.permissions import Action, Relation, is_allowed
from bot.domain.pull_requests.records import Capstone
from bot.domain.pull_requests.rulings import DeciderRole, Ruler
from bot.errors import UserError
from bot.ports.store import Tx
from bot.workflows.articulation.question_contexts import (
    QuestionContext,
    find_capstone_duty,
    find_capstone_sensei,
)
from bot.workflows.chat.actors import Actor, make_actor


def find_ruler(tx: Tx, actor: Actor, capstone: Capstone, action: Action, moment: datetime) -> Ruler | None:
    """Return somebody as the person who decides about a capstone's questions now, or None if they don't.

    A sensei who has left, or whom no lead has confirmed, doesn't.
    """
    role = _find_role(tx, capstone, actor.person, moment)
    if role is None or not is_allowed(action, actor.roles(capstone.cohort), Relation.THEIRS):
        return None
    return Ruler(actor.person or "", role)


def find_ruler_at_host(
    tx: Tx, account: int, capstone: Capstone, action: Action, moment: datetime
) -> Ruler | None:
    """Return the person behind an account at the code host as ``find_ruler`` does."""
    person = tx.members.by_host_account(account)
    return find_ruler(tx, make_actor(tx, person, "", ""), capstone, action, moment) if person else None


def require_ruler(tx: Tx, actor: Actor, context: QuestionContext, action: Action, moment: datetime) -> Ruler:
    """Return the actor in Slack as the person who decides: the participant's sensei, or today's deputy.

    Raises:
        UserError: they are neither, or are no longer.
    """
    ruler = find_ruler(tx, actor, context.capstone, action, moment)
    if ruler is None:
        raise UserError(
            "You're not currently this participant's sensei or that sensei's deputy, so I haven't saved a "
            "decision.",
            "Their sensei can decide.",
        )
    return ruler


def _find_role(tx: Tx, capstone: Capstone, person: str | None, moment: datetime) -> DeciderRole | None:
    """Return in which role a person decides. While a sensei is away, they can still decide themselves."""
    participant = tx.members.by_host_account(capstone.participant.id)
    if person is None or person == participant:
        return None
    if person == find_capstone_sensei(tx, capstone, participant):
        return DeciderRole.SENSEI
    on_duty = find_capstone_duty(tx, capstone, participant, moment)
    return DeciderRole.DEPUTY if on_duty is not None and on_duty.person == person else None
