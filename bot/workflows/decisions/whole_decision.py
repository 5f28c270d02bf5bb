"""Gathers a whole decision record from rows, for a view or a message."""

from bot.domain.decisions.records import DecisionState
from bot.domain.decisions.shown import ShownDecision, WholeDecision
from bot.ports.store import Tx
from bot.rendering.decisions.slack_messages import describe_evidence
from bot.workflows.decisions.file_places import find_file_place


def gather_decision(tx: Tx, shown: ShownDecision, web: str) -> WholeDecision:
    """Return a decision with its history, what it replaced, the check that it counts for, and its file.

    ``web`` is the code host's page, such as https://github.com.
    """
    decision = shown.decision
    replaced = tx.decisions.find(decision.supersedes) if decision.supersedes else None
    later = tx.decisions.of(decision.capstone, [DecisionState.CONFIRMED, DecisionState.SUPERSEDED])
    statements = tx.statements.of(decision.capstone)
    statement = next(
        (found for found in statements if (found.source, found.reference) == ("decision", decision.id)), None
    )
    return WholeDecision(
        shown,
        tx.decisions.history(decision.id),
        replaced.number if replaced else None,
        next((found.number for found in later if found.supersedes == decision.id), None),
        describe_evidence(statement),
        find_file_place(tx, decision, web),
    )
