"""The workflow ``decided``: telling the participant that their decision is recorded."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from bot.domain.decisions.records import DecisionState
from bot.errors import IncompleteReadingError, PermanentError
from bot.ports.code_host import CodeHost, HostRepository
from bot.ports.engine import Json, Steps
from bot.ports.store import Store, Tx
from bot.rendering.articulation import thread_texts
from bot.rendering.articulation.thread_texts import FileOffer
from bot.rendering.pull_requests import github_posts
from bot.workflows.chat.outbox import send_message
from bot.workflows.decisions.decision_files import DecisionFiles
from bot.workflows.decisions.export import add_export_job
from bot.workflows.jobs.retry import insist
from bot.workflows.pull_requests.comment_posting import CommentPoster, ReplyComment
from bot.workflows.pull_requests.question_places import address, find_name, load_question
from bot.workflows.pull_requests.thread_closing import ThreadClosing
from bot.workflows.pull_requests.visible_questions import is_private


@dataclass(frozen=True)
class DecisionAnnouncements:
    """The workflow ``decided``. A private decision is announced in direct messages only.

    ``files`` offers a public decision as a file; None if nothing is offered.
    """

    host: CodeHost
    store: Store
    now: Callable[[], datetime]
    files: DecisionFiles | None = None

    def decided(self, steps: Steps, argument: Json) -> Json:
        """Announce a recorded decision where it was talked about, and close the question's thread."""
        decision: int = argument["decision"]
        begun = steps.tx("begin", lambda tx: self._begin(tx, decision))
        question = begun["question"]
        if self.files is not None and begun["public"]:
            self.files.reserve_path(steps, decision)
        if question is None:
            return {"outcome": "done"}
        told = insist(steps, "tell", lambda: self._tell(decision, question))
        closing = ThreadClosing(self.host, self.store, self.now)
        insist(steps, "close", lambda: closing.close(question))
        return {"outcome": told["outcome"]}

    def _begin(self, tx: Tx, number: int) -> Json:
        """Return whether a decision is public and, if so, the question in whose thread to announce it."""
        decision = tx.decisions.find(number)
        if decision is None:
            return {"question": None, "public": False}
        if decision.private:
            key = f"decisions:{decision.id}:recorded"
            send_message(tx, key, "decisions.recorded", {"decision": decision.id}, self.now())
            return {"question": None, "public": False}
        if self.files is not None:
            add_export_job(tx, decision, self.now())
        asked = tx.questions.get(decision.question) if decision.question is not None else None
        # A question about a private decision was never on GitHub, so nobody there could follow the answer.
        # Nor was the question of a check-in, which belongs to no pull request.
        is_shown = asked is not None and asked.pull_request is not None and not is_private(tx, asked)
        return {"question": decision.question if is_shown else None, "public": True}

    def _tell(self, number: int, question: int) -> Json:
        with self.store.read() as tx:
            asked, pull_request, capstone = load_question(tx, question)

        repository = self.host.repository(capstone)

        def is_wanted() -> bool:
            with self.store.read() as tx:
                decision = tx.decisions.find(number)
                asked, pull_request, capstone = load_question(tx, question)
                was_shown = not is_private(tx, asked)
            if decision is None or decision.private or pull_request.private or not was_shown:
                return False
            return capstone.speaks and decision.state is DecisionState.CONFIRMED

        def write() -> list[str]:
            with self.store.read() as tx:
                decision = tx.decisions.get(number)
                superseded = tx.decisions.find(decision.supersedes) if decision.supersedes else None
            # A public decision may replace a private one, of which nothing is said here.
            replaced = superseded.number if superseded and not superseded.private else None
            lines = thread_texts.format_recorded(
                decision, replaced, self._offer_file(number, repository), find_name(asked)
            )
            return address(asked, lines)

        kind = f"recorded.{number}"  # a question may lead to a second decision once the first is withdrawn
        key, marker = f"say:{question}:{kind}", github_posts.turn_marker(question, kind)
        return CommentPoster(self.host, self.store, self.now).post_once(
            ReplyComment(key, marker, capstone, pull_request.number, asked.comment, is_wanted, write)
        )

    def _offer_file(self, decision: int, repository: HostRepository) -> FileOffer | None:
        """Return how the decision becomes a file, or None if it can't become one now."""
        if self.files is None:
            return None
        if self.host.may_push(repository):
            return FileOffer()
        try:
            link, text = self.files.make_link(decision)
        except (IncompleteReadingError, PermanentError):
            return None
        return FileOffer(link.address, "" if link.filled else text)
