"""Making a private decision public, because its author wants it to be."""

from datetime import datetime

from bot.domain.decisions.records import Decision, DecisionState
from bot.errors import UserError
from bot.ports.jobs import Job
from bot.ports.store import Tx
from bot.workflows.decisions.records import require_alive


def require_publishable(decision: Decision) -> None:
    """Refuse to publish a decision that is public, or that isn't confirmed.

    Raises:
        UserError: it can't be published.
    """
    require_alive(decision)
    if not decision.private:
        raise UserError(f"Decision {decision.number} is already public.", "You don't need to do anything.")
    if decision.state is not DecisionState.CONFIRMED:
        raise UserError(
            f"Decision {decision.number} is still a draft. Nothing was changed.",
            "First confirm the decision. Then you can publish it.",
        )


def publish_decision(tx: Tx, decision: Decision, at: datetime) -> Decision:
    """Make a private decision public, and announce it again. Its conversation stays private.

    Raises:
        UserError: it is public already, or it isn't confirmed.
    """
    require_publishable(decision)
    tx.decisions.publish(decision.id, at)
    repository = tx.capstones.get(decision.capstone).repository
    identity = f"decided:{repository}#{decision.number}:{decision.id}.{decision.revision}.public"
    tx.jobs.add(Job(identity, "decided", {"decision": decision.id}, at))
    return tx.decisions.get(decision.id)
