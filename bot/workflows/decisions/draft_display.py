"""Keeping a draft up to date where it was shown: whoever confirms it there must read the words that count."""

from dataclasses import replace
from datetime import datetime

from bot.domain.articulation.conversations import ConversationState
from bot.domain.decisions.records import Decision
from bot.ports.jobs import Job
from bot.ports.store import Tx
from bot.workflows.chat.outbox import rewrite_message


def show_edited(tx: Tx, draft: Decision, at: datetime) -> None:
    """Show a draft's newest words in its direct message, or in its comment in the question's thread."""
    conversation = tx.conversations.by_question(draft.question) if draft.question is not None else None
    if conversation is None or conversation.state is not ConversationState.DRAFTED:
        return
    about = {"question": conversation.question, "turn": conversation.turn}
    if conversation.private:
        key = f"articulation:{conversation.question}:{conversation.turn}"
        rewrite_message(tx, key, "articulation.turn", about, at)
        return
    about["turn"] += 1  # a new turn, since each is said once; it edits the comment with the draft
    tx.conversations.save(replace(conversation, turn=about["turn"]), at)
    question = tx.questions.get(conversation.question)
    if question is None:
        raise AssertionError("a conversation's question is in the database")
    pull_request = tx.pull_requests.get(tx.rounds.get(question.require_round()).pull_request)
    place = f"{tx.capstones.get(draft.capstone).repository}#{pull_request.number}"
    tx.jobs.add(Job(f"say:{place}:{conversation.question}.{about['turn']}", "say", about, at))
