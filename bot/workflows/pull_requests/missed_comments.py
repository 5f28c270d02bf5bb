"""Finding commands and answers in comments whose deliveries never arrived, or haven't arrived yet.

GitHub lists a repository's comments by the time of their last change, so two requests find everything new on
all of its pull requests, open or closed. Each command or answer that Sensei doesn't know becomes a delivery
of Sensei's own. It is handled like any other, and once: if GitHub's delivery arrives after all, the comment
is already known.
"""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from bot.domain.pull_requests.comment_parsing import gives_command
from bot.domain.pull_requests.permissions import is_person
from bot.errors import PermanentError
from bot.ports.code_host import CodeHost, HostRejectedError, HostRepository, WrittenComment
from bot.ports.deliveries import Delivery
from bot.ports.engine import Json
from bot.ports.store import Store, Tx
from bot.workflows.jobs.dispatch import DeliveryHandler, handle_delivery

log = structlog.get_logger(__name__)

OVERLAP = timedelta(minutes=15)
"""How far each search overlaps the previous one, since lists lag and clocks differ."""
MOST_COMMENTS = 1000
"""Maximum comments of a kind in one search; the next search continues with the rest."""


def begin_looking(tx: Tx, repository: int, at: datetime) -> None:
    """Make the first search for a repository's comments start at a time, such as that of its enrolment."""
    tx.effects.begin(_key(repository), at)
    tx.effects.finish(_key(repository), at.isoformat(), at)


@dataclass(frozen=True)
class MissedComments:
    """Searches for missed comments. Repeating a search changes nothing."""

    host: CodeHost
    store: Store
    inbox: DeliveryHandler
    now: Callable[[], datetime]

    def find(self, repository: HostRepository) -> Sequence[str]:
        """Store deliveries about missed comments; return the ids of those that may wait to be handled.

        If GitHub refuses to list the comments, only the log says so.
        """
        begun = self.now()
        with self.store.read() as tx:
            _, known = tx.effects.find(_key(repository.id))
        if known is None:  # enrolled before Sensei looked for missed comments
            with self.store.begin() as tx:
                begin_looking(tx, repository.id, begun)
        since = datetime.fromisoformat(known) if known else begun
        try:
            listed = [
                self.host.comments_since(repository, since, MOST_COMMENTS, inline=inline)
                for inline in (False, True)
            ]
        except (PermanentError, HostRejectedError) as refused:
            log.warning(
                "comments.unlisted", repository=f"{repository.owner}/{repository.name}", why=refused.what
            )
            return []
        until = max(since, begun - OVERLAP)
        until = min([until, *(page.rest for page in listed if page.rest is not None)])
        missed = self._choose_missed([comment for page in listed for comment in page.comments])
        with self.store.begin() as tx:
            for comment in missed:
                tx.deliveries.receive(_as_delivery(repository, comment), begun)
            tx.effects.finish(_key(repository.id), until.isoformat(), begun)
        return [_delivery_id(repository, comment) for comment in missed]

    def _choose_missed(self, comments: Sequence[WrittenComment]) -> Sequence[WrittenComment]:
        """Return the commands and answers that Sensei doesn't know.

        It searches the texts outside any transaction: thousands of them may take long, and no other
        transaction could write meanwhile.
        """
        with self.store.read() as tx:
            unknown = [comment for comment in comments if _is_unknown(tx, comment)]
            answers = {
                comment.id
                for comment in unknown
                if comment.thread is not None and tx.questions.by_comment(comment.thread) is not None
            }
        return [
            comment
            for comment in unknown
            if (comment.inline and comment.id in answers) or gives_command(comment.body)
        ]

    def carry_out(self, repository: HostRepository) -> None:
        """Find missed comments and handle them at once, before Sensei publishes what they may forbid."""
        for guid in self.find(repository):
            handle_delivery(self.store, self.inbox, guid)


def _is_unknown(tx: Tx, comment: WrittenComment) -> bool:
    """Return whether a person wrote a comment that Sensei knows neither as a command nor as an answer.

    GitHub's list does not say who edited a comment, so an edited one counts only if its delivery arrives.
    """
    if not is_person(comment.author) or comment.updated_at != comment.created_at:
        return False
    answered = comment.inline and tx.questions.get_message(comment.id) is not None
    return not answered and tx.commands.by_comment(comment.id, inline=comment.inline) is None


def _key(repository: int) -> str:
    return f"comments:{repository}:since"


def _delivery_id(repository: HostRepository, comment: WrittenComment) -> str:
    """Return an id that GitHub never gives a delivery; its own are UUIDs."""
    return f"{'inline' if comment.inline else 'comment'}:{repository.id}:{comment.id}"


def _as_delivery(repository: HostRepository, comment: WrittenComment) -> Delivery:
    """Return the delivery that GitHub sends about a new comment, with the fields that Sensei reads."""
    author: Json = {"id": comment.author.id, "login": comment.author.login, "type": "User"}
    text: Json = {"id": comment.id, "user": author, "body": comment.body}
    text["updated_at"] = comment.updated_at.isoformat()
    payload: Json = {
        "action": "created",
        "repository": {
            "id": repository.id,
            "owner": {"login": repository.owner},
            "name": repository.name,
            "default_branch": repository.default_branch,
        },
        "comment": text,
        "sender": author,
    }
    if comment.thread is not None:
        text["in_reply_to_id"] = comment.thread
    if comment.inline:
        payload["pull_request"] = {"number": comment.number}
    else:
        payload["issue"] = {"number": comment.number, "pull_request": {}}
    event = "pull_request_review_comment" if comment.inline else "issue_comment"
    return Delivery(_delivery_id(repository, comment), event, json.dumps(payload).encode())
