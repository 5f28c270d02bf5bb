"""The buttons that confirm, withdraw and publish a decision record.

Each click looks for the decision among the author's own. A click that comes too late, or twice, is answered
with a sentence and changes nothing.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from bot.domain.articulation.guide import ArticulationRules
from bot.domain.chat.events import Acted, Click
from bot.domain.decisions.records import Decision, DecisionState
from bot.domain.dojo.permissions import Action
from bot.errors import UserError
from bot.ports.chat import View
from bot.ports.store import Tx
from bot.rendering.decisions import slack_buttons as ids
from bot.rendering.decisions.slack_record import decision_view
from bot.workflows.chat.actors import Actor, Clock
from bot.workflows.chat.features import Button, Feature
from bot.workflows.chat.home_refresh import refresh_home
from bot.workflows.decisions.access import clicked_decision, find_own
from bot.workflows.decisions.messages import send_changed, send_recorded
from bot.workflows.decisions.publishing import publish_decision, require_publishable
from bot.workflows.decisions.records import confirm_decision, require_alive, withdraw_decision
from bot.workflows.decisions.whole_decision import gather_decision


@dataclass(frozen=True)
class _Change:
    """What a button changes. ``after`` are the decision's fields as its modal shows them after the change."""

    name: str
    check: Callable[[Decision], None]
    make: Callable[[Tx, Decision, datetime], None]
    after: Mapping[str, Any]


@dataclass(frozen=True)
class DecisionButtons:
    """The buttons. ``load_rules`` returns what Sensei listens for, and what each check needs.

    ``web`` is the code host's page."""

    load_rules: Callable[[], ArticulationRules]
    web: str

    def feature(self) -> Feature:
        """Return the buttons."""
        return Feature(
            buttons={
                ids.CONFIRM: self._make_button(
                    _Change(ids.CONFIRM, _require_draft, self._confirm, {"state": DecisionState.CONFIRMED}),
                    "confirm the decision",
                ),
                ids.WITHDRAW: self._make_button(
                    _Change(ids.WITHDRAW, require_alive, _withdraw, {"state": DecisionState.WITHDRAWN}),
                    "withdraw the decision",
                ),
                ids.PUBLISH: self._make_button(
                    _Change(ids.PUBLISH, require_publishable, _publish, {"private": False}),
                    "publish the decision",
                ),
            }
        )

    def _make_button(self, change: "_Change", does: str) -> Button:
        def check_click(tx: Tx, actor: Actor, click: Click, _clock: Clock) -> None:
            change.check(find_own(tx, actor, clicked_decision(click)).decision)

        def handle(tx: Tx, actor: Actor, acted: Acted, clock: Clock) -> None:
            decision, at = find_own(tx, actor, clicked_decision(acted)).decision, clock()
            change.check(decision)
            change.make(tx, decision, at)
            tx.audit(actor.person or "", change.name, f"decision:{decision.id}")
            refresh_home(tx, actor.person or "", at)

        def show(tx: Tx, actor: Actor, click: Click, _clock: Clock) -> View:
            shown = find_own(tx, actor, clicked_decision(click))
            changed = replace(shown, decision=replace(shown.decision, **change.after))
            return decision_view(gather_decision(tx, changed, self.web), self.load_rules().guide)

        return Button(Action.DECISION_EDIT, do=handle, check=check_click, then=show, does=does)

    def _confirm(self, tx: Tx, decision: Decision, at: datetime) -> None:
        send_recorded(tx, confirm_decision(tx, decision, self.load_rules(), at), at)


def _withdraw(tx: Tx, decision: Decision, at: datetime) -> None:
    withdraw_decision(tx, decision, at)
    send_changed(tx, decision, "withdrawn", at)


def _publish(tx: Tx, decision: Decision, at: datetime) -> None:
    send_changed(tx, publish_decision(tx, decision, at), "published", at)


def _require_draft(decision: Decision) -> None:
    require_alive(decision)
    if decision.state is not DecisionState.DRAFT:
        raise UserError(f"Decision {decision.number} is already confirmed.", "You don't need to do anything.")
