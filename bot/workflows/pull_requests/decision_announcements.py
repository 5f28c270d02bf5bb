"""The workflow ``decided``: telling the participant that their decision is recorded."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from bot.domain.decisions.records import Decision, DecisionState
from bot.ports.code_host import CodeHost
from bot.ports.engine import Json, Steps
from bot.ports.store import Store, Tx
from bot.rendering.articulation import thread_texts
from bot.rendering.pull_requests import github_posts
from bot.workflows.chat.outbox import send_message
from bot.workflows.jobs.retry import insist
from bot.workflows.pull_requests.comment_posting import CommentPoster, ReplyComment
from bot.workflows.pull_requests.question_places import address, find_name, load_question
from bot.workflows.pull_requests.thread_closing import ThreadClosing

FileLinks = Callable[[Decision], str | None]
"""Returns the address of GitHub's page for a new file with a decision's record, or None."""


@dataclass(frozen=True)
class DecisionAnnouncements:
    """The workflow ``decided``. A private decision is announced in direct messages only."""

    host: CodeHost
    store: Store
    links: FileLinks
    now: Callable[[], datetime]

    def decided(self, steps: Steps, argument: Json) -> Json:
        """Announce a recorded decision where it was talked about, and close the question's thread."""
        decision: int = argument["decision"]
        begun = steps.tx("begin", lambda tx: self._begin(tx, decision))
        question = begun["question"]
        if question is None:
            return {"outcome": "done"}
        told = insist(steps, "tell", lambda: self._tell(decision, question))
        closing = ThreadClosing(self.host, self.store, self.now)
        insist(steps, "close", lambda: closing.close(question))
        return {"outcome": told["outcome"]}

    def _begin(self, tx: Tx, number: int) -> Json:
        """Return the question in whose thread to announce a decision, if it may be announced on GitHub."""
        decision = tx.decisions.find(number)
        if decision is None:
            return {"question": None}
        if decision.private:
            key = f"decisions:{decision.id}:recorded"
            send_message(tx, key, "decisions.recorded", {"decision": decision.id}, self.now())
            return {"question": None}
        return {"question": decision.question}

    def _tell(self, number: int, question: int) -> Json:
        with self.store.read() as tx:
            asked, pull_request, capstone = load_question(tx, question)

        def is_wanted() -> bool:
            with self.store.read() as tx:
                decision = tx.decisions.find(number)
                _, pull_request, capstone = load_question(tx, question)
            if decision is None or decision.private or pull_request.private:
                return False
            return capstone.speaks and decision.state is DecisionState.CONFIRMED

        def write() -> list[str]:
            with self.store.read() as tx:
                decision = tx.decisions.get(number)
                superseded = tx.decisions.find(decision.supersedes) if decision.supersedes else None
            replaced = superseded.number if superseded else None
            link, named = self.links(decision), find_name(asked)
            return address(asked, thread_texts.format_recorded(decision, replaced, link, named))

        kind = f"recorded.{number}"  # a question may lead to a second decision once the first is withdrawn
        key, marker = f"say:{question}:{kind}", github_posts.turn_marker(question, kind)
        return CommentPoster(self.host, self.store, self.now).post_once(
            ReplyComment(key, marker, capstone, pull_request.number, asked.comment, is_wanted, write)
        )
