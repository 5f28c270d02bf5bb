"""Who may decide about a participant's question now: their sensei, today's deputy, or on GitHub a lead."""

from datetime import datetime

from bot.domain.dojo.permissions import Action, Relation, is_allowed
from bot.domain.pull_requests.rulings import DeciderRole, Ruler
from bot.errors import UserError
from bot.ports.store import Tx
from bot.workflows.articulation.question_contexts import (
    QuestionContext,
    find_sensei,
    find_sensei_on_duty,
)
from bot.workflows.chat.actors import Actor


def find_role(tx: Tx, context: QuestionContext, person: str | None, moment: datetime) -> DeciderRole | None:
    """Return in which role a person decides about a question now, or None if they don't.

    While a sensei is away, they can still decide themselves.
    """
    if person is None:
        return None
    if person == find_sensei(tx, context):
        return DeciderRole.SENSEI
    on_duty = find_sensei_on_duty(tx, context, moment)
    return DeciderRole.DEPUTY if on_duty is not None and on_duty.person == person else None


def require_ruler(tx: Tx, actor: Actor, context: QuestionContext, action: Action, moment: datetime) -> Ruler:
    """Return the actor in Slack as the person who decides: the participant's sensei, or today's deputy.

    Raises:
        UserError: they are neither, or are no longer.
    """
    role = find_role(tx, context, actor.person, moment)
    relation = Relation.THEIRS if role else Relation.OTHER
    if role is None or not is_allowed(action, actor.roles(context.capstone.cohort), relation):
        raise UserError(
            "You're not this participant's sensei or deputy now, so I haven't saved a decision.",
            "Their sensei can decide.",
        )
    return Ruler(actor.person or "", role)
