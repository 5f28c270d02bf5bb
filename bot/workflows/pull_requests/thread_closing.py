"""Closing the thread of a settled question: Sensei resolves it, or says in one line that it is settled."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from bot.domain.articulation.conversations import Stance
from bot.domain.decisions.records import DecisionState
from bot.domain.pull_requests.records import AskedQuestion, Capstone, PullRequest, QuestionState
from bot.ports.code_host import CodeHost
from bot.ports.engine import Json
from bot.ports.store import Store, Tx
from bot.rendering.articulation import thread_texts
from bot.rendering.pull_requests import github_posts
from bot.workflows.pull_requests.question_places import load_question, talks_in_private
from bot.workflows.pull_requests.review_posting import bears_marker


@dataclass(frozen=True)
class ThreadClosing:
    """Closes threads, each once: if a person reopens it, it stays open."""

    host: CodeHost
    store: Store
    now: Callable[[], datetime]

    def close(self, number: int) -> Json:
        """Resolve a settled question's thread. If GitHub doesn't let Sensei, add a line to its comment."""
        key = f"say:{number}:closed"
        with self.store.read() as tx:
            question, pull_request, capstone = load_question(tx, number)
            _, done = tx.effects.find(key)
            status = _describe_status(tx, question)
        silent = not capstone.speaks or pull_request.private
        if done is not None or silent or status is None or question.comment is None:
            return {"closed": done}
        repository = self.host.repository(capstone)
        closed = "resolved"
        if not self.host.resolve_thread(repository, pull_request.number, question.comment):
            self._add_status(capstone, pull_request, question, status)
            closed = "status"
        with self.store.begin() as tx:
            tx.effects.begin(key, self.now())
            tx.effects.finish(key, closed, self.now())
        return {"closed": closed}

    def _add_status(
        self, capstone: Capstone, pull_request: PullRequest, question: AskedQuestion, status: str
    ) -> None:
        """Add a line to a question's own comment. Its wording stays; if the comment is gone, so is this."""
        repository = self.host.repository(capstone)
        marker = github_posts.question_marker(question.id)
        for comment in self.host.comments(repository, pull_request.number, inline=True):
            if comment.id != question.comment or not comment.ours or not bears_marker(comment.body, marker):
                continue
            if not github_posts.has_status(comment.body):
                body = github_posts.add_status(comment.body, status, marker)
                self.host.edit_comment(repository, comment.id, body, inline=True)


def _describe_status(tx: Tx, question: AskedQuestion) -> str | None:
    """Return why a question is settled, or None if Sensei may not close its thread."""
    if question.state is QuestionState.WITHDRAWN:
        return thread_texts.WITHDRAWN_STATUS
    if question.state is not QuestionState.RESOLVED:
        return None
    in_private = talks_in_private(tx, question.id)
    conversation, drifted = tx.conversations.by_question(question.id), tx.decisions.drifted(question.id)
    if drifted is not None and conversation is not None and conversation.stance is Stance.HOLDS:
        return None if in_private else thread_texts.format_holds_status(drifted)
    # A public decision may have come of a private conversation: its author has published it.
    decision = tx.decisions.by_question(question.id)
    if decision is None or decision.private or decision.state is not DecisionState.CONFIRMED:
        return None
    return thread_texts.format_recorded_status(decision)
