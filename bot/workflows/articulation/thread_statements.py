"""What an answer says for its check in the ledger, until a confirmed decision says it better."""

from datetime import datetime

from bot.domain.articulation.guide import ArticulationRules
from bot.domain.articulation.slots import SlotTexts
from bot.ports.store import Tx
from bot.workflows.articulation.conversation_material import ConversationMaterial

UNCONFIRMED = "not confirmed by its author"
"""What is missing from an answer that says everything that its check needs."""


def keep_statement(
    tx: Tx, rules: ArticulationRules, material: ConversationMaterial, texts: SlotTexts, at: datetime
) -> None:
    """Enter what was said for the question's check, or withdraw it if nothing of it is left.

    It supports the check in part, because only a decision that its author confirms counts fully. Words said
    in private are not repeated in the ledger.
    """
    question, pull_request = material.question, material.pull_request
    check = question.check
    state = pull_request.state if pull_request else "merged"
    if not texts or check is None or check not in rules.levels or state == "closed":
        tx.statements.withdraw("thread", question.id)
        return
    tx.statements.enter(
        material.capstone.id,
        source="thread",
        reference=question.id,
        check=check,
        partial=True,
        missing=rules.support(check, texts).missing or UNCONFIRMED,
        quote="" if material.conversation.private else "\n".join(texts.values()),
        pull_request=pull_request.id if pull_request else None,
        pending=state == "open",
        at=at,
    )
