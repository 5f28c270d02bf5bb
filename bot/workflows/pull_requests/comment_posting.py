"""Posting comments: each exactly once, even after a crash.

Before posting a comment, Sensei records it in the database. A later attempt that finds this record waits
until GitHub's lists are up to date. It then looks for the comment by its marker, and posts only if there is
none.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from time import sleep

from bot.domain.pull_requests.records import Capstone
from bot.ports.code_host import CodeHost
from bot.ports.engine import Json
from bot.ports.store import Store
from bot.rendering.pull_requests import github_posts
from bot.workflows.jobs.retry import LIST_LAG
from bot.workflows.pull_requests.review_posting import bears_marker


@dataclass(frozen=True)
class ReplyComment:
    """A comment to post.

    ``thread`` is the first comment of its thread; None for the conversation. ``key`` names its effect,
    ``is_wanted`` says whether to post it still, ``write`` returns its lines without the marker.
    """

    key: str
    marker: str
    capstone: Capstone
    number: int
    thread: int | None
    is_wanted: Callable[[], bool]
    write: Callable[[], list[str]]


@dataclass(frozen=True)
class CommentPoster:
    """Posts comments, and edits those that it has posted."""

    host: CodeHost
    store: Store
    now: Callable[[], datetime]

    def post_once(self, reply: ReplyComment) -> Json:
        """Post a comment unless an earlier attempt did; return its id, or None if it is no longer wanted."""
        comment = self.find_posted(reply)
        if comment is None:
            if not reply.is_wanted():
                return {"comment": None}
            with self.store.begin() as tx:
                tx.effects.begin(reply.key, self.now())
            comment = self.host.post_comment(
                self.host.repository(reply.capstone), reply.number, reply.thread, self._write(reply)
            )
            self._store(reply, comment)
        return {"comment": comment}

    def edit_posted(self, reply: ReplyComment) -> Json:
        """Replace the text of a comment; return its id, or None if it was never posted or isn't wanted."""
        comment = self.find_posted(reply)
        if comment is None or not reply.is_wanted():
            return {"comment": None}
        repository = self.host.repository(reply.capstone)
        self.host.edit_comment(repository, comment, self._write(reply), inline=reply.thread is not None)
        return {"comment": comment}

    def find_posted(self, reply: ReplyComment) -> int | None:
        """Return the id of the comment that an earlier attempt posted, or None."""
        with self.store.read() as tx:
            was_tried, known = tx.effects.find(reply.key)
        if known is not None or not was_tried:
            return int(known) if known is not None else None
        sleep(LIST_LAG)  # GitHub's response was lost, and its list may not show the comment yet
        inline = reply.thread is not None
        found = self.host.comments(self.host.repository(reply.capstone), reply.number, inline=inline)
        posted = (
            comment.id for comment in found if comment.ours and bears_marker(comment.body, reply.marker)
        )
        comment = next(posted, None)
        if comment is not None:
            self._store(reply, comment)
        return comment

    def _write(self, reply: ReplyComment) -> str:
        return github_posts.comment(reply.write(), reply.marker)

    def _store(self, reply: ReplyComment, comment: int) -> None:
        with self.store.begin() as tx:
            tx.effects.finish(reply.key, str(comment), self.now())
