"""The buttons with which a sensei rules on a disputed question in Slack."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from bot.domain.chat.events import Acted, Click
from bot.domain.dojo.permissions import Action
from bot.domain.pull_requests.records import QuestionState, Ruling
from bot.domain.pull_requests.rulings import Ruler
from bot.domain.text.numbers import parse_number
from bot.errors import UserError
from bot.ports.store import Tx
from bot.rendering.articulation import slack_disputes
from bot.workflows.articulation.question_contexts import load_context
from bot.workflows.articulation.rulers import require_ruler
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
        ruler = require_ruler(tx, actor, context, Action.DISPUTE_RULE, clock())
        if context.question.state is not QuestionState.DISPUTED:
            raise UserError(
                "Someone has already ruled on this question, or the dispute has ended, so I haven't "
                "changed anything. You don't need to do anything."
            )
        self.settle(tx, context.question.id, ruling, ruler, clock())
