"""The buttons with which a sensei rules on a disputed question in Slack."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from bot.domain.chat.events import Acted, Click
from bot.domain.dojo.permissions import Action, Relation, is_allowed
from bot.domain.pull_requests.records import QuestionState, Ruling
from bot.domain.pull_requests.rulings import Ruler
from bot.domain.text.numbers import parse_number
from bot.errors import UserError
from bot.ports.store import Tx
from bot.rendering.articulation import slack_disputes
from bot.workflows.articulation.question_contexts import (
    QuestionContext,
    find_sensei,
    find_sensei_on_duty,
    load_context,
)
from bot.workflows.chat.actors import Actor, Clock, refusal
from bot.workflows.chat.features import Button

Settles = Callable[[Tx, int, Ruling, Ruler, datetime], object]
"""Stores a ruling on a disputed question, and lets both sides know."""


@dataclass(frozen=True)
class DisputeButtons:
    """The two buttons of a dispute's message."""

    settle: Settles

    def buttons(self) -> dict[str, Button]:
        """Return the buttons by their names."""
        does = "save your decision"
        return {
            slack_disputes.STANDS: Button(Action.DISPUTE_RULE, do=self._let_stand, does=does),
            slack_disputes.WITHDRAW: Button(Action.DISPUTE_RULE, do=self._withdraw, does=does),
        }

    def _let_stand(self, tx: Tx, actor: Actor, acted: Acted, clock: Clock) -> None:
        self._rule(tx, actor, acted, clock, Ruling.STANDS)

    def _withdraw(self, tx: Tx, actor: Actor, acted: Acted, clock: Clock) -> None:
        self._rule(tx, actor, acted, clock, Ruling.WITHDRAWN)

    def _rule(self, tx: Tx, actor: Actor, acted: Acted, clock: Clock, ruling: Ruling) -> None:
        value = acted.value if isinstance(acted, Click) and isinstance(acted.value, str) else ""
        context = load_context(tx, parse_number(value) or 0)
        if context is None:
            raise refusal(actor)
        ruler = _require_ruler(tx, actor, context, clock())
        if context.question.state is not QuestionState.DISPUTED:
            raise UserError(
                "This question no longer waits for a decision: someone has decided, or the dispute was taken "
                "back. Nothing was changed."
            )
        self.settle(tx, context.question.id, ruling, ruler, clock())


def _require_ruler(tx: Tx, actor: Actor, context: QuestionContext, moment: datetime) -> Ruler:
    """Return the actor as the one who rules: the participant's sensei, or today's deputy.

    Raises:
        UserError: they are neither, or are no longer.
    """
    on_duty = find_sensei_on_duty(tx, context, moment)
    is_sensei = actor.person is not None and actor.person == find_sensei(tx, context)
    is_deputy = not is_sensei and on_duty is not None and on_duty.person == actor.person
    relation = Relation.THEIRS if is_sensei or is_deputy else Relation.OTHER
    if not is_allowed(Action.DISPUTE_RULE, actor.roles(context.capstone.cohort), relation):
        raise UserError(
            "You're not this participant's sensei or deputy now, so I haven't saved a decision.",
            "Their sensei can decide.",
        )
    return Ruler(actor.person or "", is_deputy)
